/* adl.h: which winners close the remainder of bankrupt accounts, and what each of them gives up.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_LIQUIDATION_ADL_H
#define PLI_LIQUIDATION_ADL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"
#include "plimsoll/margin.h"
#include "plimsoll/status.h"

/*
 * One job closes `lots` of one instrument, at the mark, against accounts that hold the other side, and takes `loss` (the
 * bankrupt accounts' deficit after funds) from them in proportion to the lots each has closed: all of them close at the
 * same price, the price at which the bankrupt account ends at zero, without that price ever being rounded.
 *
 * A job sees the candidates one by one, in ascending order of account, several passes over: searching passes narrow a level,
 * the last pass fills. Its own state is of fixed size, whatever the number of candidates, so that the caller may stop after
 * any candidate and go on in a later event. The caller may keep the candidates in a table or make them anew in every
 * pass. Where they are not the same in all of them, ADL-1 to ADL-4 do not hold, but ADL-6 does.
 *
 *   queue       the highest score first (pli_adl_score), ties by account
 *   pro rata    in proportion to what each may close
 *   least harm  the largest haircut, as a share of equity, is as small as it can be
 *
 * docs/method/deleveraging.md.
 */
typedef enum pli_adl_policy {
    PLI_ADL_QUEUE = 1,
    PLI_ADL_PRO_RATA = 2,
    PLI_ADL_LEAST_HARM = 3
} pli_adl_policy;

/* pli_adl_candidate - an account that holds the other side. */
typedef struct pli_adl_candidate {
    uint32_t account_index;
    uint32_t score;        /* pli_adl_score; read by the queue only */
    int64_t lots;          /* the most that it may close, >= 0 */
    int64_t equity_micros; /* read by least harm only; <= 0 closes nothing below the last level */
} pli_adl_candidate;

typedef enum pli_adl_phase {
    PLI_ADL_SEARCH = 1, /* offers are only looked at */
    PLI_ADL_FILL = 2,   /* offers are answered with lots */
    PLI_ADL_DONE = 3
} pli_adl_phase;

#define PLI_ADL_BUCKETS 16u

/*
 * pli_adl_job - the whole state of a job. Every field is an integer and may be stored.
 *
 * Invariants [ADL-JOB-1] low + span <= 2^32; span is a power of 16.
 *            [ADL-JOB-2] filled <= lots; taken = floor(loss * filled / lots).
 */
typedef struct pli_adl_job {
    pli_adl_policy policy;
    pli_adl_phase phase;
    pli_i128 lots; /* to be closed, > 0 */
    pli_i128 loss; /* micros (or atoms) to be taken, >= 0 */
    uint64_t low;  /* the level sought lies in low .. low + span - 1 */
    uint64_t span;
    pli_i128 below;                 /* what candidates close up to level low - 1 */
    pli_i128 sums[PLI_ADL_BUCKETS]; /* this pass: up to the end of each part of the span */
    pli_i128 at;                    /* what candidates close up to the level found */
    pli_i128 weight;                /* filling: sum of the weights offered so far */
    pli_i128 granted;               /* filling: what the weights have been granted so far */
    pli_i128 offered;               /* filling: what has been offered in all, <= lots */
    pli_i128 filled;                /* booked */
    pli_i128 taken;                 /* booked */
} pli_adl_job;

/*
 * pli_adl_start - a job for `lots` with `loss`.
 *
 * Returns    PLM_OK; PLM_PARAMETER_INVALID: no such policy, lots outside 1..2^60, loss outside 0..2^90.
 */
PLM_MUST_USE plm_status pli_adl_start(pli_adl_policy policy, pli_i128 lots, pli_i128 loss,
                                      pli_adl_job *job);

/*
 * pli_adl_offer - show the next candidate of the present pass; while filling, *lots is what it is to close, else 0.
 *
 * Guarantees [ADL-1] 0 <= *lots <= candidate->lots, and all *lots of the filling pass add up to min(job->lots, sum of the
 *            candidates' lots).
 *            [ADL-2] pro rata: each differs from lots * weight / total by less than one lot.
 *            [ADL-3] queue: nobody closes less than it may while somebody of a lower score closes anything.
 *            [ADL-4] least harm: no choice of lots has a largest haircut / equity that is smaller by more than 1 ppm of equity and a micro.
 *            [ADL-6] whatever the candidates are: *lots <= candidate->lots, and all *lots of the filling pass add up to
 *            job->lots at most.
 * Cost       O(1): at most 16 sums, 16 divisions for least harm.
 * Returns    PLM_OK; PLM_PARAMETER_INVALID: lots negative or above PLM_LOTS_MAX; the job is done.
 */
PLM_MUST_USE plm_status pli_adl_offer(pli_adl_job *job, const pli_adl_candidate *candidate,
                                      int64_t *lots);

/*
 * pli_adl_book - while filling: `lots` (at most what was just offered) were closed; *haircut is what the account gives up.
 *
 * Less than offered may be booked, where an exact look at the account allows no more (pli_adl_room).
 *
 * Guarantees [Q8] after every booking, the haircuts add up to floor(loss * filled / lots): to the whole loss when
 *            everything was filled.
 */
void pli_adl_book(pli_adl_job *job, int64_t lots, pli_i128 *haircut);

/*
 * pli_adl_turn - all candidates have been shown in this pass: go to the next pass, or to PLI_ADL_DONE.
 *
 * Guarantees [ADL-5] at most PLI_ADL_PASSES_MAX passes, the filling one included.
 */
#define PLI_ADL_PASSES_MAX 9u
void pli_adl_turn(pli_adl_job *job);

/*
 * pli_adl_score - rank of a winner: profit / entry notional * notional / equity, in ppm; 0 where there is no profit.
 *
 * Units      All in micros. Rounding down, and 2^32 - 1 at most, also where equity is <= 0.
 * Source     The rule that venues publish: profit times effective leverage (VENUES, ADL).
 */
uint32_t pli_adl_score(int64_t profit_micros, int64_t entry_notional_micros,
                       int64_t notional_micros, int64_t equity_micros);

/*
 * pli_adl_room - the most lots, up to `lots` >= 1, of which an account's position may be closed at price_e8, paying
 *                `haircut` micros for all of `lots` pro rata, rounded up, and end with equity >= maintenance.
 *
 * `input` holds the account without changes. The search takes the whole first, then bisects; with a requirement that is
 * convex in the size it finds the largest count, in any case one that holds.
 *
 * Cost       At most 40 evaluations of the model, one where the whole is allowed. Workspace as pli_unwind_limits says.
 * Returns    PLM_OK; PLM_PARAMETER_INVALID: no position, `lots` outside 1..its size, or a haircut below 0; the statuses of plm_margin_require.
 */
typedef struct pli_adl_question {
    uint32_t instrument_index;
    int64_t lots;
    int64_t price_e8;
    int64_t haircut_micros;
} pli_adl_question;

PLM_MUST_USE plm_status pli_adl_room(const plm_model *model, const plm_margin_input *input,
                                     plm_workspace *workspace, const pli_adl_question *question,
                                     int64_t *lots, plm_fault *fault);

#endif
