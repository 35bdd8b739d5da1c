/* rehearsal_number.c: the file's decimals and names as the core's integers.           SPDX-License-Identifier: Apache-2.0 */
#include "base/tree.h"
#include "num/decimal.h"
#include "study/rehearsal_state.h"

static size_t
length_of(const char *text) {
    size_t length = 0;
    while (text[length] != '\0') {
        length += 1;
    }
    return length;
}

bool
pli_number_is(const char *text) {
    pli_i128 value;
    return pli_decimal_parse(text, length_of(text), 18, &value) == PLM_OK;
}

pli_i128
pli_number_e18(const char *text) {
    pli_i128 value = 0;
    return pli_decimal_parse(text, length_of(text), 18, &value) == PLM_OK ? value : 0;
}

bool
pli_price_e8(const char *text, int64_t *price_e8) {
    pli_i128 value = 0;
    if (pli_decimal_parse(text, length_of(text), 18, &value) != PLM_OK) {
        return false;
    }
    value /= INT64_C(10000000000);
    if (value > PLM_PRICE_E8_MAX || value < -PLM_PRICE_E8_MAX) {
        return false;
    }
    *price_e8 = (int64_t)value;
    return true;
}

bool
pli_name_is(const char *left, const char *right) {
    return pli_text_is_equal(left, right);
}

uint32_t
pli_symbol_named(const pli_rehearsal *of, const char *name) {
    for (uint32_t i = 0; i < of->symbol_count; i += 1) {
        if (pli_name_is(of->symbols[i].name, name)) {
            return i;
        }
    }
    return PLM_NONE;
}

// The core's assets are the file's, the valuation currency first.
uint32_t
pli_asset_named(const pli_rehearsal *of, const char *name) {
    if (pli_name_is(of->currency_name, name)) {
        return 0;
    }
    uint32_t index = 1;
    for (uint32_t i = 0; i < of->incident->asset_count; i += 1) {
        if (i == of->currency) {
            continue;
        }
        if (pli_name_is(of->incident->assets[i].name, name)) {
            return index;
        }
        index += 1;
    }
    return PLM_NONE;
}

uint32_t
pli_instrument_named(const pli_rehearsal *of, const char *name) {
    for (uint32_t i = 0; i < of->incident->instrument_count; i += 1) {
        if (pli_name_is(of->incident->instruments[i].name, name)) {
            return i;
        }
    }
    return PLM_NONE;
}

uint32_t
pli_account_named(const pli_rehearsal *of, const char *name) {
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        if (pli_name_is(of->incident->accounts[i].name, name)) {
            return i;
        }
    }
    return PLM_NONE;
}

static pli_i128
floor_div(pli_i128 left, pli_i128 right) {
    pli_i128 quotient = left / right;
    return left % right != 0 && left < 0 ? quotient - 1 : quotient;
}

pli_i128
pli_asset_atoms(const pli_rehearsal *of, uint32_t asset, pli_i128 e18) {
    pli_i128 unit = PLI_E18;
    uint32_t decimals = plm_core_listing(of->core).assets[asset].decimals;
    for (uint32_t i = 0; i < decimals; i += 1) {
        unit /= 10;
    }
    return floor_div(e18, unit);
}

int64_t
pli_lots_of(const pli_rehearsal *of, uint32_t instrument, pli_i128 e18) {
    pli_i128 lots = e18 / of->listed[instrument].lot_e18;
    return lots > PLM_LOTS_MAX    ? PLM_LOTS_MAX + 1
           : lots < -PLM_LOTS_MAX ? -PLM_LOTS_MAX - 1
                                  : (int64_t)lots;
}
