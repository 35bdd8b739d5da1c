/* health.c: is it up, does it take events, and how much has it done: for probes and for Prometheus. SPDX-License-Identifier: Apache-2.0 */
#include "server/health.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "num/decimal.h"
#include "os/clock.h"
#include "server/door.h"

static const int64_t bounds_us[PLI_LATENCY_BOUNDS] = {100,    250,    500,     1000,    2500,
                                                      5000,   10000,  25000,   50000,   100000,
                                                      250000, 500000, 1000000, 5000000, 30000000};

// The text grows in the server's writer, which is no JSON here.
__attribute__((format(printf, 2, 3))) static void
say(pli_server *server, const char *format, ...) {
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): version 14 does not see va_start here
    int size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (size > 0 && (size_t)size < sizeof line) {
        pli_server_append(server, line, (size_t)size);
    }
}

unsigned
pli_answer_alive(pli_server *server, const pli_http_request *request) {
    (void)request;
    say(server, "alive\n");
    return 200;
}

unsigned
pli_answer_ready(pli_server *server, const pli_http_request *request) {
    (void)request;
    bool is_ready = server->failure == PLM_OK;
    say(server, is_ready ? "ready\n" : "the engine takes nothing any more\n");
    return is_ready ? 200 : 503;
}

void
pli_metrics_observe(pli_metrics *metrics, const plm_event *event, const plm_outcome *outcome,
                    const plm_effect *effects) {
    if (outcome->reject != PLM_REJECT_NONE) {
        metrics->refused += 1;
        return;
    }
    metrics->accepted += 1;
    metrics->repeats += outcome->is_repeat;
    if (event->header.type == PLM_EVENT_TYPE_PRICE_REPORT && !outcome->is_repeat) {
        metrics->report_ns = pli_clock_monotonic_ns();
    }
    for (uint32_t i = 0; i < outcome->effect_count; i += 1) {
        bool is_call = effects[i].kind == PLM_EFFECT_CALL || effects[i].kind == PLM_EFFECT_SLICE;
        if (is_call && metrics->report_ns != 0 && metrics->pending < UINT32_MAX) {
            metrics->pending += 1;
        }
    }
}

void
pli_metrics_committed(pli_metrics *metrics) {
    if (metrics->pending == 0) {
        return;
    }
    int64_t took_us = (pli_clock_monotonic_ns() - metrics->report_ns) / 1000;
    uint32_t at = 0;
    while (at < PLI_LATENCY_BOUNDS && took_us > bounds_us[at]) {
        at += 1;
    }
    metrics->latency_counts[at] += metrics->pending;
    metrics->latency_sum_us += (uint64_t)took_us * metrics->pending;
    metrics->pending = 0;
}

static void
say_counter(pli_server *server, const char *name, const char *help, uint64_t value) {
    say(server, "# HELP %s_total %s\n# TYPE %s_total counter\n", name, help, name);
    say(server, "%s_total %" PRIu64 "\n", name, value);
}

static void
say_gauge(pli_server *server, const char *name, const char *help, uint64_t value) {
    say(server, "# TYPE %s gauge\n# HELP %s %s\n", name, name, help);
    say(server, "%s %" PRIu64 "\n", name, value);
}

static void
say_latency(pli_server *server) {
    const pli_metrics *metrics = &server->metrics;
    uint64_t sum = 0;
    say(server, "# TYPE plimsoll_report_to_call_seconds histogram\n");
    say(server, "# HELP plimsoll_report_to_call_seconds From the newest accepted price report to a "
                "durable margin call or liquidation slice.\n");
    for (uint32_t i = 0; i < PLI_LATENCY_BOUNDS; i += 1) {
        sum += metrics->latency_counts[i];
        say(server,
            "plimsoll_report_to_call_seconds_bucket{le=\"%" PRId64 ".%06" PRId64 "\"} %" PRIu64
            "\n",
            bounds_us[i] / 1000000, bounds_us[i] % 1000000, sum);
    }
    sum += metrics->latency_counts[PLI_LATENCY_BOUNDS];
    say(server, "plimsoll_report_to_call_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", sum);
    say(server, "plimsoll_report_to_call_seconds_sum %" PRIu64 ".%06" PRIu64 "\n",
        metrics->latency_sum_us / 1000000, metrics->latency_sum_us % 1000000);
    say(server, "plimsoll_report_to_call_seconds_count %" PRIu64 "\n", sum);
}

static void
say_stages(pli_server *server) {
    uint32_t count = plm_core_account_count(server->core);
    uint32_t counts[PLM_STAGE_DEFICIT + 1] = {0};
    for (uint32_t i = 0; i < count; i += 1) {
        plm_account_info info;
        if (plm_core_account(server->core, i, &info) == PLM_OK &&
            (unsigned)info.standing.stage <= PLM_STAGE_DEFICIT) {
            counts[info.standing.stage] += 1;
        }
    }
    say(server, "# TYPE plimsoll_accounts gauge\n# HELP plimsoll_accounts Accounts by stage.\n");
    for (unsigned i = PLM_STAGE_HEALTHY; i <= PLM_STAGE_DEFICIT; i += 1) {
        say(server, "plimsoll_accounts{stage=\"%s\"} %u\n", plm_stage_name((plm_stage)i),
            counts[i]);
    }
}

