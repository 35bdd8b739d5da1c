/* portfolio_json.c: what an account holds, from JSON ("plimsoll-portfolio/1").        SPDX-License-Identifier: Apache-2.0 */
#include "io/portfolio_json.h"

#include <string.h>

#include "base/text.h"
#include "io/json.h"
#include "io/market_decoder.h"
#include "model/value.h"
#include "num/decimal.h"

#define GROUP_KEYS "name balances positions orders"

/* What is shared while one file is decoded; `held` remembers by instrument which group holds it already. */
typedef struct portfolio_decoder {
    pli_reader reader;
    const pli_market_book *book;
    pli_account_book account;
    pli_pool scratch;
    uint32_t *held;
} portfolio_decoder;

void
pli_account_finish(pli_account_book *account) {
    pli_pool_finish(&account->pool);
    *account = (pli_account_book){0};
}

pli_number
pli_instrument_price(const pli_market_book *book, const plm_instrument *instrument) {
    pli_number number =
        pli_price_number(book->listing.underlyings[instrument->underlying_index].domain);
    if (instrument->kind == PLM_KIND_OPTION) {
        number.low = 0;
    }
    return number;
}

static int64_t
read_quantity(pli_reader *r, const pli_node *node, const plm_instrument *instrument, int64_t low) {
    const pli_node *member = pli_node_find(node, "quantity");
    pli_i128 quantity = pli_node_decimal(r, member, "quantity", 8);
    if (r->status != PLM_OK) {
        return 0;
    }
    pli_i128 lots = quantity / instrument->lot_e8;
    if (lots * instrument->lot_e8 != quantity) {
        char data[96];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, "a whole number of lots of ");
        pli_decimal_format(&text, instrument->lot_e8, 8, 0);
        pli_reader_fail(r, PLM_VALUE_INVALID, member, "quantity", data);
        return 0;
    }
    if (lots < low || lots > PLM_LOTS_MAX) {
        pli_reader_fail(r, PLM_VALUE_INVALID, member, "quantity",
                        low > 0 ? "above zero and up to 1e11 lots" : "up to 1e11 lots");
        return 0;
    }
    return (int64_t)lots;
}

int64_t
pli_read_lots(pli_reader *r, const pli_node *node, const plm_instrument *instrument, int64_t low) {
    bool has_lots = pli_node_find(node, "lots") != NULL;
    bool has_quantity = pli_node_find(node, "quantity") != NULL;
    if (r->status != PLM_OK) {
        return 0;
    }
    if (has_lots == has_quantity) {
        pli_reader_say(r, has_lots ? PLM_VALUE_INVALID : PLM_KEY_MISSING, node,
                       has_lots ? "has both lots and quantity; allowed is one of them"
                                : "has neither lots nor quantity; one of them is required");
        return 0;
    }
    if (has_quantity) {
        return read_quantity(r, node, instrument, low);
    }
    return pli_read_decimal(r, node, "lots", (pli_number){.low = low, .high = PLM_LOTS_MAX});
}

plm_order
pli_read_order(pli_reader *r, const pli_node *node, const pli_market_book *book) {
    plm_order order = {0};
    r->kind = "order";
    r->subject = NULL;
    if (!pli_read_keys(r, node, "instrument side lots quantity price reduce_only")) {
        return order;
    }
    order.instrument_index = pli_read_index(r, node, "instrument", &book->instruments);
    if (r->status != PLM_OK) {
        return order;
    }
    r->subject = book->instruments.at[order.instrument_index];
    const plm_instrument *instrument = &book->listing.instruments[order.instrument_index];
    order.side = (plm_side)pli_read_choice(r, node, "side", "buy|sell", 0);
    order.lots = pli_read_lots(r, node, instrument, 1);
    order.limit_e8 = pli_read_decimal(r, node, "price", pli_instrument_price(book, instrument));
    order.is_reduce_only = pli_read_bool(r, node, "reduce_only", false);
    return order;
}

// Cost from an entry price: exact, or for inverse futures a coin amount rounded down, so that profit is rounded down.
static plm_wide
cost_from_entry(portfolio_decoder *decoder, const pli_node *node, const plm_position *position,
                int64_t entry_e8) {
    const plm_listing *listing = &decoder->book->listing;
    const plm_instrument *instrument = &listing->instruments[position->instrument_index];
    const plm_underlying *underlying = &listing->underlyings[instrument->underlying_index];
    pli_i128 cost = (pli_i128)position->lots * entry_e8;
    if (instrument->settlement == PLM_SETTLEMENT_INVERSE &&
        !pli_inverse_coin_e12(instrument, underlying, position->lots, entry_e8, PLI_ROUND_DOWN,
                              &cost)) {
        pli_reader_fail(&decoder->reader, PLM_OVERFLOW, node, "entry_price",
                        "a price at which lots * N / price fits 128 bits");
    }
    return pli_wide_from_i128(cost);
}

