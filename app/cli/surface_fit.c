/* surface_fit.c: plimsoll surface fit: smiles without arbitrage from an option chain.  SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/smile.h"
#include "cli/verbs.h"
#include "io/chain_csv.h"
#include "io/json_writer.h"
#include "io/market_json.h"
#include "io/time_text.h"
#include "num/decimal.h"
#include "num/rounding.h"
#include "plimsoll/price.h"
#include "report/html.h"

#define STRIKES_MIN 5u
#define TEXT_SIZE 128

static const pli_option options[] = {
    {"books", "FILE", "order books beside the chain: their best levels replace its quotes"},
    {"out", "MARKET.json", "write the market with the fitted surface"},
    {"report", "FILE.html", "write a page with a picture of every smile"},
    {"volatility", "RATIO", "of the underlying, such as 65%, where the chain has no mark_iv"},
    {"drop-crossed", NULL, "drop quotes whose bid is above their ask instead of refusing them"},
    {NULL, NULL, NULL},
};

/* fit - the chain, its quotes by expiry, and what came out. Expiries that cannot be fitted have position PLM_NONE. */
typedef struct fit {
    pli_chain_book chain;
    pli_pool pool;
    plm_expiry_market *expiries;
    uint32_t *position; /* by expiry: in the tables below */
    uint32_t count;
    plm_fit_expiry *fitted;
    plm_slice *slices;
    plm_fit_report *reports;
} fit;

static double
years_between(int64_t from_ns, int64_t to_ns) {
    return pli_double_from_i64(to_ns - from_ns) / pli_double_from_i64(PLM_YEAR_NS);
}

// The volatility of a coin price, or 0 where none exists or it lies beyond what a fit accepts: then it is no bound.
static double
volatility_of(const plm_instrument *option, const pli_chain_row *row, bool is_there,
              int64_t coin_e8) {
    double forward = pli_double_from_i64(row->forward_e8) / 1e8;
    const plm_option_terms terms = {.forward = forward,
                                    .strike = pli_double_from_i64(option->strike_e8) / 1e8,
                                    .years = years_between(row->time_ns, option->expiry_ns),
                                    .discount = 1,
                                    .right = option->right};
    double volatility = 0;
    if (!is_there || plm_black76_implied(&terms, pli_double_from_i64(coin_e8) / 1e8 * forward,
                                         &volatility) != PLM_OK) {
        return 0;
    }
    return volatility >= 1e-4 && volatility <= 100 ? volatility : 0;
}

static plm_fit_quote
quote_of(const fit *work, const pli_chain_row *row) {
    const pli_market_book *book = &work->chain.book;
    const plm_instrument *option = &book->listing.instruments[row->instrument_index];
    const pli_quote *quote = &book->quotes[row->instrument_index];
    const plm_mark *mark = &book->market.marks[row->instrument_index];
    double own = row->mark_volatility;
    return (plm_fit_quote){
        .strike = pli_double_from_i64(option->strike_e8) / 1e8,
        .forward = pli_double_from_i64(row->forward_e8) / 1e8,
        .bid_volatility = volatility_of(option, row, quote->has_bid, quote->bid_e8),
        .ask_volatility = volatility_of(option, row, quote->has_ask, quote->ask_e8),
        .mark_volatility = own > 0 && own <= 100
                               ? own
                               : volatility_of(option, row, mark->is_present, mark->mark_e8),
        .weight = 1};
}

static bool
is_usable(const plm_fit_quote *quote) {
    return quote->mark_volatility > 0 || (quote->bid_volatility > 0 && quote->ask_volatility > 0);
}

static uint32_t
strike_count(const plm_fit_quote *quotes, uint32_t count) {
    uint32_t strikes = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        bool is_new = is_usable(&quotes[i]);
        for (uint32_t j = 0; is_new && j < i; j += 1) {
            is_new = !is_usable(&quotes[j]) || quotes[j].strike < quotes[i].strike ||
                     quotes[j].strike > quotes[i].strike;
        }
        strikes += is_new ? 1 : 0;
    }
    return strikes;
}

