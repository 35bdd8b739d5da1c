/* test_event.c: events to bytes and back: written by hand, at random, cut short and corrupted.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/endian.h"
#include "plimsoll/instrument.h"
#include "plimsoll/portfolio.h"
#include "support/wild_event.h"

/* ---- Written by hand from the drawings in event.h ---- */

static const uint8_t trade_bytes[120] = {
    0x78, 0x00, 0x00, 0x00, 0x1e, 0x00, 0x01, 0x00, // size 120, type 30, version 1
    0x2a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // sequence 42
    0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, // time_ns 0x0102030405060708
    0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, // deadline_ns 0x1112131415161718
    0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, // client_id
    0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf, //
    0x03, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, // account 3, signer 1
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // reserved
    0x05, 0x00, 0x00, 0x00, 0x04, 0x03, 0x02, 0x01, // instrument 5, maker 0x01020304
    0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, // lots -3
    0x00, 0x10, 0xa5, 0xd4, 0xe8, 0x00, 0x00, 0x00, // price_e8 1e12
    0x10, 0x27, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // taker_fee_atoms 10,000
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, // maker_fee_atoms -1
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, // taker_order_id 2^64 - 1
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, // maker_order_id 2^63
};

static void
a_trade_is_the_bytes_that_the_header_file_draws(void **state) {
    (void)state;
    plm_event event;
    size_t size = 0;
    assert_int_equal(plm_event_decode(trade_bytes, sizeof trade_bytes, &event, &size, NULL),
                     PLM_OK);
    assert_int_equal(size, 120);
    assert_int_equal(event.header.size, 120);
    assert_int_equal(event.header.type, PLM_EVENT_TYPE_TRADE);
    assert_int_equal(event.header.version, 1);
    assert_true(event.header.sequence == 42);
    assert_true(event.header.time_ns == INT64_C(0x0102030405060708));
    assert_true(event.header.deadline_ns == INT64_C(0x1112131415161718));
    for (unsigned i = 0; i < 16; i += 1) {
        assert_int_equal(event.header.client_id[i], 0xa0 + i);
    }
    assert_int_equal(event.header.account, 3);
    assert_int_equal(event.header.signer, 1);
    assert_int_equal(event.trade_body.instrument_index, 5);
    assert_int_equal(event.trade_body.maker_account, 0x01020304);
    assert_true(event.trade_body.lots == -3);
    assert_true(event.trade_body.price_e8 == INT64_C(1000000000000));
    assert_true(event.trade_body.taker_fee_atoms == 10000);
    assert_true(event.trade_body.maker_fee_atoms == -1);
    assert_true(event.trade_body.taker_order_id == UINT64_MAX);
    assert_true(event.trade_body.maker_order_id == UINT64_C(1) << 63);
    uint8_t out[PLM_EVENT_SIZE_MAX];
    assert_int_equal(plm_event_encode(&event, out, sizeof out, &size), PLM_OK);
    assert_int_equal(size, 120);
    assert_memory_equal(out, trade_bytes, 120);
}

static void
a_deposit_is_the_bytes_that_the_header_file_draws(void **state) {
    (void)state;
    static const uint8_t expected[88] = {
        0x58, 0x00, 0x00, 0x00, 0x14, 0x00, 0x01, 0x00, // size 88, type 20, version 1
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // sequence 0
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, // time_ns, the latest there is
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // deadline_ns
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // client_id
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
        0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // account 9, signer 0
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // reserved
        0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // asset 2, reserved
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, // atoms 2^64 + 2^63
        0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
    };
    plm_event event = {
        .header = {.type = PLM_EVENT_TYPE_DEPOSIT, .version = 1, .time_ns = INT64_MAX, .account = 9},
        .deposit_body = {.asset_index = 2, .atoms = {.low = UINT64_C(1) << 63, .high = 1}}};
    uint8_t out[88];
    size_t size = 0;
    assert_int_equal(plm_event_encode(&event, out, sizeof out, &size), PLM_OK);
    assert_int_equal(size, 88);
    assert_memory_equal(out, expected, 88);
}

