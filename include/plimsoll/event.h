/* event.h: everything that may happen to the books, byte by byte.                     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_EVENT_H
#define PLIMSOLL_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "plimsoll/limits.h"
#include "plimsoll/quantity.h"
#include "plimsoll/status.h"

/*
 * An event is a header of 64 bytes and a body whose size is fixed by (type, version), at most PLM_EVENT_BODY_MAX. Every
 * number is little-endian; signed numbers are two's complement; bytes that the lists below do not name do not exist.
 *
 *   offset size  header field
 *        0    4  size         whole event: 64 + body
 *        4    2  type         plm_event_type
 *        6    2  version      of the body's layout, from 1
 *        8    8  sequence     0 as submitted; the log's own number once sequenced, 1 for the first event ever
 *       16    8  time_ns      of the sequencer; never falls
 *       24    8  deadline_ns  after this the event is refused; at most 24 h after time_ns; 0 only without a client id
 *       32   16  client_id    chosen by the signer, never used twice before its deadline; zero: no id (operator only)
 *       48    4  account      whose account, or PLM_NONE
 *       52    4  signer       who asks: index of a signer; 0 is the operator
 *       56    8  reserved     zero
 *
 * What each kind does, which checks it passes and what it answers: docs/books.md.
 */
#define PLM_EVENT_HEADER_SIZE 64u
#define PLM_EVENT_BODY_MAX 4096u
#define PLM_EVENT_SIZE_MAX (PLM_EVENT_HEADER_SIZE + PLM_EVENT_BODY_MAX)
#define PLM_EVENT_DEADLINE_MAX_NS PLM_DAY_NS
#define PLM_RECORD_FIELDS_MAX 80u /* fields of a parameter record in an event */
#define PLM_SLICE_NODES_MAX 64u   /* strikes of a grid slice in an event */

/*
 * Wire types. The first three are numbers of that many bits; WIDE is a plm_wide (16 bytes); BITS is a double as its IEEE
 * 754 bits; NAME is PLM_NAME_SIZE bytes of text, zero-filled, at least one zero at the end; BYTES is opaque. A field of
 * several values has them side by side.
 */
typedef enum plm_wire {
    PLM_WIRE_U32 = 1,
    PLM_WIRE_U64 = 2,
    PLM_WIRE_I64 = 3,
    PLM_WIRE_WIDE = 4,
    PLM_WIRE_BITS = 5,
    PLM_WIRE_NAME = 6,
    PLM_WIRE_BYTES = 7
} plm_wire;

/*
 * plm_event_form - what a decoder asks of a field besides its wire type.
 *
 * BITS are always finite, a NAME is always text; the values that need state, or are a rule and no form (an amount above
 * zero, a price inside its bounds), are checked where the event is applied.
 */
typedef enum plm_event_form {
    PLM_EVENT_FORM_ANY = 1,      /* every value */
    PLM_EVENT_FORM_ZERO = 2,     /* reserved */
    PLM_EVENT_FORM_OPTIONAL = 3, /* an index, or PLM_NONE */
    PLM_EVENT_FORM_FLAG = 4,     /* 0 or 1 */
    PLM_EVENT_FORM_CHOICE = 5,   /* a constant of an enum: `low`..`high`, named by `choices` */
    PLM_EVENT_FORM_SET = 6,      /* bits from the lowest, named by `choices` */
    PLM_EVENT_FORM_COUNT = 7,    /* `low`..`high`: how much of the arrays beside it is in use */
    PLM_EVENT_FORM_COUNTED = 8   /* an array: zero beyond the count at offset `counted_by` */
} plm_event_form;

/*
 * The bodies, version 1: X(type, offset, wire, name, count, form, text). `count` is 1 for a single value; `form` is a
 * word that src/model/event_fields.c turns into the form above with its bounds. The lists yield the structs, the codec,
 * the JSON names and the table in docs/events.md.
 */
#define PLM_EVENT_TIME(X, T)

#define PLM_EVENT_CONTINUE(X, T)                                                                   \
    X(T, 0, U32, step_count, 1, ANY, "units of queued work to do, 1..1024")                        \
    X(T, 4, U32, reserved, 1, ZERO, "zero")

