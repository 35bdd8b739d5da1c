/* core.h: the state machine: (state, event) -> (state, effects).                      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_CORE_H
#define PLIMSOLL_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/event.h"
#include "plimsoll/feed.h"
#include "plimsoll/forecast.h"
#include "plimsoll/kernel.h"
#include "plimsoll/liquidation.h"
#include "plimsoll/living.h"
#include "plimsoll/margin.h"
#include "plimsoll/parameter.h"
#include "plimsoll/reject.h"
#include "plimsoll/status.h"

/*
 * plm_core_limits - the sizes of every table, fixed when the state is made. They are part of the state's identity: a
 * log or snapshot made under other limits is refused.
 */
typedef struct plm_core_limits {
    uint32_t asset_count, underlying_count, instrument_count, account_count;
    uint32_t balance_count, position_count, order_count; /* per account */
    uint32_t signer_count, client_id_count;              /* client ids remembered per signer */
    uint32_t expiry_count;  /* (underlying, expiry) pairs, each of the active and staged */
    uint32_t class_count;   /* shock classes */
    uint32_t history_count; /* daily closes kept per underlying */
    uint32_t entry_count;   /* entries of a risk-array row, padding included */
    uint32_t network_id;    /* no size: the deployment that price reports must name */
} plm_core_limits;

/* plm_core_limits_init - a small venue: 1,000 accounts, 8 assets, 8 underlyings, 256 instruments. */
void plm_core_limits_init(plm_core_limits *limits);

/*
 * The governed record of the state machine itself.
 */
#define PLM_CORE_PARAMETERS(X, T)                                                                  \
    X(T, reprice_ppm, PLM_UNIT_PPM, 1000, 0, 100000, 5000, 24, "risk", "",                         \
      "move of an index or mark beyond which the risk arrays of the underlying are built anew")    \
    X(T, price_tick_ns, PLM_UNIT_NS, 100000000, 1000000, 60000000000, 1000000000, 24,              \
      "operations", "", "prices age and holds end at multiples of this")                           \
    X(T, forecast_low_ppm, PLM_UNIT_PPM, 200000, 1, 100000000, 100000, 24, "risk", "",             \
      "a forecast volatility counts as no less")                                                   \
    X(T, forecast_high_ppm, PLM_UNIT_PPM, 5000000, 1, 100000000, 1000000, 24, "risk", "",          \
      "a forecast volatility counts as no more")                                                   \
    X(T, forecast_standard_ppm, PLM_UNIT_PPM, 1000000, 1, 100000000, 200000, 24, "risk", "",       \
      "volatility of an underlying without a forecast")                                            \
    X(T, unsettled_initial_ppm, PLM_UNIT_PPM, 800000, 0, 1000000, 100000, 24, "risk", "",          \
      "weight, initial, of profit that nobody has paid yet in an instrument that has ended")       \
    X(T, unsettled_maintenance_ppm, PLM_UNIT_PPM, 1000000, 0, 1000000, 100000, 24, "risk", "",     \
      "the same, maintenance")

typedef struct plm_core_parameters {
    PLM_CORE_PARAMETERS(PLM_PARAMETER_STRUCT_FIELD, plm_core_parameters)
} plm_core_parameters;

/* Between fields: forecast_low <= forecast_standard <= forecast_high, unsettled_initial <= unsettled_maintenance. */
extern const plm_descriptor plm_core_descriptor;

typedef struct plm_core plm_core;

