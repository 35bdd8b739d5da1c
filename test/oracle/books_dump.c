/* books_dump.c: applies events from standard input and prints what changed in the state. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "books_dump_sets.h"
#include "books_dump_text.h"
#include "core/records.h"
#include "core/state.h"
#include "plimsoll/core.h"

/*
 * usage: books_dump <the 14 limits>
 *
 * Standard input: a byte of command, then what it needs. 'e' an event as it stands on the wire; 'r' a u32 account: what
 * does the venue's model require of it; 'f' flush. Standard output: a line "o STATUS SEQUENCE REJECT REPEAT" for each
 * event, then the lines of the state that are not as they were (every entry of every table is looked at after every
 * event), then ".". All numbers are decimal, bytes are 0x... numbers.
 */

enum { EFFECTS = 256, BLOCK_MAX = 1 << 22 };

typedef struct dump {
    plm_core *core;
    plm_core_limits limits;
    unsigned char *shadow; /* what was printed last, entry after entry */
    size_t at;
} dump;

// Whether an entry differs from what was printed of it; the order of the calls is the same for every event.
static bool
is_new(dump *d, const void *entry, size_t size, bool is_there) {
    unsigned char *old = d->shadow + d->at;
    d->at += size + 1;
    if (d->at > BLOCK_MAX) {
        fprintf(stderr, "books_dump: the state is larger than the shadow\n");
        exit(1);
    }
    if (!is_there || (old[0] == 1 && memcmp(old + 1, entry, size) == 0)) {
        return false;
    }
    old[0] = 1;
    memcpy(old + 1, entry, size);
    return true;
}

static void
put_cohort(uint64_t number) {
    put(number == PLI_COHORT_NONE ? -1 : (int64_t)number);
}

static void
dump_head(dump *d) {
    const plm_core *core = d->core;
    int64_t head[] = {(int64_t)core->sequence,
                      core->time_ns,
                      (int64_t)core->accepted_count,
                      (int64_t)core->refused_count,
                      (int64_t)core->repeated_count,
                      (int64_t)core->model_index,
                      core->signer_count,
                      core->pending_count};
    if (is_new(d, head, sizeof head, true)) {
        printf("head");
        put_row(head, sizeof head / sizeof head[0]);
        printf("\n");
    }
    struct {
        pli_job jobs[PLI_JOBS_RING];
        uint32_t count, pad;
    } jobs = {.count = core->job_count};
    for (uint32_t i = 0; i < core->job_count; i += 1) {
        jobs.jobs[i] = core->jobs[(core->job_first + i) % PLI_JOBS_RING];
    }
    if (is_new(d, &jobs, sizeof jobs, true)) {
        printf("jobs");
        for (uint32_t i = 0; i < jobs.count; i += 1) {
            put(jobs.jobs[i].kind);
            put_u(jobs.jobs[i].index);
            put_u(jobs.jobs[i].cursor);
            put_u(jobs.jobs[i].bankrupt);
            put_u(jobs.jobs[i].pass);
            put_wide(jobs.jobs[i].lots);
            put_wide(jobs.jobs[i].weight_all);
            put_wide(jobs.jobs[i].weight);
            put_wide(jobs.jobs[i].granted);
            put_wide(jobs.jobs[i].left);
        }
        printf("\n");
    }
}

static void
dump_assets(dump *d) {
    const pli_ledger *ledger = &d->core->ledger;
    for (uint32_t i = 0; i < d->limits.asset_count; i += 1) {
        const pli_asset_book *a = &ledger->assets[i];
        if (!is_new(d, a, sizeof *a, i < ledger->asset_count)) {
            continue;
        }
        printf("asset %" PRIu32, i);
        for (int j = 0; j < PLI_NAMED_COUNT; j += 1) {
            put_wide(a->named[j]);
        }
        put_wide(a->lent);
        put_wide(a->borrowed);
        put_wide(a->borrow_index);
        put_wide(a->lend_index);
        put(a->interest_ns);
        put_bytes((const uint8_t *)a->name, PLM_NAME_SIZE);
        put(a->terms.underlying_index == PLM_NONE ? -1 : (int64_t)a->terms.underlying_index);
        put_u(a->terms.custody_domain);
        put_u(a->terms.decimals);
        put(a->terms.treatment);
        put(a->terms.liability_haircut_ppm);
        put_wide(a->borrow_cap);
        put(a->kink_ppm);
        put(a->rate_zero_ppm);
        put(a->rate_kink_ppm);
        put(a->rate_full_ppm);
        put(a->reserve_ppm);
        for (uint32_t j = 0; j < a->terms.tier_count; j += 1) {
            put(a->terms.tiers[j].upto_micros);
            put(a->terms.tiers[j].haircut_ppm);
        }
        printf("\n");
    }
    for (uint32_t i = 0; i < d->limits.underlying_count; i += 1) {
        const plm_underlying *u = &ledger->underlyings[i];
        if (is_new(d, u, sizeof *u, i < ledger->underlying_count)) {
            printf("underlying %" PRIu32, i);
            put(u->domain);
            put_u(u->class_id);
            put(u->price_unit);
            put(u->tick_e8);
            put(u->reference_e8);
            printf("\n");
        }
    }
}

