/* words.c: scenarios, branches and health in words a person can act on.               SPDX-License-Identifier: Apache-2.0 */
#include "cli/words.h"

#include <string.h>

#include "base/checked.h"
#include "cli/memory.h"
#include "io/time_text.h"
#include "num/decimal.h"
#include "num/double_text.h"

void
pli_words_amount(pli_text *text, int64_t micros, const char *currency,
                 pli_decimal_rounding rounding) {
    pli_decimal_format_grouped(text, micros, 6, 2, rounding);
    pli_text_append(text, " ");
    pli_text_append(text, currency);
}

void
pli_words_percent(pli_text *text, double ratio, unsigned decimals) {
    if (ratio > 0) {
        pli_text_append(text, "+");
    }
    if (pli_double_format_fixed(text, ratio * 100, decimals) != PLM_OK) {
        pli_text_append(text, "?");
    }
    pli_text_append(text, "%");
}

void
pli_words_move(pli_text *text, const plm_scenario_set *set, uint32_t underlying_index,
               const plm_grid_point *point) {
    const plm_shock_parameters *shocks = &set->shocks[underlying_index];
    int64_t ppm = point->extreme != 0 ? point->extreme * shocks->extreme_ppm
                                      : point->level * shocks->step_ppm;
    pli_text_append(text, ppm > 0 ? "+" : "");
    pli_decimal_format(text, ppm, 4, 0);
    pli_text_append(text, "%");
}

const char *
pli_words_vol_move(plm_vol_move move) {
    switch (move) {
    case PLM_VOL_MOVE_NONE:
        return "volatility unchanged";
    case PLM_VOL_MOVE_UP:
        return "volatility up";
    case PLM_VOL_MOVE_DOWN:
        return "volatility down";
    case PLM_VOL_MOVE_FRONT_UP:
        return "near volatility up, far down";
    case PLM_VOL_MOVE_FRONT_DOWN:
        return "near volatility down, far up";
    case PLM_VOL_MOVE_SKEW_UP:
        return "skew up";
    case PLM_VOL_MOVE_SKEW_DOWN:
        return "skew down";
    case PLM_VOL_MOVE_ROLL_UP:
        return "forwards up against the index";
    case PLM_VOL_MOVE_ROLL_DOWN:
        return "forwards down against the index";
    }
    return "?";
}

static void
append_grid(pli_text *text, const pli_case *opened, const plm_scenario_set *set, uint32_t entry,
            uint32_t underlying_index) {
    const plm_grid_point *point = &set->grid[entry];
    pli_text_append(text, pli_book_underlying_name(&opened->book, underlying_index));
    pli_text_append(text, " ");
    pli_words_move(text, set, underlying_index, point);
    if (point->extreme != 0) {
        pli_text_append(text, " (extreme, at reduced weight)");
    }
    pli_text_append(text, ", ");
    pli_text_append(text, point->is_sticky_moneyness ? "smile moving with the price"
                                                     : pli_words_vol_move(point->vol_move));
    pli_text_append(text, point->is_elapsed ? ", at the horizon" : ", at once");
}

#define NAMES_MAX 4u

static void
append_history(pli_text *text, const pli_case *opened, const plm_scenario_set *set,
               uint32_t position, const uint8_t *used) {
    const plm_scenario_header *header = &set->header;
    uint32_t plane = position / header->history_count;
    uint32_t day = position % header->history_count;
    pli_date_format(text, set->history_days[day]);
    const char *before = ": ";
    uint32_t shown = 0;
    for (uint32_t i = 0; i < header->underlying_count && shown < NAMES_MAX; i += 1) {
        if (header->has_history[i] == 0 || (used != NULL && used[i] == 0)) {
            continue;
        }
        pli_text_append(text, before);
        pli_text_append(text, pli_book_underlying_name(&opened->book, i));
        pli_text_append(text, " ");
        pli_words_percent(text, set->history_returns[(size_t)day * header->underlying_count + i],
                          1);
        before = ", ";
        shown += 1;
    }
    // The planes in the order of plimsoll/scenario.h.
    pli_text_append(text, plane % 2 == 0 ? "; volatility rises as prices fall"
                                         : "; volatility falls as prices fall");
    pli_text_append(text, plane >= 2 ? ", at the horizon" : ", at once");
}

