/* sweep_tail.h: the k smallest of many values, for one width of value: 32 or 64 bits.  SPDX-License-Identifier: Apache-2.0 */
/*
 * Included by sweep_lanes.h once for each width, with VALUE, VALUE_MAX, REGISTER (a vector of VALUE), LEAST, MOST, ACROSS and
 * KEEP (the operations of the instruction set) and NAME defined; hence no guard. The method stands in plimsoll/sweep.h.
 *
 * Sixty-four values are put in order by a bitonic network (Batcher, Sorting networks and their applications, AFIPS 1968,
 * in its form without falling runs): place i is compared with place i ^ x, for x = 2^n - 1, 2^(n-2), .., 2, 1 and n = 1 .. 6.
 * Place i is lane i / REGISTERS of register i mod REGISTERS, so that most comparisons are between registers.
 */

enum {
    NAME(PLI_LANES) = sizeof(REGISTER) / sizeof(VALUE),
    NAME(PLI_REGISTERS) = PLI_GROUPS / NAME(PLI_LANES)
};

INLINE const REGISTER *
NAME(pli_registers)(const VALUE *values) {
    return (const REGISTER *)(const void *)values;
}

// Each place and its partner x away, x a constant with `top` as its highest bit: the lesser goes where that bit is clear.
INLINE void
NAME(pli_stage)(REGISTER *v, uint32_t x, uint32_t top) {
    static const VALUE numbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    REGISTER lane;
    memcpy(&lane, numbers, sizeof lane);
    uint32_t lane_top = top / NAME(PLI_REGISTERS);
    REGISTER across = lane ^ (VALUE)(x / NAME(PLI_REGISTERS));
    REGISTER is_upper = (lane & (VALUE)lane_top) != 0;
    for (uint32_t r = 0; r < NAME(PLI_REGISTERS); r += 1) {
        uint32_t partner = r ^ x % NAME(PLI_REGISTERS);
        REGISTER here = v[r];
        REGISTER there = v[partner];
        if (lane_top == 0 && r < partner) {
            v[r] = LEAST(here, there);
            v[partner] = MOST(here, there);
        } else if (lane_top != 0 && r <= partner) {
            REGISTER to_here = ACROSS(there, across);
            REGISTER to_there = ACROSS(here, across);
            v[r] = (LEAST(here, to_here) & ~is_upper) | (MOST(here, to_here) & is_upper);
            v[partner] = (LEAST(there, to_there) & ~is_upper) | (MOST(there, to_there) & is_upper);
        }
    }
}

INLINE void
NAME(pli_order)(REGISTER *v) {
    NAME(pli_stage)(v, 1, 1);
    NAME(pli_stage)(v, 3, 2);
    NAME(pli_stage)(v, 1, 1);
    NAME(pli_stage)(v, 7, 4);
    NAME(pli_stage)(v, 2, 2);
    NAME(pli_stage)(v, 1, 1);
    NAME(pli_stage)(v, 15, 8);
    NAME(pli_stage)(v, 4, 4);
    NAME(pli_stage)(v, 2, 2);
    NAME(pli_stage)(v, 1, 1);
    NAME(pli_stage)(v, 31, 16);
    NAME(pli_stage)(v, 8, 8);
    NAME(pli_stage)(v, 4, 4);
    NAME(pli_stage)(v, 2, 2);
    NAME(pli_stage)(v, 1, 1);
    NAME(pli_stage)(v, 63, 32);
    NAME(pli_stage)(v, 16, 16);
    NAME(pli_stage)(v, 8, 8);
    NAME(pli_stage)(v, 4, 4);
    NAME(pli_stage)(v, 2, 2);
    NAME(pli_stage)(v, 1, 1);
}

// Where place i stands in memory.
INLINE uint32_t
NAME(pli_place)(uint32_t i) {
    return i % NAME(PLI_REGISTERS) * NAME(PLI_LANES) + i / NAME(PLI_REGISTERS);
}

// The k-th smallest of the minima of PLI_GROUPS groups; value i belongs to group i mod PLI_GROUPS.
INLINE VALUE
NAME(pli_bound)(const VALUE *values, uint32_t count, uint32_t k) {
    const REGISTER *from = NAME(pli_registers)(values);
    REGISTER least[NAME(PLI_REGISTERS)];
    for (uint32_t g = 0; g < NAME(PLI_REGISTERS); g += 1) {
        least[g] = VALUE_MAX - (REGISTER){0};
    }
    uint32_t whole = count / PLI_GROUPS * PLI_GROUPS;
    for (uint32_t i = 0; i < whole; i += PLI_GROUPS) {
        for (uint32_t g = 0; g < NAME(PLI_REGISTERS); g += 1) {
            least[g] = LEAST(least[g], from[i / NAME(PLI_LANES) + g]);
        }
    }
    for (uint32_t g = 0; g < (count - whole) / NAME(PLI_LANES); g += 1) {
        least[g] = LEAST(least[g], from[whole / NAME(PLI_LANES) + g]);
    }
    NAME(pli_order)(least);
    VALUE ordered[PLI_GROUPS];
    memcpy(ordered, least, sizeof ordered);
    return ordered[NAME(pli_place)(k - 1)];
}

// The values at or below `most`; stops beyond PLI_CANDIDATES.
INLINE uint32_t
NAME(pli_keep)(const VALUE *values, uint32_t count, VALUE most, VALUE *kept) {
    const REGISTER *registers = NAME(pli_registers)(values);
    uint32_t size = 0;
    for (uint32_t r = 0; r * NAME(PLI_LANES) < count && size <= PLI_CANDIDATES; r += 1) {
        size += KEEP(registers[r], most, kept + size);
    }
    return size;
}

INLINE plm_sweep_tail
NAME(pli_tail_of_many)(const VALUE *kept, uint32_t size, uint32_t k) {
    int64_t values[PLI_CANDIDATES];
    for (uint32_t i = 0; i < size; i += 1) {
        values[i] = kept[i];
    }
    return pli_sweep_tail_of(values, size, k);
}

// False where the method does not serve: k too large, or too many values equal to the bound.
INLINE bool
NAME(pli_tail)(const VALUE *values, uint32_t count, uint32_t k, plm_sweep_tail *tail) {
    if (k > PLM_SWEEP_TAIL_MAX) {
        return false;
    }
    _Alignas(64) VALUE kept[PLI_CANDIDATES + 2 * NAME(PLI_LANES)];
    uint32_t size = NAME(pli_keep)(values, count, NAME(pli_bound)(values, count, k), kept);
    if (size > PLI_GROUPS) {
        if (size <= PLI_CANDIDATES) {
            *tail = NAME(pli_tail_of_many)(kept, size, k);
        }
        return size <= PLI_CANDIDATES;
    }
    for (uint32_t i = size; i < PLI_GROUPS; i += 1) {
        kept[i] = VALUE_MAX;
    }
    REGISTER ordered[NAME(PLI_REGISTERS)];
    memcpy(ordered, kept, sizeof ordered);
    NAME(pli_order)(ordered);
    memcpy(kept, ordered, sizeof ordered);
    SUM sum = 0;
    for (uint32_t i = 0; i < k; i += 1) {
        sum += kept[NAME(pli_place)(i)];
    }
    tail->sum = sum >= INT64_MIN && sum <= INT64_MAX ? (int64_t)sum : INT64_MIN;
    tail->last = kept[NAME(pli_place)(k - 1)];
    return true;
}
