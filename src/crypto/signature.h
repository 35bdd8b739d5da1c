/* signature.h: ed25519 signatures (RFC 8032) over bytes that state their own domain.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CRYPTO_SIGNATURE_H
#define PLI_CRYPTO_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/status.h"

#define PLI_KEY_SEED_SIZE 32
#define PLI_KEY_PUBLIC_SIZE 32
#define PLI_KEY_SECRET_SIZE 64
#define PLI_SIGNATURE_SIZE 64

/* pli_key_pair - `secret_key` is the seed and the public key, as libsodium keeps them. */
typedef struct pli_key_pair {
    uint8_t public_key[PLI_KEY_PUBLIC_SIZE];
    uint8_t secret_key[PLI_KEY_SECRET_SIZE];
} pli_key_pair;

/*
 * pli_crypto_init - once, before any other call of this layer; more often does no harm.
 *
 * Returns    false when the library cannot be used on this machine.
 */
PLM_MUST_USE bool pli_crypto_init(void);

/*
 * pli_key_pair_from_seed - the key pair that RFC 8032 section 5.1.5 derives from 32 secret bytes.
 *
 * Purity     The same seed gives the same pair; where the seed comes from is the caller's business.
 */
void pli_key_pair_from_seed(const uint8_t seed[PLI_KEY_SEED_SIZE], pli_key_pair *pair);

/* pli_signature_make - sign `size` bytes; deterministic. */
void pli_signature_make(const pli_key_pair *pair, const uint8_t *message, size_t size,
                        uint8_t signature[PLI_SIGNATURE_SIZE]);

/*
 * pli_signature_is_valid - did the holder of the key sign exactly these bytes?
 *
 * Guarantees [SIG-1] No second signature follows from a first: S >= L is refused (RFC 8032 section 5.1.7).
 *            [SIG-2] Keys and R of small order, and keys that are not canonical, are refused: such a key would accept
 *                    many messages.
 */
PLM_MUST_USE bool pli_signature_is_valid(const uint8_t public_key[PLI_KEY_PUBLIC_SIZE],
                                         const uint8_t *message, size_t size,
                                         const uint8_t signature[PLI_SIGNATURE_SIZE]);

#endif
