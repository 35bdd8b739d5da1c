/* answer_triggers.c: prices at which an account is called or liquidated, found side by side.   SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "explain/triggers.h"
#include "os/clock.h"
#include "server/shift.h"

enum { BELOW = 0, ABOVE = 1, SIDES = 2 };

typedef struct found_prices {
    bool is_known;
    int64_t price_e8;
    plm_trigger at[SIDES][PLI_TRIGGER_CONDITIONS];
} found_prices;

/*
 * The answer in the making. Between two of its parts events are applied; an underlying is searched in the market and with the
 * account of its own beginning, and anew where the arrays, the listing or the model's record have changed meanwhile.
 */
struct pli_trigger_search {
    uint64_t number; /* of the request */
    uint32_t account, underlying_count;
    uint32_t next; /* underlying */
    bool is_walking;
    pli_trigger_walk walk; /* of it */
    plm_explain_input input;
    pli_shift market; /* as it was at the beginning, unmoved */
    plm_slice_node *nodes;
    uint8_t hash[32]; /* of the set that the arrays were built from */
    uint32_t amendments;
    plm_workspace workspace;
    found_prices found[]; /* by underlying */
};

bool
pli_triggers_is_begun(const pli_server *server, const pli_http_request *request) {
    return server->triggers != NULL && request->number != 0 &&
           server->triggers->number == request->number;
}

void
pli_triggers_finish(pli_server *server) {
    if (server->triggers != NULL) {
        pli_shift_finish(&server->triggers->market);
        free(server->triggers->nodes);
        free(server->triggers->workspace.memory);
        free(server->triggers);
        server->triggers = NULL;
    }
}

static bool
is_held(const plm_portfolio *portfolio, const plm_listing *listing, uint32_t underlying) {
    for (uint32_t i = 0; i < portfolio->position_count; i += 1) {
        uint32_t at = portfolio->positions[i].instrument_index;
        if (listing->instruments[at].underlying_index == underlying) {
            return true;
        }
    }
    return false;
}

static bool
has_room(pli_trigger_search *at) {
    size_t size = (plm_explain_size(&at->input) + 63) / 64 * 64;
    if (at->workspace.size < size) {
        free(at->workspace.memory);
        at->workspace.memory = aligned_alloc(64, size);
        at->workspace.size = at->workspace.memory == NULL ? 0 : size;
    }
    return at->workspace.memory != NULL;
}

// Nodes of smiles, behind one another in a table that stays. False: no memory.
static bool
keep_nodes(pli_trigger_search *at) {
    const plm_market *market = &at->market.view.market;
    size_t count = 0;
    for (uint32_t i = 0; i < market->expiry_count; i += 1) {
        count += market->expiries[i].slice.node_count;
    }
    free(at->nodes);
    at->nodes = calloc(count + 1, sizeof at->nodes[0]);
    plm_slice_node *to = at->nodes;
    for (uint32_t i = 0; to != NULL && i < market->expiry_count; i += 1) {
        plm_slice *slice = &at->market.expiries[i].slice;
        if (slice->node_count > 0) {
            memcpy(to, slice->nodes, slice->node_count * sizeof to[0]);
            slice->nodes = to;
            to += slice->node_count;
        }
    }
    return to != NULL;
}

// The market as it is, in tables that stay.
static bool
keep_market(pli_server *server, pli_trigger_search *at) {
    pli_shift_finish(&at->market);
    if (pli_shift_init(&at->market, server->core) != PLM_OK) {
        return false;
    }
    const plm_market *market = &at->market.view.market;
    const plm_listing *listing = &at->market.view.listing;
    memcpy(at->market.underlyings, market->underlyings,
           listing->underlying_count * sizeof market->underlyings[0]);
    memcpy(at->market.marks, market->marks, listing->instrument_count * sizeof market->marks[0]);
    memcpy(at->market.expiries, market->expiries,
           market->expiry_count * sizeof market->expiries[0]);
    const plm_scenario_set *set = at->market.view.maintenance_set;
    if (set != NULL) {
        memcpy(at->hash, set->header.hash, sizeof at->hash);
    }
    at->amendments = server->amendments.count;
    return keep_nodes(at);
}

// Is what the walk has not copied still what it was?
static bool
is_current(const pli_server *server, const pli_trigger_search *at) {
    plm_core_view now;
    const plm_scenario_set *set = at->market.view.maintenance_set;
    return plm_core_look(server->core, &now) == PLM_OK && now.maintenance_set == set &&
           (set == NULL || memcmp(at->hash, set->header.hash, sizeof at->hash) == 0) &&
           at->amendments == server->amendments.count;
}

