#!/usr/bin/env python3
# test_incident_kinds.py: every kind of event and of metric that the schema names is played. SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = pathlib.Path(os.environ.get("PLIMSOLL_BUILD", ROOT / "build/dev")) / "plimsoll"

# one event of each kind, for the venue below; the outcome with the shipped parameters, where one is to be seen
EVENTS = {
    "oracle": ({"symbol": "BTC", "source": "a", "price": "101"}, "valid"),
    "oracle_truth": ({"symbol": "BTC", "price": "90"}, None),
    "feed_state": ({"source": "a", "state": "down"}, "down"),
    "print": ({"instrument": "P", "price": "50", "qty": "1"}, "a print moves no index"),
    "trade": ({"instrument": "P", "buyer": "rich", "seller": "maker", "qty": "1", "price": "oracle"}, "accepted"),
    "trade_each": ({"instrument": "P", "accounts": "ri*", "counterparty": "maker", "side": "buy", "qty_each": "1",
                    "price": "100"}, "accepted"),
    "order_submit": ({"instrument": "P", "account": "rich", "kind": "market_buy", "qty": "1", "id": "o1"}, "accepted"),
    "order_burst": ({"instrument": "P", "account": "rich", "side": "buy", "n": "3", "over_ms": 10, "qty_each": "1",
                     "price_each": "100", "counterparties": "maker"}, "accepted"),
    "deposit": ({"account": "rich", "asset": "USD", "amount": "5"}, "accepted"),
    "deposit_collateral": ({"account": "rich", "asset": "BTC", "amount": "5"}, "accepted"),
    "withdraw": ({"account": "rich", "asset": "USD", "amount": "5"}, "accepted"),
    "borrow": ({"account": "rich", "asset": "BTC", "amount": "1", "to": "external"}, "accepted"),
    "repay": ({"account": "owing", "asset": "USD", "amount": "5"}, "accepted"),
    "donate": ({"account": "rich", "asset": "USD", "amount": "5"}, "accepted"),
    "self_leverage": ({"account": "rich", "asset": "BTC", "amount": "1"}, "accepted"),
    "position_transfer": ({"from": "long", "to": "long2"}, "accepted"),
    "liquidate": ({"account": "long"}, "health"),
    "liquidate_attempt": ({"account": "long", "liquidator": "rich"}, "health"),
    "margin_call": ({"account": "long", "deadline_ms": 1000}, "accepted"),
    "default": ({"account": "long"}, "accepted"),
    "close_out": ({"account": "long", "instrument": "*"}, "accepted"),
    "settle": ({"instrument": "F", "price": "100"}, "accepted"),
    "socialise": ({"instrument": "P"}, ""),
    "funding": ({"instrument": "P", "rate": "0.0001"}, "accepted"),
    "bidder_state": ({"bidder": "rich", "state": "offline"}, "offline"),
    "bid_policy": ({"bidder": "rich", "policy": "up_to_fraction_of_oracle:0.97"}, "up_to_fraction_of_oracle:0.97"),
    "book_change": ({"instrument": "P", "bids": [["99", "5"]], "asks": []}, "another book"),
    "param": ({"authority": "ops", "path": "P.im", "value": "0.50"}, "accepted"),
    "process": ({"action": "restart"}, "digest equal"),
    "overload": ({"route": "query"}, None),
    "overload_end": ({}, None),
    "bust_request": ({"from_t_ms": 0, "to_t_ms": 60000}, "the log takes nothing back"),
    "repeat": ({"seed": 1, "n": "3", "cycle": [
        {"type": "trade", "instrument": "P", "buyer": "rich", "seller": "maker", "qty": "1", "price": "oracle"},
        {"type": "trade", "instrument": "P", "buyer": "maker", "seller": "rich", "qty": "same", "price": "oracle"}]}, "done"),
    "end": ({}, None),
}

