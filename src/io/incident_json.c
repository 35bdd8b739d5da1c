/* incident_json.c: an incident from JSON ("plimsoll-incident/1").                     SPDX-License-Identifier: Apache-2.0 */
#include "io/incident_json.h"

#include <string.h>

#include "base/text.h"
#include "io/field.h"
#include "io/incident_check.h"
#include "io/json.h"
#include "io/time_text.h"
#include "num/decimal.h"

#define TIME_MS_MAX INT64_C(40000000000)
#define COUNT_MAX INT64_C(100000000)
#define SCALE 18u

typedef struct incident_decoder {
    pli_reader reader;
    pli_pool *pool;
    pli_incident *incident;
} incident_decoder;

void
pli_incident_finish(pli_incident_book *book) {
    pli_document_finish(&book->document);
    pli_pool_finish(&book->pool);
    *book = (pli_incident_book){0};
}

// --- Single values ---------------------------------------------------------------------------------------------------

static const char *
text_at(incident_decoder *d, const pli_node *object, const char *key, bool is_required) {
    const pli_node *node = pli_read_member(&d->reader, object, key, is_required);
    if (node == NULL || node->kind == PLI_NODE_NULL) {
        return "";
    }
    if (node->kind == PLI_NODE_TRUE || node->kind == PLI_NODE_FALSE) {
        return node->kind == PLI_NODE_TRUE ? "true" : "false";
    }
    if (node->kind != PLI_NODE_TEXT && node->kind != PLI_NODE_NUMBER) {
        pli_reader_fail(&d->reader, PLM_VALUE_INVALID, node, key, "a text");
        return "";
    }
    return node->text;
}

static bool
is_decimal(const char *text, size_t size) {
    pli_i128 value;
    return pli_decimal_parse(text, size, SCALE, &value) == PLM_OK;
}

// "a..b" and "+-a" draw a number from a range.
static bool
is_range(const char *text) {
    const char *dots = strstr(text, "..");
    if (dots != NULL) {
        return is_decimal(text, (size_t)(dots - text)) && is_decimal(dots + 2, strlen(dots + 2));
    }
    return strncmp(text, "+-", 2) == 0 && is_decimal(text + 2, strlen(text + 2));
}

static const char *
amount_at(incident_decoder *d, const pli_node *object, const char *key, char form) {
    const char *text = text_at(d, object, key, form == 'r');
    bool is_word = text[0] >= 'a' && text[0] <= 'z';
    if (text[0] != '\0' && !is_decimal(text, strlen(text)) &&
        (form != 'd' || (!is_word && !is_range(text)))) {
        pli_reader_fail(&d->reader, PLM_VALUE_INVALID, pli_node_find(object, key), key,
                        "a decimal with at most 18 decimals");
    }
    return text;
}

static int64_t
count_at(incident_decoder *d, const pli_node *object, const char *key, int64_t high,
         bool is_required) {
    return pli_read_decimal(
        &d->reader, object, key,
        (pli_number){.scale = 0, .low = 0, .high = high, .is_optional = !is_required});
}

// A list with its entries counted and bounded; NULL where it is absent or reading has failed.
static const pli_node *
list_at(incident_decoder *d, const pli_node *object, const char *key, uint32_t high,
        uint32_t *count) {
    *count = 0;
    const pli_node *list = pli_read_list(&d->reader, object, key, false);
    if (list == NULL || d->reader.status != PLM_OK) {
        return NULL;
    }
    if (list->child_count > high) {
        char allowed[64];
        pli_text text = pli_text_init(allowed, sizeof allowed);
        pli_text_append(&text, "a list of up to ");
        pli_text_append_u64(&text, high);
        pli_reader_fail(&d->reader, PLM_VALUE_INVALID, list, key, allowed);
        return NULL;
    }
    *count = list->child_count;
    return list->child;
}

static void *
take(incident_decoder *d, uint32_t count, size_t size) {
    void *memory = pli_pool_take(d->pool, count, size);
    if (memory == NULL) {
        pli_reader_memory(&d->reader);
    }
    return memory;
}

static const char *const *
read_texts(incident_decoder *d, const pli_node *object, const char *key, uint32_t high,
           uint32_t *count) {
    const pli_node *node = list_at(d, object, key, high, count);
    const char **texts = take(d, *count + 1, sizeof *texts);
    for (uint32_t i = 0; texts != NULL && node != NULL; node = node->next, i += 1) {
        texts[i] = node->text;
        if (node->kind != PLI_NODE_TEXT) {
            pli_reader_fail(&d->reader, PLM_VALUE_INVALID, node, key, "texts");
        }
    }
    return texts;
}

