/* stress.c: writes the joint stress moves from the shock sizes of each class.         SPDX-License-Identifier: Apache-2.0 */
#include "scenario/stress.h"
#include "base/libc.h"
#include "base/text.h"
#include "num/rounding.h"

enum { STRESS_FIXED_COUNT = 6 };

// Does a linear instrument settle in this asset, whose price then is a risk of its own?
static bool
has_peg(const plm_listing *listing, uint32_t asset) {
    if (listing->assets[asset].underlying_index == PLM_NONE) {
        return false;
    }
    for (uint32_t i = 0; i < listing->instrument_count; i += 1) {
        const plm_instrument *instrument = &listing->instruments[i];
        if (instrument->settlement == PLM_SETTLEMENT_LINEAR &&
            instrument->settlement_asset_index == asset) {
            return true;
        }
    }
    return false;
}

static uint32_t
count_broken(const plm_listing *listing, const uint8_t *has_history) {
    uint32_t count = 0;
    for (uint32_t u = 0; u < listing->underlying_count; u += 1) {
        count += has_history == NULL || has_history[u] != 0 ? 1 : 0;
    }
    if (count < 2) {
        return 0;
    }
    return count < PLI_STRESS_BROKEN_MAX ? count : PLI_STRESS_BROKEN_MAX;
}

uint32_t
pli_stress_count(const plm_listing *listing, const uint8_t *has_history) {
    uint32_t count = STRESS_FIXED_COUNT + 2 * count_broken(listing, has_history);
    for (uint32_t asset = 0; asset < listing->asset_count; asset += 1) {
        count += has_peg(listing, asset) ? 1 : 0;
    }
    return count;
}

static double
ratio(int64_t ppm) {
    return pli_double_from_i64(ppm) / 1e6;
}

static plm_stress_move
price_move(const plm_shock_parameters *shocks, bool is_up) {
    double size = ratio(is_up ? shocks->stress_rally_ppm : shocks->stress_crash_ppm);
    return (plm_stress_move){
        .price = is_up ? size : -size,
        .volatility = ratio(shocks->history_beta_ppm) * size,
    };
}

static void
fill_fixed(uint32_t underlying_count, const plm_shock_parameters *shocks, plm_stress_move *moves) {
    for (uint32_t u = 0; u < underlying_count; u += 1) {
        double rise = ratio(shocks[u].stress_vol_ppm);
        double basis = ratio(shocks[u].stress_basis_ppm);
        moves[u] = price_move(&shocks[u], false);
        moves[underlying_count + u] = price_move(&shocks[u], true);
        moves[2 * underlying_count + u] = (plm_stress_move){.volatility = rise};
        moves[3 * underlying_count + u] = (plm_stress_move){.volatility = -rise / (1.0 + rise)};
        moves[4 * underlying_count + u] = (plm_stress_move){.basis = basis};
        moves[5 * underlying_count + u] = (plm_stress_move){.basis = -basis};
    }
}

static void
set_name(char *name, const char *before, uint32_t index, const char *after) {
    pli_text text = pli_text_init(name, PLM_NAME_SIZE);
    pli_text_append(&text, before);
    if (index != PLM_NONE) {
        pli_text_append_u64(&text, index);
    }
    pli_text_append(&text, after);
}

void
pli_stress_fill(const plm_listing *listing, const uint8_t *has_history,
                const plm_shock_parameters *shocks, plm_stress_move *moves,
                char (*names)[PLM_NAME_SIZE]) {
    static const char *const fixed[STRESS_FIXED_COUNT] = {"all-down",
                                                          "all-up",
                                                          "volatility-up",
                                                          "volatility-down",
                                                          "liquidity-gone-above",
                                                          "liquidity-gone-below"};
    uint32_t underlying_count = listing->underlying_count;
    memset(moves, 0,
           (size_t)pli_stress_count(listing, has_history) * underlying_count * sizeof *moves);
    memset(names, 0, (size_t)pli_stress_count(listing, has_history) * sizeof *names);
    for (uint32_t i = 0; i < STRESS_FIXED_COUNT; i += 1) {
        set_name(names[i], fixed[i], PLM_NONE, "");
    }
    fill_fixed(underlying_count, shocks, moves);
    size_t next = STRESS_FIXED_COUNT;
    uint32_t broken = count_broken(listing, has_history);
    for (uint32_t u = 0; broken > 0; u += 1) {
        if (has_history[u] == 0) {
            continue;
        }
        set_name(names[next], "u", u, "-down-others-up");
        set_name(names[next + 1], "u", u, "-up-others-down");
        for (uint32_t other = 0; other < underlying_count; other += 1) {
            moves[next * underlying_count + other] = price_move(&shocks[other], other != u);
            moves[(next + 1) * underlying_count + other] = price_move(&shocks[other], other == u);
        }
        next += 2;
        broken -= 1;
    }
    for (uint32_t asset = 0; asset < listing->asset_count; asset += 1) {
        if (has_peg(listing, asset)) {
            set_name(names[next], "asset-", asset, "-off-peg");
            moves[next * underlying_count + listing->assets[asset].underlying_index].price =
                PLI_STRESS_PEG_MOVE;
            next += 1;
        }
    }
}
