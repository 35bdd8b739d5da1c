/* digest.c: hashes field by field and prints one line per section.                    SPDX-License-Identifier: Apache-2.0 */
#include "digest/digest.h"

#include "base/assert.h"
#include "base/endian.h"
#include "base/text.h"

void
digest_u32(digest *to, uint32_t value) {
    uint8_t bytes[4];
    pli_store_u32(bytes, value);
    pli_blake2b_update(&to->section, bytes, sizeof bytes);
}

void
digest_i64(digest *to, int64_t value) {
    uint8_t bytes[8];
    pli_store_i64(bytes, value);
    pli_blake2b_update(&to->section, bytes, sizeof bytes);
}

void
digest_i128(digest *to, pli_i128 value) {
    uint8_t bytes[16];
    pli_store_wide(bytes, pli_wide_from_i128(value));
    pli_blake2b_update(&to->section, bytes, sizeof bytes);
}

void
digest_double(digest *to, double value) {
    bool is_nan = !(value <= 0) && !(value >= 0);
    uint8_t bytes[8];
    pli_store_u64(bytes, is_nan ? UINT64_C(0x7ff8000000000000) : pli_bits_from_double(value));
    pli_blake2b_update(&to->section, bytes, sizeof bytes);
}

void
digest_bytes(digest *to, const void *bytes, size_t size) {
    digest_u32(to, (uint32_t)size);
    pli_blake2b_update(&to->section, bytes, size);
}

bool
digest_status(digest *to, plm_status status) {
    digest_u32(to, (uint32_t)status);
    to->asked_count += 1;
    to->ok_count += status == PLM_OK;
    return status == PLM_OK;
}

void
digest_begin(digest *to) {
    pli_blake2b_init(&to->section, PLI_BLAKE2B_256_SIZE);
    to->ok_count = 0;
    to->asked_count = 0;
}

void
digest_end(digest *to, const char *name, uint32_t ok_least_percent) {
    uint8_t hash[PLI_BLAKE2B_256_SIZE];
    pli_blake2b_final(&to->section, hash);
    pli_blake2b_update(&to->total, hash, sizeof hash);
    char line[160];
    pli_text text = pli_text_init(line, sizeof line);
    pli_text_append(&text, name);
    pli_text_append_char(&text, ' ');
    pli_text_append_hex(&text, hash, sizeof hash);
    pli_text_append_char(&text, ' ');
    pli_text_append_u64(&text, to->ok_count);
    pli_text_append_char(&text, '/');
    pli_text_append_u64(&text, to->asked_count);
    pli_text_append_char(&text, '\n');
    PLI_ASSERT(!text.is_truncated);
    digest_print(text.data, text.length);
    PLI_ASSERT((uint64_t)to->ok_count * 100 >= (uint64_t)to->asked_count * ok_least_percent);
}

void
digest_end_of_world(digest *to, const char *name, uint32_t world_index, uint32_t ok_least_percent) {
    char data[48];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, name);
    pli_text_append_char(&text, '-');
    pli_text_append_u64(&text, world_index);
    PLI_ASSERT(!text.is_truncated);
    digest_end(to, text.data, ok_least_percent);
}

void
digest_run(void) {
    digest to;
    pli_blake2b_init(&to.total, PLI_BLAKE2B_256_SIZE);
    digest_base(&to);
    digest_num(&to);
    digest_price(&to);
    digest_surface(&to);
    digest_forecast(&to);
    digest_risk(&to);
    digest_books(&to);
    digest_logs(&to);
    uint8_t hash[PLI_BLAKE2B_256_SIZE];
    pli_blake2b_final(&to.total, hash);
    char line[96];
    pli_text text = pli_text_init(line, sizeof line);
    pli_text_append(&text, "digest ");
    pli_text_append_hex(&text, hash, sizeof hash);
    pli_text_append_char(&text, '\n');
    digest_print(text.data, text.length);
}
