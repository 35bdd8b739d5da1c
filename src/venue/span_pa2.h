/* span_pa2.h: the expanded positional format (.pa2) of SPAN risk parameter files.         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_SPAN_PA2_H
#define PLI_VENUE_SPAN_PA2_H

#include "venue/span.h"

/*
 * pli_span_pa2_size   - how much memory the tables of that text take.
 * pli_span_pa2_decode - read it. `name` stands before the line in messages ("name:12: ...").
 *
 * Record types that the requirement does not need are skipped, as the layout asks. Arrays of products that no combined
 * commodity names are dropped and counted.
 *
 * Lifetime   *file lives in `memory`; nothing points into the text.
 * Cost       Three passes over the text.
 * Returns    PLM_OK
 *            PLM_SYNTAX          no header of type 0, an array's second record missing or of another contract.
 *            PLM_VALUE_INVALID   another format than the expanded one (code U2), a field that is no number.
 *            PLM_INDEX_UNKNOWN   a record about a combined commodity that was not defined before.
 *            PLM_LIMIT           `memory` is smaller than told.
 */
size_t pli_span_pa2_size(const char *text, size_t size);
PLM_MUST_USE plm_status pli_span_pa2_decode(const char *name, const char *text, size_t size,
                                            pli_arena *arena, pli_span_file *file,
                                            plm_fault *fault);

#endif
