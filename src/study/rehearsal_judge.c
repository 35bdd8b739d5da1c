/* rehearsal_judge.c: what the file asserts, against what has happened.                SPDX-License-Identifier: Apache-2.0 */
#include "base/checked.h"
#include "base/text.h"
#include "num/decimal.h"
#include "study/rehearsal_metric.h"

static size_t
find_identity(const char *metric) {
    size_t i = 0;
    for (; metric[i] != '\0'; i += 1) {
        if (metric[i] == ' ' && metric[i + 1] == '=' && metric[i + 2] == '=' &&
            metric[i + 3] == ' ') {
            return i;
        }
    }
    return 0;
}

static size_t
length_of(const char *text) {
    size_t length = 0;
    while (text[length] != '\0') {
        length += 1;
    }
    return length;
}

static void
show(const pli_metric *value, char *data, size_t size) {
    pli_text text = pli_text_init(data, size);
    if (!value->is_known) {
        pli_text_append(&text, "not expressed");
    } else if (value->is_text) {
        pli_text_append(&text, value->text);
    } else if (value->e18 == PLI_METRIC_HIGH || value->e18 == PLI_METRIC_LOW) {
        pli_text_append(&text, "nothing of the kind");
    } else {
        pli_decimal_format(&text, value->e18, 18, 0);
    }
}

// "1 satoshi" is 1e-8.
static pli_i128
wanted_e18(const char *value) {
    char digits[48];
    pli_text text = pli_text_init(digits, sizeof digits);
    size_t i = 0;
    for (; value[i] != '\0' && value[i] != ' '; i += 1) {
        pli_text_append_char(&text, value[i]);
    }
    pli_i128 e18 = pli_number_e18(digits);
    return pli_name_is(&value[i], " satoshi") ? e18 / PLI_E8 : e18;
}

static bool
is_separator(char letter) {
    return letter == '|' || letter == ',' || letter == ' ';
}

static bool
is_among(const char *seen, const char *list) {
    while (*list != '\0') {
        size_t i = 0;
        while (seen[i] != '\0' && seen[i] == list[i]) {
            i += 1;
        }
        if (seen[i] == '\0' && (list[i] == '\0' || is_separator(list[i]))) {
            return true;
        }
        for (; *list != '\0' && !is_separator(*list); list += 1) {
        }
        for (; is_separator(*list); list += 1) {
        }
    }
    return false;
}

// |one - other|; what does not fit is farther than any tolerance.
static pli_i128
distance(pli_i128 one, pli_i128 other) {
    pli_i128 away = PLI_I128_MAX;
    (void)(one > other ? pli_sub_i128(one, other, &away) : pli_sub_i128(other, one, &away));
    return away;
}

static bool
is_met(const pli_metric *seen, const pli_incident_assertion *assertion) {
    const char *operation = assertion->operation, *value = assertion->value;
    if (seen->is_text) {
        return pli_name_is(operation, "in")   ? is_among(seen->text, value)
               : pli_name_is(operation, "==") ? pli_name_is(seen->text, value)
               : pli_name_is(operation, "!=") ? !pli_name_is(seen->text, value)
                                              : false;
    }
    pli_i128 wanted = wanted_e18(value);
    return pli_name_is(operation, "==")
               ? distance(seen->e18, wanted) <= pli_number_e18(assertion->tolerance)
           : pli_name_is(operation, "!=") ? seen->e18 != wanted
           : pli_name_is(operation, "<=") ? seen->e18 <= wanted
           : pli_name_is(operation, ">=") ? seen->e18 >= wanted
           : pli_name_is(operation, "<")  ? seen->e18 < wanted
           : pli_name_is(operation, ">")  ? seen->e18 > wanted
                                          : false;
}

pli_rehearsal_verdict
pli_rehearsal_judge(const pli_rehearsal *of, const pli_incident_assertion *assertion) {
    pli_rehearsal_verdict verdict = {.is_met = false};
    size_t identity = find_identity(assertion->metric);
    pli_metric seen = pli_metric_evaluate(of, assertion->metric,
                                          identity > 0 ? identity : length_of(assertion->metric));
    pli_text text = pli_text_init(verdict.seen, sizeof verdict.seen);
    char data[64];
    show(&seen, data, sizeof data);
    pli_text_append(&text, data);
    verdict.is_expressed = seen.is_known;
    if (identity > 0) {
        const char *rest = &assertion->metric[identity + 4];
        pli_metric other = pli_metric_evaluate(of, rest, length_of(rest));
        show(&other, data, sizeof data);
        pli_text_append(&text, " and ");
        pli_text_append(&text, data);
        verdict.is_expressed = seen.is_known && other.is_known;
        seen = pli_metric_flag(verdict.is_expressed && seen.is_text == other.is_text &&
                               seen.e18 == other.e18);
    }
    verdict.is_met = verdict.is_expressed && is_met(&seen, assertion);
    return verdict;
}

int64_t
pli_rehearsal_loss(const pli_rehearsal *of) {
    pli_i128 loss = pli_metric_deficit(of, true) + of->deficit_covered;
    return loss > INT64_MAX ? INT64_MAX : (int64_t)loss;
}
