/* answer_stress.c: who would be called after a move, and what nobody's collateral would cover.   SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/wide.h"
#include "os/clock.h"
#include "server/revalue.h"
#include "server/server.h"

enum { WORST = 20, HEALTHS = 5, STRESS_UNDERLYINGS = 64 };

/* What a move does, counted over all accounts. */
typedef struct toll {
    uint32_t before[HEALTHS], after[HEALTHS]; /* by plm_health */
    uint32_t unknown;
    pli_i128 equity_before, equity_after; /* above zero */
    pli_i128 maintenance_before, maintenance_after;
    pli_i128 call;      /* cash that would end every call */
    pli_i128 shortfall; /* equity below zero */
    /* of perpetuals that liquidatable accounts hold: notional by underlying, at the moved marks */
    double to_close[STRESS_UNDERLYINGS];
    uint32_t worst_count;
    struct {
        uint32_t account;
        plm_requirement before, after;
    } worst[WORST];
} toll;

static int64_t
excess(const plm_requirement *requirement) {
    return requirement->equity_maintenance_micros - requirement->maintenance_micros;
}

// The accounts that fall furthest below maintenance, the worst first.
static void
rank(toll *sum, uint32_t account, const plm_requirement *before, const plm_requirement *after) {
    uint32_t at = sum->worst_count < WORST ? sum->worst_count : WORST;
    while (at > 0 && excess(after) < excess(&sum->worst[at - 1].after)) {
        at -= 1;
    }
    if (at == WORST) {
        return;
    }
    uint32_t last = sum->worst_count < WORST ? sum->worst_count : WORST - 1;
    memmove(&sum->worst[at + 1], &sum->worst[at], (last - at) * sizeof sum->worst[0]);
    sum->worst[at].account = account;
    sum->worst[at].before = *before;
    sum->worst[at].after = *after;
    sum->worst_count += sum->worst_count < WORST ? 1 : 0;
}

static void
count(toll *sum, uint32_t account, const plm_requirement *before, const plm_requirement *after) {
    int64_t equity = after->equity_maintenance_micros;
    int64_t call = after->call_micros - equity;
    sum->before[before->health] += 1;
    sum->after[after->health] += 1;
    sum->equity_before += before->equity_maintenance_micros;
    sum->equity_after += equity > 0 ? equity : 0;
    sum->maintenance_before += before->maintenance_micros;
    sum->maintenance_after += after->maintenance_micros;
    sum->call += call > 0 ? call : 0;
    sum->shortfall += equity < 0 ? -(pli_i128)equity : 0;
    if (after->health >= PLM_HEALTH_CALLED) {
        rank(sum, account, before, after);
    }
}

// What the engine would have to close in the books of the perpetuals.
static void
add_to_close(toll *sum, const pli_shift *shift, const plm_portfolio *portfolio) {
    const plm_listing *listing = &shift->view.listing;
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        uint32_t at = portfolio->positions[i].instrument_index;
        const plm_instrument *terms = &listing->instruments[at];
        if (terms->kind == PLM_KIND_PERPETUAL && terms->underlying_index < STRESS_UNDERLYINGS) {
            double notional = (double)portfolio->positions[i].lots * (double)terms->lot_e8 / 1e8 *
                              (double)shift->marks[at].mark_e8 / 1e8;
            sum->to_close[terms->underlying_index] += fabs(notional);
        }
    }
}

