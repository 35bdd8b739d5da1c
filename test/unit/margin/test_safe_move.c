/* test_safe_move.c: no price within a safe move takes an account past its line, on random accounts.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/muldiv.h"
#include "base/prng.h"
#include "margin/facts.h"
#include "margin/safe_move.h"

#include <cmocka.h>

enum { ASSETS = 2, UNDERLYINGS = 3, INSTRUMENTS = 6, ORDER_MAX = 4, STRIDE = 64 };
enum { GRID = 12, PLANES = 2, HISTORY = 10, STRESS = 3, ROWS = INSTRUMENTS + ASSETS };
enum { ACCOUNTS = 900, MARKETS = 24 };

static const int64_t now_ns = INT64_C(1000000000000000);
static const int64_t span_ns = INT64_C(300000000000);
static plm_asset assets[ASSETS];
static plm_underlying underlyings[UNDERLYINGS];
static plm_instrument instruments[INSTRUMENTS];
static plm_underlying_market prices[UNDERLYINGS], first_prices[UNDERLYINGS];
static plm_mark marks[INSTRUMENTS], first_marks[INSTRUMENTS];
static int64_t built_e8[INSTRUMENTS], first_built_e8[INSTRUMENTS];
static int64_t built_price_e8, first_built_price_e8;
static int64_t price_reference_e8[UNDERLYINGS], mark_reference_e8[INSTRUMENTS];
static plm_swing swings[UNDERLYINGS];
static uint32_t grid_active[UNDERLYINGS];
static uint8_t has_history[UNDERLYINGS];
static uint8_t is_built[ROWS];
static bool is_kept[INSTRUMENTS]; /* no row is built: an option's, drawn once */
static int64_t moves_ppm[UNDERLYINGS][STRIDE];
static int64_t entries[ROWS * STRIDE];
static plm_scenario_header header;
static plm_risk_table table;
static plm_position positions[INSTRUMENTS];
static plm_order orders[ORDER_MAX];
static plm_balance balances[ASSETS];
static _Alignas(64) unsigned char memory[1 << 18];
static _Alignas(64) unsigned char facts_memory[1 << 16];
static pli_facts facts;
static pli_prng prng;

static const plm_listing listing = {ASSETS, UNDERLYINGS, INSTRUMENTS,
                                    assets, underlyings, instruments};
static plm_market market = {.time = {now_ns}, .underlyings = prices, .marks = marks};

static bool
one_in(uint64_t count) {
    return pli_prng_below(&prng, count) == 0;
}

static int64_t
within(int64_t low, int64_t high) {
    return pli_prng_range_i64(&prng, low, high);
}

static int64_t
any_size(uint32_t digits) {
    int64_t high = 1;
    for (uint64_t i = pli_prng_below(&prng, digits + 1); i > 0; i -= 1) {
        high *= 10;
    }
    return within(1, high);
}

/* A reference moved by a share of it. */
static int64_t
moved(int64_t reference_e8, int64_t ppm) {
    int64_t value = reference_e8 + (int64_t)((pli_i128)reference_e8 * ppm / PLM_PPM);
    return value < 1 ? 1 : value;
}

