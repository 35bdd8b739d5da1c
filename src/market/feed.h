/* feed.h: the price of one underlying from many sources, as state and a function of time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARKET_FEED_H
#define PLI_MARKET_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/feed.h"
#include "plimsoll/instrument.h"
#include "plimsoll/status.h"

/*
 * The pipeline decides inside the core, so everything here is integers, and `pli_feed` is plain data without pointers or
 * padding. docs/method/prices.md defines every rule.
 */
#define PLI_FEED_SOURCES_MAX 16u
#define PLI_FEED_ANCHORS 7u                     /* accepted prices at 10 s marks: 60 to 70 s */
#define PLI_FEED_ANCHOR_NS INT64_C(10000000000) /* distance of the marks */
#define PLI_FEED_WINDOW_CELLS 30u               /* settlement: the last 30 whole minutes */
#define PLI_FEED_CELL_NS INT64_C(60000000000)   /* one of them */
#define PLI_FEED_SLOW_STEPS 64                  /* steps of the slow price per half-life */
#define PLI_FEED_SLOW_BITS 32                   /* fraction bits of slow_q32 */
#define PLI_FEED_TIME_MAX (INT64_C(1) << 62)    /* event times are in 0..this */

_Static_assert(PLI_FEED_SOURCES_MAX == PLM_FEED_SOURCES_MAX, "one table length");

/* pli_feed_word - what the latest word of a source is. */
typedef enum pli_feed_word {
    PLI_FEED_WORD_NONE = 0,       /* it has not spoken yet */
    PLI_FEED_WORD_PRICE = 1,      /* a price */
    PLI_FEED_WORD_NO_PRICE = 2,   /* closed, clamped, out of domain, uncertain */
    PLI_FEED_WORD_EQUIVOCATED = 3 /* two reports of one sequence: nothing counts until the next */
} pli_feed_word;

/*
 * pli_feed_slot - one source and its latest report.
 *
 * Invariants [SLOT-1] Fields of the report are 0 unless `word` is PRICE or NO_PRICE, but for sequence, publish_ns and
 *                     expires_ns, which an equivocation keeps at the largest seen.
 *            [SLOT-2] `word` PRICE: the price passed every check of pli_feed_report.
 */
typedef struct pli_feed_slot {
    plm_feed_source source;
    uint64_t sequence;
    int64_t publish_ns;
    int64_t valid_from_ns;
    int64_t expires_ns;
    int64_t price_e8;
    int64_t confidence_e8;
    uint32_t status;
    uint32_t word; /* pli_feed_word */
    uint64_t accepted_count;
    uint64_t ignored_count;
    uint64_t equivocation_count;
} pli_feed_slot;

/*
 * pli_feed_track - what the feed decided, and what the next decision needs of it.
 *
 * Invariants [TRACK-1] is_priced = 0 only before the first VALID price; then no other field is read but `state`.
 *            [TRACK-2] is_holding = 1: hold_start_ns <= hold_since_ns, and `state` is HELD, or STALE after hold_max_ns.
 */
typedef struct pli_feed_track {
    plm_wide slow_q32;     /* slow price times 2^32 */
    int64_t price_e8;      /* last VALID price */
    int64_t confidence_e8; /* of the index now; of the last one where there is none */
    int64_t publish_ns;    /* of price_e8: weighted median of the publish times */
    int64_t candidate_e8;  /* index now, whether accepted or not; price_e8 where there is none */
    int64_t hold_start_ns; /* when the hold began */
    int64_t hold_since_ns; /* since when the index has stayed near hold_price_e8 */
    int64_t hold_price_e8;
    int64_t valid_since_ns;               /* since when the state has been VALID without a break */
    int64_t anchors_e8[PLI_FEED_ANCHORS]; /* accepted prices at the last 10 s marks, newest first */
    uint32_t state;                       /* plm_price_state */
    uint32_t is_priced;
    uint32_t is_holding;
    uint32_t is_settled;
    uint32_t is_strict;
    uint32_t fresh_count;  /* sources in the index */
    uint32_t contributors; /* bit i: slot i is in the index */
    uint32_t flagged;      /* bit i: slot i is in the index and far from it */
} pli_feed_track;

