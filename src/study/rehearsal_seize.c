/* rehearsal_seize.c: collateral seized for a loan, as lending venues did it.          SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "study/rehearsal_state.h"

#define PPM INT64_C(1000000)

/* seizure - one loan and what stands for it. */
typedef struct seizure {
    uint32_t account, owed, held; /* assets */
    pli_i128 debt, collateral;    /* atoms, above zero */
} seizure;

static pli_i128 *
atoms_of(pli_rehearsal *of, uint32_t account, uint32_t asset) {
    return &of->books.atoms[(size_t)account * of->books.asset_count + asset];
}

// The first loan, and the asset of most value.
static bool
look(pli_rehearsal *of, uint32_t account, seizure *to) {
    pli_i128 most = 0;
    *to = (seizure){.account = account, .owed = PLM_NONE, .held = PLM_NONE};
    for (uint32_t i = 0; i < of->books.listing.asset_count; i += 1) {
        pli_i128 atoms = *atoms_of(of, account, i);
        if (atoms < 0 && to->owed == PLM_NONE) {
            to->owed = i;
            to->debt = -atoms;
        }
        pli_i128 value = atoms > 0 ? pli_naive_value(&of->books, i, atoms) : 0;
        if (atoms > 0 && (value > most || to->held == PLM_NONE)) {
            most = value;
            to->held = i;
            to->collateral = atoms;
        }
    }
    return to->owed != PLM_NONE && to->held != PLM_NONE;
}

static pli_i128
unit_of(const pli_rehearsal *of, uint32_t asset) {
    pli_i128 unit = 1;
    for (uint32_t i = 0; i < of->books.listing.assets[asset].decimals; i += 1) {
        unit *= 10;
    }
    return unit;
}

// Atoms of the currency for atoms of an asset at a price; and back.
static pli_i128
money_for(const pli_rehearsal *of, uint32_t asset, pli_i128 atoms, int64_t price_e8) {
    pli_i128 unit = unit_of(of, asset), money = unit_of(of, 0);
    return (atoms / unit * price_e8 + atoms % unit * price_e8 / unit) * money / PLI_E8;
}

static pli_i128
atoms_for(const pli_rehearsal *of, uint32_t asset, pli_i128 money, int64_t price_e8) {
    pli_i128 whole = money * PLI_E8 / unit_of(of, 0); // 10^-8 of the currency
    pli_i128 unit = unit_of(of, asset);
    return price_e8 > 0 ? whole / price_e8 * unit + whole % price_e8 * unit / price_e8 : 0;
}

static bool
market_of(const pli_rehearsal *of, uint32_t asset, char *data, size_t size) {
    uint32_t underlying = of->books.listing.assets[asset].underlying_index;
    pli_text text = pli_text_init(data, size);
    if (underlying == PLM_NONE) {
        return false;
    }
    pli_text_append(&text, of->symbols[underlying].name);
    pli_text_append(&text, "/");
    pli_text_append(&text, of->currency_name);
    for (uint32_t i = 0; i < of->incident->ladder_count; i += 1) {
        if (pli_name_is(of->incident->ladders[i].market, data)) {
            return true;
        }
    }
    return false;
}

static int64_t
price_of(const pli_rehearsal *of, uint32_t asset) {
    uint32_t underlying = of->books.listing.assets[asset].underlying_index;
    return underlying == PLM_NONE ? (int64_t)PLI_E8 : of->books.prices_e8[underlying];
}

static void
note_seizure(pli_rehearsal *of, const seizure *now, const char *how) {
    of->last_forced_ms = (of->time_ns - of->incident->start_ns) / PLI_MS;
    of->actors[now->account].forced_count += 1;
    pli_rehearsal_note(of, 0, of->incident->accounts[now->account].name, how, "");
}

// Whoever is online takes all of it for what he likes to pay; no reserve, and nobody asks whether he is alone.
static bool
sell_to_bidder(pli_rehearsal *of, const seizure *now, bool *has_bidders) {
    uint32_t best = PLM_NONE;
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        const pli_actor *actor = &of->actors[i];
        *has_bidders = *has_bidders || actor->is_bidder;
        bool may_bid = actor->is_bidder && !actor->is_offline && *atoms_of(of, i, 0) > 0;
        if (may_bid && (best == PLM_NONE || actor->worth_ppm > of->actors[best].worth_ppm)) {
            best = i;
        }
    }
    if (best == PLM_NONE) {
        return false;
    }
    pli_i128 price = money_for(of, now->held, now->collateral, price_of(of, now->held));
    pli_i128 paid = price * of->actors[best].worth_ppm / PPM, has = *atoms_of(of, best, 0);
    paid = paid < 1 ? 1 : paid;
    pli_i128 share_ppm = paid <= has ? PPM : has * PPM / paid;
    pli_i128 taken = now->collateral * share_ppm / PPM;
    paid = paid <= has ? paid : has;
    *atoms_of(of, best, 0) -= paid;
    *atoms_of(of, best, now->held) += taken;
    *atoms_of(of, now->account, now->held) -= taken;
    *atoms_of(of, now->account, 0) += paid;
    pli_rehearsal_count_ratio(of, price > 0 ? paid * 1000000000 / price * 1000000000 : PLI_E18);
    note_seizure(of, now, "sold to a bidder");
    return taken > 0;
}

