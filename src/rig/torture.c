/* torture.c: random venues under every invariant, on the state machine alone.          SPDX-License-Identifier: Apache-2.0 */
#include "rig/torture.h"

#include "rig/bench.h"

static void
run_alone(pli_bench *bench) {
    while (bench->event < bench->options->event_count && !bench->has_failed) {
        pli_world_next(&bench->world, bench->machine.core);
        pli_bench_step(bench);
    }
}

void
pli_torture_run(const pli_torture_options *options, pli_torture_result *result) {
    pli_bench *bench = pli_bench_open(options, result);
    if (options->has_crash_points) {
        pli_torture_crash(bench);
    } else if (options->has_faults) {
        pli_torture_engine(bench);
    } else {
        run_alone(bench);
    }
    pli_bench_close(bench);
}
