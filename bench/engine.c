/* engine.c: durable, margin-checked trades a second, and how long recovery
 * takes, beside a raw fdatasync. SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/prng.h"
#include "os/memory.h"
#include "plimsoll/engine.h"

enum {
    UNDERLYINGS = 4,
    INSTRUMENTS = 8,
    ACCOUNTS = 1000,
    ROUNDS = 200,
    BATCH_MAX = 1024,
    RUN = 8, /* batches without a pause */
    RUN_EVENTS = RUN * BATCH_MAX
};

static const int64_t e8 = INT64_C(100000000);
static const int64_t start_ns = INT64_C(1767225600000000000);
static plm_engine *engine;
static uint8_t bytes[4 << 20];
static plm_outcome outcomes[RUN_EVENTS];
static plm_event drawn[RUN_EVENTS];
static double ours[ROUNDS], raw[ROUNDS];
static pli_prng prng;
static uint64_t refused;

static double
now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
must(plm_status status, const plm_fault *fault) {
    if (status != PLM_OK) {
        fprintf(stderr, "%s: %s\n", plm_status_name(status), fault->text);
        exit(1);
    }
}

static size_t
put(const plm_event *event, size_t at) {
    size_t size = 0;
    must(plm_event_encode(event, bytes + at, sizeof bytes - at, &size), &(plm_fault){0});
    return at + size;
}

static void
submit(size_t size, bool is_strict) {
    plm_fault fault = {0};
    uint32_t count = 0;
    plm_batch batch = {bytes, size, RUN_EVENTS, outcomes};
    must(plm_engine_submit(engine, &batch, &count, &fault), &fault);
    must(plm_engine_commit(engine, &fault), &fault);
    for (uint32_t i = 0; i < count; i += 1) {
        refused += outcomes[i].reject != PLM_REJECT_NONE;
        if (is_strict && outcomes[i].reject != PLM_REJECT_NONE) {
            fprintf(stderr, "set-up refused: %s\n", plm_reject_text(outcomes[i].reject));
            exit(1);
        }
    }
}

static plm_event
event_of(plm_event_type type, uint32_t account) {
    plm_event event;
    memset(&event, 0, sizeof event);
    event.header.type = (uint16_t)type;
    event.header.version = 1;
    event.header.time_ns = start_ns;
    event.header.account = account;
    return event;
}

static void
set_name(char name[PLM_NAME_SIZE], const char *text, uint32_t number) {
    memset(name, 0, PLM_NAME_SIZE);
    snprintf(name, PLM_NAME_SIZE, "%s%u", text, number);
}

static void
list(void) {
    plm_event event = event_of(PLM_EVENT_TYPE_ASSET, PLM_NONE);
    set_name(event.asset_body.name, "USD", 0);
    event.asset_body.underlying_index = PLM_NONE;
    event.asset_body.decimals = 6;
    event.asset_body.treatment = PLM_TREATMENT_HAIRCUT;
    event.asset_body.tier_count = 1;
    event.asset_body.tier_upto_micros[0] = INT64_MAX;
    event.asset_body.kink_ppm = 800000;
    size_t at = put(&event, 0);
    for (uint32_t u = 0; u < UNDERLYINGS; u += 1) {
        event = event_of(PLM_EVENT_TYPE_UNDERLYING, PLM_NONE);
        set_name(event.underlying_body.name, "U", u);
        event.underlying_body.underlying_index = u;
        event.underlying_body.domain = PLM_PRICE_DOMAIN_POSITIVE;
        event.underlying_body.price_unit = 1;
        event.underlying_body.tick_e8 = 1;
        at = put(&event, at);
    }
    for (uint32_t i = 0; i < INSTRUMENTS; i += 1) {
        event = event_of(PLM_EVENT_TYPE_INSTRUMENT, PLM_NONE);
        set_name(event.instrument_body.name, "PERP", i);
        event.instrument_body.instrument_index = i;
        event.instrument_body.kind = PLM_KIND_PERPETUAL;
        event.instrument_body.settlement = PLM_SETTLEMENT_LINEAR;
        event.instrument_body.underlying_index = i % UNDERLYINGS;
        event.instrument_body.lot_e8 = e8 / 1000;
        at = put(&event, at);
        event = event_of(PLM_EVENT_TYPE_MARK, PLM_NONE);
        event.mark_body.instrument_index = i;
        event.mark_body.is_present = 1;
        event.mark_body.mark_e8 = 50000 * e8;
        at = put(&event, at);
    }
    for (uint32_t u = 0; u < UNDERLYINGS; u += 1) {
        event = event_of(PLM_EVENT_TYPE_PRICE, PLM_NONE);
        event.price_body = (plm_event_price){.underlying_index = u,
                                             .state = PLM_PRICE_STATE_VALID,
                                             .price_e8 = 50000 * e8,
                                             .slow_e8 = 50000 * e8,
                                             .publish_ns = start_ns};
        at = put(&event, at);
    }
    submit(at, true);
}

