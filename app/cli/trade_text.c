/* trade_text.c: one trade as a person types it.                                       SPDX-License-Identifier: Apache-2.0 */
#include "cli/trade_text.h"

#include <string.h>

#include "base/text.h"
#include "num/decimal.h"
#include "plimsoll/scenario.h"

#define WORD_SIZE 64

/* The words of the text; the fourth is the price, after an "@". */
typedef struct words {
    char at[4][WORD_SIZE];
    uint32_t count;
} words;

static bool
split(const char *text, words *out) {
    out->count = 0;
    while (*text != '\0') {
        text += strspn(text, " ");
        size_t size = strcspn(text, " ");
        if (size == 0) {
            break;
        }
        if (out->count == 4 || size >= WORD_SIZE) {
            return false;
        }
        memcpy(out->at[out->count], text, size);
        out->at[out->count][size] = '\0';
        out->count += 1;
        text += size;
    }
    return out->count == 2 || (out->count == 4 && strcmp(out->at[2], "@") == 0);
}

static plm_status
parse_lots(const char *text, const plm_instrument *instrument, int64_t *lots, plm_fault *fault) {
    pli_i128 quantity = 0;
    plm_status status = pli_decimal_parse(text, strlen(text), 8, &quantity);
    if (status != PLM_OK) {
        return pli_fault_set(fault, status, "the quantity is ", text,
                             "; allowed is a decimal with up to 8 decimals");
    }
    char lot[WORD_SIZE];
    pli_text shown = pli_text_init(lot, sizeof lot);
    pli_decimal_format(&shown, instrument->lot_e8, 8, 0);
    if (quantity == 0 || quantity % instrument->lot_e8 != 0) {
        return pli_fault_set(fault, PLM_VALUE_INVALID, text,
                             " is no whole number of lots other than zero; one lot is ", lot);
    }
    pli_i128 count = quantity / instrument->lot_e8;
    if (count > PLM_LOTS_MAX || count < -PLM_LOTS_MAX) {
        return pli_fault_set(fault, PLM_VALUE_INVALID, text, " is too large: at most 1e11 lots",
                             NULL);
    }
    *lots = (int64_t)count;
    return PLM_OK;
}

static plm_status
parse_price(const char *text, int64_t *price_e8, plm_fault *fault) {
    pli_i128 price = 0;
    plm_status status = pli_decimal_parse(text, strlen(text), 8, &price);
    if (status == PLM_OK && (price > PLM_PRICE_E8_MAX || price < -PLM_PRICE_E8_MAX)) {
        status = PLM_OVERFLOW;
    }
    if (status != PLM_OK) {
        return pli_fault_set(fault, status, "the price is ", text,
                             "; allowed is a decimal with up to 8 decimals, magnitude up to 1e8");
    }
    *price_e8 = (int64_t)price;
    return PLM_OK;
}

plm_status
pli_trade_parse(const char *text, const pli_market_book *book, plm_trade *trade, plm_fault *fault) {
    words typed;
    if (!split(text, &typed)) {
        return pli_fault_set(fault, PLM_VALUE_INVALID, "\"", text,
                             "\" is not of the form NAME QUANTITY [@ PRICE]");
    }
    uint32_t index = pli_book_instrument_index(book, typed.at[0]);
    if (index == PLM_NONE) {
        return pli_fault_set(fault, PLM_INDEX_UNKNOWN, "no instrument is named ", typed.at[0],
                             NULL);
    }
    plm_trade parsed = {.instrument_index = index};
    plm_status status =
        parse_lots(typed.at[1], &book->listing.instruments[index], &parsed.lots, fault);
    if (status == PLM_OK && typed.count == 4) {
        status = parse_price(typed.at[3], &parsed.price_e8, fault);
    } else if (status == PLM_OK) {
        plm_price mark = {.e8 = 0};
        status = plm_instrument_mark(&book->listing, &book->market, index, &mark, fault);
        parsed.price_e8 = mark.e8;
    }
    if (status == PLM_OK) {
        *trade = parsed;
    }
    return status;
}
