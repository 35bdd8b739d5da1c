#!/usr/bin/env python3
# test_liqprice.py: plimsoll liqprice on accounts and on one position at a venue.    SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import subprocess
import tempfile
import unittest
from decimal import Decimal

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
MARKET = "examples/market.json"


def run(*words):
    return subprocess.run([BINARY, "liqprice", *words], capture_output=True, text=True, cwd=ROOT, timeout=60)


def ask(*words):
    answer = run(*words, "--format", "json")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def position(venue, side, *words):
    return ask("--venue", venue, "--side", side, *words)["position"]


class Liqprice(unittest.TestCase):
    def assert_refused(self, answer, *words):
        self.assertEqual((answer.returncode, answer.stdout), (2, ""), answer.stderr)
        self.assertRegex(answer.stderr, r"\Aplimsoll: [^\n]+\n\Z")
        for word in words:
            self.assertIn(word, answer.stderr)

    def with_portfolio(self, side, *orders):
        account = {"schema": "plimsoll-portfolio/1", "name": "one", "balances": {"USD": "10000"},
                   "positions": [{"instrument": "BTC-PERP", "quantity": side + "1", "entry_price": "65000"}],
                   "orders": list(orders)}
        file = tempfile.NamedTemporaryFile("w", suffix=".json", delete=False)
        self.addCleanup(os.unlink, file.name)
        with file:
            json.dump(account, file)
        return file.name

    def test_published_prices_come_back(self):
        # Binance's help example, OKX's and Bybit's, as the shared case file binance.json has them.
        told = position("binance", "long", "--size", "3683.979", "--entry", "1456.84", "--balance", "1535443.01",
                        "--rate", "0.1", "--amount", "135365")
        self.assertEqual(round(Decimal(told["liquidation"]), 2), Decimal("1114.78"))
        told = position("okx", "short", "--size", "1", "--entry", "10", "--leverage", "5", "--rate", "0.01",
                        "--taker", "0.0006")
        self.assertEqual(told["liquidation"], "11.87413417")
        told = position("bybit", "long", "--size", "1", "--entry", "10", "--leverage", "10", "--rate", "0.01")
        self.assertEqual(Decimal(told["liquidation"]), Decimal("9.1"))

    def test_a_cross_account_counts_its_other_positions(self):
        # Binance's example of two positions: BTC long, with the profit and maintenance of the ETH position beside it.
        profit = Decimal("3683.979") * (Decimal("1335.18") - Decimal("1456.84"))
        other = Decimal("3683.979") * Decimal("1335.18") * Decimal("0.1") - 135365
        told = position("binance", "long", "--size", "109.488", "--entry", "32481.98", "--balance", "1535443.01",
                        "--rate", "0.025", "--amount", "16300", "--others-profit", str(round(profit, 6)),
                        "--others-maintenance", str(round(other, 6)))
        self.assertEqual(round(Decimal(told["liquidation"]), 2), Decimal("26316.89"))

    def test_the_account_and_the_formula_agree_to_a_tick(self):
        market = json.loads((ROOT / MARKET).read_text())
        tick = Decimal(next(u for u in market["underlyings"] if u["id"] == "BTC")["tick"])
        mark = Decimal(next(i for i in market["instruments"] if i["id"] == "BTC-PERP")["mark"])
        for venue in ("binance", "hyperliquid"):
            for side, sign, key in (("long", "", "liquidation_below"), ("short", "-", "liquidation_above")):
                rows = ask(MARKET, self.with_portfolio(sign), "--model", venue)["prices"]
                btc = next(row for row in rows if row["underlying"] == "BTC")
                told = position(venue, side, "--size", "1", "--entry", "65000", "--balance", "10000")
                # Marks keep their distance to the index, and a trigger is an index price.
                found = Decimal(btc[key]) * mark / Decimal(btc["price"])
                self.assertLess(abs(found - Decimal(told["liquidation"])), 2 * tick, (venue, side))

    def test_open_orders_move_no_maintenance_and_so_no_price_at_paradex(self):
        order = {"instrument": "BTC-PERP", "side": "buy", "quantity": "1", "price": "64000"}
        bare = ask(MARKET, self.with_portfolio(""), "--model", "paradex")["prices"]
        ordered = ask(MARKET, self.with_portfolio("", order), "--model", "paradex")["prices"]
        self.assertEqual(bare, ordered)

    def test_what_is_told_is_consistent(self):
        rows = ask(MARKET, "examples/portfolio-desk.json", "--config", "examples/config.yaml")["prices"]
        self.assertGreaterEqual(len(rows), 3)
        for row in rows:
            price = Decimal(row["price"])
            for key, percent, sign in (("liquidation_below", "below_percent", -1),
                                       ("liquidation_above", "above_percent", 1)):
                if row[key] is not None:
                    move = (Decimal(row[key]) - price) / price * 100
                    self.assertGreaterEqual(move * sign, 0)
                    self.assertLess(abs(move - Decimal(row[percent])), Decimal("0.000001"))

    def test_a_position_that_cannot_be_liquidated_says_so(self):
        words = ("--size", "1", "--entry", "100", "--balance", "101")
        self.assertIsNone(position("binance", "long", *words)["liquidation"])
        self.assertIn("No price above zero", run("--venue", "binance", "--side", "long", *words).stdout)

    def test_wrong_questions_are_refused_in_one_line(self):
        base = ("--venue", "binance", "--side", "long", "--size", "1", "--entry", "100")
        self.assert_refused(run(), "MARKET and PORTFOLIO")
        self.assert_refused(run(MARKET), "MARKET and PORTFOLIO")
        self.assert_refused(run(*base, "--leverage", "5", MARKET), "takes no files")
        self.assert_refused(run(MARKET, "examples/portfolio-desk.json", "--size", "1"), "--size needs --venue")
        self.assert_refused(run(*base, "--leverage", "5", "--model", "tiered"), "--model does not go with --venue")
        self.assert_refused(run("--venue", "okxx"), "did you mean okx")
        self.assert_refused(run("--venue", "okx", "--side", "up"), "long or short")
        self.assert_refused(run(*base), "--leverage or --balance")
        self.assert_refused(run(*base, "--leverage", "0"), "above zero")
        self.assert_refused(run(*base, "--leverage", "many"), '"many"', "decimal")
        self.assert_refused(run(*base, "--leverage", "5", "--taker", "0.1"), "reads no taker fee")
        self.assert_refused(run(*base, "--leverage", "5", "--rate", "1"), "no price")
        self.assert_refused(run("--venue", "okx", *base[2:], "--leverage", "5"), "rate is needed")


if __name__ == "__main__":
    unittest.main()
