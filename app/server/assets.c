/* assets.c: the files of the dashboard, which are part of the program.                SPDX-License-Identifier: Apache-2.0 */
#include "server/assets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/blake2b.h"

enum { GZIP_WINDOW = 15 + 16, LEVEL = 9 };

/* The build lists the files; the assembler takes them in as they are. */
#define PLI_ASSET(number, file)                                                                    \
    __asm__(".section .rodata\n"                                                                   \
            ".global pli_asset_begin_" #number "\n"                                                \
            ".global pli_asset_end_" #number "\n"                                                  \
            "pli_asset_begin_" #number ":\n.incbin \"" file "\"\n"                                 \
            "pli_asset_end_" #number ":\n.byte 0\n.previous\n");                                   \
    extern const uint8_t pli_asset_begin_##number[], pli_asset_end_##number[];
#include "server/assets.inc"
#undef PLI_ASSET

typedef struct place {
    const char *path;
    const uint8_t *begin, *end;
} place;

static const place places[] = {
#define PLI_ASSET_ROW(number, path)                                                                \
    { path, pli_asset_begin_##number, pli_asset_end_##number }
#include "server/assets.inc"
#undef PLI_ASSET_ROW
};
enum { PLACES = sizeof places / sizeof places[0] };

static plm_status
pack(pli_asset *asset) {
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)asset->bytes, .avail_in = (uInt)asset->size};
    if (deflateInit2(&stream, LEVEL, Z_DEFLATED, GZIP_WINDOW, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
        return PLM_MEMORY;
    }
    size_t room = deflateBound(&stream, (uLong)asset->size) + 32;
    asset->packed = malloc(room);
    if (asset->packed == NULL) {
        (void)deflateEnd(&stream);
        return PLM_MEMORY;
    }
    stream.next_out = asset->packed;
    stream.avail_out = (uInt)room;
    int ended = deflate(&stream, Z_FINISH);
    asset->packed_size = stream.total_out;
    (void)deflateEnd(&stream);
    return ended == Z_STREAM_END ? PLM_OK : PLM_MEMORY;
}

plm_status
pli_assets_init(pli_assets *assets) {
    assets->count = 0;
    assets->entries = calloc(PLACES, sizeof assets->entries[0]);
    if (assets->entries == NULL) {
        return PLM_MEMORY;
    }
    for (uint32_t i = 0; i < PLACES; i += 1) {
        pli_asset *asset = &assets->entries[i];
        asset->path = places[i].path;
        asset->bytes = places[i].begin;
        asset->size = (size_t)(places[i].end - places[i].begin);
        assets->count += 1;
        uint8_t hash[PLI_BLAKE2B_256_SIZE];
        pli_blake2b_256(asset->bytes, asset->size, hash);
        (void)snprintf(asset->tag, sizeof asset->tag, "\"%02x%02x%02x%02x%02x%02x%02x%02x\"",
                       hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]);
        if (pack(asset) != PLM_OK) {
            pli_assets_finish(assets);
            return PLM_MEMORY;
        }
    }
    return PLM_OK;
}

void
pli_assets_finish(pli_assets *assets) {
    for (uint32_t i = 0; i < assets->count; i += 1) {
        free(assets->entries[i].packed);
    }
    free(assets->entries);
    *assets = (pli_assets){0};
}

const pli_asset *
pli_assets_find(const pli_assets *assets, const char *path) {
    const char *wanted = strcmp(path, "/") == 0 ? "/index.html" : path;
    for (uint32_t i = 0; i < assets->count; i += 1) {
        if (strcmp(assets->entries[i].path, wanted) == 0) {
            return &assets->entries[i];
        }
    }
    return NULL;
}

const char *
pli_asset_type(const pli_asset *asset) {
    const char *dot = strrchr(asset->path, '.');
    return dot == NULL                 ? "application/octet-stream"
           : strcmp(dot, ".html") == 0 ? "text/html; charset=utf-8"
           : strcmp(dot, ".js") == 0   ? "text/javascript; charset=utf-8"
           : strcmp(dot, ".css") == 0  ? "text/css; charset=utf-8"
           : strcmp(dot, ".svg") == 0  ? "image/svg+xml"
                                       : "text/plain; charset=utf-8";
}
