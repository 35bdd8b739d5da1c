#!/usr/bin/env python3
# test_kill_long.py: a process killed under load loses nothing that it acknowledged.    SPDX-License-Identifier: Apache-2.0
import importlib.util
import io
import json
import os
import pathlib
import random
import sqlite3
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
KILLS = int(os.environ.get("PLIMSOLL_KILLS", "10"))
SEED = int(os.environ.get("PLIMSOLL_KILL_SEED", "1"))
EVENTS = 6000
BATCH = 16


def load_tool():
    spec = importlib.util.spec_from_file_location("make_venue", ROOT / "tools/make_venue.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stream(seed):
    """Lines of a small venue under load: listings, then deposits, transfers and trades, some of them refused."""
    tool = load_tool()
    draw = random.Random(seed)
    out = io.StringIO()
    venue = tool.Venue(out)
    tool.listing(venue)
    venue.price(100_000)
    for account in range(4):
        venue.deposit(account, tool.USD, 200_000 * 10**6)
    while out.getvalue().count("\n") < EVENTS:
        for _ in range(100):
            kind = draw.randrange(4)
            if kind == 0:
                venue.deposit(draw.randrange(4), tool.USD, draw.randint(1, 10**9))
            elif kind == 1:
                venue.event("transfer", account=0, signer=1, asset_index=tool.USD, to_account=3, atoms=str(draw.randint(1, 10**8)))
            else:
                taker, maker = draw.sample(range(3), 2)
                venue.trade(taker, maker, tool.PERP, draw.choice((-1, 1)) * draw.randint(1, 50), draw.randint(99_900, 100_100))
            venue.time_ns -= 999_000_000  # a thousand events a second
    return out.getvalue().splitlines()[:EVENTS]


def run(*words, **options):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=120, env=ENVIRONMENT,
                          **options)


def answer(*words, **options):
    done = run(*words, "--format", "json", **options)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout)


def without_number(line):
    event = json.loads(line)
    event.pop("sequence", None)
    return event


class Kill(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.venue = pathlib.Path(self.folder.name) / "venue"
        answer("init", self.venue, "--accounts", 16, "--segment-mib", 5)

    def start(self, file):
        return subprocess.Popen([BINARY, "apply", str(self.venue), str(file), "--acknowledge", "--batch", str(BATCH)], cwd=ROOT,
                                env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def apply_and_kill(self, lines, batches):
        """The last sequence that was acknowledged; the process is killed some time after that many batches."""
        file = pathlib.Path(self.folder.name) / "rest.jsonl"
        file.write_text("\n".join(lines) + "\n")
        process = self.start(file)
        acknowledged = 0
        for _ in range(batches):
            acknowledged = int(process.stderr.readline())
        process.kill()
        # What was in the pipe when it died was promised too.
        rest = process.communicate()[1].split("\n")
        return max([acknowledged] + [int(line) for line in rest[:-1]])

    def sequence(self):
        return answer("status", self.venue)["venue"]["sequence"]

    def history(self):
        database = sqlite3.connect(self.venue / "history.db")
        try:
            self.assertEqual(database.execute("pragma integrity_check").fetchone(), ("ok",))
            sequence, = database.execute("select sequence from progress").fetchone()
            count, = database.execute("select count(*) from events").fetchone()
            self.assertEqual(sequence, count)
            return sequence
        finally:
            database.close()

    def test_no_acknowledged_event_is_lost(self):
        draw = random.Random(SEED)
        lines = stream(SEED)
        there = 0
        for kill in range(KILLS):
            with self.subTest(kill=kill):
                batches = draw.randint(1, max(1, (EVENTS - there) // BATCH // (KILLS + 1 - kill)))
                acknowledged = self.apply_and_kill(lines[there:], batches)
                self.assertGreater(acknowledged, there)
                # What the history holds was durable; a kill between sync and head leaves the head one group behind.
                self.assertLessEqual(self.history(), self.sequence() + BATCH)
                self.assertGreaterEqual(self.sequence(), acknowledged)
                # A whole batch that was written but not acknowledged yet is kept by the next one who may write.
                answer("apply", self.venue, "-", input="\n")
                there = self.sequence()
                self.assertGreaterEqual(there, acknowledged)
                self.assertLessEqual(there, EVENTS)
                self.assertEqual(answer("verify", self.venue)["verify"]["events"], there)
                kept = run("export", self.venue).stdout.splitlines()
                self.assertEqual([without_number(line) for line in kept], [without_number(line) for line in lines[:there]])
                self.assertEqual(self.history(), there)
        file = pathlib.Path(self.folder.name) / "rest.jsonl"
        file.write_text("\n".join(lines[there:]) + "\n")
        answer("apply", self.venue, file)
        self.assertEqual(self.history(), EVENTS)
        whole = pathlib.Path(self.folder.name) / "whole.jsonl"
        whole.write_text("\n".join(lines) + "\n")
        again = pathlib.Path(self.folder.name) / "again"
        answer("init", again, "--accounts", 16, "--segment-mib", 5)
        answer("apply", again, whole, "--no-history")
        self.assertEqual(answer("status", self.venue)["venue"]["digest"], answer("status", again)["venue"]["digest"])
        print(f"{KILLS} kills, nothing lost")

    def test_two_processes_on_one_directory(self):
        lines = stream(2)[:100]
        first = self.start("-")  # waits for its standard input with the directory in its hands
        while not (self.venue / "history.db").exists():
            self.assertIsNone(first.poll())
        second = run("apply", self.venue, ROOT / "examples/venue/events.jsonl")
        self.assertEqual(second.returncode, 3)
        self.assertIn("another process", second.stderr)
        self.assertEqual(self.sequence(), 0)
        acknowledged = first.communicate("\n".join(lines) + "\n")[1].split()
        self.assertEqual((first.returncode, acknowledged[-1]), (0, "100"))
        self.assertEqual(self.sequence(), 100)
        self.assertEqual(self.history(), 100)


if __name__ == "__main__":
    unittest.main()
