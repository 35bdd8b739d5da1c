/* facts.c: what the direct path reads of a row instead of the row.                      SPDX-License-Identifier: Apache-2.0 */
#include "margin/facts.h"

#include "base/libc.h"

pli_facts
pli_facts_take(pli_arena *arena, uint32_t underlying_max, uint32_t instrument_max) {
    pli_facts facts = {.instrument_max = instrument_max};
    facts.digests = PLI_ARENA_TAKE(arena, 2 * (size_t)instrument_max, pli_digest);
    facts.is_known = PLI_ARENA_TAKE(arena, instrument_max, uint8_t);
    facts.is_shared = PLI_ARENA_TAKE(arena, instrument_max, uint8_t);
    facts.column_count = PLI_ARENA_TAKE(arena, 2 * (size_t)underlying_max, uint32_t);
    facts.columns = PLI_ARENA_TAKE(arena, 2 * (size_t)instrument_max * PLI_COLUMNS_MAX, int64_t);
    facts.rates = PLI_ARENA_TAKE(arena, underlying_max, pli_rates);
    return facts;
}

bool
pli_are_shapes_alike(const plm_risk_table *left_table, const plm_risk_table *right_table) {
    const plm_scenario_header *left = left_table->header;
    const plm_scenario_header *right = right_table->header;
    return left->grid_count == right->grid_count && left->plane_count == right->plane_count &&
           left->history_count == right->history_count &&
           left->stress_count == right->stress_count && left->entry_count == right->entry_count &&
           left->row_stride == right->row_stride &&
           left->probe_multiple_ppm == right->probe_multiple_ppm;
}

bool
pli_are_rows_alike(const plm_risk_table *left, const plm_risk_table *right,
                   const plm_instrument *instrument, uint32_t row) {
    uint32_t u = instrument->underlying_index;
    return left == right || (left->header->grid_active[u] == right->header->grid_active[u] &&
                             left->header->has_history[u] == right->header->has_history[u] &&
                             memcmp(plm_risk_row(left, row), plm_risk_row(right, row),
                                    left->header->entry_count * sizeof(int64_t)) == 0);
}

/* Some number that no |entry| of a row exceeds, and at most twice their largest. */
static uint64_t
row_bound(const int64_t *row, uint32_t row_stride) {
    // x ^ 2x has no bit above the first that differs from the sign. Rows are padded with zeros to a multiple of 16.
    uint64_t even = 0;
    uint64_t odd = 0;
    for (uint32_t s = 0; s < row_stride; s += 2) {
        even |= (uint64_t)row[s] ^ ((uint64_t)row[s] << 1);
        odd |= (uint64_t)row[s + 1] ^ ((uint64_t)row[s + 1] << 1);
    }
    return even | odd;
}

/* The largest |entry| of some of a row. */
static uint64_t
largest(const int64_t *row, uint32_t from, uint32_t end) {
    uint64_t most = 0;
    for (uint32_t s = from; s < end; s += 1) {
        uint64_t size = row[s] < 0 ? -(uint64_t)row[s] : (uint64_t)row[s];
        most = size > most ? size : most;
    }
    return most;
}

pli_digest
pli_digest_make(const plm_risk_table *table, uint32_t row_index, uint32_t active) {
    const int64_t *row = plm_risk_row(table, row_index);
    uint32_t stress = plm_scenario_stress_begin(table->header);
    pli_digest digest = {.bound = row_bound(row, table->header->row_stride),
                         .days = largest(row, 0, stress),
                         .stress = largest(row, stress, stress + table->header->stress_count)};
    for (uint32_t s = 0; s < active; s += 1) {
        digest.least = row[s] < digest.least ? row[s] : digest.least;
        digest.most = row[s] > digest.most ? row[s] : digest.most;
    }
    memcpy(digest.probes, row + plm_scenario_probe_begin(table->header), sizeof digest.probes);
    static const plm_probe pairs[2][2] = {{PLM_PROBE_UP, PLM_PROBE_UP_FAR},
                                          {PLM_PROBE_DOWN, PLM_PROBE_DOWN_FAR}};
    for (uint32_t side = 0; side < 2; side += 1) {
        digest.curves[side] =
            (pli_i128)digest.probes[pairs[side][0]] * table->header->probe_multiple_ppm -
            (pli_i128)digest.probes[pairs[side][1]] * PLM_PPM;
    }
    return digest;
}

static bool
is_of(const plm_listing *listing, uint32_t instrument, uint32_t underlying) {
    const plm_instrument *terms = &listing->instruments[instrument];
    return terms->underlying_index == underlying && terms->kind != PLM_KIND_OPTION &&
           terms->settlement == PLM_SETTLEMENT_LINEAR;
}

/* Of one table: an underlying, an entry of its grid, one of its columns. */
typedef struct place {
    uint32_t which, underlying, entry, column;
} place;

/* Is the entry of every row of the underlying what the column says? */
static bool
is_column(const pli_facts *facts, const plm_listing *listing, const plm_risk_table *table,
          place at) {
    for (uint32_t i = 0; i < listing->instrument_count; i += 1) {
        if (is_of(listing, i, at.underlying) &&
            plm_risk_row(table, i)[at.entry] != pli_facts_columns(facts, at.which, i)[at.column]) {
            return false;
        }
    }
    return true;
}

