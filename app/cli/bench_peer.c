/* bench_peer.c: the programs beside which `plimsoll bench` measures, one line a round.   SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/bench.h"

enum { WORD_SIZE = 512 };

// What the new process does: pipes for its standard streams, then the program. Never returns.
static void
become(const char *path, const char *task, const pli_bench_shape *shape, const int in[2],
       const int out[2]) {
    char numbers[3][32];
    uint64_t values[3] = {shape->accounts, shape->entries, shape->is_sorted};
    for (size_t i = 0; i < 3; i += 1) {
        pli_text text = pli_text_init(numbers[i], sizeof numbers[i]);
        pli_text_append_u64(&text, values[i]);
    }
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    close(in[1]);
    close(out[0]);
    execl(path, path, task, numbers[0], numbers[1], numbers[2], (char *)NULL);
    _exit(127);
}

pli_bench_peer
pli_bench_peer_open(const char *folder, const char *program, const char *task,
                    const pli_bench_shape *shape) {
    pli_bench_peer peer = {-1, -1, -1};
    char path[WORD_SIZE];
    pli_text text = pli_text_init(path, sizeof path);
    int in[2];
    int out[2];
    pli_text_append(&text, folder);
    pli_text_append(&text, "/");
    pli_text_append(&text, program);
    if (access(path, X_OK) != 0 || pipe(in) != 0) {
        return peer;
    }
    if (pipe(out) != 0) {
        close(in[0]);
        close(in[1]);
        return peer;
    }
    signal(SIGPIPE, SIG_IGN);
    pid_t id = fork();
    if (id == 0) {
        become(path, task, shape, in, out);
    }
    close(in[0]);
    close(out[1]);
    // A peer that is started later must not keep this one's input open.
    fcntl(in[1], F_SETFD, FD_CLOEXEC);
    fcntl(out[0], F_SETFD, FD_CLOEXEC);
    peer = (pli_bench_peer){in[1], out[0], id};
    if (id < 0) {
        pli_bench_peer_close(&peer);
    }
    return peer;
}

void
pli_bench_peer_close(pli_bench_peer *peer) {
    if (peer->to >= 0) {
        close(peer->to);
        close(peer->from);
    }
    if (peer->id > 0) {
        waitpid((pid_t)peer->id, NULL, 0);
    }
    *peer = (pli_bench_peer){-1, -1, -1};
}

bool
pli_bench_peer_round(const pli_bench_peer *peer, double *ns, int64_t *check) {
    char line[128];
    size_t size = 0;
    if (peer->to < 0 || write(peer->to, "\n", 1) != 1) {
        return false;
    }
    while (size < sizeof line - 1 && read(peer->from, line + size, 1) == 1 && line[size] != '\n') {
        size += 1;
    }
    line[size] = '\0';
    char *end = NULL;
    double read_ns = strtod(line, &end);
    if (end == line || *end != ' ') {
        return false;
    }
    *ns = read_ns;
    *check = strtoll(end + 1, NULL, 10);
    return true;
}
