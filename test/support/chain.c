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

#define FIELDS_MAX 32

// The comma-separated fields of one line, terminated in place.
static size_t
split(char *line, char **fields) {
    size_t count = 0;
    while (line != NULL) {
        assert_true(count < FIELDS_MAX);
        fields[count] = line;
        count += 1;
        line = strchr(line, ',');
        if (line != NULL) {
            *line = 0;
            line += 1;
        }
    }
    return count;
}

// The field under a title of the header; "" where the file has no such column.
static const char *
field(char *const *header, size_t count, char *const *fields, const char *title) {
    for (size_t i = 0; i < count; i += 1) {
        if (strcmp(header[i], title) == 0) {
            return fields[i];
        }
    }
    return "";
}

// An empty field is 0, as in files that write the zero out.
static chain_row
parse_row(char *const *header, size_t count, char *line) {
    char *fields[FIELDS_MAX];
    assert_int_equal(split(line, fields), count);
    return (chain_row){.time_s = strtoll(field(header, count, fields, "ts"), NULL, 10),
                       .expiry_s = strtoll(field(header, count, fields, "expiry_ts"), NULL, 10),
                       .strike = strtod(field(header, count, fields, "strike"), NULL),
                       .right = field(header, count, fields, "cp")[0] == 'C' ? PLM_RIGHT_CALL
                                                                             : PLM_RIGHT_PUT,
                       .bid = strtod(field(header, count, fields, "bid"), NULL),
                       .ask = strtod(field(header, count, fields, "ask"), NULL),
                       .mark = strtod(field(header, count, fields, "mark"), NULL),
                       .mark_volatility = strtod(field(header, count, fields, "mark_iv"), NULL),
                       .forward = strtod(field(header, count, fields, "forward"), NULL)};
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

// The line at *rest, terminated in place; *rest moves behind it.
static char *
next_line(char **rest) {
    char *line = *rest;
    char *end = strchr(line, '\n');
    *rest = end == NULL ? line + strlen(line) : end + 1;
    if (end != NULL) {
        *end = 0;
    }
    return line;
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
    char *rest = (char *)bytes.data;
    char *header[FIELDS_MAX];
    size_t count = split(next_line(&rest), header);
    while (*rest != 0) {
        assert_true(out->row_count < CHAIN_ROWS_MAX);
        chain_row row = parse_row(header, count, next_line(&rest));
        insert_by_expiry(out, &row);
    }
    pli_bytes_finish(&bytes);
    collect_expiries(out);
}
