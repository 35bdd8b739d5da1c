/* test_direct.c: the direct path of model `portfolio` against the general one, on random accounts.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/prng.h"
#include "base/wide.h"
#include "margin/direct.h"

#include <cmocka.h>

enum { ASSETS = 2, UNDERLYINGS = 3, INSTRUMENTS = 9, ORDER_MAX = 6, STRIDE = 64 };
enum { GRID = 12, PLANES = 2, HISTORY = 10, STRESS = 3, ROWS = INSTRUMENTS + ASSETS };

static const int64_t now_ns = INT64_C(1000000000000000);
static plm_asset assets[ASSETS];
static plm_underlying underlyings[UNDERLYINGS];
static plm_instrument instruments[INSTRUMENTS];
static plm_underlying_market prices[UNDERLYINGS];
static plm_mark marks[INSTRUMENTS];
static uint32_t grid_active[2][UNDERLYINGS];
static uint8_t has_history[UNDERLYINGS];
static uint8_t is_built[ROWS];
static int64_t entries[2][ROWS * STRIDE];
static plm_scenario_header headers[2];
static plm_risk_table tables[2];
static plm_position positions[INSTRUMENTS];
static plm_order orders[ORDER_MAX];
static plm_balance balances[ASSETS];
static _Alignas(64) unsigned char memory[1 << 18];
static pli_prng prng;

static bool
one_in(uint64_t count) {
    return pli_prng_below(&prng, count) == 0;
}

static int64_t
within(int64_t low, int64_t high) {
    return pli_prng_range_i64(&prng, low, high);
}

/* A number of any size up to 10^digits, so that small and large meet. */
static int64_t
any_size(uint32_t digits) {
    int64_t high = 1;
    for (uint64_t i = pli_prng_below(&prng, digits + 1); i > 0; i -= 1) {
        high *= 10;
    }
    return within(1, high);
}

static void
draw_underlying(uint32_t u) {
    bool is_any = one_in(3);
    int64_t price = is_any ? within(-100, 100) * INT64_C(100000000) : any_size(14);
    underlyings[u] =
        (plm_underlying){.domain = is_any ? PLM_PRICE_DOMAIN_ANY : PLM_PRICE_DOMAIN_POSITIVE,
                         .price_unit = one_in(3) ? 1000 : 1,
                         .tick_e8 = 1,
                         .reference_e8 = is_any ? within(1, 100) * INT64_C(100000000) : 0};
    prices[u] = (plm_underlying_market){
        .price = {.price_e8 = price,
                  .slow_e8 = one_in(2) ? price : price + within(0, price < 0 ? -price : price),
                  .confidence_e8 = one_in(2) ? 0 : any_size(10),
                  .publish_ns = now_ns - within(-5, INT64_C(9000000000000)),
                  .state = one_in(40) ? PLM_PRICE_STATE_STALE : PLM_PRICE_STATE_VALID},
        .volatility_ppm = any_size(7),
        .volume_micros = one_in(2) ? 0 : any_size(17),
        .open_interest_micros = one_in(2) ? 0 : any_size(17)};
    has_history[u] = one_in(2);
    grid_active[0][u] = (uint32_t)within(1, GRID);
    grid_active[1][u] = one_in(4) ? (uint32_t)within(1, GRID) : grid_active[0][u];
}

static void
draw_row(uint32_t row, uint32_t digits) {
    int64_t *first = &entries[0][row * STRIDE];
    int64_t *second = &entries[1][row * STRIDE];
    memset(first, 0, STRIDE * sizeof first[0]);
    for (uint32_t s = 0; s < headers[0].entry_count; s += 1) {
        first[s] = one_in(5) ? 0 : (one_in(2) ? 1 : -1) * any_size(digits);
    }
    // As a perpetual's row, where a move of volatility alone changes nothing.
    memcpy(first + GRID / 2, first, GRID / 2 * sizeof first[0]);
    memcpy(second, first, STRIDE * sizeof first[0]);
    if (one_in(3)) {
        second[pli_prng_below(&prng, headers[0].entry_count)] += within(-3, 3);
    }
}

