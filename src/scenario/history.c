/* history.c: chooses joint days and rescales their returns (filtered historical simulation).   SPDX-License-Identifier: Apache-2.0 */
#include "scenario/history.h"
#include "base/assert.h"
#include "base/libc.h"
#include "base/text.h"
#include "num/rounding.h"
#include "num/statistics.h"
#include "scenario/closes.h"

// PLM_PRICE_E8_MAX, and far below what a price in 1e-8 can resolve: every return stays finite.
#define CLOSE_MAX 1e8
#define CLOSE_POSITIVE_MIN 1e-12

// Mean of the first squared returns: what is known of volatility before the first day.
static double
seed_variance(const double *returns, size_t count) {
    size_t seed_count = count < PLI_HISTORY_SEED_COUNT ? count : PLI_HISTORY_SEED_COUNT;
    double sum = 0.0;
    for (size_t i = 0; i < seed_count; i += 1) {
        sum += returns[i] * returns[i];
    }
    return sum / (double)seed_count;
}

static double
rescale(double past_return, double then, double today, plm_history_scaling scaling) {
    if (!(then > 0.0)) {
        return past_return;
    }
    return scaling == PLM_HISTORY_SCALING_MID ? pli_rescale_return_mid(past_return, then, today)
                                              : pli_rescale_return(past_return, then, today);
}

void
pli_history_work_take(const plm_scenario_request *request, pli_arena *arena,
                      pli_history_work *work) {
    size_t day_sum = 0;
    size_t day_max = 0;
    for (uint32_t i = 0; i < request->history_count; i += 1) {
        size_t days = request->histories[i].day_count;
        day_sum += days;
        day_max = days > day_max ? days : day_max;
    }
    size_t underlying_count = request->listing->underlying_count;
    work->history_of = PLI_ARENA_TAKE(arena, underlying_count, uint32_t);
    work->cursor = PLI_ARENA_TAKE(arena, underlying_count, uint32_t);
    work->axis = PLI_ARENA_TAKE(arena, day_sum, int64_t);
    work->present = PLI_ARENA_TAKE(arena, day_sum, uint32_t);
    work->returns = PLI_ARENA_TAKE(arena, day_max, double);
    work->variance = PLI_ARENA_TAKE(arena, day_max + 1, double);
    work->days = PLI_ARENA_TAKE(arena, day_max, int64_t);
}

bool
pli_close_is_valid(double price, plm_price_domain domain) {
    return pli_double_is_finite(price) && fabs(price) <= CLOSE_MAX &&
           (domain == PLM_PRICE_DOMAIN_ANY || price >= CLOSE_POSITIVE_MIN);
}

static plm_status
check_history(const plm_history *history, plm_price_domain domain, plm_fault *fault) {
    for (uint32_t i = 0; i < history->day_count; i += 1) {
        if (!pli_close_is_valid(history->closes[i], domain)) {
            return pli_fault_set_index(fault, PLM_NOT_FINITE, "the history of underlying",
                                       history->underlying_index,
                                       " holds a price that is not finite or outside its domain");
        }
        if (i > 0 && history->days[i] <= history->days[i - 1]) {
            return pli_fault_set_index(fault, PLM_DOMAIN, "the history of underlying",
                                       history->underlying_index, " has days that do not rise");
        }
    }
    return PLM_OK;
}

static plm_status
check_histories(const plm_scenario_request *request, uint32_t *history_of, plm_fault *fault) {
    const plm_listing *listing = request->listing;
    for (uint32_t u = 0; u < listing->underlying_count; u += 1) {
        history_of[u] = PLM_NONE;
    }
    for (uint32_t i = 0; i < request->history_count; i += 1) {
        uint32_t u = request->histories[i].underlying_index;
        if (u >= listing->underlying_count) {
            return pli_fault_set_index(fault, PLM_INDEX_UNKNOWN, "a history names underlying", u,
                                       ", which is not listed");
        }
        if (history_of[u] != PLM_NONE) {
            return pli_fault_set_index(fault, PLM_PARAMETER_INVALID, "underlying", u,
                                       " has two histories");
        }
        plm_status status =
            check_history(&request->histories[i], listing->underlyings[u].domain, fault);
        if (status != PLM_OK) {
            return status;
        }
        history_of[u] = i;
    }
    return PLM_OK;
}

