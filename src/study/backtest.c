/* backtest.c: builds the world of one instant from its past only, asks the models, then looks at what came. SPDX-License-Identifier: Apache-2.0 */
#include "study/backtest.h"

#include <stdbool.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/libc.h"
#include "base/sort.h"
#include "base/text.h"
#include "base/wide.h"
#include "market/volatility.h"
#include "num/rounding.h"
#include "study/frame.h"

#define DAY_S INT64_C(86400)
#define NS_PER_S INT64_C(1000000000)

// Everything that one instant works in; sized once for the largest.
typedef struct backtest_work {
    pli_frame opened;
    pli_frame later;
    pli_frame_state *states;
    plm_history *histories;
    int64_t *days;   /* [underlying][day_count_max] */
    double *closes;  /* the same */
    double *scratch; /* day_count_max */
    uint8_t *is_held;
    plm_portfolio *portfolios;
    int64_t *sample; /* of one plane */
    size_t set_size, table_size, margin_size;
    void *set_blocks[2];
    void *table_blocks[2];
    void *margin;
    plm_scenario_set sets[2]; /* maintenance, initial */
    plm_risk_table tables[2];
    uint32_t history_count;
} backtest_work;

static plm_limits
limits_of(const pli_backtest *backtest) {
    uint32_t positions = 0;
    for (uint32_t i = 0; i < backtest->portfolio_count; i += 1) {
        uint32_t count = backtest->portfolios[i].position_count;
        positions = count > positions ? count : positions;
    }
    return (plm_limits){.asset_count = backtest->listing->asset_count,
                        .underlying_count = backtest->listing->underlying_count,
                        .instrument_count = backtest->listing->instrument_count,
                        .position_count = positions + 1,
                        .order_count = 1,
                        .balance_count = backtest->listing->asset_count,
                        .entry_count = PLM_SCENARIO_ENTRIES_MAX};
}

static plm_scenario_request
request_of(const pli_backtest *backtest, const plm_set_parameters *parameters,
           const plm_history *histories, uint32_t history_count) {
    return (plm_scenario_request){.name = "backtest",
                                  .version = 1,
                                  .listing = backtest->listing,
                                  .market = backtest->market,
                                  .parameters = parameters,
                                  .class_count = backtest->class_count,
                                  .classes = backtest->classes,
                                  .history_count = history_count,
                                  .histories = histories};
}

static size_t
larger(size_t left, size_t right) {
    return left > right ? left : right;
}

static size_t
margin_size(const pli_backtest *backtest) {
    plm_limits limits = limits_of(backtest);
    size_t size = 0;
    for (uint32_t i = 0; i < backtest->model_count; i += 1) {
        size = larger(size, plm_margin_workspace_size(backtest->models[i].model, &limits));
    }
    return size;
}

// The size of a set depends on the counts of its histories only; `full` has room for one per underlying.
static size_t
set_size(const pli_backtest *backtest, plm_history *full) {
    for (uint32_t u = 0; u < backtest->listing->underlying_count; u += 1) {
        full[u] = (plm_history){.underlying_index = u, .day_count = backtest->day_count_max};
    }
    uint32_t count = backtest->listing->underlying_count;
    plm_scenario_request maintenance = request_of(backtest, backtest->maintenance, full, count);
    plm_scenario_request initial = request_of(backtest, backtest->initial, full, count);
    return larger(plm_scenario_size(&maintenance), plm_scenario_size(&initial));
}

static size_t
table_size(const pli_backtest *backtest) {
    const plm_scenario_set widest = {.header = {.row_stride = PLM_SCENARIO_ENTRIES_MAX}};
    return plm_risk_table_size(&widest, backtest->listing);
}

static void
take_tables(const pli_backtest *backtest, pli_arena *arena, backtest_work *work) {
    size_t underlyings = backtest->listing->underlying_count;
    const pli_frame_template template = {backtest->listing, backtest->market};
    pli_frame_take(&template, arena, &work->opened);
    pli_frame_take(&template, arena, &work->later);
    work->states = PLI_ARENA_TAKE(arena, underlyings, pli_frame_state);
    work->histories = PLI_ARENA_TAKE(arena, underlyings, plm_history);
    work->days = PLI_ARENA_TAKE(arena, underlyings * backtest->day_count_max, int64_t);
    work->closes = PLI_ARENA_TAKE(arena, underlyings * backtest->day_count_max, double);
    work->scratch = PLI_ARENA_TAKE(arena, backtest->day_count_max, double);
    work->is_held = PLI_ARENA_TAKE(arena, backtest->listing->instrument_count, uint8_t);
    work->portfolios = PLI_ARENA_TAKE(arena, backtest->portfolio_count, plm_portfolio);
    work->sample = PLI_ARENA_TAKE(arena, PLM_SCENARIO_ENTRIES_MAX, int64_t);
}

