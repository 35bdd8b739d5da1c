/* event_json.h: events as lines of JSON, and back.                                    SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_EVENT_JSON_H
#define PLI_IO_EVENT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "io/json_writer.h"
#include "os/file.h"
#include "plimsoll/event.h"

/*
 * One event is one object on one line:
 *   {"type":"deposit","account":3,"signer":1,"time_ns":"1772366400000000000","asset_index":0,"atoms":"1000"}
 *
 * Every field has one form, made from the table of kinds (docs/events.md lists them):
 *   U32                  a JSON number
 *   form OPTIONAL        a JSON number, or null for none
 *   form FLAG            true or false
 *   form CHOICE, SET     a name; a list of names
 *   U64, I64, WIDE       decimal digits in quotes, so that a reader with doubles loses none
 *   BITS                 a JSON number, the shortest that gives the same bits
 *   NAME, BYTES          text; lower-case hexadecimal digits
 *   several values       a list; with form COUNTED as long as its count says
 * Reading also takes integers of any width with or without quotes. Of the header, sequence, client_id, deadline_ns and
 * signer are left out where they are zero and account where it is none; type and time_ns are required, and so is
 * every field of the body but the reserved ones, which do not appear. An unknown key or a key twice is refused.
 */
#define PLI_EVENT_LINE_MAX ((size_t)16384) /* bytes of a line */

/*
 * pli_event_json_decode - the event of one line.
 *
 * `name` and `line` are for messages. The event is checked as plm_event_check does; header.size is set.
 *
 * Returns    PLM_OK; PLM_IO_TOO_LARGE, PLM_SYNTAX, PLM_KEY_UNKNOWN, PLM_KEY_DUPLICATE, PLM_KEY_MISSING,
 *            PLM_VALUE_INVALID, PLM_TEXT_MALFORMED and PLM_NOT_FINITE (doubles), PLM_LIMIT, PLM_MEMORY, and
 *            PLM_EVENT_UNKNOWN for a type that is none, with "name:line: ..." in *fault.
 */
PLM_MUST_USE plm_status pli_event_json_decode(const char *name, uint32_t line, pli_bytes text,
                                              plm_event *event, plm_fault *fault);

/* pli_event_lines - a walk over the lines of a text. Set name and bytes, the rest zero. */
typedef struct pli_event_lines {
    const char *name;
    pli_bytes bytes;
    size_t at;
    uint32_t line; /* of the event that was read last, from 1 */
} pli_event_lines;

/*
 * pli_event_lines_next - the next event; lines of white space are passed over.
 *
 * Returns    PLM_OK with *is_end, and then *event is as it was; or as pli_event_json_decode.
 */
PLM_MUST_USE plm_status pli_event_lines_next(pli_event_lines *lines, plm_event *event, bool *is_end,
                                             plm_fault *fault);

/*
 * pli_event_json_write - the line of an event, in the form that has one text for one event; `indent` of the writer is 0.
 *
 * Guarantees [EVJSON-1] decoding the line gives the same event, and writing that gives the same line.
 *
 * Returns    PLM_OK, or as plm_event_check, and then nothing is written. A failure of the writer stays in the writer.
 */
PLM_MUST_USE plm_status pli_event_json_write(pli_json_writer *writer, const plm_event *event,
                                             plm_fault *fault);

/* pli_event_json_write_under - the same object as a member, of an event that has been decoded. */
void pli_event_json_write_under(pli_json_writer *writer, const char *key, const plm_event *event);

#endif