static void
a_parameter_record_is_the_bytes_that_the_header_file_draws(void **state) {
    (void)state;
    static const uint8_t expected[160] = {
        0x00, 0x03, 0x00, 0x00, 0x32, 0x00, 0x01, 0x00, // size 768, type 50, version 1
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // sequence 0
        0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // time_ns 1
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // deadline_ns
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // client_id
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, // no account, signer 0
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // reserved
        's',  'h',  'o',  'c',  'k',  0x00, 0x00, 0x00, // record
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, //
        0x04, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, // record_index 4, record_version 7
        0x01, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, // layout_version 1, field_count 2
        0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // earliest_sequence 256
        0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, // expires_ns -2
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, // values[0], the lowest there is
        0x40, 0x42, 0x0f, 0x00, 0x00, 0x00, 0x00, 0x00, // values[1] 1,000,000; then zeros
    };
    plm_event event = {.header = {.type = PLM_EVENT_TYPE_PARAMETERS,
                                  .version = 1,
                                  .time_ns = 1,
                                  .account = PLM_NONE},
                       .parameters_body = {.record = "shock",
                                           .record_index = 4,
                                           .record_version = 7,
                                           .layout_version = 1,
                                           .field_count = 2,
                                           .earliest_sequence = 256,
                                           .expires_ns = -2,
                                           .values = {INT64_MIN, 1000000}}};
    uint8_t out[768];
    static const uint8_t zeros[768 - 144];
    size_t size = 0;
    assert_int_equal(plm_event_encode(&event, out, sizeof out, &size), PLM_OK);
    assert_int_equal(size, 768);
    assert_memory_equal(out, expected, 144);
    assert_memory_equal(out + 144, zeros, sizeof zeros);
}

/* ---- The table ---- */

static void
fields_follow_one_another_and_kinds_rise(void **state) {
    (void)state;
    uint32_t type_last = 0;
    uint32_t count = 0;
    for (; plm_event_kind_at(count) != NULL; count += 1) {
        const plm_event_kind *kind = plm_event_kind_at(count);
        assert_true((uint32_t)kind->type > type_last);
        type_last = kind->type;
        assert_ptr_equal(plm_event_kind_find((uint16_t)kind->type), kind);
        assert_ptr_equal(plm_event_kind_named(kind->name), kind);
        uint32_t end = 0;
        for (uint32_t i = 0; i < kind->field_count; i += 1) {
            const plm_event_field *field = &kind->fields[i];
            assert_int_equal(field->offset, end);
            end += field->size;
            assert_true(field->low <= field->high);
            assert_true(field->form != PLM_EVENT_FORM_COUNTED || field->counted_by < field->offset);
            assert_true(field->place + field->size <= sizeof(plm_event));
            assert_true(field->text[0] != '\0');
        }
        assert_int_equal(kind->body_size, end);
        assert_int_equal(end % 8, 0);
        assert_true(end <= PLM_EVENT_BODY_MAX);
    }
    assert_int_equal(count, 42);
    assert_null(plm_event_kind_find(0));
    assert_null(plm_event_kind_find(UINT16_MAX));
    assert_null(plm_event_kind_named("tradee"));
}

// How many constants or bits a field may hold that have a name each.
static uint32_t
nameable(const plm_event_field *field) {
    if (field->form == PLM_EVENT_FORM_CHOICE) {
        return field->high - field->low + 1;
    }
    uint32_t count = 0;
    for (uint32_t bits = field->form == PLM_EVENT_FORM_SET ? field->high : 0; bits; bits >>= 1) {
        count += 1;
    }
    return count;
}

static void
choices_name_every_constant(void **state) {
    (void)state;
    for (uint32_t k = 0; plm_event_kind_at(k) != NULL; k += 1) {
        const plm_event_kind *kind = plm_event_kind_at(k);
        for (uint32_t i = 0; i < kind->field_count; i += 1) {
            const plm_event_field *field = &kind->fields[i];
            uint32_t names = field->choices[0] != '\0';
            for (const char *at = strchr(field->choices, '|'); at; at = strchr(at + 1, '|')) {
                names += 1;
            }
            assert_int_equal(names, nameable(field));
        }
    }
}

