/* json.c: JSON vectors in tests, by way of yajl's tree.                                SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_tree.h>
#include <cmocka.h>

#include "support/json.h"

void
ts_json_shared_path(const char *path, char *out, size_t capacity) {
    const char *folder = getenv("PLIMSOLL_SHARED");
    int size = snprintf(out, capacity, "%s/%s",
                        folder != NULL && folder[0] != '\0' ? folder : "../shared", path);
    assert_true(size > 0 && (size_t)size < capacity);
}

// Python writes NaN and Infinity bare, which is no JSON: between strings they are put in quotes, where strtod knows them.
static void
quote_bare_words(const char *from, char *to) {
    bool is_in_string = false;
    while (*from != '\0') {
        size_t word = 0;
        if (!is_in_string && strncmp(from, "NaN", 3) == 0) {
            word = 3;
        } else if (!is_in_string && strncmp(from, "Infinity", 8) == 0) {
            word = 8;
        } else if (!is_in_string && strncmp(from, "-Infinity", 9) == 0) {
            word = 9;
        }
        if (word > 0) {
            *to = '"';
            memcpy(to + 1, from, word);
            to[word + 1] = '"';
            to += word + 2;
            from += word;
            continue;
        }
        if (is_in_string && *from == '\\' && from[1] != '\0') {
            *to = *from;
            to += 1;
            from += 1;
        } else if (*from == '"') {
            is_in_string = !is_in_string;
        }
        *to = *from;
        to += 1;
        from += 1;
    }
    *to = '\0';
}

ts_json *
ts_json_load(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return NULL;
    }
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    assert_true(size >= 0);
    rewind(file);
    char *text = malloc((size_t)size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)size, file), (size_t)size);
    text[size] = '\0';
    (void)fclose(file);
    char *quoted = malloc(2 * (size_t)size + 1); // the shortest word grows from 3 bytes to 5
    assert_non_null(quoted);
    quote_bare_words(text, quoted);
    free(text);
    char error[512] = "";
    ts_json *root = yajl_tree_parse(quoted, error, sizeof error);
    free(quoted);
    if (root == NULL) {
        fail_msg("%s is not JSON: %s", path, error);
    }
    return root;
}

ts_json *
ts_json_load_shared(const char *path) {
    char full[4096];
    ts_json_shared_path(path, full, sizeof full);
    return ts_json_load(full);
}

ts_json *
ts_json_load_shared_or_skip(const char *path) {
    ts_json *root = ts_json_load_shared(path);
    if (root == NULL) {
        print_message("%s is absent from the shared folder\n", path);
        skip();
    }
    return root;
}

void
ts_json_free(ts_json *root) {
    yajl_tree_free(root);
}

bool
ts_json_is_null(const ts_json *value) {
    return value->type == yajl_t_null;
}

bool
ts_json_is_number(const ts_json *value) {
    return value->type == yajl_t_number;
}

bool
ts_json_is_string(const ts_json *value) {
    return value->type == yajl_t_string;
}

bool
ts_json_is_array(const ts_json *value) {
    return value->type == yajl_t_array;
}

bool
ts_json_is_object(const ts_json *value) {
    return value->type == yajl_t_object;
}

size_t
ts_json_size(const ts_json *value) {
    assert_true(ts_json_is_array(value) || ts_json_is_object(value));
    return ts_json_is_array(value) ? value->u.array.len : value->u.object.len;
}

ts_json *
ts_json_at(const ts_json *value, size_t index) {
    if (index >= ts_json_size(value)) {
        fail_msg("there is no element %zu", index);
    }
    return ts_json_is_array(value) ? value->u.array.values[index] : value->u.object.values[index];
}

const char *
ts_json_key(const ts_json *object, size_t index) {
    assert_true(ts_json_is_object(object) && index < object->u.object.len);
    return object->u.object.keys[index];
}

ts_json *
ts_json_find(const ts_json *object, const char *key) {
    assert_true(ts_json_is_object(object));
    for (size_t i = 0; i < object->u.object.len; i += 1) {
        if (strcmp(object->u.object.keys[i], key) == 0) {
            return object->u.object.values[i];
        }
    }
    return NULL;
}

ts_json *
ts_json_get(const ts_json *object, const char *key) {
    ts_json *value = ts_json_find(object, key);
    if (value == NULL) {
        fail_msg("the key \"%s\" is missing", key);
    }
    return value;
}

const char *
ts_json_text(const ts_json *value) {
    assert_true(ts_json_is_string(value) || ts_json_is_number(value));
    return ts_json_is_string(value) ? value->u.string : value->u.number.r;
}

double
ts_json_double(const ts_json *value) {
    const char *text = ts_json_text(value);
    char *end;
    double result = strtod(text, &end);
    if (end == text || *end != '\0') {
        fail_msg("\"%s\" is not a number", text);
    }
    return result;
}

int64_t
ts_json_i64(const ts_json *value) {
    const char *text = ts_json_text(value);
    char *end;
    errno = 0;
    long long result = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0) {
        fail_msg("\"%s\" is not a whole number of 64 bits", text);
    }
    return result;
}

bool
ts_json_bool(const ts_json *value) {
    assert_true(value->type == yajl_t_true || value->type == yajl_t_false);
    return value->type == yajl_t_true;
}

size_t
ts_json_doubles(const ts_json *array, double *out, size_t capacity) {
    size_t count = ts_json_size(array);
    if (count > capacity) {
        fail_msg("%zu numbers do not fit %zu", count, capacity);
    }
    for (size_t i = 0; i < count; i += 1) {
        out[i] = ts_json_double(ts_json_at(array, i));
    }
    return count;
}
