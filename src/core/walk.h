/* walk.h: the canonical order of a state's fields.                                     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_WALK_H
#define PLI_CORE_WALK_H

#include "core/codec.h"
#include "core/state.h"

/*
 * pli_walk_state - every field of the state, written or read: magic and version, limits, sequence, time and counters, ledger,
 *                  signers with their client ids, records, market, arrays, queue, standings. docs/books.md section 11 draws it.
 *
 * Reading checks what indexing needs (counts inside the limits, indices inside their tables) and enum ranges; the rest is
 * plm_core_check's. Derived fields are left as they are.
 */
void pli_walk_state(pli_codec *codec, plm_core *core);

/* Its parts. */
void pli_walk_ledger(pli_codec *codec, pli_ledger *ledger);
void pli_walk_market(pli_codec *codec, plm_core *core);
void pli_walk_arrays(pli_codec *codec, plm_core *core);

#define PLI_STATE_MAGIC "PLMSTATE"
#define PLI_STATE_VERSION 8u

/* plm_core_limits is that many u32 side by side. */
#define PLI_LIMITS_COUNT 14u
_Static_assert(sizeof(plm_core_limits) == 4 * PLI_LIMITS_COUNT, "limits are u32 only");

#endif
