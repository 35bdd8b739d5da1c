/* surface_show.c: plimsoll surface show: the smiles of a market and how far they are from arbitrage.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/smile.h"
#include "cli/verbs.h"
#include "io/market_json.h"
#include "io/time_text.h"
#include "num/rounding.h"
#include "report/html.h"

#define TEXT_SIZE 128

static const pli_option options[] = {
    {"report", "FILE.html", "write a page with a picture of every smile"},
    {NULL, NULL, NULL},
};

typedef struct surface {
    pli_market_book book;
    pli_pool pool;
    plm_surface_margin *margins; /* by expiry of the market; those without a slice are zero */
} surface;

static double
years_of(const surface *shown, const plm_expiry_market *expiry) {
    return pli_double_from_i64(expiry->expiry_ns - shown->book.market.time.ns) /
           pli_double_from_i64(PLM_YEAR_NS);
}

// Expiries are sorted by underlying; those of one underlying that have a slice are one surface.
static pli_exit
measure(surface *shown, const char *path) {
    const plm_market *market = &shown->book.market;
    plm_surface_expiry *expiries =
        PLI_MUST_TAKE(&shown->pool, market->expiry_count + 1u, plm_surface_expiry);
    plm_surface_margin *margins =
        PLI_MUST_TAKE(&shown->pool, market->expiry_count + 1u, plm_surface_margin);
    shown->margins = PLI_MUST_TAKE(&shown->pool, market->expiry_count + 1u, plm_surface_margin);
    for (uint32_t i = 0; i < shown->book.listing.underlying_count; i += 1) {
        uint32_t count = 0;
        for (uint32_t j = 0; j < market->expiry_count; j += 1) {
            const plm_expiry_market *of = &market->expiries[j];
            if (of->underlying_index == i && of->slice.kind != PLM_SLICE_NONE) {
                expiries[count] =
                    (plm_surface_expiry){.years = years_of(shown, of),
                                         .forward = pli_double_from_i64(of->forward_e8) / 1e8,
                                         .slice = of->slice};
                count += 1;
            }
        }
        plm_fault fault = {.status = PLM_OK};
        if (count > 0 &&
            plm_surface_margins(expiries, count, shown->book.listing.underlyings[i].domain, margins,
                                &fault) != PLM_OK) {
            return pli_fail_status(path, &fault);
        }
        count = 0;
        for (uint32_t j = 0; j < market->expiry_count; j += 1) {
            const plm_expiry_market *of = &market->expiries[j];
            if (of->underlying_index == i && of->slice.kind != PLM_SLICE_NONE) {
                shown->margins[j] = margins[count];
                count += 1;
            }
        }
    }
    return PLI_EXIT_OK;
}

static pli_cell
scaled_cell(double value, double factor, unsigned scale) {
    int64_t scaled = 0;
    return pli_i64_from_double_half_even(value * factor, &scaled) == PLM_OK
               ? pli_cell_number(scaled, scale)
               : pli_cell_none();
}

// The volatility at a share of the forward; blank where the smile does not answer. Domain `any` is in price units.
static pli_cell
volatility_cell(const surface *shown, const plm_expiry_market *of, double moneyness) {
    double forward = pli_double_from_i64(of->forward_e8) / 1e8;
    bool is_any =
        shown->book.listing.underlyings[of->underlying_index].domain == PLM_PRICE_DOMAIN_ANY;
    double volatility = 0;
    if (plm_slice_volatility(&of->slice, forward, forward * moneyness, years_of(shown, of),
                             &volatility) != PLM_OK) {
        return pli_cell_none();
    }
    return is_any ? scaled_cell(volatility, 1e4, 4) : scaled_cell(volatility, 1e6, 4);
}

