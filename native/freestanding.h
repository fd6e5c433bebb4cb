/*
 * What a program without libc needs: system calls and an entry. Such a program starts in a third of the time of a static
 * one with glibc (0.2 ms instead of 0.7) and takes some 10 KB instead of 760.
 */

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

#include <asm/unistd.h>

#if !defined(__x86_64__) && !defined(__aarch64__)
#error "tsnet: unsupported architecture"
#endif

/* Gives the result, or the errno negated. `a` holds six arguments. */
static inline long call(u64 number, const u64 *a)
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

/* SYSTEM(read, fd, buffer, size): a system call by its name in <asm/unistd.h>, at least one argument and at most five. */
#define SYSTEM(name, ...) SYSTEM_PADDED(__NR_##name, __VA_ARGS__, 0, 0, 0, 0)
#define SYSTEM_PADDED(number, a, b, c, d, e, ...) \
	call(number, (const u64[]){ (u64)(a), (u64)(b), (u64)(c), (u64)(d), (u64)(e), 0 })

/* Makes `function(u64 *stack)` the entry. The stack holds argc, argv, NULL, envp, NULL, as the kernel puts them. */
#if defined(__x86_64__)
#define ENTRY(function) \
	__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall " #function "\n")
#else
#define ENTRY(function) \
	__asm__(".globl _start\n_start:\n\tmov x29, #0\n\tmov x30, #0\n\tmov x0, sp\n\tbl " #function "\n")
#endif

static inline void __attribute__((noreturn)) leave(int code)
{
	for (;;)
		SYSTEM(exit_group, code);
}

/* Puts a text and its NUL at `place`, and gives the place of that NUL: where the next one continues. */
static inline char *put(char *place, const char *text)
{
	while ((*place = *text++))
		place++;
	return place;
}

static inline int starts_with(const char *text, const char *start)
{
	while (*start && *text == *start)
		text++, start++;
	return !*start;
}
