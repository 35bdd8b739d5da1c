#!/usr/bin/env python3
# test_books.py: the library's state machine against a second implementation.         SPDX-License-Identifier: Apache-2.0
import unittest

import books
import books_differences
import wire

TERMS = {"settlement_asset_index": 0, "underlying_index": 0, "right": 0, "premium": 0, "strike_e8": 0, "expiry_ns": 0}
ASSET = {"decimals": 2, "borrow_cap_atoms": 10**9, "kink_ppm": 800000, "rate_zero_ppm": 0, "rate_kink_ppm": 100000,
         "rate_full_ppm": 1000000, "reserve_ppm": 100000}
LIMITS = {"balance_count": 4, "position_count": 4, "order_count": 4}


def small_books(settlement=books.LINEAR, lot=10**8):
    """One asset with 2 decimals, one perpetual, two accounts with 1,000.00 each."""
    made = books.Books(LIMITS)
    made.assets.append(books.Asset(ASSET))
    terms = {**TERMS, "kind": books.PERPETUAL, "settlement": settlement, "lot_e8": lot}
    made.markets.append(books.Market(terms, 1, books.POSITIVE, 2))
    for a in range(2):
        made.accounts.append(books.Account(books.CROSS, books.NONE, books.NONE, 0))
        made.deposit(a, {"asset_index": 0, "atoms": 100000})
    return made


def trade(of, lots, price, fee=0):
    of.trade(0, 1, {"instrument_index": 0, "maker_account": 1, "lots": lots, "price_e8": price, "taker_fee_atoms": fee,
                    "maker_fee_atoms": 0, "taker_order_id": 0, "maker_order_id": 0})
    of.assign()


class Books(unittest.TestCase):
    def test_every_number_of_3_random_venues_is_equal_after_every_event(self):
        run = books_differences.Run()
        for seed in (1, 2, 3):
            run.world(seed, 240)
        self.assertEqual(run.findings[:books_differences.SHOWN], [])
        self.assertGreaterEqual(run.states, 720)

    def test_a_profit_by_hand_waits_until_the_loser_has_paid(self):
        # 10 lots of 1 at 50.00, closed at 60.00: 100.00 each way; the loser has the cash, so the claim is covered at once.
        of = small_books()
        trade(of, 10, 50 * 10**8)
        trade(of, -10, 60 * 10**8)
        market = of.markets[0]
        self.assertEqual((market.collected, market.assigned, market.oldest, market.next), (10000, 10000, 1, 1))
        self.assertEqual(of.accounts[0].positions[0].unsettled(), 10000)
        self.assertEqual((of.accounts[0].atoms(0), of.accounts[1].atoms(0)), (100000, 90000))
        of.touch(0)
        self.assertEqual(of.accounts[0].atoms(0), 110000)
        self.assertEqual(of.conservation(0), 0)

    def test_a_loss_beyond_the_cash_becomes_a_loan_and_pays_later(self):
        # 100 lots, 50.00 to 65.00: 1,500.00 lost with 1,000.00 in cash.
        of = small_books()
        trade(of, 100, 50 * 10**8)
        trade(of, -100, 65 * 10**8)
        self.assertEqual((of.accounts[1].atoms(0), of.markets[0].collected), (-50000, 100000))
        of.touch(0)
        self.assertEqual((of.accounts[0].atoms(0), of.accounts[0].positions[0].unsettled()), (200000, 50000))
        of.repay(1, {"asset_index": 0, "atoms": 50000})
        of.assign()
        of.touch(0)
        self.assertEqual((of.accounts[0].atoms(0), of.markets[0].collected), (250000, 150000))
        self.assertEqual(of.conservation(0), 0)

    def test_inverse_cost_by_hand_is_rounded_once_against_the_taker(self):
        # 3 lots of 100 USD at 30,000: 0.01 coin; at 70,000: 0.004285714285.71... coin, down.
        of = small_books(books.INVERSE, 100 * 10**8)
        trade(of, 3, 30000 * 10**8)
        self.assertEqual([a.positions[0].cost for a in of.accounts], [10**10, -(10**10)])
        trade(of, -3, 70000 * 10**8)
        # K = -4,285,714,285.71 coin units, down; P = 5,714,285,714 and its opposite: 0.57 of an atom. The profit is floored
        # to 0 atoms, the loss to 1, which the two remainders, one atom together, bring to RESIDUE.
        market = of.markets[0]
        self.assertEqual((market.profit_total, market.clearing, market.dust), (0, 0, 0))
        self.assertEqual([a.atoms(0) for a in of.accounts], [100000, 99999])
        self.assertEqual((of.assets[0].named[books.RESIDUE], of.conservation(0)), (1, 0))

    def test_interest_by_hand(self):
        # 400.00 of 1,000.00 lent is borrowed: 40 %, half-way to the kink: 5 % a year; a year at once.
        of = small_books()
        of.add(1, 0, -140000)
        of.assets[0].named[books.CUSTODY] += 140000
        of.time = 1
        of.interest({"asset_index": 0})
        of.time += books.YEAR_NS
        of.interest({"asset_index": 0})
        self.assertEqual((of.assets[0].borrow_index, of.assets[0].lend_index), (5 * 10**16, 18 * 10**15))
        of.touch(0)
        of.touch(1)
        self.assertEqual([a.atoms(0) for a in of.accounts], [101800, -42000])
        self.assertEqual((of.assets[0].named[books.INTEREST], of.conservation(0)), (200, 0))

    def test_the_wire_sizes_are_those_of_the_header(self):
        sizes = {kind.name: kind.body.size for kind in wire.KINDS.values()}
        self.assertEqual([sizes[name] for name in ("time", "deposit", "trade", "price_report", "surface_slice", "asset")],
                         [0, 24, 56, 128, 1096, 248])


if __name__ == "__main__":
    unittest.main()