/* What rows are: proportional to the mark that they are built at, each entry rounded. */
static void
build_rows(void) {
    const plm_risk_table *const both[2] = {&table, &table};
    uint32_t probes = plm_scenario_probe_begin(&header);
    for (uint32_t i = 0; i < INSTRUMENTS; i += 1) {
        uint32_t u = instruments[i].underlying_index;
        if (is_kept[i]) {
            continue;
        }
        pli_i128 scale = (pli_i128)10000000000 * underlyings[u].price_unit * PLM_PPM;
        for (uint32_t s = 0; s < header.entry_count; s += 1) {
            int64_t move = s == probes + PLM_PROBE_DELTA ? PLM_PPM : moves_ppm[u][s];
            entries[i * STRIDE + s] = (int64_t)pli_div_half_even_i128(
                (pli_i128)instruments[i].lot_e8 * built_e8[i] * move, scale);
        }
    }
    memset(facts_memory, 0, sizeof facts_memory);
    pli_arena arena = pli_arena_init(facts_memory, sizeof facts_memory);
    facts = pli_facts_take(&arena, UNDERLYINGS, INSTRUMENTS);
    for (uint32_t s = 0; s < header.entry_count; s += 1) {
        int64_t move = s == probes + PLM_PROBE_DELTA ? PLM_PPM : moves_ppm[0][s];
        entries[(INSTRUMENTS + 1) * STRIDE + s] = (int64_t)pli_div_half_even_i128(
            (pli_i128)built_price_e8 * move, (pli_i128)underlyings[0].price_unit * 100 * PLM_PPM);
    }
    for (uint32_t u = 0; u < UNDERLYINGS; u += 1) {
        pli_facts_renew(&facts, &listing, both, u);
    }
}

static void
draw_underlying(uint32_t u) {
    underlyings[u] = (plm_underlying){
        .domain = PLM_PRICE_DOMAIN_POSITIVE, .price_unit = one_in(3) ? 1000 : 1, .tick_e8 = 1};
    price_reference_e8[u] = 1000 + any_size(13);
    prices[u] =
        (plm_underlying_market){.price = {.publish_ns = now_ns, .state = PLM_PRICE_STATE_VALID},
                                .volatility_ppm = within(100000, 2000000),
                                .volume_micros = one_in(2) ? 0 : any_size(17),
                                .open_interest_micros = one_in(2) ? 0 : any_size(17)};
    has_history[u] = one_in(2);
    grid_active[u] = (uint32_t)within(1, GRID);
    for (uint32_t s = 0; s < STRIDE; s += 1) {
        moves_ppm[u][s] = within(-400000, 400000);
    }
    // Probes: a small move up and down, its multiple, and of volatility nothing.
    uint32_t probes = plm_scenario_probe_begin(&header);
    int64_t step = within(10000, 80000);
    int64_t far = step * header.probe_multiple_ppm / PLM_PPM;
    moves_ppm[u][probes + PLM_PROBE_UP] = step;
    moves_ppm[u][probes + PLM_PROBE_DOWN] = -step;
    moves_ppm[u][probes + PLM_PROBE_UP_FAR] = far;
    moves_ppm[u][probes + PLM_PROBE_DOWN_FAR] = -far;
    moves_ppm[u][probes + PLM_PROBE_VOL_UP] = 0;
    moves_ppm[u][probes + PLM_PROBE_VOL_DOWN] = 0;
}

/* Every variable of the world anywhere within its swing, often at an end of it. */
static int64_t
within_swing(int64_t reference_e8, const plm_swing *swing) {
    int64_t ppm = one_in(4) ? within(swing->low_ppm, swing->high_ppm)
                            : (one_in(2) ? swing->low_ppm : swing->high_ppm);
    return moved(reference_e8, ppm);
}

/* A price as far towards another as the room for the slow price lets it go. */
static int64_t
near(int64_t price_e8, int64_t wanted_e8, int64_t reference_e8, int64_t room_ppm) {
    int64_t room = (int64_t)((pli_i128)reference_e8 * room_ppm / PLM_PPM);
    int64_t low = price_e8 - room;
    int64_t high = price_e8 + room;
    wanted_e8 = wanted_e8 < low ? low : wanted_e8;
    return wanted_e8 > high ? high : wanted_e8;
}