static bool
is_plain(const pli_node *node) {
    return node->kind == PLI_NODE_TEXT || node->kind == PLI_NODE_NUMBER;
}

// What stands one level deeper: {"cf": {"ETH": "0.8"}} is "cf.ETH".
static void
read_inner_pairs(incident_decoder *d, const pli_node *object, pli_incident_pair *pairs,
                 uint32_t *count) {
    for (const pli_node *child = object->kind == PLI_NODE_OBJECT ? object->child : NULL;
         child != NULL; child = child->next) {
        if (!is_plain(child)) {
            continue;
        }
        char data[160];
        pli_text text = pli_text_init(data, sizeof data);
        pli_text_append(&text, object->key);
        pli_text_append(&text, ".");
        pli_text_append(&text, child->key);
        size_t size = strlen(data) + 1;
        char *name = take(d, (uint32_t)size, 1);
        if (name == NULL) {
            return;
        }
        memcpy(name, data, size);
        pairs[*count] = (pli_incident_pair){name, child->text};
        *count += 1;
    }
}

// Members of an object whose values are decimals (or, where is_open, any text; others are left out).
static const pli_incident_pair *
read_pairs(incident_decoder *d, const pli_node *object, const char *key, bool is_open,
           uint32_t *count) {
    const pli_node *member = pli_read_member(&d->reader, object, key, false);
    *count = 0;
    uint32_t capacity = member != NULL ? member->child_count : 0;
    for (const pli_node *child = member != NULL ? member->child : NULL; child != NULL && is_open;
         child = child->next) {
        capacity += child->kind == PLI_NODE_OBJECT ? child->child_count : 0;
    }
    pli_incident_pair *pairs = take(d, capacity + 1, sizeof *pairs);
    if (pairs == NULL || member == NULL) {
        return pairs;
    }
    if (member->kind != PLI_NODE_OBJECT || capacity > PLI_INCIDENT_LIST_MAX) {
        pli_reader_fail(&d->reader, PLM_VALUE_INVALID, member, key,
                        "an object of up to 256 members");
        return pairs;
    }
    for (const pli_node *child = member->child; child != NULL; child = child->next) {
        if (!is_plain(child) && is_open) {
            read_inner_pairs(d, child, pairs, count);
            continue;
        }
        pairs[*count] = (pli_incident_pair){
            child->key, is_open ? child->text : amount_at(d, member, child->key, 'c')};
        *count += 1;
    }
    return pairs;
}

// --- Tables ----------------------------------------------------------------------------------------------------------

static void
read_assets(incident_decoder *d, const pli_node *scenario) {
    pli_incident *to = d->incident;
    const pli_node *node =
        list_at(d, scenario, "assets", PLI_INCIDENT_ASSETS_MAX, &to->asset_count);
    pli_incident_asset *assets = take(d, to->asset_count + 1, sizeof *assets);
    to->assets = assets;
    for (uint32_t i = 0; assets != NULL && node != NULL; node = node->next, i += 1) {
        d->reader.kind = "asset";
        assets[i].name = text_at(d, node, "id", true);
        d->reader.subject = assets[i].name;
        assets[i].kind = text_at(d, node, "kind", true);
        assets[i].scale = (uint32_t)count_at(d, node, "scale", SCALE, true);
        assets[i].underlying = text_at(d, node, "underlying", false);
        assets[i].redemption = amount_at(d, node, "redemption", 'c');
        assets[i].redemption_ratio = amount_at(d, node, "redemption_ratio", 'c');
        (void)pli_read_choice(&d->reader, node, "kind", "cash|spot|stable|wrapped", 0);
    }
    d->reader.kind = d->reader.subject = NULL;
}

