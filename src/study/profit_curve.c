/* profit_curve.c: a portfolio revalued along the moves of one underlying.               SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>

#include "base/text.h"
#include "num/elementary.h"
#include "num/rounding.h"
#include "study/default.h"
#include "study/frame.h"

#define MOVE_LOW (-2.302585092994046) /* ln 0.1 */
#define MOVE_HIGH 1.3862943611198906  /* ln 4 */

typedef struct curve_work {
    pli_frame opened;
    pli_frame later;
    pli_frame_state *states;
} curve_work;

static void
take_work(const plm_listing *listing, const plm_market *market, pli_arena *arena,
          curve_work *work) {
    const pli_frame_template template = {listing, market};
    pli_frame_take(&template, arena, &work->opened);
    pli_frame_take(&template, arena, &work->later);
    work->states = PLI_ARENA_TAKE(arena, listing->underlying_count, pli_frame_state);
}

size_t
pli_profit_curve_size(const plm_listing *listing, const plm_market *market) {
    pli_arena arena = pli_arena_init_sizing();
    curve_work work;
    take_work(listing, market, &arena, &work);
    return pli_arena_used(&arena);
}

static void
standing_states(const pli_curve_question *question, curve_work *work) {
    for (uint32_t u = 0; u < question->listing->underlying_count; u += 1) {
        const plm_underlying_market *of = &question->market->underlyings[u];
        work->states[u] =
            (pli_frame_state){.price = pli_double_from_i64(of->price.price_e8) / 1e8,
                              .volatility = pli_double_from_i64(of->volatility_ppm) / 1e6};
    }
}

// Thirty points below zero, zero itself, thirty above, closest together near zero.
static double
move_at(uint32_t index) {
    double half = (double)(PLI_PROFIT_POINTS / 2);
    double place = ((double)index - half) / half;
    return place < 0.0 ? MOVE_LOW * place * place : MOVE_HIGH * place * place;
}

plm_status
pli_profit_curve_make(const pli_curve_question *question, void *memory, size_t memory_size,
                      pli_profit_curve *curve, plm_fault *fault) {
    uint32_t moved = question->underlying_index;
    if (question->listing->underlyings[moved].domain != PLM_PRICE_DOMAIN_POSITIVE) {
        return pli_fault_set_index(fault, PLM_DOMAIN, "underlying", moved,
                                   " has domain any; paths are of positive prices only");
    }
    pli_arena arena = pli_arena_init(memory, memory_size);
    curve_work work;
    take_work(question->listing, question->market, &arena, &work);
    if (!pli_arena_is_ok(&arena)) {
        return pli_fault_set_range(fault, PLM_WORKSPACE_SMALL, "the memory of a profit curve",
                                   (int64_t)memory_size, (int64_t)pli_arena_used(&arena),
                                   INT64_MAX);
    }
    const pli_frame_template template = {question->listing, question->market};
    int64_t now_ns = question->market->time.ns;
    standing_states(question, &work);
    double price = work.states[moved].price;
    plm_status status = pli_frame_open(&template, work.states, now_ns, &work.opened, fault);
    for (uint32_t i = 0; i < PLI_PROFIT_POINTS && status == PLM_OK; i += 1) {
        curve->moves[i] = move_at(i);
        work.states[moved].price = price * pli_exp(curve->moves[i]);
        status = pli_frame_later(&template, &work.opened, work.states,
                                 now_ns + question->elapsed_ns, &work.later, fault);
        if (status == PLM_OK) {
            curve->profits[i] =
                pli_frame_profit(&work.opened, &work.later, question->portfolio, moved);
        }
    }
    return status;
}
