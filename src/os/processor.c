/* processor.c: which kernels this processor can run.                                  SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>

#include "plimsoll/kernel.h"
#include "plimsoll/sweep.h"

#if defined(__x86_64__)

static bool
has_avx2(void) {
    return __builtin_cpu_supports("avx2") != 0;
}

static bool
has_avx512(void) {
    return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
           __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;
}

size_t
plm_kernels_count(void) {
    if (!has_avx2()) {
        return 1;
    }
    return has_avx512() ? 3 : 2;
}

const plm_kernels *
plm_kernels_at(size_t index) {
    static const plm_kernels *const tables[] = {&plm_kernels_reference, &plm_kernels_avx2,
                                                &plm_kernels_avx512};
    return index < plm_kernels_count() ? tables[index] : NULL;
}

const plm_sweep_kernels *
plm_sweep_at(size_t index) {
    static const plm_sweep_kernels *const tables[] = {&plm_sweep_reference, &plm_sweep_avx2,
                                                      &plm_sweep_avx512};
    return index < plm_kernels_count() ? tables[index] : NULL;
}

#else

size_t
plm_kernels_count(void) {
    return 1;
}

const plm_kernels *
plm_kernels_at(size_t index) {
    return index == 0 ? &plm_kernels_reference : NULL;
}

const plm_sweep_kernels *
plm_sweep_at(size_t index) {
    return index == 0 ? &plm_sweep_reference : NULL;
}

#endif

const plm_kernels *
plm_kernels_best(void) {
    return plm_kernels_at(plm_kernels_count() - 1);
}

const plm_sweep_kernels *
plm_sweep_best(void) {
    return plm_sweep_at(plm_kernels_count() - 1);
}