static void
draw_market(const plm_swing *within_these, bool is_one_sided, bool are_rows_kept) {
    bool is_low = one_in(2);
    for (uint32_t u = 0; u < UNDERLYINGS; u += 1) {
        plm_swing swing = within_these[u];
        // All down, or all up: what hurts an account most is rarely drawn otherwise.
        if (is_one_sided) {
            *(is_low ? &swing.high_ppm : &swing.low_ppm) = is_low ? swing.low_ppm : swing.high_ppm;
        }
        plm_price_record *price = &prices[u].price;
        price->publish_ns = market.time.ns - within(0, within_these[u].age_ns);
        price->price_e8 = within_swing(price_reference_e8[u], &swing);
        price->slow_e8 = near(price->price_e8, within_swing(price_reference_e8[u], &swing),
                              price_reference_e8[u], swing.slow_ppm);
        int64_t low = price->price_e8 < price->slow_e8 ? price->price_e8 : price->slow_e8;
        int64_t high = price->price_e8 > price->slow_e8 ? price->price_e8 : price->slow_e8;
        int64_t room_low = low - moved(price_reference_e8[u], within_these[u].low_ppm);
        int64_t room_high = moved(price_reference_e8[u], within_these[u].high_ppm) - high;
        int64_t room = room_low < room_high ? room_low : room_high;
        int64_t most =
            (int64_t)((pli_i128)price_reference_e8[u] * within_these[u].confidence_ppm / PLM_PPM);
        room = room < most ? room : most;
        price->confidence_e8 = room > 0 && !one_in(3) ? within(0, room) : 0;
        for (uint32_t i = 0; i < INSTRUMENTS; i += 1) {
            if (instruments[i].underlying_index == u) {
                int64_t built = within_swing(mark_reference_e8[i], &swing);
                marks[i].mark_e8 = instruments[i].kind == PLM_KIND_OPTION
                                       ? marks[i].mark_e8
                                       : within_swing(mark_reference_e8[i], &swing);
                built_e8[i] = are_rows_kept ? built_e8[i] : built;
            }
        }
    }
    int64_t built = within_swing(price_reference_e8[0], &within_these[0]);
    built_price_e8 = are_rows_kept ? built_price_e8 : built;
    build_rows();
}

/* One in three expires: an option with a row of its own, or a future. */
static void
draw_kind(uint32_t i) {
    is_kept[i] = one_in(6);
    if (!is_kept[i] && !one_in(5)) {
        return;
    }
    instruments[i].kind = is_kept[i] ? PLM_KIND_OPTION : PLM_KIND_FUTURE;
    instruments[i].expiry_ns = now_ns + (one_in(3) ? PLM_DAY_NS : 0) +
                               (one_in(3) ? 2 * PLM_DAY_NS : 0) + within(1, 2 * span_ns);
    instruments[i].right = one_in(2) ? PLM_RIGHT_CALL : PLM_RIGHT_PUT;
    instruments[i].premium = one_in(2) ? PLM_PREMIUM_PAID : PLM_PREMIUM_FUTURES_STYLE;
    instruments[i].strike_e8 = mark_reference_e8[i];
    if (is_kept[i]) {
        int64_t whole = mark_reference_e8[i] / 1000 + 1;
        marks[i].mark_e8 = within(0, mark_reference_e8[i]);
        marks[i].half_spread_e8 = within(0, marks[i].mark_e8 / 10);
        for (uint32_t s = 0; s < header.entry_count; s += 1) {
            entries[i * STRIDE + s] = within(-whole, whole);
        }
    }
}

