/* test_blake2b.c: BLAKE2b agrees with RFC 7693 and with another implementation.        SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/blake2b.h"
#include "base/text.h"

typedef struct row {
    size_t size;
    const char *digest_256;
    const char *digest_512;
} row;

// Messages 00 01 02 .. ff 00 ..; digests by `hashlib.blake2b` of Python. Sizes up to 255 are those of the official
// keyless test set.
static const row rows[] = {
    {0, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
     "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419d25e1031afee585313896444934eb"
     "04b903a685b1448b755d56f701afe9be2ce"},
    {1, "03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314",
     "2fa3f686df876995167e7c2e5d74c4c7b6e48f8068fe0e44208344d480f7904c36963e44115fe3eb2a3ac8694c28b"
     "cb4f5a0f3276f2e79487d8219057a506e4b"},
    {2, "01cf79da4945c370c68b265ef70641aaa65eaa8f5953e3900d97724c2c5aa095",
     "1c08798dc641aba9dee435e22519a4729a09b2bfe0ff00ef2dcd8ed6f8a07d15eaf4aee52bbf18ab5608a6190f70b"
     "90486c8a7d4873710b1115d3debbb4327b5"},
    {3, "3d8c3d594928271f44aad7a04b177154806867bcf918e1549c0bc16f9da2b09b",
     "40a374727302d9a4769c17b5f409ff32f58aa24ff122d7603e4fda1509e919d4107a52c57570a6d94e50967aea573"
     "b11f86f473f537565c66f7039830a85d186"},
    {63, "29e41a64fbdd2fd27612228623c0702222bf367451e7324287f181cb3dcf7237",
     "d10bf9a15b1c9fc8d41f89bb140bf0be08d2f3666176d13baac4d381358ad074c9d4748c300520eb026daeaea7c5b"
     "158892fde4e8ec17dc998dcd507df26eb63"},
    {64, "10d8e6d534b00939843fe9dcc4dae48cdf008f6b8b2b82b156f5404d874887f5",
     "2fc6e69fa26a89a5ed269092cb9b2a449a4409a7a44011eecad13d7c4b0456602d402fa5844f1a7a758136ce3d5d8"
     "d0e8b86921ffff4f692dd95bdc8e5ff0052"},
    {65, "84c04ab082c8ae24206561f77397704b627892089a05887a2a1996472bcfe15d",
     "fcbe8be7dcb49a32dbdf239459e26308b84dff1ea480df8d104eeff34b46fae98627b450c2267d48c0946a697c5b5"
     "9531452ac0484f1c84e3a33d0c339bb2e28"},
    {127, "f2fe67ff342e21b8f45e8f2e0bcd1d9243245d50ee6c78042e9c491388791c72",
     "b6292669ccd38d5f01caae96ba272c76a879a45743afa0725d83b9ebb26665b731f1848c52f11972b6644f554c064"
     "fa90780dbbbf3a89d4fc31f67df3e5857ef"},
    {128, "c3582f71ebb2be66fa5dd750f80baae97554f3b015663c8be377cfcb2488c1d1",
     "2319e3789c47e2daa5fe807f61bec2a1a6537fa03f19ff32e87eecbfd64b7e0e8ccff439ac333b040f19b0c4ddd11"
     "a61e24ac1fe0f10a039806c5dcc0da3d115"},
    {129, "f7f3c46ba2564ff4c4c162da1f5b605f9f1c4aa6a20652a9f9a337c1a2f5b9c9",
     "f59711d44a031d5f97a9413c065d1e614c417ede998590325f49bad2fd444d3e4418be19aec4e11449ac1a5720789"
     "8bc57d76a1bcf3566292c20c683a5c4648f"},
    {255, "1d0850ee9bca0abc9601e9deabe1418fedec2fb6ac4150bd5302d2430f9be943",
     "5b21c5fd8868367612474fa2e70e9cfa2201ffeee8fafab5797ad58fefa17c9b5b107da4a3db6320baaf2c8617d5a"
     "51df914ae88da3867c2d41f0cc14fa67928"},
    {256, "39a7eb9fedc19aabc83425c6755dd90e6f9d0c804964a1f4aaeea3b9fb599835",
     "1ecc896f34d3f9cac484c73f75f6a5fb58ee6784be41b35f46067b9c65c63a6794d3d744112c653f73dd7deb66662"
     "04c5a9bfa5b46081fc10fdbe7884fa5cbf8"},
    {257, "45f7f084c30bac7cbae2e1963bc6e6b0d8cb227a12927e97fb941d288fb1f9a3",
     "d8bfe068de0b4f9fa876a3f8024eb9f7b0029fd5dcf251199e065cee89e1a282c8dbf0442f2ade7294ac1c6be19b3"
     "88dc990c34d8cb79f5f10c54fa813834fda"},
    {1000, "c636324d47d89f2b2434dc2c994100663fbbaea880ff020fc5de89dd0f77a1ec",
     "9fe687126e6566313081b43167cbfa0b4f721b45a5afd4076af327765d63a616478ffbd1cd5fbe4033e8638b8bcf8"
     "de6b3978b54a30f1d9d8d68fbe66c2b74cf"},
};

static uint8_t message[1024];

static int
fill_message(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof message; i += 1) {
        message[i] = (uint8_t)(i & 255);
    }
    return 0;
}

static void
assert_digest(const uint8_t *digest, size_t size, const char *expected) {
    char data[2 * PLI_BLAKE2B_512_SIZE + 1];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append_hex(&text, digest, size);
    assert_string_equal(data, expected);
}

static void
abc_has_the_digest_of_rfc_7693_appendix_a(void **state) {
    (void)state;
    uint8_t digest[PLI_BLAKE2B_512_SIZE];
    pli_blake2b_512("abc", 3, digest);
    assert_digest(digest, sizeof digest,
                  "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                  "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

static void
digests_agree_with_python_around_the_block_size(void **state) {
    (void)state;
    uint8_t digest[PLI_BLAKE2B_512_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i += 1) {
        pli_blake2b_256(rows[i].size == 0 ? NULL : message, rows[i].size, digest);
        assert_digest(digest, PLI_BLAKE2B_256_SIZE, rows[i].digest_256);
        pli_blake2b_512(message, rows[i].size, digest);
        assert_digest(digest, PLI_BLAKE2B_512_SIZE, rows[i].digest_512);
    }
}

static void
the_hash_of_all_digests_of_sizes_0_to_1024_agrees_with_python(void **state) {
    (void)state;
    pli_blake2b outer;
    uint8_t digest[PLI_BLAKE2B_256_SIZE];
    pli_blake2b_init(&outer, PLI_BLAKE2B_256_SIZE);
    for (size_t size = 0; size <= sizeof message; size += 1) {
        pli_blake2b_256(message, size, digest);
        pli_blake2b_update(&outer, digest, sizeof digest);
    }
    pli_blake2b_final(&outer, digest);
    assert_digest(digest, sizeof digest,
                  "45112f834a75feee267630a12d643b4a644bef73e0889f289e04a04cae0af65b");
}

static void
how_a_message_is_cut_does_not_matter(void **state) {
    (void)state;
    uint8_t whole[PLI_BLAKE2B_256_SIZE];
    uint8_t parts[PLI_BLAKE2B_256_SIZE];
    pli_blake2b_256(message, 700, whole);
    for (size_t step = 1; step < 300; step += 1) {
        pli_blake2b hash;
        pli_blake2b_init(&hash, PLI_BLAKE2B_256_SIZE);
        for (size_t at = 0; at < 700; at += step) {
            pli_blake2b_update(&hash, message + at, step < 700 - at ? step : 700 - at);
        }
        pli_blake2b_final(&hash, parts);
        assert_memory_equal(parts, whole, sizeof whole);
    }
}

// Key 00 01 .. 3f; the first two digests are those of the official keyed test set, all by `hashlib.blake2b(key=...)`.
static void
a_key_makes_another_hash_and_it_agrees_with_python(void **state) {
    (void)state;
    static const uint8_t short_key[] = "0123456789abcdef";
    uint8_t digest[PLI_BLAKE2B_512_SIZE];
    char data[2 * sizeof digest + 1];
    pli_blake2b hash;
    pli_blake2b_init_keyed(&hash, PLI_BLAKE2B_512_SIZE, message, 64);
    pli_blake2b_final(&hash, digest);
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append_hex(&text, digest, sizeof digest);
    assert_string_equal(data, "10ebb67700b1868efb4417987acf4690ae9d972fb7a590c2f02871799aaa4786"
                              "b5e996e8f0f4eb981fc214b005f42d2ff4233499391653df7aefcbc13fc51568");
    pli_blake2b_init_keyed(&hash, PLI_BLAKE2B_512_SIZE, message, 64);
    pli_blake2b_update(&hash, message, 255);
    pli_blake2b_final(&hash, digest);
    text = pli_text_init(data, sizeof data);
    pli_text_append_hex(&text, digest, sizeof digest);
    assert_string_equal(data, "142709d62e28fcccd0af97fad0f8465b971e82201dc51070faa0372aa43e9248"
                              "4be1c1e73ba10906d5d1853db6a4106e0a7bf9800d373d6dee2d46d62ef2a461");
    pli_blake2b_init_keyed(&hash, 16, short_key, 16);
    pli_blake2b_update(&hash, "alice", 5);
    pli_blake2b_final(&hash, digest);
    text = pli_text_init(data, sizeof data);
    pli_text_append_hex(&text, digest, 16);
    assert_string_equal(data, "07428b8bbeecf38c233900e698b96466");
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(abc_has_the_digest_of_rfc_7693_appendix_a),
        cmocka_unit_test(digests_agree_with_python_around_the_block_size),
        cmocka_unit_test(the_hash_of_all_digests_of_sizes_0_to_1024_agrees_with_python),
        cmocka_unit_test(how_a_message_is_cut_does_not_matter),
        cmocka_unit_test(a_key_makes_another_hash_and_it_agrees_with_python),
    };
    return cmocka_run_group_tests(tests, fill_message, NULL);
}
