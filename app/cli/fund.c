/* fund.c: plimsoll fund: how large the insurance fund must be so that the largest defaults do not exhaust it. SPDX-License-Identifier: Apache-2.0 */
#include "liquidation/fund.h"

#include <math.h>

#include "base/text.h"
#include "base/wide.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/venue.h"
#include "cli/verbs.h"
#include "server/revalue.h"

#define YEAR_DAYS 365.0
#define FALL_MAX 0.95

static const pli_option options[] = {
    {"multiple", "PERCENT", "move in percent of a day's volatility, 1..3000 (default 700)"},
    {"cover", "N", "owners whose default is covered at once, 1..4 (default 2)"},
    {"check", NULL, "exit 1 when the insurance funds hold less"},
    {NULL, NULL, NULL},
};

/* What an owner holds against its accounts, and has lost by a move. */
typedef struct member {
    int64_t held_micros;
    int64_t profit_micros;
} member;

/* study - the moves asked: all markets down and up, by the multiple and by half of it, then each market alone. */
typedef struct study {
    const plm_core *core;
    pli_pool pool;
    uint32_t market_count, member_count, scenario_count;
    double multiple;
    uint64_t cover;
    double *moves;
    int64_t *equities; /* of each account, at the market as it is */
    member *members;
    pli_fund_tally *tallies;
    plm_position *positions;
    plm_order *orders;
    plm_balance *balances;
} study;

enum { JOINT = 4 };

// The move of one market in one scenario.
static double
move_of(const study *of, uint32_t scenario, uint32_t market, int64_t volatility_ppm) {
    static const double joint[JOINT] = {-1, 1, -0.5, 0.5};
    double size = of->multiple * (double)volatility_ppm / 1e6 / sqrt(YEAR_DAYS);
    double part = scenario < JOINT                   ? joint[scenario]
                  : (scenario - JOINT) / 2 != market ? 0
                  : (scenario - JOINT) % 2 == 0      ? -1
                                                     : 1;
    return part * size < -FALL_MAX ? -FALL_MAX : part * size;
}

static const char *
scenario_name(study *of, uint32_t scenario) {
    static const char *const joint[JOINT] = {"all down", "all up", "all down by half",
                                             "all up by half"};
    enum { NAME_MAX_SIZE = 64 };
    if (scenario < JOINT) {
        return joint[scenario];
    }
    char *data = pli_must_block(&of->pool, NAME_MAX_SIZE);
    pli_text text = pli_text_init(data, NAME_MAX_SIZE);
    const char *name = plm_core_underlying_name(of->core, (scenario - JOINT) / 2);
    pli_text_append(&text, name != NULL ? name : "");
    pli_text_append(&text, (scenario - JOINT) % 2 == 0 ? " down" : " up");
    return data;
}

// Equity of every account at a market; `of_account` is told each.
static plm_status
value(study *of, const double *moves,
      plm_status (*of_account)(study *, uint32_t, const plm_requirement *)) {
    pli_move move = {.depth = 1, .prices = moves};
    pli_revalue asked = {.core = of->core};
    plm_status status = pli_revalue_init(&asked, of->core, &move);
    uint32_t accounts = plm_core_account_count(of->core);
    for (uint32_t i = 0; status == PLM_OK && i < accounts; i += 1) {
        plm_portfolio portfolio;
        plm_requirement requirement;
        status =
            plm_core_portfolio(of->core, i, of->positions, of->orders, of->balances, &portfolio);
        // Orders are cancelled before anybody defaults.
        portfolio.order_count = 0;
        status = status == PLM_OK ? pli_revalue_account(&asked, &portfolio, &requirement) : status;
        status = status == PLM_OK ? of_account(of, i, &requirement) : status;
    }
    pli_revalue_finish(&asked);
    return status;
}

// Accounts of an owner default together; one without an owner stands alone.
static uint32_t
member_of(const study *of, uint32_t account) {
    plm_account_info info;
    bool is_owned = plm_core_account(of->core, account, &info) == PLM_OK && info.owner != 0;
    return is_owned ? info.owner : plm_core_limits_of(of->core)->signer_count + account;
}

// What is put up: the requirement that must be held, or all there is where that is less; what is above may be withdrawn.
static plm_status
hold(study *of, uint32_t account, const plm_requirement *requirement) {
    int64_t equity = requirement->equity_maintenance_micros;
    int64_t held = requirement->initial_micros < equity ? requirement->initial_micros : equity;
    member *to = &of->members[member_of(of, account)];
    of->equities[account] = equity;
    return __builtin_add_overflow(to->held_micros, held > 0 ? held : 0, &to->held_micros)
               ? PLM_OVERFLOW
               : PLM_OK;
}