static void
draw_instrument(uint32_t i) {
    uint32_t u = (uint32_t)pli_prng_below(&prng, UNDERLYINGS);
    bool is_dated = one_in(3);
    int64_t size = underlyings[u].domain == PLM_PRICE_DOMAIN_ANY ? within(-100, 100) * 100000000
                                                                 : any_size(14);
    instruments[i] = (plm_instrument){
        .kind = is_dated ? PLM_KIND_FUTURE : PLM_KIND_PERPETUAL,
        .settlement = one_in(60) && size > 0 ? PLM_SETTLEMENT_INVERSE : PLM_SETTLEMENT_LINEAR,
        .underlying_index = u,
        .lot_e8 = any_size(10),
        .expiry_ns = is_dated ? now_ns + PLM_DAY_NS * within(one_in(30) ? 0 : 2, 4) : 0};
    marks[i] = (plm_mark){.mark_e8 = size, .is_present = !one_in(200)};
    is_built[i] = !one_in(200);
    draw_row(i, one_in(20) ? 17 : 8);
}

static void
draw_world(void) {
    headers[0] = (plm_scenario_header){.version = 1,
                                       .horizon = {PLM_DAY_NS},
                                       .underlying_count = UNDERLYINGS,
                                       .grid_count = GRID,
                                       .plane_count = PLANES,
                                       .history_count = one_in(4) ? 0 : HISTORY,
                                       .stress_count = (uint32_t)within(0, STRESS),
                                       .row_stride = STRIDE,
                                       .probe_multiple_ppm = within(1100000, 5000000),
                                       .has_history = has_history};
    headers[0].entry_count = plm_scenario_probe_begin(&headers[0]) + PLM_PROBE_COUNT;
    headers[1] = headers[0];
    headers[1].probe_multiple_ppm += one_in(10) ? 1 : 0;
    for (uint32_t h = 0; h < 2; h += 1) {
        headers[h].grid_active = grid_active[h];
        tables[h] = (plm_risk_table){&headers[h], INSTRUMENTS, ASSETS, entries[h], is_built};
    }
    for (uint32_t u = 0; u < UNDERLYINGS; u += 1) {
        draw_underlying(u);
    }
    for (uint32_t i = 0; i < INSTRUMENTS; i += 1) {
        draw_instrument(i);
    }
    assets[0] = (plm_asset){.underlying_index = PLM_NONE,
                            .decimals = 6,
                            .treatment = PLM_TREATMENT_HAIRCUT,
                            .liability_haircut_ppm = within(0, 100000),
                            .tier_count = 2,
                            .tiers = {{any_size(12), within(0, 1000)}, {INT64_MAX, 50000}}};
    assets[1] = assets[0];
    assets[1].underlying_index = 0;
    assets[1].decimals = 8;
    assets[1].treatment = one_in(10) ? PLM_TREATMENT_SCENARIO : PLM_TREATMENT_HAIRCUT;
    draw_row(INSTRUMENTS, 1);
    draw_row(INSTRUMENTS + 1, 8);
    memset(is_built + INSTRUMENTS, 1, ASSETS);
}

static plm_portfolio
draw_portfolio(void) {
    plm_portfolio portfolio = {.positions = positions, .orders = orders, .balances = balances};
    uint32_t digits = one_in(10) ? 11 : 5;
    for (uint32_t i = 0; i < INSTRUMENTS; i += 1) {
        int64_t lots = (one_in(2) ? 1 : -1) * any_size(digits);
        pli_i128 cost = (pli_i128)lots * (marks[i].mark_e8 + within(-1000000, 1000000));
        if (!one_in(2)) {
            positions[portfolio.position_count] =
                (plm_position){.instrument_index = i,
                               .lots = one_in(20) ? 0 : lots,
                               .cost = pli_wide_from_i128(cost),
                               .accrued_micros = one_in(2) ? 0 : within(-1000000, 1000000)};
            portfolio.position_count += 1;
        }
    }
    uint64_t most = one_in(2) ? 1 : ORDER_MAX + 1;
    portfolio.order_count = (uint32_t)pli_prng_below(&prng, most);
    for (uint32_t i = 0; i < portfolio.order_count; i += 1) {
        uint32_t instrument = (uint32_t)pli_prng_below(&prng, INSTRUMENTS);
        int64_t limit = marks[instrument].mark_e8 + within(-1000000, 1000000);
        orders[i] = (plm_order){.instrument_index = instrument,
                                .side = one_in(2) ? PLM_SIDE_BUY : PLM_SIDE_SELL,
                                .lots = any_size(digits),
                                .limit_e8 = limit,
                                .is_reduce_only = one_in(3)};
        if (underlyings[instruments[instrument].underlying_index].domain ==
            PLM_PRICE_DOMAIN_POSITIVE) {
            orders[i].limit_e8 = limit < 1 ? 1 : limit;
        }
    }
    for (uint32_t i = 0; i < ASSETS; i += 1) {
        pli_i128 atoms = (one_in(4) ? -1 : 1) * (pli_i128)any_size(17);
        balances[i] = (plm_balance){.asset_index = i, .atoms = pli_wide_from_i128(atoms)};
    }
    portfolio.balance_count = (uint32_t)pli_prng_below(&prng, ASSETS + 1);
    return portfolio;
}

