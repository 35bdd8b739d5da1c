/* rehearsal_state.h: what a rehearsal remembers while it runs.                        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_REHEARSAL_STATE_H
#define PLI_STUDY_REHEARSAL_STATE_H

#include "base/arena.h"
#include "sim/naive.h"
#include "study/rehearsal.h"

#define PLI_E8 INT64_C(100000000)
#define PLI_E18 ((pli_i128)INT64_C(1000000000000000000))
#define PLI_MS INT64_C(1000000)
#define PLI_SYMBOLS_MAX 64u
#define PLI_SOURCES_MAX 16u
#define PLI_EFFECTS_MAX 8192u
#define PLI_FORCED_MAX 4096u
#define PLI_PARAMS_MAX 64u
#define PLI_DELAYS_MAX 20000u

/* pli_voice - a price source: what it said last. A source that is up goes on saying it. */
typedef struct pli_voice {
    const char *name;
    uint64_t report_count;
    int64_t price_e8;
    int64_t confidence_e8; /* half-width that the source itself states, 0: none */
    bool is_heard, is_up, is_listed;
} pli_voice;

/*
 * pli_symbol - a price. `is_operated`: the operator's own record (PRICE) and not a feed; `is_settled_in`: an asset is
 * priced by it.
 */
typedef struct pli_symbol {
    const char *name;
    const pli_incident_oracle *oracle; /* or NULL */
    const char *composition;           /* of the venue's own formula: "A * B", or "" */
    uint32_t voice_count;
    pli_voice voices[PLI_SOURCES_MAX];
    bool is_operated, is_asset, is_any, is_at_par;
    int64_t first_e8;                 /* the first price of the file, 0: none */
    plm_price_state state;            /* as last seen */
    int64_t seen_e8, low_e8, high_e8; /* as published while VALID, from the start of the clock */
    int64_t truth_e8;                 /* oracle_truth; 0: none */
} pli_symbol;

typedef struct pli_listed {
    pli_i128 lot_e18; /* quantity of one lot, 1 = 10^18 */
    int64_t expiry_ns;
    int64_t mark_e8;
    int64_t settled_e8;                  /* what one unit settled at; INT64_MIN: not settled */
    pli_i128 closed_lots, bankrupt_lots; /* of winners, and of those they were closed for */
    uint32_t symbol;
    uint32_t asset;
    bool is_inverse;
} pli_listed;

typedef struct pli_actor {
    pli_i128 withdrawn; /* micros of the valuation currency at the price then */
    pli_i128 asked_in_vain;
    pli_i128 paid_in;       /* net of what went out: deposits less withdrawals, at the price then */
    int64_t opening_micros; /* worth when the clock starts */
    pli_i128 profit;        /* realised since the clock started, above zero, atoms */
    pli_i128 realised;      /* the same, losses too */
    pli_i128 opening_atoms; /* of what the first instrument settles in, when the clock starts */
    bool has_moved;         /* money came in or went out since */
    int64_t initial_micros; /* required when the clock starts; -1: the engine cannot say */
    uint32_t forced_count, repaid_count;
    bool is_liquidated; /* it came below maintenance at a price that allows liquidation */
    bool was_covered;   /* others paid for it */
    bool is_bidder, is_offline;
    uint32_t attempt_count, seized_count; /* liquidators who tried, and who got something */
    int64_t worth_ppm;                    /* a bidder's: what it gives at most, of the index */
} pli_actor;

/* pli_price_turn - from this moment on a price has this state. */
typedef struct pli_price_turn {
    int64_t time_ms;
    uint32_t symbol;
    plm_price_state state;
} pli_price_turn;

#define PLI_TURNS_MAX 4096u

/* pli_booked - a trade on the naive books, which can be taken back there. */
typedef struct pli_booked {
    int64_t time_ms;
    uint32_t buyer, seller, instrument;
    int64_t lots, price_e8;
} pli_booked;

#define PLI_BOOKED_MAX 8192u

