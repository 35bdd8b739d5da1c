/* status.c: plimsoll status: what a venue's books say in short.                        SPDX-License-Identifier: Apache-2.0 */
#include "base/muldiv.h"
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/venue.h"
#include "cli/verbs.h"

static const pli_option options[] = {{NULL, NULL, NULL}};

static uint32_t
auction_count(const plm_core *core) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < plm_core_account_count(core); i += 1) {
        plm_account_info info = {.owner = 0};
        count +=
            plm_core_account(core, i, &info) == PLM_OK && info.standing.stage == PLM_STAGE_AUCTION;
    }
    return count;
}

static pli_rows
venue_row(pli_pool *pool, plm_engine *engine) {
    const pli_column columns[] = {
        pli_column_count("sequence", "events"),
        pli_column_text("time", "time"),
        pli_column_text("model", "margin model"),
        pli_column_count("asset_count", "assets"),
        pli_column_count("underlying_count", "underlyings"),
        pli_column_count("instrument_count", "instruments"),
        pli_column_count("account_count", "accounts"),
        pli_column_count("auction_count", "accounts on sale"),
        pli_column_count("job_count", "jobs waiting"),
        pli_column_text("digest", "digest of the state"),
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    const plm_core *core = plm_engine_core(engine);
    plm_listing listing = plm_core_listing(core);
    uint8_t digest[32];
    plm_core_digest(core, digest);
    const pli_cell cells[COLUMNS] = {
        pli_cell_number((pli_i128)plm_core_sequence(core), 0),
        pli_cell_text(pli_venue_time(pool, plm_core_time(core).ns)),
        pli_cell_text(plm_core_model(core)->name),
        pli_cell_number(listing.asset_count, 0),
        pli_cell_number(listing.underlying_count, 0),
        pli_cell_number(listing.instrument_count, 0),
        pli_cell_number(plm_core_account_count(core), 0),
        pli_cell_number(auction_count(core), 0),
        pli_cell_number(plm_core_job_count(core), 0),
        pli_cell_text(pli_venue_hex(pool, digest)),
    };
    pli_rows rows = pli_rows_make(pool, "venue", columns, COLUMNS, 1);
    rows.table.is_record = true;
    pli_rows_add(&rows, cells);
    return rows;
}

/* Decimals of an asset as its column shows them. */
static pli_cell
atoms_cell(const plm_asset *asset, plm_wide atoms) {
    return pli_cell_number(pli_i128_from_wide(atoms), asset->decimals);
}

/* What is neither an account's balance nor a named account's: losses collected and profit that waits for its payer. */
static pli_i128
in_markets(const plm_asset_totals *totals) {
    return pli_i128_from_wide(totals->held) - pli_i128_from_wide(totals->lent) +
           pli_i128_from_wide(totals->borrowed) - pli_i128_from_wide(totals->fees) -
           pli_i128_from_wide(totals->insurance) - pli_i128_from_wide(totals->tranches) -
           pli_i128_from_wide(totals->residue) - pli_i128_from_wide(totals->interest);
}

static pli_rows
asset_rows(pli_pool *pool, const plm_core *core) {
    const pli_column columns[] = {
        pli_column_text("asset", "asset"),
        pli_column_number("held", "held in custody", "", 2),
        pli_column_number("lent", "balances", "", 2),
        pli_column_number("borrowed", "loans", "", 2),
        pli_column_number("fees", "fees", "", 2),
        pli_column_number("insurance", "insurance", "", 2),
        pli_column_number("tranches", "tranches", "", 2),
        pli_column_number("residue", "residue", "", 6),
        pli_column_number("interest", "interest", "", 6),
        pli_column_number("markets", "in markets", "", 2),
        pli_column_number("bad_debt", "bad debt", "", 2),
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    plm_listing listing = plm_core_listing(core);
    pli_rows rows = pli_rows_make(pool, "assets", columns, COLUMNS, listing.asset_count);
    for (uint32_t i = 0; i < listing.asset_count; i += 1) {
        plm_asset_totals totals;
        if (plm_core_asset(core, i, &totals) != PLM_OK) {
            break;
        }
        const plm_asset *asset = &listing.assets[i];
        const pli_cell cells[COLUMNS] = {
            pli_cell_text(totals.name),
            atoms_cell(asset, totals.held),
            atoms_cell(asset, totals.lent),
            atoms_cell(asset, totals.borrowed),
            atoms_cell(asset, totals.fees),
            atoms_cell(asset, totals.insurance),
            atoms_cell(asset, totals.tranches),
            atoms_cell(asset, totals.residue),
            atoms_cell(asset, totals.interest),
            pli_cell_number(in_markets(&totals), asset->decimals),
            atoms_cell(asset, totals.bad_debt),
        };
        pli_rows_add(&rows, cells);
    }
    return rows;
}

static const char *
phase_name(uint32_t phase) {
    static const char *const names[] = {"", "active", "settling", "settled"};
    return names[phase];
}

static pli_rows
market_rows(pli_pool *pool, const plm_core *core) {
    const pli_column columns[] = {
        pli_column_text("instrument", "instrument"),
        pli_column_text("phase", "phase"),
        pli_column_number("mark", "mark", "", 2),
        pli_column_count("open_interest", "open interest, lots"),
        pli_column_number("unpaid", "profit not yet paid", "settlement asset", 2),
        pli_column_number("tranche", "insurance tranche", "settlement asset", 2),
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    plm_listing listing = plm_core_listing(core);
    plm_market market = plm_core_market(core);
    pli_rows rows = pli_rows_make(pool, "markets", columns, COLUMNS, listing.instrument_count);
    for (uint32_t i = 0; i < listing.instrument_count; i += 1) {
        plm_market_totals totals;
        if (plm_core_instrument(core, i, &totals) != PLM_OK) {
            break;
        }
        const plm_asset *asset = &listing.assets[listing.instruments[i].settlement_asset_index];
        const plm_mark *mark = &market.marks[i];
        const pli_cell cells[COLUMNS] = {
            pli_cell_text(totals.name),
            pli_cell_text(phase_name(totals.phase)),
            mark->is_present ? pli_cell_number(mark->mark_e8, 8) : pli_cell_none(),
            pli_cell_number(totals.open_interest, 0),
            atoms_cell(asset, totals.unpaid),
            atoms_cell(asset, totals.tranche),
        };
        pli_rows_add(&rows, cells);
    }
    return rows;
}

static const char *
first_reason(const plm_core_shocks *shocks) {
    return shocks->recalibration_count == 0
               ? "not recalibrated"
               : plm_shock_reason_name(shocks->sizes[PLM_LIVING_VOLATILITY].reason);
}

/* Cells of one underlying: the volatility in force, announced, wanted; what may be and what is open. */
static void
add_shocks(pli_rows *rows, const char *name, const plm_core_shocks *shocks) {
    const plm_living_size *volatility = &shocks->sizes[PLM_LIVING_VOLATILITY];
    const plm_living_size *depth = &shocks->sizes[PLM_LIVING_DEPTH];
    bool is_capped = shocks->cap_micros < PLM_LIVING_CAP_NONE;
    pli_i128 share = 0;
    if (is_capped && shocks->cap_micros > 0) {
        share =
            pli_div_ceil_i128((pli_i128)shocks->open_interest_micros * PLM_PPM, shocks->cap_micros);
    }
    const pli_cell cells[10] = {
        pli_cell_text(name),
        pli_cell_number(volatility->in_force, 4),
        pli_cell_number(volatility->announced, 4),
        pli_cell_number(shocks->wanted[PLM_LIVING_VOLATILITY], 4),
        pli_cell_text(first_reason(shocks)),
        pli_cell_micros(depth->in_force),
        pli_cell_micros(depth->announced),
        is_capped ? pli_cell_micros(shocks->cap_micros) : pli_cell_none(),
        pli_cell_micros(shocks->open_interest_micros),
        is_capped && shocks->cap_micros > 0 ? pli_cell_number(share, 4) : pli_cell_none(),
    };
    pli_rows_add(rows, cells);
}

static pli_rows
shock_rows(pli_pool *pool, const plm_core *core) {
    const pli_column columns[] = {
        pli_column_text("underlying", "underlying"),
        pli_column_number("volatility", "volatility in force", "% a year", 1),
        pli_column_number("announced", "announced", "% a year", 1),
        pli_column_number("wanted", "forecast", "% a year", 1),
        pli_column_text("reason", "reason"),
        pli_column_money("depth", "depth in force", "", PLI_DECIMAL_FLOOR),
        pli_column_money("depth_announced", "announced", "", PLI_DECIMAL_FLOOR),
        pli_column_money("cap", "cap on open interest", "", PLI_DECIMAL_FLOOR),
        pli_column_money("open", "open", "", PLI_DECIMAL_CEIL),
        pli_column_number("used", "of the cap", "%", 1),
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    uint32_t count = plm_core_listing(core).underlying_count;
    pli_rows rows = pli_rows_make(pool, "shocks", columns, COLUMNS, count);
    rows.table.title = "What requirements are made of";
    for (uint32_t u = 0; u < count; u += 1) {
        plm_core_shocks shocks;
        if (plm_core_underlying(core, u, &shocks) == PLM_OK) {
            add_shocks(&rows, plm_core_underlying_name(core, u), &shocks);
        }
    }
    return rows;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    plm_engine *engine = NULL;
    pli_exit end = pli_venue_open_read(invocation, &engine);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    pli_pool pool = {.chunks = NULL};
    const plm_core *core = plm_engine_core(engine);
    const pli_table tables[4] = {venue_row(&pool, engine).table, asset_rows(&pool, core).table,
                                 market_rows(&pool, core).table, shock_rows(&pool, core).table};
    const pli_tables answer = {.schema = "plimsoll-status/1", .table_count = 4, .tables = tables};
    end = pli_show(invocation, &answer, page);
    pli_pool_finish(&pool);
    return pli_venue_close(engine, end);
}

const pli_verb pli_verb_status = {
    .name = "status",
    .summary = "what a venue's books say in short",
    .operands = "DIR",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail = "Reads what is acknowledged and writes nothing; an engine may run meanwhile.",
    .example = "plimsoll status build/venue",
    .run = run,
};
