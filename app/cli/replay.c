/* replay.c: candle files replayed day by day through the models.                       SPDX-License-Identifier: Apache-2.0 */
#include "cli/replay.h"

#include <string.h>

#include "cli/memory.h"
#include "cli/progress.h"
#include "cli/replay_living.h"
#include "io/candles_csv.h"
#include "io/time_text.h"
#include "num/rounding.h"

#define DAY_S INT64_C(86400)
#define NS_PER_S INT64_C(1000000000)
#define BURN_IN_DAYS 300u

static int64_t
day_of(int64_t seconds) {
    return seconds / DAY_S - (seconds % DAY_S < 0 ? 1 : 0);
}

bool
pli_day_parse(const char *text, int64_t *day) {
    char shown[32];
    for (int64_t i = -43830; i < 84006 && strlen(text) == 10; i += 1) {
        pli_text at = pli_text_init(shown, sizeof shown);
        pli_date_format(&at, i);
        if (strcmp(shown, text) == 0) {
            *day = i;
            return true;
        }
    }
    return false;
}

// 1970-01-01 was a Thursday, so day 3 was a Sunday.
static bool
is_sunday(int64_t day) {
    return ((day - 3) % 7 + 7) % 7 == 0;
}

static int64_t
bar_seconds(const pli_bars *bars) {
    int64_t least = DAY_S;
    for (size_t i = 1; i < bars->bar_count; i += 1) {
        int64_t gap = (bars->bars[i].start_ns - bars->bars[i - 1].start_ns) / NS_PER_S;
        least = gap < least ? gap : least;
    }
    return least;
}

static bool
has_sunday(const pli_bars *bars) {
    for (size_t i = 0; i < bars->bar_count; i += 1) {
        if (is_sunday(day_of(bars->bars[i].start_ns / NS_PER_S))) {
            return true;
        }
    }
    return false;
}

typedef struct joined {
    size_t count;
    int64_t *seconds;
    double *closes;
} joined;

static void
append(joined *into, const pli_bars *bars, int64_t bar_s, int64_t from_s, int64_t to_s) {
    for (size_t i = 0; i < bars->bar_count; i += 1) {
        int64_t known_s = bars->bars[i].start_ns / NS_PER_S + bar_s;
        if (known_s > from_s && known_s < to_s) {
            into->seconds[into->count] = known_s;
            into->closes[into->count] = bars->bars[i].close;
            into->count += 1;
        }
    }
}

// Bars of the finer file where there are any, of the other before and after.
static joined
join(pli_pool *pool, const pli_bars *fine, const pli_bars *older) {
    size_t room = fine->bar_count + older->bar_count;
    joined into = {.seconds = PLI_MUST_TAKE(pool, room, int64_t),
                   .closes = PLI_MUST_TAKE(pool, room, double)};
    int64_t fine_s = bar_seconds(fine);
    int64_t older_s = older->bar_count > 0 ? bar_seconds(older) : fine_s;
    int64_t first_s = fine->bars[0].start_ns / NS_PER_S + fine_s;
    int64_t last_s = fine->bars[fine->bar_count - 1].start_ns / NS_PER_S + fine_s;
    append(&into, older, older_s, INT64_MIN, first_s);
    append(&into, fine, fine_s, INT64_MIN, INT64_MAX);
    append(&into, older, older_s, last_s, INT64_MAX);
    return into;
}

static pli_exit
read_series(const char *path, const char *older_path, pli_replay *replay,
            pli_backtest_series *series) {
    plm_fault fault = {.status = PLM_OK};
    pli_bars fine = {0};
    pli_bars older = {0};
    if (pli_bars_read(path, PLM_PRICE_DOMAIN_POSITIVE, &replay->pool, &fine, &fault) != PLM_OK) {
        return pli_fail_status(path, &fault);
    }
    if (older_path != NULL && pli_bars_read(older_path, PLM_PRICE_DOMAIN_POSITIVE, &replay->pool,
                                            &older, &fault) != PLM_OK) {
        return pli_fail_status(older_path, &fault);
    }
    joined all = join(&replay->pool, &fine, &older);
    if (all.count > UINT32_MAX) {
        return pli_fail_usage(path, " has more bars than can be counted", NULL);
    }
    replay->bar_s = bar_seconds(&fine);
    replay->is_sessions = replay->bar_s == DAY_S && !has_sunday(&fine);
    replay->bar_count = (uint32_t)all.count;
    if (replay->is_sessions) {
        int64_t *days = PLI_MUST_TAKE(&replay->pool, all.count, int64_t);
        for (size_t i = 0; i < all.count; i += 1) {
            days[i] = day_of(all.seconds[i]) - 1;
            all.seconds[i] = (int64_t)i * DAY_S;
        }
        replay->session_days = days;
    }
    // A price may be as old as two bars of its file; where an hour is less than that, an hour.
    int64_t bars_s = 2 * (older.bar_count > 0 ? bar_seconds(&older) : replay->bar_s);
    *series = (pli_backtest_series){.count = (uint32_t)all.count,
                                    .seconds = all.seconds,
                                    .closes = all.closes,
                                    .age_max_s = replay->is_sessions ? 0
                                                 : bars_s >= DAY_S   ? DAY_S - 1
                                                 : bars_s < 3600     ? 3600
                                                                     : bars_s};
    return PLI_EXIT_OK;
}