/* plm_effect_kind - what an accepted event caused. `a` and `b` are read as the comment says. */
typedef enum plm_effect_kind {
    PLM_EFFECT_BALANCE = 1,  /* account, asset: a = atoms now, b = change */
    PLM_EFFECT_POSITION = 2, /* account, instrument: a = lots now, b = cost now */
    PLM_EFFECT_PROFIT = 3,   /* account, instrument: a = atoms realised, below zero a loss */
    PLM_EFFECT_FEE = 4,      /* account, asset: a = atoms paid, below zero a rebate */
    PLM_EFFECT_ORDER = 5,    /* account, instrument: a = order id, b = lots that remain (0: gone) */
    PLM_EFFECT_REQUIREMENT = 6, /* account: a = initial micros, b = equity_initial micros */
    PLM_EFFECT_MAINTENANCE = 7, /* account: a = maintenance micros, b = equity_maintenance micros */
    PLM_EFFECT_PRICE = 8,       /* underlying: a = price e8, b = plm_price_state */
    PLM_EFFECT_REPORT = 9,      /* underlying: a = the pipeline's outcome, b = source */
    PLM_EFFECT_ARRAYS =
        10, /* underlying: a = version of its risk arrays, b = first 16 bytes of their hash */
    PLM_EFFECT_PHASE = 11,      /* instrument: a = phase, b = settlement price e8 */
    PLM_EFFECT_PARAMETERS = 12, /* place of the record in the state: a = its version */
    PLM_EFFECT_MODEL = 13,      /* a = place in the registry */
    PLM_EFFECT_JOB = 14,        /* queue: a = jobs waiting */
    /* underlying: a = size in force, b = the one before; PLM_EFFECT_SHOCK_REASON follows each */
    PLM_EFFECT_SHOCK_VOLATILITY = 15,
    PLM_EFFECT_SHOCK_DEPTH = 16,
    PLM_EFFECT_SHOCK_VOLUME = 17,
    PLM_EFFECT_SHOCK_OPEN_INTEREST = 18,
    PLM_EFFECT_SHOCK_REASON = 19, /* underlying: a = size announced, b = plm_shock_reason */
    PLM_EFFECT_STAGE = 20,        /* account: a = plm_stage now, b = before */
    PLM_EFFECT_CALL = 21,         /* account: a = micros that end the call, b = deadline ns */
    PLM_EFFECT_SLICE = 22, /* account: a = number of the slice, b = its expected cost micros */
    PLM_EFFECT_COVER =
        23, /* account, asset: a = atoms that the insurance fund paid, b = still owed */
    /* account, round: a = plm_auction_step, b = equity micros (started, restarted), ns (waited), else 0 */
    PLM_EFFECT_AUCTION = 24,
    PLM_EFFECT_BID =
        25, /* account sold, bidder: a = share ppm taken, b = atoms paid to the bidder */
    PLM_EFFECT_TRANCHE =
        26, /* account, instrument: a = atoms of a COVER that its tranche paid, b = what that still holds */
    /* account that closes, bankrupt account: a = lots it buys, below 0 sells, b = haircut, micros */
    PLM_EFFECT_DELEVERAGE = 27,
    PLM_EFFECT_PROFIT_CUT =
        28, /* account, instrument: a = atoms of unpaid profit given up, b = still unpaid */
    PLM_EFFECT_BALANCE_CUT = 29, /* account, asset: a = atoms given up, b = atoms now */
    PLM_EFFECT_WRITE_OFF = 30,   /* account, asset: a = atoms no longer owed, b = still owed */
    PLM_EFFECT_COLLATERAL =
        31, /* account, asset: a = atoms that the insurance fund took, b = left */
    /* account, instrument: a = lots that the backstop pool took, signed, b = micros that it was paid, below 0: that it bears */
    PLM_EFFECT_BACKSTOP = 32,
    PLM_EFFECT_POOL =
        33 /* account: a = shares of the pool that it got, below 0: redeemed, b = atoms of asset 0 */
} plm_effect_kind;

typedef struct plm_effect {
    plm_effect_kind kind;
    uint32_t account; /* or PLM_NONE */
    uint32_t index;   /* asset, instrument, underlying, round or bidder, or PLM_NONE */
    plm_wide a, b;
} plm_effect;

/* plm_outcome - what became of one event; effects point into the caller's table. */
typedef struct plm_outcome {
    uint64_t sequence;
    plm_reject reject; /* NONE: accepted */
    bool is_repeat; /* the client id was known: this is the outcome recorded then, nothing was done */
    bool is_incomplete; /* more effects than the table holds; the state is right all the same */
    uint32_t effect_count;
} plm_outcome;

typedef struct plm_effects {
    uint32_t capacity;
    plm_effect *entries;
} plm_effects;

/*
 * plm_core_size - bytes for a state within `limits`; 0 where they are out of range.
 * plm_core_init - an empty state in `memory`, 64-byte aligned: no assets, the operator as signer 0, model `tiered`,
 *                 every parameter record at its default. The state holds pointers into `memory`: it must stay there.
 */
