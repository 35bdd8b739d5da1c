/* rehearsal.c: an incident from its opening to its end.                               SPDX-License-Identifier: Apache-2.0 */
#include "study/rehearsal.h"

#include "base/libc.h"
#include "base/text.h"
#include "study/rehearsal_state.h"

#define SECOND_NS INT64_C(1000000000)
#define OPENING_NS (2400 * SECOND_NS)
#define WARM_NS (2100 * SECOND_NS) // a settlement price needs half an hour of prices
#define EPILOGUE_NS (60 * SECOND_NS)
#define VENUE_ACCOUNTS 3u
#define ORDERS 32u
#define BYTES_SLACK ((size_t)1 << 20)

static plm_core_limits
limits_of(const pli_incident *incident) {
    plm_core_limits limits;
    plm_core_limits_init(&limits);
    uint32_t symbols =
        incident->oracle_count + incident->asset_count + incident->instrument_count + 8;
    limits.asset_count = incident->asset_count + 1;
    limits.underlying_count = symbols < PLI_SYMBOLS_MAX ? symbols : PLI_SYMBOLS_MAX;
    limits.instrument_count = incident->instrument_count + 1;
    limits.account_count = incident->account_count + VENUE_ACCOUNTS;
    limits.balance_count = limits.asset_count;
    limits.position_count = limits.instrument_count;
    limits.order_count = ORDERS;
    limits.signer_count = limits.account_count + 1;
    limits.client_id_count = 1;
    limits.expiry_count = limits.instrument_count;
    limits.class_count = 1;
    limits.history_count = 2;
    limits.entry_count = 16;
    limits.network_id = 1;
    return limits;
}

static uint32_t
level_count(const pli_incident *incident) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < incident->ladder_count; i += 1) {
        count += incident->ladders[i].bid_count + incident->ladders[i].ask_count;
    }
    return count;
}

static bool
has_restart(const pli_incident *incident) {
    for (uint32_t i = 0; i < incident->event_count; i += 1) {
        if (incident->events[i].kind == PLI_INCIDENT_PROCESS) {
            return true;
        }
    }
    return false;
}

static pli_rehearsal *
carve(pli_arena *arena, const pli_incident *incident, pli_rehearsal *of) {
    plm_core_limits limits = limits_of(incident);
    pli_rehearsal *made = PLI_ARENA_TAKE(arena, 1, pli_rehearsal);
    of->core_size = plm_core_size(&limits);
    bool needs_spare = has_restart(incident);
    of->byte_capacity = needs_spare ? of->core_size + BYTES_SLACK : 0;
    of->memories[0] = pli_arena_take(arena, of->core_size, 1, PLI_ARENA_ALIGN);
    of->memories[1] = pli_arena_take(arena, needs_spare ? of->core_size : 0, 1, PLI_ARENA_ALIGN);
    of->bytes = pli_arena_take(arena, of->byte_capacity, 1, PLI_ARENA_ALIGN);
    of->listed = PLI_ARENA_TAKE(arena, incident->instrument_count + 1, pli_listed);
    of->actors = PLI_ARENA_TAKE(arena, limits.account_count, pli_actor);
    of->effects = PLI_ARENA_TAKE(arena, PLI_EFFECTS_MAX, plm_effect);
    of->forced = PLI_ARENA_TAKE(arena, PLI_FORCED_MAX, pli_forced);
    of->levels = PLI_ARENA_TAKE(arena, level_count(incident) + 1, pli_i128);
    of->level_at = PLI_ARENA_TAKE(arena, incident->ladder_count + 1, uint32_t);
    of->positions = PLI_ARENA_TAKE(arena, limits.position_count, plm_position);
    of->orders = PLI_ARENA_TAKE(arena, limits.order_count, plm_order);
    of->balances = PLI_ARENA_TAKE(arena, limits.balance_count, plm_balance);
    of->entries = PLI_ARENA_TAKE(arena, PLI_REHEARSAL_ENTRIES_MAX, pli_rehearsal_entry);
    of->samples = PLI_ARENA_TAKE(arena, PLI_REHEARSAL_SAMPLES_MAX, pli_rehearsal_sample);
    of->turns = PLI_ARENA_TAKE(arena, PLI_TURNS_MAX, pli_price_turn);
    of->booked = PLI_ARENA_TAKE(arena, PLI_BOOKED_MAX, pli_booked);
    pli_naive_take(arena, limits.account_count, limits.asset_count, limits.instrument_count,
                   limits.underlying_count, &of->books);
    return made;
}

size_t
pli_rehearsal_size(const pli_incident *incident) {
    pli_arena arena = pli_arena_init_sizing();
    pli_rehearsal sizes;
    (void)carve(&arena, incident, &sizes);
    return sizes.core_size > 0 && pli_arena_is_ok(&arena) ? pli_arena_used(&arena) : 0;
}

