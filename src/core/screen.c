/* screen.c: which accounts a scan need not look at, because they surely stay as they are.   SPDX-License-Identifier: Apache-2.0 */
#include "core/screen.h"

#include "base/libc.h"
#include "base/prefetch.h"
#include "core/bounds.h"
#include "core/health.h"
#include "core/sides.h"
#include "core/standing.h"

#define SPAN_NS INT64_C(300000000000) /* a certificate of one who owes ends after five minutes */

enum {
    // What a negative balance grows by in that time at the highest rate there is, 1000 % a year: 95 ppm.
    DEBT_PPM = 100,
    BITS = 64
};

pli_screen
pli_screen_take(pli_arena *arena, const plm_core_limits *limits) {
    uint32_t u = limits->underlying_count;
    pli_screen made = {.block_count =
                           (limits->account_count + PLI_SCREEN_BLOCK - 1) / PLI_SCREEN_BLOCK,
                       .guard_max = u < PLI_STAKES_MAX ? u : PLI_STAKES_MAX,
                       .group_count = u < PLI_SCREEN_GROUPS ? u : PLI_SCREEN_GROUPS};
    size_t words = (size_t)made.block_count * (PLI_SCREEN_BLOCK / BITS);
    made.touched.accounts =
        PLI_ARENA_TAKE(arena, (size_t)made.block_count * (PLI_SCREEN_BLOCK / BITS), uint64_t);
    made.touched.contents = PLI_ARENA_TAKE(arena, words, uint64_t);
    made.exposed = PLI_ARENA_TAKE(arena, words * made.group_count, uint64_t);
    made.touched.blocks = PLI_ARENA_TAKE(arena, (made.block_count + BITS - 1) / BITS, uint64_t);
    made.losses = PLI_ARENA_TAKE(arena, made.block_count, uint32_t);
    made.quiet = PLI_ARENA_TAKE(arena, (size_t)made.group_count * made.block_count, uint32_t);
    made.is_pinned = PLI_ARENA_TAKE(arena, made.block_count, uint8_t);
    made.until_ns = PLI_ARENA_TAKE(arena, made.block_count, int64_t);
    made.blocks = PLI_ARENA_TAKE(arena, (size_t)u * made.block_count, pli_bound);
    made.words = PLI_ARENA_TAKE(arena, u * words, pli_bound);
    made.certificates = PLI_ARENA_TAKE(arena, limits->account_count, pli_certificate);
    made.guards = PLI_ARENA_TAKE(arena, (size_t)limits->account_count * made.guard_max, pli_guard);
    made.watches = PLI_ARENA_TAKE(arena, u, pli_watch);
    made.swings = PLI_ARENA_TAKE(arena, u, plm_swing);
    made.mark_reference_e8 = PLI_ARENA_TAKE(arena, limits->instrument_count, int64_t);
    made.funding = PLI_ARENA_TAKE(arena, limits->instrument_count, pli_i128);
    made.next_instrument = PLI_ARENA_TAKE(arena, limits->instrument_count, uint32_t);
    return made;
}

void
pli_screen_reset(pli_screen *screen, const plm_core_limits *limits) {
    memset(screen->touched.accounts, 0xff,
           (size_t)screen->block_count * (PLI_SCREEN_BLOCK / BITS) * sizeof(uint64_t));
    memset(screen->touched.contents, 0xff,
           (size_t)screen->block_count * (PLI_SCREEN_BLOCK / BITS) * sizeof(uint64_t));
    memset(screen->touched.blocks, 0xff,
           (screen->block_count + BITS - 1) / BITS * sizeof(uint64_t));
    pli_bounds_reset(screen, limits->underlying_count);
    screen->walked = 0;
    screen->is_void = true;
    screen->is_fresh = false;
}

