/* conform.c: run case files in tests.                                                 SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "io/case_files.h"
#include "io/json.h"
#include "support/conform.h"
#include "support/json.h"

static pli_conform_tally tally;
static _Alignas(64) unsigned char memory[PLI_CONFORM_MEMORY];

static void
print(void *context, const pli_conform_failure *failure) {
    (void)context;
    print_message("%s %s %s: expected %s, got %s (%.3g)\n", failure->id, failure->formula,
                  failure->path, failure->expected, failure->got, failure->relative_error);
}

static const pli_conform_tally *
run(const pli_document *document) {
    pli_conform_options options = {.memory = memory, .memory_size = sizeof memory, .fail = print};
    plm_fault fault = {0};
    tally = (pli_conform_tally){0};
    plm_status status = pli_conform_file(document->root, &options, &tally, &fault);
    if (status != PLM_OK)
        fail_msg("%s: %s", document->name, fault.text);
    return &tally;
}

const pli_conform_tally *
ts_conform_file(const char *path) {
    return ts_conform_file_but(path, 0);
}

const pli_conform_tally *
ts_conform_file_but(const char *path, uint32_t failed) {
    char full[1024];
    ts_json_shared_path(path, full, sizeof full);
    FILE *file = fopen(full, "rb");
    if (file == NULL)
        skip();
    fclose(file);
    pli_document document = {0};
    plm_fault fault = {0};
    if (pli_json_read(full, &document, &fault) != PLM_OK ||
        pli_case_files_attach(full, &document, &fault) != PLM_OK)
        fail_msg("%s", fault.text);
    const pli_conform_tally *result = run(&document);
    pli_document_finish(&document);
    assert_int_equal(result->failed, failed);
    return result;
}

const pli_conform_tally *
ts_conform_text(const char *json) {
    pli_document document = {0};
    plm_fault fault = {0};
    static uint8_t copy[65536];
    pli_bytes bytes = {.data = copy, .size = strlen(json)};
    assert_true(bytes.size < sizeof copy);
    memcpy(copy, json, bytes.size + 1);
    if (pli_json_parse("test", bytes, &document, &fault) != PLM_OK)
        fail_msg("%s", fault.text);
    const pli_conform_tally *result = run(&document);
    pli_document_finish(&document);
    return result;
}
