/* rehearsal_shares.c: who bears a loss in turn, and what each member of a fund pays. SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "liquidation/socialise.h"
#include "liquidation/waterfall.h"
#include "study/rehearsal_metric.h"

#define MEMBERS_MAX 64u

// The asset that insurance is held in: of several the first.
uint32_t
pli_metric_insured(const pli_rehearsal *of) {
    for (uint32_t i = 0; i < of->incident->fund_count; i += 1) {
        if (pli_name_is(of->incident->funds[i].name, "insurance")) {
            return pli_asset_named(of, of->incident->funds[i].asset);
        }
    }
    return 0;
}

// A loss that grows by what one bearer holds meets them one after the other.
pli_metric
pli_metric_waterfall_order(const pli_rehearsal *of) {
    (void)of;
    pli_metric order = pli_metric_flag(true);
    pli_text to = pli_text_init(order.text, sizeof order.text);
    pli_waterfall_share before = {.deficit = 0};
    for (int step = 1; step <= 4; step += 1) {
        const pli_waterfall_loss loss = {.loss = step, .equity = 1, .common = 1};
        const pli_waterfall_market market = {.market_index = 0, .lost = 1, .tranche = 1};
        pli_waterfall_share share, total;
        if (pli_waterfall(&loss, &market, 1, &share, &total) != PLM_OK) {
            return (pli_metric){.is_known = false};
        }
        pli_text_append(&to, step > 1 ? "," : "");
        pli_text_append(&to, total.deficit == 0                 ? "defaulter_margin"
                             : total.tranche > before.tranche   ? "defaulter_fund"
                             : total.common > before.common     ? "ccp_junior"
                             : total.bad_debt > before.bad_debt ? "mutual"
                                                                : "nobody");
        before = total;
    }
    return order;
}

pli_i128
pli_metric_mutual_shares(const pli_rehearsal *of) {
    pli_socialise_claim claims[MEMBERS_MAX];
    uint32_t rank[MEMBERS_MAX], order[MEMBERS_MAX], count = 0;
    pli_i128 numerators[MEMBERS_MAX], sorted[MEMBERS_MAX], shares[MEMBERS_MAX], sum = 0;
    const pli_socialise_scratch scratch = {rank, order, numerators, sorted};
    for (uint32_t i = 0; i < of->incident->fund_count && count < MEMBERS_MAX; i += 1) {
        const pli_incident_fund *fund = &of->incident->funds[i];
        if (pli_name_is(fund->name, "mutual")) {
            claims[count] =
                (pli_socialise_claim){count, pli_asset_atoms(of, 0, pli_number_e18(fund->amount))};
            count += 1;
        }
    }
    pli_i128 total = pli_asset_atoms(of, 0, pli_metric_mutual_used(of));
    if (count == 0 || pli_socialise(claims, count, total, &scratch, shares) != PLM_OK) {
        return 0;
    }
    for (uint32_t i = 0; i < count; i += 1) {
        sum += shares[i];
    }
    pli_i128 unit = PLI_E18;
    for (uint32_t i = 0; i < plm_core_listing(of->core).assets[0].decimals; i += 1) {
        unit /= 10;
    }
    return sum * unit;
}
