# venue.py: who may do what, market, records and health: docs/books.md sections 2, 9, 10. SPDX-License-Identifier: Apache-2.0
"""The state machine around books.py: apply(event) answers (sequence, reason or "NONE", is it a repeat). Where a margin model
has several reasons not to answer, the page does not say which it names: the answer is all of them, with " or " between.

Taken from the library and not modelled: the numbers in risk arrays, the marks that options have from a surface, and the
decisions of price feeds (docs/method/prices.md has its own model, feed_model.py): an underlying with sources has no price
here. When arrays are built anew is modelled, by version, price and marks.
"""
import collections
import math
import hashlib
from fractions import Fraction

import books
import living
import margin_model
from books import NONE, Refused, refuse_if
from pool import Pool
from search import LEAST_HARM, QUEUE, Search, score

VALID, HELD, STALE, INVALID = 1, 2, 3, 4
DAY_NS = 86_400 * 10**9
TIME_MAX = 2**62
JOBS, PENDING, SOURCES = 64, 16, 16
SETTLE, ARRAYS, SCAN, DELEVERAGE, SOCIALISE, BACKSTOP_JOB = 1, 2, 3, 4, 5, 6
BLOCK = 1024  # accounts that a step of a scan passes at most
WALKS = 48
HEALTHY, RESTRICTED, CALLED, PARTIAL, AUCTION, BACKSTOP, ADL, DEFICIT = 1, 2, 3, 4, 5, 6, 7, 8
FORCED = 2**63
INITIAL_RULE, MAINTENANCE_RULE, WITHDRAW_RULE, FORCED_RULE = "I", "R", "W", "F"
METHODS = {"time": "nothing", "continue": "continue_", "model": "swap_model"}
OTHER = {"transfer": "to_account", "exchange": "other_account", "trade": "maker_account",
         "position_transfer": "to_account", "bid": "sold_account"}
Standing = collections.namedtuple("Standing", "stage amount deadline slices due idle round left clock seen paid")


def at_stage(stage):
    return Standing(stage, *[0] * 10)


class Price:
    """One underlying's market."""

    def __init__(self, volatility):
        self.record = [INVALID, 0, 0, 0, 0]  # state, price, slow, confidence, publish
        self.volatility, self.liquidity, self.regime, self.hash = volatility, [0, 0, 0], 0, bytes(32)
        self.is_due, self.built, self.version = True, 0, 0
        self.sources, self.days = {}, []
        self.living = living.Living(volatility)
        # What the operator said; the price that waits while HELD; (base, ratio, fixed ratio) of an anchor, apart since when.
        self.own, self.candidate, self.anchor, self.apart = self.record, 0, None, -1
        self.is_own_priced = self.is_priced = False
        self.allowed = 0  # since when it may be liquidated at

    def is_valid(self):
        return self.record[0] == VALID


class Record:
    def __init__(self, values):
        self.version = self.accepted = 1
        self.expires = 0
        self.permanent = self.values = values


