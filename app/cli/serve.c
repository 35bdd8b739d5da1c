/* serve.c: plimsoll serve: a venue that runs, with its pages.                         SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/memory.h"
#include "cli/venue.h"
#include "cli/verbs.h"
#include "io/candles_csv.h"
#include "server/server.h"

static const pli_option options[] = {
    {"demo", NULL, "play a market with thousands of accounts; a missing DIR is made"},
    {"accounts", "N", "accounts of the demonstration (default 1500)"},
    {"seed", "N", "of the demonstration (default 1)"},
    {"speed", "N", "seconds of its market in a second of time (default 60)"},
    {"replay", "FILE", "candles whose moves its prices follow, a bar a bar"},
    {"address", "ADDRESS", "where to listen (default 127.0.0.1: this machine alone)"},
    {"port", "N", "where to listen (default 8420; 0: any free port)"},
    {"seconds", "N", "end by itself after so many"},
    {NULL, NULL, NULL},
};

static void
ready(const char *address, uint16_t port) {
    // At once, not with the page: the program goes on running.
    (void)fprintf(
        stdout,
        "The venue is open: http://%s:%u/\n"
        "  1. Watch the accounts: how much equity each holds for every unit it must hold.\n"
        "  2. Open one of them: why it must hold what it must, and what a trade would change.\n"
        "  3. Press \"Crash\": a third off the price in three minutes, and the tape of what "
        "follows.\n"
        "Ctrl-C ends it; the next start goes on from here.\n",
        address, (unsigned)port);
    (void)fflush(stdout);
}

// Closes of the bars, and how far apart they are.
static pli_exit
read_candles(const pli_invocation *invocation, pli_pool *pool, pli_demo_options *demo) {
    const char *path = pli_argument_value(invocation, "replay");
    plm_fault fault = {.text = ""};
    pli_bars bars = {.bar_count = 0};
    if (path == NULL) {
        return PLI_EXIT_OK;
    }
    if (pli_bars_read(path, PLM_PRICE_DOMAIN_POSITIVE, pool, &bars, &fault) != PLM_OK) {
        return pli_fail_status(path, &fault);
    }
    if (bars.bar_count < 2 || bars.bar_count > UINT32_MAX) {
        return pli_fail_usage(path, " holds fewer than two bars", NULL);
    }
    double *closes = PLI_MUST_TAKE(pool, bars.bar_count, double);
    for (size_t i = 0; i < bars.bar_count; i += 1) {
        closes[i] = bars.bars[i].close;
    }
    demo->closes = closes;
    demo->close_count = (uint32_t)bars.bar_count;
    demo->close_ns = bars.bars[1].start_ns - bars.bars[0].start_ns;
    return PLI_EXIT_OK;
}

static pli_exit
read_options(const pli_invocation *invocation, pli_serve_options *serve) {
    uint64_t accounts = 1500;
    uint64_t speed = 60;
    uint64_t port = 8420;
    pli_exit end = pli_venue_count(invocation, "accounts", 100, PLI_DEMO_ACCOUNTS_MAX, &accounts);
    serve->demo.seed = 1;
    if (end == PLI_EXIT_OK) {
        end = pli_venue_count(invocation, "seed", 0, UINT64_MAX, &serve->demo.seed);
    }
    if (end == PLI_EXIT_OK) {
        end = pli_venue_count(invocation, "speed", 1, 3600, &speed);
    }
    if (end == PLI_EXIT_OK) {
        end = pli_venue_count(invocation, "port", 0, 65535, &port);
    }
    uint64_t seconds = 0;
    if (end == PLI_EXIT_OK) {
        end = pli_venue_count(invocation, "seconds", 0, 1000000000, &seconds);
    }
    serve->seconds = (int64_t)seconds;
    const char *address = pli_argument_value(invocation, "address");
    serve->address = address == NULL ? "127.0.0.1" : address;
    serve->port = (uint16_t)port;
    serve->demo.account_count = (uint32_t)accounts;
    serve->demo.speed = (uint32_t)speed;
    return end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    (void)page;
    pli_pool pool = {.chunks = NULL};
    plm_fault fault = {.text = ""};
    pli_serve_options serve = {.directory = invocation->operands[0],
                               .is_demo = pli_argument_is_given(invocation, "demo"),
                               .ready = ready};
    pli_exit end = read_options(invocation, &serve);
    if (end == PLI_EXIT_OK) {
        end = read_candles(invocation, &pool, &serve.demo);
    }
    if (end == PLI_EXIT_OK && pli_serve(&serve, &fault) != PLM_OK) {
        end = pli_fail_status(serve.directory, &fault);
    }
    pli_pool_finish(&pool);
    return end;
}

const pli_verb pli_verb_serve = {
    .name = "serve",
    .summary = "run a venue and show it on pages in the browser",
    .operands = "DIR",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail =
        "Answers on one address until Ctrl-C or SIGTERM. Requests read and change nothing, but "
        "for the button that crashes the demonstration's market. --demo plays a market of "
        "BTC, ETH and SOL with perpetuals, options and the accounts of simulated traders, and "
        "goes on where an earlier run ended. docs/serve.md says more.",
    .example = "plimsoll serve build/demo --demo --accounts 100 --port 0 --seconds 1",
    .run = run,
};
