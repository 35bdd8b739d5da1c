#!/usr/bin/env python3
# test_release.py: docs/reliability.md says of a release what its ledger says, and the rows can be run. SPDX-License-Identifier: Apache-2.0
import pathlib
import re
import shlex
import sys
import tempfile
import unittest
import unittest.mock

import house

sys.path.insert(0, str(house.ROOT / "test/release"))
import run  # noqa: E402  (the module under test stands elsewhere)

LEDGER = """# a comment
2026-01-01T00:00:00Z abc torture 1 250 ok 10.5 events=5000000 seeds=250
2026-01-02T00:00:00Z abc torture-with-faults 1 100 FAILED 2.0
2026-01-03T00:00:00Z abc fuzz-log 1 10 ok 9.9 fuzz-executions=33000
"""


class Release(house.House):
    def test_document_equals_the_ledger(self):
        document = house.read(house.ROOT, "docs/reliability.md")
        self.assertEqual(document, run.publish(document, house.read(house.ROOT, "test/release/ledger.txt")),
                         "python3 test/release/run.py --publish")

    def test_no_seed_of_a_row_is_counted_twice(self):
        seen = set()
        for row, first, size, _, _, _ in run.read_ledger(house.read(house.ROOT, "test/release/ledger.txt")):
            for seed in range(first, first + size):
                self.assertNotIn((row, seed), seen)
                seen.add((row, seed))

    def test_totals_are_sums_and_failures_are_told(self):
        table = run.totals_table(LEDGER)
        self.assertIn("| events | 10,000,000,000 | 5,000,000 |", table)
        self.assertIn("3 shares, 2026-01-01 to 2026-01-03; 1 failed; 22 core-seconds.", table)

    def test_a_share_goes_on_where_the_ledger_ends(self):
        rows, asked = run.read_rows()
        entries = run.read_ledger(LEDGER)
        share = run.next_share([rows["torture"]], asked, entries, {"torture": 0})
        self.assertEqual(share.first, 251)
        share = run.next_share([rows["torture"], rows["kills"]], asked, entries, {"torture": 0, "kills": 0})
        self.assertEqual((share.row["name"], share.first), ("kills", 1))

    def test_a_count_that_is_not_told_is_no_count(self):
        row = {"size": 5, "counts": {"events": r"events (\d+)", "seeds": "size"}}
        self.assertEqual(run.counts_of(row, "events 7\nevents 8\n"), {"events": 15, "seeds": 5})
        self.assertEqual(run.counts_of(row, "nothing"), {"events": None, "seeds": 5})

    def test_a_share_is_kept_once(self):
        row = {"name": "torture", "size": 250}
        with tempfile.TemporaryDirectory() as folder, unittest.mock.patch.object(run, "LEDGER", pathlib.Path(folder) / "ledger"):
            for first in (1, 1, 200, 251):
                run.keep(run.Result(run.Share(row, first), "ok", 1.0, {"events": 7}), "abc")
            self.assertEqual([entry[1] for entry in run.read_ledger(run.LEDGER.read_text())], [1, 251])

    def test_every_row_names_what_is_there(self):
        rows, asked = run.read_rows()
        for row in rows.values():
            for word in shlex.split(row["command"]):
                if re.fullmatch(r"(test|tools)/[\w/.]+\.py", word):
                    self.assertTrue((house.ROOT / word).exists(), word)
        measures = {measure for row in rows.values() for measure in row["counts"]}
        self.assertEqual(set(asked) - measures, set())


if __name__ == "__main__":
    unittest.main()