static void
read_cost(portfolio_decoder *decoder, const pli_node *node, plm_position *position,
          pli_entry *entry) {
    pli_reader *r = &decoder->reader;
    const plm_instrument *instrument =
        &decoder->book->listing.instruments[position->instrument_index];
    bool has_cost_term = pli_is_futures_style(instrument);
    const pli_node *cost = pli_read_member(r, node, "cost", false);
    const pli_node *price = pli_read_member(r, node, "entry_price", false);
    if (cost != NULL && !has_cost_term) {
        pli_reader_say(r, PLM_VALUE_INVALID, cost,
                       "has a cost; allowed is none, the premium moved with the trade");
    } else if (cost != NULL && price != NULL) {
        pli_reader_say(r, PLM_VALUE_INVALID, price,
                       "has both entry_price and cost; allowed is one of them");
    } else if (cost == NULL && price == NULL && has_cost_term) {
        pli_reader_say(r, PLM_KEY_MISSING, node,
                       "has neither entry_price nor cost; one of them is required");
    }
    if (price != NULL) {
        entry->price_e8 = pli_read_decimal(r, node, "entry_price",
                                           pli_instrument_price(decoder->book, instrument));
        entry->is_known = true;
    }
    if (r->status != PLM_OK || !has_cost_term) {
        return;
    }
    bool is_inverse = instrument->settlement == PLM_SETTLEMENT_INVERSE;
    position->cost =
        cost == NULL ? cost_from_entry(decoder, price, position, entry->price_e8)
                     : pli_wide_from_i128(pli_node_decimal(r, cost, "cost", is_inverse ? 12 : 8));
}

static void
read_position(portfolio_decoder *decoder, const pli_node *node, uint32_t group,
              plm_position *position, pli_entry *entry) {
    pli_reader *r = &decoder->reader;
    const pli_market_book *book = decoder->book;
    r->kind = "position";
    r->subject = NULL;
    if (!pli_read_keys(r, node, "instrument lots quantity entry_price cost accrued")) {
        return;
    }
    uint32_t index = pli_read_index(r, node, "instrument", &book->instruments);
    if (r->status != PLM_OK) {
        return;
    }
    r->subject = book->instruments.at[index];
    if (decoder->held[index] == group + 1) {
        pli_reader_fail(r, PLM_KEY_DUPLICATE, pli_node_find(node, "instrument"), "instrument",
                        "one position per instrument and group");
    }
    decoder->held[index] = group + 1;
    position->instrument_index = index;
    position->lots = pli_read_lots(r, node, &book->listing.instruments[index], -PLM_LOTS_MAX);
    pli_number money = {.scale = 6, .low = -INT64_MAX, .high = INT64_MAX, .is_optional = true};
    position->accrued_micros = pli_read_decimal(r, node, "accrued", money);
    read_cost(decoder, node, position, entry);
}

static void
read_positions(portfolio_decoder *decoder, const pli_node *node, uint32_t index,
               pli_margin_group *group) {
    pli_pool *pool = &decoder->account.pool;
    const pli_node *list = pli_read_list(&decoder->reader, node, "positions", false);
    if (list == NULL) {
        return;
    }
    plm_position *positions = pli_pool_take(pool, list->child_count, sizeof *positions);
    pli_entry *entries = pli_pool_take(pool, list->child_count, sizeof *entries);
    if (positions == NULL || entries == NULL) {
        pli_reader_memory(&decoder->reader);
        return;
    }
    uint32_t count = 0;
    for (const pli_node *child = list->child; child != NULL; child = child->next) {
        read_position(decoder, child, index, &positions[count], &entries[count]);
        if (decoder->reader.status != PLM_OK) {
            return;
        }
        count += 1;
    }
    group->portfolio.position_count = count;
    group->portfolio.positions = positions;
    group->entries = entries;
}

static void
read_orders(portfolio_decoder *decoder, const pli_node *node, pli_margin_group *group) {
    const pli_node *list = pli_read_list(&decoder->reader, node, "orders", false);
    if (list == NULL) {
        return;
    }
    plm_order *orders = pli_pool_take(&decoder->account.pool, list->child_count, sizeof *orders);
    if (orders == NULL) {
        pli_reader_memory(&decoder->reader);
        return;
    }
    uint32_t count = 0;
    for (const pli_node *child = list->child; child != NULL; child = child->next) {
        orders[count] = pli_read_order(&decoder->reader, child, decoder->book);
        if (decoder->reader.status != PLM_OK) {
            return;
        }
        count += 1;
    }
    group->portfolio.order_count = count;
    group->portfolio.orders = orders;
}

