#!/usr/bin/env python3
# test_compared_long.py: the document of compared portfolios shows what its script prints. SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKED = ROOT / "examples/worked"
ENVIRONMENT = {**os.environ, "PLIMSOLL_BINARY": os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))}


def run(script, *words):
    return subprocess.run([str(WORKED / script), *words], capture_output=True, text=True, env=ENVIRONMENT)


class Compared(unittest.TestCase):
    def tables(self, *words):
        """{title: {row: {column: cell}}} of what the script prints, after each was found in the document."""
        answer = run("compare.sh", *words)
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        document = (ROOT / "docs/method/compared-portfolios.md").read_text()
        found = {}
        for table in answer.stdout.strip().split("\n\n"):
            self.assertIn(f"```\n{table}\n```", document, "replace the tables of the document, and read its text again")
            title, head, *lines = table.split("\n")
            found[title] = {line.split()[0]: dict(zip(head.split(), line.split()[1:])) for line in lines}
        return found

    def test_the_example_market(self):
        found = self.tables()
        need = found["perpetuals: initial/maintenance, USD"]
        ratio = found["perpetuals: initial per unit of risk; risk in USD"]
        self.assertEqual(len(found), 4)
        # By hand, docs/method/compared-portfolios.md: 2 % and 2.5 % of 130,026, 10 % of it, 13 % of 16 contracts at 65,000.
        self.assertEqual(need["paradex"]["long-bitcoin"], "2601/1300")
        self.assertEqual(need["hyperliquid"]["long-bitcoin"], "3251/1625")
        self.assertEqual(need["derive-srm"]["long-bitcoin"].split("/")[0], "13003")
        self.assertEqual(found["example market: initial/maintenance, USD"]["derive-srm"]["short-strangle"].split("/")[0],
                         "135200")
        self.assertLess(float(ratio["paradex"]["long-bitcoin"]), 1)
        self.assertGreater(float(ratio["portfolio"]["long-bitcoin"]), 1)

    def test_the_real_chains(self):
        with tempfile.TemporaryDirectory() as folder:
            made = run("run.sh", folder)
            if made.returncode == 77:
                self.skipTest(made.stderr.strip())
            self.assertEqual(made.returncode, 0, made.stderr)
            found = self.tables(folder)
        self.assertEqual(len(found), 8)
        for day in ("2020-05-21", "2020-09-12"):
            need = found[f"{day}: initial/maintenance, USD"]
            initial = {name: {model: float(cell.split("/")[0]) for model, cell in row.items() if cell != "-"}
                       for name, row in need.items()}
            # Bought wings count where scenarios are asked, and add nothing to a sum over shorts.
            self.assertEqual(initial["iron-condor"]["deribit-sm"], initial["short-strangle"]["deribit-sm"])
            self.assertLess(initial["iron-condor"]["portfolio"], initial["short-strangle"]["portfolio"] / 3)
            self.assertGreater(initial["iron-condor"]["tiered"], initial["short-strangle"]["tiered"])
            self.assertEqual(initial["futures-basis"].keys(), {"portfolio", "tiered", "dynamic", "deribit-pm"})


if __name__ == "__main__":
    unittest.main()
