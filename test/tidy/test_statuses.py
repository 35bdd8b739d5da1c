#!/usr/bin/env python3
# test_statuses.py: every status is produced in some test.                           SPDX-License-Identifier: Apache-2.0
import re
import unittest

import house
from house import Finding

LIST = "test/tidy/status_untested.txt"
STATUS = re.compile(r"^\s*X\((PLM_[A-Z0-9_]+),", re.MULTILINE)


def read_tree(root):
    """({status: line}, words that tests use, {listed as untested: line})."""
    header = house.read(root, "include/plimsoll/status.h")
    lines = house.Lines(header)
    statuses = {match.group(1): lines.of(match.start(1)) for match in STATUS.finditer(header)}
    words = set()
    for path in house.files(root, ("test",), {".c", ".h", ".py"}):
        if path.parts[1] != "tidy":
            words |= set(re.findall(r"\bPLM_[A-Z0-9_]+\b", house.read(root, path)))
    untested = {}
    for number, line in enumerate(house.read(root, LIST).split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            untested[line.strip()] = number
    return statuses, words, untested


def check_statuses(root):
    statuses, words, untested = read_tree(root)
    if not statuses:
        return [Finding("include/plimsoll/status.h", 1, "no status is listed", "X(PLM_NAME, number, text)")]
    return [Finding("include/plimsoll/status.h", line, f"no test produces {name}",
                    f"a test below test/ that names it (no new line in {LIST})")
            for name, line in statuses.items() if name not in words and name not in untested]


def check_list(root):
    """The list of what is not tested yet holds nothing that is."""
    statuses, words, untested = read_tree(root)
    return [Finding(LIST, number, f"{name} is tested or gone", "remove the line")
            for name, number in untested.items() if name not in statuses or name in words]


class Statuses(house.House):
    def test_house_produces_every_status_in_a_test(self):
        self.assert_clean(check_statuses(house.ROOT))

    def test_planted_untested_statuses_are_found(self):
        files = {"include/plimsoll/status.h": '#define LIST(X) \\\n    X(PLM_OK, 0, "ok") \\\n    X(PLM_A, 1, "a") \\\n    X(PLM_B, 2, "b")\n',
                 "test/unit/base/test_a.c": "PLM_OK PLM_AB\n", "test/tidy/test_x.py": "PLM_A\n",
                 LIST: "# later\nPLM_B\nPLM_OK\nPLM_GONE\n"}
        with house.planted(files) as root:
            findings = check_statuses(root) + check_list(root)
        self.assert_found(findings, "include/plimsoll/status.h", 3, "no test produces PLM_A")
        self.assert_found(findings, LIST, 3, "PLM_OK is tested")
        self.assert_found(findings, LIST, 4, "PLM_GONE")
        self.assertEqual(len(findings), 3)


if __name__ == "__main__":
    unittest.main()
