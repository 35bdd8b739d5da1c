#!/usr/bin/env python3
# test_deribit_socket.py: /ws/api/v2 of a demonstration: calls, channels, and what gets nobody in.     SPDX-License-Identifier: Apache-2.0
import base64
import json
import os
import socket
import struct
import time
import unittest

import test_deribit
from test_deribit import PERPETUAL, SECRETS, now_ms, signature

OTHER = "ETH-PERPETUAL"


class Line:
    """One WebSocket; what comes in unasked is kept until it is looked for."""

    def __init__(self, port, path="/ws/api/v2", **headers):
        self.link = socket.create_connection(("127.0.0.1", port), timeout=20)
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                 "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode()]
        self.link.sendall("\r\n".join(lines + [f"{name}: {value}" for name, value in headers.items()] + ["", ""]).encode())
        self.bytes, self.told, self.count = b"", [], 0
        head, _, self.bytes = self.until(lambda: b"\r\n\r\n" in self.bytes).partition(b"\r\n\r\n")
        self.status = int(head.split()[1])

    def until(self, is_whole):
        while not is_whole():
            chunk = self.link.recv(65536)
            if not chunk:
                raise ConnectionError
            self.bytes += chunk
        return self.bytes

    def send(self, text):
        data, mask = text.encode(), os.urandom(4)
        size = bytes([0x80 | len(data)]) if len(data) < 126 else struct.pack(">BH", 0xFE, len(data))
        self.link.sendall(b"\x81" + size + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))

    def read(self):
        """The next message; None: the server says good-bye."""
        self.until(lambda: len(self.bytes) >= 2)
        code, size, at = self.bytes[0] & 15, self.bytes[1], 2
        if size > 125:
            at = 4 if size == 126 else 10
            self.until(lambda: len(self.bytes) >= at)
            size = int.from_bytes(self.bytes[2:at], "big")
        self.until(lambda: len(self.bytes) >= at + size)
        text, self.bytes = self.bytes[at:at + size], self.bytes[at + size:]
        return None if code == 8 else json.loads(text)

    def ask(self, text):
        self.send(text)
        while (message := self.read()) is not None and "method" in message:
            self.told.append(message)
        return message

    def call(self, method, **params):
        self.count += 1
        answer = self.ask(json.dumps({"jsonrpc": "2.0", "id": self.count, "method": method, "params": params}))
        assert answer["id"] == self.count, answer
        return answer

    def hear(self, channel):
        """The next news of a channel."""
        while True:
            for i, message in enumerate(self.told):
                if message["params"]["channel"] == channel:
                    return self.told.pop(i)["params"]["data"]
            self.told.append(self.read())

    def sign_in(self, who="demo", **changed):
        said = {"grant_type": "client_signature", "client_id": who, "timestamp": now_ms(), "nonce": os.urandom(6).hex(), "data": ""}
        said["signature"] = signature(SECRETS[who], said["timestamp"], said["nonce"], "")
        said.update(changed)
        return self.call("public/auth", **said), said


