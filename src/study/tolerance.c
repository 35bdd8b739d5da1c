/* tolerance.c: exact comparison of results under the rules of the case files.             SPDX-License-Identifier: Apache-2.0 */
#include "study/tolerance.h"

#include "num/rational.h"

bool
pli_tolerance_path_covers(const char *pattern, const char *path) {
    while (*pattern != '\0') {
        if (*pattern == '*' && (pattern[1] == '.' || pattern[1] == '\0')) {
            if (*path == '\0' || *path == '.') {
                return false;
            }
            pattern += 1;
            while (*path != '\0' && *path != '.') {
                path += 1;
            }
        } else {
            if (*pattern != *path) {
                return false;
            }
            pattern += 1;
            path += 1;
        }
    }
    return *path == '\0' || *path == '.';
}

const pli_node *
pli_tolerance_at(const pli_node *tolerance, const char *path) {
    const pli_node *fields = pli_node_find(tolerance, "fields");
    const pli_node *best = tolerance;
    size_t best_size = 0;
    for (const pli_node *rule = fields == NULL ? NULL : fields->child; rule != NULL;
         rule = rule->next) {
        size_t size = 0;
        while (rule->key[size] != '\0') {
            size += 1;
        }
        if (size > best_size && pli_tolerance_path_covers(rule->key, path)) {
            best = rule;
            best_size = size;
        }
    }
    return best;
}

static bool
is_scalar_text(const pli_node *node) {
    return node->kind == PLI_NODE_NUMBER || node->kind == PLI_NODE_TEXT;
}

/* |left - right| <= bound */
static bool
is_within(const pli_rational *difference, const pli_rational *bound, bool *out) {
    pli_rational magnitude = *difference;
    magnitude.is_negative = false;
    int order = 0;
    if (!pli_rational_compare(&magnitude, bound, &order)) {
        return false;
    }
    *out = order <= 0;
    return true;
}

/* "trunc:2" into its two parts. */
static bool
read_rounding(const char *text, pli_rational_rounding *rounding, uint32_t *decimals) {
    static const struct {
        const char *name;
        pli_rational_rounding rounding;
    } names[] = {{"trunc", PLI_RATIONAL_TRUNC},
                 {"nearest", PLI_RATIONAL_NEAREST},
                 {"floor", PLI_RATIONAL_FLOOR},
                 {"ceil", PLI_RATIONAL_CEIL}};
    for (uint32_t i = 0; i < 4; i += 1) {
        uint32_t at = 0;
        while (names[i].name[at] != '\0' && text[at] == names[i].name[at]) {
            at += 1;
        }
        if (names[i].name[at] != '\0' || text[at] != ':' || text[at + 1] == '\0') {
            continue;
        }
        *rounding = names[i].rounding;
        *decimals = 0;
        for (at += 1; text[at] >= '0' && text[at] <= '9' && *decimals < 100; at += 1) {
            *decimals = *decimals * 10 + (uint32_t)(text[at] - '0');
        }
        return text[at] == '\0';
    }
    return false;
}

static bool
rounds_to(const pli_rational *value, const pli_rational *expected, const char *rounding,
          bool *out) {
    pli_rational_rounding mode = PLI_RATIONAL_TRUNC;
    uint32_t decimals = 0;
    pli_rational rounded;
    int order = 1;
    if (!read_rounding(rounding, &mode, &decimals) ||
        !pli_rational_round(value, mode, decimals, &rounded) ||
        !pli_rational_compare(&rounded, expected, &order)) {
        return false;
    }
    *out = *out || order == 0;
    return true;
}

