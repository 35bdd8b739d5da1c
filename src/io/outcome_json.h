/* outcome_json.h: what became of an event, as a line of JSON.                         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_OUTCOME_JSON_H
#define PLI_IO_OUTCOME_JSON_H

#include "io/json_writer.h"
#include "plimsoll/core.h"

/*
 * pli_outcome_json_write - the outcome of one event with its effects, one object on one line.
 *
 *   {"sequence":"42","outcome":"accepted","effects":[{"effect":"balance","account":3,"asset_index":0,"atoms":"1000","change":"1000"}]}
 *   {"sequence":"43","outcome":"refused","reason":"health","is_transient":true,"text":"the requirement would not be met"}
 *
 * `is_repeat` and `is_incomplete` appear where they are true. docs/events.md names the members of every effect. Indices
 * are numbers, everything else digits in quotes.
 *
 * `effects` has outcome->effect_count entries; `indent` of the writer is 0.
 */
void pli_outcome_json_write(pli_json_writer *writer, const plm_outcome *outcome,
                            const plm_effect *effects);

#endif
