/* settings.c: the options of a verb from a file.                                      SPDX-License-Identifier: Apache-2.0 */
#include "cli/settings.h"

#include <string.h>

#include "base/text.h"
#include "cli/memory.h"
#include "os/file.h"

#define FILE_MAX_SIZE ((size_t)1 << 16)
#define MESSAGE_SIZE 256

static pli_exit
fail_line(const char *path, uint32_t line, const char *what, const char *allowed) {
    char data[MESSAGE_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, path);
    pli_text_append(&text, ":");
    pli_text_append_u64(&text, line);
    pli_text_append(&text, ": ");
    pli_text_append(&text, what);
    return pli_fail_usage(data, allowed, NULL);
}

static char *
trim(char *text) {
    size_t size = strlen(text);
    while (size > 0 && strchr(" \t\r", text[size - 1]) != NULL) {
        size -= 1;
    }
    text[size] = '\0';
    return text + strspn(text, " \t");
}

// Cut what begins with # at the front of a line or after a space.
static void
cut_comment(char *line) {
    for (char *at = strchr(line, '#'); at != NULL; at = strchr(at + 1, '#')) {
        if (at == line || at[-1] == ' ' || at[-1] == '\t') {
            *at = '\0';
            return;
        }
    }
}

static uint32_t
own_count(const pli_invocation *invocation) {
    uint32_t count = 0;
    while (invocation->verb->options[count].name != NULL) {
        count += 1;
    }
    return count;
}

static pli_exit
fail_name(const pli_invocation *invocation, const char *path, uint32_t line, const char *name) {
    const char *names[PLI_OPTIONS_MAX];
    char data[MESSAGE_SIZE];
    uint32_t count = own_count(invocation);
    for (uint32_t i = 0; i < count; i += 1) {
        names[i] = invocation->options[i].name;
    }
    const char *nearest = pli_nearest(name, names, count);
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, nearest != NULL ? "; did you mean " : "; see --help for what there is");
    pli_text_append(&text, nearest != NULL ? nearest : "");
    char what[MESSAGE_SIZE];
    text = pli_text_init(what, sizeof what);
    pli_text_append(&text, "no setting ");
    pli_text_append(&text, name);
    return fail_line(path, line, what, data);
}

// One line, its comment gone and not empty.
static pli_exit
take_line(pli_invocation *invocation, const char *const *given, const char *path, uint32_t line,
          char *text, const char *except) {
    char *equals = strchr(text, '=');
    if (equals == NULL) {
        return fail_line(path, line, text, "; allowed is name = value");
    }
    *equals = '\0';
    const char *name = trim(text);
    const char *value = trim(equals + 1);
    uint32_t count = own_count(invocation);
    uint32_t at = 0;
    while (at < count && strcmp(invocation->options[at].name, name) != 0) {
        at += 1;
    }
    if (at == count || strcmp(name, except) == 0) {
        return fail_name(invocation, path, line, name);
    }
    bool is_flag = invocation->options[at].argument == NULL;
    bool is_yes = strcmp(value, "yes") == 0;
    if (value[0] == '\0' || (is_flag && !is_yes && strcmp(value, "no") != 0)) {
        return fail_line(path, line, name, is_flag ? " is yes or no" : " has no value");
    }
    if (invocation->values[at] != given[at]) {
        return fail_line(path, line, name, " stands there twice");
    }
    if (given[at] == NULL && (!is_flag || is_yes)) {
        invocation->values[at] = is_flag ? "" : value;
    }
    return PLI_EXIT_OK;
}

pli_exit
pli_settings_read(const char *path, const char *except, pli_pool *pool,
                  pli_invocation *invocation) {
    const char *given[PLI_OPTIONS_MAX];
    pli_bytes bytes = {.data = NULL};
    plm_fault fault;
    memcpy(given, invocation->values, sizeof given);
    if (pli_file_read(path, FILE_MAX_SIZE, &bytes, &fault) != PLM_OK) {
        return pli_fail_status(path, &fault);
    }
    char *text = pli_must_block(pool, bytes.size + 1);
    memcpy(text, bytes.data, bytes.size);
    text[bytes.size] = '\0';
    bool is_text = strlen(text) == bytes.size;
    pli_bytes_finish(&bytes);
    if (!is_text) {
        return pli_fail_usage(path, " is no text: it has a byte of value 0", NULL);
    }
    pli_exit end = PLI_EXIT_OK;
    for (uint32_t line = 1; end == PLI_EXIT_OK && text != NULL; line += 1) {
        char *next = strchr(text, '\n');
        if (next != NULL) {
            *next = '\0';
        }
        cut_comment(text);
        char *whole = trim(text);
        if (whole[0] != '\0') {
            end = take_line(invocation, given, path, line, whole, except);
        }
        text = next != NULL ? next + 1 : NULL;
    }
    return end;
}
