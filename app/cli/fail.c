/* fail.c: errors as one line on standard error, and the nearest word to a wrong one.   SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/verb.h"

// A name from a file must neither break the line nor steer the terminal.
static void
put(const char *text) {
    for (; *text != '\0'; text += 1) {
        unsigned char byte = (unsigned char)*text;
        fputc(byte < 32 || byte == 127 ? '?' : byte, stderr);
    }
}

pli_exit
pli_fail_usage(const char *first, const char *second, const char *third) {
    const char *parts[3] = {first, second, third};
    fputs("plimsoll: ", stderr);
    for (size_t i = 0; i < 3 && parts[i] != NULL; i += 1) {
        put(parts[i]);
    }
    fputc('\n', stderr);
    return PLI_EXIT_USAGE;
}

static pli_exit
exit_of(plm_status status) {
    switch (status) {
    case PLM_IO_OPEN:
    case PLM_IO_READ:
    case PLM_IO_WRITE:
    case PLM_IO_TOO_LARGE:
    case PLM_IO_EMPTY:
    case PLM_MEMORY:
    case PLM_LOG_NONE:
    case PLM_LOG_TRUNCATED:
    case PLM_LOG_DAMAGED:
    case PLM_LOG_VERSION:
    case PLM_LOG_LOCKED:
    case PLM_LOG_FAILED:
    case PLM_LOG_FULL:
    case PLM_STATE_LIMITS:
    case PLM_STATE_DIVERGED:
        return PLI_EXIT_IO;
    default:
        return PLI_EXIT_USAGE;
    }
}

pli_exit
pli_fail_status(const char *where, const plm_fault *fault) {
    fputs("plimsoll: ", stderr);
    if (where != NULL && strncmp(fault->text, where, strlen(where)) != 0) {
        put(where);
        fputs(": ", stderr);
    }
    put(fault->text[0] != '\0' ? fault->text : plm_status_text(fault->status));
    fputc('\n', stderr);
    return exit_of(fault->status);
}

#define WORD_MAX 63u

// Levenshtein distance of two short words, one row at a time.
static size_t
distance(const char *left, const char *right) {
    size_t row[WORD_MAX + 1];
    size_t right_size = strlen(right);
    if (right_size > WORD_MAX || strlen(left) > WORD_MAX) {
        return SIZE_MAX;
    }
    for (size_t j = 0; j <= right_size; j += 1) {
        row[j] = j;
    }
    for (size_t i = 0; left[i] != '\0'; i += 1) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < right_size; j += 1) {
            size_t above = row[j + 1];
            size_t best = diagonal + (left[i] == right[j] ? 0 : 1);
            best = above + 1 < best ? above + 1 : best;
            best = row[j] + 1 < best ? row[j] + 1 : best;
            row[j + 1] = best;
            diagonal = above;
        }
    }
    return row[right_size];
}

const char *
pli_nearest(const char *word, const char *const *words, uint32_t count) {
    const char *nearest = NULL;
    size_t least = strlen(word) / 2 + 1;
    for (uint32_t i = 0; i < count; i += 1) {
        size_t own = distance(word, words[i]);
        // A word that was only begun counts as close.
        if (strlen(word) >= 3 && strncmp(word, words[i], strlen(word)) == 0) {
            own = 1;
        }
        if (own < least) {
            least = own;
            nearest = words[i];
        }
    }
    return nearest;
}