#define PLM_EVENT_ASSET(X, T)                                                                      \
    X(T, 0, NAME, name, 1, ANY, "unique among assets")                                             \
    X(T, 32, U32, asset_index, 1, ANY,                                                             \
      "the next free index lists it; a listed one replaces its terms")                             \
    X(T, 36, U32, underlying_index, 1, OPTIONAL,                                                   \
      "whose index is its price; PLM_NONE: valuation currency")                                    \
    X(T, 40, U32, custody_domain, 1, ANY, "which chain or custodian holds it")                     \
    X(T, 44, U32, decimals, 1, ANY, "atoms per unit = 10^decimals, 0..18; permanent")              \
    X(T, 48, U32, treatment, 1, TREATMENT, "plm_treatment")                                        \
    X(T, 52, U32, tier_count, 1, TIERS, "haircut tiers in use, 1..8")                              \
    X(T, 56, I64, liability_haircut_ppm, 1, ANY, "added to the price of a loan, 0..1e6")           \
    X(T, 64, I64, tier_upto_micros, 8, OF_TIERS,                                                   \
      "upper ends of the haircut tiers; the last INT64_MAX")                                       \
    X(T, 128, I64, tier_haircut_ppm, 8, OF_TIERS, "haircut of each tier, < 1e6, not falling")      \
    X(T, 192, WIDE, borrow_cap_atoms, 1, ANY, "most that all accounts may borrow together, >= 0")  \
    X(T, 208, I64, kink_ppm, 1, ANY, "utilisation at the kink of the rate curve, 1..999999")       \
    X(T, 216, I64, rate_zero_ppm, 1, ANY, "yearly rate at no utilisation, 0..1e7")                 \
    X(T, 224, I64, rate_kink_ppm, 1, ANY, "yearly rate at the kink, not below rate_zero")          \
    X(T, 232, I64, rate_full_ppm, 1, ANY, "yearly rate at full utilisation, not below rate_kink")  \
    X(T, 240, I64, reserve_ppm, 1, ANY, "share of the interest kept by the venue, 0..1e6")

#define PLM_EVENT_UNDERLYING(X, T)                                                                 \
    X(T, 0, NAME, name, 1, ANY, "unique among underlyings")                                        \
    X(T, 32, U32, underlying_index, 1, ANY, "the next free index; a listed one is refused")        \
    X(T, 36, U32, domain, 1, DOMAIN, "plm_price_domain")                                           \
    X(T, 40, U32, class_id, 1, ANY, "shock class")                                                 \
    X(T, 44, U32, reserved, 1, ZERO, "zero")                                                       \
    X(T, 48, I64, price_unit, 1, ANY, "units that one quoted price buys")                          \
    X(T, 56, I64, tick_e8, 1, ANY, "smallest price step, > 0")                                     \
    X(T, 64, I64, reference_e8, 1, ANY, "domain `any`: what relative moves are relative to; else 0")

#define PLM_EVENT_INSTRUMENT(X, T)                                                                 \
    X(T, 0, NAME, name, 1, ANY, "unique among instruments")                                        \
    X(T, 32, U32, instrument_index, 1, ANY, "the next free index; a listed one is refused")        \
    X(T, 36, U32, kind, 1, KIND, "plm_kind")                                                       \
    X(T, 40, U32, settlement, 1, SETTLEMENT, "plm_settlement")                                     \
    X(T, 44, U32, right, 1, RIGHT, "plm_right")                                                    \
    X(T, 48, U32, premium, 1, PREMIUM, "plm_premium")                                              \
    X(T, 52, U32, underlying_index, 1, ANY, "what it is written on")                               \
    X(T, 56, U32, settlement_asset_index, 1, ANY, "what it settles in")                            \
    X(T, 60, U32, reserved, 1, ZERO, "zero")                                                       \
    X(T, 64, I64, lot_e8, 1, ANY, "as plm_instrument")                                             \
    X(T, 72, I64, strike_e8, 1, ANY, "options, else 0")                                            \
    X(T, 80, I64, expiry_ns, 1, ANY, "futures and options, else 0")

#define PLM_EVENT_ACCOUNT(X, T)                                                                    \
    X(T, 0, U32, account_index, 1, ANY, "the next free index")                                     \
    X(T, 4, U32, kind, 1, ACCOUNT_KIND, "plm_account_kind")                                        \
    X(T, 8, U32, parent_index, 1, OPTIONAL,                                                        \
      "SUB and ISOLATED: the account it belongs to; else PLM_NONE")                                \
    X(T, 12, U32, instrument_index, 1, OPTIONAL,                                                   \
      "ISOLATED: the one instrument it may hold; else PLM_NONE")                                   \
    X(T, 16, U32, owner, 1, ANY, "the signer that may act for it")                                 \
    X(T, 20, U32, reserved, 1, ZERO, "zero")