static _Alignas(64) unsigned char facts_memory[1 << 16];

/* Facts about both tables of the world as it is. */
static pli_facts
know_world(const plm_listing *listing) {
    memset(facts_memory, 0, sizeof facts_memory);
    pli_arena arena = pli_arena_init(facts_memory, sizeof facts_memory);
    pli_facts facts = pli_facts_take(&arena, UNDERLYINGS, INSTRUMENTS);
    const plm_risk_table *const both[2] = {&tables[0], &tables[1]};
    assert_true(pli_arena_is_ok(&arena));
    for (uint32_t u = 0; u < UNDERLYINGS; u += 1) {
        pli_facts_renew(&facts, listing, both, u);
    }
    assert_true(pli_facts_are_sound(&facts, listing, both));
    return facts;
}

/* Asks both paths; adds to `taken` what the direct one took. */
static void
compare(const plm_margin_input *input, uint32_t *taken) {
    const plm_portfolio_parameters *parameters = input->parameters;
    plm_workspace workspace = {memory, sizeof memory};
    plm_reason reason = {0};
    plm_requirement general = {0};
    plm_requirement direct = {0};
    plm_status status =
        plm_margin_require(&plm_model_portfolio, input, &workspace, &general, &reason, NULL);
    assert_int_equal(
        plm_margin_require(&plm_model_portfolio, input, &workspace, &direct, NULL, NULL), status);
    assert_memory_equal(&direct, &general, sizeof direct);
    if (input->facts != NULL) {
        plm_margin_input alone = *input;
        alone.facts = NULL;
        memset(&direct, 0, sizeof direct);
        assert_int_equal(
            plm_margin_require(&plm_model_portfolio, &alone, &workspace, &direct, NULL, NULL),
            status);
        assert_memory_equal(&direct, &general, sizeof direct);
    }
    pli_conclusion conclusion = {.entry_buffer_ppm = parameters->entry_buffer_ppm,
                                 .call_buffer_ppm = parameters->call_buffer_ppm};
    if (!pli_direct_require(input, &workspace, &conclusion)) {
        return;
    }
    plm_requirement concluded = {0};
    assert_int_equal(pli_conclude(&conclusion, &concluded, NULL), status);
    for (uint32_t i = 0; status == PLM_OK && i < PLM_CHARGE_COUNT; i += 1) {
        assert_int_equal(conclusion.charges_maintenance[i], reason.maintenance.charges_micros[i]);
        assert_int_equal(conclusion.charges_initial[i], reason.initial.charges_micros[i]);
    }
    *taken += status == PLM_OK;
}

static void
direct_and_general_path_answer_the_same(void **state) {
    (void)state;
    plm_listing listing = {ASSETS, UNDERLYINGS, INSTRUMENTS, assets, underlyings, instruments};
    plm_market market = {.time = {now_ns}, .underlyings = prices, .marks = marks};
    plm_portfolio_parameters parameters;
    uint32_t taken = 0;
    uint32_t asked = 0;
    prng = pli_prng_init(40);
    plm_record_init(&plm_portfolio_descriptor, &parameters);
    for (uint32_t i = 0; i < 400; i += 1) {
        draw_world();
        pli_facts facts = know_world(&listing);
        parameters.measure = within(1, 3);
        parameters.confidence_ppm = one_in(2) ? 990000 : 700000;
        for (uint32_t k = 0; k < 20; k += 1) {
            plm_portfolio portfolio = draw_portfolio();
            plm_margin_input input = {
                .listing = &listing,
                .market = &market,
                .maintenance_arrays = &tables[0],
                .initial_arrays = one_in(3) ? &tables[0] : &tables[1],
                .parameters = &parameters,
                .portfolio = &portfolio,
                .facts = one_in(4) ? NULL : &facts,
            };
            compare(&input, &taken);
            asked += 1;
        }
    }
    // A path that is never taken would be the same too.
    assert_true(taken > asked / 3);
}

