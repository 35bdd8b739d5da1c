/* parameters_yaml.c: governed parameters and price histories from one YAML file.      SPDX-License-Identifier: Apache-2.0 */
#include "io/parameters_yaml.h"

#include <string.h>

#include "base/assert.h"
#include "base/text.h"
#include "io/field.h"
#include "io/yaml.h"

typedef struct record_key {
    const char *key;
    const plm_descriptor *descriptor;
    void *record;
} record_key;

#define RECORD_COUNT 7

static void
list_records(pli_parameter_book *p, record_key records[RECORD_COUNT]) {
    const record_key all[RECORD_COUNT] = {
        {"portfolio", &plm_portfolio_descriptor, &p->portfolio},
        {"tiered", &plm_tiered_descriptor, &p->tiered},
        {"dynamic", &plm_dynamic_descriptor, &p->dynamic},
        {"scenario.initial", &plm_set_descriptor, &p->scenario_initial},
        {"scenario.maintenance", &plm_set_descriptor, &p->scenario_maintenance},
        {"procyclicality", &plm_procyclicality_descriptor, &p->procyclicality},
        {"living", &plm_living_descriptor, &p->living},
    };
    memcpy(records, all, sizeof all);
}

/* The record of a model that the book has no member for; NULL for the three that it has, and past the last. */
static void *
model_record(pli_parameter_book *p, uint32_t index) {
    const plm_model *model = plm_model_at(index);
    if (model == NULL || model->descriptor == &plm_portfolio_descriptor ||
        model->descriptor == &plm_tiered_descriptor ||
        model->descriptor == &plm_dynamic_descriptor) {
        return NULL;
    }
    PLI_ASSERT(index < PLI_MODEL_COUNT_MAX);
    PLI_ASSERT(model->descriptor->record_size <= sizeof p->models[index]);
    return p->models[index];
}

void
pli_parameters_init(pli_parameter_book *parameters) {
    *parameters = (pli_parameter_book){.version = 1};
    record_key records[RECORD_COUNT];
    list_records(parameters, records);
    for (size_t i = 0; i < RECORD_COUNT; i += 1) {
        plm_record_init(records[i].descriptor, records[i].record);
    }
    // The initial set looks twice as far as the maintenance set: a position may be opened on it.
    parameters->scenario_initial.horizon_ns = 2 * parameters->scenario_maintenance.horizon_ns;
    for (uint32_t i = 0; plm_model_at(i) != NULL; i += 1) {
        void *record = model_record(parameters, i);
        if (record != NULL) {
            plm_record_init(plm_model_at(i)->descriptor, record);
        }
    }
    for (size_t i = 0; i < PLI_CLASS_COUNT_MAX; i += 1) {
        plm_record_init(&plm_shock_descriptor, &parameters->classes[i]);
    }
}

void
pli_parameters_finish(pli_parameter_book *parameters) {
    pli_pool_finish(&parameters->pool);
    *parameters = (pli_parameter_book){0};
}

const void *
pli_parameters_record(const pli_parameter_book *parameters, const plm_descriptor *descriptor) {
    if (descriptor == &plm_portfolio_descriptor) {
        return &parameters->portfolio;
    }
    if (descriptor == &plm_tiered_descriptor) {
        return &parameters->tiered;
    }
    if (descriptor == &plm_dynamic_descriptor) {
        return &parameters->dynamic;
    }
    for (uint32_t i = 0; plm_model_at(i) != NULL; i += 1) {
        if (plm_model_at(i)->descriptor == descriptor) {
            return parameters->models[i];
        }
    }
    return NULL;
}

static void
read_record(pli_reader *r, const pli_node *node, const plm_descriptor *descriptor, void *record) {
    plm_fault detail = {0};
    if (node->kind != PLI_NODE_OBJECT) {
        pli_reader_fail(r, PLM_VALUE_INVALID, node, NULL, "a mapping of fields");
        return;
    }
    for (const pli_node *field = node->child; field != NULL && r->status == PLM_OK;
         field = field->next) {
        if (field->kind != PLI_NODE_NUMBER && field->kind != PLI_NODE_TEXT) {
            pli_reader_fail(r, PLM_VALUE_INVALID, field, field->key, "one value");
            return;
        }
        plm_status status = plm_record_set(descriptor, record, field->key, field->text, &detail);
        if (status != PLM_OK) {
            pli_reader_say(r, status, field, detail.text);
        }
    }
    if (r->status == PLM_OK) {
        plm_status status = plm_record_check(descriptor, record, &detail);
        if (status != PLM_OK) {
            pli_reader_say(r, status, node, detail.text);
        }
    }
}

static void
read_models(pli_reader *r, const pli_node *root, pli_parameter_book *p) {
    for (uint32_t i = 0; plm_model_at(i) != NULL && r->status == PLM_OK; i += 1) {
        const plm_model *model = plm_model_at(i);
        void *record = model_record(p, i);
        const pli_node *node = record == NULL ? NULL : pli_read_member(r, root, model->name, false);
        r->kind = model->name;
        if (node != NULL) {
            read_record(r, node, model->descriptor, record);
        }
    }
}

