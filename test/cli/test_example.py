#!/usr/bin/env python3
# test_example.py: the shipped example is what its tool makes.                       SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = pathlib.Path(os.environ.get("PLIMSOLL_BUILD", ROOT / "build/dev")) / "tools/make_example"
EXAMPLES = ROOT / "examples"


class Example(unittest.TestCase):
    def test_regenerating_gives_identical_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            made = pathlib.Path(folder)
            (made / "history").mkdir()
            subprocess.run([str(TOOL), folder], check=True)
            names = sorted(path.relative_to(made) for path in made.rglob("*") if path.is_file())
            shipped = [p.relative_to(EXAMPLES) for p in EXAMPLES.rglob("*") if p.is_file()]
            others = ("backtest", "incidents", "shadow", "span", "venue", "worked")
            self.assertEqual(names, sorted(p for p in shipped if p.parts[0] not in others))
            for name in names:
                self.assertEqual((made / name).read_bytes(), (EXAMPLES / name).read_bytes(), str(name))

    def test_another_seed_gives_another_history(self):
        with tempfile.TemporaryDirectory() as folder:
            made = pathlib.Path(folder)
            (made / "history").mkdir()
            subprocess.run([str(TOOL), folder, "2"], check=True)
            self.assertNotEqual((made / "history/BTC.csv").read_bytes(), (EXAMPLES / "history/BTC.csv").read_bytes())

    def test_files_are_small_and_parse(self):
        for path in EXAMPLES.rglob("*"):
            if path.is_file():
                self.assertLess(path.stat().st_size, 64 * 1024, str(path))
            if path.suffix == ".json":
                json.loads(path.read_text())

    def test_candles_have_their_bodies_between_low_and_high(self):
        for path in (EXAMPLES / "history").glob("*.csv"):
            for line in path.read_text().splitlines()[1:]:
                _, first, high, low, close, _ = (float(field) for field in line.split(","))
                self.assertTrue(low <= min(first, close) and max(first, close) <= high and low > 0, line)


if __name__ == "__main__":
    unittest.main()