class Venue(Pool):
    def __init__(self, limits, places, models):
        """places: (name, layout version, fields: (path, standard, low, high)) each; models: (name, version) each."""
        self.limits, self.places, self.models = limits, places, models
        self.books = books.Books(limits)
        self.sequence = self.time = self.accepted = self.refused = self.repeated = 0
        self.model = next(i for i, (name, _) in enumerate(models) if name == "tiered")
        self.signers = [[15, bytes(32), []]]
        self.prices, self.marks = [], []  # marks: present, mark, half-spread, is the venue's, mark at the last rebuild
        self.records = [Record(tuple(field[1] for field in fields)) for _, _, fields in places]
        self.pending, self.jobs, self.staged, self.surface = [], [], [], []
        self.search = Search()
        self.sets, self.rows, self.set_sizes = [None, None], [{}, {}], [0, 0]
        self.ahead = [None, None]
        self.in_force = [False, False]
        self.standings = []
        self.replaced = {}  # by account, how an auction would begin in place of its slice
        self.initial_from = {}  # by underlying: where the window of its next scan begins
        self.waiting, self.walking, self.planned = set(), set(), []  # underlyings; accounts whose slice is to be taken over

    # --- 2 Order of the checks ------------------------------------------------------------------------------------------

    def apply(self, event):
        self.sequence += 1
        try:
            repeat = self.admit(event)
            if repeat is not None:
                self.repeated += 1
                return repeat, "NONE", True
            self.run(event)
        except Refused as refused:
            self.refused += 1
            return self.sequence, " or ".join(refused.args), False
        if event.client_id != bytes(16):
            self.signers[event.signer][2].append((event.client_id, event.hash(), event.deadline, self.sequence))
        self.accepted += 1
        return self.sequence, "NONE", False

    def admit(self, event):
        refuse_if(event.time < self.time, "TIME_BACKWARDS")
        refuse_if(event.time > TIME_MAX, "VALUE")
        before, self.time = self.time, event.time
        self.books.time = event.time
        self.become_due()
        if before // self.core("price_tick_ns") != event.time // self.core("price_tick_ns"):
            for u in range(len(self.prices)):
                self.advance(u)
        refuse_if(event.signer >= len(self.signers), "SIGNER_UNKNOWN")
        scopes, _, clients = self.signers[event.signer]
        refuse_if(event.signer != 0 and not scopes & (event.kind.scope), "SCOPE")
        clients[:] = [client for client in clients if client[2] >= self.time]
        if event.client_id == bytes(16):
            refuse_if(event.signer != 0, "CLIENT_ID")
            if event.deadline:
                self.check_deadline(event)
        else:
            for client_id, seen, _, sequence in clients:
                if client_id == event.client_id:
                    refuse_if(seen != event.hash(), "CLIENT_ID_REUSED")
                    return sequence
            self.check_deadline(event)
            refuse_if(len(clients) >= self.limits["client_id_count"], "CLIENT_TABLE_FULL")
        if event.kind.has_account:
            refuse_if(event.account >= len(self.books.accounts), "ACCOUNT_UNKNOWN")
            owner = self.books.accounts[event.account].owner
            refuse_if(event.signer != 0 and owner != event.signer and not scopes & 8, "ACCOUNT_FOREIGN")
        return None

    def check_deadline(self, event):
        refuse_if(event.deadline < self.time, "DEADLINE_PAST")
        refuse_if(event.deadline > self.time + DAY_NS, "DEADLINE_FAR")

    def run(self, event):
        """Books, rules and health: entirely or not at all."""
        name, b, a = event.kind.name, event.body, event.account
        self.event = event
        saved = self.books.copy()
        try:
            before = self.before = {}
            if event.kind.has_account:
                self.permit(name, a, b)
                sides = [a, b[OTHER[name]]] if name in OTHER else [a]
                if name in ("pool_join", "pool_leave") and self.books.pool() is not None:
                    sides.append(self.books.pool())
                for side in dict.fromkeys(side for side in sides if side < len(self.books.accounts)):
                    self.books.touch(side)
                    before[side] = self.books.accounts[side].copy()
            getattr(self, METHODS.get(name, name))(a, b)
            for side in before:
                self.books.tidy(side)
            self.check_health(name, b, before)
            if name == "trade":
                self.filled(a, b)
            self.books.assign()
        except Refused:
            self.books = saved
            raise

    # --- Bookings by kind -------------------------------------------------------------------------------------------------

    def deposit(self, a, b):
        self.books.deposit(a, b)

    def withdraw(self, a, b):
        self.books.withdraw(a, b)

    def transfer(self, a, b):
        self.books.transfer(a, b)

    def borrow(self, a, b):
        self.books.borrow(a, b)

    def repay(self, a, b):
        self.books.repay(a, b)

    def exchange(self, a, b):
        self.books.exchange(a, b)

    def fund(self, a, b):
        refuse_if(b["action"] == 7 and any(job[0] == SOCIALISE for job in self.jobs), "BALANCE")
        self.books.fund(b)

    def interest(self, a, b):
        self.books.interest(b)

    def trade(self, a, b):
        i = b["instrument_index"]
        before = self.books.open_interest(i) if i < len(self.books.markets) else 0
        self.books.trade(a, self.time, b)
        if self.books.open_interest(i) > before:
            self.check_cap(i)

    def position_transfer(self, a, b):
        self.books.position_transfer(a, self.time, b)

    def reserve(self, a, b):
        refuse_if(b["order_id"] >= FORCED, "ORDER_DUPLICATE")
        self.books.reserve(a, self.time, b)
        i, sign = b["instrument_index"], 1 if b["side"] == 1 else -1
        positions = self.books.accounts[a].positions
        held = sign * positions[i].lots if i in positions else 0
        more = max(0, held + b["lots"]) - max(0, held)
        if more > 0 and not b["is_reduce_only"]:
            self.check_cap(i, more)

    def release(self, a, b):
        refuse_if(b["order_id"] >= FORCED, "ORDER_UNKNOWN")
        self.books.release(a, b)

    def settle_profit(self, a, b):
        i = b["instrument_index"]
        mark = self.marks[i][1] if i < len(self.marks) and self.marks[i][0] else None
        self.books.settle_profit(a, self.time, mark, b)

    def funding(self, a, b):
        self.books.fund_positions(self.time, b)
        u = self.books.markets[b["instrument_index"]].underlying
        refuse_if(not self.prices[u].is_valid(), "PRICE_STATE")

    def settle_expiry(self, a, b):
        self.books.settle_expiry(self.time, b, self.job_count() >= JOBS)
        # The average of a feed that has never had a price is not known.
        u = self.books.markets[b["instrument_index"]].underlying
        refuse_if(bool(self.prices[u].sources), "PRICE_STATE")
        self.jobs.append([SETTLE, b["instrument_index"], 0])

    def nothing(self, a, b):
        pass

    # --- 1 Listing --------------------------------------------------------------------------------------------------------

    def next_index(self, index, table, limit):
        refuse_if(index != len(table), "INDEX")
        refuse_if(len(table) >= self.limits[limit], "TABLE_FULL")

    def check_name(self, name, table, index):
        name = bytes(name).rstrip(b"\0")
        refuse_if(not name or any(n == name for j, n in enumerate(table) if j != index), "NAME")

    def asset(self, a, b):
        index, table = b["asset_index"], self.books.assets
        is_listed = index < len(table)
        if not is_listed:
            self.next_index(index, table, "asset_count")
        else:
            old = table[index].terms
            names = ("name", "decimals", "underlying_index")
            refuse_if(any(bytes(old[n]) != bytes(b[n]) if n == "name" else old[n] != b[n] for n in names), "DECIMALS")
        self.check_name(b["name"], [bytes(asset.terms["name"]) for asset in table], index)
        u = b["underlying_index"]
        refuse_if(u != NONE and u >= len(self.books.underlyings), "UNDERLYING_UNKNOWN")
        refuse_if((u == NONE) != (index == 0), "VALUE")
        refuse_if(not is_asset_sound(b), "VALUE")
        if is_listed:
            trial = [asset.terms for asset in table]
            trial[index] = b
            for market in self.books.markets:
                refuse_if(not is_market_sound(market.terms, self.books.underlyings, trial), "VALUE")
            self.books.accrue(table[index])
            table[index].terms = b
            return
        table.append(books.Asset(b))
        if u != NONE:
            self.prices[u].is_due = True

    def underlying(self, a, b):
        self.next_index(b["underlying_index"], self.books.underlyings, "underlying_count")
        self.check_name(b["name"], [bytes(u["name"]) for u in self.books.underlyings], None)
        refuse_if(not 1 <= b["price_unit"] <= 10**9 or not 1 <= b["tick_e8"] <= 10**16, "VALUE")
        reference = b["reference_e8"]
        refuse_if(not 1 <= reference <= 10**16 if b["domain"] == books.ANY else reference != 0, "VALUE")
        refuse_if(b["class_id"] >= self.limits["class_count"], "VALUE")
        self.books.underlyings.append(b)
        self.prices.append(Price(self.core("forecast_standard_ppm")))

    def instrument(self, a, b):
        self.next_index(b["instrument_index"], self.books.markets, "instrument_count")
        self.check_name(b["name"], [bytes(m.terms["name"]) for m in self.books.markets], None)
        u, asset = b["underlying_index"], b["settlement_asset_index"]
        refuse_if(u >= len(self.books.underlyings), "UNDERLYING_UNKNOWN")
        refuse_if(asset >= len(self.books.assets), "ASSET_UNKNOWN")
        terms = [of.terms for of in self.books.assets]
        refuse_if(not is_market_sound(b, self.books.underlyings, terms), "VALUE")
        unit = self.books.underlyings[u]["price_unit"]
        decimals = terms[asset]["decimals"]
        refuse_if(b["lot_e8"] * 10**decimals > 10**26 * unit, "VALUE")
        domain = self.books.underlyings[u]["domain"]
        self.books.markets.append(books.Market(b, unit, domain, decimals))
        self.marks.append([0, 0, 0, 0, 0])
        self.prices[u].is_due = True

    def account(self, a, b):
        accounts, kind, parent = self.books.accounts, b["kind"], b["parent_index"]
        self.next_index(b["account_index"], accounts, "account_count")
        refuse_if(b["owner"] >= len(self.signers), "SIGNER_UNKNOWN")
        refuse_if(kind in (books.CROSS, books.POOL) and parent != NONE, "VALUE")
        refuse_if(kind != books.ISOLATED and b["instrument_index"] != NONE, "VALUE")
        refuse_if(kind == books.POOL and self.books.pool() is not None, "KIND")
        if kind not in (books.CROSS, books.POOL):
            refuse_if(parent >= len(accounts), "ACCOUNT_UNKNOWN")
            parent_kind = accounts[parent].kind
            refuse_if(parent_kind != books.CROSS if kind == books.SUB else parent_kind in (books.ISOLATED, books.POOL), "KIND")
            refuse_if(accounts[parent].owner != b["owner"], "ACCOUNT_FOREIGN")
        if kind == books.ISOLATED:
            refuse_if(b["instrument_index"] >= len(self.books.markets), "INSTRUMENT_UNKNOWN")
        accounts.append(books.Account(kind, parent, b["instrument_index"], b["owner"]))
        self.standings.append(at_stage(HEALTHY))

    def signer(self, a, b):
        if 0 < b["signer_index"] < len(self.signers):
            self.signers[b["signer_index"]][:2] = [b["scopes"], b["public_key"]]
            return
        self.next_index(b["signer_index"], self.signers, "signer_count")
        self.signers.append([b["scopes"], b["public_key"], []])

    # --- 9 Market ---------------------------------------------------------------------------------------------------------

    def core(self, name):
        fields = [field[0] for field in self.places[0][2]]
        return self.records[0].values[fields.index(name)]

    def known(self, u):
        refuse_if(u >= len(self.prices), "UNDERLYING_UNKNOWN")
        return self.prices[u]

    def is_price(self, u, price):
        return abs(price) <= 10**16 and (price > 0 or self.books.underlyings[u]["domain"] == books.ANY)

    def price(self, a, b):
        u, of = b["underlying_index"], self.known(b["underlying_index"])
        refuse_if(bool(of.sources), "HAS_SOURCES")
        refuse_if(not self.is_price(u, b["price_e8"]) or not self.is_price(u, b["slow_e8"]), "PRICE")
        refuse_if(not 0 <= b["confidence_e8"] <= 10**16, "PRICE")
        refuse_if(not 0 <= b["publish_ns"] <= self.time, "VALUE")
        of.own = [b["state"], b["price_e8"], b["slow_e8"], b["confidence_e8"], b["publish_ns"]]
        of.is_own_priced = True
        self.publish_all(u)

    def own_view(self, u):
        """(record, candidate); of a feed that has heard nothing, or of the operator."""
        of = self.prices[u]
        record = [INVALID, 0, 0, 0, 0] if of.sources else of.own
        return record, record[1]

    def has_own(self, u):
        return self.prices[u].is_own_priced and not self.prices[u].sources

    def publish_all(self, u):
        self.publish(u)
        for v, of in enumerate(self.prices):
            if of.anchor and u in of.anchor[:2]:
                self.publish(v)

    def publish(self, u):
        of = self.prices[u]
        before = of.record[:2]
        of.record, of.candidate = self.own_view(u)
        of.is_priced = self.has_own(u)
        if of.anchor:
            of.is_priced = all(f == NONE or self.has_own(f) for f in of.anchor[:2]) and of.is_priced
            self.anchor_price(of, self.record(self.places_of_feed() + u))
        if before[0] != VALID and of.is_valid():
            of.allowed = self.time
        self.follow(u)
        if before != of.record[:2]:
            self.moved(u)

    def places_of_feed(self):
        return next(place for place, (name, _, _) in enumerate(self.places) if name == "feed")

    def redemption(self, of):
        """Ratio x base, each a feed or fixed: exact, to the nearest unit; None where it is no price."""
        base, ratio, fixed = of.anchor
        constant = lambda price: ([VALID, price, price, 0, self.time], price)
        (r, r_waits), (b, b_waits) = (constant(fixed) if ratio == NONE else self.own_view(ratio),
                                      constant(10**8) if base == NONE else self.own_view(base))
        price, waits, slow = (round(Fraction(x * y, 10**8)) for x, y in ((r[1], b[1]), (r_waits, b_waits), (r[2], b[2])))
        if max(price, waits, slow) > 10**16 or (max(r[0], b[0]) != INVALID and price < 1):
            return INVALID, 0, 0, 0, False
        corner = (abs(r[1]) + r[3]) * (abs(b[1]) + b[3]) - abs(r[1]) * abs(b[1])
        return max(r[0], b[0]), price, min(math.ceil(Fraction(corner, 10**8)), 10**16), min(r[4], b[4]), True

    def anchor_price(self, of, rules):
        state, price, slow, confidence, publish = of.record
        r_state, r_price, r_confidence, r_publish, fits = self.redemption(of)
        of.is_priced = of.is_priced and fits
        state, publish = max(state, r_state), min(publish, r_publish)
        if state != VALID:
            of.record = [state, price, slow, confidence, publish]
            return
        apart = abs(price - r_price)
        confidence = min(max(confidence, r_confidence) + apart, 10**16)
        if Fraction(apart, 1) * 10**6 <= rules["anchor_tolerance_ppm"] * r_price:
            of.apart = -1
        else:
            of.apart = self.time if of.apart < 0 else of.apart
            if self.time - of.apart < rules["anchor_hold_max_ns"]:
                state, price = HELD, r_price
        of.record = [state, price, slow, confidence, publish]

    def anchor(self, a, b):
        u, base, ratio = b["underlying_index"], b["base_underlying_index"], b["ratio_underlying_index"]
        count = len(self.prices)
        refuse_if(u >= count, "UNDERLYING_UNKNOWN")
        of = self.prices[u]
        if not b["is_present"]:
            refuse_if(not of.anchor, "VALUE")
            of.anchor, of.apart = None, -1
        else:
            refuse_if(any(f != NONE and f >= count for f in (base, ratio)), "UNDERLYING_UNKNOWN")
            terms = self.books.underlyings
            refuse_if(any(p.anchor and u in p.anchor[:2] for p in self.prices), "VALUE")
            refuse_if(terms[u]["domain"] != books.POSITIVE, "VALUE")
            for f in {base, ratio} - {NONE}:
                refuse_if(f == u or bool(self.prices[f].anchor) or terms[f]["domain"] != books.POSITIVE, "VALUE")
                refuse_if(terms[f]["price_unit"] != terms[u]["price_unit"], "VALUE")
            refuse_if(b["ratio_e8"] != 0 if ratio != NONE else not 1 <= b["ratio_e8"] <= 10**16, "VALUE")
            of.anchor, of.apart = (base, ratio, b["ratio_e8"]), -1
        self.publish(u)

    def advance(self, u):
        if self.prices[u].sources:
            self.publish_all(u)
        elif self.prices[u].anchor:
            self.publish(u)

    def far(self, now, built, u):
        base = max(abs(built), self.books.underlyings[u]["reference_e8"])
        return abs(now - built) * 10**6 > self.core("reprice_ppm") * base

    def follow(self, u):
        """A price has been published."""
        of = self.prices[u]
        if not of.is_valid() or not (of.is_due or self.far(of.record[1], of.built, u)):
            return
        self.rebuild(u)
        done = {u}
        for market in self.books.markets:
            asset_u = self.books.assets[market.asset].terms["underlying_index"]
            if market.phase == books.ACTIVE and not market.is_inverse and asset_u == u and market.underlying not in done:
                done.add(market.underlying)
                self.rebuild(market.underlying)

    def rebuild(self, u):
        of = self.prices[u]
        if not of.is_valid():
            of.is_due = True
            return
        of.is_due, of.built, of.version = False, of.record[1], of.version + 1
        for i, market in enumerate(self.books.markets):
            if market.underlying == u and not market.is_option:
                self.marks[i][4] = self.marks[i][1]

    def mark(self, a, b):
        i = b["instrument_index"]
        refuse_if(i >= len(self.marks), "INSTRUMENT_UNKNOWN")
        market, mark, half = self.books.markets[i], b["mark_e8"], b["half_spread_e8"]
        refuse_if(market.phase != books.ACTIVE, "INSTRUMENT_CLOSED")
        is_there = b["is_present"]
        if is_there:
            if market.is_option:
                refuse_if(not 0 <= mark <= 10**16, "PRICE")
            else:
                refuse_if(not self.is_price(market.underlying, mark) or (market.is_inverse and mark <= 0), "PRICE")
            refuse_if(not 0 <= half <= 10**16, "PRICE")
        row = self.marks[i]
        row[:4] = [is_there, mark, half, is_there] if is_there else [0, 0, 0, 0]
        u = market.underlying
        self.moved(u)
        if market.is_option:
            return
        if not is_there or row[4] == 0:
            self.prices[u].is_due = True
        elif not self.prices[u].is_due and self.far(mark, row[4], u):
            self.rebuild(u)

    def liquidity(self, a, b):
        of = self.known(b["underlying_index"])
        values = [b["depth_micros"], b["volume_micros"], b["open_interest_micros"]]
        refuse_if(min(values) < 0, "VALUE")
        of.living.wanted[1:] = values
        self.heard(of)

    def heard(self, of):
        """Until the first recalibration what the market says counts at once."""
        if of.living.count == 0:
            self.put_in_force(of, of.living.wanted)

    def put_in_force(self, of, sizes):
        of.volatility, of.liquidity = sizes[0], list(sizes[1:])

    def supply(self, a, b):
        of = self.known(b["underlying_index"])
        refuse_if(b["units"] < 0, "VALUE")
        of.living.supply = b["units"]

    def living_record(self, u):
        return self.record(self.place("living", self.books.underlyings[u]["class_id"]))

    def recalibrate(self, a, b):
        u, of = b["underlying_index"], self.known(b["underlying_index"])
        record = self.living_record(u)
        refuse_if(of.living.count > 0 and self.time - of.living.last < record["interval_ns"], "EARLY")
        self.put_in_force(of, of.living.step(record, self.time))

    def base(self, u):
        return max(abs(self.prices[u].record[1]), self.books.underlyings[u]["reference_e8"])

    def check_cap(self, i, more=0):
        u = self.books.markets[i].underlying
        unit, total = self.books.underlyings[u]["price_unit"], 0
        for k, market in enumerate(self.books.markets):
            lots = self.books.open_interest(k) + (more if k == i else 0)
            if market.underlying == u and lots:
                v = self.books.assets[market.asset].terms["underlying_index"]
                coin = None if v == NONE else (self.base(v), self.books.underlyings[v]["price_unit"])
                total += living.notional(market.terms, lots, self.base(u), unit, coin)
        of = self.prices[u].living
        depth = of.announced()[living.DEPTH] if of.count else self.prices[u].liquidity[0]
        limit = living.cap(self.living_record(u), depth, of.supply, self.base(u), unit)
        refuse_if(min(total, living.MOST) > limit, "OPEN_INTEREST")

    def forecast(self, a, b):
        of = self.known(b["underlying_index"])
        refuse_if(not 1 <= b["volatility_ppm"] <= 10**8 or not 0 <= b["regime_ppm"] <= 10**6, "VALUE")
        low, high = self.core("forecast_low_ppm"), self.core("forecast_high_ppm")
        of.living.wanted[0] = min(max(b["volatility_ppm"], low), high)
        self.heard(of)
        of.regime, of.hash = b["regime_ppm"], b["model_hash"].ljust(32, b"\0")

    def close(self, a, b):
        u, of, price = b["underlying_index"], self.known(b["underlying_index"]), b["price"]
        refuse_if(bool(of.days) and b["day"] <= of.days[-1], "DAY")
        refuse_if(not 0 <= b["day"] <= self.time // DAY_NS, "DAY")
        low = 1e-12 if self.books.underlyings[u]["domain"] == books.POSITIVE else -1e8
        refuse_if(not low <= price <= 1e8, "VALUE")
        of.days = (of.days + [b["day"]])[-self.limits["history_count"]:]

    def source(self, a, b):
        of = self.known(b["underlying_index"])
        refuse_if(not 0 <= b["weight"] <= 1000, "VALUE")
        index, key = b["source_index"], b["public_key"].ljust(32, b"\0")
        if b["weight"] == 0:
            refuse_if(index not in of.sources, "SOURCE_UNKNOWN")
            del of.sources[index]
            if not of.sources:
                of.own, of.is_own_priced = [INVALID, 0, 0, 0, 0], False
        else:
            refuse_if(index not in of.sources and len(of.sources) >= SOURCES, "TABLE_FULL")
            refuse_if(any(k == key for j, (k, _) in of.sources.items() if j != index), "VALUE")
            low, high = b["clamp_low_e8"], b["clamp_high_e8"]
            refuse_if((low, high) != (0, 0) and not -(10**16) <= low < high <= 10**16, "VALUE")
            refuse_if(b["is_own"] and any(own for j, (_, own) in of.sources.items() if j != index), "VALUE")
            of.sources[index] = key, b["is_own"]
        self.publish_all(b["underlying_index"])

    def price_report(self, a, b):
        refuse_if(b["source_index"] not in self.known(b["underlying_index"]).sources, "SOURCE_UNKNOWN")
        self.publish_all(b["underlying_index"])

    def surface_slice(self, a, b):
        u, kind, nodes = b["underlying_index"], b["kind"], b["node_count"]
        self.known(u)
        mine = [s for s in self.staged if s[0] == u]
        refuse_if(not self.is_price(u, b["forward_e8"]), "VALUE")
        refuse_if(b["expiry_ns"] <= self.time or (bool(mine) and b["expiry_ns"] <= mine[-1][2]), "VALUE")
        refuse_if((kind == 2) != (nodes > 0), "VALUE")
        refuse_if(len(self.staged) >= self.limits["expiry_count"], "TABLE_FULL")
        self.staged.append((u, kind, b["expiry_ns"], b["forward_e8"], b["svi"][0], self.event.encode()[64:]))

    def surface_commit(self, a, b):
        u = b["underlying_index"]
        self.known(u)
        mine = [s for s in self.staged if s[0] == u]
        rest = [s for s in self.staged if s[0] != u]
        if b["slice_count"] == 0:
            self.staged = rest
            return
        refuse_if(b["slice_count"] != len(mine), "COUNT")
        digest = hashlib.blake2b(b"".join(s[5] for s in mine), digest_size=32).digest()
        refuse_if(b["hash"].ljust(32, b"\0") != digest, "HASH")
        others = [e for e in self.surface if e[0] != u]
        refuse_if(len(others) + len(mine) > self.limits["expiry_count"], "TABLE_FULL")
        refuse_if(any(s[2] <= self.time for s in mine), "VALUE")
        is_positive = self.books.underlyings[u]["domain"] == books.POSITIVE
        refuse_if(not is_positive and any(s[1] == 1 for s in mine), "VALUE")  # svi is a smile of positive prices
        # The streams stage flat smiles only: there total variance must not fall.
        refuse_if(any(x[4] > y[4] for x, y in zip(mine, mine[1:])), "ARBITRAGE")
        self.surface = sorted(others + [s[:4] for s in mine], key=lambda e: (e[0], e[2]))
        self.staged = rest
        self.rebuild(u)

    # --- Sets, jobs -------------------------------------------------------------------------------------------------------

    def record(self, place):
        return dict(zip((field[0] for field in self.places[place][2]), self.records[place].values))

    def scenario_commit(self, a, b):
        h = b["horizon"] - 1
        refuse_if(self.job_count() >= JOBS or any(job[:2] == [ARRAYS, h] for job in self.jobs), "QUEUE_FULL")
        refuse_if(self.record(2 + h)["history_count"] > 0, "HISTORY")  # the streams' closes never suffice
        refuse_if(any(b["hash"]), "HASH")
        self.set_sizes[h] = len(self.books.underlyings)
        self.jobs.append([ARRAYS, h, 0])

    def continue_(self, a, b):
        refuse_if(not 1 <= b["step_count"] <= 1024, "STEPS")
        refuse_if(not self.jobs, "QUEUE_EMPTY")
        for number in range(b["step_count"]):
            if not self.jobs:
                return
            saved = self.books.copy()
            try:
                self.step(self.jobs[0])
            except Refused:
                self.books = saved
                if number == 0:
                    raise
                return
            self.books.assign()

    def job_count(self):
        return sum(job[0] != SCAN for job in self.jobs)

    def step(self, job):
        kind, index, cursor = job[:3]
        if kind == SCAN:
            self.scan_step(job)
            return
        if kind == BACKSTOP_JOB:
            if self.backstop_step(job, self.standings[index].stage == BACKSTOP, self.look):
                self.jobs.remove(job)
            return
        if kind == DELEVERAGE:
            if self.deleverage_step(job):
                self.jobs.remove(job)
            return
        if kind == SOCIALISE:
            if self.socialise_step(job):
                self.jobs.remove(job)
            return
        if kind == SETTLE:
            if cursor < len(self.books.accounts):
                self.books.touch(cursor)
            is_last = cursor + 1 >= len(self.books.accounts)
            if is_last:
                self.books.end_settlement(index)
        else:
            if cursor < self.set_sizes[index]:
                self.rebuild(cursor)
            is_last = cursor + 1 >= self.set_sizes[index]
            if is_last:
                self.in_force[index] = True
        job[2] += 1
        if is_last:
            self.jobs.pop(0)

    # --- 12 Liquidation: stages -------------------------------------------------------------------------------------------

    def moved(self, u):
        b = self.books
        if not self.prices[u].is_valid() or not (any(b.open_interest(i) for i in range(len(b.markets)))
                                                 or any(asset.borrowed for asset in b.assets)):
            return
        self.waiting.add(u)
        if not any(job[0] == SCAN for job in self.jobs):
            self.jobs.append([SCAN, 0, 0])

    def scan_step(self, job):
        a = job[2]
        if a == 0:
            self.walking, self.waiting = self.waiting, set()
        end = min((a // BLOCK + 1) * BLOCK, len(self.books.accounts))
        while job[2] < end:
            job[2] += 1
            if self.is_exposed(self.books.accounts[job[2] - 1]) and self.leaves_trace(job[2] - 1):
                break
        if job[2] == len(self.books.accounts):
            self.jobs.pop(0)
            for u in self.walking:
                end = self.window_end(u)
                self.initial_from[u] = end if end < len(self.books.accounts) else 0
            self.walking = set()
            if self.waiting:
                self.jobs.append([SCAN, 0, 0])

    def window_end(self, u):
        return self.initial_from.get(u, 0) + self.record(1)["initial_window"]

    def leaves_trace(self, a):
        """Look at an account; in a window whose stage stays as it is, elsewhere who is and stays restricted at most, is as before."""
        is_windowed = any(self.initial_from.get(u, 0) <= a < self.window_end(u) for u in self.walking)
        was = self.standings[a].stage
        if was in (HEALTHY, RESTRICTED):
            saved, is_over = self.books.copy(), False
            has_plain = not all(order.is_reduce_only for order in self.books.accounts[a].orders.values())
            try:
                self.books.touch(a)
                stage = self.assessed(self.books.accounts[a])[0]
                is_over = self.overdrawn(a)
            except Refused:
                stage = None
            self.books = saved
            is_same = stage == was and not (stage == RESTRICTED and has_plain)
            if stage is None or (is_same if is_windowed else stage in (HEALTHY, RESTRICTED)) and not is_over:
                return False
        return self.look(a)

    def look(self, a):
        saved = self.books.copy()
        try:
            self.books.touch(a)
            self.assess(a, None)
            self.books.tidy(a)
            self.books.assign()
            return True
        except Refused:
            self.books = saved
            return False

    def is_exposed(self, account):
        markets = [self.books.markets[i] for i in account.positions]
        markets += [self.books.markets[order.instrument] for order in account.orders.values()]
        assets = {asset for asset, (atoms, _) in account.balances.items() if atoms} | {m.asset for m in markets}
        priced = {self.books.assets[asset].terms["underlying_index"] for asset in assets}
        return bool(self.walking & (priced | {market.underlying for market in markets}))

    def is_bound(self, a):
        stage, deadline = self.standings[a].stage, self.standings[a].deadline
        return stage in (PARTIAL, AUCTION, BACKSTOP, ADL, DEFICIT) or (stage == CALLED and self.time >= deadline)

    def is_at_risk(self, account):
        """False where nothing can be owed: section 10, 2."""
        held = {asset for asset, (atoms, _) in account.balances.items() if atoms > 0}
        priced = {self.books.assets[asset].terms["underlying_index"] for asset in held} - {NONE}
        return account.is_at_risk() or any(self.books.underlyings[u]["domain"] == books.ANY for u in priced)

    def assessed(self, account):
        """The model's answer, or None where there is nothing at risk."""
        if not self.is_at_risk(account):
            return HEALTHY, None
        answer = self.require(account)
        stage = (PARTIAL if answer["equity_maintenance"] < answer["maintenance"] else
                 CALLED if answer["equity_maintenance"] < answer["call"] else
                 RESTRICTED if answer["equity_initial"] < answer["initial"] else HEALTHY)
        # Every price is VALID, else there were no answer; one of an operator always allows what VALID allows.
        return stage, answer

    def assess(self, a, b):
        account = self.books.accounts[a]
        stage, answer = self.assessed(account)
        if stage != HEALTHY and not all(order.is_reduce_only for order in account.orders.values()):
            account.orders = {k: order for k, order in account.orders.items() if order.is_reduce_only}
            stage, answer = self.assessed(account)
        was, now = self.standings[a], at_stage(stage)
        if stage == CALLED:
            deadline = was.deadline if was.stage == CALLED else self.time + self.record(1)["call_ns"]
            now = now._replace(amount=answer["call"] - answer["equity_maintenance"], deadline=deadline)
        if stage == PARTIAL and account.is_closed_out():
            self.books.cover(a)
            stage = DEFICIT if account.is_closed_out() else HEALTHY
            now = at_stage(stage)
        if stage == PARTIAL:
            now = was if was.stage in (PARTIAL, AUCTION, BACKSTOP, ADL) else now
            if now.stage in (PARTIAL, AUCTION):
                now = self.follow_auction(account, answer, now)
            now = self.follow_pool(a, account, was, now)
            now = self.follow_walks(account, answer, was, now)
        if now.stage == PARTIAL:
            now = self.set_off(a, account, was, now)
        self.standings[a] = now
        for i in self.overdrawn(a):
            self.queue_walk(i, account.positions[i].lots)
        is_due = now.stage == PARTIAL and self.time >= now.due
        if now.stage == PARTIAL and not is_due:
            return
        if self.is_bound(a) or any(k >= FORCED for k in account.orders):
            account.orders = {}
        if is_due:
            self.replaced[a] = self.begin_auction(account, now) if now.round == 0 else None
            self.standings[a] = now._replace(slices=now.slices + 1, due=self.time + self.record(1)["slice_ns"],
                                             idle=now.idle + 1)
            self.planned.append(a)

    def set_off(self, a, account, was, now):
        """Section 18: the fund takes what nobody bids for, for debts that it pays."""
        rules = self.record(1)
        is_past = now.round > 0 or not rules["auction_rounds_max"] or not self.has_goods(account)
        if not is_past or self.time < now.due or any(p.lots or p.senior for p in account.positions.values()):
            return now
        kept, is_taken = 10**6 - rules["fund_discount_ppm"], False
        up, down = lambda x, y: books.fit(math.ceil(Fraction(x, y))), lambda x, y: books.fit(x // y)
        assets = sorted(account.balances)
        for owed in assets:
            for have in assets:
                taken, fund = account.atoms(have), self.books.assets[owed].named[books.INSURANCE]
                paid = min(account.loan(owed), fund)
                if taken <= 0 or paid <= 0:
                    continue
                (p, s), (q, t) = self.quote(have), self.quote(owed)
                if p <= 0 or q <= 0:
                    continue
                wanted = up(up(up(paid * q, t) * 10**6, kept) * s, p)
                if wanted <= taken:
                    taken = wanted
                else:
                    paid = min(paid, down(down(down(taken * p, s) * kept, 10**6) * t, q))
                if paid > 0:
                    is_taken = True
                    self.books.add(a, have, -taken)
                    self.books.give(have, books.INSURANCE, taken)
                    self.books.credit(a, owed, paid)
                    self.books.give(owed, books.INSURANCE, -paid)
        if not is_taken:
            return now
        self.books.tidy(a)
        stage, answer = self.assessed(account)
        if stage == CALLED:
            deadline = was.deadline if was.stage == CALLED else self.time + rules["call_ns"]
            return at_stage(stage)._replace(amount=answer["call"] - answer["equity_maintenance"], deadline=deadline)
        if stage != PARTIAL:
            return at_stage(stage)
        if account.is_closed_out():
            self.books.cover(a)
            return at_stage(DEFICIT if account.is_closed_out() else HEALTHY)
        return now

    def quote(self, asset):
        """Atoms times the first are micros times the second."""
        of = self.books.assets[asset]
        price, unit = (10**8, 1) if of.terms["underlying_index"] == NONE else self.price_of(asset)
        return price, 100 * unit * of.unit

    def collar(self, i, is_buy):
        """The worst price of a forced order."""
        market, mark = self.books.markets[i], self.marks[i]
        centre = self.prices[market.underlying].record[1] if market.kind in (books.SPOT, books.PERPETUAL) else mark[1]
        width = abs(centre) * self.record(1)["collar_ppm"] // 10**6 + (mark[2] if market.is_option else 0)
        is_any = market.domain == books.ANY and not market.is_inverse and not market.is_option
        least = -books.PRICE_MAX if is_any else 0 if market.is_option else 1
        return min(max(centre + width if is_buy else centre - width, least), books.PRICE_MAX)

    def take_slice(self, a, orders, is_auctioned):
        """What the planner chose: [(id, instrument, side, lots, limit, reduce-only)] as placed, or that its plan needs more
        slices than `slice_max`, which is not computed here. What is wrong with it, or None."""
        if is_auctioned and self.replaced[a]:
            self.standings[a] = self.replaced[a]
            return f"account {a}: orders beside an auction" if orders else None
        account, slices = self.books.accounts[a], self.standings[a].slices
        for n, (k, i, side, lots, limit, is_reduce_only) in enumerate(orders):
            held = account.positions[i].lots if i in account.positions else 0
            if (k != FORCED + 16 * slices + n or n and i <= orders[n - 1][1] or side != (2 if held > 0 else 1)
                    or not 1 <= lots <= abs(held) or limit != self.collar(i, side == 1) or not is_reduce_only):
                return f"account {a}: no slice of a sound plan: {orders[n]}"
            account.orders[k] = books.Order(i, side, lots, limit, 1)
        return None

    # --- 15 Auctions ------------------------------------------------------------------------------------------------------

    def filled(self, a, b):
        for side, order_id in ((a, b["taker_order_id"]), (b["maker_account"], b["maker_order_id"])):
            if order_id >= FORCED:
                self.standings[side] = self.standings[side]._replace(idle=0)

    def follow_auction(self, account, answer, now):
        rules, equity = self.record(1), answer["equity_maintenance"]
        if now.stage == PARTIAL:
            begins = (self.time >= now.due and now.idle >= rules["fruitless_max"]) or (equity < 0 and now.round == 0)
            return begins and self.begin_auction(account, now) or now
        now = self.at_present(account, now)
        if not self.is_over(equity, now):
            return now
        if now.left == 0 or not self.has_goods(account):
            return at_stage(PARTIAL)._replace(slices=now.slices, due=self.time, round=now.round)
        return self.next_round(now)._replace(left=now.left - 1)

    def has_goods(self, account):
        held = {asset: atoms for asset, (atoms, _) in account.balances.items()}
        has_loan = any(atoms < 0 and asset for asset, atoms in held.items())
        return any(p.lots for p in account.positions.values()) or any(
            atoms > 0 and asset for asset, atoms in held.items()) or (has_loan and held.get(0, 0) > 0)

    def next_round(self, now):
        return now._replace(stage=AUCTION, round=now.round + 1, clock=0, seen=self.time, paid=0)

    def begin_auction(self, account, now):
        """None where there are none, or there is nothing to sell."""
        rounds = self.record(1)["auction_rounds_max"]
        if rounds and self.has_goods(account):
            return self.next_round(now)._replace(due=0, idle=0, left=rounds - 1)
        return None

    def at_present(self, account, now):
        """The clock, of which only time counts in which every price allowed it."""
        rests = {self.books.markets[i].underlying for i, p in account.positions.items() if p.lots}
        rests |= {self.books.assets[asset].terms["underlying_index"] for asset, (x, _) in account.balances.items() if x}
        seen = max([now.seen] + [self.prices[u].allowed for u in rests - {NONE}])
        return now._replace(clock=now.clock + self.time - seen, seen=self.time)

    def kept(self, now):
        """Which part of its equity a solvent account keeps."""
        rules, t = self.record(1), now.clock // 10**9
        fast, slow = rules["auction_fast_ns"] // 10**9, rules["auction_slow_ns"] // 10**9
        start, cutoff = rules["auction_start_ppm"] * 10**12, rules["auction_cutoff_ppm"] * 10**12
        if t < fast:
            return start - math.ceil(Fraction((start - cutoff) * t, fast))
        return cutoff * max(0, slow - (t - fast)) // slow

    def is_over(self, equity, now):
        rules = self.record(1)
        if equity <= 0:
            return now.clock // 10**9 > rules["auction_insolvent_ns"] // 10**9
        return self.kept(now) < rules["auction_reserve_ppm"] * 10**12

    def share(self, wanted, equity, maintenance, now):
        """ppm; what is left for sale is nothing, or at least the dust."""
        rules, limit = self.record(1), 10**6
        if equity > 0:
            kept = self.kept(now)
            missing = maintenance - equity + math.ceil(Fraction(maintenance * rules["auction_target_ppm"], 10**6))
            gained = equity * kept // 10**18 + now.paid * (10**18 - kept) // 10**18
            limit_e18 = 10**18 if gained <= 0 else math.ceil(Fraction(10**18 * missing, missing + gained))
            limit = math.ceil(Fraction(limit_e18, 10**12))
        dust = rules["auction_dust_ppm"]
        if wanted >= limit:
            return limit
        wanted = wanted if limit - wanted >= dust else limit - dust
        refuse_if(wanted < dust, "AUCTION_DUST")
        return wanted

    def bid(self, a, b):
        sold, b_, rules = b["sold_account"], self.books, self.record(1)
        refuse_if(sold >= len(b_.accounts), "ACCOUNT_UNKNOWN")
        account = b_.accounts[sold]
        refuse_if(account.owner == b_.accounts[a].owner, "AUCTION_SELF")
        refuse_if(not 1 <= b["share_ppm"] <= 10**6 or not 0 <= b["premium_min_ppm"] <= 10**6, "VALUE")
        was = self.standings[sold]
        refuse_if(was.stage != AUCTION or was.round != b["round"], "AUCTION")
        stage, answer = self.assessed(account)
        refuse_if(stage != PARTIAL, "AUCTION")
        now, equity, maintenance = self.at_present(account, was), answer["equity_maintenance"], answer["maintenance"]
        refuse_if(self.is_over(equity, now), "AUCTION")
        share = self.share(b["share_ppm"], equity, maintenance, now)
        b_.open_takeover(sold, a)
        has_moved = self.take_positions(a, sold, share)
        conceding = now.clock // 10**9 if equity <= 0 else None
        has_moved |= self.take_balances(a, sold, share, is_loan=False, conceding=conceding)
        has_moved |= self.take_balances(a, sold, share, is_loan=True, conceding=conceding)
        refuse_if(not has_moved, "AUCTION_DUST")
        if equity > 0:
            value = max(0, equity - now.paid) * share // 10**6
            price = math.ceil(Fraction(math.ceil(Fraction(max(0, equity - now.paid) * self.kept(now), 10**18)) * share,
                                       10**6))
            paid = min(price, value)
            premium, cash = value - paid, account.atoms(0)
        else:
            length = rules["auction_insolvent_ns"] // 10**9
            whole = -equity + maintenance * min(now.clock // 10**9, length) // length
            paid, premium = 0, max(0, whole * share // 10**6 - math.ceil(Fraction(-equity * share, 10**6)))
            cash = b_.assets[0].named[books.INSURANCE]
        carried = math.ceil(Fraction(maintenance * share, 10**6))
        wanted = math.ceil(Fraction(carried * b["premium_min_ppm"], 10**6))
        unit = b_.assets[0].unit
        atoms = max(0, min(premium * unit // 10**6, cash))
        refuse_if(atoms < math.ceil(Fraction(wanted * unit, 10**6)), "AUCTION_PREMIUM")
        if atoms and equity > 0:
            b_.hand_over(sold, a, 0, atoms)
        elif atoms:
            b_.give(0, books.INSURANCE, -atoms)
            b_.credit(a, 0, atoms)
        for side in (sold, a):
            b_.tidy(side)
        self.check_side(self.before[a], a, INITIAL_RULE)
        self.check_side(self.before[sold], sold, FORCED_RULE)
        self.standings[sold] = now._replace(paid=now.paid + paid)
        try:
            self.assess(sold, None)
        except Refused:
            self.standings[sold] = was
            raise

    def take_positions(self, a, sold, share):
        held = {i: p.lots for i, p in self.books.accounts[sold].positions.items() if p.lots}
        for i, lots in sorted(held.items()):
            part = books.sign(lots) * math.ceil(Fraction(abs(lots) * share, 10**6))
            limit, mark = self.collar(i, lots < 0), self.marks[i][1]
            self.books.trade(a, self.time, {
                "instrument_index": i, "maker_account": sold, "lots": part, "taker_fee_atoms": 0, "maker_fee_atoms": 0,
                "price_e8": max(mark, limit) if lots > 0 else min(mark, limit), "taker_order_id": 0, "maker_order_id": 0})
        return bool(held)

    def conceded(self, asset, seconds, is_loan):
        length = self.record(1)["auction_insolvent_ns"] // 10**9
        haircut = asset.terms["liability_haircut_ppm"] if is_loan else asset.terms["tier_haircut_ppm"][0]
        return 0 if seconds is None or not length else haircut * min(seconds, length) // length

    def take_balances(self, a, sold, share, is_loan, conceding=None):
        b_, account, has_moved = self.books, self.books.accounts[sold], False
        for asset in sorted(account.balances):
            held, of = account.atoms(asset), b_.assets[asset]
            if not asset or not held or (held < 0) != is_loan or self.price_of(asset)[0] <= 0:
                continue
            rounded, other = (math.ceil, math.floor) if is_loan else (math.floor, math.ceil)
            atoms = rounded(Fraction(abs(held) * share, 10**6))
            price, unit = self.price_of(asset)
            micros = other(Fraction(atoms * price, 100 * of.unit * unit))
            conceded = self.conceded(of, conceding, is_loan)
            micros = other(Fraction(micros * (10**6 + (conceded if is_loan else -conceded)), 10**6))
            cash = other(Fraction(micros * b_.assets[0].unit, 10**6))
            if atoms and cash and not (is_loan and account.atoms(0) < cash):
                b_.swap(*((a, sold) if is_loan else (sold, a)), asset, atoms, cash)
                has_moved = True
        return has_moved

    def price_of(self, asset):
        u = self.books.assets[asset].terms["underlying_index"]
        return self.prices[u].record[1], self.books.underlyings[u]["price_unit"]

    # --- 19 The backstop pool ---------------------------------------------------------------------------------------------

    def follow_pool(self, a, account, was, now):
        rules, has_goods = self.record(1), self.may_go_to_pool(account)
        begins = now.stage == PARTIAL and (was.stage == AUCTION or (
            not rules["auction_rounds_max"] and self.time >= now.due and now.idle >= rules["fruitless_max"]))
        counted = dict(slices=now.slices, round=now.round)
        if now.stage == BACKSTOP and (not has_goods or self.jobs[:1] and self.jobs[0][:3] == [BACKSTOP_JOB, a, NONE]):
            return at_stage(PARTIAL)._replace(due=self.time, **counted)
        if now.stage != BACKSTOP and not (begins and has_goods):
            return now
        if self.job_count() < JOBS and not any(job[:2] == [BACKSTOP_JOB, a] for job in self.jobs):
            self.jobs.append([BACKSTOP_JOB, a] + [0] * 8)
        return at_stage(BACKSTOP)._replace(**counted)

    # --- 16 Deleveraging --------------------------------------------------------------------------------------------------

    def lots(self, account):
        return {i: p.lots for i, p in sorted(account.positions.items()) if p.lots}

    def follow_walks(self, account, answer, was, now):
        rules, mine = self.record(1), self.lots(account)
        is_bankrupt = rules["deleverage"] and answer["equity_maintenance"] < 0 and mine
        begins = now.stage == PARTIAL and (was.stage in (AUCTION, BACKSTOP) or (
            not rules["auction_rounds_max"] and self.time >= now.due and now.idle >= rules["fruitless_max"]))
        if not is_bankrupt or not (begins or now.stage == ADL):
            return at_stage(PARTIAL) if now.stage == ADL else now
        for i, lots in mine.items():
            self.queue_walk(i, lots)
        return at_stage(ADL)

    def queue_walk(self, i, lots):
        index = 2 * i + (lots < 0)
        is_free = self.job_count() < JOBS and sum(job[0] == DELEVERAGE for job in self.jobs) < WALKS
        if is_free and not any(job[:2] == [DELEVERAGE, index] for job in self.jobs):
            self.jobs.append([DELEVERAGE, index] + [0] * 8)

    def on_side(self, job, a, is_bankrupt):
        """Lots of an account that a walk is about."""
        i, is_short = job[1] // 2, bool(job[1] % 2)
        held = self.books.accounts[a].positions
        lots = held[i].lots if i in held else 0
        is_closed = self.standings[a].stage == ADL or i in self.overdrawn(a)
        is_meant = lots and (lots < 0) == (is_short == is_bankrupt) and is_closed == is_bankrupt
        return abs(lots) if is_meant else 0

    def deleverage_step(self, job):
        is_over = self.walk_step(job)
        if is_over:
            self.search = Search()
        return is_over

    def walk_step(self, job):
        count = len(self.books.accounts)
        if job[4] == 0:
            return self.gather(job, count)
        if job[9]:
            self.close_one(job)
        elif job[4] == 2:
            self.offer_ranked(job)
        else:
            held = self.on_side(job, job[2], False)
            job[7] = min(job[7] + held, job[6])
            granted = job[5] * job[7] // job[6]
            job[8], job[9] = granted, min(granted - job[8], held)
        job[2] += not job[9]
        if job[3] == count:
            return True
        if job[2] < count:
            return False
        if job[4] == 1:
            return True
        job[2] = 0
        if not self.search.turn():
            return False
        self.search, job[4], closed = Search(), 1, job[8]
        job[5], job[6], job[8] = job[5] - closed, job[6] - closed, 0
        return job[5] <= 0 or job[6] <= 0

    def gather(self, job, count):
        a = job[2]
        if a == 0:
            self.search = Search((0, QUEUE, LEAST_HARM)[self.record(1)["deleverage_policy"]])
        lots = self.on_side(job, a, True)
        if lots and self.search.policy == LEAST_HARM:
            self.search.loss += self.deficit_here(a, job[1] // 2) or 0
        job[5] += lots
        job[6] += self.on_side(job, a, False)
        job[2] += 1
        if job[2] < count:
            return False
        is_over = not job[5] or not job[6]
        if not is_over and self.search.policy:
            self.search.start(job[5])
        job[2], job[4] = 0, 2 if self.search.policy else 1
        return is_over

    def offer_ranked(self, job):
        held = self.on_side(job, job[2], False)
        ranked = self.rank(job[2], job[1] // 2) if held else None
        job[9] = self.search.offer(held, *ranked) if ranked else 0

    def rank(self, w, i):
        """Score and equity of an account, or None."""
        saved = self.books.copy()
        try:
            self.books.touch(w)
        except Refused:
            self.books = saved
            return None
        try:
            account = self.books.accounts[w]
            p, answer = account.positions.get(i), self.assessed(account)[1]
            ranked = None
            if p and p.lots:
                market, n, profit = self.books.markets[i], self.notional(i, p.lots), self.closing_worth(i, p)
                is_rising = (p.lots > 0) != (market.is_inverse and not market.is_option)
                entry = n if market.is_paid else n - profit if is_rising else n + profit
                ranked = score(profit, entry, n, answer["equity_maintenance"]), answer["equity_maintenance"]
        except Refused:
            ranked = None
        self.books.assign()
        return ranked

    def close_one(self, job):
        i, w, a = job[1] // 2, job[2], job[3]
        lots = self.on_side(job, a, True)
        deficit = self.deficit_here(a, i) if lots else None
        if deficit is None:
            job[3] += 1
            return
        most = min(lots, job[9])
        done = self.close_lots(a, w, i, most, deficit, lots)
        if not done:
            low, high = 0, most
            while high - low > 1:
                middle, saved = (low + high) // 2, self.books.copy()
                if self.close_lots(a, w, i, middle, deficit, lots):
                    self.books, low = saved, middle
                else:
                    high = middle
            done = low and self.close_lots(a, w, i, low, deficit, lots)
        if done:
            self.books.assign()
        job[9] = job[9] - done if done == most else 0
        job[8] += done if job[4] == 2 else 0
        if done == lots:
            self.look(a)

    def close_lots(self, a, w, i, n, deficit, lots):
        """How many of n lots were closed: all or none."""
        market, saved = self.books.markets[i], self.books.copy()
        try:
            price, unit, of = 10**8, 1, self.books.assets[market.asset]
            if of.terms["underlying_index"] != NONE:
                price, unit = self.price_of(market.asset)
                refuse_if(price <= 0, "OVERFLOW")
            scale = of.unit if market.is_paid else 10**12 if market.is_inverse else 10**6
            relief = books.fit(math.ceil(Fraction((deficit * n // lots) * scale * 100 * unit, price)))
            if not market.is_paid and not market.is_inverse:
                relief = books.fit(math.ceil(Fraction(relief * 10**10 * market.price_unit, market.lot)))
            for side in (a, w):
                self.books.touch(side)
            q = -books.sign(self.books.accounts[a].positions[i].lots) * n
            self.books.deleverage(a, w, self.time, i, q, self.marks[i][1], relief)
            stage, _ = self.assessed(self.books.accounts[w])
            refuse_if(stage == PARTIAL, "HEALTH")
        except Refused:
            self.books = saved
            return 0
        return n

    def deficit_here(self, a, i):
        """What the other side of this market bears of it, or None: it is not bankrupt."""
        saved = self.books.copy()
        try:
            self.books.touch(a)
        except Refused:
            self.books = saved
            return None
        account = self.books.accounts[a]
        here = None
        try:
            stage, answer = self.assessed(account)
            if i in self.overdrawn(a) and self.prices[self.books.markets[i].underlying].is_valid():
                here = 0
        except Refused:
            stage, answer = HEALTHY, None
        if stage == PARTIAL and answer["equity_maintenance"] < 0:
            here = self.deficit(account, i, answer["equity_maintenance"])
        self.books.assign()
        return here

    def deficit(self, account, i, equity):
        """What the other side of the market bears of an account with such an equity, touched and below 0."""
        values = {k: self.notional(k, lots) for k, lots in self.lots(account).items()}
        all_of_them = sum(values.values())
        asset = self.books.markets[i].asset
        rest = min(-equity, self.shortfall(account)) - self.in_micros(asset, self.books.assets[asset].named[books.INSURANCE])
        here = math.ceil(Fraction(max(0, rest) * values.get(i, 0), all_of_them)) if all_of_them else 0
        return max(0, here - self.in_micros(asset, self.books.markets[i].tranche))

    def in_micros(self, asset, atoms):
        of = self.books.assets[asset]
        price, unit = (10**8, 1) if of.terms["underlying_index"] == NONE else self.price_of(asset)
        micros = atoms * price // (100 * of.unit * unit) if price > 0 else 0
        return micros if micros <= books.LIMIT else 0

    def shortfall(self, account):
        """What is missing when everything has been closed at the marks, without haircuts."""
        worth, b = 0, self.books

        def value(asset, atoms):
            terms = b.assets[asset].terms
            price, unit = (10**8, 1) if terms["underlying_index"] == NONE else self.price_of(asset)
            return atoms * price // (100 * b.assets[asset].unit * unit)

        for asset, (atoms, _) in account.balances.items():
            worth += value(asset, atoms)
        for i, p in account.positions.items():
            worth += value(b.markets[i].asset, p.unsettled())
            worth += self.closing_worth(i, p) if p.lots else 0
        return max(0, -worth)

    def closing_worth(self, i, p):
        market, mark = self.books.markets[i], self.marks[i][1]
        if market.is_inverse and not market.is_option:
            coin = market.cost(-p.lots, mark, math.floor) + p.cost
            return coin * self.prices[market.underlying].record[1] // (10**14 * market.price_unit)
        micros = (p.lots * mark - p.cost) * market.lot // (10**10 * market.price_unit)
        if self.books.assets[market.asset].terms["underlying_index"] != NONE:
            price, unit = self.price_of(market.asset)
            micros = micros * price // (10**8 * unit)
        return micros

    def notional(self, i, lots):
        market = self.books.markets[i]
        if market.is_inverse and not market.is_option:
            return abs(lots) * market.lot // 100
        micros = abs(lots * self.marks[i][1]) * market.lot // (10**10 * market.price_unit)
        if self.books.assets[market.asset].terms["underlying_index"] != NONE:
            price, unit = self.price_of(market.asset)
            micros = micros * price // (10**8 * unit)
        return micros

    # --- 17 Socialised losses ---------------------------------------------------------------------------------------------

    def socialise(self, a, b):
        asset, i = b["asset_index"], b["instrument_index"]
        refuse_if(asset >= len(self.books.assets), "ASSET_UNKNOWN")
        refuse_if(b["atoms"] <= 0, "AMOUNT")
        refuse_if(i != NONE and (i >= len(self.books.markets) or self.books.markets[i].asset != asset), "INSTRUMENT_UNKNOWN")
        index = 2 * asset + 1 if i == NONE else 2 * i
        refuse_if(self.job_count() >= JOBS or any(job[:2] == [SOCIALISE, index] for job in self.jobs), "QUEUE_FULL")
        self.jobs.append([SOCIALISE, index] + [0] * 6 + [b["atoms"], 0])

    def socialise_step(self, job):
        index, a, number = job[1] // 2, job[2], job[4]
        asset, i = (index, NONE) if job[1] % 2 else (self.books.markets[index].asset, index)
        if a < len(self.books.accounts):
            (self.add_debt, self.add_weight, self.cut, self.write_off)[number](job, a, asset, i)
        job[2] += 1
        if job[2] < len(self.books.accounts):
            return False
        job[2], job[4] = 0, number + 1
        if job[4] == 1:
            job[8] = 0
        if job[4] == 2:
            job[5] = min(job[5], job[6])
        is_over = job[5] == 0 or job[4] == 4
        self.books.paused = NONE if is_over or job[4] == 3 else i
        return is_over

    def add_debt(self, job, a, asset, i):
        if self.standings[a].stage == DEFICIT:
            self.look(a)
        if self.standings[a].stage == DEFICIT:
            job[5] += min(self.books.debt(a, asset, i), job[8] - job[5])

    def add_weight(self, job, a, asset, i):
        saved = self.books.copy()
        try:
            self.books.touch(a)
            if i != NONE:
                self.books.gather_claims(a, i)
            job[6] = books.fit(job[6] + self.books.burden(a, asset, i))
        except Refused:
            self.books = saved

    def cut(self, job, a, asset, i):
        saved = self.books.copy()
        try:
            self.books.touch(a)
            weight = job[7] + min(self.books.burden(a, asset, i), job[6] - job[7])
            granted = job[5] * weight // job[6]
            if granted > job[8]:
                self.books.cut(a, asset, i, granted - job[8])
            job[9] += granted - job[8]
            job[7], job[8] = weight, granted
        except Refused:
            self.books = saved

    def write_off(self, job, a, asset, i):
        if self.standings[a].stage != DEFICIT:
            return
        saved = self.books.copy()
        try:
            self.books.touch(a)
            atoms = min(self.books.debt(a, asset, i), job[9])
            if atoms:
                self.books.write_off(a, asset, i, atoms)
        except Refused:
            self.books = saved
            return
        if atoms:
            self.books.assign()
            job[9] -= atoms
            self.look(a)

    # --- Records ----------------------------------------------------------------------------------------------------------

    def place(self, name, index):
        found = [i for i, place in enumerate(self.places) if place[0] == name]
        refuse_if(not found, "RECORD_UNKNOWN")
        if name == "feed":
            refuse_if(index >= len(self.prices), "RECORD_UNKNOWN")
        refuse_if(index >= len(found), "RECORD_UNKNOWN")
        return found[index]

    def parameters(self, a, b):
        place = self.place(bytes(b["record"]).rstrip(b"\0").decode(), b["record_index"])
        record, (name, layout, fields) = self.records[place], self.places[place]
        refuse_if(b["record_version"] != record.accepted + 1, "VERSION")
        refuse_if(b["layout_version"] != layout or b["field_count"] != len(fields), "LAYOUT")
        values = tuple(b["values"][:len(fields)])
        refuse_if(any(not low <= v <= high for v, (_, _, low, high) in zip(values, fields)), "PARAMETER")
        if name == "core":
            v = dict(zip((field[0] for field in fields), values))
            refuse_if(not v["forecast_low_ppm"] <= v["forecast_standard_ppm"] <= v["forecast_high_ppm"], "PARAMETER")
            refuse_if(v["unsettled_initial_ppm"] > v["unsettled_maintenance_ppm"], "PARAMETER")
        expires, earliest = b["expires_ns"], b["earliest_sequence"]
        refuse_if(expires != 0 and expires <= self.time, "VALUE")
        refuse_if(any(p[0] == place and p[2] > max(earliest, self.sequence) for p in self.pending), "VERSION")
        waits = earliest > self.sequence
        refuse_if(waits and len(self.pending) >= PENDING, "TABLE_FULL")
        record.accepted += 1
        change = place, b["record_version"], earliest, expires, values
        if waits:
            self.pending.append(change)
        else:
            self.take_effect(change)

    def take_effect(self, change):
        place, version, _, expires, values = change
        record = self.records[place]
        self.before_change(place)
        record.version, record.expires, record.values = version, expires, values
        if expires == 0:
            record.permanent = values
        self.after_change(place)

    def before_change(self, place):
        if self.places[place][0] == "feed" and place - self.places_of_feed() < len(self.prices):
            self.advance(place - self.places_of_feed())

    def after_change(self, place):
        self.before_change(place)
        if place == 0:
            for u in range(len(self.prices)):
                self.follow(u)

    def become_due(self):
        for place, record in enumerate(self.records):
            if record.expires != 0 and record.expires <= self.time:
                self.before_change(place)
                record.values, record.expires = record.permanent, 0
                self.after_change(place)
        due = [p for p in self.pending if p[2] <= self.sequence]
        if due:
            self.pending = [p for p in self.pending if p[2] > self.sequence]
            for change in due:
                if change[3] == 0 or change[3] > self.time:
                    self.take_effect(change)
                else:
                    self.records[change[0]].version = change[1]

    def swap_model(self, a, b):
        name = bytes(b["name"]).rstrip(b"\0").decode()
        found = [i for i, model in enumerate(self.models) if model == (name, b["model_version"])]
        refuse_if(not found, "MODEL_UNKNOWN")
        refuse_if(name == "portfolio" and not all(self.in_force), "MODEL_UNSUPPORTED")
        self.model = found[0]

    # --- 10 Health --------------------------------------------------------------------------------------------------------

    def check_health(self, name, b, before):
        rules = {"trade": INITIAL_RULE, "reserve": INITIAL_RULE, "exchange": INITIAL_RULE,
                 "position_transfer": INITIAL_RULE, "withdraw": WITHDRAW_RULE, "transfer": WITHDRAW_RULE,
                 "borrow": WITHDRAW_RULE, "settle_profit": INITIAL_RULE}
        if name == "settle_profit":
            u = self.books.markets[b["instrument_index"]].underlying
            refuse_if(not self.prices[u].is_valid(), "PRICE_STATE")
        if name not in rules:
            return
        sides = list(before)
        if name == "transfer":
            sides = sides[:1]
        for number, a in enumerate(sides):
            rule = rules[name]
            order_id = b[("taker_order_id", "maker_order_id")[number]] if name == "trade" else 0
            if order_id:
                rule = MAINTENANCE_RULE if order_id < FORCED else FORCED_RULE
            if name in ("trade", "reserve", "position_transfer"):
                u = self.books.markets[b["instrument_index"]].underlying
                state, is_reducing = self.prices[u].record[0], self.only_reduces(before[a], a)
                if name == "reserve" and b["is_reduce_only"]:
                    refuse_if(self.is_bound(a), "RESTRICTED")
                    refuse_if(state not in (VALID, HELD), "PRICE_STATE")
                    continue
                refuse_if(state != VALID and not (state == HELD and is_reducing), "PRICE_STATE")
            self.check_side(before[a], a, rule)

    def only_reduces(self, before, a):
        after = self.books.accounts[a]
        if len(after.orders) > len(before.orders):
            return False
        for i, position in after.positions.items():
            was = before.positions[i].lots if i in before.positions else 0
            if position.lots and (books.sign(position.lots) != books.sign(was) or abs(position.lots) > abs(was)):
                return False
        return True

    def check_side(self, before, a, rule):
        account = self.books.accounts[a]
        if not self.is_at_risk(account):
            return
        refuse_if(self.is_bound(a) and (rule == WITHDRAW_RULE or not self.only_reduces(before, a)), "RESTRICTED")
        ends = self.ends([account])
        try:
            self.ask_all(ends, account, None, rule)
        except Refused as refused:
            if refused.args != ("HEALTH",) or rule == WITHDRAW_RULE or not self.only_reduces(before, a):
                raise
            try:
                ends = self.ends([account, before])
            except Refused:
                raise refused from None
            self.ask_all(ends, account, before, rule)

    def ask_all(self, ends, account, before, rule):
        """What adds, and what takes cover away, is held to what is announced."""
        if rule not in (INITIAL_RULE, WITHDRAW_RULE):
            self.at_corners(ends, lambda: self.ask(account, before, rule))
            return
        kept = [(of.volatility, of.liquidity) for of in self.prices], self.sets
        for of in self.prices:
            if of.living.count:
                self.put_in_force(of, of.living.announced())
        self.sets = [one and {**one, "grid_active": ahead} for one, ahead in zip(self.sets, self.ahead)]
        try:
            self.at_corners(ends, lambda: self.ask(account, before, rule))
        finally:
            self.sets = kept[1]
            for of, sizes in zip(self.prices, kept[0]):
                of.volatility, of.liquidity = sizes

    def ends(self, holders):
        """By underlying without a usable price: (low end, high end), or the last valid price and the one that waits."""
        lines, rests = set(), set()
        for account in holders:
            lines |= {i for i, p in account.positions.items() if p.lots} | {o.instrument for o in account.orders.values()}
            assets = {asset for asset, (atoms, _) in account.balances.items() if atoms}
            assets |= {self.books.markets[i].asset for i, p in account.positions.items() if p.senior}
            rests |= {self.books.assets[asset].terms["underlying_index"] for asset in assets}
        markets = [self.books.markets[i] for i in lines]
        rests |= {m.underlying for m in markets}
        rests |= {self.books.assets[m.asset].terms["underlying_index"] for m in markets}
        bad = sorted(u for u in rests - {NONE} if not self.prices[u].is_valid())
        refuse_if(len(bad) > 4 or any(not self.prices[u].is_priced for u in bad), "PRICE_STATE")
        refuse_if(any(m.is_option and m.underlying in bad for m in markets), "PRICE_STATE")
        out = {}
        for u in bad:
            of, rules = self.prices[u], self.record(self.places_of_feed() + u)
            price = of.record[1]
            if of.record[0] == HELD:
                out[u] = price, of.candidate
            elif self.books.underlyings[u]["domain"] == books.ANY:
                out[u] = rules["price_low_e8"], rules["price_high_e8"]
            else:
                out[u] = (max(1, price * rules["unpriced_low_ppm"] // 10**6),
                          min(-(-price * rules["unpriced_high_ppm"] // 10**6), rules["price_high_e8"]))
            refuse_if(of.record[0] != HELD and out[u][1] < out[u][0], "PRICE_STATE")
        return out

    def at_corners(self, ends, ask):
        kept = [of.record for of in self.prices], [mark[:] for mark in self.marks]
        try:
            for number in range(2 ** len(ends)):
                for k, u in enumerate(sorted(ends)):
                    self.move_price(u, ends[u][number >> k & 1])
                ask()
                self.put_back(*kept)
        finally:
            self.put_back(*kept)

    def put_back(self, records, marks):
        for of, record in zip(self.prices, records):
            of.record = record
        self.marks = [mark[:] for mark in marks]

    def move_price(self, u, to):
        of = self.prices[u]
        _, price, slow, confidence, publish = of.record
        of.record = [VALID, to, slow if to == price else to, confidence, publish]
        for mark, market in zip(self.marks, self.books.markets):
            if market.underlying != u or market.is_option or not mark[0]:
                continue
            if market.domain == books.ANY:
                moved = mark[1] + to - price
            else:
                exact = Fraction(mark[1] * to, price)
                moved = mark[1] if to == price else math.floor(exact) if to < price else math.ceil(exact)
            is_positive = market.domain == books.POSITIVE or market.is_inverse
            mark[1] = min(max(moved, 1 if is_positive else -(10**16)), 10**16)

    def ask(self, account, before, rule):
        if rule == WITHDRAW_RULE:
            self.check_withdrawal(account)
            return
        answer = self.require(account)
        if rule == INITIAL_RULE:
            is_good = answer["equity_initial"] >= answer["initial"]
        else:
            is_good = rule != FORCED_RULE and answer["equity_maintenance"] >= answer["maintenance"]
        if is_good:
            return
        refuse_if(before is None, "HEALTH")
        try:
            was = self.require(before)
        except Refused:
            raise Refused("HEALTH") from None
        horizon = "maintenance" if rule == FORCED_RULE else "initial"
        excess = lambda of: of["equity_" + horizon] - of[horizon]
        refuse_if(excess(answer) < excess(was), "HEALTH")

    def check_withdrawal(self, account):
        view = self.view(account)[0]["positions"]
        refuse_if(any(not self.marks[p["instrument"]][0] for p in view), "MARK")
        answer = self.require(account, without_gains=True)
        refuse_if(answer["equity_initial"] < answer["initial"], "HEALTH")
        refuse_if(answer["equity_maintenance"] < answer["maintenance_part"]["stress"], "HEALTH")

    def is_live(self, i):
        return not self.books.markets[i].is_closed(self.time)

    def unsettled_micros(self, i, position):
        """Floor, in the valuation currency."""
        atoms = position.unsettled()
        asset = self.books.assets[self.books.markets[i].asset]
        u = asset.terms["underlying_index"]
        if atoms == 0:
            return 0
        price, unit = 10**8, 1
        if u != NONE:
            refuse_if(not self.prices[u].is_valid(), "PRICE_STATE")
            price, unit = self.prices[u].record[1], self.books.underlyings[u]["price_unit"]
        value = math.floor(Fraction(atoms * price * 10**6, asset.unit * 10**8 * unit))
        refuse_if(abs(value) > books.INT64_MAX, "OVERFLOW")
        return value

    def view(self, account):
        """(what the model is given, positions with unsettled profit in what has ended)."""
        positions, ended = [], []
        for i in sorted(account.positions):
            position = account.positions[i]
            if not position.lots and not self.is_live(i):
                ended.append((i, position))
                continue
            value = self.unsettled_micros(i, position)
            if position.lots or value:
                positions.append({"instrument": i, "lots": position.lots, "cost": position.cost, "accrued": value})
        orders = [{"instrument": o.instrument, "side": o.side, "lots": o.lots, "limit": o.limit,
                   "reduce_only": o.is_reduce_only} for _, o in sorted(account.orders.items())]
        balances = [[asset, account.balances[asset][0]] for asset in sorted(account.balances)
                    if account.balances[asset][0]]
        name = self.models[self.model][0]
        return {"model": name, "positions": positions, "orders": orders, "balances": balances, "changes": []}, ended

    def world(self):
        assets = [{"underlying": -1 if t["underlying_index"] == NONE else t["underlying_index"],
                   "decimals": t["decimals"], "treatment": t["treatment"], "liability": t["liability_haircut_ppm"],
                   "tiers": list(zip(t["tier_upto_micros"], t["tier_haircut_ppm"]))[:t["tier_count"]]}
                  for t in (asset.terms for asset in self.books.assets)]
        underlyings = [{"domain": u["domain"], "price_unit": u["price_unit"], "reference": u["reference_e8"]}
                       for u in self.books.underlyings]
        instruments = [{"kind": t["kind"], "settlement": t["settlement"], "right": t["right"], "premium": t["premium"],
                        "underlying": t["underlying_index"], "asset": t["settlement_asset_index"], "lot": t["lot_e8"],
                        "expiry": t["expiry_ns"]} for t in (market.terms for market in self.books.markets)]
        prices = [{"price": p.record[1], "slow": p.record[2], "confidence": p.record[3], "publish": p.record[4],
                   "volatility": p.volatility, "depth": p.liquidity[0], "volume": p.liquidity[1],
                   "open_interest": p.liquidity[2]} for p in self.prices]
        name = self.models[self.model][0]
        place = len(self.places) - len(self.models) + self.model
        return margin_model.World({
            "assets": assets, "underlyings": underlyings, "instruments": instruments, "time": self.time,
            "prices": prices, "marks": [(mark[1], mark[2]) for mark in self.marks],
            "portfolio" if name == "portfolio" else "tiered": self.record(place),
            "maintenance_arrays": self.table(0), "initial_arrays": self.table(1)})

    def table(self, h):
        if self.sets[h] is None:
            return None
        rows = [self.rows[h].get((0, i), (0, ()))[1] for i in range(len(self.books.markets))]
        rows += [self.rows[h].get((1, j), (0, ()))[1] for j in range(len(self.books.assets))]
        return {"header": self.sets[h], "rows": rows}

    def can_answer(self, case, world):
        lines = sorted({p["instrument"] for p in case["positions"]} | {o["instrument"] for o in case["orders"]})
        markets, assets = self.books.markets, self.books.assets
        held = {markets[i].underlying for i in lines}
        held |= {assets[markets[i].asset].terms["underlying_index"] for i in lines}
        held |= {assets[asset].terms["underlying_index"] for asset, _ in case["balances"]}
        rows = [(0, i) for i in lines] + [(1, asset) for asset, _ in case["balances"]
                                          if assets[asset].terms["treatment"] == books.SCENARIO]
        missing = {
            "PRICE_STATE": any(not self.prices[u].is_valid() for u in held - {NONE}),
            "MARK": any(not self.marks[i][0] for i in lines),
            "ARRAYS": case["model"] == "portfolio" and not all(map(self.is_built, rows)),
            "QUANTITY": has_too_many(margin_model.Account(world, case)),
            "INSTRUMENT_CLOSED": any(markets[i].expiry and markets[i].expiry <= self.time for i in lines)}
        reasons = [reason for reason, is_missing in missing.items() if is_missing]
        if reasons:
            # Amounts that need not fit are looked at between these.
            raise Refused(*reasons, "OVERFLOW")

    def is_built(self, row):
        return all(self.rows[h].get(row, (0,))[0] for h in (0, 1))

    def require(self, account, without_gains=False):
        """The model's answer with what this layer adds to it."""
        case, ended = self.view(account)
        world = self.world()
        self.can_answer(case, world)
        if without_gains:
            ended = []
            self.take_gains(case, world)
        answer = margin_model.require(world, case)
        if case["model"] == "portfolio":
            delta = lambda i: max(abs(self.rows[h][0, i][1][self.probe(h)]) for h in (0, 1))
            total = sum(abs(line["lots"]) * delta(line["instrument"]) for line in case["positions"] + case["orders"])
            charge = -(-self.core("reprice_ppm") * total // 10**6)
            for name in ("initial", "maintenance", "call"):
                answer[name] += charge
        ended = sum(self.unsettled_micros(i, position) for i, position in ended)
        answer["equity_initial"] += ended * self.core("unsettled_initial_ppm") // 10**6
        answer["equity_maintenance"] += ended * self.core("unsettled_maintenance_ppm") // 10**6
        figures = [answer[n] for n in ("initial", "maintenance", "call", "equity_initial", "equity_maintenance", "collateral",
                                       "liabilities", "option_value", "unrealised", "slow_price")]
        refuse_if(max(map(abs, figures)) > books.INT64_MAX, "OVERFLOW")
        return answer

    def probe(self, h):
        header = self.sets[h]
        return (header["grid"] + header["planes"] * header["history"] + header["stress"]) + margin_model.DELTA

    def take_gains(self, case, world):
        """Section 10, W: nets above 0 come off the accrued of their first position."""
        nets = {}
        for position in case["positions"]:
            i = position["instrument"]
            market = self.books.markets[i]
            key = market.underlying, market.asset, market.is_inverse
            net = nets.setdefault(key, [position, 0, 0])
            net[1] += 0 if market.is_paid else world.profit(i, position["lots"], position["cost"])
            net[2] += position["accrued"]
        for (_, asset, is_inverse), (first, profit, accrued) in nets.items():
            if not is_inverse:
                profit = world.to_valuation(asset, profit, math.floor)
            if profit + accrued > 0:
                first["accrued"] -= profit + accrued
                refuse_if(abs(first["accrued"]) > books.INT64_MAX, "OVERFLOW")




def has_too_many(account):
    """Lots after all fills, reduce-only orders clipped."""
    return any(max(account.lots(i) + account.buys(i), account.sells(i) - account.lots(i)) > books.LOTS_MAX
               for i in account.lines)


def is_asset_sound(b):
    count = b["tier_count"]
    tiers = list(zip(b["tier_upto_micros"], b["tier_haircut_ppm"]))[:count]
    if b["decimals"] > 18 or not 1 <= count <= 8 or not 0 <= b["liability_haircut_ppm"] <= 10**6:
        return False
    if b["treatment"] == books.SCENARIO and b["underlying_index"] == NONE:
        return False
    upto = cut = 0
    for end, haircut in tiers:
        if end <= upto or haircut < cut or haircut >= 10**6:
            return False
        upto, cut = end, haircut
    rates = b["rate_zero_ppm"], b["rate_kink_ppm"], b["rate_full_ppm"]
    return (upto == books.INT64_MAX and b["borrow_cap_atoms"] >= 0 and 1 <= b["kink_ppm"] <= 999999
            and 0 <= rates[0] <= rates[1] <= rates[2] <= 10**7 and 0 <= b["reserve_ppm"] <= 10**6)


def is_market_sound(b, underlyings, assets):
    is_option = b["kind"] == books.OPTION
    is_dated = is_option or b["kind"] == books.FUTURE
    underlying, asset = underlyings[b["underlying_index"]], assets[b["settlement_asset_index"]]
    is_own = asset["underlying_index"] == b["underlying_index"]
    is_positive = underlying["domain"] == books.POSITIVE
    if not 1 <= b["lot_e8"] <= books.LOT_MAX or (b["expiry_ns"] <= 0 if is_dated else b["expiry_ns"] != 0):
        return False
    if is_option != (b["right"] in (1, 2)) or is_option != (b["premium"] in (1, 2)):
        return False
    strike = b["strike_e8"]
    if strike != 0 if not is_option else strike > 10**16 or strike < (1 if is_positive else -10**16):
        return False
    if b["premium"] == books.PAID and asset["treatment"] == books.SCENARIO and not is_own:
        return False
    if b["settlement"] == books.INVERSE:
        return b["kind"] != books.SPOT and is_positive and is_own and b["premium"] != books.FUTURES_STYLE
    return True
