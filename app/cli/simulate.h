/* simulate.h: what the verbs simulate and calibrate ask in the same words.             SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_SIMULATE_H
#define PLI_CLI_SIMULATE_H

#include "cli/verb.h"
#include "study/tally.h"

/* pli_simulate_ask - the worlds that were asked for. */
typedef struct pli_simulate_ask {
    pli_simulate_settings settings;
    uint64_t first;
    uint64_t count;
} pli_simulate_ask;

#define PLI_SIMULATE_OPTIONS                                                                       \
    {"seed", "S", "the first seed (default 1)"},                                                   \
        {"seeds", "K", "how many worlds, one seed each (default 20)"},                             \
        {"markets", "N", "markets of a world, 1 to 8 (default 4)"},                                \
        {"accounts", "N", "accounts of a world, 8 to 2000 (default 240)"},                         \
        {"hours", "N", "hours of trading, 1 to 24 (default 6)"},                                   \
        {"fund", "PPM", "insurance fund, of the open interest (default 5000)"}, {                  \
        "config", "FILE", "parameters other than the shipped ones"                                 \
    }

/* pli_simulate_read - the common options. */
pli_exit pli_simulate_read(const pli_invocation *invocation, pli_simulate_ask *ask);

/* pli_simulate_whole - an option that is a whole number in low..high; untouched where it is not given. */
pli_exit pli_simulate_whole(const pli_invocation *invocation, const char *option, uint64_t low,
                            uint64_t high, uint64_t *number);

#endif
