/* hash.h: the fingerprint of a scenario set.                                          SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SCENARIO_HASH_H
#define PLI_SCENARIO_HASH_H

#include "base/blake2b.h"
#include "plimsoll/scenario.h"

/*
 * pli_scenario_hash - BLAKE2b-256 over everything that decides the moves, in little-endian.
 *
 * u32 layout version, underlying, grid, plane, history and stress counts; i64 horizon, probe multiple; per grid point
 * i32 level, i32 extreme, u32 volatility move, u32 sticky moneyness, u32 elapsed; per underlying u32 active, u32 has
 * history, and the shock record as i64 fields; history days as i64 and returns as IEEE 754 bits; per stress move the
 * bits of price, volatility and basis. Name and version of the set are labels and stay out: equal moves, equal hash.
 */
void pli_scenario_hash(const plm_scenario_set *set, uint8_t out[PLI_BLAKE2B_256_SIZE]);

#endif
