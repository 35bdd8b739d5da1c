/* export_json.h: the first and the last line of a whole venue as lines of JSON.       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_EXPORT_JSON_H
#define PLI_IO_EXPORT_JSON_H

#include "io/event_json.h"
#include "io/json_writer.h"
#include "plimsoll/core.h"

/*
 * A whole venue is a line that states its sizes, its events in their order, each as pli_event_json_write has it, and a line
 * that states where that leads:
 *   {"schema":"plimsoll-export/1","limits":{"asset_count":8, ... every field of plm_core_limits}}
 *   {"schema":"plimsoll-export/1","sequence":"48","digest":"64 digits"}
 */
void pli_export_begin_write(pli_json_writer *writer, const plm_core_limits *limits);
void pli_export_end_write(pli_json_writer *writer, uint64_t sequence, const uint8_t digest[32]);

/* pli_export - what the two lines state, and a walk over the events between them. */
typedef struct pli_export {
    plm_core_limits limits;
    uint64_t sequence;
    uint8_t digest[32];
    pli_event_lines lines;
} pli_export;

/*
 * pli_export_read - both lines of a text, before any event is looked at.
 *
 * Lifetime   `name` and the bytes are kept as given.
 * Returns    PLM_OK; PLM_SYNTAX where the text does not begin and end with these lines, as when it was cut; or as
 *            pli_json_parse. On these *out is left alone.
 */
PLM_MUST_USE plm_status pli_export_read(const char *name, pli_bytes bytes, pli_export *out,
                                        plm_fault *fault);

#endif