METRICS = """account_liquidated(long) accounts_liquidated bad_debt_total bad_debt_total_at_truth bad_debt_qty(BTC)
withdrawn(rich) rejected(withdraw) param_rejected(P.im) params_rejected insurance_drawdown insurance(USD) backstop_pnl
backstop_upnl@1000 backstop_loss adl_qty adl_count adl_notional adl_notional_over_deficit adl_instruments oi_usd.max mark.max index.min
price_status(BTC)@1000 worst_liq_price_vs_index liq_fill_vs_index.min liq_fill_discount_vs_index.max
liquidation_worsened_health_count socialised_loss sum(haircuts) equity(rich) pnl(rich) group_profit(pair) history_rewritten
conservation_error initial_margin(long) insurance_balance rounding_residue_total account_liquidated(lo*) equity(*)
price_status(BTC) mark(P).max insurance""".split()


def venue(event):
    events = [{"t_ms": 0, "type": "oracle", "symbol": "BTC", "source": "*", "price": "100"}]
    if event["type"] != "end":
        events.append({"t_ms": 60000, **event})
    events.append({"t_ms": 120000, "type": "end"})
    accounts = [("rich", {"USD": "100000"}, [], "pair"), ("maker", {"USD": "100000"}, [("P", "-2"), ("F", "-1")], ""),
                ("long", {"USD": "1000"}, [("P", "2"), ("F", "1")], "pair"), ("long2", {"USD": "1000"}, [], "pair"),
                ("owing", {"BTC": "10", "USD": "-50"}, [], ""), ("pool", {"USD": "1000", "BTC": "100"}, [], "")]
    return {
        "schema": "plimsoll-incident/1", "id": "tiny", "controls": {"primary": "C-RSK-CONC", "secondary": []},
        "sources": [{"id": "S1", "title": "none", "url": "none", "kind": "data"}],
        "scenario": {
            "clock": {"t0_utc": "2020-01-01T00:00:00Z", "unit": "ms"},
            "assets": [{"id": "USD", "kind": "cash", "scale": 6}, {"id": "BTC", "kind": "spot", "scale": 8}],
            "instruments": [{"id": name, "kind": kind, "base": "BTC", "quote": "USD", "multiplier": "1"}
                            for name, kind in (("P", "perp"), ("F", "future"))],
            "oracle": {"BTC": {"sources": ["a", "b", "c", "d"], "naive_aggregator": "median"}},
            "accounts": [{"id": name, "role": "market_maker" if name == "maker" else "trader", "balances": balances,
                          "linked_group": group,
                          "positions": [{"instrument": i, "qty": q, "entry": "100"} for i, q in positions]}
                         for name, balances, positions, group in accounts],
            "funds": {"insurance": {"USD": "1000"}},
            "liquidity": [{"instrument": "P", "from_t_ms": 0, "bids": [["99.9", "50"]], "asks": [["100.1", "50"]]}],
            "params_naive": {"im": "0.10", "mm": "0.05"}, "params_hardened": {},
            "events": [{"seq": i + 1, **at} for i, at in enumerate(events)]},
        "expected": {run: [{"metric": name, "op": "!=", "value": "none"} for name in METRICS]
                     for run in ("naive", "hardened")}}