#define PLM_EVENT_SIGNER(X, T)                                                                     \
    X(T, 0, U32, signer_index, 1, ANY,                                                             \
      "the next free index, from 1; of a listed one key and scopes are replaced")                  \
    X(T, 4, U32, scopes, 1, SCOPES, "PLM_SCOPE_*, or'ed")                                          \
    X(T, 8, BYTES, public_key, 32, ANY, "ed25519")

#define PLM_EVENT_SOURCE(X, T)                                                                     \
    X(T, 0, U32, underlying_index, 1, ANY, "whose price it reports")                               \
    X(T, 4, U32, source_index, 1, ANY, "its place in that underlying's feed")                      \
    X(T, 8, I64, weight, 1, ANY, "weight in the median; 0 removes the source")                     \
    X(T, 16, BYTES, public_key, 32, ANY, "ed25519 key that signs its reports")                     \
    X(T, 48, I64, clamp_low_e8, 1, ANY, "a price at or below it is the source's own clamp")        \
    X(T, 56, I64, clamp_high_e8, 1, ANY, "at or above it likewise; both 0: no clamps")             \
    X(T, 64, U32, is_own, 1, FLAG, "1: the venue's own book, whose weight is limited further")     \
    X(T, 68, U32, reserved, 1, ZERO, "zero")

#define PLM_EVENT_ANCHOR(X, T)                                                                     \
    X(T, 0, U32, underlying_index, 1, ANY, "a wrapped or stable asset's price")                    \
    X(T, 4, U32, is_present, 1, FLAG, "0 takes the anchor away")                                   \
    X(T, 8, U32, base_underlying_index, 1, OPTIONAL,                                               \
      "what it is redeemed in; PLM_NONE: the valuation currency")                                  \
    X(T, 12, U32, ratio_underlying_index, 1, OPTIONAL,                                             \
      "whose price is the units of the base for one unit; PLM_NONE: ratio_e8 is")                  \
    X(T, 16, I64, ratio_e8, 1, ANY, "fixed units of the base for one unit; 0 with a ratio feed")

#define PLM_EVENT_DEPOSIT(X, T)                                                                    \
    X(T, 0, U32, asset_index, 1, ANY, "which asset")                                               \
    X(T, 4, U32, reserved, 1, ZERO, "zero")                                                        \
    X(T, 8, WIDE, atoms, 1, ANY, "> 0")
#define PLM_EVENT_WITHDRAW(X, T) PLM_EVENT_DEPOSIT(X, T)
#define PLM_EVENT_BORROW(X, T) PLM_EVENT_DEPOSIT(X, T)
#define PLM_EVENT_REPAY(X, T) PLM_EVENT_DEPOSIT(X, T)

#define PLM_EVENT_TRANSFER(X, T)                                                                   \
    X(T, 0, U32, asset_index, 1, ANY, "which asset")                                               \
    X(T, 4, U32, to_account, 1, ANY, "an account of the same owner")                               \
    X(T, 8, WIDE, atoms, 1, ANY, "> 0")

#define PLM_EVENT_INTEREST(X, T)                                                                   \
    X(T, 0, U32, asset_index, 1, ANY, "which asset")                                               \
    X(T, 4, U32, reserved, 1, ZERO, "zero")

#define PLM_EVENT_EXCHANGE(X, T)                                                                   \
    X(T, 0, U32, other_account, 1, ANY, "the other side")                                          \
    X(T, 4, U32, give_asset_index, 1, ANY, "what the header's account gives")                      \
    X(T, 8, U32, take_asset_index, 1, ANY, "what it takes")                                        \
    X(T, 12, U32, reserved, 1, ZERO, "zero")                                                       \
    X(T, 16, WIDE, give_atoms, 1, ANY, "> 0")                                                      \
    X(T, 32, WIDE, take_atoms, 1, ANY, "> 0")

#define PLM_EVENT_FUND(X, T)                                                                       \
    X(T, 0, U32, asset_index, 1, ANY, "which asset")                                               \
    X(T, 4, U32, action, 1, ACTION, "plm_fund_action")                                             \
    X(T, 8, U32, instrument_index, 1, OPTIONAL,                                                    \
      "COMMIT, KEEP, FREE: the market that is meant; else PLM_NONE")                               \
    X(T, 12, U32, reserved, 1, ZERO, "zero")                                                       \
    X(T, 16, WIDE, atoms, 1, ANY, "> 0")

#define PLM_EVENT_SOCIALISE(X, T)                                                                  \
    X(T, 0, U32, asset_index, 1, ANY, "what is owed")                                              \
    X(T, 4, U32, instrument_index, 1, OPTIONAL,                                                    \
      "whose unpaid profits bear its losses; PLM_NONE: who holds the asset bears the rest")        \
    X(T, 8, WIDE, atoms, 1, ANY, "most that is written off, > 0")

