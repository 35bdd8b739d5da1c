/* rehearsal_events.c: what happens in a file as events of the core.                   SPDX-License-Identifier: Apache-2.0 */
#include "base/prng.h"
#include "base/text.h"
#include "study/rehearsal_state.h"

// --- Money -----------------------------------------------------------------------------------------------------------

static pli_i128
amount_of(pli_rehearsal *of, const pli_incident_event *event, uint32_t account, uint32_t asset) {
    if (pli_number_is(event->amount)) {
        return pli_asset_atoms(of, asset, pli_number_e18(event->amount));
    }
    pli_i128 held = pli_rehearsal_held(of, account, asset);
    return event->kind == PLI_INCIDENT_REPAY ? -held : held; // all that is owed, or all there is
}

void
pli_rehearsal_describe(char *data, size_t size, const pli_incident_event *event) {
    pli_text text = pli_text_init(data, size);
    pli_text_append(&text, pli_incident_kind_name(event->kind));
    const char *const parts[] = {event->account, event->amount, event->asset, event->path,
                                 event->value};
    for (uint32_t i = 0; i < sizeof parts / sizeof parts[0]; i += 1) {
        pli_text_append(&text, parts[i][0] != '\0' ? " " : "");
        pli_text_append(&text, parts[i]);
    }
}

static plm_event_type
kind_of_money(pli_incident_kind kind) {
    return kind == PLI_INCIDENT_WITHDRAW ? PLM_EVENT_TYPE_WITHDRAW
           : kind == PLI_INCIDENT_BORROW || kind == PLI_INCIDENT_SELF_LEVERAGE
               ? PLM_EVENT_TYPE_BORROW
           : kind == PLI_INCIDENT_REPAY ? PLM_EVENT_TYPE_REPAY
                                        : PLM_EVENT_TYPE_DEPOSIT;
}

static void
move_money(pli_rehearsal *of, const pli_incident_event *event) {
    uint32_t account = pli_account_named(of, event->account);
    uint32_t asset = pli_asset_named(of, event->asset);
    char text[96];
    pli_rehearsal_describe(text, sizeof text, event);
    if (account == PLM_NONE || asset == PLM_NONE) {
        of->outcome.reject =
            account == PLM_NONE ? PLM_REJECT_ACCOUNT_UNKNOWN : PLM_REJECT_ASSET_UNKNOWN;
        pli_rehearsal_conclude(of, event, text, false);
        return;
    }
    plm_event_type type = kind_of_money(event->kind);
    pli_i128 atoms = amount_of(of, event, account, asset);
    if (of->has_books && event->kind == PLI_INCIDENT_SELF_LEVERAGE) {
        pli_rehearsal_conclude(of, event, text, pli_rehearsal_loop(of, account, asset, atoms));
        return;
    }
    bool is_accepted = pli_rehearsal_amount(of, type, account, asset, atoms);
    if (of->has_books && is_accepted && type == PLM_EVENT_TYPE_REPAY) {
        pli_rehearsal_unloop(of, account, asset, atoms);
    }
    pli_actor *actor = &of->actors[account];
    pli_i128 value = pli_rehearsal_value(of, asset, atoms, false);
    bool goes_out = type == PLM_EVENT_TYPE_WITHDRAW || type == PLM_EVENT_TYPE_BORROW;
    // A loan that stays at the venue is paid back in at once: it is the account's own balance then.
    bool stays = event->kind == PLI_INCIDENT_SELF_LEVERAGE ||
                 (event->kind == PLI_INCIDENT_BORROW && event->to[0] != '\0' &&
                  !pli_name_is(event->to, "external"));
    if (of->has_books && goes_out) { // what the vault could not pay
        pli_i128 owed = pli_rehearsal_value(of, asset, of->books.short_atoms, false);
        actor->asked_in_vain += is_accepted ? owed : 0;
        value -= is_accepted ? owed : 0;
    }
    if (!is_accepted) {
        actor->asked_in_vain += goes_out ? value : 0;
    } else if (stays) {
        (void)pli_rehearsal_amount(of, PLM_EVENT_TYPE_DEPOSIT, account, asset, atoms);
    } else {
        actor->has_moved = true;
        actor->withdrawn += goes_out ? value : 0;
        actor->paid_in += goes_out ? -value : value;
        actor->repaid_count += event->kind == PLI_INCIDENT_REPAY ? 1 : 0;
    }
    pli_rehearsal_conclude(of, event, text, is_accepted);
}

