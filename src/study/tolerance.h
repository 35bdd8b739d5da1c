/* tolerance.h: which difference between two results is allowed.                           SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_TOLERANCE_H
#define PLI_STUDY_TOLERANCE_H

#include <stdbool.h>

#include "base/tree.h"
#include "plimsoll/status.h"

/* pli_tolerance_path_covers - does a dotted pattern ("actions.*.bid") name `path` or something above it? */
bool pli_tolerance_path_covers(const char *pattern, const char *path);

/*
 * pli_tolerance_at - the rule for one path: the longest pattern of `fields` that covers it, else the case's own.
 */
const pli_node *pli_tolerance_at(const pli_node *tolerance, const char *path);

/* pli_verdict - of one scalar; `relative_error` is below zero where both are not numbers. */
typedef struct pli_verdict {
    bool is_pass;
    double relative_error;
} pli_verdict;

/*
 * pli_tolerance_compare - one scalar (number, text, true, false, null) under one rule.
 *
 * Rules: `exact`: equal as numbers. `abs`, `rel`: |got - expected| <= abs, or <= rel * |expected|; either suffices.
 * `rounding` ("trunc:N", "nearest:N" half away from zero, "floor:N", "ceil:N"): got is rounded, then compared exactly;
 * with `abs` also got - abs and got + abs are tried. Texts that are no numbers, and booleans, are compared exactly.
 *
 * Returns    PLM_OK; PLM_VALUE_INVALID for a rule that is not of that form; PLM_OVERFLOW for numbers of more than 600
 *            digits.
 */
PLM_MUST_USE plm_status pli_tolerance_compare(const pli_node *expected, const pli_node *got,
                                              const pli_node *rule, pli_verdict *out);

#endif
