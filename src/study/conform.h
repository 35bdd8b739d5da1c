/* conform.h: run a file of published cases through the venue formulas and compare.        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_CONFORM_H
#define PLI_STUDY_CONFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/tree.h"
#include "plimsoll/status.h"

#define PLI_CONFORM_FORMULAS_MAX 256u
#define PLI_CONFORM_PATH_SIZE 256u

/*
 * pli_conform_failure - one difference, or one case that could not be computed.
 *
 * Lifetime   Texts live as long as the document and the call of `fail`.
 */
typedef struct pli_conform_failure {
    const char *id;
    const char *formula;
    const char *path; /* dotted path into `expected`; "" for the result as a whole */
    const char *expected;
    const char *got;
    double
        relative_error; /* |got - expected| / |expected| (or the difference, where 0 was expected); below zero where there is none */
} pli_conform_failure;

/* pli_conform_formula - how one formula did, over all files that were run with the same tally. */
typedef struct pli_conform_formula {
    char name[64];
    uint32_t passed;
    uint32_t failed;
    double worst_relative_error; /* of all compared numbers, also where it is within tolerance */
} pli_conform_formula;

/*
 * pli_conform_tally - counts of cases; zero it before the first file.
 *
 * A case passes when its `formula` and all its `also_formulas` do. Informative cases are counted, not scored.
 */
typedef struct pli_conform_tally {
    uint32_t passed;
    uint32_t failed;
    uint32_t informative;
    uint32_t formula_count;
    pli_conform_formula formulas[PLI_CONFORM_FORMULAS_MAX];
} pli_conform_tally;

/* pli_conform_run_options - memory for one case at a time, and who hears of differences (may be NULL). */
typedef struct pli_conform_options {
    void *memory;
    size_t memory_size; /* PLI_CONFORM_MEMORY is enough for the published files */
    void (*fail)(void *context, const pli_conform_failure *failure);
    void *context;
} pli_conform_options;

#define PLI_CONFORM_MEMORY ((size_t)1 << 22)

/*
 * pli_conform_file - run every case of one decoded file of schema plimsoll-vectors/1.
 *
 * Numbers are compared as the exact decimals or fractions they are written as. A case fails when a formula is unknown,
 * refuses its inputs, leaves out an expected name, or differs beyond its tolerance; every difference is told to `fail`.
 *
 * Purity     No allocation, no I/O.
 * Returns    PLM_OK; PLM_SYNTAX, PLM_KEY_MISSING or PLM_VALUE_INVALID with the line in *fault when the file is not of
 *            that schema; PLM_LIMIT when there are more than PLI_CONFORM_FORMULAS_MAX formulas. Cases before the
 *            faulty one are in the tally then.
 */
PLM_MUST_USE plm_status pli_conform_file(const pli_node *file, const pli_conform_options *options,
                                         pli_conform_tally *tally, plm_fault *fault);

#endif
