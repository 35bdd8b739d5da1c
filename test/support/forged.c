/* forged.c: requests whose signature does not hold, drawn by kind, as tests of the door share them.  SPDX-License-Identifier: Apache-2.0 */
#include "support/forged.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/blake2b.h"
#include "base/prng.h"
#include "crypto/signature.h"
#include "server/caller.h"
#include "support/core_world.h"

#define NOW (TS_CORE_START + INT64_C(3600000000000))
enum { SIGNERS = 3, NETWORK = 7, BODY_MAX = 200, HEADER_MAX = 300, CONTROL = 16 };

#define NAMED(name, text) KIND_##name,
enum { TS_FORGED_KINDS(NAMED) KINDS };
#undef NAMED
#define TOLD(name, text) text,
static const char *const kind_names[] = {TS_FORGED_KINDS(TOLD)};
#undef TOLD

/* What is signed, and what is sent: the same but for one thing. */
typedef struct request {
    bool is_post;
    char path[64], query[64];
    uint8_t body[BODY_MAX];
    size_t body_size;
    uint64_t signer;
    int64_t deadline_ns;
    uint64_t network;
    const char *first_line;
    uint8_t signature[PLI_SIGNATURE_SIZE];
    char header[HEADER_MAX];
} request;

typedef struct door {
    ts_core core;
    pli_prng prng;
    pli_key_pair pairs[SIGNERS]; /* of signers 0, the operator, 1 and 2 */
    pli_caller_keys keys, keys_without_operator;
} door;

static uint64_t
below(door *at, uint64_t n) {
    return pli_prng_below(&at->prng, n);
}

static void
draw_pair(door *at, pli_key_pair *pair) {
    uint8_t seed[PLI_KEY_SEED_SIZE];
    for (size_t i = 0; i < sizeof seed; i += 1) {
        seed[i] = (uint8_t)pli_prng_next_u64(&at->prng);
    }
    pli_key_pair_from_seed(seed, pair);
}

static void
register_key(door *at, uint32_t signer, const pli_key_pair *pair) {
    plm_event *event = ts_core_write(&at->core, PLM_EVENT_TYPE_SIGNER, 0);
    event->signer_body.signer_index = signer;
    event->signer_body.scopes = PLM_SCOPE_TRADE;
    memcpy(event->signer_body.public_key, pair->public_key, PLI_KEY_PUBLIC_SIZE);
    ts_core_must(&at->core);
}

static void
door_init(door *at, uint64_t seed) {
    memset(at, 0, sizeof *at);
    plm_core_limits limits = ts_core_limits();
    ts_core_init(&at->core, &limits);
    at->prng = pli_prng_init(seed);
    assert_true(pli_crypto_init());
    for (uint32_t i = 0; i < SIGNERS; i += 1) {
        draw_pair(at, &at->pairs[i]);
    }
    register_key(at, 1, &at->pairs[1]);
    register_key(at, 2, &at->pairs[2]);
    at->keys_without_operator.core = at->core.core;
    at->keys = (pli_caller_keys){.core = at->core.core, .has_operator = true};
    memcpy(at->keys.operator_key, at->pairs[0].public_key, PLI_KEY_PUBLIC_SIZE);
}

// The lines of caller.h, written down a second time.
static int
write_lines(const request *at, char *text, size_t room) {
    uint8_t hash[PLI_BLAKE2B_256_SIZE];
    char digits[2 * sizeof hash + 1];
    pli_blake2b_256(at->body, at->body_size, hash);
    for (size_t i = 0; i < sizeof hash; i += 1) {
        (void)snprintf(digits + 2 * i, 3, "%02x", (unsigned)hash[i]);
    }
    return snprintf(text, room, "%s\n%" PRIu64 "\n%s\n%s%s%s\n%s\n%" PRIu64 "\n%" PRId64 "\n",
                    at->first_line, at->network, at->is_post ? "POST" : "GET", at->path,
                    at->query[0] == '\0' ? "" : "?", at->query, digits, at->signer,
                    at->deadline_ns);
}

static void
sign(request *at, const pli_key_pair *pair) {
    char text[512];
    int size = write_lines(at, text, sizeof text);
    assert_in_range(size, 1, sizeof text - 1);
    pli_signature_make(pair, (const uint8_t *)text, (size_t)size, at->signature);
}

static void
write_header(request *at) {
    int size = snprintf(at->header, sizeof at->header,
                        "Plimsoll signer=%" PRIu64 ",deadline=%" PRId64 ",signature=", at->signer,
                        at->deadline_ns);
    for (size_t i = 0; i < PLI_SIGNATURE_SIZE; i += 1) {
        size += snprintf(at->header + size, sizeof at->header - (size_t)size, "%02x",
                         (unsigned)at->signature[i]);
    }
}