/* pli_feed_cell - time integral of the VALID price over a part of time. */
typedef struct pli_feed_cell {
    plm_wide integral; /* price_e8 x ns */
    int64_t covered_ns;
} pli_feed_cell;

/*
 * pli_feed - one underlying. Fixed size, no pointers, no padding; the caller owns it.
 *
 * Invariants [FEED-1] `now` is a function of `before`, the slots and time_ns: reports that arrive at one time may come in
 *                     any order, and advance may be called as often as one likes [O4].
 *            [FEED-2] slot ids are distinct; slots from source_count on are zero.
 */
typedef struct pli_feed {
    uint32_t network_id;
    uint32_t feed_id;
    uint32_t domain; /* plm_price_domain */
    uint32_t source_count;
    int64_t reference_e8; /* domain `any`: least base of bands and ratios; else 0 */
    int64_t time_ns;
    int64_t slow_cell_ns;  /* length of a slow step under the record last seen */
    int64_t cell_number;   /* minute since 1970 that cells[cell_number % count] is filling */
    pli_feed_track before; /* as it stood just before time_ns */
    pli_feed_track now;
    pli_feed_cell slow_cell;
    pli_feed_cell cells[PLI_FEED_WINDOW_CELLS + 1];
    pli_feed_slot slots[PLI_FEED_SOURCES_MAX];
} pli_feed;

_Static_assert(sizeof(pli_feed_slot) == 144, "no padding");
_Static_assert(sizeof(pli_feed_track) == 168, "no padding");
_Static_assert(sizeof(pli_feed_cell) == 24, "no padding");
_Static_assert(sizeof(pli_feed) == 48 + 2 * 168 + 24 * (PLI_FEED_WINDOW_CELLS + 2) + 144 * 16,
               "no padding");

/*
 * pli_price_view - what the rest of the engine sees.
 *
 * Guarantees [FEED-3] `state` is always one of the four [O1].
 */
typedef struct pli_price_view {
    plm_price_state state;
    uint32_t fresh_count;
    uint32_t contributors; /* bit i: slot i is in the index */
    uint32_t flagged;
    bool is_settled;
    bool is_strict; /* a quorum within the strict age */
    bool is_priced; /* false: never VALID, the prices below are 0 */
    int64_t
        price_e8; /* VALID: the index; else the last VALID price, to be used only as the matrix says */
    int64_t candidate_e8;  /* HELD: the index that waits; else price_e8 */
    int64_t confidence_e8; /* >= 0 */
    int64_t slow_e8;       /* slow price, to the nearest unit */
    int64_t publish_ns;    /* of price_e8 */
    int64_t age_ns;        /* feed time - publish_ns, >= 0 */
} pli_price_view;

/*
 * pli_feed_init - a feed that has never heard anything, at event time `now`.
 *
 * `feed_id` is the index of the underlying; domain and reference come from the listing.
 */
void pli_feed_init(pli_feed *feed, uint32_t network_id, uint32_t feed_id,
                   const plm_underlying *underlying, plm_time now);

/*
 * pli_feed_configure - replace the table of sources. A source that keeps its id and its key keeps its latest report.
 *
 * Call pli_feed_advance to the same time first. The next advance or report decides with the new table.
 *
 * Returns
 *   PLM_OK                 the table is replaced.
 *   PLM_LIMIT              more than PLI_FEED_SOURCES_MAX sources.
 *   PLM_PARAMETER_INVALID  a weight, clamp, flag or reserved field is out of bounds, an id appears twice, or two sources
 *                          are the venue's own book; *fault names it.
 * On any other status than PLM_OK the feed is as it was.
 */
PLM_MUST_USE plm_status pli_feed_configure(pli_feed *feed, const plm_feed_source *sources,
                                           uint32_t source_count, plm_fault *fault);