static void
dump_markets(dump *d) {
    const pli_ledger *ledger = &d->core->ledger;
    for (uint32_t i = 0; i < d->limits.instrument_count; i += 1) {
        const pli_market_book *m = &ledger->markets[i];
        if (!is_new(d, m, sizeof *m, i < ledger->instrument_count)) {
            continue;
        }
        printf("market %" PRIu32, i);
        put(m->phase);
        put(m->settlement_e8);
        put(m->open_interest);
        put(m->settled_lots);
        const pli_i128 wide[] = {m->funding_index, m->clearing,     m->dust,      m->cost_total,
                                 m->profit_total,  m->settled_cost, m->collected, m->committed,
                                 m->assigned,      m->tranche};
        for (size_t j = 0; j < sizeof wide / sizeof wide[0]; j += 1) {
            put_wide(wide[j]);
        }
        put_u(m->cohort_oldest);
        put_u(m->cohort_next);
        put_cohort(m->cohort_open);
        for (uint64_t n = m->cohort_oldest; n < m->cohort_next; n += 1) {
            put_wide(m->cohorts[n % PLI_COHORT_RING].amount);
            put_wide(m->cohorts[n % PLI_COHORT_RING].received);
        }
        printf("\n");
    }
}

static void
put_claim(const pli_claim *claim) {
    put_cohort(claim->cohort);
    put_wide(claim->amount);
    put_wide(claim->drawn);
}

static void
put_account(const pli_ledger *ledger, uint32_t i) {
    const pli_account *a = &ledger->accounts[i];
    printf("account %" PRIu32, i);
    put(a->kind);
    put(a->parent_index == PLM_NONE ? -1 : (int64_t)a->parent_index);
    put(a->instrument_index == PLM_NONE ? -1 : (int64_t)a->instrument_index);
    put_u(a->owner);
    put_u(a->balance_count);
    put_u(a->position_count);
    put_u(a->order_count);
    put(a->pool_shares);
    put(a->pool_until_ns);
    for (uint32_t j = 0; j < a->balance_count; j += 1) {
        const pli_balance *b = &pli_ledger_balances(ledger, i)[j];
        put_u(b->asset_index);
        put_wide(b->atoms);
        put_wide(b->index);
    }
    for (uint32_t j = 0; j < a->position_count; j += 1) {
        const pli_position *p = &pli_ledger_positions(ledger, i)[j];
        put_u(p->instrument_index);
        put(p->lots);
        put_wide(p->cost);
        put_wide(p->funding);
        put_wide(p->uncollected);
        put_claim(&p->senior);
        put_claim(&p->junior);
    }
    for (uint32_t j = 0; j < a->order_count; j += 1) {
        const pli_order *o = &pli_ledger_orders(ledger, i)[j];
        put_u(o->order_id);
        put_u(o->instrument_index);
        put(o->side);
        put(o->lots);
        put(o->limit_e8);
        put(o->is_reduce_only);
    }
    printf("\n");
}

static void
dump_accounts(dump *d) {
    const pli_ledger *ledger = &d->core->ledger;
    const plm_core_limits *l = &d->limits;
    for (uint32_t i = 0; i < l->account_count; i += 1) {
        bool is_there = i < ledger->account_count;
        bool news = is_new(d, &ledger->accounts[i], sizeof(pli_account), is_there);
        news |= is_new(d, pli_ledger_balances(ledger, i), l->balance_count * sizeof(pli_balance),
                       is_there);
        news |= is_new(d, pli_ledger_positions(ledger, i), l->position_count * sizeof(pli_position),
                       is_there);
        news |=
            is_new(d, pli_ledger_orders(ledger, i), l->order_count * sizeof(pli_order), is_there);
        if (news) {
            put_account(ledger, i);
        }
        const plm_standing *of = &d->core->standings[i];
        if (is_new(d, of, sizeof *of, is_there)) {
            const int64_t row[] = {
                of->stage,           of->call_micros,        of->call_deadline_ns,
                of->slice_count,     of->slice_due_ns,       of->idle_count,
                of->round_count,     of->rounds_left,        of->auction_clock_ns,
                of->auction_seen_ns, of->auction_paid_micros};
            printf("standing %" PRIu32, i);
            put_row(row, sizeof row / sizeof row[0]);
            printf("\n");
        }
    }
}

