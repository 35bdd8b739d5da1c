#!/usr/bin/env python3
"""make_venue.py: write examples/venue/events.jsonl: three days of a small synthetic venue.  SPDX-License-Identifier: Apache-2.0

Usage: python3 tools/make_venue.py > examples/venue/events.jsonl
"""
import json
import sys

DAY = 86_400_000_000_000
START = 1_767_225_600_000_000_000  # 2026-01-01T00:00:00Z
NONE = None
USD, BTC = 0, 1
PERP, FUTURE, CALL = 0, 1, 2
E8 = 100_000_000


class Venue:
    """Writes events with rising times; the operator is signer 0."""

    def __init__(self, out):
        self.out = out
        self.time_ns = START

    def event(self, type_, account=None, signer=0, **body):
        self.time_ns += 1_000_000_000
        line = {"type": type_, "time_ns": str(self.time_ns)}
        if account is not None:
            line["account"] = account
        if signer:
            line["signer"] = signer
            line["client_id"] = f"{self.time_ns:032x}"
            line["deadline_ns"] = str(self.time_ns + DAY // 24)
        line.update(body)
        self.out.write(json.dumps(line, separators=(",", ":")) + "\n")

    def asset(self, name, index, underlying, decimals, treatment, borrow_cap):
        self.event("asset", name=name, asset_index=index, underlying_index=underlying, custody_domain=1,
                   decimals=decimals, treatment=treatment, tier_count=1, liability_haircut_ppm="50000",
                   tier_upto_micros=[str(2**63 - 1)], tier_haircut_ppm=["0"], borrow_cap_atoms=str(borrow_cap),
                   kink_ppm="800000", rate_zero_ppm="10000", rate_kink_ppm="60000", rate_full_ppm="500000",
                   reserve_ppm="100000")

    def instrument(self, name, index, kind, right, premium, strike, expiry):
        self.event("instrument", name=name, instrument_index=index, kind=kind, settlement="linear", right=right,
                   premium=premium, underlying_index=0, settlement_asset_index=USD, lot_e8="100000",
                   strike_e8=str(strike), expiry_ns=str(expiry))

    def price(self, dollars):
        self.event("price", underlying_index=0, state="valid", price_e8=str(dollars * E8), slow_e8=str(dollars * E8),
                   confidence_e8=str(5 * E8), publish_ns=str(self.time_ns))
        self.event("mark", instrument_index=PERP, is_present=True, mark_e8=str((dollars + 20) * E8),
                   half_spread_e8=str(E8))
        self.event("mark", instrument_index=FUTURE, is_present=True, mark_e8=str((dollars + 150) * E8),
                   half_spread_e8=str(2 * E8))
        self.event("mark", instrument_index=CALL, is_present=True,
                   mark_e8=str((max(dollars - 100_000, 0) + 2_500) * E8), half_spread_e8=str(20 * E8))

    def trade(self, taker, maker, instrument, lots, dollars, orders=(0, 0)):
        notional = abs(lots) * dollars * 1_000  # micros of USD: a lot is 0.001 BTC
        self.event("trade", account=taker, instrument_index=instrument, maker_account=maker, lots=str(lots),
                   price_e8=str(dollars * E8), taker_fee_atoms=str(notional // 2_000),
                   maker_fee_atoms=str(-(notional // 10_000)), taker_order_id=str(orders[0]),
                   maker_order_id=str(orders[1]))

    def deposit(self, account, asset, atoms):
        self.event("deposit", account=account, asset_index=asset, atoms=str(atoms))


def listing(venue):
    venue.event("underlying", name="BTC", underlying_index=0, domain="positive", class_id=0, price_unit="1",
                tick_e8="10000000", reference_e8="0")
    venue.asset("USD", USD, NONE, 6, "haircut", 1_000_000 * 10**6)
    venue.asset("BTC", BTC, 0, 8, "haircut", 10 * E8)
    venue.instrument("BTC-PERPETUAL", PERP, "perpetual", "none", "none", 0, 0)
    venue.instrument("BTC-2JAN26", FUTURE, "future", "none", "none", 0, START + 2 * DAY)
    venue.instrument("BTC-2JAN26-100000-C", CALL, "option", "call", "paid", 100_000 * E8, START + 2 * DAY)
    for signer in (1, 2, 3):
        venue.event("signer", signer_index=signer, scopes=["trade", "withdraw"], public_key=f"{signer:064x}")
    for account in range(4):
        kind = "cross" if account < 3 else "sub"
        venue.event("account", account_index=account, kind=kind, parent_index=NONE if account < 3 else 0,
                    instrument_index=NONE, owner=min(account, 2) + 1 if account < 3 else 1)


def main():
    venue = Venue(sys.stdout)
    listing(venue)
    venue.price(100_000)
    venue.deposit(0, USD, 200_000 * 10**6)
    venue.deposit(1, USD, 150_000 * 10**6)
    venue.deposit(1, BTC, E8 // 2)
    venue.deposit(2, USD, 40_000 * 10**6)
    venue.event("transfer", account=0, signer=1, asset_index=USD, to_account=3, atoms=str(50_000 * 10**6))
    venue.event("reserve", account=1, signer=2, instrument_index=PERP, side="sell", lots="500",
                limit_e8=str(100_050 * E8), order_id="7", is_reduce_only=False)
    venue.trade(0, 1, PERP, 300, 100_050, (0, 7))
    venue.trade(2, 1, PERP, 200, 100_050, (0, 7))
    venue.trade(0, 3, FUTURE, -100, 100_150)
    venue.trade(2, 0, CALL, 100, 2_500)
    venue.price(103_000)
    venue.event("funding", instrument_index=PERP, per_lot=str(10 * E8))
    # Account 0 takes profit on half; nobody has paid it yet, so it waits until account 1's loss is collected.
    venue.trade(0, 2, PERP, -150, 103_020)
    venue.event("settle_profit", account=1, signer=2, instrument_index=PERP)
    # More than account 2 could ever carry is refused and changes nothing.
    venue.trade(2, 1, PERP, 90_000, 103_020)
    venue.event("withdraw", account=2, signer=3, asset_index=USD, atoms=str(39_000 * 10**6))
    venue.event("borrow", account=1, signer=2, asset_index=USD, atoms=str(1_000 * 10**6))
    venue.event("interest", asset_index=USD)
    venue.time_ns += DAY
    venue.price(101_500)
    venue.event("interest", asset_index=USD)
    venue.time_ns = START + 2 * DAY
    for instrument in (FUTURE, CALL):
        venue.event("settle_expiry", instrument_index=instrument, price_e8=str(102_000 * E8))
        venue.event("continue", step_count=8)
    venue.event("time")


if __name__ == "__main__":
    main()
