// Listens to many RTP streams of 20 ms on one port and tells how late their packets came, by the time the kernel took them in.
//   rtp-ear PORT SECONDS
// Lateness is against the stream's own clock: its earliest packet, seen by timestamps, is in time. Prints "ready", then one line of JSON.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include "kernel-time.h"

enum { HEADER_BYTES = 12, MAX_STREAMS = 1024, SOCKET_BUFFER = 8 << 20 };

struct stream {
  uint32_t source, first_timestamp;
  uint16_t first_sequence, last_sequence;
  uint64_t packets;
  int64_t base_ns;
};
struct arrival {
  int stream;
  int64_t offset_ns;
};

static struct stream streams[MAX_STREAMS];
static int stream_count;

static struct stream *stream_of(uint32_t source) {
  for (int index = 0; index < stream_count; index++)
    if (streams[index].source == source) return &streams[index];
  if (stream_count == MAX_STREAMS) exit(fprintf(stderr, "too many streams\n"));
  struct stream *stream = &streams[stream_count++];
  stream->source = source;
  stream->base_ns = INT64_MAX;
  return stream;
}

static int ascending(const void *one, const void *other) {
  int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
  return a < b ? -1 : a > b;
}

int main(int count, char **words) {
  if (count != 3) return 2;
  int socket_fd = socket(AF_INET, SOCK_DGRAM, 0), bytes = SOCKET_BUFFER, on = 1;
  setsockopt(socket_fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  setsockopt(socket_fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  struct timeval patience = {.tv_usec = 100000};
  setsockopt(socket_fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(atoi(words[1]))};
  inet_pton(AF_INET, "127.0.0.1", &own.sin_addr);
  if (bind(socket_fd, (struct sockaddr *)&own, sizeof own)) return perror("bind"), 1;
  puts("ready");
  fflush(stdout);
  uint64_t room = 1 << 16, arrivals = 0;
  struct arrival *heard = malloc(room * sizeof *heard);
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  for (time_t end = now.tv_sec + atoi(words[2]); now.tv_sec < end; clock_gettime(CLOCK_MONOTONIC, &now)) {
    unsigned char packet[2048];
    char control[128];
    struct iovec vector = {packet, sizeof packet};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(socket_fd, &message, 0);
    if (length < HEADER_BYTES || (packet[0] & 0xc0) != 0x80 || (packet[1] & 0x7f) != 0) continue;
    uint32_t timestamp, source;
    uint16_t sequence;
    memcpy(&sequence, packet + 2, 2);
    memcpy(&timestamp, packet + 4, 4);
    memcpy(&source, packet + 8, 4);
    struct stream *stream = stream_of(source);
    if (stream->packets++ == 0) {
      stream->first_timestamp = ntohl(timestamp);
      stream->first_sequence = ntohs(sequence);
    }
    stream->last_sequence = ntohs(sequence);
    int64_t offset_ns = taken_in_ns(&message) - (int64_t)(int32_t)(ntohl(timestamp) - stream->first_timestamp) * 125000;
    if (offset_ns < stream->base_ns) stream->base_ns = offset_ns;
    if (arrivals == room) heard = realloc(heard, (room *= 2) * sizeof *heard);
    heard[arrivals++] = (struct arrival){stream - streams, offset_ns};
  }
  if (arrivals == 0) return fprintf(stderr, "nothing was heard\n"), 1;
  int64_t *late = malloc(arrivals * sizeof *late);
  uint64_t lost = 0;
  for (uint64_t index = 0; index < arrivals; index++) late[index] = heard[index].offset_ns - streams[heard[index].stream].base_ns;
  for (int index = 0; index < stream_count; index++)
    lost += (uint16_t)(streams[index].last_sequence - streams[index].first_sequence) + 1 - streams[index].packets;
  qsort(late, arrivals, sizeof *late, ascending);
  printf("{\"streams\":%d,\"packets\":%llu,\"lost\":%llu,\"p50Microseconds\":%.0f,\"p99Microseconds\":%.0f,\"latestMicroseconds\":%.0f}\n", stream_count,
         (unsigned long long)arrivals, (unsigned long long)lost, late[arrivals / 2] / 1e3, late[arrivals * 99 / 100] / 1e3, late[arrivals - 1] / 1e3);
  return 0;
}
