#!/usr/bin/env python3
# test_slow_reader_long.py: a reader of the stream that stops reading is told of the gap and let go; nobody waits for it. SPDX-License-Identifier: Apache-2.0
import json
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from test_serve import BINARY, ROOT, SCRATCH, Reader

KEPT = 64  # deltas that the server keeps for those who are behind
LONGEST_S = 2.0  # between two deltas to whoever reads, one every quarter of a second


class Waiting(Reader):
    """A reader that says when it has read on, with whatever kind of message."""

    def next_message(self):
        try:
            return self.message()
        except EOFError:
            return None


def small_window(port):
    """A connection that takes hardly anything while nobody reads it."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.settimeout(60)
    made.connect(("127.0.0.1", port))
    return made


class Slow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(dir=SCRATCH)
        cls.addClassCleanup(folder.cleanup)
        cls.server = subprocess.Popen([BINARY, "serve", pathlib.Path(folder.name) / "demo", "--demo", "--accounts", "2000", "--port", "0"],
                                      stdout=subprocess.PIPE, text=True, cwd=ROOT)
        cls.addClassCleanup(cls.end)
        cls.port = int(re.search(r":(\d+)/", cls.server.stdout.readline())[1])

    @classmethod
    def end(cls):
        cls.server.send_signal(signal.SIGTERM)
        cls.server.wait(timeout=30)
        cls.server.stdout.close()

    def open(self, link=None):
        create = socket.create_connection
        if link is not None:
            socket.create_connection = lambda *_, **__: link
        try:
            reader = Waiting(self.port, wait=60)
        finally:
            socket.create_connection = create
        self.addCleanup(reader.close)
        self.assertTrue(reader.is_open)
        return reader

    def test_who_stops_reading_is_told_of_the_gap_and_nobody_waits(self):
        slow, quick = self.open(small_window(self.port)), self.open()
        first = slow.next_message()
        self.assertEqual(first["type"], "snapshot")
        numbers, longest, size, begun = [], 0.0, 0, time.monotonic()
        # Until far more has gone by than the system keeps for a connection, and behind that more deltas than the server keeps.
        full = None
        while full is None or len(numbers) < full + KEPT + 16:
            before = time.monotonic()
            message = quick.next_message()
            longest = max(longest, time.monotonic() - before)
            self.assertIsNotNone(message)
            if message["type"] == "delta":
                numbers.append(int(message["number"]))
            size += len(json.dumps(message))
            full = len(numbers) if full is None and size > 3 << 20 else full
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))
        self.assertLess(longest, LONGEST_S)
        last, deltas = int(first["number"]), 0
        while (message := slow.next_message())["type"] == "delta":
            self.assertEqual(int(message["number"]), last + 1)  # what it was sent has no hole
            last, deltas = last + 1, deltas + 1
        self.assertEqual(message, {"type": "gap"})
        self.assertLess(last, numbers[-1])
        self.assertIsNone(slow.next_message())
        again = self.open()
        self.assertGreater(int(again.next_message()["number"]), last)
        print(f"{len(numbers)} deltas, {size / 1e6:.1f} MB in {time.monotonic() - begun:.0f} s; the slow one took {deltas}; "
              f"longest wait of the other {1e3 * longest:.0f} ms")

    def test_a_slow_reader_of_one_account_misses_nothing(self):
        """What has changed twice is sent once, so there is no gap: it is where everybody is with its next delta."""
        account = 20
        path = f"/v1/accounts/{account}/stream"
        quick = Waiting(self.port, path=path, wait=60)
        self.addCleanup(quick.close)
        slow = Waiting(self.port, path=path, wait=60)
        self.addCleanup(slow.close)
        slow.step()
        quick.step()
        for _ in range(KEPT // 3):
            quick.step()
        self.assertEqual(slow.step(), 1)
        while slow.state != quick.state:
            (slow if slow.number < quick.number else quick).step()
        self.assertEqual(slow.state, quick.state)


if __name__ == "__main__":
    unittest.main()
