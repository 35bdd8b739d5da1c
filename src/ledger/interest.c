/* interest.c: indices of loans and balances (docs/books.md, section 8).               SPDX-License-Identifier: Apache-2.0 */
#include "ledger/interest.h"
#include "base/assert.h"
#include "base/muldiv.h"

int64_t
pli_interest_rate_ppm(const pli_asset_book *asset) {
    int64_t used = PLM_PPM;
    pli_i128 share = 0;
    if (asset->borrowed < asset->lent) {
        bool fits = pli_muldiv_floor(asset->borrowed, PLM_PPM, asset->lent, &share);
        PLI_ASSERT(fits);
        used = (int64_t)share;
    } else if (asset->borrowed == 0) {
        used = 0;
    }
    bool is_steep = used > asset->kink_ppm;
    int64_t base = is_steep ? asset->rate_kink_ppm : asset->rate_zero_ppm;
    int64_t rise = (is_steep ? asset->rate_full_ppm : asset->rate_kink_ppm) - base;
    int64_t along = is_steep ? used - asset->kink_ppm : used;
    int64_t width = is_steep ? PLM_PPM - asset->kink_ppm : asset->kink_ppm;
    return base + (int64_t)pli_div_ceil_i128((pli_i128)rise * along, width);
}

void
pli_interest_steps(const pli_asset_book *asset, int64_t elapsed_ns, pli_i128 *borrow,
                   pli_i128 *lend) {
    const int64_t e12 = INT64_C(1000000000000);
    PLI_ASSERT(elapsed_ns >= 0);
    // At most 1e7 * 2^62 * 1e12 / 3.15e16 < 2^71: every product below fits.
    pli_i128 step = 0;
    pli_i128 share = 0;
    bool fits = pli_muldiv_ceil((pli_i128)pli_interest_rate_ppm(asset) * e12, elapsed_ns,
                                PLM_YEAR_NS, &step);
    PLI_ASSERT(fits);
    pli_i128 kept = step * (PLM_PPM - asset->reserve_ppm);
    pli_i128 funded = asset->borrowed < asset->lent ? asset->borrowed : asset->lent;
    // floor(floor(x / lent) / 1e6) = floor(x / (lent * 1e6)), and lent * 1e6 need not fit.
    if (asset->lent > 0) {
        fits = pli_muldiv_floor(funded, kept, asset->lent, &share);
        PLI_ASSERT(fits);
    }
    *borrow = step;
    *lend = pli_div_floor_i128(share, PLM_PPM);
}

void
pli_interest_accrue(pli_ledger *ledger, uint32_t index) {
    pli_asset_book *asset = &ledger->assets[index];
    if (asset->interest_ns == 0 || asset->interest_ns == ledger->time_ns) {
        return;
    }
    pli_i128 borrow = 0;
    pli_i128 lend = 0;
    pli_interest_steps(asset, ledger->time_ns - asset->interest_ns, &borrow, &lend);
    PLI_SAVE(ledger, asset->borrow_index);
    PLI_SAVE(ledger, asset->lend_index);
    PLI_SAVE(ledger, asset->interest_ns);
    asset->borrow_index += borrow;
    asset->lend_index += lend;
    asset->interest_ns = ledger->time_ns;
}

plm_reject
pli_ledger_interest(pli_ledger *ledger, const plm_event_interest *body) {
    if (body->asset_index >= ledger->asset_count) {
        return PLM_REJECT_ASSET_UNKNOWN;
    }
    pli_asset_book *asset = &ledger->assets[body->asset_index];
    pli_interest_accrue(ledger, body->asset_index);
    PLI_SAVE(ledger, asset->interest_ns);
    asset->interest_ns = ledger->time_ns;
    return PLM_REJECT_NONE;
}

bool
pli_interest_due(const pli_asset_book *asset, pli_i128 atoms, pli_i128 snapshot, pli_i128 *due) {
    bool is_loan = atoms < 0;
    pli_i128 grown = (is_loan ? asset->borrow_index : asset->lend_index) - snapshot;
    PLI_ASSERT(grown >= 0);
    // The floor of a negative product is minus the ceiling of its size: a loan grows by the ceiling.
    return pli_muldiv_floor(atoms, grown, PLI_INDEX_ONE, due);
}
