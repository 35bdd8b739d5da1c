/* synthetix_v3.c: margins and liquidation window of Synthetix v3 perpetuals, exactly.   SPDX-License-Identifier: Apache-2.0 */
#include "venue/synthetix_v3.h"

pli_exact
pli_synthetix_fill_price(const pli_synthetix_market *market) {
    pli_exact skews =
        pli_exact_add(pli_exact_multiply(market->entry_skew, pli_exact_of(2)), market->size);
    pli_exact scale = pli_exact_multiply(market->skew_scale, pli_exact_of(2));
    pli_exact premium = pli_exact_add(pli_exact_of(1), pli_exact_divide(skews, scale));
    return pli_exact_multiply(market->entry_price, premium);
}

pli_exact
pli_synthetix_profit(const pli_synthetix_market *market) {
    return pli_exact_multiply(market->size,
                              pli_exact_subtract(market->price, pli_synthetix_fill_price(market)));
}

pli_synthetix_requirement
pli_synthetix_require(const pli_synthetix_market *market) {
    pli_exact zero = pli_exact_of(0);
    pli_exact size = pli_exact_absolute(market->size);
    if (pli_exact_sign(size) == 0) {
        return (pli_synthetix_requirement){zero, zero, zero};
    }
    pli_exact notional = pli_exact_multiply(size, market->price);
    pli_exact ratio =
        pli_exact_multiply(pli_exact_divide(size, market->skew_scale), market->initial_fraction);
    ratio = pli_exact_add(ratio, market->initial_minimum);
    pli_exact initial = pli_exact_multiply(notional, ratio);
    pli_exact maintenance = pli_exact_multiply(initial, market->maintenance_scalar);
    return (pli_synthetix_requirement){.initial = pli_exact_add(initial, market->position_minimum),
                                       .maintenance =
                                           pli_exact_add(maintenance, market->position_minimum),
                                       .reward = pli_exact_multiply(notional, market->reward_rate)};
}

pli_exact
pli_synthetix_reward(pli_exact rewards, pli_exact low, pli_exact high, pli_exact scaling,
                     pli_exact available) {
    pli_exact cap = pli_exact_min(high, pli_exact_multiply(scaling, available));
    return pli_exact_min(pli_exact_max(rewards, low), cap);
}

pli_exact
pli_synthetix_window_max(pli_exact fees, pli_exact skew_scale, pli_exact multiplier,
                         pli_exact seconds) {
    return pli_exact_multiply(pli_exact_multiply(fees, skew_scale),
                              pli_exact_multiply(multiplier, seconds));
}

pli_exact
pli_synthetix_liquidated_now(pli_exact size, pli_exact window_max, pli_exact taken) {
    pli_exact room = pli_exact_max(pli_exact_of(0), pli_exact_subtract(window_max, taken));
    return pli_exact_min(size, room);
}
