/* codec.h: one walk over fields that either writes them or reads them back.            SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_CODEC_H
#define PLI_CORE_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wide.h"
#include "plimsoll/core.h"

#define PLI_CODEC_BUFFER 4096u

/*
 * pli_codec - bytes going out or coming in, little-endian, without padding.
 *
 * Because encoding and decoding are one walk, they cannot disagree about order or width.
 *
 * Invariants [CODEC-1] once has_failed is set nothing more is read; fields keep what they had.
 */
typedef struct pli_codec {
    bool is_reading;
    bool has_failed; /* reading: bytes ran out, or a value is outside its bounds */
    plm_core_write write;
    void *context;
    const uint8_t *bytes;
    size_t size, at;
    size_t used;
    uint8_t buffer[PLI_CODEC_BUFFER];
} pli_codec;

/* pli_codec_init_writing, pli_codec_init_reading - begin. pli_codec_finish - hand over what is buffered. */
void pli_codec_init_writing(pli_codec *codec, plm_core_write write, void *context);
void pli_codec_init_reading(pli_codec *codec, const uint8_t *bytes, size_t size);
void pli_codec_finish(pli_codec *codec);

/* pli_codec_bytes - opaque bytes. pli_codec_fail - the value just read is not allowed. */
void pli_codec_bytes(pli_codec *codec, void *bytes, size_t size);
void pli_codec_fail(pli_codec *codec);

/* One number of the width that the name says; `bits` is a binary64 value of eight bytes. */
void pli_codec_u8(pli_codec *codec, uint8_t *value);
void pli_codec_u32(pli_codec *codec, uint32_t *value);
void pli_codec_u64(pli_codec *codec, uint64_t *value);
void pli_codec_i64(pli_codec *codec, int64_t *value);
void pli_codec_i128(pli_codec *codec, pli_i128 *value);
void pli_codec_bits(pli_codec *codec, void *value);
void pli_codec_flag(pli_codec *codec, bool *value);

/* pli_codec_count - a u32 that may not exceed `most`. */
void pli_codec_count(pli_codec *codec, uint32_t *value, uint32_t most);

/* pli_codec_same - a u32 that must be read as it is. */
void pli_codec_same(pli_codec *codec, uint32_t value);

/* pli_codec_choice - the number of an enum constant inside `low`..`high`. */
uint32_t pli_codec_choice(pli_codec *codec, uint32_t value, uint32_t low, uint32_t high);

#endif
