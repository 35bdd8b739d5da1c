/* rehearsal_prices.c: what sources say, what the venue makes of it, and the marks.    SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "study/rehearsal_state.h"

#define DAY_NS (INT64_C(86400) * 1000000000)
#define HOUR_MS INT64_C(3600000)

// --- The engine's own feed -------------------------------------------------------------------------------------------

static void
list_source(pli_rehearsal *of, uint32_t symbol, uint32_t voice) {
    const pli_symbol *from = &of->symbols[symbol];
    plm_event_source *body = &pli_rehearsal_event(of, PLM_EVENT_TYPE_SOURCE, PLM_NONE)->source_body;
    body->underlying_index = symbol;
    body->source_index = voice;
    body->weight = 1;
    body->public_key[0] = (uint8_t)(symbol + 1);
    body->public_key[1] = (uint8_t)(voice + 1);
    bool has_clamps = from->oracle != NULL && !pli_rehearsal_lacks(of, PLI_CONTROL_ORA_FLOOR) &&
                      (from->oracle->clamp_low[0] != '\0' || from->oracle->clamp_high[0] != '\0');
    if (has_clamps) {
        body->clamp_low_e8 = -PLM_PRICE_E8_MAX;
        body->clamp_high_e8 = PLM_PRICE_E8_MAX;
        (void)pli_price_e8(from->oracle->clamp_low, &body->clamp_low_e8);
        (void)pli_price_e8(from->oracle->clamp_high, &body->clamp_high_e8);
    }
    body->is_own = pli_incident_matches("own*", from->voices[voice].name) &&
                   !pli_rehearsal_lacks(of, PLI_CONTROL_ORA_ANCHOR);
    pli_rehearsal_must(of, "listing a source");
    of->symbols[symbol].voices[voice].is_listed = true;
}

static void
list_anchor(pli_rehearsal *of, const pli_incident_asset *asset) {
    uint32_t symbol = pli_symbol_named(of, asset->name);
    bool has_value = asset->redemption[0] != '\0' || asset->redemption_ratio[0] != '\0';
    if (symbol == PLM_NONE || !has_value || of->symbols[symbol].is_operated ||
        pli_rehearsal_lacks(of, PLI_CONTROL_ORA_ANCHOR)) {
        return;
    }
    uint32_t base =
        asset->redemption_ratio[0] != '\0' ? pli_symbol_named(of, asset->underlying) : PLM_NONE;
    if (asset->redemption_ratio[0] != '\0' && base == PLM_NONE) {
        return;
    }
    plm_event_anchor *body = &pli_rehearsal_event(of, PLM_EVENT_TYPE_ANCHOR, PLM_NONE)->anchor_body;
    body->underlying_index = symbol;
    body->is_present = 1;
    body->base_underlying_index = base;
    body->ratio_underlying_index = PLM_NONE;
    (void)pli_price_e8(base != PLM_NONE ? asset->redemption_ratio : asset->redemption,
                       &body->ratio_e8);
    pli_rehearsal_must(of, "listing an anchor");
}

// Each source begins with the first price that it, or all of them, report in the file.
static void
hear_first(pli_rehearsal *of, uint32_t symbol) {
    for (uint32_t i = 0; i < of->incident->event_count; i += 1) {
        const pli_incident_event *event = &of->incident->events[i];
        if (event->kind != PLI_INCIDENT_ORACLE ||
            !pli_name_is(event->symbol, of->symbols[symbol].name)) {
            continue;
        }
        for (uint32_t at = 0; at < of->symbols[symbol].voice_count; at += 1) {
            pli_voice *voice = &of->symbols[symbol].voices[at];
            bool is_said = event->time_ms == 0 && pli_incident_matches(event->source, voice->name);
            if (is_said && !voice->is_heard) {
                voice->is_heard = pli_price_e8(event->price, &voice->price_e8);
            }
        }
    }
}

void
pli_rehearsal_sources(pli_rehearsal *of) {
    for (uint32_t i = 0; i < of->symbol_count; i += 1) {
        hear_first(of, i);
        for (uint32_t at = 0; at < of->symbols[i].voice_count && !of->symbols[i].is_operated;
             at += 1) {
            list_source(of, i, at);
        }
    }
    for (uint32_t i = 0; i < of->incident->asset_count; i += 1) {
        list_anchor(of, &of->incident->assets[i]);
    }
}

static void
report(pli_rehearsal *of, uint32_t symbol, uint32_t voice) {
    pli_voice *from = &of->symbols[symbol].voices[voice];
    plm_event_price_report *body =
        &pli_rehearsal_event(of, PLM_EVENT_TYPE_PRICE_REPORT, PLM_NONE)->price_report_body;
    from->report_count += 1;
    body->underlying_index = symbol;
    body->source_index = voice;
    body->report_sequence = from->report_count;
    body->publish_ns = of->time_ns;
    body->valid_from_ns = of->time_ns;
    body->expires_ns = of->time_ns + DAY_NS;
    body->price_e8 = from->price_e8;
    body->confidence_e8 = from->confidence_e8;
    body->status = PLM_REPORT_STATUS_OPEN;
    body->network = plm_core_limits_of(of->core)->network_id;
    pli_rehearsal_must(of, "a price report");
}

// --- The venue's own formula -----------------------------------------------------------------------------------------

static void
sort(int64_t *values, uint32_t count) {
    for (uint32_t i = 1; i < count; i += 1) {
        for (uint32_t at = i; at > 0 && values[at] < values[at - 1]; at -= 1) {
            int64_t other = values[at];
            values[at] = values[at - 1];
            values[at - 1] = other;
        }
    }
}

static int64_t
mean(const int64_t *values, uint32_t count) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        sum += values[i];
    }
    return count > 0 ? (int64_t)(sum / count) : 0;
}

static int64_t
median(int64_t *values, uint32_t count) {
    sort(values, count);
    return count == 0 ? 0 : mean(&values[(count - 1) / 2], 2 - count % 2);
}

// Who believes everybody believes a price beyond all prices, too, as far as prices go.
static bool
believed_e8(const char *text, int64_t *price_e8) {
    if (pli_price_e8(text, price_e8) || !pli_number_is(text)) {
        return pli_price_e8(text, price_e8);
    }
    *price_e8 = text[0] == '-' ? -PLM_PRICE_E8_MAX : PLM_PRICE_E8_MAX;
    return true;
}

// What the file has said of a symbol up to a moment: by each voice, and last by anyone.
static uint32_t
heard_until(const pli_rehearsal *of, const pli_symbol *symbol, int64_t time_ms, const char *among,
            int64_t *values, int64_t *last) {
    uint32_t count = 0;
    for (uint32_t at = 0; at < symbol->voice_count; at += 1) {
        const pli_voice *voice = &symbol->voices[at];
        bool is_heard = false;
        for (uint32_t i = 0; i < of->incident->event_count; i += 1) {
            const pli_incident_event *event = &of->incident->events[i];
            bool is_first = event->time_ms == 0;
            if (event->kind == PLI_INCIDENT_ORACLE && (is_first || event->time_ms <= time_ms) &&
                pli_name_is(event->symbol, symbol->name) &&
                pli_incident_matches(event->source, voice->name)) {
                is_heard = believed_e8(event->price, &values[count]) || is_heard;
            }
        }
        bool is_wanted = among == NULL || pli_incident_matches(among, voice->name);
        count += is_heard && is_wanted && voice->is_up ? 1 : 0;
    }
    for (uint32_t i = 0; i < of->incident->event_count; i += 1) {
        const pli_incident_event *event = &of->incident->events[i];
        bool is_said =
            (event->kind == PLI_INCIDENT_ORACLE && pli_name_is(event->symbol, symbol->name)) ||
            event->kind == PLI_INCIDENT_PRINT;
        if (is_said && (event->time_ms == 0 || event->time_ms <= time_ms)) {
            (void)believed_e8(event->price, last);
        }
    }
    return count;
}

static int64_t
compose(pli_rehearsal *of, const char *at) {
    pli_i128 product = PLI_E8;
    while (*at != '\0') {
        char name[64];
        pli_text text = pli_text_init(name, sizeof name);
        for (; *at != '\0' && *at != ' ' && *at != '*'; at += 1) {
            pli_text_append_char(&text, *at);
        }
        for (; *at == ' ' || *at == '*'; at += 1) {
        }
        uint32_t part = pli_symbol_named(of, name);
        bool is_heard = part != PLM_NONE && of->symbols[part].voice_count > 0;
        product = product * (is_heard ? of->symbols[part].voices[0].price_e8 : 0) / PLI_E8;
    }
    return product <= PLM_PRICE_E8_MAX ? (int64_t)product : 0;
}

static int64_t
mean_of_named(const pli_rehearsal *of, const pli_symbol *symbol, int64_t time_ms,
              const char *list) {
    int64_t values[PLI_SOURCES_MAX + 1], last = 0;
    uint32_t count = 0;
    while (*list != '\0' && *list != ')') {
        char name[64];
        pli_text text = pli_text_init(name, sizeof name);
        for (; *list != '\0' && *list != ',' && *list != ')'; list += 1) {
            if (*list != ' ') {
                pli_text_append_char(&text, *list);
            }
        }
        list += *list == ',' ? 1 : 0;
        count += count < PLI_SOURCES_MAX
                     ? heard_until(of, symbol, time_ms, name, &values[count], &last)
                     : 0;
    }
    return mean(values, count);
}

// Does the formula name one of the sources, whose price it is then?
static bool
is_voice(const pli_symbol *symbol, const char *formula) {
    for (uint32_t i = 0; i < symbol->voice_count; i += 1) {
        if (pli_name_is(symbol->voices[i].name, formula)) {
            return symbol->voices[i].is_up;
        }
    }
    return false;
}

// "max(A, last)": no less than A.
static int64_t
at_least(const char *formula, int64_t last) {
    char digits[32];
    pli_text text = pli_text_init(digits, sizeof digits);
    for (; *formula != '\0' && *formula != ','; formula += 1) {
        pli_text_append_char(&text, *formula);
    }
    int64_t least = last;
    return pli_price_e8(digits, &least) && least > last ? least : last;
}

static int64_t
formula_price(pli_rehearsal *of, const pli_symbol *symbol) {
    int64_t values[PLI_SOURCES_MAX + 1], last = 0;
    const char *formula = symbol->oracle != NULL ? symbol->oracle->aggregator : "last";
    int64_t now_ms = (of->time_ns - of->incident->start_ns) / PLI_MS;
    if (symbol->composition[0] != '\0') {
        return compose(of, symbol->composition);
    }
    if (pli_name_is(formula, "median_delayed_1h")) {
        now_ms -= HOUR_MS;
    }
    bool is_own = pli_incident_matches("own*", formula);
    uint32_t count = heard_until(of, symbol, now_ms, is_own ? "own_book" : NULL, values, &last);
    if (count == 0) { // nobody is up: what was said last
        return last;
    }
    if (pli_incident_matches("mean(*", formula)) {
        return mean_of_named(of, symbol, now_ms, formula + 5);
    }
    if (is_voice(symbol, formula)) {
        return mean_of_named(of, symbol, now_ms, formula);
    }
    if (pli_incident_matches("max(*", formula)) {
        return at_least(formula + 4, last);
    }
    if (is_own) {
        return values[0];
    }
    if (pli_incident_matches("trimmed_mean*", formula) && count >= 3) {
        sort(values, count);
        return mean(values + 1, count - 2);
    }
    if (pli_incident_matches("mean*", formula)) {
        return count >= 3 ? median(values, count) : mean(values, count);
    }
    return pli_incident_matches("last*", formula) || pli_name_is(formula, "fix")
               ? last
               : median(values, count);
}

// A source that is less certain than the feed's own rule allows says no price, to an operator either.
static bool
is_uncertain(const pli_rehearsal *of, const pli_symbol *symbol) {
    plm_feed_parameters feed;
    plm_record_init(&plm_feed_descriptor, &feed);
    const pli_voice *voice = &symbol->voices[0];
    pli_i128 price_e8 = voice->price_e8 < 0 ? -(pli_i128)voice->price_e8 : voice->price_e8;
    return !of->options.is_naive && symbol->voice_count > 0 &&
           (pli_i128)voice->confidence_e8 * 1000000 > price_e8 * feed.confidence_max_ppm;
}

static void
quote(pli_rehearsal *of, uint32_t symbol) {
    const pli_symbol *from = &of->symbols[symbol];
    if (is_uncertain(of, from)) {
        return;
    }
    bool is_formula = of->options.is_naive || pli_rehearsal_lacks(of, PLI_CONTROL_ORA_MEDIAN);
    int64_t price_e8 = from->is_at_par                        ? from->first_e8
                       : is_formula || from->voice_count == 0 ? formula_price(of, from)
                       : from->voices[0].is_heard             ? from->voices[0].price_e8
                                                              : 0;
    if (price_e8 == 0 && from->first_e8 != 0 && of->is_opening) {
        price_e8 = from->first_e8;
    }
    of->books.prices_e8[symbol] = price_e8;
    plm_event_price *body = &pli_rehearsal_event(of, PLM_EVENT_TYPE_PRICE, PLM_NONE)->price_body;
    body->underlying_index = symbol;
    body->state = PLM_PRICE_STATE_VALID;
    body->price_e8 = price_e8;
    body->slow_e8 = price_e8;
    body->publish_ns = of->time_ns;
    (void)pli_rehearsal_apply(of); // a price that is none is refused, and the last one stands
}

// --- Marks -----------------------------------------------------------------------------------------------------------

static int64_t
option_mark(const pli_rehearsal *of, uint32_t index, int64_t price_e8) {
    const pli_incident_instrument *option = &of->incident->instruments[index];
    int64_t strike_e8 = 0, fair_e8 = 0;
    (void)pli_price_e8(option->strike, &strike_e8);
    for (uint32_t i = 0; i < of->incident->event_count; i += 1) {
        if (pli_name_is(of->incident->events[i].instrument, option->name)) {
            (void)pli_price_e8(of->incident->events[i].fair_value, &fair_e8);
        }
    }
    int64_t inside_e8 = option->right[0] == 'C' ? price_e8 - strike_e8 : strike_e8 - price_e8;
    return inside_e8 > fair_e8 ? inside_e8 : fair_e8;
}

// The naive books follow whatever price there is.
static void
mark_books(pli_rehearsal *of) {
    for (uint32_t i = 0; i < of->symbol_count && !of->options.is_naive; i += 1) {
        int64_t price_e8 = pli_rehearsal_price(of, i);
        of->books.prices_e8[i] = price_e8 != 0 ? price_e8 : of->books.prices_e8[i];
    }
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        int64_t price_e8 = of->books.prices_e8[of->listed[i].symbol];
        bool is_option = of->incident->instruments[i].kind[0] == 'o';
        of->books.marks_e8[i] = is_option ? option_mark(of, i, price_e8) : price_e8;
        if (of->has_books) {
            of->listed[i].mark_e8 = of->books.marks_e8[i];
        }
    }
}

static void
mark(pli_rehearsal *of, uint32_t index) {
    pli_listed *listed = &of->listed[index];
    if (of->has_books) {
        return;
    }
    const plm_price_record *price = &plm_core_market(of->core).underlyings[listed->symbol].price;
    if (price->state != PLM_PRICE_STATE_VALID || listed->settled_e8 != INT64_MIN ||
        (listed->expiry_ns != 0 && of->time_ns >= listed->expiry_ns)) {
        return;
    }
    bool is_option = of->incident->instruments[index].kind[0] == 'o';
    int64_t mark_e8 = is_option ? option_mark(of, index, price->price_e8) : price->price_e8;
    if (mark_e8 == listed->mark_e8 && plm_core_market(of->core).marks[index].is_present) {
        return;
    }
    plm_event_mark *body = &pli_rehearsal_event(of, PLM_EVENT_TYPE_MARK, PLM_NONE)->mark_body;
    body->instrument_index = index;
    body->is_present = 1;
    body->mark_e8 = mark_e8;
    listed->mark_e8 = pli_rehearsal_apply(of) ? mark_e8 : listed->mark_e8;
}

static void
track(pli_rehearsal *of, uint32_t index) {
    pli_symbol *symbol = &of->symbols[index];
    const plm_price_record *published = &plm_core_market(of->core).underlyings[index].price;
    const plm_price_record naive = {.price_e8 = of->books.prices_e8[index],
                                    .state = PLM_PRICE_STATE_VALID};
    const plm_price_record *price = of->options.is_naive ? &naive : published;
    int64_t now_ms = (of->time_ns - of->incident->start_ns) / PLI_MS;
    if (price->state != symbol->state && of->turn_count < PLI_TURNS_MAX) {
        of->turns[of->turn_count++] = (pli_price_turn){now_ms, index, price->state};
        symbol->state = price->state;
        if (price->state == PLM_PRICE_STATE_HELD) {
            pli_rehearsal_widen(of, index);
        }
    }
    if (price->state != PLM_PRICE_STATE_VALID || of->is_opening) {
        return;
    }
    bool is_first = symbol->seen_e8 == INT64_MIN;
    of->last_active_ns =
        is_first || price->price_e8 != symbol->seen_e8 ? of->time_ns : of->last_active_ns;
    symbol->seen_e8 = price->price_e8;
    symbol->low_e8 =
        is_first || price->price_e8 < symbol->low_e8 ? price->price_e8 : symbol->low_e8;
    symbol->high_e8 =
        is_first || price->price_e8 > symbol->high_e8 ? price->price_e8 : symbol->high_e8;
}

static void
follow(pli_rehearsal *of) {
    for (uint32_t i = 0; i < of->symbol_count; i += 1) {
        track(of, i);
    }
    mark_books(of);
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        mark(of, i);
    }
}

// An operator who has a price from somebody repeats it; one whose every source is down has none.
static bool
has_speaker(const pli_symbol *symbol) {
    bool is_up = symbol->voice_count == 0;
    for (uint32_t at = 0; at < symbol->voice_count; at += 1) {
        is_up = is_up || symbol->voices[at].is_up;
    }
    return is_up;
}

// Nobody has told the operator anything for longer than the feed's own rule allows: the price is said to be old.
static void
admit_age(pli_rehearsal *of, uint32_t symbol) {
    const plm_price_record *price = &plm_core_market(of->core).underlyings[symbol].price;
    plm_feed_parameters feed;
    plm_record_init(&plm_feed_descriptor, &feed);
    if (price->state != PLM_PRICE_STATE_VALID ||
        of->time_ns - price->publish_ns <= feed.age_strict_ns) {
        return;
    }
    plm_event_price *body = &pli_rehearsal_event(of, PLM_EVENT_TYPE_PRICE, PLM_NONE)->price_body;
    body->underlying_index = symbol;
    body->state = PLM_PRICE_STATE_STALE;
    body->price_e8 = price->price_e8;
    body->slow_e8 = price->slow_e8;
    body->confidence_e8 = price->confidence_e8;
    body->publish_ns = price->publish_ns;
    pli_rehearsal_must(of, "a price that has grown old");
}

// Time passes where nobody says anything, too: prices age by it.
static void
pass_time(pli_rehearsal *of) {
    if (plm_core_time(of->core).ns < of->time_ns) {
        (void)pli_rehearsal_event(of, PLM_EVENT_TYPE_TIME, PLM_NONE);
        pli_rehearsal_must(of, "time");
    }
}

void
pli_rehearsal_beat(pli_rehearsal *of) {
    bool repeats_all = pli_rehearsal_lacks(of, PLI_CONTROL_ORA_STALE);
    for (uint32_t i = 0; i < of->symbol_count && of->status == PLM_OK; i += 1) {
        const pli_symbol *symbol = &of->symbols[i];
        if (symbol->is_operated) {
            bool is_silent = !has_speaker(symbol) || is_uncertain(of, symbol);
            if (!is_silent || repeats_all || of->options.is_naive) {
                quote(of, i);
            } else {
                admit_age(of, i);
            }
            continue;
        }
        for (uint32_t at = 0; at < symbol->voice_count; at += 1) {
            bool speaks = symbol->voices[at].is_up || repeats_all;
            if (speaks && symbol->voices[at].is_heard && symbol->voices[at].is_listed) {
                report(of, i, at);
            }
        }
    }
    pass_time(of);
    follow(of);
}

void
pli_rehearsal_say(pli_rehearsal *of, const pli_incident_event *event) {
    uint32_t symbol = pli_symbol_named(of, event->symbol);
    int64_t price_e8 = 0;
    bool is_heard = of->options.is_naive ? believed_e8(event->price, &price_e8)
                                         : pli_price_e8(event->price, &price_e8);
    if (!is_heard) {
        of->decode_errors += 1; // a wire decoder takes no such number, so there is no event
        pli_rehearsal_note(of, event->sequence, event->price, "no number: not an event", "");
        return;
    }
    for (uint32_t i = 0; symbol != PLM_NONE && i < of->symbols[symbol].voice_count; i += 1) {
        pli_voice *voice = &of->symbols[symbol].voices[i];
        if (!pli_incident_matches(event->source, voice->name)) {
            continue;
        }
        voice->price_e8 = price_e8;
        voice->confidence_e8 = 0;
        if (!pli_rehearsal_lacks(of, PLI_CONTROL_ORA_CONF)) {
            (void)pli_price_e8(event->confidence, &voice->confidence_e8);
        }
        voice->is_heard = true;
        if (voice->is_listed) {
            report(of, symbol, i);
        }
    }
    if (symbol != PLM_NONE && of->symbols[symbol].is_operated) {
        quote(of, symbol);
    }
    follow(of);
}
