#!/usr/bin/env python3
# test_compare.py: plimsoll compare beside the verb margin, in every format.         SPDX-License-Identifier: Apache-2.0
import csv
import functools
import html.parser
import io
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest
from decimal import ROUND_CEILING, Decimal

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
MARKET, CONFIG = "examples/market.json", "examples/config.yaml"


def run(*words):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=60,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})


def compare(portfolio, *words, config=CONFIG):
    return run("compare", MARKET, f"examples/portfolio-{portfolio}.json", "--config", config, *words)


@functools.cache
def answer(portfolio, *words, **options):
    done = compare(portfolio, *words, "--format", "json", **options)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout)


class Tags(html.parser.HTMLParser):
    """Every tag that opens closes, innermost first; names of all elements in `seen`."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.getpos())


class Compare(unittest.TestCase):
    def assert_refused(self, done, *words):
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, r"\Aplimsoll: [^\n]+\n\Z")
        for word in words:
            self.assertIn(word, done.stderr)

    def test_every_row_is_what_the_verb_margin_says_of_that_model(self):
        for portfolio in ("covered-call", "oil"):
            for row in answer(portfolio)["models"]:
                done = run("margin", MARKET, f"examples/portfolio-{portfolio}.json", "--config", CONFIG,
                           "--model", row["model"], "--format", "json")
                self.assertEqual(done.returncode == 0, row["is_supported"], row["model"])
                if not row["is_supported"]:
                    self.assertIn(row["binding"], done.stderr)
                    self.assertIsNone(row["initial"])
                    continue
                group = json.loads(done.stdout)["groups"][0]
                for key in ("maintenance", "initial", "equity_maintenance", "equity_initial", "excess", "health"):
                    self.assertEqual(row[key], group[key], (portfolio, row["model"], key))

    def test_the_ratio_is_initial_over_risk(self):
        for portfolio in ("covered-call", "oil"):
            told = answer(portfolio)
            risk = Decimal(told["risk"]["risk"])
            self.assertEqual(risk, Decimal(told["risk"]["tail"]) + Decimal(told["risk"]["no_history"]))
            self.assertGreater(risk, 0)
            for row in told["models"]:
                if row["is_supported"]:
                    ratio = (Decimal(row["initial"]) / risk).quantize(Decimal("0.000001"), ROUND_CEILING)
                    self.assertEqual(Decimal(row["initial_per_risk"]), ratio, row["model"])

    def test_the_risk_says_what_it_is_made_of(self):
        told = answer("covered-call")
        self.assertEqual(told["risk"]["tail_count"], -(-told["risk"]["day_count"] // 40))
        self.assertEqual(told["risk"]["horizon_seconds"], 86400)
        self.assertEqual(told["risk"]["dominant"], "BTC")

    def test_without_history_the_grid_losses_are_the_risk(self):
        done = run("compare", MARKET, "examples/portfolio-oil.json", "--format", "json")
        risk = json.loads(done.stdout)["risk"]
        self.assertEqual((risk["day_count"], Decimal(risk["tail"])), (0, 0))
        self.assertGreater(Decimal(risk["no_history"]), 0)
        words = run("compare", MARKET, "examples/portfolio-oil.json").stdout
        self.assertIn("there is no history, so no Expected Shortfall; without history, at its worst grid loss: WTI.",
                      words)

    def test_models_come_in_the_order_asked(self):
        told = answer("covered-call", "--models", "dynamic,portfolio")
        self.assertEqual([row["model"] for row in told["models"]], ["dynamic", "portfolio"])
        self.assertEqual({row["model"] for row in told["reasons"]}, {"dynamic", "portfolio"})
        self.assertEqual([row["model"] for row in told["triggers"]], ["dynamic", "portfolio"])

    def test_trigger_prices_are_those_of_explain(self):
        done = run("explain", MARKET, "examples/portfolio-covered-call.json", "--config", CONFIG, "--model", "tiered",
                   "--format", "json")
        explained = json.loads(done.stdout)["triggers"][0]
        told = answer("covered-call", "--models", "tiered")
        for key in ("liquidation_below", "call_below", "call_above", "liquidation_above"):
            self.assertEqual(told["triggers"][0][key], explained[key])
        self.assertEqual(told["models"][0]["liquidation_above"], explained["liquidation_above"])

    def test_wrong_models_are_refused_with_the_list(self):
        self.assert_refused(compare("oil", "--models", "tired"), 'no model is named "tired"', "portfolio, tiered, dynamic")
        self.assert_refused(compare("oil", "--models", "tiered,"), 'no model is named ""')
        self.assert_refused(compare("oil", "--models", "tiered,tiered"), "names tiered twice")
        self.assert_refused(compare("oil", "--models", "x" * 300), "no model is named")

    def test_a_group_is_compared_alone(self):
        told = answer("isolated", "--group", "careful-sol")
        self.assertEqual((told["risk"]["group"], told["risk"]["dominant"]), ("careful-sol", "SOL"))
        self.assert_refused(compare("isolated", "--group", "careful-so"), "did you mean careful-sol")

    def test_every_format_carries_the_same_rows(self):
        told = answer("oil")
        lines = [json.loads(line) for line in compare("oil", "--format", "jsonl").stdout.splitlines()]
        for key in ("models", "reasons", "triggers"):
            self.assertEqual([{k: v for k, v in line.items() if k != "table"} for line in lines if line["table"] == key],
                             told[key])
        rows = list(csv.DictReader(io.StringIO(compare("oil", "--format", "csv").stdout)))
        self.assertEqual([row["model"] for row in rows], [row["model"] for row in told["models"]])
        for row, other in zip(rows, told["models"]):
            self.assertEqual(row["initial"], other["initial"] or "")
        table = compare("oil").stdout
        for row in told["models"]:
            self.assertRegex(table, rf"(?m)^{row['model']} ")

    def test_the_page_is_one_file_with_a_chart(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "out.html"
            done = compare("oil", "--report", page)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            text = page.read_text()
        tags = Tags()
        tags.feed(text)
        self.assertEqual(tags.open, [])
        self.assertEqual(tags.seen.count("svg"), 1)
        self.assertNotIn("script", tags.seen)
        self.assertNotRegex(re.sub(r"http://www\.w3\.org/2000/svg", "", text), r"https?://|src=")
        self.assertIn("prefers-color-scheme:dark", text)
        for row in answer("oil")["models"]:
            self.assertIn(row["model"], text)

    def test_a_page_that_cannot_be_written_is_an_error(self):
        done = compare("oil", "--report", "/nonexistent/out.html")
        self.assertEqual((done.returncode, done.stdout), (3, ""))


class VenueRecords(unittest.TestCase):
    """A record of any model of the catalogue, wrong in one way: refused with file, line and name."""

    def records(self):
        """{model: [(field, unit, default)]} of every venue model."""
        told = json.loads(run("params", "--format", "json").stdout)["parameters"]
        ours = {"portfolio", "tiered", "dynamic", "scenario.initial", "scenario.maintenance", "shocks"}
        models = {}
        for row in told:
            if row["record"] not in ours:
                models.setdefault(row["record"], []).append((row["field"], row["unit"], row["default"]))
        return models

    def refuse(self, text, *words):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(text)
            file.flush()
            done = run("compare", MARKET, "examples/portfolio-covered-call.json", "--config", file.name)
            self.assertEqual((done.returncode, done.stdout), (2, ""), (text, done.stderr))
            self.assertRegex(done.stderr, rf"\Aplimsoll: {re.escape(file.name)}:\d+: [^\n]+\n\Z")
            for word in words:
                self.assertIn(word, done.stderr, text)

    def test_there_are_venue_models(self):
        self.assertIn("derive-srm", self.records())

    def test_every_kind_of_wrong_value_is_refused_by_name(self):
        for model, fields in self.records().items():
            for field, _, _ in fields[-1:]:
                for value in ("", "abc", "1e3", "--1", "99999999999999999999", "[1, 2]", "{a: 1}", "0.00000000001"):
                    self.refuse(f"version: 1\n{model}:\n  {field}: {value}\n", ":3: ", field)

    def test_every_field_is_held_to_its_bounds_by_name(self):
        beyond = {"ratio": "-1000000%", "duration": "-100000d"}
        for model, fields in self.records().items():
            for field, unit, _ in fields[:: max(1, len(fields) // 2)]:
                value = beyond.get(unit, "-1000000000")
                self.refuse(f"{model}:\n  {field}: {value}\n", ":2: ", field, "" if unit == "choice" else "allowed is")

    def test_rules_between_fields_are_kept(self):
        for model, text in (("derive-srm", "perpetual_initial_ppm: 5%\n  perpetual_maintenance_ppm: 6%"),
                            ("derive-pmrm-v2", "initial_factor_ppm: 1\n  maintenance_factor_ppm: 2"),
                            ("deribit-sm", "class0_initial_ppm: 1%\n  class0_maintenance_ppm: 2%")):
            self.refuse(f"{model}:\n  {text}\n", "maintenance")

    def test_an_unknown_or_repeated_field_is_refused_by_name(self):
        for model, fields in self.records().items():
            field, _, value = fields[0]
            self.refuse(f"{model}:\n  no_such_field: 1\n", ":2: ", model, "no_such_field")
            self.refuse(f"{model}:\n  {field}: {value}\n  {field}: {value}\n", ":3: ", field)

    def test_a_record_that_is_no_mapping_is_refused_by_name(self):
        for model in self.records():
            for text in ("5", "[]", "text"):
                self.refuse(f"{model}: {text}\n", ":1: ", model)

    def test_a_model_that_does_not_exist_is_refused_by_name(self):
        self.refuse("derive-pmrm-v9:\n  rate_ppm: 5%\n", "derive-pmrm-v9")

    def test_the_defaults_as_printed_change_nothing(self):
        plain = answer("covered-call")
        for model, fields in self.records().items():
            text = (ROOT / CONFIG).read_text().replace("history/", str(ROOT / "examples/history") + "/")
            text += f"{model}:\n" + "".join(f"  {field}: {value}\n" for field, _, value in fields)
            with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
                file.write(text)
                file.flush()
                self.assertEqual(answer("covered-call", config=file.name), plain, model)


if __name__ == "__main__":
    unittest.main()
