/* tools.h: lines that sizes of every kind go through, once for volatility and for amounts. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SCENARIO_TOOLS_H
#define PLI_SCENARIO_TOOLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"
#include "plimsoll/procyclicality.h"

/*
 * pli_size_least, pli_size_most - of two sizes.
 * pli_size_up     - ceil(size * ppm / 1e6), at most INT64_MAX. pli_size_narrow: as much of a size as fits.
 * pli_size_then   - the later of two values, and in *reason why it is that one where it is not the earlier.
 */
int64_t pli_size_least(int64_t left, int64_t right);
int64_t pli_size_most(int64_t left, int64_t right);
int64_t pli_size_up(int64_t size, int64_t ppm);
int64_t pli_size_narrow(pli_i128 value);
int64_t pli_size_then(plm_shock_reason *reason, int64_t earlier, int64_t later,
                      plm_shock_reason because);

/*
 * pli_size_slow - band, speed of relief and speed of harm of a size whose rise harms: what is announced of `wanted` after
 * `before`, with rises of at least `rise_least` let through.
 */
int64_t pli_size_slow(const plm_procyclicality_parameters *tools, int64_t before, int64_t wanted,
                      int64_t rise_least, plm_shock_reason *reason);

/*
 * pli_size_announce - take up what is announced (the latest stands last of `announced`), and return what is in force: the
 * most favourable of this step and of the `notice_steps` before it, as far as there were steps.
 */
int64_t pli_size_announce(int64_t announced[PLM_PROCYCLICALITY_NOTICE + 1], uint32_t *step_count,
                          int64_t value, int64_t notice_steps, bool is_rise_harmful);

#endif
