#!/usr/bin/env python3
# test_serve.py: the interface of a running venue: its table of routes, who may ask, and what is taken in. SPDX-License-Identifier: Apache-2.0
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import ed25519
import test_deribit_socket

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
SMALL = ("--accounts", 16, "--instruments", 16, "--entries", 512, "--signers", 8, "--history", 40, "--segment-mib", 5)
SCRATCH = "/dev/shm" if os.path.isdir("/dev/shm") and shutil.disk_usage("/dev/shm").free > 1 << 28 else None
OPERATOR, OWNER, STRANGER, ADMIN = 0, 1, 3, 4
SEEDS = {signer: bytes([signer + 1]) * 32 for signer in range(5)}
SECOND = 10**9


def run(*words):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=60)


def opening():
    """The example's day up to its deposits, with keys that the test holds, and an administrator."""
    for text in (ROOT / "examples/venue/events.jsonl").read_text().splitlines()[:22]:
        event = json.loads(text)
        if event["type"] == "signer":
            event["public_key"] = ed25519.public_key(SEEDS[event["signer_index"]]).hex()
        yield event
        last = event["time_ns"]
    yield {"type": "signer", "time_ns": last, "signer_index": ADMIN, "scopes": ["admin"],
           "public_key": ed25519.public_key(SEEDS[ADMIN]).hex()}


def signed(who, method, path, body=b"", seed=None, network=0, **changed):
    """The header of a signed request; `changed` is what is claimed and was not signed."""
    deadline = changed.pop("signed_deadline", time.time_ns() + 30 * SECOND)
    lines = ("plimsoll-request-1", network, method, path, hashlib.blake2b(body, digest_size=32).hexdigest(), who, deadline)
    message = "".join(f"{line}\n" for line in lines).encode()
    digits = ed25519.sign(seed or SEEDS[who], message).hex()
    said = {"signer": who, "deadline": deadline, "signature": digits} | changed
    return "Plimsoll " + ",".join(f"{name}={value}" for name, value in said.items())


def deposit(atoms, client_id, signer=OPERATOR, account=0):
    deadline = str(time.time_ns() + 3600 * SECOND)
    return {"type": "deposit", "time_ns": "0", "account": account, "signer": signer, "client_id": f"{client_id:032x}",
            "deadline_ns": deadline, "asset_index": 0, "atoms": str(atoms)}


def lines_of(*events):
    return "".join(json.dumps(event) + "\n" for event in events).encode()


def check(schema, value, where="answer"):
    """As much of JSON Schema as the table of routes uses."""
    types = schema.get("type", [])
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
             "null": type(None)}
    wanted = [types] if isinstance(types, str) else types
    assert not wanted or any(isinstance(value, kinds[name]) for name in wanted), f"{where}: {value!r} is no {types}"
    assert isinstance(value, bool) <= (not wanted or "boolean" in wanted), f"{where}: {value!r}"
    if "pattern" in schema:
        assert re.match(schema["pattern"], value), f"{where}: {value!r}"
    if isinstance(value, dict):
        missing = set(schema.get("required", ())) - set(value)
        assert not missing, f"{where} lacks {missing}"
        for name, member in value.items():
            if name in schema.get("properties", {}):
                check(schema["properties"][name], member, f"{where}.{name}")
    if isinstance(value, list):
        for at, item in enumerate(value):
            check(schema.get("items", {}), item, f"{where}[{at}]")