static void
read_instruments(incident_decoder *d, const pli_node *scenario) {
    pli_incident *to = d->incident;
    const pli_node *node =
        list_at(d, scenario, "instruments", PLI_INCIDENT_INSTRUMENTS_MAX, &to->instrument_count);
    pli_incident_instrument *instruments = take(d, to->instrument_count + 1, sizeof *instruments);
    to->instruments = instruments;
    for (uint32_t i = 0; instruments != NULL && node != NULL; node = node->next, i += 1) {
        pli_incident_instrument *at = &instruments[i];
        d->reader.kind = "instrument";
        at->name = text_at(d, node, "id", true);
        d->reader.subject = at->name;
        at->kind = text_at(d, node, "kind", true);
        (void)pli_read_choice(&d->reader, node, "kind",
                              "perp|future|inverse_future|inverse_perp|option", 0);
        at->base = text_at(d, node, "base", true);
        at->quote = text_at(d, node, "quote", true);
        at->multiplier = amount_at(d, node, "multiplier", 'c');
        at->strike = amount_at(d, node, "strike", 'c');
        at->right = text_at(d, node, "right", false);
        at->domain = text_at(d, node, "price_domain", false);
        (void)pli_read_choice(&d->reader, node, "price_domain", "positive|any", 1);
        if (at->kind[0] == 'o') {
            int right = pli_read_choice(&d->reader, node, "right", "C|P|call|put", 0);
            at->right = right % 2 == 1 ? "C" : "P";
            (void)pli_read_member(&d->reader, node, "strike", true);
        }
    }
    d->reader.kind = d->reader.subject = NULL;
}

static void
read_oracles(incident_decoder *d, const pli_node *scenario) {
    pli_incident *to = d->incident;
    const pli_node *object = pli_read_member(&d->reader, scenario, "oracle", true);
    if (object == NULL || object->kind != PLI_NODE_OBJECT ||
        object->child_count > PLI_INCIDENT_ORACLES_MAX) {
        pli_reader_fail(&d->reader, PLM_VALUE_INVALID, object, "oracle",
                        "an object of up to 32 symbols");
        return;
    }
    to->oracle_count = object->child_count;
    pli_incident_oracle *oracles = take(d, to->oracle_count + 1, sizeof *oracles);
    to->oracles = oracles;
    uint32_t i = 0;
    for (const pli_node *node = object->child; oracles != NULL && node != NULL; node = node->next) {
        pli_incident_oracle *at = &oracles[i++];
        d->reader.kind = "symbol";
        d->reader.subject = node->key;
        at->symbol = node->key;
        at->aggregator = text_at(d, node, "naive_aggregator", true);
        at->composition = text_at(d, node, "composition", false);
        at->depth_usd = amount_at(d, node, "external_depth_2pct_usd", 'c');
        at->market_cap_usd = amount_at(d, node, "market_cap_usd", 'c');
        at->clamp_low = amount_at(d, node, "feed_min_answer", 'c');
        at->clamp_high = amount_at(d, node, "feed_max_answer", 'c');
        at->sources = read_texts(d, node, "sources", PLI_INCIDENT_SOURCES_MAX, &at->source_count);
    }
    d->reader.kind = d->reader.subject = NULL;
}

static void
read_positions(incident_decoder *d, const pli_node *account, pli_incident_account *to) {
    const pli_node *node =
        list_at(d, account, "positions", PLI_INCIDENT_INSTRUMENTS_MAX, &to->position_count);
    pli_incident_position *positions = take(d, to->position_count + 1, sizeof *positions);
    to->positions = positions;
    for (uint32_t i = 0; positions != NULL && node != NULL; node = node->next, i += 1) {
        positions[i].instrument = text_at(d, node, "instrument", true);
        positions[i].quantity = amount_at(d, node, "qty", 'r');
        positions[i].entry = amount_at(d, node, "entry", 'r');
    }
}

static void
read_accounts(incident_decoder *d, const pli_node *scenario) {
    pli_incident *to = d->incident;
    const pli_node *node =
        list_at(d, scenario, "accounts", PLI_INCIDENT_ACCOUNTS_MAX, &to->account_count);
    pli_incident_account *accounts = take(d, to->account_count + 1, sizeof *accounts);
    to->accounts = accounts;
    for (uint32_t i = 0; accounts != NULL && node != NULL; node = node->next, i += 1) {
        d->reader.kind = "account";
        accounts[i].name = text_at(d, node, "id", true);
        d->reader.subject = accounts[i].name;
        accounts[i].role = text_at(d, node, "role", false);
        accounts[i].group = text_at(d, node, "linked_group", false);
        accounts[i].balances = read_pairs(d, node, "balances", false, &accounts[i].balance_count);
        read_positions(d, node, &accounts[i]);
    }
    d->reader.kind = d->reader.subject = NULL;
}

