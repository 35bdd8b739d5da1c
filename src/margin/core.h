/* core.h: the scenario part of model `portfolio`: tail, grid, floor and stress over one set of arrays.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARGIN_CORE_H
#define PLI_MARGIN_CORE_H

#include "base/arena.h"
#include "margin/view.h"
#include "plimsoll/margin.h"

/* pli_grid_loss - the grid loss of one group and where it lies. */
typedef struct pli_grid_loss {
    int64_t loss_micros; /* >= 0 */
    uint32_t entry;      /* PLM_NONE: the short-option minimum binds, or there is no loss */
} pli_grid_loss;

/* pli_core_scratch - tables that one evaluation works in; sized by limits, shared by all evaluations of a call. */
typedef struct pli_core_scratch {
    uint32_t entry_capacity;
    pli_i128 *grid_sums;   /* [entry_count] of one group */
    pli_i128 *joint_sums;  /* [entry_count], history and stress over all groups */
    int64_t *values;       /* [entry_count] narrowed */
    uint32_t *indices;     /* [entry_count], or the orders of an apportionment */
    pli_i128 *numerators;  /* [positions + orders + balances] */
    pli_i128 *shares;      /* the same */
    uint32_t *share_order; /* the same */
    pli_grid_loss *grid;   /* [groups] of the evaluation just made */
} pli_core_scratch;

/* Which terms one evaluation looks at. */
typedef struct pli_core_request {
    const plm_risk_table *table;
    const plm_portfolio_parameters *parameters;
    bool has_orders;          /* open orders by their worst fills: the initial requirement */
    bool is_without_expiring; /* leave out what expires inside the horizon */
} pli_core_request;

/*
 * pli_core - METHOD section 6, core, with every measure rounded up to micros.
 *
 * Guarantees [CORE-1] core >= offset_floor * sum of the grid losses of underlyings with history [M7].
 *            [CORE-2] tail, grid and stress are subadditive over portfolios, charges apart [M3].
 */
typedef struct pli_core {
    plm_branch branch;
    int64_t core_micros;
    int64_t no_history_micros; /* grid losses of underlyings that are never offset */
    int64_t tail_micros, grid_micros, grid_sum_micros, stress_micros;
    uint32_t plane;        /* the worst plane of the tail measure */
    uint32_t tail_count;   /* k */
    uint32_t grid_group;   /* the group of the largest grid loss */
    uint32_t stress_entry; /* row entry of the worst stress */
} pli_core;

void pli_core_size(pli_arena *arena, const plm_limits *limits);
pli_core_scratch pli_core_take(pli_arena *arena, const plm_limits *limits);

/*
 * pli_core_make - evaluate the core of `view` under `request`.
 *
 * Returns    PLM_OK; PLM_ARRAYS_MISSING when a line's row was not built; PLM_LIMIT when the table's rows are longer than
 *            the scratch; PLM_OVERFLOW.
 */
plm_status pli_core_make(const pli_view *view, const pli_core_request *request,
                         pli_core_scratch *scratch, pli_core *core, plm_fault *fault);

/*
 * pli_core_explain - contributions of positions, orders and balances that sum to core.core_micros, and the tail list.
 *
 * Must follow pli_core_make with the same arguments: it reads what that left in the scratch.
 */
plm_status pli_core_explain(const pli_view *view, const pli_core_request *request,
                            pli_core_scratch *scratch, const pli_core *core, plm_reason_part *part);

/* pli_tail_size - k of the tail measure: how many of the worst entries it averages, or which rank it takes. */
uint32_t pli_tail_size(const plm_scenario_header *header,
                       const plm_portfolio_parameters *parameters);

/*
 * pli_core_choose - fill branch and core_micros from the four measures: the largest, the first one on ties.
 *
 * Returns    false where a weighted measure leaves its type.
 */
bool pli_core_choose(const plm_portfolio_parameters *parameters, pli_core *core);

/* pli_line_expires - does the line end inside the horizon of `header`? */
bool pli_line_expires(const pli_view *view, const pli_line *line,
                      const plm_scenario_header *header);

/*
 * pli_order_premium_entry - the part of pli_order_entry that the premium's coins carry: 0 unless the premium is paid in a
 * scenario-treated asset, which is then that of the order's own underlying.
 */
bool pli_order_premium_entry(const pli_view *view, const plm_risk_table *table,
                             const pli_open_order *order, uint32_t entry, pli_i128 *out);

/*
 * pli_order_entry - what one open order adds to entry `entry` of its row if filled: lots * a - premium coins * asset row.
 */
bool pli_order_entry(const pli_view *view, const plm_risk_table *table, const pli_open_order *order,
                     uint32_t entry, pli_i128 *out);

/* pli_balance_entry - what a scenario-treated balance adds to `entry`, rounded down; 0 for other balances. */
bool pli_balance_entry(const pli_view *view, const plm_risk_table *table,
                       const plm_balance *balance, uint32_t entry, pli_i128 *out);

/* pli_short_minimum - the short-option minimum of one line in micros, rounded up; orders by their worst fill. */
bool pli_short_minimum(const pli_view *view, const pli_line *line, bool has_orders,
                       int64_t rate_ppm, pli_i128 *out);

#endif
