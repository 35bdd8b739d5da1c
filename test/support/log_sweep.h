/* log_sweep.h: one fault in a run of the log, then the question what is left.         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_TEST_LOG_SWEEP_H
#define PLI_TEST_LOG_SWEEP_H

#include "support/log_world.h"

/*
 * log_sweep_fault - for every `step`-th operation of a run: this fault at it, then the end of the process and, as the seed draws, of
 * the power, twice; every answer is asserted.
 *
 * What must hold: after PLI_RIG_FAULT_ERROR, _FULL and _POWER the log opens, with every acknowledged batch and nothing that
 * was not written. After the faults of which the log is not told, it opens so or is refused.
 *
 * Returns    how many runs that was.
 */
uint64_t log_sweep_fault(pli_rig_fault fault, uint64_t seed, uint64_t step);

/*
 * log_sweep_two - an error at every `step`-th operation of a short run, the end of the process, a power cut at every
 * `step`-th operation of the next one: what the first left undone in the system's memory must not be built upon.
 *
 * Returns    how many runs that was.
 */
uint64_t log_sweep_two(uint64_t seed, uint64_t step);

/* log_sweep_subsets - every subset and tear of the writes that are pending at each sync of a run. Returns how many. */
uint64_t log_sweep_subsets(uint64_t seed);

/* log_sweep_flips - one flip of each `step`-th bit of every file of a log. Returns how many. */
uint64_t log_sweep_flips(uint64_t step);

#endif
