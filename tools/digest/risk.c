/* risk.c: sections of scenario and margin: scenario sets, risk arrays, marks, requirements and reasons.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/libc.h"
#include "digest/digest.h"
#include "digest/world.h"
#include "price/mark.h"

#define WORLD_COUNT 3u
#define ACCOUNT_COUNT 300u
#define REASON_EVERY 4u /* a reason costs many times its requirement */
#define CONTRIBUTION_MAX 64u

/* set_choice - the governed choices of one scenario set. */
typedef struct set_choice {
    int64_t horizon_hours;
    int64_t history_count;
    int64_t lambda_ppm;
    plm_history_scaling scaling;
    int64_t sticky_moneyness;
} set_choice;

/* Of each world: the set of the maintenance requirement, and of the initial one. */
static const set_choice choices[WORLD_COUNT][2] = {
    {{24, 500, 970000, PLM_HISTORY_SCALING_MID, 1}, {48, 500, 970000, PLM_HISTORY_SCALING_MID, 1}},
    {{24, 260, 940000, PLM_HISTORY_SCALING_PLAIN, 0},
     {24, 400, 990000, PLM_HISTORY_SCALING_MID, 0}},
    {{1, 0, 970000, PLM_HISTORY_SCALING_PLAIN, 1},
     {240, 600, 850000, PLM_HISTORY_SCALING_PLAIN, 1}},
};

static world here;
static risk of_here;
static account holder;
static _Alignas(64) unsigned char set_memory[2][1 << 20];
static _Alignas(64) unsigned char table_memory[2][2 << 20];
static _Alignas(64) unsigned char workspace_memory[4 << 20];
static _Alignas(8) unsigned char record_memory[1 << 12];
static int64_t contributions[6][CONTRIBUTION_MAX];

static void
put_moves(digest *to, const plm_scenario_set *set) {
    const plm_scenario_header *header = &set->header;
    digest_bytes(to, header->hash, sizeof header->hash);
    digest_u32(to, header->grid_count);
    digest_u32(to, header->plane_count);
    digest_u32(to, header->history_count);
    digest_u32(to, header->stress_count);
    digest_u32(to, header->entry_count);
    digest_u32(to, header->row_stride);
    for (uint32_t u = 0; u < header->underlying_count; u += 1) {
        digest_u32(to, header->grid_active[u]);
        digest_u32(to, header->has_history[u]);
    }
    for (size_t i = 0; i < (size_t)header->history_count * header->underlying_count; i += 1) {
        digest_double(to, set->history_returns[i]);
    }
    for (size_t i = 0; i < (size_t)header->stress_count * header->underlying_count; i += 1) {
        digest_double(to, set->stress_moves[i].price);
        digest_double(to, set->stress_moves[i].volatility);
        digest_double(to, set->stress_moves[i].basis);
    }
}

static void
make_sets(digest *to, uint32_t index) {
    digest_begin(to);
    for (uint32_t i = 0; i < 2; i += 1) {
        const set_choice *choice = &choices[index][i];
        plm_set_parameters parameters;
        plm_record_init(&plm_set_descriptor, &parameters);
        parameters.horizon_ns = choice->horizon_hours * (PLM_DAY_NS / 24);
        parameters.history_count = choice->history_count;
        parameters.history_scaling = choice->scaling;
        parameters.history_lambda_ppm = choice->lambda_ppm;
        parameters.sticky_moneyness = choice->sticky_moneyness;
        plm_scenario_request request = {.name = "digest",
                                        .version = 1,
                                        .listing = &here.listing,
                                        .market = &here.market,
                                        .parameters = &parameters,
                                        .class_count = CLASS_COUNT,
                                        .classes = here.classes,
                                        .history_count = HISTORY_COUNT,
                                        .histories = here.histories};
        PLI_ASSERT(plm_scenario_size(&request) <= sizeof set_memory[i]);
        plm_status status = plm_scenario_make(&request, set_memory[i], sizeof set_memory[i],
                                              &of_here.sets[i], NULL);
        if (digest_status(to, status)) {
            put_moves(to, &of_here.sets[i]);
        }
    }
    digest_end_of_world(to, "scenarios", index, 100);
}

static void
build_tables(digest *to, uint32_t index) {
    digest_begin(to);
    for (uint32_t i = 0; i < 2; i += 1) {
        PLI_ASSERT(plm_risk_table_size(&of_here.sets[i], &here.listing) <= sizeof table_memory[i]);
        plm_status status = plm_risk_table_init(&of_here.sets[i], &here.listing, table_memory[i],
                                                sizeof table_memory[i], &of_here.tables[i]);
        PLI_ASSERT(status == PLM_OK);
        for (uint32_t u = 0; u < U_COUNT; u += 1) {
            (void)digest_status(to,
                                plm_risk_table_build(&of_here.sets[i], &here.listing, &here.market,
                                                     u, NULL, &of_here.tables[i], NULL));
        }
        uint32_t row_count = of_here.tables[i].instrument_count + of_here.tables[i].asset_count;
        for (uint32_t row = 0; row < row_count; row += 1) {
            digest_u32(to, of_here.tables[i].is_built[row]);
            const int64_t *entries = plm_risk_row(&of_here.tables[i], row);
            for (uint32_t j = 0; j < of_here.sets[i].header.row_stride; j += 1) {
                digest_i64(to, entries[j]);
            }
        }
    }
    digest_end_of_world(to, "risk-arrays", index, 100);
}

