/* hmac.h: HMAC-SHA-256, for clients whose keys are shared secrets.                    SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CRYPTO_HMAC_H
#define PLI_CRYPTO_HMAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLI_HMAC_SIZE 32u

/* pli_hmac_sha256 - RFC 2104 over SHA-256; a key of any size. */
void pli_hmac_sha256(const void *key, size_t key_size, const void *message, size_t size,
                     uint8_t code[PLI_HMAC_SIZE]);

/* pli_secret_is_equal - are they the same bytes? Takes as long wherever they first differ. */
bool pli_secret_is_equal(const void *left, const void *right, size_t size);

/* pli_random_bytes - bytes that nobody can foresee, from the system. */
void pli_random_bytes(void *bytes, size_t size);

#endif
