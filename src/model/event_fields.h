/* event_fields.h: what the codecs of events share with the table of kinds.            SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MODEL_EVENT_FIELDS_H
#define PLI_MODEL_EVENT_FIELDS_H

#include "plimsoll/event.h"

#define PLI_EVENT_TYPES 64 /* types are below this */

/* pli_event_value_count - how many values of a field are in use: what its count says, or all. */
uint32_t pli_event_value_count(const plm_event *event, const plm_event_field *field);

#endif
