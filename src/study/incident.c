/* incident.c: names of what may happen in an incident.                                SPDX-License-Identifier: Apache-2.0 */
#include "study/incident.h"

const char *
pli_incident_kind_name(pli_incident_kind kind) {
    static const char *const names[] = {"",
#define PLI_INCIDENT_NAME(NAME, name) name,
                                        PLI_INCIDENT_EVENT_LIST(PLI_INCIDENT_NAME)
#undef PLI_INCIDENT_NAME
    };
    return kind > PLI_INCIDENT_NONE && kind < PLI_INCIDENT_KIND_END ? names[kind] : "";
}
