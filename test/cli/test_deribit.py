#!/usr/bin/env python3
# test_deribit.py: /api/v2 of a demonstration, method by method, and everything that must not get in.  SPDX-License-Identifier: Apache-2.0
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
PERPETUAL = "BTC-PERPETUAL"
KEYS = """# id secret signer account scope
reader  a-secret-of-the-reader  0 100 read
foreign a-secret-of-another-one 0 7   trade
"""
SOCKET_METHODS = {"public/subscribe", "public/unsubscribe", "public/unsubscribe_all", "public/set_heartbeat", "public/disable_heartbeat"}
SECRETS = {"demo": "demonstration-only", "reader": "a-secret-of-the-reader", "foreign": "a-secret-of-another-one"}


def now_ms():
    return int(time.time() * 1000)


def signature(secret, stamp, nonce, message):
    return hmac.new(secret.encode(), f"{stamp}\n{nonce}\n{message}".encode(), hashlib.sha256).hexdigest()


class Deribit(unittest.TestCase):
    nonce = 0

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        keys = pathlib.Path(folder.name) / "desks"
        keys.write_text(KEYS)
        cls.server = subprocess.Popen([BINARY, "serve", folder.name + "/demo", "--demo", "--accounts", "100", "--port", "0",
                                       "--desks", keys], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        cls.addClassCleanup(cls.end)
        cls.port = int(re.search(r":(\d+)/", cls.server.stdout.readline())[1])
        cls.methods = json.loads(cls.ask("GET", "/openapi.json")[1])["paths"]["/api/v2/{method}"]["get"]["parameters"][0]["schema"]["enum"]
        cls.wait(lambda: "result" in cls("call").private("get_account_summaries"))
        cls.wait(lambda: "mark_price" in cls("call").result("public/ticker", instrument_name=PERPETUAL))
        probe = cls("call")
        cls.wait(lambda: "result" in probe.private("buy", instrument_name=PERPETUAL, amount="0.01", price=probe.price(0.8)))
        probe.private("cancel_all")

    @classmethod
    def end(cls):
        cls.server.send_signal(signal.SIGTERM)
        cls.server.wait(timeout=30)
        cls.server.stdout.close()

    @staticmethod
    def wait(is_so):
        end = time.monotonic() + 40
        while not is_so():
            assert time.monotonic() < end

    @classmethod
    def ask(cls, method, path, body=None, **headers):
        told = []

        def is_heard():
            connection = http.client.HTTPConnection("127.0.0.1", cls.port, timeout=20)
            try:
                connection.request(method, path, body=body, headers=headers)
                answer = connection.getresponse()
                told[:] = answer.status, answer.read().decode()
            finally:
                connection.close()
            return told[0] != 429  # what was asked too soon is asked again, as a client would

        cls.wait(is_heard)
        return tuple(told)

    def call(self, method, header=None, **params):
        query = "?" + urllib.parse.urlencode(params, quote_via=urllib.parse.quote) if params else ""
        headers = {} if header is None else {"Authorization": header}
        return json.loads(self.ask("GET", f"/api/v2/{method}{query}", **headers)[1])

    def result(self, method, **params):
        answer = self.call(method, **params)
        self.assertIn("result", answer, answer)
        return answer["result"]

    def header(self, path, who="demo", verb="GET", body="", stamp=None, nonce=None, **changed):
        Deribit.nonce += 1
        said = {"id": who, "ts": now_ms() if stamp is None else stamp, "nonce": Deribit.nonce if nonce is None else nonce}
        said["sig"] = signature(SECRETS.get(who, "?"), said["ts"], said["nonce"], f"{verb}\n{path}\n{body}\n")
        said.update(changed)
        return "deri-hmac-sha256 " + ",".join(f"{name}={value}" for name, value in said.items())

    def private(self, method, who="demo", **params):
        query = "?" + urllib.parse.urlencode(params, quote_via=urllib.parse.quote) if params else ""
        return self.call("private/" + method, self.header(f"/api/v2/private/{method}{query}", who), **params)

    def post(self, method, params, header=None, **changed):
        body = json.dumps({"jsonrpc": "2.0", "id": 7, "method": method, "params": params, **changed})
        headers = {"Content-Type": "application/json", **({} if header is None else {"Authorization": header})}
        status, text = self.ask("POST", "/api/v2/" + method, body, **headers)
        return status, json.loads(text)

    def code(self, answer):
        self.assertIn("error", answer, answer)
        self.assertNotIn("result", answer)
        return answer["error"]["code"]

    def price(self, share):
        tick = self.result("public/ticker", instrument_name=PERPETUAL)
        return round(tick["mark_price"] * share)

    # --- What is answered -------------------------------------------------------------------------------------------

    def test_the_page_lists_every_method_and_no_other(self):
        told = set(re.findall(r"^\| `((?:public|private)/[a-z_/]+)`", (ROOT / "docs/deribit.md").read_text(), re.M))
        self.assertEqual(told, set(self.methods))

    def test_public_methods_answer_alike_by_get_and_by_post(self):
        params = {"public/get_index_price": {"index_name": "btc_usd"}, "public/ticker": {"instrument_name": PERPETUAL},
                  "public/get_instrument": {"instrument_name": PERPETUAL}, "public/get_order_book": {"instrument_name": PERPETUAL},
                  "public/get_book_summary_by_instrument": {"instrument_name": PERPETUAL}}
        for method in self.methods:
            if method.startswith("public/") and method != "public/auth" and method not in SOCKET_METHODS:
                with self.subTest(method=method):
                    got = self.call(method, **params.get(method, {}))
                    status, posted = self.post(method, params.get(method, {}))
                    self.assertEqual((status, posted["id"], posted["jsonrpc"]), (200, 7, "2.0"))
                    self.assertEqual(type(got["result"]), type(posted["result"]))
                    if isinstance(got["result"], dict):
                        self.assertEqual(got["result"].keys(), posted["result"].keys())

    def test_instruments_are_chosen_by_currency_and_kind(self):
        everything = self.result("public/get_instruments")
        futures = self.result("public/get_instruments", currency="BTC", kind="future")
        self.assertEqual([entry["instrument_name"] for entry in futures], [PERPETUAL])
        options = self.result("public/get_instruments", currency="ETH", kind="option")
        self.assertTrue(options and all(entry["instrument_name"].startswith("ETH-") for entry in options))
        self.assertGreater(len(everything), len(options) + 1)

    def test_an_option_tells_its_greeks(self):
        name = next(entry["instrument_name"] for entry in self.result("public/get_instruments", currency="BTC", kind="option")
                    if entry["option_type"] == "put")
        self.wait(lambda: "greeks" in self.result("public/ticker", instrument_name=name))
        ticker = self.result("public/ticker", instrument_name=name)
        self.assertTrue(-1 <= ticker["greeks"]["delta"] <= 0 and ticker["greeks"]["gamma"] >= 0)
        self.assertGreater(ticker["mark_iv"], 1)

    def test_an_order_rests_is_seen_and_is_taken_back(self):
        order = self.private("buy", instrument_name=PERPETUAL, amount="0.010", type="limit", price=self.price(0.8))["result"]["order"]
        self.assertEqual((order["order_state"], order["amount"], order["direction"]), ("open", 0.01, "buy"))
        seen = [entry["order_id"] for entry in self.private("get_open_orders", currency="BTC")["result"]]
        self.assertIn(order["order_id"], seen)
        self.assertEqual(self.private("get_order_state", order_id=order["order_id"])["result"]["order_state"], "open")
        self.assertEqual(self.private("cancel", order_id=order["order_id"])["result"]["order_state"], "cancelled")
        self.assertEqual(self.code(self.private("cancel", order_id=order["order_id"])), 10004)
        self.assertEqual(self.private("get_order_state", order_id=order["order_id"])["result"]["order_state"], "cancelled")

    def test_an_order_is_changed_and_stays_where_it_cannot_be(self):
        order = self.private("buy", instrument_name=PERPETUAL, amount=0.01, price=self.price(0.8))["result"]["order"]["order_id"]
        lower = self.price(0.7)
        changed = self.private("edit", order_id=order, amount=0.03, price=lower)["result"]["order"]
        self.assertEqual((changed["order_id"], changed["order_state"], changed["amount"], changed["price"]), (order, "open", 0.03, lower))
        self.assertEqual(self.private("edit", order_id=order, amount=0.02)["result"]["order"]["price"], lower)
        self.assertEqual(self.code(self.private("edit", order_id=order, amount=5000)), 10009)
        self.assertEqual(self.code(self.private("edit", order_id=order, price=lower + 0.0000001)), 11029)
        self.assertEqual(self.code(self.private("edit", order_id=order, amount=0)), 11029)
        self.assertEqual(self.code(self.private("edit", "foreign", order_id=order, amount=0.01)), 10004)
        self.assertEqual(self.code(self.private("edit", "reader", order_id=order, amount=0.01)), 13403)
        seen = [(each["order_id"], each["amount"]) for each in self.private("get_open_orders")["result"]]
        self.assertEqual(seen, [(order, 0.02)])
        self.private("edit", order_id=order, price=self.price(1.03))  # and now it fills
        self.wait(lambda: self.private("get_order_state", order_id=order)["result"]["order_state"] == "filled")
        self.assertEqual(self.code(self.private("edit", order_id=order, amount=0.05)), 10004)
        self.private("sell", instrument_name=PERPETUAL, amount=0.02, type="market")

    def test_an_order_at_market_is_filled_and_becomes_a_position(self):
        order = self.private("sell", instrument_name="ETH-PERPETUAL", amount=1, type="market")["result"]["order"]
        self.wait(lambda: self.private("get_order_state", order_id=order["order_id"])["result"]["order_state"] != "open")
        done = self.private("get_order_state", order_id=order["order_id"])["result"]
        self.assertEqual((done["order_state"], done["filled_amount"]), ("filled", 1))
        trades = self.private("get_user_trades_by_order", order_id=order["order_id"])["result"]
        self.assertEqual({(each["direction"], each["liquidity"], each["instrument_name"]) for each in trades}, {("sell", "T", "ETH-PERPETUAL")})
        self.assertAlmostEqual(sum(each["amount"] for each in trades), 1)
        self.assertAlmostEqual(sum(each["amount"] * each["price"] for each in trades), done["average_price"], places=6)
        position = self.private("get_position", instrument_name="ETH-PERPETUAL")["result"]
        self.assertEqual((position["direction"], position["size"]), ("sell", -1))
        self.assertGreater(position["maintenance_margin"], 0)
        self.assertEqual(position["average_price"], done["average_price"])
        listed = [entry["instrument_name"] for entry in self.private("get_positions", currency="ETH", kind="future")["result"]]
        self.assertEqual(listed, ["ETH-PERPETUAL"])
        summary = self.private("get_account_summary", currency="USD")["result"]
        self.assertGreater(summary["initial_margin"], 0)
        self.assertLess(summary["available_funds"], summary["equity"])

    def test_trades_are_told_to_whoever_made_them(self):
        order = self.private("buy", instrument_name="SOL-PERPETUAL", amount=1, type="market")["result"]["order"]
        self.wait(lambda: self.private("get_order_state", order_id=order["order_id"])["result"]["order_state"] == "filled")
        mine = self.private("get_user_trades_by_instrument", instrument_name="SOL-PERPETUAL", count=1000)["result"]
        self.assertFalse(mine["has_more"])
        self.assertEqual({each["order_id"] for each in mine["trades"]}, {order["order_id"]})
        stamps = [each["trade_seq"] for each in self.private("get_user_trades_by_currency", currency="any", sorting="asc")["result"]["trades"]]
        self.assertEqual(stamps, sorted(stamps))
        for method, params in (("get_user_trades_by_currency", {"currency": "BTC", "kind": "option"}),
                               ("get_user_trades_by_instrument_and_time", {"instrument_name": "SOL-PERPETUAL", "end_timestamp": 1})):
            self.assertEqual(self.private(method, **params)["result"], {"trades": [], "has_more": False})
        self.assertEqual(self.private("get_user_trades_by_instrument", "foreign", instrument_name="SOL-PERPETUAL")["result"]["trades"].count(mine["trades"][0]), 0)
        self.assertEqual(self.private("get_user_trades_by_order", "foreign", order_id=order["order_id"])["result"], [])
        for params, wanted in (({"count": 0}, -32602), ({"count": 1001}, -32602), ({"start_timestamp": "x"}, -32602)):
            self.assertEqual(self.code(self.private("get_user_trades_by_currency", currency="any", **params)), wanted)
        self.assertEqual(self.code(self.private("get_user_trades_by_order", order_id="x")), 10004)

    def test_what_the_account_cannot_bear_is_refused_before_it_is_booked(self):
        answer = self.private("buy", instrument_name=PERPETUAL, amount=5000, type="limit", price=self.price(1))
        self.assertEqual(self.code(answer), 10009)

    def test_a_portfolio_is_asked_about_without_being_held(self):
        wanted = {"simulated_positions": {PERPETUAL: 10}, "add_positions": False}
        token = self.result("public/auth", grant_type="client_credentials", client_id="demo", client_secret=SECRETS["demo"])
        for method in ("private/simulate_portfolio", "private/pme/simulate"):
            status, small = self.post(method, wanted, "Bearer " + token["access_token"])
            self.assertEqual(status, 200, small)
            large = self.post(method, {**wanted, "simulated_positions": {PERPETUAL: 20}}, "Bearer " + token["access_token"])[1]
            self.assertGreater(large["result"]["initial_margin"], small["result"]["initial_margin"] * 1.9)
        got = self.private("simulate_portfolio", simulated_positions=json.dumps({PERPETUAL: 10}), add_positions="false")
        self.assertEqual(got["result"]["health"], "healthy")

    def test_taking_everything_back_leaves_nothing_open(self):
        for share in (0.7, 0.75):
            self.assertIn("result", self.private("buy", instrument_name=PERPETUAL, amount=0.01, price=self.price(share)))
        self.assertGreaterEqual(self.private("cancel_all")["result"], 2)
        self.assertEqual(self.private("get_open_orders")["result"], [])

    # --- What is refused --------------------------------------------------------------------------------------------

    def test_orders_that_are_none(self):
        good = {"instrument_name": PERPETUAL, "amount": "0.01", "type": "limit", "price": self.price(0.8)}
        for change, wanted in (({"amount": 0}, 11029), ({"amount": -1}, 11029), ({"amount": "0.00001"}, 11029), ({"amount": "x"}, 11029),
                               ({"price": 0}, 11029), ({"price": "1.001"}, 11029), ({"price": "nan"}, 11029), ({"type": "stop_limit"}, 11029),
                               ({"time_in_force": "fill_or_kill"}, 11029), ({"instrument_name": "NONE"}, -32602), ({"amount": "1e99"}, 11029),
                               ({"price": self.price(1.2), "post_only": "true"}, 11054)):
            with self.subTest(change=change):
                self.assertEqual(self.code(self.private("buy", **{**good, **change})), wanted)
        self.assertEqual(self.code(self.private("cancel", order_id="BTC-999999999")), 10004)
        self.assertEqual(self.code(self.private("get_order_state", order_id="nonsense")), 10004)

    def test_a_request_that_is_sent_twice_is_taken_once(self):
        params = {"instrument_name": PERPETUAL, "amount": "0.01", "type": "limit", "price": self.price(0.8)}
        path = "/api/v2/private/buy?" + urllib.parse.urlencode(params, quote_via=urllib.parse.quote)
        header = self.header(path)
        self.assertIn("result", self.call("private/buy", header, **params))
        self.assertEqual(self.code(self.call("private/buy", header, **params)), 11050)
        self.private("cancel_all")

    def test_nobody_gets_in_by_a_signature_that_does_not_hold(self):
        path = "/api/v2/private/get_account_summaries"
        sound = self.header(path)
        forged = [self.header(path, who="nobody"), self.header(path, sig="0" * 64), self.header(path, sig=""), self.header(path, id="reader"),
                  self.header(path, stamp=now_ms() - 61000), self.header(path, stamp=now_ms() + 61000), self.header(path, ts="1e9"),
                  self.header(path, nonce=""), self.header(path, verb="POST"), self.header("/api/v2/private/get_positions"),
                  self.header(path, body="x"), sound.replace("deri-hmac-sha256", "deri-hmac-sha1"), "Bearer", "Bearer x.1.y",
                  "Bearer demo.99999999999999.", sound[:-1], sound.upper()]
        self.assertIn("result", self.call("private/get_account_summaries", sound))
        for header in forged:
            with self.subTest(header=header):
                status, text = self.ask("GET", path, Authorization=header)
                self.assertEqual(status, 401)
                self.assertIn(json.loads(text)["error"]["code"], (13004, 13009))
        self.assertEqual(self.ask("GET", path)[0], 401)
        for grant in ({"client_id": "demo", "client_secret": "wrong"}, {"client_id": "nobody", "client_secret": ""}, {}):
            self.assertEqual(self.code(self.call("public/auth", grant_type="client_credentials", **grant)), 13004)

    def test_a_token_is_got_by_secret_or_by_signature_and_is_the_keys(self):
        stamp = now_ms()
        signed = self.result("public/auth", grant_type="client_signature", client_id="reader", timestamp=stamp, nonce="n", data="",
                             signature=signature(SECRETS["reader"], stamp, "n", ""))
        status, answer = self.post("private/get_account_summaries", {}, "Bearer " + signed["access_token"])
        self.assertEqual((status, answer["result"]["username"]), (200, "reader"))
        changed = signed["access_token"].replace("reader", "demo")
        self.assertEqual(self.post("private/get_account_summaries", {}, "Bearer " + changed)[0], 401)

    def test_a_key_that_only_reads_trades_nothing_and_nobody_sees_anothers_orders(self):
        order = self.private("buy", instrument_name=PERPETUAL, amount=0.01, price=self.price(0.8))["result"]["order"]
        refused = self.private("buy", "reader", instrument_name=PERPETUAL, amount=0.01, price=self.price(0.8))
        self.assertEqual(self.code(refused), 13403)
        self.assertEqual(self.code(self.private("cancel", "reader", order_id=order["order_id"])), 13403)
        self.assertEqual(self.code(self.private("cancel", "foreign", order_id=order["order_id"])), 10004)
        self.assertEqual(self.code(self.private("get_order_state", "foreign", order_id=order["order_id"])), 10004)
        self.assertNotIn(order["order_id"], [entry["order_id"] for entry in self.private("get_open_orders", "foreign")["result"]])
        self.private("cancel_all")

    def test_a_key_that_asks_too_much_waits_and_no_other_does(self):
        token = {who: self.result("public/auth", grant_type="client_credentials", client_id=who, client_secret=SECRETS[who])["access_token"]
                 for who in ("reader", "foreign")}
        head = "GET /api/v2/private/simulate_portfolio HTTP/1.1\r\n" + f"Host: 127.0.0.1:{self.port}\r\nAuthorization: Bearer {token['reader']}\r\n"
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as link:
            link.sendall(f"{head}\r\n".encode() * 299 + f"{head}Connection: close\r\n\r\n".encode())
            answers = b""
            while chunk := link.recv(65536):
                answers += chunk
                if b" 429 " in chunk:
                    status, _ = self.post("private/get_positions", {}, "Bearer " + token["foreign"])
                    self.assertEqual(status, 200)
        self.assertEqual(len(re.findall(rb"HTTP/1.1 (200|429) ", answers)), 300)
        self.assertIn(b'"code":10028', answers)
        self.assertIn(b"HTTP/1.1 200 ", answers)

    def test_what_is_no_request_is_answered_as_the_protocol_says(self):
        bodies = {b"": -32700, b"{": -32700, b"[]": -32600, b"1": -32600, b"null": -32600, b"{}": -32600,
                  b'{"jsonrpc":"1.0","method":"public/test","params":{}}': -32600, b'{"jsonrpc":"2.0","method":5}': -32600,
                  b'{"jsonrpc":"2.0","method":"public/test","id":[1]}': -32600, b'{"jsonrpc":"2.0","method":"public/ticker"}': -32600,
                  b'{"jsonrpc":"2.0","method":"public/test","params":[1]}': -32602,
                  b'{"jsonrpc":"2.0","method":"public/test","method":"public/test"}': -32700,
                  b'{"jsonrpc":"2.0","method":"public/test","params":{' + b",".join(b'"p%d":1' % i for i in range(33)) + b"}}": -32602}
        for body, wanted in bodies.items():
            with self.subTest(body=body):
                status, text = self.ask("POST", "/api/v2/public/test", body)
                self.assertEqual((status, json.loads(text)["error"]["code"]), (400, wanted))
        for path, wanted in (("none", -32601), ("public/none", -32601), ("public/test?x", -32602), ("public/test?a=1&a=2", -32602)):
            with self.subTest(path=path):
                self.assertEqual(json.loads(self.ask("GET", "/api/v2/" + path)[1])["error"]["code"], wanted)
        self.assertEqual(self.ask("DELETE", "/api/v2/public/test")[0] // 100, 4)

    def test_keys_that_are_none_stop_the_start(self):
        with tempfile.TemporaryDirectory() as folder:
            keys = pathlib.Path(folder) / "desks"
            for text, part in (("short secret 0 1 read\n", ":1: a secret has 16"), ("\n\na-b 0123456789abcdef 0\n", ":3: behind the secret"),
                               ("x 0123456789abcdef 0 1 admin\n", "read or trade"), ("a,b 0123456789abcdef 0 1 read\n", "an id holds none"),
                               ("a 0123456789abcdef 0 1 read\n" * 2, ":2: the id is used"), ("a 0123456789abcdef -1 1 read\n", "two numbers")):
                keys.write_text(text)
                done = subprocess.run([BINARY, "serve", folder + "/demo", "--demo", "--port", "0", "--desks", keys], capture_output=True,
                                      text=True, cwd=ROOT, timeout=30)
                with self.subTest(text=text):
                    self.assertNotEqual(done.returncode, 0)
                    self.assertIn(part, done.stderr)
                    self.assertNotIn("0123456789abcdef", done.stderr)


if __name__ == "__main__":
    unittest.main()
