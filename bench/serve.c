/* serve.c: asks a server of HTTP as fast as it answers, and says how fast that is.    SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/*
 * usage: serve PORT SECONDS CONNECTIONS < requests
 *
 * The input holds whole requests, a zero byte behind each; connection i sends request i modulo their number, again as soon as
 * it is answered. One line comes out: answers a second, median and 99th in 100 of their times in microseconds, how many were
 * not 200.
 */
enum { CONNECTIONS_MAX = 256, TEXT_MAX = 1 << 20, TIMES_MAX = 1 << 22, ANSWER_MAX = 1 << 18 };

typedef struct line {
    const char *request;
    int64_t sent_ns;
    size_t size;
    char answer[ANSWER_MAX];
} line;

static int64_t
now_ns(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static _Noreturn void
stop(const char *what) {
    perror(what);
    exit(1);
}

static int
connect_to(uint16_t port) {
    int one = 1;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int made = socket(AF_INET, SOCK_STREAM, 0);
    union {
        struct sockaddr_in *in;
        struct sockaddr *any;
    } name = {.in = &at};
    if (made < 0 || connect(made, name.any, sizeof at) != 0) {
        stop("connect");
    }
    (void)setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return made;
}

static void
ask(int link, line *of) {
    size_t size = strlen(of->request);
    of->size = 0;
    of->sent_ns = now_ns();
    if (send(link, of->request, size, MSG_NOSIGNAL) != (ssize_t)size) {
        stop("send");
    }
}

// Has the whole of an answer come? It tells its length.
static bool
is_whole(line *of) {
    of->answer[of->size] = '\0';
    const char *end = strstr(of->answer, "\r\n\r\n");
    const char *length = strstr(of->answer, "ontent-length: ");
    length = length == NULL ? strstr(of->answer, "ontent-Length: ") : length;
    if (end == NULL || length == NULL) {
        return false;
    }
    return of->size >= (size_t)(end + 4 - of->answer) + strtoull(length + 15, NULL, 10);
}

static void
receive(int link, line *of) {
    ssize_t got = recv(link, of->answer + of->size, ANSWER_MAX - 1 - of->size, 0);
    if (got <= 0) {
        stop("the server ended a connection");
    }
    of->size += (size_t)got;
}

static int
compare(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void
report(int64_t *times, size_t count, size_t refused, int64_t took_ns) {
    qsort(times, count, sizeof times[0], compare);
    printf("%.0f %.1f %.1f %zu\n", (double)count * 1e9 / (double)took_ns,
           (double)times[count / 2] / 1e3, (double)times[count * 99 / 100] / 1e3, refused);
}

static void
measure(struct pollfd *polled, line *lines, nfds_t count, int64_t length_ns) {
    int64_t *times = malloc(TIMES_MAX * sizeof times[0]);
    size_t answered = 0, refused = 0;
    if (times == NULL) {
        stop("malloc");
    }
    for (nfds_t i = 0; i < count; i += 1) {
        ask(polled[i].fd, &lines[i]);
    }
    int64_t begin_ns = now_ns();
    while (now_ns() - begin_ns < length_ns && answered + count < TIMES_MAX) {
        if (poll(polled, count, 1000) < 0) {
            stop("poll");
        }
        for (nfds_t i = 0; i < count; i += 1) {
            if ((polled[i].revents & (POLLIN | POLLERR | POLLHUP)) == 0) {
                continue;
            }
            receive(polled[i].fd, &lines[i]);
            if (is_whole(&lines[i])) {
                times[answered++] = now_ns() - lines[i].sent_ns;
                refused += strncmp(lines[i].answer, "HTTP/1.1 200", 12) != 0;
                ask(polled[i].fd, &lines[i]);
            }
        }
    }
    if (answered == 0) {
        stop("nothing was answered");
    }
    report(times, answered, refused, now_ns() - begin_ns);
    free(times);
}

int
main(int count, char **words) {
    static char text[TEXT_MAX];
    static struct pollfd polled[CONNECTIONS_MAX];
    const char *requests[CONNECTIONS_MAX];
    size_t kinds = 0;
    size_t size = fread(text, 1, sizeof text - 1, stdin);
    unsigned long links = count == 4 ? strtoul(words[3], NULL, 10) : 0;
    for (size_t at = 0; at < size && kinds < CONNECTIONS_MAX; at += strlen(text + at) + 1) {
        requests[kinds++] = text + at;
    }
    if (links == 0 || links > CONNECTIONS_MAX || kinds == 0) {
        (void)fprintf(stderr, "usage: serve PORT SECONDS CONNECTIONS < requests\n");
        return 2;
    }
    line *lines = calloc(links, sizeof lines[0]);
    if (lines == NULL) {
        stop("calloc");
    }
    for (unsigned long i = 0; i < links; i += 1) {
        polled[i] = (struct pollfd){.fd = connect_to((uint16_t)strtoul(words[1], NULL, 10)),
                                    .events = POLLIN};
        lines[i].request = requests[i % kinds];
    }
    measure(polled, lines, links, (int64_t)(strtod(words[2], NULL) * 1e9));
    free(lines);
    return 0;
}