// One step of a cycle: an amount that is drawn, or the same as in the step before.
static void
repeat_money(pli_rehearsal *of, const pli_incident_event *step, pli_i128 drawn_e18,
             pli_i128 *atoms) {
    uint32_t account = pli_account_named(of, step->account);
    uint32_t asset = pli_asset_named(of, step->asset);
    if (account == PLM_NONE || asset == PLM_NONE) {
        of->unexpressed_count += 1;
        return;
    }
    if (!pli_name_is(step->amount, "same")) {
        *atoms = pli_asset_atoms(of, asset, drawn_e18);
    }
    plm_event_type type = kind_of_money(step->kind);
    if (*atoms <= 0 || !pli_rehearsal_amount(of, type, account, asset, *atoms)) {
        return;
    }
    pli_actor *actor = &of->actors[account];
    bool goes_out = type == PLM_EVENT_TYPE_WITHDRAW || type == PLM_EVENT_TYPE_BORROW;
    pli_i128 value = pli_rehearsal_value(of, asset, *atoms, false);
    actor->has_moved = true;
    actor->withdrawn += goes_out ? value : 0;
    actor->paid_in += goes_out ? -value : value;
}

// A gift to the venue: it leaves the account as a transfer of its own would, health asked.
static void
donate(pli_rehearsal *of, const pli_incident_event *event) {
    uint32_t account = pli_account_named(of, event->account);
    uint32_t asset = pli_asset_named(of, event->asset);
    char text[96];
    pli_rehearsal_describe(text, sizeof text, event);
    bool is_accepted = false;
    of->outcome.reject =
        account == PLM_NONE ? PLM_REJECT_ACCOUNT_UNKNOWN : PLM_REJECT_ASSET_UNKNOWN;
    if (account != PLM_NONE && asset != PLM_NONE) {
        pli_i128 atoms = amount_of(of, event, account, asset);
        is_accepted = of->has_books ? pli_rehearsal_give(of, account, asset, atoms)
                                    : pli_rehearsal_amount(of, PLM_EVENT_TYPE_WITHDRAW, account,
                                                           asset, atoms);
    }
    pli_rehearsal_conclude(of, event, text, is_accepted);
}

// --- Positions ---------------------------------------------------------------------------------------------------

static void
transfer_positions(pli_rehearsal *of, const pli_incident_event *event) {
    uint32_t from = pli_account_named(of, event->from), to = pli_account_named(of, event->to);
    char data[96];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, "positions of ");
    pli_text_append(&text, event->from);
    pli_text_append(&text, " to ");
    pli_text_append(&text, event->to);
    plm_portfolio held = {0};
    bool is_accepted =
        from != PLM_NONE && to != PLM_NONE && pli_rehearsal_portfolio(of, from, &held);
    uint32_t count = held.position_count;
    for (uint32_t i = 0; is_accepted && i < (count > 0 ? count : 1); i += 1) {
        uint32_t instrument = count > 0 ? of->positions[i].instrument_index : 0;
        int64_t lots = count > 0 ? of->positions[i].lots : 1;
        plm_event *move = pli_rehearsal_event(of, PLM_EVENT_TYPE_POSITION_TRANSFER, from);
        move->position_transfer_body.instrument_index = instrument;
        move->position_transfer_body.to_account = to;
        move->position_transfer_body.lots = lots;
        is_accepted = pli_rehearsal_apply(of);
    }
    pli_rehearsal_conclude(of, event, data, is_accepted);
}

// --- The engine asked to act -----------------------------------------------------------------------------------------

static void
assess_on_books(pli_rehearsal *of, const pli_incident_event *event, uint32_t account,
                const char *text, bool is_attempt) {
    bool was_due = account != PLM_NONE && pli_naive_is_due(&of->books, account);
    if (account == PLM_NONE) {
        of->outcome.reject = PLM_REJECT_ACCOUNT_UNKNOWN;
        pli_rehearsal_conclude(of, event, text, false);
        return;
    }
    if (event->kind == PLI_INCIDENT_CLOSE_OUT) {
        pli_rehearsal_naive_close(of, account);
    }
    uint32_t liquidator = pli_account_named(of, event->liquidator);
    if (is_attempt && was_due && liquidator != PLM_NONE) {
        (void)pli_rehearsal_take_over(of, account, liquidator);
    }
    pli_rehearsal_naive_work(of);
    bool is_seized = (was_due || of->actors[account].is_liquidated) && !of->are_prices_failing;
    of->actors[account].attempt_count += is_attempt ? 1 : 0;
    of->actors[account].seized_count += is_attempt && is_seized ? 1 : 0;
    of->outcome.reject = of->are_prices_failing ? PLM_REJECT_PRICE_STATE : PLM_REJECT_HEALTH;
    pli_rehearsal_conclude(of, event, text, !is_attempt || is_seized);
}

