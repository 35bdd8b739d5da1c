/* cascade.c: plimsoll cascade: the liquidation fixed point of a venue, and the forecasts that follow. SPDX-License-Identifier: Apache-2.0 */
#include "study/cascade.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/wide.h"
#include "cli/deep.h"
#include "cli/forecast_event.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/venue.h"
#include "cli/verbs.h"
#include "num/rounding.h"
#include "server/revalue.h"

#define YEAR_DAYS 365.0
#define VOLATILITY_PPM_MAX 100000000.0
#define ROUNDS_MAX 200u

static const pli_option options[] = {
    {"multiple", "PERCENT",
     "shock in percent of a day's volatility in force, 1..2000 (default 350)"},
    {"volatility", "PERCENT",
     "annual volatility of every market, 1..1000; standard what its closes say, else what is in "
     "force"},
    {"days", "N", "days that the shock stands for, 1..30 (default 1)"},
    {"band", "BPS", "move that the recorded depth stands for, 1..2000 basis points (default 100)"},
    {"extra", "PERCENT", "most that forced trades may add to a shock, 0..90 (default 30)"},
    {"events", NULL, "only the FORECAST events, one a line, as `plimsoll apply` takes them"},
    {NULL, NULL, NULL},
};

/* Where the volatility of a shock comes from: never from a forecast that has a cascade in it already, if it can be helped. */
typedef enum base { BASE_GIVEN, BASE_CLOSES, BASE_IN_FORCE } base;

/* One shock of every market in one direction, and where it ends. */
typedef struct fall {
    double *shocks;
    pli_cascade_end end;
    uint32_t account_count;            /* forced at the end */
    double shortfall_first, shortfall; /* equity below zero, all accounts */
} fall;

/* hunt - what both directions share. */
typedef struct hunt {
    const plm_core *core;
    pli_pool pool;
    uint32_t market_count, instrument_count;
    double multiple, days, band, extra_max;
    int64_t given_ppm; /* 0: not given */
    int64_t *base_ppm; /* annual volatility of the shock */
    base *bases;
    double *depths;
    double *rates; /* of each instrument: notional of one lot, delta counted, at the moves asked */
    plm_position *positions;
    plm_order *orders;
    plm_balance *balances;
    fall falls[2]; /* down, up */
    fall *now;
} hunt;

// Of one lot, in the valuation currency; options settled in the coin are quoted in it.
static double
value_of(const pli_shift *at, uint32_t instrument) {
    const plm_instrument *terms = &at->view.listing.instruments[instrument];
    double value = (double)terms->lot_e8 / 1e8 * (double)at->marks[instrument].mark_e8 / 1e8;
    double price = (double)at->underlyings[terms->underlying_index].price.price_e8 / 1e8;
    return terms->settlement == PLM_SETTLEMENT_INVERSE ? value * price : value;
}

// The notional that closing one lot trades: what the price of its underlying would do to it, per unit of that price.
static plm_status
find_rates(hunt *of, const double *moves) {
    static const double NUDGE = 1e-3;
    pli_shift at = {.marks = NULL};
    pli_shift beside = {.marks = NULL};
    double *nudged = PLI_MUST_TAKE(&of->pool, of->market_count + 1, double);
    for (uint32_t u = 0; u < of->market_count; u += 1) {
        nudged[u] = (1 + moves[u]) * (1 + NUDGE) - 1;
    }
    plm_status status = pli_shift_init(&at, of->core);
    status = status == PLM_OK ? pli_shift_init(&beside, of->core) : status;
    pli_move move = {.depth = 1, .prices = moves};
    status = status == PLM_OK ? pli_shift_set(&at, &move) : status;
    move.prices = nudged;
    status = status == PLM_OK ? pli_shift_set(&beside, &move) : status;
    for (uint32_t i = 0; status == PLM_OK && i < of->instrument_count; i += 1) {
        const plm_instrument *terms = &at.view.listing.instruments[i];
        bool is_inverse =
            terms->settlement == PLM_SETTLEMENT_INVERSE && terms->kind != PLM_KIND_OPTION;
        of->rates[i] = is_inverse ? (double)terms->lot_e8 / 1e8
                                  : (value_of(&beside, i) - value_of(&at, i)) / NUDGE;
    }
    pli_shift_finish(&at);
    pli_shift_finish(&beside);
    return status;
}

static void
force(const hunt *of, const plm_listing *listing, const plm_portfolio *portfolio, double *flows) {
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        uint32_t instrument = portfolio->positions[i].instrument_index;
        flows[listing->instruments[instrument].underlying_index] +=
            (double)portfolio->positions[i].lots * of->rates[instrument];
    }
}