size_t plm_core_size(const plm_core_limits *limits);
PLM_MUST_USE plm_status plm_core_init(const plm_core_limits *limits, void *memory, size_t size,
                                      plm_core **core, plm_fault *fault);

/*
 * plm_core_key - hash the tables of client ids with this key from now on.
 *
 * Ids are chosen by those who submit; one who knows the key could choose ids that make every look-up walk the whole table.
 * Give 16 random bytes that leave the process nowhere. plm_core_init takes 0 for the key. The key is no part of the state:
 * no answer, effect or byte of a snapshot depends on it.
 *
 * Cost       O(signers x client_id_count).
 */
#define PLM_CORE_KEY_SIZE 16u
void plm_core_key(plm_core *core, const uint8_t key[PLM_CORE_KEY_SIZE]);

/*
 * plm_core_apply - what happens, happens here: checks the event, changes the state or nothing, tells the effects.
 *
 * Purity     No allocation, no I/O, no clock. The same state and event give the same bytes of state everywhere.
 * Cost       Bounded: O(positions of the accounts named), one build of risk arrays, or step_count steps of a job.
 *
 * Guarantees [CORE-1] a refused event changes sequence, time and counters only [L6].
 *            [CORE-2] [L1] to [L4] and [M10] hold after every event.
 *
 * Returns
 *   PLM_OK                *outcome says accepted, or why not.
 *   PLM_EVENT_UNKNOWN     this build does not know the kind or its version; nothing was done.
 *   PLM_SEQUENCE_GAP      header.sequence is neither 0 nor the next one; nothing was done.
 */
PLM_MUST_USE plm_status plm_core_apply(plm_core *core, const plm_event *event,
                                       const plm_effects *effects, plm_outcome *outcome,
                                       plm_fault *fault);

/*
 * plm_core_use_kernels - compute risk arrays with these from now on; NULL: plm_kernels_reference, as after init. No answer
 *                        and no byte of the state depends on it [KERNEL-1].
 */
void plm_core_use_kernels(plm_core *core, const plm_kernels *kernels);

/*
 * plm_core_use_screen - whom a scan looks at from now on: nobody who is certainly healthy (ON, as after init), everybody, and a
 *                       certificate that was wrong is counted (CHECKED), or everybody and without certificates (OFF). No outcome,
 *                       no effect and no byte of the state depends on it [SCREEN-1].
 *
 * plm_core_screen_counts - since init: accounts looked at by scans; passed without a look; looked at although they were certified
 *                          (all of them in mode CHECKED, one in each scan in mode ON); and of these not healthy: 0, or a fault of
 *                          ours, and what follows is right all the same, for a look has been taken.
 */
typedef enum plm_screen {
    PLM_SCREEN_ON = 0,
    PLM_SCREEN_CHECKED = 1,
    PLM_SCREEN_OFF = 2
} plm_screen;

typedef struct plm_screen_counts {
    uint64_t looked, passed, checked, missed;
} plm_screen_counts;

void plm_core_use_screen(plm_core *core, plm_screen mode);
plm_screen_counts plm_core_screen_counts(const plm_core *core);

/*
 * plm_core_replay - apply an event whose outcome is on record: what was accepted is booked without asking the margin model
 * again, what was refused changes sequence, time and counters.
 *
 * Of `recorded` the reason and is_repeat are looked at. There are no effects: requirements are among them. Time, authority,
 * client ids and the books are checked as ever, so a record that cannot be is found; one that could be is believed, and only
 * a digest or plm_core_apply finds it wrong.
 *
 * Cost       As plm_core_apply without the requirements.
 *
 * Guarantees [CORE-4] with the outcome that plm_core_apply answers for this state and event, the state afterwards is the
 *                     same, byte for byte.
 *
 * Returns    as plm_core_apply; PLM_STATE_DIVERGED: the outcome cannot be that one, and the state is of no further use.
 */
PLM_MUST_USE plm_status plm_core_replay(plm_core *core, const plm_event *event,
                                        const plm_outcome *recorded, plm_fault *fault);

/* plm_core_expect - an event of this account comes soon: a hint that has its memory fetched, for any number. */
void plm_core_expect(const plm_core *core, uint32_t account);

