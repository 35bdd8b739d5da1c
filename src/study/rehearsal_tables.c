/* rehearsal_tables.c: which prices, assets and contracts a file speaks of.           SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "study/rehearsal_state.h"

#define SECOND_NS INT64_C(1000000000)
#define FAR_NS (INT64_C(365) * 86400 * SECOND_NS)
#define LOTS_WANTED ((pli_i128)1000000000)

static pli_symbol *
symbol_of(pli_rehearsal *of, const char *name) {
    uint32_t index = pli_symbol_named(of, name);
    if (index != PLM_NONE) {
        return &of->symbols[index];
    }
    if (of->symbol_count == PLI_SYMBOLS_MAX) {
        pli_rehearsal_fail(of, of->incident->path, ": more than 64 prices", NULL);
        return &of->symbols[0];
    }
    pli_symbol *symbol = &of->symbols[of->symbol_count++];
    *symbol = (pli_symbol){.name = name, .composition = "", .seen_e8 = INT64_MIN};
    return symbol;
}

static void
add_voice(pli_symbol *symbol, const char *name) {
    for (uint32_t i = 0; i < symbol->voice_count; i += 1) {
        if (pli_name_is(symbol->voices[i].name, name)) {
            return;
        }
    }
    // A redemption value is no market: it is what the market is held against (ANCHOR).
    if (symbol->voice_count < PLI_SOURCES_MAX && !pli_name_is(name, "redemption")) {
        symbol->voices[symbol->voice_count++] = (pli_voice){.name = name, .is_up = true};
    }
}

static bool
is_asset_of(const pli_incident *from, const char *name) {
    for (uint32_t i = 0; i < from->asset_count; i += 1) {
        if (pli_name_is(from->assets[i].name, name)) {
            return true;
        }
    }
    return false;
}

// The first quote that is no asset of the file: contracts are valued in what nobody holds.
static const char *
outer_quote(const pli_incident *from) {
    for (uint32_t i = 0; i < from->instrument_count; i += 1) {
        if (!is_asset_of(from, from->instruments[i].quote)) {
            return from->instruments[i].quote;
        }
    }
    return NULL;
}

// The first asset of a kind that no price is told of.
static uint32_t
unpriced(const pli_rehearsal *of, const char *kind) {
    const pli_incident *from = of->incident;
    for (uint32_t i = 0; i < from->asset_count; i += 1) {
        bool has_price = pli_symbol_named(of, from->assets[i].name) != PLM_NONE;
        if (pli_name_is(from->assets[i].kind, kind) && !has_price) {
            return i;
        }
    }
    return PLM_NONE;
}

// The valuation currency is the first cash asset that no price is told of; then a quote that is no asset of the file;
// then the first stable asset without a price. Where there is none of them, it is one that nobody holds.
static void
choose_currency(pli_rehearsal *of) {
    const pli_incident *from = of->incident;
    const char *quote = outer_quote(from);
    of->currency = unpriced(of, "cash");
    if (of->currency == PLM_NONE && quote == NULL) {
        of->currency = unpriced(of, "stable");
    }
    of->currency_name = of->currency != PLM_NONE    ? from->assets[of->currency].name
                        : quote != NULL             ? quote
                        : !is_asset_of(from, "USD") ? "USD"
                                                    : "numeraire";
    of->asset_count = from->asset_count + (of->currency == PLM_NONE ? 1 : 0);
}

// Money of which no price is told is worth what it is redeemed for, or one.
static void
price_at_par(pli_rehearsal *of, const pli_incident_asset *asset) {
    bool is_money = pli_name_is(asset->kind, "cash") || pli_name_is(asset->kind, "stable");
    pli_symbol *symbol = symbol_of(of, asset->name);
    if (!is_money || symbol->oracle != NULL || symbol->voice_count > 0 || symbol->first_e8 != 0) {
        return;
    }
    bool is_redeemed = pli_price_e8(asset->redemption, &symbol->first_e8);
    symbol->first_e8 = is_redeemed && symbol->first_e8 > 0 ? symbol->first_e8 : PLI_E8;
    symbol->is_at_par = true;
}

static void
collect_symbols(pli_rehearsal *of) {
    const pli_incident *from = of->incident;
    for (uint32_t i = 0; i < from->oracle_count; i += 1) {
        pli_symbol *symbol = symbol_of(of, from->oracles[i].symbol);
        symbol->oracle = &from->oracles[i];
        symbol->composition = from->oracles[i].composition;
        bool is_composed = from->oracles[i].composition[0] != '\0';
        for (uint32_t at = 0; at < from->oracles[i].source_count && !is_composed; at += 1) {
            add_voice(symbol, from->oracles[i].sources[at]);
        }
    }
    for (uint32_t i = 0; i < from->event_count; i += 1) {
        const pli_incident_event *event = &from->events[i];
        if (event->kind != PLI_INCIDENT_ORACLE || event->symbol[0] == '\0') {
            continue;
        }
        pli_symbol *symbol = symbol_of(of, event->symbol);
        if (!pli_name_is(event->source, "*")) {
            add_voice(symbol, event->source);
        }
        if (symbol->first_e8 == 0) {
            (void)pli_price_e8(event->price, &symbol->first_e8);
        }
    }
    choose_currency(of);
    for (uint32_t i = 0; i < from->asset_count; i += 1) {
        if (i != of->currency) {
            symbol_of(of, from->assets[i].name)->is_asset = true;
            price_at_par(of, &from->assets[i]);
        }
    }
    for (uint32_t i = 0; i < from->instrument_count; i += 1) {
        pli_symbol *symbol = symbol_of(of, from->instruments[i].base);
        bool is_any = pli_name_is(from->instruments[i].domain, "any");
        symbol->is_any =
            symbol->is_any ||
            (is_any && (of->has_books || !pli_rehearsal_lacks(of, PLI_CONTROL_RSK_NEG)));
    }
}

// "A * B": the product of two prices; a single name is that price.
static void
compose_first(pli_rehearsal *of, pli_symbol *symbol) {
    if (symbol->composition[0] == '\0' || symbol->first_e8 != 0) {
        return;
    }
    pli_i128 product = PLI_E8;
    const char *at = symbol->composition;
    while (*at != '\0') {
        char name[64];
        pli_text text = pli_text_init(name, sizeof name);
        for (; *at != '\0' && *at != ' ' && *at != '*'; at += 1) {
            pli_text_append_char(&text, *at);
        }
        for (; *at == ' ' || *at == '*'; at += 1) {
        }
        uint32_t part = pli_symbol_named(of, name);
        product = product * (part != PLM_NONE ? of->symbols[part].first_e8 : 0) / PLI_E8;
    }
    symbol->first_e8 = product <= PLM_PRICE_E8_MAX ? (int64_t)product : 0;
}

// A price with one source that prices only the venue's own contracts is the venue's own record, as at an exchange that
// fixes its own settlement prices. One that prices collateral must have its quorum.
static void
decide_operators(pli_rehearsal *of) {
    bool is_own_formula = of->options.is_naive || pli_rehearsal_lacks(of, PLI_CONTROL_ORA_MEDIAN);
    for (uint32_t i = 0; i < of->symbol_count; i += 1) {
        pli_symbol *symbol = &of->symbols[i];
        compose_first(of, symbol);
        bool is_changeable =
            symbol->composition[0] != '\0' && pli_rehearsal_lacks(of, PLI_CONTROL_GOV_SHADOW);
        symbol->is_operated =
            is_own_formula || is_changeable || symbol->is_at_par ||
            (symbol->voice_count == 1 && !symbol->is_asset && symbol->oracle != NULL);
    }
}

static pli_i128
magnitude(pli_i128 value) {
    return value < 0 ? -value : value;
}

// The most that may be open, in units: what decides how fine a lot can be.
static pli_i128
most_units(const pli_rehearsal *of, uint32_t index) {
    const pli_incident *from = of->incident;
    const char *name = from->instruments[index].name;
    pli_i128 most = PLI_E18 / 1000;
    for (uint32_t i = 0; i < from->account_count; i += 1) {
        for (uint32_t at = 0; at < from->accounts[i].position_count; at += 1) {
            const pli_incident_position *position = &from->accounts[i].positions[at];
            most += pli_name_is(position->instrument, name)
                        ? magnitude(pli_number_e18(position->quantity))
                        : 0;
        }
    }
    for (uint32_t i = 0; i < from->event_count; i += 1) {
        const pli_incident_event *event = &from->events[i];
        if (!pli_name_is(event->instrument, name)) {
            continue;
        }
        most += magnitude(pli_number_e18(event->quantity));
        most += magnitude(pli_number_e18(event->quantity_each)) * event->count;
        most += event->kind == PLI_INCIDENT_TRADE_EACH ? 1000000 * PLI_E18 : 0;
    }
    return most;
}

static int64_t
expiry_of(const pli_rehearsal *of, const pli_incident_instrument *instrument) {
    const pli_incident *from = of->incident;
    if (instrument->kind[0] == 'p' || pli_name_is(instrument->kind, "inverse_perp")) {
        return 0;
    }
    for (uint32_t i = 0; i < from->event_count; i += 1) {
        if (from->events[i].kind == PLI_INCIDENT_SETTLE &&
            pli_name_is(from->events[i].instrument, instrument->name)) {
            return from->start_ns + from->events[i].time_ms * PLI_MS;
        }
    }
    return from->start_ns + FAR_NS;
}

static void
collect_instruments(pli_rehearsal *of) {
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        const pli_incident_instrument *from = &of->incident->instruments[i];
        pli_listed *to = &of->listed[i];
        to->is_inverse = pli_incident_matches("inverse*", from->kind);
        to->symbol = pli_symbol_named(of, from->base);
        to->asset = pli_asset_named(of, to->is_inverse ? from->base : from->quote);
        to->expiry_ns = expiry_of(of, from);
        to->settled_e8 = INT64_MIN;
        to->lot_e18 = 10000000000;
        while (most_units(of, i) / to->lot_e18 > LOTS_WANTED) {
            to->lot_e18 *= 10;
        }
        if (to->asset == PLM_NONE) {
            pli_rehearsal_fail(of, from->name, ": what it settles in is no asset of the file",
                               NULL);
        }
    }
}

void
pli_rehearsal_tables(pli_rehearsal *of) {
    collect_symbols(of);
    decide_operators(of);
    of->instrument_count = of->incident->instrument_count;
    collect_instruments(of);
}