static plm_status
lose(study *of, uint32_t account, const plm_requirement *requirement) {
    int64_t profit = 0;
    member *to = &of->members[member_of(of, account)];
    return __builtin_sub_overflow(requirement->equity_maintenance_micros, of->equities[account],
                                  &profit) ||
                   __builtin_add_overflow(to->profit_micros, profit, &to->profit_micros)
               ? PLM_OVERFLOW
               : PLM_OK;
}

static plm_status
run_scenario(study *of, const plm_core_view *view, uint32_t scenario) {
    for (uint32_t u = 0; u < of->market_count; u += 1) {
        of->moves[u] = move_of(of, scenario, u, view->market.underlyings[u].volatility_ppm);
    }
    for (uint32_t m = 0; m < of->member_count; m += 1) {
        of->members[m].profit_micros = 0;
    }
    plm_status status = value(of, of->moves, lose);
    for (uint32_t m = 0; status == PLM_OK && m < of->member_count; m += 1) {
        status = pli_fund_add(&of->tallies[scenario], 1, m, &of->members[m].profit_micros,
                              of->members[m].held_micros);
    }
    return status;
}

static plm_status
run_scenarios(study *of) {
    plm_core_view view;
    plm_status status = plm_core_look(of->core, &view);
    if (status != PLM_OK) {
        return status;
    }
    status = value(of, of->moves, hold);
    pli_fund_init(of->tallies, of->scenario_count);
    for (uint32_t s = 0; status == PLM_OK && s < of->scenario_count; s += 1) {
        status = run_scenario(of, &view, s);
    }
    return status;
}

// --- The answer ------------------------------------------------------------------------------------------------------

// The insurance funds in the valuation currency; what they hold in coins falls with the coins and does not count.
static pli_i128
funds_micros(const study *of, const plm_listing *listing) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < listing->asset_count; i += 1) {
        plm_asset_totals totals;
        if (listing->assets[i].underlying_index != PLM_NONE ||
            plm_core_asset(of->core, i, &totals) != PLM_OK) {
            continue;
        }
        pli_i128 part = pli_i128_from_wide(totals.insurance) + pli_i128_from_wide(totals.tranches);
        for (uint32_t d = listing->assets[i].decimals; d < 6; d += 1) {
            part *= 10;
        }
        for (uint32_t d = 6; d < listing->assets[i].decimals; d += 1) {
            part /= 10;
        }
        sum += part;
    }
    return sum;
}

static pli_cell
member_cell(study *of, uint32_t number) {
    enum { NAME_MAX_SIZE = 32 };
    uint32_t owners = plm_core_limits_of(of->core)->signer_count;
    if (number == PLM_NONE) {
        return pli_cell_none();
    }
    char *data = pli_must_block(&of->pool, NAME_MAX_SIZE);
    pli_text text = pli_text_init(data, NAME_MAX_SIZE);
    pli_text_append(&text, number < owners ? "owner " : "account ");
    pli_text_append_u64(&text, number < owners ? number : number - owners);
    return pli_cell_text(data);
}

