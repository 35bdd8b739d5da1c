#!/usr/bin/env python3
# test_cascade.py: the liquidation fixed point of a small venue, by hand.                SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))


def run(*words):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=60)


class Cascade(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.venue = pathlib.Path(cls.folder.name) / "venue"
        lines = [json.loads(line) for line in (ROOT / "examples/venue/events.jsonl").read_text().splitlines()]
        # Its option has a mark and no surface, from which nobody can say what it is worth elsewhere.
        lines = [line for line in lines if line.get("kind") != "option" and line.get("instrument_index") != 2]
        lot = next(int(line["lot_e8"]) for line in lines if line["type"] == "instrument")
        lots = 10**8 // lot  # one coin, at 100,020
        marks = next(i for i, line in enumerate(lines) if line["type"] == "deposit")
        now = lines[marks]["time_ns"]
        own = [{"type": "deposit", "account": 0, "asset_index": 0, "atoms": str(18000 * 10**6)},
               {"type": "deposit", "account": 1, "asset_index": 0, "atoms": str(10**7 * 10**6)},
               {"type": "trade", "account": 0, "instrument_index": 0, "maker_account": 1, "lots": str(lots),
                "price_e8": "10002000000000", "taker_fee_atoms": "0", "maker_fee_atoms": "0", "taker_order_id": "0",
                "maker_order_id": "0"},
               {"type": "liquidity", "underlying_index": 0, "depth_micros": str(10**6 * 10**6), "volume_micros": "0",
                "open_interest_micros": "0"}]
        like = {line["type"]: line for line in lines}
        events = lines[:marks] + [{**like.get(event["type"], {}), "time_ns": now, **event} for event in own]
        for number, event in enumerate(events[marks:]):
            if "client_id" in event:
                event["client_id"] = f"{number + 1:032x}"
        path = pathlib.Path(cls.folder.name) / "events.jsonl"
        path.write_text("\n".join(json.dumps(event) for event in events) + "\n")
        assert run("init", cls.venue, "--accounts", 4).returncode == 0
        applied = run("apply", cls.venue, path, "--format", "json")
        outcomes = {row["outcome"] for row in json.loads(applied.stdout)["outcomes"]}
        assert outcomes == {"none"} or outcomes == {"accepted"}, applied.stdout + applied.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def ask(self, *words):
        answer = run("cascade", self.venue, "--format", "json", *words)
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        return json.loads(answer.stdout)

    def test_one_long_account_adds_its_own_impact(self):
        # 350 % of a day at 100 % a year: 3.5 / sqrt(365) = 18.32 %; the loss of 18,323 is more than the 18,000 deposited.
        answer = self.ask()
        down, up = answer["markets"]
        shock = 3.5 / 365**0.5
        closed = 100020 * (1 - shock)
        self.assertAlmostEqual(float(down["shock"]), -100 * shock, places=2)
        self.assertAlmostEqual(float(down["forced_first"]), closed, delta=1)
        self.assertAlmostEqual(float(down["move"]), -100 * (shock + 0.01 * closed / 1e6), places=2)
        self.assertEqual((float(up["forced"]), up["move"]), (0, up["shock"]))
        self.assertEqual([row["accounts"] for row in answer["directions"]], [1, 0])
        self.assertGreater(float(answer["directions"][0]["shortfall"]), float(answer["directions"][0]["shortfall_first"]))

    def test_a_small_shock_breaks_nobody(self):
        down, up = self.ask("--multiple", 100)["markets"]
        self.assertEqual((float(down["forced"]), down["move"]), (0, down["shock"]))

    def test_events_are_for_volatilities_without_a_cascade_in_them(self):
        self.assertEqual(run("cascade", self.venue, "--events").stdout, "")
        lines = run("cascade", self.venue, "--events", "--volatility", 100).stdout.splitlines()
        event = json.loads(lines[0])
        self.assertEqual((len(lines), event["type"], event["underlying_index"]), (1, "forecast", 0))
        self.assertGreater(int(event["volatility_ppm"]), 1000000)
        self.assertLess(int(event["volatility_ppm"]), 1010000)
        path = pathlib.Path(self.folder.name) / "forecast.jsonl"
        path.write_text(lines[0] + "\n")
        copy = shutil.copytree(self.venue, pathlib.Path(self.folder.name) / "copy")
        self.assertEqual(run("apply", copy, path).returncode, 0)

    def test_what_cannot_be_is_refused(self):
        for words in (("--multiple", 0), ("--band", 0), ("--extra", 91), ("--volatility", "much")):
            self.assertEqual(run("cascade", self.venue, *words).returncode, 2, words)


if __name__ == "__main__":
    unittest.main()