// --- Pictures --------------------------------------------------------------------------------------------------------

static uint32_t
watch(const pli_incident *incident) {
    for (uint32_t i = 0; i < incident->account_count; i += 1) {
        if (incident->accounts[i].position_count > 0) {
            return i;
        }
        for (uint32_t at = 0; at < incident->accounts[i].balance_count; at += 1) {
            if (incident->accounts[i].balances[at].value[0] == '-') {
                return i;
            }
        }
    }
    return 0;
}

static int64_t
narrow(pli_i128 value) {
    return value > INT64_MAX ? INT64_MAX : value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

static int64_t
deficit_micros(const pli_rehearsal *of) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        pli_i128 worth = pli_rehearsal_worth(of, i, false);
        sum += worth < 0 ? -worth : 0;
    }
    return narrow(sum);
}

void
pli_rehearsal_sample_now(pli_rehearsal *of) {
    int64_t now_ms = (of->time_ns - of->incident->start_ns) / PLI_MS;
    int64_t end_ms = of->incident->event_count > 0
                         ? of->incident->events[of->incident->event_count - 1].time_ms
                         : 0;
    int64_t gap_ms = end_ms / (PLI_REHEARSAL_SAMPLES_MAX / 2);
    bool is_due =
        of->sample_count == 0 || now_ms - of->samples[of->sample_count - 1].time_ms > gap_ms;
    bool is_again = of->sample_count > 0 && of->samples[of->sample_count - 1].time_ms == now_ms;
    if (of->is_opening ||
        (!is_again && (!is_due || of->sample_count == PLI_REHEARSAL_SAMPLES_MAX))) {
        return;
    }
    const pli_rehearsal_sample *last =
        of->sample_count > 0 ? &of->samples[of->sample_count - 1] : NULL;
    of->sample_count += is_again ? 0 : 1;
    pli_rehearsal_sample *sample = &of->samples[of->sample_count - 1];
    plm_requirement requirement = {.maintenance_micros = 0};
    plm_fault fault;
    const plm_core_question question = {.account = of->watched};
    bool is_known = !of->has_books &&
                    plm_core_require(of->core, &question, &requirement, NULL, &fault) == PLM_OK;
    plm_asset_totals totals;
    plm_core_shocks shocks = {.open_interest_micros = 0};
    (void)(of->symbol_count > 0 && plm_core_underlying(of->core, 0, &shocks) != PLM_OK);
    bool has_fund = plm_core_asset(of->core, 0, &totals) == PLM_OK;
    if (of->has_books) {
        shocks.open_interest_micros = narrow(pli_rehearsal_open_interest(of));
        totals.insurance = pli_wide_from_i128(of->books.insurance[0]);
    }
    *sample = (pli_rehearsal_sample){
        .time_ms = now_ms,
        .price_e8 = of->symbol_count > 0 ? pli_rehearsal_price(of, 0) : 0,
        .insurance_micros =
            has_fund
                ? narrow(pli_rehearsal_value(of, 0, pli_i128_from_wide(totals.insurance), false))
                : 0,
        .open_interest_micros = shocks.open_interest_micros,
        .deficit_micros = deficit_micros(of),
        .pool_gain_micros = narrow(pli_rehearsal_pool_gain(of)),
        .equity_micros = is_known ? requirement.equity_maintenance_micros
                                  : narrow(pli_rehearsal_worth(of, of->watched, false)),
        .maintenance_micros = is_known ? requirement.maintenance_micros
                              : of->has_books
                                  ? narrow(pli_naive_maintenance(&of->books, of->watched))
                              : last != NULL ? last->maintenance_micros
                                             : 0,
        .forced_micros = narrow(of->forced_micros)};
}

// --- The run ---------------------------------------------------------------------------------------------------------

static void
check_books(pli_rehearsal *of) {
    const char *broken = plm_core_check(of->core);
    of->broken = of->broken == NULL ? broken : of->broken;
}

static void
start_clock(pli_rehearsal *of) {
    pli_rehearsal_until(of, of->incident->start_ns - SECOND_NS);
    of->time_ns = of->incident->start_ns;
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        plm_requirement requirement;
        plm_fault fault;
        const plm_core_question question = {.account = i};
        of->actors[i].opening_micros = narrow(pli_rehearsal_worth(of, i, false));
        bool is_known = !of->has_books &&
                        plm_core_require(of->core, &question, &requirement, NULL, &fault) == PLM_OK;
        of->actors[i].initial_micros = of->has_books ? narrow(pli_naive_initial(&of->books, i))
                                       : is_known    ? requirement.initial_micros
                                                     : -1;
        of->actors[i].is_liquidated = false;
        of->actors[i].profit = of->actors[i].realised = 0;
        of->actors[i].opening_atoms =
            of->instrument_count > 0 ? pli_rehearsal_held(of, i, of->listed[0].asset) : 0;
    }
    for (uint32_t i = 0; i < of->incident->fund_count; i += 1) {
        const pli_incident_fund *fund = &of->incident->funds[i];
        of->insurance_start +=
            pli_name_is(fund->name, "insurance") ? pli_number_e18(fund->amount) : 0;
    }
    of->is_opening = false;
    pli_rehearsal_keep_state(of);
}

