// The floor: a relay in one thread that takes a packet with one system call and sends it with another, and knows nothing of RTP.
//   minimal-relay CALLS FIRST_END_PORT FIRST_RELAY_PORT
// Call i: ends at FIRST_END_PORT + 4i and + 2, relay ports at FIRST_RELAY_PORT + 4i and + 2.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { MAX_SOCKETS = 10000, SOCKET_BUFFER = 1 << 20 };

static int other_side[MAX_SOCKETS];
static struct sockaddr_in end_of[MAX_SOCKETS];

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  return address;
}

static int open_side(int set, int relay_port, int end_port) {
  int side = socket(AF_INET, SOCK_DGRAM, 0), bytes = SOCKET_BUFFER;
  setsockopt(side, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  struct sockaddr_in own = loopback(relay_port);
  if (side >= MAX_SOCKETS || bind(side, (struct sockaddr *)&own, sizeof own)) {
    perror("bind");
    exit(1);
  }
  struct epoll_event wanted = {.events = EPOLLIN, .data.fd = side};
  epoll_ctl(set, EPOLL_CTL_ADD, side, &wanted);
  end_of[side] = loopback(end_port);
  return side;
}

int main(int count, char **arguments) {
  if (count != 4) return fprintf(stderr, "usage: minimal-relay CALLS FIRST_END_PORT FIRST_RELAY_PORT\n"), 2;
  int calls = atoi(arguments[1]), end_port = atoi(arguments[2]), relay_port = atoi(arguments[3]), set = epoll_create1(0);
  for (int i = 0; i < calls; i++) {
    int a = open_side(set, relay_port + 4 * i, end_port + 4 * i), b = open_side(set, relay_port + 4 * i + 2, end_port + 4 * i + 2);
    other_side[a] = b;
    other_side[b] = a;
  }
  puts("ready");
  fflush(stdout);
  struct epoll_event events[256];
  unsigned char packet[2048];
  for (;;) {
    int ready = epoll_wait(set, events, 256, -1);
    for (int i = 0; i < ready; i++) {
      struct sockaddr_in from;
      socklen_t size = sizeof from;
      ssize_t length = recvfrom(events[i].data.fd, packet, sizeof packet, MSG_DONTWAIT, (struct sockaddr *)&from, &size);
      int out = other_side[events[i].data.fd];
      if (length > 0) sendto(out, packet, length, 0, (struct sockaddr *)&end_of[out], sizeof end_of[out]);
    }
  }
}