void
pli_screen_notice(plm_core *core, const plm_event *event) {
    pli_screen *screen = &core->screen;
    screen->is_fresh = false;
    switch ((plm_event_type)event->header.type) {
    case PLM_EVENT_TYPE_TIME:
    case PLM_EVENT_TYPE_CONTINUE:
    case PLM_EVENT_TYPE_ACCOUNT:
    case PLM_EVENT_TYPE_SIGNER:
    case PLM_EVENT_TYPE_DEPOSIT:
    case PLM_EVENT_TYPE_WITHDRAW:
    case PLM_EVENT_TYPE_TRANSFER:
    case PLM_EVENT_TYPE_BORROW:
    case PLM_EVENT_TYPE_REPAY:
    case PLM_EVENT_TYPE_EXCHANGE:
    case PLM_EVENT_TYPE_FUND:
    case PLM_EVENT_TYPE_TRADE:
    case PLM_EVENT_TYPE_POSITION_TRANSFER:
    case PLM_EVENT_TYPE_RESERVE:
    case PLM_EVENT_TYPE_RELEASE:
    case PLM_EVENT_TYPE_SETTLE_PROFIT:
    case PLM_EVENT_TYPE_ASSESS:
    case PLM_EVENT_TYPE_BID:
    case PLM_EVENT_TYPE_POOL_JOIN:
    case PLM_EVENT_TYPE_POOL_LEAVE:
        return; // accounts that they concern are touched
    case PLM_EVENT_TYPE_MARK: {
        const plm_instrument *terms =
            &core->ledger.listing_instruments[event->mark_body.instrument_index];
        if (terms->kind == PLM_KIND_OPTION) {
            pli_swings_unpin(core, terms->underlying_index);
        }
        return;
    }
    case PLM_EVENT_TYPE_FUNDING:
    case PLM_EVENT_TYPE_PRICE_REPORT:
    case PLM_EVENT_TYPE_PRICE:
    case PLM_EVENT_TYPE_LIQUIDITY:
    case PLM_EVENT_TYPE_FORECAST:
    case PLM_EVENT_TYPE_SURFACE_SLICE:
    case PLM_EVENT_TYPE_SURFACE_COMMIT:
    case PLM_EVENT_TYPE_CLOSE:
    case PLM_EVENT_TYPE_SUPPLY:
        return; // what they change is compared
    default:
        screen->is_void = true;
    }
}

static bool
is_stale(const pli_screen *screen, uint32_t account) {
    return (screen->touched.accounts[account / BITS] >> account % BITS & 1) != 0;
}

bool
pli_screen_holds(const plm_core *core, uint32_t account, bool is_initial) {
    const pli_screen *screen = &core->screen;
    const pli_certificate *of = &screen->certificates[account];
    bool holds = !is_stale(screen, account) && core->time_ns <= of->until_ns;
    for (uint32_t i = 0; holds && i < of->guard_count; i += 1) {
        const pli_guard *guard = &screen->guards[(size_t)account * screen->guard_max + i];
        holds = pli_guard_holds(guard, is_initial ? &guard->initial : &guard->call,
                                &screen->swings[guard->underlying_index],
                                &screen->watches[guard->underlying_index]);
    }
    return holds;
}

// Accounts of one word that this scan may have to look at: not known to rest on nothing of it, and without a certificate, or
// in a window without one of the initial requirement.
static uint64_t
wanted(const plm_core *core, uint32_t word) {
    const pli_screen *screen = &core->screen;
    size_t words = (size_t)screen->block_count * (PLI_SCREEN_BLOCK / BITS);
    uint64_t exposed = screen->touched.contents[word];
    for (uint64_t rest = screen->walked; rest != 0; rest &= rest - 1) {
        exposed |= screen->exposed[words * (uint32_t)__builtin_ctzll(rest) + word];
    }
    uint64_t found = exposed & screen->touched.accounts[word];
    uint64_t certified = exposed & ~screen->touched.accounts[word];
    if ((word + 1) * BITS <= screen->window_from || word * BITS >= screen->window_end) {
        return found;
    }
    for (; certified != 0; certified &= certified - 1) {
        uint32_t account = word * BITS + (uint32_t)__builtin_ctzll(certified);
        bool is_kept = account < screen->window_from || account >= screen->window_end ||
                       pli_screen_holds(core, account, true);
        found |= is_kept ? 0 : certified & -certified;
    }
    return found;
}

