/* burst.c: so many accounts bankrupt at one price, measured.                          SPDX-License-Identifier: Apache-2.0 */
#include "study/burst.h"

#include "base/libc.h"
#include "base/text.h"
#include "base/wide.h"
#include "plimsoll/core.h"

#define E8 INT64_C(100000000)
#define START INT64_C(1767225600000000000)
#define STEPS 256u
#define MARKETS 44u
#define LOTS 50
#define CASH INT64_C(1000000000)

typedef struct burst {
    plm_core *core;
    plm_event event;
    plm_status status;
    plm_fault *fault;
} burst;

static uint32_t
winners(uint32_t count) {
    return (uint32_t)(((uint64_t)count * 40000 + 11278) / 11279);
}

static plm_event *
begin(burst *of, plm_event_type type, uint32_t account) {
    memset(&of->event, 0, sizeof of->event);
    of->event.header.type = (uint16_t)type;
    of->event.header.version = plm_event_kind_find((uint16_t)type)->version;
    of->event.header.time_ns = START;
    of->event.header.account = account;
    return &of->event;
}

static void
apply(burst *of) {
    plm_outcome outcome;
    if (of->status != PLM_OK) {
        return;
    }
    of->status = plm_core_apply(of->core, &of->event, NULL, &outcome, of->fault);
    if (of->status == PLM_OK && outcome.reject != PLM_REJECT_NONE) {
        of->status = pli_fault_set(of->fault, PLM_VALUE_INVALID,
                                   plm_event_kind_find(of->event.header.type)->name,
                                   " of a burst: ", plm_reject_text(outcome.reject));
    }
}

static void
write_name(char name[PLM_NAME_SIZE], const char *stem, uint32_t index) {
    pli_text text = pli_text_init(name, PLM_NAME_SIZE);
    pli_text_append(&text, stem);
    pli_text_append_u64(&text, index);
}

static void
list_market(burst *of, uint32_t index) {
    plm_event_underlying *coin = &begin(of, PLM_EVENT_TYPE_UNDERLYING, PLM_NONE)->underlying_body;
    write_name(coin->name, "C", index);
    coin->underlying_index = index;
    coin->domain = PLM_PRICE_DOMAIN_POSITIVE;
    coin->price_unit = 1;
    coin->tick_e8 = 1;
    apply(of);
    plm_event_instrument *perpetual =
        &begin(of, PLM_EVENT_TYPE_INSTRUMENT, PLM_NONE)->instrument_body;
    write_name(perpetual->name, "P", index);
    perpetual->instrument_index = index;
    perpetual->kind = PLM_KIND_PERPETUAL;
    perpetual->settlement = PLM_SETTLEMENT_LINEAR;
    perpetual->right = PLM_RIGHT_NONE;
    perpetual->premium = PLM_PREMIUM_NONE;
    perpetual->underlying_index = index;
    perpetual->lot_e8 = E8;
    apply(of);
}

static void
set_price(burst *of, uint32_t index, int64_t price_e8) {
    plm_event_price *price = &begin(of, PLM_EVENT_TYPE_PRICE, PLM_NONE)->price_body;
    price->underlying_index = index;
    price->state = PLM_PRICE_STATE_VALID;
    price->price_e8 = price->slow_e8 = price_e8;
    price->publish_ns = START;
    apply(of);
    plm_event_mark *mark = &begin(of, PLM_EVENT_TYPE_MARK, PLM_NONE)->mark_body;
    mark->instrument_index = index;
    mark->is_present = 1;
    mark->mark_e8 = price_e8;
    apply(of);
}

static void
open_account(burst *of, uint32_t account) {
    plm_event_account *body = &begin(of, PLM_EVENT_TYPE_ACCOUNT, PLM_NONE)->account_body;
    body->account_index = account;
    body->kind = PLM_ACCOUNT_CROSS;
    body->parent_index = body->instrument_index = PLM_NONE;
    apply(of);
    begin(of, PLM_EVENT_TYPE_DEPOSIT, account)->deposit_body.atoms = pli_wide_from_i128(CASH);
    apply(of);
}

