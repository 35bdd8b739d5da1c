/* rehearsal_naive.c: what the venue did with whoever was due: at once, whole, at any price. SPDX-License-Identifier: Apache-2.0 */
#include "base/libc.h"
#include "base/text.h"
#include "study/rehearsal_state.h"

#define PPM INT64_C(1000000)
#define NAIVE_ORDER_ID (UINT64_C(1) << 62)
#define ROUNDS_MAX 64u

// --- params_naive ----------------------------------------------------------------------------------------------------

// The first number of a text: "0.02 flat", "10% of price", "4.00 per MWh".
static bool
first_ppm(const char *text, int64_t *ppm) {
    char digits[32];
    pli_text to = pli_text_init(digits, sizeof digits);
    for (; (*text >= '0' && *text <= '9') || *text == '.'; text += 1) {
        pli_text_append_char(&to, *text);
    }
    if (!pli_number_is(digits)) {
        return false;
    }
    int64_t value = (int64_t)(pli_number_e18(digits) / 1000000000000);
    bool is_unit = *text == '\0' || *text == ' ' || *text == '%';
    *ppm = *text == '%' ? value / 100 : value;
    return is_unit;
}

static bool
has_word(const char *text, const char *word) {
    for (; *text != '\0'; text += 1) {
        size_t i = 0;
        while (word[i] != '\0' && text[i] == word[i]) {
            i += 1;
        }
        if (word[i] == '\0') {
            return true;
        }
    }
    return false;
}

static const char *
said(const pli_rehearsal *of, const char *key) {
    for (uint32_t i = 0; i < of->incident->naive_count && of->options.is_naive; i += 1) {
        if (pli_name_is(of->incident->naive[i].name, key)) {
            return of->incident->naive[i].value;
        }
    }
    return "";
}

// Does whoever asks for a price that cannot be read get nothing done?
static bool
fails_on_prices(const pli_rehearsal *of) {
    for (uint32_t i = 0; i < of->incident->naive_count; i += 1) {
        if (pli_name_is(of->incident->naive[i].name, "oracle_error")) {
            return pli_name_is(of->incident->naive[i].value, "revert");
        }
    }
    return false;
}

static void
read_fractions(pli_rehearsal *of) {
    pli_naive_terms *terms = &of->books.terms;
    int64_t ppm = 0;
    terms->initial_ppm = 100000;
    if (first_ppm(said(of, "max_leverage"), &ppm) && ppm > 0) {
        terms->initial_ppm = PPM * PPM / ppm;
    }
    if (first_ppm(said(of, "im"), &ppm) && ppm <= PPM) {
        terms->initial_ppm = ppm;
    }
    terms->maintenance_ppm = terms->initial_ppm / 2;
    if (first_ppm(said(of, "mm"), &ppm) && ppm <= PPM) {
        terms->maintenance_ppm = ppm;
    }
}

// "lt", or "lt.ETH" for one asset; "haircut" is the rest of one, "liq_ratio" its inverse.
static void
read_weight(pli_rehearsal *of, const char *key, const char *asset, int64_t *to) {
    char data[96];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, key);
    pli_text_append(&text, ".");
    pli_text_append(&text, asset);
    int64_t ppm = 0;
    bool is_said = first_ppm(said(of, data), &ppm) || first_ppm(said(of, key), &ppm);
    if (!is_said || ppm < 0) {
        return;
    }
    *to = pli_name_is(key, "haircut")                ? PPM - ppm
          : pli_name_is(key, "liq_ratio") && ppm > 0 ? PPM * PPM / ppm
                                                     : ppm;
}

