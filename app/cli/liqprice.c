/* liqprice.c: plimsoll liqprice: at which prices an account, or one position at a venue, is liquidated.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/muldiv.h"
#include "cli/case.h"
#include "cli/liqprice_venue.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/verbs.h"
#include "cli/words.h"

static const pli_option options[] = {
    PLI_CASE_OPTION_MODEL,
    PLI_CASE_OPTION_CONFIG,
    {"venue", "NAME", "one position by a venue's own formula; takes no files"},
    {"side", "long|short", "with --venue: the side of the position"},
    {"size", "COINS", "with --venue: its size"},
    {"entry", "PRICE", "with --venue: its entry price"},
    {"leverage", "NUMBER", "with --venue: the margin is size * entry / leverage"},
    {"balance", "AMOUNT", "with --venue: the margin itself, or a cross account's wallet balance"},
    {"rate", "FRACTION", "with --venue: maintenance rate (default: the venue's tiers for BTC)"},
    {"amount", "AMOUNT", "with --venue and --rate: maintenance amount, or deduction (default 0)"},
    {"taker", "FRACTION", "with --venue okx or gate: taker fee (default 0)"},
    {"others-profit", "AMOUNT", "with --venue: profit of a cross account's other positions"},
    {"others-maintenance", "AMOUNT", "with --venue: their maintenance"},
    {NULL, NULL, NULL},
};

/* Options that one of the two questions does not read. */
static const char *const of_files[] = {"model", "config"};
static const char *const of_venue[] = {
    "side", "size",   "entry", "leverage",      "balance",
    "rate", "amount", "taker", "others-profit", "others-maintenance"};

enum { COLUMN_COUNT = 9, PERCENT_DECIMALS = 6 };

/* How far a price lies from the present one, in percent. */
static pli_cell
distance_cell(plm_trigger trigger, int64_t price_e8) {
    pli_i128 percent = 0;
    pli_i128 scale = 100;
    for (int i = 0; i < PERCENT_DECIMALS; i += 1) {
        scale *= 10;
    }
    if (!trigger.is_found || price_e8 <= 0 ||
        !pli_muldiv_nearest_even((pli_i128)trigger.price_e8 - price_e8, scale, price_e8,
                                 &percent)) {
        return pli_cell_none();
    }
    return pli_cell_number(percent, PERCENT_DECIMALS);
}

static pli_cell
price_cell(plm_trigger trigger) {
    return trigger.is_found ? pli_cell_toned(pli_cell_number(trigger.price_e8, 8), PLI_TONE_BAD)
                            : pli_cell_none();
}

static void
add_row(pli_case *opened, uint32_t group, const plm_triggers *of, pli_rows *rows) {
    int64_t price_e8 = opened->book.market.underlyings[of->underlying_index].price.price_e8;
    const pli_cell cells[COLUMN_COUNT] = {
        pli_cell_text(opened->account.groups[group].name),
        pli_cell_text(pli_book_underlying_name(&opened->book, of->underlying_index)),
        pli_cell_number(price_e8, 8),
        price_cell(of->liquidation_below),
        distance_cell(of->liquidation_below, price_e8),
        price_cell(of->liquidation_above),
        distance_cell(of->liquidation_above, price_e8),
        pli_cell_toned(pli_cell_number(of->low_e8, 8), PLI_TONE_QUIET),
        pli_cell_toned(pli_cell_number(of->high_e8, 8), PLI_TONE_QUIET),
    };
    pli_rows_add(rows, cells);
}

/* Every underlying that the group touches, or none where it is empty. */
static pli_exit
add_group(pli_case *opened, uint32_t group, pli_rows *rows) {
    const uint8_t *used = pli_words_used(opened, &opened->account.groups[group].portfolio);
    const plm_explain_input input = pli_case_input(opened, group);
    size_t size = plm_explain_size(&input);
    plm_workspace workspace = {.memory = pli_must_block(&opened->pool, size), .size = size};
    for (uint32_t i = 0; i < opened->book.listing.underlying_count; i += 1) {
        plm_triggers triggers = {.underlying_index = i};
        plm_fault fault = {.status = PLM_OK};
        if (used[i] == 0) {
            continue;
        }
        if (plm_explain_triggers(&input, i, &workspace, &triggers, &fault) != PLM_OK) {
            return pli_fail_case(opened, opened->portfolio_path, &fault);
        }
        add_row(opened, group, &triggers, rows);
    }
    return PLI_EXIT_OK;
}

