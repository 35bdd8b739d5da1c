/* conform.c: run a file of published cases and tell every difference.                     SPDX-License-Identifier: Apache-2.0 */
#include "study/conform.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/text.h"
#include "study/tolerance.h"
#include "venue/formulas.h"

/* One formula of one case while it is compared. */
typedef struct comparison {
    const pli_conform_options *options;
    const char *id;
    const char *formula;
    const pli_node *tolerance;
    const pli_node *unchecked;
    double worst_relative_error;
    uint32_t difference_count;
    pli_text path;
} comparison;

static void
tell(comparison *run, const char *expected, const char *got, double relative_error) {
    run->difference_count += 1;
    if (run->options->fail != NULL) {
        pli_conform_failure failure = {.id = run->id,
                                       .formula = run->formula,
                                       .path = run->path.data,
                                       .expected = expected,
                                       .got = got,
                                       .relative_error = relative_error};
        run->options->fail(run->options->context, &failure);
    }
}

static const char *
shown(const pli_node *node) {
    switch (node->kind) {
    case PLI_NODE_NULL:
        return "null";
    case PLI_NODE_FALSE:
        return "false";
    case PLI_NODE_TRUE:
        return "true";
    case PLI_NODE_NUMBER:
    case PLI_NODE_TEXT:
        return node->text;
    case PLI_NODE_ARRAY:
        return "a list";
    case PLI_NODE_OBJECT:
        return "an object";
    }
    return "";
}

static bool
is_unchecked(const comparison *run) {
    const pli_node *pattern = run->unchecked == NULL ? NULL : run->unchecked->child;
    for (; pattern != NULL; pattern = pattern->next) {
        if (pli_tolerance_path_covers(pattern->text, run->path.data)) {
            return true;
        }
    }
    return false;
}

static bool
is_container(const pli_node *node) {
    return node->kind == PLI_NODE_ARRAY || node->kind == PLI_NODE_OBJECT;
}

static void
compare_scalar(comparison *run, const pli_node *expected, const pli_node *got) {
    const pli_node *rule = pli_tolerance_at(run->tolerance, run->path.data);
    pli_verdict verdict;
    plm_status status = pli_tolerance_compare(expected, got, rule, &verdict);
    if (status != PLM_OK) {
        tell(run, shown(expected), plm_status_text(status), -1.0);
        return;
    }
    if (verdict.relative_error > run->worst_relative_error) {
        run->worst_relative_error = verdict.relative_error;
    }
    if (!verdict.is_pass) {
        tell(run, shown(expected), shown(got), verdict.relative_error);
    }
}

/* Goes one step down the path; answers the length to go back to. */
static size_t
path_enter(pli_text *path, const char *key, uint32_t index) {
    size_t length = path->length;
    if (length > 0) {
        pli_text_append_char(path, '.');
    }
    if (key != NULL) {
        pli_text_append(path, key);
    } else {
        pli_text_append_u64(path, index);
    }
    return length;
}

static void
path_leave(pli_text *path, size_t length) {
    path->length = length;
    path->data[length] = '\0';
}

/* Recursion is bounded by the depth of a decoded document. */
static void
compare(comparison *run, const pli_node *expected, const pli_node *got) {
    if (is_unchecked(run)) {
        return;
    }
    if (got == NULL) {
        tell(run, shown(expected), "no such result", -1.0);
        return;
    }
    if (is_container(expected) != is_container(got) ||
        (is_container(expected) && expected->kind != got->kind)) {
        tell(run, shown(expected), shown(got), -1.0);
        return;
    }
    if (!is_container(expected)) {
        compare_scalar(run, expected, got);
        return;
    }
    if (expected->kind == PLI_NODE_ARRAY && expected->child_count != got->child_count) {
        tell(run, "a list", "a list of another length", -1.0);
        return;
    }
    const pli_node *other = got->child;
    uint32_t index = 0;
    for (const pli_node *child = expected->child; child != NULL; child = child->next) {
        size_t length = path_enter(&run->path, child->key, index);
        compare(run, child, child->key == NULL ? other : pli_node_find(got, child->key));
        path_leave(&run->path, length);
        other = child->key == NULL ? other->next : other;
        index += 1;
    }
}

static pli_conform_formula *
formula_tally(pli_conform_tally *tally, const char *name) {
    for (uint32_t i = 0; i < tally->formula_count; i += 1) {
        if (pli_text_is_equal(tally->formulas[i].name, name)) {
            return &tally->formulas[i];
        }
    }
    if (tally->formula_count == PLI_CONFORM_FORMULAS_MAX) {
        return NULL;
    }
    pli_conform_formula *formula = &tally->formulas[tally->formula_count];
    tally->formula_count += 1;
    *formula = (pli_conform_formula){0};
    pli_text text = pli_text_init(formula->name, sizeof formula->name);
    pli_text_append(&text, name);
    return formula;
}

/* Computes one formula of one case and compares. */
static void
run_formula(comparison *run, const pli_node *file, const pli_node *entry) {
    const pli_node *expected = pli_node_find(entry, "expected");
    const pli_formula *formula = pli_formula_find(run->formula);
    if (formula == NULL) {
        tell(run, shown(expected), "no such formula", -1.0);
        return;
    }
    pli_arena arena = pli_arena_init(run->options->memory, run->options->memory_size);
    plm_fault fault = {.status = PLM_OK};
    pli_case test = {.id = run->id,
                     .inputs = pli_node_find(entry, "inputs"),
                     .context = pli_node_find(file, "context"),
                     .arena = &arena,
                     .status = PLM_OK,
                     .fault = &fault};
    pli_result result = pli_result_init(&arena);
    plm_status status = formula->run(&test, &result);
    if (status == PLM_OK) {
        status = test.status != PLM_OK ? test.status : result.status;
    }
    if (status == PLM_OK) {
        compare(run, expected, result.root);
        return;
    }
    tell(run, shown(expected),
         fault.status == status && fault.text[0] != '\0' ? fault.text : plm_status_text(status),
         -1.0);
}

