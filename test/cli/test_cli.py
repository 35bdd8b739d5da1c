#!/usr/bin/env python3
# test_cli.py: the program as a person or a script meets it.                         SPDX-License-Identifier: Apache-2.0
import csv
import functools
import html.parser
import io
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import time
import unittest
import xml.dom.minidom
from decimal import Decimal

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))


def run(*words, **options):
    environment = {"PATH": os.environ["PATH"], "LC_ALL": options.pop("locale", "C.UTF-8")}
    return subprocess.run([BINARY, *words], capture_output=True, text=True, cwd=ROOT, env=environment,
                          timeout=60, **options)


def verbs():
    """The verb table as the program prints it: {name: help text}."""
    listed = re.search(r"\nverbs:\n(.*?)\n\n", run("--help").stdout, re.DOTALL).group(1)
    names = [re.match(r"  (\S+(?: \S+)?)(?:  |$)", line).group(1) for line in listed.splitlines()]
    return {name: run("help", *name.split()).stdout for name in names}


class HtmlCheck(html.parser.HTMLParser):
    """Fails where a tag closes that is not the innermost open one."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attributes):
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, (tag, self.getpos())


class Base(unittest.TestCase):
    def assert_refused(self, answer, code, *words):
        self.assertEqual(answer.returncode, code, answer.stderr)
        self.assertEqual(answer.stdout, "")
        self.assertRegex(answer.stderr, r"\Aplimsoll: [^\n]+\n\Z")
        for word in words:
            self.assertIn(word, answer.stderr)


class Program(Base):
    def test_version_is_one_line(self):
        self.assertRegex(run("--version").stdout, r"\Aplimsoll \d+\.\d+\.\d+\n\Z")

    def test_every_verb_has_help_with_an_example_that_works(self):
        for made in ("venue", "anew", "demo"):  # by the examples of init, import and serve
            shutil.rmtree(ROOT / "build" / made, ignore_errors=True)
        for name, text in verbs().items():
            self.assertEqual(run(*name.split(), "--help").stdout, text)
            example = re.search(r"\nexample:\n  plimsoll (.*)\n\Z", text).group(1)
            if name == "import venue":
                run("export", "build/venue", "--whole", "--output", "build/venue.jsonl")
            self.assertTrue(example.startswith(name), example)
            answer = run(*shlex.split(example))
            self.assertEqual((answer.returncode, answer.stderr), (0, ""), example)
            self.assertNotEqual(answer.stdout, "", example)

    def test_an_unknown_verb_suggests_the_nearest(self):
        self.assert_refused(run("completion"), 2, "did you mean completions")
        self.assert_refused(run("zzzzzz"), 2, "see plimsoll --help")
        self.assert_refused(run("help", "zzzzzz"), 2, "unknown verb")
        self.assert_refused(run(), 2, "--help")

    def test_wrong_options_and_operands_are_refused_in_one_line(self):
        for name in verbs():
            words = name.split()
            self.assert_refused(run(*words, "--formt", "json"), 2, "did you mean --format")
            self.assert_refused(run(*words, "--format"), 2, "value is missing")
            self.assert_refused(run(*words, "-Z"), 2, "unknown option")
            self.assert_refused(run(*words, *["/nowhere"] * 99), 2, "too many")

    def test_a_venue_is_served_with_all_of_its_controls(self):
        for switch in (("--naive",), ("--without", "C-LIQ-ADL"), ("--without", "C-LED-CONSERVE")):
            self.assert_refused(run("serve", "/nowhere", *switch), 2, f"unknown option {switch[0]}")

    def test_output_goes_to_a_file_that_must_be_writable(self):
        self.assert_refused(run("completions", "bash", "--output", "/nonexistent/x"), 3, "/nonexistent/x")

    def test_a_line_end_in_a_word_does_not_break_the_message(self):
        self.assert_refused(run("a\nb\033[2J"), 2, "a?b?[2J")

    def test_completions_are_a_script_that_bash_accepts(self):
        script = run("completions", "bash").stdout
        answer = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True)
        self.assertEqual(answer.stderr, "")
        for name in verbs():
            self.assertIn(f'"{name}"*)', script)


MARKET, DESK, CONFIG = "examples/market.json", "examples/portfolio-desk.json", "examples/config.yaml"
ASK = (MARKET, DESK, "--config", CONFIG)
OIL = (MARKET, "examples/portfolio-oil.json", "--config", CONFIG)


@functools.cache
def ask_json(*words):
    answer = run(*words, "--format", "json")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def micros(text):
    return int((Decimal(text) * 1000000).to_integral_exact())


def check_sums(test, told):
    for side in ("maintenance", "initial"):
        rows = [micros(row[side]) for row in told["contributions"]]
        test.assertEqual(sum(rows[:-1]), rows[-1], (told["summary"], side))
        lines = [micros(row[side]) for row in told["requirement"]]
        test.assertEqual(sum(lines[:-1]), lines[-1], (told["summary"], side))
        test.assertEqual(lines[0], rows[-1])
        test.assertEqual(lines[-1], micros(told["summary"][side]))


class Answers(Base):
    def test_every_format_parses_and_says_the_same(self):
        whole = ask_json("margin", *ASK)
        self.assertEqual(whole["schema"], "plimsoll-margin/1")
        lines = [json.loads(line) for line in run("margin", *ASK, "--format", "jsonl").stdout.splitlines()]
        rows = list(csv.DictReader(io.StringIO(run("margin", *ASK, "--format", "csv").stdout)))
        self.assertEqual(len(whole["groups"]), len(rows))
        for row, line, group in zip(rows, lines, whole["groups"]):
            self.assertEqual(line.pop("table"), "groups")
            self.assertEqual(line, group)
            self.assertEqual(row, group)

    def test_contributions_and_charges_sum_exactly(self):
        check_sums(self, ask_json("explain", *ASK))

    def test_explain_and_margin_agree(self):
        group = ask_json("margin", *ASK)["groups"][0]
        summary = ask_json("explain", *ASK)["summary"]
        for key in ("maintenance", "initial", "call", "equity_initial", "equity_maintenance", "health"):
            self.assertEqual(group[key], summary[key])

    def test_check_turns_an_account_in_trouble_into_a_finding(self):
        sinking = (MARKET, "examples/portfolio-short-gamma.json", "--config", CONFIG)
        self.assertEqual(run("margin", *sinking).returncode, 0)
        answer = run("margin", *sinking, "--check")
        self.assertEqual((answer.returncode, answer.stderr), (1, ""))
        self.assertIn("liquidatable", answer.stdout)
        self.assertEqual(run("margin", *ASK, "--check").returncode, 0)

    def test_models_are_changed_by_name(self):
        names = [row["model"] for row in ask_json("models")["models"]]
        self.assertEqual(names[:3], ["portfolio", "tiered", "dynamic"])
        seen = {ask_json("margin", *ASK, "--model", name)["groups"][0]["initial"] for name in names[:3]}
        self.assertEqual(len(seen), 3)
        self.assert_refused(run("margin", *ASK, "--model", "teired"), 2, "did you mean tiered")

    def test_isolated_groups_are_rows_of_their_own(self):
        groups = ask_json("margin", MARKET, "examples/portfolio-isolated.json", "--config", CONFIG)["groups"]
        self.assertEqual([group["kind"] for group in groups], ["cross", "isolated"])
        told = ask_json("explain", MARKET, "examples/portfolio-isolated.json", "--config", CONFIG,
                        "--group", "careful-sol")
        self.assertEqual(told["summary"]["maintenance"], groups[1]["maintenance"])
        self.assert_refused(run("explain", MARKET, "examples/portfolio-isolated.json", "--group", "carful-sol"), 2,
                            "did you mean careful-sol")

    def test_trigger_prices_bracket_the_price(self):
        for row in ask_json("explain", *ASK)["triggers"]:
            price = Decimal(row["price"])
            for key in ("call_below", "liquidation_below"):
                self.assertTrue(row[key] is None or Decimal(row[key]) <= price, row)
            for key in ("call_above", "liquidation_above"):
                self.assertTrue(row[key] is None or Decimal(row[key]) >= price, row)

    def test_a_trade_and_the_same_trade_in_a_file_change_the_same(self):
        typed = ask_json("whatif", *ASK, "--trade", "BTC-PERP -1 @ 65010")
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"schema": "plimsoll-changes/1",
                       "trades": [{"instrument": "BTC-PERP", "quantity": "-1", "price": "65010"}]}, file)
            file.flush()
            self.assertEqual(ask_json("whatif", *ASK, "--changes", file.name), typed)
        rows = {row["quantity"]: row for row in typed["change"]}
        before = ask_json("margin", *ASK)["groups"][0]
        self.assertEqual(rows["maintenance"]["before"], before["maintenance"])
        for row in rows.values():
            self.assertEqual(micros(row["after"]) - micros(row["before"]), micros(row["change"]))

    def test_wrong_trades_are_refused_in_words(self):
        for text, words in (("BTC-PERP", "NAME QUANTITY"), ("BTC-PERP 0", "lot is 0.001"),
                            ("BTC-PERP 0.0001", "lot is 0.001"), ("BTC-PERP 1e3", "decimal"),
                            ("NOPE 1", "no instrument is named NOPE"), ("BTC-PERP 1 @ x", "price is x"),
                            ("BTC-PERP 1 at 5", "NAME QUANTITY"), ("BTC-PERP 99999999999999 @ 1", "1e11 lots")):
            self.assert_refused(run("whatif", *ASK, "--trade", text), 2, words)
        self.assert_refused(run("whatif", *ASK), 2, "--changes", "--trade")

    def test_scenario_rows_hold_what_the_reason_names(self):
        told = ask_json("explain", MARKET, "examples/portfolio-short-gamma.json", "--config", CONFIG)
        shown = ask_json("scenarios", "show", MARKET, "--config", CONFIG)
        self.assertEqual([row["set"] for row in shown["sets"]], ["maintenance", "initial"])
        for row in shown["sets"]:
            self.assertRegex(row["hash"], r"\A[0-9a-f]{64}\Z")
        rows = ask_json("scenarios", "show", MARKET, "--config", CONFIG, "--row", "BTC-PERP")["row"]
        self.assertEqual(len(rows), shown["sets"][0]["entries"])
        self.assertEqual(rows[0]["profit"], "0.00")
        self.assertTrue(told["summary"]["maintenance_reason"])

    def test_the_report_is_one_file_that_fetches_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "report.html")
            self.assertEqual(run("explain", *OIL, "--report", path).returncode, 0)
            page = pathlib.Path(path).read_text()
            for word in ("http:", "https:", "<script", "src=", "@import"):
                self.assertNotIn(word, page)
            self.assertGreaterEqual(page.count("<svg"), 4)
            self.assertIn("Trigger prices", page)
            HtmlCheck().feed(page)
        self.assert_refused(run("explain", *OIL, "--report", "/nonexistent/r.html"), 3, "/nonexistent/r.html")

    def test_equal_questions_get_equal_bytes(self):
        self.assertEqual(run("explain", *OIL).stdout, run("explain", *OIL).stdout)

    def test_pictures_are_files_of_their_own(self):
        for name in ("load-line", "waterfall", "contributions", "WTI"):
            picture = run("explain", *OIL, "--picture", name).stdout
            self.assertTrue(picture.startswith("<svg xmlns="), name)
            xml.dom.minidom.parseString(picture)
        self.assert_refused(run("explain", *OIL, "--picture", "x"), 2, "load-line, waterfall")

    def test_one_table_can_be_picked(self):
        rows = list(csv.DictReader(io.StringIO(
            run("explain", *OIL, "--format", "csv", "--table", "contributions").stdout)))
        self.assertEqual(rows[-1]["name"], "core")
        self.assert_refused(run("explain", *OIL, "--table", "contribution"), 2, "contribution")

    def test_ascii_terminals_get_ascii_and_pipes_no_colour(self):
        answer = run("margin", *ASK, locale="C")
        self.assertTrue(answer.stdout.isascii())
        self.assertNotIn("\033", run("margin", *ASK).stdout)


class Hedge(Base):
    def test_a_healthy_account_needs_no_cure(self):
        told = ask_json("hedge", MARKET, "examples/portfolio-basis.json", "--config", CONFIG)
        self.assertEqual(told["cures"], [])


class Check(Base):
    def test_parameters_are_shown_resolved(self):
        rows = ask_json("check", "config", CONFIG, "--market", MARKET)["parameters"]
        found = {(row["record"], row["field"]): row for row in rows}
        self.assertEqual(found["shocks 1", "extreme_ppm"]["value"], "60%")
        self.assertEqual(found["scenario.initial", "horizon_ns"]["value"], "2d")
        changed = ask_json("check", "config", CONFIG, "--changed")["parameters"]
        self.assertEqual(changed, [row for row in rows if row["is_changed"]])

    def test_values_are_shown_in_the_form_that_the_file_takes(self):
        rows = ask_json("params")["parameters"]
        text = "version: 1\n"
        for record in dict.fromkeys(row["record"] for row in rows):
            fields = "".join(f"  {row['field']}: {row['default']}\n" for row in rows if row["record"] == record)
            text += "shocks:\n  0:\n" + fields.replace("  ", "    ") if record == "shocks" else f"{record}:\n{fields}"
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(text)
            file.flush()
            self.assertEqual(ask_json("check", "config", file.name, "--changed")["parameters"], [])

    def test_every_example_passes(self):
        for path in sorted((ROOT / "examples").glob("*.json")):
            self.assertEqual(run("check", "config", str(path), "--market", MARKET).returncode, 0, path)
        self.assert_refused(run("check", "config", DESK), 2, "--market")
        self.assert_refused(run("check", "config", "examples/chain.csv"), 2, "examples/chain.csv:1:")


class Surface(Base):
    CHAIN = "examples/chain.csv"

    def test_a_chain_becomes_a_market_that_margins(self):
        with tempfile.TemporaryDirectory() as folder:
            market, account = os.path.join(folder, "market.json"), os.path.join(folder, "account.json")
            fitted = json.loads(run("surface", "fit", self.CHAIN, "--out", market, "--format", "json").stdout)
            shown = ask_json("surface", "show", market)
            for row, smile in zip(fitted["expiries"], shown["expiries"]):
                self.assertEqual(smile["expiry"], row["expiry"])
                self.assertEqual(row["inside"], row["quoted"])
                for margin in ("butterfly", "calendar"):
                    self.assertEqual(Decimal(smile[margin]), Decimal(row[margin]))
                    self.assertGreaterEqual(Decimal(row[margin]), 0)
            pathlib.Path(account).write_text(json.dumps({
                "schema": "plimsoll-portfolio/1", "balances": {"BTC": "2"},
                "positions": [{"instrument": "BTC-27MAR26-70000-C", "quantity": "-2"}]}))
            told = ask_json("explain", market, account)["summary"]
            self.assertEqual(told["health"], "healthy")
            self.assertGreater(micros(told["maintenance"]), 0)

    def test_an_imported_chain_is_a_market_without_smiles(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "market.json")
            counts = json.loads(run("import", "chain", self.CHAIN, "--out", path, "--format", "json").stdout)
            market = json.loads(pathlib.Path(path).read_text())
            self.assertEqual(counts["counts"][0], {"what": "options", "count": 102})
            self.assertEqual(len(market["instruments"]), 104)
            self.assertFalse([row for row in market["expiries"] if "svi" in row])

    def test_imported_candles_are_the_closes_of_the_file(self):
        lines = (ROOT / "examples/history/ETH.csv").read_text().splitlines()[1:]
        days = ask_json("import", "candles", "examples/history/ETH.csv")["days"]
        self.assertEqual([Decimal(row["close"]) for row in days], [Decimal(line.split(",")[4]) for line in lines])
        self.assertEqual((days[0]["move"], days[-1]["day"]), (None, "2026-03-01"))

    def test_the_example_surface_is_free_of_arbitrage(self):
        for row in ask_json("surface", "show", MARKET)["expiries"]:
            self.assertGreaterEqual(Decimal(row["butterfly"]), 0)
            self.assertGreaterEqual(Decimal(row["calendar"]), 0)

    def test_pages_have_a_picture_for_every_smile(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "report.html")
            for words, count in ((("surface", "fit", self.CHAIN), 3), (("surface", "show", MARKET), 7)):
                self.assertEqual(run(*words, "--report", path).returncode, 0)
                page = pathlib.Path(path).read_text()
                self.assertEqual(page.count("<svg"), count)
                HtmlCheck().feed(page)

    def test_crossed_quotes_are_refused_or_dropped(self):
        lines = (ROOT / self.CHAIN).read_text().splitlines()
        fields = lines[10].split(",")
        fields[5], fields[6] = fields[6], "0.0001"
        with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
            file.write("\n".join(lines[:10] + [",".join(fields)] + lines[11:]) + "\n")
            file.flush()
            self.assert_refused(run("surface", "fit", file.name), 2, f"{file.name}:11:")
            self.assertEqual(run("surface", "fit", file.name, "--drop-crossed").returncode, 0)
            self.assert_refused(run("surface", "fit", file.name, "--volatility", "x"), 2, "--volatility is x")

    def test_too_few_strikes_are_no_surface(self):
        lines = (ROOT / self.CHAIN).read_text().splitlines()
        with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
            file.write("\n".join(lines[:7]) + "\n")
            file.flush()
            self.assert_refused(run("surface", "fit", file.name), 2, "five strikes")


class Files(Base):
    def refuse(self, text, *words, code=2, verb="margin", name="p.json", line=None):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, name)
            with open(path, "wb") as file:
                file.write(text if isinstance(text, bytes) else text.encode())
            operands = (MARKET, path) if name == "p.json" else (path, DESK)
            answer = run(verb, *operands)
            place = path if line is None else f"{path}:{line}:"
            self.assert_refused(answer, code, place, *words)

    def test_bad_portfolios_name_file_and_line(self):
        head = '{"schema": "plimsoll-portfolio/1",\n'
        self.refuse(head + '"positions": [{"instrument": "NOPE", "lots": 1}]}', "NOPE", line=2)
        self.refuse(head + '"balances": {"USD": "1e5"}}', "1e5", line=2)
        self.refuse(head + '"balances": {"USD": "1.0000001"}}', line=2)
        self.refuse(head + '"blances": {}}', "blances", line=2)
        self.refuse(head + '"balances": {}', line=2)
        self.refuse(b'{"schema": "plimsoll-portfolio/1", "name": "\xff"}', line=1)
        self.refuse("", code=3)

    def test_bad_markets_name_file_and_line(self):
        good = (ROOT / MARKET).read_text()
        self.refuse(good.replace('"price": "65000"', '"price": "-65000"'), "-65000", name="m.json", line=18)
        self.refuse(good[:5000], name="m.json")
        self.refuse("[" * 40, name="m.json", line=1)

    def test_files_that_are_not_there_or_not_files(self):
        self.assert_refused(run("margin", "/nonexistent", DESK), 3, "/nonexistent")
        self.assert_refused(run("margin", MARKET, "examples"), 3, "examples")

    def test_a_hundred_megabytes_are_refused_quickly(self):
        with tempfile.NamedTemporaryFile("wb", suffix=".json") as file:
            file.truncate(100 << 20)
            begin = time.monotonic()
            self.assert_refused(run("margin", MARKET, file.name), 3, file.name)
            self.assertLess(time.monotonic() - begin, 5)

    def test_bad_parameters_name_file_and_line(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write("version: 1\nportfolio:\n  confidence_ppm: 120%\n")
            file.flush()
            self.assert_refused(run("margin", MARKET, DESK, "--config", file.name), 2, f"{file.name}:3:", "1.2; allowed is 0.5")


if __name__ == "__main__":
    unittest.main()