// A listing's underlyings bound the array that set_size works in.
#define UNDERLYINGS_MAX 64u

static void
take_blocks(const pli_backtest *backtest, pli_arena *arena, backtest_work *work) {
    plm_history full[UNDERLYINGS_MAX];
    work->set_size = set_size(backtest, full);
    work->table_size = table_size(backtest);
    work->margin_size = margin_size(backtest);
    for (size_t i = 0; i < 2; i += 1) {
        work->set_blocks[i] = pli_arena_take(arena, work->set_size, 1, PLI_ARENA_ALIGN);
        work->table_blocks[i] = pli_arena_take(arena, work->table_size, 1, PLI_ARENA_ALIGN);
    }
    work->margin = pli_arena_take(arena, work->margin_size, 1, PLI_ARENA_ALIGN);
}

size_t
pli_backtest_size(const pli_backtest *backtest) {
    pli_arena arena = pli_arena_init_sizing();
    backtest_work work;
    if (backtest->listing->underlying_count > UNDERLYINGS_MAX) {
        return 0;
    }
    take_tables(backtest, &arena, &work);
    take_blocks(backtest, &arena, &work);
    return pli_arena_used(&arena);
}

static int64_t
day_of(int64_t seconds) {
    return seconds / DAY_S - (seconds % DAY_S < 0 ? 1 : 0);
}

// The last price known at `seconds`, by bisection; false where there is none that is fresh.
static bool
price_at(const pli_backtest_series *series, int64_t seconds, double *price) {
    uint32_t low = 0;
    uint32_t high = series->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (series->seconds[middle] <= seconds) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0 || seconds - series->seconds[low - 1] > series->age_max_s) {
        return false;
    }
    *price = series->closes[low - 1];
    return true;
}

// Daily closes counted back from the instant, oldest first. Days are numbered so that the instant ends the last one.
static uint32_t
daily_past(const pli_backtest *backtest, const backtest_work *work, uint32_t u, int64_t seconds) {
    int64_t *days = work->days + (size_t)u * backtest->day_count_max;
    double *closes = work->closes + (size_t)u * backtest->day_count_max;
    int64_t today = day_of(seconds);
    uint32_t count = 0;
    for (uint32_t back = backtest->day_count_max; back > 0; back -= 1) {
        double price = 0.0;
        int64_t ago = (int64_t)back - 1;
        if (price_at(&backtest->series[u], seconds - ago * DAY_S, &price)) {
            days[count] = today - ago;
            closes[count] = price;
            count += 1;
        }
    }
    return count;
}

// As of `seconds`: price, EWMA volatility, and history where there is a series.
static plm_status
state_at(const pli_backtest *backtest, backtest_work *work, uint32_t u, int64_t seconds,
         uint32_t *day_count, plm_fault *fault) {
    const plm_underlying_market *standing = &backtest->market->underlyings[u];
    PLI_ASSERT(work->states != NULL);
    if (backtest->series[u].count == 0) {
        work->states[u] =
            (pli_frame_state){.price = pli_double_from_i64(standing->price.price_e8) / 1e8,
                              .volatility = pli_double_from_i64(standing->volatility_ppm) / 1e6};
        *day_count = 0;
        return PLM_OK;
    }
    uint32_t count = daily_past(backtest, work, u, seconds);
    const double *closes = work->closes + (size_t)u * backtest->day_count_max;
    const int64_t *days = work->days + (size_t)u * backtest->day_count_max;
    if (count == 0 || days[count - 1] != day_of(seconds)) {
        return pli_fault_set_index(fault, PLM_PRICE_MISSING, "underlying", u,
                                   " has no fresh price at an instant of the back-test");
    }
    if (count <= (uint32_t)backtest->maintenance->history_minimum) {
        return pli_fault_set_index(fault, PLM_HISTORY_SHORT, "underlying", u,
                                   " has too few past days at an instant of the back-test");
    }
    double lambda = pli_double_from_i64(backtest->volatility_lambda_ppm) / 1e6;
    plm_status status = pli_volatility_ewma(closes, count, lambda, 5, work->scratch);
    if (status != PLM_OK) {
        return pli_fault_set_index(fault, status, "underlying", u, " has no volatility");
    }
    // A price that never moved has no volatility of its own; the template keeps it above zero.
    double volatility = work->scratch[count - 1];
    volatility = volatility > 1e-6 ? volatility : 1e-6;
    work->states[u] = (pli_frame_state){.price = closes[count - 1], .volatility = volatility};
    *day_count = count;
    return PLM_OK;
}

