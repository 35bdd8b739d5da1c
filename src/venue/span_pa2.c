/* span_pa2.c: the expanded positional format (.pa2) of SPAN risk parameter files.         SPDX-License-Identifier: Apache-2.0 */
#include "venue/span_pa2.h"

#include "base/assert.h"
#include "base/libc.h"
#include "base/text.h"
#include "base/tree.h"
#include "venue/span_pa2_decoder.h"

/* How many entries each table can need, told by the record types alone. */
typedef struct sizes {
    uint32_t products, commodities, tiers, deliveries, spreads, legs, inters, series, contracts;
    uint32_t slots; /* of the product hash: a power of two */
} sizes;

#define PRODUCTS_PER_ROW 7u /* type 2: one every 16 columns from 23 */
#define TIERS_PER_ROW 4u
#define LEGS_PER_SERIES_ROW 4u
#define LEGS_PER_TIER_ROW 15u
#define DELIVERIES_PER_ROW 2u
#define LEGS_PER_INTER_ROW 4u

static void
count_row(const pli_pa2_row *row, sizes *out) {
    if (pli_pa2_is(row, "81")) {
        out->contracts += 1;
    } else if (pli_pa2_is(row, "B ")) {
        out->series += 1;
    } else if (pli_pa2_is(row, "2 ")) {
        out->commodities += 1;
        out->products += PRODUCTS_PER_ROW;
    } else if (pli_pa2_is(row, "P ")) {
        out->products += 1;
    } else if (pli_pa2_is(row, "3 ")) {
        out->tiers += TIERS_PER_ROW;
    } else if (pli_pa2_is(row, "4 ")) {
        out->deliveries += DELIVERIES_PER_ROW;
    } else if (pli_pa2_is(row, "6 ")) {
        out->inters += 1;
    } else if (pli_pa2_is(row, "E ")) {
        out->spreads += 1;
        out->legs += LEGS_PER_SERIES_ROW;
    } else if (pli_pa2_is(row, "C ")) {
        out->spreads += 1;
        out->legs += LEGS_PER_TIER_ROW;
    }
}

static sizes
count_rows(const char *text, size_t size) {
    sizes out = {.slots = 1};
    pli_pa2_row row = pli_pa2_row_init("", text, size, NULL);
    while (pli_pa2_next(&row)) {
        count_row(&row, &out);
    }
    while (out.slots < out.products * 2) {
        out.slots *= 2;
    }
    return out;
}

static void
carve(pli_arena *arena, const sizes *count, pli_pa2_decoder *out) {
    pli_span_file *file = &out->file;
    file->contracts = PLI_ARENA_TAKE(arena, count->contracts, pli_span_contract);
    file->series = PLI_ARENA_TAKE(arena, count->series, pli_span_series);
    file->products = PLI_ARENA_TAKE(arena, count->products, pli_span_product);
    file->commodities = PLI_ARENA_TAKE(arena, count->commodities, pli_span_commodity);
    file->tiers = PLI_ARENA_TAKE(arena, count->tiers, pli_span_tier);
    file->deliveries = PLI_ARENA_TAKE(arena, count->deliveries, pli_span_delivery);
    file->spreads = PLI_ARENA_TAKE(arena, count->spreads, pli_span_spread);
    file->legs = PLI_ARENA_TAKE(arena, count->legs, pli_span_leg);
    file->inters = PLI_ARENA_TAKE(arena, count->inters, pli_span_inter);
    file->contract_order = PLI_ARENA_TAKE(arena, count->contracts, uint32_t);
    file->series_order = PLI_ARENA_TAKE(arena, count->series, uint32_t);
    out->slot_count = count->slots;
    out->slots = PLI_ARENA_TAKE(arena, count->slots, uint32_t);
}

size_t
pli_span_pa2_size(const char *text, size_t size) {
    sizes count = count_rows(text, size);
    pli_arena arena = pli_arena_init_sizing();
    pli_pa2_decoder unused = {.slot_count = 0};
    carve(&arena, &count, &unused);
    return pli_arena_used(&arena);
}

