/* incident_check.c: does what an incident's file says of one thing fit what it says of another? SPDX-License-Identifier: Apache-2.0 */
#include "io/incident_check.h"

#include <string.h>

#include "num/decimal.h"
#include "study/control.h"

#define SCALE 18u

// The child of a list in the scenario, by index.
static const pli_node *
entry_of(const pli_node *scenario, const char *list, uint32_t index) {
    return pli_node_at(pli_node_find(scenario, list), index);
}

static void
fail_at(pli_reader *reader, plm_status status, const pli_node *object, const char *key,
        const char *allowed) {
    const pli_node *node = pli_node_find(object, key);
    pli_reader_fail(reader, status, node != NULL ? node : object, key, allowed);
}

// --- Names -----------------------------------------------------------------------------------------------------------

static bool
has_asset(const pli_incident *of, const char *name) {
    for (uint32_t i = 0; i < of->asset_count; i += 1) {
        if (strcmp(of->assets[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

// Without money of its own a file may quote in what nobody holds.
static bool
has_cash(const pli_incident *of) {
    for (uint32_t i = 0; i < of->asset_count; i += 1) {
        if (strcmp(of->assets[i].kind, "cash") == 0) {
            return true;
        }
    }
    return false;
}

static uint32_t
find_instrument(const pli_incident *of, const char *name) {
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        if (strcmp(of->instruments[i].name, name) == 0) {
            return i;
        }
    }
    return of->instrument_count;
}

static void
check_assets(pli_reader *reader, const pli_node *scenario, const pli_incident *of) {
    for (uint32_t i = 0; i < of->asset_count; i += 1) {
        for (uint32_t at = 0; at < i; at += 1) {
            if (strcmp(of->assets[at].name, of->assets[i].name) == 0) {
                fail_at(reader, PLM_VALUE_INVALID, entry_of(scenario, "assets", i), "id",
                        "a name that no asset before it has");
            }
        }
    }
}

static void
check_instruments(pli_reader *reader, const pli_node *scenario, const pli_incident *of) {
    for (uint32_t i = 0; i < of->instrument_count && reader->status == PLM_OK; i += 1) {
        const pli_incident_instrument *at = &of->instruments[i];
        const pli_node *node = entry_of(scenario, "instruments", i);
        pli_i128 multiplier = 1;
        bool has_multiplier = at->multiplier[0] != '\0';
        reader->kind = "instrument";
        reader->subject = at->name;
        if (find_instrument(of, at->name) != i) {
            fail_at(reader, PLM_VALUE_INVALID, node, "id",
                    "a name that no instrument before it has");
        } else if (strncmp(at->kind, "inverse", 7) != 0 && !has_asset(of, at->quote) &&
                   has_cash(of)) {
            fail_at(reader, PLM_INDEX_UNKNOWN, node, "quote", "an asset of the file");
        } else if (has_multiplier && (pli_decimal_parse(at->multiplier, strlen(at->multiplier),
                                                        SCALE, &multiplier) != PLM_OK ||
                                      multiplier <= 0)) {
            fail_at(reader, PLM_VALUE_INVALID, node, "multiplier", "a decimal above zero");
        }
    }
    reader->kind = reader->subject = NULL;
}

static void
check_funds(pli_reader *reader, const pli_node *scenario, const pli_incident *of) {
    const pli_node *funds = pli_node_find(scenario, "funds");
    for (uint32_t i = 0; i < of->fund_count && reader->status == PLM_OK; i += 1) {
        const pli_incident_fund *fund = &of->funds[i];
        // Other funds count shares of their own.
        if (strcmp(fund->name, "insurance") == 0 && !has_asset(of, fund->asset)) {
            const pli_node where = {.kind = PLI_NODE_TEXT,
                                    .line = pli_node_find(funds, fund->name)->line,
                                    .text = fund->asset,
                                    .text_size = strlen(fund->asset)};
            pli_reader_fail(reader, PLM_INDEX_UNKNOWN, &where, fund->name, "an asset of the file");
        }
    }
}

static void
check_controls(pli_reader *reader, const pli_node *root, const pli_incident *of) {
    const pli_node *controls = pli_node_find(root, "controls");
    const pli_node *list = pli_node_find(controls, "secondary");
    for (uint32_t i = 0; i < of->control_count && reader->status == PLM_OK; i += 1) {
        const char *id = of->controls[i];
        if (pli_control_named(id, (uint32_t)strlen(id)) == PLI_CONTROL_COUNT) {
            pli_reader_fail(reader, PLM_INDEX_UNKNOWN,
                            i == 0 ? pli_node_find(controls, "primary") : pli_node_at(list, i - 1),
                            "controls", "an id of the catalogue in docs/incidents.md");
        }
    }
}

// --- Accounts --------------------------------------------------------------------------------------------------------

static void
check_account(pli_reader *reader, const pli_node *node, const pli_incident *of, uint32_t index) {
    const pli_incident_account *account = &of->accounts[index];
    for (uint32_t i = 0; i < index; i += 1) {
        if (strcmp(of->accounts[i].name, account->name) == 0) {
            fail_at(reader, PLM_VALUE_INVALID, node, "id", "a name that no account before it has");
        }
    }
    for (uint32_t i = 0; i < account->balance_count && reader->status == PLM_OK; i += 1) {
        const char *asset = account->balances[i].name;
        const pli_node where = {.kind = PLI_NODE_TEXT,
                                .line = pli_node_find(node, "balances")->line,
                                .text = asset,
                                .text_size = strlen(asset)};
        if (!has_asset(of, asset)) {
            pli_reader_fail(reader, PLM_INDEX_UNKNOWN, &where, "balances", "assets of the file");
        }
    }
    for (uint32_t i = 0; i < account->position_count && reader->status == PLM_OK; i += 1) {
        if (find_instrument(of, account->positions[i].instrument) == of->instrument_count) {
            fail_at(reader, PLM_INDEX_UNKNOWN, entry_of(node, "positions", i), "instrument",
                    "an instrument of the file");
        }
    }
}

// Of every contract somebody is long what others are short.
static void
check_net(pli_reader *reader, const pli_node *scenario, const pli_incident *of,
          uint32_t instrument) {
    pli_i128 net = 0;
    for (uint32_t a = 0; a < of->account_count; a += 1) {
        for (uint32_t i = 0; i < of->accounts[a].position_count; i += 1) {
            const pli_incident_position *position = &of->accounts[a].positions[i];
            pli_i128 quantity = 0;
            if (strcmp(position->instrument, of->instruments[instrument].name) == 0 &&
                pli_decimal_parse(position->quantity, strlen(position->quantity), SCALE,
                                  &quantity) == PLM_OK) {
                net += quantity;
            }
        }
    }
    if (net != 0) {
        char seen[64];
        pli_text text = pli_text_init(seen, sizeof seen);
        pli_decimal_format(&text, net, SCALE, 0);
        const pli_node where = {.kind = PLI_NODE_TEXT,
                                .line = entry_of(scenario, "instruments", instrument)->line,
                                .text = seen,
                                .text_size = strlen(seen)};
        reader->kind = "instrument";
        reader->subject = of->instruments[instrument].name;
        pli_reader_fail(reader, PLM_VALUE_INVALID, &where, "sum of all positions", "0");
        reader->kind = reader->subject = NULL;
    }
}

static void
check_accounts(pli_reader *reader, const pli_node *scenario, const pli_incident *of) {
    const pli_node *list = pli_node_find(scenario, "accounts");
    const pli_node *node = list != NULL ? list->child : NULL;
    for (uint32_t i = 0; i < of->account_count && node != NULL && reader->status == PLM_OK;
         i += 1) {
        reader->kind = "account";
        reader->subject = of->accounts[i].name;
        check_account(reader, node, of, i);
        node = node->next;
    }
    reader->kind = reader->subject = NULL;
    for (uint32_t i = 0; i < of->instrument_count && reader->status == PLM_OK; i += 1) {
        check_net(reader, scenario, of, i);
    }
}

// --- Events ----------------------------------------------------------------------------------------------------------

static void
check_named(pli_reader *reader, const pli_incident *of, const pli_incident_event *event,
            const char *key, const char *pattern) {
    bool is_found = pattern[0] == '\0';
    for (uint32_t i = 0; i < of->account_count && !is_found; i += 1) {
        is_found = pli_incident_matches(pattern, of->accounts[i].name);
    }
    if (!is_found) {
        const pli_node where = {.kind = PLI_NODE_TEXT,
                                .line = event->line,
                                .text = pattern,
                                .text_size = strlen(pattern)};
        pli_reader_fail(reader, PLM_INDEX_UNKNOWN, &where, key, "an account of the file");
    }
}

static void
check_events(pli_reader *reader, const pli_incident *of) {
    reader->kind = "event";
    for (uint32_t i = 0; i < of->event_count && reader->status == PLM_OK; i += 1) {
        const pli_incident_event *event = &of->events[i];
        check_named(reader, of, event, "account", event->account);
        check_named(reader, of, event, "accounts", event->accounts);
        check_named(reader, of, event, "buyer", event->buyer);
        check_named(reader, of, event, "seller", event->seller);
        check_named(reader, of, event, "bidder", event->bidder);
        check_named(reader, of, event, "liquidator", event->liquidator);
        check_named(reader, of, event, "counterparty", event->counterparty);
        check_named(reader, of, event, "counterparties", event->counterparties);
    }
    reader->kind = NULL;
}

void
pli_incident_check(pli_reader *reader, const pli_node *root, const pli_incident *incident) {
    if (reader->status != PLM_OK) {
        return;
    }
    const pli_node *scenario = pli_node_find(root, "scenario");
    const pli_node *expected = pli_node_find(root, "expected");
    static const char *const runs[2] = {"naive", "hardened"};
    check_controls(reader, root, incident);
    check_assets(reader, scenario, incident);
    check_instruments(reader, scenario, incident);
    check_funds(reader, scenario, incident);
    check_accounts(reader, scenario, incident);
    check_events(reader, incident);
    if (reader->status == PLM_OK && incident->event_count == 0) {
        fail_at(reader, PLM_VALUE_INVALID, scenario, "events", "a list of at least one event");
    }
    for (uint32_t run = 0; run < 2 && reader->status == PLM_OK; run += 1) {
        if (incident->assertion_counts[run] == 0) {
            reader->kind = "expected";
            fail_at(reader, PLM_VALUE_INVALID, expected, runs[run],
                    "a list of at least one assertion");
            reader->kind = NULL;
        }
    }
}