class Reader:
    """As much of a WebSocket client (RFC 6455) as a reader of text needs, and the state that the messages add up to."""

    def __init__(self, port, authorization=None, path="/v1/stream", wait=20):
        self.link = socket.create_connection(("127.0.0.1", port), timeout=wait)
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"]
        lines += [f"Authorization: {authorization}"] if authorization else []
        self.link.sendall("".join(f"{line}\r\n" for line in lines + [""]).encode())
        self.bytes = b""
        head = b""
        while b"\r\n\r\n" not in head and (chunk := self.receive()):
            head += chunk
        head, _, self.bytes = head.partition(b"\r\n\r\n")
        self.is_open = b" 101 " in head.split(b"\r\n")[0] and b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
        self.state = None

    def receive(self):
        try:
            return self.link.recv(65536)
        except ConnectionResetError:
            return b""

    def take(self, size):
        while len(self.bytes) < size:
            chunk = self.receive()
            if not chunk:
                raise EOFError
            self.bytes += chunk
        taken, self.bytes = self.bytes[:size], self.bytes[size:]
        return taken

    def message(self):
        text = b""
        while True:
            first, size = self.take(2)
            size = {126: lambda: int.from_bytes(self.take(2), "big"), 127: lambda: int.from_bytes(self.take(8), "big")}.get(
                size, lambda: size)()
            part = self.take(size)
            if first & 15 == 8:
                raise EOFError
            text += part if first & 15 in (0, 1) else b""
            if first & 128 and first & 15 in (0, 1):
                return json.loads(text)

    def step(self):
        """Read a message and be in the state after it; its number."""
        message = self.message()
        tables = {name: {row[0]: row[1:] for row in message[name]} for name in ("underlyings", "accounts")}
        if message["type"] == "snapshot":
            self.state = tables
        else:
            assert (message["type"], int(message["number"])) == ("delta", self.number + 1), message
            for name, rows in tables.items():
                self.state[name].update(rows)
        self.number = int(message["number"])
        return self.number

    def close(self):
        self.link.close()