// A return ends on day i when the day before it is there too.
static bool
has_return(const plm_history *history, uint32_t i) {
    return i > 0 && history->days[i] == history->days[i - 1] + 1;
}

static uint32_t
next_return(const plm_history *history, uint32_t from) {
    uint32_t i = from;
    while (i < history->day_count && !has_return(history, i)) {
        i += 1;
    }
    return i;
}

static uint32_t
count_returns(const plm_history *history) {
    uint32_t count = 0;
    for (uint32_t i = next_return(history, 0); i < history->day_count;
         i = next_return(history, i + 1)) {
        count += 1;
    }
    return count;
}

static const plm_history *
history_at(const plm_scenario_request *request, const pli_history_work *work, uint32_t u) {
    return &request->histories[work->history_of[u]];
}

// Merge the return days of all that qualify; work->present counts them day by day.
static size_t
make_axis(const plm_scenario_request *request, pli_history_work *work, const uint8_t *qualifies) {
    uint32_t underlying_count = request->listing->underlying_count;
    for (uint32_t u = 0; u < underlying_count; u += 1) {
        work->cursor[u] = qualifies[u] != 0 ? next_return(history_at(request, work, u), 0) : 0;
    }
    for (size_t axis_count = 0;; axis_count += 1) {
        int64_t first = INT64_MAX;
        uint32_t present = 0;
        for (uint32_t u = 0; u < underlying_count; u += 1) {
            if (qualifies[u] == 0 || work->cursor[u] >= history_at(request, work, u)->day_count) {
                continue;
            }
            int64_t day = history_at(request, work, u)->days[work->cursor[u]];
            present = day < first ? 1 : present + (day == first ? 1 : 0);
            first = day < first ? day : first;
        }
        if (present == 0) {
            return axis_count;
        }
        work->axis[axis_count] = first;
        work->present[axis_count] = present;
        for (uint32_t u = 0; u < underlying_count; u += 1) {
            if (qualifies[u] == 0 || work->cursor[u] >= history_at(request, work, u)->day_count) {
                continue;
            }
            const plm_history *history = history_at(request, work, u);
            if (history->days[work->cursor[u]] == first) {
                work->cursor[u] = next_return(history, work->cursor[u] + 1);
            }
        }
    }
}

static size_t
count_joint(const pli_history_work *work, size_t axis_count, uint32_t qualifying) {
    size_t joint = 0;
    for (size_t i = 0; i < axis_count; i += 1) {
        joint += work->present[i] == qualifying ? 1 : 0;
    }
    return joint;
}

// Days that become joint when this underlying goes: all the others are there and it is not.
static size_t
count_gain(const plm_history *history, const pli_history_work *work, size_t axis_count,
           uint32_t qualifying) {
    size_t gain = 0;
    uint32_t at = next_return(history, 0);
    for (size_t i = 0; i < axis_count; i += 1) {
        while (at < history->day_count && history->days[at] < work->axis[i]) {
            at = next_return(history, at + 1);
        }
        bool is_present = at < history->day_count && history->days[at] == work->axis[i];
        gain += !is_present && work->present[i] == qualifying - 1 ? 1 : 0;
    }
    return gain;
}

static void
leave_axis(const plm_history *history, pli_history_work *work, size_t axis_count) {
    uint32_t at = next_return(history, 0);
    for (size_t i = 0; i < axis_count && at < history->day_count; i += 1) {
        if (history->days[at] == work->axis[i]) {
            work->present[i] -= 1;
            at = next_return(history, at + 1);
        }
    }
}

// Decide who takes part, and return how many days of the axis all of them share.
static size_t
choose_joint(const plm_scenario_request *request, pli_history_work *work, size_t axis_count,
             uint8_t *qualifies, uint32_t *qualifying) {
    size_t minimum = (size_t)request->parameters->history_minimum;
    for (;;) {
        size_t joint = count_joint(work, axis_count, *qualifying);
        if (*qualifying == 0 || joint >= minimum) {
            return *qualifying == 0 ? 0 : joint;
        }
        uint32_t worst = PLM_NONE;
        size_t worst_gain = 0;
        for (uint32_t u = 0; u < request->listing->underlying_count; u += 1) {
            if (qualifies[u] == 0) {
                continue;
            }
            size_t gain = count_gain(history_at(request, work, u), work, axis_count, *qualifying);
            if (worst == PLM_NONE || gain >= worst_gain) {
                worst = u;
                worst_gain = gain;
            }
        }
        qualifies[worst] = 0;
        *qualifying -= 1;
        leave_axis(history_at(request, work, worst), work, axis_count);
    }
}