// A fund is {asset: amount}; `mutual` may be {members: {name: amount}}, in the first cash asset.
static void
read_funds(incident_decoder *d, const pli_node *scenario) {
    pli_incident *to = d->incident;
    const pli_node *object = pli_read_member(&d->reader, scenario, "funds", false);
    pli_incident_fund *funds = take(d, PLI_INCIDENT_LIST_MAX, sizeof *funds);
    to->funds = funds;
    const pli_node *fund = object != NULL && funds != NULL ? object->child : NULL;
    for (; fund != NULL && d->reader.status == PLM_OK; fund = fund->next) {
        bool has_members = pli_node_has(fund, "members");
        uint32_t count = 0;
        const pli_incident_pair *pairs = read_pairs(
            d, has_members ? fund : object, has_members ? "members" : fund->key, false, &count);
        for (uint32_t i = 0; pairs != NULL && i < count; i += 1) {
            if (to->fund_count == PLI_INCIDENT_LIST_MAX) {
                pli_reader_fail(&d->reader, PLM_VALUE_INVALID, fund, "funds", "up to 256 entries");
                return;
            }
            funds[to->fund_count++] = (pli_incident_fund){
                fund->key, has_members ? pairs[i].name : "",
                has_members && to->asset_count > 0 ? to->assets[0].name : pairs[i].name,
                pairs[i].value};
        }
    }
}

static const pli_incident_pair *
read_levels(incident_decoder *d, const pli_node *ladder, const char *key, uint32_t *count) {
    const pli_node *node = list_at(d, ladder, key, PLI_INCIDENT_LEVELS_MAX, count);
    pli_incident_pair *levels = take(d, *count + 1, sizeof *levels);
    for (uint32_t i = 0; levels != NULL && node != NULL; node = node->next, i += 1) {
        const pli_node *price = pli_node_at(node, 0), *quantity = pli_node_at(node, 1);
        bool is_pair = node->kind == PLI_NODE_ARRAY && node->child_count == 2;
        if (!is_pair || !is_decimal(price->text, price->text_size) ||
            !is_decimal(quantity->text, quantity->text_size) || quantity->text[0] == '-') {
            pli_reader_fail(&d->reader, PLM_VALUE_INVALID, node, key,
                            "pairs of price and quantity");
            return levels;
        }
        levels[i] = (pli_incident_pair){price->text, quantity->text};
    }
    return levels;
}

static bool
changes_book(incident_decoder *d, const pli_node *event) {
    const pli_node *type = pli_read_member(&d->reader, event, "type", false);
    return type != NULL && type->kind == PLI_NODE_TEXT && strcmp(type->text, "book_change") == 0;
}

static void
read_ladder(incident_decoder *d, const pli_node *node, const char *from_key,
            pli_incident_ladder *ladder) {
    ladder->market = text_at(d, node, "instrument", true);
    ladder->from_ms = count_at(d, node, from_key, TIME_MS_MAX, true);
    ladder->bids = read_levels(d, node, "bids", &ladder->bid_count);
    ladder->asks = read_levels(d, node, "asks", &ladder->ask_count);
}

// A book_change is a ladder that begins then; what it does not say is empty.
static void
read_ladders(incident_decoder *d, const pli_node *scenario) {
    pli_incident *to = d->incident;
    uint32_t event_count = 0, change_count = 0;
    const pli_node *node =
        list_at(d, scenario, "liquidity", PLI_INCIDENT_LIST_MAX, &to->ladder_count);
    const pli_node *event = list_at(d, scenario, "events", PLI_INCIDENT_EVENTS_MAX, &event_count);
    for (const pli_node *at = event; at != NULL; at = at->next) {
        change_count += changes_book(d, at) ? 1 : 0;
    }
    pli_incident_ladder *ladders = take(d, to->ladder_count + change_count + 1, sizeof *ladders);
    to->ladders = ladders;
    for (uint32_t i = 0; ladders != NULL && node != NULL; node = node->next, i += 1) {
        read_ladder(d, node, "from_t_ms", &ladders[i]);
    }
    for (; ladders != NULL && event != NULL; event = event->next) {
        if (changes_book(d, event)) {
            read_ladder(d, event, "t_ms", &ladders[to->ladder_count++]);
        }
    }
}

// --- Events ----------------------------------------------------------------------------------------------------------

