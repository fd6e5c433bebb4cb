/*
 * launcher: executes a table of system calls.
 *
 * tsnet decides in TypeScript what a container is, writes the system calls that make it into a file, and starts this
 * program, which performs them one after the other. It is needed because a process forked from Node.js has no JavaScript
 * heap (V8 marks it MADV_DONTFORK), so between clone(2) and execve(2) only native code can run. Everything that differs
 * between containers lies in the table; nothing is parsed here. The table also holds what the parent of the clone does:
 * wait for the container and record its end. Without a libc that monitor costs some 20 KB of memory.
 *
 * Descriptors: 3 takes reports, 4 is the table. Source of the table: runtime/launch/program.ts.
 */

typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

#if defined(__x86_64__)
enum { NR_READ = 0, NR_WRITE = 1, NR_MMAP = 9, NR_CLOSE = 3, NR_EXIT_GROUP = 231 };
#elif defined(__aarch64__)
enum { NR_READ = 63, NR_WRITE = 64, NR_MMAP = 222, NR_CLOSE = 57, NR_EXIT_GROUP = 94 };
#else
#error "launcher: unsupported architecture"
#endif

enum { REPORT_FD = 3, TABLE_FD = 4 };
enum { TABLE_MAGIC = 0x54534e32 };                                   /* "2NST" */
enum { PROT_READ_WRITE = 3, MAP_PRIVATE = 2, MAP_FIXED_NOREPLACE = 0x100000 };
enum { ANY_ERRNO = 0xffff, MAX_ERRNO = 4095, SET_UP_FAILED = 127 };

/* What to do with a result. */
enum { STORE = 1, JUMP_IF_ZERO = 2, JUMP_IF_TOLERATED = 4 };

/* Begins the file. Addresses in the table are absolute: the file is mapped at `base`. */
struct header {
	u32 magic;
	u32 ops;
	u64 base;
	u64 length;
	u64 reserved[5];
};

/* One system call. Bit i of `indirect`: argument i is the address of a value, not the value. */
struct op {
	u16 number;
	u16 flags;
	u16 tolerated;   /* errno that is not a failure; ANY_ERRNO for all */
	u16 indirect;
	u64 args[6];
	u32 store;       /* address that takes the result */
	u32 jump;        /* index of the next op when a JUMP_ flag applies */
};

struct report {
	u32 error;
	u32 op;
};

static long call(u64 number, const u64 *a)
{
#if defined(__x86_64__)
	long result;
	register u64 r10 __asm__("r10") = a[3];
	register u64 r8 __asm__("r8") = a[4];
	register u64 r9 __asm__("r9") = a[5];
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
#else
	register u64 x8 __asm__("x8") = number;
	register u64 x0 __asm__("x0") = a[0];
	register u64 x1 __asm__("x1") = a[1];
	register u64 x2 __asm__("x2") = a[2];
	register u64 x3 __asm__("x3") = a[3];
	register u64 x4 __asm__("x4") = a[4];
	register u64 x5 __asm__("x5") = a[5];
	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return (long)x0;
#endif
}

static long call3(u64 number, u64 first, u64 second, u64 third)
{
	const u64 args[6] = { first, second, third, 0, 0, 0 };
	return call(number, args);
}

static void __attribute__((noreturn)) fail(u32 error, u32 op)
{
	struct report report = { error, op };
	call3(NR_WRITE, REPORT_FD, (u64)&report, sizeof report);
	for (;;)
		call3(NR_EXIT_GROUP, SET_UP_FAILED, 0, 0);
}

static long perform(const struct op *op)
{
	u64 args[6];
	for (int i = 0; i < 6; i++)
		args[i] = op->indirect >> i & 1 ? *(const u64 *)op->args[i] : op->args[i];
	return call(op->number, args);
}

/* Index of the op that follows op `i`, which gave `result`. */
static u32 next(const struct op *op, u32 i, long result)
{
	int refused = result < 0 && result >= -MAX_ERRNO;
	int tolerated = op->tolerated == ANY_ERRNO || op->tolerated == -result;
	if (refused && !tolerated)
		fail((u32)-result, i);
	if (op->flags & STORE)
		*(long *)(u64)op->store = result;
	if (op->flags & JUMP_IF_ZERO && result == 0)
		return op->jump;
	if (op->flags & JUMP_IF_TOLERATED && refused)
		return op->jump;
	return i + 1;
}

static const struct header *open_table(void)
{
	struct header header;
	if (call3(NR_READ, TABLE_FD, (u64)&header, sizeof header) != sizeof header || header.magic != TABLE_MAGIC)
		fail(0, ~0u);
	const u64 args[6] = {
		header.base, header.length, PROT_READ_WRITE, MAP_PRIVATE | MAP_FIXED_NOREPLACE, TABLE_FD, 0
	};
	if ((u64)call(NR_MMAP, args) != header.base)
		fail(0, ~0u);
	call3(NR_CLOSE, TABLE_FD, 0, 0);
	return (const struct header *)header.base;
}

void __attribute__((noreturn)) _start(void)
{
	const struct header *table = open_table();
	const struct op *ops = (const struct op *)(table + 1);
	u32 i = 0;
	while (i < table->ops)
		i = next(&ops[i], i, perform(&ops[i]));
	fail(0, i);
}