static void
ask_backtest(const pli_replay_ask *ask, const plm_listing *listing, const plm_market *market,
             pli_replay *replay) {
    const pli_parameter_book *parameters = ask->parameters;
    int64_t most = parameters->scenario_maintenance.history_count;
    int64_t initial = parameters->scenario_initial.history_count;
    most = initial > most ? initial : most;
    int64_t horizon_s = parameters->scenario_maintenance.horizon_ns / NS_PER_S;
    replay->backtest = (pli_backtest){.listing = listing,
                                      .market = market,
                                      .portfolio_count = replay->portfolio_count,
                                      .portfolios = replay->portfolios,
                                      .model_count = ask->model_count,
                                      .models = ask->models,
                                      .series = replay->series,
                                      .maintenance = &parameters->scenario_maintenance,
                                      .initial = &parameters->scenario_initial,
                                      .class_count = PLI_CLASS_COUNT_MAX,
                                      .classes = parameters->classes,
                                      .volatility_lambda_ppm = ask->lambda_ppm,
                                      .day_count_max = (uint32_t)most + BURN_IN_DAYS,
                                      .horizon_s = horizon_s};
}

static const char *
name_of_path(pli_pool *pool, const char *path) {
    const char *slash = strrchr(path, '/');
    char *name = PLI_MUST_TAKE(pool, strlen(path) + 1, char);
    strcpy(name, slash == NULL ? path : slash + 1);
    char *dot = strchr(name, '.');
    if (dot != NULL && dot != name) {
        *dot = '\0';
    }
    return name;
}

pli_exit
pli_replay_open(const char *path, const char *older, const pli_replay_ask *ask,
                pli_replay *replay) {
    *replay = (pli_replay){.path = path};
    replay->name = name_of_path(&replay->pool, path);
    replay->series = PLI_MUST_TAKE(&replay->pool, 1, pli_backtest_series);
    pli_exit end = read_series(path, older, replay, &replay->series[0]);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    int64_t price_e8 = 0;
    double last = replay->series[0].closes[replay->series[0].count - 1];
    if (pli_i64_from_double_half_even(last * 1e8, &price_e8) != PLM_OK || price_e8 < 1 ||
        price_e8 > PLM_PRICE_E8_MAX / 2) {
        return pli_fail_usage(path, ": its last price is outside 1e-8 to 5e7", NULL);
    }
    pli_archetypes_make(price_e8, &replay->archetypes);
    for (uint32_t i = 0; i < PLI_ARCHETYPE_COUNT; i += 1) {
        if ((ask->portfolio_mask >> i & 1u) != 0) {
            replay->portfolios[replay->portfolio_count] = replay->archetypes.portfolios[i];
            replay->portfolio_names[replay->portfolio_count] = pli_archetype_name(i);
            replay->portfolio_count += 1;
        }
    }
    ask_backtest(ask, &replay->archetypes.listing, &replay->archetypes.market, replay);
    return PLI_EXIT_OK;
}

