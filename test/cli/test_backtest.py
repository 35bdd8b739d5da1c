#!/usr/bin/env python3
# test_backtest.py: plimsoll backtest on the example's history and on made-up ones.   SPDX-License-Identifier: Apache-2.0
import json
import math
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
BTC = "examples/history/BTC.csv"
FIRST_DAY = 17000


def run(*words):
    return subprocess.run([BINARY, "backtest", *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=60,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})


def answer(*words):
    done = run(*words, "--format", "json")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout)


def write_candles(path, closes, days):
    rows = [f"{day * 86400},{close:.8f},{close:.8f},{close:.8f},{close:.8f}" for day, close in zip(days, closes)]
    path.write_text("ts,open,high,low,close\n" + "\n".join(rows) + "\n")


def walk(count, seed=3):
    random.seed(seed)
    closes = [100.0]
    for _ in range(count - 1):
        closes.append(closes[-1] * math.exp(random.gauss(0, 0.02)))
    return closes


class Backtest(unittest.TestCase):
    def test_every_row_carries_a_score(self):
        rows = answer(BTC, "--portfolios", "long,short", "--simulations", "50")["coverage"]
        self.assertEqual(len(rows), 2 * 5)
        for row in rows:
            self.assertAlmostEqual(float(row["rate"]), 100 * row["breaches"] / row["days"], places=3)
            self.assertGreaterEqual(float(row["peak_to_trough"]), 1)
        tails = [row for row in rows if row["requirement"] == "core VaR"]
        self.assertTrue(all(float(row["kupiec_holm_p"]) >= float(row["kupiec_p"]) for row in tails))

    def test_options_are_carried_through_history(self):
        rows = answer(BTC, "--portfolios", "short-strangle,calendar", "--models", "portfolio", "--simulations", "0",
                      "--from", "2026-01-01")["coverage"]
        means = {(row["portfolio"], row["requirement"]): float(row["mean"]) for row in rows}
        self.assertGreater(means["short-strangle", "portfolio maintenance"], 1)
        self.assertLess(means["calendar", "portfolio maintenance"], means["short-strangle", "portfolio maintenance"])

    def test_a_portfolio_file_is_carried_through_history(self):
        rows = answer("--market", "examples/market.json", "--portfolio", "examples/portfolio-short-strangle.json",
                      "--config", "examples/config.yaml", "--from", "2026-02-01", "--simulations", "0")
        self.assertGreater(len(rows["coverage"]), 0)
        oil = run("--market", "examples/market.json", "--portfolio", "examples/portfolio-oil.json",
                  "--config", "examples/config.yaml")
        self.assertEqual((oil.returncode, oil.stdout), (2, ""))
        self.assertIn("domain any", oil.stderr)

    def test_a_crash_to_come_changes_nothing_before_it(self):
        with tempfile.TemporaryDirectory() as folder:
            calm, crash = pathlib.Path(folder, "a.csv"), pathlib.Path(folder, "b.csv")
            closes = walk(330)
            days = range(FIRST_DAY, FIRST_DAY + 330)
            write_candles(calm, closes, days)
            write_candles(crash, closes[:310] + [close / 2 for close in closes[310:]], days)
            words = ["--portfolios", "long", "--simulations", "0", "--table", "days"]
            before, after = (answer(path, *words)["days"] for path in (calm, crash))
            changed = [left["day"] for left, right in zip(before, after) if left["size"] != right["size"]]
            breached = [right["day"] for right in after if right["is_breach"] and right["requirement"] == "core VaR"]
            self.assertGreater(len(changed), 0)
            self.assertLess(breached[0], min(changed))

    def test_weekdays_alone_are_sessions(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "index.csv")
            days = [day for day in range(FIRST_DAY, FIRST_DAY + 500) if (day - 3) % 7 not in (0, 6)]
            write_candles(path, walk(len(days)), days)
            row = answer(path, "--portfolios", "long", "--models", "tiered", "--simulations", "0")["coverage"][0]
            self.assertGreater(row["days"], 80)

    def test_older_candles_fill_what_lies_before(self):
        with tempfile.TemporaryDirectory() as folder:
            whole, old, new = (pathlib.Path(folder, name) for name in ("whole.csv", "old.csv", "new.csv"))
            closes, days = walk(330), list(range(FIRST_DAY, FIRST_DAY + 330))
            write_candles(whole, closes, days)
            write_candles(old, closes[:320], days[:320])
            write_candles(new, closes[300:], days[300:])
            words = ["--portfolios", "long", "--simulations", "0", "--table", "days"]
            keys = ("day", "size", "loss")
            one, two = ([[row[key] for key in keys] for row in answer(*files, *words)["days"]]
                        for files in ([whole], [new, "--older", old]))
            self.assertEqual(one, two)

    def test_what_is_in_force_is_the_instant_s_own_without_tools_and_lags_with_them(self):
        words = [BTC, "--portfolios", "long", "--simulations", "0", "--living", "--models", "dynamic"]
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write("living:\n  floor_ppm: 0\n  band_ppm: 0\n  fall_max_ppm: 100%\n  rise_max_ppm: 1000%\n")
            file.flush()
            rows = answer(*words, "--config", file.name)["coverage"]
        of = {row["requirement"]: {**row, "requirement": ""} for row in rows}
        self.assertEqual(of["dynamic maintenance"], of["dynamic maintenance living"])
        of = {row["requirement"]: row for row in answer(*words)["coverage"]}
        self.assertLessEqual(float(of["dynamic initial living"]["rise_1d"]), 51)
        self.assertGreater(float(of["dynamic initial living"]["mean"]), float(of["dynamic initial"]["mean"]))

    def test_a_notice_is_drawn_as_what_is_announced(self):
        with tempfile.TemporaryDirectory() as folder:
            config, path = (pathlib.Path(folder, name) for name in ("notice.yaml", "page.html"))
            config.write_text("living:\n  notice_steps: 2\n")
            for words, count in (([], 0), (["--living"], 0), (["--living", "--config", config], 1)):
                done = run(BTC, "--portfolios", "long", "--simulations", "0", "--report", path, *words)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(path.read_text().count(">announced<"), count, words)

    def test_the_report_is_one_page_with_pictures(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "page.html")
            done = run(BTC, "--portfolios", "long", "--simulations", "0", "--report", path)
            self.assertEqual(done.returncode, 0, done.stderr)
            page = path.read_text()
            self.assertEqual(page.count("<svg"), 4)
            self.assertIn("loss of the window that begins here", page)
            self.assertNotIn("http", page.replace("http://www.w3.org", ""))

    def test_mistakes_are_told_in_one_line(self):
        for words, expected in (
            ([], "give candle files"),
            ([BTC, "--step", "2d"], "--step"),
            ([BTC, "--from", "2020-13-01"], "a day is written"),
            ([BTC, "--portfolios", "longg"], "no portfolio is named longg"),
            ([BTC, "--models", "porfolio"], "no model is named porfolio"),
            ([BTC, "--simulations", "-1"], "whole number"),
            ([BTC, "--market", "examples/market.json"], "belong together"),
            ([BTC, "--from", "2030-01-01"], "no instant has enough history"),
        ):
            done = run(*words)
            self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1), words)
            self.assertIn(expected, done.stderr)


if __name__ == "__main__":
    unittest.main()