/* pli_forced - an open order of the engine's own. */
typedef struct pli_forced {
    uint32_t account, instrument;
    uint64_t order_id;
    int64_t lots;
} pli_forced;

typedef struct pli_settled_param {
    const char *path;
    bool is_rejected;
} pli_settled_param;

struct pli_rehearsal {
    const pli_incident *incident;
    pli_rehearsal_options options;
    uint64_t without; /* in effect */
    plm_fault *fault;
    plm_status status;
    plm_core *core, *spare; /* a restart reads the spare from the other's bytes */
    pli_naive
        books; /* hold money and positions where has_books; the core keeps the lists and prices */
    bool has_books;
    bool are_prices_failing; /* of the naive venue: whoever asks for one fails */
    const char *failed_path; /* by which change */
    int64_t close_factor_ppm, bonus_ppm;
    bool rests_at_bankruptcy, closes_whole_winners;
    pli_i128 backstop_micros; /* what the pool had at first */
    pli_i128 adl_micros, bankrupt_micros, haircut_micros;
    uint64_t adl_count;                 /* closings of winners for others */
    pli_i128 cut_e18, written_off_e18;  /* given up by SOCIALISE, and no longer owed */
    pli_i128 residue_e18, credited_e18; /* what rounding had left, and what the fund got of it */
    uint32_t delays[PLI_DELAYS_MAX];    /* how many events took so many tenths of a millisecond */
    uint64_t delay_count;
    void *memories[2];
    size_t core_size;
    uint8_t *bytes;
    size_t byte_count, byte_capacity;
    plm_event event;
    plm_outcome outcome;
    int64_t time_ns;
    uint64_t applied;
    uint32_t versions[6];                    /* of the records that are written */
    uint32_t feed_versions[PLI_SYMBOLS_MAX]; /* records written for it */
    bool is_wide[PLI_SYMBOLS_MAX];           /* its band was changed while the price was held */
    uint32_t currency; /* asset 0 is the file's asset `currency`, or PLM_NONE: one of its own */
    const char *currency_name;
    uint32_t symbol_count;
    pli_symbol symbols[PLI_SYMBOLS_MAX];
    uint32_t
        asset_count; /* of the core: the file's, and a valuation currency of its own before them where need be */
    uint32_t instrument_count, account_count;
    uint32_t house, outside; /* accounts of the venue: the opening's other side, the ladder */
    uint32_t pool;           /* the engine's backstop pool; the naive books' is the house */
    pli_listed *listed;
    pli_actor *actors;
    plm_effect *effects;
    pli_forced *forced;
    uint32_t forced_count;
    pli_i128 *levels;   /* what is left of each ladder level, 10^-18; bids then asks */
    uint32_t *level_at; /* first level of each ladder */
    plm_position *positions;
    plm_order *orders;
    plm_balance *balances;
    pli_rehearsal_entry *entries;
    pli_rehearsal_sample *samples;
    uint32_t entry_count, sample_count;
    uint32_t watched;
    pli_price_turn *turns;
    uint32_t turn_count;
    pli_booked *booked;
    uint32_t booked_count;
    bool is_rewritten; /* a booked trade was taken back */
    pli_settled_param params[PLI_PARAMS_MAX];
    uint32_t param_count;
    bool is_rejected[PLI_INCIDENT_KIND_END];
    uint32_t accepted_counts[PLI_INCIDENT_KIND_END];
    uint32_t decode_errors, unexpressed_count;
    bool is_opening, is_digest_equal, has_restarted, has_settled;
    const char *broken; /* the first invariant that did not hold */
    /* forced trades */
    uint32_t fill_count, worsened_count;
    pli_i128 forced_micros; /* closed by force, at the prices that were paid */
    pli_i128 fill_ratio_low_e18, fill_ratio_high_e18, discount_high_e18; /* price over index */
    int64_t worst_fill_e8;
    pli_i128 open_interest_high; /* micros */
    pli_i128 insurance_start;    /* atoms of asset 0 */
    pli_i128 deficit_covered;    /* micros that funds have paid */
    int64_t last_forced_ms, last_active_ns;
    uint32_t late_orders;
    const char *late_order;
    bool is_after_print; /* the last thing that was said of a price was a print of the venue's own book */
    uint32_t print_fills;
    uint32_t bid_count;
    int64_t conceded_ppm; /* of the bid in hand */
};

