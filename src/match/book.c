/* book.c: a bounded price-time book: orders that rest, and which of them an incoming one meets.   SPDX-License-Identifier: Apache-2.0 */
#include "match/book.h"

#include "base/libc.h"

void
pli_book_init(pli_book *book, uint32_t capacity, pli_book_order *bids, pli_book_order *asks) {
    *book = (pli_book){.capacity = capacity, .bids = bids, .asks = asks};
}

// One side of the book, whichever it is.
typedef struct side {
    pli_book_order *orders;
    uint32_t count;
} side;

static side
side_of(const pli_book *book, plm_side which) {
    return which == PLM_SIDE_BUY ? (side){book->bids, book->bid_count}
                                 : (side){book->asks, book->ask_count};
}

static void
set_count(pli_book *book, plm_side which, uint32_t count) {
    if (which == PLM_SIDE_BUY) {
        book->bid_count = count;
    } else {
        book->ask_count = count;
    }
}

// Is `price` better than `other` for whoever comes from the other side?
static bool
is_better(plm_side which, int64_t price, int64_t other) {
    return which == PLM_SIDE_BUY ? price > other : price < other;
}

static uint32_t
place_of(const side *resting, uint32_t account, uint64_t order_id) {
    uint32_t at = 0;
    while (at < resting->count &&
           (resting->orders[at].account != account || resting->orders[at].order_id != order_id)) {
        at += 1;
    }
    return at;
}

// Find an order on either side; false where there is none.
static bool
find(const pli_book *book, uint32_t account, uint64_t order_id, plm_side *which, uint32_t *at) {
    side bids = side_of(book, PLM_SIDE_BUY);
    side asks = side_of(book, PLM_SIDE_SELL);
    *which = PLM_SIDE_BUY;
    *at = place_of(&bids, account, order_id);
    if (*at == bids.count) {
        *which = PLM_SIDE_SELL;
        *at = place_of(&asks, account, order_id);
        return *at < asks.count;
    }
    return true;
}

static void
drop(pli_book *book, plm_side which, uint32_t at) {
    side resting = side_of(book, which);
    memmove(&resting.orders[at], &resting.orders[at + 1],
            (size_t)(resting.count - at - 1) * sizeof resting.orders[0]);
    set_count(book, which, resting.count - 1);
}

uint32_t
pli_book_cross(const pli_book *book, const pli_book_order *incoming, pli_book_match *matches,
               uint32_t capacity) {
    plm_side other = incoming->side == PLM_SIDE_BUY ? PLM_SIDE_SELL : PLM_SIDE_BUY;
    side resting = side_of(book, other);
    uint32_t count = 0;
    int64_t left = incoming->lots;
    for (uint32_t i = resting.count; i > 0 && left > 0 && count < capacity; i -= 1) {
        const pli_book_order *order = &resting.orders[i - 1];
        if (is_better(other, incoming->limit_e8, order->limit_e8)) {
            break;
        }
        if (order->account == incoming->account) {
            continue;
        }
        int64_t lots = order->lots < left ? order->lots : left;
        matches[count] = (pli_book_match){.order_id = order->order_id,
                                          .account = order->account,
                                          .lots = lots,
                                          .price_e8 = order->limit_e8};
        count += 1;
        left -= lots;
    }
    return count;
}

bool
pli_book_rest(pli_book *book, const pli_book_order *order) {
    side resting = side_of(book, order->side);
    plm_side found = PLM_SIDE_BUY;
    uint32_t at = 0;
    if (resting.count == book->capacity || order->lots <= 0 ||
        find(book, order->account, order->order_id, &found, &at)) {
        return false;
    }
    at = resting.count;
    while (at > 0 && !is_better(order->side, order->limit_e8, resting.orders[at - 1].limit_e8)) {
        at -= 1;
    }
    memmove(&resting.orders[at + 1], &resting.orders[at],
            (size_t)(resting.count - at) * sizeof resting.orders[0]);
    resting.orders[at] = *order;
    resting.orders[at].arrival = book->arrivals;
    book->arrivals += 1;
    set_count(book, order->side, resting.count + 1);
    return true;
}

bool
pli_book_fill(pli_book *book, uint32_t account, uint64_t order_id, int64_t lots) {
    plm_side which = PLM_SIDE_BUY;
    uint32_t at = 0;
    if (lots <= 0 || !find(book, account, order_id, &which, &at)) {
        return false;
    }
    pli_book_order *order = &side_of(book, which).orders[at];
    if (lots > order->lots) {
        return false;
    }
    order->lots -= lots;
    if (order->lots == 0) {
        drop(book, which, at);
    }
    return true;
}

bool
pli_book_keep(pli_book *book, uint32_t account, uint64_t order_id, int64_t lots) {
    plm_side which = PLM_SIDE_BUY;
    uint32_t at = 0;
    if (!find(book, account, order_id, &which, &at)) {
        return false;
    }
    pli_book_order *order = &side_of(book, which).orders[at];
    order->lots = lots < order->lots ? lots : order->lots;
    if (order->lots <= 0) {
        drop(book, which, at);
    }
    return true;
}

bool
pli_book_remove(pli_book *book, uint32_t account, uint64_t order_id) {
    plm_side which = PLM_SIDE_BUY;
    uint32_t at = 0;
    if (!find(book, account, order_id, &which, &at)) {
        return false;
    }
    drop(book, which, at);
    return true;
}

uint32_t
pli_book_clear(pli_book *book, uint32_t account) {
    uint32_t gone = 0;
    for (plm_side which = PLM_SIDE_BUY; which <= PLM_SIDE_SELL; which += 1) {
        side resting = side_of(book, which);
        uint32_t kept = 0;
        for (uint32_t i = 0; i < resting.count; i += 1) {
            if (resting.orders[i].account != account) {
                resting.orders[kept] = resting.orders[i];
                kept += 1;
            }
        }
        gone += resting.count - kept;
        set_count(book, which, kept);
    }
    return gone;
}

bool
pli_book_best(const pli_book *book, plm_side which, int64_t *price_e8) {
    side resting = side_of(book, which);
    if (resting.count == 0) {
        return false;
    }
    *price_e8 = resting.orders[resting.count - 1].limit_e8;
    return true;
}

uint32_t
pli_book_levels(const pli_book *book, plm_side which, pli_book_level *levels, uint32_t capacity) {
    side resting = side_of(book, which);
    uint32_t count = 0;
    for (uint32_t i = resting.count; i > 0; i -= 1) {
        const pli_book_order *order = &resting.orders[i - 1];
        if (count > 0 && levels[count - 1].price_e8 == order->limit_e8) {
            levels[count - 1].lots += order->lots;
        } else if (count == capacity) {
            break;
        } else {
            levels[count] = (pli_book_level){.price_e8 = order->limit_e8, .lots = order->lots};
            count += 1;
        }
    }
    return count;
}
