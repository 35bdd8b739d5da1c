/* endian.h: little-endian numbers in byte buffers, the same on every machine.         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_BASE_ENDIAN_H
#define PLI_BASE_ENDIAN_H

#include <stdint.h>

#include "base/libc.h"
#include "base/wide.h"

/*
 * pli_store_* - write a value byte by byte, lowest first.
 * pli_load_*  - read it back.
 *
 * Alignment does not matter. Signed values are two's complement; a double is stored as its IEEE 754 bits, so every
 * value, -0 and NaN payloads included, comes back with the same bits; a plm_wide takes 16 bytes, low half first.
 * Written out without loops: gcc makes one load or store of that, of a loop it does not.
 */
static inline void
pli_store_u16(uint8_t *to, uint16_t value) {
    to[0] = (uint8_t)(value & 255);
    to[1] = (uint8_t)(value >> 8);
}

static inline uint16_t
pli_load_u16(const uint8_t *from) {
    return (uint16_t)(from[0] | from[1] << 8);
}

static inline void
pli_store_u32(uint8_t *to, uint32_t value) {
    pli_store_u16(to, (uint16_t)(value & 65535));
    pli_store_u16(to + 2, (uint16_t)(value >> 16));
}

static inline uint32_t
pli_load_u32(const uint8_t *from) {
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 |
           (uint32_t)from[3] << 24;
}

static inline void
pli_store_u64(uint8_t *to, uint64_t value) {
    pli_store_u32(to, (uint32_t)(value & UINT32_MAX));
    pli_store_u32(to + 4, (uint32_t)(value >> 32));
}

static inline uint64_t
pli_load_u64(const uint8_t *from) {
    return (uint64_t)pli_load_u32(from) | (uint64_t)pli_load_u32(from + 4) << 32;
}

static inline void
pli_store_i64(uint8_t *to, int64_t value) {
    pli_store_u64(to, (uint64_t)value);
}

static inline int64_t
pli_load_i64(const uint8_t *from) {
    return (int64_t)pli_load_u64(from);
}

/* pli_bits_from_double, pli_double_from_bits - the IEEE 754 bits of a double and back; no value is converted. */
static inline uint64_t
pli_bits_from_double(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline double
pli_double_from_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline void
pli_store_double(uint8_t *to, double value) {
    pli_store_u64(to, pli_bits_from_double(value));
}

static inline double
pli_load_double(const uint8_t *from) {
    return pli_double_from_bits(pli_load_u64(from));
}

static inline void
pli_store_wide(uint8_t *to, plm_wide value) {
    pli_store_u64(to, value.low);
    pli_store_i64(to + 8, value.high);
}

static inline plm_wide
pli_load_wide(const uint8_t *from) {
    return (plm_wide){.low = pli_load_u64(from), .high = pli_load_i64(from + 8)};
}

#endif
