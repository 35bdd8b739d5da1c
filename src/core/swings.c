/* swings.c: what has happened to a price and to all that stands by it since a screen last looked.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/muldiv.h"
#include "core/bounds.h"
#include "core/screen.h"
#include "core/state.h"

#define ROOM_NS INT64_C(60000000000) /* the least age of a price that there is room for */

enum {
    FAR_PPM = 300000, // a price that has gone further gets a new reference
    ROOM_PPM = 200, // the least confidence, and distance of the slow price, that there is room for
    NEVER_PPM = -PLM_PPM, // the low end of a swing that no certificate is within
};

// Where a value stands against its reference, in ppm, down or up.
static int64_t
place_ppm(int64_t value_e8, int64_t reference_e8, bool is_up) {
    pli_i128 scaled = ((pli_i128)value_e8 - reference_e8) * PLM_PPM;
    pli_i128 ppm =
        is_up ? pli_div_ceil_i128(scaled, reference_e8) : pli_div_floor_i128(scaled, reference_e8);
    return ppm > INT32_MAX ? INT32_MAX : (int64_t)ppm;
}

static void
include(plm_swing *swing, int64_t value_e8, int64_t reference_e8) {
    int64_t low = place_ppm(value_e8, reference_e8, false);
    int64_t high = place_ppm(value_e8, reference_e8, true);
    swing->low_ppm = low < swing->low_ppm ? low : swing->low_ppm;
    swing->high_ppm = high > swing->high_ppm ? high : swing->high_ppm;
}

// The mark and the mark of its rows, against a reference that stood at the price's own place when it was made.
static void
include_marks(plm_core *core, uint32_t instrument, plm_swing *swing) {
    pli_screen *screen = &core->screen;
    uint32_t u = core->ledger.listing_instruments[instrument].underlying_index;
    const plm_mark *mark = &core->marks[instrument];
    int64_t *reference = &screen->mark_reference_e8[instrument];
    if (mark->is_present && mark->mark_e8 > 0 && *reference == 0) {
        pli_i128 made = 0;
        *reference = pli_muldiv_floor(mark->mark_e8, screen->watches[u].reference_e8,
                                      core->prices[u].price.price_e8, &made) &&
                             made > 0 && made < PLM_PRICE_E8_MAX
                         ? (int64_t)made
                         : mark->mark_e8;
    }
    if (*reference == 0) {
        return; // never marked, so never in an account that could be certified
    }
    if (mark->is_present) {
        include(swing, mark->mark_e8, *reference);
    }
    if (core->built_marks_e8[instrument] != 0) {
        include(swing, core->built_marks_e8[instrument], *reference);
    }
}

// Where everything that is said of the price stands now; without a positive price nothing is within.
static plm_swing
swing_of(plm_core *core, uint32_t u) {
    const plm_price_record *price = &core->prices[u].price;
    int64_t reference = core->screen.watches[u].reference_e8;
    plm_swing swing = core->screen.swings[u];
    swing.low_ppm = NEVER_PPM;
    swing.high_ppm = 0;
    if (core->ledger.underlyings[u].domain != PLM_PRICE_DOMAIN_POSITIVE || price->price_e8 <= 0 ||
        reference == 0) {
        return swing;
    }
    int64_t low = price->slow_e8 < price->price_e8 ? price->slow_e8 : price->price_e8;
    int64_t high = price->slow_e8 > price->price_e8 ? price->slow_e8 : price->price_e8;
    swing.low_ppm = INT64_MAX;
    swing.high_ppm = INT64_MIN;
    include(&swing, low - price->confidence_e8, reference);
    include(&swing, high + price->confidence_e8, reference);
    if (core->underlyings[u].arrays_version > 0) {
        include(&swing, core->underlyings[u].built_e8, reference);
    }
    for (uint32_t i = core->screen.watches[u].first_instrument; i != PLM_NONE;
         i = core->screen.next_instrument[i]) {
        include_marks(core, i, &swing);
    }
    return swing;
}

// Take the present price and marks as references; certificates of before are void.
static void
refer(plm_core *core, uint32_t u) {
    pli_screen *screen = &core->screen;
    const plm_price_record *price = &core->prices[u].price;
    pli_watch *watch = &screen->watches[u];
    watch->epoch += 1;
    watch->reference_e8 = price->price_e8 > 0 ? price->price_e8 : 0;
    for (uint32_t i = watch->first_instrument; i != PLM_NONE; i = screen->next_instrument[i]) {
        screen->mark_reference_e8[i] = 0;
    }
    screen->swings[u].confidence_ppm = ROOM_PPM;
    screen->swings[u].slow_ppm = ROOM_PPM;
    screen->swings[u].age_ns = ROOM_NS;
    pli_bounds_void(screen, u);
}

