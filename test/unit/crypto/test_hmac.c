/* test_hmac.c: HMAC-SHA-256 against RFC 4231.                                          SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "crypto/hmac.h"

#include <cmocka.h>

static void
gives(const void *key, size_t key_size, const void *message, size_t size, const char *wanted) {
    uint8_t code[PLI_HMAC_SIZE];
    char seen[2 * PLI_HMAC_SIZE + 1];
    pli_text text = pli_text_init(seen, sizeof seen);
    pli_hmac_sha256(key, key_size, message, size, code);
    pli_text_append_hex(&text, code, sizeof code);
    assert_string_equal(seen, wanted);
}

/* Sections 4.2, 4.3, 4.4 and 4.7. */
static void
the_cases_of_rfc_4231_hold(void **state) {
    (void)state;
    uint8_t key[131];
    uint8_t message[50];
    memset(key, 0x0b, 20);
    gives(key, 20, "Hi There", 8,
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    gives("Jefe", 4, "what do ya want for nothing?", 28,
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    memset(message, 0xdd, sizeof message);
    gives(key, 20, message, sizeof message,
          "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    gives(key, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54,
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void
secrets_are_equal_byte_by_byte(void **state) {
    (void)state;
    assert_true(pli_secret_is_equal("same", "same", 4));
    assert_false(pli_secret_is_equal("same", "sane", 4));
    assert_true(pli_secret_is_equal("a", "b", 0));
    uint8_t left[32] = {0}, right[32] = {0};
    pli_random_bytes(left, sizeof left);
    pli_random_bytes(right, sizeof right);
    assert_false(pli_secret_is_equal(left, right, sizeof left));
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cases_of_rfc_4231_hold),
        cmocka_unit_test(secrets_are_equal_byte_by_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