static void
draw_request(door *at, request *drawn) {
    static const char *const paths[] = {"/v1/events", "/v1/accounts/0", "/v1/stress", "/v1/stream"};
    static const char *const queries[] = {"", "price=-0.1", "instrument=0&lots=1", "depth=0.5"};
    memset(drawn, 0, sizeof *drawn);
    drawn->is_post = below(at, 2) == 0;
    (void)snprintf(drawn->path, sizeof drawn->path, "%s", paths[below(at, 4)]);
    (void)snprintf(drawn->query, sizeof drawn->query, "%s", queries[below(at, 4)]);
    drawn->body_size = drawn->is_post ? 1 + below(at, BODY_MAX - 2) : 0;
    for (size_t i = 0; i < drawn->body_size; i += 1) {
        drawn->body[i] = (uint8_t)pli_prng_next_u64(&at->prng);
    }
    drawn->signer = below(at, SIGNERS);
    drawn->deadline_ns = NOW + 1 + (int64_t)below(at, (uint64_t)PLI_CALLER_DEADLINE_MAX_NS);
    drawn->network = NETWORK;
    drawn->first_line = "plimsoll-request-1";
}

static bool
is_accepted(const pli_caller_keys *keys, const request *sent, int64_t now_ns) {
    uint8_t body[BODY_MAX];
    memcpy(body, sent->body, sizeof body);
    pli_http_request asked = {.is_post = sent->is_post,
                              .path = sent->path,
                              .query = sent->query,
                              .host = "",
                              .origin = "",
                              .type = "",
                              .known = "",
                              .authorization = sent->header,
                              .body = body,
                              .body_size = sent->body_size};
    pli_caller caller;
    const char *wrong = pli_caller_find(keys, &asked, now_ns, &caller);
    assert_true(wrong == NULL || !caller.is_known);
    return caller.is_known;
}

