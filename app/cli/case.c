/* case.c: the files of one question read, and everything a model needs made from them. SPDX-License-Identifier: Apache-2.0 */
#include "cli/case.h"

#include <string.h>

#include "cli/memory.h"

static pli_exit
find_model(const pli_invocation *invocation, pli_case *opened) {
    const char *name = pli_argument_value(invocation, "model");
    opened->model = plm_model_find(name == NULL ? "portfolio" : name);
    if (opened->model != NULL) {
        return PLI_EXIT_OK;
    }
    const char *names[16];
    uint32_t count = 0;
    for (; count < 16 && plm_model_at(count) != NULL; count += 1) {
        names[count] = plm_model_at(count)->name;
    }
    const char *nearest = pli_nearest(name, names, count);
    char message[160];
    pli_text text = pli_text_init(message, sizeof message);
    pli_text_append(&text, "no model is named ");
    pli_text_append(&text, name);
    return pli_fail_usage(message, nearest != NULL ? "; did you mean " : "; see plimsoll models",
                          nearest);
}

/* Options that the venue has no mark for are marked from their surface; where there is none they stay without. */
static void
fill_marks(pli_case *opened) {
    const plm_listing *listing = &opened->book.listing;
    plm_mark *marks = PLI_MUST_TAKE(&opened->pool, listing->instrument_count + 1u, plm_mark);
    for (uint32_t i = 0; i < listing->instrument_count; i += 1) {
        plm_price price = {0};
        plm_fault fault = {.status = PLM_OK};
        marks[i] = opened->book.market.marks[i];
        if (!marks[i].is_present &&
            plm_instrument_mark(listing, &opened->book.market, i, &price, &fault) == PLM_OK) {
            marks[i].mark_e8 = price.e8;
            marks[i].is_present = true;
        }
    }
    opened->book.market.marks = marks;
}

