/* incident.h: a failure of a real venue as a scenario: who held what, what happened, what must be true afterwards.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_INCIDENT_H
#define PLI_STUDY_INCIDENT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Schema plimsoll-incident/1 as its decoder leaves it (src/io/incident_json.h). Texts are terminated and never NULL: ""
 * is what the file does not say. Amounts, quantities and prices stay decimal texts of the strict form, which the decoder
 * has checked; where a word may stand in their place (`oracle`, `max`, a range `a..b`) the field says so.
 *
 * Lifetime   Points into the decoded document.
 */
typedef struct pli_incident_pair {
    const char *name;
    const char *value;
} pli_incident_pair;

typedef struct pli_incident_asset {
    const char *name;
    const char *kind; /* cash, spot, stable, wrapped */
    uint32_t scale;   /* decimal places of its smallest unit, 0..18 */
    const char *underlying;
    const char *redemption;       /* in the valuation currency */
    const char *redemption_ratio; /* in units of `underlying` */
} pli_incident_asset;

typedef struct pli_incident_instrument {
    const char *name;
    const char *kind; /* perp, future, inverse_future, inverse_perp, option */
    const char *base;
    const char *quote;
    const char *multiplier;
    const char *strike;
    const char *right;  /* C, P */
    const char *domain; /* positive, any */
} pli_incident_instrument;

typedef struct pli_incident_oracle {
    const char *symbol;
    const char *aggregator; /* what the venue did */
    const char *composition;
    const char *depth_usd;      /* of the market outside, within 2 % */
    const char *market_cap_usd; /* "" : not known */
    const char *clamp_low;      /* least answer of the feed */
    const char *clamp_high;
    uint32_t source_count;
    const char *const *sources;
} pli_incident_oracle;

typedef struct pli_incident_position {
    const char *instrument;
    const char *quantity;
    const char *entry;
} pli_incident_position;

typedef struct pli_incident_account {
    const char *name;
    const char *role;
    const char *group;
    uint32_t balance_count;
    const pli_incident_pair *balances;
    uint32_t position_count;
    const pli_incident_position *positions;
} pli_incident_account;

/* pli_incident_fund - `name` insurance, backstop, ...; of `mutual` one entry a member, whose name stands in `member`. */
typedef struct pli_incident_fund {
    const char *name;
    const char *member;
    const char *asset;
    const char *amount;
} pli_incident_fund;

typedef struct pli_incident_ladder {
    const char *market; /* an instrument, or ASSET/QUOTE */
    int64_t from_ms;
    uint32_t bid_count, ask_count;
    const pli_incident_pair *bids; /* price, quantity; best first */
    const pli_incident_pair *asks;
} pli_incident_ladder;

/* PLI_INCIDENT_EVENT_LIST - what may happen: X(NAME, name). */
#define PLI_INCIDENT_EVENT_LIST(X)                                                                 \
    X(ORACLE, "oracle")                                                                            \
    X(ORACLE_TRUTH, "oracle_truth")                                                                \
    X(FEED_STATE, "feed_state")                                                                    \
    X(PRINT, "print")                                                                              \
    X(TRADE, "trade")                                                                              \
    X(TRADE_EACH, "trade_each")                                                                    \
    X(ORDER_SUBMIT, "order_submit")                                                                \
    X(ORDER_BURST, "order_burst")                                                                  \
    X(DEPOSIT, "deposit")                                                                          \
    X(DEPOSIT_COLLATERAL, "deposit_collateral")                                                    \
    X(WITHDRAW, "withdraw")                                                                        \
    X(BORROW, "borrow")                                                                            \
    X(REPAY, "repay")                                                                              \
    X(DONATE, "donate")                                                                            \
    X(SELF_LEVERAGE, "self_leverage")                                                              \
    X(POSITION_TRANSFER, "position_transfer")                                                      \
    X(LIQUIDATE, "liquidate")                                                                      \
    X(LIQUIDATE_ATTEMPT, "liquidate_attempt")                                                      \
    X(MARGIN_CALL, "margin_call")                                                                  \
    X(DEFAULT, "default")                                                                          \
    X(CLOSE_OUT, "close_out")                                                                      \
    X(SETTLE, "settle")                                                                            \
    X(SOCIALISE, "socialise")                                                                      \
    X(FUNDING, "funding")                                                                          \
    X(VAULT_DEPOSIT, "vault_deposit")                                                              \
    X(VAULT_WITHDRAW, "vault_withdraw")                                                            \
    X(BIDDER_STATE, "bidder_state")                                                                \
    X(BID_POLICY, "bid_policy")                                                                    \
    X(BOOK_CHANGE, "book_change")                                                                  \
    X(PARAM, "param")                                                                              \
    X(PROCESS, "process")                                                                          \
    X(OVERLOAD, "overload")                                                                        \
    X(OVERLOAD_END, "overload_end")                                                                \
    X(BUST_REQUEST, "bust_request")                                                                \
    X(REPEAT, "repeat")                                                                            \
    X(END, "end")

