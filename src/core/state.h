/* state.h: everything the state machine remembers.                                    SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_STATE_H
#define PLI_CORE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"
#include "core/screen.h"
#include "ledger/ledger.h"
#include "liquidation/adl.h"
#include "margin/facts.h"
#include "market/anchor.h"
#include "market/feed.h"
#include "market/staged.h"
#include "plimsoll/core.h"
#include "plimsoll/liquidation.h"
#include "plimsoll/margin.h"
#include "plimsoll/scenario.h"
#include "scenario/closes.h"

/*
 * docs/books.md defines what every field means; section numbers are its.
 *
 * Invariants [STATE-1] one memory block holds everything; no pointer into it leaves the layer but through the questions of
 *                      plimsoll/core.h.
 *            [STATE-2] encode.c walks every field that is not scratch or derived; nothing that it leaves out can change an
 *                      answer [D3].
 *            [STATE-3] the marks, prices and arrays change only by events, and by the time that events carry.
 */
#define PLI_VOLATILITY_PPM_MAX INT64_C(100000000) /* what a FORECAST may say */
#define PLI_JOBS_MAX 64u                          /* besides a scan, which always finds room */
#define PLI_JOBS_RING (PLI_JOBS_MAX + 1)
#define PLI_PENDING_MAX 16u
#define PLI_RECORD_VALUES PLM_RECORD_FIELDS_MAX
#define PLI_HORIZONS 2u     /* index: plm_horizon - 1 */
#define PLI_CHANGES_MAX 16u /* changes of one plm_core_require */

/* pli_client - an accepted event that carried a client id. */
typedef struct pli_client {
    uint8_t id[16];
    uint8_t hash[16]; /* of the event's bytes with sequence and time zero */
    int64_t deadline_ns;
    uint64_t sequence;
} pli_client;

typedef struct pli_signer {
    uint32_t scopes;
    uint8_t public_key[32];
    uint32_t client_count;     /* entries, in rising sequence; some may be past their deadline */
    int64_t deadline_first_ns; /* no entry has an earlier deadline */
} pli_signer;

/* pli_record - one governed record: what is in force, and what returns when that expires. */
typedef struct pli_record {
    uint32_t version;   /* of the last change that took effect */
    uint32_t accepted;  /* of the last change accepted, pending ones included */
    int64_t expires_ns; /* 0: values are permanent */
    int64_t permanent[PLI_RECORD_VALUES];
    int64_t values[PLI_RECORD_VALUES];
} pli_record;

typedef struct pli_pending {
    uint32_t place;
    uint32_t version;
    uint64_t earliest_sequence;
    int64_t expires_ns;
    int64_t values[PLI_RECORD_VALUES];
} pli_pending;

typedef enum pli_job_kind {
    PLI_JOB_SETTLE = 1, /* index: instrument; cursor: next account */
    PLI_JOB_ARRAYS = 2, /* index: plm_horizon - 1; cursor: next underlying */
    PLI_JOB_SCAN = 3,   /* index: 0; cursor: next account */
    PLI_JOB_DELEVERAGE =
        4, /* index: 2 * instrument, + 1 where shorts are bankrupt; cursor: next account */
    PLI_JOB_SOCIALISE = 5, /* index: 2 * instrument, or 2 * asset + 1; cursor: next account */
    PLI_JOB_BACKSTOP = 6   /* index: account; cursor: next instrument, PLM_NONE at the last look */
} pli_job_kind;

typedef struct pli_job {
    pli_job_kind kind;
    uint32_t index;
    uint32_t cursor;
    // DELEVERAGE and SOCIALISE, `pass` and `granted` BACKSTOP, else 0.
    uint32_t bankrupt;   /* DELEVERAGE: the next bankrupt account */
    uint32_t pass;       /* which walk over the accounts this is, from 0 */
    pli_i128 lots;       /* of bankrupt accounts; SOCIALISE: atoms to be given up */
    pli_i128 weight_all; /* lots on the other side; atoms that can be given up */
    pli_i128 weight;     /* of these, up to the cursor */
    pli_i128
        granted;   /* of `lots`, up to the cursor; in pass 0 of SOCIALISE the most that is meant; in
                         pass 2 of DELEVERAGE what has been closed; BACKSTOP: the
                         share that the pool is offered, ppm */
    pli_i128 left; /* of them, for the account at the cursor; given up, and not written off yet */
} pli_job;

/* pli_underlying - what the state knows of one underlying besides its terms and its market entry. */
typedef struct pli_underlying {
    pli_feed feed; /* decides nothing while it has no source */
    int64_t regime_ppm;
    uint8_t forecast_hash[32];
    plm_price_record own;       /* the operator's record; decides nothing while there are sources */
    bool is_own_priced;         /* the operator, or a feed that is gone, has said a price */
    bool is_settled, is_strict; /* as the price pipeline says; an operator's price: true */
    bool is_priced;             /* it has been VALID, or the operator has said a price */
    int64_t candidate_e8;       /* HELD: the price that waits; else the price */
    bool is_anchored;           /* the fields of the anchor are 0, and it agrees, without one */
    uint32_t anchor_base_index, anchor_ratio_index; /* or PLM_NONE */
    int64_t anchor_ratio_e8;                        /* 0 with a ratio feed */
    pli_anchor anchor;
    int64_t allowed_ns; /* since when its price allows LIQUIDATE; meaningless where it does not */
    bool is_due;        /* arrays and marks are to be rebuilt at the next VALID price */
    int64_t built_e8;   /* price at the last rebuild; meaningless at arrays_version 0 */
    uint32_t arrays_version; /* how often it was rebuilt */
    pli_closes closes;
    /* what the market says; what is in force stands in the market entry */
    int64_t wanted[PLM_LIVING_COUNT];
    int64_t supply_units;
    uint64_t recalibration_count; /* 0: what the market says is in force at once */
    int64_t recalibrated_ns;
    plm_living living;
} pli_underlying;

