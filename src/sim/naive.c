/* naive.c: a venue as many were built: books that believe everybody.                  SPDX-License-Identifier: Apache-2.0 */
#include "sim/naive.h"

#include "base/libc.h"
#include "plimsoll/limits.h"

#define PPM INT64_C(1000000)
#define E8 ((pli_i128)100000000)
#define E12 ((pli_i128)1000000000000)

void
pli_naive_take(pli_arena *arena, uint32_t account_count, uint32_t asset_count,
               uint32_t instrument_count, uint32_t underlying_count, pli_naive *naive) {
    *naive = (pli_naive){.account_count = account_count,
                         .asset_count = asset_count,
                         .instrument_count = instrument_count,
                         .underlying_count = underlying_count};
    size_t balances = (size_t)account_count * asset_count;
    size_t positions = (size_t)account_count * instrument_count;
    naive->atoms = PLI_ARENA_TAKE(arena, balances, pli_i128);
    naive->owed = PLI_ARENA_TAKE(arena, balances, pli_i128);
    naive->lots = PLI_ARENA_TAKE(arena, positions, int64_t);
    naive->costs = PLI_ARENA_TAKE(arena, positions, pli_i128);
    naive->prices_e8 = PLI_ARENA_TAKE(arena, underlying_count, int64_t);
    naive->marks_e8 = PLI_ARENA_TAKE(arena, instrument_count, int64_t);
    naive->lend_ppm = PLI_ARENA_TAKE(arena, asset_count, int64_t);
    naive->keep_ppm = PLI_ARENA_TAKE(arena, asset_count, int64_t);
    naive->is_exempt = PLI_ARENA_TAKE(arena, account_count, bool);
    naive->vault = PLI_ARENA_TAKE(arena, asset_count, pli_i128);
    naive->insurance = PLI_ARENA_TAKE(arena, asset_count, pli_i128);
}

void
pli_naive_clear(pli_naive *naive) {
    size_t balances = (size_t)naive->account_count * naive->asset_count;
    size_t positions = (size_t)naive->account_count * naive->instrument_count;
    memset(naive->atoms, 0, balances * sizeof *naive->atoms);
    memset(naive->owed, 0, balances * sizeof *naive->owed);
    memset(naive->lots, 0, positions * sizeof *naive->lots);
    memset(naive->costs, 0, positions * sizeof *naive->costs);
    memset(naive->prices_e8, 0, naive->underlying_count * sizeof *naive->prices_e8);
    memset(naive->marks_e8, 0, naive->instrument_count * sizeof *naive->marks_e8);
    memset(naive->is_exempt, 0, naive->account_count * sizeof *naive->is_exempt);
    memset(naive->vault, 0, naive->asset_count * sizeof *naive->vault);
    memset(naive->insurance, 0, naive->asset_count * sizeof *naive->insurance);
    for (uint32_t i = 0; i < naive->asset_count; i += 1) {
        naive->lend_ppm[i] = naive->keep_ppm[i] = PPM;
    }
}

// --- Worth -----------------------------------------------------------------------------------------------------------

static pli_i128
magnitude(pli_i128 value) {
    return value < 0 ? -value : value;
}

static pli_i128
unit_of(const pli_naive *naive, uint32_t asset) {
    pli_i128 unit = 1;
    for (uint32_t i = 0; i < naive->listing.assets[asset].decimals; i += 1) {
        unit *= 10;
    }
    return unit;
}

pli_i128
pli_naive_value(const pli_naive *naive, uint32_t asset, pli_i128 atoms) {
    uint32_t underlying = naive->listing.assets[asset].underlying_index;
    pli_i128 price_e8 = underlying == PLM_NONE ? E8 : naive->prices_e8[underlying];
    pli_i128 unit = unit_of(naive, asset);
    return atoms / unit * price_e8 / 100 + atoms % unit * price_e8 / 100 / unit;
}

// What `lots` cost at a price, in the unit of plm_position.
static pli_i128
cost_of(const plm_instrument *instrument, int64_t lots, int64_t price_e8) {
    if (instrument->settlement == PLM_SETTLEMENT_INVERSE) {
        pli_i128 face = (pli_i128)lots * instrument->lot_e8;
        return price_e8 > 0 ? face * E12 / price_e8 : 0;
    }
    return (pli_i128)lots * price_e8;
}

// The profit of lots that cost `cost` and are worth `worth` in that unit, in atoms.
static pli_i128
profit_of(const pli_naive *naive, const plm_instrument *instrument, pli_i128 cost, pli_i128 worth) {
    pli_i128 unit = unit_of(naive, instrument->settlement_asset_index);
    if (instrument->settlement == PLM_SETTLEMENT_INVERSE) {
        return (cost - worth) * unit / E12;
    }
    return (worth - cost) * instrument->lot_e8 / E8 * unit / E8;
}

