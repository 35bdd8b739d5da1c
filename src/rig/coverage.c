/* coverage.c: which events can meet which outcome in which state of the price, and which of these a run has met.
 * SPDX-License-Identifier: Apache-2.0 */
#include "rig/coverage.h"

#include <string.h>

#include "base/assert.h"

// Sets of price states, one bit each.
enum {
    NOWHERE = 1 << 0, // the event names no underlying that is listed
    VALID = 1 << PLM_PRICE_STATE_VALID,
    HELD = 1 << PLM_PRICE_STATE_HELD,
    STALE = 1 << PLM_PRICE_STATE_STALE,
    INVALID = 1 << PLM_PRICE_STATE_INVALID,
    LISTED = VALID | HELD | STALE | INVALID,
    ANY = NOWHERE | LISTED,
    // A model answers only at VALID prices: what it refuses was let through by the matrix of prices before.
    TRADED = VALID | HELD
};

typedef struct cell {
    plm_reject reject;
    uint32_t states;
    uint32_t demanded; // of these, where it is not too remote to meet; docs/reliability.md
} cell;

#define REJECT(name, states)                                                                       \
    { PLM_REJECT_##name, states, states }
#define RARE(name, states)                                                                         \
    { PLM_REJECT_##name, states, 0 }

// Steps 1 to 4 of docs/books.md section 2 refuse every kind, before the body is looked at.
static const cell of_all[] = {
    REJECT(TIME_BACKWARDS, ANY), REJECT(VALUE, ANY),        REJECT(SIGNER_UNKNOWN, ANY),
    REJECT(SCOPE, ANY),          REJECT(CLIENT_ID, ANY),    REJECT(CLIENT_ID_REUSED, ANY),
    REJECT(DEADLINE_PAST, ANY),  REJECT(DEADLINE_FAR, ANY), REJECT(CLIENT_TABLE_FULL, ANY),
    RARE(OVERFLOW, ANY), // section 1: whatever does not fit
};

// What the margin models may refuse of a side (section 10), in the price states of what is traded.
#define MODEL_REFUSES(states)                                                                      \
    REJECT(MARK, states), REJECT(ARRAYS, states), REJECT(INSTRUMENT_CLOSED, states),               \
        REJECT(MODEL_UNSUPPORTED, states), REJECT(HEALTH, states), REJECT(OVERFLOW, states),       \
        REJECT(RESTRICTED, states)

enum { CELLS_MAX = 32 };

typedef struct row {
    plm_event_type type;
    uint32_t accepted; // price states in which it may be accepted
    cell cells[CELLS_MAX];
} row;

// clang-format off
static const row rows[] = {
    {PLM_EVENT_TYPE_TIME, ANY, {{0}}},
    {PLM_EVENT_TYPE_CONTINUE, ANY, {REJECT(STEPS, ANY), REJECT(QUEUE_EMPTY, ANY)}},
    {PLM_EVENT_TYPE_ASSET, ANY, {
        REJECT(INDEX, ANY), REJECT(TABLE_FULL, ANY), REJECT(DECIMALS, ANY), REJECT(NAME, ANY),
        REJECT(UNDERLYING_UNKNOWN, NOWHERE)}},
    {PLM_EVENT_TYPE_UNDERLYING, NOWHERE, {
        REJECT(INDEX, ANY), REJECT(TABLE_FULL, NOWHERE), REJECT(NAME, NOWHERE)}},
    {PLM_EVENT_TYPE_INSTRUMENT, NOWHERE, {
        REJECT(INDEX, ANY), REJECT(TABLE_FULL, NOWHERE), REJECT(NAME, NOWHERE), REJECT(UNDERLYING_UNKNOWN, NOWHERE),
        REJECT(ASSET_UNKNOWN, NOWHERE)}},
    {PLM_EVENT_TYPE_ACCOUNT, ANY, {
        REJECT(INDEX, ANY), REJECT(TABLE_FULL, ANY), REJECT(ACCOUNT_UNKNOWN, ANY), REJECT(KIND, ANY),
        REJECT(ACCOUNT_FOREIGN, ANY), REJECT(INSTRUMENT_UNKNOWN, NOWHERE)}},
    {PLM_EVENT_TYPE_SIGNER, ANY, {REJECT(INDEX, ANY), REJECT(TABLE_FULL, ANY)}},
    {PLM_EVENT_TYPE_SOURCE, LISTED, {
        REJECT(UNDERLYING_UNKNOWN, NOWHERE), REJECT(SOURCE_UNKNOWN, LISTED), REJECT(TABLE_FULL, LISTED)}},
    {PLM_EVENT_TYPE_DEPOSIT, ANY, {
        REJECT(ACCOUNT_UNKNOWN, ANY), REJECT(POOL_ACCOUNT, ANY), REJECT(ASSET_UNKNOWN, ANY), REJECT(AMOUNT, ANY), REJECT(TABLE_FULL, ANY),
        REJECT(OVERFLOW, ANY)}},
    {PLM_EVENT_TYPE_WITHDRAW, ANY, {
        REJECT(ACCOUNT_UNKNOWN, ANY), REJECT(POOL_ACCOUNT, ANY), REJECT(ACCOUNT_FOREIGN, ANY), REJECT(ASSET_UNKNOWN, ANY), REJECT(AMOUNT, ANY),
        REJECT(BALANCE, ANY), REJECT(CUSTODY, ANY), REJECT(PRICE_STATE, ANY), MODEL_REFUSES(ANY)}},
    {PLM_EVENT_TYPE_TRANSFER, ANY, {
        REJECT(ACCOUNT_UNKNOWN, ANY), REJECT(POOL_ACCOUNT, ANY), REJECT(ACCOUNT_FOREIGN, ANY), REJECT(ASSET_UNKNOWN, ANY), REJECT(AMOUNT, ANY),
        REJECT(SAME_ACCOUNT, ANY), REJECT(BALANCE, ANY), REJECT(TABLE_FULL, ANY), REJECT(PRICE_STATE, ANY), MODEL_REFUSES(ANY)}},
    {PLM_EVENT_TYPE_BORROW, ANY, {
        REJECT(ACCOUNT_UNKNOWN, ANY), REJECT(POOL_ACCOUNT, ANY), REJECT(ACCOUNT_FOREIGN, ANY), REJECT(ASSET_UNKNOWN, ANY), REJECT(AMOUNT, ANY),
        REJECT(TABLE_FULL, ANY), REJECT(BORROW_LIMIT, ANY), REJECT(CUSTODY, ANY), REJECT(PRICE_STATE, ANY), MODEL_REFUSES(ANY)}},
    {PLM_EVENT_TYPE_REPAY, ANY, {
        REJECT(ACCOUNT_UNKNOWN, ANY), REJECT(ASSET_UNKNOWN, ANY), REJECT(AMOUNT, ANY), REJECT(REPAY_EXCESS, ANY)}},
    {PLM_EVENT_TYPE_INTEREST, ANY, {REJECT(ASSET_UNKNOWN, ANY)}},
    {PLM_EVENT_TYPE_EXCHANGE, ANY, {
        REJECT(ACCOUNT_UNKNOWN, ANY), REJECT(POOL_ACCOUNT, ANY), REJECT(ASSET_UNKNOWN, ANY), REJECT(AMOUNT, ANY), REJECT(SAME_ASSET, ANY),
        REJECT(SAME_ACCOUNT, ANY), REJECT(BALANCE, ANY), REJECT(TABLE_FULL, ANY), REJECT(PRICE_STATE, ANY), MODEL_REFUSES(ANY)}},
    {PLM_EVENT_TYPE_FUND, ANY, {
        REJECT(ASSET_UNKNOWN, ANY), REJECT(AMOUNT, ANY), REJECT(INSTRUMENT_UNKNOWN, ANY), REJECT(BALANCE, ANY),
        REJECT(CUSTODY, NOWHERE), REJECT(OVERFLOW, NOWHERE)}},
    {PLM_EVENT_TYPE_SOCIALISE, ANY, {
        REJECT(ASSET_UNKNOWN, ANY), REJECT(AMOUNT, ANY), REJECT(INSTRUMENT_UNKNOWN, ANY), REJECT(QUEUE_FULL, ANY)}},
    {PLM_EVENT_TYPE_TRADE, TRADED, {
        REJECT(ACCOUNT_UNKNOWN, ANY), REJECT(POOL_ACCOUNT, LISTED), RARE(POOL_ACCOUNT, NOWHERE), REJECT(INSTRUMENT_UNKNOWN, NOWHERE), REJECT(INSTRUMENT_CLOSED, LISTED),
        REJECT(QUANTITY, LISTED), REJECT(PRICE, LISTED), REJECT(FEE, LISTED), REJECT(SAME_ACCOUNT, LISTED),
        REJECT(ISOLATED_INSTRUMENT, LISTED), REJECT(ORDER_UNKNOWN, LISTED), REJECT(ORDER_MISMATCH, LISTED),
        REJECT(TABLE_FULL, LISTED), REJECT(BORROW_LIMIT, LISTED), REJECT(OPEN_INTEREST, LISTED),
        REJECT(PRICE_STATE, LISTED), REJECT(OVERFLOW, LISTED),
        REJECT(MARK, TRADED), REJECT(ARRAYS, TRADED), REJECT(MODEL_UNSUPPORTED, TRADED), REJECT(HEALTH, TRADED),
        REJECT(RESTRICTED, VALID)}},
    {PLM_EVENT_TYPE_POSITION_TRANSFER, TRADED, {
        REJECT(ACCOUNT_UNKNOWN, ANY), REJECT(POOL_ACCOUNT, LISTED), RARE(POOL_ACCOUNT, NOWHERE), REJECT(ACCOUNT_FOREIGN, ANY), REJECT(INSTRUMENT_UNKNOWN, NOWHERE),
        REJECT(INSTRUMENT_CLOSED, LISTED), REJECT(QUANTITY, LISTED), REJECT(SAME_ACCOUNT, LISTED),
        REJECT(ISOLATED_INSTRUMENT, LISTED), REJECT(TABLE_FULL, LISTED), REJECT(PRICE_STATE, LISTED), REJECT(OVERFLOW, LISTED),
        REJECT(MARK, TRADED), REJECT(ARRAYS, TRADED), REJECT(MODEL_UNSUPPORTED, TRADED), REJECT(HEALTH, TRADED),
        REJECT(RESTRICTED, VALID)}},
    {PLM_EVENT_TYPE_RESERVE, TRADED, {
        REJECT(ACCOUNT_UNKNOWN, ANY), REJECT(POOL_ACCOUNT, LISTED), RARE(POOL_ACCOUNT, NOWHERE), REJECT(ACCOUNT_FOREIGN, ANY), REJECT(INSTRUMENT_UNKNOWN, NOWHERE),
        REJECT(INSTRUMENT_CLOSED, LISTED), REJECT(QUANTITY, LISTED), REJECT(PRICE, LISTED), REJECT(ORDER_DUPLICATE, LISTED), RARE(ORDER_DUPLICATE, NOWHERE),
        REJECT(ISOLATED_INSTRUMENT, LISTED), REJECT(TABLE_FULL, LISTED), REJECT(OPEN_INTEREST, LISTED), REJECT(PRICE_STATE, LISTED),
        REJECT(RESTRICTED, LISTED), MODEL_REFUSES(VALID)}},
    {PLM_EVENT_TYPE_RELEASE, ANY, {
        REJECT(ACCOUNT_UNKNOWN, ANY), REJECT(ACCOUNT_FOREIGN, ANY), REJECT(ORDER_UNKNOWN, ANY), REJECT(QUANTITY, ANY)}},
    {PLM_EVENT_TYPE_SETTLE_PROFIT, VALID, {
        REJECT(ACCOUNT_UNKNOWN, ANY), REJECT(ACCOUNT_FOREIGN, ANY), REJECT(INSTRUMENT_UNKNOWN, NOWHERE),
        REJECT(INSTRUMENT_CLOSED, LISTED), REJECT(QUANTITY, LISTED), REJECT(MARK, LISTED), REJECT(BORROW_LIMIT, LISTED),
        REJECT(PRICE_STATE, LISTED), MODEL_REFUSES(VALID)}},
    {PLM_EVENT_TYPE_FUNDING, VALID, {
        REJECT(INSTRUMENT_UNKNOWN, NOWHERE), REJECT(INSTRUMENT_CLOSED, LISTED), REJECT(KIND, LISTED),
        REJECT(PRICE_STATE, LISTED)}},
    {PLM_EVENT_TYPE_SETTLE_EXPIRY, LISTED, {
        REJECT(INSTRUMENT_UNKNOWN, NOWHERE), REJECT(INSTRUMENT_CLOSED, LISTED), REJECT(KIND, LISTED),
        REJECT(NOT_EXPIRED, LISTED), REJECT(PRICE, LISTED), REJECT(QUEUE_FULL, LISTED),
        REJECT(PRICE_STATE, LISTED)}},
    {PLM_EVENT_TYPE_MARK, LISTED, {
        REJECT(INSTRUMENT_UNKNOWN, NOWHERE), REJECT(INSTRUMENT_CLOSED, LISTED), REJECT(PRICE, LISTED)}},
    {PLM_EVENT_TYPE_ANCHOR, LISTED, {REJECT(UNDERLYING_UNKNOWN, ANY)}},
    {PLM_EVENT_TYPE_PRICE_REPORT, LISTED, {
        REJECT(UNDERLYING_UNKNOWN, NOWHERE), REJECT(SOURCE_UNKNOWN, LISTED), REJECT(SIGNATURE, LISTED)}},
    {PLM_EVENT_TYPE_PRICE, LISTED, {
        REJECT(UNDERLYING_UNKNOWN, NOWHERE), REJECT(HAS_SOURCES, LISTED), REJECT(PRICE, LISTED)}},
    {PLM_EVENT_TYPE_LIQUIDITY, LISTED, {REJECT(UNDERLYING_UNKNOWN, NOWHERE)}},
    {PLM_EVENT_TYPE_FORECAST, LISTED, {REJECT(UNDERLYING_UNKNOWN, NOWHERE)}},
    {PLM_EVENT_TYPE_SUPPLY, LISTED, {REJECT(UNDERLYING_UNKNOWN, NOWHERE)}},
    {PLM_EVENT_TYPE_RECALIBRATE, LISTED, {REJECT(UNDERLYING_UNKNOWN, NOWHERE), REJECT(EARLY, LISTED)}},
    {PLM_EVENT_TYPE_SURFACE_SLICE, LISTED, {REJECT(UNDERLYING_UNKNOWN, NOWHERE), REJECT(TABLE_FULL, LISTED)}},
    {PLM_EVENT_TYPE_SURFACE_COMMIT, LISTED, {
        REJECT(UNDERLYING_UNKNOWN, NOWHERE), REJECT(COUNT, LISTED), REJECT(HASH, LISTED), REJECT(TABLE_FULL, LISTED),
        REJECT(ARBITRAGE, LISTED)}},
    {PLM_EVENT_TYPE_CLOSE, LISTED, {REJECT(UNDERLYING_UNKNOWN, NOWHERE), REJECT(DAY, LISTED)}},
    {PLM_EVENT_TYPE_SCENARIO_COMMIT, ANY, {
        REJECT(QUEUE_FULL, ANY), REJECT(TABLE_FULL, ANY), REJECT(HISTORY, ANY), REJECT(HASH, ANY)}},
    {PLM_EVENT_TYPE_PARAMETERS, ANY, {
        REJECT(RECORD_UNKNOWN, ANY), REJECT(VERSION, ANY), REJECT(LAYOUT, ANY), REJECT(PARAMETER, ANY), REJECT(TABLE_FULL, ANY)}},
    {PLM_EVENT_TYPE_ASSESS, ANY, {
        REJECT(ACCOUNT_UNKNOWN, ANY), REJECT(ACCOUNT_FOREIGN, ANY), REJECT(PRICE_STATE, ANY), REJECT(MARK, ANY),
        REJECT(ARRAYS, ANY), REJECT(INSTRUMENT_CLOSED, ANY), REJECT(MODEL_UNSUPPORTED, ANY), REJECT(OVERFLOW, ANY)}},
    {PLM_EVENT_TYPE_POOL_JOIN, ANY, {
        REJECT(ACCOUNT_UNKNOWN, ANY), REJECT(ACCOUNT_FOREIGN, ANY), REJECT(POOL_ACCOUNT, ANY), REJECT(POOL_NONE, ANY),
        REJECT(AMOUNT, ANY), REJECT(BALANCE, ANY), RARE(TABLE_FULL, ANY), RARE(POOL_WORTH, ANY), RARE(PRICE_STATE, ANY),
        RARE(MARK, ANY), RARE(ARRAYS, ANY), RARE(INSTRUMENT_CLOSED, ANY), RARE(MODEL_UNSUPPORTED, ANY), RARE(HEALTH, ANY),
        RARE(RESTRICTED, ANY)}},
    {PLM_EVENT_TYPE_POOL_LEAVE, ANY, {
        REJECT(ACCOUNT_UNKNOWN, ANY), REJECT(ACCOUNT_FOREIGN, ANY), REJECT(POOL_ACCOUNT, ANY), REJECT(POOL_NONE, ANY),
        REJECT(AMOUNT, ANY), REJECT(POOL_SHARES, ANY), RARE(POOL_LOCKED, ANY), RARE(POOL_RESERVED, ANY), RARE(TABLE_FULL, ANY),
        RARE(PRICE_STATE, ANY), RARE(MARK, ANY), RARE(ARRAYS, ANY), RARE(INSTRUMENT_CLOSED, ANY), RARE(MODEL_UNSUPPORTED, ANY),
        RARE(HEALTH, ANY), RARE(RESTRICTED, ANY)}},
    {PLM_EVENT_TYPE_BID, ANY, {
        REJECT(ACCOUNT_UNKNOWN, ANY), REJECT(POOL_ACCOUNT, ANY), REJECT(ACCOUNT_FOREIGN, ANY), REJECT(AUCTION_SELF, ANY), REJECT(AUCTION, ANY),
        RARE(PRICE_STATE, ANY), RARE(MARK, ANY), RARE(ARRAYS, ANY), RARE(INSTRUMENT_CLOSED, ANY),
        RARE(MODEL_UNSUPPORTED, ANY), RARE(AUCTION_DUST, ANY), RARE(AUCTION_PREMIUM, ANY), RARE(TABLE_FULL, ANY),
        RARE(QUANTITY, ANY), RARE(ISOLATED_INSTRUMENT, ANY), RARE(BORROW_LIMIT, ANY), RARE(BALANCE, ANY),
        RARE(HEALTH, ANY), RARE(RESTRICTED, ANY)}},
    {PLM_EVENT_TYPE_MODEL, ANY, {REJECT(MODEL_UNKNOWN, ANY), REJECT(MODEL_UNSUPPORTED, ANY)}},
};
// clang-format on

static const row *
row_of(uint16_t type) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i += 1) {
        if (rows[i].type == (plm_event_type)type) {
            return &rows[i];
        }
    }
    return NULL;
}