// The next underlying, where the account holds something of it. False: there is no such account, or no memory.
static bool
walk_on(pli_server *server, pli_trigger_search *at) {
    plm_portfolio portfolio;
    found_prices *found = &at->found[at->next];
    if (!pli_server_hold(server, at->account, &portfolio) || !keep_market(server, at)) {
        return false;
    }
    const plm_core_view *view = &at->market.view;
    found->is_known = is_held(&portfolio, &view->listing, at->next);
    if (!found->is_known) {
        at->next += 1;
        return true;
    }
    at->input = (plm_explain_input){.model = plm_core_model(server->core),
                                    .margin = view->input,
                                    .maintenance_set = view->maintenance_set,
                                    .initial_set = view->initial_set};
    at->input.margin.portfolio = &portfolio; // copied by the walk
    at->input.margin.listing = &at->market.view.listing;
    at->input.margin.market = &at->market.market;
    if (!has_room(at)) {
        return false;
    }
    found->price_e8 = at->market.underlyings[at->next].price.price_e8;
    found->is_known =
        pli_trigger_walk_begin(&at->input, at->next, &at->workspace, &at->walk, NULL) == PLM_OK;
    at->input.margin.portfolio = NULL;
    at->is_walking = found->is_known;
    at->next += found->is_known ? 0 : 1;
    return true;
}
// A probe, or the beginning of an underlying.
static bool
search_next(pli_server *server, pli_trigger_search *at) {
    if (!at->is_walking) {
        return walk_on(server, at);
    }
    bool is_well = at->walk.side == SIDES || pli_trigger_walk_step(&at->walk, NULL) == PLM_OK;
    if (is_well && at->walk.side < SIDES) {
        return true;
    }
    at->found[at->next].is_known = is_well;
    memcpy(at->found[at->next].at, at->walk.found, sizeof at->walk.found);
    at->is_walking = false;
    at->next += 1;
    return true;
}

static void
write_trigger(pli_json_writer *writer, const char *key, const plm_trigger *trigger) {
    if (trigger->is_found) {
        pli_write_e8(writer, key, trigger->price_e8);
    } else {
        pli_json_null(writer, key);
    }
}

static void
write_found(pli_server *server, const pli_trigger_search *at) {
    pli_json_writer *writer = &server->writer;
    pli_json_begin_object(writer, NULL);
    pli_json_begin_array(writer, "underlyings");
    for (uint32_t u = 0; u < at->underlying_count; u += 1) {
        const found_prices *found = &at->found[u];
        if (!found->is_known) {
            continue;
        }
        pli_json_begin_object(writer, NULL);
        pli_json_text(writer, "underlying", plm_core_underlying_name(server->core, u));
        pli_write_e8(writer, "price", found->price_e8);
        write_trigger(writer, "call_below", &found->at[BELOW][PLI_TRIGGER_CALL]);
        write_trigger(writer, "call_above", &found->at[ABOVE][PLI_TRIGGER_CALL]);
        write_trigger(writer, "liquidation_below", &found->at[BELOW][PLI_TRIGGER_LIQUIDATION]);
        write_trigger(writer, "liquidation_above", &found->at[ABOVE][PLI_TRIGGER_LIQUIDATION]);
        pli_json_end(writer);
    }
    pli_json_end(writer);
    pli_json_end(writer);
}

static bool
begin(pli_server *server, const pli_http_request *request) {
    uint32_t count = plm_core_listing(server->core).underlying_count;
    pli_trigger_search *made = calloc(1, sizeof *made + count * sizeof made->found[0]);
    pli_triggers_finish(server);
    if (made == NULL) {
        return false;
    }
    made->number = request->number;
    made->underlying_count = count;
    server->triggers = made;
    return pli_server_account_of(request->path, "/v1/accounts/", "/triggers", &made->account);
}

unsigned
pli_answer_triggers(pli_server *server, const pli_http_request *request) {
    int64_t end_ns = pli_clock_monotonic_ns() + PLI_PART_NS;
    bool is_well = pli_triggers_is_begun(server, request) || begin(server, request);
    pli_trigger_search *at = server->triggers;
    if (is_well && at->is_walking && !is_current(server, at)) {
        at->is_walking = false;
    }
    do {
        is_well = is_well && (at->next == at->underlying_count || search_next(server, at));
    } while (is_well && at->next < at->underlying_count && pli_clock_monotonic_ns() < end_ns);
    if (is_well && at->next < at->underlying_count) {
        return 0;
    }
    if (is_well) {
        write_found(server, at);
    }
    pli_triggers_finish(server);
    return is_well ? 200 : pli_server_refuse(server, 404, "account", "there is no such account");
}
