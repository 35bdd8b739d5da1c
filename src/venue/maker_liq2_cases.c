/* maker_liq2_cases.c: published cases of MakerDAO Liquidations 2.0 onto the auction functions.   SPDX-License-Identifier: Apache-2.0 */
#include "liquidation/auction.h"
#include "venue/formulas.h"

#define WAD ((pli_i128)1000000000000000000)
#define RAY (WAD * 1000000000)

#define DIGITS_MAX 80u /* of an amount of 256 bits, with its terminator */

/* An amount in RAD (1e45), which 128 bits do not hold. */
static void
read_wide(pli_case *test, const char *key, pli_u256 *out) {
    const char *text = "";
    pli_case_text(test, test->inputs, key, &text);
    pli_u256 value = {.high = 0};
    bool is_good = text[0] != '\0';
    for (size_t i = 0; is_good && text[i] != '\0'; i += 1) {
        is_good = text[i] >= '0' && text[i] <= '9' &&
                  pli_u256_multiply(value, 10, (uint32_t)(text[i] - '0'), &value);
    }
    if (test->status == PLM_OK && !is_good) {
        (void)pli_case_fail(test, PLM_VALUE_INVALID, test->inputs, key, " is not a natural number");
    }
    *out = value;
}

static void
write_wide(pli_case *test, pli_result *result, const char *key, pli_u256 value) {
    char *text = PLI_ARENA_TAKE(test->arena, DIGITS_MAX, char);
    if (text == NULL) {
        (void)pli_case_fail(test, PLM_LIMIT, NULL, "the case does not fit its memory", NULL);
        return;
    }
    size_t at = DIGITS_MAX - 1;
    text[at] = '\0';
    do {
        pli_u128 digit = 0;
        value = pli_u256_divide(value, 10, &digit);
        at -= 1;
        text[at] = (char)('0' + (int)digit);
    } while (pli_u256_compare(value, pli_u256_of(0)) != 0);
    pli_result_text(result, key, text + at);
}

static void
read_natural(pli_case *test, const char *key, pli_u128 *out) {
    pli_i128 value = 0;
    pli_case_i128(test, test->inputs, key, &value);
    if (test->status == PLM_OK && value < 0) {
        (void)pli_case_fail(test, PLM_VALUE_INVALID, test->inputs, key, " is below 0");
        return;
    }
    *out = (pli_u128)value;
}

static void
read_seconds(pli_case *test, const char *key, uint64_t *out) {
    pli_u128 value = 0;
    read_natural(test, key, &value);
    if (test->status == PLM_OK && value > UINT64_MAX) {
        (void)pli_case_fail(test, PLM_OVERFLOW, test->inputs, key, " does not fit 64 bits");
        return;
    }
    *out = (uint64_t)value;
}

/* Terms of that curve, and the price they give. */
static plm_status
read_quote(pli_case *test, pli_auction_curve curve, pli_auction_terms *terms,
           pli_auction_quote *quote) {
    terms->curve = curve;
    terms->one = RAY;
    uint64_t elapsed = 0;
    pli_case_i128(test, test->inputs, "top_ray", &terms->top);
    read_seconds(test, "dur", &elapsed);
    if (curve != PLI_AUCTION_LINEAR) {
        pli_case_i128(test, test->inputs, "cut_ray", &terms->cut);
    }
    if (curve != PLI_AUCTION_EXPONENTIAL) {
        read_seconds(test, curve == PLI_AUCTION_LINEAR ? "tau" : "step", &terms->seconds);
    }
    if (test->status != PLM_OK) {
        return test->status;
    }
    plm_status status = pli_auction_price(terms, elapsed, quote);
    return status == PLM_OK ? status : pli_case_fail(test, status, test->inputs, "the terms", NULL);
}

static plm_status
price_case(pli_case *test, pli_result *result, pli_auction_curve curve) {
    pli_auction_terms terms = {.tail_seconds = PLI_AUCTION_FOREVER};
    pli_auction_quote quote = {.price = 0};
    plm_status status = read_quote(test, curve, &terms, &quote);
    if (status == PLM_OK) {
        pli_result_i128(result, "price_ray", quote.price);
    }
    return status;
}

