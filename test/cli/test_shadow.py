#!/usr/bin/env python3
# test_shadow.py: plimsoll shadow beside the verb margin, its files, its refusals and its pages.  SPDX-License-Identifier: Apache-2.0
import csv
import hashlib
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
from decimal import Decimal

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from test_compare import Tags  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
FOLDER = "examples/shadow/"
CONFIG = ["--config", "examples/config.yaml"]
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}


def run(*words):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=60, env=ENVIRONMENT)


def words_of(**files):
    named = {"accounts": FOLDER + "accounts.csv", "positions": FOLDER + "positions.csv", "marks": FOLDER + "marks.csv",
             "incumbent": FOLDER + "incumbent.csv", "mapping": FOLDER + "mapping.yaml", **files}
    return ["shadow", *(word for name, path in named.items() if path for word in (f"--{name.replace('_', '-')}", path))]


def answer(*words, **files):
    done = run(*words_of(**files), *CONFIG, "--format", "json", *words)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout)


def rows(path):
    return list(csv.DictReader(path.read_text().splitlines()))


class Shadow(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        self.addCleanup(self.folder.cleanup)

    def write(self, name, text):
        (self.path / name).write_text(text)
        return self.path / name

    def test_totals_are_the_sums_of_the_export_and_of_the_incumbent_file(self):
        out = self.path / "each.csv"
        totals = answer("--export", out)["totals"]
        each = rows(out)
        theirs = rows(ROOT / FOLDER / "incumbent.csv")
        self.assertEqual(totals["accounts"], len(each))
        for kind, column in (("initial", "im"), ("maintenance", "mm")):
            self.assertEqual(Decimal(totals[f"{kind}_incumbent"]), sum(Decimal(row[column]) for row in theirs))
            self.assertEqual(Decimal(totals[kind]), sum(Decimal(row[kind]) for row in each))
            gaps = [Decimal(row[f"incumbent_{kind}"]) - Decimal(row[kind]) for row in each]
            self.assertEqual(Decimal(totals[f"{kind}_released"]), sum(gap for gap in gaps if gap > 0))
            self.assertEqual(Decimal(totals[f"{kind}_tied"]), -sum(gap for gap in gaps if gap < 0))
        newly = [row for row in each if row["is"] == "liquidatable" and row["was"] != "liquidatable"]
        self.assertGreater(len(newly), 0)
        self.assertEqual(totals["newly_liquidatable"], len(newly))
        self.assertEqual(Decimal(totals["newly_liquidatable_shortfall"]), sum(Decimal(row["shortfall"]) for row in newly))
        for row in each:
            self.assertEqual(Decimal(row["difference"]), Decimal(row["maintenance"]) - Decimal(row["incumbent_maintenance"]))
            self.assertIn(row["branch"], ("tail", "grid", "offset floor", "stress"))
            self.assertGreater(len(row["replay"]), 0)

    def test_an_account_is_told_what_the_verb_margin_tells_it(self):
        held = [("BTC-PERP", "-6", "64200"), ("BTC-27MAR26-70000-C", "-15", ""), ("ETH-PERP", "110", "3450")]
        portfolio = {"schema": "plimsoll-portfolio/1", "balances": {"USD": "500000", "BTC": "1.5"},
                     "positions": [{"instrument": i, "quantity": q, **({"entry_price": p} if p else {})} for i, q, p in held]}
        account = self.write("p.json", json.dumps(portfolio))
        files = {"accounts": self.write("a.csv", "account,asset,amount\nme,USD,500000\nme,BTC,1.5\n"),
                 "positions": self.write("p.csv", "account,instrument,quantity,price\n" + "".join(f"me,{i},{q},{p}\n" for i, q, p in held)),
                 "marks": self.write("m.csv", "instrument,mark\nBTC-PERP,65013\n"),
                 "market": "examples/market.json", "mapping": None, "incumbent": None}
        for model in ("portfolio", "tiered", "dynamic"):
            alone = run("margin", "examples/market.json", account, "--model", model, *CONFIG, "--format", "json")
            group = json.loads(alone.stdout)["groups"][0]
            out = self.path / "each.csv"
            totals = answer("--export", out, "--model", model, **files)["totals"]
            row = rows(out)[0]
            for name in ("maintenance", "initial"):
                self.assertEqual(Decimal(totals[name]), Decimal(group[name]))
                self.assertEqual(Decimal(row[name]), Decimal(group[name]))
            self.assertEqual(Decimal(totals["equity"]), Decimal(group["equity_maintenance"]))
            self.assertEqual(row["is"], group["health"])

    def test_any_model_of_the_registry_answers_or_says_whom_it_refuses(self):
        models = [row["model"] for row in json.loads(run("models", "--format", "json").stdout)["models"]]
        for model in models:
            done = run(*words_of(), *CONFIG, "--model", model, "--format", "json")
            if done.returncode == 0:
                totals = json.loads(done.stdout)["totals"]
                self.assertEqual(totals["accounts"], 9)
                self.assertLessEqual(totals["unsupported"], 9)
            else:
                self.assertRegex(done.stderr, r"\Aplimsoll: [^\n]+\n\Z", model)

    def test_fills_roll_positions_on(self):
        before, after = self.path / "before.csv", self.path / "after.csv"
        answer("--export", before)
        told = answer("--export", after, fills=FOLDER + "fills.csv")
        changed = {a["account"] for a, b in zip(rows(before), rows(after)) if a["maintenance"] != b["maintenance"]}
        self.assertEqual(changed, {"bruno", "hugo"})
        self.assertEqual({row["feed"]: row["rows"] for row in told["files"]}["fills"], 3)

    def test_the_largest_disagreements_come_first_with_their_reasons(self):
        told = answer("--top", "3")
        sizes = [abs(Decimal(row["difference"])) for row in told["disagreements"]]
        self.assertEqual(len(sizes), 3)
        self.assertEqual(sizes, sorted(sizes, reverse=True))
        for row in told["disagreements"] + told["troubled"]:
            self.assertRegex(row["reason"], r"decide.*Largest charge: [a-z ]+ [\d,.]+ USD\.")
        self.assertEqual(told["losses"][0]["replay"], "each account's own worst")
        named = [row["replay"] for row in told["losses"][1:]]
        self.assertTrue(any(re.fullmatch(r"\d{4}-\d\d-\d\d", name) for name in named))
        self.assertIn("stress all-down", named)

    def test_names_become_keyed_hashes_and_nothing_else_changes(self):
        key = self.write("key", "0123456789abcdef")
        plain, hidden = self.path / "plain.csv", self.path / "hidden.csv"
        told = answer("--export", plain)
        secret = answer("--export", hidden, "--anonymous", key)
        self.assertEqual(told["totals"], secret["totals"])
        self.assertEqual(told["losses"], secret["losses"])
        for a, b in zip(rows(plain), rows(hidden)):
            digest = hashlib.blake2b(a["account"].encode(), key=b"0123456789abcdef", digest_size=16).hexdigest()
            self.assertEqual(b["account"], digest)
            self.assertEqual({**a, "account": digest}, b)
        for name in ("anna", "greta", "carla"):
            self.assertNotIn(name, json.dumps(secret) + hidden.read_text())
        done = run(*words_of(), "--anonymous", self.write("short", "tooshort"))
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("holds fewer than 16 bytes; allowed is 16 to 64", done.stderr)

    def test_bad_rows_end_with_exit_3_unless_they_are_allowed(self):
        bad = self.write("p.csv", (ROOT / FOLDER / "positions.csv").read_text() + "anna,,XBT/USD,X,1,1,\nnobody,,XBT/USD,L,1,1,\n")
        done = run(*words_of(positions=bad), *CONFIG)
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertIn(f'{bad}:18: ls is "X"; allowed is one of the mapping\'s words for long and short', lines[0])
        self.assertIn(f'{bad}:19: uid is "nobody"; allowed is an account of the accounts file', lines[1])
        self.assertIn("2 bad rows; allowed is up to 0 (--skip-bad)", lines[2])
        self.assertEqual(run(*words_of(positions=bad), *CONFIG, "--skip-bad", "1").returncode, 3)
        told = answer("--skip-bad", "2", positions=bad)
        self.assertEqual(told["totals"]["bad_rows"], 2)
        self.assertEqual({**told["totals"], "bad_rows": 0}, answer()["totals"])

    def test_usage_is_refused_in_one_line(self):
        cases = [(["shadow"], "--marks is missing"), (words_of(mapping=None), "give --mapping or --market"),
                 ([*words_of(), "--top", "1001"], '--top is "1001"; allowed is 0 to 1000'),
                 ([*words_of(), "--skip-bad", "-1"], '--skip-bad is "-1"'), ([*words_of(), "--now", "noon"], "now is no time"),
                 ([*words_of(), "--model", "portfolo"], "did you mean portfolio")]
        for words, says in cases:
            done = run(*words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertRegex(done.stderr, r"\Aplimsoll: [^\n]+\n\Z")
            self.assertIn(says, done.stderr)
        done = run(*words_of(accounts=self.path / "none.csv"))
        self.assertEqual((done.returncode, done.stdout), (3, ""))

    def test_check_finds_accounts_that_would_newly_be_called(self):
        self.assertEqual(run(*words_of(), *CONFIG, "--check").returncode, 1)
        calm = self.write("r.csv", "uid,book,im,mm,eq\ngreta,,47000,31000,79866\n")
        self.assertEqual(run(*words_of(incumbent=calm), *CONFIG, "--check").returncode, 0)

    def test_the_venue_s_files_are_opened_for_reading_only(self):
        copies = {}
        for name in ("accounts", "positions", "marks", "incumbent", "mapping"):
            ending = "yaml" if name == "mapping" else "csv"
            copies[name] = self.write(f"{name}.{ending}", (ROOT / FOLDER / f"{name}.{ending}").read_text())
            copies[name].chmod(0o444)
        before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in copies.values()}
        self.assertEqual(run(*words_of(**copies), *CONFIG).returncode, 0)
        self.assertEqual(before, {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in copies.values()})

    def test_follow_answers_again_when_a_file_grows_and_leaves_a_half_line_for_later(self):
        fills = self.write("fills.csv", "uid,book,symbol,bs,size,price,fee,at\n")
        watched = subprocess.Popen([BINARY, *words_of(fills=str(fills)), *CONFIG, "--follow", "--rounds", "3", "--format", "jsonl",
                                    "--table", "files"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
                                   env=ENVIRONMENT)
        try:
            counts = [self.fills_of(watched)]
            with fills.open("a") as file:
                file.write("bruno,,XBT/USD,B,0.5,64990,0,2026-03-02T11:58:03Z\nbruno,,XBT/U")
            counts.append(self.fills_of(watched))
            with fills.open("a") as file:
                file.write("SD,S,0.25,65020,0,2026-03-02T11:59:41Z\n")
            counts.append(self.fills_of(watched))
            self.assertEqual(watched.wait(timeout=30), 0)
        finally:
            watched.kill()
            watched.communicate()
        self.assertEqual(counts, [0, 1, 2])

    def fills_of(self, process):
        found = None
        for line in process.stdout:
            row = json.loads(line)
            found = row["rows"] if row["feed"] == "fills" else found
            if row["feed"].startswith("ignored"):
                return found
        return None

    def test_every_format_and_the_page_are_well_formed(self):
        page = self.path / "page.html"
        done = run(*words_of(), *CONFIG, "--report", page)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("Largest disagreements", done.stdout)
        tags = Tags()
        text = page.read_text()
        tags.feed(text)
        self.assertEqual(tags.open, [])
        self.assertEqual(tags.seen.count("svg"), 3)
        self.assertNotIn("http://", text.replace("http://www.w3.org", ""))
        for table in ("totals", "healths", "troubled", "disagreements", "losses", "ratios", "files"):
            done = run(*words_of(), *CONFIG, "--format", "csv", "--table", table)
            self.assertEqual(done.returncode, 0)
            lines = list(csv.reader(io.StringIO(done.stdout)))
            self.assertTrue(all(len(line) == len(lines[0]) for line in lines), table)


if __name__ == "__main__":
    unittest.main()
