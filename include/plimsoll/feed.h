/* feed.h: price reports, what becomes of each, and what a price in each state allows.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_FEED_H
#define PLIMSOLL_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/market.h"
#include "plimsoll/parameter.h"
#include "plimsoll/quantity.h"

#define PLM_FEED_SOURCES_MAX 16u    /* sources of one feed */
#define PLM_SOURCE_WEIGHT_MAX 1000u /* weight of one source in 1..this */
#define PLM_KEY_SIZE 32u
#define PLM_SIGNATURE_SIZE 64u

/* plm_report_status - what the source says of its own market. */
typedef enum plm_report_status {
    PLM_REPORT_STATUS_CLOSED = 1, /* no trading: the price is no price */
    PLM_REPORT_STATUS_OPEN = 2
} plm_report_status;

/*
 * plm_price_report - one signed statement of one source about one feed.
 *
 * The signature covers every field (src/market/feed_message.h draws the bytes); it travels beside the report.
 */
typedef struct plm_price_report {
    uint32_t network_id; /* which deployment: a report for a test network is void elsewhere */
    uint32_t feed_id;    /* index of the underlying */
    uint32_t source_id;
    uint32_t status;       /* plm_report_status; any other number counts as closed */
    uint64_t sequence;     /* rises with every report of the source for this feed, from 1 */
    int64_t publish_ns;    /* when the source observed the price */
    int64_t valid_from_ns; /* not to be used before */
    int64_t expires_ns;    /* not to be used at or after */
    int64_t price_e8;      /* per price_unit of the underlying */
    int64_t confidence_e8; /* half-width of the source's own uncertainty, >= 0 */
} plm_price_report;

/*
 * plm_feed_source - who may report on a feed. Governed: the table of a feed is replaced whole.
 */
typedef struct plm_feed_source {
    uint32_t source_id;
    uint32_t weight; /* 1..PLM_SOURCE_WEIGHT_MAX */
    /* 1: this is the venue's own book, whose share of the weight is limited further; else 0 */
    uint32_t is_own;
    uint32_t reserved; /* 0 */
    /* a price at or beyond either is the source's own clamp and not a price */
    int64_t clamp_low_e8;
    int64_t clamp_high_e8;
    uint8_t public_key[PLM_KEY_SIZE]; /* ed25519 */
} plm_feed_source;

/*
 * PLM_REPORT_OUTCOME_LIST - what became of a report: name, permanent number, text. In the order of the checks.
 *
 * Up to EQUIVOCATED the slot of the source keeps what it had, but for an equivocation, which empties it. From CLOSED on
 * the report is the source's latest word and says that there is no price: it takes the earlier price back.
 */
#define PLM_REPORT_OUTCOME_LIST(X)                                                                 \
    X(PLM_REPORT_ACCEPTED, 1, "accepted")                                                          \
    X(PLM_REPORT_BAD_SIGNATURE, 2, "the signature is not the source's")                            \
    X(PLM_REPORT_WRONG_NETWORK, 3, "made for another network")                                     \
    X(PLM_REPORT_WRONG_FEED, 4, "made for another feed")                                           \
    X(PLM_REPORT_NOT_A_SOURCE, 5, "not from a source of this feed")                                \
    X(PLM_REPORT_MALFORMED, 6, "sequence, times or confidence contradict themselves")              \
    X(PLM_REPORT_FUTURE, 7, "published in the future")                                             \
    X(PLM_REPORT_NOT_YET_VALID, 8, "not valid yet")                                                \
    X(PLM_REPORT_EXPIRED, 9, "expired")                                                            \
    X(PLM_REPORT_TOO_OLD, 10, "older than the greatest age")                                       \
    X(PLM_REPORT_OUT_OF_ORDER, 11, "older than the source's latest report")                        \
    X(PLM_REPORT_REPLAYED, 12, "the source's latest report once more")                             \
    X(PLM_REPORT_EQUIVOCATED, 13, "another report has the same sequence: none of them counts")     \
    X(PLM_REPORT_CLOSED, 14, "the source says that its market is not open")                        \
    X(PLM_REPORT_OUT_OF_DOMAIN, 15, "the price is outside the domain of the underlying")           \
    X(PLM_REPORT_CLAMPED, 16, "the price stands at a clamp bound")                                 \
    X(PLM_REPORT_UNCERTAIN, 17, "the confidence is wider than allowed")

