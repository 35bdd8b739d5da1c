/* auctions.c: when an auction begins, runs and ends (docs/books.md, section 15).       SPDX-License-Identifier: Apache-2.0 */
#include "core/auctions.h"

#include "base/assert.h"
#include "core/records.h"

#define SECOND_NS INT64_C(1000000000)

static const plm_liquidation_parameters *
rules_of(const plm_core *core) {
    return pli_record_of(core, PLI_PLACE_LIQUIDATION);
}

pli_share_terms
pli_auctions_terms(const plm_core *core) {
    const plm_liquidation_parameters *rules = rules_of(core);
    return (pli_share_terms){
        .start_e18 = rules->auction_start_ppm * PLI_SHARE_PPM,
        .cutoff_e18 = rules->auction_cutoff_ppm * PLI_SHARE_PPM,
        .fast_seconds = (uint32_t)(rules->auction_fast_ns / SECOND_NS),
        .slow_seconds = (uint32_t)(rules->auction_slow_ns / SECOND_NS),
        .insolvent_seconds = (uint32_t)(rules->auction_insolvent_ns / SECOND_NS),
        .buffer_e18 = rules->auction_target_ppm * PLI_SHARE_PPM,
    };
}

// --- The clock ---

static int64_t
later(const plm_core *core, uint32_t underlying, int64_t than_ns) {
    if (underlying == PLM_NONE || core->underlyings[underlying].allowed_ns < than_ns) {
        return than_ns;
    }
    return core->underlyings[underlying].allowed_ns;
}

// Since when all the prices that the account rests on allow liquidation.
static int64_t
usable_since(const plm_core *core, const pli_holding *holding) {
    int64_t since_ns = 0;
    for (uint32_t i = 0; i < holding->position_count; i += 1) {
        uint32_t instrument = holding->positions[i].instrument_index;
        if (holding->positions[i].lots != 0) {
            since_ns = later(core, core->ledger.listing_instruments[instrument].underlying_index,
                             since_ns);
        }
    }
    for (uint32_t i = 0; i < holding->balance_count; i += 1) {
        uint32_t asset = holding->balances[i].asset_index;
        if (holding->balances[i].atoms != 0) {
            since_ns = later(core, core->ledger.listing_assets[asset].underlying_index, since_ns);
        }
    }
    return since_ns;
}

static void
tell(plm_core *core, uint32_t account, const plm_standing *now, plm_auction_step step,
     pli_i128 more) {
    pli_state_effect(core, PLM_EFFECT_AUCTION, account, now->round_count, (pli_i128)step, more);
}

// [AUCTION-2]
int64_t
pli_auctions_clock(const plm_core *core, const pli_holding *holding, plm_standing *now) {
    int64_t since_ns = usable_since(core, holding);
    int64_t seen_ns = now->auction_seen_ns;
    int64_t from_ns = since_ns > seen_ns ? since_ns : seen_ns;
    PLI_ASSERT(from_ns <= core->time_ns);
    now->auction_clock_ns += core->time_ns - from_ns;
    now->auction_seen_ns = core->time_ns;
    return from_ns - seen_ns;
}

void
pli_auctions_read(plm_core *core, const pli_holding *holding, plm_standing *now) {
    int64_t waited_ns = pli_auctions_clock(core, holding, now);
    if (waited_ns > 0) {
        tell(core, holding->account, now, PLM_AUCTION_WAITED, waited_ns);
    }
}

uint64_t
pli_auctions_seconds(const plm_standing *now) {
    return (uint64_t)(now->auction_clock_ns / SECOND_NS);
}

// The discount is below the reserve, or the fund has offered all it may.
bool
pli_auctions_is_over(const plm_core *core, const plm_requirement *requirement,
                     const plm_standing *now) {
    pli_share_terms terms = pli_auctions_terms(core);
    uint64_t seconds = pli_auctions_seconds(now);
    if (requirement->equity_maintenance_micros <= 0) {
        return seconds > terms.insolvent_seconds;
    }
    return pli_share_discount(&terms, seconds) <
           rules_of(core)->auction_reserve_ppm * PLI_SHARE_PPM;
}

