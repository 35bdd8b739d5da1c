/* records.h: the governed records of a state, where each stands, and when they change.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_RECORDS_H
#define PLI_CORE_RECORDS_H

#include "core/state.h"

/*
 * Places, in this order: core; liquidation; scenarios for maintenance and for initial; shocks of each class; living of each
 * class; feed of each underlying; one for each model of the registry. A change replaces a record whole.
 */
#define PLI_PLACE_CORE 0u
#define PLI_PLACE_LIQUIDATION 1u
#define PLI_PLACE_SCENARIOS 2u /* + plm_horizon - 1 */
#define PLI_PLACE_SHOCKS 4u    /* + class */

uint32_t pli_place_living(const plm_core_limits *limits, uint32_t class_id);
uint32_t pli_place_feed(const plm_core_limits *limits, uint32_t underlying);
uint32_t pli_place_model(const plm_core_limits *limits, uint32_t model_index);

/* pli_record_places - how many records a state within `limits` has. */
uint32_t pli_record_places(const plm_core_limits *limits);

/* pli_place_descriptor - what the record at a place is. */
const plm_descriptor *pli_place_descriptor(const plm_core_limits *limits, uint32_t place);

/* pli_record_of - the values in force at a place, in the form of the record's own struct. */
const void *pli_record_of(const plm_core *core, uint32_t place);

/* pli_records_init - every record at its default, version 1. */
void pli_records_init(plm_core *core);

/* pli_records_due - put into force what has become due at this sequence and time, and take back what has expired. */
void pli_records_due(plm_core *core);

/* pli_records_remember - find the next expiry anew, after records changed from outside. */
void pli_records_remember(plm_core *core);

/* pli_records_change - PARAMETERS. */
plm_reject pli_records_change(plm_core *core, const plm_event_parameters *body);

/* pli_records_check - are the values of this record inside its bounds, its own rules kept, and the rest zero? */
bool pli_records_check(const plm_descriptor *descriptor, const int64_t *values);

#endif