typedef enum plm_report_outcome {
#define PLM_REPORT_OUTCOME_ENUM(name, number, text) name = number,
    PLM_REPORT_OUTCOME_LIST(PLM_REPORT_OUTCOME_ENUM)
#undef PLM_REPORT_OUTCOME_ENUM
} plm_report_outcome;

/*
 * plm_report_outcome_name - the enum constant's own name, such as "PLM_REPORT_CLAMPED".
 * plm_report_outcome_text - one line of plain English without a full stop.
 * plm_price_state_name - "valid", "held", "stale", "invalid".
 *
 * Returns    A static string; "unknown" for a number that is none of the list.
 */
const char *plm_report_outcome_name(plm_report_outcome outcome);
const char *plm_report_outcome_text(plm_report_outcome outcome);
const char *plm_price_state_name(plm_price_state state);

/* plm_price_action - what somebody wants to do that rests on the price of a symbol. */
typedef enum plm_price_action {
    PLM_PRICE_ACTION_TRADE = 1,     /* a trade in the symbol that increases risk */
    PLM_PRICE_ACTION_REDUCE = 2,    /* a trade in the symbol that reduces risk */
    PLM_PRICE_ACTION_WITHDRAW = 3,  /* withdraw, transfer or borrow while holding the symbol */
    PLM_PRICE_ACTION_LIQUIDATE = 4, /* close the symbol by force, or because of its price */
    PLM_PRICE_ACTION_SETTLE = 5     /* settle an expiry or pay funding on the price */
} plm_price_action;

/* plm_permission - the answer, which may carry the prices at which the check must hold. */
typedef enum plm_permission {
    PLM_PERMISSION_NO = 1,
    PLM_PERMISSION_YES = 2, /* at the VALID price */
    PLM_PERMISSION_AT_WORSE =
        3, /* only if the rule holds at the last valid price and at the candidate */
    PLM_PERMISSION_AT_BOUNDS = 4 /* longs at the governed floor, shorts at the governed ceiling */
} plm_permission;

/*
 * plm_price_allows - the matrix: what a price in this state allows.
 *
 * `is_settled` says that the symbol has been VALID for the settle window since the last start. `is_strict` says that a
 * quorum reported within the strict age. A total function: any number that is no state or action gives NO.
 *
 *                                      trade  reduce  withdraw   liquidate  settle
 *   VALID, settled, strict             yes    yes     yes        yes        yes
 *   VALID, settled, within loose age   no     yes     at bounds  yes        yes
 *   HELD, settled                      no     yes     at worse   at worse   no
 *   STALE, INVALID, or not settled     no     no      at bounds  no         no
 */
plm_permission plm_price_allows(plm_price_state state, bool is_settled, bool is_strict,
                                plm_price_action action);

/*
 * The governed record of one feed. Ages and windows are measured in event time.
 */