static void
read_weights(pli_rehearsal *of) {
    static const char *const keys[] = {"haircut", "liq_ratio", "collateral_weight", "cf", "lt"};
    plm_listing listing = plm_core_listing(of->core);
    for (uint32_t i = 0; i < of->incident->asset_count; i += 1) {
        const char *name = of->incident->assets[i].name;
        uint32_t asset = pli_asset_named(of, name);
        if (asset == 0 || asset == PLM_NONE || asset >= listing.asset_count) {
            continue;
        }
        int64_t ppm = 900000;
        for (uint32_t at = 0; at < sizeof keys / sizeof keys[0]; at += 1) {
            read_weight(of, keys[at], name, &ppm);
        }
        of->books.keep_ppm[asset] = of->books.lend_ppm[asset] = ppm;
        read_weight(of, "ltv", name, &of->books.lend_ppm[asset]);
    }
    // a loan of coins against money: the threshold weighs the money
    if (said(of, "lt")[0] != '\0' || said(of, "ltv")[0] != '\0') {
        int64_t ppm = PPM;
        read_weight(of, "lt", "", &ppm);
        of->books.keep_ppm[0] = ppm;
        read_weight(of, "ltv", "", &ppm);
        of->books.lend_ppm[0] = ppm;
    }
}

void
pli_rehearsal_naive_terms(pli_rehearsal *of) {
    if (!of->has_books) {
        return;
    }
    of->books.listing = plm_core_listing(of->core);
    read_fractions(of);
    read_weights(of);
    pli_naive_terms *terms = &of->books.terms;
    terms->takes_any_order = pli_rehearsal_lacks(of, PLI_CONTROL_RSK_PRETRADE) ||
                             pli_rehearsal_lacks(of, PLI_CONTROL_LED_HEALTH);
    terms->pays_paper_gains = pli_rehearsal_lacks(of, PLI_CONTROL_RSK_UPNL) ||
                              pli_rehearsal_lacks(of, PLI_CONTROL_LED_CONSERVE) ||
                              pli_rehearsal_lacks(of, PLI_CONTROL_LED_HEALTH);
    terms->ignores_paper_gains = !of->options.is_naive && !terms->pays_paper_gains &&
                                 !pli_rehearsal_lacks(of, PLI_CONTROL_RSK_WITHDRAW);
    terms->takes_flags = pli_rehearsal_lacks(of, PLI_CONTROL_RSK_NOEXEMPT);
    terms->pays_unasked = pli_rehearsal_lacks(of, PLI_CONTROL_LED_HEALTH);
    terms->nets_legs = pli_rehearsal_lacks(of, PLI_CONTROL_RSK_CORR);
    of->bonus_ppm = 0;
    (void)first_ppm(said(of, "close_factor"), &of->close_factor_ppm);
    static const char *const bonuses[] = {"liquidation_discount", "liq_discount", "discount",
                                          "bonus"};
    for (uint32_t i = 0; i < sizeof bonuses / sizeof bonuses[0]; i += 1) {
        (void)first_ppm(said(of, bonuses[i]), &of->bonus_ppm);
    }
    of->rests_at_bankruptcy = has_word(said(of, "liq"), "bankrupt") ||
                              has_word(said(of, "unfilled_liquidation"), "bankrupt");
    of->closes_whole_winners = has_word(said(of, "adl_rank"), "whole");
}

// "account.NAME.FLAG" exempts, "CONTRACT.im" and "CONTRACT.mm" are the fractions, and a source nobody can read fails whoever asks.
void
pli_rehearsal_naive_set(pli_rehearsal *of, const pli_incident_event *event) {
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        char data[96];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, "account.");
        pli_text_append(&text, of->incident->accounts[i].name);
        pli_text_append(&text, ".*");
        if (pli_incident_matches(data, event->path) && of->books.terms.takes_flags) {
            of->books.is_exempt[i] = pli_name_is(event->value, "true");
        }
    }
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        char data[96];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, of->incident->instruments[i].name);
        pli_text_append(&text, ".*m");
        bool is_fraction = pli_incident_matches(data, event->path);
        bool is_initial = is_fraction && pli_incident_matches("*.im", event->path);
        bool is_maintenance = is_fraction && pli_incident_matches("*.mm", event->path);
        (void)(is_initial && first_ppm(event->value, &of->books.terms.initial_ppm));
        (void)(is_maintenance && first_ppm(event->value, &of->books.terms.maintenance_ppm));
    }
    if (pli_incident_matches("oracle*", event->path) && fails_on_prices(of)) {
        bool is_back = of->failed_path != NULL && pli_name_is(of->failed_path, event->path);
        of->are_prices_failing = !is_back;
        of->failed_path = is_back ? NULL : event->path;
    }
    if (of->param_count < PLI_PARAMS_MAX) {
        of->params[of->param_count++] = (pli_settled_param){event->path, false};
    }
}