static void
assess(pli_rehearsal *of, const pli_incident_event *event) {
    uint32_t account = pli_account_named(of, event->account);
    char text[96];
    pli_rehearsal_describe(text, sizeof text, event);
    plm_account_info info = {.standing = {.stage = PLM_STAGE_HEALTHY}};
    (void)pli_rehearsal_event(of, PLM_EVENT_TYPE_ASSESS, account);
    bool is_attempt =
        event->kind == PLI_INCIDENT_LIQUIDATE_ATTEMPT || event->kind == PLI_INCIDENT_LIQUIDATE;
    if (of->has_books) {
        assess_on_books(of, event, account, text, is_attempt);
        return;
    }
    bool is_accepted = pli_rehearsal_apply(of);
    pli_rehearsal_work(of);
    if (is_attempt) {
        pli_rehearsal_bid(of, pli_account_named(of, event->liquidator), account);
    }
    if (is_accepted && is_attempt && plm_core_account(of->core, account, &info) == PLM_OK &&
        info.standing.stage < PLM_STAGE_PARTIAL) {
        of->outcome.reject = PLM_REJECT_HEALTH; // healthy enough: there is nothing to liquidate
        is_accepted = false;
    }
    pli_rehearsal_conclude(of, event, text, is_accepted);
}

static void
settle(pli_rehearsal *of, const pli_incident_event *event) {
    uint32_t instrument = pli_instrument_named(of, event->instrument);
    int64_t price_e8 = 0;
    of->outcome.reject = PLM_REJECT_INSTRUMENT_UNKNOWN;
    bool is_accepted = instrument != PLM_NONE;
    bool is_priced = is_accepted && pli_price_e8(event->price, &price_e8);
    if (is_accepted) {
        const pli_incident_instrument *from = &of->incident->instruments[instrument];
        int64_t payoff_e8 = price_e8, strike_e8 = 0;
        if (!is_priced) {
            price_e8 = pli_rehearsal_price(of, of->listed[instrument].symbol);
        }
        if (from->kind[0] == 'o' && pli_price_e8(from->strike, &strike_e8) && is_priced) {
            price_e8 = from->right[0] == 'C' ? strike_e8 + payoff_e8 : strike_e8 - payoff_e8;
        }
        int64_t average_e8 = 0; // where sources speak, their average is the price
        if (plm_core_settlement_price(of->core, instrument, &average_e8) == PLM_OK) {
            price_e8 = average_e8;
        }
        plm_event_settle_expiry *body =
            &pli_rehearsal_event(of, PLM_EVENT_TYPE_SETTLE_EXPIRY, PLM_NONE)->settle_expiry_body;
        body->instrument_index = instrument;
        body->price_e8 = price_e8;
        is_accepted = pli_rehearsal_apply(of);
        if (is_accepted) {
            of->has_settled = true;
            int64_t inside_e8 = from->right[0] == 'C' ? price_e8 - strike_e8 : strike_e8 - price_e8;
            of->listed[instrument].settled_e8 = from->kind[0] != 'o' ? price_e8
                                                : inside_e8 > 0      ? inside_e8
                                                                     : 0;
        }
    }
    pli_rehearsal_work(of);
    pli_rehearsal_conclude(of, event, event->instrument, is_accepted);
}

// --- Repetitions -----------------------------------------------------------------------------------------------------

// "a..b": uniform between; "+-a": between -a and a; else the decimal.
static pli_i128
draw(pli_prng *prng, const char *text) {
    char low[48];
    pli_text to = pli_text_init(low, sizeof low);
    const char *at = text;
    for (; *at != '\0' && !(at[0] == '.' && at[1] == '.'); at += 1) {
        pli_text_append_char(&to, *at);
    }
    pli_i128 least = pli_number_e18(low), most = least;
    if (*at != '\0') {
        most = pli_number_e18(at + 2);
    } else if (text[0] == '+' && text[1] == '-') {
        most = pli_number_e18(text + 2);
        least = -most;
    }
    pli_i128 width = most - least;
    return width > 0 && width < INT64_MAX
               ? least + (pli_i128)pli_prng_below(prng, (uint64_t)width + 1)
               : least;
}

