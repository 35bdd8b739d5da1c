/* margin.h: what must be held, and why: the interface behind which every margin model sits.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_MARGIN_H
#define PLIMSOLL_MARGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/instrument.h"
#include "plimsoll/limits.h"
#include "plimsoll/market.h"
#include "plimsoll/parameter.h"
#include "plimsoll/portfolio.h"
#include "plimsoll/quantity.h"
#include "plimsoll/scenario.h"
#include "plimsoll/status.h"

#define PLM_MODEL_INTERFACE_VERSION 1u

/* plm_health - where equity stands against the requirement. */
typedef enum plm_health {
    PLM_HEALTH_HEALTHY = 1,    /* equity (initial) >= initial requirement */
    PLM_HEALTH_RESTRICTED = 2, /* below initial, not yet called: only risk-reducing trades */
    PLM_HEALTH_CALLED = 3, /* equity (maintenance) below the call level, not below maintenance */
    PLM_HEALTH_LIQUIDATABLE = 4 /* equity (maintenance) below maintenance */
} plm_health;

/*
 * plm_requirement - the answer of a model, version 1.
 *
 * Units      micros of the valuation currency.
 * Rounding   Requirements up, equity down, each once.
 */
typedef struct plm_requirement {
    int64_t initial_micros;        /* to be held to open or keep risk-increasing orders */
    int64_t maintenance_micros;    /* below this positions are closed */
    int64_t call_micros;           /* maintenance plus the governed call buffer */
    int64_t equity_initial_micros; /* what counts against the initial requirement */
    /* what counts against call level and maintenance; >= equity_initial */
    int64_t equity_maintenance_micros;
    plm_health health;
} plm_requirement;

/* plm_branch - which term of the core decided. */
typedef enum plm_branch {
    PLM_BRANCH_NONE = 0,     /* nothing is at risk: the core is 0 */
    PLM_BRANCH_TAIL = 1,     /* Expected Shortfall or Value at Risk of the joint history */
    PLM_BRANCH_GRID = 2,     /* worst grid loss of one underlying */
    PLM_BRANCH_FLOOR = 3,    /* offset floor: share of the summed grid losses */
    PLM_BRANCH_STRESS = 4,   /* weighted worst joint stress */
    PLM_BRANCH_FRACTION = 5, /* fractions of notional: models `tiered` and `dynamic` */
    /* another venue's own formula; scenario_index counts that model's own scenarios, or is PLM_NONE */
    PLM_BRANCH_VENUE = 6
} plm_branch;

/* plm_charge - what is added to the core, each a line of its own. */
typedef enum plm_charge {
    PLM_CHARGE_CLOSE_FEE = 0,
    PLM_CHARGE_LIQUIDATION_FEE = 1,
    PLM_CHARGE_ORACLE = 2,     /* confidence and age of the price */
    PLM_CHARGE_LIQUIDITY = 3,  /* square-root impact of closing the net delta */
    PLM_CHARGE_SPREAD = 4,     /* half-spreads of the options */
    PLM_CHARGE_GAMMA = 5,      /* loss beyond linear as the move grows */
    PLM_CHARGE_VEGA = 6,       /* loss from volatility alone */
    PLM_CHARGE_BASIS = 7,      /* long against short of the same underlying in different expiries */
    PLM_CHARGE_ROUNDING = 8,   /* ceil(sum |lots| / 2): the arrays' own rounding */
    PLM_CHARGE_NO_HISTORY = 9, /* grid losses of underlyings without joint history */
    /* initial only: entry cost of the open orders if filled at their limits */
    PLM_CHARGE_ORDERS = 10,
    /* initial only: what open orders add to the slow-price adjustment of equity */
    PLM_CHARGE_SLOW_PRICE = 11,
    PLM_CHARGE_BUFFER = 12, /* initial only: what lifts it to maintenance plus the entry buffer */
    PLM_CHARGE_COUNT = 13
} plm_charge;

/* plm_charge_name, plm_branch_name, plm_health_name - short lower-case words for output; "unknown" outside the enum. */
const char *plm_charge_name(plm_charge charge);
const char *plm_branch_name(plm_branch branch);
const char *plm_health_name(plm_health health);

#define PLM_TAIL_MAX                                                                               \
    64u /* tail scenarios listed in a reason; the requirement itself uses all of them */

/*
 * plm_reason_part - why one of the two requirements is what it is.
 *
 * Guarantees [REASON-1] sum of position, order and balance contributions = core.
 *            [REASON-2] core + sum of charges = the requirement.
 */
