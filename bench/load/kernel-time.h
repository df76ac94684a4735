// When the kernel had a datagram, by its own clock (SO_TIMESTAMPNS, socket(7)).
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static int64_t taken_in_ns(struct msghdr *message) {
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SO_TIMESTAMPNS) continue;
    struct timespec time;
    memcpy(&time, CMSG_DATA(part), sizeof time);
    return time.tv_sec * 1000000000ll + time.tv_nsec;
  }
  exit(fprintf(stderr, "no kernel timestamp\n"));
}
