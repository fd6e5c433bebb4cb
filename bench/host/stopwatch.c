/*
 * Times processes: the first process of a private host, told by lines on standard input what to run.
 *
 * In C because what it measures starts in 2 ms: a fork of a large Node process and its event loop would be most of the
 * figure. This one starts processes by posix_spawn (vfork) and adds what the case "start" shows for /bin/true.
 *
 *   a<text>  argument           e<NAME=value>  variable        i<path>  standard input (else /dev/null)
 *   o<path>  standard output, with standard error in <path>.err
 *   ;        end of a command; the next follows it in the same chain
 *   .        end of a command and of its chain
 *   g<K>     runs the chains, K at a time; prints "index start duration status" (ns) for each command and "= total"
 *   b        end of a command that is started at once and not waited for; prints "pid"
 *
 * A command that fails ends its chain. When standard input ends, the process ends, and as it is the first process of a
 * pid namespace everything on the host ends with it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 40 }; /* arguments, and variables, of a command */

struct command {
  char *argv[MOST], *envp[MOST], *in, *out;
  int argc, envc, ends_chain;
  long long start;
};

static struct command *commands;
static int count, capacity;

static struct command *current(void) {
  if (count == capacity) {
    commands = realloc(commands, (capacity = capacity * 2 + 16) * sizeof *commands);
    if (!commands) exit(2);
    memset(commands + count, 0, (capacity - count) * sizeof *commands);
  }
  return commands + count;
}

static void append(char **list, int *length, const char *text) {
  if (*length == MOST - 1) exit(2);
  list[(*length)++] = strdup(text);
}

static void forget(void) {
  for (; count >= 0; count--) {
    struct command *it = commands + count;
    while (it->argc) free(it->argv[--it->argc]);
    while (it->envc) free(it->envp[--it->envc]);
    free(it->in), free(it->out);
    memset(it, 0, sizeof *it);
  }
  count = 0;
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Gives the pid; a command that cannot be started counts as exit status 127. */
static pid_t start(struct command *it) {
  char errors[4096];
  const char *out = it->out ? it->out : "/dev/null";
  snprintf(errors, sizeof errors, it->out ? "%s.err" : "%s", out);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, it->in ? it->in : "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&files, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t pid = -1;
  it->start = now();
  if (posix_spawn(&pid, it->argv[0], &files, NULL, it->argv, it->envp)) pid = -1;
  posix_spawn_file_actions_destroy(&files);
  return pid;
}

static void run(int limit) {
  pid_t *pids = calloc(limit, sizeof *pids);
  int *running = calloc(limit, sizeof *running), next = 0, busy = 0;
  long long began = now();
  do {
    for (int slot = 0; slot < limit && next < count; slot++)
      if (!pids[slot]) {
        running[slot] = next, pids[slot] = start(commands + next), busy++;
        while (!commands[next++].ends_chain);
      }
    int status = 127 << 8, slot = 0;
    for (slot = 0; slot < limit && pids[slot] != -1; slot++);
    if (slot == limit && busy) {
      pid_t ended = waitpid(-1, &status, 0); /* as first process it also reaps what others left */
      for (slot = 0; slot < limit && pids[slot] != ended; slot++);
      if (slot == limit) continue;
    }
    if (!busy) break;
    int index = running[slot], code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    printf("%d %lld %lld %d\n", index, commands[index].start - began, now() - commands[index].start, code);
    if (code || commands[index].ends_chain) pids[slot] = 0, busy--;
    else running[slot] = index + 1, pids[slot] = start(commands + index + 1);
  } while (busy || next < count);
  printf("= %lld\n", now() - began);
  free(pids), free(running);
}

int main(void) {
  char *line = NULL;
  size_t size = 0;
  signal(SIGTERM, _exit); /* the first process of a pid namespace heeds only signals that it handles */
  puts("ready");
  for (fflush(stdout); getline(&line, &size, stdin) > 0; fflush(stdout)) {
    struct command *it = current();
    char *value = line + 1;
    line[strcspn(line, "\n")] = 0;
    switch (line[0]) {
      case 'a': append(it->argv, &it->argc, value); break;
      case 'e': append(it->envp, &it->envc, value); break;
      case 'i': it->in = strdup(value); break;
      case 'o': it->out = strdup(value); break;
      case '.': it->ends_chain = 1; /* fall through */
      case ';': count++; break;
      case 'b': printf("%d\n", start(it)); forget(); break;
      case 'g': run(atoi(value)); forget(); break;
    }
  }
  return 0;
}