// All that is closed of accounts below maintenance at these moves.
static plm_status
find_flow(void *context, const double *moves, double *flows) {
    hunt *of = context;
    pli_move move = {.depth = 1, .prices = moves};
    pli_revalue asked = {.core = of->core};
    plm_status status = find_rates(of, moves);
    status = status == PLM_OK ? pli_revalue_init(&asked, of->core, &move) : status;
    memset(flows, 0, of->market_count * sizeof *flows);
    of->now->account_count = 0;
    of->now->shortfall = 0;
    uint32_t accounts = plm_core_account_count(of->core);
    for (uint32_t i = 0; status == PLM_OK && i < accounts; i += 1) {
        plm_portfolio portfolio;
        plm_requirement requirement;
        status =
            plm_core_portfolio(of->core, i, of->positions, of->orders, of->balances, &portfolio);
        // The orders of an account below maintenance are cancelled first.
        portfolio.order_count = 0;
        if (status != PLM_OK || portfolio.position_count == 0) {
            continue;
        }
        status = pli_revalue_account(&asked, &portfolio, &requirement);
        if (status == PLM_OK && requirement.health == PLM_HEALTH_LIQUIDATABLE) {
            double equity = (double)requirement.equity_maintenance_micros / 1e6;
            of->now->account_count += 1;
            of->now->shortfall -= equity < 0 ? equity : 0;
            force(of, &asked.shift.view.listing, &portfolio, flows);
        }
    }
    pli_revalue_finish(&asked);
    if (of->now->end.rounds == 0) {
        of->now->shortfall_first = of->now->shortfall;
    }
    return status;
}

static const plm_forecast_spec *
spec_of_closes(void) {
    size_t count = 0;
    const plm_forecast_spec *specs = pli_deep_specs(&count);
    const plm_forecast_spec *found = NULL;
    for (size_t i = 0; i < count; i += 1) {
        bool is_it = strcmp(plm_forecast_name(specs[i].kind), "garch") == 0 &&
                     specs[i].horizon_days == 1 && specs[i].window_days == 0;
        found = is_it ? &specs[i] : found;
    }
    return found;
}

static void
find_base(hunt *of, uint32_t market) {
    plm_core_shocks shocks = {.cap_micros = 0};
    plm_close_run closes = plm_core_closes(of->core, market);
    size_t size = plm_forecast_closes_size(closes.count);
    plm_named_forecast made;
    const plm_forecast_spec *spec = spec_of_closes();
    if (of->given_ppm > 0) {
        of->base_ppm[market] = of->given_ppm;
        of->bases[market] = BASE_GIVEN;
    } else if (spec != NULL &&
               plm_forecast_closes(spec, &closes, pli_must_block(&of->pool, size + 1), size,
                                   &made) == PLM_OK) {
        of->base_ppm[market] = made.volatility_ppm;
        of->bases[market] = BASE_CLOSES;
    } else {
        bool is_known = plm_core_underlying(of->core, market, &shocks) == PLM_OK;
        of->base_ppm[market] = is_known ? shocks.sizes[PLM_LIVING_VOLATILITY].in_force : 0;
        of->bases[market] = BASE_IN_FORCE;
    }
}

static plm_status
solve(hunt *of, fall *way, double sign) {
    plm_core_view view;
    plm_status status = plm_core_look(of->core, &view);
    if (status != PLM_OK) {
        return status;
    }
    way->shocks = PLI_MUST_TAKE(&of->pool, of->market_count + 1, double);
    way->end.moves = PLI_MUST_TAKE(&of->pool, of->market_count + 1, double);
    way->end.flows = PLI_MUST_TAKE(&of->pool, of->market_count + 1, double);
    way->end.flows_first = PLI_MUST_TAKE(&of->pool, of->market_count + 1, double);
    for (uint32_t u = 0; u < of->market_count; u += 1) {
        double size = of->multiple * (double)of->base_ppm[u] / 1e6 * sqrt(of->days / YEAR_DAYS);
        way->shocks[u] = sign < 0 && size > 0.95 ? -0.95 : sign * size;
        of->depths[u] = (double)view.market.underlyings[u].depth_micros / 1e6;
    }
    of->now = way;
    const pli_cascade_question question = {.market_count = of->market_count,
                                           .shocks = way->shocks,
                                           .depths = of->depths,
                                           .band = of->band,
                                           .extra_max = of->extra_max,
                                           .rounds_max = ROUNDS_MAX,
                                           .flow = find_flow,
                                           .context = of};
    return pli_cascade_solve(&question, &way->end);
}

