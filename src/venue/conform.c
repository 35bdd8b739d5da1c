/* conform.c: reading cases and building results.                                           SPDX-License-Identifier: Apache-2.0 */
#include "venue/conform.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/text.h"
#include "num/decimal.h"
#include "num/double_text.h"

plm_status
pli_case_fail(pli_case *test, plm_status status, const pli_node *node, const char *what,
              const char *detail) {
    if (test->status != PLM_OK) {
        return test->status;
    }
    test->status = status;
    if (test->fault != NULL) {
        test->fault->status = status;
        pli_text text = pli_text_init(test->fault->text, sizeof test->fault->text);
        if (node != NULL) {
            pli_text_append(&text, "line ");
            pli_text_append_u64(&text, node->line);
            pli_text_append(&text, ": ");
        }
        pli_text_append(&text, what);
        pli_text_append(&text, detail == NULL ? "" : detail);
    }
    return status;
}

/* "line N: key: what the status says". */
static void
refuse(pli_case *test, plm_status status, const pli_node *node, const char *key) {
    char buffer[96];
    pli_text text = pli_text_init(buffer, sizeof buffer);
    pli_text_append(&text, key == NULL ? "entry" : key);
    pli_text_append(&text, ": ");
    (void)pli_case_fail(test, status, node, buffer, plm_status_text(status));
}

/* The member, or NULL after a refusal. */
static const pli_node *
member(pli_case *test, const pli_node *object, const char *key) {
    if (test->status != PLM_OK) {
        return NULL;
    }
    const pli_node *node = pli_node_find(object, key);
    if (node == NULL) {
        refuse(test, PLM_KEY_MISSING, object, key);
    }
    return node;
}

static bool
is_numeric(pli_case *test, const pli_node *node) {
    if (test->status != PLM_OK || node == NULL) {
        return false;
    }
    if (node->kind != PLI_NODE_NUMBER && node->kind != PLI_NODE_TEXT) {
        refuse(test, PLM_VALUE_INVALID, node, node->key);
        return false;
    }
    return true;
}

static void
read_decimal(pli_case *test, const pli_node *node, unsigned scale, pli_i128 *out) {
    if (is_numeric(test, node)) {
        plm_status status =
            pli_decimal_parse_relaxed(node->text, node->text_size, scale, PLI_DECIMAL_EXACT, out);
        if (status != PLM_OK) {
            refuse(test, status, node, node->key);
        }
    }
}

static void
read_double(pli_case *test, const pli_node *node, double *out) {
    if (!is_numeric(test, node)) {
        return;
    }
    size_t slash = 0;
    while (slash < node->text_size && node->text[slash] != '/') {
        slash += 1;
    }
    double value = 0.0;
    plm_status status = pli_double_parse(node->text, slash, &value);
    if (status == PLM_OK && slash < node->text_size) {
        double divisor = 0.0;
        status = pli_double_parse(node->text + slash + 1, node->text_size - slash - 1, &divisor);
        if (status == PLM_OK && divisor == 0.0) {
            status = PLM_DOMAIN;
        }
        value = status == PLM_OK ? value / divisor : value;
    }
    if (status != PLM_OK) {
        refuse(test, status, node, node->key);
        return;
    }
    *out = value;
}

void
pli_case_i128(pli_case *test, const pli_node *object, const char *key, pli_i128 *out) {
    read_decimal(test, member(test, object, key), 0, out);
}

void
pli_case_i64(pli_case *test, const pli_node *object, const char *key, int64_t *out) {
    pli_i128 wide = 0;
    const pli_node *node = member(test, object, key);
    read_decimal(test, node, 0, &wide);
    if (test->status == PLM_OK && !pli_narrow_i64(wide, out)) {
        refuse(test, PLM_OVERFLOW, node, key);
    }
}

void
pli_case_decimal(pli_case *test, const pli_node *object, const char *key, unsigned scale,
                 pli_i128 *out) {
    read_decimal(test, member(test, object, key), scale, out);
}

void
pli_case_double(pli_case *test, const pli_node *object, const char *key, double *out) {
    read_double(test, member(test, object, key), out);
}

void
pli_case_bool(pli_case *test, const pli_node *object, const char *key, bool *out) {
    const pli_node *node = member(test, object, key);
    if (node == NULL) {
        return;
    }
    if (node->kind != PLI_NODE_TRUE && node->kind != PLI_NODE_FALSE) {
        refuse(test, PLM_VALUE_INVALID, node, key);
        return;
    }
    *out = node->kind == PLI_NODE_TRUE;
}

void
pli_case_text(pli_case *test, const pli_node *object, const char *key, const char **out) {
    const pli_node *node = member(test, object, key);
    if (node == NULL) {
        return;
    }
    if (node->kind != PLI_NODE_TEXT && node->kind != PLI_NODE_NUMBER) {
        refuse(test, PLM_VALUE_INVALID, node, key);
        return;
    }
    *out = node->text;
}

bool
pli_case_has(const pli_node *object, const char *key) {
    const pli_node *node = pli_node_find(object, key);
    return node != NULL && node->kind != PLI_NODE_NULL;
}

void
pli_case_optional_i128(pli_case *test, const pli_node *object, const char *key, pli_i128 *out) {
    if (pli_case_has(object, key)) {
        pli_case_i128(test, object, key, out);
    }
}

void
pli_case_optional_double(pli_case *test, const pli_node *object, const char *key, double *out) {
    if (pli_case_has(object, key)) {
        pli_case_double(test, object, key, out);
    }
}

static const pli_node *
member_of_kind(pli_case *test, const pli_node *object, const char *key, pli_node_kind kind) {
    const pli_node *node = member(test, object, key);
    if (node != NULL && node->kind != kind) {
        refuse(test, PLM_VALUE_INVALID, node, key);
        return NULL;
    }
    return node;
}