/*
 * pli_arrays - one scenario set and its risk arrays; `table` reads the state's own header and rows.
 *
 * The set keeps the underlyings it was made for; the header that models see counts the present listing.
 */
typedef struct pli_arrays {
    bool is_used;
    uint32_t
        built_count; /* underlyings of the set whose rows have been built at least once: a prefix */
    plm_scenario_set set;
    plm_scenario_header header;
    uint32_t *grid_active;
    uint8_t *has_history;
    int64_t *entries; /* rows of the listed instruments, then of the listed assets */
    uint8_t *is_built;
    void *set_memory;
    size_t set_size;
    plm_risk_table table;
} pli_arrays;

/* pli_holding - what one account holds: its runs, or a copy of them. */
typedef struct pli_holding {
    uint32_t account;
    uint32_t balance_count, position_count, order_count;
    pli_balance *balances;
    pli_position *positions;
    pli_order *orders;
} pli_holding;

struct plm_core {
    plm_core_limits limits;
    uint64_t sequence;
    int64_t time_ns;
    uint64_t accepted_count, refused_count, repeated_count;

    pli_ledger ledger;
    pli_undo undo;
    pli_note *notes;
    uint32_t note_capacity;

    uint32_t signer_count;
    uint32_t client_slot_count; /* per signer, a power of two */
    uint8_t client_key[PLM_CORE_KEY_SIZE];
    pli_signer *signers;
    pli_client *clients;    /* signer * limits.client_id_count */
    uint32_t *client_slots; /* signer * client_slot_count: entry + 1, or 0 */

    pli_underlying *underlyings;
    uint32_t anchor_count; /* derived: underlyings with an anchor */
    uint32_t notice_count; /* derived: underlyings of which something announced waits */
    plm_underlying_market *prices;
    plm_mark *marks;      /* as models read them: the venue's, else an option's from its surface */
    uint8_t *is_marked;   /* per instrument: the mark is the venue's */
    bool *has_average;    /* per instrument: its settlement average has been taken down */
    int64_t *averages_e8; /* 0 without */
    int64_t expiry_next_ns;  /* derived: the earliest expiry that time has not passed */
    int64_t *built_marks_e8; /* per instrument that is no option: mark at the last rebuild */
    uint32_t expiry_count, staged_count;
    plm_expiry_market *expiries;
    plm_slice_node *nodes; /* expiry * PLM_SLICE_NODES_MAX */
    pli_staged_slice *staged;

    const plm_kernels *kernels; /* no part of the state: what computes rows changes no bit of them */
    pli_arrays arrays[PLI_HORIZONS][2];
    uint8_t active[PLI_HORIZONS]; /* which of the two is in force, if it is used */
    pli_facts facts;              /* derived: about the rows of the arrays in force */

    uint32_t record_count;
    pli_record *records;
    int64_t expires_first_ns; /* derived: no record expires before; INT64_MAX: none does */
    uint32_t pending_count;
    pli_pending *pending;
    const plm_model *model;
    uint32_t model_index;

    uint32_t job_first, job_count; /* a ring */
    pli_job jobs[PLI_JOBS_RING];
    pli_adl_job search; /* of the walk that is first in the queue, by queue or least harm; else 0 */
    plm_standing *standings; /* per account */
    uint8_t *scans;          /* per underlying: marks of standing.c */
    uint32_t *
        initial_from; /* per underlying: where the window of its next scan begins, or of this one */
    pli_screen screen; /* derived: whom a scan need not look at */

    // Scratch of one event.
    pli_holding sides[2]; /* the accounts that the event concerns, touched, before it */
    plm_position *view_positions;
    plm_mark *kept_marks; /* per instrument: while corners.c has others in place */
    plm_order *view_orders;
    plm_balance *view_balances;
    plm_workspace workspace;
    uint8_t *only;    /* per instrument */
    uint8_t *rebuilt; /* per underlying; zero between uses */
    plm_shock_parameters *classes;
    plm_history *histories;
    plm_surface_expiry *surface_scratch;
    const pli_staged_slice **collected;
    const plm_effects *effects;
    plm_outcome *outcome;
    const plm_outcome *recorded; /* what the event came to when it was decided; NULL: decide it */
};

/* pli_state_effect - tell an effect of the event under way; what does not fit is counted as missing. */
void pli_state_effect(plm_core *core, plm_effect_kind kind, uint32_t account, uint32_t index,
                      pli_i128 a, pli_i128 b);

/* pli_state_market - the market as the margin layers read it. */
plm_market pli_state_market(const plm_core *core);

/* pli_state_active - the arrays in force for one horizon, or NULL. */
const pli_arrays *pli_state_active(const plm_core *core, plm_horizon horizon);

/* pli_state_parameters - the state machine's own record, in force. */
const plm_core_parameters *pli_state_parameters(const plm_core *core);

#endif
