#!/usr/bin/env python3
# test_venue.py: a venue's books from init to verify, as the program keeps them.        SPDX-License-Identifier: Apache-2.0
import fcntl
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
EVENTS = ROOT / "examples/venue/events.jsonl"
# Tables and files as small as the example allows: memory is cleared and files are filled with zeros at each call.
SMALL = ("--instruments", 16, "--entries", 512, "--signers", 4, "--history", 40, "--segment-mib", 5)
# In memory where there is room: what a sync makes durable is the matter of test_kill_long.py and of the simulated disk.
SCRATCH = "/dev/shm" if os.path.isdir("/dev/shm") and shutil.disk_usage("/dev/shm").free > 1 << 28 else None
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}


def run(*words, **options):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=60,
                          env=ENVIRONMENT, **options)


def answer(*words):
    done = run(*words, "--format", "json")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout)


class Venue(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(dir=SCRATCH)
        self.addCleanup(self.folder.cleanup)
        self.venue = pathlib.Path(self.folder.name) / "venue"
        answer("init", self.venue, "--accounts", 16, *SMALL)

    def applied(self):
        return answer("apply", self.venue, EVENTS)

    def digest(self, folder=None):
        return answer("status", folder or self.venue)["venue"]["digest"]

    def test_the_example_is_what_its_tool_writes(self):
        written = subprocess.run(["python3", "tools/make_venue.py"], capture_output=True, text=True, cwd=ROOT).stdout
        self.assertEqual(written, EVENTS.read_text())

    def test_the_example_day(self):
        outcomes = {row["outcome"]: row["events"] for row in self.applied()["outcomes"]}
        self.assertEqual(outcomes, {"accepted": 46, "health": 2})
        status = answer("status", self.venue)
        self.assertEqual(status["venue"]["sequence"], 48)
        # Paid in: 390,000; lent out: 1,000 to account 1, which has it outside.
        usd = status["assets"][0]
        self.assertEqual(float(usd["held"]), 389000)
        self.assertAlmostEqual(sum(float(usd[key]) for key in ("lent", "fees", "insurance", "residue", "interest", "markets"))
                               - float(usd["borrowed"]), 389000, places=6)
        # Nobody has recalibrated, and neither depth nor supply is known.
        self.assertEqual([row["reason"] for row in status["shocks"]], ["not recalibrated"])
        self.assertEqual(status["shocks"][0]["volatility"], status["shocks"][0]["wanted"])
        self.assertIsNone(status["shocks"][0]["cap"])
        phases = [row["phase"] for row in status["markets"]]
        self.assertEqual(phases, ["active", "settled", "settled"])
        # The future: account 3 bought 0.1 BTC at 100,150 and was settled at 102,000: +185, less its fee of a ten-thousandth
        # received as maker.
        three = answer("account", self.venue, 3)
        self.assertEqual(float(three["balances"][0]["balance"]), 50000 + 185 + 1.0015)

    def test_every_account_is_listed_and_unknown_ones_are_refused(self):
        self.applied()
        self.assertEqual([row["account"] for row in answer("accounts", self.venue)["accounts"]], [0, 1, 2, 3])
        self.assertEqual([row["account"] for row in answer("accounts", self.venue, "--first", 1, "--count", 2)["accounts"]],
                         [1, 2])
        done = run("account", self.venue, 9)
        self.assertEqual(done.returncode, 2)
        self.assertIn("no such account: 9", done.stderr)

    def test_replay_gives_the_same_digest_from_lines_bytes_and_snapshot(self):
        self.applied()
        first = self.digest()
        self.assertEqual(answer("verify", self.venue)["verify"]["digest"], first)
        answer("snapshot", self.venue)
        self.assertEqual(self.digest(), first)
        for form in ([], ["--binary"]):
            name = f"again{len(form)}"
            file = pathlib.Path(self.folder.name) / (name + ".events")
            self.assertEqual(run("export", self.venue, "--output", file, *form).returncode, 0)
            again = pathlib.Path(self.folder.name) / name
            answer("init", again, "--accounts", 16, *SMALL)
            answer("apply", again, file, "--batch", 7)
            self.assertEqual(self.digest(again), first)

    def whole(self, folder=None):
        done = run("export", folder or self.venue, "--whole")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_a_whole_export_makes_the_same_venue_anew(self):
        empty = self.whole()
        self.applied()
        status, whole = answer("status", self.venue)["venue"], self.whole()
        self.assertGreater(status["sequence"], 40)
        for text, name in ((empty, "none"), (whole, "anew")):
            again = pathlib.Path(self.folder.name) / name
            done = run("import", "venue", again, "-", "--segment-mib", 5, "--format", "json", input=text)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(self.whole(again), text)
        self.assertEqual(json.loads(done.stdout)["venue"]["digest"], status["digest"])
        self.assertEqual(self.digest(again), status["digest"])
        self.assertEqual((again / "limits").read_bytes(), (self.venue / "limits").read_bytes())
        self.assertEqual(answer("verify", again)["verify"]["digest"], status["digest"])
        done = run("import", "venue", again, "-", input=whole)
        self.assertEqual(done.returncode, 2)
        self.assertIn("holds a venue already", done.stderr)

    def test_an_export_that_was_cut_or_changed_makes_no_venue(self):
        self.applied()
        lines = self.whole().splitlines(keepends=True)
        again = pathlib.Path(self.folder.name) / "anew"
        last = json.loads(lines[-1])
        for kept in (lines[:1], lines[:-1], lines[1:], ["".join(lines)[:-1]], lines[:1] + [lines[-1].replace("sequence", "q")],
                     [lines[0].replace("asset_count", "asset_counts")] + lines[1:],
                     lines[:-1] + [lines[-1].replace(last["digest"], last["digest"].upper())]):
            done = run("import", "venue", again, "-", input="".join(kept))
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertRegex(done.stderr, r"\Aplimsoll: -:\d+: .*\n\Z")
            self.assertFalse(again.exists())
        self.assertEqual(run("import", "venue", again, "-", input=lines[0].replace(":8", ":0") + lines[-1]).returncode, 2)
        self.assertFalse(again.exists())
        for place, text in ((len(lines) // 2, ""), (-1, lines[-1].replace(last["digest"], "0" * 64))):
            wrong = list(lines)
            wrong[place] = text
            done = run("import", "venue", again, "-", "--segment-mib", 5, input="".join(wrong))
            self.assertEqual((done.returncode, done.stdout), (3, ""))
            self.assertIn("do not lead to the state", done.stderr)
            shutil.rmtree(again)
        for form in ("--binary", "--accepted"):
            self.assertEqual(run("export", self.venue, "--whole", form).returncode, 2)

    def test_an_init_that_was_interrupted_is_gone_on_with_or_refused(self):
        again = pathlib.Path(self.folder.name) / "again"
        for count in (16, 17):
            again.mkdir()
            shutil.copy(self.venue / "limits", again / "limits")  # and the log was not begun
            done = run("init", again, "--accounts", count, *SMALL, "--format", "json")
            self.assertEqual(done.returncode, 0 if count == 16 else 2, done.stderr)
            if count == 16:
                fresh = answer("init", pathlib.Path(self.folder.name) / "fresh", "--accounts", 16, *SMALL)
                self.assertEqual(json.loads(done.stdout)["venue"]["memory_bytes"], fresh["venue"]["memory_bytes"])
            else:
                self.assertIn("init that was interrupted", done.stderr)
            shutil.rmtree(again)

    def test_an_event_of_the_past_is_refused_and_strict_says_so(self):
        self.applied()
        line = [line for line in EVENTS.read_text().splitlines() if '"transfer"' in line][0]
        done = run("apply", self.venue, "-", "--format", "json", "--strict", input=line + "\n")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(json.loads(done.stdout)["outcomes"][0]["outcome"], "time_backwards")

    def test_a_repeat_is_told_and_changes_nothing(self):
        file = pathlib.Path(self.folder.name) / "twice.jsonl"
        lines = EVENTS.read_text().splitlines()
        at = [i for i, line in enumerate(lines) if '"transfer"' in line][0]
        file.write_text("\n".join(lines[:at + 1] + [lines[at]]) + "\n")
        outcomes = {row["outcome"]: row["events"] for row in answer("apply", self.venue, file)["outcomes"]}
        self.assertEqual(outcomes["of these repeats"], 1)
        self.assertEqual(float(answer("account", self.venue, 3)["balances"][0]["balance"]), 50000)

    def test_a_change_of_decimals_is_refused(self):
        self.applied()
        asset = json.loads([line for line in EVENTS.read_text().splitlines() if '"name":"USD"' in line][0])
        asset["decimals"] = 8
        asset["time_ns"] = str(1_767_225_600_000_000_000 + 10 * 86_400_000_000_000)
        done = run("apply", self.venue, "-", "--format", "json", input=json.dumps(asset) + "\n")
        self.assertEqual(json.loads(done.stdout)["outcomes"][0]["outcome"], "decimals")

    def test_two_processes_do_not_share_a_directory(self):
        with open(self.venue / "lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = run("apply", self.venue, EVENTS)
            self.assertEqual(done.returncode, 3)
            self.assertIn("another process", done.stderr)
            self.assertEqual(answer("status", self.venue)["venue"]["sequence"], 0)

    def test_init_keeps_its_hands_off_a_venue(self):
        done = run("init", self.venue)
        self.assertEqual(done.returncode, 2)
        self.assertIn("holds a venue already", done.stderr)

    def test_damage_is_found(self):
        self.applied()
        log = sorted(self.venue.glob("log-*"))[0]
        data = bytearray(log.read_bytes())
        data[data.index(b"BTC-PERPETUAL")] ^= 1
        log.write_bytes(data)
        done = run("verify", self.venue)
        self.assertEqual(done.returncode, 1)
        self.assertIn("plimsoll:", done.stderr)

    def test_a_shortened_log_is_refused(self):
        self.applied()
        log = sorted(self.venue.glob("log-*"))[0]
        with open(log, "r+b") as file:
            file.truncate(8192)
        for verb in ("verify", "status", "snapshot"):
            done = run(verb, self.venue)
            self.assertIn(done.returncode, (1, 3), verb)
            self.assertEqual(done.stdout, "")

    def test_what_is_not_an_event_names_its_line(self):
        bad = pathlib.Path(self.folder.name) / "bad.jsonl"
        lines = EVENTS.read_text().splitlines()
        bad.write_text("\n".join([lines[0], lines[1].replace('"decimals":6', '"decimals":"six"')]) + "\n")
        done = run("apply", self.venue, bad)
        self.assertEqual(done.returncode, 2)
        self.assertIn("bad.jsonl:2", done.stderr)
        # What came before it in the same batch is applied, as the help says.
        self.assertEqual(answer("status", self.venue)["venue"]["sequence"], 1)

    def test_no_venue_is_told(self):
        done = run("status", self.folder.name)
        self.assertEqual(done.returncode, 3)
        self.assertIn("plimsoll init", done.stderr)


if __name__ == "__main__":
    unittest.main()