// --- The answer ------------------------------------------------------------------------------------------------------

// The volatility at which the same multiple covers shock and cascade, up.
static int64_t
wanted_ppm(const hunt *of, uint32_t market) {
    double ratio = 1;
    for (uint32_t d = 0; d < 2; d += 1) {
        double shock = fabs(of->falls[d].shocks[market]);
        double all = fabs(of->falls[d].end.moves[market]);
        ratio = shock > 0 && all / shock > ratio ? all / shock : ratio;
    }
    double ppm = (double)of->base_ppm[market] * ratio;
    int64_t result = of->base_ppm[market];
    plm_status status =
        pli_i64_from_double_ceil(ppm < VOLATILITY_PPM_MAX ? ppm : VOLATILITY_PPM_MAX, &result);
    return status == PLM_OK ? result : of->base_ppm[market];
}

static pli_exit
print_events(hunt *of) {
    for (uint32_t u = 0; u < of->market_count; u += 1) {
        if (of->bases[u] != BASE_IN_FORCE && wanted_ppm(of, u) > of->base_ppm[u]) {
            const plm_named_forecast forecast = {.volatility_ppm = wanted_ppm(of, u)};
            (void)printf("%s\n", pli_forecast_event(&of->pool, of->core, u, &forecast));
        }
    }
    return PLI_EXIT_OK;
}

static pli_cell
share(double value) {
    return pli_cell_double(value * 100, 2);
}

static void
add_market(pli_rows *rows, const hunt *of, const fall *way, uint32_t market) {
    const char *name = plm_core_underlying_name(of->core, market);
    const pli_cell cells[] = {
        pli_cell_text(name != NULL ? name : ""),
        pli_cell_text(way == &of->falls[0] ? "down" : "up"),
        share(way->shocks[market]),
        pli_cell_double(fabs(way->end.flows_first[market]), 0),
        pli_cell_double(fabs(way->end.flows[market]), 0),
        of->depths[market] > 0 ? pli_cell_double(of->depths[market], 0) : pli_cell_text("unknown"),
        share(way->end.moves[market]),
    };
    pli_rows_add(rows, cells);
}

