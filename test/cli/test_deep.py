#!/usr/bin/env python3
# test_deep.py: forecasts from a venue's closes, and verify --deep on them.             SPDX-License-Identifier: Apache-2.0
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


def run(*words):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=60)


def answer(*words):
    return json.loads(run(*words, "--format", "json").stdout)


class Deep(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.venue = pathlib.Path(self.folder.name) / "venue"
        lines = (ROOT / "examples/venue/events.jsonl").read_text().splitlines()
        listing = [json.loads(line) for line in lines]
        listing = [event for event in listing if event["type"] in ("signer", "asset", "underlying", "price")]
        self.now = listing[-1]["time_ns"]
        drawn = random.Random(5)
        price, closes = 100.0, []
        for day in range(400):
            price *= math.exp(drawn.gauss(0, 0.01 if day % 80 < 40 else 0.04))
            closes.append({"type": "close", "time_ns": self.now, "underlying_index": 0, "day": str(20000 + day),
                           "price": price})
        self.assertEqual(run("init", self.venue, "--accounts", 4, "--history", 600).returncode, 0)
        self.apply(listing + closes)

    def apply(self, events):
        path = pathlib.Path(self.folder.name) / "events.jsonl"
        path.write_text("".join(json.dumps(event) + "\n" for event in events))
        done = run("apply", self.venue, path)
        self.assertEqual(done.returncode, 0, done.stderr)

    def closes(self, *words):
        return json.loads(answer("forecast", "closes", self.venue, *words)["forecast"]["event"])

    def test_forecasts_are_computed_again_and_one_ppm_is_seen(self):
        made = [self.closes(), self.closes("--model", "ewma", "--window", 365), self.closes("--horizon", 5)]
        self.apply(made)
        self.assertEqual(run("verify", self.venue, "--deep").returncode, 0)
        wrong = {**made[0], "volatility_ppm": str(int(made[0]["volatility_ppm"]) + 1)}
        strange = {**made[0], "model_hash": "11" * 32}
        later = {"type": "close", "time_ns": self.now, "underlying_index": 0, "day": "20400", "price": 100.0}
        # After another close the same hash is of days that are no longer the latest.
        self.apply([wrong, strange, later, made[0]])
        done = run("verify", self.venue, "--deep", "--format", "json")
        self.assertEqual(done.returncode, 1)
        found = json.loads(done.stdout)
        self.assertEqual([row["finding"] for row in found["forecasts"]],
                         ["recomputed", "recomputed", "recomputed", "differs", "unknown", "unknown"])
        self.assertEqual([row["model"] for row in found["forecasts"]][:3], ["garch", "ewma", "garch"])
        self.assertEqual((found["deep"]["recomputed"], found["deep"]["differs"], found["deep"]["unknown"]), (3, 1, 2))
        self.assertEqual(run("verify", self.venue).returncode, 0)

    def candles(self, name, extra_days=0, spoil=None):
        """Four bars a day for 700 days up to the day before the books' own, and more."""
        drawn = random.Random(11)
        today = int(self.now) // 10**9 // 86400
        price, lines = 100.0, ["ts,open,high,low,close,volume"]
        for bar in range(4 * (700 + extra_days)):
            size = 0.005 if bar // 4 % 80 < 40 else 0.02
            start, price = price, price * math.exp(drawn.gauss(0, size))
            high, low = max(start, price) * 1.002, min(start, price) * 0.998
            if bar == spoil:
                high *= 1.001
            lines.append(f"{(today - 700) * 86400 + 21600 * bar},{start:.6f},{high:.6f},{low:.6f},{price:.6f},1")
        path = pathlib.Path(self.folder.name) / name
        path.write_text("\n".join(lines) + "\n")
        return path

    def findings(self, *files):
        done = run("verify", self.venue, "--deep", "--candles", ",".join(map(str, files)), "--format", "json")
        return done.returncode, [row["finding"] for row in json.loads(done.stdout)["forecasts"]]

    def test_forecasts_on_candles_are_computed_again_with_the_candles(self):
        path = self.candles("past.csv")
        made = []
        for words in ((), ("--model", "range", "--window", 500), ("--model", "har-level", "--horizon", 5, "--window", 0)):
            found = answer("forecast", "candles", self.venue, path, *words)["forecast"]
            self.assertEqual((found["days"], found["note"]), (700, None))
            made.append(json.loads(found["event"]))
        self.assertGreater(int(made[0]["regime_ppm"]), 0)
        self.apply(made)
        self.assertEqual(self.findings(path), (0, ["recomputed"] * 3))
        # Days that came later are not asked; another file may be the right one.
        self.assertEqual(self.findings(self.candles("other.csv", spoil=1500), self.candles("longer.csv", 30)),
                         (0, ["recomputed"] * 3))
        self.assertEqual(self.findings(self.candles("other.csv", spoil=1500)), (0, ["unknown"] * 3))
        self.assertEqual(run("verify", self.venue, "--deep").returncode, 0)
        chance = {**made[0], "regime_ppm": str(int(made[0]["regime_ppm"]) + 1)}
        self.apply([chance])
        self.assertEqual(self.findings(path), (1, ["recomputed"] * 3 + ["differs"]))

    def test_recipes_on_candles_that_verify_would_not_try_are_not_offered(self):
        path = self.candles("past.csv")
        for words in (("--model", "arima"), ("--window", 77), ("--horizon", 22)):
            self.assertEqual(run("forecast", "candles", self.venue, path, *words).returncode, 2, words)
        self.assertEqual(run("forecast", "candles", self.venue, "none.csv").returncode, 3)
        self.assertEqual(run("verify", self.venue, "--deep", "--candles", "none.csv").returncode, 3)

    def test_ewma_is_its_recursion_written_out_again(self):
        closes = [json.loads(line) for line in (pathlib.Path(self.folder.name) / "events.jsonl").read_text().splitlines()]
        prices = [event["price"] for event in closes if event["type"] == "close"]
        squares = [math.log(b / a) ** 2 for a, b in zip(prices, prices[1:])]
        variance = sum(squares[:22]) / 22
        for square in squares[22:]:
            variance = 0.94 * variance + 0.06 * square
        wanted = 1e6 * math.sqrt(365 * variance)
        self.assertAlmostEqual(int(self.closes("--model", "ewma")["volatility_ppm"]), wanted, delta=1.001)

    def test_what_verify_would_not_try_is_not_offered(self):
        for words in (("--model", "har"), ("--window", 77), ("--model", "ewma", "--horizon", 5)):
            self.assertEqual(run("forecast", "closes", self.venue, *words).returncode, 2, words)

    def test_without_enough_closes_there_is_a_reason_and_no_event(self):
        found = answer("forecast", "closes", self.venue, "--underlying", 1)["forecast"]
        self.assertEqual((found["closes"], found["event"]), (0, None))
        self.assertTrue(found["note"])


if __name__ == "__main__":
    unittest.main()
