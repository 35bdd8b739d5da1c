# books.py: the books of docs/books.md, sections 1 and 3 to 8, from that page alone.   SPDX-License-Identifier: Apache-2.0
"""A second implementation of the ledger, to compare the library with after every event.

Unbounded integers and exact fractions, rounded where the page says so; totals that the page defines as sums are summed.
It knows nothing of undo logs, 128-bit products, rings or slots: whether something is there is asked of what it holds.
Section 2, 9 and 10 are venue.py. Amounts that do not fit where the page says they must are refused by `fit`.
"""
import math
from fractions import Fraction

LIMIT = 2**127 - 1
LOTS_MAX, PRICE_MAX, LOT_MAX = 10**11, 10**16, 10**11
YEAR_NS = 31_536_000 * 10**9
ONE = 10**18
INT64_MAX = 2**63 - 1
NONE = 2**32 - 1
SPOT, PERPETUAL, FUTURE, OPTION = 1, 2, 3, 4
LINEAR, INVERSE = 1, 2
CALL, PUT = 1, 2
PAID, FUTURES_STYLE = 1, 2
POSITIVE, ANY = 1, 2
HAIRCUT, SCENARIO = 1, 2
CROSS, SUB, ISOLATED, POOL = 1, 2, 3, 4
BUY, SELL = 1, 2
ACTIVE, SETTLING, SETTLED = 1, 2, 3
CUSTODY, FEES, INSURANCE, RESIDUE, INTEREST = range(5)
COHORTS = 16


class Refused(Exception):
    """The event is refused for this reason."""


def refuse_if(condition, reason):
    if condition:
        raise Refused(reason)


def fit(value):
    """A value that is stored in 128 bits."""
    refuse_if(not -LIMIT <= value <= LIMIT, "OVERFLOW")
    return value


