/* forced.c: the planner's slice becomes orders with limits at the collar (docs/books.md, section 13).
 * SPDX-License-Identifier: Apache-2.0 */
#include "core/forced.h"

#include "base/assert.h"
#include "core/health.h"
#include "core/records.h"
#include "core/sides.h"
#include "model/value.h"

#define LEG_IDS 16u
_Static_assert(PLI_UNWIND_LEGS_MAX <= LEG_IDS && PLI_UNWIND_LEGS_MAX <= PLI_CHANGES_MAX,
               "a slice has an id for every leg, and room in the workspace");

bool
pli_forced_is_waiting(const plm_core *core, uint32_t account) {
    // Orders are sorted by id, so a forced one is the last.
    const pli_order *orders = pli_ledger_orders(&core->ledger, account);
    uint32_t count = core->ledger.accounts[account].order_count;
    return count > 0 && pli_forced_is(orders[count - 1].order_id);
}

// From the mark where the price of the instrument is not that of the underlying.
int64_t
pli_forced_limit(const plm_core *core, uint32_t instrument, plm_side side) {
    const plm_instrument *terms = &core->ledger.listing_instruments[instrument];
    const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    const plm_mark *mark = &core->marks[instrument];
    bool is_of_index = terms->kind == PLM_KIND_SPOT || terms->kind == PLM_KIND_PERPETUAL;
    int64_t centre =
        is_of_index ? core->prices[terms->underlying_index].price.price_e8 : mark->mark_e8;
    pli_i128 width = 0;
    bool fits = pli_ppm_of_floor(centre < 0 ? -centre : centre, rules->collar_ppm, &width);
    PLI_ASSERT(fits);
    width += terms->kind == PLM_KIND_OPTION ? mark->half_spread_e8 : 0;
    bool is_signed =
        terms->kind != PLM_KIND_OPTION && terms->settlement == PLM_SETTLEMENT_LINEAR &&
        core->ledger.underlyings[terms->underlying_index].domain == PLM_PRICE_DOMAIN_ANY;
    pli_i128 least = is_signed ? -PLM_PRICE_E8_MAX : terms->kind == PLM_KIND_OPTION ? 0 : 1;
    pli_i128 limit = side == PLM_SIDE_BUY ? centre + width : centre - width;
    limit = limit < least ? least : limit > PLM_PRICE_E8_MAX ? PLM_PRICE_E8_MAX : limit;
    return (int64_t)limit;
}

static bool
make_plan(plm_core *core, uint32_t account, pli_unwind_plan *plan) {
    const plm_liquidation_parameters *governed = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    pli_unwind_rules rules = {.target_ppm = governed->target_ppm,
                              .fee_ppm = governed->fee_ppm,
                              .spread_minimum_ppm = governed->spread_minimum_ppm,
                              .impact_ppm = governed->impact_ppm,
                              .volume_standard_micros = governed->volume_standard_micros,
                              .depth_ppm = governed->depth_ppm,
                              .depth_standard_micros = governed->depth_standard_micros,
                              .option_size_ppm = governed->option_size_ppm,
                              .evaluations_max = (uint32_t)governed->evaluations_max};
    pli_holding holding = pli_sides_holding(core, account);
    plm_portfolio portfolio;
    if (pli_health_portfolio(core, &holding, &portfolio) != PLM_REJECT_NONE) {
        return false;
    }
    plm_listing listing = pli_ledger_listing(&core->ledger);
    plm_market market = pli_state_market(core);
    plm_margin_input input;
    return pli_health_input(core, &listing, &market, &portfolio, &input) &&
           pli_unwind_plan_make(core->model, &input, &core->workspace, &rules, plan, NULL) ==
               PLM_OK;
}

void
pli_forced_plan(plm_core *core, uint32_t account, pli_unwind_plan *plan) {
    if (!make_plan(core, account, plan)) {
        *plan = (pli_unwind_plan){.outcome = PLI_UNWIND_NOTHING};
    }
}

uint32_t
pli_forced_count(const pli_unwind_plan *plan) {
    if (plan->outcome != PLI_UNWIND_WHOLE && plan->outcome != PLI_UNWIND_SLICE) {
        return UINT32_MAX;
    }
    int64_t most = 1;
    for (uint32_t i = 0; i < plan->leg_count; i += 1) {
        int64_t total = plan->legs[i].lots_total;
        int64_t lots = plan->legs[i].lots;
        if (total != 0 && lots == 0) {
            return UINT32_MAX;
        }
        // Both have one sign.
        int64_t count = total == 0 ? 0 : total / lots + (total % lots != 0 ? 1 : 0);
        most = count > most ? count : most;
    }
    return most < UINT32_MAX ? (uint32_t)most : UINT32_MAX;
}

void
pli_forced_place(plm_core *core, uint32_t account, const pli_unwind_plan *plan) {
    plm_standing *standing = &core->standings[account];
    const plm_liquidation_parameters *rules = pli_record_of(core, PLI_PLACE_LIQUIDATION);
    standing->slice_count += standing->slice_count < UINT32_MAX ? 1 : 0;
    standing->slice_due_ns = core->time_ns + rules->slice_ns;
    uint32_t placed = 0;
    for (uint32_t i = 0; i < plan->leg_count; i += 1) {
        const pli_unwind_leg *leg = &plan->legs[i];
        if (leg->lots == 0) {
            continue;
        }
        plm_side side = leg->lots > 0 ? PLM_SIDE_BUY : PLM_SIDE_SELL;
        plm_event_reserve body = {.instrument_index = leg->instrument_index,
                                  .side = (uint32_t)side,
                                  .lots = leg->lots > 0 ? leg->lots : -leg->lots,
                                  .limit_e8 = pli_forced_limit(core, leg->instrument_index, side),
                                  .order_id = PLI_FORCED_FIRST +
                                              (uint64_t)LEG_IDS * standing->slice_count + placed,
                                  .is_reduce_only = 1};
        if (pli_ledger_reserve(&core->ledger, account, core->time_ns, &body) == PLM_REJECT_NONE) {
            placed += 1;
        }
    }
    standing->idle_count += standing->idle_count < UINT32_MAX ? 1 : 0;
    pli_state_effect(core, PLM_EFFECT_SLICE, account, PLM_NONE, standing->slice_count,
                     placed > 0 ? plan->cost_micros : 0);
}
