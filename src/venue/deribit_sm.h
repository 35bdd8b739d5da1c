/* deribit_sm.h: Deribit standard margin, as far as it is documented, exactly.            SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_DERIBIT_SM_H
#define PLI_VENUE_DERIBIT_SM_H

#include <stdbool.h>

#include "venue/exact.h"

/* pli_deribit_slope - base rates of a linear perpetual and their rise per coin of the whole position. */
typedef struct pli_deribit_slope {
    pli_exact initial_base, maintenance_base, slope_per_coin;
} pli_deribit_slope;

typedef struct pli_deribit_requirement {
    pli_exact initial, maintenance;
} pli_deribit_requirement;

/*
 * pli_deribit_linear_rates - base + |size| * slope. pli_deribit_linear_margin - those times |size| * price.
 *
 * Source     Support article 25944738177565.
 */
pli_deribit_requirement pli_deribit_linear_rates(const pli_deribit_slope *slope, pli_exact size);
pli_deribit_requirement pli_deribit_linear_margin(const pli_deribit_slope *slope, pli_exact size,
                                                  pli_exact price);

/*
 * pli_deribit_short_option - margin of one short option settled in coin, in coin.
 *
 *     call   initial = max(0.15 - otm, 0.1) + mark          maintenance = 0.075 + mark
 *     put    maintenance = max(0.075, 0.075*mark) + mark    initial = max(max(0.15 - otm, 0.1) + mark, maintenance)
 *
 * `otm` is how far the option is out of the money as a share of the underlying's price, 0 (or below, taken as 0) in the money.
 */
pli_deribit_requirement pli_deribit_short_option(bool is_call, pli_exact mark, pli_exact otm);

#endif