class Sockets(test_deribit.Deribit):
    def line(self, **headers):
        line = Line(self.port, **headers)
        self.addCleanup(line.link.close)
        self.assertEqual(line.status, 101)
        return line

    def trader(self, who="demo"):
        line = self.line()
        self.assertIn("result", line.sign_in(who)[0])
        return line

    # --- Calls ------------------------------------------------------------------------------------------------------

    def test_methods_answer_as_over_http(self):
        line = self.line()
        params = {"public/get_index_price": {"index_name": "btc_usd"}, "public/ticker": {"instrument_name": PERPETUAL},
                  "public/get_instrument": {"instrument_name": PERPETUAL}, "public/get_order_book": {"instrument_name": PERPETUAL},
                  "public/get_book_summary_by_instrument": {"instrument_name": PERPETUAL}, "public/set_heartbeat": {"interval": 30},
                  "public/subscribe": {"channels": ["ticker.BTC-PERPETUAL.100ms"]}, "public/unsubscribe": {"channels": ["none"]}}
        for method in self.methods:
            with self.subTest(method=method):
                if method.startswith("private/"):
                    self.assertEqual(self.code(line.call(method)), 13009)
                elif method != "public/auth":
                    self.assertIn("result", line.call(method, **params.get(method, {})))

    def test_a_line_that_has_signed_in_trades(self):
        line = self.trader()
        order = line.call("private/buy", instrument_name=PERPETUAL, amount=0.01, type="limit", price=self.price(0.8))["result"]["order"]
        self.assertEqual(order["order_state"], "open")
        self.assertEqual(line.call("private/cancel", order_id=order["order_id"])["result"]["order_state"], "cancelled")
        self.assertEqual(line.call("private/get_account_summaries")["result"]["username"], "demo")

    def test_what_is_no_call_is_answered_and_the_line_stays(self):
        line = self.line()
        for text, wanted in (("", -32700), ("{", -32700), ("[]", -32600), ("null", -32600), ('{"jsonrpc":"2.0"}', -32600),
                             ('{"jsonrpc":"2.0","method":"public/none"}', -32601), ('{"jsonrpc":"2.0","method":"public/test","params":[]}', -32602),
                             ('{"jsonrpc":"2.0","method":"public/subscribe","params":{"channels":"x"}}', -32602),
                             ('{"jsonrpc":"2.0","method":"public/subscribe","params":{"channels":[1]}}', -32602),
                             ('{"jsonrpc":"2.0","method":"public/unsubscribe","params":{}}', -32602),
                             ('{"jsonrpc":"2.0","method":"public/set_heartbeat","params":{"interval":9}}', -32602)):
            with self.subTest(text=text):
                self.assertEqual(self.code(line.ask(text)), wanted)
        self.assertIn("result", line.call("public/test"))

    def test_who_calls_too_often_is_told_so(self):
        line = self.line()
        codes = [line.call("public/test").get("error", {}).get("code")]
        for _ in range(40):
            for _ in range(25):
                line.send('{"jsonrpc":"2.0","method":"public/test"}')
            codes += [line.read().get("error", {}).get("code") for _ in range(25)]
            if 10028 in codes:
                break
        self.assertEqual(set(codes), {None, 10028})

    # --- Channels ---------------------------------------------------------------------------------------------------

    def test_prices_are_told_as_they_change(self):
        line = self.line()
        names = [f"ticker.{PERPETUAL}.100ms", f"quote.{PERPETUAL}", "ticker.NONE.100ms", "nonsense", "ticker", "book.BTC-PERPETUAL.1h"]
        self.assertEqual(line.call("public/subscribe", channels=names)["result"], names[:2])
        first, second = line.hear(names[0]), line.hear(names[0])
        self.assertLess(first["timestamp"], second["timestamp"])
        self.assertEqual(first.keys(), self.result("public/ticker", instrument_name=PERPETUAL).keys())
        quote = line.hear(names[1])
        self.assertLess(quote["best_bid_price"], quote["best_ask_price"])
        self.assertEqual(line.call("public/unsubscribe", channels=names[:1])["result"], names[:1])
        self.assertEqual(line.call("public/unsubscribe_all")["result"], "ok")
        line.told.clear()
        self.assertIn("result", line.call("public/test"))
        self.assertEqual(line.told, [])

    def test_a_book_is_told_once_and_then_its_changes(self):
        line = self.line()
        channel, levels = f"book.{PERPETUAL}.100ms", f"book.{OTHER}.none.5.100ms"
        line.call("public/subscribe", channels=[channel, levels])
        sides, last = {"bids": {}, "asks": {}}, None
        for turn in range(6):
            data = line.hear(channel)
            self.assertEqual((data["type"], data.get("prev_change_id")), ("change", last) if turn else ("snapshot", None))
            last = data["change_id"]
            for side, book in sides.items():
                for action, price, amount in data[side]:
                    self.assertEqual(action == "new", price not in book)
                    self.assertEqual(action == "delete", amount == 0)
                    if action == "delete":
                        del book[price]
                    else:
                        book[price] = amount
            self.assertLess(max(sides["bids"]), min(sides["asks"]))
        whole = line.hear(levels)
        self.assertEqual([len(whole["bids"]), len(whole["asks"])], [5, 5])
        self.assertEqual(whole["bids"], sorted(whole["bids"], reverse=True))

    def test_an_order_is_told_from_its_first_day_to_its_last(self):
        line = self.trader()
        raw, listed = "user.orders.any.any.raw", f"user.orders.{PERPETUAL}.100ms"
        names = [raw, listed, "user.orders.option.any.raw", "user.trades.any.any.raw"]
        self.assertEqual(line.call("private/subscribe", channels=names)["result"], names)
        order = line.call("private/buy", instrument_name=PERPETUAL, amount=0.01, type="limit", price=self.price(0.8))["result"]["order"]
        told = line.hear(raw)
        self.assertEqual((told["order_id"], told["order_state"]), (order["order_id"], "open"))
        line.call("private/cancel", order_id=order["order_id"])
        self.assertEqual(line.hear(raw)["order_state"], "cancelled")
        self.assertEqual(line.hear(listed)[0]["order_id"], order["order_id"])
        taken = line.call("private/buy", instrument_name=PERPETUAL, amount=0.02, type="market")["result"]["order"]
        while (told := line.hear(raw))["order_state"] == "open":
            pass
        self.assertEqual((told["order_id"], told["order_state"], told["filled_amount"]), (taken["order_id"], "filled", 0.02))
        self.assertEqual({each["order_id"] for each in line.hear(names[3])}, {taken["order_id"]})
        self.assertFalse([each for each in line.told if each["params"]["channel"] == names[2]])

    def test_funds_are_told_to_their_owner(self):
        line, reader = self.trader(), self.trader("foreign")
        channel = "user.portfolio.usd"
        for each in (line, reader):
            self.assertEqual(each.call("private/subscribe", channels=[channel, "user.portfolio.none"])["result"], [channel])
        for name in ("user", "user.", "user.trades", "user.orders.any", "user.a.b.c.d.e.f"):  # parts are missing, or too many
            self.assertEqual(reader.call("private/subscribe", channels=[name])["result"], [])
        mine, other = line.hear(channel), reader.hear(channel)
        self.assertEqual((mine["currency"], other["currency"]), ("USD", "USD"))
        self.assertNotEqual(mine["balance"], other["balance"])
        self.assertGreater(mine["available_funds"], 0)

    # --- What is refused --------------------------------------------------------------------------------------------

    def test_nobody_gets_in_and_nothing_of_an_account_is_told_to_him(self):
        line = self.line()
        for changed in ({"signature": "0" * 64}, {"nonce": "x"}, {"timestamp": now_ms() - 61000}, {"client_id": "reader"}, {"data": "x"}):
            with self.subTest(changed=changed):
                self.assertEqual(self.code(line.sign_in(**changed)[0]), 13004)
        self.assertEqual(self.code(line.call("private/subscribe", channels=["user.portfolio.usd"])), 13009)
        self.assertEqual(self.code(line.call("public/subscribe", channels=["user.portfolio.usd"])), 13009)
        self.assertEqual(self.code(line.call("public/subscribe", channels=[f"ticker.{PERPETUAL}.raw"])), 13009)
        self.assertEqual(self.code(line.call("private/get_account_summaries")), 13009)
        self.assertEqual(self.code(self.trader("reader").call("private/buy", instrument_name=PERPETUAL, amount=1, type="market")), 13403)

    def test_a_signature_opens_one_line_and_no_second_one(self):
        line = self.line()
        answer, said = line.sign_in()
        self.assertIn("result", answer)
        self.assertEqual(self.code(self.line().call("public/auth", **said)), 13004)
        self.assertEqual(self.code(self.call("public/auth", **said)), 13004)
        self.assertIn("result", line.call("private/get_open_orders"))

    def test_pages_of_other_origins_and_other_paths_stay_outside(self):
        for path, headers in (("/ws/api/v2", {"Origin": "http://evil.example"}), ("/ws/api/v3", {}), ("/ws", {}), ("/api/v2", {})):
            with self.subTest(path=path):
                line = Line(self.port, path, **headers)
                line.link.close()
                self.assertEqual(line.status // 100, 4)
        self.assertEqual(self.code(self.call("public/subscribe", channels="x")), 11050)

    def test_a_client_that_reads_nothing_is_let_go(self):
        line = self.line()
        line.link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with self.assertRaises(OSError):
            for _ in range(20000):
                line.send('{"jsonrpc":"2.0","method":"public/get_instruments"}')
                if line.link.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b"":
                    raise ConnectionError
        self.assertIn("result", self.line().call("public/test"))

    def test_channels_and_lines_are_bounded(self):
        line = self.line()
        names = [entry["instrument_name"] for entry in self.result("public/get_instruments")]
        self.assertGreater(len(names), 65)
        self.assertEqual(self.code(line.call("public/subscribe", channels=[f"quote.{name}" for name in names[:65]])), 11050)
        lines = [Line(self.port) for _ in range(70)]
        self.assertIn(403, [each.status for each in lines])
        for each in lines:
            each.link.close()
        end = time.monotonic() + 20
        while (late := Line(self.port)).status != 101:
            late.link.close()
            self.assertLess(time.monotonic(), end)
        late.link.close()


for name in [name for name in dir(test_deribit.Deribit) if name.startswith("test_")]:
    setattr(Sockets, name, None)

if __name__ == "__main__":
    unittest.main()