static void
draw_world(void) {
    header = (plm_scenario_header){.version = 1,
                                   .horizon = {PLM_DAY_NS},
                                   .underlying_count = UNDERLYINGS,
                                   .grid_count = GRID,
                                   .plane_count = PLANES,
                                   .history_count = one_in(4) ? 0 : HISTORY,
                                   .stress_count = (uint32_t)within(0, STRESS),
                                   .row_stride = STRIDE,
                                   .probe_multiple_ppm = within(11, 50) * 100000,
                                   .grid_active = grid_active,
                                   .has_history = has_history};
    header.entry_count = plm_scenario_probe_begin(&header) + PLM_PROBE_COUNT;
    table = (plm_risk_table){&header, INSTRUMENTS, ASSETS, entries, is_built};
    memset(is_built, 1, sizeof is_built);
    for (uint32_t u = 0; u < UNDERLYINGS; u += 1) {
        draw_underlying(u);
        swings[u].low_ppm = within(-20000, 20000);
        swings[u].high_ppm = swings[u].low_ppm + (one_in(2) ? 0 : within(0, 8000));
        swings[u].confidence_ppm = one_in(2) ? 0 : within(0, 4000);
        swings[u].slow_ppm = one_in(4) ? 30000 : within(0, 6000);
        swings[u].age_ns = within(0, span_ns);
    }
    for (uint32_t i = 0; i < INSTRUMENTS; i += 1) {
        uint32_t u = i % UNDERLYINGS;
        instruments[i] = (plm_instrument){.kind = one_in(5) ? PLM_KIND_SPOT : PLM_KIND_PERPETUAL,
                                          .settlement = PLM_SETTLEMENT_LINEAR,
                                          .underlying_index = u,
                                          .lot_e8 = any_size(10)};
        mark_reference_e8[i] = moved(price_reference_e8[u], within(-5000, 5000));
        marks[i] = (plm_mark){.is_present = true};
        draw_kind(i);
    }
    assets[0] = (plm_asset){.underlying_index = PLM_NONE,
                            .decimals = 6,
                            .treatment = PLM_TREATMENT_HAIRCUT,
                            .liability_haircut_ppm = within(0, 100000),
                            .tier_count = 1,
                            .tiers = {{INT64_MAX, 0}}};
    assets[1] = assets[0];
    assets[1].underlying_index = 0;
    assets[1].decimals = 8;
    assets[1].treatment = one_in(2) ? PLM_TREATMENT_SCENARIO : PLM_TREATMENT_HAIRCUT;
    assets[1].tier_count = 2;
    assets[1].tiers[0] = (plm_haircut_tier){any_size(12), within(0, 1000)};
    assets[1].tiers[1] = (plm_haircut_tier){INT64_MAX, 50000};
    draw_market(swings, false, false);
}

static plm_portfolio
draw_portfolio(void) {
    plm_portfolio portfolio = {.positions = positions, .orders = orders, .balances = balances};
    for (uint32_t i = 0; i < INSTRUMENTS; i += 1) {
        int64_t lots = (one_in(2) ? 1 : -1) * any_size(5);
        pli_i128 cost = (pli_i128)lots * moved(marks[i].mark_e8, within(-100000, 100000));
        if (one_in(3)) {
            positions[portfolio.position_count] =
                (plm_position){.instrument_index = i,
                               .lots = lots,
                               .cost = pli_wide_from_i128(cost),
                               .accrued_micros = one_in(2) ? 0 : within(-1000000, 1000000)};
            portfolio.position_count += 1;
        }
    }
    portfolio.order_count = one_in(2) ? 0 : (uint32_t)pli_prng_below(&prng, ORDER_MAX + 1);
    for (uint32_t i = 0; i < portfolio.order_count; i += 1) {
        uint32_t instrument = (uint32_t)pli_prng_below(&prng, INSTRUMENTS);
        orders[i] = (plm_order){.instrument_index = instrument,
                                .side = one_in(2) ? PLM_SIDE_BUY : PLM_SIDE_SELL,
                                .lots = any_size(5),
                                .limit_e8 = moved(marks[instrument].mark_e8, within(-20000, 20000)),
                                .is_reduce_only = one_in(4)};
    }
    balances[0] = (plm_balance){.asset_index = 0};
    balances[1] = (plm_balance){.asset_index = 1};
    balances[1].atoms = pli_wide_from_i128((one_in(4) ? -1 : 1) * (pli_i128)any_size(12));
    portfolio.balance_count = one_in(2) ? 2 : 1;
    return portfolio;
}

static bool
ask(const plm_model *model, const plm_margin_input *input, plm_requirement *requirement) {
    plm_workspace workspace = {memory, sizeof memory};
    return plm_margin_require(model, input, &workspace, requirement, NULL, NULL) == PLM_OK;
}