static void
collect(fit *work, uint32_t expiry) {
    const pli_market_book *book = &work->chain.book;
    plm_fit_quote *quotes = PLI_MUST_TAKE(&work->pool, work->chain.row_count + 1u, plm_fit_quote);
    uint32_t count = 0;
    for (uint32_t i = 0; i < work->chain.row_count; i += 1) {
        const pli_chain_row *row = &work->chain.rows[i];
        if (book->listing.instruments[row->instrument_index].expiry_ns ==
            book->market.expiries[expiry].expiry_ns) {
            quotes[count] = quote_of(work, row);
            count += 1;
        }
    }
    work->position[expiry] = PLM_NONE;
    if (strike_count(quotes, count) >= STRIKES_MIN) {
        work->position[expiry] = work->count;
        work->fitted[work->count] = (plm_fit_expiry){
            .years = years_between(book->market.time.ns, book->market.expiries[expiry].expiry_ns),
            .quote_count = count,
            .quotes = quotes};
        work->count += 1;
    }
}

static pli_exit
fit_all(fit *work, const char *path) {
    uint32_t expiry_count = work->chain.book.market.expiry_count;
    work->position = PLI_MUST_TAKE(&work->pool, expiry_count + 1u, uint32_t);
    work->expiries = PLI_MUST_TAKE(&work->pool, expiry_count + 1u, plm_expiry_market);
    work->fitted = PLI_MUST_TAKE(&work->pool, expiry_count + 1u, plm_fit_expiry);
    work->slices = PLI_MUST_TAKE(&work->pool, expiry_count + 1u, plm_slice);
    work->reports = PLI_MUST_TAKE(&work->pool, expiry_count + 1u, plm_fit_report);
    uint32_t quote_max = 0;
    for (uint32_t i = 0; i < expiry_count; i += 1) {
        work->expiries[i] = work->chain.book.market.expiries[i];
        collect(work, i);
    }
    for (uint32_t i = 0; i < work->count; i += 1) {
        uint32_t own = work->fitted[i].quote_count;
        quote_max = own > quote_max ? own : quote_max;
    }
    if (work->count == 0) {
        return pli_fail_usage(path, ": no expiry has quotes at five strikes", NULL);
    }
    plm_fit_workspace workspace = {.size = plm_surface_fit_size(work->count, quote_max)};
    workspace.memory = pli_must_block(&work->pool, workspace.size);
    plm_fault fault = {.status = PLM_OK};
    if (plm_surface_fit(work->fitted, work->count, workspace, work->slices, work->reports,
                        &fault) != PLM_OK) {
        return pli_fail_status(path, &fault);
    }
    for (uint32_t i = 0; i < expiry_count; i += 1) {
        if (work->position[i] != PLM_NONE) {
            work->expiries[i].slice = work->slices[work->position[i]];
        }
    }
    return PLI_EXIT_OK;
}

static pli_cell
double_cell(double value, unsigned scale) {
    double factor = 1;
    for (unsigned i = 0; i < scale; i += 1) {
        factor *= 10;
    }
    int64_t scaled = 0;
    return pli_i64_from_double_half_even(value * factor, &scaled) == PLM_OK
               ? pli_cell_number(scaled, scale)
               : pli_cell_none();
}