static plm_status
states_at(const pli_backtest *backtest, backtest_work *work, int64_t seconds, plm_fault *fault) {
    uint32_t made = 0;
    for (uint32_t u = 0; u < backtest->listing->underlying_count; u += 1) {
        uint32_t count = 0;
        plm_status status = state_at(backtest, work, u, seconds, &count, fault);
        if (status != PLM_OK) {
            return status;
        }
        if (count > 0) {
            work->histories[made] =
                (plm_history){.underlying_index = u,
                              .day_count = count,
                              .days = work->days + (size_t)u * backtest->day_count_max,
                              .closes = work->closes + (size_t)u * backtest->day_count_max};
            made += 1;
        }
    }
    work->history_count = made;
    return PLM_OK;
}

static plm_status
build_arrays(const pli_backtest *backtest, backtest_work *work, uint32_t which, plm_fault *fault) {
    plm_scenario_set *set = &work->sets[which];
    plm_risk_table *table = &work->tables[which];
    plm_scenario_request request =
        request_of(backtest, which == 0 ? backtest->maintenance : backtest->initial,
                   work->histories, work->history_count);
    request.listing = &work->opened.listing;
    request.market = &work->opened.market;
    plm_status status =
        plm_scenario_make(&request, work->set_blocks[which], work->set_size, set, fault);
    if (status == PLM_OK) {
        status = plm_risk_table_init(set, request.listing, work->table_blocks[which],
                                     work->table_size, table);
    }
    for (uint32_t u = 0; u < request.listing->underlying_count && status == PLM_OK; u += 1) {
        status = plm_risk_table_build(set, request.listing, request.market, u, work->is_held, table,
                                      fault);
    }
    return status;
}

// What stands still in history cannot be held through it.
static plm_status
hold_positions(const pli_backtest *backtest, backtest_work *work, plm_fault *fault) {
    PLI_ASSERT(work->is_held != NULL); // taken
    memset(work->is_held, 0, backtest->listing->instrument_count);
    for (uint32_t i = 0; i < backtest->portfolio_count; i += 1) {
        work->portfolios[i] = backtest->portfolios[i];
        work->portfolios[i].order_count = 0;
        for (uint32_t j = 0; j < work->portfolios[i].position_count; j += 1) {
            uint32_t index = work->portfolios[i].positions[j].instrument_index;
            uint32_t u = backtest->listing->instruments[index].underlying_index;
            work->is_held[index] = 1;
            if (backtest->listing->underlyings[u].domain != PLM_PRICE_DOMAIN_POSITIVE) {
                return pli_fault_set_index(fault, PLM_DOMAIN, "underlying", u,
                                           " is held and has domain any; history is carried by "
                                           "ratios of positive prices only");
            }
        }
    }
    return PLM_OK;
}