const pli_node *
pli_case_object(pli_case *test, const pli_node *object, const char *key) {
    return member_of_kind(test, object, key, PLI_NODE_OBJECT);
}

const pli_node *
pli_case_list(pli_case *test, const pli_node *object, const char *key) {
    return member_of_kind(test, object, key, PLI_NODE_ARRAY);
}

void
pli_case_entry_double(pli_case *test, const pli_node *entry, double *out) {
    read_double(test, entry, out);
}

void
pli_case_entry_i128(pli_case *test, const pli_node *entry, pli_i128 *out) {
    read_decimal(test, entry, 0, out);
}

// --- Results ---

pli_result
pli_result_init(pli_arena *arena) {
    return (pli_result){.arena = arena, .status = PLM_OK};
}

static void
fail(pli_result *result, plm_status status) {
    if (result->status == PLM_OK) {
        result->status = status;
    }
}

/* A new node hung below the open container; NULL after a failure. */
static pli_node *
append(pli_result *result, const char *key, pli_node_kind kind) {
    if (result->status != PLM_OK) {
        return NULL;
    }
    if (result->root == NULL && key != NULL) {
        pli_result_begin_object(result, NULL);
    }
    pli_node *node = PLI_ARENA_TAKE(result->arena, 1, pli_node);
    if (node == NULL) {
        fail(result, PLM_LIMIT);
        return NULL;
    }
    *node = (pli_node){.kind = kind, .key = key, .text = ""};
    if (result->depth == 0) {
        PLI_ASSERT(result->root == NULL);
        result->root = node;
        return node;
    }
    pli_node *parent = result->open[result->depth - 1];
    PLI_ASSERT((parent->kind == PLI_NODE_OBJECT) == (key != NULL));
    pli_node *before = result->last[result->depth - 1];
    if (before == NULL) {
        parent->child = node;
    } else {
        before->next = node;
    }
    parent->child_count += 1;
    result->last[result->depth - 1] = node;
    return node;
}

static void
append_text(pli_result *result, const char *key, pli_node_kind kind, const pli_text *text) {
    pli_node *node = append(result, key, kind);
    if (node == NULL) {
        return;
    }
    char *copy = PLI_ARENA_TAKE(result->arena, text->length + 1, char);
    if (copy == NULL) {
        fail(result, PLM_LIMIT);
        return;
    }
    for (size_t i = 0; i <= text->length; i += 1) {
        copy[i] = text->data[i];
    }
    node->text = copy;
    node->text_size = text->length;
}

void
pli_result_i128(pli_result *result, const char *key, pli_i128 value) {
    char buffer[48];
    pli_text text = pli_text_init(buffer, sizeof buffer);
    pli_text_append_i128(&text, value);
    append_text(result, key, PLI_NODE_NUMBER, &text);
}

void
pli_result_u128(pli_result *result, const char *key, pli_u128 value) {
    char buffer[48];
    pli_text text = pli_text_init(buffer, sizeof buffer);
    if (value >= 10) {
        pli_text_append_i128(&text, (pli_i128)(value / 10));
    }
    pli_text_append_u64(&text, (uint64_t)(value % 10));
    append_text(result, key, PLI_NODE_NUMBER, &text);
}

void
pli_result_fraction(pli_result *result, const char *key, pli_i128 numerator, pli_i128 denominator) {
    if (denominator == 0) {
        fail(result, PLM_DOMAIN);
        return;
    }
    char buffer[96];
    pli_text text = pli_text_init(buffer, sizeof buffer);
    pli_text_append_i128(&text, numerator);
    pli_text_append_char(&text, '/');
    pli_text_append_i128(&text, denominator);
    append_text(result, key, PLI_NODE_TEXT, &text);
}

void
pli_result_double(pli_result *result, const char *key, double value) {
    char buffer[48];
    pli_text text = pli_text_init(buffer, sizeof buffer);
    plm_status status = pli_double_format(&text, value);
    if (status != PLM_OK) {
        fail(result, status);
        return;
    }
    append_text(result, key, PLI_NODE_NUMBER, &text);
}

void
pli_result_bool(pli_result *result, const char *key, bool value) {
    (void)append(result, key, value ? PLI_NODE_TRUE : PLI_NODE_FALSE);
}

void
pli_result_text(pli_result *result, const char *key, const char *text) {
    pli_node *node = append(result, key, PLI_NODE_TEXT);
    if (node != NULL) {
        node->text = text;
        while (text[node->text_size] != '\0') {
            node->text_size += 1;
        }
    }
}

static void
begin(pli_result *result, const char *key, pli_node_kind kind) {
    pli_node *node = append(result, key, kind);
    if (node == NULL) {
        return;
    }
    if (result->depth == PLI_RESULT_DEPTH_MAX) {
        fail(result, PLM_LIMIT);
        return;
    }
    result->open[result->depth] = node;
    result->last[result->depth] = NULL;
    result->depth += 1;
}

void
pli_result_begin_object(pli_result *result, const char *key) {
    begin(result, key, PLI_NODE_OBJECT);
}

void
pli_result_begin_list(pli_result *result, const char *key) {
    begin(result, key, PLI_NODE_ARRAY);
}

void
pli_result_end(pli_result *result) {
    if (result->status == PLM_OK) {
        PLI_ASSERT(result->depth > 0);
        result->depth -= 1;
    }
}

plm_status
pli_case_answer_i128(const pli_case *test, pli_result *result, plm_status status, pli_i128 value) {
    if (test->status != PLM_OK) {
        return test->status;
    }
    if (status == PLM_OK) {
        pli_result_i128(result, NULL, value);
    }
    return status;
}
