#!/usr/bin/env python3
# test_fund.py: the fund that covers the largest defaults of a small venue, by hand.     SPDX-License-Identifier: Apache-2.0
import json
import tempfile
import unittest

from lone_trader import make, run


class Fund(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.venue = make(cls.folder.name, 30000)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def ask(self, *words, code=0):
        answer = run("fund", self.venue, "--format", "json", *words)
        self.assertEqual((answer.returncode, answer.stderr), (code, ""))
        return json.loads(answer.stdout)

    def test_a_long_and_a_short_lose_beyond_what_they_put_up(self):
        accounts = json.loads(run("accounts", self.venue, "--format", "json").stdout)["accounts"]
        initial = [float(row["initial"]) for row in accounts]
        loss = 100020 * 7 / 365**0.5  # seven days' worth of 100 % a year
        answer = self.ask()
        down, up, half = answer["scenarios"][:3]
        self.assertEqual((down["first"], up["first"], down["second"]), ("owner 1", "owner 2", None))
        self.assertAlmostEqual(float(down["need"]), loss - initial[0], delta=0.01)
        self.assertAlmostEqual(float(up["need"]), loss - initial[1], delta=0.01)
        self.assertAlmostEqual(float(half["need"]), loss / 2 - initial[0], delta=0.01)
        fund = answer["fund"]
        self.assertEqual(float(fund["need"]), max(float(down["need"]), float(up["need"])))
        self.assertEqual((float(fund["funds"]), fund["covered"], fund["cover"]), (0, "no", 2))

    def test_one_owner_each_way_so_that_two_need_no_more_than_one(self):
        self.assertEqual(self.ask("--cover", 1)["fund"]["need"], self.ask("--cover", 4)["fund"]["need"])

    def test_a_short_fund_is_a_finding_where_one_asks(self):
        self.ask("--check", code=1)
        self.assertEqual(float(self.ask("--check", "--multiple", 1)["fund"]["need"]), 0)

    def test_what_cannot_be_is_refused(self):
        for words in (("--cover", 0), ("--cover", 5), ("--multiple", 0), ("--multiple", "much")):
            self.assertEqual(run("fund", self.venue, *words).returncode, 2, words)


if __name__ == "__main__":
    unittest.main()