// One underlying's own returns, standardised by what was known before each, onto the joint days.
static void
fill_underlying(const plm_scenario_request *request, const pli_history_work *work, uint32_t u,
                const pli_joint_history *joint) {
    const plm_history *history = history_at(request, work, u);
    const plm_underlying *underlying = &request->listing->underlyings[u];
    const plm_set_parameters *parameters = request->parameters;
    bool is_any = underlying->domain == PLM_PRICE_DOMAIN_ANY;
    double reference = pli_double_from_i64(underlying->reference_e8) / 1e8;
    size_t count = 0;
    for (uint32_t i = next_return(history, 0); i < history->day_count;
         i = next_return(history, i + 1)) {
        double before = history->closes[i - 1];
        work->returns[count] = (history->closes[i] - before) / (is_any ? reference : before);
        work->days[count] = history->days[i];
        count += 1;
    }
    double lambda = pli_double_from_i64(parameters->history_lambda_ppm) / 1e6;
    plm_status status = pli_ewma_variance(work->returns, count, lambda,
                                          seed_variance(work->returns, count), work->variance);
    PLI_ASSERT(status == PLM_OK);
    int64_t floor_ppm = request->classes[underlying->class_id].volatility_floor_ppm;
    double sigma_floor = pli_double_from_i64(floor_ppm) / 1e6 / sqrt(365.0);
    double today = sqrt(work->variance[count]);
    today = today < sigma_floor ? sigma_floor : today;
    double days = pli_double_from_i64(parameters->horizon_ns) / pli_double_from_i64(PLM_DAY_NS);
    double horizon = sqrt(days);
    size_t own = 0;
    for (uint32_t i = 0; i < joint->count; i += 1) {
        while (work->days[own] != joint->days[i]) {
            own += 1;
        }
        double move = rescale(work->returns[own], sqrt(work->variance[own]), today,
                              (plm_history_scaling)parameters->history_scaling);
        move *= horizon;
        if (!is_any && move < PLI_HISTORY_MOVE_MIN) {
            move = PLI_HISTORY_MOVE_MIN;
        }
        joint->returns[(size_t)i * request->listing->underlying_count + u] = move;
    }
}

static void
fill_joint(const plm_scenario_request *request, const pli_history_work *work,
           pli_joint_history *joint) {
    uint32_t underlying_count = request->listing->underlying_count;
    memset(joint->returns, 0, (size_t)joint->count * underlying_count * sizeof *joint->returns);
    for (uint32_t u = 0; u < underlying_count; u += 1) {
        if (joint->has_history[u] != 0) {
            fill_underlying(request, work, u, joint);
        }
    }
}

plm_status
pli_history_make(const plm_scenario_request *request, pli_history_work *work,
                 pli_joint_history *joint, plm_fault *fault) {
    uint32_t underlying_count = request->listing->underlying_count;
    plm_status status = check_histories(request, work->history_of, fault);
    if (status != PLM_OK) {
        return status;
    }
    joint->count = 0;
    uint32_t qualifying = 0;
    for (uint32_t u = 0; u < underlying_count; u += 1) {
        bool is_enough =
            request->parameters->history_count > 0 && work->history_of[u] != PLM_NONE &&
            count_returns(history_at(request, work, u)) >= request->parameters->history_minimum;
        joint->has_history[u] = is_enough ? 1 : 0;
        qualifying += is_enough ? 1 : 0;
    }
    size_t axis_count = make_axis(request, work, joint->has_history);
    size_t common = choose_joint(request, work, axis_count, joint->has_history, &qualifying);
    size_t wanted = (size_t)request->parameters->history_count;
    size_t skipped = common > wanted ? common - wanted : 0;
    for (size_t i = 0; i < axis_count && common > 0; i += 1) {
        if (work->present[i] != qualifying) {
            continue;
        }
        if (skipped > 0) {
            skipped -= 1;
            continue;
        }
        joint->days[joint->count] = work->axis[i];
        joint->count += 1;
    }
    fill_joint(request, work, joint);
    return PLM_OK;
}
