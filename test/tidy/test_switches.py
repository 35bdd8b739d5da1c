#!/usr/bin/env python3
# test_switches.py: nothing that keeps a venue's books knows of books without controls. SPDX-License-Identifier: Apache-2.0
import re
import unittest

import house
from house import Finding

# The controls of the ledger and of exemptions have no switch: what a venue without them would do is another policy, of the study alone.
WORD = re.compile(r"C-LED-|C-RSK-NOEXEMPT|naive", re.IGNORECASE)
STUDY = ("src/sim/", "src/study/", "src/io/incident", "app/cli/incident")


def check_switches(root):
    findings = []
    for path in house.files(root, ("include", "src", "app"), {".c", ".h"}):
        if path.as_posix().startswith(STUDY):
            continue
        for number, line in enumerate(house.read(root, path).split("\n"), 1):
            if match := WORD.search(line):
                findings.append(Finding(path, number, f"{match[0]} in what keeps the books", f"it belongs to {', '.join(STUDY)}"))
    return findings


class Switches(house.House):
    def test_house_keeps_its_books_without_switches(self):
        self.assert_clean(check_switches(house.ROOT))

    def test_planted_switches_are_found(self):
        files = {"src/core/a.c": "int a;\nif (is_naive) {\n", "src/ledger/a.h": "// C-LED-CONSERVE off\n", "src/sim/naive.c": "naive\n",
                 "app/server/a.c": "\n\n\"C-RSK-NOEXEMPT\"\n", "src/study/control.c": "C-LED-CONSERVE\n"}
        with house.planted(files) as root:
            findings = check_switches(root)
        self.assert_found(findings, "src/core/a.c", 2, "naive")
        self.assert_found(findings, "src/ledger/a.h", 1, "C-LED-")
        self.assert_found(findings, "app/server/a.c", 3, "C-RSK-NOEXEMPT")
        self.assertEqual(len(findings), 3)


if __name__ == "__main__":
    unittest.main()
