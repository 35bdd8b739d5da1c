#!/usr/bin/env python3
# test_living.py: sizes recalibrated over past candles, and recalibration in a venue.    SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
CANDLES = "examples/history/BTC.csv"


def run(*words):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=60,
                          env=ENVIRONMENT)


def answer(*words):
    done = run(*words, "--format", "json")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout)


class Past(unittest.TestCase):
    def config(self, text):
        file = tempfile.NamedTemporaryFile("w", suffix=".yaml")
        self.addCleanup(file.close)
        file.write(text)
        file.flush()
        return file.name

    def test_without_tools_what_is_in_force_is_the_forecast(self):
        name = self.config("living:\n  floor_ppm: 0\n  band_ppm: 0\n  fall_max_ppm: 100%\n  rise_max_ppm: 1000%\n")
        forecast, in_force = answer("living", CANDLES, "--config", name)["measures"]
        self.assertEqual({**forecast, "size": ""}, {**in_force, "size": ""})

    def test_the_shipped_tools_turn_less_often_and_keep_their_speed(self):
        found = answer("living", CANDLES, "--steps")
        forecast, in_force = found["measures"]
        self.assertLess(in_force["turns"], forecast["turns"])
        self.assertLess(float(in_force["peak_to_trough"]), float(forecast["peak_to_trough"]))
        sizes = [float(row["in_force"]) for row in found["steps"]]
        for before, now in zip(sizes, sizes[1:]):
            self.assertLessEqual(now, before * 1.5 + 1e-4)
            self.assertGreaterEqual(now, before * 0.95 - 1e-4)
        reasons = {row["reason"] for row in found["steps"]}
        self.assertLessEqual({"market", "band", "fall"}, reasons)

    def test_a_notice_is_announced_before_it_binds(self):
        rows = answer("living", CANDLES, "--steps", "--config", self.config("living:\n  notice_steps: 3\n"))["steps"]
        waiting = [row for row in rows if row["reason"] == "notice"]
        self.assertTrue(waiting)
        self.assertTrue(all(float(row["announced"]) > float(row["in_force"]) for row in waiting))

    def test_the_picture_is_svg_and_the_same_each_time(self):
        first, second = (run("living", CANDLES, "--picture").stdout for _ in range(2))
        self.assertTrue(first.startswith("<svg "))
        self.assertEqual(first, second)

    def test_what_cannot_be_is_refused(self):
        self.assertEqual(run("living", CANDLES, "--from", "2099-01-01").returncode, 2)
        self.assertEqual(run("living", CANDLES, "--from", "yesterday").returncode, 2)
        self.assertEqual(run("living", "examples/none.csv").returncode, 3)


class Venue(unittest.TestCase):
    """A venue on disk: forecast, recalibration, cap, through the verbs."""

    def test_status_shows_what_is_announced_and_how_much_may_be_open(self):
        with tempfile.TemporaryDirectory() as folder:
            venue = pathlib.Path(folder) / "venue"
            answer("init", venue, "--accounts", 4)
            events = pathlib.Path(folder) / "events.jsonl"
            lines = (ROOT / "examples/venue/events.jsonl").read_text().splitlines()
            own = [{"type": "forecast", "underlying_index": 0, "volatility_ppm": "600000", "regime_ppm": "0",
                    "model_hash": "00" * 32},
                   {"type": "recalibrate", "underlying_index": 0},
                   {"type": "forecast", "underlying_index": 0, "volatility_ppm": "900000", "regime_ppm": "0",
                    "model_hash": "00" * 32},
                   {"type": "recalibrate", "underlying_index": 0},
                   {"type": "liquidity", "underlying_index": 0, "depth_micros": "5000000000000", "volume_micros": "0",
                    "open_interest_micros": "0"},
                   {"type": "supply", "underlying_index": 0, "units": "20000000"}]
            listing = [line for line in lines if json.loads(line)["type"] in ("signer", "asset", "underlying", "price")]
            now = json.loads(listing[-1])["time_ns"]
            events.write_text("\n".join(listing + [json.dumps({"time_ns": now, **event}) for event in own]) + "\n")
            applied = {row["outcome"]: row["events"] for row in answer("apply", venue, events)["outcomes"]}
            self.assertEqual(applied["early"], 1)
            shocks = answer("status", venue)["shocks"][0]
            self.assertEqual((float(shocks["volatility"]), float(shocks["wanted"])), (60, 90))
            self.assertEqual(shocks["reason"], "market")
            # The depth is not in force before the next recalibration; the supply counts at once: a tenth of it.
            price = next(json.loads(line)["price_e8"] for line in reversed(lines) if '"price"' in line.split(",")[0])
            self.assertAlmostEqual(float(shocks["cap"]), 2e6 * int(price) / 1e8, places=2)
            self.assertEqual(float(shocks["open"]), 0)


if __name__ == "__main__":
    unittest.main()