static void
read_shocks(pli_reader *r, const pli_node *root, pli_parameter_book *p) {
    const pli_node *shocks = pli_read_member(r, root, "shocks", false);
    if (shocks == NULL) {
        return;
    }
    if (shocks->kind != PLI_NODE_OBJECT) {
        pli_reader_fail(r, PLM_VALUE_INVALID, shocks, "shocks", "a mapping class id: fields");
        return;
    }
    uint8_t is_seen[PLI_CLASS_COUNT_MAX] = {0};
    for (const pli_node *node = shocks->child; node != NULL && r->status == PLM_OK;
         node = node->next) {
        pli_node key = {.kind = PLI_NODE_NUMBER,
                        .line = node->line,
                        .key = "class",
                        .text = node->key,
                        .text_size = strlen(node->key)};
        pli_node parent = {.kind = PLI_NODE_OBJECT,
                           .line = node->line,
                           .child_count = 1,
                           .text = "",
                           .child = &key};
        r->kind = "shocks";
        r->subject = NULL;
        pli_number id = {.high = PLI_CLASS_COUNT_MAX - 1};
        int64_t class_id = pli_read_decimal(r, &parent, "class", id);
        if (r->status != PLM_OK) {
            return;
        }
        // "-0" is 0 too: two spellings of one key.
        if (is_seen[class_id]) {
            pli_reader_fail(r, PLM_KEY_DUPLICATE, &key, "class", "every class once");
        }
        is_seen[class_id] = 1;
        r->subject = node->key;
        read_record(r, node, &plm_shock_descriptor, &p->classes[class_id]);
    }
}

// A path of the file as it must be opened: relative to the folder of the parameter file.
static const char *
resolve(pli_pool *pool, const char *file, const char *path) {
    const char *slash = strrchr(file, '/');
    size_t folder = slash == NULL || path[0] == '/' ? 0 : (size_t)(slash - file) + 1;
    size_t size = strlen(path);
    char *joined = pli_pool_take(pool, folder + size + 1, 1);
    if (joined != NULL) {
        memcpy(joined, file, folder);
        memcpy(joined + folder, path, size + 1);
    }
    return joined;
}

static void
read_history(pli_reader *r, const pli_node *root, pli_parameter_book *p) {
    const pli_node *history = pli_read_member(r, root, "history", false);
    if (history == NULL) {
        return;
    }
    r->kind = "history";
    r->subject = NULL;
    if (history->kind != PLI_NODE_OBJECT) {
        pli_reader_fail(r, PLM_VALUE_INVALID, history, NULL, "a mapping underlying: file");
        return;
    }
    pli_history_source *sources = pli_pool_take(&p->pool, history->child_count, sizeof *sources);
    if (sources == NULL) {
        pli_reader_memory(r);
        return;
    }
    uint32_t count = 0;
    for (const pli_node *node = history->child; node != NULL; node = node->next) {
        if (node->kind != PLI_NODE_TEXT || node->text_size == 0 ||
            !pli_name_is_valid(node->key, strlen(node->key))) {
            pli_reader_fail(r, PLM_VALUE_INVALID, node, node->key,
                            "the name of a candle file under the name of an underlying");
            return;
        }
        sources[count].underlying = pli_pool_text(&p->pool, node->key, strlen(node->key));
        sources[count].path = resolve(&p->pool, r->name, node->text);
        if (sources[count].underlying == NULL || sources[count].path == NULL) {
            pli_reader_memory(r);
            return;
        }
        count += 1;
    }
    p->history_count = count;
    p->histories = sources;
}

plm_status
pli_parameters_decode(const pli_document *document, pli_parameter_book *parameters,
                      plm_fault *fault) {
    pli_reader reader = {.name = document->name, .fault = fault};
    const pli_node *root = document->root;
    pli_parameter_book result;
    pli_parameters_init(&result);
    char keys[PLI_MODEL_COUNT_MAX * PLM_NAME_SIZE];
    pli_text text = pli_text_init(keys, sizeof keys);
    pli_text_append(
        &text,
        "version scenario.initial scenario.maintenance procyclicality living shocks history");
    for (uint32_t i = 0; plm_model_at(i) != NULL; i += 1) {
        pli_text_append(&text, " ");
        pli_text_append(&text, plm_model_at(i)->name);
    }
    PLI_ASSERT(!text.is_truncated);
    if (pli_read_keys(&reader, root, keys)) {
        pli_number version = {.high = UINT32_MAX, .is_optional = true, .standard = 1};
        result.version = (uint32_t)pli_read_decimal(&reader, root, "version", version);
    }
    record_key records[RECORD_COUNT];
    list_records(&result, records);
    for (size_t i = 0; i < RECORD_COUNT && reader.status == PLM_OK; i += 1) {
        const pli_node *node = pli_read_member(&reader, root, records[i].key, false);
        reader.kind = records[i].key;
        if (node != NULL) {
            read_record(&reader, node, records[i].descriptor, records[i].record);
        }
    }
    read_models(&reader, root, &result);
    read_shocks(&reader, root, &result);
    read_history(&reader, root, &result);
    if (reader.status != PLM_OK) {
        pli_parameters_finish(&result);
        return reader.status;
    }
    *parameters = result;
    return PLM_OK;
}

plm_status
pli_parameters_read(const char *path, pli_parameter_book *parameters, plm_fault *fault) {
    pli_document document = {0};
    plm_status status = pli_yaml_read(path, &document, fault);
    if (status == PLM_OK) {
        status = pli_parameters_decode(&document, parameters, fault);
        pli_document_finish(&document);
    }
    return status;
}
