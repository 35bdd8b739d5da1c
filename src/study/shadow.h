/* shadow.h: a venue's whole book under one model, beside what the venue itself requires. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_SHADOW_H
#define PLI_STUDY_SHADOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/wide.h"
#include "plimsoll/margin.h"
#include "plimsoll/status.h"

/*
 * pli_incumbent - what the venue says of one account today. Micros of the valuation currency; requirements >= 0.
 */
typedef struct pli_incumbent {
    bool has_initial, has_maintenance, has_equity;
    int64_t initial_micros;
    int64_t maintenance_micros;
    int64_t equity_micros;
} pli_incumbent;

/*
 * pli_shadow_basis - which of the two requirements an account is compared by where one figure must stand for both: the
 * maintenance requirement where the venue names one, else the initial one.
 */
typedef enum pli_shadow_basis {
    PLI_SHADOW_BASIS_NONE = 0, /* the venue says nothing of the account */
    PLI_SHADOW_BASIS_INITIAL = 1,
    PLI_SHADOW_BASIS_MAINTENANCE = 2
} pli_shadow_basis;

/*
 * pli_shadow_row - one account.
 *
 * `status` is PLM_OK, or PLM_MODEL_UNSUPPORTED: the model does not define a result, and nothing below it is filled in.
 * `was` is the account's health by the venue's own figures: LIQUIDATABLE below its maintenance, RESTRICTED below its
 * initial, else HEALTHY; 0 where it names no maintenance. Where it names no equity, ours stands in.
 * `loss` is the worst of the replay, see pli_shadow.
 */
typedef struct pli_shadow_row {
    uint32_t account_index;
    plm_status status;
    plm_requirement requirement;
    pli_incumbent incumbent;
    pli_shadow_basis basis;
    plm_health was;
    bool is_newly_called;       /* was HEALTHY or RESTRICTED, is CALLED */
    bool is_newly_liquidatable; /* was not LIQUIDATABLE, is */
    bool is_saved;              /* was LIQUIDATABLE, is not */
    int64_t ours_micros;        /* of the basis; without one the maintenance requirement */
    int64_t theirs_micros;
    int64_t difference_micros; /* ours - theirs; 0 without a basis */
    int64_t
        shortfall_micros;  /* to the call level (CALLED) or to maintenance (LIQUIDATABLE), else 0 */
    int64_t loss_micros;   /* >= 0 */
    uint32_t replay_index; /* which replay that is, or PLM_NONE where no replay loses */
} pli_shadow_row;

/* pli_shadow_kept - a row of a list, with the reason of the requirement that its difference is about. */
typedef struct pli_shadow_kept {
    int64_t key;
    pli_shadow_row row;
    plm_reason_part reason;
} pli_shadow_kept;

/* pli_shadow_list - the rows with the largest keys, largest first, ties to the earlier account. */
typedef struct pli_shadow_list {
    uint32_t capacity, count;
    pli_shadow_kept *rows;
} pli_shadow_list;

/* pli_shadow_sums - one kind of requirement, over the accounts for which the venue names it. */
typedef struct pli_shadow_sums {
    uint64_t count;
    uint64_t released_count, tied_count; /* accounts for which ours is lower, higher */
    pli_i128 ours_micros, theirs_micros;
    pli_i128 released_micros, tied_micros; /* sums of the differences by sign, both >= 0 */
} pli_shadow_sums;

/*
 * pli_shadow_losses - one replay, or each account's own worst one, over all accounts that count.
 *
 * "Beyond" a requirement is what an account that holds no more than it would leave unpaid: loss - requirement. "Under
 * water" is what equity as it is leaves unpaid.
 */
typedef struct pli_shadow_losses {
    pli_i128 loss_micros; /* of accounts that lose */
    uint64_t ours_count, theirs_count, equity_count;
    pli_i128 beyond_ours_micros, beyond_theirs_micros, under_water_micros;
} pli_shadow_losses;

#define PLI_SHADOW_BINS 11u    /* of ours over theirs */
#define PLI_SHADOW_POINTS 400u /* accounts kept for a scatter */

