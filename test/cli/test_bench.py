#!/usr/bin/env python3
# test_bench.py: plimsoll bench says what it measured, and only what two programs computed alike. SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import stat
import subprocess
import tempfile
import unittest
import xml.dom.minidom

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
KEYS = ["price", "implied", "sweep", "sweep-sorted", "worst-1024", "tail-1024", "portfolio"]
PEER = """#!/bin/sh
while read -r line; do echo "{answer}"; done
"""


def run(*words):
    return subprocess.run([BINARY, "bench", *words], capture_output=True, text=True, cwd=ROOT, timeout=300)


def measured(*words):
    answer = run("--quick", "--format", "json", *words)
    assert (answer.returncode, answer.stderr) == (0, ""), answer
    return json.loads(answer.stdout)


def peers(folder, **answers):
    for name, answer in answers.items():
        path = pathlib.Path(folder) / name
        path.write_text(PEER.format(answer=answer))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return folder


class Bench(unittest.TestCase):
    def test_every_measurement_has_a_time_and_the_plain_twin_its_result(self):
        document = measured()
        self.assertEqual(document["schema"], "plimsoll-bench/1")
        self.assertEqual([row["key"] for row in document["measured"]], KEYS)
        for row in document["measured"]:
            self.assertGreater(float(row["ours_ns"]), 0.0)
            self.assertLessEqual(float(row["ours_low_ns"]), float(row["ours_high_ns"]))
            if row["peer"] is not None:
                self.assertIs(row["agrees"], True, row)
                self.assertGreater(float(row["ratio"]), 0.0)
        self.assertEqual(document["machine"]["rounds"], 3)
        self.assertEqual(len(document["pretrade"]), 2)

    def test_a_peer_that_computes_something_else_is_told_so(self):
        with tempfile.TemporaryDirectory() as folder:
            rows = measured("--only", "sweep", "--peers", peers(folder, peer_eigen="100.000 7"))["measured"]
        told = {row["peer"]: row for row in rows}
        self.assertIs(told["plain C loops, gcc -O3"]["agrees"], True)
        self.assertIs(told["Eigen, sparse times dense"]["agrees"], False)
        self.assertEqual(float(told["Eigen, sparse times dense"]["peer_ns"]), 100.0)

    def test_a_peer_that_is_missing_or_silent_is_left_out(self):
        with tempfile.TemporaryDirectory() as folder:
            rows = measured("--only", "sweep", "--peers", peers(folder, peer_eigen="no number"))["measured"]
        self.assertEqual([row["peer"] for row in rows], ["plain C loops, gcc -O3"])

    def test_growth_is_a_table_or_a_picture_of_the_same_values(self):
        answer = run("--growth", "positions", "--accounts", "2000", "--format", "json")
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        rows = json.loads(answer.stdout)["growth"]
        self.assertEqual([row["value"] for row in rows], [1, 2, 4, 8, 16, 32, 64])
        self.assertTrue(all(float(row["account_ns"]) > 0 for row in rows))
        picture = run("--growth", "accounts", "--accounts", "10000", "--picture")
        self.assertTrue(picture.stdout.startswith("<"), picture)
        xml.dom.minidom.parseString(picture.stdout)
        self.assertIn(">10000<", picture.stdout)

    def test_what_is_not_measured_or_not_a_number_is_refused(self):
        for words in (("--only", "weather"), ("--rounds", "0"), ("--rounds", "1002"), ("--accounts", "many"),
                      ("--growth", "beards"), ("--growth", "positions", "--accounts", "7")):
            answer = run(*words)
            self.assertEqual((answer.returncode, answer.stdout), (2, ""), words)
            self.assertEqual(answer.stderr.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
