/* caller.c: who asks, by the signature of the request.                                SPDX-License-Identifier: Apache-2.0 */
#include "server/caller.h"

#include <string.h>

#include "base/blake2b.h"
#include "base/text.h"
#include "crypto/signature.h"

#define MESSAGE_MAX (2 * (size_t)PLI_HTTP_PATH_MAX + 512)

typedef struct credentials {
    uint64_t signer, deadline_ns;
    uint8_t signature[PLI_SIGNATURE_SIZE];
} credentials;

static bool
take_word(const char **at, const char *word) {
    size_t size = strlen(word);
    if (strncmp(*at, word, size) != 0) {
        return false;
    }
    *at += size;
    return true;
}

// One form per number: no sign, no leading zero, so that a signed text has one header.
static bool
take_number(const char **at, uint64_t *value) {
    const char *text = *at;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 19 || (text[0] == '0' && digits > 1)) {
        return false;
    }
    uint64_t number = 0;
    for (size_t i = 0; i < digits; i += 1) {
        number = number * 10 + (uint64_t)(text[i] - '0');
    }
    *value = number;
    *at += digits;
    return number <= INT64_MAX;
}

static int
digit_of(char character) {
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

static bool
take_hex(const char **at, uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i += 1) {
        int high = digit_of((*at)[0]);
        int low = high < 0 ? -1 : digit_of((*at)[1]);
        if (low < 0) {
            return false;
        }
        bytes[i] = (uint8_t)(high * 16 + low);
        *at += 2;
    }
    return true;
}

static bool
read_header(const char *text, credentials *given) {
    return take_word(&text, "Plimsoll signer=") && take_number(&text, &given->signer) &&
           take_word(&text, ",deadline=") && take_number(&text, &given->deadline_ns) &&
           take_word(&text, ",signature=") &&
           take_hex(&text, given->signature, sizeof given->signature) && *text == '\0' &&
           given->signer <= UINT32_MAX;
}

static size_t
write_message(const pli_caller_keys *keys, const pli_http_request *request,
              const credentials *given, char *message) {
    uint8_t hash[PLI_BLAKE2B_256_SIZE];
    pli_blake2b_256(request->body, request->body_size, hash);
    pli_text text = pli_text_init(message, MESSAGE_MAX);
    pli_text_append(&text, "plimsoll-request-1\n");
    pli_text_append_u64(&text, plm_core_limits_of(keys->core)->network_id);
    pli_text_append(&text, request->is_post ? "\nPOST\n" : "\nGET\n");
    pli_text_append(&text, request->path);
    pli_text_append(&text, request->query[0] == '\0' ? "" : "?");
    pli_text_append(&text, request->query);
    pli_text_append_char(&text, '\n');
    pli_text_append_hex(&text, hash, sizeof hash);
    pli_text_append_char(&text, '\n');
    pli_text_append_u64(&text, given->signer);
    pli_text_append_char(&text, '\n');
    pli_text_append_u64(&text, given->deadline_ns);
    pli_text_append_char(&text, '\n');
    return strlen(message);
}

static bool
find_key(const pli_caller_keys *keys, uint32_t signer, uint32_t *scopes, uint8_t key[32]) {
    if (plm_core_signer(keys->core, signer, scopes, key) != PLM_OK) {
        return false;
    }
    if (signer == 0) {
        memcpy(key, keys->operator_key, 32);
        return keys->has_operator;
    }
    return true;
}

const char *
pli_caller_find(const pli_caller_keys *keys, const pli_http_request *request, int64_t now_ns,
                pli_caller *caller) {
    *caller = (pli_caller){.is_known = false};
    if (request->authorization[0] == '\0') {
        return NULL;
    }
    credentials given;
    if (!read_header(request->authorization, &given)) {
        return "authorization";
    }
    int64_t deadline_ns = (int64_t)given.deadline_ns;
    if (deadline_ns <= now_ns || deadline_ns - now_ns > PLI_CALLER_DEADLINE_MAX_NS) {
        return "deadline";
    }
    uint32_t scopes = 0;
    uint8_t key[PLI_KEY_PUBLIC_SIZE];
    char message[MESSAGE_MAX];
    size_t size = write_message(keys, request, &given, message);
    if (!find_key(keys, (uint32_t)given.signer, &scopes, key) ||
        !pli_signature_is_valid(key, (const uint8_t *)message, size, given.signature)) {
        return "signature";
    }
    *caller = (pli_caller){.is_known = true,
                           .signer = (uint32_t)given.signer,
                           .scopes = scopes,
                           .deadline_ns = deadline_ns};
    return NULL;
}
