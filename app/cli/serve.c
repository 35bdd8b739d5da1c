/* serve.c: plimsoll serve: a venue that runs, with its pages.                         SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/memory.h"
#include "cli/settings.h"
#include "cli/venue.h"
#include "cli/verbs.h"
#include "io/candles_csv.h"
#include "io/time_text.h"
#include "server/server.h"

static const pli_option options[] = {
    {"config", "FILE", "the settings below as lines `port = 8420`; the command line wins"},
    {"demo", NULL, "play a market with thousands of accounts; a missing DIR is made"},
    {"accounts", "N", "accounts of the demonstration (default 1500)"},
    {"seed", "N", "of the demonstration (default 1)"},
    {"speed", "N", "seconds of its market in a second of time (default 60)"},
    {"replay", "FILE",
     "candles whose moves its prices follow; goes on where the last run of them ended"},
    {"replay-from", "DATE", "begin there in the history: 2020-03-12, or with T and a time"},
    {"address", "ADDRESS", "where to listen (default 127.0.0.1: this machine alone)"},
    {"connections-per-address", "N",
     "at most, of the 256 (default 0: as many as there is room for)"},
    {"tls-cert", "FILE", "certificate chain, PEM: everything is TLS; with --tls-key"},
    {"tls-key", "FILE", "its private key, PEM"},
    {"open-reading", NULL, "answer what is read without a key; a demonstration always does"},
    {"desks", "FILE", "keys for /api/v2, lines of: id secret signer account read|trade"},
    {"operator", "KEY", "ed25519 public key, 64 hex digits, that signs for the operator"},
    {"leave-jobs", NULL, "leave what waits in the queue to `continue` events of the venue's own"},
    {"port", "N", "where to listen (default 8420; 0: any free port)"},
    {"seconds", "N", "end by itself after so many"},
    {"log", NULL, "lines of JSON on standard error: open, close, stages, prices, refusals"},
    {NULL, NULL, NULL},
};

static void
ready(const char *scheme, const char *address, uint16_t port) {
    // At once, not with the page: the program goes on running.
    (void)fprintf(
        stdout,
        "The venue is open: %s://%s:%u/\n"
        "  1. Watch the accounts: how much equity each holds for every unit it must hold.\n"
        "  2. Open one of them: why it must hold what it must, and what a trade would change.\n"
        "  3. Press \"Crash\": a third off the price in three minutes, and the tape of what "
        "follows.\n"
        "Clients of Deribit's protocol find %s://%s:%u/api/v2 (docs/deribit.md).\n"
        "Ctrl-C ends it; the next start goes on from here.\n",
        scheme, address, (unsigned)port, scheme, address, (unsigned)port);
    (void)fflush(stdout);
}

// The last bar that begins no later than the date given, as market time after the first.
static pli_exit
read_from(const pli_invocation *invocation, pli_demo_options *demo) {
    const char *text = pli_argument_value(invocation, "replay-from");
    char whole[32] = "";
    int64_t from_ns = 0;
    if (text == NULL) {
        return PLI_EXIT_OK;
    }
    bool is_day = strlen(text) == strlen("2020-03-12");
    bool is_short = strlen(text) < sizeof whole - sizeof "T00:00:00Z";
    if (is_short) {
        (void)snprintf(whole, sizeof whole, "%s%s", text, is_day ? "T00:00:00Z" : "");
    }
    if (demo->close_count == 0 || !is_short ||
        pli_time_parse(whole, strlen(whole), &from_ns) != PLM_OK ||
        from_ns < demo->close_times_ns[0] ||
        from_ns >= demo->close_times_ns[demo->close_count - 1]) {
        return pli_fail_usage("--replay-from", " is a date between the bars of --replay", NULL);
    }
    uint32_t bar = 0;
    while (demo->close_times_ns[bar + 1] <= from_ns) {
        bar += 1;
    }
    demo->replay_from_ns = (int64_t)bar * demo->close_ns;
    demo->is_replay_from_given = true;
    return PLI_EXIT_OK;
}

// Closes of the bars, and how far apart they are.
static pli_exit
read_candles(const pli_invocation *invocation, pli_pool *pool, pli_demo_options *demo) {
    const char *path = pli_argument_value(invocation, "replay");
    plm_fault fault = {.text = ""};
    pli_bars bars = {.bar_count = 0};
    if (path == NULL) {
        return read_from(invocation, demo);
    }
    if (pli_bars_read(path, PLM_PRICE_DOMAIN_POSITIVE, pool, &bars, &fault) != PLM_OK) {
        return pli_fail_status(path, &fault);
    }
    if (bars.bar_count < 2 || bars.bar_count > UINT32_MAX) {
        return pli_fail_usage(path, " holds fewer than two bars", NULL);
    }
    double *closes = PLI_MUST_TAKE(pool, bars.bar_count, double);
    int64_t *times_ns = PLI_MUST_TAKE(pool, bars.bar_count, int64_t);
    for (size_t i = 0; i < bars.bar_count; i += 1) {
        closes[i] = bars.bars[i].close;
        times_ns[i] = bars.bars[i].start_ns;
    }
    demo->closes = closes;
    demo->close_times_ns = times_ns;
    demo->close_count = (uint32_t)bars.bar_count;
    demo->close_ns = bars.bars[1].start_ns - bars.bars[0].start_ns;
    return read_from(invocation, demo);
}

static int
digit_of(char character) {
    const char *digits = "0123456789abcdef";
    const char *at = character == '\0' ? NULL : strchr(digits, character);
    return at == NULL ? -1 : (int)(at - digits);
}

static pli_exit
read_operator(const pli_invocation *invocation, pli_serve_options *serve) {
    const char *text = pli_argument_value(invocation, "operator");
    serve->has_operator = text != NULL;
    size_t size = sizeof serve->operator_key;
    if (text == NULL) {
        return PLI_EXIT_OK;
    }
    bool is_key = strlen(text) == 2 * size;
    for (size_t i = 0; is_key && i < size; i += 1) {
        int high = digit_of(text[2 * i]);
        int low = digit_of(text[2 * i + 1]);
        is_key = high >= 0 && low >= 0;
        serve->operator_key[i] = (uint8_t)(is_key ? high * 16 + low : 0);
    }
    return is_key ? PLI_EXIT_OK
                  : pli_fail_usage("--operator takes 64 lower-case hexadecimal digits", NULL, NULL);
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
    uint64_t peer_max = 0;
    if (end == PLI_EXIT_OK) {
        end = pli_venue_count(invocation, "connections-per-address", 0, PLI_HTTP_CONNECTIONS_MAX,
                              &peer_max);
    }
    serve->peer_max = (uint32_t)peer_max;
    uint64_t seconds = 0;
    if (end == PLI_EXIT_OK) {
        end = pli_venue_count(invocation, "seconds", 0, 1000000000, &seconds);
    }
    serve->seconds = (int64_t)seconds;
    const char *address = pli_argument_value(invocation, "address");
    serve->address = address == NULL ? "127.0.0.1" : address;
    serve->certificate = pli_argument_value(invocation, "tls-cert");
    serve->key = pli_argument_value(invocation, "tls-key");
    if (end == PLI_EXIT_OK && (serve->certificate == NULL) != (serve->key == NULL)) {
        end = pli_fail_usage("--tls-cert and --tls-key go together", NULL, NULL);
    }
    serve->port = (uint16_t)port;
    serve->demo.account_count = (uint32_t)accounts;
    serve->demo.speed = (uint32_t)speed;
    return end;
}

static pli_exit
serve_with(const pli_invocation *invocation, pli_pool *pool) {
    plm_fault fault = {.text = ""};
    pli_serve_options serve = {.directory = invocation->operands[0],
                               .is_demo = pli_argument_is_given(invocation, "demo"),
                               .ready = ready};
    serve.is_reading_open = pli_argument_is_given(invocation, "open-reading");
    serve.is_leaving_jobs = pli_argument_is_given(invocation, "leave-jobs");
    serve.desks = pli_argument_value(invocation, "desks");
    serve.is_logging = pli_argument_is_given(invocation, "log");
    pli_exit end = read_operator(invocation, &serve);
    if (end == PLI_EXIT_OK) {
        end = read_options(invocation, &serve);
    }
    if (end == PLI_EXIT_OK) {
        end = read_candles(invocation, pool, &serve.demo);
    }
    if (end == PLI_EXIT_OK && pli_serve(&serve, &fault) != PLM_OK) {
        end = pli_fail_status(serve.directory, &fault);
    }
    return end;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    (void)page;
    pli_pool pool = {.chunks = NULL};
    pli_invocation settled = *invocation;
    const char *path = pli_argument_value(invocation, "config");
    pli_exit end = path == NULL ? PLI_EXIT_OK : pli_settings_read(path, "config", &pool, &settled);
    end = end == PLI_EXIT_OK ? serve_with(&settled, &pool) : end;
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
        "Answers on one address until Ctrl-C or SIGTERM. What is read needs a key of the venue or "
        "--open-reading; what changes the books is signed (docs/api.md). The button that crashes "
        "the demonstration's market is anybody's. --demo plays a market of "
        "BTC, ETH and SOL with perpetuals, options and the accounts of simulated traders, and "
        "goes on where an earlier run ended. docs/serve.md says more.",
    .example = "plimsoll serve build/demo --demo --accounts 100 --port 0 --seconds 1",
    .run = run,
};
