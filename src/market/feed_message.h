/* feed_message.h: the bytes of a price report that its source signs.                  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_MARKET_FEED_MESSAGE_H
#define PLI_MARKET_FEED_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "plimsoll/feed.h"

/*
 * The message, 88 bytes, every number little-endian, signed ones in two's complement:
 *
 *     offset  bytes  field
 *     0       24     domain: "plimsoll/price-report/1" and one zero byte
 *     24      4      network_id
 *     28      4      feed_id
 *     32      4      source_id
 *     36      4      status
 *     40      8      sequence
 *     48      8      publish_ns
 *     56      8      valid_from_ns
 *     64      8      expires_ns
 *     72      8      price_e8
 *     80      8      confidence_e8
 *
 * A source signs exactly these bytes with ed25519 (RFC 8032, no prehash). On the wire the 64 bytes of the signature follow
 * them, 152 bytes in all. The domain keeps a signature from meaning anything else; the network keeps a report for a test
 * venue out of the real one.
 */
#define PLI_FEED_MESSAGE_SIZE 88u
#define PLI_FEED_SIGNED_SIZE (PLI_FEED_MESSAGE_SIZE + PLM_SIGNATURE_SIZE)

/* pli_feed_message_write - the bytes to sign. */
void pli_feed_message_write(const plm_price_report *report, uint8_t message[PLI_FEED_MESSAGE_SIZE]);

/*
 * pli_feed_message_read - the report that the bytes state; one message has one report and the reverse.
 *
 * Returns    false, and *report is left alone, where the domain is another.
 */
bool pli_feed_message_read(const uint8_t message[PLI_FEED_MESSAGE_SIZE], plm_price_report *report);

#endif
