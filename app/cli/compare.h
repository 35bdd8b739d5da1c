/* compare.h: one portfolio under several models as tables, shared by `compare` and its HTML page. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_COMPARE_H
#define PLI_CLI_COMPARE_H

#include "cli/case.h"
#include "report/table.h"
#include "study/compare.h"

enum { PLI_COMPARE_TABLE_COUNT = 4 };

/*
 * pli_comparison - everything that `compare` says about one margin group.
 *
 * `triggers` holds one entry for every row and underlying of the listing, row by row; only those of `used` are filled.
 * `tables`: "models", "reasons", "triggers", "risk", in this order.
 */
typedef struct pli_comparison {
    const char *group_name;
    const char *risk_words; /* what the risk is, as sentences */
    pli_compare_risk risk;
    const uint8_t *used; /* by underlying */
    uint32_t row_count;
    pli_compare_row *rows;
    plm_triggers *triggers;
    pli_table tables[PLI_COMPARE_TABLE_COUNT];
} pli_comparison;

/* pli_compare_tables - make the tables and words; they belong to the case's pool. */
void pli_compare_tables(pli_case *opened, pli_comparison *comparison);

/* pli_compare_page - the same as one HTML page with a chart. */
void pli_compare_page(pli_case *opened, const pli_comparison *comparison, pli_page *page);

#endif
