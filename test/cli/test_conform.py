#!/usr/bin/env python3
# test_conform.py: plimsoll conform counts, tells and ends as it promises.           SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
EXAMPLE = ROOT / "docs/method/cases.json"


def conform(*words):
    return subprocess.run([BINARY, "conform", *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=60)


class Conform(unittest.TestCase):
    def with_case(self, **changes):
        """The example with its first case changed, as a file of its own."""
        document = json.loads(EXAMPLE.read_text())
        document["cases"] = [{**document["cases"][0], **changes}]
        file = tempfile.NamedTemporaryFile("w", suffix=".json", delete=False)
        self.addCleanup(os.unlink, file.name)
        with file:
            json.dump(document, file)
        return file.name

    def test_agreement_is_one_line(self):
        answer = conform(EXAMPLE)
        count = len(json.loads(EXAMPLE.read_text())["cases"])
        self.assertEqual((answer.returncode, answer.stdout), (0, f"{count} passed, 0 failed\n"))

    def test_each_difference_is_one_line_and_the_exit_is_1(self):
        path = self.with_case(expected={"imr": "1650240409", "mmr": "135005556"})
        answer = conform(path)
        self.assertEqual(answer.returncode, 1)
        lines = answer.stdout.splitlines()
        self.assertTrue(lines[0].startswith(f"{path}: example-dydx-margin dydx.margin_requirements imr: "
                                            "expected 1650240409, got 1650240408, relative error 6.05"), lines[0])
        self.assertEqual(lines[1:], ["0 passed, 1 failed"])

    def test_unknown_formulas_fail_and_informative_cases_do_not_count(self):
        answer = conform(self.with_case(formula="venue.unheard_of"))
        self.assertEqual((answer.returncode, answer.stdout.splitlines()[-1]), (1, "0 passed, 1 failed"))
        answer = conform(self.with_case(formula="venue.unheard_of", informative=True))
        self.assertEqual((answer.returncode, answer.stdout), (0, "0 passed, 0 failed\n"))

    def test_verbose_has_a_row_for_each_formula_and_json_has_it_all(self):
        answer = conform("--verbose", EXAMPLE)
        self.assertIn("worst relative error", answer.stdout)
        answer = json.loads(conform("--verbose", "--format", "json", EXAMPLE).stdout)
        self.assertEqual(answer["summary"]["failed"], 0)
        self.assertEqual(answer["differences"], [])
        self.assertTrue(all(row["passed"] > 0 for row in answer["formulas"]))

    def test_a_file_that_is_no_case_file_ends_with_2_and_one_line(self):
        for path, code in ((ROOT / "examples/market.json", 2), (ROOT / "README.none", 3)):
            answer = conform(path)
            self.assertEqual((answer.returncode, answer.stdout), (code, ""), answer.stderr)
            self.assertRegex(answer.stderr, r"\Aplimsoll: [^\n]+\n\Z")


if __name__ == "__main__":
    unittest.main()
