/* liqprice_venue.c: the liquidation price of one position by a venue's own formula.      SPDX-License-Identifier: Apache-2.0 */
#include "cli/liqprice_venue.h"

#include <string.h>

#include "cli/rows.h"
#include "num/decimal.h"
#include "plimsoll/liqprice.h"
#include "plimsoll/quantity.h"

#define PRICE_DECIMALS 2u

/* The question while it is read; the first failure ends it. */
typedef struct reading {
    const pli_invocation *invocation;
    pli_exit end;
} reading;

static void
refuse(reading *r, const char *first, const char *second, const char *third) {
    if (r->end == PLI_EXIT_OK) {
        r->end = pli_fail_usage(first, second, third);
    }
}

/* An option's number times 10^scale; where it was not given *out is left alone. */
static void
read_number(reading *r, const char *name, unsigned scale, int64_t *out) {
    const char *text = pli_argument_value(r->invocation, name);
    pli_i128 value = 0;
    if (text == NULL || r->end != PLI_EXIT_OK) {
        return;
    }
    plm_status status = pli_decimal_parse(text, strlen(text), scale, &value);
    if (status != PLM_OK || value > INT64_MAX || value < INT64_MIN) {
        char message[96];
        pli_text line = pli_text_init(message, sizeof message);
        pli_text_append(&line, "--");
        pli_text_append(&line, name);
        pli_text_append(&line, " is \"");
        refuse(r, message, text,
               scale == 6 ? "\"; allowed is a decimal with up to 6 decimals, such as 0.004"
                          : "\"; allowed is a decimal with up to 8 decimals, such as 0.1");
        return;
    }
    *out = (int64_t)value;
}

static void
read_required(reading *r, const char *name, int64_t *out) {
    if (!pli_argument_is_given(r->invocation, name)) {
        refuse(r, "liqprice: --", name, " is needed");
        return;
    }
    read_number(r, name, 8, out);
    if (r->end == PLI_EXIT_OK && (*out < 1 || *out > PLM_PRICE_E8_MAX)) {
        refuse(r, "--", name, " must be above zero and at most 100000000");
    }
}

static const plm_liqprice_venue *
find_venue(reading *r) {
    const char *name = pli_argument_value(r->invocation, "venue");
    const plm_liqprice_venue *venue = plm_liqprice_venue_find(name);
    const char *names[8];
    uint32_t count = 0;
    for (; count < 8 && plm_liqprice_venue_at(count) != NULL; count += 1) {
        names[count] = plm_liqprice_venue_at(count)->name;
    }
    if (venue == NULL) {
        const char *nearest = pli_nearest(name, names, count);
        refuse(r, "--venue has no formula of that name; ",
               nearest != NULL ? "did you mean "
                               : "allowed is binance, bybit, gate, hyperliquid or okx",
               nearest);
    }
    return venue;
}

static plm_liqprice_question
read_question(reading *r) {
    plm_liqprice_question q = {.size_e8 = 0};
    const char *side = pli_argument_value(r->invocation, "side");
    if (side == NULL || (strcmp(side, "long") != 0 && strcmp(side, "short") != 0)) {
        refuse(r, "liqprice: --side is needed: long or short", NULL, NULL);
        return q;
    }
    q.is_short = strcmp(side, "short") == 0;
    read_required(r, "size", &q.size_e8);
    read_required(r, "entry", &q.entry_e8);
    q.has_balance = pli_argument_is_given(r->invocation, "balance");
    q.has_rate = pli_argument_is_given(r->invocation, "rate");
    if (pli_argument_is_given(r->invocation, "leverage")) {
        read_required(r, "leverage", &q.leverage_e8);
    } else if (!q.has_balance) {
        refuse(r, "liqprice: --leverage or --balance is needed", NULL, NULL);
    }
    read_number(r, "balance", 6, &q.balance_micros);
    read_number(r, "rate", 6, &q.rate_ppm);
    read_number(r, "amount", 6, &q.amount_micros);
    read_number(r, "taker", 6, &q.taker_ppm);
    read_number(r, "others-profit", 6, &q.others_profit_micros);
    read_number(r, "others-maintenance", 6, &q.others_maintenance_micros);
    return q;
}

static pli_exit
show(const pli_invocation *invocation, const plm_liqprice_venue *venue,
     const plm_liqprice_question *q, const plm_liqprice *answer, pli_page *page) {
    // Towards the entry price: what is read off is never later than the liquidation.
    const pli_column columns[] = {
        pli_column_text("venue", "venue"),
        pli_column_text("formula", "formula"),
        pli_column_text("side", "side"),
        pli_column_number("entry", "entry", "", PRICE_DECIMALS),
        pli_column_number("margin", "margin", "", PRICE_DECIMALS),
        {"liquidation", "liquidation price", "", PLI_ALIGN_RIGHT, PRICE_DECIMALS,
         q->is_short ? PLI_DECIMAL_FLOOR : PLI_DECIMAL_CEIL},
    };
    const pli_cell cells[] = {
        pli_cell_text(venue->name),
        pli_cell_text(venue->summary),
        pli_cell_text(q->is_short ? "short" : "long"),
        pli_cell_number(q->entry_e8, 8),
        venue->is_cross ? pli_cell_number(answer->margin_micros, 6) : pli_cell_none(),
        answer->is_found ? pli_cell_toned(pli_cell_number(answer->price_e8, 8), PLI_TONE_BAD)
                         : pli_cell_none(),
    };
    const char *note = "";
    if (!answer->is_found) {
        note = "No price above zero liquidates this position.";
    } else if (!q->has_rate) {
        note = "Maintenance by the shipped tiers for BTC (plimsoll params); state --rate for "
               "another market.";
    }
    const pli_table table = {.key = "position",
                             .title = "",
                             .note = note,
                             .is_record = true,
                             .column_count = sizeof columns / sizeof columns[0],
                             .row_count = 1,
                             .columns = columns,
                             .cells = cells};
    const pli_tables document = {
        .schema = "plimsoll-liqprice-venue/1", .table_count = 1, .tables = &table};
    return pli_show(invocation, &document, page);
}

pli_exit
pli_liqprice_venue(const pli_invocation *invocation, pli_page *page) {
    reading r = {.invocation = invocation, .end = PLI_EXIT_OK};
    const plm_liqprice_venue *venue = find_venue(&r);
    plm_liqprice_question question = {.size_e8 = 0};
    if (r.end == PLI_EXIT_OK) {
        question = read_question(&r);
    }
    if (r.end != PLI_EXIT_OK) {
        return r.end;
    }
    plm_liqprice answer = {.is_found = false};
    plm_fault fault = {.status = PLM_OK};
    if (plm_liqprice_solve(venue, &question, &answer, &fault) != PLM_OK) {
        return pli_fail_status("liqprice", &fault);
    }
    return show(invocation, venue, &question, &answer, page);
}
