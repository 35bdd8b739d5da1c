/* sweep_sixteen.c: the sixteen lanes of the AVX-512 sweep, on every processor.           SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdint.h>

#include "support/sweeps.h"

// Registers of 64 bytes never cross a call here, so how they would be passed does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"

#define ALWAYS static inline __attribute__((always_inline))
#define LANES 16
typedef int32_t narrow __attribute__((vector_size(64), may_alias));
typedef int64_t wide __attribute__((vector_size(64), may_alias));

ALWAYS narrow
min32(narrow a, narrow b) {
    for (int i = 0; i < 16; i += 1) {
        a[i] = b[i] < a[i] ? b[i] : a[i];
    }
    return a;
}

ALWAYS wide
min64(wide a, wide b) {
    for (int i = 0; i < 8; i += 1) {
        a[i] = b[i] < a[i] ? b[i] : a[i];
    }
    return a;
}

ALWAYS narrow
max32(narrow a, narrow b) {
    for (int i = 0; i < 16; i += 1) {
        a[i] = b[i] > a[i] ? b[i] : a[i];
    }
    return a;
}

ALWAYS narrow
across32(narrow values, narrow index) {
    narrow result = {0};
    for (int i = 0; i < 16; i += 1) {
        result[i] = values[index[i]];
    }
    return result;
}

ALWAYS uint32_t
keep32(narrow values, int32_t most, int32_t *to) {
    uint32_t size = 0;
    for (int i = 0; i < 16; i += 1) {
        if (values[i] <= most) {
            to[size] = values[i];
            size += 1;
        }
    }
    return size;
}

ALWAYS wide
max64(wide a, wide b) {
    for (int i = 0; i < 8; i += 1) {
        a[i] = b[i] > a[i] ? b[i] : a[i];
    }
    return a;
}

ALWAYS wide
across64(wide values, wide index) {
    wide result = {0};
    for (int i = 0; i < 8; i += 1) {
        result[i] = values[index[i]];
    }
    return result;
}

ALWAYS uint32_t
keep64(wide values, int64_t most, int64_t *to) {
    uint32_t size = 0;
    for (int i = 0; i < 8; i += 1) {
        if (values[i] <= most) {
            to[size] = values[i];
            size += 1;
        }
    }
    return size;
}

ALWAYS wide
product_even(narrow a, narrow b) {
    wide product = {0};
    for (int i = 0; i < 8; i += 1) {
        product[i] = (int64_t)a[2 * i] * b[2 * i];
    }
    return product;
}

ALWAYS wide
product_odd(narrow lots, narrow b) {
    wide product = {0};
    for (int i = 0; i < 8; i += 1) {
        product[i] = (int64_t)lots[2 * i] * b[2 * i + 1];
    }
    return product;
}

#include "margin/sweep_lanes.h"

static void
worst(const plm_sweep_table *table, const plm_sweep_book *book, plm_sweep_range range,
      int64_t *profit) {
    pli_worst(table, book, range, profit);
}

static void
find_tails(const plm_sweep_table *table, const plm_sweep_book *book, plm_sweep_range range,
           uint32_t k, void *scratch, plm_sweep_tail *tails) {
    pli_tails(table, book, range, k, scratch, tails);
}

static void
check_orders(const plm_sweep_table *table, const plm_sweep_book *book, uint32_t count,
             const plm_sweep_order *orders, int64_t *profit) {
    pli_orders(table, book, count, orders, profit);
}

const plm_sweep_kernels ts_sweep_sixteen = {"sixteen lanes", worst, find_tails, check_orders};
