/* json.h: JSON vectors in tests, by way of yajl's tree.                                SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_SUPPORT_JSON_H
#define TS_SUPPORT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Include <cmocka.h> (and its four headers) first. Every helper that does not find what it was asked for fails the test
 * and names the key, so that tests read as if everything were there.
 *
 * Example    ts_json *root = ts_json_load_shared_or_skip("vectors/methods/quantile_es.json");
 *            ts_json *rows = ts_json_get(root, "rows");
 *            for (size_t i = 0; i < ts_json_size(rows); i += 1) {
 *                double level = ts_json_double(ts_json_at(ts_json_at(rows, i), 1));
 *            }
 *            ts_json_free(root);
 */
typedef struct yajl_val_s ts_json;

/*
 * ts_json_load_shared - parse a file of the shared folder (env PLIMSOLL_SHARED, default ../shared).
 *
 * Returns    NULL when the file is absent; a file that is there but is not JSON fails the test. Free the root with
 *            ts_json_free; everything reached from it lives as long as the root.
 */
ts_json *ts_json_load_shared(const char *path);

/* ts_json_load_shared_or_skip - the same, but skip() the test when the file is absent. */
ts_json *ts_json_load_shared_or_skip(const char *path);

/* ts_json_load - parse any file; NULL when absent. */
ts_json *ts_json_load(const char *path);
void ts_json_free(ts_json *root);

/* ts_json_shared_path - "<shared folder>/<path>" in `out`, for tests that read something else than JSON. */
void ts_json_shared_path(const char *path, char *out, size_t capacity);

bool ts_json_is_null(const ts_json *value);
bool ts_json_is_number(const ts_json *value);
bool ts_json_is_string(const ts_json *value);
bool ts_json_is_array(const ts_json *value);
bool ts_json_is_object(const ts_json *value);

/* ts_json_size - elements of an array, or keys of an object. */
size_t ts_json_size(const ts_json *value);

/* ts_json_at - element of an array, or value of an object by position; ts_json_key - the key there. */
ts_json *ts_json_at(const ts_json *value, size_t index);
const char *ts_json_key(const ts_json *object, size_t index);

/* ts_json_find - the value of a key, or NULL; ts_json_get - the same, but a missing key fails the test. */
ts_json *ts_json_find(const ts_json *object, const char *key);
ts_json *ts_json_get(const ts_json *object, const char *key);

/*
 * ts_json_text - a string, or a number exactly as it is written in the file.
 * ts_json_double - a number (or a string that is one) by strtod; a bare NaN or Infinity, as Python writes, is that.
 * ts_json_i64 - a whole number (or a string that is one).
 */
const char *ts_json_text(const ts_json *value);
double ts_json_double(const ts_json *value);
int64_t ts_json_i64(const ts_json *value);
bool ts_json_bool(const ts_json *value);

/* ts_json_doubles - all numbers of an array into `out`; answers how many. More than `capacity` fails the test. */
size_t ts_json_doubles(const ts_json *array, double *out, size_t capacity);

#endif