#define PLM_FEED_PARAMETERS(X, T)                                                                  \
    X(T, age_strict_ns, PLM_UNIT_NS, 10000000000, 1000000, 3600000000000, 10000000000, 24, "risk", \
      "", "age up to which a report supports new risk")                                            \
    X(T, age_loose_ns, PLM_UNIT_NS, 60000000000, 1000000, 3600000000000, 60000000000, 24, "risk",  \
      "", "age up to which a report supports maintenance and liquidation")                         \
    X(T, future_max_ns, PLM_UNIT_NS, 1000000000, 0, 60000000000, 1000000000, 24, "risk", "",       \
      "how far a publish time may lie ahead of event time")                                        \
    X(T, quorum, PLM_UNIT_COUNT, 3, 1, 16, 2, 24, "risk", "", "fresh sources that a price needs")  \
    X(T, liars_max, PLM_UNIT_COUNT, 1, 0, 7, 1, 24, "risk", "",                                    \
      "f: so many sources may say anything at all")                                                \
    X(T, weight_cap_ppm, PLM_UNIT_PPM, 333333, 50000, 1000000, 100000, 24, "risk", "",             \
      "largest share of the fresh weight that one source may have")                                \
    X(T, own_weight_cap_ppm, PLM_UNIT_PPM, 100000, 1000, 500000, 50000, 24, "risk", "",            \
      "the same for the venue's own book")                                                         \
    X(T, confidence_max_ppm, PLM_UNIT_PPM, 50000, 0, 1000000, 50000, 24, "risk", "",               \
      "a report less certain than this is no price")                                               \
    X(T, deviation_ppm, PLM_UNIT_PPM, 20000, 0, 1000000, 20000, 24, "risk", "",                    \
      "distance from the index beyond which a source is flagged")                                  \
    X(T, deviation_widen_ppm, PLM_UNIT_PPM, 10000, 0, 500000, 10000, 24, "risk", "",               \
      "confidence added, of the price, if all the weight were flagged")                            \
    X(T, band_ppm, PLM_UNIT_PPM, 50000, 100, 1000000, 50000, 24, "risk", "",                       \
      "move within a minute beyond which a price is held")                                         \
    X(T, hold_confirm_ns, PLM_UNIT_NS, 5000000000, 0, 30000000000, 5000000000, 24, "risk", "",     \
      "how long a held price must persist before sources can confirm it")                          \
    X(T, hold_max_ns, PLM_UNIT_NS, 30000000000, 0, 30000000000, 10000000000, 24, "risk", "",       \
      "a hold ends after this at the latest")                                                      \
    X(T, price_low_e8, PLM_UNIT_E8, 0, -PLM_PRICE_E8_MAX, PLM_PRICE_E8_MAX, 2 * PLM_PRICE_E8_MAX,  \
      24, "listing", "", "a price at or below this is no price")                                   \
    X(T, price_high_e8, PLM_UNIT_E8, PLM_PRICE_E8_MAX, -PLM_PRICE_E8_MAX, PLM_PRICE_E8_MAX,        \
      2 * PLM_PRICE_E8_MAX, 24, "listing", "", "a price at or above this is no price")             \
    X(T, slow_half_life_ns, PLM_UNIT_NS, 3600000000000, 60000000000, PLM_DAY_NS, 3600000000000,    \
      24, "risk", "", "half-life of the slow price")                                               \
    X(T, settle_ns, PLM_UNIT_NS, 60000000000, 0, 3600000000000, 60000000000, 24, "risk", "",       \
      "how long a symbol must be valid after a start before it trades")                            \
    X(T, settlement_coverage_ppm, PLM_UNIT_PPM, 900000, 500000, 1000000, 100000, 24, "risk", "",   \
      "valid share of the last 30 minutes that a settlement price needs")                          \
    X(T, unpriced_low_ppm, PLM_UNIT_PPM, 0, 0, 1000000, 100000, 24, "risk", "",                    \
      "value of a long without a valid price, of its last valid price")                            \
    X(T, unpriced_high_ppm, PLM_UNIT_PPM, 3000000, 1000000, 100000000, 1000000, 24, "risk", "",    \
      "value of a short without a valid price, of its last valid price")                           \
    X(T, anchor_tolerance_ppm, PLM_UNIT_PPM, 20000, 0, 1000000, 20000, 24, "risk", "",             \
      "distance of market and redemption value beyond which both count")                           \
    X(T, anchor_hold_max_ns, PLM_UNIT_NS, 3600000000000, 0, PLM_DAY_NS, 3600000000000, 24, "risk", \
      "", "how long they may be apart before the market alone decides")

typedef struct plm_feed_parameters {
    PLM_FEED_PARAMETERS(PLM_PARAMETER_STRUCT_FIELD, plm_feed_parameters)
} plm_feed_parameters;

/*
 * The descriptor checks between fields: quorum >= 2 * liars_max + 1, age_strict_ns <= age_loose_ns,
 * hold_confirm_ns <= hold_max_ns, price_low_e8 < price_high_e8.
 */
extern const plm_descriptor plm_feed_descriptor;

#endif