/* ---- At random ---- */

static void
events_survive_their_bytes(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(20261122);
    for (uint32_t i = 0; i < 100000; i += 1) {
        plm_event event;
        plm_event back;
        plm_fault fault = {0};
        ts_wild_event_any(&event, &prng);
        uint8_t bytes[PLM_EVENT_SIZE_MAX];
        uint8_t again[PLM_EVENT_SIZE_MAX];
        size_t size = 0;
        size_t taken = 0;
        assert_int_equal(plm_event_encode(&event, bytes, sizeof bytes, &size), PLM_OK);
        if (plm_event_decode(bytes, size, &back, &taken, &fault) != PLM_OK) {
            fail_msg("event %u: %s", i, fault.text);
        }
        assert_int_equal(taken, size);
        assert_true(ts_event_is_equal(&event, &back));
        assert_int_equal(plm_event_encode(&back, again, sizeof again, &size), PLM_OK);
        assert_memory_equal(again, bytes, size);
        if (i % 16 == 0) {
            assert_int_equal(plm_event_check(&event, NULL), PLM_OK);
        }
    }
}

static void
every_truncation_is_refused_and_writes_nothing(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(1);
    for (uint32_t k = 0; plm_event_kind_at(k) != NULL; k += 1) {
        plm_event event;
        plm_event back;
        ts_wild_event(&event, plm_event_kind_at(k), &prng);
        plm_event untouched;
        memset(&back, 0x5a, sizeof back);
        memset(&untouched, 0x5a, sizeof untouched);
        uint8_t bytes[PLM_EVENT_SIZE_MAX];
        size_t size = 0;
        assert_int_equal(plm_event_encode(&event, bytes, sizeof bytes, &size), PLM_OK);
        for (size_t available = 0; available < size; available += 1) {
            size_t taken = 77;
            assert_int_equal(plm_event_decode(bytes, available, &back, &taken, NULL),
                             PLM_EVENT_TRUNCATED);
            assert_int_equal(taken, 77);
            assert_int_equal(plm_event_encode(&event, bytes, available, &taken),
                             PLM_WORKSPACE_SMALL);
            assert_int_equal(taken, 77);
        }
        assert_memory_equal(&back, &untouched, sizeof back);
    }
}