// A part of the loan, bought on the ladder at any price; the collateral pays that and a bonus.
static bool
buy_back(pli_rehearsal *of, seizure *now, const char *market, pli_i128 wanted) {
    bool is_done = false;
    while (wanted > 0 && *atoms_of(of, now->account, 0) > 0) {
        int64_t price_e8 = 0;
        pli_i128 *left = NULL;
        if (!pli_rehearsal_best(of, market, false, &price_e8, &left)) {
            break;
        }
        pli_i128 there = pli_asset_atoms(of, now->owed, *left);
        pli_i128 has = *atoms_of(of, now->account, 0) * PPM / (PPM + of->bonus_ppm);
        pli_i128 most = atoms_for(of, now->owed, has, price_e8);
        pli_i128 taken = wanted < there ? wanted : there;
        taken = taken < most ? taken : most;
        pli_i128 paid = money_for(of, now->owed, taken, price_e8);
        if (taken <= 0 || paid <= 0) {
            break;
        }
        *left -= taken * (PLI_E18 / unit_of(of, now->owed));
        *atoms_of(of, now->account, now->owed) += taken;
        *atoms_of(of, now->account, 0) -= paid * (PPM + of->bonus_ppm) / PPM;
        wanted -= taken;
        is_done = true;
    }
    return is_done;
}

// Collateral sold on the ladder at any price until a part of the loan and the bonus is paid.
static bool
sell_off(pli_rehearsal *of, seizure *now, const char *market, pli_i128 wanted) {
    pli_i128 money = money_for(of, now->owed, wanted, price_of(of, now->owed));
    money = money * (PPM + of->bonus_ppm) / PPM;
    bool is_done = false;
    while (money > 0 && *atoms_of(of, now->account, now->held) > 0) {
        int64_t price_e8 = 0;
        pli_i128 *left = NULL;
        if (!pli_rehearsal_best(of, market, true, &price_e8, &left)) {
            break;
        }
        pli_i128 there = pli_asset_atoms(of, now->held, *left);
        pli_i128 needed = atoms_for(of, now->held, money, price_e8) + 1;
        pli_i128 taken = needed < there ? needed : there;
        pli_i128 has = *atoms_of(of, now->account, now->held);
        taken = taken < has ? taken : has;
        if (taken <= 0) {
            break;
        }
        pli_i128 got = money_for(of, now->held, taken, price_e8);
        if (got <= 0) {
            break;
        }
        *left -= taken * (PLI_E18 / unit_of(of, now->held));
        *atoms_of(of, now->account, now->held) -= taken;
        *atoms_of(of, now->account, 0) += got * PPM / (PPM + of->bonus_ppm);
        money -= got;
        is_done = true;
    }
    return is_done;
}

// A loan of one coin against another: the collateral is sold for money, and that repays at the venue's own price.
static bool
sell_and_repay(pli_rehearsal *of, seizure *now, const char *market, pli_i128 wanted) {
    pli_i128 before = *atoms_of(of, now->account, 0);
    if (!sell_off(of, now, market, wanted)) {
        return false;
    }
    pli_i128 *money = atoms_of(of, now->account, 0);
    pli_i128 repaid = atoms_for(of, now->owed, *money - before, price_of(of, now->owed));
    repaid = repaid < now->debt ? repaid : now->debt;
    *atoms_of(of, now->account, now->owed) += repaid;
    *money -= money_for(of, now->owed, repaid, price_of(of, now->owed));
    return true;
}

// No book is told of: at the venue's own price, with the bonus.
static bool
swap(pli_rehearsal *of, const seizure *now, pli_i128 wanted) {
    pli_i128 value = pli_naive_value(&of->books, now->owed, wanted) * (PPM + of->bonus_ppm) / PPM;
    pli_i128 all = pli_naive_value(&of->books, now->held, now->collateral);
    pli_i128 share_ppm = value < all && all > 0 ? (value * PPM + all - 1) / all : PPM;
    pli_i128 seized = now->collateral * share_ppm / PPM;
    pli_i128 paid = value <= all ? wanted : value > 0 ? wanted * (all * PPM / value) / PPM : 0;
    *atoms_of(of, now->account, now->held) -= seized;
    *atoms_of(of, now->account, now->owed) += paid;
    return seized > 0;
}

bool
pli_rehearsal_seize(pli_rehearsal *of, uint32_t account) {
    seizure now;
    char market[96];
    bool has_bidders = false;
    if (!look(of, account, &now)) {
        return false;
    }
    if (now.held != 0 && now.owed == 0 && sell_to_bidder(of, &now, &has_bidders)) {
        return true;
    }
    if (has_bidders) {
        return false;
    }
    pli_i128 wanted = now.debt * of->close_factor_ppm / PPM;
    wanted = wanted < 1 ? 1 : wanted;
    bool is_done = false;
    if (now.held == 0 && market_of(of, now.owed, market, sizeof market)) {
        is_done = buy_back(of, &now, market, wanted);
    } else if (now.held != 0 && market_of(of, now.held, market, sizeof market)) {
        is_done = now.owed == 0 ? sell_off(of, &now, market, wanted)
                                : sell_and_repay(of, &now, market, wanted);
    } else {
        is_done = swap(of, &now, wanted);
    }
    if (is_done) {
        note_seizure(of, &now, "collateral seized");
    }
    return is_done;
}