#define PLM_EVENT_TRADE(X, T)                                                                      \
    X(T, 0, U32, instrument_index, 1, ANY, "which instrument")                                     \
    X(T, 4, U32, maker_account, 1, ANY, "the other side; the header's account is the taker")       \
    X(T, 8, I64, lots, 1, ANY, "signed for the taker, not 0")                                      \
    X(T, 16, I64, price_e8, 1, ANY, "in the instrument's own quotation")                           \
    X(T, 24, I64, taker_fee_atoms, 1, ANY, "of the settlement asset, >= 0")                        \
    X(T, 32, I64, maker_fee_atoms, 1, ANY, "below 0 is a rebate, no more than the taker's fee")    \
    X(T, 40, U64, taker_order_id, 1, ANY, "the taker's reserved order it fills, or 0")             \
    X(T, 48, U64, maker_order_id, 1, ANY, "the maker's reserved order it fills, or 0")

#define PLM_EVENT_POSITION_TRANSFER(X, T)                                                          \
    X(T, 0, U32, instrument_index, 1, ANY, "which instrument")                                     \
    X(T, 4, U32, to_account, 1, ANY, "an account of the same owner")                               \
    X(T, 8, I64, lots, 1, ANY, "with the sign of the position, no more than it holds")

#define PLM_EVENT_RESERVE(X, T)                                                                    \
    X(T, 0, U32, instrument_index, 1, ANY, "which instrument")                                     \
    X(T, 4, U32, side, 1, SIDE, "plm_side")                                                        \
    X(T, 8, I64, lots, 1, ANY, "> 0")                                                              \
    X(T, 16, I64, limit_e8, 1, ANY, "worst price at which it may fill")                            \
    X(T, 24, U64, order_id, 1, ANY, "not 0, unique among the account's open orders")               \
    X(T, 32, U32, is_reduce_only, 1, FLAG, "0 or 1")                                               \
    X(T, 36, U32, reserved, 1, ZERO, "zero")

#define PLM_EVENT_RELEASE(X, T)                                                                    \
    X(T, 0, U64, order_id, 1, ANY, "an open order of the account")                                 \
    X(T, 8, I64, lots, 1, ANY, "how much of it to release; 0: all")

#define PLM_EVENT_SETTLE_PROFIT(X, T)                                                              \
    X(T, 0, U32, instrument_index, 1, ANY, "whose unrealised profit or loss becomes realised")     \
    X(T, 4, U32, reserved, 1, ZERO, "zero")

#define PLM_EVENT_FUNDING(X, T)                                                                    \
    X(T, 0, U32, instrument_index, 1, ANY, "a perpetual")                                          \
    X(T, 4, U32, reserved, 1, ZERO, "zero")                                                        \
    X(T, 8, I64, per_lot, 1, ANY,                                                                  \
      "what a long lot pays: price e8 (linear) or 1e-12 coin (inverse); below 0 it receives")

#define PLM_EVENT_SETTLE_EXPIRY(X, T)                                                              \
    X(T, 0, U32, instrument_index, 1, ANY, "a future or option at or past its expiry")             \
    X(T, 4, U32, reserved, 1, ZERO, "zero")                                                        \
    X(T, 8, I64, price_e8, 1, ANY, "settlement price of the underlying")

#define PLM_EVENT_MARK(X, T)                                                                       \
    X(T, 0, U32, instrument_index, 1, ANY, "which instrument")                                     \
    X(T, 4, U32, is_present, 1, FLAG, "0 takes the venue's mark away")                             \
    X(T, 8, I64, mark_e8, 1, ANY, "in the instrument's own quotation")                             \
    X(T, 16, I64, half_spread_e8, 1, ANY, ">= 0; 0: not known")

#define PLM_EVENT_PRICE_REPORT(X, T)                                                               \
    X(T, 0, U32, underlying_index, 1, ANY, "the feed")                                             \
    X(T, 4, U32, source_index, 1, ANY, "its place in the feed")                                    \
    X(T, 8, U64, report_sequence, 1, ANY, "of the source; must rise")                              \
    X(T, 16, I64, publish_ns, 1, ANY, "when the source saw the price")                             \
    X(T, 24, I64, valid_from_ns, 1, ANY, "from when it holds")                                     \
    X(T, 32, I64, expires_ns, 1, ANY, "until when it may be used")                                 \
    X(T, 40, I64, price_e8, 1, ANY, "in quote currency")                                           \
    X(T, 48, I64, confidence_e8, 1, ANY, ">= 0")                                                   \
    X(T, 56, U32, status, 1, ANY, "of the market at the source")                                   \
    X(T, 60, U32, network, 1, ANY, "domain separation: which venue the report is for")             \
    X(T, 64, BYTES, signature, 64, ANY, "ed25519 over the bytes that crypto/signature.h draws")