static pli_exit
answer(const pli_invocation *invocation, pli_case *opened, pli_page *page) {
    const pli_column columns[COLUMN_COUNT] = {
        pli_column_text("group", "group"),
        pli_column_text("underlying", "underlying"),
        pli_column_number("price", "price", "", 2),
        pli_column_number("liquidation_below", "liquidated below", "", 2),
        pli_column_number("below_percent", "distance", "%", 2),
        pli_column_number("liquidation_above", "liquidated above", "", 2),
        pli_column_number("above_percent", "distance", "%", 2),
        pli_column_number("searched_low", "searched from", "", 2),
        pli_column_number("searched_high", "to", "", 2),
    };
    pli_exit end = pli_case_open(invocation, true, opened);
    end = end == PLI_EXIT_OK ? pli_case_prepare(opened, PLI_ROWS_HELD, 0, NULL) : end;
    if (end != PLI_EXIT_OK) {
        return end;
    }
    uint32_t groups = opened->account.group_count;
    pli_rows rows = pli_rows_make(&opened->pool, "prices", columns, COLUMN_COUNT,
                                  groups * opened->book.listing.underlying_count);
    for (uint32_t i = 0; i < groups && end == PLI_EXIT_OK; i += 1) {
        end = add_group(opened, i, &rows);
    }
    if (end != PLI_EXIT_OK) {
        return end;
    }
    rows.table.note = "One underlying moves and the others stay; every position and open order "
                      "counts. Blank: no such price in the searched range.";
    const pli_tables document = {
        .schema = "plimsoll-liqprice/1", .table_count = 1, .tables = &rows.table};
    return pli_show(invocation, &document, page);
}

static pli_exit
run_files(const pli_invocation *invocation, pli_page *page) {
    pli_case opened;
    pli_exit end = answer(invocation, &opened, page);
    pli_case_finish(&opened);
    return end;
}

/* The first of `count` options that was given, or NULL. */
static const char *
first_given(const pli_invocation *invocation, uint32_t count, const char *const *names) {
    for (uint32_t i = 0; i < count; i += 1) {
        if (pli_argument_is_given(invocation, names[i])) {
            return names[i];
        }
    }
    return NULL;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    bool is_venue = pli_argument_is_given(invocation, "venue");
    if (is_venue && invocation->operand_count > 0) {
        return pli_fail_usage("liqprice: --venue takes no files; found ", invocation->operands[0],
                              NULL);
    }
    if (!is_venue && invocation->operand_count < 2) {
        return pli_fail_usage("liqprice: MARKET and PORTFOLIO, or --venue, are needed", NULL, NULL);
    }
    const char *foreign =
        is_venue ? first_given(invocation, sizeof of_files / sizeof of_files[0], of_files)
                 : first_given(invocation, sizeof of_venue / sizeof of_venue[0], of_venue);
    if (foreign != NULL) {
        return pli_fail_usage("liqprice: --", foreign,
                              is_venue ? " does not go with --venue" : " needs --venue");
    }
    return is_venue ? pli_liqprice_venue(invocation, page) : run_files(invocation, page);
}

const pli_verb pli_verb_liqprice = {
    .name = "liqprice",
    .summary = "the prices at which an account, or one position at a venue, is liquidated",
    .operands = "[MARKET PORTFOLIO]",
    .operand_min = 0,
    .operand_max = 2,
    .options = options,
    .detail =
        "With files: for every underlying of every margin group the nearest price on each side at "
        "which equity\n"
        "falls below maintenance, by the exact requirement of --model with all positions and open "
        "orders.\n"
        "With --venue (binance, bybit, gate, hyperliquid, okx): one position by that venue's "
        "published formula.\n"
        "State --leverage for an isolated position or --balance for what stands behind it. Without "
        "--rate binance\n"
        "and hyperliquid take their tiers for BTC; the others need --rate.",
    .example =
        "plimsoll liqprice --venue binance --side long --size 0.1 --entry 60000 --leverage 20",
    .run = run,
};
