/* admit.c: which price reports may enter the log.                                     SPDX-License-Identifier: Apache-2.0 */
#include "crypto/signature.h"
#include "engine/engine.h"
#include "market/feed_message.h"

// The bytes that a source signs for the report in an event.
static void
write_message(const plm_event_price_report *report, uint8_t bytes[PLI_FEED_MESSAGE_SIZE]) {
    plm_price_report message = {.network_id = report->network,
                                .feed_id = report->underlying_index,
                                .source_id = report->source_index,
                                .status = report->status,
                                .sequence = report->report_sequence,
                                .publish_ns = report->publish_ns,
                                .valid_from_ns = report->valid_from_ns,
                                .expires_ns = report->expires_ns,
                                .price_e8 = report->price_e8,
                                .confidence_e8 = report->confidence_e8};
    pli_feed_message_write(&message, bytes);
}

bool
pli_engine_is_signed(const plm_core *core, const plm_event_price_report *report) {
    plm_feed_source source;
    if (plm_core_source(core, report->underlying_index, report->source_index, &source) != PLM_OK) {
        return true; // there is no key to hold it against: the core refuses the report, on record
    }
    uint8_t bytes[PLI_FEED_MESSAGE_SIZE];
    write_message(report, bytes);
    return pli_signature_is_valid(source.public_key, bytes, sizeof bytes, report->signature);
}

void
pli_engine_sign(const plm_event_price_report *report, const pli_key_pair *pair,
                uint8_t signature[PLI_SIGNATURE_SIZE]) {
    uint8_t bytes[PLI_FEED_MESSAGE_SIZE];
    write_message(report, bytes);
    pli_signature_make(pair, bytes, sizeof bytes, signature);
}