def ceil_div(a, b):
    return -(-a // b)


def sign(value):
    return (value > 0) - (value < 0)


class Asset:
    """Terms by the names of the event, named accounts, sums and indices."""

    def __init__(self, terms):
        self.terms = terms
        self.named = [0] * 5
        self.lent = self.borrowed = self.borrow_index = self.lend_index = self.interest_time = 0

    def copy(self):
        other = Asset.__new__(Asset)
        other.__dict__.update(self.__dict__)
        other.named = self.named[:]
        return other

    @property
    def unit(self):
        return 10 ** self.terms["decimals"]


class Market:
    """What the books know of one instrument; `terms` by the names of the event."""

    def __init__(self, terms, price_unit, domain, decimals):
        self.terms, self.domain = terms, domain
        self.kind, self.expiry = terms["kind"], terms["expiry_ns"]
        self.asset, self.underlying = terms["settlement_asset_index"], terms["underlying_index"]
        self.is_inverse = terms["settlement"] == INVERSE
        self.is_option = self.kind == OPTION
        self.is_paid = terms["premium"] == PAID
        self.unit = 10**decimals
        self.lot, self.price_unit = terms["lot_e8"], price_unit
        self.phase, self.settlement, self.settled_lots, self.funding = ACTIVE, 0, 0, 0
        self.clearing = self.dust = self.profit_total = self.settled_cost = 0
        self.collected = self.committed = self.assigned = self.tranche = 0
        self.oldest = self.next = 0
        self.open = None
        self.cohorts = {}  # number: (amount, received)

    def copy(self):
        other = Market.__new__(Market)
        other.__dict__.update(self.__dict__)
        other.cohorts = dict(self.cohorts)
        return other

    def linear_scale(self):
        """M and D of premiums and of linear cost units."""
        return self.lot * self.unit, 10**16 * self.price_unit

    def scale(self):
        return (self.unit, 10**12) if self.is_inverse and not self.is_option else self.linear_scale()

    def cost(self, lots, price, rounding):
        """Cost units of signed lots at a price: exact (linear), or rounded coin."""
        if not self.is_inverse:
            return fit(lots * price)
        return fit(rounding(Fraction(lots * self.lot * 10**12 * self.price_unit, price)))

    def is_closed(self, time):
        return self.phase != ACTIVE or (self.expiry != 0 and time >= self.expiry)

    def is_price(self, price):
        """May it trade at this price?"""
        if abs(price) > PRICE_MAX:
            return False
        if self.is_option:
            return price >= 0
        return price > 0 or not (self.domain == POSITIVE or self.is_inverse)


class Position:
    __slots__ = ("lots", "cost", "funding", "uncollected", "senior", "junior")

    def __init__(self, funding):
        self.lots = self.cost = self.uncollected = 0
        self.funding = funding
        self.senior = self.junior = None  # (cohort, amount, drawn)

    def copy(self):
        other = Position.__new__(Position)
        other.lots, other.cost, other.funding, other.uncollected = self.lots, self.cost, self.funding, self.uncollected
        other.senior, other.junior = self.senior, self.junior
        return other

    def is_nothing(self):
        return not (self.lots or self.cost or self.uncollected or self.senior or self.junior)

    def unsettled(self):
        return sum(claim[1] - claim[2] for claim in (self.senior, self.junior) if claim)


class Order:
    __slots__ = ("instrument", "side", "lots", "limit", "is_reduce_only")

    def __init__(self, instrument, side, lots, limit, is_reduce_only):
        self.instrument, self.side, self.lots = instrument, side, lots
        self.limit, self.is_reduce_only = limit, is_reduce_only

    def copy(self):
        return Order(self.instrument, self.side, self.lots, self.limit, self.is_reduce_only)


class Account:
    def __init__(self, kind, parent, instrument, owner):
        self.kind, self.parent, self.instrument, self.owner = kind, parent, instrument, owner
        self.balances, self.positions, self.orders = {}, {}, {}  # (atoms, snapshot) by asset, by instrument, by id
        self.shares = self.until = 0  # of the backstop pool

    def copy(self):
        other = Account(self.kind, self.parent, self.instrument, self.owner)
        other.shares, other.until = self.shares, self.until
        other.balances = dict(self.balances)
        other.positions = {i: p.copy() for i, p in self.positions.items()}
        other.orders = {i: o.copy() for i, o in self.orders.items()}
        return other

    def atoms(self, asset):
        return self.balances.get(asset, (0, 0))[0]

    def is_at_risk(self):
        return bool(self.orders) or any(p.lots for p in self.positions.values()) or any(
            atoms < 0 for atoms, _ in self.balances.values())

    def is_closed_out(self):
        atoms = [atoms for atoms, _ in self.balances.values()]
        return not any(p.lots or p.senior for p in self.positions.values()) and min(atoms, default=0) < 0 >= max(atoms)

    def loan(self, asset):
        return max(0, -self.atoms(asset))


class Books:
    """Assets, markets and accounts; every method that books may raise Refused half-way: the caller keeps a copy."""

    def __init__(self, limits):
        self.limits = limits
        self.assets, self.underlyings, self.markets, self.accounts = [], [], [], []
        self.time = 0
        self.paused = NONE  # a market whose cohorts receive nothing

    def copy(self):
        other = Books(self.limits)
        other.time, other.paused = self.time, self.paused
        other.assets = [a.copy() for a in self.assets]
        other.underlyings = self.underlyings[:]
        other.markets = [m.copy() for m in self.markets]
        other.accounts = [a.copy() for a in self.accounts]
        return other

    def pool(self):
        return next((a for a, account in enumerate(self.accounts) if account.kind == POOL), None)

    def pool_shares(self):
        return sum(account.shares for account in self.accounts)

    # --- Balances -----------------------------------------------------------------------------------------------------

    def add(self, a, asset, change):
        """A stored balance changes."""
        if change == 0:
            return
        account, of = self.accounts[a], self.assets[asset]
        self.accrue(of)
        old = account.atoms(asset)
        new = fit(old + change)
        of.lent = fit(of.lent + max(0, new) - max(0, old))
        of.borrowed = fit(of.borrowed + max(0, -new) - max(0, -old))
        account.balances[asset] = new, (of.borrow_index if new < 0 else of.lend_index if new > 0 else 0)

    def give(self, asset, name, change):
        of = self.assets[asset]
        of.named[name] = fit(of.named[name] + change)

    def credit(self, a, asset, atoms):
        self.add(a, asset, atoms)
        account = self.accounts[a]
        left = atoms
        for i in sorted(account.positions):
            market, position = self.markets[i], account.positions[i]
            if market.asset == asset:
                taken = min(position.uncollected, left)
                position.uncollected -= taken
                market.collected = fit(market.collected + taken)
                fit(market.collected + market.committed)
                left -= taken

    def position(self, a, i):
        positions = self.accounts[a].positions
        if i not in positions:
            positions[i] = Position(self.markets[i].funding)
        return positions[i]

    def tidy(self, a):
        """Slots of nothing go."""
        account = self.accounts[a]
        for i in [i for i, position in account.positions.items() if position.is_nothing()]:
            del account.positions[i]
        for asset in [asset for asset, (atoms, _) in account.balances.items() if atoms == 0]:
            del account.balances[asset]

    def balance_slots(self, a):
        account = self.accounts[a]
        return {asset for asset, (atoms, _) in account.balances.items() if atoms != 0} | {
            self.markets[i].asset for i in account.positions}

    def take_slots(self, a, assets=(), instrument=None):
        account = self.accounts[a]
        held = self.balance_slots(a)
        if instrument is not None and instrument not in account.positions:
            refuse_if(len(account.positions) >= self.limits["position_count"], "TABLE_FULL")
        for asset in assets:
            if asset not in held:
                refuse_if(len(held) >= self.limits["balance_count"], "TABLE_FULL")
                held.add(asset)
        if instrument is not None:
            self.position(a, instrument)

    # --- 5 Profit and loss ----------------------------------------------------------------------------------------------

    def loss(self, a, i, atoms):
        market, position = self.markets[i], self.position(a, i)
        paid = min(atoms, max(self.accounts[a].atoms(market.asset), 0))
        self.add(a, market.asset, -atoms)
        market.collected = fit(market.collected + paid)
        fit(market.collected + market.committed)
        position.uncollected = fit(position.uncollected + atoms - paid)

    def join(self, i, atoms):
        """The open cohort rises by so much; its number."""
        market = self.markets[i]
        if market.open is None:
            if market.next - market.oldest < COHORTS:
                market.cohorts[market.next] = 0, 0
                market.next += 1
            market.open = market.next - 1
        amount, received = market.cohorts[market.open]
        market.cohorts[market.open] = fit(amount + atoms), received
        return market.open

    def profit(self, a, i, atoms):
        market, position = self.markets[i], self.position(a, i)
        number = self.join(i, atoms)
        if position.senior and position.senior[0] == number:
            position.senior = number, fit(position.senior[1] + atoms), position.senior[2]
        elif position.junior and position.junior[0] == number:
            position.junior = number, fit(position.junior[1] + atoms), position.junior[2]
        elif not position.senior:
            position.senior = number, atoms, 0
        elif not position.junior:
            position.junior = number, atoms, 0
        else:
            left, amount, drawn = position.junior
            total, received = market.cohorts[left]
            market.cohorts[left] = total - amount, received - drawn
            self.join(i, amount - drawn)
            position.junior = number, fit(amount - drawn + atoms), 0

    def realise(self, a, i, gain):
        """Cost units become atoms."""
        market = self.markets[i]
        factor, divisor = market.scale()
        atoms = fit(gain * factor // divisor)
        market.clearing = fit(market.clearing - atoms)
        market.dust += gain * factor - atoms * divisor
        if market.dust >= divisor:
            market.dust -= divisor
            market.clearing = fit(market.clearing - 1)
            self.give(market.asset, RESIDUE, 1)
        self.move(a, i, atoms)

    def move(self, a, i, atoms):
        if atoms > 0:
            self.profit(a, i, atoms)
        elif atoms < 0:
            self.loss(a, i, -atoms)

    def assign(self):
        """The end of an event or step."""
        for i, market in enumerate(self.markets):
            if i == self.paused:
                continue
            if market.phase != SETTLING:
                market.open = None
            while market.oldest < market.next and market.oldest != market.open:
                amount, received = market.cohorts[market.oldest]
                share = min(amount - received, market.collected + market.committed - market.assigned)
                market.assigned += share
                market.cohorts[market.oldest] = amount, received + share
                if received + share < amount:
                    break
                del market.cohorts[market.oldest]
                market.oldest += 1

    # --- 3 Touch --------------------------------------------------------------------------------------------------------

    def touch(self, a):
        account = self.accounts[a]
        for asset in sorted(account.balances):
            atoms, snapshot = account.balances[asset]
            of = self.assets[asset]
            self.accrue(of)
            if atoms < 0:
                change = -fit(math.ceil(Fraction(-atoms * (of.borrow_index - snapshot), ONE)))
            else:
                change = fit(atoms * (of.lend_index - snapshot) // ONE)
            self.give(asset, INTEREST, -change)
            self.add(a, asset, change)
        for i in sorted(account.positions):
            self.draw(a, i)
        for order_id in [k for k, o in account.orders.items() if self.markets[o.instrument].phase == SETTLING]:
            del account.orders[order_id]
        for i in sorted(account.positions):
            if self.markets[i].phase == SETTLING and account.positions[i].lots:
                self.settle(a, i)
        for i, position in account.positions.items():
            market = self.markets[i]
            due = fit(position.lots * (market.funding - position.funding))
            position.cost = fit(position.cost + (-due if market.is_inverse else due))
            position.funding = market.funding
        self.tidy(a)

    def draw(self, a, i):
        market, position = self.markets[i], self.accounts[a].positions[i]
        for name in ("senior", "junior"):
            claim = getattr(position, name)
            if not claim:
                continue
            number, amount, drawn = claim
            if number < market.oldest:
                atoms = amount - drawn
            else:
                total, received = market.cohorts[number]
                atoms = received * amount // total - drawn if total else 0
            setattr(position, name, None if drawn + atoms == amount else (number, amount, drawn + atoms))
            if atoms:
                self.credit(a, market.asset, atoms)
        if position.senior is None and position.junior:
            position.senior, position.junior = position.junior, None

    def settle(self, a, i):
        """One position of a market that settles."""
        market, position = self.markets[i], self.accounts[a].positions[i]
        lots, price = position.lots, market.settlement
        strike = market.terms["strike_e8"]
        payoff = max(0, price - strike if market.terms["right"] == CALL else strike - price)
        if market.is_paid:
            if market.is_inverse:
                factor, divisor = market.lot * market.unit, 10**8 * price
            else:
                factor, divisor = market.linear_scale()
            exact = Fraction(abs(lots) * payoff * factor, divisor)
            atoms = fit(math.floor(exact) if lots > 0 else -math.ceil(exact))
            market.clearing = fit(market.clearing - atoms)
            position.lots = 0
            market.settled_lots += lots
            self.move(a, i, atoms)
            return
        cost = market.cost(-lots, payoff if market.is_option else price, math.floor)
        gain = cost + position.cost if market.is_inverse else -cost - position.cost
        due = lots * (market.funding - position.funding)
        gain += -due if market.is_inverse else -due
        fit(gain)
        market.settled_cost = fit(market.settled_cost + cost)
        market.profit_total = fit(market.profit_total + gain)
        position.cost = 0
        position.lots = 0
        market.settled_lots += lots
        self.realise(a, i, gain)

    # --- 4 Trades -------------------------------------------------------------------------------------------------------

    def fill(self, a, i, lots, cost, cost_of):
        """A side's fill of signed lots and cost; `cost_of` is the part of the cost of so many lots."""
        market, position = self.markets[i], self.position(a, i)
        if position.lots == 0 or sign(position.lots) == sign(lots):
            position.lots += lots
            position.cost = fit(position.cost + cost)
            return
        closed = min(abs(lots), abs(position.lots))
        closed_cost = fit(cost_of(closed))
        share = Fraction(position.cost * closed, abs(position.lots))
        if market.is_inverse:
            released = fit(math.floor(share))
            gain = fit(closed_cost + released)
        else:
            released = fit(math.ceil(share))
            gain = fit(-closed_cost - released)
        position.cost = fit(position.cost - released + cost - closed_cost)
        position.lots += lots
        market.profit_total = fit(market.profit_total + gain)
        self.realise(a, i, gain)

    def check_trade(self, a, time, b):
        i, lots, maker = b["instrument_index"], b["lots"], b["maker_account"]
        refuse_if(i >= len(self.markets), "INSTRUMENT_UNKNOWN")
        market = self.markets[i]
        refuse_if(market.is_closed(time), "INSTRUMENT_CLOSED")
        refuse_if(lots == 0 or abs(lots) > LOTS_MAX, "QUANTITY")
        refuse_if(not market.is_price(b["price_e8"]), "PRICE")
        refuse_if(b["taker_fee_atoms"] < 0 or b["taker_fee_atoms"] + b["maker_fee_atoms"] < 0, "FEE")
        refuse_if(maker == a, "SAME_ACCOUNT")
        refuse_if(maker >= len(self.accounts), "ACCOUNT_UNKNOWN")
        sides = (a, lots, b["taker_order_id"]), (maker, -lots, b["maker_order_id"])
        for side, _, _ in sides:
            self.refuse_isolated(side, i)
        for side, _, order_id in sides:
            refuse_if(order_id and order_id not in self.accounts[side].orders, "ORDER_UNKNOWN")
        for side, q, order_id in sides:
            if order_id:
                self.check_order(side, i, q, b["price_e8"], self.accounts[side].orders[order_id])
        return market, sides

    def check_order(self, a, i, lots, price, order):
        is_buy = lots > 0
        refuse_if(order.instrument != i or (order.side == BUY) != is_buy or abs(lots) > order.lots, "ORDER_MISMATCH")
        refuse_if(price > order.limit if is_buy else price < order.limit, "ORDER_MISMATCH")
        if order.is_reduce_only:
            held = self.accounts[a].positions[i].lots if i in self.accounts[a].positions else 0
            refuse_if(sign(held) != -sign(lots) or abs(held) < abs(lots), "ORDER_MISMATCH")

    def refuse_isolated(self, a, i):
        account = self.accounts[a]
        refuse_if(account.kind == ISOLATED and account.instrument != i, "ISOLATED_INSTRUMENT")

    def trade(self, a, time, b):
        market, sides = self.check_trade(a, time, b)
        i, q, price, asset = b["instrument_index"], b["lots"], b["price_e8"], market.asset
        for side, _, _ in sides:
            self.take_slots(side, [asset], i)
        for side, lots, _ in sides:
            refuse_if(abs(self.position(side, i).lots + lots) > LOTS_MAX, "QUANTITY")
        taker_cost = lambda n: market.cost(sign(q) * n, price, math.floor)
        loans = []
        for side, lots, _ in sides:
            if market.is_paid:
                self.position(side, i).lots += lots
            else:
                of = taker_cost if side == a else lambda n: -taker_cost(n)
                self.fill(side, i, lots, of(abs(q)), of)
        for side, _, _ in sides:
            loans.append(self.accounts[side].loan(asset))
        if market.is_paid:
            self.premium(sides, i, q, price)
        for (side, _, _), fee in zip(sides, (b["taker_fee_atoms"], b["maker_fee_atoms"])):
            if fee > 0:
                self.add(side, asset, -fee)
            elif fee < 0:
                self.credit(side, asset, -fee)
        self.give(asset, FEES, b["taker_fee_atoms"] + b["maker_fee_atoms"])
        for side, lots, order_id in sides:
            if order_id:
                self.take_off(side, order_id, abs(lots))
        of = self.assets[asset]
        for (side, _, _), loan in zip(sides, loans):
            grown = self.accounts[side].loan(asset) > loan
            refuse_if(grown and of.borrowed > of.terms["borrow_cap_atoms"], "BORROW_LIMIT")

    def premium(self, sides, i, lots, price):
        market = self.markets[i]
        factor, divisor = market.linear_scale()
        exact = Fraction(abs(lots) * price * factor, divisor)
        paid, received = fit(math.ceil(exact)), math.floor(exact)
        for side, q, _ in sides:
            if q > 0:
                self.add(side, market.asset, -paid)
            elif received:
                self.credit(side, market.asset, received)
        self.give(market.asset, RESIDUE, paid - received)

    def take_off(self, a, order_id, lots):
        orders = self.accounts[a].orders
        orders[order_id].lots -= lots
        if orders[order_id].lots == 0:
            del orders[order_id]

    # --- 15 Takeovers -----------------------------------------------------------------------------------------------------

    def open_takeover(self, sold, bidder):
        """Every slot that part of what one account holds may need at the other."""
        held = [i for i, position in sorted(self.accounts[sold].positions.items()) if position.lots]
        assets = {asset for asset, (atoms, _) in self.accounts[sold].balances.items() if atoms}
        for i in held:
            self.take_slots(bidder, [self.markets[i].asset], i)
        self.take_slots(bidder, sorted(assets | {0}))
        self.take_slots(sold, [0])

    def hand_over(self, giver, taker, asset, atoms):
        self.add(giver, asset, -atoms)
        self.credit(taker, asset, atoms)

    def swap(self, giver, taker, asset, atoms, cash):
        refuse_if(self.accounts[giver].atoms(asset) < atoms or self.accounts[taker].atoms(0) < cash, "BALANCE")
        self.hand_over(giver, taker, asset, atoms)
        self.hand_over(taker, giver, 0, cash)

    # --- 16 Deleveraging --------------------------------------------------------------------------------------------------

    def deleverage(self, a, other, time, i, lots, price, relief):
        market = self.markets[i]
        refuse_if(market.is_closed(time), "INSTRUMENT_CLOSED")
        if market.is_paid:
            factor, divisor = market.linear_scale()
            exact = Fraction(lots * price * factor, divisor)
            paid = fit(fit(math.ceil(exact)) - relief)
            for side, q in ((a, lots), (other, -lots)):
                self.position(side, i).lots += q
            payer, payee = (a, other) if paid > 0 else (other, a)
            if paid:
                self.hand_over(payer, payee, market.asset, abs(paid))
        else:
            cost = market.cost(lots, price, math.floor)
            cost = fit(fit(cost) + (relief if market.is_inverse else -relief))
            for side, q, whole in ((a, lots, cost), (other, -lots, -cost)):
                refuse_if(abs(self.position(side, i).lots + q) > LOTS_MAX, "OVERFLOW")
                self.fill(side, i, q, whole, lambda n: whole * n // abs(lots))
        self.tidy(a)
        self.tidy(other)

    # --- 6 Cash ---------------------------------------------------------------------------------------------------------

    def check_amount(self, asset, atoms):
        refuse_if(asset >= len(self.assets), "ASSET_UNKNOWN")
        refuse_if(atoms <= 0, "AMOUNT")

    def deposit(self, a, b):
        self.check_amount(b["asset_index"], b["atoms"])
        self.take_slots(a, [b["asset_index"]])
        self.give(b["asset_index"], CUSTODY, -b["atoms"])
        self.credit(a, b["asset_index"], b["atoms"])

    def repay(self, a, b):
        self.check_amount(b["asset_index"], b["atoms"])
        refuse_if(b["atoms"] > self.accounts[a].loan(b["asset_index"]), "REPAY_EXCESS")
        self.give(b["asset_index"], CUSTODY, -b["atoms"])
        self.credit(a, b["asset_index"], b["atoms"])

    def take_from_custody(self, a, asset, atoms):
        refuse_if(self.assets[asset].named[CUSTODY] + atoms > 0, "CUSTODY")
        self.give(asset, CUSTODY, atoms)
        self.add(a, asset, -atoms)

    def withdraw(self, a, b):
        self.check_amount(b["asset_index"], b["atoms"])
        refuse_if(self.accounts[a].atoms(b["asset_index"]) < b["atoms"], "BALANCE")
        self.take_from_custody(a, b["asset_index"], b["atoms"])

    def borrow(self, a, b):
        asset, atoms = b["asset_index"], b["atoms"]
        self.check_amount(asset, atoms)
        self.take_slots(a, [asset])
        of, held = self.assets[asset], self.accounts[a].atoms(asset)
        grown = max(0, atoms - held) - max(0, -held)
        refuse_if(held < atoms and of.borrowed + grown > of.terms["borrow_cap_atoms"], "BORROW_LIMIT")
        self.take_from_custody(a, asset, atoms)

    def transfer(self, a, b):
        asset, to, atoms = b["asset_index"], b["to_account"], b["atoms"]
        self.check_amount(asset, atoms)
        self.check_other(a, to, has_owner=True)
        refuse_if(self.accounts[a].atoms(asset) < atoms, "BALANCE")
        self.take_slots(to, [asset])
        self.add(a, asset, -atoms)
        self.credit(to, asset, atoms)

    def check_other(self, a, other, has_owner):
        refuse_if(other >= len(self.accounts), "ACCOUNT_UNKNOWN")
        refuse_if(other == a, "SAME_ACCOUNT")
        if has_owner:
            refuse_if(self.accounts[a].owner != self.accounts[other].owner, "ACCOUNT_FOREIGN")

    def exchange(self, a, b):
        give, take, other = b["give_asset_index"], b["take_asset_index"], b["other_account"]
        refuse_if(max(give, take) >= len(self.assets), "ASSET_UNKNOWN")
        refuse_if(min(b["give_atoms"], b["take_atoms"]) <= 0, "AMOUNT")
        refuse_if(give == take, "SAME_ASSET")
        self.check_other(a, other, has_owner=False)
        refuse_if(self.accounts[a].atoms(give) < b["give_atoms"], "BALANCE")
        refuse_if(self.accounts[other].atoms(take) < b["take_atoms"], "BALANCE")
        self.take_slots(a, [take])
        self.take_slots(other, [give])
        self.add(a, give, -b["give_atoms"])
        self.credit(other, give, b["give_atoms"])
        self.add(other, take, -b["take_atoms"])
        self.credit(a, take, b["take_atoms"])

    def fund(self, b):
        asset, action, i, atoms = b["asset_index"], b["action"], b["instrument_index"], b["atoms"]
        self.check_amount(asset, atoms)
        if action in (2, 5, 6):
            refuse_if(i >= len(self.markets) or self.markets[i].asset != asset, "INSTRUMENT_UNKNOWN")
        else:
            refuse_if(i != NONE, "INSTRUMENT_UNKNOWN")
        named = self.assets[asset].named
        giver, taker = {1: (CUSTODY, INSURANCE), 2: (INSURANCE, None), 3: (FEES, INSURANCE), 4: (FEES, CUSTODY),
                        5: (INSURANCE, None), 6: (None, INSURANCE), 7: (RESIDUE, INSURANCE)}[action]
        refuse_if(giver != CUSTODY and (self.markets[i].tranche if action == 6 else named[giver]) < atoms, "BALANCE")
        refuse_if(taker == CUSTODY and named[CUSTODY] + atoms > 0, "CUSTODY")
        if giver is not None:
            self.give(asset, giver, -atoms)
        if taker is not None:
            self.give(asset, taker, atoms)
        if action in (5, 6):
            self.markets[i].tranche = fit(self.markets[i].tranche + (atoms if action == 5 else -atoms))
        if action == 2:
            market = self.markets[i]
            if market.phase == SETTLED:
                self.give(asset, RESIDUE, atoms)
            else:
                market.clearing = fit(market.clearing + atoms)
            market.committed = fit(market.committed + atoms)
            fit(market.collected + market.committed)

    # --- 7 Positions ----------------------------------------------------------------------------------------------------

    def open_market(self, i, time):
        refuse_if(i >= len(self.markets), "INSTRUMENT_UNKNOWN")
        refuse_if(self.markets[i].is_closed(time), "INSTRUMENT_CLOSED")
        return self.markets[i]

    def reserve(self, a, time, b):
        market = self.open_market(b["instrument_index"], time)
        refuse_if(not 1 <= b["lots"] <= LOTS_MAX, "QUANTITY")
        refuse_if(not market.is_price(b["limit_e8"]), "PRICE")
        orders = self.accounts[a].orders
        refuse_if(b["order_id"] in orders or b["order_id"] == 0, "ORDER_DUPLICATE")
        self.refuse_isolated(a, b["instrument_index"])
        refuse_if(len(orders) >= self.limits["order_count"], "TABLE_FULL")
        orders[b["order_id"]] = Order(b["instrument_index"], b["side"], b["lots"], b["limit_e8"], b["is_reduce_only"])

    def release(self, a, b):
        orders = self.accounts[a].orders
        refuse_if(b["order_id"] not in orders, "ORDER_UNKNOWN")
        remain = orders[b["order_id"]].lots
        refuse_if(not 0 <= b["lots"] <= remain, "QUANTITY")
        self.take_off(a, b["order_id"], b["lots"] or remain)

    def position_transfer(self, a, time, b):
        i, n, to = b["instrument_index"], b["lots"], b["to_account"]
        market = self.open_market(i, time)
        position = self.accounts[a].positions.get(i)
        lots = position.lots if position else 0
        refuse_if(n == 0 or sign(n) != sign(lots) or abs(n) > abs(lots), "QUANTITY")
        self.check_other(a, to, has_owner=True)
        self.refuse_isolated(to, i)
        self.take_slots(to, [market.asset], i)
        refuse_if(abs(self.position(to, i).lots + n) > LOTS_MAX, "QUANTITY")
        exact = Fraction(position.cost * n, lots)
        share = position.cost if n == lots else math.trunc(exact)
        position.cost -= share
        position.lots -= n
        rounding = math.floor if market.is_inverse else math.ceil
        part = lambda c: share if c == abs(n) else rounding(Fraction(share * c, abs(n)))
        self.fill(to, i, n, share, part)

    def settle_profit(self, a, time, mark, b):
        i = b["instrument_index"]
        market = self.open_market(i, time)
        position = self.accounts[a].positions.get(i)
        refuse_if(position is None or position.lots == 0 or market.is_paid, "QUANTITY")
        refuse_if(mark is None or not market.is_price(mark), "MARK")
        loan = self.accounts[a].loan(market.asset)
        new = market.cost(position.lots, mark, math.ceil)
        gain = fit(position.cost - new if market.is_inverse else new - position.cost)
        position.cost = new
        market.profit_total = fit(market.profit_total + gain)
        self.realise(a, i, gain)
        of = self.assets[market.asset]
        grown = self.accounts[a].loan(market.asset) > loan
        refuse_if(grown and of.borrowed > of.terms["borrow_cap_atoms"], "BORROW_LIMIT")

    def fund_positions(self, time, b):
        market = self.open_market(b["instrument_index"], time)
        refuse_if(market.kind != PERPETUAL, "KIND")
        market.funding = fit(market.funding + b["per_lot"])

    def settle_expiry(self, time, b, is_queue_full):
        i, price = b["instrument_index"], b["price_e8"]
        refuse_if(i >= len(self.markets), "INSTRUMENT_UNKNOWN")
        market = self.markets[i]
        refuse_if(market.phase != ACTIVE, "INSTRUMENT_CLOSED")
        refuse_if(market.expiry == 0, "KIND")
        refuse_if(time < market.expiry, "NOT_EXPIRED")
        refuse_if(abs(price) > PRICE_MAX or (price <= 0 and (market.domain == POSITIVE or market.is_inverse)), "PRICE")
        refuse_if(is_queue_full, "QUEUE_FULL")
        market.phase, market.settlement = SETTLING, price

    def end_settlement(self, i):
        market = self.markets[i]
        market.open, market.phase = None, SETTLED
        self.give(market.asset, RESIDUE, market.clearing)
        market.clearing = market.dust = 0

    # --- 8 Interest -----------------------------------------------------------------------------------------------------

    def interest(self, b):
        refuse_if(b["asset_index"] >= len(self.assets), "ASSET_UNKNOWN")
        self.accrue(self.assets[b["asset_index"]])
        self.assets[b["asset_index"]].interest_time = self.time

    def accrue(self, of):
        """The indices at the present time, at the use until now."""
        if of.interest_time == 0:
            return
        terms = of.terms
        if of.borrowed == 0:
            use = 0
        else:
            use = 10**6 if of.borrowed >= of.lent else of.borrowed * 10**6 // of.lent
        kink, zero, at_kink = terms["kink_ppm"], terms["rate_zero_ppm"], terms["rate_kink_ppm"]
        if use <= kink:
            rate = zero + ceil_div((at_kink - zero) * use, kink)
        else:
            rate = at_kink + ceil_div((terms["rate_full_ppm"] - at_kink) * (use - kink), 10**6 - kink)
        step = ceil_div(rate * (self.time - of.interest_time) * 10**12, YEAR_NS)
        of.borrow_index += step
        if of.lent > 0:
            of.lend_index += min(of.borrowed, of.lent) * step * (10**6 - terms["reserve_ppm"]) // (of.lent * 10**6)
        of.interest_time = self.time

    # --- Sums -----------------------------------------------------------------------------------------------------------

    def open_interest(self, i):
        return sum(max(0, a.positions[i].lots) for a in self.accounts if i in a.positions)

    def cost_total(self, i):
        """With the funding that is due."""
        market, total = self.markets[i], 0
        for account in self.accounts:
            if i in account.positions:
                position = account.positions[i]
                due = position.lots * (market.funding - position.funding)
                total += position.cost + (-due if market.is_inverse else due)
        return total

    def cover(self, a):
        """Section 14: the fund pays debts as far as it goes, what was lost in a market first from its tranche."""
        for asset in sorted(self.accounts[a].balances):
            for i, position in sorted(self.accounts[a].positions.items()):
                market = self.markets[i]
                paid = min(position.uncollected, market.tranche)
                if market.asset == asset and paid > 0:
                    market.tranche -= paid
                    position.uncollected -= paid
                    market.collected = fit(market.collected + paid)
                    fit(market.collected + market.committed)
                    self.add(a, asset, paid)
            paid = min(self.accounts[a].loan(asset), self.assets[asset].named[INSURANCE])
            if paid > 0:
                self.credit(a, asset, paid)
                self.give(asset, INSURANCE, -paid)

    # --- 17 Socialised losses -------------------------------------------------------------------------------------------

    def burden(self, a, asset, i):
        """What the account may be cut by."""
        if i == NONE:
            return max(self.accounts[a].atoms(asset), 0)
        held = self.accounts[a].positions
        return held[i].unsettled() if i in held else 0

    def debt(self, a, asset, i):
        """What it owes there."""
        held = self.accounts[a].positions
        if i != NONE:
            return held[i].uncollected if i in held else 0
        return self.accounts[a].loan(asset) - sum(p.uncollected for k, p in held.items() if self.markets[k].asset == asset)

    def leave(self, a, i):
        """All claims of the account are out of their cohorts; what they were still worth."""
        market, position, total = self.markets[i], self.accounts[a].positions[i], 0
        for name in ("senior", "junior"):
            if claim := getattr(position, name):
                number, amount, drawn = claim
                of, received = market.cohorts[number]
                market.cohorts[number] = of - amount, received - drawn
                total += amount - drawn
            setattr(position, name, None)
        return fit(total)

    def gather_claims(self, a, i):
        if i in self.accounts[a].positions and self.accounts[a].positions[i].senior:
            self.profit(a, i, self.leave(a, i))

    def cut(self, a, asset, i, atoms):
        if i == NONE:
            self.add(a, asset, -atoms)
        else:
            rest = self.leave(a, i) - atoms
            if rest:
                self.profit(a, i, rest)
        self.give(asset, RESIDUE, atoms)
        self.tidy(a)

    def write_off(self, a, asset, i, atoms):
        self.add(a, asset, atoms)
        self.give(asset, RESIDUE, -atoms)
        if i != NONE:
            self.accounts[a].positions[i].uncollected -= atoms
        self.tidy(a)

    def conservation(self, asset):
        """[L1]: zero."""
        total = sum(self.assets[asset].named) + sum(a.atoms(asset) for a in self.accounts)
        for i, market in enumerate(self.markets):
            if market.asset == asset:
                total += market.clearing + market.tranche
                total += sum(a.positions[i].unsettled() for a in self.accounts if i in a.positions)
        return total