static void
add_row(pli_rows *rows, const fit *work, uint32_t expiry) {
    char when[TEXT_SIZE];
    pli_text text = pli_text_init(when, sizeof when);
    pli_time_format(&text, work->expiries[expiry].expiry_ns);
    pli_cell cells[14] = {pli_cell_text(when),
                          pli_cell_number(work->expiries[expiry].forward_e8, 8)};
    for (uint32_t i = 2; i < 14; i += 1) {
        cells[i] = pli_cell_none();
    }
    uint32_t position = work->position[expiry];
    if (position == PLM_NONE) {
        cells[13] = pli_cell_text("not fitted: fewer than 5 strikes");
        pli_rows_add(rows, cells);
        return;
    }
    const plm_fit_report *report = &work->reports[position];
    const plm_svi *svi = &work->slices[position].svi;
    cells[2] = pli_cell_number(report->quote_count, 0);
    cells[3] = pli_cell_number(report->quoted_count, 0);
    cells[4] = pli_cell_number(report->inside_count, 0);
    cells[5] = double_cell(report->violation_max * 100, 6);
    cells[6] = double_cell(report->margin.butterfly, 6);
    cells[7] = double_cell(report->margin.calendar, 9);
    cells[8] = double_cell(svi->a, 9);
    cells[9] = double_cell(svi->b, 9);
    cells[10] = double_cell(svi->rho, 9);
    cells[11] = double_cell(svi->m, 9);
    cells[12] = double_cell(svi->sigma, 9);
    cells[13] = pli_cell_text(report->was_repaired ? "moved until free of arbitrage" : "");
    pli_rows_add(rows, cells);
}

static pli_table
report_table(fit *work) {
    const pli_column columns[14] = {
        pli_column_text("expiry", "expiry"),
        pli_column_number("forward", "forward", "", 2),
        pli_column_count("quotes", "options"),
        pli_column_count("quoted", "quoted"),
        pli_column_count("inside", "inside bid-ask"),
        pli_column_number("worst", "worst miss", "vol %", 3),
        pli_column_number("butterfly", "butterfly", ">= 0", 4),
        pli_column_number("calendar", "calendar", ">= 0", 6),
        pli_column_number("a", "a", "", 6),
        pli_column_number("b", "b", "", 6),
        pli_column_number("rho", "rho", "", 4),
        pli_column_number("m", "m", "", 4),
        pli_column_number("sigma", "sigma", "", 4),
        pli_column_text("note", "note"),
    };
    uint32_t count = work->chain.book.market.expiry_count;
    pli_rows rows = pli_rows_make(&work->pool, "expiries", columns, 14, count);
    for (uint32_t i = 0; i < count; i += 1) {
        add_row(&rows, work, i);
    }
    rows.table.note = "Raw SVI of total variance. Butterfly and calendar: distance from arbitrage, "
                      "never below zero.";
    return rows.table;
}

static void
draw_smile(const pli_sink *sink, fit *work, uint32_t expiry) {
    const plm_fit_expiry *of = &work->fitted[work->position[expiry]];
    pli_smile_quote *quotes = PLI_MUST_TAKE(&work->pool, of->quote_count + 1u, pli_smile_quote);
    char title[TEXT_SIZE];
    pli_text text = pli_text_init(title, sizeof title);
    pli_time_format(&text, work->expiries[expiry].expiry_ns);
    pli_smile smile = {.title = title,
                       .forward = pli_double_from_i64(work->expiries[expiry].forward_e8) / 1e8,
                       .years = of->years,
                       .slice = &work->expiries[expiry].slice,
                       .unit = "volatility %; bars: bid to ask",
                       .scale = 100,
                       .quote_count = of->quote_count,
                       .quotes = quotes};
    for (uint32_t i = 0; i < of->quote_count; i += 1) {
        const plm_fit_quote *quote = &of->quotes[i];
        quotes[i] = (pli_smile_quote){.strike = quote->strike,
                                      .middle = quote->mark_volatility,
                                      .low = quote->bid_volatility,
                                      .high = quote->ask_volatility};
        smile.strike_low =
            i == 0 || quote->strike < smile.strike_low ? quote->strike : smile.strike_low;
        smile.strike_high =
            i == 0 || quote->strike > smile.strike_high ? quote->strike : smile.strike_high;
    }
    pli_html_picture_begin(sink);
    pli_smile_draw(sink, &work->pool, &smile);
    pli_html_picture_end(sink);
}

