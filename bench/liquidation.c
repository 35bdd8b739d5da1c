/* liquidation.c: a mass event through the waterfall and deleveraging, by
 * policy.      SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/prng.h"
#include "base/sort.h"
#include "liquidation/adl.h"
#include "liquidation/waterfall.h"

/*
 * One tick in which 11,279 accounts are bankrupt and 40,000 hold the other
 * side, in 44 markets: the pure decisions only, no books and no requirements. A
 * lot is a dollar. Winners: equity 10^2..10^7 dollars, notional 0.1..20 times
 * equity, profit up to half of the entry value. Each bankrupt account has
 * lost 1..10 % of its notional more than it had, and the winners' side of each
 * market is 2.5 times as large as what has to be closed.
 */
enum { BANKRUPT = 11279, WINNERS = 40000, MARKETS = 44, SEEDS = 20 };

#define USD INT64_C(1000000)

typedef struct winner {
    uint32_t market;
    int64_t profit_micros, entry_micros, notional_micros;
    pli_adl_candidate candidate;
} winner;

typedef struct market {
    uint32_t first, count; /* of winners */
    pli_i128 lots, loss;
} market;

typedef struct outcome {
    double ms, touched, worst_ppm, profit_micros, top_share;
    pli_i128 haircut, loss, lots, wanted;
} outcome;

static winner winners[WINNERS];
static market markets[MARKETS];
static int64_t haircuts[WINNERS];

// Of this process, so that a busy machine does not count.
static double
now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

// Dollars between 10^low and 10^(low + decades), every magnitude equally often.
static int64_t
drawn_dollars(pli_prng *prng, uint32_t low, uint32_t decades) {
    int64_t dollars = 1;
    uint64_t decade = low + pli_prng_below(prng, decades);
    for (uint64_t i = 0; i < decade; i += 1) {
        dollars *= 10;
    }
    return pli_prng_range_i64(prng, dollars, 10 * dollars - 1);
}

static void
draw_winners(pli_prng *prng) {
    for (uint32_t i = 0; i < WINNERS; i += 1) {
        winner *w = &winners[i];
        int64_t equity = drawn_dollars(prng, 2, 5);
        int64_t notional =
            equity * pli_prng_range_i64(prng, 1, pli_prng_below(prng, 2) == 0 ? 10 : 200) / 10;
        int64_t profit_ppm = pli_prng_range_i64(prng, 0, 500000);
        w->market = i % MARKETS;
        w->notional_micros = notional * USD;
        w->entry_micros = w->notional_micros / (1000000 + profit_ppm) * 1000000;
        w->profit_micros = w->notional_micros - w->entry_micros;
        w->candidate = (pli_adl_candidate){
            .account_index = i, .lots = notional, .equity_micros = equity * USD};
    }
}

static void
draw_bankrupt(pli_prng *prng) {
    for (uint32_t m = 0; m < MARKETS; m += 1) {
        pli_i128 capacity = 0;
        for (uint32_t i = m; i < WINNERS; i += MARKETS) {
            capacity += winners[i].candidate.lots;
        }
        markets[m] = (market){.lots = capacity * 2 / 5};
    }
    // The deficit of each is what the waterfall leaves for the winners.
    for (uint32_t i = 0; i < BANKRUPT; i += 1) {
        market *m = &markets[i % MARKETS];
        int64_t part = (int64_t)(m->lots / (BANKRUPT / MARKETS + 1));
        int64_t lost = part * pli_prng_range_i64(prng, 10000, 100000);
        pli_waterfall_loss loss = {.loss = lost, .common = lost / 10};
        pli_waterfall_market in = {.market_index = i % MARKETS,
                                   .lost = lost,
                                   .tranche = lost / 20,
                                   .winners = (pli_i128)1 << 90};
        pli_waterfall_share share;
        pli_waterfall_share total;
        if (pli_waterfall(&loss, &in, 1, &share, &total) != PLM_OK) {
            exit(1);
        }
        m->loss += total.winners;
    }
}

static void
run_market(pli_adl_policy policy, uint32_t index) {
    pli_adl_job job;
    if (pli_adl_start(policy, markets[index].lots, markets[index].loss, &job) != PLM_OK) {
        exit(1);
    }
    while (job.phase != PLI_ADL_DONE) {
        for (uint32_t i = index; i < WINNERS; i += MARKETS) {
            int64_t lots = 0;
            pli_i128 haircut = 0;
            if (pli_adl_offer(&job, &winners[i].candidate, &lots) != PLM_OK) {
                exit(1);
            }
            if (job.phase == PLI_ADL_FILL) {
                pli_adl_book(&job, lots, &haircut);
                haircuts[i] = (int64_t)haircut;
                winners[i].candidate.lots = lots;
            }
        }
        pli_adl_turn(&job);
    }
}

static void
add_outcome(outcome *out) {
    int64_t all = 0;
    int64_t top = 0;
    for (uint32_t i = 0; i < WINNERS; i += 1) {
        const winner *w = &winners[i];
        double harm = 1e6 * (double)haircuts[i] / (double)w->candidate.equity_micros;
        out->worst_ppm = harm > out->worst_ppm ? harm : out->worst_ppm;
        out->touched += w->candidate.lots > 0 ? 1 : 0;
        out->profit_micros += (double)w->profit_micros *
                              ((double)w->candidate.lots * USD / (double)w->notional_micros);
        out->haircut += haircuts[i];
        out->lots += w->candidate.lots;
        all += haircuts[i];
    }
    pli_sort_i64(haircuts, WINNERS);
    for (uint32_t i = WINNERS - WINNERS / 100; i < WINNERS; i += 1) {
        top += haircuts[i];
    }
    out->top_share += (double)top / (double)all;
}

static void
run(pli_adl_policy policy, uint64_t seed, outcome *out) {
    pli_prng prng = pli_prng_init(seed);
    draw_winners(&prng);
    double began = now_ms();
    draw_bankrupt(&prng);
    for (uint32_t i = 0; i < WINNERS; i += 1) {
        winner *w = &winners[i];
        w->candidate.score = pli_adl_score(w->profit_micros, w->entry_micros, w->notional_micros,
                                           w->candidate.equity_micros);
    }
    for (uint32_t m = 0; m < MARKETS; m += 1) {
        out->loss += markets[m].loss;
        out->wanted += markets[m].lots;
        run_market(policy, m);
    }
    out->ms += now_ms() - began;
    add_outcome(out);
}

int
main(void) {
    static const char *const names[] = {"", "queue", "pro rata", "least harm"};
    printf("| policy | processor time, ms | accounts closed | largest haircut / "
           "equity | haircut of the 1 %% that give most | "
           "profit closed / deficit | lots beyond need | haircut beyond deficit "
           "|\n|---|---|---|---|---|---|---|---|\n");
    for (uint32_t policy = PLI_ADL_QUEUE; policy <= PLI_ADL_LEAST_HARM; policy += 1) {
        outcome out = {.ms = 0};
        for (uint64_t seed = 1; seed <= SEEDS; seed += 1) {
            run((pli_adl_policy)policy, seed, &out);
        }
        printf("| %s | %.0f | %.0f | %.1f %% | %.0f %% | %.2f | %lld | %lld |\n", names[policy],
               out.ms / SEEDS, out.touched / SEEDS, out.worst_ppm / 1e4,
               100 * out.top_share / SEEDS, out.profit_micros / (double)out.loss,
               (long long)(out.lots - out.wanted), (long long)(out.haircut - out.loss));
    }
    return 0;
}
