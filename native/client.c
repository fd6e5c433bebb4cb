/*
 * client: what runtimes start as every CNI type.
 *
 * It hands its call to the agent and passes on what the agent answers. Where there is no agent, or the agent does not
 * take the call, it becomes the bundle of its type, which does the same work by itself. A call never runs twice: once the
 * agent has said that it took the call, the bundle is out of the question. Protocol and places: docs/adr/0010.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/limits.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "standard-input.h"

#ifndef PATIENCE_MS
#define PATIENCE_MS 2000          /* for the agent to take the call */
#define CALL_MS 180000            /* for whatever else may wait: standard input, the call, standard output */
#endif
#define IO_FAILURE "5"            /* error codes of CNI */
#define TRY_AGAIN_LATER "11"
#define INTERNAL "999"
enum { LARGEST_HEAD = 1 << 20 };

/* Others recognise a client by this text. */
static const char marker[] = "tsnet-client " TSNET_BUILD;
static const char *const build = marker + sizeof "tsnet-client";

/* The request; later what the agent wants on standard output. */
struct prefix { char magic[4]; u32 head, input; };
static union { struct prefix prefix; char bytes[sizeof(struct prefix) + LARGEST_HEAD + LARGEST_INPUT + 1]; } message;
static char path[2 * PATH_MAX], report[8 * PATH_MAX];

/* Ends with the one error object. Bytes that JSON does not take as they are become '?'. */
static void __attribute__((noreturn)) fail(const char *code, const char *text)
{
	char *end = put(report, "{\n    \"cniVersion\": \"1.1.0\",\n    \"code\": ");
	end = put(put(end, code), ",\n    \"msg\": \"");
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			*end++ = '\\';
		*end++ = *text < ' ' || *text > '~' ? '?' : *text;
	}
	end = put(end, "\"\n}\n");
	ignore_broken_pipes();
	write_all(1, report, end - report, now_ms() + CALL_MS);
	leave(1);
}

/* Becomes the bundle of `type`, which lies beside this executable. */
static void __attribute__((noreturn)) become_bundle(char **argv, char **environment, const char *type)
{
	long folder = SYSTEM(readlinkat, AT_FDCWD, "/proc/self/exe", path, PATH_MAX);
	while (folder > 0 && path[folder - 1] != '/')
		folder--;
	put(put(put(put(path + (folder > 0 ? folder : 0), ".tsnet/"), build), "/bin/"), type);
	char **kept = environment;
	for (char **variable = environment; *variable; variable++)
		if (!starts_with(*variable, "NODE_EXTRA_CA_CERTS="))   /* Node would parse that file for 45 ms */
			*kept++ = *variable;
	*kept = 0;
	long error = SYSTEM(execve, path, argv, environment);
	put(put(put(message.bytes, "execute \""), path), error == -ENOENT
		? "\": it or its interpreter is not there; install tsnet again" : "\": the kernel refuses it");
	fail(INTERNAL, message.bytes);
}

/* The CNI type: the name under which this was started. */
static const char *type_of(const char *name)
{
	const char *type = name, *end = name;
	for (; *end; end++)
		if (*end == '/')
			type = end + 1;
	if (type == end || end - type > NAME_MAX || *type == '.')
		fail(INTERNAL, "read own name: it is not that of a CNI type");
	return type;
}

/* Whether the agent may serve this: a person may have started it by hand, and TSNET_* changes how bundles work. */
static int is_for_agent(char **environment)
{
	int is_call = 0;
	for (; *environment; environment++) {
		if (starts_with(*environment, "TSNET_"))
			return 0;
		is_call |= starts_with(*environment, "CNI_COMMAND=") && (*environment)[sizeof "CNI_COMMAND"];
	}
	return is_call;
}

