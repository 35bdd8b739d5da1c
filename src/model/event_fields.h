/* event_fields.h: what the codec of events shares with the table of kinds.            SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MODEL_EVENT_FIELDS_H
#define PLI_MODEL_EVENT_FIELDS_H

#include "plimsoll/event.h"

#define PLI_EVENT_TYPES 64 /* types are below this */

#endif
