#!/usr/bin/env python3
# test_auction.py: whoever has a key sees what is on sale and may bid for it.        SPDX-License-Identifier: Apache-2.0
import json
import time
import unittest

import test_serve
from test_serve import ADMIN, OPERATOR, OWNER, SECOND, STRANGER


def stamped(number, signer, kind, **body):
    return {"type": kind, "time_ns": "0", "signer": signer, "client_id": f"{number:032x}",
            "deadline_ns": str(time.time_ns() + 3600 * SECOND), **body}


def quote(number, usd):
    """The price of BTC, and the mark of its perpetual."""
    e8 = str(usd * 10**8)
    return (stamped(number, OPERATOR, "price", underlying_index=0, state="valid", price_e8=e8, slow_e8=e8, confidence_e8="0",
                    publish_ns=str(time.time_ns())),
            stamped(number + 1, OPERATOR, "mark", instrument_index=0, is_present=True, mark_e8=e8, half_spread_e8="0"))


class Auction(test_serve.Venue):
    def book(self, *events, signer=OPERATOR):
        status, body = self.submit(*events, signer=signer)
        self.assertEqual(status, 200, body)
        return json.loads(body)["results"]

    def lots(self, who, account):
        held = json.loads(self.ask_as(who, "GET", f"/v1/accounts/{account}")[1])["positions"]
        return sum(int(position["lots"]) for position in held if position["instrument"] == "BTC-PERPETUAL")

    def auctions(self, who):
        status, body = self.ask_as(who, "GET", "/v1/auctions")
        self.assertEqual(status, 200, body)
        answer = json.loads(body)
        test_serve.check(self.table["paths"]["/v1/auctions"]["get"]["responses"]["200"]["content"]["application/json"]["schema"], answer)
        return answer["auctions"]

    def wait(self, is_there):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            seen = self.auctions(OWNER)
            if is_there(seen):
                return seen
        self.fail("it does not come")

    def test_a_stranger_sees_what_is_on_sale_and_takes_a_share(self):
        # Account 2 has 40,000 USD and buys 3.5 BTC; a fall of 10 % leaves it below maintenance with more than one slice can sell.
        trade = stamped(3, OPERATOR, "trade", account=2, instrument_index=0, maker_account=1, lots="3500", price_e8=str(100000 * 10**8),
                        taker_fee_atoms="0", maker_fee_atoms="0", taker_order_id="0", maker_order_id="0")
        walk = stamped(6, OPERATOR, "continue", step_count=64)
        results = self.book(*quote(1, 100000), trade, *quote(4, 90000), walk)
        self.assertEqual([result["outcome"] for result in results], ["accepted"] * 6, results)
        row = self.wait(lambda seen: seen and seen[0]["is_open"])[0]
        self.assertEqual((row["account"], row["round"]), (2, 1))
        self.assertEqual(row["positions"], [{"instrument": "BTC-PERPETUAL", "lots": "3500", "lot": "0.001", "mark": "90000"}])
        self.assertEqual([balance["asset"] for balance in row["balances"]], ["USD"])
        for who in (STRANGER, ADMIN, OPERATOR):
            self.assertEqual(self.auctions(who)[0]["positions"], row["positions"])
        self.assertNotIn("owner", row)
        bid = stamped(7, OWNER, "bid", account=0, sold_account=2, round=row["round"], share_ppm="1000000", premium_min_ppm="0")
        result = self.book(bid, signer=OWNER)[0]
        self.assertEqual(result["outcome"], "accepted", result)
        bought = [effect for effect in result["effects"] if effect["effect"] == "bid"][0]
        self.assertEqual((bought["account"], bought["bidder"]), (2, 0), bought)
        taken = self.lots(OWNER, 0)
        self.assertGreater(taken, 0)
        self.assertEqual(taken + self.lots(STRANGER, 2), 3500)


if __name__ == "__main__":
    unittest.main()