static void
fund(void) {
    for (uint32_t a = 0; a < ACCOUNTS; a += 1) {
        plm_event event = event_of(PLM_EVENT_TYPE_ACCOUNT, PLM_NONE);
        event.account_body = (plm_event_account){a, PLM_ACCOUNT_CROSS, PLM_NONE, PLM_NONE, 0, 0};
        size_t at = put(&event, 0);
        event = event_of(PLM_EVENT_TYPE_DEPOSIT, a);
        event.deposit_body.atoms.low = UINT64_C(1000000000000);
        submit(put(&event, at), true);
    }
}

static size_t
record(const plm_descriptor *descriptor, uint32_t index, const char *const *paths,
       const int64_t *values, size_t at) {
    plm_event event = event_of(PLM_EVENT_TYPE_PARAMETERS, PLM_NONE);
    plm_event_parameters *body = &event.parameters_body;
    memcpy(body->record, descriptor->id, strlen(descriptor->id));
    body->record_index = index;
    body->record_version = 2;
    body->layout_version = descriptor->version;
    body->field_count = descriptor->field_count;
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        body->values[i] = descriptor->fields[i].standard;
        for (size_t k = 0; paths[k] != NULL; k += 1) {
            if (strcmp(paths[k], descriptor->fields[i].path) == 0) {
                body->values[i] = values[k];
            }
        }
    }
    return put(&event, at);
}

/* Three price levels each side and no history: with stress and probes some
 * thirty entries a row. */
static void
choose_portfolio(void) {
    static const char *const shock_paths[] = {"level_min", "level_max", NULL};
    static const int64_t shock_values[] = {1, 1};
    static const char *const set_paths[] = {"history_count", "sticky_moneyness", NULL};
    static const int64_t set_values[] = {0, 0};
    size_t at = record(&plm_shock_descriptor, 0, shock_paths, shock_values, 0);
    for (uint32_t h = 0; h < 2; h += 1) {
        at = record(&plm_set_descriptor, h, set_paths, set_values, at);
    }
    for (uint32_t h = 1; h <= 2; h += 1) {
        plm_event event = event_of(PLM_EVENT_TYPE_SCENARIO_COMMIT, PLM_NONE);
        set_name(event.scenario_commit_body.name, "bench", h);
        event.scenario_commit_body.set_version = 1;
        event.scenario_commit_body.horizon = h;
        at = put(&event, at);
    }
    plm_event event = event_of(PLM_EVENT_TYPE_CONTINUE, PLM_NONE);
    event.continue_body.step_count = 1024;
    at = put(&event, at);
    event = event_of(PLM_EVENT_TYPE_MODEL, PLM_NONE);
    memcpy(event.model_body.name, "portfolio", strlen("portfolio"));
    event.model_body.model_version = 1;
    submit(put(&event, at), true);
}

/* Entries of the rows that these records give, by making such a set beside the
 * engine. */
static uint32_t
entry_count(void) {
    plm_shock_parameters shocks;
    plm_set_parameters set;
    plm_record_init(&plm_shock_descriptor, &shocks);
    plm_record_init(&plm_set_descriptor, &set);
    shocks.level_min = shocks.level_max = 1;
    set.history_count = set.sticky_moneyness = 0;
    plm_listing listing = plm_core_listing(plm_engine_core(engine));
    plm_market market = plm_core_market(plm_engine_core(engine));
    plm_scenario_request request = {.name = "bench",
                                    .version = 1,
                                    .listing = &listing,
                                    .market = &market,
                                    .parameters = &set,
                                    .class_count = 1,
                                    .classes = &shocks};
    size_t size = plm_scenario_size(&request);
    void *memory = pli_memory_reserve(size);
    plm_scenario_set made;
    plm_fault fault = {0};
    must(plm_scenario_make(&request, memory, size, &made, &fault), &fault);
    free(memory);
    return made.header.entry_count;
}

/* What a batch is of. A trade checks both its accounts, an order the one that sends it. */
typedef enum kind { PLAIN_TRADES, RESERVED_TRADES, ORDERS, KIND_COUNT } kind;