static pli_i128
gain_atoms(const pli_naive *naive, uint32_t account, uint32_t index) {
    const plm_instrument *instrument = &naive->listing.instruments[index];
    size_t at = (size_t)account * naive->instrument_count + index;
    return naive->lots[at] == 0
               ? 0
               : profit_of(naive, instrument, naive->costs[at],
                           cost_of(instrument, naive->lots[at], naive->marks_e8[index]));
}

// Balances by `weights` (NULL: in full) and gains; a loan in full.
static pli_i128
equity(const pli_naive *naive, uint32_t account, const int64_t *weights, bool has_gains) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < naive->listing.asset_count; i += 1) {
        size_t at = (size_t)account * naive->asset_count + i;
        pli_i128 value = pli_naive_value(naive, i, naive->atoms[at] + naive->owed[at]);
        sum += value > 0 && weights != NULL ? value * weights[i] / PPM : value;
        sum -= pli_naive_value(naive, i, naive->owed[at]);
    }
    for (uint32_t i = 0; i < naive->listing.instrument_count; i += 1) {
        pli_i128 gain = pli_naive_value(naive, naive->listing.instruments[i].settlement_asset_index,
                                        gain_atoms(naive, account, i));
        sum += has_gains || gain < 0 ? gain : 0;
    }
    return sum;
}

static pli_i128
notional(const pli_naive *naive, uint32_t index, int64_t lots) {
    const plm_instrument *instrument = &naive->listing.instruments[index];
    pli_i128 count = magnitude(lots);
    if (instrument->settlement == PLM_SETTLEMENT_INVERSE) {
        return count * instrument->lot_e8 / 100;
    }
    pli_i128 units_e8 = count * instrument->lot_e8;
    pli_i128 value = units_e8 * magnitude(naive->prices_e8[instrument->underlying_index]) / E8;
    return pli_naive_value(naive, instrument->settlement_asset_index,
                           value * unit_of(naive, instrument->settlement_asset_index) / E8);
}

static pli_i128
required(const pli_naive *naive, uint32_t account, int64_t fraction_ppm) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < naive->listing.instrument_count; i += 1) {
        int64_t lots = naive->lots[(size_t)account * naive->instrument_count + i];
        pli_i128 value = notional(naive, i, lots);
        sum += naive->terms.nets_legs && lots < 0 ? -value : value;
    }
    return magnitude(sum) * fraction_ppm / PPM;
}

pli_i128
pli_naive_initial(const pli_naive *naive, uint32_t account) {
    return required(naive, account, naive->terms.initial_ppm);
}

pli_i128
pli_naive_maintenance(const pli_naive *naive, uint32_t account) {
    return required(naive, account, naive->terms.maintenance_ppm);
}

pli_i128
pli_naive_worth(const pli_naive *naive, uint32_t account) {
    return equity(naive, account, NULL, true);
}

pli_i128
pli_naive_excess(const pli_naive *naive, uint32_t account) {
    return equity(naive, account, naive->keep_ppm, true) -
           required(naive, account, naive->terms.maintenance_ppm);
}

bool
pli_naive_is_due(const pli_naive *naive, uint32_t account) {
    bool is_exposed = false, is_worthless = false;
    for (uint32_t i = 0; i < naive->listing.instrument_count; i += 1) {
        bool is_held = naive->lots[(size_t)account * naive->instrument_count + i] != 0;
        uint32_t underlying = naive->listing.instruments[i].underlying_index;
        is_exposed = is_exposed || is_held;
        is_worthless = is_worthless || (is_held && naive->prices_e8[underlying] <= 0);
    }
    for (uint32_t i = 0; i < naive->listing.asset_count; i += 1) {
        is_exposed = is_exposed || naive->atoms[(size_t)account * naive->asset_count + i] < 0;
    }
    return is_exposed && !naive->is_exempt[account] &&
           (is_worthless || pli_naive_excess(naive, account) < 0);
}

// --- Positions -------------------------------------------------------------------------------------------------------

static void
fill(pli_naive *naive, uint32_t account, uint32_t index, int64_t lots, int64_t price_e8) {
    const plm_instrument *instrument = &naive->listing.instruments[index];
    size_t at = (size_t)account * naive->instrument_count + index;
    int64_t held = naive->lots[at];
    int64_t closed = 0;
    if ((held > 0) != (lots > 0) && held != 0) {
        closed = magnitude(lots) < magnitude(held) ? -lots : held;
        pli_i128 released =
            naive->costs[at] / held * closed + naive->costs[at] % held * closed / held;
        naive->costs[at] -= released;
        naive->atoms[(size_t)account * naive->asset_count + instrument->settlement_asset_index] +=
            profit_of(naive, instrument, released, cost_of(instrument, closed, price_e8));
    }
    naive->costs[at] += cost_of(instrument, lots + closed, price_e8);
    naive->lots[at] += lots;
}