/* --- rehearsal_number.c: the file's decimals --- */

/* pli_number_e18 - a decimal that the decoder has checked, times 10^18; 0 for "". */
pli_i128 pli_number_e18(const char *text);
/* pli_number_is - is the text a decimal at all? */
bool pli_number_is(const char *text);
/* pli_price_e8 - the same as a price; false where it is none or beyond all prices. */
bool pli_price_e8(const char *text, int64_t *price_e8);
bool pli_name_is(const char *left, const char *right);
uint32_t pli_symbol_named(const pli_rehearsal *of, const char *name);
uint32_t pli_asset_named(const pli_rehearsal *of, const char *name);
uint32_t pli_instrument_named(const pli_rehearsal *of, const char *name);
uint32_t pli_account_named(const pli_rehearsal *of, const char *name);
/* pli_asset_atoms - 10^-18 units in atoms, floor. pli_lots_of - quantity in lots, towards zero. */
pli_i128 pli_asset_atoms(const pli_rehearsal *of, uint32_t asset, pli_i128 e18);
int64_t pli_lots_of(const pli_rehearsal *of, uint32_t instrument, pli_i128 e18);

/* --- rehearsal_apply.c: events of the core --- */

/* pli_rehearsal_fail - it cannot go on: "first second third"; the first failure is kept. */
void pli_rehearsal_fail(pli_rehearsal *of, const char *first, const char *second,
                        const char *third);
/* pli_rehearsal_event - a blank event of the operator for now. */
plm_event *pli_rehearsal_event(pli_rehearsal *of, plm_event_type type, uint32_t account);
/* pli_rehearsal_apply - apply it; true where it was accepted. Effects are looked at. */
bool pli_rehearsal_apply(pli_rehearsal *of);
/* pli_rehearsal_must - apply it; a refusal ends the rehearsal with a fault that says what was being done. */
void pli_rehearsal_must(pli_rehearsal *of, const char *what);
void pli_rehearsal_name(char name[PLM_NAME_SIZE], const char *text);
bool pli_rehearsal_amount(pli_rehearsal *of, plm_event_type type, uint32_t account, uint32_t asset,
                          pli_i128 atoms);
bool pli_rehearsal_trade(pli_rehearsal *of, uint32_t buyer, uint32_t seller, uint32_t instrument,
                         int64_t lots, int64_t price_e8);
/* pli_rehearsal_record - a record, whole, at its standards but for `count` (path, value) pairs. */
typedef struct pli_setting {
    const char *path;
    int64_t value;
} pli_setting;
bool pli_rehearsal_record(pli_rehearsal *of, const plm_descriptor *descriptor, uint32_t index,
                          uint32_t version, const pli_setting *settings, uint32_t count);
void pli_rehearsal_note(pli_rehearsal *of, uint32_t event, const char *text, const char *outcome,
                        const char *expected);
bool pli_rehearsal_lacks(const pli_rehearsal *of, pli_control control);

/* --- rehearsal_bust.c: booked trades taken back --- */

/* pli_rehearsal_bust - on the naive books every trade of the time asked for is reversed; the engine has no such event. */
void pli_rehearsal_bust(pli_rehearsal *of, const pli_incident_event *event);

