/* orders.c: open orders, sorted by id (docs/books.md, section 7).                     SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/libc.h"
#include "ledger/book.h"

static uint32_t
place_of_order(const pli_order *run, uint32_t count, uint64_t order_id) {
    uint32_t low = 0;
    while (count > low) {
        uint32_t middle = low + (count - low) / 2;
        if (run[middle].order_id < order_id) {
            low = middle + 1;
        } else {
            count = middle;
        }
    }
    return low;
}

pli_order *
pli_order_find(const pli_ledger *ledger, uint32_t account, uint64_t order_id) {
    pli_order *run = pli_ledger_orders(ledger, account);
    uint32_t count = ledger->accounts[account].order_count;
    uint32_t at = place_of_order(run, count, order_id);
    return at < count && run[at].order_id == order_id ? &run[at] : NULL;
}

static void
note_order(pli_ledger *ledger, uint32_t account, const pli_order *order, int64_t lots) {
    pli_ledger_note(ledger, (pli_note){PLI_NOTE_ORDER, account, order->instrument_index,
                                       (pli_i128)order->order_id, lots});
}

void
pli_order_reduce(pli_ledger *ledger, uint32_t account, pli_order *order, int64_t lots) {
    PLI_ASSERT(lots > 0 && lots <= order->lots);
    note_order(ledger, account, order, order->lots - lots);
    if (lots < order->lots) {
        PLI_SAVE(ledger, order->lots);
        order->lots -= lots;
        return;
    }
    pli_order *run = pli_ledger_orders(ledger, account);
    uint32_t *count = &ledger->accounts[account].order_count;
    size_t at = (size_t)(order - run);
    pli_undo_save(ledger->undo, order, (*count - at) * sizeof *run);
    PLI_SAVE(ledger, *count);
    *count -= 1;
    memmove(&run[at], &run[at + 1], (*count - at) * sizeof *run);
}

typedef enum drop_rule { DROP_SETTLING = 1, DROP_PLAIN = 2, DROP_ALL = 3 } drop_rule;

static bool
is_dropped(const pli_ledger *ledger, const pli_order *order, drop_rule rule) {
    return rule == DROP_ALL || (rule == DROP_PLAIN && !order->is_reduce_only) ||
           (rule == DROP_SETTLING &&
            ledger->markets[order->instrument_index].phase == PLI_PHASE_SETTLING);
}

// Returns whether there was one.
static bool
drop_orders(pli_ledger *ledger, uint32_t account, drop_rule rule) {
    pli_order *run = pli_ledger_orders(ledger, account);
    uint32_t *count = &ledger->accounts[account].order_count;
    uint32_t kept = 0;
    bool is_saved = false;
    for (uint32_t i = 0; i < *count; i += 1) {
        if (!is_dropped(ledger, &run[i], rule)) {
            run[kept] = run[i];
            kept += 1;
            continue;
        }
        if (!is_saved) {
            pli_undo_save(ledger->undo, &run[i], (*count - i) * sizeof *run);
            PLI_SAVE(ledger, *count);
            is_saved = true;
        }
        note_order(ledger, account, &run[i], 0);
    }
    *count = kept;
    return is_saved;
}

void
pli_orders_drop_settling(pli_ledger *ledger, uint32_t account) {
    (void)drop_orders(ledger, account, DROP_SETTLING);
}

bool
pli_ledger_orders_remove(pli_ledger *ledger, uint32_t account, pli_orders_which which) {
    return drop_orders(ledger, account, which == PLI_ORDERS_ALL ? DROP_ALL : DROP_PLAIN);
}

plm_reject
pli_ledger_reserve(pli_ledger *ledger, uint32_t account, int64_t time_ns,
                   const plm_event_reserve *body) {
    plm_reject reject = pli_instrument_open(ledger, body->instrument_index, time_ns);
    if (reject != PLM_REJECT_NONE) {
        return reject;
    }
    if (body->lots < 1 || body->lots > PLM_LOTS_MAX) {
        return PLM_REJECT_QUANTITY;
    }
    if (!pli_price_is_allowed(ledger, body->instrument_index, body->limit_e8)) {
        return PLM_REJECT_PRICE;
    }
    if (body->order_id == 0 || pli_order_find(ledger, account, body->order_id) != NULL) {
        return PLM_REJECT_ORDER_DUPLICATE;
    }
    if (pli_is_isolated_elsewhere(ledger, account, body->instrument_index)) {
        return PLM_REJECT_ISOLATED_INSTRUMENT;
    }
    pli_order *run = pli_ledger_orders(ledger, account);
    uint32_t *count = &ledger->accounts[account].order_count;
    if (*count == ledger->limits.order_count) {
        return PLM_REJECT_TABLE_FULL;
    }
    uint32_t at = place_of_order(run, *count, body->order_id);
    pli_undo_save(ledger->undo, &run[at], (*count - at + 1) * sizeof *run);
    PLI_SAVE(ledger, *count);
    memmove(&run[at + 1], &run[at], (*count - at) * sizeof *run);
    *count += 1;
    run[at] = (pli_order){.order_id = body->order_id,
                          .instrument_index = body->instrument_index,
                          .side = (plm_side)body->side,
                          .lots = body->lots,
                          .limit_e8 = body->limit_e8,
                          .is_reduce_only = body->is_reduce_only != 0};
    note_order(ledger, account, &run[at], body->lots);
    return PLM_REJECT_NONE;
}

plm_reject
pli_ledger_release(pli_ledger *ledger, uint32_t account, const plm_event_release *body) {
    pli_order *order = pli_order_find(ledger, account, body->order_id);
    if (order == NULL) {
        return PLM_REJECT_ORDER_UNKNOWN;
    }
    if (body->lots < 0 || body->lots > order->lots) {
        return PLM_REJECT_QUANTITY;
    }
    pli_order_reduce(ledger, account, order, body->lots == 0 ? order->lots : body->lots);
    return PLM_REJECT_NONE;
}
