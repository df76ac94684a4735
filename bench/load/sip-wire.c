// Watches the loopback for what a SIP server gets and answers, by the time the kernel took each packet in: what a load tool says of its
// own answers holds its own pauses too. Needs CAP_NET_RAW.
//   sip-wire SERVER-PORT CALLER-PORT SECONDS
// Prints "ready", then one line of JSON: time from the first INVITE of each Call-ID to its 100, and how many INVITEs came within a millisecond.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include "kernel-time.h"

enum { IP_BYTES = 20, UDP_BYTES = 8, MAX_CALLS = 1 << 20, SOCKET_BUFFER = 64 << 20 };

struct call {
  uint64_t name;
  int64_t invited_ns, tried_ns;
};

static struct call calls[MAX_CALLS];

static struct call *call_of(const char *message, const char *end) {
  const char *field = memmem(message, end - message, "\r\nCall-ID: ", 11);
  if (field == NULL) return NULL;
  uint64_t name = 14695981039346656037u;
  for (const char *at = field + 11; at < end && *at != '\r'; at++) name = (name ^ (unsigned char)*at) * 1099511628211u;
  uint64_t place = name % MAX_CALLS;
  while (calls[place].name != 0 && calls[place].name != name) place = (place + 1) % MAX_CALLS;
  calls[place].name = name;
  return &calls[place];
}

static int open_loopback(void) {
  // IPv4, UDP (the ethernet header is not there): the rest is sorted out below.
  struct sock_filter code[] = {{BPF_LD | BPF_B | BPF_ABS, 0, 0, 9}, {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 17}, {BPF_RET | BPF_K, 0, 0, 65535}, {BPF_RET | BPF_K, 0, 0, 0}};
  struct sock_fprog filter = {4, code};
  int handle = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP)), bytes = SOCKET_BUFFER, on = 1;
  if (handle < 0) return perror("socket"), exit(1), 0;
  if (setsockopt(handle, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes)) setsockopt(handle, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  setsockopt(handle, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
  setsockopt(handle, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  struct timeval patience = {.tv_usec = 100000};
  setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  struct sockaddr_ll own = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = if_nametoindex("lo")};
  if (bind(handle, (struct sockaddr *)&own, sizeof own)) return perror("bind"), exit(1), 0;
  return handle;
}

static int ascending(const void *one, const void *other) {
  int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
  return a < b ? -1 : a > b;
}

static void note(const unsigned char *packet, ssize_t length, int64_t at_ns, int server, int caller) {
  int from = packet[IP_BYTES] << 8 | packet[IP_BYTES + 1], to = packet[IP_BYTES + 2] << 8 | packet[IP_BYTES + 3];
  const char *message = (const char *)packet + IP_BYTES + UDP_BYTES, *end = (const char *)packet + length;
  int is_invite = from == caller && to == server && memcmp(message, "INVITE ", 7) == 0;
  int is_trying = from == server && to == caller && memcmp(message, "SIP/2.0 100", 11) == 0;
  if (!is_invite && !is_trying) return;
  struct call *call = call_of(message, end);
  if (call == NULL) return;
  int64_t *time = is_invite ? &call->invited_ns : &call->tried_ns;
  if (*time == 0) *time = at_ns;
}

static void report(const char *file) {
  static int64_t waits[MAX_CALLS], begun[MAX_CALLS];
  size_t tried = 0, invited = 0, most = 0;
  FILE *all = file == NULL ? NULL : fopen(file, "w");
  for (int index = 0; index < MAX_CALLS; index++) {
    if (calls[index].invited_ns == 0) continue;
    begun[invited++] = calls[index].invited_ns;
    if (calls[index].tried_ns == 0) continue;
    waits[tried++] = calls[index].tried_ns - calls[index].invited_ns;
    if (all != NULL) fprintf(all, "%lld %lld\n", (long long)calls[index].invited_ns, (long long)(calls[index].tried_ns - calls[index].invited_ns));
  }
  if (all != NULL) fclose(all);
  qsort(waits, tried, sizeof *waits, ascending);
  qsort(begun, invited, sizeof *begun, ascending);
  for (size_t first = 0, last = 0; last < invited; last++) {
    while (begun[last] - begun[first] > 1000000) first++;
    if (last - first + 1 > most) most = last - first + 1;
  }
  printf("{\"invited\":%zu,\"tried\":%zu,\"p50Ms\":%.3f,\"p99Ms\":%.3f,\"longestMs\":%.3f,\"mostInvitesInOneMs\":%zu}\n", invited, tried,
         tried ? waits[tried / 2] / 1e6 : 0, tried ? waits[tried * 99 / 100] / 1e6 : 0, tried ? waits[tried - 1] / 1e6 : 0, most);
}

int main(int count, char **words) {
  if (count < 4) return fprintf(stderr, "usage: sip-wire SERVER-PORT CALLER-PORT SECONDS\n"), 2;
  int handle = open_loopback(), server = atoi(words[1]), caller = atoi(words[2]);
  puts("ready");
  fflush(stdout);
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  for (time_t end = now.tv_sec + atoi(words[3]); now.tv_sec < end; clock_gettime(CLOCK_MONOTONIC, &now)) {
    unsigned char packet[4096];
    char control[128];
    struct iovec vector = {packet, sizeof packet};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(handle, &message, 0);
    if (length < IP_BYTES + UDP_BYTES + 11 || (packet[0] & 15) != 5) continue;
    note(packet, length, taken_in_ns(&message), server, caller);
  }
  report(count > 4 ? words[4] : NULL);
  return 0;
}