/* plm_core_sequence - of the last event; plm_core_time - of the state; plm_core_limits_of - what it was made with. */
uint64_t plm_core_sequence(const plm_core *core);
plm_time plm_core_time(const plm_core *core);
const plm_core_limits *plm_core_limits_of(const plm_core *core);

/*
 * plm_core_settlement_price - the price at which SETTLE_EXPIRY must settle an expired instrument: the average of its feed.
 *
 * Returns
 *   PLM_OK             *price_e8 is the average over the 30 whole minutes before the expiry; where too little of them was
 *                      VALID, over those before the state's time.
 *   PLM_INDEX_UNKNOWN  no such instrument.
 *   PLM_EXPIRED        it has no expiry, or time has not passed it.
 *   PLM_PRICE_MISSING  its underlying has no sources: the operator says the price.
 *   PLM_HISTORY_SHORT  too little was VALID: ask again later.
 */
PLM_MUST_USE plm_status plm_core_settlement_price(const plm_core *core, uint32_t instrument,
                                                  int64_t *price_e8);

/*
 * plm_core_check - recompute every ledger invariant and aggregate. NULL, or the first one that fails, tag first.
 */
const char *plm_core_check(const plm_core *core);

/*
 * plm_core_encode - the state as bytes, field by field, in pieces given to `write` in order.
 * plm_core_digest - BLAKE2b-256 of exactly those bytes.
 * plm_core_decode - the state that was encoded, into an initialised core of the same limits.
 *
 * Guarantees [CORE-3] decode(encode(s)) encodes to the same bytes, and continues as s does [D3].
 *
 * Returns
 *   PLM_OK               *core is that state.
 *   PLM_STATE_MALFORMED  truncated, damaged or inconsistent bytes; *core must be initialised again.
 *   PLM_STATE_LIMITS     made under other limits.
 *   PLM_STATE_VERSION    made by a newer build.
 */
typedef void (*plm_core_write)(void *context, const uint8_t *bytes, size_t size);
void plm_core_encode(const plm_core *core, plm_core_write write, void *context);
void plm_core_digest(const plm_core *core, uint8_t digest[32]);
PLM_MUST_USE plm_status plm_core_decode(plm_core *core, const uint8_t *bytes, size_t size,
                                        plm_fault *fault);

/*
 * Questions. Each reads the state and changes nothing; numbers include everything that has come due.
 */

/*
 * plm_core_listing, plm_core_market - the tables as the margin layers read them; valid until the next apply.
 * plm_core_account_count - accounts are 0 .. that - 1.
 */
plm_listing plm_core_listing(const plm_core *core);
plm_market plm_core_market(const plm_core *core);
uint32_t plm_core_account_count(const plm_core *core);

/* plm_core_closes - the daily closes that the state keeps of an underlying, none of an unknown one; until the next apply. */
plm_close_run plm_core_closes(const plm_core *core, uint32_t underlying_index);

/*
 * plm_core_source - a price source of an underlying, its key included.
 *
 * Returns    PLM_OK, PLM_INDEX_UNKNOWN.
 */
PLM_MUST_USE plm_status plm_core_source(const plm_core *core, uint32_t underlying_index,
                                        uint32_t source_index, plm_feed_source *source);

/*
 * plm_core_signer - what a signer may do (PLM_SCOPE_*, or'ed), and the ed25519 key that says so; the operator's, 0, is zero.
 *
 * Returns    PLM_OK, PLM_INDEX_UNKNOWN.
 */
PLM_MUST_USE plm_status plm_core_signer(const plm_core *core, uint32_t signer, uint32_t *scopes,
                                        uint8_t public_key[32]);

/* plm_core_model - the margin model in force. plm_core_job_count - jobs waiting for CONTINUE. */
const plm_model *plm_core_model(const plm_core *core);
uint32_t plm_core_job_count(const plm_core *core);

/* plm_asset_totals - the named accounts of an asset, in atoms; loans are a positive number. */
typedef struct plm_asset_totals {
    char name[PLM_NAME_SIZE];
    plm_wide held; /* in custody: came in from outside and has not gone out */
    plm_wide lent, borrowed;
    plm_wide fees, insurance, residue, interest; /* insurance: the common fund */
    plm_wide tranches; /* of the insurance fund, kept for single markets */
    plm_wide bad_debt; /* part of `borrowed`: what closed-out accounts owe that nobody has paid */
} plm_asset_totals;

