#!/usr/bin/env python3
# test_jobs.py: a server goes on with what a price has begun, unless the venue does.   SPDX-License-Identifier: Apache-2.0
import json
import time
import unittest

import test_serve
from test_auction import quote, stamped
from test_serve import OPERATOR, OWNER


class Jobs(test_serve.Venue):
    def fall(self):
        """Account 2 has 40,000 USD and buys 3.5 BTC; a fall of 10 % leaves it below maintenance."""
        trade = stamped(3, OPERATOR, "trade", account=2, instrument_index=0, maker_account=1, lots="3500", price_e8=str(100000 * 10**8),
                        taker_fee_atoms="0", maker_fee_atoms="0", taker_order_id="0", maker_order_id="0")
        status, body = self.submit(*quote(1, 100000), trade, *quote(4, 90000))
        self.assertEqual(status, 200, body)
        self.assertEqual([result["outcome"] for result in json.loads(body)["results"]], ["accepted"] * 5, body)

    def jobs(self):
        return int(json.loads(self.ask_as(OWNER, "GET", "/v1/status")[1])["jobs"])

    def stage(self):
        return json.loads(self.ask_as(OPERATOR, "GET", "/v1/accounts/2")[1])["stage"]


class GoneOnWith(Jobs):
    def test_whoever_falls_below_maintenance_is_on_sale_without_another_event(self):
        self.fall()
        end = time.monotonic() + 20
        while self.jobs() > 0 and time.monotonic() < end:
            pass
        self.assertEqual((self.jobs(), self.stage()), (0, "auction"))
        before = self.sequence()
        self.assertEqual(self.sequence(), before, "nothing waits, and events go on")


class Left(Jobs):
    OPTIONS = ("--leave-jobs",)

    def test_nothing_happens_until_the_venue_says_so(self):
        self.fall()
        waiting, before = self.jobs(), self.sequence()
        self.assertGreater(waiting, 0)
        end = time.monotonic() + 1
        while time.monotonic() < end:
            self.assertEqual((self.jobs(), self.sequence()), (waiting, before))
        self.assertEqual(self.stage(), "healthy")
        status, body = self.submit(stamped(6, OPERATOR, "continue", step_count=64))
        self.assertEqual((status, json.loads(body)["results"][0]["outcome"]), (200, "accepted"), body)
        self.assertEqual((self.jobs(), self.stage()), (0, "auction"))


if __name__ == "__main__":
    unittest.main()
