/* hmac.c: HMAC-SHA-256 by libsodium.                                                  SPDX-License-Identifier: Apache-2.0 */
#include "crypto/hmac.h"

#include <sodium.h>

_Static_assert(PLI_HMAC_SIZE == crypto_auth_hmacsha256_BYTES, "libsodium's size");

void
pli_hmac_sha256(const void *key, size_t key_size, const void *message, size_t size,
                uint8_t code[PLI_HMAC_SIZE]) {
    crypto_auth_hmacsha256_state state;
    (void)crypto_auth_hmacsha256_init(&state, key, key_size);
    (void)crypto_auth_hmacsha256_update(&state, message, size);
    (void)crypto_auth_hmacsha256_final(&state, code);
    sodium_memzero(&state, sizeof state);
}

bool
pli_secret_is_equal(const void *left, const void *right, size_t size) {
    return sodium_memcmp(left, right, size) == 0;
}

void
pli_random_bytes(void *bytes, size_t size) {
    randombytes_buf(bytes, size);
}
