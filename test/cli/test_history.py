#!/usr/bin/env python3
# test_history.py: history.db says what the books say, lagging, rebuilt or damaged.     SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import re
import sqlite3
import shutil
import subprocess
import tempfile
import unittest
from decimal import Decimal

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
EVENTS = ROOT / "examples/venue/events.jsonl"
# Tables and files as small as the example allows: memory is cleared and files are filled with zeros at each call.
SMALL = ("--instruments", 16, "--entries", 512, "--signers", 4, "--history", 40, "--segment-mib", 5)
# In memory where there is room: what a sync makes durable is the matter of test_kill_long.py and of the simulated disk.
SCRATCH = "/dev/shm" if os.path.isdir("/dev/shm") and shutil.disk_usage("/dev/shm").free > 1 << 28 else None
LAST_NS = 1_767_225_600_000_000_000 + 10 * 86_400_000_000_000


def run(*words, **options):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=60,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, **options)


def answer(*words, **options):
    done = run(*words, "--format", "json", **options)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout)


class History(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(dir=SCRATCH)
        self.addCleanup(self.folder.cleanup)
        self.venue = pathlib.Path(self.folder.name) / "venue"
        answer("init", self.venue, "--accounts", 16, *SMALL)

    def rows(self, query):
        database = sqlite3.connect(self.venue / "history.db")
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()

    def dump(self):
        database = sqlite3.connect(self.venue / "history.db")
        try:
            return "\n".join(database.iterdump())
        finally:
            database.close()

    def apply_lines(self, lines, *words):
        return answer("apply", self.venue, "-", *words, input="\n".join(lines) + "\n")

    def test_it_says_what_the_books_say(self):
        answer("apply", self.venue, EVENTS)
        touch = [json.dumps({"type": "deposit", "time_ns": str(LAST_NS + account), "account": account, "asset_index": 0,
                             "atoms": "1"}) for account in range(4)]
        self.apply_lines(touch)
        status = answer("status", self.venue)
        self.assertEqual(self.rows("select sequence from progress"), [(status["venue"]["sequence"],)])
        for account in range(4):
            holds = answer("account", self.venue, account)
            self.assertEqual({row["asset"]: Decimal(row["balance"]) for row in holds["balances"]},
                             {name: Decimal(amount) for name, amount in
                              self.rows(f"select asset, amount from balances where account = {account}")})
            self.assertEqual({(row["instrument"], row["lots"]) for row in holds["positions"]},
                             set(self.rows(f"select instrument, lots from positions where account = {account}")))
            self.assertEqual(len(holds["orders"]), len(self.rows(f"select * from orders where account = {account}")))
        self.assertEqual([row["phase"] for row in status["markets"]],
                         [phase for phase, in self.rows("select phase from instruments order by instrument_index")])
        self.assertEqual(len(answer("accounts", self.venue)["accounts"]), self.rows("select count(*) from accounts")[0][0])
        self.assertEqual(self.rows("select outcome, count(*) from outcomes group by outcome"), [("accepted", 50), ("health", 2)])

    def test_events_are_the_lines_of_the_export(self):
        answer("apply", self.venue, EVENTS)
        lines = [line for line, in self.rows("select line from events order by sequence")]
        self.assertEqual(lines, run("export", self.venue).stdout.splitlines())

    def test_rebuilding_and_any_batch_give_the_same_tables(self):
        answer("apply", self.venue, EVENTS, "--batch", 7)
        first = self.dump()
        self.assertEqual(answer("history", "rebuild", self.venue)["history"], {"sequence": 48, "added": 48})
        self.assertEqual(self.dump(), first)
        self.assertEqual(answer("history", "rebuild", self.venue, "--continue")["history"], {"sequence": 48, "added": 0})

    def test_what_was_left_out_is_taken_from_the_log(self):
        lines = EVENTS.read_text().splitlines()
        self.apply_lines(lines[:20])
        self.apply_lines(lines[20:30], "--no-history")
        self.assertEqual(self.rows("select sequence from progress"), [(20,)])
        self.apply_lines(lines[30:])
        self.assertEqual(self.rows("select sequence from progress"), [(48,)])
        caught_up = self.dump()
        answer("history", "rebuild", self.venue)
        self.assertEqual(self.dump(), caught_up)

    def test_a_snapshot_and_recorded_outcomes_lead_to_the_same_tables(self):
        lines = EVENTS.read_text().splitlines()
        self.apply_lines(lines[:20])
        answer("snapshot", self.venue)
        self.apply_lines(lines[20:30], "--no-history")
        self.assertEqual(answer("history", "rebuild", self.venue, "--continue")["history"], {"sequence": 30, "added": 10})
        self.apply_lines(lines[30:], "--no-history")
        answer("snapshot", self.venue)
        self.assertEqual(answer("history", "rebuild", self.venue, "--continue")["history"], {"sequence": 48, "added": 18})
        caught_up = self.dump()
        answer("history", "rebuild", self.venue)
        self.assertEqual(self.dump(), caught_up)

    def test_a_file_that_is_no_database_or_of_another_log_is_begun_anew(self):
        answer("apply", self.venue, EVENTS)
        good = self.dump()
        for name in ("history.db-wal", "history.db-shm"):
            (self.venue / name).unlink(missing_ok=True)
        (self.venue / "history.db").write_bytes(b"no database" * 1000)
        answer("history", "rebuild", self.venue)
        self.assertEqual(self.dump(), good)
        database = sqlite3.connect(self.venue / "history.db")
        with database:
            database.execute("update progress set sequence = 1000")
        database.close()
        self.apply_lines([json.dumps({"type": "time", "time_ns": str(LAST_NS)})])
        self.assertEqual(self.rows("select sequence from progress"), [(49,)])

    def test_a_reader_does_not_stop_the_books(self):
        lines = EVENTS.read_text().splitlines()
        self.apply_lines(lines[:20])
        database = sqlite3.connect(self.venue / "history.db")
        self.addCleanup(database.close)
        database.execute("begin")
        self.assertEqual(database.execute("select sequence from progress").fetchone(), (20,))
        self.apply_lines(lines[20:])
        self.assertEqual(database.execute("select sequence from progress").fetchone(), (20,))
        self.assertEqual(self.rows("select sequence from progress"), [(48,)])

    def test_the_queries_of_the_page_run(self):
        answer("apply", self.venue, EVENTS)
        queries = re.findall(r'history\.db "(.*)"', (ROOT / "docs/history.md").read_text())
        self.assertEqual(len(queries), 4)
        for query in queries:
            self.assertTrue(self.rows(query), query)
        for table in re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/history.md").read_text(), re.MULTILINE):
            self.rows(f"select * from {table}")

    def test_what_is_no_venue_gets_no_file(self):
        done = run("history", "rebuild", self.folder.name)
        self.assertEqual(done.returncode, 3)
        self.assertFalse((pathlib.Path(self.folder.name) / "history.db").exists())


if __name__ == "__main__":
    unittest.main()