#define PLM_EVENT_PRICE(X, T)                                                                      \
    X(T, 0, U32, underlying_index, 1, ANY,                                                         \
      "an underlying without sources: the operator's own index")                                   \
    X(T, 4, U32, state, 1, PRICE_STATE, "plm_price_state")                                         \
    X(T, 8, I64, price_e8, 1, ANY, "in quote currency")                                            \
    X(T, 16, I64, slow_e8, 1, ANY, "slow average of the price")                                    \
    X(T, 24, I64, confidence_e8, 1, ANY, ">= 0")                                                   \
    X(T, 32, I64, publish_ns, 1, ANY, "not after the event's time")

#define PLM_EVENT_LIQUIDITY(X, T)                                                                  \
    X(T, 0, U32, underlying_index, 1, ANY, "which underlying")                                     \
    X(T, 4, U32, reserved, 1, ZERO, "zero")                                                        \
    X(T, 8, I64, depth_micros, 1, ANY, "as plm_underlying_market, >= 0")                           \
    X(T, 16, I64, volume_micros, 1, ANY, ">= 0")                                                   \
    X(T, 24, I64, open_interest_micros, 1, ANY, "external, >= 0")

#define PLM_EVENT_FORECAST(X, T)                                                                   \
    X(T, 0, U32, underlying_index, 1, ANY, "which underlying")                                     \
    X(T, 4, U32, reserved, 1, ZERO, "zero")                                                        \
    X(T, 8, I64, volatility_ppm, 1, ANY,                                                           \
      "predicted annual volatility, 1..1e8; clamped to its bounds")                                \
    X(T, 16, I64, regime_ppm, 1, ANY, "probability of a high-volatility day, 0..1e6")              \
    X(T, 24, BYTES, model_hash, 32, ANY, "of the fitted model, for `verify --deep`")

#define PLM_EVENT_SURFACE_SLICE(X, T)                                                              \
    X(T, 0, U32, underlying_index, 1, ANY, "which underlying")                                     \
    X(T, 4, U32, kind, 1, SLICE_KIND, "plm_slice_kind")                                            \
    X(T, 8, I64, expiry_ns, 1, ANY, "of the options it prices")                                    \
    X(T, 16, I64, forward_e8, 1, ANY, "of that expiry")                                            \
    X(T, 24, BITS, svi, 5, ANY, "a, b, rho, m, sigma")                                             \
    X(T, 64, U32, node_count, 1, NODES, "kind GRID: 1..64, else 0")                                \
    X(T, 68, U32, reserved, 1, ZERO, "zero")                                                       \
    X(T, 72, BITS, strikes, 64, OF_NODES, "rising; zero beyond node_count")                        \
    X(T, 584, BITS, volatilities, 64, OF_NODES, "zero beyond node_count")

#define PLM_EVENT_SURFACE_COMMIT(X, T)                                                             \
    X(T, 0, U32, underlying_index, 1, ANY, "whose staged slices become its surface")               \
    X(T, 4, U32, slice_count, 1, ANY, "how many were staged")                                      \
    X(T, 8, BYTES, hash, 32, ANY, "BLAKE2b-256 of the staged bodies in order")

#define PLM_EVENT_CLOSE(X, T)                                                                      \
    X(T, 0, U32, underlying_index, 1, ANY, "which underlying")                                     \
    X(T, 4, U32, reserved, 1, ZERO, "zero")                                                        \
    X(T, 8, I64, day, 1, ANY,                                                                      \
      "days since 1970-01-01, after the last one, not after the event's own day")                  \
    X(T, 16, BITS, price, 1, ANY, "daily close, price per price unit")

#define PLM_EVENT_SUPPLY(X, T)                                                                     \
    X(T, 0, U32, underlying_index, 1, ANY, "which underlying")                                     \
    X(T, 4, U32, reserved, 1, ZERO, "zero")                                                        \
    X(T, 8, I64, units, 1, ANY, "in circulation, whole units, >= 0; 0: not known")

#define PLM_EVENT_SCENARIO_COMMIT(X, T)                                                            \
    X(T, 0, NAME, name, 1, ANY, "of the set")                                                      \
    X(T, 32, U32, set_version, 1, ANY, "of the set, from 1")                                       \
    X(T, 36, U32, horizon, 1, HORIZON, "plm_horizon: which of the two sets")                       \
    X(T, 40, BYTES, hash, 32, ANY, "of the set that results; all zero: not checked")

