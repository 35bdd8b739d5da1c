/* tools.c: band, speed limits and notice of a size.                                    SPDX-License-Identifier: Apache-2.0 */
#include "scenario/tools.h"

#include "base/libc.h"
#include "base/muldiv.h"

int64_t
pli_size_least(int64_t left, int64_t right) {
    return left < right ? left : right;
}

int64_t
pli_size_most(int64_t left, int64_t right) {
    return left > right ? left : right;
}

int64_t
pli_size_narrow(pli_i128 value) {
    return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

int64_t
pli_size_up(int64_t size, int64_t ppm) {
    return pli_size_narrow(pli_div_ceil_i128((pli_i128)size * ppm, PLM_PPM));
}

int64_t
pli_size_then(plm_shock_reason *reason, int64_t earlier, int64_t later, plm_shock_reason because) {
    if (earlier != later) {
        *reason = because;
    }
    return later;
}

int64_t
pli_size_slow(const plm_procyclicality_parameters *tools, int64_t before, int64_t wanted,
              int64_t rise_least, plm_shock_reason *reason) {
    int64_t kept = pli_size_least(before, pli_size_up(wanted, PLM_PPM + tools->band_ppm));
    int64_t size =
        pli_size_then(reason, wanted, pli_size_most(wanted, kept), PLM_SHOCK_REASON_BAND);
    int64_t slow = pli_size_least(before - 1, pli_size_up(before, PLM_PPM - tools->fall_max_ppm));
    size = pli_size_then(reason, size, pli_size_most(size, slow), PLM_SHOCK_REASON_FALL);
    if (tools->rise_max_ppm == PLM_PROCYCLICALITY_RISE_NONE) {
        return size;
    }
    int64_t fast = pli_size_most(rise_least, pli_size_up(before, PLM_PPM + tools->rise_max_ppm));
    return pli_size_then(reason, size, pli_size_least(size, fast), PLM_SHOCK_REASON_RISE);
}

int64_t
pli_size_announce(int64_t announced[PLM_PROCYCLICALITY_NOTICE + 1], uint32_t *step_count,
                  int64_t value, int64_t notice_steps, bool is_rise_harmful) {
    memmove(announced, announced + 1, PLM_PROCYCLICALITY_NOTICE * sizeof announced[0]);
    announced[PLM_PROCYCLICALITY_NOTICE] = value;
    *step_count += *step_count <= PLM_PROCYCLICALITY_NOTICE ? 1 : 0;
    int64_t in_force = value;
    for (int64_t back = 1; back <= notice_steps && back < *step_count; back += 1) {
        int64_t earlier = announced[PLM_PROCYCLICALITY_NOTICE - back];
        in_force =
            is_rise_harmful ? pli_size_least(in_force, earlier) : pli_size_most(in_force, earlier);
    }
    return in_force;
}
