/*
 * Reading and writing that never waits beyond a deadline: milliseconds of the monotonic clock. Signals do not disturb it.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include "freestanding.h"

enum { MONOTONIC = 1, PIPE_PIECE = 4096 };

static u64 now_ms(void)
{
	long time[2] = { 0, 0 };
	SYSTEM(clock_gettime, MONOTONIC, time);
	return time[0] * 1000 + time[1] / 1000000;
}

/* What of `events` came about, or that it never will (POLLHUP and the like); 0 when the deadline passed. */
static int await(int fd, short events, u64 deadline)
{
	struct pollfd wanted = { fd, events, 0 };
	for (u64 now = now_ms(); now < deadline; now = now_ms()) {
		const long left[2] = { (deadline - now) / 1000, (deadline - now) % 1000 * 1000000 };
		if (SYSTEM(ppoll, &wanted, 1, left, 0, 0) > 0)
			return wanted.revents;
	}
	return 0;
}

/* Gives the number of bytes, 0 at the end; the errno negated, -ETIME for the deadline. */
static long read_some(int fd, char *data, u64 size, u64 deadline)
{
	long got;
	do {
		if (!await(fd, POLLIN, deadline))
			return -ETIME;
		got = SYSTEM(read, fd, data, size);
	} while (got == -EAGAIN || got == -EINTR);
	return got;
}

/* Gives whether all `size` bytes came. */
static int read_all(int fd, void *data, u64 size, u64 deadline)
{
	char *place = data;
	while (size > 0) {
		long got = read_some(fd, place, size, deadline);
		if (got <= 0)
			return 0;
		place += got, size -= got;
	}
	return 1;
}

/*
 * Gives whether there was room; a reader that went away is nobody's error. Writes pieces that a pipe takes whole once it is
 * ready: a larger one would wait for the reader.
 */
static int write_all(int fd, const char *data, u64 size, u64 deadline)
{
	while (size > 0) {
		if (!await(fd, POLLOUT, deadline))
			return 0;
		long done = SYSTEM(write, fd, data, size < PIPE_PIECE ? size : PIPE_PIECE);
		if (done == -EPIPE)
			return 1;
		if (done == -EAGAIN || done == -EINTR)
			continue;
		if (done < 0)
			return 0;
		data += done, size -= done;
	}
	return 1;
}

/* For a process that writes and then ends: the program that it would become would inherit this. */
static void ignore_broken_pipes(void)
{
	const u64 ignore[4] = { (u64)SIG_IGN, 0, 0, 0 };
	SYSTEM(rt_sigaction, SIGPIPE, ignore, 0, sizeof(u64));
}