#define PLM_EVENT_PARAMETERS(X, T)                                                                 \
    X(T, 0, NAME, record, 1, ANY, "id of a descriptor, such as portfolio, scenario or shock")      \
    X(T, 32, U32, record_index, 1, ANY, "scenarios: horizon; shocks: class; feed: underlying")     \
    X(T, 36, U32, record_version, 1, ANY, "one more than the version in force")                    \
    X(T, 40, U32, layout_version, 1, ANY, "of the descriptor")                                     \
    X(T, 44, U32, field_count, 1, FIELDS, "of the descriptor")                                     \
    X(T, 48, U64, earliest_sequence, 1, ANY, "takes effect at this sequence; 0: at once")          \
    X(T, 56, I64, expires_ns, 1, ANY, "then the record before it returns; 0: never")               \
    X(T, 64, I64, values, 80, OF_FIELDS, "in the descriptor's order; zero beyond field_count")

#define PLM_EVENT_MODEL(X, T)                                                                      \
    X(T, 0, NAME, name, 1, ANY, "of a model in the registry")                                      \
    X(T, 32, U32, model_version, 1, ANY, "of the model")                                           \
    X(T, 36, U32, reserved, 1, ZERO, "zero")

#define PLM_EVENT_RECALIBRATE(X, T)                                                                \
    X(T, 0, U32, underlying_index, 1, ANY, "whose shock sizes move")                               \
    X(T, 4, U32, reserved, 1, ZERO, "zero")

#define PLM_EVENT_ASSESS(X, T)                                                                     \
    X(T, 0, U32, reserved, 1, ZERO, "zero")                                                        \
    X(T, 4, U32, unused, 1, ZERO, "zero")

#define PLM_EVENT_BID(X, T)                                                                        \
    X(T, 0, U32, sold_account, 1, ANY, "the account that is being auctioned")                      \
    X(T, 4, U32, round, 1, ANY, "the round that is meant")                                         \
    X(T, 8, I64, share_ppm, 1, ANY, "share that the bidder takes at most, 1..1e6")                 \
    X(T, 16, I64, premium_min_ppm, 1, ANY,                                                         \
      "least that he is paid, of the maintenance requirement that the share carries, 0..1e6")

#define PLM_EVENT_POOL_JOIN(X, T)                                                                  \
    X(T, 0, WIDE, atoms, 1, ANY, "of asset 0, from the account into the backstop pool, > 0")

#define PLM_EVENT_POOL_LEAVE(X, T)                                                                 \
    X(T, 0, I64, shares, 1, ANY,                                                                   \
      "of the backstop pool, to be redeemed as far as it can pay now, > 0")

/*
 * PLM_EVENT_LIST - every kind: X(NAME, number, struct name, version). Numbers are permanent and below 64.
 * PLM_EVENT_BODY_LIST - those that have a body.
 */
#define PLM_EVENT_LIST(X)                                                                          \
    X(TIME, 1, time, 1)                                                                            \
    PLM_EVENT_BODY_LIST(X)
#define PLM_EVENT_BODY_LIST(X)                                                                     \
    X(CONTINUE, 2, continue, 1)                                                                    \
    X(ASSET, 10, asset, 1)                                                                         \
    X(UNDERLYING, 11, underlying, 1)                                                               \
    X(INSTRUMENT, 12, instrument, 1)                                                               \
    X(ACCOUNT, 13, account, 1)                                                                     \
    X(SIGNER, 14, signer, 1)                                                                       \
    X(SOURCE, 15, source, 1)                                                                       \
    X(ANCHOR, 16, anchor, 1)                                                                       \
    X(DEPOSIT, 20, deposit, 1)                                                                     \
    X(WITHDRAW, 21, withdraw, 1)                                                                   \
    X(TRANSFER, 22, transfer, 1)                                                                   \
    X(BORROW, 23, borrow, 1)                                                                       \
    X(REPAY, 24, repay, 1)                                                                         \
    X(INTEREST, 25, interest, 1)                                                                   \
    X(EXCHANGE, 26, exchange, 1)                                                                   \
    X(FUND, 27, fund, 1)                                                                           \
    X(TRADE, 30, trade, 1)                                                                         \
    X(POSITION_TRANSFER, 31, position_transfer, 1)                                                 \
    X(RESERVE, 32, reserve, 1)                                                                     \
    X(RELEASE, 33, release, 1)                                                                     \
    X(SETTLE_PROFIT, 34, settle_profit, 1)                                                         \
    X(FUNDING, 35, funding, 1)                                                                     \
    X(SETTLE_EXPIRY, 36, settle_expiry, 1)                                                         \
    X(MARK, 40, mark, 1)                                                                           \
    X(PRICE_REPORT, 41, price_report, 1)                                                           \
    X(PRICE, 42, price, 1)                                                                         \
    X(LIQUIDITY, 43, liquidity, 1)                                                                 \
    X(FORECAST, 44, forecast, 1)                                                                   \
    X(SURFACE_SLICE, 45, surface_slice, 1)                                                         \
    X(SURFACE_COMMIT, 46, surface_commit, 1)                                                       \
    X(CLOSE, 47, close, 1)                                                                         \
    X(SCENARIO_COMMIT, 48, scenario_commit, 1)                                                     \
    X(SUPPLY, 49, supply, 1)                                                                       \
    X(PARAMETERS, 50, parameters, 1)                                                               \
    X(MODEL, 51, model, 1)                                                                         \
    X(RECALIBRATE, 52, recalibrate, 1)                                                             \
    X(POOL_JOIN, 53, pool_join, 1)                                                                 \
    X(POOL_LEAVE, 54, pool_leave, 1)                                                               \
    X(ASSESS, 60, assess, 1)                                                                       \
    X(BID, 61, bid, 1)                                                                             \
    X(SOCIALISE, 62, socialise, 1)