static plm_status
scenario_rows(study *of, pli_rows *rows) {
    const pli_column columns[] = {
        pli_column_text("scenario", "scenario"),
        pli_column_money("need", "beyond margin", "", PLI_DECIMAL_CEIL),
        pli_column_text("first", "most by"),
        pli_column_money("first_loss", "loses", "", PLI_DECIMAL_CEIL),
        pli_column_text("second", "then by"),
        pli_column_money("second_loss", "loses", "", PLI_DECIMAL_CEIL),
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    *rows = pli_rows_make(&of->pool, "scenarios", columns, COLUMNS, of->scenario_count);
    for (uint32_t s = 0; s < of->scenario_count; s += 1) {
        pli_fund_size size;
        const pli_fund_tally *tally = &of->tallies[s];
        plm_status status = pli_fund_need(tally, 1, (uint32_t)of->cover, &size);
        if (status != PLM_OK) {
            return status;
        }
        const pli_cell cells[COLUMNS] = {
            pli_cell_text(scenario_name(of, s)), pli_cell_number(size.micros, 6),
            member_cell(of, tally->members[0]),  pli_cell_micros(tally->losses[0]),
            member_cell(of, tally->members[1]),  pli_cell_micros(tally->losses[1]),
        };
        pli_rows_add(rows, cells);
    }
    return PLM_OK;
}

static pli_rows
fund_rows(study *of, const pli_fund_size *size, pli_i128 funds) {
    const pli_column columns[] = {
        pli_column_count("cover", "owners covered"),
        pli_column_text("scenario", "worst scenario"),
        pli_column_money("need", "fund needed", "", PLI_DECIMAL_CEIL),
        pli_column_money("funds", "insurance funds hold", "", PLI_DECIMAL_FLOOR),
        pli_column_text("covered", "covered"),
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    bool is_covered = funds >= size->micros;
    const pli_cell cells[COLUMNS] = {
        pli_cell_number((pli_i128)of->cover, 0),
        size->scenario_index == PLM_NONE ? pli_cell_none()
                                         : pli_cell_text(scenario_name(of, size->scenario_index)),
        pli_cell_number(size->micros, 6),
        pli_cell_number(funds, 6),
        pli_cell_toned(pli_cell_text(is_covered ? "yes" : "no"),
                       is_covered ? PLI_TONE_GOOD : PLI_TONE_BAD),
    };
    pli_rows rows = pli_rows_make(&of->pool, "fund", columns, COLUMNS, 1);
    rows.table.is_record = true;
    pli_rows_add(&rows, cells);
    return rows;
}

static pli_exit
show(const pli_invocation *invocation, study *of, pli_page *page) {
    plm_core_view view;
    pli_fund_size size;
    pli_rows rows;
    plm_fault fault = {.status = plm_core_look(of->core, &view)};
    if (fault.status == PLM_OK) {
        fault.status = pli_fund_need(of->tallies, of->scenario_count, (uint32_t)of->cover, &size);
    }
    if (fault.status == PLM_OK) {
        fault.status = scenario_rows(of, &rows);
    }
    if (fault.status != PLM_OK) {
        return pli_fail_status(invocation->operands[0], &fault);
    }
    pli_i128 funds = funds_micros(of, &view.listing);
    pli_table tables[2] = {rows.table, fund_rows(of, &size, funds).table};
    const pli_tables answer = {.schema = "plimsoll-fund/1", .table_count = 2, .tables = tables};
    pli_exit end = pli_show(invocation, &answer, page);
    bool is_finding = funds < size.micros && pli_argument_is_given(invocation, "check");
    return end == PLI_EXIT_OK && is_finding ? PLI_EXIT_FINDING : end;
}

static void
take_tables(study *of) {
    const plm_core_limits *limits = plm_core_limits_of(of->core);
    plm_core_view view;
    of->market_count = plm_core_look(of->core, &view) == PLM_OK ? view.listing.underlying_count : 0;
    of->scenario_count = JOINT + 2 * of->market_count;
    of->member_count = limits->signer_count + plm_core_account_count(of->core);
    of->moves = PLI_MUST_TAKE(&of->pool, of->market_count + 1, double);
    for (uint32_t u = 0; u < of->market_count; u += 1) {
        of->moves[u] = 0;
    }
    of->equities = PLI_MUST_TAKE(&of->pool, plm_core_account_count(of->core) + 1, int64_t);
    of->members = PLI_MUST_TAKE(&of->pool, of->member_count + 1, member);
    for (uint32_t m = 0; m < of->member_count; m += 1) {
        of->members[m] = (member){0, 0};
    }
    of->tallies = PLI_MUST_TAKE(&of->pool, of->scenario_count, pli_fund_tally);
    of->positions = PLI_MUST_TAKE(&of->pool, limits->position_count + 1, plm_position);
    of->orders = PLI_MUST_TAKE(&of->pool, limits->order_count + 1, plm_order);
    of->balances = PLI_MUST_TAKE(&of->pool, limits->balance_count + 1, plm_balance);
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    study of = {.pool = {.chunks = NULL}, .cover = 2};
    uint64_t multiple = 700;
    plm_engine *engine = NULL;
    pli_exit end = pli_venue_count(invocation, "multiple", 1, 3000, &multiple);
    end = end == PLI_EXIT_OK
              ? pli_venue_count(invocation, "cover", 1, PLI_FUND_COVER_MAX, &of.cover)
              : end;
    end = end == PLI_EXIT_OK ? pli_venue_open_read(invocation, &engine) : end;
    if (end != PLI_EXIT_OK) {
        return end;
    }
    of.multiple = (double)multiple / 100;
    of.core = plm_engine_core(engine);
    take_tables(&of);
    plm_fault fault = {.status = run_scenarios(&of)};
    end = fault.status == PLM_OK ? show(invocation, &of, page)
                                 : pli_fail_status(invocation->operands[0], &fault);
    pli_pool_finish(&of.pool);
    return pli_venue_close(engine, end);
}

const pli_verb pli_verb_fund = {
    .name = "fund",
    .summary = "how large the insurance fund must be for the largest defaults in extreme moves",
    .operands = "DIR",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail = "All markets move down and up by a multiple of a day's volatility and by half of it, "
              "then each alone. Of "
              "each\nowner counts what it loses beyond its initial requirement, for the rest may "
              "be withdrawn before; the "
              "fund needed is\nthe sum of the largest of these in the worst scenario. "
              "docs/method/losses.md.",
    .example = "plimsoll fund build/venue",
    .run = run,
};
