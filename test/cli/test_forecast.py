#!/usr/bin/env python3
# test_forecast.py: plimsoll forecast fit and forecast evaluate on the shipped candles. SPDX-License-Identifier: Apache-2.0
import json
import math
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
CANDLES = "examples/history/BTC.csv"
MODELS = ["ewma", "garch", "har", "har-level", "range"]


def run(*words):
    return subprocess.run([BINARY, "forecast", *words], capture_output=True, text=True, cwd=ROOT, timeout=60)


class Forecast(unittest.TestCase):
    def assert_refused(self, answer, *words):
        self.assertEqual((answer.returncode, answer.stdout), (2, ""), answer.stderr)
        self.assertRegex(answer.stderr, r"\Aplimsoll: [^\n]+\n\Z")
        for word in words:
            self.assertIn(word, answer.stderr)

    def test_models_written_can_be_checked_and_a_changed_digit_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "models.json"
            answer = run("fit", CANDLES, "--out", str(path), "--format", "json")
            self.assertEqual(answer.returncode, 0, answer.stderr)
            written = json.loads(path.read_text())
            self.assertEqual([model["model"] for model in written["models"]], MODELS)
            self.assertEqual(written["target_day"], "2026-03-02")
            for shown, model in zip(json.loads(answer.stdout)["models"], written["models"]):
                annual = 100 * math.sqrt(365 * model["variance_next"])
                self.assertAlmostEqual(float(shown["volatility"]), annual, places=5)
            self.assertEqual(run("fit", CANDLES, "--check", str(path)).returncode, 0)
            self.assertEqual(run("fit", CANDLES, "--check", str(path), "--window", "350").returncode, 1)
            path.write_text(path.read_text().replace('"rows": 400', '"rows": 401', 1))
            self.assertEqual(run("fit", CANDLES, "--check", str(path)).returncode, 1)

    def test_forecast_of_garch_is_its_recursion_written_out_again(self):
        # A twin of a few lines: only the coefficients are taken from the file.
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "models.json"
            run("fit", CANDLES, "--out", str(path))
            models = json.loads(path.read_text())["models"]
            self.assertEqual(len({model["days_hash"] for model in models}), 1)
            mean, omega, alpha, beta = models[1]["coefficients"]
            closes = [float(line.split(",")[4]) for line in (ROOT / CANDLES).read_text().splitlines()[1:]]
            first = float((ROOT / CANDLES).read_text().splitlines()[1].split(",")[1])
            returns = [math.log(b / a) for a, b in zip([first] + closes, closes)]
            variance = square = sum((r - mean) ** 2 for r in returns) / len(returns)
            for r in returns:
                variance = omega + alpha * square + beta * variance
                square = (r - mean) ** 2
            variance = omega + alpha * square + beta * variance
            self.assertAlmostEqual(models[1]["variance_next"] / variance, 1, places=12)

    def test_days_before_a_date_are_all_that_is_seen(self):
        answer = run("fit", CANDLES, "--before", "2026-02-01", "--format", "json")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        rows = json.loads(answer.stdout)["models"]
        self.assertEqual(rows[0]["rows"], 400 - 29)

    def test_every_model_is_reported_beside_the_floor(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "page.html"
            answer = run("evaluate", CANDLES, "--refit", "60", "--format", "json", "--report", str(page))
            self.assertEqual(answer.returncode, 0, answer.stderr)
            rows = json.loads(answer.stdout)["models"]
            self.assertEqual([row["model"] for row in rows], MODELS + ["gated"])
            self.assertEqual({row["days"] for row in rows}, {127})
            self.assertEqual(float(rows[2]["to_floor"]), 1)
            self.assertEqual(float(rows[2]["statistic"]), 0)
            for row in rows:
                self.assertAlmostEqual(float(row["qlike"]) / float(rows[2]["qlike"]), float(row["to_floor"]), places=5)
            text = page.read_text()
            self.assertIn("Lead over har", text)
            self.assertEqual(text.count("<svg"), 2)

    def test_what_is_not_allowed_is_told_in_one_line(self):
        self.assert_refused(run("fit", CANDLES, "--horizon", "23"), "--horizon", "1 to 22")
        self.assert_refused(run("fit", CANDLES, "--window", "x"), "--window")
        self.assert_refused(run("fit", CANDLES, "--before", "2026-02-30"), "2026-02-30")
        self.assert_refused(run("fit", CANDLES, "--before", "1990-01-01"), "no day")
        self.assert_refused(run("evaluate", CANDLES, "--from", "2026-02-27"), "fewer than ten days")
        self.assert_refused(run("evaluate", CANDLES, "--from", "2026-02-01", "--to", "2026-01-01"), "--from")


if __name__ == "__main__":
    unittest.main()
