#!/usr/bin/env python3
# test_simulate.py: plimsoll simulate and calibrate answer the same for the same seeds.  SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
SMALL = ("--seeds", "2", "--hours", "1", "--accounts", "40")
# Without a fund somebody else has to pay.
CRASH = ("--seed", "40", "--seeds", "20", "--hours", "1", "--policy", "planned", "--fund", "0")


def run(*words):
    return subprocess.run([BINARY, *words], capture_output=True, text=True, cwd=ROOT, timeout=60,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})


class Simulate(unittest.TestCase):
    def test_every_policy_stands_beside_the_others(self):
        done = run("simulate", *SMALL, "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = json.loads(done.stdout)["policies"]
        everywhere = [row for row in rows if row["world"] == "all"]
        self.assertEqual([row["policy"] for row in everywhere], ["planned", "whole", "fifths", "tenths", "dutch"])
        self.assertEqual({row["worlds"] for row in everywhere}, {2})
        self.assertEqual(len({row["capital"] for row in everywhere}), 1)
        self.assertEqual(done.stdout, run("simulate", *SMALL, "--format", "json").stdout)

    def test_one_policy_alone(self):
        done = run("simulate", *SMALL, "--policy", "planned", "--format", "json")
        self.assertEqual({row["policy"] for row in json.loads(done.stdout)["policies"]}, {"planned"})

    def test_who_closes_for_the_bankrupt_changes_only_who_pays(self):
        rows = {}
        for name in ("pro-rata", "queue", "least-harm"):
            done = run("simulate", *CRASH, "--deleverage", name, "--format", "json")
            self.assertEqual(done.returncode, 0, done.stderr)
            rows[name] = [row for row in json.loads(done.stdout)["policies"] if row["world"] == "all"][0]
        shipped = run("simulate", *CRASH, "--format", "json")
        self.assertEqual([row for row in json.loads(shipped.stdout)["policies"] if row["world"] == "all"][0], rows["pro-rata"])
        self.assertGreater(float(rows["queue"]["winners"]), 0)
        self.assertLess(float(rows["queue"]["winners"]), float(rows["pro-rata"]["winners"]))
        self.assertLess(float(rows["least-harm"]["harm"]), float(rows["queue"]["harm"]))

    def test_fields_of_the_record_are_set_by_name(self):
        shipped = run("simulate", *CRASH, "--format", "json")
        for fields, is_same in (("slice_max=1,depth_ppm=0.5%", True), ("deleverage_policy=0", True), ("depth_ppm=0%,slice_max=2", False)):
            done = run("simulate", *CRASH, "--liquidation", fields, "--format", "json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout == shipped.stdout, is_same, fields)

    def test_what_is_not_allowed_is_said(self):
        for words, said in ((("--policy", "hope"), "no policy is named hope"),
                            (("--liquidation", "slice_max"), "liquidation takes FIELD=VALUE,..; seen was slice_max"),
                            (("--liquidation", "slice_max=0"), "slice_max is 0; allowed is 1 to 1000000"),
                            (("--liquidation", "hope=1"), "no parameter 'hope'"),
                            (("--deleverage", "hope"), "deleverage is pro-rata, queue or least-harm; seen was hope"),
                            (("--hours", "25"), "hours is a whole number from 1 to 24; seen was 25"),
                            (("--accounts", "7"), "accounts is a whole number from 8 to 2000; seen was 7"),
                            (("--seeds", "-1"), "seeds is a whole number")):
            done = run("simulate", *words)
            self.assertEqual(done.returncode, 2)
            self.assertIn(said, done.stderr)


class Calibrate(unittest.TestCase):
    def test_the_chosen_setting_is_the_cheapest_inside_the_budget(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder, "frontier.html")
            done = run("calibrate", *SMALL, "--budget", "1000000", "--format", "json", "--report", str(page))
            self.assertEqual(done.returncode, 0, done.stderr)
            rows = json.loads(done.stdout)["settings"]
            chosen = [row for row in rows if row["is_chosen"]]
            self.assertEqual(len(chosen), 1)
            self.assertEqual(float(chosen[0]["capital"]), min(float(row["capital"]) for row in rows))
            capital = [float(row["capital"]) for row in rows]
            self.assertEqual(capital, sorted(capital))
            self.assertIn("<svg", page.read_text())


if __name__ == "__main__":
    unittest.main()