static void
dump_signers(dump *d) {
    const plm_core *core = d->core;
    for (uint32_t i = 0; i < d->limits.signer_count; i += 1) {
        const pli_signer *s = &core->signers[i];
        const pli_client *clients = core->clients + (size_t)i * d->limits.client_id_count;
        bool is_there = i < core->signer_count;
        bool news = is_new(d, s, sizeof *s, is_there);
        news |= is_new(d, clients, d->limits.client_id_count * sizeof *clients, is_there);
        news |= is_new(d, &core->time_ns, sizeof core->time_ns, is_there && s->client_count > 0);
        if (!news) {
            continue;
        }
        printf("signer %" PRIu32, i);
        put_u(s->scopes);
        put_bytes(s->public_key, 32);
        for (uint32_t j = 0; j < s->client_count; j += 1) {
            if (clients[j].deadline_ns >= core->time_ns) {
                put_bytes(clients[j].id, 16);
                put_bytes(clients[j].hash, 16);
                put(clients[j].deadline_ns);
                put_u(clients[j].sequence);
            }
        }
        printf("\n");
    }
}

static void
put_living(const pli_underlying *u) {
    for (uint32_t term = 0; term < PLM_LIVING_COUNT; term += 1) {
        put(u->wanted[term]);
    }
    put(u->supply_units);
    put_u(u->recalibration_count);
    put(u->recalibrated_ns);
    const plm_procyclicality *cycle = &u->living.volatility;
    put_u(cycle->window_count);
    for (uint32_t i = cycle->window_count; i > 0; i -= 1) {
        put(cycle->window[(cycle->window_next + PLM_PROCYCLICALITY_WINDOW - i) %
                          PLM_PROCYCLICALITY_WINDOW]);
    }
    put_u(cycle->highest_count);
    for (uint32_t i = 0; i < cycle->highest_count; i += 1) {
        put(cycle->highest[i]);
    }
    put_latest(cycle->announced, cycle->step_count, cycle->reason);
    for (uint32_t i = 0; i < PLM_LIVING_COUNT - 1; i += 1) {
        put_latest(u->living.paths[i].announced, u->living.paths[i].step_count,
                   u->living.paths[i].reason);
    }
    printf("\n");
}

static void
dump_prices(dump *d) {
    const plm_core *core = d->core;
    for (uint32_t i = 0; i < d->limits.underlying_count; i += 1) {
        const plm_underlying_market *m = &core->prices[i];
        const pli_underlying *u = &core->underlyings[i];
        bool is_there = i < core->ledger.underlying_count;
        int64_t row[] = {m->price.state,
                         m->price.price_e8,
                         m->price.slow_e8,
                         m->price.confidence_e8,
                         m->price.publish_ns,
                         m->volatility_ppm,
                         m->depth_micros,
                         m->volume_micros,
                         m->open_interest_micros,
                         u->regime_ppm,
                         u->is_due,
                         u->built_e8,
                         u->arrays_version,
                         u->feed.source_count,
                         u->closes.count,
                         u->closes.count == 0 ? 0 : u->closes.days[0],
                         u->closes.count == 0 ? 0 : u->closes.days[u->closes.count - 1],
                         u->candidate_e8,
                         u->is_anchored,
                         u->anchor.apart_since_ns,
                         core->scans[i],
                         core->initial_from[i],
                         u->allowed_ns};
        bool news = is_new(d, row, sizeof row, is_there);
        news |= is_new(d, u->forecast_hash, 32, is_there);
        if (news) {
            printf("price %" PRIu32, i);
            put_row(row, sizeof row / sizeof row[0]);
            put_bytes(u->forecast_hash, 32);
            printf("\n");
        }
    }
    for (uint32_t i = 0; i < d->limits.underlying_count; i += 1) {
        const pli_underlying *u = &core->underlyings[i];
        bool is_there = i < core->ledger.underlying_count;
        bool news = is_new(d, u->wanted, sizeof u->wanted, is_there);
        news |= is_new(d, &u->supply_units, sizeof u->supply_units, is_there);
        news |= is_new(d, &u->recalibration_count, sizeof u->recalibration_count, is_there);
        if (news) {
            printf("living %" PRIu32, i);
            put_living(u);
        }
    }
    for (uint32_t i = 0; i < d->limits.instrument_count; i += 1) {
        const plm_mark *m = &core->marks[i];
        int64_t row[] = {m->is_present, m->mark_e8, m->half_spread_e8, core->is_marked[i],
                         core->built_marks_e8[i]};
        if (is_new(d, row, sizeof row, i < core->ledger.instrument_count)) {
            printf("mark %" PRIu32, i);
            put_row(row, sizeof row / sizeof row[0]);
            printf("\n");
        }
    }
}