// Fetch what the second of two looks will read while the first is under way.
static void
expect(const plm_core *core, uint32_t from, uint64_t accounts) {
    if (accounts != 0) {
        uint32_t account = from + (uint32_t)__builtin_ctzll(accounts);
        plm_core_expect(core, account);
        pli_prefetch(&core->screen.guards[(size_t)account * core->screen.guard_max],
                     core->screen.guard_max * sizeof(pli_guard));
    }
}

static uint32_t
next_wanted(const plm_core *core, uint32_t from, uint32_t end) {
    uint32_t at = from;
    while (at < end) {
        uint64_t rest = wanted(core, at / BITS) >> at % BITS;
        if (rest != 0) {
            expect(core, at, rest & (rest - 1));
            at += (uint32_t)__builtin_ctzll(rest);
            return at < end ? at : end;
        }
        at = (at / BITS + 1) * BITS;
    }
    return end;
}

// For which groups is this scan, and what do its windows span?
static void
begin_scan(plm_core *core) {
    pli_screen *screen = &core->screen;
    screen->scan_count += 1;
    screen->walked = 0;
    screen->window_from = UINT64_MAX;
    screen->window_end = 0;
    for (uint32_t u = 0; u < core->ledger.underlying_count; u += 1) {
        if (pli_standing_is_walked(core, u)) {
            uint64_t from = core->initial_from[u];
            uint64_t end = pli_standing_window_end(core, u);
            screen->walked |= UINT64_C(1) << u % screen->group_count;
            screen->window_from = from < screen->window_from ? from : screen->window_from;
            screen->window_end = end > screen->window_end ? end : screen->window_end;
        }
    }
}

// Is anybody of the block without a certificate who may rest on what the scan is for? All words in one.
static bool
is_anybody_resting(const pli_screen *screen, uint32_t b) {
    enum { WORDS = PLI_SCREEN_BLOCK / BITS };
    const uint64_t *accounts = &screen->touched.accounts[(size_t)b * WORDS];
    const uint64_t *contents = &screen->touched.contents[(size_t)b * WORDS];
    uint64_t resting = 0;
    for (uint32_t i = 0; i < WORDS; i += 1) {
        resting |= accounts[i] & contents[i];
    }
    for (uint64_t rest = screen->walked; rest != 0; rest &= rest - 1) {
        size_t group = (size_t)__builtin_ctzll(rest);
        const uint64_t *exposed = &screen->exposed[(group * screen->block_count + b) * WORDS];
        for (uint32_t i = 0; i < WORDS; i += 1) {
            resting |= accounts[i] & exposed[i];
        }
    }
    return resting != 0;
}

// The same, remembered for a scan of one group until somebody of the block loses a certificate.
static bool
is_block_wanted(pli_screen *screen, uint32_t b) {
    uint64_t bit = UINT64_C(1) << b % BITS;
    if ((screen->touched.blocks[b / BITS] & bit) != 0) {
        screen->touched.blocks[b / BITS] &= ~bit;
        screen->losses[b] += 1;
        screen->losses[b] += screen->losses[b] == 0;
    }
    bool is_one_group = screen->walked != 0 && (screen->walked & (screen->walked - 1)) == 0;
    if (!is_one_group) {
        return is_anybody_resting(screen, b);
    }
    uint32_t *quiet =
        &screen->quiet[(size_t)__builtin_ctzll(screen->walked) * screen->block_count + b];
    if (*quiet == screen->losses[b]) {
        return false;
    }
    bool is_wanted = is_anybody_resting(screen, b);
    *quiet = is_wanted ? 0 : screen->losses[b];
    return is_wanted;
}

