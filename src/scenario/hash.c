/* hash.c: encodes a scenario set and hashes it.                                       SPDX-License-Identifier: Apache-2.0 */
#include "scenario/hash.h"
#include "base/endian.h"

static void
put_u32(pli_blake2b *hash, uint32_t value) {
    uint8_t bytes[4];
    pli_store_u32(bytes, value);
    pli_blake2b_update(hash, bytes, sizeof bytes);
}

static void
put_i64(pli_blake2b *hash, int64_t value) {
    uint8_t bytes[8];
    pli_store_i64(bytes, value);
    pli_blake2b_update(hash, bytes, sizeof bytes);
}

static void
put_double(pli_blake2b *hash, double value) {
    uint8_t bytes[8];
    pli_store_double(bytes, value);
    pli_blake2b_update(hash, bytes, sizeof bytes);
}

static void
put_header(pli_blake2b *hash, const plm_scenario_header *header) {
    put_u32(hash, PLM_ROW_LAYOUT_VERSION);
    put_u32(hash, header->underlying_count);
    put_u32(hash, header->grid_count);
    put_u32(hash, header->plane_count);
    put_u32(hash, header->history_count);
    put_u32(hash, header->stress_count);
    put_i64(hash, header->horizon.ns);
    put_i64(hash, header->probe_multiple_ppm);
}

void
pli_scenario_hash(const plm_scenario_set *set, uint8_t out[PLI_BLAKE2B_256_SIZE]) {
    const plm_scenario_header *header = &set->header;
    pli_blake2b hash;
    pli_blake2b_init(&hash, PLI_BLAKE2B_256_SIZE);
    put_header(&hash, header);
    for (uint32_t i = 0; i < header->grid_count; i += 1) {
        put_u32(&hash, (uint32_t)set->grid[i].level);
        put_u32(&hash, (uint32_t)set->grid[i].extreme);
        put_u32(&hash, (uint32_t)set->grid[i].vol_move);
        put_u32(&hash, set->grid[i].is_sticky_moneyness ? 1 : 0);
        put_u32(&hash, set->grid[i].is_elapsed ? 1 : 0);
    }
    for (uint32_t u = 0; u < header->underlying_count; u += 1) {
        put_u32(&hash, header->grid_active[u]);
        put_u32(&hash, header->has_history[u]);
        for (uint32_t field = 0; field < plm_shock_descriptor.field_count; field += 1) {
            put_i64(&hash, plm_record_get(&plm_shock_descriptor, &set->shocks[u], field));
        }
    }
    for (uint32_t i = 0; i < header->history_count; i += 1) {
        put_i64(&hash, set->history_days[i]);
    }
    size_t return_count = (size_t)header->history_count * header->underlying_count;
    for (size_t i = 0; i < return_count; i += 1) {
        put_double(&hash, set->history_returns[i]);
    }
    size_t move_count = (size_t)header->stress_count * header->underlying_count;
    for (size_t i = 0; i < move_count; i += 1) {
        put_double(&hash, set->stress_moves[i].price);
        put_double(&hash, set->stress_moves[i].volatility);
        put_double(&hash, set->stress_moves[i].basis);
    }
    pli_blake2b_final(&hash, out);
}