/* Exchange, code and type of the row from its column 3 on. */
static pli_span_product
named_product(const pli_pa2_row *row) {
    pli_span_product named = {.line = row->line, .commodity_index = PLI_SPAN_NONE};
    pli_pa2_code(row, 3, 3, named.exchange);
    pli_pa2_code(row, 6, 10, named.code);
    pli_pa2_code(row, 16, 3, named.type);
    return named;
}

/* The product, added where it is new: with nothing but its name. */
static pli_span_product *
product_at(pli_pa2_decoder *run, const pli_span_product *named) {
    uint32_t slot = pli_pa2_slot(run, named);
    if (run->slots[slot] == 0) {
        pli_span_product *product = &run->file.products[run->file.product_count];
        *product = *named;
        product->price_code = ' ';
        product->strike_code = ' ';
        product->value_factor = (pli_span_number){.mantissa = 1, .decimals = 0};
        run->file.product_count += 1;
        run->slots[slot] = run->file.product_count;
    }
    return &run->file.products[run->slots[slot] - 1];
}

static void
read_conversion(pli_pa2_decoder *run) {
    const pli_pa2_row *row = &run->row;
    pli_span_product named = named_product(row);
    pli_span_product *product = product_at(run, &named);
    product->has_conversion = true;
    product->price_decimals = (int32_t)pli_pa2_locator(&run->row, 34);
    product->strike_decimals = (int32_t)pli_pa2_locator(&run->row, 37);
    product->price_code = pli_pa2_character(row, 40);
    product->strike_code = pli_pa2_character(row, 41);
    int32_t exponent = (int32_t)pli_pa2_digits(&run->row, 74, 2);
    product->value_factor = pli_pa2_number(&run->row, 42, 14, 7);
    product->value_factor.decimals -= pli_pa2_character(row, 73) == '-' ? -exponent : exponent;
    pli_span_trim(&product->value_factor);
    pli_pa2_code(row, 117, 5, product->valuation);
}

static uint32_t
find_commodity(pli_pa2_decoder *run, uint32_t column) {
    char code[PLI_SPAN_CODE_SIZE];
    pli_pa2_code(&run->row, column, 6, code);
    // Records about a combined commodity follow its definition; the exchange stands only there, so the latest counts.
    for (uint32_t i = run->file.commodity_count; i > 0; i -= 1) {
        if (memcmp(run->file.commodities[i - 1].code, code, sizeof code) == 0) {
            return i - 1;
        }
    }
    (void)pli_pa2_fail(&run->row, PLM_INDEX_UNKNOWN, "no record of type 2 defines ", code);
    return PLI_SPAN_NONE;
}

static void
link_products(pli_pa2_decoder *run, uint32_t commodity_index) {
    const pli_span_commodity *commodity = &run->file.commodities[commodity_index];
    for (uint32_t i = 0; i < PRODUCTS_PER_ROW; i += 1) {
        uint32_t column = 23 + 16 * i;
        pli_span_product named = {.line = run->row.line, .commodity_index = PLI_SPAN_NONE};
        memcpy(named.exchange, commodity->exchange, sizeof named.exchange);
        pli_pa2_code(&run->row, column, 10, named.code);
        pli_pa2_code(&run->row, column + 10, 3, named.type);
        if (named.code[0] == '\0') {
            continue;
        }
        pli_span_product *product = product_at(run, &named);
        product->is_shared = product->is_shared || (product->commodity_index != PLI_SPAN_NONE &&
                                                    product->commodity_index != commodity_index);
        product->commodity_index = commodity_index;
        int32_t decimals = (int32_t)pli_pa2_digits(&run->row, column + 13, 1);
        product->array_decimals =
            pli_pa2_character(&run->row, column + 14) == '-' ? -decimals : decimals;
    }
}