static void
dump_ahead(dump *d, unsigned h) {
    uint32_t active[AHEAD_MAX] = {0};
    uint32_t count = list_ahead(d->core, h, active);
    if (is_new(d, active, sizeof active, count > 0)) {
        put_ahead(h, active, count);
    }
}

// Scenario arrays in force: the model takes them as they are.
static void
dump_arrays(dump *d) {
    static const pli_arrays none = {.is_used = false};
    for (unsigned h = 0; h < PLI_HORIZONS; h += 1) {
        const pli_arrays *in_force = pli_state_active(d->core, (plm_horizon)(h + 1));
        const pli_arrays *arrays = in_force == NULL ? &none : in_force;
        bool is_there = in_force != NULL;
        uint32_t facts[] = {arrays->header.version, arrays->header.underlying_count,
                            arrays->header.entry_count, d->core->active[h]};
        bool news = is_new(d, facts, sizeof facts, is_there);
        // The hash changes when more or less of the grid counts.
        bool is_moved =
            is_new(d, arrays->set.header.hash, sizeof arrays->set.header.hash, is_there);
        if (news || is_moved) {
            put_set(arrays, h);
        }
        dump_ahead(d, h);
        uint32_t rows = is_there ? arrays->table.instrument_count + arrays->table.asset_count : 0;
        uint32_t split = is_there ? arrays->table.instrument_count : 0;
        for (uint32_t i = 0; i < d->limits.instrument_count + d->limits.asset_count; i += 1) {
            bool is_row = i < rows;
            const void *row = is_row ? plm_risk_row(&arrays->table, i) : (const int64_t *)&none;
            size_t size = is_row ? arrays->header.entry_count * sizeof(int64_t) : 0;
            size_t place = d->at + d->limits.entry_count * sizeof(int64_t) + 2;
            uint8_t is_built = is_row && arrays->table.is_built[i];
            bool change = is_new(d, row, size, is_row);
            change = is_new(d, &is_built, 1, is_row) || change;
            d->at = place + 2;
            if (!change && !(news && is_row)) {
                continue;
            }
            printf("row %u %d %" PRIu32 " %d", h, i >= split, i >= split ? i - split : i, is_built);
            for (uint32_t j = 0; j < arrays->header.entry_count; j += 1) {
                put(((const int64_t *)row)[j]);
            }
            printf("\n");
        }
    }
}

static void
dump_records(dump *d) {
    const plm_core *core = d->core;
    for (uint32_t i = 0; i < core->record_count; i += 1) {
        const pli_record *r = &core->records[i];
        if (!is_new(d, r, sizeof *r, true)) {
            continue;
        }
        uint32_t fields = pli_place_descriptor(&d->limits, i)->field_count;
        printf("record %" PRIu32, i);
        put_u(r->version);
        put_u(r->accepted);
        put(r->expires_ns);
        put_row(r->permanent, fields);
        put_row(r->values, fields);
        printf("\n");
    }
    for (uint32_t i = 0; i < PLI_PENDING_MAX; i += 1) {
        const pli_pending *p = &core->pending[i];
        if (is_new(d, p, sizeof *p, i < core->pending_count)) {
            printf("pending %" PRIu32, i);
            put_u(p->place);
            put_u(p->version);
            put_u(p->earliest_sequence);
            put(p->expires_ns);
            printf("\n");
        }
    }
    for (uint32_t i = 0; i < d->limits.expiry_count; i += 1) {
        const pli_staged_slice *s = &core->staged[i];
        int64_t row[] = {s->underlying_index, s->kind, s->expiry_ns, s->forward_e8};
        if (is_new(d, row, sizeof row, i < core->staged_count)) {
            printf("staged %" PRIu32, i);
            put_row(row, sizeof row / sizeof row[0]);
            printf("\n");
        }
        const plm_expiry_market *e = &core->expiries[i];
        int64_t active[] = {e->underlying_index, e->slice.kind, e->expiry_ns, e->forward_e8};
        if (is_new(d, active, sizeof active, i < core->expiry_count)) {
            printf("surface %" PRIu32, i);
            for (size_t j = 0; j < sizeof active / sizeof active[0]; j += 1) {
                put(active[j]);
            }
            printf("\n");
        }
    }
    uint32_t counts[] = {core->staged_count, core->expiry_count};
    if (is_new(d, counts, sizeof counts, true)) {
        printf("slices %" PRIu32 " %" PRIu32 "\n", counts[0], counts[1]);
    }
}