static plm_status
ask_model(const pli_backtest *backtest, const backtest_work *work, uint32_t portfolio,
          uint32_t model, pli_backtest_answer *answer, plm_fault *fault) {
    const pli_backtest_model *asked = &backtest->models[model];
    bool has_arrays = (asked->model->needs & PLM_NEEDS_ARRAYS) != 0;
    const plm_margin_input input = {.listing = &work->opened.listing,
                                    .market = &work->opened.market,
                                    .maintenance_arrays = has_arrays ? &work->tables[0] : NULL,
                                    .initial_arrays = has_arrays ? &work->tables[1] : NULL,
                                    .parameters = asked->parameters,
                                    .portfolio = &work->portfolios[portfolio]};
    plm_workspace workspace = {.memory = work->margin, .size = work->margin_size};
    plm_requirement requirement = {0};
    plm_reason reason = {0};
    plm_status status = plm_margin_require(asked->model, &input, &workspace, &requirement,
                                           has_arrays ? &reason : NULL, fault);
    *answer = (pli_backtest_answer){.status = status};
    if (status == PLM_OK) {
        answer->tail_micros = has_arrays ? reason.maintenance.tail_micros : 0;
        answer->maintenance_micros = requirement.maintenance_micros;
        answer->initial_micros = requirement.initial_micros;
    }
    return status == PLM_MODEL_UNSUPPORTED ? PLM_OK : status;
}

// Profit of a portfolio in one entry, as the model adds it up: whole lots, and balances by their units.
static int64_t
entry_profit(const plm_risk_table *table, const plm_listing *listing,
             const plm_portfolio *portfolio, uint32_t entry) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        const plm_position *position = &portfolio->positions[i];
        sum += (pli_i128)position->lots * plm_risk_row(table, position->instrument_index)[entry];
    }
    for (uint32_t i = 0; i < portfolio->balance_count; i += 1) {
        const plm_balance *balance = &portfolio->balances[i];
        const plm_asset *asset = &listing->assets[balance->asset_index];
        if (asset->treatment != PLM_TREATMENT_SCENARIO) {
            continue;
        }
        pli_i128 unit = 1;
        for (uint32_t d = 0; d < asset->decimals; d += 1) {
            unit *= 10;
        }
        const int64_t *row = plm_risk_row(table, listing->instrument_count + balance->asset_index);
        sum += pli_i128_from_wide(balance->atoms) * row[entry] / unit;
    }
    return sum > INT64_MAX ? INT64_MAX : sum < INT64_MIN ? INT64_MIN : (int64_t)sum;
}

// The joint distribution in the plane whose worst hundredth loses most.
static void
fill_samples(const backtest_work *work, const plm_risk_table *table, const plm_portfolio *portfolio,
             int64_t *out) {
    const plm_scenario_header *header = table->header;
    uint32_t count = header->history_count;
    pli_i128 least = 0;
    for (uint32_t plane = 0; plane < header->plane_count; plane += 1) {
        uint32_t begin = plm_scenario_history_begin(header, plane);
        for (uint32_t i = 0; i < count; i += 1) {
            work->sample[i] = entry_profit(table, &work->opened.listing, portfolio, begin + i);
        }
        pli_sort_i64(work->sample, count);
        pli_i128 sum = 0;
        for (uint32_t i = 0; i <= count / 100; i += 1) {
            sum += work->sample[i];
        }
        if (plane == 0 || sum < least) {
            least = sum;
            memcpy(out, work->sample, count * sizeof *out);
        }
    }
}

// What the market took: the later frame is the only thing that sees prices after the instant.
static plm_status
look_ahead(const pli_backtest *backtest, backtest_work *work, int64_t seconds,
           pli_backtest_instant *out, plm_fault *fault) {
    int64_t end = seconds + backtest->horizon_s;
    const pli_frame_template template = {backtest->listing, backtest->market};
    plm_status status = states_at(backtest, work, end, fault);
    if (status == PLM_OK) {
        status = pli_frame_later(&template, &work->opened, work->states, end * NS_PER_S,
                                 &work->later, fault);
    }
    for (uint32_t i = 0; i < backtest->portfolio_count && status == PLM_OK; i += 1) {
        out->profits[i] =
            pli_frame_profit(&work->opened, &work->later, &work->portfolios[i], PLM_NONE);
        out->notionals[i] = pli_frame_notional(&work->opened, &work->portfolios[i]);
    }
    return status;
}

static plm_status
ask_all(const pli_backtest *backtest, backtest_work *work, pli_backtest_instant *out,
        plm_fault *fault) {
    out->sample_count = work->sets[0].header.history_count;
    for (uint32_t i = 0; i < backtest->portfolio_count; i += 1) {
        for (uint32_t m = 0; m < backtest->model_count; m += 1) {
            plm_status status = ask_model(backtest, work, i, m,
                                          &out->answers[i * backtest->model_count + m], fault);
            if (status != PLM_OK) {
                return status;
            }
        }
        if (out->samples != NULL && out->sample_count > 0) {
            fill_samples(work, &work->tables[0], &work->portfolios[i],
                         out->samples + (size_t)i * (size_t)backtest->maintenance->history_count);
        }
    }
    return PLM_OK;
}

