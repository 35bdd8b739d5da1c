/* rehearsal_looped.c: deposits lent against themselves, given away, and taken over: naive books. SPDX-License-Identifier: Apache-2.0 */
#include "study/rehearsal_state.h"

#define PPM INT64_C(1000000)

static size_t
place_of(const pli_rehearsal *of, uint32_t account, uint32_t asset) {
    return (size_t)account * of->books.asset_count + asset;
}

bool
pli_rehearsal_loop(pli_rehearsal *of, uint32_t account, uint32_t asset, pli_i128 atoms) {
    size_t at = place_of(of, account, asset);
    of->outcome.reject = PLM_REJECT_HEALTH;
    if (atoms <= 0 || of->books.atoms[at] <= 0) {
        return false;
    }
    of->books.owed[at] += atoms; // what is owed stands beside as much, so it is always covered
    return true;
}

void
pli_rehearsal_unloop(pli_rehearsal *of, uint32_t account, uint32_t asset, pli_i128 atoms) {
    pli_i128 *owed = &of->books.owed[place_of(of, account, asset)];
    *owed -= atoms < *owed ? atoms : *owed;
}

bool
pli_rehearsal_give(pli_rehearsal *of, uint32_t account, uint32_t asset, pli_i128 atoms) {
    size_t at = place_of(of, account, asset);
    of->outcome.reject = PLM_REJECT_BALANCE;
    if (atoms <= 0 || of->books.atoms[at] + of->books.owed[at] < atoms) {
        return false;
    }
    of->books.atoms[at] -= atoms;
    bool is_asked = !pli_rehearsal_lacks(of, PLI_CONTROL_LED_HEALTH);
    if (is_asked && pli_naive_excess(&of->books, account) < 0) {
        of->books.atoms[at] += atoms;
        of->outcome.reject = PLM_REJECT_HEALTH;
        return false;
    }
    of->books.insurance[asset] += atoms;
    return true;
}

bool
pli_rehearsal_take_over(pli_rehearsal *of, uint32_t account, uint32_t liquidator) {
    bool is_any = false;
    for (uint32_t asset = 0; asset < of->books.listing.asset_count; asset += 1) {
        size_t from = place_of(of, account, asset), to = place_of(of, liquidator, asset);
        pli_i128 collateral = of->books.atoms[from] + of->books.owed[from];
        if (of->books.owed[from] <= 0 || collateral <= 0) {
            continue;
        }
        pli_i128 repaid = collateral * PPM / (PPM + of->bonus_ppm);
        repaid = repaid < of->books.owed[from] ? repaid : of->books.owed[from];
        pli_i128 seized = repaid * (PPM + of->bonus_ppm) / PPM;
        of->books.atoms[from] -= seized - repaid;
        of->books.owed[from] -= repaid;
        of->books.atoms[to] += seized - repaid;
        of->books.owed[to] += repaid;
        of->actors[account].is_liquidated = true;
        is_any = true;
    }
    if (is_any) {
        pli_rehearsal_note(of, 0, of->incident->accounts[account].name, "taken over", "");
    }
    return is_any;
}
