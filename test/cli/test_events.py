#!/usr/bin/env python3
# test_events.py: plimsoll events, and docs/events.md made from it.                  SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
PAGE = ROOT / "docs/events.md"
MARK = "<!-- From here: plimsoll events --markdown. test/cli/test_events.py compares. -->\n"


def run(*words):
    return subprocess.run([BINARY, "events", *words], capture_output=True, text=True, cwd=ROOT, timeout=60,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})


class Events(unittest.TestCase):
    def test_the_page_is_what_the_program_prints(self):
        head, mark, tables = PAGE.read_text().partition(MARK)
        self.assertTrue(mark, f"{PAGE} has no line {MARK}")
        self.assertEqual(tables, run("--markdown").stdout,
                         "docs/events.md is old: put `plimsoll events --markdown` below its last comment")

    def test_the_page_draws_the_header_that_the_code_has(self):
        drawn = re.findall(r"^\| (\d+) \| (\d+) \| [\w ]+ \| `(\w+)` \| ", PAGE.read_text().partition(MARK)[0], re.M)
        source = (ROOT / "include/plimsoll/event.h").read_text()
        told = re.findall(r"^ \* +(\d+) +(\d+)  (\w+) ", source, re.M)
        self.assertEqual(len(told), 10)
        self.assertEqual(drawn, told)

    def test_fields_follow_one_another_from_the_header_on(self):
        ends = {}
        for row in json.loads(run("--format", "json").stdout)["fields"]:
            self.assertEqual(row["offset"], ends.get(row["event"], 64), row)
            ends[row["event"]] = row["offset"] + row["size"]
        self.assertEqual(ends["trade"], 120)
        self.assertTrue(all(end % 8 == 0 and end <= 64 + 4096 for end in ends.values()))

    def test_one_event_can_be_asked_for(self):
        rows = json.loads(run("reserve", "--format", "json").stdout)["fields"]
        self.assertEqual([row["field"] for row in rows],
                         ["instrument_index", "side", "lots", "limit_e8", "order_id", "is_reduce_only", "reserved"])
        self.assertEqual(rows[1]["json"], "1 buy, 2 sell")
        refused = run("reserv")
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        self.assertIn("no event is named reserv; did you mean reserve", refused.stderr)

    def test_reasons_are_numbered_without_a_gap(self):
        rows = json.loads(run("--format", "json").stdout)["reasons"]
        self.assertEqual([row["number"] for row in rows], list(range(len(rows))))
        self.assertEqual((rows[8]["reason"], rows[8]["is_transient"]), ("client_table_full", True))


if __name__ == "__main__":
    unittest.main()