/* --- rehearsal_open.c, rehearsal_prices.c, rehearsal_forced.c, rehearsal_events.c --- */
void pli_rehearsal_tables(pli_rehearsal *of);
void pli_rehearsal_open(pli_rehearsal *of);
void pli_rehearsal_govern(pli_rehearsal *of);
/* pli_rehearsal_sources - the sources of every symbol are listed, and from now on prices are theirs. */
void pli_rehearsal_sources(pli_rehearsal *of);
/* pli_rehearsal_say - what a source reports of a symbol. */
void pli_rehearsal_say(pli_rehearsal *of, const pli_incident_event *event);
/* pli_rehearsal_beat - every source that is up says again what it said last; marks follow. */
void pli_rehearsal_beat(pli_rehearsal *of);
/* pli_rehearsal_quote - the operator's price, and marks, by the venue's own formula. */
void pli_rehearsal_work(pli_rehearsal *of);
/* pli_rehearsal_until - time passes up to this moment. */
void pli_rehearsal_until(pli_rehearsal *of, int64_t time_ns);
/* pli_rehearsal_socialise - recorded losses of a market are shared out; pli_rehearsal_sweep - residue to the fund. */
void pli_rehearsal_socialise(pli_rehearsal *of, uint32_t instrument);
void pli_rehearsal_sweep(pli_rehearsal *of);
void pli_rehearsal_happen(pli_rehearsal *of, const pli_incident_event *event);

/* --- rehearsal_govern.c: changes of parameters, and restarts --- */

void pli_rehearsal_change(pli_rehearsal *of, const pli_incident_event *event);
void pli_rehearsal_restart(pli_rehearsal *of, const pli_incident_event *event);
/* pli_rehearsal_keep_state - the bytes that a restart reads where nobody compares digests. */
void pli_rehearsal_keep_state(pli_rehearsal *of);
/* pli_rehearsal_widen - the band of a price that is held, where the operator may change it then. */
void pli_rehearsal_widen(pli_rehearsal *of, uint32_t symbol);
/* pli_rehearsal_govern_feed - the record of a feed, where it is not at its standards. */
void pli_rehearsal_govern_feed(pli_rehearsal *of, uint32_t symbol);
/* pli_rehearsal_describe - an event in a line. */
void pli_rehearsal_describe(char *data, size_t size, const pli_incident_event *event);
void pli_rehearsal_sample_now(pli_rehearsal *of);
/* pli_rehearsal_hit - sell (lots below 0) or buy on the ladder within a limit; answers the lots left. */
int64_t pli_rehearsal_hit(pli_rehearsal *of, uint32_t account, uint32_t instrument, int64_t lots,
                          int64_t limit_e8, uint64_t order_id);

/* pli_rehearsal_is_settled - nobody is being liquidated. */
bool pli_rehearsal_is_settled(const pli_rehearsal *of);
/* pli_rehearsal_level - the best level of a market's ladder: its price over the index, and what is left of it. */
bool pli_rehearsal_level(pli_rehearsal *of, const char *market, bool is_sale, int64_t index_e8,
                         int64_t *worth_ppm, pli_i128 **left);

pli_i128 pli_rehearsal_open_interest(const pli_rehearsal *of);
/* pli_rehearsal_best - the price of the best level that has something left. */
bool pli_rehearsal_best(pli_rehearsal *of, const char *market, bool is_sale, int64_t *price_e8,
                        pli_i128 **left);
/* pli_rehearsal_count_ratio - something was closed by force at this price over the index. */
void pli_rehearsal_count_ratio(pli_rehearsal *of, pli_i128 ratio_e18);

/* --- rehearsal_naive.c, rehearsal_seize.c: the naive venue --- */

/* pli_rehearsal_naive_terms - what params_naive says in numbers, and which controls are missing. */
void pli_rehearsal_naive_terms(pli_rehearsal *of);
/* pli_rehearsal_naive_work - whoever is due is closed out at once, as the venue did it. */
void pli_rehearsal_naive_work(pli_rehearsal *of);
/* pli_rehearsal_naive_set - a parameter, whoever sets it. */
void pli_rehearsal_naive_set(pli_rehearsal *of, const pli_incident_event *event);
/* pli_rehearsal_naive_close - all that an account holds, on the ladder of its legs together. */
void pli_rehearsal_naive_close(pli_rehearsal *of, uint32_t account);
/* pli_rehearsal_seize - collateral for a loan that is due; false: nothing could be had. */
bool pli_rehearsal_seize(pli_rehearsal *of, uint32_t account);