// Either the flipped event is another event, byte for byte, or it is refused and nothing is written.
static void
every_flipped_bit_is_another_event_or_refused(void **state) {
    (void)state;
    pli_prng prng = pli_prng_init(2);
    uint32_t refused = 0;
    for (uint32_t k = 0; plm_event_kind_at(k) != NULL; k += 1) {
        plm_event event;
        plm_event back;
        ts_wild_event(&event, plm_event_kind_at(k), &prng);
        uint8_t bytes[PLM_EVENT_SIZE_MAX];
        uint8_t again[PLM_EVENT_SIZE_MAX];
        size_t size = 0;
        assert_int_equal(plm_event_encode(&event, bytes, sizeof bytes, &size), PLM_OK);
        for (size_t bit = 0; bit < size * 8; bit += 1) {
            bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
            size_t taken = 0;
            if (plm_event_decode(bytes, size, &back, &taken, NULL) == PLM_OK) {
                assert_int_equal(plm_event_encode(&back, again, sizeof again, &taken), PLM_OK);
                assert_int_equal(taken, size);
                assert_memory_equal(again, bytes, size);
            } else {
                refused += 1;
            }
            bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
    }
    assert_true(refused > 34 * 128);
}

/* ---- Corrupted on purpose ---- */

static void
expect(const uint8_t *bytes, size_t size, plm_status status, const char *says) {
    plm_event event;
    size_t taken = 0;
    plm_fault fault = {0};
    plm_status seen = plm_event_decode(bytes, size, &event, &taken, &fault);
    if (seen != status || strstr(fault.text, says) == NULL) {
        fail_msg("expected %s \"%s\", got %s \"%s\"", plm_status_name(status), says,
                 plm_status_name(seen), fault.text);
    }
    assert_int_equal(fault.status, status);
}

static void
a_damaged_header_is_refused(void **state) {
    (void)state;
    uint8_t bytes[120];
    static const struct {
        uint8_t at, value;
        plm_status status;
        const char *says;
    } cases[] = {
        {0, 0x79, PLM_EVENT_MALFORMED, "header size is 121; allowed is 120 to 120"},
        {0, 0x77, PLM_EVENT_MALFORMED, "header size is 119"},
        {3, 0x80, PLM_EVENT_MALFORMED, "header size is 2147483768"},
        {4, 0x00, PLM_EVENT_UNKNOWN, "event type 0 version 1"},
        {4, 0x1d, PLM_EVENT_UNKNOWN, "event type 29 version 1 is not known"},
        {4, 0x40, PLM_EVENT_UNKNOWN, "event type 64"},
        {5, 0xff, PLM_EVENT_UNKNOWN, "event type 65310"},
        {6, 0x00, PLM_EVENT_UNKNOWN, "event type 30 version 0"},
        {6, 0x02, PLM_EVENT_UNKNOWN, "event type 30 version 2"},
        {56, 0x01, PLM_EVENT_MALFORMED, "header reserved is not zero"},
        {63, 0x80, PLM_EVENT_MALFORMED, "header reserved is not zero"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i += 1) {
        memcpy(bytes, trade_bytes, sizeof bytes);
        bytes[cases[i].at] = cases[i].value;
        expect(bytes, sizeof bytes, cases[i].status, cases[i].says);
    }
    expect(trade_bytes, 119, PLM_EVENT_TRUNCATED, "an event of 120 bytes or more has 119");
}

// Each case takes a good event of a kind and puts bytes where they may not stand.
typedef struct damage {
    const char *kind;
    uint32_t at; // in the body
    uint8_t size;
    uint64_t value;
    const char *says;
} damage;

static const damage damages[] = {
    {"continue", 4, 4, 1, "continue reserved is 1; allowed is 0 to 0"},
    {"asset", 48, 4, 0, "asset treatment is 0; allowed is 1 to 2"},
    {"asset", 48, 4, 3, "asset treatment is 3"},
    {"asset", 52, 4, 0, "asset tier_count is 0; allowed is 1 to 8"},
    {"asset", 52, 4, 9, "asset tier_count is 9"},
    {"asset", 120, 8, 1, "asset tier_upto_micros is not zero beyond its count"},
    {"asset", 72, 8, UINT64_MAX, "asset tier_upto_micros is not zero beyond its count"},
    {"asset", 184, 8, 1, "asset tier_haircut_ppm is not zero beyond its count"},
    {"asset", 0, 1, 0x1f, "asset name is not up to 31 printable"},
    {"asset", 0, 1, 0x7f, "asset name is not"},
    {"asset", 0, 1, 0x80, "asset name is not"},
    {"asset", 0, 1, 0, "asset name is not"},
    {"asset", 31, 1, 'x', "asset name is not"},
    {"asset", 5, 1, 'x', "asset name is not"},
    {"underlying", 36, 4, 3, "underlying domain is 3; allowed is 1 to 2"},
    {"underlying", 44, 4, 7, "underlying reserved is 7"},
    {"instrument", 36, 4, 0, "instrument kind is 0; allowed is 1 to 4"},
    {"instrument", 36, 4, 5, "instrument kind is 5"},
    {"instrument", 40, 4, 3, "instrument settlement is 3; allowed is 1 to 2"},
    {"instrument", 44, 4, 3, "instrument right is 3; allowed is 0 to 2"},
    {"instrument", 48, 4, 3, "instrument premium is 3; allowed is 0 to 2"},
    {"instrument", 60, 4, 1, "instrument reserved is 1"},
    {"account", 4, 4, 5, "account kind is 5; allowed is 1 to 4"},
    {"account", 20, 4, 1, "account reserved is 1"},
    {"signer", 4, 4, 16, "signer scopes is 16; allowed is 0 to 15"},
    {"deposit", 4, 4, 1, "deposit reserved is 1"},
    {"withdraw", 4, 4, 1, "withdraw reserved is 1"},
    {"borrow", 4, 4, 1, "borrow reserved is 1"},
    {"repay", 4, 4, 1, "repay reserved is 1"},
    {"interest", 4, 4, 1, "interest reserved is 1"},
    {"exchange", 12, 4, 1, "exchange reserved is 1"},
    {"fund", 4, 4, 0, "fund action is 0; allowed is 1 to 7"},
    {"fund", 4, 4, 8, "fund action is 8"},
    {"fund", 12, 4, 1, "fund reserved is 1"},
    {"reserve", 4, 4, 0, "reserve side is 0; allowed is 1 to 2"},
    {"reserve", 4, 4, 3, "reserve side is 3"},
    {"reserve", 32, 4, 2, "reserve is_reduce_only is 2; allowed is 0 to 1"},
    {"reserve", 36, 4, 1, "reserve reserved is 1"},
    {"settle_profit", 4, 4, 1, "settle_profit reserved is 1"},
    {"funding", 4, 4, 1, "funding reserved is 1"},
    {"settle_expiry", 4, 4, 1, "settle_expiry reserved is 1"},
    {"mark", 4, 4, 2, "mark is_present is 2; allowed is 0 to 1"},
    {"price", 4, 4, 0, "price state is 0; allowed is 1 to 4"},
    {"price", 4, 4, 5, "price state is 5"},
    {"liquidity", 4, 4, 1, "liquidity reserved is 1"},
    {"forecast", 4, 4, 1, "forecast reserved is 1"},
    {"surface_slice", 4, 4, 0, "surface_slice kind is 0; allowed is 1 to 2"},
    {"surface_slice", 24, 8, UINT64_C(0x7ff0000000000000), "surface_slice svi is not finite"},
    {"surface_slice", 56, 8, UINT64_C(0xfff0000000000000), "surface_slice svi is not finite"},
    {"surface_slice", 64, 4, 65, "surface_slice node_count is 65; allowed is 0 to 64"},
    {"surface_slice", 68, 4, 1, "surface_slice reserved is 1"},
    {"surface_slice", 80, 8, UINT64_C(0x8000000000000000), "strikes is not zero beyond its count"},
    {"surface_slice", 72, 8, UINT64_C(0x7ff8000000000000), "surface_slice strikes is not finite"},
    {"surface_slice", 1088, 8, 1, "surface_slice volatilities is not zero beyond its count"},
    {"close", 4, 4, 1, "close reserved is 1"},
    {"close", 16, 8, UINT64_C(0x7ff0000000000001), "close price is not finite"},
    {"scenario_commit", 36, 4, 3, "scenario_commit horizon is 3; allowed is 1 to 2"},
    {"parameters", 44, 4, 81, "parameters field_count is 81; allowed is 0 to 80"},
    {"parameters", 72, 8, 1, "parameters values is not zero beyond its count"},
    {"parameters", 696, 8, 1, "parameters values is not zero beyond its count"},
    {"parameters", 31, 1, 1, "parameters record is not up to 31"},
    {"model", 36, 4, 1, "model reserved is 1"},
};

// One of every count is in use, names are "abc", choices at their lowest.
static size_t
good_bytes(const plm_event_kind *kind, uint8_t *bytes) {
    plm_event event = {.header = {.type = (uint16_t)kind->type, .version = kind->version}};
    for (uint32_t i = 0; i < kind->field_count; i += 1) {
        const plm_event_field *field = &kind->fields[i];
        uint32_t value = field->form == PLM_EVENT_FORM_COUNT ? 1 : field->low;
        if (field->wire == PLM_WIRE_U32) {
            memcpy((char *)&event + field->place, &value, sizeof value);
        } else if (field->wire == PLM_WIRE_NAME) {
            memcpy((char *)&event + field->place, "abc", 3);
        }
    }
    size_t size = 0;
    assert_int_equal(plm_event_check(&event, NULL), PLM_OK);
    assert_int_equal(plm_event_encode(&event, bytes, PLM_EVENT_SIZE_MAX, &size), PLM_OK);
    return size;
}

static void
a_damaged_field_is_named(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i += 1) {
        const damage *one = &damages[i];
        uint8_t bytes[PLM_EVENT_SIZE_MAX];
        size_t size = good_bytes(plm_event_kind_named(one->kind), bytes);
        uint8_t value[8];
        pli_store_u64(value, one->value);
        memcpy(bytes + PLM_EVENT_HEADER_SIZE + one->at, value, one->size);
        expect(bytes, size, PLM_EVENT_MALFORMED, one->says);
    }
}

// The table above forgets no form: a value beyond the bounds of any field is refused.
static void
every_bound_of_every_field_is_kept(void **state) {
    (void)state;
    for (uint32_t k = 0; plm_event_kind_at(k) != NULL; k += 1) {
        const plm_event_kind *kind = plm_event_kind_at(k);
        for (uint32_t i = 0; i < kind->field_count; i += 1) {
            const plm_event_field *field = &kind->fields[i];
            uint8_t bytes[PLM_EVENT_SIZE_MAX];
            size_t size = good_bytes(kind, bytes);
            uint8_t *at = bytes + PLM_EVENT_HEADER_SIZE + field->offset;
            if (field->wire == PLM_WIRE_U32 && field->high < UINT32_MAX) {
                pli_store_u32(at, field->high + 1);
                expect(bytes, size, PLM_EVENT_MALFORMED, field->name);
            }
            if (field->wire == PLM_WIRE_U32 && field->low > 0) {
                pli_store_u32(at, field->low - 1);
                expect(bytes, size, PLM_EVENT_MALFORMED, field->name);
            }
        }
    }
}

static void
an_event_that_never_was_bytes_is_checked_the_same(void **state) {
    (void)state;
    plm_event event = {.header = {.type = PLM_EVENT_TYPE_RESERVE, .version = 1},
                       .reserve_body = {.side = PLM_SIDE_SELL}};
    plm_fault fault = {0};
    assert_int_equal(plm_event_check(&event, &fault), PLM_OK);
    event.reserve_body.side = 0;
    assert_int_equal(plm_event_check(&event, &fault), PLM_EVENT_MALFORMED);
    assert_string_equal(fault.text, "reserve side is 0; allowed is 1 to 2");
    event.header.version = 2;
    assert_int_equal(plm_event_check(&event, &fault), PLM_EVENT_UNKNOWN);
    size_t size = 0;
    uint8_t out[PLM_EVENT_SIZE_MAX];
    assert_int_equal(plm_event_encode(&event, out, sizeof out, &size), PLM_EVENT_UNKNOWN);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trade_is_the_bytes_that_the_header_file_draws),
        cmocka_unit_test(a_deposit_is_the_bytes_that_the_header_file_draws),
        cmocka_unit_test(a_parameter_record_is_the_bytes_that_the_header_file_draws),
        cmocka_unit_test(fields_follow_one_another_and_kinds_rise),
        cmocka_unit_test(choices_name_every_constant),
        cmocka_unit_test(events_survive_their_bytes),
        cmocka_unit_test(every_truncation_is_refused_and_writes_nothing),
        cmocka_unit_test(every_flipped_bit_is_another_event_or_refused),
        cmocka_unit_test(a_damaged_header_is_refused),
        cmocka_unit_test(a_damaged_field_is_named),
        cmocka_unit_test(every_bound_of_every_field_is_kept),
        cmocka_unit_test(an_event_that_never_was_bytes_is_checked_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