typedef struct plm_reason_part {
    plm_branch branch;
    bool is_without_expiring;  /* the worse case leaves out what expires inside the horizon */
    uint32_t underlying_index; /* of a GRID branch, else PLM_NONE */
    /* binding entry of the row: worst (GRID, STRESS), first of the tail (TAIL; of Value at Risk the k-th),
       else PLM_NONE */
    uint32_t scenario_index;
    /* k of the tail measure, whether it binds or not, 0 without history; at most PLM_TAIL_MAX are listed */
    uint32_t tail_count;
    uint32_t tail_entries[PLM_TAIL_MAX]; /* row entries, worst first */
    int64_t tail_losses_micros[PLM_TAIL_MAX];
    int64_t core_micros;
    int64_t tail_micros;     /* the tail measure itself, whether it binds or not */
    int64_t grid_micros;     /* largest grid loss of one underlying */
    int64_t grid_sum_micros; /* sum of the grid losses over underlyings with history */
    int64_t stress_micros;   /* worst joint stress, before its weight */
    int64_t charges_micros[PLM_CHARGE_COUNT];
    int64_t *
        position_micros; /* caller's arrays, by position / order / balance of the evaluated portfolio; may be NULL */
    int64_t *order_micros;
    int64_t *balance_micros;
} plm_reason_part;

/*
 * plm_reason - the certificate of a requirement. The caller supplies the contribution arrays (limits.position_count,
 * order_count, balance_count long) before the call, or NULL.
 *
 * `evaluated` is the portfolio after the changes; it points into the workspace and lives as long as that is untouched.
 */
typedef struct plm_reason {
    plm_portfolio evaluated;
    plm_reason_part maintenance;
    plm_reason_part initial;
    int64_t collateral_micros;   /* equity lines (maintenance): balances after haircut */
    int64_t liabilities_micros;  /* negative balances, >= 0 */
    int64_t option_value_micros; /* premium-paid options at mark */
    int64_t unrealised_micros;   /* futures-style profit after netting and weighting */
    /* what the slow price takes off unrealised gains (initial) before they are weighted, >= 0 */
    int64_t slow_price_micros;
} plm_reason;

/* What a model reads besides listing, prices and the portfolio. */
#define PLM_NEEDS_ARRAYS 0x1u
#define PLM_NEEDS_SURFACES 0x2u
#define PLM_NEEDS_OPEN_INTEREST 0x4u
#define PLM_NEEDS_LIQUIDITY 0x8u

/*
 * plm_margin_input - a read-only view of everything one evaluation may look at, version 1.
 *
 * Models see no ledger type: balances are already in asset atoms, positions in lots. `changes` are applied to a copy of
 * the portfolio in the workspace, in order, before anything is computed.
 */
typedef struct plm_margin_input {
    const plm_listing *listing;
    const plm_market *market;
    const plm_risk_table *maintenance_arrays; /* NULL unless the model needs arrays */
    const plm_risk_table *initial_arrays;     /* may be the same table */
    const void *parameters;                   /* the model's own record */
    const plm_portfolio *portfolio;
    uint32_t change_count;
    const plm_change *changes;
    const struct pli_facts *facts; /* what the state machine keeps about the rows; NULL: nothing */
} plm_margin_input;

/* plm_workspace - caller memory for one evaluation at a time; never shared between threads. */
typedef struct plm_workspace {
    void *memory; /* 64-byte aligned */
    size_t size;
} plm_workspace;

/*
 * plm_swing - between which shares of a reference everything that is said of one underlying's price stands.
 *
 * That is the published price, the slow one, either with the confidence on its far side, the mark of every instrument on
 * it that is no option, and the mark that its rows were built at. Each mark has a reference of its own.
 */
typedef struct plm_swing {
    int64_t low_ppm, high_ppm; /* low <= value / reference - 1 <= high */
    int64_t confidence_ppm;    /* no confidence is a larger share of the reference */
    int64_t slow_ppm; /* the slow price is no further from the price, as a share of the reference */
    int64_t age_ns;   /* the price is no older, at any moment at which the model is asked */
} plm_swing;

/*
 * plm_safety - a question about an account that has just been found HEALTHY or RESTRICTED: how far may prices move?
 *
 * Sizes of the market, parameters, sets, listing and portfolio are taken to stay as they are; rows may be built anew at any
 * time. Whoever owes is spoken of for no longer than `span_ns`.
 */