static pli_exit
read_named_histories(const pli_replay_ask *ask, pli_replay *replay) {
    const pli_parameter_book *parameters = ask->parameters;
    bool is_first_read = false;
    for (uint32_t i = 0; i < parameters->history_count; i += 1) {
        const pli_history_source *source = &parameters->histories[i];
        uint32_t u = pli_book_underlying_index(&replay->book, source->underlying);
        if (u == PLM_NONE ||
            replay->book.listing.underlyings[u].domain != PLM_PRICE_DOMAIN_POSITIVE) {
            continue;
        }
        pli_exit end = read_series(source->path, NULL, replay, &replay->series[u]);
        if (end != PLI_EXIT_OK) {
            return end;
        }
        is_first_read = is_first_read || u == 0;
        if (replay->is_sessions) {
            return pli_fail_usage(source->path,
                                  " has sessions, which cannot stand beside others; "
                                  "give it alone, without --market",
                                  NULL);
        }
    }
    return is_first_read
               ? PLI_EXIT_OK
               : pli_fail_usage("--config names no history of ",
                                pli_book_underlying_name(&replay->book, 0),
                                ", the first underlying of the market, which gives the days");
}

pli_exit
pli_replay_open_market(const char *market, const char *portfolio, const pli_replay_ask *ask,
                       pli_replay *replay) {
    *replay = (pli_replay){.path = portfolio};
    replay->name = name_of_path(&replay->pool, portfolio);
    plm_fault fault = {.status = PLM_OK};
    if (pli_market_read(market, &replay->book, &fault) != PLM_OK ||
        pli_portfolio_read(portfolio, &replay->book, &replay->account, &fault) != PLM_OK) {
        return pli_fail_status(NULL, &fault);
    }
    replay->series =
        PLI_MUST_TAKE(&replay->pool, replay->book.listing.underlying_count, pli_backtest_series);
    pli_exit end = read_named_histories(ask, replay);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    uint32_t groups = replay->account.group_count;
    replay->portfolio_count = groups < PLI_ARCHETYPE_COUNT ? groups : PLI_ARCHETYPE_COUNT;
    for (uint32_t i = 0; i < replay->portfolio_count; i += 1) {
        replay->portfolios[i] = replay->account.groups[i].portfolio;
        replay->portfolio_names[i] = replay->account.groups[i].name;
    }
    ask_backtest(ask, &replay->book.listing, &replay->book.market, replay);
    return PLI_EXIT_OK;
}

void
pli_replay_finish(pli_replay *replay) {
    pli_account_finish(&replay->account);
    pli_book_finish(&replay->book);
    pli_pool_finish(&replay->pool);
}

int64_t
pli_replay_day(const pli_replay *replay, uint32_t index) {
    int64_t seconds = replay->seconds[index];
    return replay->is_sessions ? replay->session_days[seconds / DAY_S] : day_of(seconds);
}

const pli_backtest_answer *
pli_replay_answer(const pli_replay *replay, uint32_t instant, uint32_t portfolio, uint32_t model) {
    size_t row = (size_t)instant * replay->portfolio_count + portfolio;
    return &replay->answers[row * replay->backtest.model_count + model];
}

const pli_backtest_answer *
pli_replay_living_answer(const pli_replay *replay, uint32_t instant, uint32_t portfolio,
                         uint32_t model) {
    size_t row = (size_t)instant * replay->portfolio_count + portfolio;
    return &replay->living_answers[row * replay->backtest.model_count + model];
}

// Instants from the first bar on, at whole steps of a UTC day; of sessions, the sessions themselves.
static uint32_t
list_instants(const pli_replay_ask *ask, pli_replay *replay, int64_t *instants) {
    const pli_backtest_series *series = &replay->series[0];
    int64_t step_s = replay->is_sessions ? DAY_S : ask->step_s;
    int64_t last_s = series->seconds[series->count - 1] - replay->backtest.horizon_s;
    int64_t first_s = day_of(series->seconds[0]) * DAY_S;
    uint32_t count = 0;
    if (!replay->is_sessions && ask->from_day * DAY_S > first_s) {
        first_s = ask->from_day * DAY_S;
    }
    for (int64_t at = first_s; at <= last_s; at += step_s) {
        int64_t day = replay->is_sessions ? replay->session_days[at / DAY_S] : day_of(at);
        if (day >= ask->from_day && day <= ask->to_day) {
            if (instants != NULL) {
                instants[count] = at;
            }
            count += 1;
        }
    }
    return count;
}