static void
draw_marks(digest *to, uint32_t index, pli_prng *prng) {
    digest_begin(to);
    plm_mark filled[INSTRUMENT_MAX];
    if (digest_status(to, pli_market_fill_marks(&here.listing, &here.market, filled, NULL))) {
        for (uint32_t i = 0; i < here.listing.instrument_count; i += 1) {
            digest_i64(to, filled[i].mark_e8);
            digest_i64(to, filled[i].half_spread_e8);
        }
    }
    digest_end_of_world(to, "marks", index, 100);
    world_draw_marks(&here, filled, prng);
    PLI_ASSERT(plm_listing_check(&here.listing, NULL) == PLM_OK);
    PLI_ASSERT(plm_market_check(&here.market, &here.listing, NULL) == PLM_OK);
}

static void
put_contributions(digest *to, const plm_reason_part *part, const plm_portfolio *evaluated) {
    for (uint32_t i = 0; i < evaluated->position_count; i += 1) {
        digest_i64(to, part->position_micros[i]);
    }
    for (uint32_t i = 0; i < evaluated->order_count; i += 1) {
        digest_i64(to, part->order_micros[i]);
    }
    for (uint32_t i = 0; i < evaluated->balance_count; i += 1) {
        digest_i64(to, part->balance_micros[i]);
    }
}

static void
put_part(digest *to, const plm_reason_part *part) {
    digest_u32(to, (uint32_t)part->branch);
    digest_u32(to, part->is_without_expiring ? 1 : 0);
    digest_u32(to, part->underlying_index);
    digest_u32(to, part->scenario_index);
    digest_u32(to, part->tail_count);
    uint32_t listed = part->tail_count < PLM_TAIL_MAX ? part->tail_count : PLM_TAIL_MAX;
    for (uint32_t i = 0; i < listed; i += 1) {
        digest_u32(to, part->tail_entries[i]);
        digest_i64(to, part->tail_losses_micros[i]);
    }
    digest_i64(to, part->core_micros);
    digest_i64(to, part->tail_micros);
    digest_i64(to, part->grid_micros);
    digest_i64(to, part->grid_sum_micros);
    digest_i64(to, part->stress_micros);
    for (uint32_t i = 0; i < PLM_CHARGE_COUNT; i += 1) {
        digest_i64(to, part->charges_micros[i]);
    }
}

void
digest_requirement(digest *to, const plm_requirement *requirement) {
    digest_i64(to, requirement->initial_micros);
    digest_i64(to, requirement->maintenance_micros);
    digest_i64(to, requirement->call_micros);
    digest_i64(to, requirement->equity_initial_micros);
    digest_i64(to, requirement->equity_maintenance_micros);
    digest_u32(to, (uint32_t)requirement->health);
}

static void
put_reason(digest *to, const plm_reason *reason) {
    put_part(to, &reason->maintenance);
    put_part(to, &reason->initial);
    put_contributions(to, &reason->maintenance, &reason->evaluated);
    put_contributions(to, &reason->initial, &reason->evaluated);
    digest_i64(to, reason->collateral_micros);
    digest_i64(to, reason->liabilities_micros);
    digest_i64(to, reason->option_value_micros);
    digest_i64(to, reason->unrealised_micros);
    digest_i64(to, reason->slow_price_micros);
}

static void
put_account(digest *to, const plm_model *model, bool has_reason) {
    bool has_arrays = (model->needs & PLM_NEEDS_ARRAYS) != 0;
    plm_margin_input input = {.listing = &here.listing,
                              .market = &here.market,
                              .maintenance_arrays = has_arrays ? &of_here.tables[0] : NULL,
                              .initial_arrays = has_arrays ? &of_here.tables[1] : NULL,
                              .parameters = record_memory,
                              .portfolio = &holder.portfolio,
                              .change_count = holder.change_count,
                              .changes = holder.changes};
    plm_workspace workspace = {workspace_memory, sizeof workspace_memory};
    plm_requirement requirement;
    plm_reason reason = {.evaluated = {0}};
    reason.maintenance.position_micros = contributions[0];
    reason.maintenance.order_micros = contributions[1];
    reason.maintenance.balance_micros = contributions[2];
    reason.initial.position_micros = contributions[3];
    reason.initial.order_micros = contributions[4];
    reason.initial.balance_micros = contributions[5];
    plm_status status = plm_margin_require(model, &input, &workspace, &requirement,
                                           has_reason ? &reason : NULL, NULL);
    if (digest_status(to, status)) {
        digest_requirement(to, &requirement);
        if (has_reason) {
            put_reason(to, &reason);
        }
    }
}

static void
requirements(digest *to, const plm_model *model, uint32_t index) {
    pli_prng prng = pli_prng_init(1000 + index);
    PLI_ASSERT(model->descriptor->record_size <= sizeof record_memory);
    memset(workspace_memory, 0xa5, sizeof workspace_memory);
    digest_begin(to);
    for (uint32_t i = 0; i < ACCOUNT_COUNT; i += 1) {
        if (i % 30 == 0) {
            world_draw_record(model->descriptor, record_memory, &prng);
        }
        account_init(&holder, &here, &prng);
        put_account(to, model, i % REASON_EVERY == 0);
    }
    digest_end_of_world(to, model->name, index, 80);
}

void
digest_risk(digest *to) {
    static const plm_model *const models[] = {&plm_model_portfolio, &plm_model_tiered,
                                              &plm_model_dynamic};
    for (uint32_t i = 0; i < WORLD_COUNT; i += 1) {
        pli_prng prng = pli_prng_init(100 + i);
        world_init(&here, &prng);
        draw_marks(to, i, &prng);
        make_sets(to, i);
        build_tables(to, i);
        for (uint32_t j = 0; j < sizeof models / sizeof models[0]; j += 1) {
            requirements(to, models[j], i);
        }
        of_here.world = &here;
        digest_explain(to, &of_here, i);
    }
}