static pli_table
show_table(surface *shown) {
    static const char *const kinds[3] = {"none", "svi", "grid"};
    const pli_column columns[11] = {
        pli_column_text("underlying", "underlying"),
        pli_column_text("expiry", "expiry"),
        pli_column_number("days", "days", "", 1),
        pli_column_number("forward", "forward", "", 2),
        pli_column_text("kind", "kind"),
        pli_column_text("unit", "unit"),
        pli_column_number("volatility_90", "at 90%", "", 2),
        pli_column_number("volatility_atm", "at the money", "", 2),
        pli_column_number("volatility_110", "at 110%", "", 2),
        pli_column_number("butterfly", "butterfly", ">= 0", 4),
        pli_column_number("calendar", "calendar", ">= 0", 6),
    };
    const plm_market *market = &shown->book.market;
    pli_rows rows = pli_rows_make(&shown->pool, "expiries", columns, 11, market->expiry_count);
    for (uint32_t i = 0; i < market->expiry_count; i += 1) {
        const plm_expiry_market *of = &market->expiries[i];
        bool has_slice = of->slice.kind != PLM_SLICE_NONE;
        bool is_any =
            shown->book.listing.underlyings[of->underlying_index].domain == PLM_PRICE_DOMAIN_ANY;
        char when[TEXT_SIZE];
        pli_text text = pli_text_init(when, sizeof when);
        pli_time_format(&text, of->expiry_ns);
        const pli_cell none = pli_cell_none();
        const pli_cell cells[11] = {
            pli_cell_text(pli_book_underlying_name(&shown->book, of->underlying_index)),
            pli_cell_text(when),
            scaled_cell(years_of(shown, of) * 365, 1e4, 4),
            pli_cell_number(of->forward_e8, 8),
            pli_cell_text(kinds[of->slice.kind]),
            pli_cell_text(is_any ? "price" : "%"),
            volatility_cell(shown, of, 0.9),
            volatility_cell(shown, of, 1),
            volatility_cell(shown, of, 1.1),
            has_slice ? scaled_cell(shown->margins[i].butterfly, 1e6, 6) : none,
            has_slice ? scaled_cell(shown->margins[i].calendar, 1e9, 9) : none,
        };
        pli_rows_add(&rows, cells);
    }
    rows.table.note = "Butterfly and calendar: distance from arbitrage; below zero is arbitrage.";
    return rows.table;
}

static void
draw(const pli_sink *sink, surface *shown, const plm_expiry_market *of) {
    bool is_any =
        shown->book.listing.underlyings[of->underlying_index].domain == PLM_PRICE_DOMAIN_ANY;
    double forward = pli_double_from_i64(of->forward_e8) / 1e8;
    char title[TEXT_SIZE];
    pli_text text = pli_text_init(title, sizeof title);
    pli_text_append(&text, pli_book_underlying_name(&shown->book, of->underlying_index));
    pli_text_append(&text, " ");
    pli_time_format(&text, of->expiry_ns);
    const pli_smile smile = {.title = title,
                             .forward = forward,
                             .years = years_of(shown, of),
                             .slice = &of->slice,
                             .unit = is_any ? "volatility, price units" : "volatility %",
                             .scale = is_any ? 1 : 100,
                             .strike_low = forward * 0.5,
                             .strike_high = forward * 1.6};
    pli_html_picture_begin(sink);
    pli_smile_draw(sink, &shown->pool, &smile);
    pli_html_picture_end(sink);
}

static pli_exit
write_report(surface *shown, const pli_table *table, const char *market_path, const char *path) {
    pli_page page = {.data = NULL};
    pli_sink sink = pli_page_sink(&page);
    pli_html_begin(&sink, "Volatility surfaces", market_path);
    pli_html_table(&sink, table);
    pli_html_section(&sink, "Smiles", "");
    for (uint32_t i = 0; i < shown->book.market.expiry_count; i += 1) {
        const plm_expiry_market *of = &shown->book.market.expiries[i];
        if (of->slice.kind != PLM_SLICE_NONE) {
            draw(&sink, shown, of);
        }
    }
    pli_html_end(&sink, PLI_REPORT_END);
    return pli_report_write(&page, path);
}

static pli_exit
answer(const pli_invocation *invocation, surface *shown, pli_page *page) {
    const char *path = invocation->operands[0];
    const char *report = pli_argument_value(invocation, "report");
    plm_fault fault = {.status = PLM_OK};
    if (pli_market_read(path, &shown->book, &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    pli_exit end = measure(shown, path);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    const pli_table table = show_table(shown);
    const pli_tables tables = {.schema = "plimsoll-surface/1", .table_count = 1, .tables = &table};
    end = pli_show(invocation, &tables, page);
    return end == PLI_EXIT_OK && report != NULL ? write_report(shown, &table, path, report) : end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    surface shown = {.margins = NULL};
    pli_exit end = answer(invocation, &shown, page);
    pli_pool_finish(&shown.pool);
    pli_book_finish(&shown.book);
    return end;
}

const pli_verb pli_verb_surface_show = {
    .name = "surface show",
    .summary = "the volatility smiles of a market and their distance from arbitrage",
    .operands = "MARKET",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail = "Volatilities are annual, in percent; where prices may be negative they are normal "
              "volatilities in price\n"
              "units. \"at 90%\" is the strike at 0.9 times the forward.",
    .example = "plimsoll surface show examples/market.json",
    .run = run,
};
