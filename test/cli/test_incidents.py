#!/usr/bin/env python3
# test_incidents.py: the shipped incidents are played, and the exit code tells.         SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = pathlib.Path(os.environ.get("PLIMSOLL_BUILD", ROOT / "build/dev")) / "plimsoll"
INCIDENTS = ROOT / "examples/incidents"


def play(*words):
    return subprocess.run([str(TOOL), *map(str, words)], capture_output=True, text=True, cwd=ROOT)


class Incidents(unittest.TestCase):
    def test_an_incident_that_is_survived_ends_with_zero(self):
        ended = play("replay", INCIDENTS / "2022-05-12-venus-luna-floor.json", "--format", "json")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        answer = json.loads(ended.stdout)
        self.assertEqual([row["verdict"] for row in answer["assertions"]], ["met"] * 4)
        self.assertEqual(answer["summary"]["failed"], 0)

    def test_the_naive_run_reproduces_the_failure(self):
        ended = play("replay", "--naive", INCIDENTS / "2022-05-12-venus-luna-floor.json")
        self.assertEqual(ended.returncode, 0, ended.stdout)

    def test_caps_on_open_interest_are_a_control_of_their_own(self):
        path = INCIDENTS / "2022-10-11-mango-mngo-oracle.json"
        with_caps = json.loads(play("replay", path, "--format", "json").stdout)
        without = json.loads(play("replay", path, "--without", "C-RSK-OICAP", "--format", "json").stdout)
        trade = [row["outcome"] for row in with_caps["timeline"] if row["event"] == 4]
        self.assertEqual(trade, ["open_interest"])
        trade = [row["outcome"] for row in without["timeline"] if row["event"] == 4]
        self.assertNotEqual(trade, ["open_interest"])
        self.assertEqual(without["summary"]["failed"], 0)

    def test_a_control_without_a_switch_is_refused(self):
        path = INCIDENTS / "2022-10-11-mango-mngo-oracle.json"
        for name, text in (("C-OPS-KILL", "no switch: the core has no switch that trips by itself"),
                           ("C-GOV-COUPLED", "no switch: PARAMETERS replaces a record whole"),
                           ("C-NO-SUCH", "no control")):
            ended = play("replay", path, "--without", name)
            self.assertEqual(ended.returncode, 2)
            self.assertIn(text, ended.stderr)

    def test_what_a_control_keeps_out_comes_in_without_it(self):
        # incident, controls that are off, and what is seen of one assertion then
        for name, without, metric, seen in (
                ("2018-09-10-nasdaq-aas-spread-default", "C-RSK-CORR", "initial_margin(aas)", "32000000"),
                ("2026-01-19-paradex-zero-price", "C-OPS-MIGRATE", "history_rewritten", "true"),
                ("2022-06-19-solend-whale", "C-GOV-BOUNDS", "param_rejected(account.whale.takeover)", "false"),
                ("2022-08-30-compound-ceth-oracle-revert", "C-GOV-SHADOW", "param_rejected(oracle.config)", "false"),
                ("2026-02-15-moonwell-cbeth-unit-error", "C-GOV-SHADOW",
                 "param_rejected(oracle.CBETH.composition)", "false")):
            with self.subTest(without):
                path = INCIDENTS / f"{name}.json"
                for words, is_met in (([], True), (["--without", without], False)):
                    ended = play("replay", path, *words, "--format", "json")
                    answer = json.loads(ended.stdout)
                    found = [row for row in answer["assertions"] if row["metric"] == metric]
                    self.assertEqual([row["verdict"] == "met" for row in found], [is_met], ended.stderr)
                self.assertEqual(found[0]["seen"], seen)

    def test_a_guardian_waits_where_nothing_may_be_fast(self):
        path = INCIDENTS / "2026-02-15-moonwell-cbeth-unit-error.json"
        for without, outcome in (("C-GOV-SHADOW", "accepted"), ("C-GOV-SHADOW,C-GOV-FASTSAFE", "waits a day")):
            answer = json.loads(play("replay", path, "--without", without, "--format", "json").stdout)
            self.assertEqual([row["outcome"] for row in answer["timeline"] if row["event"] == 7], [outcome])
        answer = json.loads(play("replay", path, "--format", "json").stdout)
        self.assertEqual([row["outcome"] for row in answer["timeline"] if row["event"] == 7],
                         ["accepted: in force already"])

    def test_a_file_that_is_none_is_refused_by_its_line(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "none.json"
            path.write_text('{"schema": "plimsoll-incident/2"}')
            ended = play("replay", path)
            self.assertEqual(ended.returncode, 2)
            self.assertIn("none.json:1:", ended.stderr)

    def test_without_a_file_the_usage_names_the_verb(self):
        ended = play("replay")
        self.assertEqual(ended.returncode, 2)
        self.assertIn("usage: plimsoll replay INCIDENT.json", ended.stderr)

    def test_what_is_no_incident_ends_with_two_and_what_cannot_be_read_with_three(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "odd.json"
            for text, code in (("", 3), ("{", 2), ('{"schema": "' + "x" * 70000 + '"}', 3), ("[]", 2)):
                path.write_text(text)
                self.assertEqual(play("replay", path).returncode, code, text[:20])
            self.assertEqual(play("replay", path.with_name("none.json")).returncode, 3)

    def test_a_report_has_pictures_and_fetches_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "page.html"
            play("replay", INCIDENTS / "2025-08-26-hyperliquid-xpl-mark.json", "--report", page)
            text = page.read_text()
            self.assertEqual(text.count("<svg"), 5)
            self.assertIn("Equity and requirement of hedger1x", text)
            self.assertNotIn("http", text.replace("http://www.w3.org/2000/svg", ""))

    def test_a_folder_is_a_matrix(self):
        with tempfile.TemporaryDirectory() as folder:
            name = "2019-06-25-synthetix-skrw.json"
            (pathlib.Path(folder) / name).write_text((INCIDENTS / name).read_text())
            ended = play("incidents", folder, "--format", "json")
            self.assertEqual(ended.returncode, 0, ended.stderr)
            answer = json.loads(ended.stdout)
            self.assertEqual([row["run"] for row in answer["runs"]],
                             ["shipped", "naive", "C-ORA-QUORUM", "C-ORA-MEDIAN", "C-ORA-BAND"])
            self.assertEqual(answer["summary"], {"incidents": 1, "survived": 1, "reproduced": 1})


if __name__ == "__main__":
    unittest.main()