static void
read_balances(portfolio_decoder *decoder, const pli_node *node, pli_margin_group *group) {
    pli_reader *r = &decoder->reader;
    const pli_market_book *book = decoder->book;
    const pli_node *object = pli_read_member(r, node, "balances", false);
    if (object == NULL) {
        return;
    }
    if (object->kind != PLI_NODE_OBJECT) {
        pli_reader_fail(r, PLM_VALUE_INVALID, object, "balances", "an object asset: amount");
        return;
    }
    plm_balance *balances =
        pli_pool_take(&decoder->account.pool, object->child_count, sizeof *balances);
    if (balances == NULL) {
        pli_reader_memory(r);
        return;
    }
    r->kind = "balance";
    uint32_t count = 0;
    for (const pli_node *child = object->child; child != NULL; child = child->next) {
        uint32_t index = pli_names_find(&book->assets, child->key);
        r->subject = NULL;
        if (index == PLM_NONE) {
            pli_node seen = {.kind = PLI_NODE_TEXT,
                             .line = child->line,
                             .text = child->key,
                             .text_size = strlen(child->key)};
            pli_reader_fail(r, PLM_INDEX_UNKNOWN, &seen, "asset", "a name that is listed");
            return;
        }
        r->subject = book->assets.at[index];
        balances[count].asset_index = index;
        balances[count].atoms = pli_wide_from_i128(
            pli_node_decimal(r, child, "amount", book->listing.assets[index].decimals));
        if (r->status != PLM_OK) {
            return;
        }
        count += 1;
    }
    group->portfolio.balance_count = count;
    group->portfolio.balances = balances;
}

static void
read_group(portfolio_decoder *decoder, const pli_node *node, uint32_t index,
           char name[PLM_NAME_SIZE], pli_margin_group *group) {
    pli_reader *r = &decoder->reader;
    pli_text text = pli_text_init(name, PLM_NAME_SIZE);
    pli_text_append(&text, index == 0 ? "portfolio" : "isolated-");
    if (index > 0) {
        pli_text_append_u64(&text, index);
    }
    r->kind = index == 0 ? NULL : "isolated group";
    r->subject = index == 0 ? NULL : name;
    if (pli_read_member(r, node, "name", false) != NULL) {
        pli_read_name(r, node, "name", name);
    }
    group->name = name;
    read_balances(decoder, node, group);
    read_positions(decoder, node, index, group);
    read_orders(decoder, node, group);
    if (r->status != PLM_OK) {
        return;
    }
    plm_fault detail = {0};
    plm_status status = plm_portfolio_check(&group->portfolio, &decoder->book->listing, &detail);
    if (status != PLM_OK) {
        r->kind = "group";
        r->subject = name;
        pli_reader_say(r, status, node, detail.text);
    }
}

static void
read_groups(portfolio_decoder *decoder, const pli_node *root) {
    pli_reader *r = &decoder->reader;
    pli_account_book *account = &decoder->account;
    const pli_node *isolated = pli_read_list(r, root, "isolated", false);
    uint32_t count = isolated == NULL ? 1 : isolated->child_count + 1;
    pli_margin_group *groups = pli_pool_take(&account->pool, count, sizeof *groups);
    char(*at)[PLM_NAME_SIZE] = pli_pool_take(&account->pool, count, PLM_NAME_SIZE);
    uint32_t held_count = decoder->book->listing.instrument_count;
    decoder->held = pli_pool_take(&decoder->scratch, held_count, sizeof *decoder->held);
    if (groups == NULL || at == NULL || decoder->held == NULL) {
        pli_reader_memory(r);
        return;
    }
    read_group(decoder, root, 0, at[0], &groups[0]);
    const pli_node *node = isolated == NULL ? NULL : isolated->child;
    for (uint32_t i = 1; i < count && r->status == PLM_OK; i += 1) {
        r->kind = "isolated group";
        r->subject = NULL;
        if (pli_read_keys(r, node, GROUP_KEYS)) {
            read_group(decoder, node, i, at[i], &groups[i]);
        }
        node = node->next;
    }
    pli_names names;
    uint32_t duplicate;
    const char(*fixed)[PLM_NAME_SIZE] = (const char(*)[PLM_NAME_SIZE])at;
    if (r->status == PLM_OK &&
        !pli_names_make(&decoder->scratch, count, fixed, &names, &duplicate)) {
        r->kind = "group";
        r->subject = duplicate == PLM_NONE ? NULL : at[duplicate];
        pli_reader_say(r, duplicate == PLM_NONE ? PLM_MEMORY : PLM_KEY_DUPLICATE, root,
                       "has the name of another; allowed is every name once");
    }
    account->group_count = count;
    account->groups = groups;
}

plm_status
pli_portfolio_decode(const pli_document *document, const pli_market_book *book,
                     pli_account_book *account, plm_fault *fault) {
    portfolio_decoder decoder = {.reader = {.name = document->name, .fault = fault}, .book = book};
    pli_reader *r = &decoder.reader;
    if (pli_read_keys(r, document->root, "schema " GROUP_KEYS " isolated")) {
        pli_read_schema(r, document->root, "plimsoll-portfolio/1");
        read_groups(&decoder, document->root);
    }
    pli_pool_finish(&decoder.scratch);
    if (r->status != PLM_OK) {
        pli_account_finish(&decoder.account);
        return r->status;
    }
    *account = decoder.account;
    return PLM_OK;
}

plm_status
pli_portfolio_read(const char *path, const pli_market_book *book, pli_account_book *account,
                   plm_fault *fault) {
    pli_document document = {0};
    plm_status status = pli_json_read(path, &document, fault);
    if (status == PLM_OK) {
        status = pli_portfolio_decode(&document, book, account, fault);
        pli_document_finish(&document);
    }
    return status;
}
