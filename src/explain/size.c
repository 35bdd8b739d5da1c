/* size.c: how much memory the searches of this layer need.                            SPDX-License-Identifier: Apache-2.0 */
#include "explain/cures.h"
#include "explain/triggers.h"

size_t
plm_explain_size(const plm_explain_input *input) {
    pli_arena triggers = pli_arena_init_sizing();
    pli_arena cures = pli_arena_init_sizing();
    pli_trigger_work trigger_work;
    pli_cure_work cure_work;
    pli_triggers_take(input, &triggers, &trigger_work);
    pli_cures_take(input, &cures, &cure_work);
    size_t most = pli_arena_used(&triggers);
    most = pli_arena_used(&cures) > most ? pli_arena_used(&cures) : most;
    return (most + PLI_ARENA_ALIGN - 1) / PLI_ARENA_ALIGN * PLI_ARENA_ALIGN;
}