/* Cash that leaves the account just so healthy: a share of its requirement above it. */
static bool
fund(const plm_model *model, const plm_margin_input *input, plm_requirement *requirement) {
    balances[0].atoms = pli_wide_from_i128(INT64_C(1000000000000000));
    if (!ask(model, input, requirement)) {
        return false;
    }
    pli_i128 spare_call =
        (pli_i128)requirement->equity_maintenance_micros - requirement->call_micros;
    pli_i128 spare_initial =
        (pli_i128)requirement->equity_initial_micros - requirement->initial_micros;
    bool is_called_next = one_in(3) || spare_call < spare_initial;
    pli_i128 spare = is_called_next ? spare_call : spare_initial;
    spare -= (pli_i128)requirement->initial_micros * within(0, 2000000) / PLM_PPM;
    balances[0].atoms = pli_wide_from_i128(INT64_C(1000000000000000) - spare);
    return ask(model, input, requirement) && requirement->health <= PLM_HEALTH_RESTRICTED;
}

/* Accounts with a move, by line; of them pinned; markets within it; of those beyond it, in which the line was passed. */
typedef struct tally {
    uint32_t safe[2], pinned, held, left[2];
} tally;

/* As far as the answer lets each price go, or three times as far. */
static void
widen(plm_swing *to, const plm_safe *safe, int64_t move_ppm, int64_t times) {
    memcpy(to, swings, sizeof swings);
    for (uint32_t i = 0; i < safe->underlying_count; i += 1) {
        plm_swing *of = &to[safe->underlyings[i]];
        of->low_ppm -= times * pli_safe_reach(move_ppm, safe->easy[i] == PLM_EASY_FALLING);
        of->high_ppm += times * pli_safe_reach(move_ppm, safe->easy[i] == PLM_EASY_RISING);
    }
}

static void
keep_market(void) {
    memcpy(first_prices, prices, sizeof prices);
    memcpy(first_marks, marks, sizeof marks);
    memcpy(first_built_e8, built_e8, sizeof built_e8);
    first_built_price_e8 = built_price_e8;
}

static void
restore_market(void) {
    market.time.ns = now_ns;
    memcpy(prices, first_prices, sizeof prices);
    memcpy(marks, first_marks, sizeof marks);
    memcpy(built_e8, first_built_e8, sizeof built_e8);
    built_price_e8 = first_built_price_e8;
    build_rows();
}

/* Markets within the move, and some beyond it: the account is not below the line, which `worst` means. */
static void
check_line(const plm_model *model, plm_margin_input *input, plm_safe safe, plm_health worst,
           tally *seen) {
    bool is_initial = worst == PLM_HEALTH_HEALTHY;
    int64_t move = is_initial ? safe.initial_move_ppm : safe.call_move_ppm;
    assert_in_range(move + 1, 0, PLM_SAFE_MOVE_MAX_PPM + 1);
    if (move < 0) {
        return;
    }
    seen->safe[is_initial] += 1;
    seen->pinned += safe.is_pinned;
    keep_market();
    plm_swing wide[UNDERLYINGS];
    for (uint32_t k = 0; k < MARKETS; k += 1) {
        bool is_outside = k % 8 == 7;
        widen(wide, &safe, move, is_outside ? 3 : 1);
        int64_t left = safe.until_ns - now_ns;
        market.time.ns = now_ns + within(0, left < 30 * PLM_DAY_NS ? left : 30 * PLM_DAY_NS);
        draw_market(wide, one_in(2), safe.is_pinned);
        plm_requirement then;
        // A sum that leaves its type is refused, and who cannot be assessed stays as before.
        bool is_above = !ask(model, input, &then) || then.health <= worst;
        if (is_outside) {
            seen->left[is_initial] += !is_above;
        } else {
            assert_true(is_above);
            seen->held += 1;
        }
    }
    restore_market();
}

