#!/usr/bin/env python3
# test_deribit_access.py: every method of /api/v2 by everybody, by GET, POST and WebSocket, and somebody else's account. SPDX-License-Identifier: Apache-2.0
import json
import unittest

import test_deribit
import test_deribit_socket
from test_deribit import PERPETUAL, SECRETS

CREDENTIALS, UNAUTHORIZED, FORBIDDEN, UNKNOWN, RATE = 13004, 13009, 13403, 10004, 10028
ROLES = {None: set(), "reader": {"read"}, "foreign": {"read", "trade"}, "demo": {"read", "trade"}}  # test_deribit.KEYS; the reader's account is demo's


class Line(test_deribit_socket.Line):
    """What was asked too soon is asked again, as a client would: a fast machine goes through the table in less than a second."""

    def call(self, method, **params):
        told = []

        def is_heard():
            told[:] = [test_deribit_socket.Line.call(self, method, **params)]
            return told[0].get("error", {}).get("code") != RATE

        test_deribit.Deribit.wait(is_heard)
        return told[0]


class Access(test_deribit.Deribit):
    """The table of methods is the server's own, from /openapi.json."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = json.loads(cls.ask("GET", "/openapi.json")[1])["paths"]["/api/v2/{method}"]["get"]["x-methods"]
        cls.tokens = {who: cls("call").result("public/auth", grant_type="client_credentials", client_id=who, client_secret=SECRETS[who])["access_token"]
                      for who in ROLES if who is not None}

    def wanted(self, method, who):
        access = self.rules[method]["access"]
        if access == "open" or access in ROLES[who]:
            return None
        return UNAUTHORIZED if who is None else FORBIDDEN

    def params(self, method, order):
        """Enough for most methods to get as far as the account."""
        said = {"instrument_name": PERPETUAL, "currency": "USD", "index_name": "btc_usd", "interval": "60", "order_id": order}
        if method.endswith(("buy", "sell")):
            return {"instrument_name": PERPETUAL, "amount": "0"}  # reaches the check of the order and is none
        if method.endswith("simulate_portfolio") or method.endswith("pme/simulate"):
            return {"simulated_positions": {PERPETUAL: 1}, "add_positions": False}
        channel = "user.portfolio.usd" if method.startswith("private/") else f"ticker.{PERPETUAL}.100ms"
        return {"channels": [channel]} if "subscribe" in method else said

    def order_of_demo(self):
        order = self.private("buy", instrument_name=PERPETUAL, amount="0.013", type="limit", price=self.price(0.77))["result"]["order"]
        self.addCleanup(self.private, "cancel_all")
        return order["order_id"]

    def line(self, who):
        line = Line(self.port)
        self.addCleanup(line.link.close)
        self.assertEqual(line.status, 101)
        if who is not None:
            self.assertIn("result", line.sign_in(who)[0])
        return line

    def judge(self, method, who, way, answer):
        with self.subTest(method=method, who=who, way=way, answer=str(answer)[:200]):
            code = answer.get("error", {}).get("code")
            if method != "public/auth":  # which is how one becomes somebody
                wanted = self.wanted(method, who)
                self.assertEqual(code if code in (CREDENTIALS, UNAUTHORIZED, FORBIDDEN) else None, wanted)

    def test_every_method_by_everybody_in_every_way(self):
        order = self.order_of_demo()
        count = 0
        for who in ROLES:
            line = self.line(who)
            header = None if who is None else "Bearer " + self.tokens[who]
            for method in self.methods:
                if who == "demo" and "cancel" in method:
                    continue  # its own order is to stay
                params = self.params(method, order)
                answers = {"POST": self.post(method, params, header)[1],
                           "GET": self.call(method, header, **{name: json.dumps(value) if not isinstance(value, str) else value
                                                               for name, value in params.items()}),
                           "WebSocket": line.call(method, **params)}
                for way, answer in answers.items():
                    self.judge(method, who, way, answer)
                    if who in (None, "foreign") and method.startswith("private/"):
                        told = {key: value for key, value in answer.items() if key != "id"}
                        self.assertNotIn(order, json.dumps(told), f"{method} tells {who} of somebody else's order")
                    count += 1
        self.assertGreaterEqual(count, 3 * (len(ROLES) * len(self.methods) - 2))
        self.assertEqual(self.private("get_order_state", order_id=order)["result"]["order_state"], "open")

    def test_nobody_else_touches_or_sees_an_order(self):
        order = self.order_of_demo()
        for method, rule in self.rules.items():
            if "order_id" not in rule["summary"] and not method.endswith("cancel"):
                continue
            got = self.private(method.removeprefix("private/"), "foreign", order_id=order)
            with self.subTest(method=method, got=got):
                self.assertTrue(got.get("result") == [] or self.code(got) == UNKNOWN)
        self.assertEqual(self.private("cancel_all", "foreign")["result"], 0)
        self.assertEqual(self.private("get_order_state", order_id=order)["result"]["order_state"], "open")

    def test_an_account_in_the_parameters_changes_nothing(self):
        """Whose account it is the key says; what else is said does not count."""
        mine = self.private("get_account_summaries", "foreign")["result"]
        for name, value in (("subaccount_id", "100"), ("account", "100"), ("account_id", "100"), ("username", "demo"), ("signer", "0"),
                            ("client_id", "demo")):
            with self.subTest(name=name):
                told = self.private("get_account_summaries", "foreign", **{name: value})["result"]
                self.assertEqual((told["username"], told["id"]), (mine["username"], mine["id"]))

    def test_a_line_is_nobodys_whatever_its_request_carried(self):
        for header in ("Bearer " + self.tokens["demo"], self.header("/ws/api/v2")):
            line = Line(self.port, Authorization=header)
            self.addCleanup(line.link.close)
            self.assertEqual(line.status, 101)
            self.assertEqual(self.code(line.call("private/get_positions", currency="BTC")), UNAUTHORIZED)

    def test_a_line_that_signs_in_anew_is_that_keys(self):
        line = self.line("demo")
        self.assertEqual(line.call("private/get_account_summaries")["result"]["username"], "demo")
        self.assertEqual(self.code(line.sign_in("reader", signature="0" * 64)[0]), CREDENTIALS)
        self.assertIn("result", line.sign_in("reader")[0])
        self.assertEqual(line.call("private/get_account_summaries")["result"]["username"], "reader")
        self.assertEqual(self.code(line.call("private/cancel_all")), FORBIDDEN)


# What is inherited is not a test of this file.
for name in [name for name in dir(test_deribit.Deribit) if name.startswith("test_")]:
    setattr(Access, name, None)

if __name__ == "__main__":
    unittest.main()