bool
pli_naive_may_trade(const pli_naive *naive, uint32_t account, uint32_t instrument, int64_t lots,
                    int64_t price_e8) {
    size_t at = (size_t)account * naive->instrument_count + instrument;
    int64_t held = naive->lots[at];
    bool is_reducing = (held > 0) != (lots > 0) && magnitude(lots) <= magnitude(held);
    bool is_venue = account >= naive->client_count;
    if (!naive->is_open || naive->terms.takes_any_order || is_reducing || is_venue) {
        return true;
    }
    const plm_instrument *terms = &naive->listing.instruments[instrument];
    pli_i128 gain = profit_of(naive, terms, cost_of(terms, lots, price_e8),
                              cost_of(terms, lots, naive->marks_e8[instrument]));
    pli_i128 has = equity(naive, account, naive->lend_ppm, true) +
                   pli_naive_value(naive, terms->settlement_asset_index, gain);
    pli_i128 wanted =
        required(naive, account, naive->terms.initial_ppm) +
        (notional(naive, instrument, held + lots) - notional(naive, instrument, held)) *
            naive->terms.initial_ppm / PPM;
    return has >= wanted;
}

static plm_reject
trade(pli_naive *naive, uint32_t taker, const plm_event_trade *body) {
    if (body->lots == 0 || taker == body->maker_account) {
        return PLM_REJECT_QUANTITY;
    }
    if (!pli_naive_may_trade(naive, taker, body->instrument_index, body->lots, body->price_e8) ||
        !pli_naive_may_trade(naive, body->maker_account, body->instrument_index, -body->lots,
                             body->price_e8)) {
        return PLM_REJECT_HEALTH;
    }
    fill(naive, taker, body->instrument_index, body->lots, body->price_e8);
    fill(naive, body->maker_account, body->instrument_index, -body->lots, body->price_e8);
    return PLM_REJECT_NONE;
}

// At the price, an option at what it is inside; no fund is asked.
static void
settle(pli_naive *naive, uint32_t index, int64_t price_e8) {
    const plm_instrument *instrument = &naive->listing.instruments[index];
    if (instrument->kind == PLM_KIND_OPTION) {
        int64_t inside = instrument->right == PLM_RIGHT_CALL ? price_e8 - instrument->strike_e8
                                                             : instrument->strike_e8 - price_e8;
        price_e8 = inside > 0 ? inside : 0;
    }
    for (uint32_t i = 0; i < naive->account_count; i += 1) {
        int64_t held = naive->lots[(size_t)i * naive->instrument_count + index];
        if (held != 0) {
            fill(naive, i, index, -held, price_e8);
        }
    }
}

static void
pay_funding(pli_naive *naive, const plm_event_funding *body) {
    const plm_instrument *instrument = &naive->listing.instruments[body->instrument_index];
    for (uint32_t i = 0; i < naive->account_count; i += 1) {
        pli_i128 lots = naive->lots[(size_t)i * naive->instrument_count + body->instrument_index];
        naive->atoms[(size_t)i * naive->asset_count + instrument->settlement_asset_index] +=
            profit_of(naive, instrument, lots * body->per_lot, 0);
    }
}

// --- Money -----------------------------------------------------------------------------------------------------------

static plm_reject
pay_out(pli_naive *naive, uint32_t account, uint32_t asset, pli_i128 atoms, bool is_loan) {
    pli_i128 *held = &naive->atoms[(size_t)account * naive->asset_count + asset];
    pli_i128 vault = naive->vault[asset];
    naive->short_atoms = 0;
    if (naive->is_open && !naive->is_exempt[account]) {
        pli_i128 value = pli_naive_value(naive, asset, atoms);
        // What was put up for collateral leaves with its weight; a loan counts in full.
        pli_i128 lost = *held > 0 && !is_loan ? value * naive->lend_ppm[asset] / PPM : value;
        pli_i128 has =
            equity(naive, account, naive->lend_ppm, !naive->terms.ignores_paper_gains) - lost;
        pli_i128 wanted =
            naive->terms.pays_paper_gains ? 0 : required(naive, account, naive->terms.initial_ppm);
        bool is_there = *held + naive->owed[held - naive->atoms] >= atoms;
        if (has < wanted && (is_loan || !is_there || !naive->terms.pays_unasked)) {
            return PLM_REJECT_HEALTH;
        }
    }
    if (naive->is_open && vault < atoms) {
        if (is_loan || vault <= 0) {
            naive->short_atoms = atoms;
            return PLM_REJECT_BALANCE;
        }
        naive->short_atoms = atoms - vault;
        atoms = vault;
    }
    *held -= atoms;
    naive->vault[asset] -= account < naive->client_count ? atoms : 0;
    return PLM_REJECT_NONE;
}