// Is something more than there is room for? Then room is made for twice as much; what has long been too much goes.
static bool
outgrows(int64_t now, int64_t least, int64_t *room) {
    bool is_more = now > *room;
    if (is_more || now < *room / 8) {
        *room = 2 * now > least ? 2 * now : least;
    }
    return is_more;
}

// A size as a share of the reference.
static int64_t
share_ppm(const pli_watch *watch, int64_t size_e8) {
    return place_ppm(size_e8 + watch->reference_e8, watch->reference_e8, true);
}

// Has anything of the underlying changed that a certificate takes to stay as it is? The swing is another question.
static bool
has_changed(plm_core *core, uint32_t u) {
    pli_screen *screen = &core->screen;
    pli_watch *watch = &screen->watches[u];
    const plm_underlying_market *market = &core->prices[u];
    bool is_changed = watch->volatility_ppm != market->volatility_ppm ||
                      watch->depth_micros != market->depth_micros ||
                      watch->volume_micros != market->volume_micros ||
                      watch->open_interest_micros != market->open_interest_micros ||
                      market->price.publish_ns < watch->publish_ns;
    watch->volatility_ppm = market->volatility_ppm;
    watch->depth_micros = market->depth_micros;
    watch->volume_micros = market->volume_micros;
    watch->open_interest_micros = market->open_interest_micros;
    watch->publish_ns = market->price.publish_ns;
    for (uint32_t i = watch->first_instrument; i != PLM_NONE; i = screen->next_instrument[i]) {
        pli_i128 funding = core->ledger.markets[i].funding_index;
        is_changed = is_changed || screen->funding[i] != funding;
        screen->funding[i] = funding;
    }
    if (watch->reference_e8 > 0 && market->price.price_e8 > 0) {
        int64_t away = market->price.slow_e8 - market->price.price_e8;
        int64_t confidence = share_ppm(watch, market->price.confidence_e8);
        plm_swing *swing = &screen->swings[u];
        is_changed |= outgrows(confidence, ROOM_PPM, &swing->confidence_ppm);
        is_changed |=
            outgrows(share_ppm(watch, away < 0 ? -away : away), ROOM_PPM, &swing->slow_ppm);
        is_changed |= outgrows(core->time_ns - watch->publish_ns, ROOM_NS, &swing->age_ns);
    }
    return is_changed;
}

// Has the price no reference yet, or left it far behind?
static bool
is_far_away(const plm_core *core, uint32_t u) {
    int64_t price = core->prices[u].price.price_e8;
    int64_t reference = core->screen.watches[u].reference_e8;
    if (core->ledger.underlyings[u].domain != PLM_PRICE_DOMAIN_POSITIVE || price <= 0) {
        return false;
    }
    return reference == 0 || place_ppm(price, reference, false) < -FAR_PPM ||
           place_ppm(price, reference, true) > FAR_PPM;
}

void
pli_swings_unpin(plm_core *core, uint32_t underlying) {
    pli_watch *watch = &core->screen.watches[underlying];
    watch->rows += 1;
    watch->rows += watch->rows == 0; // 0 is any
    pli_bounds_unpinned(core, underlying);
}

static void
compare(plm_core *core, uint32_t u) {
    pli_screen *screen = &core->screen;
    if (screen->watches[u].arrays_version != core->underlyings[u].arrays_version) {
        screen->watches[u].arrays_version = core->underlyings[u].arrays_version;
        pli_swings_unpin(core, u);
    }
    if (has_changed(core, u)) {
        screen->watches[u].epoch += 1;
        pli_bounds_void(screen, u);
    }
    plm_swing now = swing_of(core, u);
    if (is_far_away(core, u)) {
        refer(core, u);
        now = swing_of(core, u);
    }
    plm_swing *seen = &screen->swings[u];
    if (now.low_ppm == seen->low_ppm && now.high_ppm == seen->high_ppm) {
        return;
    }
    *seen = now;
    pli_bounds_moved(core, u);
}

// After a change that certificates cannot tell: none holds, and which instruments there are is looked at anew.
static void
start_anew(plm_core *core) {
    pli_screen *screen = &core->screen;
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        screen->watches[u].first_instrument = PLM_NONE;
        screen->watches[u].rows += screen->watches[u].rows == 0;
    }
    for (uint32_t i = 0; i < core->ledger.instrument_count; i += 1) {
        const plm_instrument *terms = &core->ledger.listing_instruments[i];
        if (terms->kind != PLM_KIND_OPTION) {
            pli_watch *watch = &screen->watches[terms->underlying_index];
            screen->next_instrument[i] = watch->first_instrument;
            watch->first_instrument = i;
        }
    }
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        refer(core, u);
    }
    screen->is_void = false;
}

void
pli_screen_renew(plm_core *core) {
    pli_screen *screen = &core->screen;
    if (screen->is_fresh) {
        return;
    }
    if (screen->is_void) {
        start_anew(core);
    }
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        compare(core, u);
    }
    screen->is_fresh = true;
}
