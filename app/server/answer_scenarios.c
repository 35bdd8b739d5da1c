/* answer_scenarios.c: what might happen next, and what one lot of an instrument gains or loses by it.   SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "plimsoll/explain.h"
#include "plimsoll/scenario.h"
#include "server/server.h"

enum { SETS = 2 };

static const char *const purposes[SETS] = {"maintenance", "initial"};
static const char *const probes[PLM_PROBE_COUNT] = {
    "up", "down", "up far", "down far", "volatility up", "volatility down", "delta"};

static const char *
vol_move_name(plm_vol_move move) {
    static const char *const names[] = {"none",    "up",        "down",    "front up", "front down",
                                        "skew up", "skew down", "roll up", "roll down"};
    return names[move];
}

static uint32_t
index_of(const pli_http_request *request, const char *before) {
    return (uint32_t)strtoul(request->path + strlen(before), NULL, 10);
}

// The set that is asked for and what it made, or NULL with the refusal written and its status in *refused.
static const plm_scenario_set *
find_set(pli_server *server, uint32_t at, plm_core_view *view, const plm_risk_table **arrays,
         unsigned *refused) {
    if (at >= SETS) {
        *refused = pli_server_refuse(server, 404, "set", "0 is of maintenance, 1 of initial");
        return NULL;
    }
    plm_status status = plm_core_look(server->core, view);
    const plm_scenario_set *set = at == 0 ? view->maintenance_set : view->initial_set;
    *arrays = at == 0 ? view->input.maintenance_arrays : view->input.initial_arrays;
    if (status != PLM_OK || set == NULL || *arrays == NULL) {
        *refused = pli_server_refuse(server, 503, "arrays", "there are no risk arrays in force");
        return NULL;
    }
    return set;
}

static void
write_header(pli_json_writer *writer, uint32_t at, const plm_scenario_header *header) {
    pli_json_integer(writer, "set", at);
    pli_json_text(writer, "purpose", purposes[at]);
    pli_json_text(writer, "name", header->name);
    pli_json_integer(writer, "version", header->version);
    pli_json_hex(writer, "hash", header->hash, sizeof header->hash);
    pli_json_decimal(writer, "horizon_seconds", header->horizon.ns, 9);
    pli_json_integer(writer, "entry_count", header->entry_count);
    pli_json_integer(writer, "grid_count", header->grid_count);
    pli_json_integer(writer, "plane_count", header->plane_count);
    pli_json_integer(writer, "history_count", header->history_count);
    pli_json_integer(writer, "stress_count", header->stress_count);
}

unsigned
pli_answer_scenario_sets(pli_server *server, const pli_http_request *request) {
    (void)request;
    pli_json_writer *writer = &server->writer;
    plm_core_view view;
    bool is_there = plm_core_look(server->core, &view) == PLM_OK;
    pli_json_begin_object(writer, NULL);
    pli_json_time(writer, "time", plm_core_time(server->core).ns);
    pli_json_begin_array(writer, "sets");
    for (uint32_t at = 0; is_there && at < SETS; at += 1) {
        const plm_scenario_set *set = at == 0 ? view.maintenance_set : view.initial_set;
        if (set != NULL) {
            pli_json_begin_object_inline(writer, NULL);
            write_header(writer, at, &set->header);
            pli_json_end(writer);
        }
    }
    pli_json_end(writer);
    pli_json_end(writer);
    return 200;
}

static void
write_underlyings(pli_server *server, const plm_scenario_set *set) {
    pli_json_writer *writer = &server->writer;
    pli_json_begin_array(writer, "underlyings");
    for (uint32_t u = 0; u < set->header.underlying_count; u += 1) {
        const plm_shock_parameters *shocks = &set->shocks[u];
        pli_json_begin_object_inline(writer, NULL);
        pli_json_text(writer, "name", plm_core_underlying_name(server->core, u));
        pli_json_integer(writer, "grid_active", set->header.grid_active[u]);
        pli_json_bool(writer, "has_history", set->header.has_history[u] != 0);
        pli_write_micros(writer, "step", shocks->step_ppm);
        pli_write_micros(writer, "extreme", shocks->extreme_ppm);
        pli_write_micros(writer, "extreme_weight", shocks->extreme_weight_ppm);
        pli_write_micros(writer, "volatility_up", shocks->vol_up_ppm);
        pli_write_micros(writer, "volatility_down", shocks->vol_down_ppm);
        pli_write_micros(writer, "probe", shocks->probe_ppm);
        pli_write_micros(writer, "probe_multiple", shocks->probe_multiple_ppm);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

static void
write_grid(pli_json_writer *writer, const plm_scenario_set *set) {
    pli_json_begin_array(writer, "grid");
    for (uint32_t i = 0; i < set->header.grid_count; i += 1) {
        const plm_grid_point *point = &set->grid[i];
        pli_json_begin_object_inline(writer, NULL);
        pli_json_integer(writer, "entry", i);
        pli_json_integer(writer, "level", point->level);
        pli_json_integer(writer, "extreme", point->extreme);
        pli_json_text(writer, "volatility", vol_move_name(point->vol_move));
        pli_json_bool(writer, "is_sticky_moneyness", point->is_sticky_moneyness);
        pli_json_bool(writer, "is_elapsed", point->is_elapsed);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

static void
write_history(pli_json_writer *writer, const plm_scenario_set *set) {
    uint32_t underlyings = set->header.underlying_count;
    pli_json_begin_array_inline(writer, "planes");
    for (uint32_t plane = 0; plane < set->header.plane_count; plane += 1) {
        pli_json_begin_object_inline(writer, NULL);
        pli_json_integer(writer, "entry", plm_scenario_history_begin(&set->header, plane));
        pli_json_bool(writer, "is_elapsed", plane >= 2);
        pli_json_bool(writer, "rises_in_falls", plane % 2 == 0);
        pli_json_end(writer);
    }
    pli_json_end(writer);
    pli_json_begin_array(writer, "days");
    for (uint32_t day = 0; day < set->header.history_count; day += 1) {
        pli_json_begin_object_inline(writer, NULL);
        pli_json_time(writer, "day", set->history_days[day] * PLM_DAY_NS);
        pli_json_begin_array_inline(writer, "returns");
        for (uint32_t u = 0; u < underlyings; u += 1) {
            pli_json_double(writer, NULL, set->history_returns[(size_t)day * underlyings + u]);
        }
        pli_json_end(writer);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

static void
write_stresses(pli_json_writer *writer, const plm_scenario_set *set) {
    uint32_t underlyings = set->header.underlying_count;
    pli_json_begin_array(writer, "stress");
    for (uint32_t i = 0; i < set->header.stress_count; i += 1) {
        pli_json_begin_object_inline(writer, NULL);
        pli_json_integer(writer, "entry", plm_scenario_stress_begin(&set->header) + i);
        pli_json_text(writer, "name", set->header.stress_names[i]);
        pli_json_begin_array_inline(writer, "moves");
        for (uint32_t u = 0; u < underlyings; u += 1) {
            const plm_stress_move *move = &set->stress_moves[(size_t)i * underlyings + u];
            pli_json_begin_object_inline(writer, NULL);
            pli_json_double(writer, "price", move->price);
            pli_json_double(writer, "volatility", move->volatility);
            pli_json_double(writer, "basis", move->basis);
            pli_json_end(writer);
        }
        pli_json_end(writer);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

unsigned
pli_answer_scenario_set(pli_server *server, const pli_http_request *request) {
    pli_json_writer *writer = &server->writer;
    uint32_t at = index_of(request, "/v1/scenarios/");
    plm_core_view view;
    const plm_risk_table *arrays = NULL;
    unsigned refused = 0;
    const plm_scenario_set *set = find_set(server, at, &view, &arrays, &refused);
    if (set == NULL) {
        return refused;
    }
    pli_json_begin_object(writer, NULL);
    write_header(writer, at, &set->header);
    write_underlyings(server, set);
    write_grid(writer, set);
    write_history(writer, set);
    write_stresses(writer, set);
    pli_json_begin_array_inline(writer, "probes");
    for (uint32_t i = 0; i < PLM_PROBE_COUNT; i += 1) {
        pli_json_begin_object_inline(writer, NULL);
        pli_json_integer(writer, "entry", plm_scenario_probe_begin(&set->header) + i);
        pli_json_text(writer, "name", probes[i]);
        pli_json_end(writer);
    }
    pli_json_end(writer);
    pli_json_end(writer);
    return 200;
}

// The currency that everything is valued in: the one asset without an underlying.
static const char *
valuation_name(const plm_core *core, plm_asset_totals *totals) {
    plm_listing listing = plm_core_listing(core);
    for (uint32_t i = 0; i < listing.asset_count; i += 1) {
        if (listing.assets[i].underlying_index == PLM_NONE &&
            plm_core_asset(core, i, totals) == PLM_OK) {
            return totals->name;
        }
    }
    return "";
}

// Of one long lot, underlying by underlying; where a Greek does not exist there is no row.
static void
write_lot_greeks(pli_server *server, const plm_core_view *view, uint32_t instrument) {
    pli_json_writer *writer = &server->writer;
    plm_position lot = {.instrument_index = instrument, .lots = 1};
    plm_portfolio portfolio = {.position_count = 1, .positions = &lot};
    plm_explain_input input = {.model = plm_core_model(server->core),
                               .margin = view->input,
                               .maintenance_set = view->maintenance_set,
                               .initial_set = view->initial_set};
    input.margin.portfolio = &portfolio;
    uint32_t count = view->listing.underlying_count;
    plm_greeks *greeks = calloc(count + (size_t)1, sizeof greeks[0]);
    bool is_known = greeks != NULL && plm_explain_greeks(&input, greeks, NULL) == PLM_OK;
    pli_json_begin_array(writer, "greeks");
    for (uint32_t u = 0; is_known && u < count; u += 1) {
        const plm_greeks *of = &greeks[u];
        if (u != view->listing.instruments[instrument].underlying_index && of->delta == 0) {
            continue;
        }
        pli_json_begin_object_inline(writer, NULL);
        pli_json_text(writer, "underlying", plm_core_underlying_name(server->core, u));
        pli_json_double(writer, "delta", of->delta);
        pli_json_double(writer, "gamma", of->gamma);
        pli_json_double(writer, "vega", of->vega);
        pli_json_double(writer, "theta", of->theta);
        pli_json_double(writer, "vanna", of->vanna);
        pli_json_double(writer, "volga", of->volga);
        pli_json_end(writer);
    }
    pli_json_end(writer);
    free(greeks);
}

// Which scenario an entry is, in words that the answer about the set has too. Returns whether a requirement may use it.
static bool
write_scenario(pli_json_writer *writer, const plm_scenario_set *set, uint32_t entry, uint32_t u) {
    const plm_scenario_header *header = &set->header;
    uint32_t stress = plm_scenario_stress_begin(header);
    uint32_t probe = plm_scenario_probe_begin(header);
    if (entry < header->grid_count) {
        pli_json_text(writer, "segment", "grid");
        return entry < header->grid_active[u];
    }
    if (entry < stress) {
        uint32_t at = entry - header->grid_count;
        pli_json_text(writer, "segment", "history");
        pli_json_integer(writer, "plane", at / header->history_count);
        pli_json_time(writer, "day", set->history_days[at % header->history_count] * PLM_DAY_NS);
        return header->has_history[u] != 0;
    }
    pli_json_text(writer, "segment", entry < probe ? "stress" : "probe");
    pli_json_text(writer, "name",
                  entry < probe ? header->stress_names[entry - stress] : probes[entry - probe]);
    return entry < probe && header->has_history[u] != 0;
}

unsigned
pli_answer_risk_array(pli_server *server, const pli_http_request *request) {
    pli_json_writer *writer = &server->writer;
    uint32_t instrument = index_of(request, "/v1/instruments/");
    int64_t at = 0;
    bool is_named = strstr(request->query, "set=") != NULL;
    plm_market_totals totals;
    plm_asset_totals valuation;
    plm_core_view view;
    const plm_risk_table *arrays = NULL;
    unsigned refused = 0;
    if (plm_core_instrument(server->core, instrument, &totals) != PLM_OK) {
        return pli_server_refuse(server, 404, "instrument", "there is no such instrument");
    }
    if (is_named && (!pli_parameter(request, "set", 0, &at) || at < 0 || at >= SETS)) {
        return pli_server_refuse(server, 400, "set", "0 is of maintenance, 1 of initial");
    }
    const plm_scenario_set *set = find_set(server, (uint32_t)at, &view, &arrays, &refused);
    if (set == NULL) {
        return refused;
    }
    if (instrument >= arrays->instrument_count || arrays->is_built[instrument] == 0) {
        return pli_server_refuse(server, 503, "arrays", "the array of this instrument is not made");
    }
    const int64_t *row = plm_risk_row(arrays, instrument);
    uint32_t u = view.listing.instruments[instrument].underlying_index;
    pli_json_begin_object(writer, NULL);
    pli_json_time(writer, "time", plm_core_time(server->core).ns);
    pli_json_integer(writer, "index", instrument);
    pli_json_text(writer, "instrument", totals.name);
    pli_json_text(writer, "underlying", plm_core_underlying_name(server->core, u));
    pli_write_e8(writer, "lot", view.listing.instruments[instrument].lot_e8);
    pli_json_text(writer, "unit", valuation_name(server->core, &valuation));
    pli_json_integer(writer, "set", at);
    pli_json_hex(writer, "hash", set->header.hash, sizeof set->header.hash);
    write_lot_greeks(server, &view, instrument);
    pli_json_begin_array(writer, "rows");
    for (uint32_t i = 0; i < set->header.entry_count; i += 1) {
        pli_json_begin_object_inline(writer, NULL);
        pli_json_integer(writer, "entry", i);
        bool counts = write_scenario(writer, set, i, u);
        pli_write_micros(writer, "profit", row[i]);
        pli_json_bool(writer, "is_active", counts);
        pli_json_end(writer);
    }
    pli_json_end(writer);
    pli_json_end(writer);
    return 200;
}
