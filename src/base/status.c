/* status.c: names and texts of every status, from the one list.                       SPDX-License-Identifier: Apache-2.0 */
#include "plimsoll/status.h"

const char *
plm_status_name(plm_status status) {
    switch (status) {
#define PLM_STATUS_NAME(name, number, text)                                                        \
    case name:                                                                                     \
        return #name;
        PLM_STATUS_LIST(PLM_STATUS_NAME)
#undef PLM_STATUS_NAME
    }
    return "PLM_UNKNOWN";
}

const char *
plm_status_text(plm_status status) {
    switch (status) {
#define PLM_STATUS_TEXT(name, number, text)                                                        \
    case name:                                                                                     \
        return text;
        PLM_STATUS_LIST(PLM_STATUS_TEXT)
#undef PLM_STATUS_TEXT
    }
    return "unknown status";
}
