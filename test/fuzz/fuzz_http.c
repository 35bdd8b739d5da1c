/* fuzz_http.c: any bytes are one head or none, however they come in.                  SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/http.h"
#include "net/http_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
expect(bool holds) {
    if (!holds) {
        abort();
    }
}

// Lines that begin with this name and a colon, in any letters.
static unsigned
count_fields(const char *bytes, size_t size, const char *name) {
    size_t length = strlen(name);
    unsigned count = 0;
    for (size_t i = 0; i + length + 2 < size; i += 1) {
        bool is_here = bytes[i] == '\n' && bytes[i + 1 + length] == ':';
        for (size_t j = 0; is_here && j < length; j += 1) {
            is_here = (bytes[i + 1 + j] | 0x20) == (name[j] | 0x20);
        }
        count += is_here;
    }
    return count;
}

static void
check_head(const char *bytes, size_t size, const pli_http_head *head) {
    expect(head->path[0] == '/' && strchr(head->path, '\\') == NULL);
    expect(strstr(head->path, "/../") == NULL && strstr(head->path, "/./") == NULL);
    expect(head->body_size <= PLI_HTTP_BODY_MAX && (head->is_post || head->body_size == 0));
    expect(count_fields(bytes, size, "host") <= 1);
    expect(count_fields(bytes, size, "content-length") <= 1);
    expect(count_fields(bytes, size, "transfer-encoding") == 0);
    expect(count_fields(bytes, size, "authorization") <= 1);
    for (size_t i = 0; i < size; i += 1) {
        expect(bytes[i] != '\0' && (bytes[i] == '\n') == (i > 0 && bytes[i - 1] == '\r'));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static char scratch[PLI_HTTP_HEAD_TARGET_MAX];
    size_t looked = 0;
    size_t found = pli_http_head_find((const char *)data, size, &looked);
    size_t step = 1 + size / 7;
    size_t slowly = 0;
    looked = 0;
    for (size_t at = 0; slowly == 0 && at < size;) {
        at = size - at < step ? size : at + step;
        slowly = pli_http_head_find((const char *)data, at, &looked);
    }
    expect(slowly == found);
    if (found == 0 || found == (size_t)-1) {
        return 0;
    }
    char *copy = malloc(found);
    if (copy == NULL) {
        return 0;
    }
    memcpy(copy, data, found);
    pli_http_head head;
    if (pli_http_head_read(copy, found, scratch, PLI_HTTP_BODY_MAX, &head) == 0) {
        check_head((const char *)data, found, &head);
    }
    free(copy);
    return 0;
}