typedef enum plm_event_type {
#define PLM_EVENT_ENUM(NAME, number, name, version) PLM_EVENT_TYPE_##NAME = number,
    PLM_EVENT_LIST(PLM_EVENT_ENUM)
#undef PLM_EVENT_ENUM
} plm_event_type;

typedef enum plm_account_kind {
    PLM_ACCOUNT_CROSS = 1,    /* one margin group over everything it holds */
    PLM_ACCOUNT_SUB = 2,      /* the same, under a parent of the same owner */
    PLM_ACCOUNT_ISOLATED = 3, /* one instrument with its own collateral, under a parent */
    PLM_ACCOUNT_POOL =
        4 /* the backstop pool, of which there is one: it takes what nobody bids for */
} plm_account_kind;

typedef enum plm_fund_action {
    PLM_FUND_ACTION_PAY_IN = 1, /* from outside into the insurance fund */
    PLM_FUND_ACTION_COMMIT = 2, /* from the insurance fund, to cover unpaid profits of one market */
    PLM_FUND_ACTION_FEES = 3,   /* from the collected fees to the insurance fund */
    PLM_FUND_ACTION_PAY_OUT = 4, /* from the collected fees to outside */
    PLM_FUND_ACTION_KEEP = 5,    /* from the insurance fund to the tranche kept for one market */
    PLM_FUND_ACTION_FREE = 6,    /* from that tranche back to the insurance fund */
    PLM_FUND_ACTION_RESIDUE = 7  /* from what rounding has left to the insurance fund */
} plm_fund_action;

typedef enum plm_horizon { PLM_HORIZON_MAINTENANCE = 1, PLM_HORIZON_INITIAL = 2 } plm_horizon;

#define PLM_SCOPE_TRADE 0x1u
#define PLM_SCOPE_WITHDRAW 0x2u
#define PLM_SCOPE_ORACLE 0x4u
#define PLM_SCOPE_ADMIN 0x8u

typedef struct plm_event_header {
    uint32_t size;
    uint16_t type;
    uint16_t version;
    uint64_t sequence;
    int64_t time_ns;
    int64_t deadline_ns;
    uint8_t client_id[16];
    uint32_t account;
    uint32_t signer;
} plm_event_header;

/* One struct per body: the fields of its list, in order. */
#define PLM_WIRE_C_U32(name, count) uint32_t name;
#define PLM_WIRE_C_U64(name, count) uint64_t name;
#define PLM_WIRE_C_I64(name, count) PLM_WIRE_C_I64_##count(name)
#define PLM_WIRE_C_I64_1(name) int64_t name;
#define PLM_WIRE_C_I64_8(name) int64_t name[8];
#define PLM_WIRE_C_I64_80(name) int64_t name[80];
#define PLM_WIRE_C_WIDE(name, count) plm_wide name;
#define PLM_WIRE_C_BITS(name, count) PLM_WIRE_C_BITS_##count(name)
#define PLM_WIRE_C_BITS_1(name) double name;
#define PLM_WIRE_C_BITS_5(name) double name[5];
#define PLM_WIRE_C_BITS_64(name) double name[64];
#define PLM_WIRE_C_NAME(name, count) char name[PLM_NAME_SIZE];
#define PLM_WIRE_C_BYTES(name, count) uint8_t name[count];
#define PLM_EVENT_STRUCT_FIELD(type, offset, wire, name, count, form, text)                        \
    PLM_WIRE_C_##wire(name, count)

