/* reject.c: names and texts of every reason to refuse an event, from the one list.    SPDX-License-Identifier: Apache-2.0 */
#include "plimsoll/reject.h"

const char *
plm_reject_name(plm_reject reject) {
    switch (reject) {
#define PLM_REJECT_NAME(NAME, number, name, text)                                                  \
    case PLM_REJECT_##NAME:                                                                        \
        return #name;
        PLM_REJECT_LIST(PLM_REJECT_NAME)
#undef PLM_REJECT_NAME
    }
    return "unknown";
}

const char *
plm_reject_text(plm_reject reject) {
    switch (reject) {
#define PLM_REJECT_TEXT(NAME, number, name, text)                                                  \
    case PLM_REJECT_##NAME:                                                                        \
        return text;
        PLM_REJECT_LIST(PLM_REJECT_TEXT)
#undef PLM_REJECT_TEXT
    }
    return "unknown";
}

bool
plm_reject_is_transient(plm_reject reject) {
    switch (reject) {
    case PLM_REJECT_NONE:
    case PLM_REJECT_TIME_BACKWARDS:
    case PLM_REJECT_SCOPE:
    case PLM_REJECT_CLIENT_ID:
    case PLM_REJECT_CLIENT_ID_REUSED:
    case PLM_REJECT_DEADLINE_PAST:
    case PLM_REJECT_ACCOUNT_FOREIGN:
    case PLM_REJECT_SAME_ACCOUNT:
    case PLM_REJECT_NAME:
    case PLM_REJECT_VALUE:
    case PLM_REJECT_DECIMALS:
    case PLM_REJECT_INSTRUMENT_CLOSED:
    case PLM_REJECT_KIND:
    case PLM_REJECT_AMOUNT:
    case PLM_REJECT_SAME_ASSET:
    case PLM_REJECT_PRICE:
    case PLM_REJECT_FEE:
    case PLM_REJECT_ISOLATED_INSTRUMENT:
    case PLM_REJECT_STEPS:
    case PLM_REJECT_DAY:
    case PLM_REJECT_RECORD_UNKNOWN:
    case PLM_REJECT_LAYOUT:
    case PLM_REJECT_PARAMETER:
    case PLM_REJECT_MODEL_UNKNOWN:
    case PLM_REJECT_SIGNATURE:
    case PLM_REJECT_AUCTION_SELF:
    case PLM_REJECT_POOL_ACCOUNT:
        return false;
    case PLM_REJECT_SIGNER_UNKNOWN:
    case PLM_REJECT_AUCTION:
    case PLM_REJECT_AUCTION_PREMIUM:
    case PLM_REJECT_AUCTION_DUST:
    case PLM_REJECT_POOL_NONE:
    case PLM_REJECT_POOL_WORTH:
    case PLM_REJECT_POOL_SHARES:
    case PLM_REJECT_POOL_LOCKED:
    case PLM_REJECT_POOL_RESERVED:
    case PLM_REJECT_OPEN_INTEREST:
    case PLM_REJECT_EARLY:
    case PLM_REJECT_DEADLINE_FAR:
    case PLM_REJECT_CLIENT_TABLE_FULL:
    case PLM_REJECT_ACCOUNT_UNKNOWN:
    case PLM_REJECT_INDEX:
    case PLM_REJECT_TABLE_FULL:
    case PLM_REJECT_ASSET_UNKNOWN:
    case PLM_REJECT_UNDERLYING_UNKNOWN:
    case PLM_REJECT_INSTRUMENT_UNKNOWN:
    case PLM_REJECT_BALANCE:
    case PLM_REJECT_CUSTODY:
    case PLM_REJECT_BORROW_LIMIT:
    case PLM_REJECT_REPAY_EXCESS:
    case PLM_REJECT_QUANTITY:
    case PLM_REJECT_ORDER_UNKNOWN:
    case PLM_REJECT_ORDER_MISMATCH:
    case PLM_REJECT_ORDER_DUPLICATE:
    case PLM_REJECT_PRICE_STATE:
    case PLM_REJECT_MARK:
    case PLM_REJECT_ARRAYS:
    case PLM_REJECT_OVERFLOW:
    case PLM_REJECT_HEALTH:
    case PLM_REJECT_NOT_EXPIRED:
    case PLM_REJECT_QUEUE_FULL:
    case PLM_REJECT_QUEUE_EMPTY:
    case PLM_REJECT_SOURCE_UNKNOWN:
    case PLM_REJECT_HAS_SOURCES:
    case PLM_REJECT_COUNT:
    case PLM_REJECT_HASH:
    case PLM_REJECT_ARBITRAGE:
    case PLM_REJECT_HISTORY:
    case PLM_REJECT_VERSION:
    case PLM_REJECT_MODEL_UNSUPPORTED:
    case PLM_REJECT_RESTRICTED:
        return true;
    }
    return false;
}