/* plm_market_totals - the market account of an instrument. */
typedef struct plm_market_totals {
    char name[PLM_NAME_SIZE];
    uint32_t phase;        /* 1 active, 2 settling, 3 settled */
    int64_t open_interest; /* long lots */
    plm_wide
        unpaid; /* profit realised for which nobody has paid yet, atoms of the settlement asset */
    plm_wide tranche; /* of the insurance fund, kept for this market */
} plm_market_totals;

/* plm_account_info - who an account is. */
typedef struct plm_account_info {
    plm_account_kind kind;
    uint32_t parent_index, instrument_index, owner;
    uint32_t balance_count, position_count, order_count;
    plm_standing standing; /* as of its last assessment */
    int64_t pool_shares;   /* of the backstop pool */
    int64_t pool_until_ns; /* they may not be redeemed before */
} plm_account_info;

/*
 * plm_core_asset, plm_core_instrument, plm_core_account, plm_core_underlying_name - one entry of a table, as stored.
 *
 * Returns    PLM_OK, PLM_INDEX_UNKNOWN; the name is NULL where there is none.
 */
PLM_MUST_USE plm_status plm_core_asset(const plm_core *core, uint32_t asset_index,
                                       plm_asset_totals *totals);
PLM_MUST_USE plm_status plm_core_instrument(const plm_core *core, uint32_t instrument_index,
                                            plm_market_totals *totals);
PLM_MUST_USE plm_status plm_core_account(const plm_core *core, uint32_t account,
                                         plm_account_info *info);
const char *plm_core_underlying_name(const plm_core *core, uint32_t underlying_index);

/*
 * plm_core_shocks - what requirements on one underlying are made of, what is announced, and how much may be open. Until its first RECALIBRATE the sizes are what the market says and nothing is announced. Units as plm_living_term;
 * `open_interest_micros` is the venue's own, in micros of the valuation currency, at the present price.
 */
typedef struct plm_core_shocks {
    int64_t wanted[PLM_LIVING_COUNT]; /* as the market says */
    plm_living_size sizes[PLM_LIVING_COUNT];
    uint64_t recalibration_count;
    int64_t recalibrated_ns; /* when, where the count is above 0 */
    int64_t supply_units;    /* 0: not known */
    int64_t cap_micros;
    int64_t open_interest_micros;
} plm_core_shocks;

/*
 * plm_core_underlying - the above of one underlying.
 *
 * Returns    PLM_OK, PLM_INDEX_UNKNOWN.
 */
PLM_MUST_USE plm_status plm_core_underlying(const plm_core *core, uint32_t underlying_index,
                                            plm_core_shocks *shocks);

/*
 * plm_core_portfolio - what an account holds, touched, in the caller's tables (limits' counts long).
 *
 * Returns    PLM_OK, PLM_INDEX_UNKNOWN, PLM_OVERFLOW.
 */
PLM_MUST_USE plm_status plm_core_portfolio(const plm_core *core, uint32_t account,
                                           plm_position *positions, plm_order *orders,
                                           plm_balance *balances, plm_portfolio *portfolio);

/* plm_core_order_id - the id of the account's open order at `place`, in the order of plm_core_portfolio; 0: there is none. */
uint64_t plm_core_order_id(const plm_core *core, uint32_t account, uint32_t place);

/*
 * plm_core_require - requirement and reason of an account after changes, by the venue's present model.
 *
 * To the model's answer comes the charge for the drift of the risk arrays (docs/books.md section 9), which stands in no line
 * of the reason, and profit that is unsettled in instruments that have ended. The state's own workspace is used: not from
 * two threads at once, and not beside an apply. At most 16 changes.
 *
 * Returns    PLM_OK, PLM_INDEX_UNKNOWN, and as plm_margin_require.
 */
typedef struct plm_core_question {
    uint32_t account;
    uint32_t change_count;
    const plm_change *changes;
} plm_core_question;