class Venue(unittest.TestCase):
    """A venue of the example's accounts that a server keeps, and requests to it."""

    OPTIONS = ()

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(dir=SCRATCH)
        cls.addClassCleanup(cls.folder.cleanup)
        cls.venue = pathlib.Path(cls.folder.name) / "venue"
        events = pathlib.Path(cls.folder.name) / "events.jsonl"
        events.write_bytes(lines_of(*opening()))
        for done in (run("init", cls.venue, *SMALL), run("apply", cls.venue, events, "--strict")):
            assert done.returncode == 0, done.stderr + done.stdout
        desks = pathlib.Path(cls.folder.name) / "desks"
        desks.write_text("desk-five a-secret-of-desk-five 5 1 read\ndesk-seven a-secret-of-desk-seven 7 1 read\n")
        cls.server = subprocess.Popen([BINARY, "serve", cls.venue, "--port", "0", "--desks", desks, "--operator",
                                       ed25519.public_key(SEEDS[OPERATOR]).hex(), *cls.OPTIONS], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        cls.addClassCleanup(cls.end)
        cls.port = int(re.search(r":(\d+)/", cls.server.stdout.readline())[1])
        cls.table = json.loads(cls.ask("GET", "/openapi.json")[1])
        status, body = cls("sequence").submit(deposit(1, 99))  # the state's time is the machine's from here on
        assert status == 200, body

    @classmethod
    def end(cls):
        if cls.server.poll() is None:
            cls.server.send_signal(signal.SIGTERM)
        cls.server.wait(timeout=30)
        cls.server.stdout.close()

    @classmethod
    def ask(cls, method, path, body=None, **headers):
        status, content = cls.ask_once(method, path, body, **headers)
        end = time.monotonic() + 20
        while status == 429 and time.monotonic() < end:
            status, content = cls.ask_once(method, path, body, **headers)
        return status, content

    @classmethod
    def ask_once(cls, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", cls.port, timeout=20)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def ask_as(self, signer, method, path, body=b"", **changed):
        header = signed(signer, method, path, body, **changed)
        return self.ask(method, path, body if method == "POST" else None, Authorization=header)

    def submit(self, *events, signer=OPERATOR, **changed):
        return self.ask_as(signer, "POST", "/v1/events", lines_of(*events), **changed)

    def sequence(self):
        status, body = self.ask_as(OPERATOR, "GET", "/v1/status")
        self.assertEqual(status, 200, body)
        return int(json.loads(body)["sequence"])


class Serve(Venue):
    def routes(self):
        for path, methods in self.table["paths"].items():
            for method, operation in methods.items():
                yield method.upper(), re.sub(r"\{(account|index)\}", "0", path).replace("{method}", "public/test"), operation

    def test_the_signatures_of_the_test_are_those_of_rfc_8032(self):
        seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
        self.assertEqual(ed25519.public_key(seed).hex(), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        self.assertTrue(ed25519.sign(seed, b"").hex().startswith("e5564300c360ac729086e2cc806e828a"))

    def test_every_reading_route_answers_in_the_shape_of_its_schema(self):
        query = {"/v1/accounts/0/what-if": "?instrument=0&lots=1"}
        for method, path, operation in self.routes():
            with self.subTest(path=path):
                if method != "GET":
                    continue
                status, body = self.ask_as(OPERATOR, "GET", path + query.get(path, ""))
                if status == 503 and json.loads(body)["code"] == "arrays":
                    continue  # this venue's model has none; test_openapi.py asks one that has
                self.assertEqual(status, 200, body)
                content = operation["responses"]["200"].get("content")
                if content is not None:
                    check(content["application/json"]["schema"], json.loads(body), path)

    def test_who_may_ask_what(self):
        allowed = {"open": {None, OPERATOR, OWNER, STRANGER, ADMIN}, "market": {OPERATOR, OWNER, STRANGER, ADMIN},
                   "account": {OPERATOR, OWNER, ADMIN}, "venue": {OPERATOR, ADMIN}, "write": {OPERATOR, OWNER, STRANGER, ADMIN},
                   "demo": set()}
        count = 0
        for method, path, operation in self.routes():
            for caller in (None, OPERATOR, OWNER, STRANGER, ADMIN):
                status, body = self.ask(method, path, b"" if method == "POST" else None) if caller is None else \
                    self.ask_as(caller, method, path)
                may = caller in allowed[operation["x-access"]]
                with self.subTest(path=path, caller=caller, status=status, body=body):
                    self.assertEqual(status not in (401, 403), may)
                count += 1
        self.assertGreaterEqual(count, 75)

    def test_a_foreign_account_and_one_that_is_not_there_are_answered_alike(self):
        foreign = self.ask_as(OWNER, "GET", "/v1/accounts/1")
        self.assertEqual(foreign[0], 403)
        self.assertEqual(self.ask_as(OWNER, "GET", "/v1/accounts/15"), foreign)

    def test_an_event_is_taken_in_once_however_often_it_is_sent(self):
        before = self.sequence()
        event = deposit(1000000, 1)
        status, body = self.submit(event)
        answer = json.loads(body)
        self.assertEqual((status, answer["taken"], answer["error"]), (200, 1, None), answer)
        first = answer["results"][0]
        self.assertEqual((first["outcome"], first["sequence"]), ("accepted", str(before + 1)))
        self.assertIn("balance", [effect["effect"] for effect in first["effects"]])
        again = json.loads(self.submit(event)[1])["results"][0]
        self.assertEqual((again["outcome"], again["is_repeat"]), ("accepted", True))
        self.assertNotIn("balance", [effect["effect"] for effect in again.get("effects", [])])

    def test_a_batch_answers_event_by_event_and_the_books_decide(self):
        batch = [deposit(5, 10), deposit(0, 11), deposit(7, 12), deposit(7, 13, account=15)]
        status, body = self.submit(*batch)
        results = json.loads(body)["results"]
        self.assertEqual(status, 200)
        self.assertEqual([row["outcome"] for row in results], ["accepted", "refused", "accepted", "refused"])
        # A holder's key may sign what it likes: a deposit is the operator's.
        status, body = self.submit(deposit(5, 14, signer=OWNER), signer=OWNER)
        self.assertEqual((status, json.loads(body)["results"][0]["reason"]), (200, "scope"))
        schema = self.table["paths"]["/v1/events"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
        check(schema, json.loads(body))

    def test_nothing_is_taken_in_under_another_signer_without_an_id_or_half_a_batch(self):
        before = self.sequence()
        nameless = {key: value for key, value in deposit(1, 20).items() if key not in ("client_id", "deadline_ns")}
        cases = (((deposit(1, 21, signer=OPERATOR),), OWNER, 403, "signer"), ((nameless,), OPERATOR, 422, "client_id"),
                 ((deposit(1, 22) | {"sequence": "9"},), OPERATOR, 422, "sequence"),
                 ((deposit(1, 23), {"type": "nothing"}), OPERATOR, 400, None), ((), OPERATOR, 400, "empty"),
                 (tuple(deposit(1, 1000 + i) for i in range(257)), OPERATOR, 413, None))
        for events, signer, status, code in cases:
            with self.subTest(code=code, status=status):
                got, body = self.submit(*events, signer=signer)
                self.assertEqual(got, status, body[:200])
                if code is not None:
                    self.assertEqual(json.loads(body)["code"], code)
        self.assertEqual(self.sequence(), before)

    def test_a_request_that_is_forged_altered_expired_or_of_another_venue_changes_nothing(self):
        before = self.sequence()
        event = lines_of(deposit(1, 30))
        now = time.time_ns()
        good = signed(OPERATOR, "POST", "/v1/events", event)
        flipped = good[:-1] + ("0" if good[-1] != "0" else "1")
        cases = {
            "another key": signed(OPERATOR, "POST", "/v1/events", event, seed=SEEDS[OWNER]),
            "another body": signed(OPERATOR, "POST", "/v1/events", event + b" "),
            "another path": signed(OPERATOR, "POST", "/v1/event", event),
            "another method": signed(OPERATOR, "GET", "/v1/events", event),
            "another venue": signed(OPERATOR, "POST", "/v1/events", event, network=7),
            "another signer": signed(OWNER, "POST", "/v1/events", event, signer=OPERATOR),
            "a signer that is not there": signed(OWNER, "POST", "/v1/events", event, signer=7),
            "a number too large": signed(OWNER, "POST", "/v1/events", event, signer=2**32),
            "expired": signed(OPERATOR, "POST", "/v1/events", event, signed_deadline=now - SECOND),
            "valid for hours": signed(OPERATOR, "POST", "/v1/events", event, signed_deadline=now + 7200 * SECOND),
            "another deadline": signed(OPERATOR, "POST", "/v1/events", event, deadline=now + 40 * SECOND),
            "a bit of the signature": flipped, "half a signature": good[:-64], "more behind it": good + "00",
            "capital digits": good.upper(), "another scheme": good.replace("Plimsoll", "Bearer"), "a space": good + " x",
            "a leading zero": good.replace("signer=0", "signer=00"), "a sign": good.replace("signer=0", "signer=+0"),
            "twice": good + "," + good, "nothing": "Plimsoll", "zeros": re.sub("signature=.*", "signature=" + "0" * 128, good),
        }
        for name, header in cases.items():
            with self.subTest(name):
                status, body = self.ask("POST", "/v1/events", event, Authorization=header)
                self.assertEqual(status, 401, body)
        self.assertEqual(self.ask("POST", "/v1/events", event)[0], 401)
        self.assertEqual(self.sequence(), before)

    def raw(self, text, wait=0.5):
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as link:
            answer = b""
            try:
                link.sendall(text)
                link.shutdown(socket.SHUT_WR)
                while chunk := link.recv(65536):
                    answer += chunk
            except OSError:
                pass  # closed under our hands, or silent: no answer either way
            return answer

    def test_requests_that_can_be_read_in_two_ways_are_answered_once_at_most_and_change_nothing(self):
        before = self.sequence()
        host = f"Host: 127.0.0.1:{self.port}\r\n"
        smuggled = f"GET /healthz HTTP/1.1\r\n{host}\r\n"
        post = f"POST /v1/events HTTP/1.1\r\n{host}"
        cases = [
            f"{post}Content-Length: 5\r\nContent-Length: {len(smuggled)}\r\n\r\n{smuggled}",
            f"{post}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}",
            f"{post}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}",
            f"{post}Transfer-Encoding: chunked\r\nContent-Length: {len(smuggled)}\r\n\r\n{smuggled}",
            f"{post}Transfer-Encoding: xchunked\r\n\r\n{smuggled}",
            f"{post}\r\n{smuggled}",
            f"GET /healthz HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}",
            f"GET /healthz HTTP/1.1\r\n{host}Content-Length: {len(smuggled)}\r\n\r\n{smuggled}",
        ] + [f"{post}Content-Length: {length}\r\n\r\n{smuggled}" for length in
             ("+5", "-1", "0x10", "5 5", "5,5", "1e1", "", "99999999999999999999", "٥", "5;")]
        for text in cases:
            with self.subTest(text=text[:120]):
                self.assertLessEqual(self.raw(text.encode()).count(b"HTTP/1.1 "), 1)
        for text in (b"\0\0\0\0", b"GET\r\n\r\n", b"GET /healthz HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00", b"PUT / HTTP/1.1\r\n\r\n",
                     b"GET " + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", b"GET /healthz HTTP/1.1\r\nHost: elsewhere\r\n\r\n"):
            self.assertNotIn(b" 200 ", self.raw(text).split(b"\r\n")[0])
        self.assertEqual(self.sequence(), before)

    def test_an_empty_body_has_one_answer(self):
        for length in ("0", "00"):
            answer = self.raw(f"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Length: {length}\r\n\r\n".encode())
            self.assertEqual(answer.count(b"HTTP/1.1 "), 1, answer)

    def test_a_body_that_is_too_long_is_refused(self):
        long = b" " * 70000
        answer = self.raw(f"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Length: {len(long)}\r\n\r\n".encode()
                          + long)
        self.assertNotIn(b" 200 ", answer[:20])

    def test_requests_that_never_end_hold_nobody_up(self):
        links = [socket.create_connection(("127.0.0.1", self.port), timeout=5) for _ in range(40)]
        try:
            for link in links:
                link.sendall(b"GET /v1/status HTTP/1.1\r\nHost: 127")
            begun = time.monotonic()
            self.assertEqual(self.ask("GET", "/healthz")[0], 200)
            self.assertLess(time.monotonic() - begun, 2)
        finally:
            for link in links:
                link.close()

    def read(self, signer=ADMIN):
        reader = Reader(self.port, signed(signer, "GET", "/v1/stream"))
        self.addCleanup(reader.close)
        return reader

    def test_a_snapshot_and_the_deltas_behind_it_are_the_next_snapshot(self):
        first = self.read()
        self.assertTrue(first.is_open)
        first.step()
        for i in range(4):
            self.assertEqual(self.submit(deposit(1000000 + i, 500 + i))[0], 200)
            first.step()
            second = self.read()
            number = second.step()
            while first.number < number:
                first.step()
            while second.number < first.number:
                second.step()
            self.assertEqual(first.state, second.state)
        self.assertTrue(first.state["accounts"] and first.state["underlyings"])

    def test_who_may_stay_connected(self):
        may = {signer: self.read(signer).is_open for signer in (OPERATOR, OWNER, STRANGER, ADMIN)}
        self.assertEqual(may, {OPERATOR: True, OWNER: False, STRANGER: False, ADMIN: True})
        for authorization, path in ((None, "/v1/stream"), (signed(ADMIN, "GET", "/v1/stream", seed=SEEDS[OWNER]), "/v1/stream"),
                                    (signed(ADMIN, "GET", "/v1/streams"), "/v1/streams")):
            reader = Reader(self.port, authorization, path)
            reader.close()
            self.assertFalse(reader.is_open)

    def test_whoever_talks_on_the_stream_is_disconnected_and_nobody_else(self):
        listener, talker = self.read(), self.read()
        listener.step()
        talker.step()
        talker.link.sendall(b"\x81\x82\0\0\0\0hi")
        with self.assertRaises(EOFError):
            while True:
                talker.message()
        self.submit(deposit(9, 600))
        listener.step()

    def test_the_metrics_are_those_of_prometheus(self):
        status, body = self.ask("GET", "/metrics")
        lines = body.decode().split("\n")
        self.assertEqual((status, lines[-1]), (200, ""))
        names = {line.split()[2] for line in lines if line.startswith("# TYPE")}
        for line in lines[:-1]:
            if not line.startswith("#"):
                self.assertRegex(line, r'^[a-z_]+(\{[a-z]+="[^"]*"\})? [0-9]+(\.[0-9]+)?$')
                name = re.split("[{ ]", line)[0]
                self.assertTrue(name in names or any(name == known + end for known in names for end in ("_bucket", "_sum", "_count")),
                                line)
        counts = [int(line.split()[1]) for line in lines if line.startswith("plimsoll_report_to_call_seconds_bucket")]
        self.assertEqual(counts, sorted(counts))

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
    def test_promtool_finds_nothing_in_the_metrics(self):
        found = subprocess.run(["promtool", "check", "metrics"], input=self.ask("GET", "/metrics")[1], capture_output=True, timeout=60)
        self.assertEqual((found.returncode, found.stdout, found.stderr), (0, b"", b""))

    def test_an_event_is_checked_and_not_booked(self):
        before = self.sequence()
        held = self.ask_as(OPERATOR, "GET", "/v1/funds")[1]
        good = lines_of(deposit(5, 800))
        status, body = self.ask_as(OPERATOR, "POST", "/v1/check", good)
        self.assertEqual((status, json.loads(body)["is_accepted"]), (200, True), body)
        status, body = self.ask_as(OPERATOR, "POST", "/v1/check", lines_of(deposit(0, 801)))
        answer = json.loads(body)
        self.assertEqual((status, answer["is_accepted"], answer["reason"]), (200, False, "amount"), body)
        schema = self.table["paths"]["/v1/check"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
        check(schema, answer)
        status, body = self.ask_as(OWNER, "POST", "/v1/check", lines_of(deposit(5, 802, signer=OWNER)))
        self.assertEqual(json.loads(body)["reason"], "scope")
        cases = ((lines_of(deposit(5, 803)), OWNER, 403), (good + good, OPERATOR, 400), (b"", OPERATOR, 400), (b"{}", OPERATOR, 400),
                 (lines_of({"type": "time", "time_ns": "0", "signer": 0}), OPERATOR, 422))
        for body, signer, wanted in cases:
            self.assertEqual(self.ask_as(signer, "POST", "/v1/check", body)[0], wanted, body)
        self.assertEqual((self.sequence(), self.ask_as(OPERATOR, "GET", "/v1/funds")[1]), (before, held))

    def pages(self, path, count):
        after, entries = "0", []
        for _ in range(1000):
            status, body = self.ask_as(OPERATOR, "GET", f"{path}?after={after}&count={count}")
            self.assertEqual(status, 200, body)
            page = json.loads(body)
            self.assertLessEqual(len(page["entries"]), count)
            entries += page["entries"]
            after = page["next"]
            if page["is_end"]:
                return entries
        self.fail("it does not end")

    def test_history_page_by_page_is_the_log(self):
        self.submit(deposit(5, 900), deposit(0, 901), deposit(6, 902, account=1))
        whole = self.pages("/v1/history", 500)
        self.assertEqual([int(entry["sequence"]) for entry in whole], list(range(1, len(whole) + 1)))
        self.assertGreaterEqual(len(whole), self.sequence())
        self.assertEqual(self.pages("/v1/history", 7), whole)
        exported = [json.loads(line) for line in run("export", self.venue).stdout.splitlines()][:len(whole)]
        self.assertEqual([entry["event"] for entry in whole][:len(exported)], exported)
        refused = [entry for entry in whole if entry["event"].get("client_id") == f"{901:032x}"]
        self.assertEqual([(entry["outcome"], entry["reason"]) for entry in refused], [("refused", "amount")])
        own = self.pages("/v1/accounts/0/history", 3)
        self.assertTrue(all(entry["event"]["account"] == 0 for entry in own if entry["type"] == "deposit"))
        self.assertIn(f"{900:032x}", [entry["event"].get("client_id") for entry in own])
        self.assertNotIn(f"{902:032x}", [entry["event"].get("client_id") for entry in own])
        for query in ("?after=-1", "?after=x", "?count=0", "?count=501", "?after=1.5"):
            self.assertEqual(self.ask_as(OPERATOR, "GET", "/v1/history" + query)[0], 400)

    def test_a_stream_of_one_account_is_its_owners_and_tells_of_that_account(self):
        may = {}
        for signer in (OPERATOR, OWNER, STRANGER, ADMIN):
            reader = Reader(self.port, signed(signer, "GET", "/v1/accounts/0/stream"), "/v1/accounts/0/stream")
            self.addCleanup(reader.close)
            may[signer] = reader.is_open
            if reader.is_open:
                reader.step()
                own = reader
        self.assertEqual(may, {OPERATOR: True, OWNER: True, STRANGER: False, ADMIN: True})
        venue = self.read()
        venue.step()
        for i in range(3):
            self.assertEqual(self.submit(deposit(3000000 + i, 950 + i))[0], 200)
            own.step()
        while venue.state["accounts"][0] != own.state["accounts"][0]:
            venue.step()
        self.assertEqual(set(own.state["accounts"]), {0})
        self.assertEqual(own.state["underlyings"], venue.state["underlyings"])
        for path in ("/v1/accounts/15/stream", "/v1/accounts/99999999/stream"):
            reader = Reader(self.port, signed(OWNER, "GET", path), path)
            reader.close()
            self.assertFalse(reader.is_open)

    def test_a_key_is_changed_and_revoked_and_what_it_has_opened_ends(self):
        status, body = self.ask_as(ADMIN, "POST", "/v1/events", lines_of(self.signer_event(5, 800, ["admin"], bytes([6]) * 32)))
        self.assertEqual((status, json.loads(body)["results"][0]["outcome"]), (200, "accepted"), body)
        reader = Reader(self.port, signed(5, "GET", "/v1/stream", seed=bytes([6]) * 32))
        self.addCleanup(reader.close)
        reader.step()
        line, token = self.desk_line("desk-five")
        for client_id, scopes, seed in ((801, ["admin"], bytes([7]) * 32), (802, [], None)):
            before = {801: bytes([6]) * 32, 802: bytes([7]) * 32}[client_id]
            self.assertEqual(self.ask_as(5, "GET", "/v1/status", seed=before)[0], 200)
            status, body = self.ask_as(ADMIN, "POST", "/v1/events", lines_of(self.signer_event(5, client_id, scopes, seed)))
            self.assertEqual((status, json.loads(body)["results"][0]["outcome"]), (200, "accepted"), body)
            self.assertEqual(self.ask_as(5, "GET", "/v1/status", seed=before)[0], 401)
            self.assertEqual(self.ask_as(5, "POST", "/v1/events", lines_of(deposit(1, 803, signer=5)), seed=before)[0], 401)
        with self.assertRaises(EOFError):
            while True:
                reader.message()
        self.a_desk_ends_with_its_signer(line, token)
        # The operator's is given at the start, and no event takes it away.
        answer = json.loads(self.ask_as(ADMIN, "POST", "/v1/events", lines_of(self.signer_event(0, 804, [], None)))[1])
        self.assertEqual(answer["results"][0]["reason"], "index")

    def ask_desk(self, token):
        return self.ask("GET", "/api/v2/private/get_positions?currency=USD", Authorization="Bearer " + token)

    def desk_line(self, name):
        """A connection of Deribit's protocol that has signed in, and a token of the same key."""
        line = test_deribit_socket.Line(self.port)
        self.addCleanup(line.link.close)
        self.assertEqual(line.status, 101)
        answer = line.call("public/auth", grant_type="client_credentials", client_id=name, client_secret="a-secret-of-" + name)
        token = answer["result"]["access_token"]
        self.assertIn("result", line.call("private/get_positions", currency="USD"))
        self.assertEqual(self.ask_desk(token)[0], 200)
        return line, token

    def a_desk_ends_with_its_signer(self, line, token):
        """Neither the connection nor the token nor the secret opens anything more; nor does a key whose signer is nobody yet."""
        with self.assertRaises((OSError, TypeError)):
            while line.read() is not None:
                pass
            line.call("private/get_positions", currency="USD")
        status, body = self.ask_desk(token)
        self.assertEqual((status, json.loads(body)["error"]["code"]), (401, 13004), body)
        for name in ("desk-five", "desk-seven"):
            query = f"grant_type=client_credentials&client_id={name}&client_secret=a-secret-of-{name}"
            status, body = self.ask("GET", "/api/v2/public/auth?" + query)
            self.assertEqual((status, json.loads(body)["error"]["code"]), (401, 13004), body)

    @staticmethod
    def signer_event(index, client_id, scopes, seed):
        return {"type": "signer", "time_ns": "0", "signer": ADMIN, "client_id": f"{client_id:032x}",
                "deadline_ns": str(time.time_ns() + 3600 * SECOND), "signer_index": index, "scopes": scopes,
                "public_key": "00" * 32 if seed is None else ed25519.public_key(seed).hex()}

    def test_who_asks_too_much_waits_and_others_do_not(self):
        path = "/v1/stress?price=-0.1"
        header = signed(ADMIN, "GET", path)
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAuthorization: {header}\r\n\r\n"
        # At once, so that they come within a second on a slow machine too.
        statuses = re.findall(r"HTTP/1.1 (\d+)", self.raw(request.encode() * 40, wait=5).decode())
        self.assertIn("429", statuses)
        self.assertIn("200", statuses)
        self.assertEqual(self.ask_as(OPERATOR, "GET", "/v1/status")[0], 200)


class Stop(unittest.TestCase):
    def test_what_was_answered_is_there_after_the_end(self):
        Serve.setUpClass()
        self.addCleanup(Serve.doClassCleanups)
        case = Serve("sequence")
        status, _ = case.submit(deposit(123, 77))
        self.assertEqual(status, 200)
        sequence = case.sequence()
        Serve.end()
        self.assertEqual(Serve.server.returncode, 0)
        done = run("status", Serve.venue, "--format", "json")
        self.assertEqual(json.loads(done.stdout)["venue"]["sequence"], sequence)
        self.assertEqual(run("verify", Serve.venue).returncode, 0)


if __name__ == "__main__":
    unittest.main()
