#!/usr/bin/env python3
# test_wire.py: requests that could be read in two ways, bodies that are no events, and requests nobody signed. SPDX-License-Identifier: Apache-2.0
import json
import pathlib
import random
import re
import socket
import time
import unittest

import ed25519
from test_serve import ADMIN, OPERATOR, OWNER, SECOND, SEEDS, STRANGER, deposit, lines_of, signed
from venue_door import Door

TABLE = pathlib.Path(__file__).with_name("http_requests.txt")
FORGED = 60


def rows():
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        if line and not line.startswith("#"):
            section, answers, what, text = line.split(" | ", 3)
            yield number, section, answers.split(), what, text


def bytes_of(text, address):
    host = f"Host: {address}"
    text = text.replace("{H}", host).replace("{A}", address).replace("{N}", f"GET /readyz HTTP/1.1\\r\\n{host}\\r\\n\\r\\n")
    text = re.sub(r"\{D (\d+)\}", lambda match: "a" * int(match[1]), text)
    text = re.sub(r"\{F (\d+)\}", lambda match: "".join(f"X-{i}: a\\r\\n" for i in range(int(match[1]))), text)
    return text.encode("ascii").decode("unicode_escape").encode("latin-1")


class Wire(Door):
    def test_every_row_of_the_table_is_answered_as_it_says(self):
        before = self.sequence()
        count = 0
        for number, section, answers, what, text in rows():
            with self.subTest(line=number, section=section, what=what):
                is_closing = answers[-1] == "close"
                wanted = [int(answer) for answer in answers if answer != "close"]
                got, is_ended = self.exchange(bytes_of(text, f"127.0.0.1:{self.port}"), not is_closing)
                self.assertEqual((got, is_ended), (wanted, True))
            count += 1
        self.assertGreaterEqual(count, 270)
        self.assertEqual(self.sequence(), before)

    def test_a_request_that_comes_byte_by_byte_is_the_same_request(self):
        data = bytes_of(r"GET /healthz HTTP/1.1\r\n{H}\r\nConnection: close\r\n\r\n", f"127.0.0.1:{self.port}")
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in data:
                link.sendall(bytes([byte]))
            self.assertTrue(link.recv(65536).startswith(b"HTTP/1.1 200 "))

    def bodies(self):
        """What is no event, or could be read as two: refused whole, with the status 400."""
        good = json.dumps(deposit(5, 40))
        yield "a key twice, the same", good.replace('"atoms": "5"', '"atoms": "5", "atoms": "5"')
        yield "a key twice", good.replace('"atoms": "5"', '"atoms": "5", "atoms": "500000"')
        yield "a key twice, once escaped", good.replace('"atoms": "5"', '"atoms": "5", "\\u0061toms": "500000"')
        yield "the kind twice", good.replace('{"type": "deposit"', '{"type": "deposit", "type": "withdraw"')
        yield "the account twice", good.replace('"account": 0', '"account": 0, "account": 1')
        yield "a key nobody knows", good.replace("}", ', "note": "x"}')
        yield "a key in capitals", good.replace('"atoms"', '"ATOMS"')
        yield "a key with white space", good.replace('"atoms"', '"atoms "')
        yield "an empty key", good.replace("}", ', "": "x"}')
        yield "a comment", good.replace('{"type"', '{/* x */"type"')
        yield "a comment to the end of the line", good + " // x"
        yield "a comma too many", good.replace("}", ",}")
        yield "no comma", good.replace('"deposit",', '"deposit"')
        yield "quotes of the other kind", good.replace('"', "'")
        yield "keys without quotes", good.replace('"type"', "type")
        yield "an array around it", f"[{good}]"
        yield "an array of values", "[1, 2]"
        yield "a text", '"deposit"'
        yield "a number", "1"
        yield "null", "null"
        yield "two on a line", good + good
        yield "something behind it", good + " x"
        yield "an end that is missing", good[:-1]
        yield "a byte order mark", "\ufeff" + good
        yield "a byte order mark inside", good.replace(": ", ":\ufeff", 1)
        yield "a space of another kind", good.replace(": ", ":\u00a0", 1)
        for name, digits in (("not a number", "NaN"), ("infinity", "Infinity"), ("a fraction", "5.5"), ("an exponent", "5e0"),
                             ("too large", "1e400"), ("hexadecimal", "0x5"), ("a leading zero", "05"), ("a plus", "+5"),
                             ("a minus without a digit", "-"), ("a point without a digit", "5."), ("true", "true"), ("null", "null"),
                             ("an array", '["5"]'), ("an object", '{"5":5}'), ("nothing", '""'), ("a space in front", '" 5"'),
                             ("a space behind", '"5 "'), ("a leading zero in quotes", '"05"'), ("a plus in quotes", '"+5"'),
                             ("an exponent in quotes", '"5e0"'), ("a fraction in quotes", '"5.0"'), ("hexadecimal in quotes", '"0x5"'),
                             ("an underscore", '"1_0"'), ("a comma", '"1,0"'), ("Arabic digits", '"٥"'), ("wide digits", '"５"'),
                             ("2^127", f'"{2**127}"'), ("forty digits", f'"{"9" * 40}"'), ("NUL behind it", '"5\\u0000"'),
                             ("a line feed", '"5\\n"')):
            yield f"an amount: {name}", good.replace('"atoms": "5"', f'"atoms": {digits}')
        yield "an account with a fraction", good.replace('"account": 0', '"account": 0.0')
        yield "an account below zero", good.replace('"account": 0', '"account": -1')
        yield "an account of 2^32", good.replace('"account": 0', '"account": 4294967296')
        yield "half a surrogate", good.replace('"deposit"', '"\\ud800"')
        yield "an escape nobody knows", good.replace('"deposit"', '"\\x64eposit"')
        yield "a tab in a text", good.replace('"deposit"', '"de\tposit"')
        yield "an id of 31 digits", re.sub('"client_id": "0', '"client_id": "', good)
        yield "an id in capitals", re.sub('"client_id": "[0-9a-f]{2}', '"client_id": "AB', good)
        yield "an id of other letters", re.sub('"client_id": "[0-9a-f]', '"client_id": "g', good)
        yield "deep", "[" * 10000
        yield "deep in an object", '{"type":' * 5000
        yield "a long key", good.replace('"atoms"', f'"{"a" * 30000}"')
        yield "NUL", "\0"
        yield "NUL behind it", good + "\0"

    def test_a_body_that_is_no_event_is_refused_whole(self):
        before = self.sequence()
        bad_bytes = [("an overlong form", lines_of(deposit(5, 41)).replace(b"deposit", b"\xc1\xa4eposit")),
                     ("bytes that are no text", lines_of(deposit(5, 42)).replace(b"deposit", b"\xff\xfe")),
                     ("two bytes to a letter", json.dumps(deposit(5, 43)).encode("utf-16"))]
        cases = [(name, text.encode()) for name, text in self.bodies()] + bad_bytes
        self.assertGreaterEqual(len(cases), 70)
        for name, body in cases:
            with self.subTest(name):
                status, answer = self.ask_as(OPERATOR, "POST", "/v1/events", body + b"\n")
                self.assertEqual(status, 400, answer)
                self.assertEqual(set(json.loads(answer)), {"code", "message"})
        self.assertEqual(self.sequence(), before)

    def forged(self, draw):
        """A header that does not hold for the body it is sent with, one of each kind after the other."""
        event = lines_of(deposit(1, draw.getrandbits(64)))
        now = time.time_ns()
        good = signed(OPERATOR, "POST", "/v1/events", event)
        at = len(good) - 1 - draw.randrange(128)
        other = draw.choice([digit for digit in "0123456789abcdef" if digit != good[at]])
        yield event, good[:at] + other + good[at + 1:]
        yield event.replace(b'"1"', b'"2"'), good
        yield event, signed(OPERATOR, "POST", "/v1/events", event, seed=SEEDS[draw.choice((OWNER, STRANGER, ADMIN))])
        yield event, signed(OWNER, "POST", "/v1/events", event, signer=OPERATOR)
        yield event, signed(OPERATOR, "POST", "/v1/events", event, network=draw.randrange(1, 2**32))
        yield event, signed(OPERATOR, "POST", "/v1/events?a=b", event)
        yield event, signed(OPERATOR, "POST", "/v1/events", event, signed_deadline=now - draw.randrange(1, 10**6) * SECOND)
        yield event, signed(OPERATOR, "POST", "/v1/events", event, signed_deadline=now + draw.randrange(62, 10**6) * SECOND)
        yield event, signed(OPERATOR, "POST", "/v1/events", event, deadline=now + 20 * SECOND)
        yield event, signed(OPERATOR, "POST", "/v1/events", event, seed=bytes(draw.getrandbits(8) for _ in range(32)))

    def test_of_a_sample_of_forged_requests_none_is_accepted(self):
        draw = random.Random(7)
        before = self.sequence()
        count = 0
        while count < FORGED:
            for body, header in self.forged(draw):
                status, answer = self.ask("POST", "/v1/events", body, Authorization=header)
                self.assertEqual(status, 401, answer)
                count += 1
        self.assertEqual(self.sequence(), before)

    def test_a_request_that_is_replayed_is_answered_from_the_record_and_moves_nothing(self):
        body = lines_of(deposit(1000000, 4040))
        header = signed(OPERATOR, "POST", "/v1/events", body)
        first = json.loads(self.ask("POST", "/v1/events", body, Authorization=header)[1])["results"][0]
        held = self.ask_as(OPERATOR, "GET", "/v1/funds")[1]
        for _ in range(20):
            status, answer = self.ask("POST", "/v1/events", body, Authorization=header)
            again = json.loads(answer)["results"][0]
            self.assertEqual((status, again["outcome"], again.get("is_repeat")), (200, first["outcome"], True))
        self.assertEqual(self.ask_as(OPERATOR, "GET", "/v1/funds")[1], held)
        # Under another signature, the same event again.
        self.assertTrue(json.loads(self.submit(*map(json.loads, body.splitlines()))[1])["results"][0]["is_repeat"])

    def test_a_key_of_small_order_signs_nothing(self):
        body = lines_of(deposit(1, 4041))
        for point in ("00" * 32, "01" + "00" * 31, "ec" + "ff" * 30 + "7f"):
            header = re.sub("signature=.*", f"signature={point}{'00' * 32}", signed(OPERATOR, "POST", "/v1/events", body))
            self.assertEqual(self.ask("POST", "/v1/events", body, Authorization=header)[0], 401)

    def test_the_signatures_here_are_made_as_rfc_8032_says(self):
        self.assertEqual(len(ed25519.sign(SEEDS[OPERATOR], b"a")), 64)


del Door  # what is inherited is not a test of this file

if __name__ == "__main__":
    unittest.main()
