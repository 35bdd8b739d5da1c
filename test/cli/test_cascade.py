#!/usr/bin/env python3
# test_cascade.py: the liquidation fixed point of a small venue, by hand.                SPDX-License-Identifier: Apache-2.0
import json
import pathlib
import shutil
import tempfile
import unittest

from lone_trader import make, run


class Cascade(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.venue = make(cls.folder.name, 18000)

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