/* Tables of another shape than the listing's, or without probes, are for the general path, whichever of the two it is. */
static void
tables_of_another_shape_are_left_to_the_general_path(void **state) {
    (void)state;
    plm_listing listing = {ASSETS, UNDERLYINGS, INSTRUMENTS, assets, underlyings, instruments};
    plm_market market = {.time = {now_ns}, .underlyings = prices, .marks = marks};
    plm_portfolio_parameters parameters;
    plm_workspace workspace = {memory, sizeof memory};
    pli_conclusion conclusion = {.entry_buffer_ppm = 0};
    plm_portfolio portfolio = {.positions = positions, .orders = orders, .balances = balances};
    plm_record_init(&plm_portfolio_descriptor, &parameters);
    prng = pli_prng_init(41);
    draw_world();
    plm_margin_input input = {.listing = &listing,
                              .market = &market,
                              .maintenance_arrays = &tables[0],
                              .initial_arrays = &tables[1],
                              .parameters = &parameters,
                              .portfolio = &portfolio};
    assert_true(pli_direct_require(&input, &workspace, &conclusion));
    for (uint32_t h = 0; h < 2; h += 1) {
        const plm_scenario_header header = headers[h];
        const plm_risk_table table = tables[h];
        for (int wrong = 0; wrong < 6; wrong += 1) {
            headers[h].underlying_count += wrong == 0 ? 1 : 0;
            tables[h].instrument_count -= wrong == 1 ? 1 : 0;
            tables[h].asset_count -= wrong == 2 ? 1 : 0;
            headers[h].probe_multiple_ppm = wrong == 3 ? 0 : headers[h].probe_multiple_ppm;
            headers[h].probe_multiple_ppm = wrong == 4 ? INT64_MAX : headers[h].probe_multiple_ppm;
            headers[h].row_stride -= wrong == 5 ? 1 : 0;
            assert_false(pli_direct_require(&input, &workspace, &conclusion));
            headers[h] = header;
            tables[h] = table;
        }
    }
    assert_true(pli_direct_require(&input, &workspace, &conclusion));
}

static void
facts_of_rows_that_have_changed_are_not_sound(void **state) {
    (void)state;
    plm_listing listing = {ASSETS, UNDERLYINGS, INSTRUMENTS, assets, underlyings, instruments};
    const plm_risk_table *const both[2] = {&tables[0], &tables[1]};
    uint32_t changed = 0;
    prng = pli_prng_init(41);
    for (uint32_t i = 0; i < 200; i += 1) {
        draw_world();
        pli_facts facts = know_world(&listing);
        uint32_t row = (uint32_t)pli_prng_below(&prng, INSTRUMENTS);
        uint32_t u = instruments[row].underlying_index;
        if (instruments[row].settlement != PLM_SETTLEMENT_LINEAR) {
            continue;
        }
        // Its first entry counts in every grid, and no column holds what is further away than all others.
        entries[one_in(2)][row * STRIDE] = INT64_C(-200000000000000000);
        assert_false(pli_facts_are_sound(&facts, &listing, both));
        pli_facts_renew(&facts, &listing, both, u);
        assert_true(pli_facts_are_sound(&facts, &listing, both));
        changed += 1;
    }
    assert_true(changed > 150);
}

/* The constant for one day is the general formula's answer: ceil(1e6 * sqrt(1 / 365)), whose square tells it. */
static void
volatility_of_a_day_is_rounded_up_once(void **state) {
    (void)state;
    assert_int_equal(pli_sigma_horizon_ppm(PLM_PPM, PLM_DAY_NS), 52343);
    assert_true(INT64_C(52343) * 52343 * 365 >= INT64_C(1000000000000));
    assert_true(INT64_C(52342) * 52342 * 365 < INT64_C(1000000000000));
    assert_int_equal(pli_sigma_horizon_ppm(600000, PLM_DAY_NS),
                     pli_sigma_horizon_ppm(600000, PLM_DAY_NS - 1));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(direct_and_general_path_answer_the_same),
        cmocka_unit_test(tables_of_another_shape_are_left_to_the_general_path),
        cmocka_unit_test(facts_of_rows_that_have_changed_are_not_sound),
        cmocka_unit_test(volatility_of_a_day_is_rounded_up_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