typedef enum pli_incident_kind {
    PLI_INCIDENT_NONE = 0,
#define PLI_INCIDENT_ENUM(NAME, name) PLI_INCIDENT_##NAME,
    PLI_INCIDENT_EVENT_LIST(PLI_INCIDENT_ENUM)
#undef PLI_INCIDENT_ENUM
        PLI_INCIDENT_KIND_END
} pli_incident_kind;

/* pli_incident_kind_name - as in the file; "" for no kind. */
const char *pli_incident_kind_name(pli_incident_kind kind);

/*
 * PLI_INCIDENT_FIELD_LIST - the texts of an event: X(member, key, form). Form 'd' is a decimal or a word, 'c' a decimal or
 * nothing else, 't' any text. What else an event says (prose, numbers of load generators) is not read.
 */
#define PLI_INCIDENT_FIELD_LIST(X)                                                                 \
    X(symbol, "symbol", 't')                                                                       \
    X(source, "source", 't')                                                                       \
    X(price, "price", 't')                                                                         \
    X(confidence, "confidence", 'c')                                                               \
    X(state, "state", 't')                                                                         \
    X(flag, "flag", 't')                                                                           \
    X(account, "account", 't')                                                                     \
    X(accounts, "accounts", 't')                                                                   \
    X(counterparty, "counterparty", 't')                                                           \
    X(counterparties, "counterparties", 't')                                                       \
    X(buyer, "buyer", 't')                                                                         \
    X(seller, "seller", 't')                                                                       \
    X(instrument, "instrument", 't')                                                               \
    X(asset, "asset", 't')                                                                         \
    X(asset_seized, "asset_seized", 't')                                                           \
    X(liquidator, "liquidator", 't')                                                               \
    X(repay, "repay", 't')                                                                         \
    X(from, "from", 't')                                                                           \
    X(to, "to", 't')                                                                               \
    X(side, "side", 't')                                                                           \
    X(id, "id", 't')                                                                               \
    X(order_kind, "kind", 't')                                                                     \
    X(quantity, "qty", 'd')                                                                        \
    X(quantity_each, "qty_each", 'd')                                                              \
    X(notional_each, "notional_each", 'd')                                                         \
    X(price_each, "price_each", 'd')                                                               \
    X(fair_value, "fair_value", 'c')                                                               \
    X(amount, "amount", 'd')                                                                       \
    X(sizing, "sizing", 't')                                                                       \
    X(rate, "rate", 't')                                                                           \
    X(shares, "shares", 't')                                                                       \
    X(bidder, "bidder", 't')                                                                       \
    X(policy, "policy", 't')                                                                       \
    X(authority, "authority", 't')                                                                 \
    X(path, "path", 't')                                                                           \
    X(value, "value", 't')                                                                         \
    X(action, "action", 't')

/* pli_incident_matches - is it this name? Each "*" of the pattern stands for any run of characters. */
bool pli_incident_matches(const char *pattern, const char *name);

typedef struct pli_incident_event {
    pli_incident_kind kind;
    uint32_t line;
    uint32_t sequence;
    int64_t time_ms;
#define PLI_INCIDENT_MEMBER(member, key, form) const char *member;
    PLI_INCIDENT_FIELD_LIST(PLI_INCIDENT_MEMBER)
#undef PLI_INCIDENT_MEMBER
    int64_t count;       /* `n` of a burst or a repetition, else 0 */
    int64_t over_ms;     /* `over_ms` of a burst */
    int64_t deadline_ms; /* `deadline_ms` of a margin call */
    int64_t from_ms;     /* `from_t_ms`, `to_t_ms` of a bust request; 0: not said */
    int64_t to_ms;
    uint64_t seed;
    const char *expect[2]; /* what the file says becomes of it: naive, hardened */
    uint32_t cycle_count;
    const struct pli_incident_event *cycle; /* of a repetition */
} pli_incident_event;

typedef struct pli_incident_assertion {
    uint32_t line;
    const char *metric;
    const char *operation; /* == != <= >= < > in */
    const char *value;
    const char *unit;
    const char *tolerance; /* "" or how far from the value still equals it */
} pli_incident_assertion;

typedef struct pli_incident {
    const char *path;
    const char *name;
    const char *title;
    const char *venue;
    const char *date;
    const char *fidelity;
    const char *summary;
    uint32_t control_count; /* the primary one first */
    const char *const *controls;
    int64_t start_ns; /* clock.t0_utc */
    uint32_t asset_count, instrument_count, oracle_count, account_count;
    uint32_t fund_count, ladder_count, event_count, naive_count;
    const pli_incident_asset *assets;
    const pli_incident_instrument *instruments;
    const pli_incident_oracle *oracles;
    const pli_incident_account *accounts;
    const pli_incident_fund *funds;
    const pli_incident_ladder *ladders;
    const pli_incident_event *events;
    const pli_incident_pair *naive; /* params_naive that are texts */
    uint32_t assertion_counts[2];   /* naive, hardened */
    const pli_incident_assertion *assertions[2];
} pli_incident;

#endif
