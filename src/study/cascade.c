/* cascade.c: how far a shock goes once the accounts it breaks are sold into it.       SPDX-License-Identifier: Apache-2.0 */
#include "study/cascade.h"

#include "base/libc.h"

static const double STEP_MIN = 1e-6;

static bool
is_good(const pli_cascade_question *question) {
    // Written so that a term that is not a number fails.
    bool is_every = question->band > 0.0 && question->extra_max >= 0.0 && question->rounds_max > 0;
    for (uint32_t u = 0; u < question->market_count; u += 1) {
        is_every = is_every && question->shocks[u] > -1.0 && question->depths[u] >= 0.0;
    }
    return is_every;
}

// What so much flow adds to the shock of a market, in its direction.
static double
extra_of(const pli_cascade_question *question, uint32_t market, double flow) {
    double along = question->shocks[market] < 0.0 ? flow : -flow;
    if (!(along > 0.0) || question->shocks[market] == 0.0) {
        return 0.0;
    }
    double depth = question->depths[market];
    double extra = depth > 0.0 ? question->band * along / depth : question->extra_max;
    return extra < question->extra_max ? extra : question->extra_max;
}

// Go where the flow leads; the largest step of any market.
static double
step(const pli_cascade_question *question, const double *flows, double *moves) {
    double largest = 0.0;
    for (uint32_t u = 0; u < question->market_count; u += 1) {
        double shock = question->shocks[u];
        double extra = extra_of(question, u, flows[u]);
        double next = shock < 0.0 ? shock - extra : shock + extra;
        next = next > -0.99 ? next : shock < -0.99 ? shock : -0.99;
        double size = fabs(next) - fabs(moves[u]);
        if (size > 0.0) {
            moves[u] = next;
            largest = size > largest ? size : largest;
        }
    }
    return largest;
}

plm_status
pli_cascade_solve(const pli_cascade_question *question, pli_cascade_end *end) {
    if (!is_good(question)) {
        return PLM_PARAMETER_INVALID;
    }
    size_t size = question->market_count * sizeof *end->moves;
    memcpy(end->moves, question->shocks, size);
    end->is_settled = false;
    for (end->rounds = 0; end->rounds < question->rounds_max && !end->is_settled;) {
        plm_status status = question->flow(question->context, end->moves, end->flows);
        if (status != PLM_OK) {
            return status;
        }
        if (end->rounds == 0) {
            memcpy(end->flows_first, end->flows, size);
        }
        end->is_settled = step(question, end->flows, end->moves) < STEP_MIN;
        end->rounds += 1;
    }
    return PLM_OK;
}
