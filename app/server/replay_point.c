/* replay_point.c: a small file beside the log that says how far a history has been followed. SPDX-License-Identifier: Apache-2.0 */
#include "server/replay_point.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/blake2b.h"
#include "os/file.h"

enum { PATH_SPACE = 4096, TEXT_SPACE = 128 };

static bool
write_path(char path[PATH_SPACE], const char *directory) {
    int size = snprintf(path, PATH_SPACE, "%s/replay", directory);
    return size > 0 && size < PATH_SPACE;
}

// One line: the history, and how many nanoseconds of it have passed.
static void
write_line(char text[TEXT_SPACE], const pli_demo_options *options, int64_t done_ns) {
    uint8_t hash[PLI_BLAKE2B_256_SIZE];
    pli_blake2b_256((const uint8_t *)options->closes, options->close_count * sizeof(double), hash);
    char *at = text;
    for (size_t i = 0; i < sizeof hash; i += 1) {
        at += snprintf(at, 3, "%02x", hash[i]);
    }
    (void)snprintf(at, TEXT_SPACE - 2 * sizeof hash, " %" PRId64 "\n", done_ns);
}

int64_t
pli_replay_point_read(const char *directory, const pli_demo_options *options) {
    char path[PATH_SPACE];
    char name[TEXT_SPACE];
    pli_bytes bytes = {.size = 0};
    if (options->close_count < 2 || !write_path(path, directory) ||
        pli_file_read(path, TEXT_SPACE, &bytes, NULL) != PLM_OK) {
        return 0;
    }
    write_line(name, options, 0);
    size_t size = 2 * PLI_BLAKE2B_256_SIZE + 1;
    char text[TEXT_SPACE + 1] = "";
    memcpy(text, bytes.data, bytes.size < TEXT_SPACE ? bytes.size : TEXT_SPACE);
    bool is_same = bytes.size > size && memcmp(text, name, size) == 0;
    int64_t done_ns = is_same ? strtoll(text + size, NULL, 10) : 0;
    pli_bytes_finish(&bytes);
    return done_ns > 0 ? done_ns : 0;
}

void
pli_replay_point_write(const char *directory, const pli_demo *demo) {
    char path[PATH_SPACE];
    char text[TEXT_SPACE];
    pli_demo_replay replay = pli_demo_replay_of(demo);
    if (!replay.is_on || !write_path(path, directory)) {
        return;
    }
    write_line(text, &demo->options, replay.done_ns);
    plm_status status = pli_file_write(path, text, strlen(text), NULL);
    (void)status;
}
