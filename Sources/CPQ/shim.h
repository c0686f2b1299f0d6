#pragma once
#include <libpq-fe.h>
#include <sys/ioctl.h>

// How many bytes the kernel holds for a socket; a request of ioctl, which is variadic.
static inline int operon_pq_waiting_bytes(int socket) {
    int count = 0;
    return ioctl(socket, FIONREAD, &count) == 0 ? count : 0;
}