/* pli_feed_source - the entry of a source, for its public key, or NULL. */
const plm_feed_source *pli_feed_source(const pli_feed *feed, uint32_t source_id);

/*
 * pli_feed_report - one report whose signature has been checked, at event time `now` (>= the feed's time, asserted).
 *
 * Time passes to `now` first; then the report takes its slot, or is ignored, and the state is decided again.
 *
 * Guarantees [FEED-4] A report that is not ACCEPTED never contributes to a price [O6].
 *            [FEED-5] Reports of one event time give the same view in any order, doubled or not [O4].
 *
 * Returns    What became of the report, for the log.
 */
plm_report_outcome pli_feed_report(pli_feed *feed, const plm_feed_parameters *parameters,
                                   const plm_price_report *report, plm_time now);

/*
 * pli_feed_advance - let time pass to `now` (>= the feed's time, asserted).
 *
 * Walks through every moment at which the state changes by itself: a report ages or expires, a hold is confirmed or
 * ends, the settle window is over. Before a governed record is replaced, advance under the old one.
 *
 * Guarantees [FEED-6] Advancing in many steps or in one leaves the same feed, bit by bit [O5].
 *
 * Cost       O(sources) decisions, each O(sources^2); and one step per 1/64 half-life of valid time passed.
 */
void pli_feed_advance(pli_feed *feed, const plm_feed_parameters *parameters, plm_time now);

/*
 * pli_feed_restart - the engine has started, resumed from a halt or failed over: the symbol must be VALID for the settle
 * window anew [O7]. The last valid price stays, so a jump meanwhile is held.
 */
void pli_feed_restart(pli_feed *feed, const plm_feed_parameters *parameters, plm_time now);

/* pli_feed_view - the price as it stands at the feed's time. */
pli_price_view pli_feed_view(const pli_feed *feed);

/* pli_feed_allows - plm_price_allows for a view. */
plm_permission pli_feed_allows(const pli_price_view *view, plm_price_action action);

/* pli_feed_record - the same in the form that the margin models read. */
plm_price_record pli_feed_record(const pli_price_view *view);

/*
 * pli_feed_bounds - what longs and shorts are worth where no price may be used.
 *
 * Rounding   low down, high up: against the account.
 * Domain `any`, or never priced: the governed ends of the price's range (low is 0 on a positive domain).
 */
void pli_feed_bounds(const pli_price_view *view, plm_price_domain domain,
                     const plm_feed_parameters *parameters, int64_t *low_e8, int64_t *high_e8);

/*
 * pli_feed_settlement - time-weighted average of the VALID price over the 30 whole minutes that end at or before the
 * feed's time. HELD and STALE time does not count.
 *
 * To settle at T, a whole minute: pli_feed_advance to T, then call this. Where it is deferred, ask again later.
 *
 * Rounding   To the nearest unit, ties to even.
 * Returns    PLM_OK; PLM_HISTORY_SHORT when less than settlement_coverage_ppm of the window was VALID: deferred.
 *            *coverage_ppm is always written, rounded down.
 */
PLM_MUST_USE plm_status pli_feed_settlement(const pli_feed *feed,
                                            const plm_feed_parameters *parameters,
                                            int64_t *coverage_ppm, int64_t *price_e8);

/*
 * pli_feed_encode, pli_feed_decode - the feed as PLI_FEED_ENCODED_SIZE bytes, field by field, little-endian.
 *
 * Guarantees [FEED-7] decode(encode(feed)) has the same bits; encode(decode(bytes)) the same bytes.
 *
 * Returns    PLM_OK; PLM_DOMAIN when a field breaks an invariant, *fault names it, and *feed is as it was.
 */
#define PLI_FEED_ENCODED_SIZE sizeof(pli_feed)
void pli_feed_encode(const pli_feed *feed, uint8_t bytes[PLI_FEED_ENCODED_SIZE]);
PLM_MUST_USE plm_status pli_feed_decode(const uint8_t bytes[PLI_FEED_ENCODED_SIZE], pli_feed *feed,
                                        plm_fault *fault);

#endif
