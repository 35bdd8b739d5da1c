/* schema.c: tables, views and statements of history.db.                               SPDX-License-Identifier: Apache-2.0 */
#include "history/schema.h"

/*
 * What ends in _rows is what the writer touches; the views beside it join names and times. Amounts of atoms and costs pass
 * 64 bits and are text; `decimal(text, scale)` is a function of the writer's that puts the point in.
 */
const char *const pli_schema_tables[] = {
    "CREATE TABLE progress(only INTEGER PRIMARY KEY CHECK(only = 1), sequence INTEGER NOT NULL,"
    " time_ns INTEGER NOT NULL);"
    "INSERT INTO progress VALUES(1, 0, 0);",

    "CREATE TABLE event_rows(sequence INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL, type TEXT NOT"
    " NULL, account INTEGER, signer INTEGER NOT NULL, outcome TEXT NOT NULL, meaning TEXT NOT NULL,"
    " is_repeat INTEGER NOT NULL, effect_count INTEGER NOT NULL, line TEXT NOT NULL);"
    "CREATE VIEW events AS SELECT sequence, strftime('%Y-%m-%dT%H:%M:%SZ', time_ns / 1000000000,"
    " 'unixepoch') AS time, time_ns, type, account, signer, outcome, is_repeat, line"
    " FROM event_rows;"
    "CREATE VIEW outcomes AS SELECT sequence, type, account, outcome, meaning, is_repeat,"
    " effect_count FROM event_rows;",

    "CREATE TABLE assets(asset_index INTEGER PRIMARY KEY, name TEXT NOT NULL, decimals INTEGER NOT"
    " NULL, underlying_index INTEGER, treatment TEXT NOT NULL, sequence INTEGER NOT NULL);"
    "CREATE TABLE underlyings(underlying_index INTEGER PRIMARY KEY, name TEXT NOT NULL, domain TEXT"
    " NOT NULL, sequence INTEGER NOT NULL);"
    "CREATE TABLE instrument_rows(instrument_index INTEGER PRIMARY KEY, name TEXT NOT NULL, kind"
    " TEXT NOT NULL, settlement TEXT NOT NULL, right TEXT NOT NULL, premium TEXT NOT NULL,"
    " underlying_index INTEGER NOT NULL, settlement_asset_index INTEGER NOT NULL, lot_e8 INTEGER"
    " NOT NULL, strike_e8 INTEGER NOT NULL, expiry_ns INTEGER NOT NULL, phase TEXT NOT NULL,"
    " settlement_price_e8 INTEGER, settlement_price TEXT, sequence INTEGER NOT NULL);"
    "CREATE VIEW instruments AS SELECT i.instrument_index, i.name, i.kind, i.settlement, i.right,"
    " i.premium, u.name AS underlying, a.name AS settlement_asset, i.lot_e8, i.strike_e8,"
    " i.expiry_ns, i.phase, i.settlement_price_e8, i.settlement_price, i.sequence"
    " FROM instrument_rows i LEFT JOIN underlyings u USING(underlying_index)"
    " LEFT JOIN assets a ON a.asset_index = i.settlement_asset_index;"
    "CREATE TABLE accounts(account INTEGER PRIMARY KEY, kind TEXT NOT NULL, parent INTEGER,"
    " instrument_index INTEGER, owner INTEGER NOT NULL, sequence INTEGER NOT NULL);",

    "CREATE TABLE balance_rows(account INTEGER, asset_index INTEGER, atoms TEXT NOT NULL, sequence"
    " INTEGER NOT NULL, amount TEXT NOT NULL, PRIMARY KEY(account, asset_index)) WITHOUT ROWID;"
    "CREATE VIEW balances AS SELECT b.account, a.name AS asset, b.amount, b.atoms, b.sequence"
    " FROM balance_rows b LEFT JOIN assets a USING(asset_index);"
    "CREATE TABLE position_rows(account INTEGER, instrument_index INTEGER, lots INTEGER NOT NULL,"
    " cost TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY(account, instrument_index))"
    " WITHOUT ROWID;"
    "CREATE VIEW positions AS SELECT p.account, i.name AS instrument, p.lots, p.cost, p.sequence"
    " FROM position_rows p LEFT JOIN instrument_rows i USING(instrument_index) WHERE p.lots <> 0;"
    "CREATE TABLE order_rows(account INTEGER, order_id TEXT, instrument_index INTEGER NOT NULL,"
    " side TEXT NOT NULL, lots INTEGER NOT NULL, limit_e8 INTEGER NOT NULL, limit_price TEXT NOT"
    " NULL, is_reduce_only INTEGER NOT NULL, sequence INTEGER NOT NULL,"
    " PRIMARY KEY(account, order_id)) WITHOUT ROWID;"
    "CREATE VIEW orders AS SELECT o.account, o.order_id, i.name AS instrument, o.side, o.lots,"
    " o.limit_price, o.limit_e8, o.is_reduce_only, o.sequence"
    " FROM order_rows o LEFT JOIN instrument_rows i USING(instrument_index);",

    "CREATE TABLE trade_rows(sequence INTEGER PRIMARY KEY, instrument_index INTEGER NOT NULL,"
    " taker INTEGER NOT NULL, maker INTEGER NOT NULL, lots INTEGER NOT NULL, price_e8 INTEGER NOT"
    " NULL, price TEXT NOT NULL, taker_fee_atoms INTEGER NOT NULL, maker_fee_atoms INTEGER NOT"
    " NULL, taker_order_id TEXT NOT NULL, maker_order_id TEXT NOT NULL, taker_fee TEXT NOT NULL,"
    " maker_fee TEXT NOT NULL);"
    "CREATE VIEW trades AS SELECT t.sequence, e.time, i.name AS instrument, t.taker, t.maker,"
    " t.lots, t.price, t.price_e8, t.taker_fee, t.maker_fee, t.taker_fee_atoms, t.maker_fee_atoms,"
    " t.taker_order_id, t.maker_order_id FROM trade_rows t JOIN events e USING(sequence)"
    " LEFT JOIN instrument_rows i USING(instrument_index);"
    "CREATE TABLE requirement_rows(sequence INTEGER, account INTEGER, initial_micros INTEGER,"
    " equity_initial_micros INTEGER, maintenance_micros INTEGER, equity_maintenance_micros"
    " INTEGER, initial TEXT, equity_initial TEXT, maintenance TEXT, equity_maintenance TEXT,"
    " PRIMARY KEY(sequence, account)) WITHOUT ROWID;"
    "CREATE VIEW requirements AS SELECT r.sequence, e.time, r.account, r.initial, r.equity_initial,"
    " r.maintenance, r.equity_maintenance, r.initial_micros, r.equity_initial_micros,"
    " r.maintenance_micros, r.equity_maintenance_micros"
    " FROM requirement_rows r JOIN events e USING(sequence);",

    "CREATE TABLE effect_rows(sequence INTEGER, place INTEGER, effect TEXT NOT NULL, account"
    " INTEGER, idx INTEGER, a TEXT NOT NULL, b TEXT NOT NULL, PRIMARY KEY(sequence, place))"
    " WITHOUT ROWID;"
    "CREATE VIEW effects AS SELECT f.sequence, f.place, f.effect, f.account,"
    " CASE WHEN f.effect IN ('balance', 'fee') THEN a.name"
    " WHEN f.effect IN ('position', 'profit', 'order', 'phase') THEN i.name"
    " WHEN f.effect IN ('price', 'report', 'arrays') THEN u.name END AS name, f.idx, f.a, f.b"
    " FROM effect_rows f LEFT JOIN assets a ON a.asset_index = f.idx LEFT JOIN instrument_rows i"
    " ON i.instrument_index = f.idx LEFT JOIN underlyings u ON u.underlying_index = f.idx;",

    "CREATE VIEW auctions AS SELECT f.sequence, e.time, f.account, f.idx AS round, CASE f.a WHEN "
    "'1'"
    " THEN 'started' WHEN '2' THEN 'restarted' WHEN '3' THEN 'waited' WHEN '4' THEN 'ended' ELSE"
    " 'handed_over' END AS step, f.b AS detail FROM effect_rows f JOIN events e USING(sequence)"
    " WHERE f.effect = 'auction';"
    "CREATE VIEW bids AS SELECT f.sequence, e.time, f.account AS sold, f.idx AS bidder,"
    " CAST(f.a AS INTEGER) AS share_ppm, f.b AS premium_atoms"
    " FROM effect_rows f JOIN events e USING(sequence) WHERE f.effect = 'bid';",

    "CREATE TABLE price_rows(sequence INTEGER, underlying_index INTEGER, price_e8 INTEGER NOT NULL,"
    " price TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY(sequence, underlying_index))"
    " WITHOUT ROWID;"
    "CREATE VIEW prices AS SELECT p.sequence, e.time, u.name AS underlying, p.price, p.price_e8,"
    " p.state FROM price_rows p JOIN events e USING(sequence)"
    " LEFT JOIN underlyings u USING(underlying_index);"
    "CREATE TABLE mark_rows(sequence INTEGER PRIMARY KEY, instrument_index INTEGER NOT NULL,"
    " mark_e8 INTEGER, mark TEXT);"
    "CREATE VIEW marks AS SELECT m.sequence, e.time, i.name AS instrument, m.mark, m.mark_e8"
    " FROM mark_rows m JOIN events e USING(sequence)"
    " LEFT JOIN instrument_rows i USING(instrument_index);"
    "CREATE TABLE parameter_rows(sequence INTEGER, record TEXT NOT NULL, record_index INTEGER NOT"
    " NULL, version INTEGER NOT NULL, earliest_sequence INTEGER NOT NULL, expires_ns INTEGER NOT"
    " NULL, field INTEGER NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,"
    " PRIMARY KEY(sequence, field)) WITHOUT ROWID;"
    "CREATE VIEW parameters AS SELECT p.sequence, e.time, p.record, p.record_index, p.version,"
    " p.earliest_sequence, p.expires_ns, p.name, p.value"
    " FROM parameter_rows p JOIN events e USING(sequence);"
    "PRAGMA user_version = 2;"};