bool
pli_coverage_is_known(uint16_t type) {
    return row_of(type) != NULL;
}

// The field of a body that names an underlying, itself or by an instrument; NULL where there is none.
static const plm_event_field *
subject_of(uint16_t type) {
    const plm_event_kind *kind = plm_event_kind_find(type);
    for (uint32_t i = 0; kind != NULL && i < kind->field_count; i += 1) {
        const plm_event_field *field = &kind->fields[i];
        if (strcmp(field->name, "instrument_index") == 0 ||
            strcmp(field->name, "underlying_index") == 0) {
            return field;
        }
    }
    return NULL;
}

// Adds what the cells say of a reason.
static void
look_up(const cell *cells, size_t count, plm_reject reject, cell *sum) {
    for (size_t i = 0; i < count; i += 1) {
        bool is_it = cells[i].reject == reject && reject != PLM_REJECT_NONE;
        sum->states |= is_it ? cells[i].states : 0;
        sum->demanded |= is_it ? cells[i].demanded : 0;
    }
}

static cell
cell_of(uint16_t type, plm_reject reject) {
    const row *found = row_of(type);
    cell sum = {.reject = reject};
    if (found == NULL) {
        return sum;
    }
    sum.states = reject == PLM_REJECT_NONE ? found->accepted : 0;
    sum.demanded = sum.states;
    look_up(of_all, sizeof of_all / sizeof of_all[0], reject, &sum);
    look_up(found->cells, CELLS_MAX, reject, &sum);
    sum.states &= subject_of(type) == NULL ? (uint32_t)NOWHERE : (uint32_t)ANY;
    sum.demanded &= sum.states;
    return sum;
}

