// Both ends of so many calls: each end sends G.711 as a phone does, a packet of 172 bytes every 20 ms, to its port of the relay,
// and listens at its own. The ends are spread over the 20 ms. Every packet carries the time it was sent at.
//   rtp-load MAP SECONDS      MAP: a line a call, "own port A, relay port A, own port B, relay port B", all on 127.0.0.1
// Prints one line of JSON.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PACKET_BYTES = 172, HEADER_BYTES = 12, FRAMES_PER_SECOND = 50, SLOTS = 20, MAX_ENDS = 4000, SOCKET_BUFFER = 1 << 20 };
static const uint64_t SLOT_NS = 1000000, FRAME_NS = 20000000;

struct end {
  int socket;
  struct sockaddr_in relay;
  uint16_t sequence;
  uint32_t timestamp, source;
};

static struct end ends[MAX_ENDS];
static int end_count;
static volatile int stopping;
static uint64_t received, latency_count, latency_room;
static uint32_t *latencies;

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  return address;
}

static void open_end(int own_port, int relay_port) {
  if (end_count == MAX_ENDS) exit(fprintf(stderr, "too many calls\n"));
  struct end *end = &ends[end_count++];
  end->socket = socket(AF_INET, SOCK_DGRAM, 0);
  int bytes = SOCKET_BUFFER;
  setsockopt(end->socket, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  struct sockaddr_in own = loopback(own_port);
  if (bind(end->socket, (struct sockaddr *)&own, sizeof own)) {
    perror("bind");
    exit(1);
  }
  end->relay = loopback(relay_port);
  end->source = random();
  end->sequence = random();
  end->timestamp = random();
}

static void *receive(void *unused) {
  (void)unused;
  int set = epoll_create1(0);
  for (int i = 0; i < end_count; i++) {
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = ends[i].socket};
    epoll_ctl(set, EPOLL_CTL_ADD, ends[i].socket, &wanted);
  }
  struct epoll_event events[256];
  unsigned char packet[2048];
  while (!stopping) {
    int count = epoll_wait(set, events, 256, 100);
    for (int i = 0; i < count; i++)
      for (ssize_t length; (length = recv(events[i].data.fd, packet, sizeof packet, MSG_DONTWAIT)) > 0;) {
        if (length != PACKET_BYTES) continue;
        uint64_t sent_at;
        memcpy(&sent_at, packet + HEADER_BYTES, sizeof sent_at);
        received++;
        if (latency_count < latency_room) latencies[latency_count++] = (now_ns() - sent_at) / 1000;
      }
  }
  return NULL;
}

static int send_packet(struct end *end, int frame) {
  unsigned char packet[PACKET_BYTES];
  memset(packet, 0xd5, sizeof packet);
  uint16_t sequence = htons(end->sequence++);
  uint32_t timestamp = htonl(end->timestamp), source = htonl(end->source);
  end->timestamp += 160;
  packet[0] = 0x80;
  packet[1] = frame == 0 ? 0x80 : 0;
  memcpy(packet + 2, &sequence, sizeof sequence);
  memcpy(packet + 4, &timestamp, sizeof timestamp);
  memcpy(packet + 8, &source, sizeof source);
  uint64_t sent_at = now_ns();
  memcpy(packet + HEADER_BYTES, &sent_at, sizeof sent_at);
  return sendto(end->socket, packet, sizeof packet, 0, (struct sockaddr *)&end->relay, sizeof end->relay) == sizeof packet;
}

static int compare(const void *one, const void *other) {
  uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
  return a < b ? -1 : a > b;
}

int main(int count, char **arguments) {
  FILE *map = count == 3 ? fopen(arguments[1], "r") : NULL;
  if (map == NULL) return fprintf(stderr, "usage: rtp-load MAP SECONDS\n"), 2;
  int seconds = atoi(arguments[2]), own_a, relay_a, own_b, relay_b;
  while (fscanf(map, "%d %d %d %d", &own_a, &relay_a, &own_b, &relay_b) == 4) {
    open_end(own_a, relay_a);
    open_end(own_b, relay_b);
  }
  latency_room = (uint64_t)end_count * FRAMES_PER_SECOND * seconds;
  latencies = malloc(latency_room * sizeof *latencies + 1);
  pthread_t receiver;
  pthread_create(&receiver, NULL, receive, NULL);
  uint64_t start = now_ns() + FRAME_NS, sent = 0;
  for (int frame = 0; frame < seconds * FRAMES_PER_SECOND; frame++)
    for (int slot = 0; slot < SLOTS; slot++) {
      uint64_t due = start + frame * FRAME_NS + slot * SLOT_NS;
      struct timespec wake = {due / 1000000000ull, due % 1000000000ull};
      clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, NULL);
      for (int i = slot; i < end_count; i += SLOTS) sent += send_packet(&ends[i], frame);
    }
  usleep(300000);
  stopping = 1;
  pthread_join(receiver, NULL);
  qsort(latencies, latency_count, sizeof *latencies, compare);
  uint32_t p50 = latency_count ? latencies[latency_count / 2] : 0, p99 = latency_count ? latencies[latency_count * 99 / 100] : 0;
  printf("{\"sent\":%lu,\"received\":%lu,\"p50Microseconds\":%u,\"p99Microseconds\":%u}\n", sent, received, p50, p99);
  return 0;
}