static void
pay_in(pli_naive *naive, uint32_t account, uint32_t asset, pli_i128 atoms) {
    naive->atoms[(size_t)account * naive->asset_count + asset] += atoms;
    naive->vault[asset] += account < naive->client_count ? atoms : 0;
}

bool
pli_naive_handles(plm_event_type type) {
    switch (type) {
    case PLM_EVENT_TYPE_DEPOSIT:
    case PLM_EVENT_TYPE_WITHDRAW:
    case PLM_EVENT_TYPE_BORROW:
    case PLM_EVENT_TYPE_REPAY:
    case PLM_EVENT_TYPE_TRADE:
    case PLM_EVENT_TYPE_POSITION_TRANSFER:
    case PLM_EVENT_TYPE_RESERVE:
    case PLM_EVENT_TYPE_RELEASE:
    case PLM_EVENT_TYPE_FUNDING:
    case PLM_EVENT_TYPE_SETTLE_EXPIRY:
    case PLM_EVENT_TYPE_FUND:
    case PLM_EVENT_TYPE_ASSESS:
    case PLM_EVENT_TYPE_CONTINUE:
    case PLM_EVENT_TYPE_BID:
        return true;
    default:
        return false;
    }
}

plm_reject
pli_naive_apply(pli_naive *naive, const plm_event *event) {
    uint32_t account = event->header.account;
    const plm_event_deposit *money = &event->deposit_body;
    const plm_event_position_transfer *move = &event->position_transfer_body;
    switch ((plm_event_type)event->header.type) {
    case PLM_EVENT_TYPE_DEPOSIT:
    case PLM_EVENT_TYPE_REPAY:
        pay_in(naive, account, money->asset_index, pli_i128_from_wide(money->atoms));
        return PLM_REJECT_NONE;
    case PLM_EVENT_TYPE_WITHDRAW:
    case PLM_EVENT_TYPE_BORROW:
        return pay_out(naive, account, money->asset_index, pli_i128_from_wide(money->atoms),
                       event->header.type == PLM_EVENT_TYPE_BORROW);
    case PLM_EVENT_TYPE_TRADE:
        return trade(naive, account, &event->trade_body);
    case PLM_EVENT_TYPE_POSITION_TRANSFER:
        if (move->instrument_index < naive->listing.instrument_count) {
            int64_t mark_e8 = naive->marks_e8[move->instrument_index];
            fill(naive, account, move->instrument_index, -move->lots, mark_e8);
            fill(naive, move->to_account, move->instrument_index, move->lots, mark_e8);
        }
        return PLM_REJECT_NONE;
    case PLM_EVENT_TYPE_FUNDING:
        pay_funding(naive, &event->funding_body);
        return PLM_REJECT_NONE;
    case PLM_EVENT_TYPE_SETTLE_EXPIRY:
        settle(naive, event->settle_expiry_body.instrument_index,
               event->settle_expiry_body.price_e8);
        return PLM_REJECT_NONE;
    case PLM_EVENT_TYPE_FUND:
        naive->insurance[event->fund_body.asset_index] +=
            pli_i128_from_wide(event->fund_body.atoms);
        return PLM_REJECT_NONE;
    case PLM_EVENT_TYPE_BID:
        return PLM_REJECT_AUCTION;
    default:
        return PLM_REJECT_NONE;
    }
}

void
pli_naive_portfolio(const pli_naive *naive, uint32_t account, plm_position *positions,
                    plm_balance *balances, plm_portfolio *held) {
    *held = (plm_portfolio){.positions = positions, .balances = balances};
    for (uint32_t i = 0; i < naive->listing.instrument_count; i += 1) {
        size_t at = (size_t)account * naive->instrument_count + i;
        if (naive->lots[at] != 0) {
            positions[held->position_count++] =
                (plm_position){.instrument_index = i,
                               .lots = naive->lots[at],
                               .cost = pli_wide_from_i128(naive->costs[at])};
        }
    }
    for (uint32_t i = 0; i < naive->listing.asset_count; i += 1) {
        pli_i128 atoms = naive->atoms[(size_t)account * naive->asset_count + i];
        if (atoms != 0) {
            balances[held->balance_count++] =
                (plm_balance){.asset_index = i, .atoms = pli_wide_from_i128(atoms)};
        }
    }
}