static void
repeat_trade(pli_rehearsal *of, const pli_incident_event *event, int64_t lots) {
    uint32_t instrument = pli_instrument_named(of, event->instrument);
    uint32_t buyer = pli_account_named(of, event->buyer);
    uint32_t seller = pli_account_named(of, event->seller);
    if (instrument != PLM_NONE && buyer != PLM_NONE && seller != PLM_NONE && lots > 0) {
        (void)pli_rehearsal_trade(of, buyer, seller, instrument, lots,
                                  pli_rehearsal_price_named(of, instrument, event->price));
    }
}

// The books that round towards zero: a purchase costs what the lots cost, a sale pays for the quantity that was asked.
static void
pay_dust(pli_rehearsal *of, const pli_incident_event *step, uint32_t instrument,
         pli_i128 rest_e18) {
    uint32_t seller = pli_account_named(of, step->seller);
    uint32_t asset = of->listed[instrument].asset;
    pli_i128 value_e18 = rest_e18 * pli_rehearsal_price(of, of->listed[instrument].symbol) / PLI_E8;
    pli_i128 atoms = pli_asset_atoms(of, asset, value_e18);
    if (seller != PLM_NONE && of->has_books && pli_rehearsal_lacks(of, PLI_CONTROL_LED_ROUND)) {
        of->books.atoms[(size_t)seller * of->books.asset_count + asset] += atoms;
    }
}

static void
repeat_once(pli_rehearsal *of, const pli_incident_event *event, pli_prng *prng, int64_t *lots,
            pli_i128 *rest_e18, pli_i128 *atoms) {
    for (uint32_t i = 0; i < event->cycle_count; i += 1) {
        const pli_incident_event *step = &event->cycle[i];
        uint32_t instrument = pli_instrument_named(of, step->instrument);
        if (step->kind == PLI_INCIDENT_TRADE && instrument != PLM_NONE) {
            bool is_same = !pli_number_is(step->quantity) && step->quantity[0] >= 'a';
            if (is_same) {
                pay_dust(of, step, instrument, *rest_e18);
            } else {
                pli_i128 drawn = draw(prng, step->quantity);
                *lots = pli_lots_of(of, instrument, drawn);
                *rest_e18 = drawn - *lots * of->listed[instrument].lot_e18;
            }
            repeat_trade(of, step, *lots);
        } else if (step->kind == PLI_INCIDENT_FUNDING && of->instrument_count > 0) {
            plm_event_funding *body =
                &pli_rehearsal_event(of, PLM_EVENT_TYPE_FUNDING, PLM_NONE)->funding_body;
            pli_i128 price_e8 = pli_rehearsal_price(of, of->listed[0].symbol);
            body->per_lot = (int64_t)(draw(prng, step->rate) * price_e8 / PLI_E18);
            (void)pli_rehearsal_apply(of);
        } else if (step->kind == PLI_INCIDENT_DEPOSIT || step->kind == PLI_INCIDENT_WITHDRAW ||
                   step->kind == PLI_INCIDENT_BORROW || step->kind == PLI_INCIDENT_REPAY) {
            repeat_money(of, step, draw(prng, step->amount), atoms);
        } else {
            of->unexpressed_count += 1;
        }
    }
}

static void
repeat(pli_rehearsal *of, const pli_incident_event *event) {
    pli_prng prng = pli_prng_init(event->seed);
    int64_t lots = 0;
    pli_i128 rest_e18 = 0, atoms = 0;
    uint32_t unexpressed = of->unexpressed_count;
    for (int64_t i = 0; i < event->count && of->status == PLM_OK; i += 1) {
        if (of->unexpressed_count > unexpressed + event->cycle_count) {
            break; // nothing of it can be said to the engine
        }
        repeat_once(of, event, &prng, &lots, &rest_e18, &atoms);
        of->time_ns += PLI_MS;
        if (i % 5000 == 0) {
            pli_rehearsal_beat(of);
        }
    }
    pli_rehearsal_note(of, event->sequence, "repetitions",
                       of->unexpressed_count > unexpressed ? "not expressed" : "done", "");
}