static void
play(pli_rehearsal *of) {
    const pli_incident *incident = of->incident;
    for (uint32_t i = 0; i < incident->event_count && of->status == PLM_OK; i += 1) {
        const pli_incident_event *event = &incident->events[i];
        pli_rehearsal_until(of, incident->start_ns + event->time_ms * PLI_MS);
        if (of->status == PLM_OK) {
            pli_rehearsal_happen(of, event);
        }
        pli_rehearsal_sample_now(of);
        check_books(of);
    }
    of->last_active_ns = of->time_ns; // what the last event has started comes to its end
    pli_rehearsal_until(of, of->time_ns + EPILOGUE_NS);
    for (uint32_t i = 0; i < of->instrument_count && of->status == PLM_OK; i += 1) {
        if (of->listed[i].settled_e8 !=
            INT64_MIN) { // nothing can be won back of a contract that has ended
            pli_rehearsal_socialise(of, i);
        }
    }
    pli_rehearsal_sweep(of);
    check_books(of);
}

static void
choose_controls(pli_rehearsal *of) {
    of->without = of->options.without;
    for (uint32_t i = 0; i < of->incident->control_count && of->options.is_naive; i += 1) {
        const char *id = of->incident->controls[i];
        uint32_t size = 0;
        while (id[size] != '\0') {
            size += 1;
        }
        pli_control control = pli_control_named(id, size);
        of->without |= control != PLI_CONTROL_COUNT ? PLI_CONTROL_BIT(control) : 0;
    }
    of->has_books = of->options.is_naive || (of->without & pli_control_books()) != 0;
}

plm_status
pli_rehearsal_run(const pli_incident *incident, const pli_rehearsal_options *options, void *memory,
                  size_t size, pli_rehearsal **made, plm_fault *fault) {
    pli_arena arena = pli_arena_init(memory, size);
    pli_rehearsal tables;
    memset(&tables, 0, sizeof tables);
    pli_rehearsal *of = carve(&arena, incident, &tables);
    if (!pli_arena_is_ok(&arena) || tables.core_size == 0) {
        return pli_fault_set(fault, PLM_WORKSPACE_SMALL, "the memory of a rehearsal is too small",
                             NULL, NULL);
    }
    plm_core_limits limits = limits_of(incident);
    *of = tables;
    memset(of->actors, 0, limits.account_count * sizeof *of->actors);
    memset(of->listed, 0, (incident->instrument_count + 1) * sizeof *of->listed);
    pli_naive_clear(&of->books);
    of->books.client_count = incident->account_count;
    of->incident = incident;
    of->options = *options;
    of->fault = fault;
    of->account_count = limits.account_count;
    of->outside = incident->account_count;
    of->house = incident->account_count + 1;
    of->pool = incident->account_count + 2;
    of->watched = watch(incident);
    of->is_opening = true;
    choose_controls(of);
    of->close_factor_ppm = 1000000;
    of->status = plm_core_init(&limits, of->memories[0], of->core_size, &of->core, fault);
    of->time_ns = incident->start_ns - OPENING_NS;
    if (of->status == PLM_OK) {
        pli_rehearsal_tables(of);
    }
    if (of->status == PLM_OK) {
        pli_rehearsal_open(of);
    }
    if (of->status == PLM_OK) {
        pli_rehearsal_govern(of);
        of->time_ns = incident->start_ns - WARM_NS;
        pli_rehearsal_sources(of);
        start_clock(of);
        play(of);
    }
    if (of->status == PLM_OK) {
        *made = of;
    }
    return of->status;
}

const char *
pli_rehearsal_currency(const pli_rehearsal *of) {
    return of->currency_name;
}

const char *
pli_rehearsal_watched(const pli_rehearsal *of) {
    return of->incident->account_count > 0 ? of->incident->accounts[of->watched].name : "";
}

const plm_core *
pli_rehearsal_core(const pli_rehearsal *of) {
    return of->core;
}

const pli_rehearsal_entry *
pli_rehearsal_entries(const pli_rehearsal *of, uint32_t *entry_count) {
    *entry_count = of->entry_count;
    return of->entries;
}

const pli_rehearsal_sample *
pli_rehearsal_samples(const pli_rehearsal *of, uint32_t *sample_count) {
    *sample_count = of->sample_count;
    return of->samples;
}