// --- Who is due ------------------------------------------------------------------------------------------------------

static int64_t
held_lots(const pli_rehearsal *of, uint32_t account, uint32_t instrument) {
    return of->books.lots[(size_t)account * of->books.instrument_count + instrument];
}

static void
trade(pli_rehearsal *of, uint32_t account, uint32_t other, uint32_t instrument, int64_t lots,
      int64_t price_e8) {
    bool is_buy = lots > 0;
    (void)pli_rehearsal_trade(of, is_buy ? account : other, is_buy ? other : account, instrument,
                              is_buy ? lots : -lots, price_e8);
}

// The price at which the account would end with nothing, in 10^-8: where its order rests.
static int64_t
bankruptcy_e8(const pli_rehearsal *of, uint32_t account, uint32_t instrument) {
    int64_t lots = held_lots(of, account, instrument);
    const plm_instrument *terms = &of->books.listing.instruments[instrument];
    pli_i128 worth = pli_naive_worth(&of->books, account);
    int64_t price_e8 = of->books.marks_e8[instrument];
    if (of->listed[instrument].is_inverse) {
        // coins per lot beyond which nothing is left: N/p = N/mark + worth per lot
        pli_i128 coin_e8 = price_e8 > 0 ? (pli_i128)terms->lot_e8 * PLI_E8 / price_e8 : 0;
        pli_i128 more = price_e8 > 0 ? worth * 100 * PLI_E8 / price_e8 / lots : 0;
        return coin_e8 + more > 0 ? (int64_t)((pli_i128)terms->lot_e8 * PLI_E8 / (coin_e8 + more))
                                  : price_e8;
    }
    pli_i128 units_e8 = (pli_i128)lots * terms->lot_e8;
    return units_e8 == 0 ? price_e8 : price_e8 - (int64_t)(worth * PLI_E8 * 100 / units_e8);
}

// Winners on the other side, the most profitable first, each closed whole whatever is needed.
static void
close_winners(pli_rehearsal *of, uint32_t account, uint32_t instrument) {
    int64_t left = held_lots(of, account, instrument), mark_e8 = of->books.marks_e8[instrument];
    pli_i128 unit = of->listed[instrument].lot_e18 / PLI_E8 * mark_e8;
    of->bankrupt_micros += (left < 0 ? -left : left) * unit / 1000000000000;
    for (uint32_t round = 0; round < of->incident->account_count && left != 0; round += 1) {
        uint32_t best = PLM_NONE;
        pli_i128 most = 0;
        for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
            int64_t lots = held_lots(of, i, instrument);
            pli_i128 worth = pli_naive_worth(&of->books, i);
            if (i == account || lots == 0 || (lots > 0) == (left > 0) || worth <= 0) {
                continue;
            }
            pli_i128 rank = (lots < 0 ? -(pli_i128)lots : lots) * unit / 1000000 / worth;
            if (best == PLM_NONE || rank > most) {
                best = i;
                most = rank;
            }
        }
        if (best == PLM_NONE) {
            return;
        }
        int64_t theirs = held_lots(of, best, instrument);
        int64_t taken =
            (theirs < 0 ? -theirs : theirs) < (left < 0 ? -left : left) ? -theirs : left;
        trade(of, account, best, instrument, -taken, mark_e8);
        if (theirs + taken != 0) { // the rest of it too
            trade(of, best, of->outside, instrument, -(theirs + taken), mark_e8);
        }
        of->adl_count += 1;
        of->adl_micros += (theirs < 0 ? -theirs : theirs) * unit / 1000000000000;
        left -= taken;
        pli_rehearsal_note(of, 0, of->incident->accounts[best].name, "closed whole", "");
    }
}