static pli_incident_kind
read_kind(incident_decoder *d, const pli_node *node) {
    const char *name = text_at(d, node, "type", true);
    for (int kind = 1; kind < PLI_INCIDENT_KIND_END; kind += 1) {
        if (strcmp(pli_incident_kind_name((pli_incident_kind)kind), name) == 0) {
            return (pli_incident_kind)kind;
        }
    }
    pli_reader_fail(&d->reader, PLM_VALUE_INVALID, pli_node_find(node, "type"), "type",
                    "an event type of the schema");
    return PLI_INCIDENT_NONE;
}

static void
read_event_fields(incident_decoder *d, const pli_node *node, pli_incident_event *event) {
    event->kind = read_kind(d, node);
    event->line = node->line;
#define READ_FIELD(member, key, form)                                                              \
    event->member = (form) == 't' ? text_at(d, node, key, false) : amount_at(d, node, key, form);
    PLI_INCIDENT_FIELD_LIST(READ_FIELD)
#undef READ_FIELD
    event->count = count_at(d, node, "n", COUNT_MAX, false);
    event->over_ms = count_at(d, node, "over_ms", TIME_MS_MAX, false);
    event->deadline_ms = count_at(d, node, "deadline_ms", TIME_MS_MAX, false);
    event->from_ms = count_at(d, node, "from_t_ms", TIME_MS_MAX, false);
    event->to_ms = count_at(d, node, "to_t_ms", TIME_MS_MAX, false);
    event->seed = (uint64_t)count_at(d, node, "seed", INT64_MAX, false);
    const pli_node *expect = pli_node_find(node, "expect");
    event->expect[0] = text_at(d, expect != NULL ? expect : node, "naive", false);
    event->expect[1] = text_at(d, expect != NULL ? expect : node, "hardened", false);
}

static void
read_cycle(incident_decoder *d, const pli_node *node, pli_incident_event *event) {
    const pli_node *child = list_at(d, node, "cycle", PLI_INCIDENT_LIST_MAX, &event->cycle_count);
    pli_incident_event *cycle = take(d, event->cycle_count + 1, sizeof *cycle);
    event->cycle = cycle;
    for (uint32_t i = 0; cycle != NULL && child != NULL; child = child->next, i += 1) {
        read_event_fields(d, child, &cycle[i]);
    }
}

static void
read_events(incident_decoder *d, const pli_node *scenario) {
    pli_incident *to = d->incident;
    const pli_node *node =
        list_at(d, scenario, "events", PLI_INCIDENT_EVENTS_MAX, &to->event_count);
    pli_incident_event *events = take(d, to->event_count + 1, sizeof *events);
    to->events = events;
    int64_t last_ms = 0;
    for (uint32_t i = 0; events != NULL && node != NULL; node = node->next, i += 1) {
        d->reader.kind = "event";
        read_event_fields(d, node, &events[i]);
        read_cycle(d, node, &events[i]);
        events[i].sequence = (uint32_t)count_at(d, node, "seq", PLI_INCIDENT_EVENTS_MAX, true);
        events[i].time_ms = count_at(d, node, "t_ms", TIME_MS_MAX, true);
        if (d->reader.status == PLM_OK && events[i].sequence != i + 1) {
            pli_reader_fail(&d->reader, PLM_VALUE_INVALID, pli_node_find(node, "seq"), "seq",
                            "1, 2, 3 and so on");
        }
        if (d->reader.status == PLM_OK && events[i].time_ms < last_ms) {
            pli_reader_fail(&d->reader, PLM_VALUE_INVALID, pli_node_find(node, "t_ms"), "t_ms",
                            "no less than that of the event before");
        }
        last_ms = events[i].time_ms;
    }
    d->reader.kind = NULL;
}

// A list is its members: of words of which one is asked for ("in"), or of words in their order.
static const char *
list_text(incident_decoder *d, const pli_node *list, char between) {
    size_t size = 1;
    for (const pli_node *child = list->child; child != NULL; child = child->next) {
        size += is_plain(child) ? child->text_size + 1 : 0;
    }
    char *data = take(d, (uint32_t)size, 1);
    if (data == NULL) {
        return "";
    }
    pli_text text = pli_text_init(data, size);
    for (const pli_node *child = list->child; child != NULL; child = child->next) {
        if (!is_plain(child)) {
            pli_reader_fail(&d->reader, PLM_VALUE_INVALID, child, "value", "texts");
            return "";
        }
        if (child != list->child) {
            pli_text_append_char(&text, between);
        }
        pli_text_append(&text, child->text);
    }
    return data;
}

