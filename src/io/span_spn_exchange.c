/* span_spn_exchange.c: products, series and risk arrays of the XML form of SPAN files.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "io/document.h"
#include "io/span_spn.h"

#define PRICE_DECIMALS 7u
#define ARRAY_DECIMALS 8u
#define DELTA_DECIMALS 9u

static const char *
product_type(const char *name) {
    static const char *const types[][2] = {
        {"futPf", "FUT"}, {"oopPf", "OOP"}, {"oofPf", "OOF"}, {"phyPf", "PHY"}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i += 1) {
        if (strcmp(types[i][0], name) == 0) {
            return types[i][1];
        }
    }
    return NULL;
}

static pli_span_product *
product_now(pli_spn *run) {
    return &run->file.products[run->file.product_count - 1];
}

static void
begin_product(pli_spn *run, const char *type) {
    pli_span_product *product = &run->file.products[run->file.product_count];
    *product = (pli_span_product){.commodity_index = PLI_SPAN_NONE,
                                  .has_conversion = true,
                                  .price_decimals = PRICE_DECIMALS,
                                  .strike_decimals = PRICE_DECIMALS,
                                  .price_code = ' ',
                                  .strike_code = ' ',
                                  .array_decimals = ARRAY_DECIMALS,
                                  .value_factor = {.mantissa = 1}};
    memcpy(product->exchange, run->exchange, sizeof product->exchange);
    memcpy(product->type, type, strlen(type));
    run->file.product_count += 1;
    run->series = (pli_span_series){.delta_scaling = {.mantissa = 1}};
    run->under = (pli_spn_under){0};
}

static bool
is_contract(const char *name) {
    return strcmp(name, "fut") == 0 || strcmp(name, "opt") == 0 || strcmp(name, "phy") == 0;
}

void
pli_spn_exchange_begin(pli_spn *run, const char *name) {
    if (name[0] != '\0' && name[1] == '\0') {
        return; // nothing begins with a value
    }
    const char *type = product_type(name);
    if (type != NULL) {
        begin_product(run, type);
    } else if (strcmp(name, "series") == 0) {
        run->series = (pli_span_series){.delta_scaling = {.mantissa = 1}};
        run->under = (pli_spn_under){0};
    } else if (is_contract(name)) {
        if (run->file.product_count == 0) {
            pli_spn_fail(run, PLM_SYNTAX, "a contract outside of a product", NULL);
            return;
        }
        if (strcmp(name, "opt") != 0) {
            run->series = (pli_span_series){.delta_scaling = {.mantissa = 1}};
        }
        run->contract = (pli_span_contract){.product_index = run->file.product_count - 1,
                                            .array_decimals = ARRAY_DECIMALS};
        run->contract_id = 0;
        run->has_array = false;
    } else if (strcmp(name, "ra") == 0) {
        run->array_count = 0;
        run->is_rate_first = true;
    }
}

static void
end_array(pli_spn *run, const char *name) {
    if (strcmp(name, "r") == 0) {
        run->is_rate_first = pli_spn_integer(run) == 1;
    } else if (!run->is_rate_first) {
        return;
    } else if (strcmp(name, "a") == 0) {
        if (run->array_count == PLI_SPAN_SCENARIO_COUNT) {
            pli_spn_fail(run, PLM_VALUE_INVALID, "an array has more than 16 values", NULL);
            return;
        }
        run->contract.array[run->array_count] = pli_spn_decimal(run, ARRAY_DECIMALS);
        run->array_count += 1;
    } else if (strcmp(name, "d") == 0) {
        run->contract.composite_delta = (pli_span_number){
            .mantissa = pli_spn_decimal(run, DELTA_DECIMALS), .decimals = DELTA_DECIMALS};
    }
}

static void
end_array_set(pli_spn *run) {
    if (run->is_rate_first && run->array_count != PLI_SPAN_SCENARIO_COUNT) {
        pli_spn_fail(run, PLM_VALUE_INVALID, "an array has fewer than 16 values", NULL);
    }
    run->has_array = run->has_array || run->is_rate_first;
}

static void
add_contract(pli_spn *run, bool is_option) {
    pli_span_contract *made = &run->contract;
    made->option = is_option ? run->series.option : (pli_span_period){0};
    if (is_option) {
        made->future =
            run->series.option; // replaced for options on futures once all futures are known
    }
    if (is_option && made->right == '\0') {
        pli_spn_fail(run, PLM_VALUE_INVALID, "an option is neither C nor P", NULL);
        return;
    }
    if (!run->has_array) {
        pli_spn_fail(run, PLM_SYNTAX, "a contract has no risk array", NULL);
        return;
    }
    uint32_t index = run->file.contract_count;
    run->file.contracts[index] = *made;
    run->contract_ids[index] = run->contract_id;
    run->unders[index] = run->under;
    run->file.contract_count += 1;
    bool is_series_new = !is_option || run->series.product_index != made->product_index ||
                         run->series.future.month == 0;
    if (is_series_new) {
        run->series.product_index = made->product_index;
        run->series.option = made->option;
        run->series.future = made->future;
        run->file.series[run->file.series_count] = run->series;
        run->file.series_count += 1;
    }
}

static void
end_in_contract(pli_spn *run, const char *name) {
    if (strcmp(name, "p") == 0 && run->text_size == 0) {
        run->contract.has_price = false;
    } else if (strcmp(name, "p") == 0) {
        run->contract.price_raw = pli_spn_decimal(run, PRICE_DECIMALS);
        run->contract.has_price = true;
    } else if (strcmp(name, "k") == 0) {
        run->contract.strike_raw = pli_spn_decimal(run, PRICE_DECIMALS);
    } else if (strcmp(name, "o") == 0) {
        bool is_right = run->text[0] == 'C' || run->text[0] == 'P';
        run->contract.right = is_right ? run->text[0] : '\0';
    } else if (strcmp(name, "cId") == 0) {
        run->contract_id = pli_spn_integer(run);
    } else if (strcmp(name, "pe") == 0) {
        run->contract.future = pli_spn_period(run);
    } else if (strcmp(name, "sc") == 0) {
        run->series.delta_scaling = pli_spn_number(run);
    } else if (strcmp(name, "cvf") == 0) {
        run->series.value_factor = pli_spn_number(run);
    }
}

static void
end_in_series(pli_spn *run, const char *name) {
    if (strcmp(name, "pe") == 0) {
        run->series.option = pli_spn_period(run);
    } else if (strcmp(name, "sc") == 0) {
        run->series.delta_scaling = pli_spn_number(run);
    } else if (strcmp(name, "cvf") == 0) {
        run->series.value_factor = pli_spn_number(run);
    }
}

static void
end_in_product(pli_spn *run, const char *name) {
    if (run->file.product_count == 0) {
        return;
    }
    pli_span_product *product = product_now(run);
    if (strcmp(name, "pfCode") == 0) {
        pli_spn_code(run, product->code);
    } else if (strcmp(name, "pfId") == 0) {
        run->product_ids[run->file.product_count - 1] = pli_spn_integer(run);
    } else if (strcmp(name, "cvf") == 0) {
        product->value_factor = pli_spn_number(run);
    } else if (strcmp(name, "valueMeth") == 0) {
        pli_spn_code(run, product->valuation);
    }
}

void
pli_spn_exchange_end(pli_spn *run, const char *name) {
    const char *parent = pli_spn_parent(run);
    if (strcmp(parent, "ra") == 0) {
        end_array(run, name);
    } else if (strcmp(name, "ra") == 0) {
        end_array_set(run);
    } else if (is_contract(name)) {
        add_contract(run, strcmp(name, "opt") == 0);
    } else if (is_contract(parent)) {
        end_in_contract(run, name);
    } else if (strcmp(parent, "series") == 0) {
        end_in_series(run, name);
    } else if (strcmp(parent, "undC") == 0 && strcmp(name, "pfId") == 0) {
        run->under.product_id = pli_spn_integer(run);
    } else if (strcmp(parent, "undC") == 0 && strcmp(name, "cId") == 0) {
        run->under.contract_id = pli_spn_integer(run);
    } else if (product_type(parent) != NULL) {
        end_in_product(run, name);
    } else if (strcmp(name, "exch") == 0 && strcmp(parent, "exchange") == 0) {
        pli_spn_code(run, run->exchange);
    }
}

/* The future of that number in the product of that number; NULL where there is none. */
static const pli_span_contract *
find_future(const pli_spn *run, pli_spn_under under) {
    for (uint32_t i = 0; i < run->file.product_count; i += 1) {
        const pli_span_product *product = &run->file.products[i];
        if (run->product_ids[i] != under.product_id || strcmp(product->type, "FUT") != 0) {
            continue;
        }
        for (uint32_t j = 0; j < product->contract_count; j += 1) {
            uint32_t index = run->file.contract_order[product->contract_first + j];
            if (run->contract_ids[index] == under.contract_id) {
                return &run->file.contracts[index];
            }
        }
    }
    return NULL;
}

