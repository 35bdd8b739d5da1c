/* file.c: whole files into memory and back.                                           SPDX-License-Identifier: Apache-2.0 */
#include "os/file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define FIRST_CAPACITY ((size_t)1 << 16)

static bool
is_standard(const char *path) {
    return strcmp(path, "-") == 0;
}

static plm_status
too_large(const char *path, size_t size_max, plm_fault *fault) {
    char limit[32];
    snprintf(limit, sizeof limit, "%zu", size_max);
    char what[PLM_FAULT_TEXT_SIZE];
    snprintf(what, sizeof what, "%.400s: holds more than ", path);
    return pli_fault_set(fault, PLM_IO_TOO_LARGE, what, limit, " bytes; nothing larger is read");
}

// Room for one byte more than the limit shows whether there is more; another one holds the terminator.
static plm_status
read_all(FILE *file, const char *path, size_t size_max, pli_bytes *bytes, plm_fault *fault) {
    size_t capacity = size_max < FIRST_CAPACITY ? size_max + 2 : FIRST_CAPACITY;
    uint8_t *data = malloc(capacity);
    size_t size = 0;
    while (data != NULL) {
        size += fread(data + size, 1, capacity - 1 - size, file);
        if (size < capacity - 1 || size > size_max) {
            break;
        }
        capacity = capacity > size_max / 2 ? size_max + 2 : capacity * 2;
        uint8_t *larger = realloc(data, capacity);
        if (larger == NULL) {
            free(data);
        }
        data = larger;
    }
    if (data == NULL) {
        return pli_fault_set(fault, PLM_MEMORY, path, ": no memory to read it", NULL);
    }
    plm_status status = PLM_OK;
    if (ferror(file)) {
        status = pli_fault_set(fault, PLM_IO_READ, path, ": cannot be read: ", strerror(errno));
    } else if (size > size_max) {
        status = too_large(path, size_max, fault);
    } else if (size == 0) {
        status = pli_fault_set(fault, PLM_IO_EMPTY, path, ": is empty", NULL);
    }
    if (status != PLM_OK) {
        free(data);
        return status;
    }
    data[size] = 0;
    *bytes = (pli_bytes){.data = data, .size = size};
    return PLM_OK;
}

plm_status
pli_file_read(const char *path, size_t size_max, pli_bytes *bytes, plm_fault *fault) {
    if (is_standard(path)) {
        return read_all(stdin, "standard input", size_max, bytes, fault);
    }
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return pli_fault_set(fault, PLM_IO_OPEN, path, ": cannot be opened: ", strerror(errno));
    }
    plm_status status = read_all(file, path, size_max, bytes, fault);
    fclose(file);
    return status;
}

plm_status
pli_file_write(const char *path, const void *data, size_t size, plm_fault *fault) {
    FILE *file = is_standard(path) ? stdout : fopen(path, "wb");
    if (file == NULL) {
        return pli_fault_set(fault, PLM_IO_OPEN, path, ": cannot be written: ", strerror(errno));
    }
    bool is_written = fwrite(data, 1, size, file) == size;
    int error = errno;
    bool is_closed = file == stdout ? fflush(file) == 0 : fclose(file) == 0;
    if (!is_written || !is_closed) {
        error = is_written ? errno : error;
        return pli_fault_set(fault, PLM_IO_WRITE, path, ": cannot be written: ", strerror(error));
    }
    return PLM_OK;
}

void
pli_bytes_finish(pli_bytes *bytes) {
    free(bytes->data);
    *bytes = (pli_bytes){0};
}
