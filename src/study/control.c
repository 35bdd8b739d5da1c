/* control.c: the catalogue of controls as tables.                                     SPDX-License-Identifier: Apache-2.0 */
#include "study/control.h"

#include "base/libc.h"

static const char *const ids[] = {
#define PLI_CONTROL_ID(NAME, id, how) id,
    PLI_CONTROL_LIST(PLI_CONTROL_ID)
#undef PLI_CONTROL_ID
};

static const char *const switches[] = {
#define PLI_CONTROL_SWITCH(NAME, id, how) how,
    PLI_CONTROL_LIST(PLI_CONTROL_SWITCH)
#undef PLI_CONTROL_SWITCH
};

pli_control
pli_control_named(const char *id, uint32_t size) {
    for (uint32_t i = 0; i < PLI_CONTROL_COUNT; i += 1) {
        uint32_t length = 0;
        while (ids[i][length] != '\0') {
            length += 1;
        }
        if (length == size && memcmp(ids[i], id, size) == 0) {
            return (pli_control)i;
        }
    }
    return PLI_CONTROL_COUNT;
}

const char *
pli_control_id(pli_control control) {
    return control < PLI_CONTROL_COUNT ? ids[control] : "";
}

const char *
pli_control_switch(pli_control control) {
    return control < PLI_CONTROL_COUNT ? switches[control] : "";
}

static bool
begins_with(const char *text, const char *word) {
    while (*word != '\0' && *text == *word) {
        text += 1;
        word += 1;
    }
    return *word == '\0';
}

bool
pli_control_has_switch(pli_control control) {
    return control < PLI_CONTROL_COUNT && !begins_with(switches[control], "none: ");
}

uint64_t
pli_control_books(void) {
    uint64_t bits = 0;
    for (uint32_t i = 0; i < PLI_CONTROL_COUNT; i += 1) {
        bits |= begins_with(switches[i], "naive books") ? PLI_CONTROL_BIT(i) : 0;
    }
    return bits;
}
