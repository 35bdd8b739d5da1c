/* feed_message.c: a price report as the bytes that are signed, and back.              SPDX-License-Identifier: Apache-2.0 */
#include "market/feed_message.h"

#include "base/endian.h"
#include "base/libc.h"

static const char domain[24] = "plimsoll/price-report/1";

void
pli_feed_message_write(const plm_price_report *report, uint8_t message[PLI_FEED_MESSAGE_SIZE]) {
    memcpy(message, domain, sizeof domain);
    pli_store_u32(message + 24, report->network_id);
    pli_store_u32(message + 28, report->feed_id);
    pli_store_u32(message + 32, report->source_id);
    pli_store_u32(message + 36, report->status);
    pli_store_u64(message + 40, report->sequence);
    pli_store_i64(message + 48, report->publish_ns);
    pli_store_i64(message + 56, report->valid_from_ns);
    pli_store_i64(message + 64, report->expires_ns);
    pli_store_i64(message + 72, report->price_e8);
    pli_store_i64(message + 80, report->confidence_e8);
}

bool
pli_feed_message_read(const uint8_t message[PLI_FEED_MESSAGE_SIZE], plm_price_report *report) {
    if (memcmp(message, domain, sizeof domain) != 0) {
        return false;
    }
    *report = (plm_price_report){.network_id = pli_load_u32(message + 24),
                                 .feed_id = pli_load_u32(message + 28),
                                 .source_id = pli_load_u32(message + 32),
                                 .status = pli_load_u32(message + 36),
                                 .sequence = pli_load_u64(message + 40),
                                 .publish_ns = pli_load_i64(message + 48),
                                 .valid_from_ns = pli_load_i64(message + 56),
                                 .expires_ns = pli_load_i64(message + 64),
                                 .price_e8 = pli_load_i64(message + 72),
                                 .confidence_e8 = pli_load_i64(message + 80)};
    return true;
}
