/* incident.c: names of what may happen in an incident.                                SPDX-License-Identifier: Apache-2.0 */
#include "study/incident.h"

#include <stddef.h>

const char *
pli_incident_kind_name(pli_incident_kind kind) {
    static const char *const names[] = {"",
#define PLI_INCIDENT_NAME(NAME, name) name,
                                        PLI_INCIDENT_EVENT_LIST(PLI_INCIDENT_NAME)
#undef PLI_INCIDENT_NAME
    };
    return kind > PLI_INCIDENT_NONE && kind < PLI_INCIDENT_KIND_END ? names[kind] : "";
}

bool
pli_incident_matches(const char *pattern, const char *name) {
    const char *star = NULL; // the last one seen, and how far its run reaches
    const char *run = name;
    while (*name != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            run = name;
        } else if (*pattern == *name) {
            pattern += 1;
            name += 1;
        } else if (star != NULL) {
            pattern = star + 1;
            name = ++run;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern += 1;
    }
    return *pattern == '\0';
}
