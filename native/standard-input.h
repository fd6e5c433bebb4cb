/*
 * Standard input: taken as a whole, and given back to the program that this process becomes.
 */
#include <sys/ioctl.h>
#include "deadline.h"

enum { LARGEST_INPUT = 16 << 20, MEMFD_CLOEXEC = 1, MEMFD_NOEXEC = 8 };

/*
 * Reads all of it, nothing from a terminal, where a person would wait for us. Gives its size; more than LARGEST_INPUT when it is
 * larger; the errno negated. `input` has room for LARGEST_INPUT + 1.
 */
static long take_input(char *input, u64 deadline)
{
	long size = 0, got = 1;
	char terminal[64];
	if (SYSTEM(ioctl, 0, TCGETS, terminal) == 0)
		return 0;
	for (; got > 0 && size <= LARGEST_INPUT; size += got > 0 ? got : 0)
		got = read_some(0, input + size, LARGEST_INPUT + 1 - size, deadline);
	return got < 0 ? got : size;
}

/* Makes `input` the standard input again; gives whether there was memory for it. */
static int give_back_input(const char *input, u64 size, u64 deadline)
{
	int fd = SYSTEM(memfd_create, "stdin", MEMFD_CLOEXEC | MEMFD_NOEXEC);
	if (fd < 0)                              /* Linux before 6.3 does not know the second flag */
		fd = SYSTEM(memfd_create, "stdin", MEMFD_CLOEXEC);
	return fd >= 0 && write_all(fd, input, size, deadline) && SYSTEM(lseek, fd, 0, 0) == 0 &&
	       SYSTEM(dup3, fd, 0, 0) == 0;
}
