/* fuzz_feed.c: any bytes as a stored feed and as what its sources say.                SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "market/feed_index.h"
#include "market/feed_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define START INT64_C(1700000000000000000)
#define STEP_SIZE (8 + PLI_FEED_MESSAGE_SIZE)

static void
check(bool is_kept) {
    if (!is_kept) {
        abort();
    }
}

static void
check_view(const pli_feed *feed, const plm_feed_parameters *parameters) {
    pli_price_view view = pli_feed_view(feed);
    check(view.state >= PLM_PRICE_STATE_VALID && view.state <= PLM_PRICE_STATE_INVALID);
    check(view.price_e8 >= -PLM_PRICE_E8_MAX && view.price_e8 <= PLM_PRICE_E8_MAX);
    check(view.confidence_e8 >= 0 && view.confidence_e8 <= PLM_PRICE_E8_MAX);
    check(view.age_ns >= 0);
    check(view.state != PLM_PRICE_STATE_VALID || (int64_t)view.fresh_count >= parameters->quorum);
    uint8_t bytes[PLI_FEED_ENCODED_SIZE];
    uint8_t again[PLI_FEED_ENCODED_SIZE];
    pli_feed copy;
    pli_feed_encode(feed, bytes);
    check(pli_feed_decode(bytes, &copy, NULL) == PLM_OK);
    pli_feed_encode(&copy, again);
    check(memcmp(bytes, again, sizeof bytes) == 0);
}

static void
open_feed(pli_feed *feed) {
    const plm_underlying underlying = {.domain = PLM_PRICE_DOMAIN_POSITIVE, .price_unit = 1};
    plm_feed_source sources[4];
    memset(sources, 0, sizeof sources);
    for (uint32_t i = 0; i < 4; i += 1) {
        sources[i].source_id = i;
        sources[i].weight = 1 + i;
        sources[i].clamp_high_e8 = PLM_PRICE_E8_MAX;
        sources[i].public_key[0] = (uint8_t)i;
    }
    pli_feed_init(feed, 0, 0, &underlying, (plm_time){START});
    check(pli_feed_configure(feed, sources, 4, NULL) == PLM_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    plm_feed_parameters parameters;
    plm_record_init(&plm_feed_descriptor, &parameters);
    pli_feed feed;
    // A stored feed that is refused leaves a fresh one.
    if (size < PLI_FEED_ENCODED_SIZE || pli_feed_decode(data, &feed, NULL) != PLM_OK) {
        open_feed(&feed);
    } else {
        data += PLI_FEED_ENCODED_SIZE;
        size -= PLI_FEED_ENCODED_SIZE;
    }
    int64_t time = feed.time_ns;
    for (; size >= STEP_SIZE; data += STEP_SIZE, size -= STEP_SIZE) {
        // Pauses of up to 2^40 ns: 18 minutes.
        time += (int64_t)(pli_load_u64(data) >> 24);
        if (time > PLI_FEED_TIME_MAX) {
            break;
        }
        uint8_t message[PLI_FEED_MESSAGE_SIZE];
        memcpy(message, data + 8, sizeof message);
        plm_price_report report;
        if (!pli_feed_message_read(message, &report)) {
            pli_feed_message_write(&(plm_price_report){.status = 2}, message);
            memcpy(message + 24, data + 32, sizeof message - 24);
            check(pli_feed_message_read(message, &report));
        }
        plm_report_outcome outcome = pli_feed_report(&feed, &parameters, &report, (plm_time){time});
        check(strcmp(plm_report_outcome_name(outcome), "unknown") != 0);
        check_view(&feed, &parameters);
    }
    return 0;
}
