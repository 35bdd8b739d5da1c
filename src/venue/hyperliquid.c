/* hyperliquid.c: Hyperliquid's tiers, account state and funding, exactly.               SPDX-License-Identifier: Apache-2.0 */
#include "venue/hyperliquid.h"

pli_exact
pli_hyperliquid_rate(pli_exact leverage_max) {
    return pli_exact_divide(pli_exact_of(1), pli_exact_multiply(pli_exact_of(2), leverage_max));
}

/* Value with the sign of the position. */
static pli_exact
signed_value(const pli_hyperliquid_isolated *position) {
    return pli_exact_sign(position->size) < 0 ? pli_exact_negate(position->position_value)
                                              : position->position_value;
}

pli_exact
pli_hyperliquid_margin_used(const pli_hyperliquid_isolated *position) {
    return pli_exact_add(signed_value(position), position->raw_usd);
}

pli_exact
pli_hyperliquid_unrealised(const pli_hyperliquid_isolated *position) {
    return pli_exact_subtract(signed_value(position),
                              pli_exact_multiply(position->size, position->entry));
}

pli_exact
pli_hyperliquid_liquidation(const pli_hyperliquid_isolated *position) {
    pli_exact rate = pli_hyperliquid_rate(position->leverage_max);
    rate = pli_exact_sign(position->size) < 0 ? pli_exact_negate(rate) : rate;
    pli_exact kept = pli_exact_multiply(position->size, pli_exact_subtract(pli_exact_of(1), rate));
    return pli_exact_divide(pli_exact_negate(position->raw_usd), kept);
}

pli_exact
pli_hyperliquid_funding(pli_exact premium, pli_exact interest, pli_exact clamp,
                        pli_exact *clamped) {
    pli_exact rest = pli_exact_subtract(interest, premium);
    rest = pli_exact_min(rest, clamp);
    *clamped = pli_exact_max(rest, pli_exact_negate(clamp));
    return pli_exact_add(premium, *clamped);
}