const unsigned pli_schema_pieces = sizeof pli_schema_tables / sizeof pli_schema_tables[0];

#define FROM_LINE(key) "json_extract(?2, '$." key "')"
#define WHOLE(key) "CAST(json_extract(?2, '$." key "') AS INTEGER)"
#define DECIMALS(index) "(SELECT decimals FROM assets WHERE asset_index = " index ")"
#define FEE_DECIMALS                                                                               \
    "(SELECT a.decimals FROM instrument_rows i JOIN assets a ON a.asset_index ="                   \
    " i.settlement_asset_index WHERE i.instrument_index = " FROM_LINE("instrument_index") ")"

/* Of effects: ?1 sequence, ?2 place, ?3 name, ?4 account, ?5 index, ?6 a, ?7 b; of kinds: ?1 sequence, ?2 line. */
const char *const pli_schema_statements[PLI_STATEMENT_COUNT] = {
    [PLI_STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
    [PLI_STATEMENT_COMMIT] = "COMMIT",
    [PLI_STATEMENT_PROGRESS] = "SELECT sequence FROM progress",
    [PLI_STATEMENT_ADVANCE] = "UPDATE progress SET sequence = ?1, time_ns = ?2",
    [PLI_STATEMENT_EVENT] = "INSERT INTO event_rows VALUES(?1, ?3, " FROM_LINE(
        "type") ", " FROM_LINE("account") ", coalesce(" FROM_LINE("signer") ", 0), ?4, ?5, ?6, ?7,"
                                                                            " ?2)",
    [PLI_STATEMENT_EFFECT] = "INSERT INTO effect_rows VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [PLI_STATEMENT_PARAMETER] =
        "INSERT INTO parameter_rows VALUES(?1, " FROM_LINE("record") ", " FROM_LINE(
            "record_index") ", " FROM_LINE("record_version") ", " WHOLE("earliest_sequence") ", " //
    WHOLE("expires_ns") ", ?3, ?4, ?5)",
    [PLI_STATEMENT_ASSET] = "INSERT OR REPLACE INTO assets VALUES(" FROM_LINE(
        "asset_index") ", " FROM_LINE("name") ", " FROM_LINE("decimals") ", " //
    FROM_LINE("underlying_index") ", " FROM_LINE("treatment") ", ?1)",
    [PLI_STATEMENT_UNDERLYING] = "INSERT INTO underlyings VALUES(" FROM_LINE(
        "underlying_index") ", " FROM_LINE("name") ", " FROM_LINE("domain") ", ?1)",
    [PLI_STATEMENT_INSTRUMENT] =
        "INSERT INTO instrument_rows VALUES(" FROM_LINE("instrument_index") ", " FROM_LINE("name") ", " FROM_LINE(
            "kind") ", " FROM_LINE("settlement") ", " FROM_LINE("right") ","
                                                                         " " FROM_LINE("premium") ", " FROM_LINE(
                                                                             "underlying_index") ","
                                                                                                 " " //
    FROM_LINE("settlement_asset_index") ", " WHOLE("lot_e8") ", " WHOLE("strike_e8") ", " //
    WHOLE("expiry_ns") ", 'active', NULL, NULL, ?1)",
    [PLI_STATEMENT_ACCOUNT] = "INSERT INTO accounts VALUES(" FROM_LINE(
        "account_index") ", " FROM_LINE("kind") ", " FROM_LINE("parent_index") ", " //
    FROM_LINE("instrument_index") ", " FROM_LINE("owner") ", ?1)",
    [PLI_STATEMENT_TRADE] =
        "INSERT INTO trade_rows VALUES(?1, " FROM_LINE("instrument_index") ", " FROM_LINE("account") ", " FROM_LINE(
            "maker_account") ", " WHOLE("lots") ", " WHOLE("price_e8") ","
                                                                       " decimal(" FROM_LINE(
                                                                           "price"
                                                                           "_e8") ", 8), " WHOLE("t"
                                                                                                 "a"
                                                                                                 "k"
                                                                                                 "e"
                                                                                                 "r"
                                                                                                 "_"
                                                                                                 "f"
                                                                                                 "e"
                                                                                                 "e"
                                                                                                 "_"
                                                                                                 "a"
                                                                                                 "t"
                                                                                                 "o"
                                                                                                 "m"
                                                                                                 "s") ", " //
    WHOLE("maker_fee_atoms") ", " FROM_LINE("taker_order_id") ", " //
    FROM_LINE("maker_order_id") ", decimal(" FROM_LINE(
        "taker_fee_atoms") ", " FEE_DECIMALS
                           "), decimal(" FROM_LINE("maker_fee_atoms") ", " FEE_DECIMALS "))",
    [PLI_STATEMENT_RESERVE] =
        "INSERT OR REPLACE INTO order_rows VALUES(" FROM_LINE("account") ", " FROM_LINE(
            "order_id") ", " FROM_LINE("instrument_index") ", " FROM_LINE("side") ", " //
    WHOLE("lots") ", " WHOLE("limit_e8") ", decimal(" FROM_LINE("limit_e8") ", 8), "   //
    FROM_LINE("is_reduce_only") ", ?1)",
    [PLI_STATEMENT_MARK] =
        "INSERT INTO mark_rows VALUES(?1, " FROM_LINE("instrument_index") ", CASE WHEN " FROM_LINE("is_present") " THEN " WHOLE(
            "mark_e8") " END, CASE WHEN " FROM_LINE("is_present") ""
                                                                  " THEN decimal(" FROM_LINE(
                                                                      "mark_e8") ", 8) END)",
    [PLI_STATEMENT_BALANCE] =
        "INSERT OR REPLACE INTO balance_rows VALUES(?4, ?5, ?6, ?1, decimal(?6, " DECIMALS(
            "?5") "))",
    [PLI_STATEMENT_POSITION] =
        "INSERT OR REPLACE INTO position_rows VALUES(?4, ?5, CAST(?6 AS INTEGER), ?7, ?1)",
    [PLI_STATEMENT_ORDER_LEFT] = "UPDATE order_rows SET lots = CAST(?7 AS INTEGER), sequence = ?1"
                                 " WHERE account = ?4 AND order_id = ?6",
    [PLI_STATEMENT_ORDER_GONE] = "DELETE FROM order_rows WHERE account = ?4 AND order_id = ?6",
    [PLI_STATEMENT_REQUIREMENT] =
        "INSERT INTO requirement_rows(sequence, account, initial_micros, equity_initial_micros,"
        " initial, equity_initial) VALUES(?1, ?4, CAST(?6 AS INTEGER), CAST(?7 AS INTEGER),"
        " decimal(?6, 6), decimal(?7, 6)) ON CONFLICT DO UPDATE SET initial_micros ="
        " excluded.initial_micros, equity_initial_micros = excluded.equity_initial_micros,"
        " initial = excluded.initial, equity_initial = excluded.equity_initial",
    [PLI_STATEMENT_MAINTENANCE] =
        "INSERT INTO requirement_rows(sequence, account, maintenance_micros,"
        " equity_maintenance_micros, maintenance, equity_maintenance) VALUES(?1, ?4, CAST(?6 AS"
        " INTEGER), CAST(?7 AS INTEGER), decimal(?6, 6), decimal(?7, 6)) ON CONFLICT DO UPDATE SET"
        " maintenance_micros = excluded.maintenance_micros, equity_maintenance_micros ="
        " excluded.equity_maintenance_micros, maintenance = excluded.maintenance,"
        " equity_maintenance = excluded.equity_maintenance",
    [PLI_STATEMENT_PRICE] =
        "INSERT OR REPLACE INTO price_rows VALUES(?1, ?5, CAST(?6 AS INTEGER), decimal(?6, 8),"
        " CASE ?7 WHEN '1' THEN 'valid' WHEN '2' THEN 'held' WHEN '3' THEN 'stale' ELSE 'invalid'"
        " END)",
    [PLI_STATEMENT_PHASE] =
        "UPDATE instrument_rows SET phase = CASE ?6 WHEN '1' THEN 'active' WHEN '2' THEN"
        " 'settling' ELSE 'settled' END, settlement_price_e8 = CAST(?7 AS INTEGER),"
        " settlement_price = decimal(?7, 8) WHERE instrument_index = ?5",
};
