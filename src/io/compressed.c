/* compressed.c: whole files into memory, unpacked where they are gzip.                SPDX-License-Identifier: Apache-2.0 */
#include "io/compressed.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/assert.h"
#include "base/text.h"

#define WINDOW_BITS_GZIP (15 + 16)

// Inflate into `data` until it is full or the input ends. Members may follow one another (RFC 1952, 2.2).
static int
inflate_more(z_stream *stream, bool *is_finished) {
    while (stream->avail_out > 0) {
        int result = inflate(stream, Z_NO_FLUSH);
        if (result == Z_STREAM_END) {
            if (stream->avail_in == 0) {
                *is_finished = true;
                return Z_OK;
            }
            result = inflateReset(stream);
        }
        if (result != Z_OK) {
            return result;
        }
    }
    return Z_OK;
}

static plm_status
gunzip_fault(const char *name, int result, plm_fault *fault) {
    if (result == Z_MEM_ERROR) {
        return pli_fault_set(fault, PLM_MEMORY, name, ": no memory to unpack it", NULL);
    }
    return pli_fault_set(fault, PLM_IO_READ, name, ": ",
                         result == Z_BUF_ERROR ? "gzip data is cut short"
                                               : "gzip data is damaged, or it is no gzip");
}

plm_status
pli_gunzip(const char *name, pli_bytes packed, size_t size_max, pli_bytes *bytes,
           plm_fault *fault) {
    z_stream stream = {.next_in = packed.data, .avail_in = (uInt)packed.size};
    if (packed.size > UINT_MAX || size_max > UINT_MAX - 1) {
        return pli_fault_set(fault, PLM_IO_TOO_LARGE, name, ": is larger than 4 GiB", NULL);
    }
    if (inflateInit2(&stream, WINDOW_BITS_GZIP) != Z_OK) {
        return gunzip_fault(name, Z_MEM_ERROR, fault);
    }
    size_t capacity = 0;
    size_t size = 0;
    uint8_t *data = NULL;
    bool is_finished = false;
    int result = Z_OK;
    while (result == Z_OK && !is_finished && size <= size_max) {
        size_t wanted = capacity == 0 ? (size_t)1 << 16 : capacity * 2;
        capacity = wanted > size_max + 1 ? size_max + 1 : wanted;
        uint8_t *larger = realloc(data, capacity + 1);
        if (larger == NULL) {
            result = Z_MEM_ERROR;
            break;
        }
        data = larger;
        stream.next_out = data + size;
        stream.avail_out = (uInt)(capacity - size);
        result = inflate_more(&stream, &is_finished);
        size = capacity - stream.avail_out;
    }
    inflateEnd(&stream);
    plm_status status = PLM_OK;
    if (size > size_max) {
        status = pli_fault_set(fault, PLM_IO_TOO_LARGE, name,
                               ": unpacks to more than the limit of bytes", NULL);
    } else if (result != Z_OK) {
        status = gunzip_fault(name, result, fault);
    } else if (size == 0) {
        status = pli_fault_set(fault, PLM_IO_EMPTY, name, ": is empty inside", NULL);
    }
    if (status != PLM_OK) {
        free(data);
        return status;
    }
    PLI_ASSERT(data != NULL);
    data[size] = 0;
    *bytes = (pli_bytes){.data = data, .size = size};
    return PLM_OK;
}

static bool
is_gzip(const char *path, pli_bytes bytes) {
    size_t length = strlen(path);
    if (length >= 3 && strcmp(path + length - 3, ".gz") == 0) {
        return true;
    }
    return bytes.size >= 2 && bytes.data[0] == 0x1f && bytes.data[1] == 0x8b;
}

plm_status
pli_input_read(const char *path, size_t size_max, pli_bytes *bytes, plm_fault *fault) {
    pli_bytes raw = {0};
    plm_status status = pli_file_read(path, size_max, &raw, fault);
    if (status != PLM_OK || !is_gzip(path, raw)) {
        if (status == PLM_OK) {
            *bytes = raw;
        }
        return status;
    }
    status = pli_gunzip(path, raw, size_max, bytes, fault);
    pli_bytes_finish(&raw);
    return status;
}