static void
close_position(pli_rehearsal *of, uint32_t account, uint32_t instrument) {
    int64_t lots = held_lots(of, account, instrument), mark_e8 = of->books.marks_e8[instrument];
    if (lots == 0) {
        return;
    }
    if (of->backstop_micros > 0) { // at the mark, whatever the way out costs
        trade(of, account, of->house, instrument, -lots, mark_e8);
        return;
    }
    if (of->incident->ladder_count ==
        0) { // the file knows of no book: somebody takes it at the mark
        trade(of, account, of->outside, instrument, -lots, mark_e8);
        return;
    }
    int64_t limit_e8 = lots > 0 ? INT64_MIN : INT64_MAX;
    if (of->rests_at_bankruptcy) {
        limit_e8 = bankruptcy_e8(of, account, instrument);
    }
    (void)pli_rehearsal_hit(of, account, instrument, -lots, limit_e8, NAIVE_ORDER_ID);
    if (of->closes_whole_winners && held_lots(of, account, instrument) != 0 &&
        pli_naive_worth(&of->books, account) < 0) {
        close_winners(of, account, instrument);
    }
}

// What is left of a closed account below zero is paid by the fund, as far as it goes.
static void
cover(pli_rehearsal *of, uint32_t account) {
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        if (held_lots(of, account, i) != 0) {
            return;
        }
    }
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        uint32_t asset = of->listed[i].asset;
        pli_i128 *atoms = &of->books.atoms[(size_t)account * of->books.asset_count + asset];
        pli_i128 wanted = *atoms < 0 ? -*atoms : 0;
        pli_i128 paid = wanted < of->books.insurance[asset] ? wanted : of->books.insurance[asset];
        *atoms += paid;
        of->books.insurance[asset] -= paid;
        of->deficit_covered += pli_rehearsal_value(of, asset, paid, false);
    }
}

static bool
has_loan(const pli_rehearsal *of, uint32_t account) {
    for (uint32_t i = 0; i < of->books.listing.asset_count; i += 1) {
        if (of->books.atoms[(size_t)account * of->books.asset_count + i] < 0) {
            return true;
        }
    }
    return false;
}

static void
close_out(pli_rehearsal *of, uint32_t account) {
    pli_actor *actor = &of->actors[account];
    if (!actor->is_liquidated) {
        pli_rehearsal_note(of, 0, of->incident->accounts[account].name, "due", "");
        actor->is_liquidated = true;
    }
    bool had_positions = false;
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        had_positions = had_positions || held_lots(of, account, i) != 0;
        close_position(of, account, i);
    }
    if (had_positions) {
        cover(of, account);
        return;
    }
    for (uint32_t i = 0; i < ROUNDS_MAX && has_loan(of, account) &&
                         pli_naive_is_due(&of->books, account) && pli_rehearsal_seize(of, account);
         i += 1) {
    }
}

void
pli_rehearsal_naive_work(pli_rehearsal *of) {
    of->books.listing = plm_core_listing(of->core);
    for (uint32_t i = 0; i < of->incident->account_count && !of->is_opening; i += 1) {
        if (!of->are_prices_failing && pli_naive_is_due(&of->books, i)) {
            close_out(of, i);
        }
    }
}

// A ladder of no contract is that of long legs less short legs, which go together; other legs go each on its own.
void
pli_rehearsal_naive_close(pli_rehearsal *of, uint32_t account) {
    uint32_t up = PLM_NONE, down = PLM_NONE;
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        int64_t lots = held_lots(of, account, i);
        up = lots > 0 ? i : up;
        down = lots < 0 ? i : down;
    }
    for (uint32_t i = 0; i < of->incident->ladder_count && up != PLM_NONE && down != PLM_NONE;
         i += 1) {
        const pli_incident_ladder *ladder = &of->incident->ladders[i];
        int64_t price_e8 = 0;
        pli_i128 *left = NULL;
        if (pli_instrument_named(of, ladder->market) != PLM_NONE ||
            !pli_rehearsal_best(of, ladder->market, true, &price_e8, &left)) {
            continue;
        }
        int64_t lots = pli_lots_of(of, up, *left);
        lots = lots < held_lots(of, account, up) ? lots : held_lots(of, account, up);
        lots = lots < -held_lots(of, account, down) ? lots : -held_lots(of, account, down);
        int64_t first_e8 = of->books.marks_e8[up];
        *left -= lots * of->listed[up].lot_e18;
        trade(of, account, of->outside, up, -lots, first_e8);
        trade(of, account, of->outside, down, lots, first_e8 - price_e8);
    }
    of->actors[account].is_liquidated = true;
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        close_position(of, account, i);
    }
    cover(of, account);
}
