/* admit.c: which price reports may enter the log.                                     SPDX-License-Identifier: Apache-2.0 */
#include "crypto/signature.h"
#include "engine/engine.h"
#include "market/feed_message.h"

bool
pli_engine_is_signed(const plm_core *core, const plm_event_price_report *report) {
    plm_feed_source source;
    if (plm_core_source(core, report->underlying_index, report->source_index, &source) != PLM_OK) {
        return true; // there is no key to hold it against: the core refuses the report, on record
    }
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
    uint8_t bytes[PLI_FEED_MESSAGE_SIZE];
    pli_feed_message_write(&message, bytes);
    return pli_signature_is_valid(source.public_key, bytes, sizeof bytes, report->signature);
}
