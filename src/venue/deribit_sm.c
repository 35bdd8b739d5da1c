/* deribit_sm.c: Deribit standard margin, as far as it is documented, exactly.            SPDX-License-Identifier: Apache-2.0 */
#include "venue/deribit_sm.h"

pli_deribit_requirement
pli_deribit_linear_rates(const pli_deribit_slope *slope, pli_exact size) {
    pli_exact rise = pli_exact_multiply(pli_exact_absolute(size), slope->slope_per_coin);
    return (pli_deribit_requirement){.initial = pli_exact_add(slope->initial_base, rise),
                                     .maintenance = pli_exact_add(slope->maintenance_base, rise)};
}

pli_deribit_requirement
pli_deribit_linear_margin(const pli_deribit_slope *slope, pli_exact size, pli_exact price) {
    pli_deribit_requirement rates = pli_deribit_linear_rates(slope, size);
    pli_exact notional = pli_exact_multiply(pli_exact_absolute(size), price);
    return (pli_deribit_requirement){.initial = pli_exact_multiply(rates.initial, notional),
                                     .maintenance =
                                         pli_exact_multiply(rates.maintenance, notional)};
}

pli_deribit_requirement
pli_deribit_short_option(bool is_call, pli_exact mark, pli_exact otm) {
    pli_exact share = pli_exact_ratio(75, 1000);
    pli_exact least = pli_exact_ratio(1, 10);
    otm = pli_exact_max(otm, pli_exact_of(0));
    pli_exact room = pli_exact_subtract(pli_exact_ratio(15, 100), otm);
    pli_exact initial = pli_exact_add(pli_exact_max(room, least), mark);
    if (is_call) {
        return (pli_deribit_requirement){.initial = initial,
                                         .maintenance = pli_exact_add(share, mark)};
    }
    pli_exact own = pli_exact_max(share, pli_exact_multiply(share, mark));
    pli_exact maintenance = pli_exact_add(own, mark);
    return (pli_deribit_requirement){.initial = pli_exact_max(initial, maintenance),
                                     .maintenance = maintenance};
}