/* --- rehearsal_looped.c: on the naive books, a deposit lent against itself --- */

/* pli_rehearsal_loop - so much more is owed, and deposited. pli_rehearsal_unloop - a repayment lowers it. */
bool pli_rehearsal_loop(pli_rehearsal *of, uint32_t account, uint32_t asset, pli_i128 atoms);
void pli_rehearsal_unloop(pli_rehearsal *of, uint32_t account, uint32_t asset, pli_i128 atoms);
/* pli_rehearsal_give - collateral to the venue's reserve; nobody asks for health where C-LED-HEALTH is missing. */
bool pli_rehearsal_give(pli_rehearsal *of, uint32_t account, uint32_t asset, pli_i128 atoms);
/* pli_rehearsal_take_over - collateral and as much of the loan as it pays for, less the bonus, to a liquidator. */
bool pli_rehearsal_take_over(pli_rehearsal *of, uint32_t account, uint32_t liquidator);

/* --- rehearsal_bids.c --- */

/* pli_rehearsal_bid - one bid for all of an account, whatever is paid for it. */
void pli_rehearsal_bid(pli_rehearsal *of, uint32_t bidder, uint32_t account);
/* pli_rehearsal_auctions - everybody who would bids; true where an account is being auctioned. */
bool pli_rehearsal_auctions(pli_rehearsal *of);
void pli_rehearsal_policy(pli_rehearsal *of, const pli_incident_event *event);
void pli_rehearsal_bidder(pli_rehearsal *of, const pli_incident_event *event);

/* --- rehearsal_trades.c --- */

/* pli_rehearsal_conclude - what became of an event of the file: told, counted and beside what the file expects. */
void pli_rehearsal_conclude(pli_rehearsal *of, const pli_incident_event *event, const char *text,
                            bool is_accepted);
/* pli_rehearsal_price_named - a decimal, or any word: the engine's present price. */
int64_t pli_rehearsal_price_named(const pli_rehearsal *of, uint32_t instrument, const char *text);
void pli_rehearsal_deal(pli_rehearsal *of, const pli_incident_event *event);
void pli_rehearsal_deal_each(pli_rehearsal *of, const pli_incident_event *event);
void pli_rehearsal_burst(pli_rehearsal *of, const pli_incident_event *event);
void pli_rehearsal_submit(pli_rehearsal *of, const pli_incident_event *event);
void pli_rehearsal_release(pli_rehearsal *of, const pli_incident_event *end);

/* --- rehearsal_worth.c --- */

/* pli_rehearsal_worth - all that an account has less all that it owes at the present prices, micros, floor. */
pli_i128 pli_rehearsal_worth(const pli_rehearsal *of, uint32_t account, bool is_at_truth);

/* pli_rehearsal_pool_gain - what the backstop pool has gained since the opening, at the present prices, micros. */
pli_i128 pli_rehearsal_pool_gain(const pli_rehearsal *of);
/* pli_rehearsal_portfolio - in the rehearsal's own tables. */
bool pli_rehearsal_portfolio(const pli_rehearsal *of, uint32_t account, plm_portfolio *held);
/* pli_rehearsal_held - atoms of one asset, below zero a loan. */
pli_i128 pli_rehearsal_held(const pli_rehearsal *of, uint32_t account, uint32_t asset);
int64_t pli_rehearsal_price(const pli_rehearsal *of, uint32_t symbol);
plm_price_state pli_rehearsal_price_state(const pli_rehearsal *of, uint32_t symbol);
/* pli_rehearsal_value - atoms of an asset in micros, floor. */
pli_i128 pli_rehearsal_value(const pli_rehearsal *of, uint32_t asset, pli_i128 atoms,
                             bool is_at_truth);

#endif
