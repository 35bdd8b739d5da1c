/* codec.c: one walk over fields that either writes them or reads them back.            SPDX-License-Identifier: Apache-2.0 */
#include "core/codec.h"

#include "base/endian.h"
#include "base/libc.h"

void
pli_codec_init_writing(pli_codec *codec, plm_core_write write, void *context) {
    codec->is_reading = false;
    codec->has_failed = false;
    codec->write = write;
    codec->context = context;
    codec->used = 0;
}

void
pli_codec_init_reading(pli_codec *codec, const uint8_t *bytes, size_t size) {
    codec->is_reading = true;
    codec->has_failed = false;
    codec->bytes = bytes;
    codec->size = size;
    codec->at = 0;
}

void
pli_codec_finish(pli_codec *codec) {
    if (!codec->is_reading && codec->used > 0) {
        codec->write(codec->context, codec->buffer, codec->used);
        codec->used = 0;
    }
}

void
pli_codec_fail(pli_codec *codec) {
    codec->has_failed = true;
}

void
pli_codec_bytes(pli_codec *codec, void *bytes, size_t size) {
    if (codec->is_reading) {
        if (codec->has_failed || codec->size - codec->at < size) {
            codec->has_failed = true;
            return;
        }
        memcpy(bytes, codec->bytes + codec->at, size);
        codec->at += size;
        return;
    }
    const uint8_t *from = bytes;
    while (size > 0) {
        size_t room = PLI_CODEC_BUFFER - codec->used;
        size_t part = size < room ? size : room;
        memcpy(codec->buffer + codec->used, from, part);
        codec->used += part;
        from += part;
        size -= part;
        if (codec->used == PLI_CODEC_BUFFER) {
            pli_codec_finish(codec);
        }
    }
}

void
pli_codec_u8(pli_codec *codec, uint8_t *value) {
    pli_codec_bytes(codec, value, 1);
}

void
pli_codec_u32(pli_codec *codec, uint32_t *value) {
    uint8_t bytes[4];
    pli_store_u32(bytes, *value);
    pli_codec_bytes(codec, bytes, sizeof bytes);
    if (codec->is_reading) {
        *value = pli_load_u32(bytes);
    }
}

void
pli_codec_u64(pli_codec *codec, uint64_t *value) {
    uint8_t bytes[8];
    pli_store_u64(bytes, *value);
    pli_codec_bytes(codec, bytes, sizeof bytes);
    if (codec->is_reading) {
        *value = pli_load_u64(bytes);
    }
}

void
pli_codec_i64(pli_codec *codec, int64_t *value) {
    uint64_t bits = (uint64_t)*value;
    pli_codec_u64(codec, &bits);
    if (codec->is_reading) {
        *value = (int64_t)bits;
    }
}

void
pli_codec_i128(pli_codec *codec, pli_i128 *value) {
    plm_wide wide = pli_wide_from_i128(*value);
    pli_codec_u64(codec, &wide.low);
    pli_codec_i64(codec, &wide.high);
    if (codec->is_reading) {
        *value = pli_i128_from_wide(wide);
    }
}

void
pli_codec_bits(pli_codec *codec, void *value) {
    uint64_t bits;
    memcpy(&bits, value, sizeof bits);
    pli_codec_u64(codec, &bits);
    if (codec->is_reading) {
        memcpy(value, &bits, sizeof bits);
    }
}

void
pli_codec_flag(pli_codec *codec, bool *value) {
    uint8_t byte = *value ? 1 : 0;
    pli_codec_u8(codec, &byte);
    if (byte > 1) {
        pli_codec_fail(codec);
        return;
    }
    if (codec->is_reading) {
        *value = byte != 0;
    }
}

void
pli_codec_count(pli_codec *codec, uint32_t *value, uint32_t most) {
    uint32_t seen = *value;
    pli_codec_u32(codec, &seen);
    if (seen > most) {
        pli_codec_fail(codec);
        return;
    }
    if (codec->is_reading) {
        *value = seen;
    }
}

void
pli_codec_same(pli_codec *codec, uint32_t value) {
    uint32_t seen = value;
    pli_codec_u32(codec, &seen);
    if (seen != value) {
        pli_codec_fail(codec);
    }
}

uint32_t
pli_codec_choice(pli_codec *codec, uint32_t value, uint32_t low, uint32_t high) {
    uint32_t seen = value;
    pli_codec_u32(codec, &seen);
    if (seen < low || seen > high) {
        pli_codec_fail(codec);
        return low;
    }
    return seen;
}