static void
write_to_close(pli_server *server, const toll *sum, const pli_shift *shift) {
    pli_json_writer *writer = &server->writer;
    const plm_listing *listing = &shift->view.listing;
    pli_json_begin_array(writer, "to_close");
    for (uint32_t u = 0; u < listing->underlying_count && u < STRESS_UNDERLYINGS; u += 1) {
        const char *name = plm_core_underlying_name(server->core, u);
        pli_json_begin_object_inline(writer, NULL);
        pli_json_text(writer, "underlying", name);
        pli_json_double(writer, "perpetuals", sum->to_close[u]);
        pli_json_double(writer, "depth", (double)shift->underlyings[u].depth_micros / 1e6);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

static void
write_healths(pli_json_writer *writer, const char *key, const uint32_t *counts) {
    pli_json_begin_object_inline(writer, key);
    for (uint32_t i = PLM_HEALTH_HEALTHY; i < HEALTHS; i += 1) {
        pli_json_integer(writer, plm_health_name((plm_health)i), counts[i]);
    }
    pli_json_end(writer);
}

static void
write_toll(pli_server *server, const toll *sum, const pli_shift *shift) {
    pli_json_writer *writer = &server->writer;
    plm_asset_totals totals;
    pli_i128 insurance = 0;
    if (plm_core_asset(server->core, 0, &totals) == PLM_OK) {
        insurance = pli_i128_from_wide(totals.insurance);
    }
    pli_json_begin_object(writer, NULL);
    write_healths(writer, "before", sum->before);
    write_healths(writer, "after", sum->after);
    pli_json_integer(writer, "unknown", sum->unknown);
    pli_json_decimal(writer, "equity_before", sum->equity_before, 6);
    pli_json_decimal(writer, "equity_after", sum->equity_after, 6);
    pli_json_decimal(writer, "maintenance_before", sum->maintenance_before, 6);
    pli_json_decimal(writer, "maintenance_after", sum->maintenance_after, 6);
    pli_json_decimal(writer, "calls", sum->call, 6);
    pli_json_decimal(writer, "shortfall", sum->shortfall, 6);
    pli_i128 covered = sum->shortfall < insurance ? sum->shortfall : insurance;
    pli_json_decimal(writer, "insurance", insurance, 6);
    pli_json_decimal(writer, "covered", covered, 6);
    pli_json_decimal(writer, "uncovered", sum->shortfall - covered, 6);
    write_to_close(server, sum, shift);
    pli_json_begin_array(writer, "worst");
    for (uint32_t i = 0; i < sum->worst_count; i += 1) {
        pli_json_begin_object_inline(writer, NULL);
        pli_json_integer(writer, "account", sum->worst[i].account);
        pli_write_micros(writer, "equity_before", sum->worst[i].before.equity_maintenance_micros);
        pli_write_micros(writer, "equity", sum->worst[i].after.equity_maintenance_micros);
        pli_write_micros(writer, "maintenance", sum->worst[i].after.maintenance_micros);
        pli_json_text(writer, "health", plm_health_name(sum->worst[i].after.health));
        pli_json_end(writer);
    }
    pli_json_end(writer);
    pli_json_end(writer);
}

bool
pli_read_move(const pli_http_request *request, pli_move *move) {
    int64_t price = 0;
    int64_t volatility = 0;
    int64_t depth = PLM_PPM;
    (void)pli_parameter(request, "price", 6, &price);
    (void)pli_parameter(request, "volatility", 6, &volatility);
    (void)pli_parameter(request, "depth", 6, &depth);
    int64_t only = -1;
    bool is_single = pli_parameter(request, "underlying", 0, &only);
    *move =
        (pli_move){.price = (double)price / 1e6,
                   .volatility = (double)volatility / 1e6,
                   .depth = (double)depth / 1e6,
                   .only = is_single && only >= 0 && only < UINT32_MAX ? (uint32_t)only + 1 : 0};
    return (!is_single || move->only != 0) && price >= -900000 && price <= 2000000 &&
           volatility >= -500000 && volatility <= 3000000 && depth >= 0 && depth <= 4 * PLM_PPM;
}

/* The answer in the making. Between two of its parts events are applied; the moved market stays that of the beginning. */
struct pli_stress {
    uint64_t number; /* of the request */
    uint32_t next;   /* account */
    pli_move move;
    pli_revalue asked;
    toll sum;
};

static plm_status
look_again(pli_server *server, pli_stress *at) {
    if (at->asked.core != NULL && pli_revalue_renew(&at->asked)) {
        return PLM_OK;
    }
    pli_revalue_finish(&at->asked);
    return pli_revalue_init(&at->asked, server->core, &at->move);
}

static void
ask_account(pli_server *server, pli_stress *at, uint32_t account) {
    plm_portfolio portfolio;
    plm_requirement before;
    plm_requirement after;
    plm_core_question now = {.account = account};
    if (!pli_server_hold(server, account, &portfolio)) {
        return;
    }
    if (plm_core_require(server->core, &now, &before, NULL, NULL) != PLM_OK ||
        pli_revalue_account(&at->asked, &portfolio, &after) != PLM_OK) {
        at->sum.unknown += 1;
        return;
    }
    count(&at->sum, account, &before, &after);
    if (after.health == PLM_HEALTH_LIQUIDATABLE) {
        add_to_close(&at->sum, &at->asked.shift, &portfolio);
    }
}

bool
pli_stress_is_begun(const pli_server *server, const pli_http_request *request) {
    return server->stress != NULL && request->number != 0 &&
           server->stress->number == request->number;
}

void
pli_stress_finish(pli_server *server) {
    if (server->stress != NULL) {
        pli_revalue_finish(&server->stress->asked);
        free(server->stress);
        server->stress = NULL;
    }
}

// As many accounts as a turn has time for. Is it whole?
static plm_status
ask_more(pli_server *server, pli_stress *at, bool *is_whole) {
    int64_t end_ns = pli_clock_monotonic_ns() + PLI_PART_NS;
    uint32_t accounts = plm_core_account_count(server->core);
    plm_status status = look_again(server, at);
    while (status == PLM_OK && at->next < accounts && pli_clock_monotonic_ns() < end_ns) {
        ask_account(server, at, at->next);
        at->next += 1;
    }
    *is_whole = at->next >= accounts;
    return status;
}

unsigned
pli_answer_stress(pli_server *server, const pli_http_request *request) {
    pli_move move;
    bool is_whole = true;
    if (!pli_read_move(request, &move)) {
        return pli_server_refuse(
            server, 400, "value",
            "price -0.9..2, volatility -0.5..3, depth 0..4, underlying from 0");
    }
    if (!pli_stress_is_begun(server, request)) {
        pli_stress_finish(server);
        server->stress = calloc(1, sizeof *server->stress);
        if (server->stress == NULL) {
            return pli_server_refuse(server, 503, "state", plm_status_text(PLM_MEMORY));
        }
        server->stress->number = request->number;
        server->stress->move = move;
    }
    plm_status status = ask_more(server, server->stress, &is_whole);
    if (status == PLM_OK && !is_whole) {
        return 0;
    }
    if (status == PLM_OK) {
        write_toll(server, &server->stress->sum, &server->stress->asked.shift);
    }
    pli_stress_finish(server);
    return status == PLM_OK ? 200
                            : pli_server_refuse(server, 503, "state", plm_status_text(status));
}