/* pli_shadow_bin_ppm - upper end of a bin below PLI_SHADOW_BINS; the last has none and answers INT64_MAX. */
int64_t pli_shadow_bin_ppm(uint32_t bin);

typedef struct pli_shadow_point {
    int64_t theirs_micros, ours_micros;
} pli_shadow_point;

/*
 * pli_shadow_setup - what all accounts share. `margin` lacks only the portfolio.
 *
 * `replay_arrays` may be of another model's needs: the replay is the same whatever the model. `has_incumbent` says that
 * the venue's figures were given: then losses are taken over the accounts that have some, so that both are of the same.
 */
typedef struct pli_shadow_setup {
    const plm_model *model;
    plm_margin_input margin;
    const plm_risk_table *replay_arrays;
    bool has_incumbent;
    uint32_t account_count;
    uint32_t list_capacity;
} pli_shadow_setup;

/*
 * pli_shadow - the totals so far.
 *
 * Replay       Every account's positions and scenario-treated balances, as they are, through each joint past day of the
 *              scenario set (plane 0: at once, volatility rises as prices fall; returns at today's volatility) and each
 *              named stress. Entry r of `losses` is day r, then the stresses. An underlying without joint history takes
 *              no part in those moves; its own worst grid loss is added to every one.
 */
typedef struct pli_shadow {
    pli_shadow_setup setup;
    uint64_t account_count, unsupported_count;
    uint64_t compared_count; /* with a basis */
    uint64_t measured_count; /* in `losses` */
    pli_shadow_sums initial, maintenance;
    uint64_t healths[5][5]; /* [was][is]; 0: not known */
    uint64_t newly_called_count, newly_liquidatable_count, saved_count;
    pli_i128 newly_called_micros, newly_liquidatable_micros; /* their shortfalls */
    pli_i128 equity_micros;                                  /* ours, for maintenance */
    /* ours, of all accounts */
    pli_i128 initial_micros, call_micros, maintenance_micros;
    uint64_t bins[PLI_SHADOW_BINS];
    uint64_t unrequired_count; /* the venue requires 0 and we more: no ratio */
    pli_shadow_list
        troubled; /* called or liquidatable, by shortfall; with figures of the venue: newly so */
    pli_shadow_list disagreements;
    uint32_t replay_count;
    pli_shadow_losses *losses;
    pli_shadow_losses worst; /* each account's own worst replay */
    uint32_t point_count;
    pli_shadow_point *points;
    pli_i128 *profits; /* scratch */
    pli_i128 *grid;
    uint8_t *is_seen;
} pli_shadow;

/* pli_shadow_size - bytes of memory that the totals need. */
size_t pli_shadow_size(const pli_shadow_setup *setup);

/*
 * pli_shadow_init - totals of nothing, in `memory` (of any alignment).
 *
 * Returns    PLM_OK, or PLM_WORKSPACE_SMALL.
 */
PLM_MUST_USE plm_status pli_shadow_init(const pli_shadow_setup *setup, void *memory, size_t size,
                                        pli_shadow *shadow, plm_fault *fault);

/* pli_shadow_account - one account of the book. */
typedef struct pli_shadow_account {
    uint32_t index;
    plm_portfolio portfolio;
    pli_incumbent incumbent;
} pli_shadow_account;

/*
 * pli_shadow_evaluate - one account; nothing is added to the totals yet.
 *
 * `reason` is complete where row->status is PLM_OK, without contributions.
 *
 * Cost       One plm_margin_require and O(positions * replays).
 * Returns    PLM_OK (also where the model does not define a result); PLM_OVERFLOW; other statuses of plm_margin_require.
 */
PLM_MUST_USE plm_status pli_shadow_evaluate(pli_shadow *shadow, const pli_shadow_account *account,
                                            plm_workspace *workspace, pli_shadow_row *row,
                                            plm_reason *reason, plm_fault *fault);

/* pli_shadow_add - count the account that was evaluated last. */
void pli_shadow_add(pli_shadow *shadow, const pli_shadow_row *row, const plm_reason *reason);

/* pli_shadow_entry - the entry of a risk-array row that a replay reads. */
uint32_t pli_shadow_entry(const plm_scenario_header *header, uint32_t replay_index);

#endif
