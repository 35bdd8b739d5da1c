/* outcome_json.c: what became of an event, as a line of JSON.                         SPDX-License-Identifier: Apache-2.0 */
#include "io/outcome_json.h"

#include "base/assert.h"

// Members of an effect: its name, what its index points at, what `a` and `b` are; NULL where it has none.
typedef struct effect_form {
    const char *name;
    const char *index;
    const char *a;
    const char *b;
} effect_form;

static const effect_form losses[] = {
    {"profit_cut", "instrument_index", "atoms", "unpaid_atoms"},
    {"balance_cut", "asset_index", "atoms", "held_atoms"},
    {"write_off", "asset_index", "atoms", "owed_atoms"},
    {"collateral", "asset_index", "atoms", "left_atoms"},
    {"backstop", "instrument_index", "lots", "paid_micros"},
    {"pool", NULL, "shares", "atoms"},
};

static effect_form
form_of(plm_effect_kind kind) {
    switch (kind) {
    case PLM_EFFECT_BALANCE:
        return (effect_form){"balance", "asset_index", "atoms", "change"};
    case PLM_EFFECT_POSITION:
        return (effect_form){"position", "instrument_index", "lots", "cost"};
    case PLM_EFFECT_PROFIT:
        return (effect_form){"profit", "instrument_index", "atoms", NULL};
    case PLM_EFFECT_FEE:
        return (effect_form){"fee", "asset_index", "atoms", NULL};
    case PLM_EFFECT_ORDER:
        return (effect_form){"order", "instrument_index", "order_id", "lots"};
    case PLM_EFFECT_REQUIREMENT:
        return (effect_form){"requirement", NULL, "initial_micros", "equity_initial_micros"};
    case PLM_EFFECT_MAINTENANCE:
        return (effect_form){"maintenance", NULL, "maintenance_micros",
                             "equity_maintenance_micros"};
    case PLM_EFFECT_PRICE:
        return (effect_form){"price", "underlying_index", "price_e8", "state"};
    case PLM_EFFECT_REPORT:
        return (effect_form){"report", "underlying_index", "result", "source_index"};
    case PLM_EFFECT_ARRAYS:
        return (effect_form){"arrays", "underlying_index", "version", NULL};
    case PLM_EFFECT_PHASE:
        return (effect_form){"phase", "instrument_index", "phase", "price_e8"};
    case PLM_EFFECT_PARAMETERS:
        return (effect_form){"parameters", "record_index", "version", NULL};
    case PLM_EFFECT_MODEL:
        return (effect_form){"model", NULL, "model_index", NULL};
    case PLM_EFFECT_JOB:
        return (effect_form){"job", NULL, "job_count", NULL};
    case PLM_EFFECT_SHOCK_VOLATILITY:
        return (effect_form){"shock_volatility", "underlying_index", "volatility_ppm",
                             "before_ppm"};
    case PLM_EFFECT_SHOCK_DEPTH:
        return (effect_form){"shock_depth", "underlying_index", "depth_micros", "before_micros"};
    case PLM_EFFECT_SHOCK_VOLUME:
        return (effect_form){"shock_volume", "underlying_index", "volume_micros", "before_micros"};
    case PLM_EFFECT_SHOCK_OPEN_INTEREST:
        return (effect_form){"shock_open_interest", "underlying_index", "open_interest_micros",
                             "before_micros"};
    case PLM_EFFECT_SHOCK_REASON:
        return (effect_form){"shock_reason", "underlying_index", "announced", "reason"};
    case PLM_EFFECT_STAGE:
        return (effect_form){"stage", NULL, "stage", "stage_before"};
    case PLM_EFFECT_CALL:
        return (effect_form){"call", NULL, "amount_micros", "deadline_ns"};
    case PLM_EFFECT_SLICE:
        return (effect_form){"slice", NULL, "slice", "cost_micros"};
    case PLM_EFFECT_COVER:
        return (effect_form){"cover", "asset_index", "atoms", "owed_atoms"};
    case PLM_EFFECT_AUCTION:
        return (effect_form){"auction", "round", "step", "detail"};
    case PLM_EFFECT_BID:
        return (effect_form){"bid", "bidder", "share_ppm", "premium_atoms"};
    case PLM_EFFECT_TRANCHE:
        return (effect_form){"tranche", "instrument_index", "atoms", "left_atoms"};
    case PLM_EFFECT_DELEVERAGE:
        return (effect_form){"deleverage", "bankrupt_account", "lots", "haircut_micros"};
    case PLM_EFFECT_PROFIT_CUT:
    case PLM_EFFECT_BALANCE_CUT:
    case PLM_EFFECT_WRITE_OFF:
    case PLM_EFFECT_COLLATERAL:
    case PLM_EFFECT_BACKSTOP:
    case PLM_EFFECT_POOL:
        return losses[kind - PLM_EFFECT_PROFIT_CUT];
    }
    PLI_ASSERT(false);
    return (effect_form){0};
}

static void
write_effect(pli_json_writer *writer, const plm_effect *effect) {
    effect_form form = form_of(effect->kind);
    pli_json_begin_object(writer, NULL);
    pli_json_text(writer, "effect", form.name);
    if (effect->account != PLM_NONE) {
        pli_json_integer(writer, "account", effect->account);
    }
    if (form.index != NULL && effect->index != PLM_NONE) {
        pli_json_integer(writer, form.index, effect->index);
    }
    pli_json_decimal(writer, form.a, pli_i128_from_wide(effect->a), 0);
    if (form.b != NULL) {
        pli_json_decimal(writer, form.b, pli_i128_from_wide(effect->b), 0);
    }
    pli_json_end(writer);
}

void
pli_outcome_json_write(pli_json_writer *writer, const plm_outcome *outcome,
                       const plm_effect *effects) {
    pli_json_begin_object(writer, NULL);
    pli_json_decimal(writer, "sequence", outcome->sequence, 0);
    bool is_accepted = outcome->reject == PLM_REJECT_NONE;
    pli_json_text(writer, "outcome", is_accepted ? "accepted" : "refused");
    if (!is_accepted) {
        pli_json_text(writer, "reason", plm_reject_name(outcome->reject));
        pli_json_bool(writer, "is_transient", plm_reject_is_transient(outcome->reject));
        pli_json_text(writer, "text", plm_reject_text(outcome->reject));
    }
    if (outcome->is_repeat) {
        pli_json_bool(writer, "is_repeat", true);
    }
    if (outcome->is_incomplete) {
        pli_json_bool(writer, "is_incomplete", true);
    }
    if (outcome->effect_count > 0) {
        pli_json_begin_array(writer, "effects");
        for (uint32_t i = 0; i < outcome->effect_count; i += 1) {
            write_effect(writer, &effects[i]);
        }
        pli_json_end(writer);
    }
    pli_json_end(writer);
}