static plm_status
take_work(const pli_backtest *backtest, void *memory, size_t size, backtest_work *work,
          plm_fault *fault) {
    pli_arena arena = pli_arena_init(memory, size);
    if (backtest->listing->underlying_count > UNDERLYINGS_MAX) {
        return pli_fault_set_range(fault, PLM_LIMIT, "the count of underlyings of a back-test",
                                   backtest->listing->underlying_count, 1, UNDERLYINGS_MAX);
    }
    take_tables(backtest, &arena, work);
    take_blocks(backtest, &arena, work);
    if (!pli_arena_is_ok(&arena)) {
        return pli_fault_set_range(fault, PLM_WORKSPACE_SMALL, "the memory of a back-test",
                                   (int64_t)size, (int64_t)pli_backtest_size(backtest), INT64_MAX);
    }
    return PLM_OK;
}

// The market of the instant; what is in force replaces its volatilities, and the closes that histories are made of.
static plm_status
open_instant(const pli_backtest *backtest, backtest_work *work, int64_t seconds,
             pli_backtest_instant *out, plm_fault *fault) {
    const pli_frame_template template = {backtest->listing, backtest->market};
    plm_status status = states_at(backtest, work, seconds, fault);
    if (status == PLM_OK) {
        status = pli_frame_open(&template, work->states, seconds * NS_PER_S, &work->opened, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    out->seconds = seconds;
    out->price = work->states[0].price;
    out->volatility_ppm = work->opened.underlyings[0].volatility_ppm;
    if (backtest->living == NULL) {
        return PLM_OK;
    }
    for (uint32_t u = 0; u < backtest->listing->underlying_count; u += 1) {
        work->opened.underlyings[u].volatility_ppm = backtest->living->volatilities_ppm[u];
    }
    return states_at(backtest, work, backtest->living->since_s, fault);
}

plm_status
pli_backtest_at(const pli_backtest *backtest, int64_t seconds, void *memory, size_t size,
                pli_backtest_instant *out, plm_fault *fault) {
    backtest_work work = {.is_held = NULL};
    plm_status status = take_work(backtest, memory, size, &work, fault);
    if (status == PLM_OK) {
        status = hold_positions(backtest, &work, fault);
    }
    pli_backtest_instant opened = *out;
    if (status == PLM_OK) {
        status = open_instant(backtest, &work, seconds, &opened, fault);
    }
    for (uint32_t i = 0; i < 2 && status == PLM_OK; i += 1) {
        status = build_arrays(backtest, &work, i, fault);
    }
    bool is_wanted = work.history_count > 0 && backtest->maintenance->history_count > 0;
    if (status == PLM_OK && is_wanted && work.sets[0].header.history_count == 0) {
        status =
            pli_fault_set(fault, PLM_HISTORY_SHORT,
                          "too few joint past days at an instant of the back-test", NULL, NULL);
    }
    if (status == PLM_OK) {
        status = ask_all(backtest, &work, &opened, fault);
    }
    if (status != PLM_OK) {
        return status;
    }
    *out = opened;
    return look_ahead(backtest, &work, seconds, out, fault);
}

plm_status
pli_backtest_volatilities(const pli_backtest *backtest, int64_t seconds, void *memory, size_t size,
                          int64_t *volatilities_ppm, plm_fault *fault) {
    backtest_work work = {.is_held = NULL};
    plm_status status = take_work(backtest, memory, size, &work, fault);
    if (status == PLM_OK) {
        status = states_at(backtest, &work, seconds, fault);
    }
    const pli_frame_template template = {backtest->listing, backtest->market};
    if (status == PLM_OK) {
        status = pli_frame_open(&template, work.states, seconds * NS_PER_S, &work.opened, fault);
    }
    for (uint32_t u = 0; u < backtest->listing->underlying_count && status == PLM_OK; u += 1) {
        volatilities_ppm[u] = work.opened.underlyings[u].volatility_ppm;
    }
    return status;
}