static void
read_commodity(pli_pa2_decoder *run) {
    pli_span_commodity made = {.line = run->row.line, .minimum_method = ' '};
    pli_pa2_code(&run->row, 3, 3, made.exchange);
    pli_pa2_code(&run->row, 7, 6, made.code);
    pli_pa2_code(&run->row, 14, 3, made.currency);
    made.risk_exponent = (int32_t)pli_pa2_digits(&run->row, 13, 1);
    made.option_style = pli_pa2_character(&run->row, 18);
    made.is_option_value_capped = pli_pa2_character(&run->row, 19) == 'Y';
    for (uint32_t i = 0; i < 3; i += 1) {
        made.initial_ratio[i] = (pli_span_number){.mantissa = 1, .decimals = 0};
    }
    uint32_t index = 0;
    while (
        index < run->file.commodity_count &&
        (memcmp(run->file.commodities[index].code, made.code, sizeof made.code) != 0 ||
         memcmp(run->file.commodities[index].exchange, made.exchange, sizeof made.exchange) != 0)) {
        index += 1;
    }
    if (index == run->file.commodity_count) {
        run->file.commodities[index] = made;
        run->file.commodity_count += 1;
    }
    link_products(run, index);
}

static void
read_scanning(pli_pa2_decoder *run) {
    uint32_t index = find_commodity(run, 3);
    if (index == PLI_SPAN_NONE) {
        return;
    }
    char method[PLI_SPAN_CODE_SIZE];
    pli_pa2_code(&run->row, 9, 2, method);
    pli_span_commodity *commodity = &run->file.commodities[index];
    if (pli_text_is_equal(method, "30")) {
        commodity->has_minimum_tiers = true;
    } else if (!pli_text_is_equal(method, "23")) {
        memcpy(commodity->scan_method, method, sizeof commodity->scan_method);
    }
}

static void
read_tiers(pli_pa2_decoder *run) {
    uint32_t index = find_commodity(run, 3);
    if (index == PLI_SPAN_NONE) {
        return;
    }
    pli_span_commodity *commodity = &run->file.commodities[index];
    char method[PLI_SPAN_CODE_SIZE];
    pli_pa2_code(&run->row, 9, 2, method);
    memcpy(commodity->intra_method, method, sizeof commodity->intra_method);
    for (uint32_t i = 0; i < 3; i += 1) {
        pli_span_number ratio = pli_pa2_number(&run->row, 69 + 4 * i, 4, 3);
        if (ratio.mantissa != 0) {
            commodity->initial_ratio[i] = ratio;
        }
    }
    for (uint32_t i = 0; i < TIERS_PER_ROW && pli_text_is_equal(method, "10"); i += 1) {
        pli_span_tier tier = {.commodity_index = index};
        tier.number = (uint32_t)pli_pa2_digits(&run->row, 11 + 14 * i, 2);
        tier.range.first.month = (uint32_t)pli_pa2_digits(&run->row, 13 + 14 * i, 6);
        tier.range.last.month = (uint32_t)pli_pa2_digits(&run->row, 19 + 14 * i, 6);
        tier.range.first.day = pli_pa2_day(&run->row, 81 + 4 * i);
        tier.range.last.day = pli_pa2_day(&run->row, 83 + 4 * i);
        if (tier.number != 0) {
            run->file.tiers[run->file.tier_count] = tier;
            run->file.tier_count += 1;
        }
    }
}

static void
read_delivery_table(pli_pa2_decoder *run, uint32_t commodity_index) {
    uint64_t count = pli_pa2_digits(&run->row, 11, 2);
    for (uint32_t i = 0; i < DELIVERIES_PER_ROW && i < count; i += 1) {
        pli_span_delivery delivery = {.commodity_index = commodity_index};
        delivery.period.month = (uint32_t)pli_pa2_digits(&run->row, 15 + 22 * i, 6);
        delivery.period.day = pli_pa2_day(&run->row, 57 + 2 * i);
        delivery.rate_in_spread = pli_pa2_number(&run->row, 21 + 22 * i, 7, 0);
        delivery.rate_outright = pli_pa2_number(&run->row, 28 + 22 * i, 7, 0);
        if (delivery.period.month != 0) {
            run->file.deliveries[run->file.delivery_count] = delivery;
            run->file.delivery_count += 1;
        }
    }
}

