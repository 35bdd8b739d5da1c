#!/usr/bin/env python3
# test_incidents_long.py: every shipped incident is reproduced by the naive run.        SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = pathlib.Path(os.environ.get("PLIMSOLL_BUILD", ROOT / "build/dev")) / "plimsoll"
INCIDENTS = ROOT / "examples/incidents"


class Naive(unittest.TestCase):
    def test_the_naive_run_reproduces_every_failure(self):
        paths = sorted(INCIDENTS.glob("*.json"))
        self.assertEqual(len(paths), 31)
        for path in paths:
            with self.subTest(path.name):
                ended = subprocess.run([str(TOOL), "replay", "--naive", str(path)],
                                       capture_output=True, text=True, cwd=ROOT)
                self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)


if __name__ == "__main__":
    unittest.main()
