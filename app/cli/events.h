/* events.h: how the fields of events are told.                                        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_EVENTS_H
#define PLI_CLI_EVENTS_H

#include "base/text.h"
#include "cli/page.h"
#include "plimsoll/event.h"
#include "report/table.h"

/* pli_wire_append - the binary form of a field: "u32", "i64 x 8". */
void pli_wire_append(pli_text *text, const plm_event_field *field);

/* pli_event_form_append - the form of a field on a line of JSON: "digits", "1 buy, 2 sell". */
void pli_event_form_append(pli_text *text, const plm_event_field *field);

/* pli_events_write_markdown - the tables of docs/events.md: a section for every kind, then `reasons`. */
void pli_events_write_markdown(pli_page *page, const pli_table *reasons);

#endif
