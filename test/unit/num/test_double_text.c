/* test_double_text.c: doubles and text agree with the C library and with Python.       SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "num/double_text.h"

#include "base/endian.h"
#include "base/prng.h"

typedef struct row {
    double value;
    const char *text;
} row;

// Shortest digits by `repr` of Python, laid out by the rule in double_text.h.
static const row shortest[] = {
    {0x0.0000000000001p-1022, "5e-324"},
    {0x0.0000000000002p-1022, "1e-323"},
    {0x1.0000000000000p-1022, "2.2250738585072014e-308"},
    {0x0.fffffffffffffp-1022, "2.225073858507201e-308"},
    {0x1.fffffffffffffp+1023, "1.7976931348623157e+308"},
    {0x1.0000000000000p-44, "5.684341886080802e-14"},
    {0x1.0000000000000p-1022, "2.2250738585072014e-308"},
    {0x1.0000000000000p+60, "1152921504606847000"},
    {0x1.0000000000000p+70, "1.1805916207174113e+21"},
    {0x1.0000000000000p+53, "9007199254740992"},
    {0x1.0000000000001p+53, "9007199254740994"},
    {0x1.999999999999ap-4, "0.1"},
    {0x1.999999999999ap-3, "0.2"},
    {0x1.3333333333333p-2, "0.3"},
    {0x1.5555555555555p-2, "0.3333333333333333"},
    {0x1.5555555555555p-1, "0.6666666666666666"},
    {0x1.b1ae4d6e2ef50p+69, "1e+21"},
    {0x1.0f0cf064dd592p+73, "1e+22"},
    {0x1.52d02c7e14af6p+76, "1e+23"},
    {0x1.9bff2ff57968cp+69, "950000000000000000000"},
    {0x1.0c6f7a0b5ed8dp-20, "0.000001"},
    {0x1.0c689ad36862ep-20, "9.999e-7"},
    {0x1.ad7f29abcaf48p-24, "1e-7"},
    {0x1.d6f3454800000p+26, "123456789.125"},
    {0x1.0000000000000p+0, "1"},
    {0x1.9000000000000p+6, "100"},
    {0x1.1c37937e08000p+53, "10000000000000000"},
    {0x1.6345785d8a000p+56, "100000000000000000"},
    {0x1.b69b4ba630f35p+56, "123456789012345680"},
    {0x1.a36e2eb1c432dp-15, "0.00005"},
    {0x1.1de784a000000p+28, "299792458"},
    {0x1.fe185ca57c517p+78, "6.02214076e+23"},
    {0x1.1666666666666p+2, "4.35"},
    {0x1.01f31f46ed246p-13, "0.000123"},
    {0x1.0000000000000p+1023, "8.98846567431158e+307"},
    {0x0.0000000000003p-1022, "1.5e-323"},
    {0x1.fdf9c3d07a66dp+673, "7.807222412249442e+202"},
    {0x1.02e56da854e18p+78, "3.056506896580304e+23"},
    {0x1.ca2a19e9199e2p+537, "8.051728123639982e+161"},
    {0x1.9d5d7672ea7a6p+454, "7.511243842324762e+136"},
    {0x1.758333d42bdcdp+588, "1.4780959832523037e+177"},
    {0x1.841b245de74eap+472, "1.8487082164618154e+142"},
    {0x1.2734d0e012483p+675, "1.8077265949475338e+203"},
    {0x1.32e163e33b9dep+670, "5.872544605170788e+201"},
    {0x1.b095bc289a176p-91, "6.824986352619935e-28"},
    {0x1.827b926e231c9p-759, "4.978785175059085e-229"},
    {0x1.a49152d94e32ep+938, "3.8170851872454116e+282"},
    {0x1.e1ecf1244029bp-595, "1.4517524591998098e-179"},
    {0x1.9cdcbc15544eep-889, "3.907500651541369e-268"},
    {0x1.34d95951c59c4p+428, "8.362659330794624e+128"},
    {0x1.12dd05c22f73ap+784, "1.0924297048752136e+236"},
    {0x1.d99148904d645p+839, "6.781227258788262e+252"},
    {0x1.0b1f5b41a3ee4p-13, "0.0001273739272176145"},
    {0x1.4802f7eb9b7dcp+1016, "8.997561543597642e+305"},
    {0x1.31c2de9a85356p+1008, "3.2762576736001587e+303"},
    {0x1.79166491eabb9p-227, "6.829566263536785e-69"},
    {0x1.f42ea36fabd62p-799, "5.860325185320917e-241"},
    {0x1.4859204dce6d4p+714, "1.105379768096086e+215"},
    {0x1.44af636501b32p-884, "9.833457399382494e-267"},
    {0x1.74b1df0b25437p+993, "1.218706348773413e+299"},
    {0x1.f9c0f31f0b005p-376, "1.2835734993167102e-113"},
    {0x1.008f8af0bc0ebp+408, "6.625038719623873e+122"},
    {0x1.c44a030c5861fp+887, "1.82298174120612e+267"},
    {0x1.44ad5cf4ac885p+823, "7.094115543422915e+247"},
    {0x1.f67119948f366p+426, "3.4011356016159498e+128"},
    {0x1.369158197d3e2p+697, "7.976702023890864e+209"},
    {0x1.e2b1cd9a76a3ep-199, "2.3467308740574853e-60"},
    {0x1.7f5b4d88bc321p+33, "12863314705.470278"},
    {0x1.f7e975847b6d7p-212, "2.9905812835385933e-64"},
    {0x1.4f76224949f69p+469, "1.9974257059568017e+141"},
    {0x1.779cf4955f1a6p+311, "6.12109929791261e+93"},
    {0x1.ccaf4a7c405cbp+739, "5.203920435795475e+222"},
    {0x1.7916ead2e9911p+99, "9.336284319606569e+29"},
    {0x1.3869267effc83p-321, "2.8566523271786e-97"},
    {0x1.d1f81c697e911p+28, "488604102.59340006"},
    {0x1.876051d05f247p+942, "5.683428700394386e+283"},
    {0x1.b71c201e90a97p-675, "1.094173407608116e-203"},
    {0x1.f40a6a825ad6ap+139, "1.3612402301424343e+42"},
    {0x1.39977e57cc27fp+286, "1.5230124488173414e+86"},
    {0x1.2300bbb728f29p-505, "1.085199257892354e-152"},
    {0x1.13b3681340ebfp-300, "5.286879019908058e-91"},
    {0x1.531eb2f6148a0p+452, "1.5405343046935082e+136"},
    {0x1.6e6b285e56384p+798, "2.3860199330255863e+240"},
    {0x1.babd1c8f15b50p-599, "8.335662728185758e-181"},
    {0x1.06aaf929e3e47p-691, "9.987113236295222e-209"},
    {0x1.ac400c6611303p+834, "1.916346253321349e+251"},
    {0x1.19598be7b9cb4p-892, "3.328514853598789e-269"},
    {0x1.bdcdaa383c3a0p+146, "1.553398055424062e+44"},
    {0x1.58d3ee690ae55p-232, "1.9516565042717673e-70"},
    {0x1.2063b1d48a3b2p-521, "1.6410115423616088e-157"},
    {0x1.ecd425834e140p+519, "3.303876258562111e+156"},
    {0x1.4fa93c3f58fa0p-712, "6.085609816242803e-215"},
    {0x1.7ca20063b9662p+625, "2.0702059641707428e+188"},
    {0x1.2e2e9272afdfdp-530, "3.358387556632034e-160"},
    {0x1.707bf6808bc6ap-939, "3.0975121060598333e-283"},
    {0x1.157025fba5332p+306, "1.4128783732456327e+92"},
    {0x1.8848a77c42619p+440, "4.350693677394454e+132"},
    {0x1.23f5737b1408fp+90, "1.411826094161808e+27"},
    {0x1.19773e92430bcp-666, "3.5909433418797166e-201"},
    {0x1.299eb7dbaea00p-20, "0.0000011087208723741535"},
    {0x1.65620ce20d470p-63, "1.5135759173948674e-19"},
    {0x1.5c97bbf112af0p+256, "1.5767296233963985e+77"},
    {0x1.194f30731141bp-488, "1.375011377386355e-147"},
    {0x1.6844769c45cd2p+782, "3.579658948313659e+235"},
    {0x1.d8843e93047b9p+624, "1.2849741197915357e+188"},
    {0x1.d7317acad2d81p+696, "6.051124727125942e+209"},
    {0x1.3359be83d662bp+773, "5.964591377099751e+232"},
    {0x1.98e2370905797p+954, "2.4320676181091922e+287"},
    {0x1.a16dfb2220769p+202, "1.0480992598686674e+61"},
    {0x1.795c7468297d6p-283, "9.484805947140952e-86"},
    {0x1.0000000000000p-1022, "2.2250738585072014e-308"},
    {0x1.0000000000000p-962, "2.5653355008114852e-290"},
    {0x1.0000000000000p-902, "2.957630465416937e-272"},
    {0x1.0000000000000p-842, "3.409915766259544e-254"},
    {0x1.0000000000000p-782, "3.931365215818563e-236"},
    {0x1.0000000000000p-722, "4.532555499780559e-218"},
    {0x1.0000000000000p-662, "5.225680706521042e-200"},
    {0x1.0000000000000p-602, "6.02479966275721e-182"},
    {0x1.0000000000000p-542, "6.946121092140867e-164"},
    {0x1.0000000000000p-482, "8.008332380732404e-146"},
    {0x1.0000000000000p-422, "9.232978617785736e-128"},
    {0x1.0000000000000p-362, "1.0644899600020377e-109"},
    {0x1.0000000000000p-302, "1.2272733663244316e-91"},
    {0x1.0000000000000p-242, "1.4149498560666738e-73"},
    {0x1.0000000000000p-182, "1.6313261169996311e-55"},
    {0x1.0000000000000p-122, "1.88079096131566e-37"},
    {0x1.0000000000000p-62, "2.168404344971009e-19"},
    {0x1.0000000000000p-2, "0.25"},
    {0x1.0000000000000p+58, "288230376151711740"},
    {0x1.0000000000000p+118, "3.32306998946229e+35"},
    {0x1.0000000000000p+178, "3.831238852164722e+53"},
    {0x1.0000000000000p+238, "4.417117661945961e+71"},
    {0x1.0000000000000p+298, "5.092589940836215e+89"},
    {0x1.0000000000000p+358, "5.871356456934583e+107"},
    {0x1.0000000000000p+418, "6.769213120412146e+125"},
    {0x1.0000000000000p+478, "7.804371375789981e+143"},
    {0x1.0000000000000p+538, "8.997827589086393e+161"},
    {0x1.0000000000000p+598, "1.0373788922202482e+180"},
    {0x1.0000000000000p+658, "1.1960164332659527e+198"},
    {0x1.0000000000000p+718, "1.3789130657754968e+216"},
    {0x1.0000000000000p+778, "1.589778526515926e+234"},
    {0x1.0000000000000p+838, "1.8328898507823975e+252"},
    {0x1.0000000000000p+898, "2.113178124542661e+270"},
    {0x1.0000000000000p+958, "2.43632850285e+288"},
    {0x1.0000000000000p+1018, "2.8088955232223686e+306"},
};

static void
assert_same_bits(double left, double right) {
    assert_true(pli_bits_from_double(left) == pli_bits_from_double(right));
}

static void
assert_parses_like_strtod(const char *text) {
    double expected = strtod(text, NULL);
    double value = 77.0;
    plm_status status = pli_double_parse(text, strlen(text), &value);
    if (isinf(expected)) {
        assert_int_equal(status, PLM_NOT_FINITE);
        assert_same_bits(value, 77.0);
        return;
    }
    assert_int_equal(status, PLM_OK);
    assert_same_bits(value, expected);
}

static void
the_shortest_text_agrees_with_python(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof shortest / sizeof shortest[0]; i += 1) {
        char data[64];
        pli_text text = pli_text_init(data, sizeof data);
        assert_int_equal(pli_double_format(&text, shortest[i].value), PLM_OK);
        assert_string_equal(data, shortest[i].text);
        text = pli_text_init(data, sizeof data);
        assert_int_equal(pli_double_format(&text, -shortest[i].value), PLM_OK);
        assert_string_equal(data + 1, shortest[i].text);
    }
}

static double
draw_finite(pli_prng *prng) {
    double value;
    do {
        value = pli_double_from_bits(pli_prng_next_u64(prng));
    } while (!isfinite(value));
    return value;
}

static void
random_bit_patterns_parse_like_strtod_at_17_digits(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(12);
    for (unsigned i = 0; i < 100000; i += 1) {
        double value = draw_finite(&prng);
        char text[64];
        snprintf(text, sizeof text, "%.17g", value);
        double back = 0.0;
        assert_int_equal(pli_double_parse(text, strlen(text), &back), PLM_OK);
        assert_same_bits(back, value);
    }
}

static void
prices_and_quantities_parse_like_strtod(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(13);
    for (unsigned i = 0; i < 30000; i += 1) {
        char text[64];
        int decimals = (int)pli_prng_below(&prng, 19);
        uint64_t whole =
            (uint64_t)pli_prng_edge_i64(&prng, 0, INT64_C(1) << pli_prng_below(&prng, 60));
        snprintf(text, sizeof text, "%llu.%0*llu", (unsigned long long)whole, decimals + 1,
                 (unsigned long long)pli_prng_below(&prng, 1000));
        assert_parses_like_strtod(text);
        snprintf(text, sizeof text, "-%llue%d", (unsigned long long)whole,
                 (int)pli_prng_range_i64(&prng, -40, 40));
        assert_parses_like_strtod(text);
    }
}

// The exact midpoint of two neighbouring doubles, and the texts just above and below it, by printf of wider digits.
static void
midpoints_and_their_neighbours_parse_like_strtod(void **state) {
    (void)state;
    static char text[2000];
    pli_prng prng = pli_prng_init(14);
    for (unsigned i = 0; i < 1000; i += 1) {
        uint64_t bits = pli_prng_next_u64(&prng) >> 1;
        bits = i % 4 == 0 ? bits & 0xfffff : bits; // denormals
        long double low = (long double)pli_double_from_bits(bits);
        long double high = (long double)pli_double_from_bits(bits + 1);
        if (!isfinite(low) || !isfinite(high) || sizeof low == sizeof bits) {
            continue;
        }
        int size = snprintf(text, sizeof text - 3, "%.1100Lf", low + (high - low) / 2);
        assert_parses_like_strtod(text);
        text[size] = '1';
        text[size + 1] = '\0';
        assert_parses_like_strtod(text);
        size = snprintf(text, sizeof text - 3, "%.800Le", low + (high - low) / 2);
        assert_parses_like_strtod(text);
    }
}

static void
hard_cases_parse_like_strtod(void **state) {
    (void)state;
    // Ends of the range, halfway cases and long digit runs; several from the tests of David Gay's and of the Go strconv.
    static const char *const texts[] = {
        "0",
        "-0",
        "0.0e500",
        "1e-400",
        "-1e-400",
        "1e400",
        "1e309",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "1.797693134862315807e308",
        "1.797693134862315708145274237317043567981e+308",
        "2.2250738585072011e-308",
        "2.2250738585072012e-308",
        "2.2250738585072014e-308",
        "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.5e-324",
        "5e-324",
        "7.4109846876186981e-324",
        "9007199254740993",
        "9007199254740992.99999999999999999999999",
        "9007199254740993.00000000000000000000001",
        "1.00000000000000011102230246251565404236316680908203125",
        "1.00000000000000011102230246251565404236316680908203124",
        "1.00000000000000011102230246251565404236316680908203126",
        "18014398509481993",
        "179769313486231580793728971405301e276",
        "6.631236846766476e-316",
        "3.2378839133029012895883524125015321748630094690975e-319",
        "1090544144181609348671888949248",
        "6929495644600919.5",
        "3.518437208883201171875e13",
        "62.5364939768271845828",
        "8.10109172351e-10",
        "1.50000000000000011102",
        "1e23",
        "8.5e22",
        "123456789012345678901234567890123456789012345678901234567890e-20",
        "0.000000000000000000000000000001",
        "100000000000000000000000000000000000000000e-41",
        "+5",
        "005",
        ".5",
        "5.",
        "1E5",
        "1e+05",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i += 1) {
        assert_parses_like_strtod(texts[i]);
    }
}

static void
a_thousand_digits_round_by_the_last_one(void **state) {
    (void)state;
    // 2^-1074 / 2 exactly, then followed by many zeros and a one.
    static char text[1500];
    int size = snprintf(text, sizeof text - 200, "%.1080f", 0x1p-1074);
    assert_parses_like_strtod(text);
    memset(text + size, '0', 150);
    memcpy(text + size + 150, "1", 2);
    assert_parses_like_strtod(text);
    memset(text, '9', 900);
    memcpy(text + 900, "e-890", 6);
    assert_parses_like_strtod(text);
    memset(text, '0', 1000);
    memcpy(text + 1000, ".5", 3);
    assert_parses_like_strtod(text);
}

static void
what_is_no_decimal_number_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"",         ".",     "-",  "nan", "NaN", "inf", "-inf",
                                        "infinity", "0x1p3", "1e", "1,5", " 1",  "1 ",  "1d5"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i += 1) {
        double value = 77.0;
        assert_int_equal(pli_double_parse(texts[i], strlen(texts[i]), &value), PLM_TEXT_MALFORMED);
        assert_same_bits(value, 77.0);
    }
}

// No text of fewer digits, among those printf offers, may lead back; and the one given must.
static void
formats_of_random_bit_patterns_are_shortest_and_lead_back(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(15);
    for (unsigned i = 0; i < 2500; i += 1) {
        double value = i % 2 == 0
                           ? draw_finite(&prng)
                           : (double)pli_prng_range_i64(&prng, -100000000, 100000000) / 1000.0;
        char data[64];
        pli_text text = pli_text_init(data, sizeof data);
        assert_int_equal(pli_double_format(&text, value), PLM_OK);
        assert_same_bits(strtod(data, NULL), value);
        size_t digit_count = 0;
        size_t zero_count = 0;
        for (const char *at = data; *at != '\0' && *at != 'e'; at += 1) {
            bool is_digit = *at >= '0' && *at <= '9';
            digit_count += is_digit && (digit_count > 0 || *at != '0') ? 1 : 0;
            zero_count = is_digit ? (*at == '0' ? zero_count + 1 : 0) : zero_count;
        }
        size_t significant = digit_count > zero_count ? digit_count - zero_count : 1;
        for (int n = 1; n < (int)significant; n += 1) {
            char shorter[64];
            snprintf(shorter, sizeof shorter, "%.*e", n - 1, value);
            assert_true(pli_bits_from_double(strtod(shorter, NULL)) != pli_bits_from_double(value));
        }
    }
}

static void
fixed_decimals_agree_with_printf(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(16);
    for (unsigned i = 0; i < 50000; i += 1) {
        int decimals = (int)pli_prng_below(&prng, 19);
        double scale = (double)pli_prng_edge_i64(&prng, 1, INT64_C(1) << 40);
        double value = (double)pli_prng_edge_i64(&prng, -1000000, 1000000) / scale;
        char expected[128];
        snprintf(expected, sizeof expected, "%.*f", decimals, value);
        // We print no sign on a zero, printf does.
        const char *wanted =
            expected[0] == '-' && strspn(expected + 1, "0.") == strlen(expected + 1) ? expected + 1
                                                                                     : expected;
        char data[128];
        pli_text text = pli_text_init(data, sizeof data);
        assert_int_equal(pli_double_format_fixed(&text, value, (unsigned)decimals), PLM_OK);
        assert_string_equal(data, wanted);
    }
}

static void
what_is_not_finite_or_too_large_is_not_printed(void **state) {
    (void)state;
    char data[64];
    pli_text text = pli_text_init(data, sizeof data);
    assert_int_equal(pli_double_format(&text, (double)NAN), PLM_NOT_FINITE);
    assert_int_equal(pli_double_format(&text, (double)INFINITY), PLM_NOT_FINITE);
    assert_int_equal(pli_double_format_fixed(&text, (double)-INFINITY, 2), PLM_NOT_FINITE);
    assert_int_equal(pli_double_format_fixed(&text, 1.1e38, 0), PLM_OVERFLOW);
    assert_int_equal(pli_double_format_fixed(&text, 1e36, 2), PLM_OVERFLOW);
    assert_int_equal(pli_double_format_fixed(&text, 1e300, 0), PLM_OVERFLOW);
    assert_string_equal(data, "");
    assert_int_equal(pli_double_format_fixed(&text, 1e-300, 18), PLM_OK);
    assert_string_equal(data, "0.000000000000000000");
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shortest_text_agrees_with_python),
        cmocka_unit_test(random_bit_patterns_parse_like_strtod_at_17_digits),
        cmocka_unit_test(prices_and_quantities_parse_like_strtod),
        cmocka_unit_test(midpoints_and_their_neighbours_parse_like_strtod),
        cmocka_unit_test(hard_cases_parse_like_strtod),
        cmocka_unit_test(a_thousand_digits_round_by_the_last_one),
        cmocka_unit_test(what_is_no_decimal_number_is_refused),
        cmocka_unit_test(formats_of_random_bit_patterns_are_shortest_and_lead_back),
        cmocka_unit_test(fixed_decimals_agree_with_printf),
        cmocka_unit_test(what_is_not_finite_or_too_large_is_not_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
