/* core_world.h: a small venue driven by events, as the tests of the state machine share it.  SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_SUPPORT_CORE_WORLD_H
#define TS_SUPPORT_CORE_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/core.h"

#define TS_CORE_START INT64_C(1767225600000000000) /* 2026-01-01T00:00:00Z */
#define TS_CORE_EFFECTS 512u

/* What ts_core_list lists. USD has 6 decimals, BTC 8 and scenario treatment. Lots are 0.001 BTC, 0.01 ETH, 10 USD. */
enum { TS_C_USD = 0, TS_C_BTC = 1, TS_C_ASSETS = 2 };
enum { TS_C_U_BTC = 0, TS_C_U_ETH = 1, TS_C_UNDERLYINGS = 2 };
enum {
    TS_C_BTC_PERP = 0,
    TS_C_ETH_PERP = 1,
    TS_C_BTC_INVERSE = 2, /* perpetual settled in BTC */
    TS_C_BTC_FUTURE = 3,  /* 30 days */
    TS_C_BTC_CALL = 4,    /* 30 days, strike 100,000, premium paid in USD */
    TS_C_INSTRUMENTS = 5
};
#define TS_C_EXPIRY (TS_CORE_START + 30 * PLM_DAY_NS)

/* Accounts 0..3 belong to signer 1, 4..5 to signer 2; 1 is a SUB and 2 an ISOLATED (BTC_PERP) of 0. */
#define TS_C_ACCOUNTS 6u

typedef struct ts_core {
    plm_core_limits limits;
    size_t size;
    void *block; /* what malloc gave */
    plm_core *core;
    int64_t time_ns;
    plm_event event; /* the one being written or last applied */
    plm_effect entries[TS_CORE_EFFECTS];
    plm_effects effects;
    plm_outcome outcome;
} ts_core;

/* ts_core_limits - tables that fill within a test. */
plm_core_limits ts_core_limits(void);

/* ts_core_init - an empty state within those limits. ts_core_finish gives the memory back. */
void ts_core_init(ts_core *world, const plm_core_limits *limits);
void ts_core_finish(ts_core *world);

/* ts_core_list - signers, assets, underlyings, instruments, accounts, prices 100,000 and 4,000, marks; model tiered. */
void ts_core_list(ts_core *world);

/* ts_core_start - the two above within ts_core_limits, and `usd` dollars for every account. */
void ts_core_start(ts_core *world, int64_t usd);

/* ts_core_effect - the last effect of that kind, of `account` unless that is PLM_NONE; NULL where there is none. */
const plm_effect *ts_core_effect(const ts_core *world, plm_effect_kind kind, uint32_t account);

/*
 * ts_core_portfolio - shock records with one level a side and no history, sets for both horizons, arrays built, model
 *                     `portfolio`.
 */
void ts_core_portfolio(ts_core *world);

/* ts_core_write - a zeroed event of that type from the operator, at the world's time. */
plm_event *ts_core_write(ts_core *world, plm_event_type type, uint32_t account);

/* ts_core_apply - apply the written event. ts_core_must asserts that it is accepted. */
plm_reject ts_core_apply(ts_core *world);
void ts_core_must(ts_core *world);

/* Events in one line; each answers the reject reason. */
plm_reject ts_core_deposit(ts_core *world, uint32_t account, uint32_t asset, int64_t atoms);
plm_reject ts_core_withdraw(ts_core *world, uint32_t account, uint32_t asset, int64_t atoms);
plm_reject ts_core_trade(ts_core *world, uint32_t taker, uint32_t maker, uint32_t instrument,
                         int64_t lots, int64_t price_e8);
plm_reject ts_core_reserve(ts_core *world, uint32_t account, uint64_t order_id, uint32_t instrument,
                           int64_t lots, int64_t limit_e8);
plm_reject ts_core_price(ts_core *world, uint32_t underlying, int64_t price_e8,
                         plm_price_state state);
plm_reject ts_core_mark(ts_core *world, uint32_t instrument, int64_t mark_e8);
plm_reject ts_core_continue(ts_core *world, uint32_t steps);
plm_reject ts_core_model(ts_core *world, const char *name);

/* ts_core_record - the written PARAMETERS event: defaults of the descriptor, the version given; change values, then apply. */
plm_event *ts_core_record(ts_core *world, const plm_descriptor *descriptor, uint32_t index,
                          uint32_t version);

/* ts_core_field - the place of a field in a record; asserted to exist. */
uint32_t ts_core_field(const plm_descriptor *descriptor, const char *path);

/* ts_core_name - copy a name with zeros to its end. */
void ts_core_name(char name[PLM_NAME_SIZE], const char *text);

/* ts_core_bytes - the encoded state in malloc'ed memory. */
uint8_t *ts_core_bytes(const plm_core *core, size_t *size);

/*
 * ts_core_bytes_settled - the same with sequence, time and counters zero: what a refused event may not change.
 */
uint8_t *ts_core_bytes_settled(const plm_core *core, size_t *size);

#endif
