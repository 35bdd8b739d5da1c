#!/usr/bin/env python3
# test_syscalls_long.py: every system call fails once; what was acknowledged is there.  SPDX-License-Identifier: Apache-2.0
import contextlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
FAILING = pathlib.Path(os.environ.get("PLIMSOLL_BUILD", str(ROOT / "build/dev"))) / "test/preload/failing.so"
LINES = (ROOT / "examples/venue/events.jsonl").read_text().splitlines()
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
BATCH = 8
IS_FULL = bool(os.environ.get("PLIMSOLL_FULL"))

# What a call can answer. Each fails with EIO; those that ask for space also find none; those that may be interrupted, or
# move less than they were asked to, must not let that be seen.
NEEDS_SPACE = {"openat", "pwrite", "posix_fallocate", "fdatasync", "fsync", "renameat", "mkdir"}
INTERRUPTED = {"openat", "pread", "pwrite", "posix_fallocate", "flock"}
MOVES = {"pread", "pwrite"}


def run(*words, **fault):
    environment = ENVIRONMENT | {key: str(value) for key, value in fault.items()}
    if fault:
        environment["LD_PRELOAD"] = str(FAILING)
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=60, env=environment,
                          input="\n")


@unittest.skipUnless(FAILING.exists(), f"{FAILING} is not built here")
class Syscalls(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.here = pathlib.Path(self.folder.name)
        self.events = self.here / "events.jsonl"
        self.events.write_text("\n".join(LINES) + "\n")
        self.cases = 0
        self.failed = 0
        self.venues = {}
        self.files = {}
        self.digests = {}
        for count in (0, *range(BATCH, len(LINES) + 1, BATCH)):
            prefix = self.here / f"prefix-{count}"
            self.venues[count] = self.here / f"venue-{count}"
            prefix.write_text("\n".join(LINES[:count]) + "\n")
            self.done(run("init", self.venues[count], "--accounts", 16))
            self.done(run("apply", self.venues[count], prefix, "--no-history"))
            self.assertEqual(self.verify(self.venues[count])[0], count)
            self.digests[count] = self.verify(self.venues[count])[1]

    def done(self, process):
        self.assertEqual((process.returncode, process.stderr), (0, ""))

    def verify(self, venue):
        answer = run("verify", venue, "--format", "json")
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        answer = json.loads(answer.stdout)["verify"]
        return answer["events"], answer["digest"]

    def copy(self, count):
        venue = self.here / "case"
        shutil.rmtree(venue, ignore_errors=True)
        if count is not None:
            venue.mkdir()
            # Segments are reserved ahead: almost all of them is zeros, which need not be copied.
            for name, (content, size) in self.contents(count).items():
                (venue / name).write_bytes(content)
                os.truncate(venue / name, size)
        return venue

    def contents(self, count):
        if count not in self.files:
            files = {path.name: path.read_bytes() for path in self.venues[count].iterdir()}
            self.files[count] = {name: (content.rstrip(b"\0"), len(content)) for name, content in files.items()}
        return self.files[count]

    def sites(self, venue, words):
        """(call, ordinal) of the first call of every chain of callers; in full, every ordinal but most of the many reads."""
        listing = self.here / "sites"
        run(*words, FAILING_SITES=listing)
        rows = [line.split() for line in listing.read_text().splitlines()]
        found = {(call, int(ordinal)) for call, ordinal, _ in rows}
        for call, _, count in rows if IS_FULL else ():
            found |= {(call, ordinal) for ordinal in range(1, int(count) + 1, 1 if int(count) < 60 else 16)}
        return len(rows), sorted(found)

    def ways(self, call, is_watched):
        yield "EIO", False
        if call in NEEDS_SPACE and (is_watched or IS_FULL):
            yield "ENOSPC", False
        if is_watched and call in INTERRUPTED:
            yield "EINTR", True
        if is_watched and call in MOVES:
            yield "short", True

    def ask(self, venue, acknowledged):
        """What is there is one of the prefixes, no shorter than what was acknowledged, and goes on."""
        events, digest = self.verify(venue)
        self.assertGreaterEqual(events, acknowledged)
        self.assertEqual(digest, self.digests[events])
        self.done(run("apply", venue, "-", "--format", "json"))
        kept, digest = self.verify(venue)
        self.assertGreaterEqual(kept, events)
        self.assertEqual(digest, self.digests[kept])
        return kept

    def go_on(self, venue, kept):
        rest = self.here / "rest"
        rest.write_text("\n".join(LINES[kept:]) + "\n")
        self.done(run("apply", venue, rest))
        self.assertEqual(self.verify(venue), (len(LINES), self.digests[len(LINES)]))
        with contextlib.closing(sqlite3.connect(venue / "history.db")) as database:
            self.assertEqual(database.execute("pragma integrity_check").fetchone(), ("ok",))
            self.assertEqual(database.execute("select count(*) from events").fetchone(), (len(LINES),))

    def sweep(self, begin, words, is_watched, after):
        count, sites = self.sites(self.copy(begin), words)
        for call, ordinal in sites:
            for way, is_transparent in self.ways(call, is_watched):
                with self.subTest(words=words[0], call=call, ordinal=ordinal, way=way):
                    venue = self.copy(begin)
                    process = run(*words, FAILING_CALL=call, FAILING_AT=ordinal, FAILING_WITH=way)
                    self.assertGreaterEqual(process.returncode, 0, process.stderr)
                    self.assertIn(process.returncode, (0,) if is_transparent else (0, 3))
                    self.cases += 1
                    self.failed += process.returncode != 0
                    after(venue, process)
        return count

    def after_apply(self, venue, process):
        acknowledged = [int(line) for line in process.stderr.splitlines() if line.isdigit()]
        if process.returncode == 0:
            self.assertEqual(acknowledged[-1], len(LINES))
        kept = self.ask(venue, max(acknowledged, default=0))
        if self.cases % 8 == 0 or IS_FULL:
            self.go_on(venue, kept)

    def after_snapshot(self, venue, process):
        del process
        self.assertEqual(self.ask(venue, len(LINES)), len(LINES))

    def after_init(self, venue, process):
        # Where it did not come to be, the same command makes it.
        if process.returncode != 0:
            again = run("init", venue, "--accounts", 16)
            self.assertIn(again.returncode, (0, 2), again.stderr)
            self.assertEqual(again.returncode == 2, "holds a venue already" in again.stderr)
        self.assertEqual(self.ask(venue, 0), 0)
        if self.cases % 8 == 0 or IS_FULL:
            self.go_on(venue, 0)

    def finish(self, what, count):
        print(f"{what}: sites {count} system calls failed {self.cases} commands ended by it {self.failed} acknowledged events lost 0",
              file=sys.stderr)
        self.assertGreater(self.failed, 0)

    def test_apply(self):
        words = ("apply", self.here / "case", self.events, "--batch", BATCH, "--acknowledge", "--no-history")
        self.finish("apply", self.sweep(0, words, True, self.after_apply))

    def test_apply_with_history(self):
        words = ("apply", self.here / "case", self.events, "--batch", BATCH, "--acknowledge")
        self.finish("apply with history", self.sweep(0, words, False, self.after_apply))

    def test_snapshot(self):
        words = ("snapshot", self.here / "case")
        self.finish("snapshot", self.sweep(len(LINES), words, True, self.after_snapshot))

    def test_init(self):
        words = ("init", self.here / "case", "--accounts", 16)
        self.finish("init", self.sweep(None, words, True, self.after_init))


if __name__ == "__main__":
    unittest.main()