static void
take_columns(const pli_replay_ask *ask, pli_replay *replay, uint32_t count) {
    size_t portfolios = (size_t)count * replay->portfolio_count;
    replay->seconds = PLI_MUST_TAKE(&replay->pool, count, int64_t);
    replay->prices = PLI_MUST_TAKE(&replay->pool, count, double);
    replay->volatilities_ppm = PLI_MUST_TAKE(&replay->pool, count, int64_t);
    replay->profits = PLI_MUST_TAKE(&replay->pool, portfolios, double);
    replay->notionals = PLI_MUST_TAKE(&replay->pool, portfolios, double);
    replay->answers =
        PLI_MUST_TAKE(&replay->pool, portfolios * ask->model_count, pli_backtest_answer);
    if (ask->has_samples) {
        replay->sample_stride = (uint32_t)replay->backtest.maintenance->history_count;
        replay->samples = PLI_MUST_TAKE(&replay->pool, portfolios * replay->sample_stride, int64_t);
    }
    if (ask->has_living) {
        replay->living_answers =
            PLI_MUST_TAKE(&replay->pool, portfolios * ask->model_count, pli_backtest_answer);
        replay->in_force_ppm = PLI_MUST_TAKE(&replay->pool, count, int64_t);
        replay->announced_ppm = PLI_MUST_TAKE(&replay->pool, count, int64_t);
    }
}

// The columns of the next instant to be kept; one that cannot be answered is overwritten by the one after it.
static pli_backtest_instant
next_instant(const pli_replay *replay) {
    size_t row = (size_t)replay->instant_count * replay->portfolio_count;
    return (pli_backtest_instant){
        .profits = replay->profits + row,
        .notionals = replay->notionals + row,
        .answers = replay->answers + row * replay->backtest.model_count,
        .samples = replay->samples == NULL ? NULL : replay->samples + row * replay->sample_stride};
}

// The same instant once more with what is in force; profits and notionals come out as they are.
static plm_status
ask_living(pli_replay *replay, pli_replay_living *living, const pli_backtest_instant *at,
           plm_fault *fault) {
    plm_status status = pli_replay_living_advance(living, at->seconds, fault);
    if (status != PLM_OK) {
        return status;
    }
    uint32_t index = replay->instant_count;
    size_t row = (size_t)index * replay->portfolio_count * replay->backtest.model_count;
    pli_backtest_instant again = *at;
    again.answers = replay->living_answers + row;
    again.samples = NULL;
    pli_backtest asked = replay->backtest;
    asked.living = &living->force;
    replay->in_force_ppm[index] = living->in_force_ppm[0];
    replay->announced_ppm[index] = living->announced_ppm[0];
    return pli_backtest_at(&asked, at->seconds, living->memory, living->size, &again, fault);
}

static plm_status
run_instant(pli_replay *replay, pli_replay_living *living, int64_t seconds, plm_fault *fault) {
    pli_backtest_instant at = next_instant(replay);
    plm_status status =
        pli_backtest_at(&replay->backtest, seconds, living->memory, living->size, &at, fault);
    if (status == PLM_OK && replay->living_answers != NULL) {
        status = ask_living(replay, living, &at, fault);
    }
    if (status == PLM_OK) {
        replay->seconds[replay->instant_count] = at.seconds;
        replay->prices[replay->instant_count] = at.price;
        replay->volatilities_ppm[replay->instant_count] = at.volatility_ppm;
        replay->sample_count = at.sample_count;
        replay->instant_count += 1;
    }
    return status;
}

pli_exit
pli_replay_run(const pli_replay_ask *ask, pli_replay *replay) {
    uint32_t count = list_instants(ask, replay, NULL);
    int64_t *instants = PLI_MUST_TAKE(&replay->pool, count + 1u, int64_t);
    list_instants(ask, replay, instants);
    take_columns(ask, replay, count + 1);
    plm_fault fault = {.status = PLM_OK};
    pli_replay_living living = pli_replay_living_begin(&replay->backtest, &ask->parameters->living,
                                                       &replay->pool, count > 0 ? instants[0] : 0);
    pli_progress progress = pli_progress_begin("instants", count);
    for (uint32_t i = 0; i < count; i += 1) {
        plm_status status = run_instant(replay, &living, instants[i], &fault);
        if (status != PLM_OK && status != PLM_PRICE_MISSING && status != PLM_HISTORY_SHORT) {
            (void)pli_progress_end(&progress);
            return pli_fail_status(replay->path, &fault);
        }
        pli_progress_show(&progress, i + 1);
    }
    (void)pli_progress_end(&progress);
    return replay->instant_count > 0
               ? PLI_EXIT_OK
               : pli_fail_usage(replay->path, ": no instant has enough history before it; ",
                                "choose a later --from, or an older --history");
}