/* A connection to an agent that root runs; negative when there is none. */
static int connect_agent(void)
{
	static const struct sockaddr_un address = { AF_UNIX, "/run/tsnet/agent.sock" };
	struct ucred peer = { 0, -1, -1 };
	u32 size = sizeof peer;
	int agent = SYSTEM(socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (agent < 0 || SYSTEM(connect, agent, &address, sizeof address) < 0)
		return -1;
	SYSTEM(getsockopt, agent, SOL_SOCKET, SO_PEERCRED, &peer, &size);
	return peer.uid == 0 ? agent : -1;
}

/* Writes the head at `head` and gives its size; 0 when it is too large. */
static u64 write_head(char *head, char **environment, const char *type)
{
	char *end = put(put(head, build) + 1, type) + 1;
	for (; *environment; environment++) {
		if (!starts_with(*environment, "CNI_") && !starts_with(*environment, "TRACEPARENT="))
			continue;
		for (const char *text = *environment; (*end++ = *text); text++)
			if (end == head + LARGEST_HEAD)
				return 0;
	}
	return end - head;
}

/*
 * Whether the agent took the call. One that hesitates is shut out before its last word is looked for: what it has not said
 * by then it can say no more, and it starts nothing that it could not say.
 */
static int is_accepted(int agent, const char *request, u64 size)
{
	u64 deadline = now_ms() + PATIENCE_MS;
	char answer = 0;
	while (size > 0 && await(agent, POLLIN | POLLOUT, deadline) == POLLOUT) {
		long sent = SYSTEM(sendto, agent, request, size, MSG_NOSIGNAL, 0);
		if (sent > 0)
			request += sent, size -= sent;
		else if (sent != -EAGAIN && sent != -EINTR)
			break;
	}
	if (read_all(agent, &answer, 1, deadline))
		return answer == 'A';
	SYSTEM(shutdown, agent, SHUT_RDWR);
	return SYSTEM(read, agent, &answer, 1) == 1 && answer == 'A';
}

/* Passes on what the agent answers and gives the exit code. Standard output waits for the end: half of it is no answer. */
static int relay(int agent)
{
	u64 deadline = now_ms() + CALL_MS, kept = 0;
	struct __attribute__((packed)) { char kind; u32 size; } frame;
	ignore_broken_pipes();
	while (read_all(agent, &frame, sizeof frame, deadline)) {
		char *payload = message.bytes + kept;
		if (frame.size > sizeof message - kept || !read_all(agent, payload, frame.size, deadline))
			break;
		if (frame.kind == '0' && frame.size == 1)
			return write_all(1, message.bytes, kept, now_ms() + CALL_MS) ? (u8)*payload : 1;
		if (frame.kind == '1')
			kept += frame.size;
		else if (frame.kind == '2')
			write_all(2, payload, frame.size, deadline);
		else
			break;
	}
	fail(TRY_AGAIN_LATER, now_ms() < deadline ? "call agent: it ended before it had answered"
						  : "call agent: it has not answered in time");
}

__attribute__((noreturn, used)) static void start(u64 *stack)
{
	char **argv = (char **)stack + 1, **environment = argv + stack[0] + 1;
	for (int fd = 0; fd <= 2; fd++)             /* or the connection would become a standard stream */
		if (SYSTEM(fcntl, fd, F_GETFD) == -EBADF)
			SYSTEM(openat, AT_FDCWD, "/dev/null", O_RDWR);
	const char *type = type_of(stack[0] > 0 ? argv[0] : "");
	char *head = message.bytes + sizeof message.prefix;
	int agent = is_for_agent(environment) ? connect_agent() : -1;
	u64 head_size = agent < 0 ? 0 : write_head(head, environment, type);
	if (head_size == 0)
		become_bundle(argv, environment, type);
	char *input = head + head_size;
	long size = take_input(input, now_ms() + CALL_MS);
	if (size == -ETIME || size > LARGEST_INPUT)
		fail(IO_FAILURE, size < 0 ? "read standard input: it does not end" : "read standard input: it is over 16 MiB");
	if (size < 0)
		become_bundle(argv, environment, type);   /* which meets the same and tells it */
	message.prefix = (struct prefix){ "TSN1", head_size, size };
	if (is_accepted(agent, message.bytes, input + size - message.bytes))
		leave(relay(agent));
	if (size > 0 && !give_back_input(input, size, now_ms() + CALL_MS))
		fail(IO_FAILURE, "keep standard input: there is no memory for it");
	become_bundle(argv, environment, type);
}

ENTRY(start);
