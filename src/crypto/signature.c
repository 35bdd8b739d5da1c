/* signature.c: ed25519 by libsodium.                                                  SPDX-License-Identifier: Apache-2.0 */
#include "crypto/signature.h"

#include <sodium.h>

#include "base/assert.h"

_Static_assert(PLI_KEY_SEED_SIZE == crypto_sign_SEEDBYTES, "libsodium's sizes");
_Static_assert(PLI_KEY_PUBLIC_SIZE == crypto_sign_PUBLICKEYBYTES, "libsodium's sizes");
_Static_assert(PLI_KEY_SECRET_SIZE == crypto_sign_SECRETKEYBYTES, "libsodium's sizes");
_Static_assert(PLI_SIGNATURE_SIZE == crypto_sign_BYTES, "libsodium's sizes");

bool
pli_crypto_init(void) {
    return sodium_init() >= 0;
}

void
pli_key_pair_from_seed(const uint8_t seed[PLI_KEY_SEED_SIZE], pli_key_pair *pair) {
    int answer = crypto_sign_seed_keypair(pair->public_key, pair->secret_key, seed);
    PLI_ASSERT(answer == 0);
}

void
pli_signature_make(const pli_key_pair *pair, const uint8_t *message, size_t size,
                   uint8_t signature[PLI_SIGNATURE_SIZE]) {
    int answer = crypto_sign_detached(signature, NULL, message, size, pair->secret_key);
    PLI_ASSERT(answer == 0);
}

bool
pli_signature_is_valid(const uint8_t public_key[PLI_KEY_PUBLIC_SIZE], const uint8_t *message,
                       size_t size, const uint8_t signature[PLI_SIGNATURE_SIZE]) {
    return crypto_sign_verify_detached(signature, message, size, public_key) == 0;
}