static void
read_charges(pli_pa2_decoder *run) {
    uint32_t index = find_commodity(run, 3);
    if (index == PLI_SPAN_NONE) {
        return;
    }
    pli_span_commodity *commodity = &run->file.commodities[index];
    char method[PLI_SPAN_CODE_SIZE];
    pli_pa2_code(&run->row, 9, 2, method);
    memcpy(commodity->delivery_method, method, sizeof commodity->delivery_method);
    if (pli_text_is_equal(method, "10")) {
        read_delivery_table(run, index);
    }
    commodity->minimum_rate = pli_pa2_number(&run->row, 63, 7, 0);
    for (uint32_t i = 0; i < 3; i += 1) {
        commodity->adjustment[i] = pli_pa2_number(&run->row, 70 + 3 * i, 3, 2);
    }
    commodity->minimum_method = pli_pa2_character(&run->row, 79);
}

static void
add_leg(pli_pa2_decoder *run, pli_span_spread *spread, pli_span_leg leg, uint32_t side_column) {
    char side = pli_pa2_character(&run->row, side_column);
    if (leg.ratio.mantissa <= 0 || (side != 'A' && side != 'B')) {
        (void)pli_pa2_fail(&run->row, PLM_VALUE_INVALID,
                           "a leg needs a ratio above 0 and a side A or B", NULL);
        return;
    }
    leg.is_side_a = side == 'A';
    run->file.legs[run->file.leg_count] = leg;
    run->file.leg_count += 1;
    spread->leg_count += 1;
}

/* The spread of this record: a new one, or the last one again where a spread goes on over several records. */
static pli_span_spread *
spread_at(pli_pa2_decoder *run, pli_span_spread_kind kind, uint32_t priority) {
    uint32_t commodity = find_commodity(run, 3);
    if (commodity == PLI_SPAN_NONE) {
        return NULL;
    }
    pli_span_spread *last =
        run->file.spread_count == 0 ? NULL : &run->file.spreads[run->file.spread_count - 1];
    if (last != NULL && last->kind == kind && last->commodity_index == commodity &&
        last->priority == priority && kind == PLI_SPAN_SPREAD_SERIES) {
        return last;
    }
    pli_span_spread *spread = &run->file.spreads[run->file.spread_count];
    PLI_ASSERT(spread != NULL);
    *spread = (pli_span_spread){.line = run->row.line,
                                .commodity_index = commodity,
                                .kind = kind,
                                .priority = priority,
                                .leg_first = run->file.leg_count};
    run->file.spread_count += 1;
    return spread;
}

static void
read_series_spread(pli_pa2_decoder *run) {
    pli_span_spread *spread =
        spread_at(run, PLI_SPAN_SPREAD_SERIES, (uint32_t)pli_pa2_digits(&run->row, 9, 5));
    if (spread == NULL) {
        return;
    }
    spread->rate = pli_pa2_number(&run->row, 14, 7, 0);
    for (uint32_t i = 0; i < LEGS_PER_SERIES_ROW; i += 1) {
        uint32_t column = 21 + 14 * i;
        uint32_t month = (uint32_t)pli_pa2_digits(&run->row, column, 4);
        if (month == 0) {
            continue;
        }
        pli_span_leg leg = {.period = {.month = 200000 + month}};
        leg.ratio = pli_pa2_number(&run->row, column + 7, 6, 4);
        add_leg(run, spread, leg, column + 13);
    }
}

static void
read_tier_spread(pli_pa2_decoder *run) {
    pli_span_spread *spread =
        spread_at(run, PLI_SPAN_SPREAD_TIER, (uint32_t)pli_pa2_digits(&run->row, 11, 2));
    if (spread == NULL) {
        return;
    }
    spread->rate = pli_pa2_number(&run->row, 15, 7, 0);
    uint64_t count = pli_pa2_digits(&run->row, 13, 2);
    if (count > LEGS_PER_TIER_ROW) {
        (void)pli_pa2_fail(&run->row, PLM_VALUE_INVALID, "a spread has more than 15 legs", NULL);
        return;
    }
    for (uint32_t i = 0; i < count; i += 1) {
        uint32_t column = 22 + 7 * i;
        pli_span_leg leg = {.tier = (uint32_t)pli_pa2_digits(&run->row, column + 2, 2)};
        leg.ratio = pli_pa2_number(&run->row, column + 4, 2, 0);
        add_leg(run, spread, leg, column + 6);
    }
}

