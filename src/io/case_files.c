/* case_files.c: the files that published cases name, put beside their inputs.        SPDX-License-Identifier: Apache-2.0 */
#include "io/case_files.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "os/file.h"

#define PATH_SIZE 4096

static bool
is_plain(const char *name) {
    return name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL;
}

static plm_status
read_text(const char *path, const char *name, pli_document *document, pli_node *out,
          plm_fault *fault) {
    const char *slash = strrchr(path, '/');
    char data[PATH_SIZE];
    pli_text full = pli_text_init(data, sizeof data);
    if (slash != NULL) {
        pli_text_append_bytes(&full, path, (size_t)(slash - path) + 1);
    }
    pli_text_append(&full, name);
    if (!is_plain(name) || full.is_truncated) {
        return pli_fault_at(fault, PLM_VALUE_INVALID, path, out->line,
                            "file names none in the same folder: ", name);
    }
    pli_bytes bytes = {0};
    plm_status status = pli_file_read(data, PLI_CASE_FILE_SIZE_MAX, &bytes, fault);
    if (status != PLM_OK) {
        return status;
    }
    out->text = pli_pool_text(&document->pool, bytes.data, bytes.size);
    out->text_size = bytes.size;
    pli_bytes_finish(&bytes);
    return out->text != NULL ? PLM_OK : pli_fault_set(fault, PLM_MEMORY, data, ": no memory", NULL);
}

/* An earlier case's file of that name, so that each is read once. */
static const pli_node *
find_read(const pli_node *cases, const pli_node *before, const char *name) {
    for (const pli_node *entry = cases->child; entry != before; entry = entry->next) {
        const pli_node *inputs = pli_node_find(entry, "inputs");
        if (pli_node_is_text(pli_node_find(inputs, "file"), name)) {
            return pli_node_find(inputs, "file_text");
        }
    }
    return NULL;
}

static plm_status
attach(const char *path, pli_document *document, const pli_node *cases, const pli_node *entry,
       plm_fault *fault) {
    const pli_node *inputs = pli_node_find(entry, "inputs");
    const pli_node *file = pli_node_find(inputs, "file");
    if (file == NULL || file->kind != PLI_NODE_TEXT || pli_node_find(inputs, "file_text") != NULL) {
        return PLM_OK;
    }
    pli_node *node = pli_pool_take(&document->pool, 1, sizeof *node);
    if (node == NULL) {
        return pli_fault_set(fault, PLM_MEMORY, path, ": no memory", NULL);
    }
    *node = (pli_node){.kind = PLI_NODE_TEXT, .line = file->line, .key = "file_text"};
    const pli_node *earlier = find_read(cases, entry, file->text);
    if (earlier != NULL) {
        node->text = earlier->text;
        node->text_size = earlier->text_size;
    } else {
        plm_status status = read_text(path, file->text, document, node, fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    // The document is ours to extend; only its readers see it as const.
    pli_node *grown = (pli_node *)(uintptr_t)inputs;
    node->next = grown->child;
    grown->child = node;
    grown->child_count += 1;
    return PLM_OK;
}

plm_status
pli_case_files_attach(const char *path, pli_document *document, plm_fault *fault) {
    const pli_node *cases = pli_node_find(document->root, "cases");
    if (cases == NULL || cases->kind != PLI_NODE_ARRAY) {
        return PLM_OK;
    }
    for (const pli_node *entry = cases->child; entry != NULL; entry = entry->next) {
        plm_status status = attach(path, document, cases, entry, fault);
        if (status != PLM_OK) {
            return status;
        }
    }
    return PLM_OK;
}