static void
open_venue(burst *of, uint32_t count) {
    plm_event_asset *cash = &begin(of, PLM_EVENT_TYPE_ASSET, PLM_NONE)->asset_body;
    write_name(cash->name, "USD", 0);
    cash->underlying_index = PLM_NONE;
    cash->decimals = 6;
    cash->treatment = PLM_TREATMENT_HAIRCUT;
    cash->tier_count = 1;
    cash->tier_upto_micros[0] = INT64_MAX;
    cash->kink_ppm = 800000;
    apply(of);
    for (uint32_t i = 0; i < MARKETS; i += 1) {
        list_market(of, i);
        set_price(of, i, 100 * E8);
    }
    for (uint32_t i = 0; i < count + winners(count); i += 1) {
        open_account(of, i);
    }
    for (uint32_t i = 0; i < count; i += 1) {
        plm_event_trade *trade = &begin(of, PLM_EVENT_TYPE_TRADE, i)->trade_body;
        trade->instrument_index = i % MARKETS;
        trade->maker_account = count + i % winners(count);
        trade->lots = LOTS;
        trade->price_e8 = 100 * E8;
        apply(of);
    }
}

static plm_core_limits
limits_of(uint32_t count) {
    plm_core_limits limits;
    plm_core_limits_init(&limits);
    limits.account_count = count + winners(count);
    limits.underlying_count = limits.instrument_count = MARKETS;
    limits.balance_count = 2;
    limits.position_count = 4;
    limits.order_count = 16;
    return limits;
}

size_t
pli_burst_size(uint32_t count) {
    plm_core_limits limits = limits_of(count);
    return plm_core_size(&limits);
}

static bool
are_all_on_sale(const burst *of, uint32_t count) {
    for (uint32_t i = 0; i < count; i += 1) {
        plm_account_info info;
        if (plm_core_account(of->core, i, &info) != PLM_OK ||
            info.standing.stage < PLM_STAGE_PARTIAL) {
            return false;
        }
    }
    return plm_core_check(of->core) == NULL;
}

plm_status
pli_burst_run(uint32_t count, void *memory, size_t size, int64_t (*clock_ns)(void),
              int64_t *took_ns, plm_fault *fault) {
    plm_core_limits limits = limits_of(count);
    burst of = {.core = NULL, .fault = fault};
    of.status = plm_core_init(&limits, memory, size, &of.core, fault);
    if (of.status != PLM_OK) {
        return of.status;
    }
    open_venue(&of, count);
    int64_t start_ns = clock_ns();
    for (uint32_t i = 0; i < MARKETS; i += 1) {
        set_price(&of, i, 70 * E8);
    }
    while (of.status == PLM_OK && plm_core_job_count(of.core) > 0) {
        begin(&of, PLM_EVENT_TYPE_CONTINUE, PLM_NONE)->continue_body.step_count = STEPS;
        apply(&of);
    }
    int64_t end_ns = clock_ns();
    if (of.status == PLM_OK && !are_all_on_sale(&of, count)) {
        return pli_fault_set(fault, PLM_VALUE_INVALID, "a burst left accounts unattended", NULL,
                             NULL);
    }
    if (of.status == PLM_OK) {
        *took_ns = end_ns - start_ns;
    }
    return of.status;
}

bool
pli_burst_wanted(const pli_incident *incident, uint32_t run, uint32_t *count) {
    static const char head[] = "burst_", tail[] = "_wall_ms";
    for (uint32_t i = 0; i < incident->assertion_counts[run]; i += 1) {
        const char *at = incident->assertions[run][i].metric;
        uint32_t number = 0, step = 0;
        while (head[step] != '\0' && at[step] == head[step]) {
            step += 1;
        }
        if (head[step] != '\0') {
            continue;
        }
        for (at += step; *at >= '0' && *at <= '9' && number < 1000000; at += 1) {
            number = number * 10 + (uint32_t)(*at - '0');
        }
        for (step = 0; tail[step] != '\0' && at[step] == tail[step];) {
            step += 1;
        }
        if (tail[step] == '\0' && at[step] == '\0' && number > 0) {
            *count = number;
            return true;
        }
    }
    return false;
}
