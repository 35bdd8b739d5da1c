/* chain.c: reads a chain and turns its prices into volatilities.                      SPDX-License-Identifier: Apache-2.0 */
#include "support/chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/compressed.h"
#include "support/json.h"

double
chain_row_years(const chain_row *row) {
    return (double)(row->expiry_s - row->time_s) / (365.0 * 86400.0);
}

static plm_option_terms
row_terms(const chain_row *row, double volatility) {
    return (plm_option_terms){.forward = row->forward,
                              .strike = row->strike,
                              .years = chain_row_years(row),
                              .volatility = volatility,
                              .discount = 1,
                              .right = row->right};
}

double
chain_price(const chain_row *row, double volatility) {
    plm_option_terms terms = row_terms(row, volatility);
    double price = 0;
    assert_int_equal(plm_black76_price(&terms, &price), PLM_OK);
    return price / row->forward;
}

static double
implied(const chain_row *row, double price) {
    plm_option_terms terms = row_terms(row, 0);
    double volatility = 0;
    if (price <= 0 || plm_black76_implied(&terms, price * row->forward, &volatility) != PLM_OK) {
        return 0;
    }
    return volatility;
}

// ts,instrument,expiry_ts,strike,cp,bid,bid_amount,ask,ask_amount,mark,mark_iv,bid_iv,ask_iv,forward,...
static chain_row
parse_row(char *line) {
    char *fields[14];
    for (size_t i = 0; i < 14; i += 1) {
        fields[i] = line;
        line = strchr(line, ',');
        assert_non_null(line);
        *line = 0;
        line += 1;
    }
    return (chain_row){.time_s = strtoll(fields[0], NULL, 10),
                       .expiry_s = strtoll(fields[2], NULL, 10),
                       .strike = strtod(fields[3], NULL),
                       .right = fields[4][0] == 'C' ? PLM_RIGHT_CALL : PLM_RIGHT_PUT,
                       .bid = strtod(fields[5], NULL),
                       .ask = strtod(fields[7], NULL),
                       .mark = strtod(fields[9], NULL),
                       .mark_volatility = strtod(fields[10], NULL),
                       .forward = strtod(fields[13], NULL)};
}

// Stable, so that rows of one expiry keep the order of the file.
static void
insert_by_expiry(chain *out, const chain_row *row) {
    uint32_t at = out->row_count;
    while (at > 0 && out->rows[at - 1].expiry_s > row->expiry_s) {
        out->rows[at] = out->rows[at - 1];
        at -= 1;
    }
    out->rows[at] = *row;
    out->row_count += 1;
}

static void
collect_expiries(chain *out) {
    for (uint32_t i = 0; i < out->row_count; i += 1) {
        const chain_row *row = &out->rows[i];
        out->quotes[i] = (plm_fit_quote){.strike = row->strike,
                                         .forward = row->forward,
                                         .bid_volatility = implied(row, row->bid),
                                         .ask_volatility = implied(row, row->ask),
                                         .mark_volatility = row->mark_volatility,
                                         .weight = 1};
        if (i == 0 || row->expiry_s != out->rows[i - 1].expiry_s) {
            assert_true(out->expiry_count < CHAIN_EXPIRIES_MAX);
            out->expiries[out->expiry_count].quotes = &out->quotes[i];
            out->expiry_count += 1;
        }
        plm_fit_expiry *expiry = &out->expiries[out->expiry_count - 1];
        // The mean over the rows, which were taken within a few minutes.
        expiry->years += (chain_row_years(row) - expiry->years) / (expiry->quote_count + 1.0);
        expiry->quote_count += 1;
    }
}

void
chain_load_or_skip(const char *name, chain *out) {
    char relative[128];
    char path[1024];
    snprintf(relative, sizeof relative, "data/options_deribit/chain_%s.csv.gz", name);
    ts_json_shared_path(relative, path, sizeof path);
    pli_bytes bytes = {0};
    plm_fault fault;
    plm_status status = pli_input_read(path, 1 << 22, &bytes, &fault);
    if (status == PLM_IO_OPEN) {
        skip();
    }
    assert_int_equal(status, PLM_OK);
    memset(out, 0, sizeof *out);
    char *line = strchr((char *)bytes.data, '\n');
    while (line != NULL && line[1] != 0) {
        char *start = line + 1;
        line = strchr(start, '\n');
        assert_true(out->row_count < CHAIN_ROWS_MAX);
        chain_row row = parse_row(start);
        insert_by_expiry(out, &row);
    }
    pli_bytes_finish(&bytes);
    collect_expiries(out);
}