typedef struct plm_safety {
    const plm_margin_input *input; /* without changes */
    const plm_requirement *requirement;
    const plm_swing *swings; /* per underlying */
    int64_t drift_ppm; /* charged on the cash delta of what is held, beside the model's own charges */
    int64_t debt_ppm; /* what a negative balance may grow by within the span */
    int64_t span_ns;
} plm_safety;

#define PLM_SAFE_MOVE_MAX_PPM 160000

/* plm_easy_side - on which side a price may move further, as everything that an account holds on it gains there. */
typedef enum plm_easy_side {
    PLM_EASY_NONE = 0,
    PLM_EASY_FALLING = 1,
    PLM_EASY_RISING = 2
} plm_easy_side;

#define PLM_SAFE_UNDERLYINGS_MAX 4u
#define PLM_SAFE_EASY_MULTIPLE 2 /* of the move, at most PLM_SAFE_MOVE_MAX_PPM */

/*
 * plm_safe - the answer: for as long as the swing of every underlying that the account rests on stays within low - move and
 *            high + move, on an easy side PLM_SAFE_EASY_MULTIPLE moves, it is surely not below its call level, and not below
 *            its initial requirement either.
 *
 * Both are 0 to PLM_SAFE_MOVE_MAX_PPM, or below 0: nothing can be said, not even of the swings as they are.
 */
typedef struct plm_safe {
    int64_t call_move_ppm, initial_move_ppm;
    int64_t until_ns; /* and no longer than this; INT64_MAX: no time ends it */
    bool is_pinned;   /* and only until rows are built anew, or an option is marked */
    uint32_t underlying_count;
    uint32_t underlyings[PLM_SAFE_UNDERLYINGS_MAX]; /* that the account rests on */
    plm_easy_side easy[PLM_SAFE_UNDERLYINGS_MAX];
} plm_safe;

/*
 * plm_model - a margin model: a constant record, found by name, changed by naming another.
 *
 * require        plm_margin_require, below, is the checked way to call it.
 * safe_move      how far prices may move; the proof is in docs/method/safe-moves.md. NULL: nothing can ever be said.
 */
typedef struct plm_model {
    const char *name;
    uint32_t version;
    uint32_t interface_version; /* PLM_MODEL_INTERFACE_VERSION */
    uint32_t needs;             /* PLM_NEEDS_* */
    const char *summary;        /* one line for tables */
    const plm_descriptor *descriptor;
    size_t (*workspace_size)(const plm_limits *limits);
    plm_status (*require)(const plm_margin_input *input, plm_workspace *workspace,
                          plm_requirement *requirement, plm_reason *reason, plm_fault *fault);
    plm_safe (*safe_move)(const plm_safety *safety);
} plm_model;

/* plm_model_find - the model of that name, or NULL. plm_model_at - the models in a fixed order, NULL past the last. */
const plm_model *plm_model_find(const char *name);
const plm_model *plm_model_at(uint32_t index);

/*
 * plm_margin_workspace_size - bytes that `model` needs for portfolios within `limits`.
 */
size_t plm_margin_workspace_size(const plm_model *model, const plm_limits *limits);

/*
 * plm_margin_require - what one account must hold, what counts towards it, and why.
 *
 * Units      Money is in micros of the valuation currency.
 * Rounding   Requirements round up and equity rounds down, each once, at the last step.
 * Lifetime   The caller owns every object. Inputs are only read and are not kept after return.
 * Purity     No allocation, no I/O, no clock: a price's age is measured from the market's own time.
 * Cost       Model `portfolio`: O((positions + orders) x scenarios); `tiered`, `dynamic`: O(positions + orders).
 *
 * Guarantees [MARGIN-1] initial >= maintenance >= closing fee + liquidation fee >= 0 [M1].
 *            [MARGIN-2] An empty portfolio requires 0 [M2].
 *            [MARGIN-3] The order of positions, orders and balances changes no bit of the requirement.
 *            [MARGIN-4] equity_initial <= equity_maintenance.
 *            [MARGIN-5] From equity >= initial, any subset of fills of the open orders at or
 *                       better than their limits, at unchanged market, leaves equity >= initial
 *                       [M13]. Where an option's premium is paid in a scenario-treated asset: at
 *                       their limits, and better as long as one more coin adds to equity no less
 *                       than it adds to the requirement; and not for reduce-only orders in such an
 *                       option, to which other fills may give more to close.
 *
 * Returns
 *   PLM_OK                 *requirement, and *reason unless it is NULL, are complete.
 *   PLM_PORTFOLIO_INVALID, PLM_INDEX_UNKNOWN  a position, order, balance or change is not well formed; *fault names it.
 *   PLM_MARK_MISSING       a held or ordered instrument has no mark; *fault names it.
 *   PLM_PRICE_MISSING      an underlying or asset that is held has no VALID price.
 *   PLM_ARRAYS_MISSING     the model needs risk arrays, and a held instrument's row was not built.
 *   PLM_MODEL_UNSUPPORTED  the model does not define a result for an instrument that is held.
 *   PLM_PARAMETER_INVALID  the record breaks its bounds.
 *   PLM_OVERFLOW           an exact sum left the range of its type.
 *   PLM_LIMIT, PLM_WORKSPACE_SMALL  the workspace was sized for less.
 * On any other status than PLM_OK, *requirement is as it was before the call. `fault` and `reason` may be NULL.
 */
