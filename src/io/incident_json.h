/* incident_json.h: an incident from JSON ("plimsoll-incident/1").                     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_INCIDENT_JSON_H
#define PLI_IO_INCIDENT_JSON_H

#include "io/document.h"
#include "study/incident.h"

/* Bounds of one file: what is beyond them is refused, not cut. */
#define PLI_INCIDENT_ASSETS_MAX 32u
#define PLI_INCIDENT_INSTRUMENTS_MAX 64u
#define PLI_INCIDENT_ORACLES_MAX 32u
#define PLI_INCIDENT_SOURCES_MAX 16u
#define PLI_INCIDENT_ACCOUNTS_MAX 2048u
#define PLI_INCIDENT_EVENTS_MAX 16384u
#define PLI_INCIDENT_LEVELS_MAX 64u
#define PLI_INCIDENT_LIST_MAX 256u

/* pli_incident_book - an incident and the memory that its texts and tables live in. */
typedef struct pli_incident_book {
    pli_incident incident;
    pli_document document;
    pli_pool pool;
} pli_incident_book;

/* pli_incident_finish - free it; a zeroed one may be finished. */
void pli_incident_finish(pli_incident_book *book);

/*
 * pli_incident_read - read and check a file: forms, references (accounts, instruments, assets, `*` in names), `seq` from 1
 *                     without a gap, times that never fall.
 * pli_incident_decode - the same from a decoded document, which becomes the book's own on PLM_OK only.
 *
 * Facts, checks and sources of the file are for readers and not looked at; keys that the schema does not name neither.
 *
 * Returns
 *   PLM_OK, those of pli_json_read, and with "file:line: ..." in *fault:
 *   PLM_KEY_MISSING, PLM_VALUE_INVALID (schema, form, order, bounds), PLM_TEXT_MALFORMED or PLM_TEXT_PRECISION (number),
 *   PLM_INDEX_UNKNOWN (a name that the file does not introduce), PLM_MEMORY.
 */
PLM_MUST_USE plm_status pli_incident_read(const char *path, pli_incident_book *book,
                                          plm_fault *fault);
PLM_MUST_USE plm_status pli_incident_decode(pli_document *document, pli_incident_book *book,
                                            plm_fault *fault);

#endif
