/* http_listen.c: where connections come in: so many in a turn, and none while there is no room.  SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http_session.h"

/*
 * The library's own listener takes in whatever waits before it looks at anybody else, as long as more come: under a flood of
 * connections that come and go nobody was answered. Here a turn takes ACCEPTS_MAX, and then it is everybody's turn.
 */
enum { BACKLOG = 4096, ACCEPTS_MAX = 64 };

static int
open_at(const struct addrinfo *at) {
    int one = 1;
    int made = socket(at->ai_family, at->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (made < 0) {
        return -1;
    }
    if (setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(made, at->ai_addr, at->ai_addrlen) != 0 || listen(made, BACKLOG) != 0) {
        (void)close(made);
        return -1;
    }
    return made;
}

int
pli_http_listen(const char *address, uint16_t port) {
    char digits[8];
    struct addrinfo *found = NULL;
    struct addrinfo wanted = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    (void)snprintf(digits, sizeof digits, "%u", (unsigned)port);
    if (getaddrinfo(address, digits, &wanted, &found) != 0) {
        return -1;
    }
    int made = -1;
    for (const struct addrinfo *at = found; at != NULL && made < 0; at = at->ai_next) {
        made = open_at(at);
    }
    freeaddrinfo(found);
    return made;
}

uint16_t
pli_http_listen_port(int listening) {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } name;
    socklen_t size = sizeof name;
    memset(&name, 0, sizeof name);
    if (getsockname(listening, &name.any, &size) != 0) {
        return 0;
    }
    return ntohs(name.any.sa_family == AF_INET6 ? name.v6.sin6_port : name.v4.sin_port);
}

void
pli_http_peer(int connection, uint8_t peer[PLI_HTTP_PEER_SIZE]) {
    static const uint8_t mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } name;
    socklen_t size = sizeof name;
    memset(&name, 0, sizeof name);
    memset(peer, 0, PLI_HTTP_PEER_SIZE);
    (void)getpeername(connection, &name.any, &size);
    if (name.any.sa_family != AF_INET6) {
        memcpy(peer, mapped, sizeof mapped);
        memcpy(peer + sizeof mapped, &name.v4.sin_addr, sizeof name.v4.sin_addr);
    } else if (memcmp(name.v6.sin6_addr.s6_addr, mapped, sizeof mapped) == 0) {
        memcpy(peer, name.v6.sin6_addr.s6_addr, PLI_HTTP_PEER_SIZE);
    } else {
        memcpy(peer, name.v6.sin6_addr.s6_addr, PLI_HTTP_PEER_SIZE / 2);
    }
}

// Has whoever is at the other end as many connections as one address may have?
static bool
is_crowded(const pli_http *server, int connection) {
    uint8_t peer[PLI_HTTP_PEER_SIZE];
    uint32_t count = 0;
    if (server->options.peer_max == 0) {
        return false;
    }
    pli_http_peer(connection, peer);
    for (const pli_http_session *at = server->first; at != NULL; at = at->next) {
        count += at->stage != PLI_HTTP_ENDING && memcmp(at->peer, peer, sizeof peer) == 0;
    }
    return count >= server->options.peer_max;
}

bool
pli_http_take_in(pli_http *server) {
    struct lws_vhost *host = lws_get_vhost_by_name(server->context, "default");
    bool is_tls = server->options.certificate != NULL;
    for (unsigned i = 0; i < ACCEPTS_MAX; i += 1) {
        if (server->count >= PLI_HTTP_CONNECTIONS_MAX + PLI_HTTP_SPARE) {
            return false;
        }
        int one = 1;
        int fd = accept(server->listening, NULL, NULL);
        if (fd < 0) {
            // Out of descriptors: what waits goes on waiting. Anything else concerns that one connection.
            return errno != EMFILE && errno != ENFILE;
        }
        if (is_crowded(server, fd)) {
            server->crowded += 1;
            (void)close(fd);
            continue;
        }
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
        (void)fcntl(fd, F_SETFL, O_NONBLOCK);
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        lws_sock_file_fd_type made = {.sockfd = fd};
        unsigned how = (unsigned)LWS_ADOPT_SOCKET | (is_tls ? (unsigned)LWS_ADOPT_ALLOW_SSL : 0);
        // The library closes what it cannot take.
        (void)lws_adopt_descriptor_vhost(host, (lws_adoption_type)how, made, "plimsoll", NULL);
    }
    return true;
}