PLM_MUST_USE plm_status plm_margin_require(const plm_model *model, const plm_margin_input *input,
                                           plm_workspace *workspace, plm_requirement *requirement,
                                           plm_reason *reason, plm_fault *fault);

/*
 * The governed record of model `portfolio`. Ratios are of notional unless said otherwise.
 */
#define PLM_PORTFOLIO_PARAMETERS(X, T)                                                             \
    X(T, measure, PLM_UNIT_CHOICE, 1, 1, 3, 2, 24, "risk",                                         \
      "expected_shortfall|value_at_risk|worst", "tail measure of the joint history")               \
    X(T, confidence_ppm, PLM_UNIT_PPM, 990000, 500000, 999999, 10000, 24, "risk", "",              \
      "confidence of the tail measure")                                                            \
    X(T, offset_floor_ppm, PLM_UNIT_PPM, 250000, 0, 1000000, 100000, 24, "risk", "",               \
      "share of the summed grid losses that no offset removes")                                    \
    X(T, stress_weight_ppm, PLM_UNIT_PPM, 300000, 0, 1000000, 100000, 24, "risk", "",              \
      "weight of the worst joint stress")                                                          \
    X(T, short_option_minimum_ppm, PLM_UNIT_PPM, 10000, 0, 500000, 10000, 24, "risk", "",          \
      "least loss per short option, of the underlying's notional")                                 \
    X(T, gamma_weight_ppm, PLM_UNIT_PPM, 200000, 0, 2000000, 100000, 24, "risk", "",               \
      "weight of the gamma charge")                                                                \
    X(T, vega_weight_ppm, PLM_UNIT_PPM, 250000, 0, 2000000, 100000, 24, "risk", "",                \
      "weight of the vega charge")                                                                 \
    X(T, close_fee_ppm, PLM_UNIT_PPM, 500, 0, 50000, 500, 24, "operations", "",                    \
      "taker fee of closing")                                                                      \
    X(T, liquidation_fee_ppm, PLM_UNIT_PPM, 2500, 0, 100000, 2500, 24, "operations", "",           \
      "fee of a forced close")                                                                     \
    X(T, option_fee_cap_ppm, PLM_UNIT_PPM, 125000, 0, 1000000, 50000, 24, "operations", "",        \
      "fees of an option are at most this share of its value, or a tenth of the notional fee if "  \
      "that is more")                                                                              \
    X(T, oracle_confidence_ppm, PLM_UNIT_PPM, 1000000, 0, 10000000, 1000000, 24, "risk", "",       \
      "charge per unit of relative confidence")                                                    \
    X(T, oracle_age_ppm, PLM_UNIT_PPM, 100, 0, 100000, 1000, 24, "risk", "",                       \
      "charge per minute of the price's age")                                                      \
    X(T, oracle_age_max_ns, PLM_UNIT_NS, 3600000000000, 0, PLM_DAY_NS, 3600000000000, 24, "risk",  \
      "", "age beyond which the charge grows no more")                                             \
    X(T, impact_ppm, PLM_UNIT_PPM, 1000000, 0, 10000000, 500000, 24, "risk", "",                   \
      "c of the square-root law: impact = c * daily sigma * sqrt(size / daily volume)")            \
    X(T, volume_standard_micros, PLM_UNIT_MICROS, 10000000000000, 1000000, 1000000000000000000,    \
      1000000000000000000, 24, "risk", "", "daily volume assumed where none is known")             \
    X(T, crowding_ppm, PLM_UNIT_PPM, 100000, 0, 10000000, 500000, 24, "risk", "",                  \
      "rise of the impact per multiple of daily volume that is open interest")                     \
    X(T, crowding_max_ppm, PLM_UNIT_PPM, 3000000, 0, 10000000, 1000000, 24, "risk", "",            \
      "largest such rise")                                                                         \
    X(T, spread_weight_ppm, PLM_UNIT_PPM, 500000, 0, 2000000, 100000, 24, "risk", "",              \
      "share of an option's half-spread")                                                          \
    X(T, spread_minimum_ppm, PLM_UNIT_PPM, 200, 0, 50000, 500, 24, "risk", "",                     \
      "least half-spread of an option, of the underlying's notional")                              \
    X(T, basis_ppm, PLM_UNIT_PPM, 5000, 0, 200000, 5000, 24, "risk", "",                           \
      "charge on delta matched between expiries")                                                  \
    X(T, entry_buffer_ppm, PLM_UNIT_PPM, 100000, 0, 2000000, 100000, 24, "risk", "",               \
      "initial is at least 1 + this times the maintenance of the worst fills")                     \
    X(T, call_buffer_ppm, PLM_UNIT_PPM, 50000, 0, 1000000, 50000, 24, "risk", "",                  \
      "call level above maintenance")                                                              \
    X(T, gain_initial_ppm, PLM_UNIT_PPM, 800000, 50000, 1000000, 100000, 24, "risk", "",           \
      "weight of a positive unrealised net, initial")                                              \
    X(T, gain_maintenance_ppm, PLM_UNIT_PPM, 1000000, 50000, 1000000, 100000, 24, "risk", "",      \
      "the same, maintenance")                                                                     \
    X(T, haircut_sigma_ppm, PLM_UNIT_PPM, 3000000, 0, 10000000, 500000, 24, "risk", "",            \
      "z: haircut-treated collateral loses z standard deviations of the horizon")                  \
    X(T, haircut_horizon_ns, PLM_UNIT_NS, PLM_DAY_NS, 0, 10 * PLM_DAY_NS, PLM_DAY_NS, 24, "risk",  \
      "", "horizon of that")                                                                       \
    X(T, haircut_cap_ppm, PLM_UNIT_PPM, 950000, 0, 999999, 50000, 24, "risk", "", "largest haircut")