// The scenario layer knows indices only: "u0-down-others-up", "asset-1-off-peg".
static void
append_stress(pli_text *text, const pli_case *opened, const char *name) {
    pli_text_append(text, "stress ");
    size_t prefix = strncmp(name, "asset-", 6) == 0 ? 6 : name[0] == 'u' ? 1 : 0;
    size_t digits = strspn(name + prefix, "0123456789");
    if (prefix == 0 || digits == 0 || digits > 9 || name[prefix + digits] != '-') {
        pli_text_append(text, name);
        return;
    }
    uint32_t index = 0;
    for (size_t i = 0; i < digits; i += 1) {
        index = index * 10 + (uint32_t)(name[prefix + i] - '0');
    }
    pli_text_append(text, prefix == 1 ? pli_book_underlying_name(&opened->book, index)
                                      : pli_book_asset_name(&opened->book, index));
    pli_text_append(text, name + prefix + digits);
}

static void
append_part(pli_text *text, const char *before, double move) {
    if (move != 0) {
        pli_text_append(text, before);
        pli_words_percent(text, move, 0);
    }
}

static void
append_stress_moves(pli_text *text, const pli_case *opened, const plm_scenario_set *set,
                    uint32_t stress, const uint8_t *used) {
    const plm_scenario_header *header = &set->header;
    const char *before = " (";
    uint32_t shown = 0;
    for (uint32_t i = 0; used != NULL && i < header->underlying_count && shown < NAMES_MAX;
         i += 1) {
        if (used[i] == 0) {
            continue;
        }
        const plm_stress_move *move =
            &set->stress_moves[(size_t)stress * header->underlying_count + i];
        pli_text_append(text, before);
        pli_text_append(text, pli_book_underlying_name(&opened->book, i));
        append_part(text, " ", move->price);
        append_part(text, " volatility ", move->volatility);
        append_part(text, " basis ", move->basis);
        before = ", ";
        shown += 1;
    }
    pli_text_append(text, shown > 0 ? ")" : "");
}

void
pli_words_entry(pli_text *text, const pli_case *opened, const plm_scenario_set *set, uint32_t entry,
                uint32_t underlying_index, const uint8_t *used) {
    const plm_scenario_header *header = &set->header;
    uint32_t stress = plm_scenario_stress_begin(header);
    if (entry < header->grid_count && underlying_index != PLM_NONE) {
        append_grid(text, opened, set, entry, underlying_index);
    } else if (entry < header->grid_count) {
        pli_text_append(text, "a move of one underlying");
    } else if (entry < stress) {
        append_history(text, opened, set, entry - header->grid_count, used);
    } else if (entry < stress + header->stress_count) {
        append_stress(text, opened, header->stress_names[entry - stress]);
        append_stress_moves(text, opened, set, entry - stress, used);
    } else {
        pli_text_append(text, "a probe");
    }
}

const uint8_t *
pli_words_used(pli_case *opened, const plm_portfolio *portfolio) {
    const plm_listing *listing = &opened->book.listing;
    uint8_t *used = PLI_MUST_TAKE(&opened->pool, listing->underlying_count + 1u, uint8_t);
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        used[listing->instruments[portfolio->positions[i].instrument_index].underlying_index] = 1;
    }
    for (uint32_t i = 0; i < portfolio->order_count; i += 1) {
        used[listing->instruments[portfolio->orders[i].instrument_index].underlying_index] = 1;
    }
    for (uint32_t i = 0; i < portfolio->balance_count; i += 1) {
        const plm_asset *asset = &listing->assets[portfolio->balances[i].asset_index];
        if (asset->underlying_index != PLM_NONE && asset->treatment == PLM_TREATMENT_SCENARIO) {
            used[asset->underlying_index] = 1;
        }
    }
    return used;
}

static void
append_tail(pli_text *text, const pli_case *opened, const plm_scenario_set *set,
            const plm_reason_part *part) {
    const char *middle = " worst of ";
    switch (opened->parameters.portfolio.measure) {
    case 1:
        pli_text_append(text, "The mean loss of the ");
        pli_text_append_u64(text, part->tail_count);
        break;
    case 2:
        pli_text_append(text, "Loss number ");
        pli_text_append_u64(text, part->tail_count);
        middle = " of ";
        break;
    default:
        pli_text_append(text, "The");
        break;
    }
    pli_text_append(text, middle);
    pli_text_append_u64(text, set->header.history_count);
    pli_text_append(text, " joint past days, rescaled to today's volatility, decides. Worst: ");
}

