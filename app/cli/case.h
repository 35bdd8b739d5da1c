/* case.h: the files of one question read, and everything a model needs made from them. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_CASE_H
#define PLI_CLI_CASE_H

#include "cli/verb.h"
#include "io/book.h"
#include "io/market_json.h"
#include "io/parameters_yaml.h"
#include "io/portfolio_json.h"
#include "plimsoll/explain.h"
#include "plimsoll/margin.h"

/*
 * pli_case - one market, one account, one set of parameters, and what follows from them.
 *
 * `pool` holds everything a verb makes on the way; pli_case_finish frees all of it.
 */
typedef struct pli_case {
    const char *market_path;
    const char *portfolio_path; /* NULL: none was asked for */
    const char *config_path;    /* NULL: shipped parameters, no history */
    pli_market_book book;
    pli_account_book account;
    pli_parameter_book parameters;
    pli_history_set histories;
    const plm_model *model;
    const char *currency; /* of the valuation */
    plm_scenario_set maintenance_set;
    plm_scenario_set initial_set;
    plm_risk_table maintenance_table;
    plm_risk_table initial_table;
    bool has_arrays; /* risk tables are wanted even where the model reads none */
    plm_limits limits;
    plm_workspace workspace;
    pli_pool pool;
} pli_case;

/* The options --model and --config, which every verb that opens a case lists. */
#define PLI_CASE_OPTION_CONFIG                                                                     \
    { "config", "PARAMS.yaml", "parameters and histories (default: shipped values, no history)" }
#define PLI_CASE_OPTION_MODEL                                                                      \
    { "model", "NAME", "the margin model (default: portfolio); plimsoll models lists them" }

/*
 * pli_case_open - read the files: operand 0 is the market, operand 1 (where `has_portfolio`) the portfolio.
 *
 * Returns    PLI_EXIT_OK, or the exit after one line on standard error. Finish the case either way.
 */
pli_exit pli_case_open(const pli_invocation *invocation, bool has_portfolio, pli_case *opened);

/*
 * pli_case_begin, pli_case_adopt - the same in two steps, for a market that is no market file: model and parameters, then
 * the market, which becomes the case's own, and its histories.
 */
pli_exit pli_case_begin(const pli_invocation *invocation, pli_case *opened);
pli_exit pli_case_adopt(const char *market_path, pli_market_book *book, pli_case *opened);

void pli_case_finish(pli_case *opened);

/* Which rows of the risk tables are wanted. */
typedef enum pli_rows_wanted {
    PLI_ROWS_HELD = 1, /* what the account and the changes name */
    PLI_ROWS_ALL = 2   /* every instrument that can be valued: hedges are looked for among them */
} pli_rows_wanted;

/*
 * pli_case_prepare - make scenario sets, risk tables and workspace for portfolios up to `change_count` changes away.
 */
pli_exit pli_case_prepare(pli_case *opened, pli_rows_wanted wanted, uint32_t change_count,
                          const plm_change *changes);

/* pli_answer - requirement and reason of one margin group; the arrays of the reason live in the case's pool. */
typedef struct pli_answer {
    plm_requirement requirement;
    plm_reason reason;
} pli_answer;

/* pli_case_evaluate - ask the model about one group after the changes; one line on standard error where it cannot say. */
pli_exit pli_case_evaluate(pli_case *opened, uint32_t group_index, uint32_t change_count,
                           const plm_change *changes, pli_answer *answer);

/* pli_case_input - the same question as plm_explain_* take it, without changes. */
plm_explain_input pli_case_input(const pli_case *opened, uint32_t group_index);

/*
 * pli_case_group - the group that --group names (default: the cross-margin group), in *group_index.
 */
pli_exit pli_case_group(const pli_invocation *invocation, const pli_case *opened,
                        uint32_t *group_index);

/*
 * pli_case_named - the fault with names in the place of indices.
 * pli_fail_case  - pli_fail_status of that.
 */
plm_fault pli_case_named(const pli_case *opened, const plm_fault *fault);
pli_exit pli_fail_case(const pli_case *opened, const char *where, const plm_fault *fault);

#endif