/* A move that is tried before the chord: what is answered where the chord reached too far. */
static bool
is_rung(int64_t move_ppm) {
    return move_ppm == 0 || move_ppm == 600 || move_ppm == 2500 || move_ppm == 10000 ||
           move_ppm == 40000;
}

/* Whoever must expect more of the market is promised no more: each part of the question made worse by itself. */
static void
check_worse(const plm_model *model, const plm_safety *asked, const plm_safe *safe) {
    for (uint32_t part = 0; part < 7; part += 1) {
        plm_swing worse[UNDERLYINGS];
        plm_safety harder = *asked;
        memcpy(worse, swings, sizeof worse);
        harder.swings = worse;
        harder.drift_ppm += part == 0 ? 200000 : 0;
        harder.debt_ppm += part == 1 ? 5000 : 0;
        for (uint32_t u = 0; u < UNDERLYINGS; u += 1) {
            worse[u].low_ppm -= part == 2 ? 3000 : 0;
            worse[u].high_ppm += part == 3 ? 3000 : 0;
            worse[u].confidence_ppm += part == 4 ? 20000 : 0;
            worse[u].slow_ppm += part == 5 ? 20000 : 0;
            worse[u].age_ns += part == 6 ? PLM_DAY_NS : 0;
        }
        plm_safe then = model->safe_move(&harder);
        assert_true(is_rung(safe->call_move_ppm) || then.call_move_ppm <= safe->call_move_ppm);
        assert_true(is_rung(safe->initial_move_ppm) ||
                    then.initial_move_ppm <= safe->initial_move_ppm);
    }
}

static void
check_account(const plm_model *model, plm_margin_input *input, tally *seen) {
    plm_requirement now;
    if (!fund(model, input, &now)) {
        return;
    }
    plm_safety safety = {.input = input, .requirement = &now, .swings = swings, .span_ns = span_ns};
    plm_safe safe = model->safe_move(&safety);
    assert_true(now.health == PLM_HEALTH_HEALTHY || safe.initial_move_ppm < 0);
    check_worse(model, &safety, &safe);
    check_line(model, input, safe, PLM_HEALTH_RESTRICTED, seen);
    check_line(model, input, safe, PLM_HEALTH_HEALTHY, seen);
}

static void
check_model(const plm_model *model, uint64_t seed) {
    static _Alignas(
        16) unsigned char record[sizeof(plm_portfolio_parameters) + sizeof(plm_tiered_parameters)];
    tally seen = {{0, 0}, 0, 0, {0, 0}};
    prng = pli_prng_init(seed);
    plm_record_init(model->descriptor, record);
    for (uint32_t i = 0; i < ACCOUNTS; i += 1) {
        if (i % 10 == 0) {
            draw_world();
        }
        plm_portfolio portfolio = draw_portfolio();
        plm_margin_input input = {.listing = &listing,
                                  .market = &market,
                                  .maintenance_arrays = &table,
                                  .initial_arrays = &table,
                                  .parameters = record,
                                  .portfolio = &portfolio,
                                  .facts = &facts};
        check_account(model, &input, &seen);
    }
    print_message("%s: %u accounts with a safe move before a call, %u before initial margin, %u "
                  "pinned; %u markets within; beyond it %u called, %u restricted\n",
                  model->name, seen.safe[0], seen.safe[1], seen.pinned, seen.held, seen.left[0],
                  seen.left[1]);
    for (uint32_t line = 0; line < 2; line += 1) {
        assert_true(seen.safe[line] > ACCOUNTS / 4);
        assert_true(seen.left[line] > 0);
    }
    assert_true(seen.pinned > ACCOUNTS / 20);
}

static void
nobody_passes_a_line_within_a_safe_move(void **state) {
    (void)state;
    check_model(&plm_model_portfolio, 1);
    check_model(&plm_model_tiered, 2);
    check_model(&plm_model_dynamic, 3);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_passes_a_line_within_a_safe_move),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
