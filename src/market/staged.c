/* staged.c: slices of a surface on their way into the market.                         SPDX-License-Identifier: Apache-2.0 */
#include "market/staged.h"

#include "base/libc.h"
#include "base/text.h"
#include "num/rounding.h"

void
pli_staged_from_event(const plm_event_surface_slice *body, pli_staged_slice *slice) {
    memset(slice, 0, sizeof *slice);
    slice->underlying_index = body->underlying_index;
    slice->node_count = body->node_count;
    slice->kind = (plm_slice_kind)body->kind;
    slice->expiry_ns = body->expiry_ns;
    slice->forward_e8 = body->forward_e8;
    slice->svi = (plm_svi){.a = body->svi[0],
                           .b = body->svi[1],
                           .rho = body->svi[2],
                           .m = body->svi[3],
                           .sigma = body->svi[4]};
    for (uint32_t i = 0; i < PLM_SLICE_NODES_MAX; i += 1) {
        slice->nodes[i] =
            (plm_slice_node){.strike = body->strikes[i], .volatility = body->volatilities[i]};
    }
}

void
pli_staged_to_event(const pli_staged_slice *slice, plm_event_surface_slice *body) {
    memset(body, 0, sizeof *body);
    body->underlying_index = slice->underlying_index;
    body->kind = (uint32_t)slice->kind;
    body->expiry_ns = slice->expiry_ns;
    body->forward_e8 = slice->forward_e8;
    body->svi[0] = slice->svi.a;
    body->svi[1] = slice->svi.b;
    body->svi[2] = slice->svi.rho;
    body->svi[3] = slice->svi.m;
    body->svi[4] = slice->svi.sigma;
    body->node_count = slice->node_count;
    for (uint32_t i = 0; i < PLM_SLICE_NODES_MAX; i += 1) {
        body->strikes[i] = slice->nodes[i].strike;
        body->volatilities[i] = slice->nodes[i].volatility;
    }
}

plm_expiry_market
pli_staged_expiry(const pli_staged_slice *slice) {
    return (plm_expiry_market){
        .underlying_index = slice->underlying_index,
        .expiry_ns = slice->expiry_ns,
        .forward_e8 = slice->forward_e8,
        .slice = {.kind = slice->kind,
                  .svi = slice->svi,
                  .node_count = slice->node_count,
                  .nodes = slice->node_count == 0 ? NULL : slice->nodes},
    };
}

plm_status
pli_staged_check(const pli_staged_slice *const *slices, uint32_t count, int64_t now_ns,
                 plm_price_domain domain, plm_surface_expiry *scratch, plm_fault *fault) {
    uint32_t smile_count = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        if (slices[i]->expiry_ns <= now_ns) {
            return pli_fault_set_index(fault, PLM_EXPIRED, "slice", i,
                                       ": its expiry is not ahead of the event");
        }
        if (slices[i]->kind == PLM_SLICE_NONE) {
            continue;
        }
        scratch[smile_count] = (plm_surface_expiry){
            .years = pli_double_from_i64(slices[i]->expiry_ns - now_ns) /
                     pli_double_from_i64(PLM_YEAR_NS),
            .forward = pli_double_from_i64(slices[i]->forward_e8) / 1e8,
            .slice = pli_staged_expiry(slices[i]).slice,
        };
        smile_count += 1;
    }
    return smile_count == 0 ? PLM_OK : plm_surface_check(scratch, smile_count, domain, fault);
}