void
pli_words_branch(pli_text *text, const pli_case *opened, const plm_scenario_set *set,
                 const plm_reason_part *part, const uint8_t *used) {
    switch (part->branch) {
    case PLM_BRANCH_NONE:
        pli_text_append(text, "Nothing is at risk");
        break;
    case PLM_BRANCH_TAIL:
        append_tail(text, opened, set, part);
        break;
    case PLM_BRANCH_GRID:
        pli_text_append(text, "The worst move of one underlying decides: ");
        break;
    case PLM_BRANCH_FLOOR:
        pli_text_append(text, "The share of the summed worst moves that no offset removes (");
        pli_decimal_format(text, opened->parameters.portfolio.offset_floor_ppm, 4, 0);
        pli_text_append(text, "%) decides");
        break;
    case PLM_BRANCH_STRESS:
        pli_decimal_format(text, opened->parameters.portfolio.stress_weight_ppm, 4, 0);
        pli_text_append(text, "% of the worst stress decides: ");
        break;
    case PLM_BRANCH_FRACTION:
        pli_text_append(text, "Fractions of notional, tier by tier, decide");
        break;
    case PLM_BRANCH_VENUE:
        pli_text_append(text, "The venue's own formula decides");
        if (part->scenario_index != PLM_NONE) {
            pli_text_append(text, ": its scenario ");
            pli_text_append_u64(text, part->scenario_index);
        }
        break;
    }
    bool has_entry = part->branch == PLM_BRANCH_TAIL || part->branch == PLM_BRANCH_GRID ||
                     part->branch == PLM_BRANCH_STRESS;
    if (has_entry && part->scenario_index != PLM_NONE) {
        pli_words_entry(text, opened, set, part->scenario_index, part->underlying_index, used);
    } else if (has_entry) {
        pli_text_append(text, "the least loss of short options");
    }
    pli_text_append(text,
                    part->is_without_expiring ? ", without what expires inside the horizon." : ".");
}

static void
append_gap(pli_text *text, int64_t have, int64_t need, const char *currency, const char *level) {
    // Both are far inside 64 bits for any account that is not absurd; a gap beyond them is shown as the end of the range.
    int64_t gap = 0;
    if (!pli_sub_i64(have, need, &gap)) {
        gap = have < need ? INT64_MIN + 1 : INT64_MAX;
    }
    pli_words_amount(text, gap < 0 ? -gap : gap, currency,
                     gap < 0 ? PLI_DECIMAL_CEIL : PLI_DECIMAL_FLOOR);
    pli_text_append(text, gap < 0 ? " short of " : " above ");
    pli_text_append(text, level);
}

void
pli_words_health(pli_text *text, const plm_requirement *requirement, const char *currency) {
    pli_text_append(text, plm_health_name(requirement->health));
    pli_text_append(text, ", ");
    switch (requirement->health) {
    case PLM_HEALTH_HEALTHY:
    case PLM_HEALTH_RESTRICTED:
        append_gap(text, requirement->equity_initial_micros, requirement->initial_micros, currency,
                   "initial");
        break;
    case PLM_HEALTH_CALLED:
        append_gap(text, requirement->equity_maintenance_micros, requirement->call_micros, currency,
                   "the call level");
        break;
    case PLM_HEALTH_LIQUIDATABLE:
        append_gap(text, requirement->equity_maintenance_micros, requirement->maintenance_micros,
                   currency, "maintenance");
        break;
    }
}

pli_tone
pli_health_tone(plm_health health) {
    switch (health) {
    case PLM_HEALTH_HEALTHY:
        return PLI_TONE_GOOD;
    case PLM_HEALTH_RESTRICTED:
    case PLM_HEALTH_CALLED:
        return PLI_TONE_WARNING;
    case PLM_HEALTH_LIQUIDATABLE:
        return PLI_TONE_BAD;
    }
    return PLI_TONE_PLAIN;
}

pli_load_line
pli_load_line_of(pli_case *opened, const plm_requirement *requirement) {
    char data[160];
    pli_text text = pli_text_init(data, sizeof data);
    pli_words_health(&text, requirement, opened->currency);
    return (pli_load_line){.maintenance_micros = requirement->maintenance_micros,
                           .call_micros = requirement->call_micros,
                           .initial_micros = requirement->initial_micros,
                           .equity_initial_micros = requirement->equity_initial_micros,
                           .equity_maintenance_micros = requirement->equity_maintenance_micros,
                           .unit = opened->currency,
                           .verdict = pli_must_text(&opened->pool, data),
                           .tone = pli_health_tone(requirement->health)};
}
