/* fuzz_rpc.c: any text is a call of known shape or one of three refusals.             SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "server/deribit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_params(const pli_rpc *rpc) {
    PLI_ASSERT(rpc->param_count <= PLI_RPC_PARAMS_MAX);
    for (uint32_t i = 0; i < rpc->param_count; i += 1) {
        const char *name = rpc->params[i].name;
        int64_t value = 0;
        PLI_ASSERT(pli_rpc_node(rpc, name) == rpc->params[i].node);
        PLI_ASSERT(strcmp(pli_rpc_text(rpc, name), rpc->params[i].node->text) == 0);
        if (pli_rpc_decimal(rpc, name, 8, &value)) {
            PLI_ASSERT(pli_rpc_text(rpc, name)[0] != '\0');
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pli_document document = {.root = NULL};
    pli_rpc rpc = {.method = ""};
    int code = pli_rpc_read(&rpc, (const char *)data, size, &document);
    PLI_ASSERT(code == 0 || code == PLI_RPC_PARSE || code == PLI_RPC_REQUEST ||
               code == PLI_RPC_PARAMS);
    PLI_ASSERT((code == 0) == (rpc.reason == NULL));
    PLI_ASSERT(rpc.id == NULL || strlen(rpc.id) < 64);
    if (code == 0) {
        check_params(&rpc);
    }
    pli_document_finish(&document);
    return 0;
}