// --- Rounds ---

static void
begin_round(plm_core *core, uint32_t account, const plm_requirement *requirement, plm_standing *now,
            plm_auction_step step) {
    now->round_count += now->round_count < UINT32_MAX ? 1 : 0;
    now->auction_clock_ns = 0;
    now->auction_seen_ns = core->time_ns;
    now->auction_paid_micros = 0;
    tell(core, account, now, step, requirement->equity_maintenance_micros);
}

// Back to slices, the next due at once; an insolvent account comes here again only after fruitless ones.
static void
hand_over(plm_core *core, uint32_t account, plm_standing *now) {
    tell(core, account, now, PLM_AUCTION_HANDED_OVER, 0);
    *now = (plm_standing){.stage = PLM_STAGE_PARTIAL,
                          .slice_count = now->slice_count,
                          .slice_due_ns = core->time_ns,
                          .round_count = now->round_count};
}

bool
pli_auctions_has_goods(const pli_holding *holding) {
    for (uint32_t i = 0; i < holding->position_count; i += 1) {
        if (holding->positions[i].lots != 0) {
            return true;
        }
    }
    bool has_cash = false;
    bool has_loan = false;
    for (uint32_t i = 0; i < holding->balance_count; i += 1) {
        bool is_cash = holding->balances[i].asset_index == 0;
        if (!is_cash && holding->balances[i].atoms > 0) {
            return true;
        }
        has_cash = has_cash || (is_cash && holding->balances[i].atoms > 0);
        has_loan = has_loan || (!is_cash && holding->balances[i].atoms < 0);
    }
    return has_cash && has_loan; // a bidder brings what is owed and takes the cash
}

static bool
begin(plm_core *core, const pli_holding *holding, const plm_requirement *requirement,
      plm_standing *now) {
    const plm_liquidation_parameters *rules = rules_of(core);
    if (rules->auction_rounds_max == 0 || !pli_auctions_has_goods(holding)) {
        return false;
    }
    now->stage = PLM_STAGE_AUCTION;
    now->slice_due_ns = 0;
    now->idle_count = 0;
    now->rounds_left = (uint32_t)rules->auction_rounds_max - 1;
    begin_round(core, holding->account, requirement, now, PLM_AUCTION_STARTED);
    return true;
}

bool
pli_auctions_replace(plm_core *core, const pli_holding *holding, const plm_requirement *requirement,
                     uint32_t slice_count, plm_standing *now) {
    return now->round_count == 0 && (int64_t)slice_count > rules_of(core)->slice_max &&
           begin(core, holding, requirement, now);
}

void
pli_auctions_follow(plm_core *core, const pli_holding *holding, const plm_requirement *requirement,
                    plm_standing *now) {
    const plm_liquidation_parameters *rules = rules_of(core);
    if (now->stage == PLM_STAGE_PARTIAL) {
        bool is_fruitless =
            core->time_ns >= now->slice_due_ns && (int64_t)now->idle_count >= rules->fruitless_max;
        bool is_insolvent = requirement->equity_maintenance_micros < 0 && now->round_count == 0;
        if (is_fruitless || is_insolvent) {
            (void)begin(core, holding, requirement, now);
        }
        return;
    }
    pli_auctions_read(core, holding, now);
    if (!pli_auctions_is_over(core, requirement, now)) {
        return;
    }
    if (now->rounds_left == 0 || !pli_auctions_has_goods(holding)) {
        hand_over(core, holding->account, now);
        return;
    }
    now->rounds_left -= 1;
    begin_round(core, holding->account, requirement, now, PLM_AUCTION_RESTARTED);
}

void
pli_auctions_tell_end(plm_core *core, uint32_t account, const plm_standing *before) {
    tell(core, account, before, PLM_AUCTION_ENDED, 0);
}

void
pli_auctions_filled(plm_core *core, uint32_t account) {
    core->standings[account].idle_count = 0;
}
