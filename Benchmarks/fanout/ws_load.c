// Load for a WebSocket server that sends each message it receives to all its connections: subscribers on one thread with
// epoll, one publisher on another. Checks that every subscriber gets every message once and in order.
//
//   ws_load PORT PATH subscribers messages bytes rate pid [window]
//
// rate: messages per second, 0 for as many as the slowest subscriber lets through with `window` messages under way.
// Prints one line of JSON: delivered per second, loss, order errors, latencies in microseconds, the server's CPU.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int port, subscribers, messages, bytes, window = 256;
static long rate, pid;
static const char *path;
static uint64_t *sent_at;
static atomic_long published, slowest;

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + t.tv_nsec;
}

static void fail(const char *what) {
    fprintf(stderr, "ws_load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int open_socket(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a)) fail("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    char text[512];
    int n = snprintf(text, sizeof text,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", path, port);
    if (write(fd, text, n) != n) fail("write");
    char c, last[4] = {0};
    while (memcmp(last, "\r\n\r\n", 4)) {
        if (read(fd, &c, 1) != 1) fail("handshake");
        memmove(last, last + 1, 3);
        last[3] = c;
    }
    return fd;
}

static void *publish(void *context) {
    int fd = *(int *)context;
    uint64_t start = now();
    for (long i = 0; i < messages;) {
        // What is due, or what the window lets through, goes out in one write.
        long batch = 1;
        if (rate) {
            uint64_t due = start + (uint64_t)(i * 1e9 / rate), t;
            while ((t = now()) < due) {
                struct timespec s = {0, due - t > 50000 ? (long)(due - t - 50000) : 0};
                if (due - t > 60000) nanosleep(&s, NULL);
            }
        } else {
            while ((batch = window - (i - atomic_load(&slowest))) <= window / 4) usleep(20);
            if (batch > messages - i) batch = messages - i;
            if (batch > 64) batch = 64;
        }
        unsigned char *out = malloc((size_t)(bytes + 8) * batch);
        size_t used = 0;
        for (long k = 0; k < batch; k++, i++) {
            unsigned char *f = out + used;
            f[0] = 0x81;
            int h = 2;
            if (bytes < 126) f[1] = 0x80 | bytes;
            else f[1] = 0x80 | 126, f[2] = bytes >> 8, f[3] = bytes, h = 4;
            memset(f + h, 0, 4);
            h += 4;
            memset(f + h, 'x', bytes);
            f[h + snprintf((char *)f + h, 24, "{\"seq\":%010ld,", i)] = 'x';
            sent_at[i] = now();
            used += h + bytes;
        }
        atomic_store(&published, i);
        for (size_t at = 0; at < used;) {
            ssize_t n = write(fd, out + at, used - at);
            if (n <= 0) fail("publish");
            at += n;
        }
        free(out);
    }
    return NULL;
}

static double server_cpu(void) {
    char name[64], text[1024];
    snprintf(name, sizeof name, "/proc/%ld/stat", pid);
    FILE *f = fopen(name, "r");
    if (!f) return 0;
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = 0;
    char *p = strrchr(text, ')');
    unsigned long u = 0, s = 0;
    if (p) sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &u, &s);
    return (double)(u + s) / sysconf(_SC_CLK_TCK);
}

static long server_memory(void) {
    char name[64], line[256];
    snprintf(name, sizeof name, "/proc/%ld/status", pid);
    FILE *f = fopen(name, "r");
    long kib = 0;
    while (f && fgets(line, sizeof line, f)) sscanf(line, "VmRSS: %ld", &kib);
    if (f) fclose(f);
    return kib;
}

struct subscriber {
    int fd;
    long next;
    int have;
    unsigned char rest[4096];
};

static int ascending(const void *a, const void *b) {
    uint32_t x = *(uint32_t *)a, y = *(uint32_t *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv) {
    if (argc < 8) return fprintf(stderr, "usage: ws_load PORT PATH subscribers messages bytes rate pid [window]\n"), 2;
    port = atoi(argv[1]), path = argv[2], subscribers = atoi(argv[3]), messages = atoi(argv[4]), bytes = atoi(argv[5]);
    rate = atol(argv[6]), pid = atol(argv[7]);
    if (argc > 8) window = atoi(argv[8]);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    sent_at = calloc(messages + 1, sizeof *sent_at);
    struct subscriber *all = calloc(subscribers, sizeof *all);
    long before = server_memory();
    int ep = epoll_create1(0);
    for (int i = 0; i < subscribers; i++) {
        all[i].fd = open_socket();
        fcntl(all[i].fd, F_SETFL, O_NONBLOCK);
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = &all[i]};
        epoll_ctl(ep, EPOLL_CTL_ADD, all[i].fd, &e);
    }
    usleep(300000);
    long held = server_memory();
    if (!messages) {
        printf("{\"connections\":%d,\"server_kib\":%ld,\"bytes_per_connection\":%.0f}\n", subscribers, held, 1024.0 * (held - before) / subscribers);
        return 0;
    }
    int publisher = open_socket();
    // The publisher is a subscriber, too, for servers that know no other kind; what comes there is thrown away.
    struct subscriber sink = {.fd = -1};
    fcntl(publisher, F_SETFL, O_NONBLOCK);
    int writer = dup(publisher);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = &sink};
    epoll_ctl(ep, EPOLL_CTL_ADD, publisher, &e);
    fcntl(publisher, F_SETFL, 0);
    size_t capacity = 1 << 20;
    unsigned char *buffer = malloc(capacity + 4096);
    size_t samples = 0, sample_room = 4000000;
    uint32_t *latency = malloc(sample_room * 4);
    long delivered = 0, disorder = 0, done = 0, every = (long)subscribers * messages / sample_room + 1;
    double cpu = server_cpu();
    uint64_t start = now(), last = start, checked = start;
    pthread_t thread;
    pthread_create(&thread, NULL, publish, &writer);
    struct epoll_event events[256];
    while (done < subscribers) {
        int n = epoll_wait(ep, events, 256, 200);
        if (n == 0 && now() - last > 5000000000u) break;
        for (int i = 0; i < n; i++) {
            struct subscriber *s = events[i].data.ptr;
            if (s == &sink) {
                recv(publisher, buffer, capacity, MSG_DONTWAIT);
                continue;
            }
            memcpy(buffer, s->rest, s->have);
            ssize_t got = read(s->fd, buffer + s->have, capacity);
            if (got <= 0) {
                if (got < 0 && errno == EAGAIN) continue;
                fprintf(stderr, "ws_load: a subscriber was closed after %ld\n", s->next);
                close(s->fd);
                done++;
                continue;
            }
            last = now();
            size_t size = s->have + got, at = 0;
            while (size - at >= 2) {
                size_t h = 2, length = buffer[at + 1] & 127;
                if (length == 126) {
                    if (size - at < 4) break;
                    length = buffer[at + 2] << 8 | buffer[at + 3], h = 4;
                }
                if (size - at < h + length) break;
                if ((buffer[at] & 15) <= 2 && length > 18) {
                    long seq = 0;
                    for (int k = 0; k < 10; k++) seq = seq * 10 + (buffer[at + h + 7 + k] - '0');
                    if (seq != s->next) disorder++;
                    if (delivered % every == 0 && samples < sample_room && seq < messages) latency[samples++] = (last - sent_at[seq]) / 1000;
                    s->next = seq + 1;
                    delivered++;
                    if (s->next == messages) done++;
                }
                at += h + length;
            }
            s->have = size - at;
            if (s->have > (int)sizeof s->rest) fail("a frame too large");
            memcpy(s->rest, buffer + at, s->have);
        }
        if (!rate && now() - checked > 100000) {
            long least = messages;
            for (int i = 0; i < subscribers; i++) if (all[i].next < least) least = all[i].next;
            atomic_store(&slowest, least);
            checked = now();
        }
    }
    double seconds = (last - start) / 1e9;
    cpu = server_cpu() - cpu;
    qsort(latency, samples, 4, ascending);
    if (!samples) latency[samples++] = 0;
    printf("{\"subscribers\":%d,\"messages\":%d,\"delivered\":%ld,\"lost\":%ld,\"disorder\":%ld,\"per_second\":%.0f,"
        "\"p50_us\":%u,\"p99_us\":%u,\"max_us\":%u,\"server_cpu_us_per_delivery\":%.3f,\"bytes_per_connection\":%.0f}\n",
        subscribers, messages, delivered, (long)subscribers * messages - delivered, disorder, delivered / seconds,
        latency[samples / 2], latency[(size_t)(samples * 0.99)], latency[samples - 1], cpu * 1e6 / (delivered ? delivered : 1),
        1024.0 * (held - before) / subscribers);
    return 0;
}
