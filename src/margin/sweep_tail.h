/* sweep_tail.h: the k smallest of many values, for one width of value: 32 or 64 bits.  SPDX-License-Identifier: Apache-2.0 */
/*
 * Included by sweep_lanes.h once for each width, with VALUE, VALUE_MAX, REGISTER (a vector of VALUE), LEAST and ANY (the
 * operations of the instruction set) and NAME defined; hence no guard. The method stands in plimsoll/sweep.h.
 */

enum { NAME(PLI_LANES) = sizeof(REGISTER) / sizeof(VALUE) };

INLINE const REGISTER *
NAME(pli_registers)(const VALUE *values) {
    return (const REGISTER *)(const void *)values;
}

// The k-th smallest of `count` >= k values: the largest with fewer than k below it. Values stand in whole chunks of
// registers, with VALUE_MAX behind them, which is taken only where it is also a value.
INLINE VALUE
NAME(pli_kth)(const VALUE *values, uint32_t count, uint32_t k) {
    REGISTER none = VALUE_MAX - (REGISTER){0};
    REGISTER found =
        none; // of ~value, which falls as the value rises: the least is the largest value
    for (uint32_t from = 0; from < count; from += PLI_CHUNK * NAME(PLI_LANES)) {
        const REGISTER *chunk = NAME(pli_registers)(values + from);
        REGISTER below[PLI_CHUNK] = {{0}};
        for (uint32_t j = 0; j < count; j += 1) {
            REGISTER other = values[j] - (REGISTER){0};
            for (uint32_t r = 0; r < PLI_CHUNK; r += 1) {
                below[r] -= other < chunk[r];
            }
        }
        for (uint32_t r = 0; r < PLI_CHUNK; r += 1) {
            REGISTER is_taken = below[r] < (VALUE)k - (REGISTER){0};
            found = LEAST(found, (~chunk[r] & is_taken) | (none & ~is_taken));
        }
    }
    VALUE lanes[NAME(PLI_LANES)];
    memcpy(lanes, &found, sizeof lanes);
    VALUE least = lanes[0];
    for (uint32_t i = 1; i < NAME(PLI_LANES); i += 1) {
        least = lanes[i] < least ? lanes[i] : least;
    }
    return ~least;
}

// The minima of PLI_GROUPS groups; value i belongs to group i mod PLI_GROUPS.
INLINE void
NAME(pli_minima)(const VALUE *values, uint32_t count, VALUE *minima) {
    enum { REGISTERS = PLI_GROUPS / NAME(PLI_LANES) };
    const REGISTER *from = NAME(pli_registers)(values);
    REGISTER least[REGISTERS];
    for (uint32_t g = 0; g < REGISTERS; g += 1) {
        least[g] = VALUE_MAX - (REGISTER){0};
    }
    for (uint32_t i = 0; i < count; i += PLI_GROUPS) {
        uint32_t some = count - i < PLI_GROUPS ? (count - i) / NAME(PLI_LANES) : REGISTERS;
        for (uint32_t g = 0; g < some; g += 1) {
            least[g] = LEAST(least[g], from[i / NAME(PLI_LANES) + g]);
        }
    }
    memcpy(minima, least, sizeof least);
}

// The values at or below `most`, in order, with VALUE_MAX up to a whole chunk behind them; stops beyond PLI_CANDIDATES.
INLINE uint32_t
NAME(pli_keep)(const VALUE *values, uint32_t count, VALUE most, VALUE *kept) {
    const REGISTER *registers = NAME(pli_registers)(values);
    REGISTER bound = most - (REGISTER){0};
    uint32_t size = 0;
    for (uint32_t r = 0; r * NAME(PLI_LANES) < count && size <= PLI_CANDIDATES; r += 1) {
        if (!ANY(registers[r] <= bound)) {
            continue;
        }
        for (uint32_t i = 0; i < NAME(PLI_LANES); i += 1) {
            VALUE value = values[r * NAME(PLI_LANES) + i];
            kept[size] = value;
            size += value <= most;
        }
    }
    for (uint32_t i = 0; i < PLI_CHUNK * NAME(PLI_LANES); i += 1) {
        kept[size + i] = VALUE_MAX;
    }
    return size;
}

// False where the method does not serve: k too large, or too many values equal to the bound.
INLINE bool
NAME(pli_tail)(const VALUE *values, uint32_t count, uint32_t k, plm_sweep_tail *tail) {
    if (k > PLM_SWEEP_TAIL_MAX) {
        return false;
    }
    _Alignas(64) VALUE kept[PLI_CANDIDATES + (PLI_CHUNK + 2) * NAME(PLI_LANES)];
    NAME(pli_minima)(values, count, kept);
    uint32_t size = NAME(pli_keep)(values, count, NAME(pli_kth)(kept, PLI_GROUPS, k), kept);
    if (size > PLI_CANDIDATES) {
        return false;
    }
    VALUE last = NAME(pli_kth)(kept, size, k);
    pli_i128 sum = 0;
    uint32_t below = 0;
    for (uint32_t i = 0; i < size; i += 1) {
        bool is_below = kept[i] < last;
        sum += is_below ? kept[i] : 0;
        below += is_below;
    }
    sum += (pli_i128)(k - below) * last;
    tail->sum = sum >= INT64_MIN && sum <= INT64_MAX ? (int64_t)sum : INT64_MIN;
    tail->last = last;
    return true;
}