static void
dump_state(dump *d) {
    d->at = 0;
    dump_head(d);
    if (is_new(d, &d->core->search, sizeof d->core->search, true)) {
        put_search(&d->core->search);
    }
    dump_assets(d);
    dump_markets(d);
    dump_accounts(d);
    dump_signers(d);
    dump_prices(d);
    dump_records(d);
    dump_arrays(d);
    const char *broken = plm_core_check(d->core);
    if (broken != NULL) {
        printf("broken %s\n", broken);
    }
}

static void
dump_descriptors(const plm_core_limits *limits) {
    for (uint32_t i = 0; i < pli_record_places(limits); i += 1) {
        const plm_descriptor *descriptor = pli_place_descriptor(limits, i);
        printf("place %" PRIu32 " %s %" PRIu32, i, descriptor->id, descriptor->version);
        for (uint32_t j = 0; j < descriptor->field_count; j += 1) {
            const plm_parameter_field *field = &descriptor->fields[j];
            printf(" %s", field->path);
            put(field->standard);
            put(field->low);
            put(field->high);
        }
        printf("\n");
    }
    for (uint32_t i = 0; plm_model_at(i) != NULL; i += 1) {
        const plm_model *model = plm_model_at(i);
        printf("model %" PRIu32 " %s %" PRIu32 "\n", i, model->name, model->version);
    }
    printf(".\n");
}

static bool
take(void *bytes, size_t count) {
    return fread(bytes, 1, count, stdin) == count;
}

static bool
apply(dump *d) {
    static uint8_t wire[PLM_EVENT_SIZE_MAX];
    static plm_event event;
    static plm_effect entries[EFFECTS];
    plm_effects effects = {EFFECTS, entries};
    plm_fault fault = {0};
    size_t used = 0;
    if (!take(wire, 4)) {
        return false;
    }
    size_t size = (size_t)wire[0] | (size_t)wire[1] << 8;
    if (size > sizeof wire || size < 4 || !take(wire + 4, size - 4)) {
        return false;
    }
    plm_status status = plm_event_decode(wire, size, &event, &used, &fault);
    plm_outcome outcome = {0};
    if (status == PLM_OK) {
        status = plm_core_apply(d->core, &event, &effects, &outcome, &fault);
    } else {
        fprintf(stderr, "books_dump: %s\n", fault.text);
    }
    printf("o %d %" PRIu64 " %d %d\n", (int)status, outcome.sequence, (int)outcome.reject,
           outcome.is_repeat);
    dump_state(d);
    printf(".\n");
    return true;
}

static bool
require(dump *d) {
    uint32_t account = 0;
    if (!take(&account, 4)) {
        return false;
    }
    plm_core_question question = {account, 0, NULL};
    plm_requirement r = {0};
    plm_status status = plm_core_require(d->core, &question, &r, NULL, NULL);
    printf("r %s", plm_status_name(status));
    if (status == PLM_OK) {
        put(r.initial_micros);
        put(r.maintenance_micros);
        put(r.equity_initial_micros);
        put(r.equity_maintenance_micros);
    }
    printf("\n");
    return true;
}

int
main(int argc, char **argv) {
    dump d = {.core = NULL};
    uint32_t limits[14]; // in the order of the struct, which has nothing else
    if (argc != 15) {
        fprintf(stderr, "usage: books_dump <14 limits>\n");
        return 2;
    }
    for (int i = 0; i < 14; i += 1) {
        limits[i] = (uint32_t)strtoul(argv[i + 1], NULL, 10);
    }
    memcpy(&d.limits, limits, sizeof limits);
    size_t size = plm_core_size(&d.limits);
    void *memory = aligned_alloc(64, (size + 63) / 64 * 64);
    d.shadow = calloc(1, BLOCK_MAX);
    if (size == 0 || memory == NULL || d.shadow == NULL ||
        plm_core_init(&d.limits, memory, size, &d.core, NULL) != PLM_OK) {
        return 3;
    }
    dump_descriptors(&d.limits);
    dump_state(&d);
    printf(".\n");
    for (int command = getchar(); command != EOF; command = getchar()) {
        bool is_done = command == 'e'   ? apply(&d)
                       : command == 'r' ? require(&d)
                                        : fflush(stdout) == 0;
        if (!is_done) {
            return 4;
        }
    }
    free(d.shadow);
    free(memory);
    return 0;
}