static void
say_amount(pli_server *server, const char *name, const plm_asset *asset, const char *asset_name,
           plm_wide atoms) {
    char data[64];
    pli_text text = pli_text_init(data, sizeof data);
    pli_decimal_format(&text, pli_i128_from_wide(atoms), asset->decimals, 0);
    say(server, "%s{asset=\"%s\"} %s\n", name, asset_name, data);
}

static void
say_funds(pli_server *server) {
    static const char *const names[2] = {"plimsoll_insurance", "plimsoll_bad_debt"};
    static const char *const helps[2] = {"What the insurance funds hold, in units of the asset.",
                                         "What closed-out accounts owe that nobody has paid."};
    plm_listing listing = plm_core_listing(server->core);
    for (uint32_t k = 0; k < 2; k += 1) {
        say(server, "# TYPE %s gauge\n# HELP %s %s\n", names[k], names[k], helps[k]);
        for (uint32_t i = 0; i < listing.asset_count; i += 1) {
            plm_asset_totals totals;
            if (plm_core_asset(server->core, i, &totals) == PLM_OK) {
                say_amount(server, names[k], &listing.assets[i], totals.name,
                           k == 0 ? totals.insurance : totals.bad_debt);
            }
        }
    }
}

static void
say_prices(pli_server *server) {
    plm_market market = plm_core_market(server->core);
    uint32_t count = plm_core_listing(server->core).underlying_count;
    say(server, "# TYPE plimsoll_price_valid gauge\n"
                "# HELP plimsoll_price_valid 1 where the price is valid, 0 where it is held, stale "
                "or invalid.\n");
    for (uint32_t u = 0; u < count; u += 1) {
        const char *name = plm_core_underlying_name(server->core, u);
        say(server, "plimsoll_price_valid{underlying=\"%s\"} %d\n", name != NULL ? name : "",
            market.underlyings[u].price.state == PLM_PRICE_STATE_VALID);
    }
}

// Of the lanes that requests wait in (door.h), and of connections.
static void
say_lanes(pli_server *server) {
    static const char *const names[] = {"served", "refused", "waited_seconds"};
    static const char *const helps[] = {"Requests that were served, by lane.",
                                        "Requests that found their lane full.",
                                        "Time that requests have waited in all, by lane."};
    for (unsigned k = 0; k < sizeof names / sizeof names[0]; k += 1) {
        say(server, "# HELP plimsoll_lane_%s_total %s\n# TYPE plimsoll_lane_%s_total counter\n",
            names[k], helps[k], names[k]);
        for (unsigned i = 0; i < PLI_HTTP_LANES; i += 1) {
            pli_http_lane lane = pli_http_lane_of(server->http, i);
            uint64_t value = k == 0 ? lane.served : k == 1 ? lane.refused : lane.waited_us;
            say(server, "plimsoll_lane_%s_total{lane=\"%s\"} ", names[k],
                pli_lane_name((pli_lane)i));
            if (k == 2) {
                say(server, "%" PRIu64 ".%06" PRIu64 "\n", value / 1000000, value % 1000000);
            } else {
                say(server, "%" PRIu64 "\n", value);
            }
        }
    }
    uint64_t evicted = 0;
    uint32_t open = pli_http_connections(server->http, &evicted);
    say_gauge(server, "plimsoll_connections", "Connections that are open now.", open);
    say_counter(server, "plimsoll_connections_evicted",
                "Connections closed to make room for others.", evicted);
    say_counter(server, "plimsoll_connections_crowded",
                "Connections closed at once, as their address had as many as it may.",
                pli_http_crowded(server->http));
}

static void
say_screen(pli_server *server) {
    plm_screen_counts counts = plm_core_screen_counts(server->core);
    say_counter(server, "plimsoll_looks", "Accounts that scans have looked at since the start.",
                counts.looked);
    say_counter(server, "plimsoll_looks_spared",
                "Accounts that scans have passed: certainly healthy, or nothing of the price.",
                counts.passed);
    say_counter(server, "plimsoll_certificates_checked",
                "Accounts looked at although they were certified.", counts.checked);
    say_counter(server, "plimsoll_certificates_missed",
                "Of these not healthy after all: a fault of this program.", counts.missed);
}

unsigned
pli_answer_metrics(pli_server *server, const pli_http_request *request) {
    (void)request;
    const pli_metrics *metrics = &server->metrics;
    say_counter(server, "plimsoll_events_accepted", "Events accepted since the start.",
                metrics->accepted);
    say_counter(server, "plimsoll_events_refused", "Events refused by the rules since the start.",
                metrics->refused);
    say_counter(server, "plimsoll_events_repeated", "Events answered from an earlier outcome.",
                metrics->repeats);
    say_counter(server, "plimsoll_requests", "Requests of HTTP since the start.",
                metrics->requests);
    say_counter(server, "plimsoll_requests_refused", "Requests answered with 400 or more.",
                metrics->requests_refused);
    say_gauge(server, "plimsoll_sequence", "Number of the last durable event.",
              plm_engine_committed(server->engine));
    say_gauge(server, "plimsoll_jobs", "Jobs that wait for CONTINUE.",
              plm_core_job_count(server->core));
    say_stages(server);
    say_funds(server);
    say_prices(server);
    say_latency(server);
    say_screen(server);
    say_lanes(server);
    return 200;
}
