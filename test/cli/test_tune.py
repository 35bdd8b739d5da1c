#!/usr/bin/env python3
# test_tune.py: plimsoll tune chooses on the days it is given and on no others.       SPDX-License-Identifier: Apache-2.0
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
FIRST_DAY = 18262  # 2020-01-01
COUNT = 420


def run(*words):
    return subprocess.run([BINARY, "tune", *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=60,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})


def write_candles(path, calm_after=COUNT):
    random.seed(8)
    close, rows = 100.0, []
    for i in range(COUNT):
        rows.append(f"{(FIRST_DAY + i) * 86400},{close:.8f},{close:.8f},{close:.8f},{close:.8f}")
        close *= math.exp(random.gauss(0, 0.02 if i < 300 else 0.04) * (0.1 if i >= calm_after else 1))
    path.write_text("ts,open,high,low,close\n" + "\n".join(rows) + "\n")


class Tune(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name, "series.csv")
        write_candles(self.path)
        self.words = ["--fit", "2020-09-20:2020-12-31", "--report", "2021-01-01:2021-02-15", "--lambdas", "97%",
                      "--format", "json"]

    def answer(self, *words):
        done = run(self.path, *self.words, *words)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done.returncode, json.loads(done.stdout)

    def test_the_choice_is_the_cheapest_inside_the_budget(self):
        code, said = self.answer("--breaches", "5%", "--rise-5d", "30%", "--all")
        self.assertEqual(code, 0)
        inside = [row for row in said["settings"] if row["meets_budget"]]
        self.assertGreater(len(inside), 0)
        chosen = said["chosen"][0]
        self.assertEqual(chosen["fit_mean"], min(inside, key=lambda row: float(row["fit_mean"]))["fit_mean"])
        for row in inside:
            self.assertLessEqual(float(row["fit_rise_5d"]), 30)
            self.assertLessEqual(float(row["fit_rate"]), 5)

    def test_every_tool_is_tried_in_every_combination(self):
        lists = {"buffers": "0,25%", "stresses": "25%", "floors": "0", "bands": "0,10%", "rises": "1000%,50%",
                 "falls": "100%,5%", "notices": "0,2"}
        _, said = self.answer("--all", *(word for name, text in lists.items() for word in (f"--{name}", text)))
        keys = ("scaling", "buffer", "stressed_weight", "floor", "band", "rise_max", "fall_max", "notice")
        seen = {tuple(row[key] for key in keys) for row in said["settings"]}
        self.assertEqual((len(said["settings"]), len(seen)), (2 * 2**5, 2 * 2**5))
        self.assertEqual({row["notice"] for row in said["settings"]}, {0, 2})
        # A notice never makes a size larger, and a limit of falls never smaller.
        mean = {tuple(row[key] for key in keys): float(row["fit_mean"]) for row in said["settings"]}
        for setting, value in mean.items():
            if setting[7] == 0:
                self.assertLessEqual(mean[(*setting[:7], 2)], value, setting)
            if setting[6] is None:
                self.assertGreaterEqual(mean[(*setting[:6], "5", setting[7])], value, setting)

    def test_later_days_decide_nothing(self):
        _, before = self.answer("--breaches", "5%", "--rise-5d", "30%")
        write_candles(self.path, calm_after=366)
        _, after = self.answer("--breaches", "5%", "--rise-5d", "30%")
        keys = [key for key in before["chosen"][0] if not key.startswith("report")]
        self.assertEqual([before["chosen"][0][key] for key in keys], [after["chosen"][0][key] for key in keys])
        self.assertNotEqual(before["chosen"][0]["report_mean"], after["chosen"][0]["report_mean"])

    def test_a_budget_that_nothing_meets_is_a_finding(self):
        code, said = self.answer("--mean", "0.01%")
        self.assertEqual((code, said["chosen"]), (1, []))
        self.assertGreater(len(said["settings"]), 0)

    def test_mistakes_are_told_in_one_line(self):
        for words, expected in (
            ([], "--fit is needed"),
            (["--fit", "2020-09-20"], "days are written"),
            (["--fit", "2020-09-20:2020-12-31", "--report", "2020-12-01:2021-01-31"], "before --fit has ended"),
            (["--fit", "2020-09-20:2020-12-31", "--breaches", "x"], "a budget is a number"),
            (["--fit", "2020-09-20:2020-12-31", "--lambdas", "50%"], "--lambdas"),
            (["--fit", "2020-09-20:2020-12-31", "--notices", "31"], "a list of what is tried"),
            (["--fit", "2020-09-20:2020-12-31", "--falls", "200%"], "a list of what is tried"),
            (["--fit", "2020-09-20:2020-12-31", "--portfolio", "wide"], "none is named wide"),
        ):
            done = run(self.path, *words)
            self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1), words)
            self.assertIn(expected, done.stderr)


if __name__ == "__main__":
    unittest.main()