static const char *const kind_names[] = {"trades", "reserved", "orders"};

/* Random trades between random accounts; each maker's side rests in an order of
 * its own, or in none. */
static void
draw(uint32_t count, bool is_reserved) {
    static uint64_t order_id;
    for (uint32_t i = 0; i < count; i += 1) {
        uint32_t taker = (uint32_t)pli_prng_below(&prng, ACCOUNTS);
        drawn[i] = event_of(PLM_EVENT_TYPE_TRADE, taker);
        plm_event_trade *body = &drawn[i].trade_body;
        body->instrument_index = (uint32_t)pli_prng_below(&prng, INSTRUMENTS);
        body->maker_account =
            (taker + 1 + (uint32_t)pli_prng_below(&prng, ACCOUNTS - 1)) % ACCOUNTS;
        body->lots = (int64_t)pli_prng_below(&prng, 21) - 10;
        body->lots += body->lots == 0;
        body->price_e8 = 50000 * e8;
        body->taker_fee_atoms = 100;
        order_id += 1;
        body->maker_order_id = is_reserved ? order_id : 0;
    }
}

/* The orders of the makers that were drawn. */
static size_t
put_orders(uint32_t from, uint32_t count, size_t at) {
    for (uint32_t i = from; i < from + count; i += 1) {
        const plm_event_trade *trade = &drawn[i].trade_body;
        plm_event event = event_of(PLM_EVENT_TYPE_RESERVE, trade->maker_account);
        event.reserve_body.instrument_index = trade->instrument_index;
        event.reserve_body.side = trade->lots > 0 ? PLM_SIDE_SELL : PLM_SIDE_BUY;
        event.reserve_body.lots = trade->lots > 0 ? trade->lots : -trade->lots;
        event.reserve_body.limit_e8 = trade->price_e8;
        event.reserve_body.order_id = trade->maker_order_id;
        at = put(&event, at);
    }
    return at;
}

/* Take the orders back, which is not what is measured. */
static void
release(uint32_t count) {
    size_t at = 0;
    for (uint32_t i = 0; i < count; i += 1) {
        plm_event event = event_of(PLM_EVENT_TYPE_RELEASE, drawn[i].trade_body.maker_account);
        event.release_body.order_id = drawn[i].trade_body.maker_order_id;
        at = put(&event, at);
    }
    submit(at, true);
}

static size_t
put_trades(uint32_t from, uint32_t count, size_t at) {
    for (uint32_t i = from; i < from + count; i += 1) {
        at = put(&drawn[i], at);
    }
    return at;
}