class Kinds(unittest.TestCase):
    def play(self, event, *words):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "tiny.json"
            path.write_text(json.dumps(venue(event)))
            ended = subprocess.run([str(TOOL), "replay", str(path), "--format", "json", *words],
                                   capture_output=True, text=True)
            self.assertIn(ended.returncode, (0, 1), ended.stderr)
            return json.loads(ended.stdout)

    def test_every_kind_of_event_is_played(self):
        listed = set(re.findall(r'X\([A-Z_]+, "([a-z_]+)"\)', (ROOT / "src/study/incident.h").read_text()))
        self.assertEqual(listed - {"vault_deposit", "vault_withdraw"}, set(EVENTS))
        for kind, (fields, outcome) in EVENTS.items():
            with self.subTest(kind):
                answer = self.play({"type": kind, **fields})
                seen = [row["outcome"] for row in answer["timeline"] if row["event"] == 2]
                self.assertNotIn("not expressed", seen)
                if outcome is not None:
                    self.assertIn(outcome, seen)

    def test_funding_of_all_contracts_is_paid_by_those_that_never_end(self):
        for instrument, outcome in (("*", "accepted"), ("P*", "accepted"), ("F*", "instrument_unknown")):
            answer = self.play({"type": "funding", "instrument": instrument, "rate": "0.0001"})
            self.assertIn(outcome, [row["outcome"] for row in answer["timeline"] if row["event"] == 2])

    def test_a_source_that_doubts_its_own_price_moves_nothing(self):
        event = {"type": "oracle", "symbol": "BTC", "source": "*", "price": "20"}
        for confidence, outcome in (("15", "invalid"), ("0.1", "held")):
            answer = self.play({**event, "confidence": confidence})
            self.assertEqual([row["outcome"] for row in answer["timeline"] if row["event"] == 2], [outcome])

    def judge(self, file, *words):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "tiny.json"
            path.write_text(json.dumps(file))
            ended = subprocess.run([str(TOOL), "replay", str(path), "--format", "json", *words],
                                   capture_output=True, text=True)
            self.assertIn(ended.returncode, (0, 1), ended.stderr)
            return json.loads(ended.stdout)

    def test_money_without_a_price_is_worth_one(self):
        file = venue({"type": "withdraw", "account": "rich", "asset": "USD", "amount": "5"})
        file["scenario"]["assets"][0]["kind"] = "stable"
        file["scenario"]["assets"].append({"id": "DAI", "kind": "stable", "scale": 18})
        file["scenario"]["accounts"][0]["balances"]["DAI"] = "7"
        file["expected"] = {run: [{"metric": "equity(rich)", "op": "==", "value": "100002"},
                                  {"metric": "conservation_error", "op": "==", "value": "0"}]
                            for run in ("naive", "hardened")}
        for words in ((), ("--naive",)):
            self.assertEqual({row["verdict"] for row in self.judge(file, *words)["assertions"]}, {"met"})

    def test_a_quote_that_nobody_holds_is_what_everything_is_valued_in(self):
        file = venue({"type": "end"})
        at = file["scenario"]
        at["assets"] = at["assets"][1:]
        at["accounts"] = [{"id": name, "balances": {"BTC": "10"},
                           "positions": [{"instrument": "P", "qty": qty, "entry": "100"}]}
                          for name, qty in (("long", "2"), ("maker", "-2"))]
        at["funds"] = {"insurance": {"BTC": "5"}}
        at["events"][1:1] = [{"seq": 2, "t_ms": 60000, "type": "oracle", "symbol": "BTC", "source": "*", "price": "102"}]
        at["events"][2]["seq"] = 3
        file["expected"] = {run: [{"metric": "equity(long)", "op": "==", "value": "1024"},
                                  {"metric": "insurance_drawdown", "op": "==", "value": "0"}]
                            for run in ("naive", "hardened")}
        for words in ((), ("--naive",)):
            self.assertEqual({row["verdict"] for row in self.judge(file, *words)["assertions"]}, {"met"})

    def test_a_venue_may_fall_over_and_come_back_many_times(self):
        file = venue({"type": "end"})
        file["scenario"]["events"][1:] = [{"seq": i + 2, "t_ms": 1000 * i, "type": "process", "action": action}
                                          for i, action in enumerate(("crash", "restart") * 3)]
        file["expected"]["hardened"] = [{"metric": "state_digest_equal", "op": "==", "value": "true"},
                                        {"metric": "equity(rich)", "op": "==", "value": "100000"}]
        self.assertEqual({row["verdict"] for row in self.judge(file)["assertions"]}, {"met"})

    def test_a_formula_may_be_the_name_of_a_source(self):
        file = venue({"type": "oracle", "symbol": "BTC", "source": "b", "price": "5000000000000"})
        file["scenario"]["oracle"]["BTC"]["naive_aggregator"] = "b"
        file["expected"]["naive"] = [{"metric": "index.max", "op": ">", "value": "100000"}]
        file["expected"]["hardened"] = [{"metric": "index.max", "op": "==", "value": "100"}]
        for words in ((), ("--naive",)):
            self.assertEqual({row["verdict"] for row in self.judge(file, *words)["assertions"]}, {"met"})

    def test_what_is_wanted_may_be_a_list_a_truth_or_near(self):
        file = venue({"type": "end"})
        file["expected"]["hardened"] = [
            {"metric": "price_status(BTC)@1000", "op": "in", "value": ["HELD", "VALID"]},
            {"metric": "price_status(BTC)@1000", "op": "in", "value": "HELD, VALID"},
            {"metric": "account_liquidated(lo*)", "op": "==", "value": False},
            {"metric": "equity(rich)", "op": "==", "value": "100001", "tol": "2"},
            {"metric": "equity(rich)", "op": "==", "value": "100001", "tol": "0.5"}]
        self.assertEqual([row["verdict"] for row in self.judge(file)["assertions"]], ["met"] * 4 + ["FAILED"])

    def test_an_event_may_happen_to_every_account_of_such_a_name(self):
        file = venue({"type": "deposit", "account": "long*", "asset": "USD", "amount": "7"})
        file["expected"]["hardened"] = [{"metric": f"equity({name})", "op": "==", "value": "1007"}
                                        for name in ("long", "long2")]
        file["expected"]["hardened"].append({"metric": "equity(rich)", "op": "==", "value": "100000"})
        self.assertEqual({row["verdict"] for row in self.judge(file)["assertions"]}, {"met"})

    def test_maintenance_raised_without_notice_closes_accounts_of_the_naive_venue_alone(self):
        file = venue({"type": "param", "authority": "ops", "path": "P.mm", "value": "8"})
        file["scenario"]["events"].insert(2, {"seq": 3, "t_ms": 60001, "type": "oracle", "symbol": "BTC",
                                              "source": "*", "price": "99.9"})
        file["scenario"]["events"][3]["seq"] = 4
        for run, value in (("naive", "true"), ("hardened", "false")):
            file["expected"][run] = [{"metric": "account_liquidated(long)", "op": "==", "value": value}]
        for words in ((), ("--naive",)):
            self.assertEqual({row["verdict"] for row in self.judge(file, *words)["assertions"]}, {"met"})

    def test_all_that_is_owed_can_be_repaid(self):
        file = venue({"type": "repay", "account": "owing", "asset": "USD", "amount": "max"})
        file["expected"]["hardened"] = [{"metric": "repay_accepted(owing)", "op": "==", "value": "true"},
                                        {"metric": "equity(owing)", "op": "==", "value": "1000"}]
        self.assertEqual({row["verdict"] for row in self.judge(file)["assertions"]}, {"met"})

    def test_money_may_go_round_and_round(self):
        file = venue({"type": "repeat", "seed": 3, "n": "1000", "cycle": [
            {"type": "deposit", "account": "rich", "asset": "USD", "amount": "0.0000001..0.01"},
            {"type": "withdraw", "account": "rich", "asset": "USD", "amount": "same"}]})
        file["expected"]["hardened"] = [{"metric": "profit(rich)", "op": "==", "value": "0"},
                                        {"metric": "equity(rich)", "op": "==", "value": "100000"},
                                        {"metric": "conservation_error", "op": "==", "value": "0"}]
        answer = self.judge(file)
        self.assertEqual({row["verdict"] for row in answer["assertions"]}, {"met"})
        self.assertIn("done", [row["outcome"] for row in answer["timeline"]])

    def test_a_contract_settles_at_the_present_price_where_none_is_named(self):
        file = venue({"type": "settle", "instrument": "F", "price": "oracle"})
        self.assertIn("accepted", [row["outcome"] for row in self.judge(file)["timeline"] if row["event"] == 2])

    def test_all_sources_of_a_price_may_fall_silent_at_once(self):
        file = venue({"type": "feed_state", "symbol": "BTC", "state": "down"})
        file["scenario"]["events"][-1]["t_ms"] = 600000
        file["expected"]["hardened"] = [{"metric": "price_status(BTC)@500000", "op": "==", "value": "STALE"}]
        self.assertEqual({row["verdict"] for row in self.judge(file)["assertions"]}, {"met"})

    def test_every_kind_of_metric_is_evaluated(self):
        for words in ((), ("--naive",)):
            answer = self.play({"type": "param", **EVENTS["param"][0]}, *words)
            self.assertEqual([row["metric"] for row in answer["assertions"]], METRICS)
            for row in answer["assertions"]:
                with self.subTest(row["metric"], run=words):
                    self.assertNotIn("not expressed", row["verdict"])


if __name__ == "__main__":
    unittest.main()
