/* formulas.c: the registry of venue formulas.                                             SPDX-License-Identifier: Apache-2.0 */
#include "venue/formulas.h"

#define TABLE_POINTER(venue) &pli_formulas_##venue,
static const pli_formula_table *const tables[] = {PLI_FORMULA_TABLES(TABLE_POINTER)};
#undef TABLE_POINTER

const pli_formula *
pli_formula_at(uint32_t index) {
    for (uint32_t i = 0; i < sizeof tables / sizeof tables[0]; i += 1) {
        if (index < tables[i]->count) {
            return &tables[i]->formulas[index];
        }
        index -= tables[i]->count;
    }
    return NULL;
}

const pli_formula *
pli_formula_find(const char *name) {
    for (uint32_t i = 0;; i += 1) {
        const pli_formula *formula = pli_formula_at(i);
        if (formula == NULL || pli_text_is_equal(formula->name, name)) {
            return formula;
        }
    }
}
