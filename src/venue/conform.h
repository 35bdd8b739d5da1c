/* conform.h: how a venue's formulas meet published cases: read inputs, write results.      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_VENUE_CONFORM_H
#define PLI_VENUE_CONFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/tree.h"
#include "base/wide.h"
#include "plimsoll/status.h"

/*
 * A case file (schema plimsoll-vectors/1) names a formula per case. A venue answers with one function per formula, which
 * reads the case, calls the venue's native function and writes named results; `study/conform.h` compares them.
 *
 * To add a venue `foo`:
 *   1. src/venue/foo.h, foo.c         native functions at the venue's own scale and width, no trees.
 *   2. src/venue/foo_cases.c          one static function per formula and, sorted by name,
 *                                         static const pli_formula formulas[] = {{"foo.margin", margin_case}, ...};
 *                                         const pli_formula_table pli_formulas_foo = {PLI_FORMULAS(formulas)};
 *   3. src/venue/formulas.h           one line X(foo) in PLI_FORMULA_TABLES.
 *   4. test/vectors/test_conform_foo.c  ts_conform_file("vectors/venues/foo.json").
 *
 * Example    static plm_status
 *            margin_case(pli_case *test, pli_result *result) {
 *                pli_i128 value = 0;
 *                pli_case_i128(test, test->inputs, "value", &value);
 *                if (test->status != PLM_OK) {
 *                    return test->status;
 *                }
 *                pli_result_i128(result, "margin", value / 10);
 *                return PLM_OK;
 *            }
 */

/*
 * pli_case - one case being read.
 *
 * The first reader that fails sets `status` and *fault ("line 12: price: ..."); later readers then do nothing. So a
 * function may read everything first and look at `status` once.
 */
typedef struct pli_case {
    const char *id;
    const pli_node *inputs;
    const pli_node *context; /* what the cases of the file share; NULL where there is none */
    pli_arena *arena;        /* room for scratch; results are carved from it too */
    plm_status status;
    plm_fault *fault; /* may be NULL */
} pli_case;

/*
 * pli_case_<type> - the member `key` of `object`; *out is written only on success.
 *
 * Numbers are read from JSON numbers and from texts, exactly: i128, i64 and decimal answer PLM_TEXT_PRECISION for
 * decimals beyond the scale (0 for the integers). `double` also reads fractions ("49999/100") and is correctly rounded.
 * `decimal` is the number times 10^scale, scale 0..18. `text` points into the tree.
 *
 * Returns through test->status: PLM_KEY_MISSING when the key is absent, PLM_VALUE_INVALID when it is of another kind,
 * PLM_TEXT_MALFORMED, PLM_TEXT_PRECISION, PLM_OVERFLOW for numbers.
 */
void pli_case_i128(pli_case *test, const pli_node *object, const char *key, pli_i128 *out);
void pli_case_i64(pli_case *test, const pli_node *object, const char *key, int64_t *out);
void pli_case_decimal(pli_case *test, const pli_node *object, const char *key, unsigned scale,
                      pli_i128 *out);
void pli_case_double(pli_case *test, const pli_node *object, const char *key, double *out);
void pli_case_bool(pli_case *test, const pli_node *object, const char *key, bool *out);
void pli_case_text(pli_case *test, const pli_node *object, const char *key, const char **out);

/* pli_case_has - is the key there and not null? For inputs with a default: read them only if so. */
bool pli_case_has(const pli_node *object, const char *key);

/* pli_case_optional_<type> - the member where there is one; else *out keeps its default. */
void pli_case_optional_i128(pli_case *test, const pli_node *object, const char *key, pli_i128 *out);
void pli_case_optional_double(pli_case *test, const pli_node *object, const char *key, double *out);

/*
 * pli_case_object, pli_case_list - the member of that kind; NULL (and test->status) otherwise.
 *
 * Example    for (const pli_node *entry = list == NULL ? NULL : list->child; entry != NULL; entry = entry->next)
 */
const pli_node *pli_case_object(pli_case *test, const pli_node *object, const char *key);
const pli_node *pli_case_list(pli_case *test, const pli_node *object, const char *key);

/* pli_case_entry_double, _i128 - an entry of a list of numbers. */
void pli_case_entry_double(pli_case *test, const pli_node *entry, double *out);
void pli_case_entry_i128(pli_case *test, const pli_node *entry, pli_i128 *out);

/* pli_case_fail - refuse the case: "line N: <what><detail>"; `node` and `detail` may be NULL. Answers `status`. */
plm_status pli_case_fail(pli_case *test, plm_status status, const pli_node *node, const char *what,
                         const char *detail);

#define PLI_RESULT_DEPTH_MAX 8u

/*
 * pli_result - the results of one case, as a tree of the same kind as the file's.
 *
 * `key` names a member inside an object and is NULL for a list entry and for a result that is one scalar. The first call
 * outside any object or list with a key opens an object. Texts and keys are kept as given (static, or from the case).
 * Doubles are written as the shortest text that reads back to the same bits, and compared as that decimal.
 *
 * The first call that fails sets `status`: PLM_NOT_FINITE, or PLM_LIMIT when the arena is full or nesting too deep.
 */
typedef struct pli_result {
    pli_arena *arena;
    plm_status status;
    uint32_t depth;
    pli_node *root;
    pli_node *open[PLI_RESULT_DEPTH_MAX];
    pli_node *last[PLI_RESULT_DEPTH_MAX]; /* newest child of each, NULL while empty */
} pli_result;

pli_result pli_result_init(pli_arena *arena);

void pli_result_i128(pli_result *result, const char *key, pli_i128 value);
void pli_result_u128(pli_result *result, const char *key, pli_u128 value);
void pli_result_fraction(pli_result *result, const char *key, pli_i128 numerator,
                         pli_i128 denominator);
void pli_result_double(pli_result *result, const char *key, double value);
void pli_result_bool(pli_result *result, const char *key, bool value);
void pli_result_text(pli_result *result, const char *key, const char *text);
void pli_result_begin_object(pli_result *result, const char *key);
void pli_result_begin_list(pli_result *result, const char *key);
void pli_result_end(pli_result *result);

/* pli_case_answer_i128 - end a formula whose result is one number: written as such unless reading or `status` failed. */
plm_status pli_case_answer_i128(const pli_case *test, pli_result *result, plm_status status,
                                pli_i128 value);

/* pli_formula - the function behind an identifier of the case files. It answers test->status or its own refusal. */
typedef struct pli_formula {
    const char *name;
    plm_status (*run)(pli_case *test, pli_result *result);
} pli_formula;

typedef struct pli_formula_table {
    uint32_t count;
    const pli_formula *formulas;
} pli_formula_table;

#define PLI_FORMULAS(array) .count = sizeof(array) / sizeof((array)[0]), .formulas = (array)

#endif