static void
read_inter(pli_pa2_decoder *run) {
    pli_span_inter made = {.line = run->row.line};
    char method[PLI_SPAN_CODE_SIZE];
    pli_pa2_code(&run->row, 89, 2, method);
    memcpy(made.method, method, sizeof made.method);
    for (uint32_t i = 0; i < LEGS_PER_INTER_ROW; i += 1) {
        uint32_t column = 17 + 18 * i;
        pli_pa2_code(&run->row, column + 4, 6, made.legs[made.leg_count].commodity);
        if (made.legs[made.leg_count].commodity[0] == '\0') {
            continue;
        }
        pli_pa2_code(&run->row, column, 3, made.legs[made.leg_count].exchange);
        made.legs[made.leg_count].is_side_a = pli_pa2_character(&run->row, column + 17) == 'A';
        made.is_tiered = made.is_tiered || pli_pa2_digits(&run->row, 102 + 2 * i, 2) != 0;
        made.leg_count += 1;
    }
    run->file.inters[run->file.inter_count] = made;
    run->file.inter_count += 1;
}

static void
read_definition(pli_pa2_decoder *run) {
    pli_pa2_row *row = &run->row;
    if (pli_pa2_is(row, "P ")) {
        read_conversion(run);
    } else if (pli_pa2_is(row, "2 ")) {
        read_commodity(run);
    } else if (pli_pa2_is(row, "S ")) {
        read_scanning(run);
    } else if (pli_pa2_is(row, "3 ")) {
        read_tiers(run);
    } else if (pli_pa2_is(row, "4 ")) {
        read_charges(run);
    } else if (pli_pa2_is(row, "E ")) {
        read_series_spread(run);
    } else if (pli_pa2_is(row, "C ")) {
        read_tier_spread(run);
    } else if (pli_pa2_is(row, "6 ")) {
        read_inter(run);
    }
}

static void
read_header(pli_pa2_decoder *run) {
    if (!pli_pa2_next(&run->row) || !pli_pa2_is(&run->row, "0 ")) {
        (void)pli_pa2_fail(&run->row, PLM_SYNTAX, "the first record is not a header of type 0",
                           NULL);
        return;
    }
    char format[PLI_SPAN_CODE_SIZE];
    pli_pa2_code(&run->row, 36, 2, format);
    if (!pli_text_is_equal(format, "U2")) {
        (void)pli_pa2_fail(&run->row, PLM_VALUE_INVALID,
                           "the format is not U2, the expanded one: ", format);
    }
    run->file.date = (uint32_t)pli_pa2_digits(&run->row, 9, 8);
}

plm_status
pli_span_pa2_decode(const char *name, const char *text, size_t size, pli_arena *arena,
                    pli_span_file *file, plm_fault *fault) {
    pli_pa2_decoder run = {.row = pli_pa2_row_init(name, text, size, fault)};
    sizes count = count_rows(text, size);
    carve(arena, &count, &run);
    if (!pli_arena_is_ok(arena)) {
        return pli_fault_set(fault, PLM_LIMIT, name, ": no room for the file's tables", NULL);
    }
    memset(run.slots, 0, run.slot_count * sizeof run.slots[0]);
    read_header(&run);
    while (pli_pa2_next(&run.row)) {
        read_definition(&run);
    }
    plm_status status = run.row.status;
    if (status != PLM_OK) {
        return status;
    }
    // The arrays in a second pass: the layout does not promise that a product is defined before them.
    run.row = pli_pa2_row_init(name, text, size, fault);
    while (pli_pa2_next(&run.row)) {
        if (pli_pa2_is(&run.row, "81")) {
            pli_pa2_read_array(&run);
        } else if (pli_pa2_is(&run.row, "B ")) {
            pli_pa2_read_series(&run);
        }
    }
    if (run.row.status != PLM_OK) {
        return run.row.status;
    }
    pli_span_index(&run.file);
    *file = run.file;
    return PLM_OK;
}