// The order of the group, little-endian (RFC 8032 section 5.1): S + L is S to a verifier that does not look.
static void
add_order(uint8_t scalar[32]) {
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                      0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                      0,    0,    0,    0,    0,    0,    0,    0,
                                      0,    0,    0,    0,    0,    0,    0,    0x10};
    unsigned carry = 0;
    for (size_t i = 0; i < 32; i += 1) {
        carry += (unsigned)scalar[i] + order[i];
        scalar[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

// Other bytes that the same key signs: a report's domain, as src/market/feed_message.h lays it out, in front of noise.
static void
sign_report(door *at, request *drawn) {
    uint8_t message[88] = "plimsoll-report-1";
    for (size_t i = 24; i < sizeof message; i += 1) {
        message[i] = (uint8_t)pli_prng_next_u64(&at->prng);
    }
    pli_signature_make(&at->pairs[drawn->signer], message, sizeof message, drawn->signature);
}

// What is changed before the signature is made.
static void
spoil_signed(door *at, unsigned kind, request *drawn) {
    const pli_key_pair *pair = &at->pairs[drawn->signer];
    pli_key_pair other;
    switch (kind) {
    case KIND_KEY:
        draw_pair(at, &other);
        pair = &other;
        break;
    case KIND_FAR:
        drawn->deadline_ns =
            pli_prng_range_i64(&at->prng, NOW + PLI_CALLER_DEADLINE_MAX_NS + 1, INT64_MAX);
        break;
    case KIND_NETWORK:
        drawn->network = below(at, 2) == 0 ? below(at, NETWORK) : NETWORK + 1 + below(at, 1000);
        break;
    case KIND_DOMAIN_LINE:
        drawn->first_line = below(at, 2) == 0 ? "plimsoll-request-2" : "plimsoll-report-1";
        break;
    case KIND_NO_SIGNER:
        drawn->signer = SIGNERS + below(at, UINT32_MAX - SIGNERS);
        break;
    case KIND_NO_OPERATOR:
        drawn->signer = 0;
        pair = &at->pairs[0];
        break;
    default:
        break;
    }
    sign(drawn, pair);
}

static void
spoil_signature(door *at, unsigned kind, request *drawn) {
    static const uint8_t small[2][32] = {{1}, {0}};
    if (kind == KIND_SIGNATURE_BIT) {
        drawn->signature[below(at, PLI_SIGNATURE_SIZE)] ^= (uint8_t)(1u << below(at, 8));
    } else if (kind == KIND_REPORT) {
        sign_report(at, drawn);
    } else if (kind == KIND_SECOND_FORM) {
        add_order(drawn->signature + 32);
    } else if (kind == KIND_SMALL_ORDER) {
        memcpy(drawn->signature, small[below(at, 2)], 32);
        memset(drawn->signature + 32, 0, below(at, 2) == 0 ? 32 : 0);
    } else if (kind == KIND_OTHERS) {
        request other;
        draw_request(at, &other);
        other.signer = drawn->signer;
        sign(&other, &at->pairs[other.signer]);
        memcpy(drawn->signature, other.signature, sizeof other.signature);
    }
}

static void
spoil_request(door *at, unsigned kind, request *drawn) {
    if (kind == KIND_BODY_BIT) {
        drawn->body_size += drawn->body_size == 0;
        drawn->body[below(at, drawn->body_size)] ^= (uint8_t)(1u << below(at, 8));
    } else if (kind == KIND_BODY_END) {
        drawn->body_size += drawn->body_size == 0 || below(at, 2) == 0 ? 1 : (size_t)-1;
    } else if (kind == KIND_PATH) {
        size_t last = strlen(drawn->path) - 1;
        drawn->path[last] = drawn->path[last] == 'x' ? 'y' : 'x';
    } else if (kind == KIND_QUERY) {
        size_t size = strlen(drawn->query);
        drawn->query[size == 0 || below(at, 2) == 0 ? size : size - 1] = size == 0 ? 'a' : '9';
        drawn->query[0] = below(at, 4) == 0 && size > 0 ? '\0' : drawn->query[0];
    } else if (kind == KIND_METHOD) {
        drawn->is_post = !drawn->is_post;
    } else if (kind == KIND_SIGNER) {
        drawn->signer = (drawn->signer + 1 + below(at, SIGNERS - 1)) % SIGNERS;
    } else if (kind == KIND_DEADLINE) {
        int64_t deadline = NOW + 1 + (int64_t)below(at, (uint64_t)PLI_CALLER_DEADLINE_MAX_NS);
        drawn->deadline_ns = deadline == drawn->deadline_ns ? NOW + 1 : deadline;
    }
}

// One byte of the header; false where chance has put the same header back.
static bool
spoil_header(door *at, request *drawn) {
    static const char bytes[] = " ,=+-0x9aAfFgG\tP;:\"\x80";
    char before[HEADER_MAX];
    memcpy(before, drawn->header, sizeof before);
    size_t size = strlen(drawn->header);
    size_t place = below(at, size);
    char drawn_byte = bytes[below(at, sizeof bytes - 1)];
    if (below(at, 3) == 0) {
        drawn->header[place] = drawn_byte;
    } else if (below(at, 2) == 0) {
        memmove(drawn->header + place + 1, drawn->header + place, size - place + 1);
        drawn->header[place] = drawn_byte;
    } else {
        memmove(drawn->header + place, drawn->header + place + 1, size - place);
    }
    return strcmp(before, drawn->header) != 0;
}

// One request: false where nothing could be wrong with it.
static bool
try_one(door *at, unsigned kind) {
    request drawn;
    draw_request(at, &drawn);
    if (below(at, CONTROL) == 0) {
        sign(&drawn, &at->pairs[drawn.signer]);
        write_header(&drawn);
        assert_true(is_accepted(&at->keys, &drawn, NOW));
    }
    int64_t now_ns = NOW;
    uint8_t before[PLI_SIGNATURE_SIZE];
    spoil_signed(at, kind, &drawn);
    memcpy(before, drawn.signature, sizeof before);
    spoil_signature(at, kind, &drawn);
    spoil_request(at, kind, &drawn);
    write_header(&drawn);
    if (kind == KIND_HEADER && !spoil_header(at, &drawn)) {
        return false;
    }
    if (kind == KIND_OTHERS && memcmp(before, drawn.signature, sizeof before) == 0) {
        return false;
    }
    if (kind == KIND_EXPIRED) {
        now_ns = pli_prng_range_i64(&at->prng, drawn.deadline_ns, INT64_MAX);
    }
    const pli_caller_keys *keys = kind == KIND_NO_OPERATOR ? &at->keys_without_operator : &at->keys;
    if (is_accepted(keys, &drawn, now_ns)) {
        fail_msg("accepted: %s: %s %s?%s, %s", kind_names[kind], drawn.is_post ? "POST" : "GET",
                 drawn.path, drawn.query, drawn.header);
    }
    return true;
}

void
ts_forged_run(uint64_t seed, uint64_t count) {
    static door at;
    uint64_t counts[KINDS] = {0};
    uint64_t sum = 0;
    door_init(&at, seed);
    for (uint64_t i = 0; sum < count; i += 1) {
        bool is_one = try_one(&at, (unsigned)(i % KINDS));
        counts[i % KINDS] += is_one;
        sum += is_one;
    }
    for (unsigned kind = 0; kind < KINDS; kind += 1) {
        assert_true(counts[kind] > 0);
        print_message("%8" PRIu64 " refused: %s\n", counts[kind], kind_names[kind]);
    }
    print_message("%8" PRIu64 " refused, 0 accepted\n", sum);
    ts_core_finish(&at.core);
}
