/* explain.c: sections of the layer explain: Greeks of portfolios, trigger prices, cures. SPDX-License-Identifier: Apache-2.0 */
#include "plimsoll/explain.h"
#include "base/assert.h"
#include "digest/digest.h"
#include "digest/world.h"

#define GREEKS_COUNT 60u
#define SEARCH_COUNT 8u
#define CURE_MAX 12u

static _Alignas(64) unsigned char memory[16 << 20];
static plm_portfolio_parameters portfolio_parameters;
static plm_tiered_parameters tiered_parameters;

static plm_explain_input
ask(const risk *of, const account *holder, const plm_model *model) {
    bool has_arrays = (model->needs & PLM_NEEDS_ARRAYS) != 0;
    plm_explain_input input = {.model = model};
    input.margin = (plm_margin_input){.listing = &of->world->listing,
                                      .market = &of->world->market,
                                      .maintenance_arrays = has_arrays ? &of->tables[0] : NULL,
                                      .initial_arrays = has_arrays ? &of->tables[1] : NULL,
                                      .parameters = has_arrays ? (const void *)&portfolio_parameters
                                                               : (const void *)&tiered_parameters,
                                      .portfolio = &holder->portfolio};
    input.maintenance_set = has_arrays ? &of->sets[0] : NULL;
    input.initial_set = has_arrays ? &of->sets[1] : NULL;
    return input;
}

static void
put_greeks(digest *to, const plm_explain_input *input) {
    plm_greeks greeks[U_COUNT];
    if (!digest_status(to, plm_explain_greeks(input, greeks, NULL))) {
        return;
    }
    for (uint32_t u = 0; u < U_COUNT; u += 1) {
        digest_double(to, greeks[u].delta);
        digest_double(to, greeks[u].gamma);
        digest_double(to, greeks[u].vega);
        digest_double(to, greeks[u].theta);
        digest_double(to, greeks[u].vanna);
        digest_double(to, greeks[u].volga);
    }
}

static void
put_trigger(digest *to, const plm_trigger *trigger) {
    digest_u32(to, trigger->is_found ? 1 : 0);
    digest_i64(to, trigger->price_e8);
}

static void
put_triggers(digest *to, const plm_explain_input *input, plm_workspace *workspace) {
    for (uint32_t u = 0; u < U_COUNT; u += 1) {
        plm_triggers found;
        if (!digest_status(to, plm_explain_triggers(input, u, workspace, &found, NULL))) {
            continue;
        }
        digest_i64(to, found.low_e8);
        digest_i64(to, found.high_e8);
        put_trigger(to, &found.call_below);
        put_trigger(to, &found.call_above);
        put_trigger(to, &found.liquidation_below);
        put_trigger(to, &found.liquidation_above);
        digest_u32(to, found.has_beta ? 1 : 0);
        if (found.has_beta) {
            put_trigger(to, &found.liquidation_below_beta);
            put_trigger(to, &found.liquidation_above_beta);
        }
    }
}

static void
put_cures(digest *to, const plm_explain_input *input, plm_workspace *workspace) {
    plm_cure cures[CURE_MAX];
    uint32_t count = 0;
    plm_status status = plm_explain_cures(input, workspace, CURE_MAX, cures, &count, NULL);
    if (!digest_status(to, status)) {
        return;
    }
    digest_u32(to, count);
    for (uint32_t i = 0; i < count; i += 1) {
        digest_u32(to, (uint32_t)cures[i].kind);
        digest_u32(to, cures[i].leg_count);
        for (uint32_t j = 0; j < cures[i].leg_count; j += 1) {
            digest_u32(to, cures[i].legs[j].instrument_index);
            digest_i64(to, cures[i].legs[j].lots);
            digest_i64(to, cures[i].legs[j].price_e8);
            digest_i64(to, cures[i].legs[j].fee_micros);
        }
        digest_i64(to, cures[i].deposit_micros);
        digest_i64(to, cures[i].cost_micros);
        digest_requirement(to, &cures[i].after);
    }
}

void
digest_explain(digest *to, const risk *of, uint32_t world_index) {
    static account holder;
    pli_prng prng = pli_prng_init(2000 + world_index);
    plm_record_init(&plm_portfolio_descriptor, &portfolio_parameters);
    plm_record_init(&plm_tiered_descriptor, &tiered_parameters);
    digest_begin(to);
    for (uint32_t i = 0; i < GREEKS_COUNT; i += 1) {
        account_init(&holder, of->world, &prng);
        plm_explain_input input = ask(of, &holder, &plm_model_tiered);
        put_greeks(to, &input);
    }
    digest_end_of_world(to, "greeks", world_index, 80);
    digest_begin(to);
    for (uint32_t i = 0; i < SEARCH_COUNT; i += 1) {
        account_init(&holder, of->world, &prng);
        // One search with arrays, which it rebuilds at every price it looks at; the others without.
        bool has_arrays = i == 0 && world_index == 0;
        const plm_model *model = has_arrays ? &plm_model_portfolio : &plm_model_tiered;
        plm_explain_input input = ask(of, &holder, model);
        PLI_ASSERT(plm_explain_size(&input) <= sizeof memory);
        plm_workspace workspace = {memory, sizeof memory};
        put_triggers(to, &input, &workspace);
        put_cures(to, &input, &workspace);
    }
    digest_end_of_world(to, "searches", world_index, 50);
}