pli_exit
pli_case_begin(const pli_invocation *invocation, pli_case *opened) {
    *opened = (pli_case){.config_path = pli_argument_value(invocation, "config")};
    plm_fault fault = {.status = PLM_OK};
    pli_exit end = find_model(invocation, opened);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    pli_parameters_init(&opened->parameters);
    if (opened->config_path != NULL &&
        pli_parameters_read(opened->config_path, &opened->parameters, &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    return PLI_EXIT_OK;
}

pli_exit
pli_case_adopt(const char *market_path, pli_market_book *book, pli_case *opened) {
    plm_fault fault = {.status = PLM_OK};
    opened->market_path = market_path;
    opened->book = *book;
    *book = (pli_market_book){.class_count = 0};
    fill_marks(opened);
    opened->currency = pli_book_asset_name(&opened->book, opened->book.valuation_asset_index);
    if (pli_histories_read(&opened->parameters, &opened->book, &opened->histories, &fault) !=
        PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    return PLI_EXIT_OK;
}

pli_exit
pli_case_open(const pli_invocation *invocation, bool has_portfolio, pli_case *opened) {
    plm_fault fault = {.status = PLM_OK};
    pli_market_book book = {.class_count = 0};
    pli_exit end = pli_case_begin(invocation, opened);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    if (pli_market_read(invocation->operands[0], &book, &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    end = pli_case_adopt(invocation->operands[0], &book, opened);
    if (end != PLI_EXIT_OK || !has_portfolio) {
        return end;
    }
    opened->portfolio_path = invocation->operands[1];
    if (pli_portfolio_read(opened->portfolio_path, &opened->book, &opened->account, &fault) !=
        PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    return PLI_EXIT_OK;
}

void
pli_case_finish(pli_case *opened) {
    pli_pool_finish(&opened->pool);
    pli_histories_finish(&opened->histories);
    pli_account_finish(&opened->account);
    pli_book_finish(&opened->book);
    pli_parameters_finish(&opened->parameters);
}

static void
mark_held(const pli_case *opened, uint32_t change_count, const plm_change *changes,
          uint8_t *wanted) {
    for (uint32_t i = 0; i < opened->account.group_count; i += 1) {
        const plm_portfolio *portfolio = &opened->account.groups[i].portfolio;
        for (uint32_t j = 0; j < portfolio->position_count; j += 1) {
            wanted[portfolio->positions[j].instrument_index] = 1;
        }
        for (uint32_t j = 0; j < portfolio->order_count; j += 1) {
            wanted[portfolio->orders[j].instrument_index] = 1;
        }
    }
    for (uint32_t i = 0; i < change_count; i += 1) {
        if (changes[i].kind == PLM_CHANGE_TRADE) {
            wanted[changes[i].trade.instrument_index] = 1;
        } else if (changes[i].kind == PLM_CHANGE_ORDER) {
            wanted[changes[i].order.instrument_index] = 1;
        }
    }
}

// An option whose expiry has no surface cannot be revalued; it is no hedge then, and no error unless it is held.
static bool
can_be_valued(const pli_case *opened, uint32_t index) {
    const plm_instrument *instrument = &opened->book.listing.instruments[index];
    if (instrument->kind != PLM_KIND_OPTION) {
        return true;
    }
    const plm_expiry_market *expiry = plm_market_expiry(
        &opened->book.market, instrument->underlying_index, instrument->expiry_ns);
    return expiry != NULL && expiry->slice.kind != PLM_SLICE_NONE;
}

static void
mark_valuable(const pli_case *opened, uint8_t *wanted) {
    for (uint32_t i = 0; i < opened->book.listing.instrument_count; i += 1) {
        wanted[i] = wanted[i] != 0 || can_be_valued(opened, i) ? 1 : 0;
    }
}

static pli_exit
make_set(pli_case *opened, const char *name, const plm_set_parameters *parameters,
         plm_scenario_set *set) {
    const plm_scenario_request request = {.name = name,
                                          .version = opened->parameters.version,
                                          .listing = &opened->book.listing,
                                          .market = &opened->book.market,
                                          .parameters = parameters,
                                          .class_count = opened->book.class_count,
                                          .classes = opened->parameters.classes,
                                          .history_count = opened->histories.count,
                                          .histories = opened->histories.histories,
                                          .kernels = plm_kernels_best()};
    size_t size = plm_scenario_size(&request);
    void *memory = pli_must_block(&opened->pool, size);
    plm_fault fault = {.status = PLM_OK};
    if (plm_scenario_make(&request, memory, size, set, &fault) != PLM_OK) {
        return pli_fail_case(opened, opened->config_path, &fault);
    }
    return PLI_EXIT_OK;
}

static pli_exit
make_table(pli_case *opened, const plm_scenario_set *set, const uint8_t *wanted,
           plm_risk_table *table) {
    const plm_listing *listing = &opened->book.listing;
    size_t size = plm_risk_table_size(set, listing);
    void *memory = pli_must_block(&opened->pool, size);
    plm_fault fault = {.status = PLM_OK};
    plm_status status = plm_risk_table_init(set, listing, memory, size, table);
    for (uint32_t i = 0; status == PLM_OK && i < listing->underlying_count; i += 1) {
        status = plm_risk_table_build(set, listing, &opened->book.market, i, wanted, table, &fault);
    }
    fault.status = status;
    return status == PLM_OK ? PLI_EXIT_OK : pli_fail_case(opened, opened->market_path, &fault);
}

static void
set_limits(pli_case *opened, uint32_t change_count) {
    const plm_listing *listing = &opened->book.listing;
    uint32_t positions = 0;
    uint32_t orders = 0;
    for (uint32_t i = 0; i < opened->account.group_count; i += 1) {
        const plm_portfolio *portfolio = &opened->account.groups[i].portfolio;
        positions = portfolio->position_count > positions ? portfolio->position_count : positions;
        orders = portfolio->order_count > orders ? portfolio->order_count : orders;
    }
    uint32_t maintenance = opened->maintenance_set.header.row_stride;
    uint32_t initial = opened->initial_set.header.row_stride;
    opened->limits = (plm_limits){.asset_count = listing->asset_count,
                                  .underlying_count = listing->underlying_count,
                                  .instrument_count = listing->instrument_count,
                                  .position_count = positions + change_count + PLM_CURE_LEGS_MAX,
                                  .order_count = orders + change_count + 1,
                                  .balance_count = listing->asset_count,
                                  .entry_count = maintenance > initial ? maintenance : initial};
}

pli_exit
pli_case_prepare(pli_case *opened, pli_rows_wanted wanted, uint32_t change_count,
                 const plm_change *changes) {
    const plm_listing *listing = &opened->book.listing;
    uint8_t *mask = PLI_MUST_TAKE(&opened->pool, listing->instrument_count + 1u, uint8_t);
    mark_held(opened, change_count, changes, mask);
    if (wanted == PLI_ROWS_ALL) {
        mark_valuable(opened, mask);
    }
    pli_exit end = make_set(opened, "maintenance", &opened->parameters.scenario_maintenance,
                            &opened->maintenance_set);
    if (end == PLI_EXIT_OK) {
        end =
            make_set(opened, "initial", &opened->parameters.scenario_initial, &opened->initial_set);
    }
    bool has_arrays = opened->has_arrays || (opened->model->needs & PLM_NEEDS_ARRAYS) != 0;
    if (end == PLI_EXIT_OK && has_arrays) {
        end = make_table(opened, &opened->maintenance_set, mask, &opened->maintenance_table);
        end = end == PLI_EXIT_OK
                  ? make_table(opened, &opened->initial_set, mask, &opened->initial_table)
                  : end;
    }
    if (end != PLI_EXIT_OK) {
        return end;
    }
    set_limits(opened, change_count);
    size_t size = plm_margin_workspace_size(opened->model, &opened->limits);
    opened->workspace =
        (plm_workspace){.memory = pli_must_block(&opened->pool, size), .size = size};
    return PLI_EXIT_OK;
}

static plm_margin_input
margin_input(const pli_case *opened, uint32_t group_index) {
    bool has_arrays = (opened->model->needs & PLM_NEEDS_ARRAYS) != 0;
    return (plm_margin_input){
        .listing = &opened->book.listing,
        .market = &opened->book.market,
        .maintenance_arrays = has_arrays ? &opened->maintenance_table : NULL,
        .initial_arrays = has_arrays ? &opened->initial_table : NULL,
        .parameters = pli_parameters_record(&opened->parameters, opened->model->descriptor),
        .portfolio = &opened->account.groups[group_index].portfolio};
}

plm_explain_input
pli_case_input(const pli_case *opened, uint32_t group_index) {
    bool has_arrays = (opened->model->needs & PLM_NEEDS_ARRAYS) != 0;
    return (plm_explain_input){.model = opened->model,
                               .margin = margin_input(opened, group_index),
                               .maintenance_set = has_arrays ? &opened->maintenance_set : NULL,
                               .initial_set = has_arrays ? &opened->initial_set : NULL};
}

static void
take_contributions(pli_case *opened, plm_reason_part *part) {
    const plm_limits *limits = &opened->limits;
    part->position_micros = PLI_MUST_TAKE(&opened->pool, limits->position_count + 1u, int64_t);
    part->order_micros = PLI_MUST_TAKE(&opened->pool, limits->order_count + 1u, int64_t);
    part->balance_micros = PLI_MUST_TAKE(&opened->pool, limits->balance_count + 1u, int64_t);
}

pli_exit
pli_case_evaluate(pli_case *opened, uint32_t group_index, uint32_t change_count,
                  const plm_change *changes, pli_answer *answer) {
    plm_margin_input input = margin_input(opened, group_index);
    input.change_count = change_count;
    input.changes = changes;
    take_contributions(opened, &answer->reason.maintenance);
    take_contributions(opened, &answer->reason.initial);
    plm_fault fault = {.status = PLM_OK};
    plm_status status = plm_margin_require(opened->model, &input, &opened->workspace,
                                           &answer->requirement, &answer->reason, &fault);
    return status == PLM_OK ? PLI_EXIT_OK : pli_fail_case(opened, opened->portfolio_path, &fault);
}

pli_exit
pli_case_group(const pli_invocation *invocation, const pli_case *opened, uint32_t *group_index) {
    const char *name = pli_argument_value(invocation, "group");
    *group_index = 0;
    if (name == NULL) {
        return PLI_EXIT_OK;
    }
    const char *names[64];
    uint32_t count = 0;
    for (uint32_t i = 0; i < opened->account.group_count; i += 1) {
        if (strcmp(opened->account.groups[i].name, name) == 0) {
            *group_index = i;
            return PLI_EXIT_OK;
        }
        if (count < 64) {
            names[count] = opened->account.groups[i].name;
            count += 1;
        }
    }
    const char *nearest = pli_nearest(name, names, count);
    char message[160];
    pli_text text = pli_text_init(message, sizeof message);
    pli_text_append(&text, opened->portfolio_path);
    pli_text_append(&text, ": no margin group is named ");
    pli_text_append(&text, name);
    return pli_fail_usage(message, nearest != NULL ? "; did you mean " : NULL, nearest);
}

// Pure layers know indices only: "instrument 12 has no mark" becomes "instrument BTC-PERP has no mark".
static const char *
name_of(const pli_case *opened, const char *kind, uint32_t index) {
    if (strcmp(kind, "instrument ") == 0 && index < opened->book.listing.instrument_count) {
        return pli_book_instrument_name(&opened->book, index);
    }
    if (strcmp(kind, "underlying ") == 0 && index < opened->book.listing.underlying_count) {
        return pli_book_underlying_name(&opened->book, index);
    }
    if (strcmp(kind, "asset ") == 0 && index < opened->book.listing.asset_count) {
        return pli_book_asset_name(&opened->book, index);
    }
    return NULL;
}

// Answers how many bytes of `text` were replaced.
static size_t
append_named(const pli_case *opened, const char *text, pli_text *out) {
    static const char *const kinds[3] = {"instrument ", "underlying ", "asset "};
    for (size_t i = 0; i < 3; i += 1) {
        size_t size = strlen(kinds[i]);
        size_t digits =
            strspn(text + (strncmp(text, kinds[i], size) == 0 ? size : 0), "0123456789");
        if (strncmp(text, kinds[i], size) != 0 || digits == 0 || digits > 9) {
            continue;
        }
        uint32_t index = 0;
        for (size_t j = 0; j < digits; j += 1) {
            index = index * 10 + (uint32_t)(text[size + j] - '0');
        }
        const char *name = name_of(opened, kinds[i], index);
        if (name != NULL) {
            pli_text_append(out, kinds[i]);
            pli_text_append(out, name);
            return size + digits;
        }
    }
    return 0;
}

plm_fault
pli_case_named(const pli_case *opened, const plm_fault *fault) {
    plm_fault named = {.status = fault->status};
    pli_text text = pli_text_init(named.text, sizeof named.text);
    const char *at = fault->text;
    while (*at != '\0') {
        size_t taken = append_named(opened, at, &text);
        if (taken == 0) {
            pli_text_append_char(&text, *at);
            taken = 1;
        }
        at += taken;
    }
    return named;
}

pli_exit
pli_fail_case(const pli_case *opened, const char *where, const plm_fault *fault) {
    const plm_fault named = pli_case_named(opened, fault);
    return pli_fail_status(where, &named);
}
