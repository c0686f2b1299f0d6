// A server that streams chat-completion answers at a fixed pace to any number of clients, from one thread: what the
// stream benchmarks of Operon and of its peer are measured against.
//
//     paced_server EVENTS INTERVAL_MS        prints its port, serves until its standard input ends
//
// Each POST is answered with EVENTS events, INTERVAL_MS apart, then a finish, usage and [DONE]. The content of each
// event is the moment at which it was written, in nanoseconds of CLOCK_MONOTONIC, so that a client on the same machine
// can tell how long a token was on its way. With INTERVAL_MS 0 events follow as fast as the client reads.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 4096 };

struct client {
    int fd;
    size_t got;          // bytes of the request so far
    size_t wanted;       // bytes of the request in all; 0 while its head is incomplete
    int sent;            // events sent; -1 while the request is read
    char head[8192];
};

static struct client clients[MOST];

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void put(int fd, const char *text, size_t length) {
    while (length > 0) {
        ssize_t n = send(fd, text, length, MSG_NOSIGNAL);
        if (n > 0) {
            text += n;
            length -= (size_t)n;
        } else if (n < 0 && errno == EAGAIN) {
            struct pollfd wait = {fd, POLLOUT, 0};
            poll(&wait, 1, 1000);
        } else {
            return;
        }
    }
}

static void chunk(int fd, const char *data) {
    char text[1024];
    int body = snprintf(NULL, 0, "data: %s\n\n", data);
    int n = snprintf(text, sizeof text, "%x\r\ndata: %s\n\n\r\n", body, data);
    put(fd, text, (size_t)n);
}

static void start(struct client *c) {
    static const char head[] =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    put(c->fd, head, sizeof head - 1);
    c->sent = 0;
}

// True when the answer is complete.
static int step(struct client *c, int events) {
    char data[512];
    if (c->sent < events) {
        snprintf(data, sizeof data,
            "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"paced\","
            "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%lld \"},\"finish_reason\":null,\"logprobs\":null}]}",
            (long long)now());
        chunk(c->fd, data);
        c->sent++;
        return 0;
    }
    chunk(c->fd, "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"paced\","
        "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\",\"logprobs\":null}]}");
    chunk(c->fd, "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"paced\","
        "\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":100,\"total_tokens\":109}}");
    chunk(c->fd, "[DONE]");
    put(c->fd, "0\r\n\r\n", 5);
    c->sent = -1;
    c->got = c->wanted = 0;
    return 1;
}

static void leave(int epoll, struct client *c) {
    epoll_ctl(epoll, EPOLL_CTL_DEL, c->fd, NULL);
    close(c->fd);
    c->fd = 0;
    c->sent = -1;
    c->got = c->wanted = 0;
}

static void take(int epoll, struct client *c) {
    char rest[65536];
    for (;;) {
        int full = c->got >= sizeof c->head - 1;
        ssize_t n = full || c->wanted ? recv(c->fd, rest, sizeof rest, 0)
                                      : recv(c->fd, c->head + c->got, sizeof c->head - 1 - c->got, 0);
        if (n == 0 || (n < 0 && errno != EAGAIN)) { leave(epoll, c); return; }
        if (n < 0) return;
        c->got += (size_t)n;
        if (!c->wanted) {
            c->head[c->got < sizeof c->head ? c->got : sizeof c->head - 1] = 0;
            char *end = strstr(c->head, "\r\n\r\n");
            if (!end) continue;
            char *length = strcasestr(c->head, "content-length:");
            c->wanted = (size_t)(end - c->head) + 4 + (length ? (size_t)atol(length + 15) : 0);
        }
        if (c->sent < 0 && c->got >= c->wanted) start(c);
    }
}

int main(int argc, char **argv) {
    int events = argc > 1 ? atoi(argv[1]) : 100;
    int interval = argc > 2 ? atoi(argv[2]) : 10;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1024)) { perror("paced_server"); return 1; }
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    int epoll = epoll_create1(0);
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    long pause = interval > 0 ? interval * 1000000L : 100000L;
    struct itimerspec pace = {{pause / 1000000000, pause % 1000000000}, {pause / 1000000000, pause % 1000000000}};
    timerfd_settime(timer, 0, &pace, NULL);
    struct epoll_event event = {.events = EPOLLIN};
    int special[] = {listener, timer, 0};
    for (int i = 0; i < 3; i++) {
        event.data.u64 = (uint64_t)MOST + i;
        epoll_ctl(epoll, EPOLL_CTL_ADD, special[i], &event);
    }
    for (;;) {
        struct epoll_event ready[512];
        int n = epoll_wait(epoll, ready, 512, -1);
        for (int i = 0; i < n; i++) {
            uint64_t which = ready[i].data.u64;
            if (which == MOST) {
                int fd;
                while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    int one = 1;
                    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                    int slot = 0;
                    while (slot < MOST && clients[slot].fd) slot++;
                    if (slot == MOST) { close(fd); continue; }
                    clients[slot] = (struct client){.fd = fd, .sent = -1};
                    event.events = EPOLLIN;
                    event.data.u64 = (uint64_t)slot;
                    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
                }
            } else if (which == MOST + 1) {
                uint64_t ticks;
                if (read(timer, &ticks, sizeof ticks) < 0) continue;
                for (int slot = 0; slot < MOST; slot++) {
                    struct client *c = &clients[slot];
                    // A late tick sends what was missed, so that the pace holds.
                    for (uint64_t t = 0; t < ticks && c->fd && c->sent >= 0; t++) if (step(c, events)) break;
                }
            } else if (which == MOST + 2) {
                char end[64];
                if (read(0, end, sizeof end) <= 0) return 0;
            } else if (clients[which].fd) {
                take(epoll, &clients[which]);
            }
        }
    }
}
