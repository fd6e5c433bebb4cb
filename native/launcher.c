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

#include "freestanding.h"

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

static void __attribute__((noreturn)) fail(u32 error, u32 op)
{
	struct report report = { error, op };
	SYSTEM(write, REPORT_FD, &report, sizeof report);
	leave(SET_UP_FAILED);
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
	if (SYSTEM(read, TABLE_FD, &header, sizeof header) != sizeof header || header.magic != TABLE_MAGIC)
		fail(0, ~0u);
	const u64 args[6] = {
		header.base, header.length, PROT_READ_WRITE, MAP_PRIVATE | MAP_FIXED_NOREPLACE, TABLE_FD, 0
	};
	if ((u64)call(__NR_mmap, args) != header.base)
		fail(0, ~0u);
	SYSTEM(close, TABLE_FD);
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
