/* revalue.c: every account asked anew at another market.                              SPDX-License-Identifier: Apache-2.0 */
#include "server/revalue.h"

#include <stdlib.h>
#include <string.h>

static plm_status
build(pli_revalue *asked, uint32_t which, const plm_scenario_set *set) {
    const plm_listing *listing = &asked->shift.view.listing;
    size_t size = (plm_risk_table_size(set, listing) + 63) / 64 * 64;
    asked->memory[which] = aligned_alloc(64, size);
    if (asked->memory[which] == NULL) {
        return PLM_MEMORY;
    }
    plm_status status =
        plm_risk_table_init(set, listing, asked->memory[which], size, &asked->tables[which]);
    // Options that have expired have no row, and nobody holds them for long.
    uint8_t *only = calloc(listing->instrument_count + 1, 1);
    if (only == NULL) {
        return PLM_MEMORY;
    }
    for (uint32_t i = 0; i < listing->instrument_count; i += 1) {
        int64_t expiry = listing->instruments[i].expiry_ns;
        only[i] = expiry == 0 || expiry > asked->shift.market.time.ns;
    }
    for (uint32_t u = 0; status == PLM_OK && u < listing->underlying_count; u += 1) {
        status = plm_risk_table_build(set, listing, &asked->shift.market, u, only,
                                      &asked->tables[which], NULL);
    }
    free(only);
    return status;
}

static const plm_scenario_set *
set_of(const plm_core_view *view, uint32_t which) {
    return which == 0 ? view->maintenance_set : view->initial_set;
}

static void
keep_hashes(pli_revalue *asked) {
    for (uint32_t i = 0; i < 2; i += 1) {
        const plm_scenario_set *set = set_of(&asked->shift.view, i);
        if (set != NULL) {
            memcpy(asked->hashes[i], set->header.hash, sizeof asked->hashes[i]);
        }
    }
}

bool
pli_revalue_renew(pli_revalue *asked) {
    plm_core_view *view = &asked->shift.view;
    plm_core_view was = *view;
    if (plm_core_look(asked->core, view) != PLM_OK) {
        return false;
    }
    bool is_same = view->listing.instrument_count == was.listing.instrument_count &&
                   view->listing.asset_count == was.listing.asset_count &&
                   view->listing.underlying_count == was.listing.underlying_count;
    for (uint32_t i = 0; i < 2; i += 1) {
        const plm_scenario_set *set = set_of(view, i);
        is_same = is_same && set == set_of(&was, i) &&
                  (set == NULL ||
                   memcmp(asked->hashes[i], set->header.hash, sizeof asked->hashes[i]) == 0);
    }
    asked->input.parameters = view->input.parameters;
    asked->input.facts = view->input.facts;
    return is_same;
}

plm_status
pli_revalue_init(pli_revalue *asked, const plm_core *core, const pli_move *move) {
    *asked = (pli_revalue){.core = core};
    plm_status status = pli_shift_init(&asked->shift, core);
    status = status == PLM_OK ? pli_shift_set(&asked->shift, move) : status;
    if (status != PLM_OK) {
        return status;
    }
    const plm_core_view *view = &asked->shift.view;
    asked->input = view->input;
    asked->input.market = &asked->shift.market;
    if (view->maintenance_set != NULL && view->initial_set != NULL) {
        status = build(asked, 0, view->maintenance_set);
        status = status == PLM_OK ? build(asked, 1, view->initial_set) : status;
        asked->input.maintenance_arrays = &asked->tables[0];
        asked->input.initial_arrays = &asked->tables[1];
    }
    keep_hashes(asked);
    const plm_core_limits *limits = plm_core_limits_of(core);
    plm_limits sizes = {.asset_count = limits->asset_count,
                        .underlying_count = limits->underlying_count,
                        .instrument_count = limits->instrument_count,
                        .position_count = limits->position_count,
                        .order_count = limits->order_count,
                        .balance_count = limits->balance_count,
                        .entry_count = limits->entry_count};
    size_t size = (plm_margin_workspace_size(plm_core_model(core), &sizes) + 63) / 64 * 64;
    asked->workspace = (plm_workspace){.memory = aligned_alloc(64, size), .size = size};
    return asked->workspace.memory == NULL ? PLM_MEMORY : status;
}

void
pli_revalue_finish(pli_revalue *asked) {
    pli_shift_finish(&asked->shift);
    free(asked->memory[0]);
    free(asked->memory[1]);
    free(asked->workspace.memory);
}

plm_status
pli_revalue_account(pli_revalue *asked, const plm_portfolio *portfolio,
                    plm_requirement *requirement) {
    asked->input.portfolio = portfolio;
    return plm_margin_require(plm_core_model(asked->core), &asked->input, &asked->workspace,
                              requirement, NULL, NULL);
}
