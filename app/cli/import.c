/* import.c: plimsoll import chain and import candles: raw files as Plimsoll reads them. SPDX-License-Identifier: Apache-2.0 */
#include "cli/rows.h"
#include "cli/verbs.h"
#include "io/candles_csv.h"
#include "io/chain_csv.h"
#include "io/json_writer.h"
#include "io/market_json.h"
#include "io/time_text.h"
#include "num/rounding.h"

static const pli_option chain_options[] = {
    {"books", "FILE", "order books beside the chain: their best levels replace its quotes"},
    {"out", "MARKET.json", "write the market; options are marked as the chain marks them"},
    {"drop-crossed", NULL, "drop quotes whose bid is above their ask instead of refusing them"},
    {NULL, NULL, NULL},
};

static const pli_option candle_options[] = {
    {"any-price", NULL, "prices may be zero or negative"},
    {NULL, NULL, NULL},
};

static pli_exit
write_market(const pli_market_book *book, const char *path) {
    plm_fault fault = {.status = PLM_OK};
    pli_json_writer writer = {.indent = 2};
    pli_market_write(book, &writer);
    plm_status status = pli_json_writer_save(&writer, path, &fault);
    pli_json_writer_finish(&writer);
    return status == PLM_OK ? PLI_EXIT_OK : pli_fail_status(NULL, &fault);
}

static pli_exit
show_chain(const pli_invocation *invocation, const pli_chain_book *chain, pli_page *page) {
    const pli_column columns[2] = {pli_column_text("what", "what"),
                                   pli_column_count("count", "count")};
    const struct {
        const char *what;
        uint32_t count;
    } counts[4] = {{"options", chain->row_count},
                   {"expiries", chain->book.market.expiry_count},
                   {"instruments listed", chain->book.listing.instrument_count},
                   {"crossed quotes dropped", chain->crossed_count}};
    pli_pool pool = {.chunks = NULL};
    pli_rows rows = pli_rows_make(&pool, "counts", columns, 2, 4);
    for (uint32_t i = 0; i < 4; i += 1) {
        const pli_cell cells[2] = {pli_cell_text(counts[i].what),
                                   pli_cell_number(counts[i].count, 0)};
        pli_rows_add(&rows, cells);
    }
    const pli_tables answer = {
        .schema = "plimsoll-import/1", .table_count = 1, .tables = &rows.table};
    pli_exit end = pli_show(invocation, &answer, page);
    pli_pool_finish(&pool);
    return end;
}

static pli_exit
run_chain(const pli_invocation *invocation, pli_page *page) {
    const pli_chain_options asked = {.is_crossed_dropped =
                                         pli_argument_is_given(invocation, "drop-crossed")};
    const char *out = pli_argument_value(invocation, "out");
    pli_chain_book chain = {.row_count = 0};
    plm_fault fault = {.status = PLM_OK};
    if (pli_chain_read(invocation->operands[0], pli_argument_value(invocation, "books"), &asked,
                       &chain, &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    pli_exit end = show_chain(invocation, &chain, page);
    end = end == PLI_EXIT_OK && out != NULL ? write_market(&chain.book, out) : end;
    pli_chain_finish(&chain);
    return end;
}

static pli_cell
double_cell(double value, double factor, unsigned scale) {
    int64_t scaled = 0;
    return pli_i64_from_double_half_even(value * factor, &scaled) == PLM_OK
               ? pli_cell_number(scaled, scale)
               : pli_cell_none();
}

static pli_exit
show_days(const pli_invocation *invocation, const pli_daily *daily, pli_pool *pool,
          pli_page *page) {
    const pli_column columns[3] = {
        pli_column_text("day", "day"),
        pli_column_number("close", "close", "", 2),
        pli_column_number("move", "move", "%", 2),
    };
    pli_rows rows = pli_rows_make(pool, "days", columns, 3, daily->day_count);
    for (uint32_t i = 0; i < daily->day_count; i += 1) {
        char day[32];
        pli_text text = pli_text_init(day, sizeof day);
        pli_date_format(&text, daily->days[i]);
        bool follows = i > 0 && daily->days[i] == daily->days[i - 1] + 1;
        double before = follows ? daily->closes[i - 1] : 0;
        const pli_cell cells[3] = {
            pli_cell_text(day),
            double_cell(daily->closes[i], 1e8, 8),
            before > 0 ? double_cell(daily->closes[i] / before - 1, 1e6, 4) : pli_cell_none(),
        };
        pli_rows_add(&rows, cells);
    }
    rows.table.note = "A move stands only where two days follow each other.";
    const pli_tables answer = {
        .schema = "plimsoll-candles/1", .table_count = 1, .tables = &rows.table};
    return pli_show(invocation, &answer, page);
}

static pli_exit
run_candles(const pli_invocation *invocation, pli_page *page) {
    pli_pool pool = {.chunks = NULL};
    pli_daily daily = {.day_count = 0};
    plm_fault fault = {.status = PLM_OK};
    plm_price_domain domain = pli_argument_is_given(invocation, "any-price")
                                  ? PLM_PRICE_DOMAIN_ANY
                                  : PLM_PRICE_DOMAIN_POSITIVE;
    pli_exit end =
        pli_candles_read(invocation->operands[0], domain, &pool, &daily, &fault) == PLM_OK
            ? show_days(invocation, &daily, &pool, page)
            : pli_fail_status(NULL, &fault);
    pli_pool_finish(&pool);
    return end;
}

const pli_verb pli_verb_import_chain = {
    .name = "import chain",
    .summary = "an option chain as a market file, without fitting smiles",
    .operands = "CHAIN.csv[.gz]",
    .operand_min = 1,
    .operand_max = 1,
    .options = chain_options,
    .detail = "The market has marks, forwards and quotes but no smiles, so models that need "
              "scenarios refuse its options;\n"
              "`plimsoll surface fit --out` writes the same market with smiles.",
    .example = "plimsoll import chain examples/chain.csv",
    .run = run_chain,
};

const pli_verb pli_verb_import_candles = {
    .name = "import candles",
    .summary = "daily closes of a candle file, as the scenarios use them",
    .operands = "CANDLES.csv[.gz]",
    .operand_min = 1,
    .operand_max = 1,
    .options = candle_options,
    .detail = "Bars of any size up to a day; a day's close is that of its last bar, a day without "
              "bars is absent.",
    .example = "plimsoll import candles examples/history/BTC.csv --format csv",
    .run = run_candles,
};
