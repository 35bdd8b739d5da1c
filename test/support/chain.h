/* chain.h: one day of an option chain from the shared folder, as quotes for the fit.  SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SUPPORT_CHAIN_H
#define TEST_SUPPORT_CHAIN_H

#include <stddef.h>
#include <stdint.h>

#include "plimsoll/price.h"
#include "plimsoll/surface.h"

#define CHAIN_ROWS_MAX 512
#define CHAIN_EXPIRIES_MAX 16

/* chain_row - one option as the venue showed it; prices in coin, 0 = no such side. */
typedef struct chain_row {
    int64_t time_s;
    int64_t expiry_s;
    double strike;
    plm_right right;
    double bid;
    double ask;
    double mark;
    double mark_volatility;
    double forward;
} chain_row;

/* chain - rows and quotes run parallel, sorted by expiry; expiries point into `quotes`. */
typedef struct chain {
    uint32_t row_count;
    uint32_t expiry_count;
    chain_row rows[CHAIN_ROWS_MAX];
    plm_fit_quote quotes[CHAIN_ROWS_MAX];
    plm_fit_expiry expiries[CHAIN_EXPIRIES_MAX];
} chain;

/*
 * chain_load_or_skip - data/options_deribit/chain_<name>.csv.gz; the test is skipped where the file is absent.
 *
 * Columns are found by their title; a file without `mark_iv` gives mark volatilities of 0. A side whose price is below
 * intrinsic has volatility 0, hence no bound.
 */
void chain_load_or_skip(const char *name, chain *out);

/* chain_row_years - to expiry from the row's own time, in years of 365 days. */
double chain_row_years(const chain_row *row);

/* chain_price - undiscounted Black-76 over the row's own forward: the option in coin. */
double chain_price(const chain_row *row, double volatility);

#endif
