#!/usr/bin/env python3
# test_explain_default.py: the probabilities that plimsoll explain gives.             SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))


def explain(portfolio, *words):
    done = subprocess.run([BINARY, "explain", "examples/market.json", f"examples/portfolio-{portfolio}.json", "--format",
                           "json", *words], capture_output=True, text=True, cwd=ROOT, timeout=60,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout)


class Default(unittest.TestCase):
    def test_levels_and_horizons_nest(self):
        rows = explain("short-strangle", "--config", "examples/config.yaml")["default"]
        self.assertEqual([row["horizon"] for row in rows], ["1 h", "1 d", "5 d"])
        before = [0, 0, 0, 0]
        for row in rows:
            now = [float(row[key]) for key in ("call_probability", "liquidation_probability", "default_probability",
                                               "expected_deficit")]
            self.assertTrue(all(left <= right for left, right in zip(before, now)), rows)
            self.assertGreaterEqual(now[0], now[1])
            self.assertGreaterEqual(now[1], now[2])
            before = now
        self.assertGreater(before[0], 0)

    def test_without_history_nothing_is_said(self):
        self.assertNotIn("default", explain("short-strangle"))

    def test_an_account_in_what_may_be_negative_gets_none(self):
        self.assertNotIn("default", explain("oil", "--config", "examples/config.yaml"))


if __name__ == "__main__":
    unittest.main()