static pli_rows
market_rows(hunt *of) {
    const pli_column columns[] = {
        pli_column_text("market", "market"),
        pli_column_text("direction", "direction"),
        pli_column_number("shock", "shock", "%", 2),
        pli_column_number("forced_first", "closed at the shock", "", 0),
        pli_column_number("forced", "closed in the end", "", 0),
        pli_column_number("depth", "depth", "", 0),
        pli_column_number("move", "move in the end", "%", 2),
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    pli_rows rows = pli_rows_make(&of->pool, "markets", columns, COLUMNS, 2 * of->market_count + 1);
    for (uint32_t u = 0; u < of->market_count; u += 1) {
        add_market(&rows, of, &of->falls[0], u);
        add_market(&rows, of, &of->falls[1], u);
    }
    return rows;
}

static pli_rows
way_rows(hunt *of) {
    const pli_column columns[] = {
        pli_column_text("all", "all markets"),
        pli_column_count("accounts", "accounts closed"),
        pli_column_number("shortfall_first", "shortfall at the shock", "", 2),
        pli_column_number("shortfall", "shortfall in the end", "", 2),
        pli_column_count("rounds", "rounds"),
        pli_column_text("settled", "settled"),
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    pli_rows rows = pli_rows_make(&of->pool, "directions", columns, COLUMNS, 2);
    for (uint32_t d = 0; d < 2; d += 1) {
        const fall *way = &of->falls[d];
        const pli_cell cells[COLUMNS] = {
            pli_cell_text(d == 0 ? "down" : "up"),
            pli_cell_number(way->account_count, 0),
            pli_cell_double(way->shortfall_first, 2),
            pli_cell_double(way->shortfall, 2),
            pli_cell_number(way->end.rounds, 0),
            pli_cell_text(way->end.is_settled ? "yes" : "no"),
        };
        pli_rows_add(&rows, cells);
    }
    return rows;
}

static pli_rows
forecast_rows(hunt *of) {
    static const char *const names[] = {"--volatility", "closes", "in force"};
    const pli_column columns[] = {
        pli_column_text("market", "market"),
        pli_column_number("volatility", "volatility", "% a year", 4),
        pli_column_text("base", "taken from"),
        pli_column_number("wanted", "with the cascade", "% a year", 4),
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    pli_rows rows = pli_rows_make(&of->pool, "forecasts", columns, COLUMNS, of->market_count + 1);
    for (uint32_t u = 0; u < of->market_count; u += 1) {
        const char *name = plm_core_underlying_name(of->core, u);
        const pli_cell cells[COLUMNS] = {
            pli_cell_text(name != NULL ? name : ""),
            pli_cell_number(of->base_ppm[u], 4),
            pli_cell_text(names[of->bases[u]]),
            pli_cell_number(wanted_ppm(of, u), 4),
        };
        pli_rows_add(&rows, cells);
    }
    return rows;
}

static pli_exit
show(const pli_invocation *invocation, hunt *of, pli_page *page) {
    if (pli_argument_is_given(invocation, "events")) {
        return print_events(of);
    }
    pli_table tables[3] = {market_rows(of).table, way_rows(of).table, forecast_rows(of).table};
    const pli_tables answer = {.schema = "plimsoll-cascade/1", .table_count = 3, .tables = tables};
    return pli_show(invocation, &answer, page);
}

static pli_exit
read_options(const pli_invocation *invocation, hunt *of) {
    uint64_t multiple = 350;
    uint64_t days = 1;
    uint64_t band = 100;
    uint64_t extra = 30;
    uint64_t volatility = 0;
    pli_exit end = pli_venue_count(invocation, "multiple", 1, 2000, &multiple);
    end = end == PLI_EXIT_OK ? pli_venue_count(invocation, "days", 1, 30, &days) : end;
    end = end == PLI_EXIT_OK ? pli_venue_count(invocation, "band", 1, 2000, &band) : end;
    end = end == PLI_EXIT_OK ? pli_venue_count(invocation, "extra", 0, 90, &extra) : end;
    end =
        end == PLI_EXIT_OK ? pli_venue_count(invocation, "volatility", 1, 1000, &volatility) : end;
    of->multiple = (double)multiple / 100;
    of->given_ppm = (int64_t)volatility * 10000;
    of->days = (double)days;
    of->band = (double)band / 1e4;
    of->extra_max = (double)extra / 100;
    return end;
}

static void
take_tables(hunt *of) {
    const plm_core_limits *limits = plm_core_limits_of(of->core);
    plm_core_view view;
    if (plm_core_look(of->core, &view) == PLM_OK) {
        of->market_count = view.listing.underlying_count;
        of->instrument_count = view.listing.instrument_count;
    }
    of->base_ppm = PLI_MUST_TAKE(&of->pool, of->market_count + 1, int64_t);
    of->bases = PLI_MUST_TAKE(&of->pool, of->market_count + 1, base);
    of->depths = PLI_MUST_TAKE(&of->pool, of->market_count + 1, double);
    of->rates = PLI_MUST_TAKE(&of->pool, of->instrument_count + 1, double);
    for (uint32_t u = 0; u < of->market_count; u += 1) {
        find_base(of, u);
    }
    of->positions = PLI_MUST_TAKE(&of->pool, limits->position_count + 1, plm_position);
    of->orders = PLI_MUST_TAKE(&of->pool, limits->order_count + 1, plm_order);
    of->balances = PLI_MUST_TAKE(&of->pool, limits->balance_count + 1, plm_balance);
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    hunt of = {.pool = {.chunks = NULL}};
    plm_engine *engine = NULL;
    pli_exit end = read_options(invocation, &of);
    end = end == PLI_EXIT_OK ? pli_venue_open_read(invocation, &engine) : end;
    if (end != PLI_EXIT_OK) {
        return end;
    }
    of.core = plm_engine_core(engine);
    take_tables(&of);
    plm_fault fault = {.status = solve(&of, &of.falls[0], -1)};
    if (fault.status == PLM_OK) {
        fault.status = solve(&of, &of.falls[1], 1);
    }
    end = fault.status == PLM_OK ? show(invocation, &of, page)
                                 : pli_fail_status(invocation->operands[0], &fault);
    pli_pool_finish(&of.pool);
    return pli_venue_close(engine, end);
}

const pli_verb pli_verb_cascade = {
    .name = "cascade",
    .summary = "how far a shock goes once the accounts it breaks are closed into the same depth",
    .operands = "DIR",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail = "All prices move together, down and then up, by a multiple of their volatility in "
              "force. What is "
              "below maintenance\nthere is closed, whole; that moves prices by the band for each "
              "depth of it, and so "
              "on until nothing new breaks.\nThe volatility at which the same multiple covers all "
              "of it goes back as "
              "FORECAST events, which only raise\nrequirements, at the governed speed. "
              "docs/method/cascade.md.",
    .example = "plimsoll cascade build/venue",
    .run = run,
};