static plm_status
run_and_count(comparison *run, const pli_node *file, const pli_node *entry,
              pli_conform_tally *tally) {
    pli_conform_formula *formula = formula_tally(tally, run->formula);
    if (formula == NULL) {
        return PLM_LIMIT;
    }
    uint32_t before = run->difference_count;
    run->worst_relative_error = 0.0;
    run_formula(run, file, entry);
    if (run->difference_count == before) {
        formula->passed += 1;
    } else {
        formula->failed += 1;
    }
    if (run->worst_relative_error > formula->worst_relative_error) {
        formula->worst_relative_error = run->worst_relative_error;
    }
    return PLM_OK;
}

static plm_status
run_case(const pli_node *file, const pli_node *entry, const pli_conform_options *options,
         pli_conform_tally *tally) {
    const pli_node *informative = pli_node_find(entry, "informative");
    if (informative != NULL && informative->kind == PLI_NODE_TRUE) {
        tally->informative += 1;
        return PLM_OK;
    }
    char path[PLI_CONFORM_PATH_SIZE];
    comparison run = {.options = options,
                      .id = pli_node_find(entry, "id")->text,
                      .formula = pli_node_find(entry, "formula")->text,
                      .tolerance = pli_node_find(entry, "tolerance"),
                      .unchecked = pli_node_find(entry, "unchecked"),
                      .path = pli_text_init(path, sizeof path)};
    plm_status status = run_and_count(&run, file, entry, tally);
    const pli_node *also = pli_node_find(entry, "also_formulas");
    for (const pli_node *name = also == NULL ? NULL : also->child; name != NULL && status == PLM_OK;
         name = name->next) {
        run.formula = name->text;
        status = run_and_count(&run, file, entry, tally);
    }
    if (status != PLM_OK) {
        return status;
    }
    if (run.difference_count == 0) {
        tally->passed += 1;
    } else {
        tally->failed += 1;
    }
    return PLM_OK;
}

static plm_status
refuse(plm_fault *fault, plm_status status, const pli_node *node, const char *what) {
    return pli_fault_set_index(fault, status, "line", node == NULL ? 1 : node->line, what);
}

static bool
is_list_of_texts(const pli_node *list) {
    if (list == NULL) {
        return true;
    }
    for (const pli_node *entry = list->child; entry != NULL; entry = entry->next) {
        if (entry->kind != PLI_NODE_TEXT) {
            return false;
        }
    }
    return list->kind == PLI_NODE_ARRAY;
}

/* Has the case every key that running it reads, each of its kind? */
static plm_status
check_case(const pli_node *entry, plm_fault *fault) {
    static const struct {
        const char *key;
        pli_node_kind kind; /* 0: any */
        const char *missing;
        const char *wrong;
    } keys[] = {
        {"id", PLI_NODE_TEXT, ": the case has no id", ": id is no text"},
        {"formula", PLI_NODE_TEXT, ": the case has no formula", ": formula is no text"},
        {"inputs", PLI_NODE_OBJECT, ": the case has no inputs", ": inputs is no object"},
        {"expected", (pli_node_kind)0, ": the case has no expected", ""},
        {"tolerance", PLI_NODE_OBJECT, ": the case has no tolerance", ": tolerance is no object"},
    };
    if (entry->kind != PLI_NODE_OBJECT) {
        return refuse(fault, PLM_VALUE_INVALID, entry, ": a case is no object");
    }
    for (uint32_t i = 0; i < sizeof keys / sizeof keys[0]; i += 1) {
        const pli_node *node = pli_node_find(entry, keys[i].key);
        if (node == NULL) {
            return refuse(fault, PLM_KEY_MISSING, entry, keys[i].missing);
        }
        if (keys[i].kind != 0 && node->kind != keys[i].kind) {
            return refuse(fault, PLM_VALUE_INVALID, node, keys[i].wrong);
        }
    }
    if (!is_list_of_texts(pli_node_find(entry, "unchecked"))) {
        return refuse(fault, PLM_VALUE_INVALID, entry, ": unchecked is no list of texts");
    }
    if (!is_list_of_texts(pli_node_find(entry, "also_formulas"))) {
        return refuse(fault, PLM_VALUE_INVALID, entry, ": also_formulas is no list of texts");
    }
    return PLM_OK;
}

plm_status
pli_conform_file(const pli_node *file, const pli_conform_options *options, pli_conform_tally *tally,
                 plm_fault *fault) {
    PLI_ASSERT(options->memory != NULL);
    if (!pli_node_is_text(pli_node_find(file, "schema"), "plimsoll-vectors/1")) {
        return refuse(fault, PLM_VALUE_INVALID, file, ": schema is not plimsoll-vectors/1");
    }
    const pli_node *cases = pli_node_find(file, "cases");
    if (cases == NULL || cases->kind != PLI_NODE_ARRAY) {
        return refuse(fault, PLM_KEY_MISSING, file, ": there is no list of cases");
    }
    for (const pli_node *entry = cases->child; entry != NULL; entry = entry->next) {
        plm_status status = check_case(entry, fault);
        if (status != PLM_OK) {
            return status;
        }
        status = run_case(file, entry, options, tally);
        if (status != PLM_OK) {
            return pli_fault_set(fault, status, "more formulas than can be counted", NULL, NULL);
        }
    }
    return PLM_OK;
}
