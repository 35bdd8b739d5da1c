#!/usr/bin/env python3
# test_marks.py: an option without a mark is marked from its surface, as docs/formats.md says. SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
ACCOUNT = ROOT / "examples/portfolio-covered-call.json"
OPTION = "BTC-27MAR26-70000-C"


def ask(change, model):
    """The margin answer on the example's market after `change`; None and the message where it is refused."""
    market = json.loads((ROOT / "examples/market.json").read_text())
    change(market)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "market.json"
        path.write_text(json.dumps(market))
        run = subprocess.run([PROGRAM, "margin", str(path), str(ACCOUNT), "--model", model, "--format", "json"],
                             capture_output=True, text=True)
    return (json.loads(run.stdout)["groups"][0], "") if run.returncode == 0 else (None, run.stderr)


def without_mark(market):
    for instrument in market["instruments"]:
        if instrument["kind"] == "option":
            instrument.pop("mark", None)


def without_smile(market):
    without_mark(market)
    for expiry in market["expiries"]:
        expiry.pop("svi", None)
        expiry.pop("grid", None)


class Marks(unittest.TestCase):
    def test_an_option_without_a_mark_is_marked_from_its_surface(self):
        for model in ("portfolio", "tiered"):
            marked, _ = ask(lambda market: None, model)
            filled, message = ask(without_mark, model)
            self.assertIsNotNone(filled, message)
            before, after = float(marked["equity_maintenance"]), float(filled["equity_maintenance"])
            self.assertLess(abs(before - after), 0.01 * before)

    def test_without_mark_and_smile_it_is_refused_by_name(self):
        answer, message = ask(without_smile, "tiered")
        self.assertIsNone(answer)
        self.assertIn(f"{OPTION} has no mark", message)


if __name__ == "__main__":
    unittest.main()