/* The first of `count` columns that is the entry's, or `count`. */
static uint32_t
find_column(const pli_facts *facts, const plm_listing *listing, const plm_risk_table *table,
            place at, uint32_t count) {
    while (at.column < count && !is_column(facts, listing, table, at)) {
        at.column += 1;
    }
    return at.column;
}

static void
renew_columns(pli_facts *facts, const plm_listing *listing, const plm_risk_table *table,
              uint32_t which, uint32_t underlying) {
    uint32_t count = 0;
    uint32_t active = table->header->grid_active[underlying];
    for (uint32_t s = 0; s < active; s += 1) {
        place at = {which, underlying, s, 0};
        if (find_column(facts, listing, table, at, count) < count) {
            continue;
        }
        if (count == PLI_COLUMNS_MAX) {
            count = 0;
            break;
        }
        for (uint32_t i = 0; i < listing->instrument_count; i += 1) {
            if (is_of(listing, i, underlying)) {
                pli_facts_columns(facts, which, i)[count] = plm_risk_row(table, i)[s];
            }
        }
        count += 1;
    }
    facts->column_count[2 * underlying + which] = count;
}

bool
pli_facts_are_of(const pli_facts *facts, const plm_margin_input *input) {
    const plm_risk_table *tables[2] = {input->maintenance_arrays, input->initial_arrays};
    for (uint32_t h = 0; h < 2; h += 1) {
        if (facts->tables[h].entries != tables[h]->entries ||
            facts->tables[h].header != tables[h]->header) {
            return false;
        }
    }
    return !facts->is_set_aside;
}

void
pli_facts_renew(pli_facts *facts, const plm_listing *listing, const plm_risk_table *const tables[2],
                uint32_t underlying) {
    bool is_known = tables[0] != NULL && tables[1] != NULL;
    bool is_alike = is_known && pli_are_shapes_alike(tables[0], tables[1]);
    for (uint32_t h = 0; is_known && h < 2; h += 1) {
        facts->tables[h] = *tables[h];
    }
    for (uint32_t i = 0; i < listing->instrument_count; i += 1) {
        if (!is_of(listing, i, underlying)) {
            continue;
        }
        facts->is_known[i] = is_known ? 1 : 0;
        for (uint32_t h = 0; is_known && h < 2; h += 1) {
            facts->digests[(size_t)h * facts->instrument_max + i] =
                pli_digest_make(tables[h], i, tables[h]->header->grid_active[underlying]);
        }
        facts->is_shared[i] =
            is_alike && pli_are_rows_alike(tables[0], tables[1], &listing->instruments[i], i) ? 1
                                                                                              : 0;
    }
    for (uint32_t h = 0; h < 2; h += 1) {
        facts->column_count[2 * underlying + h] = 0;
        if (is_known) {
            renew_columns(facts, listing, tables[h], h, underlying);
        }
    }
}

/* Every active entry has its column, and every column its entry. */
static bool
are_columns_sound(const pli_facts *facts, const plm_listing *listing, const plm_risk_table *table,
                  uint32_t which, uint32_t underlying) {
    uint32_t count = facts->column_count[2 * underlying + which];
    uint32_t active = table->header->grid_active[underlying];
    bool is_sound = count <= PLI_COLUMNS_MAX;
    uint32_t seen = 0;
    for (uint32_t s = 0; is_sound && count > 0 && s < active; s += 1) {
        place at = {which, underlying, s, 0};
        uint32_t k = find_column(facts, listing, table, at, count);
        is_sound = k < count;
        seen |= is_sound ? UINT32_C(1) << k : 0;
    }
    return is_sound && (count == 0 || seen == UINT32_MAX >> (PLI_COLUMNS_MAX - count));
}

static bool
is_instrument_sound(const pli_facts *facts, const plm_listing *listing,
                    const plm_risk_table *const tables[2], uint32_t instrument) {
    const plm_instrument *terms = &listing->instruments[instrument];
    if (tables[0] == NULL || tables[1] == NULL ||
        !is_of(listing, instrument, terms->underlying_index)) {
        return facts->is_known[instrument] == 0;
    }
    for (uint32_t h = 0; facts->is_known[instrument] != 0 && h < 2; h += 1) {
        const pli_digest *kept = &facts->digests[(size_t)h * facts->instrument_max + instrument];
        pli_digest made = pli_digest_make(tables[h], instrument,
                                          tables[h]->header->grid_active[terms->underlying_index]);
        if (memcmp(kept, &made, sizeof made) != 0) {
            return false;
        }
    }
    return facts->is_known[instrument] == 0 || facts->is_shared[instrument] == 0 ||
           (pli_are_shapes_alike(tables[0], tables[1]) &&
            pli_are_rows_alike(tables[0], tables[1], terms, instrument));
}

bool
pli_facts_are_sound(const pli_facts *facts, const plm_listing *listing,
                    const plm_risk_table *const tables[2]) {
    for (uint32_t i = 0; i < listing->instrument_count; i += 1) {
        if (!is_instrument_sound(facts, listing, tables, i)) {
            return false;
        }
    }
    for (uint32_t at = 0; at < 2 * listing->underlying_count; at += 1) {
        bool is_sound = tables[at % 2] == NULL
                            ? facts->column_count[at] == 0
                            : are_columns_sound(facts, listing, tables[at % 2], at % 2, at / 2);
        if (!is_sound) {
            return false;
        }
    }
    return true;
}
