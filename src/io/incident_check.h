/* incident_check.h: does what an incident's file says of one thing fit what it says of another? SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_INCIDENT_CHECK_H
#define PLI_IO_INCIDENT_CHECK_H

#include "io/field.h"
#include "study/incident.h"

/*
 * pli_incident_check - names that are introduced once and known where they are used (accounts, assets, instruments,
 * controls of the catalogue), multipliers above zero, positions of an instrument that sum to zero, assertions and events at
 * all. Nothing where the reader has failed already.
 *
 * Returns    In the reader: PLM_VALUE_INVALID or PLM_INDEX_UNKNOWN with line, value seen and what is allowed.
 */
void pli_incident_check(pli_reader *reader, const pli_node *root, const pli_incident *incident);

#endif