typedef struct plm_portfolio_parameters {
    PLM_PORTFOLIO_PARAMETERS(PLM_PARAMETER_STRUCT_FIELD, plm_portfolio_parameters)
} plm_portfolio_parameters;

/*
 * The governed record of models `tiered` and `dynamic`. Fractions of notional rise from tier to tier; each applies to
 * the part of the notional inside its tier. `dynamic` uses the fields below the line as well.
 */
#define PLM_FRACTION_TIERS 4
#define PLM_TIERED_PARAMETERS(X, T)                                                                \
    X(T, tier1_upto_micros, PLM_UNIT_MICROS, 1000000000000, 0, 1000000000000000000,                \
      1000000000000000000, 24, "risk", "",                                                         \
      "notional of one instrument up to which the first tier goes")                                \
    X(T, tier2_upto_micros, PLM_UNIT_MICROS, 10000000000000, 0, 1000000000000000000,               \
      1000000000000000000, 24, "risk", "", "the second")                                           \
    X(T, tier3_upto_micros, PLM_UNIT_MICROS, 100000000000000, 0, 1000000000000000000,              \
      1000000000000000000, 24, "risk", "", "the third; the fourth has no end")                     \
    X(T, tier1_initial_ppm, PLM_UNIT_PPM, 100000, 0, 1000000, 50000, 24, "risk", "",               \
      "initial fraction of the first tier")                                                        \
    X(T, tier2_initial_ppm, PLM_UNIT_PPM, 150000, 0, 1000000, 50000, 24, "risk", "",               \
      "of the second")                                                                             \
    X(T, tier3_initial_ppm, PLM_UNIT_PPM, 300000, 0, 1000000, 50000, 24, "risk", "",               \
      "of the third")                                                                              \
    X(T, tier4_initial_ppm, PLM_UNIT_PPM, 500000, 0, 1000000, 50000, 24, "risk", "",               \
      "of the fourth")                                                                             \
    X(T, tier1_maintenance_ppm, PLM_UNIT_PPM, 60000, 0, 1000000, 50000, 24, "risk", "",            \
      "maintenance fraction of the first tier")                                                    \
    X(T, tier2_maintenance_ppm, PLM_UNIT_PPM, 100000, 0, 1000000, 50000, 24, "risk", "",           \
      "of the second")                                                                             \
    X(T, tier3_maintenance_ppm, PLM_UNIT_PPM, 200000, 0, 1000000, 50000, 24, "risk", "",           \
      "of the third")                                                                              \
    X(T, tier4_maintenance_ppm, PLM_UNIT_PPM, 350000, 0, 1000000, 50000, 24, "risk", "",           \
      "of the fourth")                                                                             \
    X(T, close_fee_ppm, PLM_UNIT_PPM, 500, 0, 50000, 500, 24, "operations", "",                    \
      "taker fee of closing")                                                                      \
    X(T, liquidation_fee_ppm, PLM_UNIT_PPM, 2500, 0, 100000, 2500, 24, "operations", "",           \
      "fee of a forced close")                                                                     \
    X(T, entry_buffer_ppm, PLM_UNIT_PPM, 100000, 0, 2000000, 100000, 24, "risk", "",               \
      "initial is at least 1 + this times the maintenance of the worst fills")                     \
    X(T, call_buffer_ppm, PLM_UNIT_PPM, 50000, 0, 1000000, 50000, 24, "risk", "",                  \
      "call level above maintenance")                                                              \
    X(T, gain_initial_ppm, PLM_UNIT_PPM, 800000, 50000, 1000000, 100000, 24, "risk", "",           \
      "weight of a positive unrealised net, initial")                                              \
    X(T, gain_maintenance_ppm, PLM_UNIT_PPM, 1000000, 50000, 1000000, 100000, 24, "risk", "",      \
      "the same, maintenance")                                                                     \
    X(T, haircut_sigma_ppm, PLM_UNIT_PPM, 3000000, 0, 10000000, 500000, 24, "risk", "",            \
      "z: collateral loses z standard deviations of the horizon")                                  \
    X(T, haircut_horizon_ns, PLM_UNIT_NS, PLM_DAY_NS, 0, 10 * PLM_DAY_NS, PLM_DAY_NS, 24, "risk",  \
      "", "horizon of that")                                                                       \
    X(T, haircut_cap_ppm, PLM_UNIT_PPM, 950000, 0, 999999, 50000, 24, "risk", "",                  \
      "largest haircut")                                                                           \
    X(T, dynamic_sigma_initial_ppm, PLM_UNIT_PPM, 4000000, 0, 20000000, 500000, 24, "risk", "",    \
      "dynamic: initial fraction is at least this many standard deviations of the horizon")        \
    X(T, dynamic_sigma_maintenance_ppm, PLM_UNIT_PPM, 2500000, 0, 20000000, 500000, 24, "risk",    \
      "", "the same, maintenance")                                                                 \
    X(T, dynamic_horizon_ns, PLM_UNIT_NS, PLM_DAY_NS, 3600000000000, 10 * PLM_DAY_NS, PLM_DAY_NS,  \
      24, "risk", "", "horizon of that")                                                           \
    X(T, open_interest_lower_ppm, PLM_UNIT_PPM, 200000000, 0, 10000000000, 100000000, 24, "risk",  \
      "", "dynamic: open interest over depth at which the initial fraction starts to rise")        \
    X(T, open_interest_upper_ppm, PLM_UNIT_PPM, 2000000000, 1, 100000000000, 1000000000, 24,       \
      "risk", "", "dynamic: open interest over depth at which it reaches 100 %")                   \
    X(T, impact_ppm, PLM_UNIT_PPM, 1000000, 0, 10000000, 500000, 24, "risk", "",                   \
      "dynamic: c of the square-root law")                                                         \
    X(T, volume_standard_micros, PLM_UNIT_MICROS, 10000000000000, 1000000, 1000000000000000000,    \
      1000000000000000000, 24, "risk", "", "dynamic: daily volume assumed where none is known")

typedef struct plm_tiered_parameters {
    PLM_TIERED_PARAMETERS(PLM_PARAMETER_STRUCT_FIELD, plm_tiered_parameters)
} plm_tiered_parameters;

extern const plm_descriptor plm_portfolio_descriptor;
extern const plm_descriptor plm_tiered_descriptor;
extern const plm_descriptor plm_dynamic_descriptor;
extern const plm_model plm_model_tiered;
extern const plm_model plm_model_dynamic;
extern const plm_model plm_model_portfolio;

#endif
