/* test_signature.c: ed25519 against RFC 8032, and what must be refused.               SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/signature.h"

static void
from_hex(const char *text, uint8_t *bytes) {
    for (size_t i = 0; text[2 * i] != '\0'; i += 1) {
        unsigned value = 0;
        for (size_t j = 0; j < 2; j += 1) {
            char c = text[2 * i + j];
            value = 16 * value + (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
        }
        bytes[i] = (uint8_t)value;
    }
}

// RFC 8032 section 7.1, TEST 2: one byte.
static const char seed_text[] = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
static const char public_text[] =
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
static const char signature_text[] =
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

static void
vector_of_rfc_8032_is_met(void **state) {
    (void)state;
    uint8_t seed[PLI_KEY_SEED_SIZE];
    uint8_t public_key[PLI_KEY_PUBLIC_SIZE];
    uint8_t wanted[PLI_SIGNATURE_SIZE];
    from_hex(seed_text, seed);
    from_hex(public_text, public_key);
    from_hex(signature_text, wanted);
    pli_key_pair pair;
    pli_key_pair_from_seed(seed, &pair);
    assert_memory_equal(pair.public_key, public_key, sizeof public_key);
    const uint8_t message[1] = {0x72};
    uint8_t signature[PLI_SIGNATURE_SIZE];
    pli_signature_make(&pair, message, 1, signature);
    assert_memory_equal(signature, wanted, sizeof wanted);
    assert_true(pli_signature_is_valid(public_key, message, 1, signature));
    assert_false(pli_signature_is_valid(public_key, message, 0, signature));
}

static void
any_flipped_bit_is_refused(void **state) {
    (void)state;
    uint8_t seed[PLI_KEY_SEED_SIZE] = {9};
    pli_key_pair pair;
    pli_key_pair_from_seed(seed, &pair);
    uint8_t message[88] = {1, 2, 3};
    uint8_t signature[PLI_SIGNATURE_SIZE];
    pli_signature_make(&pair, message, sizeof message, signature);
    for (size_t bit = 0; bit < 8 * PLI_SIGNATURE_SIZE; bit += 1) {
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(pli_signature_is_valid(pair.public_key, message, sizeof message, signature));
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * sizeof message; bit += 1) {
        message[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(pli_signature_is_valid(pair.public_key, message, sizeof message, signature));
        message[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(pli_signature_is_valid(pair.public_key, message, sizeof message, signature));
}

static void
second_form_of_a_signature_is_refused(void **state) {
    (void)state;
    // S + L is the same scalar: without the check it would be a second valid signature.
    uint8_t order[32];
    from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", order);
    uint8_t public_key[PLI_KEY_PUBLIC_SIZE];
    uint8_t signature[PLI_SIGNATURE_SIZE];
    from_hex(public_text, public_key);
    from_hex(signature_text, signature);
    unsigned carry = 0;
    for (size_t i = 0; i < 32; i += 1) {
        carry += (unsigned)signature[32 + i] + order[i];
        signature[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    const uint8_t message[1] = {0x72};
    assert_false(pli_signature_is_valid(public_key, message, 1, signature));
}

static void
keys_of_small_order_are_refused(void **state) {
    (void)state;
    // The neutral element as key and R, S = 0: satisfies the equation for every message.
    static const char *const keys[] = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        // y = p + 1 is not canonical, and stands for the neutral element too.
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    const uint8_t message[3] = {1, 2, 3};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i += 1) {
        uint8_t key[PLI_KEY_PUBLIC_SIZE];
        uint8_t signature[PLI_SIGNATURE_SIZE] = {1};
        from_hex(keys[i], key);
        assert_false(pli_signature_is_valid(key, message, sizeof message, signature));
        memcpy(signature, key, sizeof key);
        assert_false(pli_signature_is_valid(key, message, sizeof message, signature));
    }
}

static int
set_up(void **state) {
    (void)state;
    // More often does no harm.
    return pli_crypto_init() && pli_crypto_init() ? 0 : -1;
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vector_of_rfc_8032_is_met),
        cmocka_unit_test(any_flipped_bit_is_refused),
        cmocka_unit_test(second_form_of_a_signature_is_refused),
        cmocka_unit_test(keys_of_small_order_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
