/* quantity.h: the units of every number that is exact, and their bounds.             SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_QUANTITY_H
#define PLIMSOLL_QUANTITY_H

#include <stdint.h>

/*
 * One-field structs keep units from mixing in function signatures; they cost nothing at run time. Inside records a
 * field carries its unit as a suffix instead: `_micros`, `_e8`, `_ppm`, `_bps`, `_ns`, `_lots`, `_atoms`.
 */
typedef struct plm_money {
    int64_t micros; /* 1e-6 of the valuation currency */
} plm_money;

typedef struct plm_price {
    int64_t e8; /* 1e-8 of the quote currency per `price_unit` units of the underlying */
} plm_price;

typedef struct plm_lots {
    int64_t lots; /* signed: long above zero */
} plm_lots;

typedef struct plm_ratio {
    int64_t ppm; /* 1e-6 */
} plm_ratio;

typedef struct plm_time {
    int64_t ns; /* since 1970-01-01T00:00:00Z, leap seconds ignored */
} plm_time;

typedef struct plm_duration {
    int64_t ns;
} plm_duration;

/*
 * plm_wide - a signed 128-bit integer, two's complement, in two halves.
 *
 * Balances (atoms of an asset) and costs (lots x price_e8) need more than 64 bits. The halves make the layout the same
 * for every language that binds to this library; inside, `base/wide.h` converts to the compiler's own type.
 */
typedef struct plm_wide {
    uint64_t low;
    int64_t high;
} plm_wide;

#define PLM_NONE UINT32_MAX /* an index that points at nothing */

/* Bounds of quantities, checked at listing and wherever a quantity enters. lots * lot_e8 * price_e8 <= 1e38 < 2^127. */
#define PLM_LOTS_MAX INT64_C(100000000000)          /* |lots| <= 1e11 */
#define PLM_LOT_E8_MAX INT64_C(100000000000)        /* lot_e8 in 1..1e11 */
#define PLM_PRICE_E8_MAX INT64_C(10000000000000000) /* |price_e8| <= 1e16 */
#define PLM_PRICE_UNIT_MAX INT64_C(1000000000)      /* price_unit in 1..1e9 */
#define PLM_DECIMALS_MAX 18                         /* decimals of an asset in 0..18 */
#define PLM_PPM INT64_C(1000000)                    /* one, in parts per million */
#define PLM_YEAR_NS INT64_C(31536000000000000)      /* 365 days */
#define PLM_DAY_NS INT64_C(86400000000000)

#endif
