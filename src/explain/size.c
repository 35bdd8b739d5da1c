/* size.c: how much memory the searches of this layer need.                            SPDX-License-Identifier: Apache-2.0 */
#include "explain/triggers.h"

size_t
plm_explain_size(const plm_explain_input *input) {
    pli_arena arena = pli_arena_init_sizing();
    pli_trigger_work work;
    pli_triggers_take(input, &arena, &work);
    size_t used = pli_arena_used(&arena);
    return (used + PLI_ARENA_ALIGN - 1) / PLI_ARENA_ALIGN * PLI_ARENA_ALIGN;
}
