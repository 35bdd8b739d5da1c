/* verbs.c: the verb table. A verb that is not finished does not stand here.            SPDX-License-Identifier: Apache-2.0 */
#include "cli/verbs.h"

/* One verb a line, so that two additions do not meet in one. */
// clang-format off
static const pli_verb *const verbs[] = {
    &pli_verb_margin,
    &pli_verb_explain,
    &pli_verb_compare,
    &pli_verb_whatif,
    &pli_verb_hedge,
    &pli_verb_liqprice,
    &pli_verb_import_chain,
    &pli_verb_import_candles,
    &pli_verb_surface_fit,
    &pli_verb_surface_show,
    &pli_verb_forecast_fit,
    &pli_verb_forecast_evaluate,
    &pli_verb_scenarios_show,
    &pli_verb_check_config,
    &pli_verb_models,
    &pli_verb_params,
    &pli_verb_events,
    &pli_verb_conform,
    &pli_verb_span,
    &pli_verb_shadow,
    &pli_verb_backtest,
    &pli_verb_tune,
    &pli_verb_living,
    &pli_verb_simulate,
    &pli_verb_calibrate,
    &pli_verb_init,
    &pli_verb_serve,
    &pli_verb_apply,
    &pli_verb_status,
    &pli_verb_accounts,
    &pli_verb_cascade,
    &pli_verb_fund,
    &pli_verb_account,
    &pli_verb_forecast_closes,
    &pli_verb_forecast_candles,
    &pli_verb_verify,
    &pli_verb_snapshot,
    &pli_verb_export,
    &pli_verb_import_venue,
    &pli_verb_history_rebuild,
    &pli_verb_torture,
    &pli_verb_bench,
    &pli_verb_replay,
    &pli_verb_incidents,
    &pli_verb_completions,
};
// clang-format on

const pli_verb *
pli_verb_at(uint32_t index) {
    return index < sizeof verbs / sizeof verbs[0] ? verbs[index] : NULL;
}
