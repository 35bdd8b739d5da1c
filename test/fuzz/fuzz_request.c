/* fuzz_request.c: no bytes in place of a signature are one.                           SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/signature.h"
#include "server/caller.h"

#define NOW INT64_C(1772366400000000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// An empty venue whose operator has a key that nobody holds the secret of.
static const pli_caller_keys *
make_keys(void) {
    static pli_caller_keys keys;
    if (keys.core == NULL) {
        plm_core_limits limits;
        plm_core *core = NULL;
        plm_core_limits_init(&limits);
        limits = (plm_core_limits){.asset_count = 1,
                                   .underlying_count = 1,
                                   .instrument_count = 1,
                                   .account_count = 2,
                                   .balance_count = 1,
                                   .position_count = 1,
                                   .order_count = 1,
                                   .signer_count = 2,
                                   .client_id_count = 2,
                                   .expiry_count = 1,
                                   .class_count = 1,
                                   .history_count = 32,
                                   .entry_count = 512};
        size_t size = plm_core_size(&limits);
        void *memory = size == 0 ? NULL : aligned_alloc(64, (size + 63) / 64 * 64);
        if (memory == NULL || !pli_crypto_init() ||
            plm_core_init(&limits, memory, size, &core, NULL) != PLM_OK) {
            abort();
        }
        pli_key_pair pair;
        uint8_t seed[PLI_KEY_SEED_SIZE] = {7};
        pli_key_pair_from_seed(seed, &pair);
        keys = (pli_caller_keys){.core = core, .has_operator = true};
        memcpy(keys.operator_key, pair.public_key, sizeof keys.operator_key);
    }
    return &keys;
}

// The bytes are the header up to the first line feed, the path up to the second, and the body.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 2);
    if (text == NULL) {
        return 0;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    text[size + 1] = '\0';
    char *path = text + strcspn(text, "\n");
    path += *path == '\n' ? 1 : 0;
    char *body = path + strcspn(path, "\n");
    body += *body == '\n' ? 1 : 0;
    size_t body_size = size - (size_t)(body - text);
    uint8_t *copy = malloc(body_size + 1);
    if (copy == NULL) {
        abort();
    }
    memcpy(copy, body, body_size);
    text[strcspn(text, "\n")] = '\0';
    path[strcspn(path, "\n")] = '\0';
    pli_http_request request = {.is_post = body_size > 0,
                                .path = strlen(path) < PLI_HTTP_PATH_MAX ? path : "/",
                                .query = "",
                                .authorization = text,
                                .body = copy,
                                .body_size = body_size};
    pli_caller caller;
    const char *wrong = pli_caller_find(make_keys(), &request, NOW, &caller);
    if (caller.is_known || (wrong == NULL) != (text[0] == '\0')) {
        abort();
    }
    free(copy);
    free(text);
    return 0;
}