static pli_exit
write_report(fit *work, const pli_table *table, const char *chain_path, const char *path) {
    pli_page page = {.data = NULL};
    pli_sink sink = pli_page_sink(&page);
    pli_html_begin(&sink, "Fitted volatility surface", chain_path);
    pli_html_table(&sink, table);
    pli_html_section(&sink, "Smiles", "Dots are marks, bars reach from bid to ask.");
    for (uint32_t i = 0; i < work->chain.book.market.expiry_count; i += 1) {
        if (work->position[i] != PLM_NONE) {
            draw_smile(&sink, work, i);
        }
    }
    pli_html_end(&sink, PLI_REPORT_END);
    return pli_report_write(&page, path);
}

static pli_exit
write_market(const fit *work, const char *path) {
    pli_market_book book = work->chain.book;
    book.market.expiries = work->expiries;
    plm_fault fault = {.status = PLM_OK};
    if (pli_book_check(&book, path, &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    pli_json_writer writer = {.indent = 2};
    pli_market_write(&book, &writer);
    plm_status status = pli_json_writer_save(&writer, path, &fault);
    pli_json_writer_finish(&writer);
    return status == PLM_OK ? PLI_EXIT_OK : pli_fail_status(NULL, &fault);
}

// True also where the option was not given: the value then stays 0.
static bool
read_volatility(const pli_invocation *invocation, int64_t *ppm) {
    const char *text = pli_argument_value(invocation, "volatility");
    if (text == NULL) {
        return true;
    }
    size_t size = strlen(text);
    bool is_percent = size > 0 && text[size - 1] == '%';
    pli_i128 value = 0;
    if (pli_decimal_parse(text, is_percent ? size - 1 : size, is_percent ? 4 : 6, &value) !=
            PLM_OK ||
        value <= 0 || value > 10 * PLM_PPM) {
        return false;
    }
    *ppm = (int64_t)value;
    return true;
}

static pli_exit
answer(const pli_invocation *invocation, fit *work, pli_page *page) {
    const char *path = invocation->operands[0];
    const char *out = pli_argument_value(invocation, "out");
    const char *report = pli_argument_value(invocation, "report");
    pli_chain_options chain_options = {.is_crossed_dropped =
                                           pli_argument_is_given(invocation, "drop-crossed")};
    plm_fault fault = {.status = PLM_OK};
    if (!read_volatility(invocation, &chain_options.volatility_ppm)) {
        return pli_fail_usage("--volatility is ", pli_argument_value(invocation, "volatility"),
                              "; allowed is a ratio above zero up to 1000%, such as 65% or 0.65");
    }
    if (pli_chain_read(path, pli_argument_value(invocation, "books"), &chain_options, &work->chain,
                       &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    pli_exit end = fit_all(work, path);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    const pli_table table = report_table(work);
    const pli_tables tables = {
        .schema = "plimsoll-surface-fit/1", .table_count = 1, .tables = &table};
    end = pli_show(invocation, &tables, page);
    end = end == PLI_EXIT_OK && report != NULL ? write_report(work, &table, path, report) : end;
    return end == PLI_EXIT_OK && out != NULL ? write_market(work, out) : end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    fit work = {.count = 0};
    pli_exit end = answer(invocation, &work, page);
    pli_pool_finish(&work.pool);
    pli_chain_finish(&work.chain);
    return end;
}

const pli_verb pli_verb_surface_fit = {
    .name = "surface fit",
    .summary = "fit volatility smiles without arbitrage to an option chain",
    .operands = "CHAIN.csv[.gz]",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail =
        "Bids and asks are turned into volatilities here; the chain's own mark_iv is what a smile "
        "leans to.\n"
        "Expiries with fewer than five strikes stay without a smile and are named in the table.",
    .example = "plimsoll surface fit examples/chain.csv",
    .run = run,
};
