#!/usr/bin/env python3
# test_worked_long.py: the worked portfolios keep the relations a risk engineer expects. SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from decimal import Decimal

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKED = ROOT / "examples/worked"
PROGRAM = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
DAYS = ("2020-05-21", "2020-09-12")
OFFSETTING = ("calendar", "collar", "futures-basis", "inverse-against-options", "iron-condor", "mixed", "ratio-spread")


def names():
    return sorted(path.stem for path in (WORKED / DAYS[0]).glob("*.json"))


class Worked(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        keep = tempfile.TemporaryDirectory()
        cls.addClassCleanup(keep.cleanup)
        cls.folder = pathlib.Path(keep.name)
        run = subprocess.run([str(WORKED / "run.sh"), keep.name], capture_output=True, text=True,
                             env={**os.environ, "PLIMSOLL_BINARY": PROGRAM})
        if run.returncode == 77:
            raise unittest.SkipTest(run.stderr.strip())
        if run.returncode != 0:
            raise AssertionError(run.stdout + run.stderr)
        cls.printed = run.stdout

    def margin(self, day, name, model="portfolio", key="initial"):
        return Decimal(json.loads((self.folder / day / f"{name}.{model}.json").read_text())["groups"][0][key])

    def why(self, day, name):
        return json.loads((self.folder / day / f"{name}.explain.json").read_text())

    def line(self, day, name, line, column="maintenance"):
        return sum(Decimal(row[column]) for row in self.why(day, name)["requirement"] if row["line"] == line)

    def each(self, chosen=None):
        for day in DAYS:
            for name in chosen or names():
                with self.subTest(day=day, name=name):
                    yield day, name

    def test_the_document_shows_what_the_script_prints(self):
        document = (ROOT / "docs/method/worked-portfolios.md").read_text()
        for table in self.printed.strip().split("\n\n"):
            self.assertIn(f"```\n{table}\n```", document, "replace the tables of the document, and read its text again")

    def test_both_days_hold_the_same_portfolios(self):
        self.assertGreaterEqual(len(names()), 10)
        self.assertEqual(names(), sorted(path.stem for path in (WORKED / DAYS[1]).glob("*.json")))

    def test_lines_and_contributions_sum_exactly(self):
        for day, name in self.each():
            why = self.why(day, name)
            for column in ("maintenance", "initial"):
                lines = {row["line"]: Decimal(row[column]) for row in why["requirement"]}
                requirement = lines.pop("requirement")
                self.assertEqual(sum(lines.values()), requirement)
                self.assertEqual(requirement, self.margin(day, name, key=column))
                parts = [Decimal(row[column]) for row in why["contributions"] if row["kind"] != "total"]
                self.assertEqual(sum(parts), lines["core"])

    def test_initial_is_at_least_maintenance_and_dynamic_at_least_tiered(self):
        for day, name in self.each():
            for model in ("tiered", "dynamic", "portfolio"):
                self.assertGreaterEqual(self.margin(day, name, model), self.margin(day, name, model, "maintenance"))
            self.assertGreaterEqual(self.margin(day, name, "dynamic"), self.margin(day, name, "tiered"))

    def test_wings_make_a_strangle_cheaper_and_so_do_hedges(self):
        for key in ("initial", "maintenance"):
            for day in DAYS:
                for less, more in (("iron-condor", "short-strangle"), ("short-gamma-hedged", "short-gamma"),
                                   ("collar", "covered-call"), ("covered-call", "coins-only")):
                    self.assertLess(self.margin(day, less, key=key), self.margin(day, more, key=key), (day, less, more))

    def test_a_covered_call_offsets_the_coins(self):
        for day, name in self.each(["covered-call"]):
            together = self.margin(day, name)
            self.assertLess(together, self.margin(day, "coins-only") + self.margin(day, "naked-call"))
            calls = [Decimal(row["maintenance"]) for row in self.why(day, name)["contributions"] if row["kind"] == "position"]
            self.assertEqual(len(calls), 1)
            self.assertLess(calls[0], 0)

    def test_bought_options_cannot_lose_more_than_their_value(self):
        for day, name in self.each(["long-only"]):
            value = next(Decimal(row["amount"]) for row in self.why(day, name)["equity"] if row["line"] == "options at mark")
            self.assertGreater(value, 0)
            self.assertLessEqual(self.line(day, name, "core"), value)
            self.assertLessEqual(self.margin(day, name), value)

    def test_a_basis_trade_needs_a_tenth_of_its_legs(self):
        for day, name in self.each(["futures-basis"]):
            book = json.loads((WORKED / day / f"{name}.json").read_text())
            legs = Decimal(0)
            for position in book["positions"]:
                leg = self.folder / "leg.json"
                leg.write_text(json.dumps({**book, "positions": [position]}))
                answer = subprocess.run([PROGRAM, "margin", str(self.folder / day / "market.json"), str(leg), "--format", "json",
                                         "--config", str(self.folder / day / "config.yaml")], capture_output=True, text=True)
                self.assertEqual(answer.returncode, 0, answer.stderr)
                legs += Decimal(json.loads(answer.stdout)["groups"][0]["initial"])
            self.assertLess(10 * self.margin(day, name), legs)

    def test_offsets_count_in_model_portfolio_only(self):
        for day, name in self.each(OFFSETTING):
            self.assertLess(self.margin(day, name), self.margin(day, name, "tiered"))

    def test_the_days_that_followed_cost_less_than_maintenance(self):
        tables = self.printed.split("\n\n")[2:]
        self.assertEqual(len(tables), 2)
        for table in tables:
            rows = [line.split() for line in table.strip().split("\n")[2:]]
            self.assertEqual(sorted(row[0] for row in rows), names())
            for name, maintenance, *losses in rows:
                self.assertEqual(len(losses), 4)
                self.assertLess(max(map(int, losses)), int(maintenance), name)


if __name__ == "__main__":
    result = unittest.main(exit=False).result
    if result.skipped and not result.testsRun:
        sys.exit(77)
    sys.exit(not result.wasSuccessful())