static plm_status
compare_rounded(const pli_rational *expected, const pli_rational *got, const pli_node *rounding,
                const pli_rational *bound, bool *out) {
    if (rounding->kind != PLI_NODE_TEXT || !rounds_to(got, expected, rounding->text, out)) {
        return PLM_VALUE_INVALID;
    }
    if (*out || bound == NULL) {
        return PLM_OK;
    }
    pli_rational negative = *bound;
    negative.is_negative = bound->numerator.count > 0;
    pli_rational up;
    pli_rational down;
    bool is_fit = pli_rational_subtract(got, &negative, &up) &&
                  pli_rational_subtract(got, bound, &down) &&
                  rounds_to(&up, expected, rounding->text, out) &&
                  rounds_to(&down, expected, rounding->text, out);
    return is_fit ? PLM_OK : PLM_OVERFLOW;
}

/* A bound of the rule, or NULL where it has none. */
static plm_status
read_bound(const pli_node *rule, const char *key, pli_rational *memory, pli_rational **out) {
    const pli_node *node = pli_node_find(rule, key);
    if (node == NULL) {
        *out = NULL;
        return PLM_OK;
    }
    if (!is_scalar_text(node) ||
        pli_rational_parse(node->text, node->text_size, memory) != PLM_OK) {
        return PLM_VALUE_INVALID;
    }
    *out = memory;
    return PLM_OK;
}

static double
relative(const pli_rational *difference, const pli_rational *expected) {
    double error = pli_natural_ratio(&difference->numerator, &difference->denominator);
    if (expected->numerator.count == 0) {
        return error;
    }
    return error / pli_natural_ratio(&expected->numerator, &expected->denominator);
}

static plm_status
compare_numbers(const pli_rational *expected, const pli_rational *got, const pli_node *rule,
                pli_verdict *out) {
    pli_rational difference;
    if (!pli_rational_subtract(got, expected, &difference)) {
        return PLM_OVERFLOW;
    }
    pli_rational memory[2];
    pli_rational *absolute = NULL;
    pli_rational *fraction = NULL;
    plm_status status = read_bound(rule, "abs", &memory[0], &absolute);
    if (status == PLM_OK) {
        status = read_bound(rule, "rel", &memory[1], &fraction);
    }
    if (status != PLM_OK) {
        return status;
    }
    const pli_node *rounding = pli_node_find(rule, "rounding");
    if (rounding != NULL) {
        // What is shown is the distance before rounding: the printed number is short of digits, not the computed one.
        *out = (pli_verdict){.relative_error = 0.0};
        return compare_rounded(expected, got, rounding, absolute, &out->is_pass);
    }
    bool is_pass = difference.numerator.count == 0;
    if (!is_pass && absolute != NULL && !is_within(&difference, absolute, &is_pass)) {
        return PLM_OVERFLOW;
    }
    if (!is_pass && fraction != NULL) {
        pli_rational bound;
        pli_rational magnitude = *expected;
        magnitude.is_negative = false;
        if (!pli_rational_multiply(fraction, &magnitude, &bound) ||
            !is_within(&difference, &bound, &is_pass)) {
            return PLM_OVERFLOW;
        }
    }
    *out = (pli_verdict){.is_pass = is_pass, .relative_error = relative(&difference, expected)};
    return PLM_OK;
}

plm_status
pli_tolerance_compare(const pli_node *expected, const pli_node *got, const pli_node *rule,
                      pli_verdict *out) {
    if (!is_scalar_text(expected) || !is_scalar_text(got)) {
        *out = (pli_verdict){.is_pass = expected->kind == got->kind, .relative_error = -1.0};
        return PLM_OK;
    }
    pli_rational left;
    pli_rational right;
    plm_status expected_status = pli_rational_parse(expected->text, expected->text_size, &left);
    plm_status got_status = pli_rational_parse(got->text, got->text_size, &right);
    if (expected_status == PLM_OVERFLOW || got_status == PLM_OVERFLOW) {
        return PLM_OVERFLOW;
    }
    if (expected_status == PLM_OK && got_status == PLM_OK) {
        return compare_numbers(&left, &right, rule, out);
    }
    *out = (pli_verdict){.is_pass = pli_text_is_equal(expected->text, got->text),
                         .relative_error = -1.0};
    return PLM_OK;
}