static int
by_value(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

static double
processor_seconds(void) {
    return (double)clock() / CLOCKS_PER_SEC;
}

/* How a batch becomes durable: before the next one is decided, or meanwhile. */
typedef enum way { COMMIT, BEGIN, WAY_COUNT } way;

static const char *const way_names[] = {"commit", "begin"};

typedef struct sums {
    double total, raw, processor;
    int rounds;
} sums;

/* Submit the drawn batches one after the other and see when each may be acknowledged. */
static void
submit_run(uint32_t batch, const size_t *ends, way by, sums *into) {
    plm_fault fault = {0};
    double starts[RUN];
    double used = processor_seconds();
    double first = now_us();
    for (int i = 0; i < RUN; i += 1) {
        uint32_t count = 0;
        size_t from = i == 0 ? 0 : ends[i - 1];
        plm_batch next = {bytes + from, ends[i] - from, batch, outcomes + (size_t)i * batch};
        starts[i] = now_us();
        must(plm_engine_submit(engine, &next, &count, &fault), &fault);
        if (by == COMMIT) {
            must(plm_engine_commit(engine, &fault), &fault);
            ours[into->rounds + i] = now_us() - starts[i];
            continue;
        }
        must(plm_engine_begin(engine, &fault), &fault); // which awaits the one before
        if (i > 0) {
            ours[into->rounds + i - 1] = now_us() - starts[i - 1];
        }
    }
    must(plm_engine_await(engine, &fault), &fault);
    if (by == BEGIN) {
        ours[into->rounds + RUN - 1] = now_us() - starts[RUN - 1];
    }
    into->total += now_us() - first;
    into->processor += processor_seconds() - used;
    for (uint32_t i = 0; i < RUN * batch; i += 1) {
        refused += outcomes[i].reject != PLM_REJECT_NONE;
    }
}

static void
sync_raw(const size_t *ends, int file, sums *into) {
    for (int i = 0; i < RUN; i += 1) {
        size_t from = i == 0 ? 0 : ends[i - 1];
        size_t size = ends[i] - from;
        double start = now_us();
        if (pwrite(file, bytes + from, size, 0) != (ssize_t)size || fdatasync(file) != 0) {
            perror("pwrite");
            exit(1);
        }
        raw[into->rounds + i] = now_us() - start;
        into->raw += raw[into->rounds + i];
    }
}

static void
measure(uint32_t batch, kind of, way by, int file) {
    sums all = {0};
    refused = 0;
    for (; all.rounds < ROUNDS; all.rounds += RUN) {
        uint32_t events = RUN * batch;
        size_t ends[RUN];
        draw(events, of != PLAIN_TRADES);
        if (of == RESERVED_TRADES) {
            submit(put_orders(0, events, 0), true);
        }
        size_t size = 0;
        for (uint32_t i = 0; i < RUN; i += 1) {
            size = of == ORDERS ? put_orders(i * batch, batch, size)
                                : put_trades(i * batch, batch, size);
            ends[i] = size;
        }
        submit_run(batch, ends, by, &all);
        sync_raw(ends, file, &all);
        if (of == ORDERS) {
            release(events);
        }
    }
    qsort(ours, ROUNDS, sizeof ours[0], by_value);
    qsort(raw, ROUNDS, sizeof raw[0], by_value);
    double events = (double)batch * ROUNDS;
    printf("%-9s %-6s %5u %12.0f %10.0f %10.0f %12.0f %10.0f %10.0f %8.2f %9.2f %9.1f\n",
           kind_names[of], way_names[by], batch, events / all.total * 1e6, ours[ROUNDS / 2],
           ours[ROUNDS * 99 / 100], events / all.raw * 1e6, raw[ROUNDS / 2], raw[ROUNDS * 99 / 100],
           all.total / all.raw, all.processor / events * 1e6, 100.0 * (double)refused / events);
}

/* Open the venue again: its log is replayed by the recorded outcomes, or every
 * event decided anew. */
static void
recover(const char *directory, plm_engine_options options, bool is_verifying) {
    plm_fault fault = {0};
    options.is_verifying = is_verifying;
    double begin = now_us();
    double used = processor_seconds();
    must(plm_engine_open(directory, &options, &engine, &fault), &fault);
    used = processor_seconds() - used;
    double seconds = (now_us() - begin) / 1e6;
    double millions = (double)plm_engine_replayed(engine) / 1e6;
    printf("recovery %s: %.0f events in %.2f s, a million in %.2f s, %.2f s of "
           "the processor\n",
           is_verifying ? "deciding again" : "by recorded outcomes", 1e6 * millions, seconds,
           seconds / millions, used / millions);
    must(plm_engine_close(engine, &fault), &fault);
}

int
main(int count, char **words) {
    if (count != 2) {
        fprintf(stderr, "usage: engine FOLDER   an empty or absent folder on the "
                        "disk to measure\n");
        return 2;
    }
    plm_engine_options options;
    plm_fault fault = {0};
    plm_engine_options_init(&options);
    options.may_create = true;
    options.is_time_given = true;
    options.digest_interval = 0;
    must(plm_engine_open(words[1], &options, &engine, &fault), &fault);
    prng = pli_prng_init(1);
    list();
    fund();
    choose_portfolio();
    char path[1024];
    snprintf(path, sizeof path, "%s/raw", words[1]);
    int file = open(path, O_RDWR | O_CREAT, 0644);
    printf(
        "durable events, model portfolio, rows of %u entries; us. trades: taker and maker by "
        "the initial rule;\n"
        "reserved: the maker by maintenance, its order reserved before; orders: the taker alone, "
        "by the initial rule\n",
        entry_count());
    printf("%-9s %-6s %5s %12s %10s %10s %12s %10s %10s %8s %9s %9s\n", "events", "by", "batch",
           "events/s", "p50", "p99", "raw bytes/s", "p50", "p99", "ours/raw", "processor",
           "refused %");
    static const uint32_t batches[] = {1, 32, 256, 1024};
    for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i += 1) {
        for (kind of = PLAIN_TRADES; of < KIND_COUNT; of += 1) {
            for (way by = COMMIT; by < WAY_COUNT; by += 1) {
                measure(batches[i], of, by, file);
            }
        }
    }
    close(file);
    unlink(path);
    must(plm_engine_close(engine, &fault), &fault);
    options.may_create = false;
    recover(words[1], options, false);
    recover(words[1], options, true);
    return 0;
}
