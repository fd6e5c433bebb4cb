/*
 * TCP traffic for the data path's figures.
 *
 *   traffic serve PORT                    answers one connection at a time, until it is killed
 *   traffic connect ADDRESS PORT COUNT    prints the median microseconds of connect() and the connections per second
 *   traffic stream ADDRESS PORT SECONDS   prints Gbit/s that were taken in by the server
 *
 * In C because a connection through the kernel takes 20 us, and in Node twice that before it leaves the process.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char buffer[1 << 18];

static void require(int holds, const char *what) {
  if (holds) return;
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static struct sockaddr_in address_of(const char *address, const char *port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
  require(inet_pton(AF_INET, address, &to.sin_addr) == 1, address);
  return to;
}

/* Closed by reset: no port stays in TIME_WAIT, so thousands of connections need no thousands of ports. */
static void reset_on_close(int socket) {
  struct linger linger = {.l_onoff = 1};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static int open_to(const struct sockaddr_in *to) {
  int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  reset_on_close(connection);
  require(connect(connection, (const struct sockaddr *)to, sizeof *to) == 0, "connect");
  return connection;
}

/* A connection is one request and one answer, or takes what comes and says at its end how much that was. */
static void serve(const char *port) {
  struct sockaddr_in at = address_of("0.0.0.0", port);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1, connection;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  require(bind(listener, (struct sockaddr *)&at, sizeof at) == 0, "bind");
  require(listen(listener, 128) == 0, "listen");
  while ((connection = accept(listener, NULL, NULL)) >= 0) {
    ssize_t got = read(connection, buffer, 1);
    if (got == 1 && buffer[0] == 'p') got = write(connection, "p", 1);
    if (got == 1 && buffer[0] == 's') {
      uint64_t taken = 0;
      while ((got = read(connection, buffer, sizeof buffer)) > 0) taken += got;
      if (write(connection, &taken, sizeof taken) < 0) perror("answer");
    }
    close(connection);
  }
}

static int by_size(const void *one, const void *other) {
  double difference = *(const double *)one - *(const double *)other;
  return (difference > 0) - (difference < 0);
}

static void measure_connects(const struct sockaddr_in *to, int count) {
  double *latencies = calloc(count, sizeof *latencies), began = now();
  for (int index = 0; index < count; index++) {
    double start = now();
    int connection = open_to(to);
    latencies[index] = now() - start;
    require(write(connection, "p", 1) == 1 && read(connection, buffer, 1) == 1, "ask");
    close(connection);
  }
  double seconds = now() - began;
  qsort(latencies, count, sizeof *latencies, by_size);
  printf("%.2f %.0f\n", latencies[count / 2] * 1e6, count / seconds);
}

static void measure_stream(const struct sockaddr_in *to, double seconds) {
  int connection = open_to(to);
  uint64_t taken = 0;
  require(write(connection, "s", 1) == 1, "ask");
  double began = now();
  while (now() - began < seconds) require(write(connection, buffer, sizeof buffer) > 0, "write");
  shutdown(connection, SHUT_WR);
  require(recv(connection, &taken, sizeof taken, MSG_WAITALL) == sizeof taken, "read the count");
  printf("%.3f\n", taken * 8 / (now() - began) / 1e9);
}

int main(int count, char **arguments) {
  signal(SIGPIPE, SIG_IGN);
  if (count == 3) serve(arguments[2]);
  if (count != 5) return 2;
  struct sockaddr_in to = address_of(arguments[2], arguments[3]);
  if (!strcmp(arguments[1], "connect")) measure_connects(&to, atoi(arguments[4]));
  else measure_stream(&to, atof(arguments[4]));
  return 0;
}
