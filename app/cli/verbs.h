/* verbs.h: the verbs, one file each.                                                  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_VERBS_H
#define PLI_CLI_VERBS_H

#include "cli/verb.h"

extern const pli_verb pli_verb_margin;
extern const pli_verb pli_verb_explain;
extern const pli_verb pli_verb_compare;
extern const pli_verb pli_verb_whatif;
extern const pli_verb pli_verb_hedge;
extern const pli_verb pli_verb_import_chain;
extern const pli_verb pli_verb_import_candles;
extern const pli_verb pli_verb_surface_fit;
extern const pli_verb pli_verb_surface_show;
extern const pli_verb pli_verb_scenarios_show;
extern const pli_verb pli_verb_check_config;
extern const pli_verb pli_verb_models;
extern const pli_verb pli_verb_liqprice;
extern const pli_verb pli_verb_params;
extern const pli_verb pli_verb_events;
extern const pli_verb pli_verb_conform;
extern const pli_verb pli_verb_span;
extern const pli_verb pli_verb_shadow;
extern const pli_verb pli_verb_forecast_fit;
extern const pli_verb pli_verb_forecast_closes;
extern const pli_verb pli_verb_forecast_candles;
extern const pli_verb pli_verb_forecast_evaluate;
extern const pli_verb pli_verb_backtest;
extern const pli_verb pli_verb_tune;
extern const pli_verb pli_verb_living;
extern const pli_verb pli_verb_simulate;
extern const pli_verb pli_verb_calibrate;
extern const pli_verb pli_verb_cascade;
extern const pli_verb pli_verb_fund;
extern const pli_verb pli_verb_init;
extern const pli_verb pli_verb_serve;
extern const pli_verb pli_verb_apply;
extern const pli_verb pli_verb_status;
extern const pli_verb pli_verb_accounts;
extern const pli_verb pli_verb_account;
extern const pli_verb pli_verb_verify;
extern const pli_verb pli_verb_snapshot;
extern const pli_verb pli_verb_export;
extern const pli_verb pli_verb_import_venue;
extern const pli_verb pli_verb_history_rebuild;
extern const pli_verb pli_verb_torture;
extern const pli_verb pli_verb_bench;
extern const pli_verb pli_verb_replay;
extern const pli_verb pli_verb_incidents;
extern const pli_verb pli_verb_completions;

#endif