bool
pli_coverage_can_occur(uint16_t type, plm_reject reject, uint32_t state) {
    return state < PLI_COVERAGE_STATES && (cell_of(type, reject).states >> state & 1) != 0;
}

bool
pli_coverage_is_demanded(uint16_t type, plm_reject reject, uint32_t state) {
    return state < PLI_COVERAGE_STATES && (cell_of(type, reject).demanded >> state & 1) != 0;
}

void
pli_coverage_add(pli_coverage *coverage, uint16_t type, plm_reject reject, uint32_t state) {
    PLI_ASSERT(type < PLI_COVERAGE_TYPES);
    PLI_ASSERT(reject < PLI_COVERAGE_REJECTS);
    coverage->outcomes[type][reject][state] = true;
    coverage->pairs[coverage->last][type] = true;
    coverage->last = type;
}

pli_coverage_count
pli_coverage_counts(const pli_coverage *coverage) {
    pli_coverage_count count = {0};
    for (uint16_t type = 1; type < PLI_COVERAGE_TYPES; type += 1) {
        if (plm_event_kind_find(type) == NULL) {
            continue;
        }
        uint64_t before = count.cells_met;
        for (uint32_t reject = 0; reject < PLI_COVERAGE_REJECTS; reject += 1) {
            uint64_t can = 0;
            uint64_t met = 0;
            for (uint32_t state = 0; state < PLI_COVERAGE_STATES; state += 1) {
                bool is_cell = pli_coverage_is_demanded(type, (plm_reject)reject, state);
                can += is_cell ? 1 : 0;
                met += is_cell && coverage->outcomes[type][reject][state] ? 1 : 0;
            }
            count.cells += can;
            count.cells_met += met;
            count.outcomes += can != 0 ? 1 : 0;
            count.outcomes_met += met != 0 ? 1 : 0;
        }
        count.types += 1;
        count.types_met += count.cells_met != before ? 1 : 0;
        for (uint16_t next = 1; next < PLI_COVERAGE_TYPES; next += 1) {
            count.pairs += plm_event_kind_find(next) != NULL ? 1 : 0;
            count.pairs_met += coverage->pairs[type][next] ? 1 : 0;
        }
    }
    return count;
}

bool
pli_coverage_is_before(uint16_t type) {
    return type == PLM_EVENT_TYPE_ASSET || type == PLM_EVENT_TYPE_UNDERLYING ||
           type == PLM_EVENT_TYPE_INSTRUMENT || type == PLM_EVENT_TYPE_PRICE ||
           type == PLM_EVENT_TYPE_ANCHOR || type == PLM_EVENT_TYPE_PRICE_REPORT ||
           type == PLM_EVENT_TYPE_SOURCE;
}

uint32_t
pli_coverage_state_of(const plm_core *core, const plm_event *event) {
    const plm_event_field *subject = subject_of(event->header.type);
    if (subject == NULL) {
        return 0;
    }
    plm_listing listing = plm_core_listing(core);
    uint32_t index = 0;
    memcpy(&index, (const uint8_t *)event + subject->place, sizeof index);
    if (strcmp(subject->name, "instrument_index") == 0) {
        index = index < listing.instrument_count ? listing.instruments[index].underlying_index
                                                 : PLM_NONE;
    }
    return index < listing.underlying_count
               ? (uint32_t)plm_core_market(core).underlyings[index].price.state
               : 0;
}