static plm_status
linear_case(pli_case *test, pli_result *result) {
    return price_case(test, result, PLI_AUCTION_LINEAR);
}

static plm_status
exponential_case(pli_case *test, pli_result *result) {
    return price_case(test, result, PLI_AUCTION_EXPONENTIAL);
}

static plm_status
stairstep_case(pli_case *test, pli_result *result) {
    return price_case(test, result, PLI_AUCTION_STAIRSTEP);
}

static plm_status
reset_case(pli_case *test, pli_result *result) {
    pli_auction_terms terms = {.curve = PLI_AUCTION_LINEAR};
    pli_auction_quote quote = {.price = 0};
    pli_case_i128(test, test->inputs, "cusp_ray", &terms.cusp);
    read_seconds(test, "tail", &terms.tail_seconds);
    plm_status status = read_quote(test, PLI_AUCTION_LINEAR, &terms, &quote);
    if (status == PLM_OK) {
        pli_result_bool(result, "needs_reset", quote.is_reset_due);
    }
    return status;
}

static plm_status
take_case(pli_case *test, pli_result *result) {
    static const char *const refusals[] = {"", "too-expensive", "no-partial-purchase",
                                           "needs-reset"};
    pli_auction_terms terms = {.tail_seconds = PLI_AUCTION_FOREVER};
    pli_auction_quote quote = {.price = 0};
    pli_auction_lot lot = {.quantity = 0};
    pli_auction_bid bid = {.quantity = 0};
    read_wide(test, "tab_rad", &lot.debt);
    read_wide(test, "chost_rad", &lot.dust);
    read_natural(test, "lot_wad", &lot.quantity);
    read_natural(test, "amt_wad", &bid.quantity);
    read_natural(test, "max_ray", &bid.price_max);
    plm_status status = read_quote(test, PLI_AUCTION_STAIRSTEP, &terms, &quote);
    if (status != PLM_OK) {
        return status;
    }
    pli_auction_sale sale = pli_auction_take(&lot, &quote, &bid);
    if (sale.refusal != PLI_AUCTION_TAKEN) {
        pli_result_text(result, "error", refusals[sale.refusal]);
        return PLM_OK;
    }
    write_wide(test, result, "owe", sale.owed);
    write_wide(test, result, "tab", sale.left.debt);
    pli_result_u128(result, "slice", sale.taken);
    pli_result_u128(result, "lot", sale.left.quantity);
    pli_result_bool(result, "closed", sale.is_closed);
    return test->status;
}

static plm_status
bark_case(pli_case *test, pli_result *result) {
    pli_auction_loan loan = {.penalty_one = (pli_u128)WAD};
    pli_u256 room_of_kind = {.high = 0};
    read_natural(test, "ink", &loan.collateral);
    read_natural(test, "art", &loan.debt);
    read_natural(test, "rate", &loan.rate);
    read_natural(test, "chop", &loan.penalty);
    read_wide(test, "dust", &loan.dust);
    read_wide(test, "Hole", &loan.room);
    read_wide(test, "hole", &room_of_kind);
    if (test->status != PLM_OK) {
        return test->status;
    }
    loan.room = pli_u256_compare(room_of_kind, loan.room) < 0 ? room_of_kind : loan.room;
    pli_auction_part part;
    plm_status status = pli_auction_part_of(&loan, &part);
    if (status != PLM_OK) {
        return pli_case_fail(test, status, test->inputs, "no part of the loan fits", NULL);
    }
    write_wide(test, result, "tab", part.target);
    pli_result_u128(result, "dart", part.debt);
    pli_result_u128(result, "dink", part.collateral);
    pli_result_u128(result, "ink_left", loan.collateral - part.collateral);
    pli_result_u128(result, "art_left", loan.debt - part.debt);
    return test->status;
}

static const pli_formula formulas[] = {
    {"maker.bark", bark_case},
    {"maker.needs_reset", reset_case},
    {"maker.price_exponential", exponential_case},
    {"maker.price_linear", linear_case},
    {"maker.price_stairstep", stairstep_case},
    {"maker.take", take_case},
};

const pli_formula_table pli_formulas_maker_liq2 = {PLI_FORMULAS(formulas)};
