/* reject.h: why an event was refused by the rules.                                    SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_REJECT_H
#define PLIMSOLL_REJECT_H

#include <stdbool.h>

/*
 * PLM_REJECT_LIST - every reason, once: X(NAME, permanent number, name, text). An event that is refused changes nothing
 * but the event counter, the sequence and the time [L6]. The order of the checks is docs/books.md.
 */
#define PLM_REJECT_LIST(X)                                                                         \
    X(NONE, 0, none, "accepted")                                                                   \
    X(TIME_BACKWARDS, 1, time_backwards, "the event's time is before the state's")                 \
    X(SIGNER_UNKNOWN, 2, signer_unknown, "no such signer")                                         \
    X(SCOPE, 3, scope, "the signer may not do this")                                               \
    X(CLIENT_ID, 4, client_id, "only the operator may leave the client id zero")                   \
    X(CLIENT_ID_REUSED, 5, client_id_reused, "the client id was used for another event")           \
    X(DEADLINE_PAST, 6, deadline_past, "the deadline has passed or is missing")                    \
    X(DEADLINE_FAR, 7, deadline_far, "the deadline is more than 24 h ahead")                       \
    X(CLIENT_TABLE_FULL, 8, client_table_full,                                                     \
      "the signer has too many client ids that are not past their deadline")                       \
    X(ACCOUNT_UNKNOWN, 9, account_unknown, "no such account")                                      \
    X(ACCOUNT_FOREIGN, 10, account_foreign, "the account belongs to another owner")                \
    X(SAME_ACCOUNT, 11, same_account, "both sides are one account")                                \
    X(INDEX, 12, index, "not the next free index")                                                 \
    X(NAME, 13, name, "empty, or used already")                                                    \
    X(TABLE_FULL, 14, table_full, "a table fixed at open is full")                                 \
    X(VALUE, 15, value, "a value is outside its bounds")                                           \
    X(DECIMALS, 16, decimals, "decimals, underlying and name of an asset are permanent")           \
    X(ASSET_UNKNOWN, 17, asset_unknown, "no such asset")                                           \
    X(UNDERLYING_UNKNOWN, 18, underlying_unknown, "no such underlying")                            \
    X(INSTRUMENT_UNKNOWN, 19, instrument_unknown, "no such instrument")                            \
    X(INSTRUMENT_CLOSED, 20, instrument_closed, "the instrument has expired or is being settled")  \
    X(KIND, 21, kind, "not for this kind of instrument or account")                                \
    X(AMOUNT, 22, amount, "the amount is not above zero")                                          \
    X(BALANCE, 23, balance, "the balance would fall below zero")                                   \
    X(CUSTODY, 24, custody, "not enough is held in custody")                                       \
    X(BORROW_LIMIT, 25, borrow_limit, "the asset's borrowing limit would be exceeded")             \
    X(REPAY_EXCESS, 26, repay_excess, "more than is owed")                                         \
    X(SAME_ASSET, 27, same_asset, "both sides are one asset")                                      \
    X(QUANTITY, 28, quantity, "the number of lots is outside its bounds")                          \
    X(PRICE, 29, price, "the price is outside its bounds or domain")                               \
    X(FEE, 30, fee, "a fee is outside its bounds")                                                 \
    X(ISOLATED_INSTRUMENT, 31, isolated_instrument,                                                \
      "an isolated account holds one instrument only")                                             \
    X(ORDER_UNKNOWN, 32, order_unknown, "no such open order")                                      \
    X(ORDER_MISMATCH, 33, order_mismatch, "the fill does not fit the order")                       \
    X(ORDER_DUPLICATE, 34, order_duplicate,                                                        \
      "the account has an open order of that id, or the id is zero or the engine's")               \
    X(PRICE_STATE, 35, price_state, "the price's state does not allow it")                         \
    X(MARK, 36, mark, "the instrument has no mark")                                                \
    X(ARRAYS, 37, arrays, "the instrument has no risk arrays yet")                                 \
    X(OVERFLOW, 38, overflow, "an exact result does not fit its type")                             \
    X(HEALTH, 39, health, "the requirement would not be met")                                      \
    X(NOT_EXPIRED, 40, not_expired, "the expiry is still ahead")                                   \
    X(QUEUE_FULL, 41, queue_full, "too many jobs are waiting")                                     \
    X(QUEUE_EMPTY, 42, queue_empty, "no job is waiting")                                           \
    X(STEPS, 43, steps, "the number of steps is outside its bounds")                               \
    X(SOURCE_UNKNOWN, 44, source_unknown, "no such price source")                                  \
    X(HAS_SOURCES, 45, has_sources, "the price comes from sources")                                \
    X(DAY, 46, day, "the day is not after the last one, or in the future")                         \
    X(COUNT, 47, count, "not as many parts as were sent")                                          \
    X(HASH, 48, hash, "the hash is another one")                                                   \
    X(ARBITRAGE, 49, arbitrage, "the surface admits arbitrage")                                    \
    X(HISTORY, 50, history, "there is not enough history")                                         \
    X(RECORD_UNKNOWN, 51, record_unknown, "no such parameter record")                              \
    X(VERSION, 52, version, "not the next version")                                                \
    X(LAYOUT, 53, layout, "another layout of the record")                                          \
    X(PARAMETER, 54, parameter, "a parameter is outside its bounds")                               \
    X(MODEL_UNKNOWN, 55, model_unknown, "no such margin model")                                    \
    X(MODEL_UNSUPPORTED, 56, model_unsupported, "the model needs what this state does not have")   \
    X(SIGNATURE, 57, signature,                                                                    \
      "a price report is not signed by its source; it never enters the log")                       \
    X(OPEN_INTEREST, 58, open_interest, "more would be open than the market may carry")            \
    X(EARLY, 59, early, "the shock sizes were recalibrated less than an interval ago")             \
    X(RESTRICTED, 60, restricted,                                                                  \
      "the account has not met its call or is below maintenance: it may only reduce")              \
    X(AUCTION, 61, auction, "the account is not being auctioned in this round")                    \
    X(AUCTION_SELF, 62, auction_self, "the bidder has the owner of the account that is sold")      \
    X(AUCTION_PREMIUM, 63, auction_premium, "the bidder would be paid less than the bid asks for") \
    X(AUCTION_DUST, 64, auction_dust, "too small a share would be taken")                          \
    X(POOL_NONE, 65, pool_none, "there is no backstop pool")                                       \
    X(POOL_ACCOUNT, 66, pool_account, "the backstop pool's own account may not do this")           \
    X(POOL_WORTH, 67, pool_worth,                                                                  \
      "the backstop pool is worth nothing, or too much for so little to be a share of it")         \
    X(POOL_SHARES, 68, pool_shares, "the account has not so many shares of the backstop pool")     \
    X(POOL_LOCKED, 69, pool_locked, "the shares may not be redeemed yet")                          \
    X(POOL_RESERVED, 70, pool_reserved, "the backstop pool needs what it has for what it holds")

typedef enum plm_reject {
#define PLM_REJECT_ENUM(NAME, number, name, text) PLM_REJECT_##NAME = number,
    PLM_REJECT_LIST(PLM_REJECT_ENUM)
#undef PLM_REJECT_ENUM
} plm_reject;

/*
 * plm_reject_name - the reason in lower case, such as "borrow_limit". plm_reject_text - one line of plain English.
 *
 * Returns    A static string; "unknown" for a number that is no reason.
 */
const char *plm_reject_name(plm_reject reject);
const char *plm_reject_text(plm_reject reject);

/*
 * plm_reject_is_transient - may the same bytes, sent again before their deadline, be accepted?
 *
 * True where the refusal comes from state that time, the market or other events can change: a full table, a missing
 * mark, too little margin. False where the event itself is at fault or too late, and sending it again is pointless.
 */
bool plm_reject_is_transient(plm_reject reject);

#endif
