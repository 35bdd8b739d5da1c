/* changes_json.c: hypothetical changes from JSON ("plimsoll-changes/1").              SPDX-License-Identifier: Apache-2.0 */
#include "io/changes_json.h"

#include "base/wide.h"
#include "io/json.h"
#include "io/portfolio_json.h"
#include "plimsoll/scenario.h"

void
pli_changes_finish(pli_change_list *list) {
    pli_pool_finish(&list->pool);
    *list = (pli_change_list){0};
}

static int64_t
read_price(pli_reader *r, const pli_node *node, const pli_market_book *book, uint32_t index) {
    if (pli_node_find(node, "price") != NULL) {
        pli_number price = pli_instrument_price(book, &book->listing.instruments[index]);
        return pli_read_decimal(r, node, "price", price);
    }
    plm_price mark = {0};
    plm_fault detail = {0};
    plm_status status = plm_instrument_mark(&book->listing, &book->market, index, &mark, &detail);
    if (status != PLM_OK) {
        pli_reader_say(r, status, node,
                       "has no price and its instrument no mark; a price is required");
    }
    return mark.e8;
}

static plm_trade
read_trade(pli_reader *r, const pli_node *node, const pli_market_book *book) {
    plm_trade trade = {0};
    r->kind = "trade";
    r->subject = NULL;
    if (!pli_read_keys(r, node, "instrument lots quantity price fee")) {
        return trade;
    }
    uint32_t index = pli_read_index(r, node, "instrument", &book->instruments);
    if (r->status != PLM_OK) {
        return trade;
    }
    r->subject = book->instruments.at[index];
    trade.instrument_index = index;
    trade.lots = pli_read_lots(r, node, &book->listing.instruments[index], -PLM_LOTS_MAX);
    if (trade.lots == 0) {
        pli_reader_say(r, PLM_VALUE_INVALID, node, "trades 0 lots; allowed is any other number");
    }
    trade.price_e8 = read_price(r, node, book, index);
    pli_number fee = {.scale = 6, .high = INT64_MAX, .is_optional = true};
    trade.fee_micros = pli_read_decimal(r, node, "fee", fee);
    return trade;
}

static plm_balance
read_transfer(pli_reader *r, const pli_node *node, const pli_market_book *book) {
    plm_balance transfer = {0};
    r->kind = "transfer";
    r->subject = NULL;
    if (!pli_read_keys(r, node, "asset amount")) {
        return transfer;
    }
    uint32_t index = pli_read_index(r, node, "asset", &book->assets);
    const pli_node *amount = pli_read_member(r, node, "amount", true);
    if (r->status != PLM_OK) {
        return transfer;
    }
    r->subject = book->assets.at[index];
    transfer.asset_index = index;
    transfer.atoms = pli_wide_from_i128(
        pli_node_decimal(r, amount, "amount", book->listing.assets[index].decimals));
    return transfer;
}

static plm_change
read_change(pli_reader *r, const pli_node *node, const pli_market_book *book,
            plm_change_kind kind) {
    plm_change change = {.kind = kind};
    switch (kind) {
    case PLM_CHANGE_TRADE:
        change.trade = read_trade(r, node, book);
        break;
    case PLM_CHANGE_ORDER:
        change.order = pli_read_order(r, node, book);
        break;
    case PLM_CHANGE_TRANSFER:
        change.transfer = read_transfer(r, node, book);
        break;
    }
    return change;
}

static void
read_changes(pli_reader *r, const pli_node *root, const pli_market_book *book,
             pli_change_list *list) {
    static const char *const keys[] = {"trades", "orders", "transfers"};
    static const plm_change_kind kinds[] = {PLM_CHANGE_TRADE, PLM_CHANGE_ORDER,
                                            PLM_CHANGE_TRANSFER};
    const pli_node *lists[3];
    size_t count = 0;
    for (size_t i = 0; i < 3; i += 1) {
        lists[i] = pli_read_list(r, root, keys[i], false);
        count += lists[i] == NULL ? 0 : lists[i]->child_count;
    }
    plm_change *changes = pli_pool_take(&list->pool, count, sizeof *changes);
    if (r->status != PLM_OK) {
        return;
    }
    if (changes == NULL) {
        pli_reader_memory(r);
        return;
    }
    uint32_t filled = 0;
    for (size_t i = 0; i < 3; i += 1) {
        const pli_node *node = lists[i] == NULL ? NULL : lists[i]->child;
        for (; node != NULL && r->status == PLM_OK; node = node->next) {
            changes[filled] = read_change(r, node, book, kinds[i]);
            filled += 1;
        }
    }
    list->count = filled;
    list->changes = changes;
}

plm_status
pli_changes_decode(const pli_document *document, const pli_market_book *book, pli_change_list *list,
                   plm_fault *fault) {
    pli_reader reader = {.name = document->name, .fault = fault};
    pli_change_list result = {0};
    if (pli_read_keys(&reader, document->root, "schema trades orders transfers")) {
        pli_read_schema(&reader, document->root, "plimsoll-changes/1");
        read_changes(&reader, document->root, book, &result);
    }
    if (reader.status != PLM_OK) {
        pli_changes_finish(&result);
        return reader.status;
    }
    *list = result;
    return PLM_OK;
}

plm_status
pli_changes_read(const char *path, const pli_market_book *book, pli_change_list *list,
                 plm_fault *fault) {
    pli_document document = {0};
    plm_status status = pli_json_read(path, &document, fault);
    if (status == PLM_OK) {
        status = pli_changes_decode(&document, book, list, fault);
        pli_document_finish(&document);
    }
    return status;
}
