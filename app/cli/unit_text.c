/* unit_text.c: values of parameters in the form that the YAML reader accepts.         SPDX-License-Identifier: Apache-2.0 */
#include "cli/unit_text.h"

#include <string.h>

#include "num/decimal.h"

static void
append_duration(pli_text *text, int64_t ns) {
    static const struct {
        int64_t ns;
        const char *suffix;
    } units[] = {{PLM_DAY_NS, "d"},
                 {INT64_C(3600000000000), "h"},
                 {INT64_C(60000000000), "m"},
                 {1000000000, "s"},
                 {1000000, "ms"},
                 {1000, "us"},
                 {1, "ns"}};
    size_t at = ns == 0 ? 3 : 0;
    while (ns % units[at].ns != 0) {
        at += 1;
    }
    pli_text_append_i64(text, ns / units[at].ns);
    pli_text_append(text, units[at].suffix);
}

static void
append_choice(pli_text *text, int64_t value, const char *choices) {
    for (int64_t i = 1; i < value && *choices != '\0'; i += 1) {
        choices += strcspn(choices, "|");
        choices += *choices == '|' ? 1 : 0;
    }
    pli_text_append_bytes(text, choices, strcspn(choices, "|"));
}

void
pli_unit_append(pli_text *text, plm_unit unit, int64_t value, const char *choices) {
    switch (unit) {
    case PLM_UNIT_COUNT:
        pli_text_append_i64(text, value);
        break;
    case PLM_UNIT_PPM:
        pli_decimal_format(text, value, 4, 0);
        pli_text_append(text, "%");
        break;
    case PLM_UNIT_MICROS:
        pli_decimal_format(text, value, 6, 0);
        break;
    case PLM_UNIT_NS:
        append_duration(text, value);
        break;
    case PLM_UNIT_E8:
        pli_decimal_format(text, value, 8, 0);
        break;
    case PLM_UNIT_CHOICE:
        append_choice(text, value, choices);
        break;
    }
}
