/* paradex.c: Paradex's margin, liquidation share and socialised loss, exactly.           SPDX-License-Identifier: Apache-2.0 */
#include "venue/paradex.h"

pli_paradex_delta
pli_paradex_delta_empty(void) {
    return (pli_paradex_delta){pli_exact_of(0), pli_exact_of(0), pli_exact_of(0)};
}

void
pli_paradex_delta_add(pli_paradex_delta *sum, pli_exact quantity, pli_exact delta) {
    pli_exact own = pli_exact_multiply(quantity, delta);
    sum->net = pli_exact_add(sum->net, own);
    sum->gross = pli_exact_add(sum->gross, pli_exact_absolute(own));
}

pli_exact
pli_paradex_min_delta(pli_paradex_delta *sum, pli_exact unhedged, pli_exact hedged,
                      pli_exact spot) {
    pli_exact net = pli_exact_absolute(sum->net);
    sum->hedged = pli_exact_multiply(pli_exact_subtract(sum->gross, net), pli_exact_ratio(1, 2));
    pli_exact charge =
        pli_exact_add(pli_exact_multiply(unhedged, net), pli_exact_multiply(hedged, sum->hedged));
    return pli_exact_multiply(charge, spot);
}

pli_exact
pli_paradex_open_size(pli_exact position, pli_exact orders, bool is_buy) {
    pli_exact signed_position = is_buy ? position : pli_exact_negate(position);
    return pli_exact_max(pli_exact_of(0), pli_exact_add(orders, signed_position));
}

pli_exact
pli_paradex_net_initial(pli_exact buy_open, pli_exact sell_open, pli_exact imf, pli_exact mark) {
    return pli_exact_multiply(pli_exact_multiply(pli_exact_max(buy_open, sell_open), imf), mark);
}

pli_paradex_share
pli_paradex_share_at(uint32_t percent, pli_exact maintenance, pli_exact account_value,
                     pli_exact fee) {
    pli_exact share = pli_exact_ratio(percent, 100);
    pli_exact taken = pli_exact_multiply(share, maintenance);
    pli_paradex_share result = {.percent = percent,
                                .maintenance = pli_exact_subtract(maintenance, taken),
                                .penalty = pli_exact_multiply(taken, fee)};
    result.account_value = pli_exact_subtract(account_value, result.penalty);
    result.has_ratio = pli_exact_sign(result.account_value) > 0;
    if (result.has_ratio) {
        result.ratio = pli_exact_divide(result.maintenance, result.account_value);
        result.is_enough = pli_exact_is_below(result.ratio, pli_exact_ratio(9, 10));
    }
    return result;
}

uint32_t
pli_paradex_share_chosen(pli_exact maintenance, pli_exact account_value, pli_exact fee) {
    for (uint32_t percent = 20; percent < 100; percent += 20) {
        if (pli_paradex_share_at(percent, maintenance, account_value, fee).is_enough) {
            return percent;
        }
    }
    return 100;
}

pli_exact
pli_paradex_bankruptcy(pli_exact account_value) {
    return pli_exact_max(pli_exact_of(0), pli_exact_negate(account_value));
}

pli_exact
pli_paradex_shortfall(pli_exact bankruptcies, pli_exact insurance_fund) {
    return pli_exact_max(pli_exact_of(0), pli_exact_subtract(bankruptcies, insurance_fund));
}

pli_exact
pli_paradex_loss_factor(pli_exact shortfall, pli_exact total_balance) {
    return pli_exact_divide(shortfall, total_balance);
}