uint32_t
pli_screen_next(plm_core *core, uint32_t from, uint32_t end) {
    pli_screen *screen = &core->screen;
    uint32_t b = from / PLI_SCREEN_BLOCK;
    if (from == end || screen->mode == PLM_SCREEN_OFF) {
        return from;
    }
    if (from == 0 || screen->walked == 0) {
        begin_scan(core); // or a state from its bytes is in the middle of one
    }
    if (core->time_ns > screen->until_ns[b]) {
        pli_bounds_expire(core, b);
    }
    if (screen->mode == PLM_SCREEN_CHECKED) {
        return from;
    }
    // One account of each scan is looked at whatever its certificate says.
    uint32_t sample = (uint32_t)(screen->scan_count * 2654435761u % core->ledger.account_count);
    uint32_t found = sample >= from && sample < end ? sample : end;
    bool is_windowed = from < screen->window_end && end > screen->window_from;
    if (is_block_wanted(screen, b) || is_windowed) {
        found = next_wanted(core, from, found);
    }
    screen->counts.passed += found - from;
    return found;
}

static void
expose(pli_screen *screen, uint32_t account, uint32_t underlying) {
    size_t words = (size_t)screen->block_count * (PLI_SCREEN_BLOCK / BITS);
    if (underlying != PLM_NONE) {
        screen->exposed[words * (underlying % screen->group_count) + account / BITS] |=
            UINT64_C(1) << account % BITS;
    }
}

static void
expose_instrument(plm_core *core, uint32_t account, uint32_t instrument) {
    const plm_instrument *terms = &core->ledger.listing_instruments[instrument];
    const plm_asset *cash = &core->ledger.listing_assets[terms->settlement_asset_index];
    expose(&core->screen, account, terms->underlying_index);
    expose(&core->screen, account, cash->underlying_index);
}

void
pli_screen_know(plm_core *core, uint32_t account) {
    pli_screen *screen = &core->screen;
    uint64_t bit = UINT64_C(1) << account % BITS;
    if (screen->mode == PLM_SCREEN_OFF || (screen->touched.contents[account / BITS] & bit) == 0) {
        return;
    }
    pli_holding holding = pli_sides_holding(core, account);
    for (uint32_t i = 0; i < holding.position_count; i += 1) {
        expose_instrument(core, account, holding.positions[i].instrument_index);
    }
    for (uint32_t i = 0; i < holding.order_count; i += 1) {
        expose_instrument(core, account, holding.orders[i].instrument_index);
    }
    for (uint32_t i = 0; i < holding.balance_count; i += 1) {
        expose(screen, account,
               core->ledger.listing_assets[holding.balances[i].asset_index].underlying_index);
    }
    screen->touched.contents[account / BITS] &= ~bit;
}

// Is what waits to be paid to the account worth as much as the cash that it becomes?
static bool
are_claims_plain(const plm_core *core, const pli_holding *holding) {
    for (uint32_t i = 0; i < holding->position_count; i += 1) {
        const pli_position *position = &holding->positions[i];
        const plm_instrument *terms = &core->ledger.listing_instruments[position->instrument_index];
        const plm_asset *cash = &core->ledger.listing_assets[terms->settlement_asset_index];
        bool has_claim = position->senior.cohort != PLI_COHORT_NONE;
        if (has_claim && (cash->underlying_index != PLM_NONE ||
                          cash->tiers[cash->tier_count - 1].haircut_ppm != 0)) {
            return false;
        }
    }
    return true;
}

static pli_bound
around(const plm_swing *swing, int64_t move_ppm, plm_easy_side easy) {
    int64_t down = pli_safe_reach(move_ppm, easy == PLM_EASY_FALLING);
    int64_t up = pli_safe_reach(move_ppm, easy == PLM_EASY_RISING);
    return move_ppm < 0
               ? (pli_bound){INT32_MAX, INT32_MIN}
               : (pli_bound){(int32_t)(swing->low_ppm - down), (int32_t)(swing->high_ppm + up)};
}