// --- The list --------------------------------------------------------------------------------------------------------

static void
change_feed(pli_rehearsal *of, const pli_incident_event *event) {
    bool is_up = pli_name_is(event->state, "up");
    for (uint32_t i = 0; i < of->symbol_count; i += 1) {
        for (uint32_t at = 0; at < of->symbols[i].voice_count; at += 1) {
            bool is_meant =
                event->symbol[0] == '\0' || pli_name_is(event->symbol, of->symbols[i].name);
            bool is_named = event->source[0] == '\0' ||
                            pli_incident_matches(event->source, of->symbols[i].voices[at].name);
            if (is_meant && is_named) {
                of->symbols[i].voices[at].is_up = is_up;
            }
        }
    }
    pli_rehearsal_note(of, event->sequence, event->source, event->state, "");
}

static void
tell_truth(pli_rehearsal *of, const pli_incident_event *event) {
    uint32_t symbol = pli_symbol_named(of, event->symbol);
    if (symbol != PLM_NONE) {
        (void)pli_price_e8(event->price, &of->symbols[symbol].truth_e8);
    }
}

static void
note_price(pli_rehearsal *of, const pli_incident_event *event) {
    char data[96];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, event->symbol);
    pli_text_append(&text, " ");
    pli_text_append(&text, event->price);
    pli_text_append(&text, " from ");
    pli_text_append(&text, event->source);
    uint32_t symbol = pli_symbol_named(of, event->symbol);
    pli_rehearsal_note(of, event->sequence, data,
                       symbol == PLM_NONE
                           ? "no such price"
                           : plm_price_state_name(pli_rehearsal_price_state(of, symbol)),
                       "");
}

static void
say(pli_rehearsal *of, const pli_incident_event *event) {
    pli_rehearsal_say(of, event);
    note_price(of, event);
}

static void
print(pli_rehearsal *of, const pli_incident_event *event) {
    pli_rehearsal_beat(of);
    pli_rehearsal_note(of, event->sequence, event->price, "a print moves no index", "");
}

static void
socialise(pli_rehearsal *of, const pli_incident_event *event) {
    uint32_t instrument = pli_instrument_named(of, event->instrument);
    pli_rehearsal_note(of, event->sequence, "recorded losses are shared out", "", "");
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        if (instrument == PLM_NONE || instrument == i) {
            pli_rehearsal_socialise(of, i);
        }
    }
}

// Paid by longs to shorts where the rate is above zero, of each lot's worth at the index.
static bool
fund_instrument(pli_rehearsal *of, uint32_t instrument, const char *rate) {
    plm_event_funding *body =
        &pli_rehearsal_event(of, PLM_EVENT_TYPE_FUNDING, PLM_NONE)->funding_body;
    pli_i128 price_e8 = pli_rehearsal_price(of, of->listed[instrument].symbol);
    body->instrument_index = instrument;
    body->per_lot = (int64_t)(pli_number_e18(rate) * price_e8 / PLI_E18);
    return pli_rehearsal_apply(of);
}

// Of a pattern with `*`, all contracts of such a name that never end; refused where one of them is, as it says.
static void
pay_funding(pli_rehearsal *of, const pli_incident_event *event) {
    uint32_t instrument = pli_instrument_named(of, event->instrument);
    char text[96];
    pli_rehearsal_describe(text, sizeof text, event);
    of->outcome.reject = PLM_REJECT_INSTRUMENT_UNKNOWN;
    bool is_accepted = false;
    if (instrument != PLM_NONE && pli_number_is(event->rate)) {
        is_accepted = fund_instrument(of, instrument, event->rate);
    }
    bool is_going_on = instrument == PLM_NONE && pli_number_is(event->rate);
    for (uint32_t i = 0; i < of->instrument_count && is_going_on; i += 1) {
        if (of->listed[i].expiry_ns == 0 &&
            pli_incident_matches(event->instrument, of->incident->instruments[i].name)) {
            is_accepted = fund_instrument(of, i, event->rate);
            is_going_on = is_accepted;
        }
    }
    pli_rehearsal_work(of);
    pli_rehearsal_conclude(of, event, text, is_accepted);
}

// The ladder that begins now stands among the others already.
static void
change_book(pli_rehearsal *of, const pli_incident_event *event) {
    pli_rehearsal_note(of, event->sequence, event->instrument, "another book", "");
}