PLM_MUST_USE plm_status plm_core_require(plm_core *core, const plm_core_question *question,
                                         plm_requirement *requirement, plm_reason *reason,
                                         plm_fault *fault);

/*
 * plm_core_try - what would become of an event at the state's time, asked without booking it.
 *
 * For DEPOSIT, WITHDRAW, TRANSFER, BORROW, REPAY, EXCHANGE, TRADE, POSITION_TRANSFER, RESERVE and RELEASE. Time, sequence,
 * client id and deadline of the header are not looked at. Like plm_core_require it uses the state's workspace.
 *
 * Guarantees [CORE-5] the reject is the one of plm_core_apply at the same time, and no byte of the state changes.
 * Returns    PLM_OK; PLM_EVENT_UNKNOWN for other kinds.
 */
typedef struct plm_trial {
    plm_reject reject;
    bool has_requirement; /* accepted, and the account can be valued as it would stand */
    plm_requirement requirement;
} plm_trial;

PLM_MUST_USE plm_status plm_core_try(plm_core *core, const plm_event *event, plm_trial *trial,
                                     plm_fault *fault);

/*
 * plm_core_auction - what a BID for an account would get at the state's time.
 *
 * Like plm_core_require it uses the state's workspace. For an account that is not being auctioned everything is 0. The
 * premium is what is offered for the whole share; it is paid as far as the account's cash or the insurance fund goes.
 *
 * Returns    as plm_core_require.
 */
typedef struct plm_auction_offer {
    bool is_open; /* else nothing is sold now, and what stands below `clock_ns` is 0 */
    uint32_t round, rounds_left;
    int64_t clock_ns;
    int64_t share_ppm; /* the largest share that a bid may take */
    int64_t kept_ppm; /* of the value of what is sold, rounded down; 0 where equity is not above 0 */
    int64_t premium_micros; /* for that share */
} plm_auction_offer;

PLM_MUST_USE plm_status plm_core_auction(plm_core *core, uint32_t account, plm_auction_offer *offer,
                                         plm_fault *fault);

/*
 * plm_core_view - what the margin model is asked about every account, for those who revalue many of them.
 *
 * `input` points to the listing and market of the same view; the caller gives it a portfolio (plm_core_portfolio) and, to
 * ask about other prices, a market and arrays of its own, built from the sets. What plm_core_require adds to the model's
 * answer (drift of the arrays, unsettled profit of instruments that have ended) is not in it.
 *
 * Lifetime   Valid until the next apply; the view must stay where it is.
 */
typedef struct plm_core_view {
    plm_listing listing;
    plm_market market;
    plm_margin_input input;
    const plm_scenario_set *maintenance_set, *initial_set; /* NULL where the model uses no arrays */
} plm_core_view;

/* plm_core_look - fill a view. Returns PLM_OK; PLM_ARRAYS_MISSING: the model needs arrays and no set is in force. */
PLM_MUST_USE plm_status plm_core_look(const plm_core *core, plm_core_view *view);

/* plm_record_info - a governed record; `index` as PARAMETERS says it: horizon - 1, class or underlying. */
typedef struct plm_record_info {
    const plm_descriptor *descriptor;
    uint32_t index;
    uint32_t version, accepted; /* in force; of the last change accepted, more where one waits */
    int64_t expires_ns;         /* when the record before returns; 0: never */
    const int64_t *values;      /* in force, in the descriptor's order; until the next apply */
} plm_record_info;

/* plm_core_record - record number `place` of the state. PLM_OK; PLM_INDEX_UNKNOWN: there are no more. */
PLM_MUST_USE plm_status plm_core_record(const plm_core *core, uint32_t place,
                                        plm_record_info *record);

/* plm_core_word - the latest word of a price source. */
typedef struct plm_core_word {
    bool has_price; /* false: nothing yet, or no price; what follows is then 0 but for publish_ns */
    int64_t price_e8, confidence_e8, publish_ns;
    uint64_t accepted_count, ignored_count;
} plm_core_word;

/* plm_core_word_of - what source number `place` of an underlying, in order of their ids, said last. PLM_OK, PLM_INDEX_UNKNOWN. */
PLM_MUST_USE plm_status plm_core_word_of(const plm_core *core, uint32_t underlying_index,
                                         uint32_t place, plm_core_word *word);

#endif
