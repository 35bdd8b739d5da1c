# pool.py: the backstop pool: docs/books.md section 19, docs/method/backstop.md.        SPDX-License-Identifier: Apache-2.0
"""A part of venue.Venue: what the pool is worth, who goes in and out, and what it takes of an account that nobody bid for."""
import math
from fractions import Fraction

import books
import margin_model
from books import NONE, Refused, refuse_if

DAY_NS = 86_400 * 10**9
VIRTUAL = 1000
SHARES_MAX = 2**62
VALUE_MAX = 2**100
POOL_KIND = 4


def up(x, y=1):
    return math.ceil(Fraction(x, y))


def small(x):
    refuse_if(abs(x) > books.INT64_MAX, "OVERFLOW")
    return x


class Pool:
    # --- What its account may do ------------------------------------------------------------------------------------------

    def permit(self, name, a, b):
        p = self.books.pool()
        if p is None:
            return
        mine = a == p
        held = lambda i: self.books.accounts[p].positions[i].lots if i in self.books.accounts[p].positions else 0

        def grows(lots):
            now = held(b["instrument_index"])
            return not now or (now > 0) == (lots > 0) or abs(lots) > abs(now)

        is_forbidden = {
            "withdraw": mine, "borrow": mine, "bid": mine, "pool_join": mine, "pool_leave": mine,
            "deposit": lambda: mine and b["asset_index"] != 0,
            "transfer": lambda: mine or (b["to_account"] == p and b["asset_index"] != 0),
            "position_transfer": lambda: mine or b["to_account"] == p,
            "exchange": lambda: mine or b["other_account"] == p,
            "reserve": lambda: mine and not b["is_reduce_only"],
            "trade": lambda: mine and grows(b["lots"]) or b["maker_account"] == p and grows(-b["lots"]),
        }.get(name, False)
        refuse_if(is_forbidden() if callable(is_forbidden) else is_forbidden, "POOL_ACCOUNT")

    # --- Terms ------------------------------------------------------------------------------------------------------------

    def deals_in(self, i):
        market = self.books.markets[i]
        return market.kind in (books.PERPETUAL, books.FUTURE) and not market.is_inverse and market.asset == 0

    def pool_terms(self, i):
        rules, of = self.record(1), self.prices[self.books.markets[i].underlying]
        sigma = margin_model.sigma_horizon(of.volatility, DAY_NS)
        part = lambda name, most: min(up(sigma * rules[name], 10**6), most)
        return {"spread": part("backstop_spread_ppm", 10**6), "rate": part("impact_ppm", 10**8),
                "stress": part("backstop_stress_ppm", 10**7), "discount": rules["backstop_discount_ppm"],
                "volume": of.liquidity[1] or rules["volume_standard_micros"]}

    def worth(self, account):
        """Everything closed at the marks, without haircuts."""
        worth, b = 0, self.books
        for asset, (atoms, _) in account.balances.items():
            worth += self.worth_of(asset, atoms) if atoms else 0
        for i, p in account.positions.items():
            worth += self.worth_of(b.markets[i].asset, p.unsettled()) if p.unsettled() else 0
            worth += self.closing_worth(i, p) if p.lots else 0
        return worth

    def worth_of(self, asset, atoms):
        of = self.books.assets[asset]
        price, unit = (10**8, 1) if of.terms["underlying_index"] == NONE else self.price_of(asset)
        refuse_if(price <= 0, "OVERFLOW")
        return atoms * price // (100 * of.unit * unit)

    def pool_market(self, i):
        """(what it holds, micros of a lot, what is left of its tranche)."""
        account = self.books.accounts[self.books.pool()]
        position = account.positions.get(i)
        tranche = max(0, self.worth(account)) * self.record(1)["backstop_tranche_ppm"] // 10**6
        lots = position.lots if position else 0
        if lots:
            tranche += min(0, self.closing_worth(i, position))
        return lots, small(self.notional(i, 1) + 1), small(max(0, tranche))

    def overdrawn(self, a):
        """Instruments in which the pool has lost more than a tranche, where it is the account."""
        rules, out = self.record(1), []
        if a != self.books.pool() or not rules["deleverage"] or not rules["backstop_tranche_ppm"]:
            return out
        account = self.books.accounts[a]
        for i, p in sorted(account.positions.items()):
            if p.lots and self.deals_in(i) and self.marks[i][0]:
                try:
                    tranche = max(0, self.worth(account)) * rules["backstop_tranche_ppm"] // 10**6
                except Refused:
                    continue
                out += [i] if -self.closing_worth(i, p) > tranche else []
        return out

    def way_out(self, terms, lot, lots):
        return margin_model.impact(abs(lots) * lot, terms["volume"], terms["rate"])

    def quoted(self, terms, at, n, sign, deficit, offered):
        """(cost, borne) of n lots, or None where a bound forbids it."""
        held, lot, tranche = at
        after = held + sign * n
        cost = up(n * lot * terms["spread"], 10**6) + max(0, self.way_out(terms, lot, after) - self.way_out(terms, lot, held))
        borne = deficit * n // offered
        stress = up(abs(after) * lot * terms["stress"], 10**6) if abs(after) > abs(held) else 0
        fits = (cost <= n * lot * terms["discount"] // 10**6 and abs(after) <= books.LOTS_MAX and borne + stress <= tranche
                and cost <= books.INT64_MAX)
        return (cost, borne) if fits else None

    # --- Members ----------------------------------------------------------------------------------------------------------

    def pool_value(self):
        """(low, high, reserved)."""
        account = self.books.accounts[self.books.pool()]
        _, answer = self.assessed(account)
        stress = leaving = 0
        for i, p in account.positions.items():
            if p.lots:
                refuse_if(not self.prices[self.books.markets[i].underlying].is_valid(), "PRICE_STATE")
                terms, (held, lot, _) = self.pool_terms(i), self.pool_market(i)
                stress += small(up(abs(held) * lot * terms["stress"], 10**6))
                leaving += small(up(abs(held) * lot * terms["spread"], 10**6) + self.way_out(terms, lot, held))
        worth = self.worth(account)
        refuse_if(abs(worth) > VALUE_MAX // 2, "OVERFLOW")
        cash = max(0, account.atoms(0)) * 10**6 // self.books.assets[0].unit
        low = (worth if answer is None else min(worth, answer["equity_initial"])) - leaving
        reserved = max(0 if answer is None else answer["initial"], stress, low - cash)
        slots = len(self.books.balance_slots(self.books.pool()))
        return low, worth + slots + 2 * len(account.positions), reserved

    def pool_join(self, a, b):
        of, account, unit = self.books, self.books.accounts[a], self.books.assets[0].unit if self.books.assets else 1
        refuse_if(of.pool() is None, "POOL_NONE")
        refuse_if(b["atoms"] <= 0, "AMOUNT")
        refuse_if(account.atoms(0) < b["atoms"], "BALANCE")
        _, high, _ = self.pool_value()
        micros, shares = books.fit(b["atoms"] * 10**6 // unit), of.pool_shares()
        refuse_if(not 0 < micros <= VALUE_MAX, "POOL_WORTH")
        refuse_if(high <= 0 and (shares > 0 or high < 0), "POOL_WORTH")
        minted = micros * (shares + VIRTUAL) // (high + 1)
        refuse_if(minted > min(VALUE_MAX, SHARES_MAX) - shares, "OVERFLOW")
        refuse_if(minted == 0, "POOL_WORTH")
        of.take_slots(of.pool(), [0])
        of.hand_over(a, of.pool(), 0, b["atoms"])
        account.shares += minted
        account.until = self.time + self.record(1)["backstop_lock_ns"]
        for side in (a, of.pool()):
            of.tidy(side)
        self.check_side(self.before[a], a, "W")

    def pool_leave(self, a, b):
        of, account = self.books, self.books.accounts[a]
        refuse_if(of.pool() is None, "POOL_NONE")
        refuse_if(b["shares"] <= 0, "AMOUNT")
        refuse_if(b["shares"] > account.shares, "POOL_SHARES")
        refuse_if(self.time < account.until, "POOL_LOCKED")
        low, _, reserved = self.pool_value()
        redeemed, paid, free, every = b["shares"], 0, low - reserved, of.pool_shares() + VIRTUAL
        if free > 0:
            paid = redeemed * (low + 1) // every
            if paid > free:
                paid, redeemed = free, up(free * every, low + 1)
        atoms = paid * of.assets[0].unit // 10**6
        refuse_if(atoms <= 0, "POOL_RESERVED")
        of.take_slots(a, [0])
        of.hand_over(of.pool(), a, 0, atoms)
        account.shares -= redeemed
        account.until = account.until if account.shares else 0
        for side in (of.pool(), a):
            of.tidy(side)
        self.check_side(self.before[of.pool()], of.pool(), "W")

    # --- The stage --------------------------------------------------------------------------------------------------------

    def may_go_to_pool(self, account):
        p = self.books.pool()
        if p is None or self.books.accounts[p] is account:
            return False
        of = self.books.accounts[p]
        return bool(self.books.balance_slots(p) or of.positions) and any(
            q.lots and self.deals_in(i) for i, q in account.positions.items())

    def backstop_step(self, job, is_in_stage, look):
        """Is the job over?"""
        a, i = job[1], job[2]
        if not is_in_stage:
            return True
        if job[4] == 0:
            job[4] = 1
            answer = self.below(a)
            job[8] = self.pool_share(answer) if answer else 0
            return False
        held = self.books.accounts[a].positions
        offered = [k for k in sorted(held) if job[8] and k >= i and held[k].lots and self.deals_in(k) and self.marks[k][0]]
        if offered:
            self.take_one(a, offered[0], job[8])
            job[2] = offered[0] + 1
            return False
        job[2] = NONE
        look(a)
        return True

    def pool_share(self, answer):
        target = answer["maintenance"] + up(answer["maintenance"] * self.record(1)["auction_target_ppm"], 10**6)
        equity = answer["equity_maintenance"]
        return up((target - equity) * 10**6, target) if equity > 0 else 10**6

    def below(self, a, i=None):
        """Touch both; the answer of an account below maintenance, with its deficit in market i, else None."""
        saved = self.books.copy()
        try:
            self.books.touch(a)
            self.books.touch(self.books.pool())
        except Refused:
            self.books = saved
            return None
        try:
            answer = self.assessed(self.books.accounts[a])[1]
        except Refused:
            answer = None
        if answer and answer["equity_maintenance"] >= answer["maintenance"]:
            answer = None
        if answer and i is not None:
            equity = answer["equity_maintenance"]
            answer = {**answer, "deficit": self.deficit(self.books.accounts[a], i, equity) if equity < 0 else 0}
        self.books.assign()
        return answer

    def take_one(self, a, i, share):
        answer = self.below(a, i)
        position = self.books.accounts[a].positions.get(i)
        if not answer or not position or not position.lots:
            return
        equity, lots = answer["equity_maintenance"], position.lots
        sign, part = books.sign(lots), up(abs(lots) * share, 10**6)
        deficit = answer["deficit"] * part // abs(lots)
        limit, mark = self.collar(i, lots < 0), self.marks[i][1]
        if (mark < limit) if lots > 0 else (mark > limit):
            return
        try:
            terms, at = self.pool_terms(i), self.pool_market(i)
        except Refused:
            return
        offer = lambda n: self.quoted(terms, at, n, sign, deficit, part)
        low, high, middle = 0, part + 1, part
        while high - low > 1:
            low, high = (middle, high) if offer(middle) else (low, middle)
            middle = (low + high) // 2
        most, low = low, 0
        if not most:
            return

        def book(n, keeps):
            """The same, booked, where the pool stands afterwards."""
            saved, again = self.books.copy(), self.quoted(terms, at, n, sign, deficit * n // part, n)
            try:
                refuse_if(not again, "OVERFLOW")
                micros = -again[1] if equity < 0 else min(again[0], max(0, equity - 1))
                market = self.books.markets[i]
                relief = books.fit(up(abs(micros) * 10**10 * market.price_unit, market.lot))
                for side in (a, self.books.pool()):
                    self.books.touch(side)
                self.books.deleverage(a, self.books.pool(), self.time, i, -sign * n, mark, relief if micros < 0 else -relief)
                stage, _ = self.assessed(self.books.accounts[self.books.pool()])
                refuse_if(stage != 1, "HEALTH")
            except Refused:
                self.books = saved
                return False
            if not keeps:
                self.books = saved
            return True

        if not book(most, True):
            high = most
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if book(middle, False) else (low, middle)
            if not low or not book(low, True):
                return
        self.books.assign()
