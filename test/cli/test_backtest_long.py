#!/usr/bin/env python3
# test_backtest_long.py: the measured figures of docs/method/backtest.md on the shared prices. SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
DATA = pathlib.Path(os.environ.get("PLIMSOLL_SHARED", str(ROOT / "../shared"))) / "data"
SPX = DATA / "equity_1d/SPX.csv.gz"


def coverage(*words):
    done = subprocess.run([BINARY, "backtest", *map(str, words), "--portfolios", "long,short", "--simulations", "0", "--format",
                           "json"], capture_output=True, text=True, cwd=ROOT, timeout=600,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return {(row["series"], row["portfolio"], row["requirement"]): row for row in json.loads(done.stdout)["coverage"]}


class Measured(unittest.TestCase):
    def test_the_core_is_accepted_on_six_series_and_the_shipped_requirement_covers(self):
        rows = coverage(DATA / "spot_1h/BTCUSDT.csv.gz", DATA / "spot_1h/ETHUSDT.csv.gz", SPX, "--models", "portfolio",
                        "--config", "examples/backtest/unbuffered.yaml")
        tails = [row for key, row in rows.items() if key[2] == "core VaR"]
        self.assertEqual([row["breaches"] for row in tails], [15, 12, 15, 16, 245, 235])
        for row in tails:
            self.assertGreaterEqual(float(row["kupiec_p"]), 0.01)
            self.assertGreaterEqual(float(row["kupiec_holm_p"]), 0.01)
        for key, row in rows.items():
            if key[2] == "portfolio maintenance":
                self.assertLessEqual(float(row["rate"]), 1)

    def test_what_was_fitted_before_1991_beats_the_baseline_after(self):
        rows = coverage(SPX, "--models", "portfolio", "--config", "examples/backtest/spx-1991.yaml", "--from", "1991-02-21",
                        "--to", "2009-01-29")
        row = rows["SPX", "long", "core VaR in force"]
        self.assertLessEqual(float(row["rate"]), 1.28)
        self.assertLessEqual(float(row["mean"]), 2.49)
        self.assertLessEqual(float(row["peak_to_trough"]), 5.8)
        self.assertLessEqual(float(row["rise_5d"]), 52 * 0.98)


if __name__ == "__main__":
    if not SPX.exists():
        print("the shared prices are absent")
        sys.exit(77)
    unittest.main()