// An option on a future has its delta in the month of the future. Series are few: one look-up serves their strikes.
static void
resolve_unders(pli_spn *run) {
    pli_spn_under last = {0};
    pli_span_period period = {0};
    for (uint32_t i = 0; i < run->file.contract_count; i += 1) {
        pli_span_contract *contract = &run->file.contracts[i];
        if (strcmp(run->file.products[contract->product_index].type, "OOF") != 0) {
            continue;
        }
        pli_spn_under under = run->unders[i];
        if (under.product_id != last.product_id || under.contract_id != last.contract_id) {
            const pli_span_contract *future = find_future(run, under);
            period = future == NULL ? (pli_span_period){0} : future->future;
            last = under;
        }
        contract->future = period;
    }
    for (uint32_t i = 0; i < run->file.series_count; i += 1) {
        pli_span_series *series = &run->file.series[i];
        const pli_span_product *product = &run->file.products[series->product_index];
        for (uint32_t j = 0; strcmp(product->type, "OOF") == 0 && j < product->contract_count;
             j += 1) {
            uint32_t index = run->file.contract_order[product->contract_first + j];
            const pli_span_contract *contract = &run->file.contracts[index];
            if (contract->option.month == series->option.month &&
                contract->option.day == series->option.day) {
                series->future = contract->future;
                break;
            }
        }
    }
}

static void
resolve_link(pli_spn *run, const pli_spn_link *link) {
    for (uint32_t i = 0; i < run->file.product_count; i += 1) {
        pli_span_product *product = &run->file.products[i];
        bool is_named =
            strcmp(product->code, link->code) == 0 && strcmp(product->type, link->type) == 0 &&
            (link->exchange[0] == '\0' || strcmp(product->exchange, link->exchange) == 0);
        if (!is_named) {
            continue;
        }
        product->is_shared =
            product->is_shared || (product->commodity_index != PLI_SPAN_NONE &&
                                   product->commodity_index != link->commodity_index);
        product->commodity_index = link->commodity_index;
        // Where deltas of options on physicals are not by period, their months are not known.
        if (strcmp(product->type, "OOP") == 0 && !run->is_period_delta) {
            memcpy(run->file.commodities[link->commodity_index].intra_method, "OP", 3);
        }
    }
}

plm_status
pli_spn_resolve(pli_spn *run) {
    for (uint32_t i = 0; i < run->link_count; i += 1) {
        resolve_link(run, &run->links[i]);
    }
    pli_span_index(&run->file);
    resolve_unders(run);
    return PLM_OK;
}
