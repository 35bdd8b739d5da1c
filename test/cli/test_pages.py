#!/usr/bin/env python3
# test_pages.py: plimsoll serve --demo answers, lets nobody else ask, and goes on where it was.   SPDX-License-Identifier: Apache-2.0
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))


class Venue:
    def __init__(self, directory, *words):
        self.process = subprocess.Popen([BINARY, "serve", directory, "--demo", "--accounts", "100", "--port", "0", *words],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", line).group(1))

    def ask(self, path, method="GET", body=None, **headers):
        """Again where a second's allowance is used: this test asks faster than any page."""
        end = time.monotonic() + 20
        while True:
            answer, content = self.ask_once(path, method, body, **headers)
            if answer.status != 429 or time.monotonic() > end:
                return answer, content

    def ask_once(self, path, method, body, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content

    def json(self, path):
        answer, content = self.ask(path)
        assert answer.status == 200, (path, answer.status, content)
        return json.loads(content)

    def wait(self, path, is_true):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            value = self.json(path)
            if is_true(value):
                return value
        raise AssertionError(f"{path}: {str(value)[:300]}")

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.venue = Venue(cls.directory.name + "/demo")
        cls.venue.wait("/v1/status", lambda seen: seen["is_open"])
        cls.venue.wait("/v1/accounts", lambda seen: len(seen["rows"]) == 101 and sum(row[2] > 0 for row in seen["rows"]) > 60)

    @classmethod
    def tearDownClass(cls):
        before = cls.venue.json("/v1/status")
        code, errors = cls.venue.end()
        assert (code, errors) == (0, ""), (code, errors)
        again = Venue(cls.directory.name + "/demo")
        after = again.json("/v1/status")
        code, errors = again.end(signal.SIGTERM)
        cls.directory.cleanup()
        assert (code, errors) == (0, ""), (code, errors)
        assert int(after["sequence"]) >= int(before["sequence"]) and after["is_open"], (before, after)

    def test_every_page_is_there_and_says_what_may_be_loaded(self):
        files = [path for path in (ROOT / "web").rglob("*") if path.suffix in (".html", ".js", ".css", ".svg")]
        self.assertGreater(len(files), 8)
        for path in files:
            answer, content = self.venue.ask("/" + str(path.relative_to(ROOT / "web")))
            self.assertEqual((answer.status, content), (200, path.read_bytes()), path)
            self.assertIn("default-src 'self'", answer.headers["content-security-policy"])
            self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
            same, nothing = self.venue.ask("/" + str(path.relative_to(ROOT / "web")), If_None_Match=answer.headers["etag"])
            self.assertEqual((same.status, nothing), (304, b""))
        self.assertEqual(self.venue.ask("/")[1], (ROOT / "web/index.html").read_bytes())
        packed, content = self.venue.ask("/app.js", Accept_Encoding="gzip")
        self.assertEqual((packed.headers["content-encoding"], content[:2]), ("gzip", b"\x1f\x8b"))
        self.assertEqual(self.venue.ask("/nothing.js")[0].status, 404)
        self.assertEqual(self.venue.ask("/../run")[0].status, 400)

    def test_vendored_files_are_what_was_taken(self):
        folder = ROOT / "web/vendor"
        subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
        listed = {line.split()[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
        self.assertEqual(listed, {path.name for path in folder.iterdir() if path.suffix in (".js", ".css")})

    def test_an_account_holds_what_its_reason_adds_up_to(self):
        row = self.venue.json("/v1/accounts")["rows"][0]
        seen = self.venue.json(f"/v1/accounts/{row[0]}")
        micros = lambda text: round(float(text) * 1e6)
        part = seen["maintenance_reason"]
        total = micros(part["core"]) + sum(micros(value) for value in part["charges"].values())
        # What the drift of the risk arrays adds stands in no line of the reason.
        self.assertLessEqual(total, micros(seen["maintenance"]) + 1)
        self.assertGreaterEqual(total, 0.98 * micros(seen["maintenance"]) - 1)
        after = self.venue.json(f"/v1/accounts/{row[0]}/what-if?instrument=0&lots=5")
        self.assertNotEqual(after["equity_initial"], "")
        # A move of nothing is no question; one of everything to a tenth leaves no long its equity, and a trade joins it.
        self.assertEqual(self.venue.ask(f"/v1/accounts/{row[0]}/what-if?price=0")[0].status, 400)
        moved = self.venue.json(f"/v1/accounts/{row[0]}/what-if?price=-0.3&volatility=0.5")
        both = self.venue.json(f"/v1/accounts/{row[0]}/what-if?price=-0.3&volatility=0.5&instrument=0&lots=5")
        self.assertNotEqual((moved["equity_initial"], moved["initial"]), (seen["equity_initial"], seen["initial"]))
        self.assertNotEqual(moved["initial"], both["initial"])
        grid = self.venue.json(f"/v1/accounts/{row[0]}/grid")["cells"]
        self.assertEqual([cell[2] for cell in grid if cell[0] == 0 and cell[1] == 0], [0])
        for found in self.venue.json(f"/v1/accounts/{row[0]}/triggers")["underlyings"]:
            for near, far, sign in (("call_below", "liquidation_below", 1), ("call_above", "liquidation_above", -1)):
                if found[near] and found[far]:  # a call comes no later than a liquidation, and neither on the other side of the price
                    self.assertGreaterEqual(sign * micros(found["price"]), sign * micros(found[near]))
                    self.assertGreaterEqual(sign * micros(found[near]), sign * micros(found[far]))
        self.assertEqual(self.venue.ask("/v1/accounts/99999999/triggers")[0].status, 404)

    def test_a_stress_of_nothing_changes_nobody(self):
        seen = self.venue.json("/v1/stress?price=0&volatility=0&depth=1")
        self.assertEqual(sum(seen["before"].values()), sum(seen["after"].values()))
        fallen = self.venue.json("/v1/stress?price=-0.5&volatility=1&depth=0.1")
        self.assertLess(fallen["after"]["healthy"], seen["after"]["healthy"])
        self.assertEqual(self.venue.ask("/v1/stress?price=-5")[0].status, 400)
        # One underlying alone takes fewer down than all of them.
        alone = self.venue.json("/v1/stress?price=-0.5&volatility=1&depth=0.1&underlying=1")
        self.assertGreater(alone["after"]["healthy"], fallen["after"]["healthy"])
        self.assertEqual(self.venue.ask("/v1/stress?price=0&underlying=-1")[0].status, 400)

    def test_markets_have_sources_surfaces_and_a_book(self):
        for one in self.venue.json("/v1/markets")["underlyings"]:
            self.assertEqual((one["state"], len(one["sources"]), len(one["surface"])), ("valid", 4, 3))
            self.assertGreater(len(one["book"]["bids"]), 3)

    def test_nobody_else_may_ask(self):
        for headers in ({"Host": "evil.example"}, {"Host": f"evil.example:{self.venue.port}"},
                        {"Host": f"127.0.0.1:{self.venue.port}", "Origin": "http://evil.example"}):
            for path in ("/", "/v1/accounts", "/v1/status"):
                self.assertEqual(self.venue.ask(path, **headers)[0].status, 403, headers)

    def test_what_is_not_allowed_is_refused(self):
        for method, path, body, headers, status in (
                ("GET", "/v1/nothing", None, {}, 404), ("GET", "/v1/demo/crash", None, {}, 405),
                ("POST", "/v1/accounts", "{}", {"Content_Type": "application/json"}, 405),
                ("POST", "/v1/demo/crash", "x=1", {"Content_Type": "application/x-www-form-urlencoded"}, 403),
                ("GET", "/v1/accounts/99999", None, {}, 404), ("GET", "/v1/accounts/1x", None, {}, 404),
                ("GET", "/v1/accounts/1/what-if?instrument=0", None, {}, 400),
                ("GET", "/v1/accounts/1/what-if?instrument=0&lots=1e3", None, {}, 400),
                ("GET", "/v1/accounts/1/what-if?instrument=4294967296&lots=1", None, {}, 400)):
            self.assertEqual(self.venue.ask(path, method, body, **headers)[0].status, status, (method, path))
        with self.assertRaises((http.client.HTTPException, OSError)):
            answer, _ = self.venue.ask("/v1/demo/crash", "POST", b" " * 100000, Content_Type="application/json")
            raise OSError(answer.status)
        self.assertTrue(self.venue.json("/v1/status")["is_open"])

    def test_charts_have_a_past(self):
        seen = self.venue.wait("/v1/trail", lambda seen: len(seen["seconds"]) > 1)
        self.assertEqual([line["name"] for line in seen["underlyings"]], ["BTC", "ETH", "SOL"])
        for line in (seen["underlyings"][0]["price"], seen["underlyings"][2]["mark"], seen["insurance"], seen["bad_debt"]):
            self.assertEqual(len(line), len(seen["seconds"]))
        seconds = [float(text) for text in seen["seconds"]]
        self.assertTrue(all(later - before >= 2.5 for before, later in zip(seconds, seconds[1:])), seconds)
        account = self.venue.json("/v1/accounts/20/trail")
        self.assertEqual({len(line) for line in account.values()}, {len(account["seconds"])})
        self.assertAlmostEqual(account["equity"][-1], float(self.venue.json("/v1/accounts/20")["equity_maintenance"]), delta=account["equity"][-1] / 5)
        self.assertEqual(self.venue.ask("/v1/accounts/99999/trail")[0].status, 404)

    def test_records_stand_with_their_changes(self):
        seen = self.venue.wait("/v1/parameters", lambda seen: seen["is_whole"])
        records = {(one["record"], one["subject"]): one for one in seen["records"]}
        self.assertEqual(records["liquidation", ""]["version"], 2)
        call = {field["path"]: field for field in records["liquidation", ""]["fields"]}["call_ns"]
        self.assertEqual((call["unit"], call["value"], call["standard"]), ("seconds", "600", "3600"))
        change = next(one for one in seen["changes"] if one["record"] == "liquidation")
        self.assertIn({"path": "call_ns", "unit": "seconds", "before": "3600", "after": "600"}, change["fields"])
        self.assertEqual((change["signer"], change["version"]), (0, 2))
        self.assertEqual(len(seen["changes"]), 8)

    def test_the_tape_and_the_funds_are_read(self):
        self.assertEqual(self.venue.json("/v1/auctions")["count"], len(self.venue.json("/v1/auctions")["auctions"]))
        usd = self.venue.json("/v1/funds")["assets"][0]
        self.assertEqual((float(usd["insurance"]), float(usd["since_start"]["paid_in"])), (5e6, 5e6))
        self.assertGreaterEqual(int(self.venue.json("/v1/tape")["count"]), 0)
        self.assertEqual([asset["name"] for asset in self.venue.json("/v1/funds")["assets"]], ["USD", "BTC", "ETH"])


class Replay(unittest.TestCase):
    def test_a_history_goes_on_where_the_last_run_of_it_ended(self):
        history = [str(ROOT / "examples/history/BTC.csv"), str(ROOT / "examples/history/ETH.csv")]
        with tempfile.TemporaryDirectory() as directory:
            shares = []
            for name in (history[0], history[0], history[1]):
                venue = Venue(directory + "/demo", "--replay", name, "--speed", "3600")
                begun = venue.json("/v1/status")["replay"]["share"]
                seen = venue.wait("/v1/status", lambda seen: seen["is_open"] and seen["replay"]["share"] > begun)["replay"]
                self.assertEqual((seen["bars"], seen["is_over"]), (400, False))
                self.assertEqual(venue.end(), (0, ""))
                shares.append((begun, seen["share"]))
        self.assertEqual(shares[0][0], 0)
        self.assertGreaterEqual(shares[1][0], shares[0][1])
        self.assertEqual(shares[2][0], 0)

    def test_a_history_begins_where_it_is_told(self):
        history = str(ROOT / "examples/history/BTC.csv")
        with tempfile.TemporaryDirectory() as directory:
            venue = Venue(directory + "/demo", "--replay", history, "--replay-from", "2025-12-31", "--speed", "1")
            seen = venue.json("/v1/status")["replay"]
            self.assertEqual(venue.end(), (0, ""))
            self.assertEqual(seen["time"][:10], "2025-12-31")
            for wrong in ("1999-01-01", "yesterday", "2025-12-31T00:00:00Z" * 3):
                answer = subprocess.run([BINARY, "serve", directory + "/demo", "--demo", "--replay", history, "--replay-from", wrong],
                                        capture_output=True, text=True)
                self.assertEqual((answer.returncode, answer.stdout), (2, ""), wrong)


if __name__ == "__main__":
    unittest.main()
