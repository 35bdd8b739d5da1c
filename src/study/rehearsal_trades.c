/* rehearsal_trades.c: trades and orders of a file as events of the core.              SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "study/rehearsal_state.h"

#define ORDER_DEADLINE_NS (INT64_C(5) * 1000000000)

static const char *
said(pli_rehearsal *of, bool is_accepted) {
    return is_accepted ? "accepted" : plm_reject_name(of->outcome.reject);
}

void
pli_rehearsal_conclude(pli_rehearsal *of, const pli_incident_event *event, const char *text,
                       bool is_accepted) {
    of->accepted_counts[event->kind] += is_accepted ? 1 : 0;
    of->is_rejected[event->kind] = of->is_rejected[event->kind] || !is_accepted;
    pli_rehearsal_note(of, event->sequence, text, said(of, is_accepted),
                       event->expect[of->options.is_naive ? 0 : 1]);
}

int64_t
pli_rehearsal_price_named(const pli_rehearsal *of, uint32_t instrument, const char *text) {
    int64_t price_e8 = 0;
    return pli_price_e8(text, &price_e8) ? price_e8
                                         : pli_rehearsal_price(of, of->listed[instrument].symbol);
}

void
pli_rehearsal_deal(pli_rehearsal *of, const pli_incident_event *event) {
    uint32_t buyer = pli_account_named(of, event->buyer);
    uint32_t seller = pli_account_named(of, event->seller);
    uint32_t instrument = pli_instrument_named(of, event->instrument);
    char data[96];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, event->buyer);
    pli_text_append(&text, " buys ");
    pli_text_append(&text, event->quantity);
    pli_text_append(&text, " ");
    pli_text_append(&text, event->instrument);
    pli_text_append(&text, " from ");
    pli_text_append(&text, event->seller);
    of->outcome.reject = PLM_REJECT_INSTRUMENT_UNKNOWN;
    bool is_accepted =
        instrument != PLM_NONE &&
        pli_rehearsal_trade(of, buyer, seller, instrument,
                            pli_lots_of(of, instrument, pli_number_e18(event->quantity)),
                            pli_rehearsal_price_named(of, instrument, event->price));
    pli_rehearsal_conclude(of, event, data, is_accepted);
}

static bool
may_buy(pli_rehearsal *of, uint32_t account, uint32_t instrument, int64_t lots, int64_t price_e8) {
    if (of->has_books) {
        return pli_naive_may_trade(&of->books, account, instrument, lots, price_e8);
    }
    plm_requirement requirement;
    plm_fault fault;
    const plm_change change = {
        .kind = PLM_CHANGE_TRADE,
        .trade = {.instrument_index = instrument, .lots = lots, .price_e8 = price_e8}};
    const plm_core_question question = {account, 1, &change};
    return plm_core_require(of->core, &question, &requirement, NULL, &fault) == PLM_OK &&
           requirement.equity_initial_micros >= requirement.initial_micros;
}

// "max_im": as much as the initial requirement lets the account take.
static int64_t
most_lots(pli_rehearsal *of, uint32_t account, uint32_t instrument, int64_t sign,
          int64_t price_e8) {
    int64_t low = 0, high = PLM_LOTS_MAX / 8;
    while (low < high) {
        int64_t middle = low + (high - low + 1) / 2;
        bool is_possible = may_buy(of, account, instrument, sign * middle, price_e8);
        low = is_possible ? middle : low;
        high = is_possible ? high : middle - 1;
    }
    return low;
}

void
pli_rehearsal_deal_each(pli_rehearsal *of, const pli_incident_event *event) {
    uint32_t instrument = pli_instrument_named(of, event->instrument);
    uint32_t other = pli_account_named(of, event->counterparty);
    bool is_buy = !pli_name_is(event->side, "sell");
    uint32_t count = 0;
    for (uint32_t i = 0; i < of->incident->account_count && instrument != PLM_NONE; i += 1) {
        if (!pli_incident_matches(event->accounts, of->incident->accounts[i].name) || i == other) {
            continue;
        }
        int64_t price_e8 = pli_rehearsal_price_named(of, instrument, event->price);
        pli_i128 units = pli_number_e18(event->quantity_each);
        if (event->notional_each[0] != '\0' && price_e8 > 0) {
            units = pli_number_e18(event->notional_each) / price_e8 * PLI_E8;
        }
        int64_t lots = event->sizing[0] != '\0'
                           ? most_lots(of, i, instrument, is_buy ? 1 : -1, price_e8)
                           : pli_lots_of(of, instrument, units);
        count += lots > 0 && pli_rehearsal_trade(of, is_buy ? i : other, is_buy ? other : i,
                                                 instrument, lots, price_e8)
                     ? 1
                     : 0;
    }
    char data[64];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, "trades of ");
    pli_text_append_u64(&text, count);
    pli_text_append(&text, " accounts ");
    pli_text_append(&text, event->accounts);
    pli_rehearsal_conclude(of, event, data, count > 0);
}

void
pli_rehearsal_burst(pli_rehearsal *of, const pli_incident_event *event) {
    uint32_t account = pli_account_named(of, event->account);
    uint32_t instrument = pli_instrument_named(of, event->instrument);
    uint32_t count = of->incident->account_count, other = 0, accepted = 0;
    bool is_sale = pli_name_is(event->side, "sell");
    int64_t start_ns = of->time_ns;
    for (int64_t i = 0; i < event->count && instrument != PLM_NONE && of->status == PLM_OK;
         i += 1) {
        for (uint32_t turn = 0; turn < count; turn += 1) {
            other = (other + 1) % count;
            if (pli_incident_matches(event->counterparties, of->incident->accounts[other].name)) {
                break;
            }
        }
        int64_t at_ns = start_ns + event->over_ms * PLI_MS / event->count * i;
        if (at_ns - of->time_ns >= ORDER_DEADLINE_NS) {
            pli_rehearsal_until(of, at_ns);
        }
        int64_t lots = pli_lots_of(of, instrument, pli_number_e18(event->quantity_each));
        int64_t price_e8 = pli_rehearsal_price_named(of, instrument, event->price_each);
        accepted += pli_rehearsal_trade(of, is_sale ? other : account, is_sale ? account : other,
                                        instrument, lots, price_e8)
                        ? 1
                        : 0;
    }
    of->accepted_counts[event->kind] += accepted;
    char data[80];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append_u64(&text, accepted);
    pli_text_append(&text, " of ");
    pli_text_append_i64(&text, event->count);
    pli_text_append(&text, " orders accepted");
    pli_rehearsal_note(of, event->sequence, data,
                       accepted == event->count ? "accepted" : "some refused",
                       event->expect[of->options.is_naive ? 0 : 1]);
}

// An order that stands in a queue while the venue is overloaded arrives when that ends, with the deadline it was given.
static int64_t
arrival_ns(const pli_rehearsal *of, const pli_incident_event *event) {
    bool is_stalled = false;
    for (uint32_t i = 0; i < of->incident->event_count; i += 1) {
        const pli_incident_event *other = &of->incident->events[i];
        bool is_before = other->time_ms <= event->time_ms;
        is_stalled = other->kind == PLI_INCIDENT_OVERLOAD && is_before ? true : is_stalled;
        if (other->kind == PLI_INCIDENT_OVERLOAD_END) {
            if (is_stalled && !is_before) {
                return of->incident->start_ns + other->time_ms * PLI_MS;
            }
            is_stalled = false;
        }
    }
    return of->time_ns;
}

static void
submit(pli_rehearsal *of, const pli_incident_event *event, int64_t given_ns) {
    uint32_t account = pli_account_named(of, event->account);
    uint32_t instrument = pli_instrument_named(of, event->instrument);
    bool is_sale = pli_incident_matches("*sell", event->order_kind) ||
                   pli_name_is(event->order_kind, "market_sell") ||
                   pli_name_is(event->side, "sell");
    of->outcome.reject = PLM_REJECT_INSTRUMENT_UNKNOWN;
    bool is_accepted = false;
    if (account != PLM_NONE && instrument != PLM_NONE) {
        int64_t lots = pli_lots_of(of, instrument, pli_number_e18(event->quantity));
        plm_event *reserve = pli_rehearsal_event(of, PLM_EVENT_TYPE_RESERVE, account);
        reserve->header.deadline_ns =
            pli_rehearsal_lacks(of, PLI_CONTROL_OPS_ADMIT) ? 0 : given_ns + ORDER_DEADLINE_NS;
        int64_t price_e8 = pli_rehearsal_price(of, of->listed[instrument].symbol);
        reserve->reserve_body.instrument_index = instrument;
        reserve->reserve_body.side = is_sale ? PLM_SIDE_SELL : PLM_SIDE_BUY;
        reserve->reserve_body.lots = lots;
        reserve->reserve_body.limit_e8 = is_sale ? price_e8 / 2 : price_e8 * 2;
        reserve->reserve_body.order_id = event->sequence;
        is_accepted = pli_rehearsal_apply(of);
        if (is_accepted) {
            of->late_orders += of->time_ns > given_ns + ORDER_DEADLINE_NS ? 1 : 0;
            of->late_order = event->id;
            (void)pli_rehearsal_hit(of, account, instrument, is_sale ? -lots : lots,
                                    is_sale ? price_e8 / 2 : price_e8 * 2, 0);
            pli_rehearsal_event(of, PLM_EVENT_TYPE_RELEASE, account)->release_body.order_id =
                event->sequence;
            (void)pli_rehearsal_apply(of);
        }
    }
    pli_rehearsal_conclude(of, event, event->id, is_accepted);
}

void
pli_rehearsal_submit(pli_rehearsal *of, const pli_incident_event *event) {
    if (arrival_ns(of, event) <= of->time_ns) {
        submit(of, event, of->time_ns);
    }
}

// Orders whose stall ends now.
void
pli_rehearsal_release(pli_rehearsal *of, const pli_incident_event *end) {
    for (uint32_t i = 0; i < of->incident->event_count; i += 1) {
        const pli_incident_event *event = &of->incident->events[i];
        if (event->kind == PLI_INCIDENT_ORDER_SUBMIT && event->sequence < end->sequence &&
            arrival_ns(of, event) == of->time_ns && event->time_ms < end->time_ms) {
            submit(of, event, of->incident->start_ns + event->time_ms * PLI_MS);
        }
    }
}