#define PLM_EVENT_STRUCT(NAME, number, name, version)                                              \
    typedef struct plm_event_##name {                                                              \
        PLM_EVENT_##NAME(PLM_EVENT_STRUCT_FIELD, plm_event_##name)                                 \
    } plm_event_##name;
PLM_EVENT_BODY_LIST(PLM_EVENT_STRUCT)
#undef PLM_EVENT_STRUCT
typedef struct plm_event_time {
    uint32_t none; /* no field on the wire: C has no empty struct */
} plm_event_time;

typedef struct plm_event {
    plm_event_header header;
    union {
#define PLM_EVENT_MEMBER(NAME, number, name, version) plm_event_##name name##_body;
        PLM_EVENT_LIST(PLM_EVENT_MEMBER)
#undef PLM_EVENT_MEMBER
    };
} plm_event;

/* plm_event_field - one field of a body: where it stands on the wire and in the struct. */
typedef struct plm_event_field {
    const char *name;
    plm_wire wire;
    plm_event_form form;
    uint32_t offset;     /* on the wire, from the start of the body */
    uint32_t size;       /* on the wire, of all `count` values */
    uint32_t count;      /* values; for NAME 1, for BYTES the bytes */
    uint32_t low, high;  /* of a U32, both ends included */
    uint32_t counted_by; /* form COUNTED: offset of the count in the same body */
    size_t place;        /* in plm_event */
    const char
        *choices; /* names separated by '|', the first for `low` or for the lowest bit; else "" */
    const char *text;
} plm_event_field;

/* plm_event_kind - what the codec, JSON and the documentation know of one kind. */
typedef struct plm_event_kind {
    plm_event_type type;
    uint16_t version;
    const char *name; /* "position_transfer" */
    uint32_t body_size;
    uint32_t field_count;
    const plm_event_field *fields;
} plm_event_kind;

/*
 * plm_event_kind_find  - the kind of that type, or NULL.
 * plm_event_kind_named - the kind of that name, or NULL.
 * plm_event_kind_at    - the kinds in rising order of type, NULL past the last.
 */
const plm_event_kind *plm_event_kind_find(uint16_t type);
const plm_event_kind *plm_event_kind_named(const char *name);
const plm_event_kind *plm_event_kind_at(uint32_t index);

/*
 * plm_event_encode - the bytes of an event; header.size is computed, not read.
 *
 * Every field is written as it stands in the struct and none is checked: plm_event_check, or decoding, does that.
 *
 * Cost       O(body).
 *
 * Returns
 *   PLM_OK               out[0 .. *size - 1] holds it.
 *   PLM_EVENT_UNKNOWN    no such type or version.
 *   PLM_WORKSPACE_SMALL  `capacity` is less than it needs.
 */
PLM_MUST_USE plm_status plm_event_encode(const plm_event *event, uint8_t *out, size_t capacity,
                                         size_t *size);

/*
 * plm_event_decode - read one event from the front of `bytes`.
 *
 * Everything is checked that needs no state: size, type, version, reserved bytes, forms (enum ranges, flags, counts),
 * names (printable ASCII, then zeros to the end, at least one), array ends beyond their count zero, doubles finite.
 * Members of the union other than the body of its own type are not written.
 *
 * Cost       O(body): two passes over the fields of the kind.
 *
 * Guarantees [EVENT-1] encode(decode(x)) is x, byte for byte, for every x that is accepted.
 *            [EVENT-2] decode(encode(e)) is e, field by field, for every e that plm_event_check accepts, with header.size
 *                      put right.
 *
 * Returns
 *   PLM_OK               *event and *size, the bytes it took, are complete.
 *   PLM_EVENT_TRUNCATED  `available` bytes are not a whole event.
 *   PLM_EVENT_UNKNOWN    a type or version this build does not know.
 *   PLM_EVENT_MALFORMED  a rule above is broken; *fault names field, value and what is allowed.
 */
PLM_MUST_USE plm_status plm_event_decode(const uint8_t *bytes, size_t available, plm_event *event,
                                         size_t *size, plm_fault *fault);

/*
 * plm_event_check - would the bytes of this event decode?
 *
 * For events that never were bytes: made by a program, or read from text. header.size is not looked at.
 *
 * Returns    PLM_OK, PLM_EVENT_UNKNOWN, PLM_EVENT_MALFORMED.
 */
PLM_MUST_USE plm_status plm_event_check(const plm_event *event, plm_fault *fault);

#endif