static const char *
wanted_at(incident_decoder *d, const pli_node *node, const char *operation) {
    const pli_node *value = pli_node_find(node, "value");
    return value != NULL && value->kind == PLI_NODE_ARRAY
               ? list_text(d, value, strcmp(operation, "in") == 0 ? '|' : ',')
               : text_at(d, node, "value", true);
}

static void
read_assertions(incident_decoder *d, const pli_node *root, uint32_t run) {
    static const char *const keys[2] = {"naive", "hardened"};
    pli_incident *to = d->incident;
    const pli_node *expected = pli_read_member(&d->reader, root, "expected", true);
    const pli_node *node =
        list_at(d, expected, keys[run], PLI_INCIDENT_LIST_MAX, &to->assertion_counts[run]);
    pli_incident_assertion *assertions = take(d, to->assertion_counts[run] + 1, sizeof *assertions);
    to->assertions[run] = assertions;
    for (uint32_t i = 0; assertions != NULL && node != NULL; node = node->next, i += 1) {
        d->reader.kind = "assertion";
        assertions[i].line = node->line;
        assertions[i].metric = text_at(d, node, "metric", true);
        assertions[i].operation = text_at(d, node, "op", true);
        (void)pli_read_choice(&d->reader, node, "op", "==|!=|<=|>=|<|>|in", 0);
        assertions[i].value = wanted_at(d, node, assertions[i].operation);
        assertions[i].tolerance = amount_at(d, node, "tol", 'c');
        assertions[i].unit = text_at(d, node, "unit", false);
    }
    d->reader.kind = NULL;
}

// --- The whole -------------------------------------------------------------------------------------------------------

static void
read_controls(incident_decoder *d, const pli_node *root) {
    pli_incident *to = d->incident;
    const pli_node *controls = pli_read_member(&d->reader, root, "controls", true);
    uint32_t count = 0;
    const pli_node *node = list_at(d, controls, "secondary", PLI_INCIDENT_LIST_MAX, &count);
    const char **names = take(d, count + 1, sizeof *names);
    if (names == NULL || d->reader.status != PLM_OK) {
        return;
    }
    to->controls = names;
    names[to->control_count++] = text_at(d, controls, "primary", true);
    for (; node != NULL; node = node->next) {
        names[to->control_count++] = node->text;
    }
}

static void
read_root(incident_decoder *d, const pli_node *root) {
    pli_incident *to = d->incident;
    pli_read_schema(&d->reader, root, "plimsoll-incident/1");
    to->name = text_at(d, root, "id", true);
    to->title = text_at(d, root, "title", false);
    to->venue = text_at(d, root, "venue", false);
    to->date = text_at(d, root, "date_utc", false);
    to->summary = text_at(d, root, "summary", false);
    read_controls(d, root);
    const pli_node *scenario = pli_read_member(&d->reader, root, "scenario", true);
    const pli_node *clock = pli_read_member(&d->reader, scenario, "clock", true);
    to->fidelity = text_at(d, scenario, "fidelity", false);
    to->start_ns = pli_read_time(&d->reader, clock, "t0_utc", 0);
    read_assets(d, scenario);
    read_instruments(d, scenario);
    read_oracles(d, scenario);
    read_accounts(d, scenario);
    read_funds(d, scenario);
    read_ladders(d, scenario);
    to->naive = read_pairs(d, scenario, "params_naive", true, &to->naive_count);
    read_events(d, scenario);
    read_assertions(d, root, 0);
    read_assertions(d, root, 1);
    pli_incident_check(&d->reader, root, to);
}

plm_status
pli_incident_decode(pli_document *document, pli_incident_book *book, plm_fault *fault) {
    pli_incident_book made = {0};
    incident_decoder decoder = {
        .reader = {.name = document->name, .fault = fault, .status = PLM_OK},
        .pool = &made.pool,
        .incident = &made.incident};
    made.incident.path = document->name;
    read_root(&decoder, document->root);
    if (decoder.reader.status != PLM_OK) {
        pli_pool_finish(&made.pool);
        return decoder.reader.status;
    }
    made.document = *document;
    *document = (pli_document){0};
    *book = made;
    return PLM_OK;
}

plm_status
pli_incident_read(const char *path, pli_incident_book *book, plm_fault *fault) {
    pli_document document = {0};
    plm_status status = pli_json_read(path, &document, fault);
    if (status == PLM_OK) {
        status = pli_incident_decode(&document, book, fault);
    }
    pli_document_finish(&document);
    return status;
}
