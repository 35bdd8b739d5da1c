/* answer_losses.c: what liquidation does, what is on sale, and who bears what is lost. SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/wide.h"
#include "server/server.h"

enum { AUCTIONS_MAX = 200 };

static const char *
auction_step(plm_auction_step step) {
    switch (step) {
    case PLM_AUCTION_STARTED:
        return "started";
    case PLM_AUCTION_RESTARTED:
        return "restarted";
    case PLM_AUCTION_WAITED:
        return "waited";
    case PLM_AUCTION_ENDED:
        return "ended";
    default:
        return "handed over";
    }
}

static const char *
fund_action(plm_fund_action action) {
    switch (action) {
    case PLM_FUND_ACTION_PAY_IN:
        return "pays in";
    case PLM_FUND_ACTION_COMMIT:
        return "commits to unpaid profits";
    case PLM_FUND_ACTION_FEES:
        return "moves from fees";
    case PLM_FUND_ACTION_PAY_OUT:
        return "pays out of fees";
    case PLM_FUND_ACTION_KEEP:
        return "keeps for one market";
    case PLM_FUND_ACTION_FREE:
        return "frees from one market";
    default:
        return "moves from residue";
    }
}

// The asset of an entry by name, and amounts of it as decimals.
static void
write_amounts(pli_server *server, uint32_t asset, const char *key_a, const char *key_b,
              const pli_tape_entry *entry) {
    pli_json_writer *writer = &server->writer;
    plm_listing listing = plm_core_listing(server->core);
    plm_asset_totals totals;
    bool is_known = plm_core_asset(server->core, asset, &totals) == PLM_OK;
    unsigned scale = is_known ? listing.assets[asset].decimals : 0;
    pli_json_text(writer, "asset", is_known ? totals.name : "");
    pli_json_decimal(writer, key_a, pli_i128_from_wide(entry->a), scale);
    if (key_b != NULL) {
        pli_json_decimal(writer, key_b, pli_i128_from_wide(entry->b), scale);
    }
}

static void
write_instrument(pli_server *server, uint32_t instrument) {
    plm_market_totals market;
    bool is_known = plm_core_instrument(server->core, instrument, &market) == PLM_OK;
    pli_json_text(&server->writer, "instrument", is_known ? market.name : "");
}

static uint32_t
settlement_of(const pli_server *server, uint32_t instrument) {
    plm_listing listing = plm_core_listing(server->core);
    return instrument < listing.instrument_count
               ? listing.instruments[instrument].settlement_asset_index
               : PLM_NONE;
}

// Who bears what nobody's collateral pays.
static bool
write_loss(pli_server *server, const pli_tape_entry *entry) {
    pli_json_writer *writer = &server->writer;
    switch (entry->kind) {
    case PLM_EFFECT_COVER:
        pli_json_text(writer, "kind", "cover");
        write_amounts(server, entry->index, "paid", "owed", entry);
        return true;
    case PLM_EFFECT_BACKSTOP:
        pli_json_text(writer, "kind", "backstop");
        write_instrument(server, entry->index);
        pli_json_decimal(writer, "lots", pli_i128_from_wide(entry->a), 0);
        pli_json_decimal(writer, "paid", pli_i128_from_wide(entry->b), 6);
        return true;
    case PLM_EFFECT_DELEVERAGE:
        pli_json_text(writer, "kind", "deleverage");
        pli_json_integer(writer, "bankrupt", entry->index);
        pli_json_decimal(writer, "lots", pli_i128_from_wide(entry->a), 0);
        pli_json_decimal(writer, "haircut", pli_i128_from_wide(entry->b), 6);
        return true;
    case PLM_EFFECT_PROFIT_CUT:
        pli_json_text(writer, "kind", "profit cut");
        write_instrument(server, entry->index);
        write_amounts(server, settlement_of(server, entry->index), "given_up", "unpaid", entry);
        return true;
    case PLM_EFFECT_BALANCE_CUT:
        pli_json_text(writer, "kind", "balance cut");
        write_amounts(server, entry->index, "given_up", "left", entry);
        return true;
    case PLM_EFFECT_WRITE_OFF:
        pli_json_text(writer, "kind", "write-off");
        write_amounts(server, entry->index, "written_off", "owed", entry);
        return true;
    case PLM_EFFECT_COLLATERAL:
        pli_json_text(writer, "kind", "collateral");
        write_amounts(server, entry->index, "taken", "left", entry);
        return true;
    default:
        return false;
    }
}

static void
write_step(pli_server *server, const pli_tape_entry *entry) {
    pli_json_writer *writer = &server->writer;
    pli_i128 a = pli_i128_from_wide(entry->a);
    pli_i128 b = pli_i128_from_wide(entry->b);
    switch (entry->kind) {
    case PLM_EFFECT_STAGE:
        pli_json_text(writer, "kind", "stage");
        pli_json_text(writer, "stage", plm_stage_name((plm_stage)a));
        pli_json_text(writer, "before", plm_stage_name((plm_stage)b));
        break;
    case PLM_EFFECT_CALL:
        pli_json_text(writer, "kind", "call");
        pli_json_decimal(writer, "amount", a, 6);
        pli_json_time(writer, "deadline", (int64_t)b);
        break;
    case PLM_EFFECT_SLICE:
        pli_json_text(writer, "kind", "slice");
        pli_json_decimal(writer, "number", a, 0);
        pli_json_decimal(writer, "cost", b, 6);
        break;
    case PLM_EFFECT_POSITION:
        pli_json_text(writer, "kind", "fill");
        write_instrument(server, entry->index);
        pli_json_decimal(writer, "lots", a, 0);
        pli_json_decimal(writer, "price", b, 8);
        break;
    case PLM_EFFECT_AUCTION:
        pli_json_text(writer, "kind", "auction");
        pli_json_integer(writer, "round", entry->index);
        pli_json_text(writer, "step", auction_step((plm_auction_step)a));
        break;
    case PLM_EFFECT_BID:
        pli_json_text(writer, "kind", "bid");
        pli_json_integer(writer, "bidder", entry->index);
        pli_json_decimal(writer, "share", a, 6);
        break;
    default:
        pli_json_text(writer, "kind", "fund");
        pli_json_text(writer, "action", fund_action((plm_fund_action)b));
        write_amounts(server, entry->index, "amount", NULL, entry);
        break;
    }
}

static void
write_tape_entry(pli_server *server, const pli_tape_entry *entry) {
    pli_json_writer *writer = &server->writer;
    pli_json_begin_object_inline(writer, NULL);
    pli_json_decimal(writer, "sequence", (pli_i128)entry->sequence, 0);
    pli_json_time(writer, "time", entry->time_ns);
    if (entry->account != PLM_NONE) {
        pli_json_integer(writer, "account", entry->account);
    }
    if (!write_loss(server, entry)) {
        write_step(server, entry);
    }
    pli_json_end(writer);
}

// The newest first.
unsigned
pli_answer_tape(pli_server *server, const pli_http_request *request) {
    (void)request;
    uint64_t kept = server->tape_count < PLI_TAPE_COUNT ? server->tape_count : PLI_TAPE_COUNT;
    pli_json_begin_object(&server->writer, NULL);
    pli_json_decimal(&server->writer, "count", (pli_i128)server->tape_count, 0);
    pli_json_begin_array(&server->writer, "entries");
    for (uint64_t i = 0; i < kept; i += 1) {
        write_tape_entry(server, &server->tape[(server->tape_count - 1 - i) % PLI_TAPE_COUNT]);
    }
    pli_json_end(&server->writer);
    pli_json_end(&server->writer);
    return 200;
}

// What a bidder takes a share of: positions with lots, balances that are not 0.
static void
write_goods(pli_server *server, uint32_t account) {
    pli_json_writer *writer = &server->writer;
    plm_listing listing = plm_core_listing(server->core);
    plm_market market = plm_core_market(server->core);
    plm_portfolio held;
    if (!pli_server_hold(server, account, &held)) {
        return;
    }
    pli_json_begin_array(writer, "positions");
    for (uint32_t i = 0; i < held.position_count; i += 1) {
        const plm_position *position = &held.positions[i];
        plm_market_totals totals = {.name = ""};
        if (position->lots != 0 &&
            plm_core_instrument(server->core, position->instrument_index, &totals) == PLM_OK) {
            pli_json_begin_object_inline(writer, NULL);
            pli_json_text(writer, "instrument", totals.name);
            pli_json_decimal(writer, "lots", position->lots, 0);
            pli_write_e8(writer, "lot", listing.instruments[position->instrument_index].lot_e8);
            pli_write_e8(writer, "mark", market.marks[position->instrument_index].mark_e8);
            pli_json_end(writer);
        }
    }
    pli_json_end(writer);
    pli_json_begin_array(writer, "balances");
    for (uint32_t i = 0; i < held.balance_count; i += 1) {
        const plm_balance *balance = &held.balances[i];
        pli_i128 atoms = pli_i128_from_wide(balance->atoms);
        plm_asset_totals totals = {.name = ""};
        if (atoms != 0 && plm_core_asset(server->core, balance->asset_index, &totals) == PLM_OK) {
            pli_json_begin_object_inline(writer, NULL);
            pli_json_text(writer, "asset", totals.name);
            pli_json_decimal(writer, "amount", atoms,
                             listing.assets[balance->asset_index].decimals);
            pli_json_end(writer);
        }
    }
    pli_json_end(writer);
}

// What a bid for the whole of an account's share would get now; nothing where its price is not VALID.
static void
write_offer(pli_server *server, uint32_t account, const pli_summary *summary) {
    pli_json_writer *writer = &server->writer;
    plm_auction_offer offer;
    pli_json_begin_object_inline(writer, NULL);
    pli_json_integer(writer, "account", account);
    pli_write_micros(writer, "equity", summary->requirement.equity_maintenance_micros);
    pli_write_micros(writer, "maintenance", summary->requirement.maintenance_micros);
    bool is_known = plm_core_auction(server->core, account, &offer, NULL) == PLM_OK;
    pli_json_bool(writer, "is_open", is_known && offer.is_open);
    if (is_known && offer.is_open) {
        pli_json_integer(writer, "round", offer.round);
        pli_json_integer(writer, "rounds_left", offer.rounds_left);
        pli_json_decimal(writer, "clock_seconds", offer.clock_ns / 1000000, 3);
        pli_write_micros(writer, "share", offer.share_ppm);
        pli_write_micros(writer, "kept", offer.kept_ppm);
        pli_write_micros(writer, "premium", offer.premium_micros);
        write_goods(server, account);
    }
    pli_json_end(writer);
}

unsigned
pli_answer_auctions(pli_server *server, const pli_http_request *request) {
    (void)request;
    pli_json_writer *writer = &server->writer;
    uint32_t count = plm_core_account_count(server->core);
    uint32_t on_sale = 0;
    pli_json_begin_object(writer, NULL);
    pli_json_time(writer, "time", plm_core_time(server->core).ns);
    pli_json_begin_array(writer, "auctions");
    for (uint32_t i = 0; i < count; i += 1) {
        plm_account_info info;
        if (plm_core_account(server->core, i, &info) != PLM_OK ||
            info.standing.stage != PLM_STAGE_AUCTION) {
            continue;
        }
        if (on_sale < AUCTIONS_MAX) {
            write_offer(server, i, &server->summaries[i]);
        }
        on_sale += 1;
    }
    pli_json_end(writer);
    pli_json_integer(writer, "count", on_sale);
    pli_json_end(writer);
    return 200;
}

static void
write_asset(pli_server *server, uint32_t asset, unsigned scale) {
    pli_json_writer *writer = &server->writer;
    const pli_losses *losses = &server->losses;
    plm_asset_totals totals;
    if (plm_core_asset(server->core, asset, &totals) != PLM_OK) {
        return;
    }
    pli_json_begin_object_inline(writer, NULL);
    pli_json_text(writer, "name", totals.name);
    pli_json_decimal(writer, "held", pli_i128_from_wide(totals.held), scale);
    pli_json_decimal(writer, "balances", pli_i128_from_wide(totals.lent), scale);
    pli_json_decimal(writer, "loans", pli_i128_from_wide(totals.borrowed), scale);
    pli_json_decimal(writer, "fees", pli_i128_from_wide(totals.fees), scale);
    pli_json_decimal(writer, "insurance", pli_i128_from_wide(totals.insurance), scale);
    pli_json_decimal(writer, "tranches", pli_i128_from_wide(totals.tranches), scale);
    pli_json_decimal(writer, "residue", pli_i128_from_wide(totals.residue), scale);
    pli_json_decimal(writer, "interest", pli_i128_from_wide(totals.interest), scale);
    pli_json_decimal(writer, "bad_debt", pli_i128_from_wide(totals.bad_debt), scale);
    if (asset < PLI_LOSS_ASSETS) {
        pli_json_begin_object_inline(writer, "since_start");
        pli_json_decimal(writer, "paid_in", losses->paid_in[asset], scale);
        pli_json_decimal(writer, "paid", losses->paid[asset], scale);
        // Net of what came in: premiums of bidders, commitments to markets, less fees that were moved into it.
        pli_json_decimal(writer, "spent",
                         losses->begun[asset] + losses->paid_in[asset] -
                             pli_i128_from_wide(totals.insurance),
                         scale);
        pli_json_decimal(writer, "profit_given_up", losses->profit_given_up[asset], scale);
        pli_json_decimal(writer, "given_up", losses->given_up[asset], scale);
        pli_json_decimal(writer, "written_off", losses->written_off[asset], scale);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

// Markets in which something is kept or waits to be paid.
static void
write_markets(pli_server *server) {
    pli_json_writer *writer = &server->writer;
    plm_listing listing = plm_core_listing(server->core);
    pli_json_begin_array(writer, "markets");
    for (uint32_t i = 0; i < listing.instrument_count; i += 1) {
        plm_market_totals totals;
        if (plm_core_instrument(server->core, i, &totals) != PLM_OK) {
            continue;
        }
        pli_i128 tranche = pli_i128_from_wide(totals.tranche);
        pli_i128 unpaid = pli_i128_from_wide(totals.unpaid);
        uint32_t asset = listing.instruments[i].settlement_asset_index;
        if (tranche == 0 && unpaid == 0) {
            continue;
        }
        pli_json_begin_object_inline(writer, NULL);
        pli_json_text(writer, "instrument", totals.name);
        pli_json_decimal(writer, "tranche", tranche, listing.assets[asset].decimals);
        pli_json_decimal(writer, "unpaid", unpaid, listing.assets[asset].decimals);
        pli_json_end(writer);
    }
    pli_json_end(writer);
}

unsigned
pli_answer_funds(pli_server *server, const pli_http_request *request) {
    (void)request;
    pli_json_writer *writer = &server->writer;
    const pli_losses *losses = &server->losses;
    plm_listing listing = plm_core_listing(server->core);
    pli_json_begin_object(writer, NULL);
    pli_json_begin_array(writer, "assets");
    for (uint32_t i = 0; i < listing.asset_count; i += 1) {
        write_asset(server, i, listing.assets[i].decimals);
    }
    pli_json_end(writer);
    write_markets(server);
    pli_json_begin_object_inline(writer, "counts");
    pli_json_decimal(writer, "covers", (pli_i128)losses->covers, 0);
    pli_json_decimal(writer, "backstops", (pli_i128)losses->backstops, 0);
    pli_json_decimal(writer, "deleverages", (pli_i128)losses->deleverages, 0);
    pli_json_decimal(writer, "profit_cuts", (pli_i128)losses->profit_cuts, 0);
    pli_json_decimal(writer, "balance_cuts", (pli_i128)losses->balance_cuts, 0);
    pli_json_decimal(writer, "write_offs", (pli_i128)losses->write_offs, 0);
    pli_json_end(writer);
    pli_json_end(writer);
    return 200;
}