// A guard for each underlying that the answer is about; false where one has no room left.
static bool
guard_all(pli_screen *screen, uint32_t account, const plm_safe *safe) {
    pli_guard *guards = &screen->guards[(size_t)account * screen->guard_max];
    for (uint32_t i = 0; i < safe->underlying_count; i += 1) {
        uint32_t u = safe->underlyings[i];
        const plm_swing *swing = &screen->swings[u];
        if (swing->high_ppm > INT32_MAX - PLM_SAFE_MOVE_MAX_PPM) {
            return false;
        }
        guards[i] = (pli_guard){.underlying_index = u,
                                .epoch = screen->watches[u].epoch,
                                .rows = safe->is_pinned ? screen->watches[u].rows : 0,
                                .call = around(swing, safe->call_move_ppm, safe->easy[i]),
                                .initial = around(swing, safe->initial_move_ppm, safe->easy[i])};
    }
    screen->certificates[account].guard_count = safe->underlying_count;
    return true;
}

static plm_safe
safe_move(plm_core *core, const plm_portfolio *portfolio, const plm_requirement *requirement) {
    plm_listing listing = pli_ledger_listing(&core->ledger);
    plm_market market = pli_state_market(core);
    plm_margin_input input;
    if (core->model->safe_move == NULL ||
        !pli_health_input(core, &listing, &market, portfolio, &input)) {
        return PLI_SAFE_NOTHING;
    }
    plm_safety asked = {.input = &input,
                        .requirement = requirement,
                        .swings = core->screen.swings,
                        .drift_ppm = pli_state_parameters(core)->reprice_ppm,
                        .debt_ppm = DEBT_PPM,
                        .span_ns = SPAN_NS};
    return core->model->safe_move(&asked);
}

void
pli_screen_certify(plm_core *core, uint32_t account, const plm_requirement *requirement) {
    pli_screen *screen = &core->screen;
    pli_holding holding = pli_sides_holding(core, account);
    pli_certificate *of = &screen->certificates[account];
    if (screen->mode == PLM_SCREEN_OFF) {
        return;
    }
    // Without anything at risk nothing can be owed, until something happens to the account itself.
    *of = (pli_certificate){.until_ns = INT64_MAX};
    pli_screen_know(core, account);
    bool is_at_risk = pli_health_is_at_risk(core, &holding);
    if (!is_at_risk && core->standings[account].stage != PLM_STAGE_HEALTHY) {
        return; // RESTRICTED with nothing to be restricted for: the next window lets it go
    }
    if (is_at_risk) {
        plm_portfolio portfolio;
        if (!are_claims_plain(core, &holding) ||
            account == core->ledger.pool_account || // its tranches are looked after at every price
            pli_health_portfolio(core, &holding, &portfolio) != PLM_REJECT_NONE) {
            return;
        }
        plm_safe safe = safe_move(core, &portfolio, requirement);
        of->until_ns = safe.until_ns;
        if (core->standings[account].stage != PLM_STAGE_HEALTHY) {
            safe.initial_move_ppm = -1; // it is RESTRICTED until a window passes it
        }
        if (safe.call_move_ppm < 0 || !guard_all(screen, account, &safe)) {
            return;
        }
    }
    screen->touched.accounts[account / BITS] &= ~(UINT64_C(1) << account % BITS);
    pli_bounds_tighten(screen, account);
}

void
plm_core_use_screen(plm_core *core, plm_screen mode) {
    core->screen.mode = mode;
    pli_screen_reset(&core->screen, &core->limits);
}

plm_screen_counts
plm_core_screen_counts(const plm_core *core) {
    return core->screen.counts;
}
