/* kinds.h: for every kind of event who may send it, whether it names an account, and what is done.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_KINDS_H
#define PLI_CORE_KINDS_H

#include "core/state.h"

/* pli_kind_rule - a handler books through the undo log or refuses; it need not take back what it booked. */
typedef struct pli_kind_rule {
    plm_event_type type;
    uint32_t scope; /* one of PLM_SCOPE_* */
    bool has_account;
    plm_reject (*handle)(plm_core *core, const plm_event *event);
} pli_kind_rule;

/* pli_kind_rule_find - the rule of a kind that plm_event_kind_find knows (asserted). */
const pli_kind_rule *pli_kind_rule_find(uint16_t type);

#endif