static void
pass(pli_rehearsal *of, const pli_incident_event *event) {
    (void)of;
    (void)event;
}

// What has no entry cannot be said to the engine, and the timeline says so.
static void (*const happens[PLI_INCIDENT_KIND_END])(pli_rehearsal *, const pli_incident_event *) = {
    [PLI_INCIDENT_ORACLE] = say,
    [PLI_INCIDENT_ORACLE_TRUTH] = tell_truth,
    [PLI_INCIDENT_FEED_STATE] = change_feed,
    [PLI_INCIDENT_PRINT] = print,
    [PLI_INCIDENT_TRADE] = pli_rehearsal_deal,
    [PLI_INCIDENT_TRADE_EACH] = pli_rehearsal_deal_each,
    [PLI_INCIDENT_ORDER_SUBMIT] = pli_rehearsal_submit,
    [PLI_INCIDENT_ORDER_BURST] = pli_rehearsal_burst,
    [PLI_INCIDENT_DEPOSIT] = move_money,
    [PLI_INCIDENT_DEPOSIT_COLLATERAL] = move_money,
    [PLI_INCIDENT_WITHDRAW] = move_money,
    [PLI_INCIDENT_BORROW] = move_money,
    [PLI_INCIDENT_REPAY] = move_money,
    [PLI_INCIDENT_SELF_LEVERAGE] = move_money,
    [PLI_INCIDENT_DONATE] = donate,
    [PLI_INCIDENT_POSITION_TRANSFER] = transfer_positions,
    [PLI_INCIDENT_LIQUIDATE] = assess,
    [PLI_INCIDENT_LIQUIDATE_ATTEMPT] = assess,
    [PLI_INCIDENT_MARGIN_CALL] = assess,
    [PLI_INCIDENT_DEFAULT] = assess,
    [PLI_INCIDENT_CLOSE_OUT] = assess,
    [PLI_INCIDENT_SETTLE] = settle,
    [PLI_INCIDENT_SOCIALISE] = socialise,
    [PLI_INCIDENT_FUNDING] = pay_funding,
    [PLI_INCIDENT_BOOK_CHANGE] = change_book,
    [PLI_INCIDENT_BIDDER_STATE] = pli_rehearsal_bidder,
    [PLI_INCIDENT_BID_POLICY] = pli_rehearsal_policy,
    [PLI_INCIDENT_PARAM] = pli_rehearsal_change,
    [PLI_INCIDENT_PROCESS] = pli_rehearsal_restart,
    [PLI_INCIDENT_OVERLOAD] = pass,
    [PLI_INCIDENT_OVERLOAD_END] = pli_rehearsal_release,
    [PLI_INCIDENT_BUST_REQUEST] = pli_rehearsal_bust,
    [PLI_INCIDENT_REPEAT] = repeat,
    [PLI_INCIDENT_END] = pass,
};

static bool
has_star(const char *name) {
    for (; *name != '\0'; name += 1) {
        if (*name == '*') {
            return true;
        }
    }
    return false;
}

// "w*": the event happens to each account of such a name, in the order of the file.
static void
happen_to_each(pli_rehearsal *of, const pli_incident_event *event) {
    bool is_bidder = has_star(event->bidder);
    const char *pattern = is_bidder ? event->bidder : event->account;
    for (uint32_t i = 0; i < of->incident->account_count && of->status == PLM_OK; i += 1) {
        const char *name = of->incident->accounts[i].name;
        pli_incident_event one = *event;
        one.bidder = is_bidder ? name : event->bidder;
        one.account = is_bidder ? event->account : name;
        if (pli_incident_matches(pattern, name)) {
            happens[event->kind](of, &one);
        }
    }
}

void
pli_rehearsal_happen(pli_rehearsal *of, const pli_incident_event *event) {
    of->is_after_print = event->kind == PLI_INCIDENT_PRINT ||
                         (event->kind != PLI_INCIDENT_ORACLE && of->is_after_print);
    bool is_for_each = has_star(event->account) || has_star(event->bidder);
    if (happens[event->kind] != NULL && is_for_each) {
        happen_to_each(of, event);
    } else if (happens[event->kind] != NULL) {
        happens[event->kind](of, event);
    } else {
        of->unexpressed_count += 1;
        pli_rehearsal_note(of, event->sequence, pli_incident_kind_name(event->kind),
                           "not expressed", "");
    }
    pli_rehearsal_work(of);
}
