#pragma once
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>

// A GNU extension that the system's own module hides.
extern int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);

// Constants that are enumerators, macros with casts or of differing types, as plain integers.
static const uint32_t operon_epoll_in = EPOLLIN;
static const uint32_t operon_epoll_out = EPOLLOUT;
static const uint32_t operon_epoll_error = EPOLLERR;
static const uint32_t operon_epoll_hang_up = EPOLLHUP;
static const int operon_socket_flags = SOCK_NONBLOCK | SOCK_CLOEXEC;

static inline int operon_epoll_make(void) { return epoll_create1(EPOLL_CLOEXEC); }
static inline int operon_eventfd_make(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

// One call per change of interest; `token` comes back with each event.
static inline int operon_epoll_set(int epoll, int operation, int fd, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, operation, fd, &event);
}
// The struct is packed: its fields are read here.
static inline uint32_t operon_event_kinds(const struct epoll_event *event) { return event->events; }
static inline uint64_t operon_event_token(const struct epoll_event *event) { return event->data.u64; }

static inline int operon_socket_option(int fd, int level, int name, int value) {
    return setsockopt(fd, level, name, &value, sizeof value);
}
static inline int operon_no_delay(int fd) { return operon_socket_option(fd, IPPROTO_TCP, TCP_NODELAY, 1); }
static inline int operon_reuse_address(int fd) { return operon_socket_option(fd, SOL_SOCKET, SO_REUSEADDR, 1); }
static inline int operon_send_buffer(int fd, int bytes) { return operon_socket_option(fd, SOL_SOCKET, SO_SNDBUF, bytes); }
static inline ssize_t operon_send(int fd, const void *bytes, size_t count) { return send(fd, bytes, count, MSG_NOSIGNAL); }
static inline ssize_t operon_send_pieces(int fd, struct iovec *pieces, size_t count) {
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}
