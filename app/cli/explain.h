/* explain.h: the reason of a requirement as tables, shared by `explain` and its HTML page. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_EXPLAIN_H
#define PLI_CLI_EXPLAIN_H

#include "cli/case.h"
#include "report/load_line.h"
#include "report/table.h"

enum { PLI_EXPLAIN_TABLES_MAX = 12 };

/*
 * pli_explanation - everything that `explain` says about one margin group, before it is given a form.
 *
 * `tables` in the order of the answer; `core_words` and `initial_words` say which branch decided and why.
 */
typedef struct pli_explanation {
    const char *group_name;
    pli_answer answer;
    pli_load_line load_line;
    const uint8_t *used; /* by underlying */
    const char *maintenance_words;
    const char *initial_words;
    uint32_t table_count;
    pli_table tables[PLI_EXPLAIN_TABLES_MAX];
} pli_explanation;

/* pli_explanation_table - the table of that key, or NULL. */
const pli_table *pli_explanation_table(const pli_explanation *explanation, const char *key);

/* Tables made from the reason alone; each belongs to the case's pool. */
pli_table pli_explain_summary(pli_case *opened, const pli_explanation *explanation);
pli_table pli_explain_requirement(pli_case *opened, const plm_reason *reason,
                                  const plm_requirement *requirement);
/* pli_explain_branches - the terms of the core of model `portfolio`, whether they decided or not. */
pli_table pli_explain_branches(pli_case *opened, const plm_reason *reason);
pli_table pli_explain_equity(pli_case *opened, const plm_reason *reason,
                             const plm_requirement *requirement);
pli_table pli_explain_contributions(pli_case *opened, const plm_reason *reason);
pli_table pli_explain_tail(pli_case *opened, const plm_reason_part *part, const uint8_t *used);

/*
 * pli_explain_greeks, pli_explain_trigger_prices - tables of one group, a row for each underlying in `used`.
 *
 * Returns    PLI_EXIT_OK with *table, or the exit after one line on standard error.
 */
pli_exit pli_explain_greeks(pli_case *opened, uint32_t group, const uint8_t *used,
                            pli_table *table);
pli_exit pli_explain_trigger_prices(pli_case *opened, uint32_t group, const uint8_t *used,
                                    pli_table *table);

/*
 * pli_explain_default - how likely the account is called, liquidated or in default over 1 h, 1 d and 5 d.
 *
 * Returns    false, and no table, where an underlying of the account has no history or a price that may be negative.
 */
bool pli_explain_default(pli_case *opened, const pli_explanation *explanation, pli_table *table);

/* pli_explain_cure_tables - the cures of one group, and the trades they consist of; the case holds all rows. */
pli_exit pli_explain_cure_tables(pli_case *opened, uint32_t group, pli_table *cures,
                                 pli_table *legs);

/*
 * pli_explain_page - the same as one HTML page: load line, waterfall, contributions, heat maps of the price and
 * volatility grid, tail scenarios.
 */
void pli_explain_page(pli_case *opened, const pli_explanation *explanation, pli_page *page);

/*
 * pli_explain_picture - one picture of that page as an SVG file of its own.
 *
 * Returns    PLI_EXIT_OK, or PLI_EXIT_USAGE after one line on standard error where no picture has that name.
 */
pli_exit pli_explain_picture(pli_case *opened, const pli_explanation *explanation, const char *name,
                             pli_page *page);

#endif
