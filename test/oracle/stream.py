# stream.py: random events, biased to the edges of every rule.                        SPDX-License-Identifier: Apache-2.0
"""Draws events for a venue from a seed. It reads the model's state to aim, and spoils some fields of one event in six."""
import hashlib
import random

from books import INT64_MAX, LOTS_MAX, NONE, PRICE_MAX
from venue import ADL, AUCTION, BACKSTOP, DAY_NS, PARTIAL, Refused
from wire import Event

START = 1_767_225_600 * 10**9
SECOND = 10**9
WIDE = 2**127 - 1
USD, BTC, TOKEN = 0, 1, 2
U_BTC, U_ETH, U_RATE = 0, 1, 2
TIERS = {"tier_count": 1, "tier_upto_micros": (INT64_MAX,), "tier_haircut_ppm": (0,)}
RATES = {"kink_ppm": 800000, "rate_zero_ppm": 10000, "rate_kink_ppm": 100000, "rate_full_ppm": 3000000,
         "reserve_ppm": 100000}
EDGES = (0, 1, 2, -1, 10**6, 10**9, 10**11, 10**11 + 1, 10**16, 10**16 + 1, -10**16, 2**63 - 1, -2**63)
COMMON = {"deposit": 14, "withdraw": 8, "transfer": 6, "borrow": 6, "repay": 5, "interest": 4, "exchange": 4, "fund": 4,
          "trade": 40, "position_transfer": 5, "reserve": 8, "release": 4, "settle_profit": 6, "funding": 5,
          "settle_expiry": 2, "mark": 8, "price": 8, "liquidity": 1, "forecast": 1, "surface_slice": 2,
          "surface_commit": 2, "close": 1, "scenario_commit": 2, "parameters": 4, "model": 1, "continue": 5, "time": 2,
          "supply": 2, "recalibrate": 9, "asset": 2, "underlying": 1, "instrument": 2, "account": 2, "signer": 1, "source": 1,
          "anchor": 3, "price_report": 1, "assess": 6, "bid": 2, "socialise": 3, "pool_join": 3, "pool_leave": 4}


class Stream:
    def __init__(self, seed):
        self.random = random.Random(seed)
        r = self.random
        self.limits = {"asset_count": 4, "underlying_count": 5, "instrument_count": 9, "account_count": 9,
                       "balance_count": r.choice((2, 3, 4)), "position_count": r.choice((2, 3, 4, 6)),
                       "order_count": r.choice((2, 3)), "signer_count": 4, "client_id_count": 3, "expiry_count": 5,
                       "class_count": 2, "history_count": 4, "entry_count": 512, "network_id": 7}
        self.time, self.venue = START, None
        self.levels = [r.randrange(10**11, 10**13), r.randrange(10**10, 10**12), r.randrange(10**8, 10**10)]
        self.is_large = seed % 5 == 0  # amounts near 128 bits
        self.has_arrays = seed % 3 == 0
        self.is_stressed = seed % 4 == 2  # positions at the limit of what margin allows, and prices that jump
        if self.is_stressed:
            self.limits["position_count"] = 6
        self.sent, self.names = [], 0
        self.auction = self.sold = self.dollars = 0
        self.queue = self.opening()

    # --- The opening ------------------------------------------------------------------------------------------------------

    def name(self):
        self.names += 1
        return f"n{self.names}".encode()

    def event(self, kind, account=NONE, /, **body):
        return Event(kind, account, 0, self.time, **body)

    def opening(self):
        r, event = self.random, self.event
        out = [event("signer", signer_index=i, scopes=scopes, public_key=bytes([i]))
               for i, scopes in ((1, 3), (2, 15))]
        for u in range(3):
            is_rate = u == U_RATE
            out.append(event("underlying", name=self.name(), underlying_index=u, domain=2 if is_rate else 1,
                             class_id=u % 2, price_unit=1 if u else r.choice((1, 1, 1000)), tick_e8=1,
                             reference_e8=self.levels[u] if is_rate else 0))
        out.append(self.asset_event(USD, NONE, r.choice((0, 2, 6)), 1))
        out.append(self.asset_event(BTC, U_BTC, r.choice((4, 8)), r.choice((1, 2))))
        out.append(self.asset_event(TOKEN, U_ETH, r.choice((0, 18)), 1))
        expiry = self.time + r.choice((1, 2, 3)) * 3600 * SECOND * (1000 if self.is_stressed else 1)
        kinds = [
            dict(kind=2, settlement=1, underlying_index=U_BTC, settlement_asset_index=USD),
            dict(kind=2, settlement=2, underlying_index=U_BTC, settlement_asset_index=BTC),
            dict(kind=3, settlement=1, underlying_index=U_ETH, settlement_asset_index=r.choice((USD, TOKEN)),
                 expiry_ns=expiry),
            dict(kind=4, settlement=1, right=1, premium=1, underlying_index=U_BTC, settlement_asset_index=USD,
                 strike_e8=self.levels[0], expiry_ns=expiry),
            dict(kind=4, settlement=1, right=2, premium=2, underlying_index=U_ETH, settlement_asset_index=USD,
                 strike_e8=self.levels[1], expiry_ns=expiry),
            dict(kind=4, settlement=2, right=r.choice((1, 2)), premium=1, underlying_index=U_BTC,
                 settlement_asset_index=BTC, strike_e8=self.levels[0], expiry_ns=expiry),
            dict(kind=r.choice((1, 2)), settlement=1, underlying_index=U_RATE, settlement_asset_index=USD),
            dict(kind=3, settlement=2, underlying_index=U_BTC, settlement_asset_index=BTC, expiry_ns=expiry)]
        for i, terms in enumerate(kinds):
            lot = r.choice((1, 10**5, 10**8 + 7)) if terms["settlement"] == 1 else r.choice((10**8, 10**9, 10**11))
            out.append(event("instrument", name=self.name(), instrument_index=i, lot_e8=lot, **terms))
        for i, (kind, parent, owner) in enumerate(((1, NONE, 1), (1, NONE, 1), (2, 0, 1), (3, 0, 1), (1, NONE, 2))):
            out.append(event("account", account_index=i, kind=kind, parent_index=parent, owner=owner,
                             instrument_index=r.randrange(8) if kind == 3 else NONE))
        for u in range(3):
            out.append(event("price", underlying_index=u, state=1, price_e8=self.levels[u], slow_e8=self.levels[u],
                             confidence_e8=0, publish_ns=self.time))
        for i in range(8):
            if r.random() < 0.9:
                out.append(event("mark", instrument_index=i, is_present=1, mark_e8=self.level(i), half_spread_e8=1))
        for a in range(5):
            for asset in (USD, BTC):
                out.append(event("deposit", a, asset_index=asset, atoms=self.atoms(asset)))
        out.append(event("fund", asset_index=USD, action=1, instrument_index=NONE, atoms=self.atoms(USD)))
        if self.has_arrays:
            out += self.arrays()
        return out

    def asset_event(self, i, underlying, decimals, treatment, name=None):
        r = self.random
        tiers = TIERS if underlying == NONE else {
            "tier_count": 2, "tier_upto_micros": (10**12, INT64_MAX), "tier_haircut_ppm": (50000, 100000)}
        cap = WIDE if self.is_large else r.choice((0, 10**6, 10**12, 10**20)) * r.randrange(1, 9)
        return self.event("asset", name=name or self.name(), asset_index=i, underlying_index=underlying,
                          decimals=decimals, treatment=treatment, borrow_cap_atoms=cap, liability_haircut_ppm=20000,
                          **tiers, **RATES)

    def arrays(self):
        set_record = (DAY_NS, 0, 250, 2, 970000, 1)
        shock = (20000, 1, 1, 3500000, 500000, 300000, 450000, 250000, 300000, 130000, DAY_NS, 100000, 100000, 30000,
                 2000, 100000, 2000000, 200000, 1500000, 50000, 300000, 300000, 1000000, 50000)
        out = []
        for name, values in (("scenarios", set_record), ("shocks", shock)):
            for index in range(2):
                out.append(self.event("parameters", record=name.encode(), record_index=index, record_version=2,
                                      layout_version=1, field_count=len(values), values=values))
        for h in (1, 2):
            out.append(self.event("scenario_commit", name=b"set", set_version=1, horizon=h))
        out.append(self.event("continue", step_count=9))
        out.append(self.event("model", name=b"portfolio", model_version=1))
        return out

    # --- Values -----------------------------------------------------------------------------------------------------------

    def level(self, i):
        """A price near the market of an instrument."""
        u = (0, 0, 1, 0, 1, 0, 2, 0)[i] if i < 8 else 0
        level = self.levels[u] * self.random.randrange(97, 104) // 100
        if i in (3, 4):
            level //= 20
        return self.random.randrange(10**5, 10**7) if i == 5 else level

    def atoms(self, asset):
        r = self.random
        if self.is_large and r.random() < 0.1:
            return r.choice((WIDE, WIDE // 2, 2**126, WIDE - r.randrange(9)))
        decimals = (6, 8, 18, 6)[min(asset, 3)]
        if self.venue and asset < len(self.venue.books.assets):
            decimals = self.venue.books.assets[asset].terms["decimals"]
        units = r.choice((1, 10, 100) if self.is_stressed else (1, 10, 1000, 10**5)) * r.randrange(1, 100)
        return max(1, units * 10**decimals // (1 if asset == USD else 1000))

    def lots(self):
        r = self.random
        q = r.choice((1, 2, r.randrange(1, 50), r.randrange(1, 5000), r.randrange(1, 10**5)))
        if self.is_large and r.random() < 0.1:
            q = LOTS_MAX
        return q * r.choice((1, -1))

    def some(self, table, beyond=0.02):
        count = len(table)
        return self.random.randrange(count) if count and self.random.random() > beyond else count + self.random.randrange(2)

    # --- One event --------------------------------------------------------------------------------------------------------

    def batch(self, size):
        if self.queue:
            out, self.queue = self.queue[:size], self.queue[size:]
            return out
        return [self.draw() for _ in range(size)]

    def squeeze(self):
        """A position as large as margin allows, a price that takes it below, and everyone who looks."""
        r, event, books = self.random, self.event, self.venue.books
        a, i = r.choice((0, 1, 2, 4)), r.choice((0, 0, 6, 1, 3, 4, 5, 7))
        if i >= len(books.markets) or len(books.accounts) < 5:
            return []  # a listing of the opening was refused
        try:
            answer = self.venue.require(books.accounts[a])
        except Refused:
            return []
        u, lot = books.markets[i].underlying, books.markets[i].lot
        dollars = max(0, answer["equity_initial"] - answer["initial"]) / 10**6
        quote = lambda: self.levels[u] // 20 if i in (3, 4) else 5 * 10**6 if i == 5 else self.levels[u]
        level = quote()
        if i in (1, 7):
            lots = int(dollars * r.choice((2, 5, 8)) * 1e8 / lot)
        else:
            lots = int(dollars * r.choice((2, 5, 8)) * 1e16 * books.markets[i].price_unit / (lot * self.levels[u]))
        side, other = r.choice((1, -1)), r.choice([b for b in (0, 1, 2, 4) if b != a])
        lots = side * max(1, min(lots, LOTS_MAX))
        prices = lambda: [event("price", underlying_index=u, state=1, price_e8=self.levels[u], slow_e8=self.levels[u],
                                publish_ns=self.time) for u in range(3)]
        out = [*prices(), event("mark", instrument_index=i, is_present=1, mark_e8=level, half_spread_e8=0),
               event("deposit", other, asset_index=USD,
                     atoms=max(1, int(dollars) * books.assets[USD].unit)),
               event("trade", a, instrument_index=i, maker_account=other, lots=lots, price_e8=level)]
        for _ in range(r.randrange(1, 4)):
            self.time += r.choice((1, SECOND, 3600 * SECOND))
            step = r.choice((5, 10, 15, 30))
            self.levels[u] = max(10**8, min(self.levels[u] * (100 - side * step) // 100, 10**14))
            out += [*prices(), event("mark", instrument_index=i, is_present=1, mark_e8=quote(), half_spread_e8=0),
                    event("assess", a), event("continue", step_count=r.choice((3, 20)))]
        if r.random() < 0.6:
            self.auction = 32
            out = self.pool(max(1, int(dollars))) + out
            self.sold, self.dollars = a, int(dollars)
        return out

    def ruin(self):
        """An account of one position, or of one loan, loses more than it has; what is left is bid for; who bears the rest?"""
        r, event, of = self.random, self.event, self.venue.books
        i, a, unit = r.choice((0, 0, 6)), len(of.accounts), of.assets[USD].unit if of.assets else 1
        if len(of.markets) < 8 or not 5 <= a < self.limits["account_count"]:
            return []
        u, lot, dollars, side = of.markets[i].underlying, of.markets[i].lot, r.randrange(10, 10**4), r.choice((1, -1))
        winners = [4, r.choice((0, 1))]
        prices = lambda: [event("price", underlying_index=v, state=1, price_e8=self.levels[v], slow_e8=self.levels[v],
                                publish_ns=self.time) for v in range(3)] + [
            event("mark", instrument_index=i, is_present=1, mark_e8=self.levels[u], half_spread_e8=0)]
        out = [*prices(), event("account", account_index=a, kind=1, parent_index=NONE, owner=1, instrument_index=NONE)]
        out += [event("deposit", b, asset_index=USD, atoms=1000 * dollars * unit) for b in winners]
        if r.random() < 0.6:
            out.append(event("deposit", a, asset_index=USD, atoms=dollars * unit))
            lots = int(dollars * 1e16 * of.markets[i].price_unit / (lot * self.levels[u]))
            out += [event("trade", a, instrument_index=i, maker_account=b, lots=side * max(1, lots * share),
                          price_e8=self.levels[u]) for b, share in zip(winners, r.choice(((1, 1), (2, 1))))]
        else:
            side, coins = 1, of.assets[BTC].unit
            coins = max(1, int(dollars * 1e8 * of.markets[0].price_unit * coins / self.levels[0]))
            u = U_BTC
            out += [event("deposit", a, asset_index=BTC, atoms=coins),
                    event("borrow", a, asset_index=USD, atoms=max(1, dollars * unit * r.choice((50, 80)) // 100)),
                    event("withdraw", a, asset_index=USD, atoms=max(1, dollars * unit * r.choice((0, 50, 80)) // 100))]
        self.time += SECOND
        self.levels[u] = max(10**8, min(self.levels[u] * (100 - side * r.choice((60, 90))) // 100, 10**14))
        out += [*prices(), event("assess", a), event("assess", a)]
        for number, premium in ((1, r.choice((0, 10**6))), (1, 0), (2, 0)):
            self.time += r.choice((SECOND, 10 * SECOND))
            out.append(event("bid", winners[0], sold_account=a, round=number, share_ppm=10**6, premium_min_ppm=premium))
        if r.random() < 0.7:
            out += [event("settle_profit", b, instrument_index=i) for b in winners]
        if r.random() < 0.2:
            out.append(event("fund", asset_index=USD, action=1, instrument_index=NONE, atoms=unit))
        out.append(event("assess", a))
        for _ in range(r.randrange(1, 4)):
            out.append(event("socialise", asset_index=USD, instrument_index=r.choice((i, i, NONE)),
                             atoms=r.choice((WIDE, dollars * unit, r.randrange(1, 100)))))
            out.append(event("continue", step_count=r.choice((1, 20))))
            for _ in range(r.choice((0, 10, 30))):
                out.append(event("continue", step_count=r.choice((1, 2, 5))))
                if r.random() < 0.05:
                    out.append(event("deposit", a, asset_index=USD, atoms=r.choice((1, dollars * unit // 10 + 1))))
        return out

    def pool(self, dollars):
        """A backstop pool with a member; sometimes a small one, or none."""
        r, event, of = self.random, self.event, self.venue.books
        if r.random() < 0.3 or not of.assets:
            return []
        out, unit = [], of.assets[USD].unit
        if of.pool() is None and len(of.accounts) < self.limits["account_count"] - 1:
            out.append(event("account", account_index=len(of.accounts), kind=4, parent_index=NONE, owner=r.choice((1, 2)),
                             instrument_index=NONE))
        member, atoms = r.choice((0, 1, 4)), max(1, dollars * unit * r.choice((1, 100, 1000, 10000)) // 10)
        return out + [event("deposit", member, asset_index=USD, atoms=2 * atoms), event("pool_join", member, atoms=atoms)]

    def rescue(self):
        """Accounts of linear positions fall below maintenance one after the other, and the pool takes what it may."""
        r, event, of = self.random, self.event, self.venue.books
        if len(of.markets) < 8 or len(of.accounts) < 5 or of.pool() is None and len(of.accounts) == self.limits["account_count"]:
            return []
        dollars, unit, p = r.randrange(100, 10**5), of.assets[USD].unit, len(of.accounts) if of.pool() is None else of.pool()
        place = next(k for k, place in enumerate(self.venue.places) if place[0] == "liquidation")
        values = {path: standard for path, standard, _, _ in self.venue.places[place][2]}
        values.update(auction_rounds_max=0, fruitless_max=1, depth_standard_micros=0, backstop_lock_ns=0, deleverage=r.choice((0, 1, 1)),
                      initial_window=r.choice((1, 2, 3, 4096)),
                      backstop_tranche_ppm=r.choice((10**3, 10**4, 10**5, 10**6)), backstop_discount_ppm=r.choice((10**5, 10**6)),
                      backstop_spread_ppm=r.choice((0, 6 * 10**5)), backstop_stress_ppm=r.choice((0, 0, 10**6, 5 * 10**6)))
        out = [event("parameters", record=b"liquidation", record_index=0, layout_version=1, field_count=len(values),
                     record_version=self.venue.records[place].accepted + 1, values=tuple(values.values()))]
        if p == len(of.accounts):
            out.append(event("account", account_index=p, kind=4, parent_index=NONE, owner=1, instrument_index=NONE))
        prices = lambda: [event("price", underlying_index=v, state=1, price_e8=self.levels[v], slow_e8=self.levels[v],
                                publish_ns=self.time) for v in range(3)] + [
            event("mark", instrument_index=i, is_present=1, mark_e8=self.levels[of.markets[i].underlying],
                  half_spread_e8=0) for i in (0, 2, 6)]
        member = r.choice((0, 4))
        out += [event("forecast", underlying_index=u, volatility_ppm=r.choice((10**4, 3 * 10**5)), model_hash=b"h") for u in range(3)]
        out += [event("liquidity", underlying_index=u, volume_micros=10**15) for u in range(3)]
        out += prices() + [event("deposit", b, asset_index=USD, atoms=1000 * dollars * unit) for b in (0, 4)]
        out.append(event("pool_join", member, atoms=dollars * unit * r.choice((1, 10, 300))))
        for a in r.sample((1, 2), r.choice((1, 2))):
            side = r.choice((1, -1))
            out.append(event("deposit", a, asset_index=USD, atoms=dollars * unit))
            of_all, times = r.choice(((0,), (0,), (6,), (0, 6), (0, 2), (0, 2, 6))), r.choice((1, 2, 4, 6))
            for i in of_all:
                lots = int(dollars * times / len(of_all) * 1e16 * of.markets[i].price_unit / (
                    of.markets[i].lot * abs(self.levels[of.markets[i].underlying])))
                out.append(event("trade", a, instrument_index=i, maker_account=r.choice((0, 4)), lots=side * max(1, lots),
                                 price_e8=self.levels[of.markets[i].underlying]))
            self.time += SECOND
            fall = 100 // times + r.choice((-7, -5, -4, -3, -2, -1, 2, 10))  # near where nothing is left
            for u in range(3):
                self.levels[u] = max(10**8, min(self.levels[u] * (100 - side * min(fall, 90)) // 100, 10**14))
            out += prices()
            for _ in range(3):
                out += [event("assess", a), event("continue", step_count=r.choice((1, 2, 3)))]
                self.time += 10 * SECOND
            out += [event("continue", step_count=r.choice((1, 2, 5))) for _ in range(4)] + prices()
            if r.random() < 0.5:  # it goes on: the pool loses more than a tranche
                for u in range(3):
                    self.levels[u] = max(10**8, min(self.levels[u] * (100 - side * r.choice((10, 40))) // 100, 10**14))
                out += prices() + [event("assess", p)] * r.choice((0, 1))
                out += [event("continue", step_count=r.choice((1, 4, 20))) for _ in range(6)]
            if r.random() < 0.5:
                out.append(event("trade", p, instrument_index=0, maker_account=0, price_e8=self.levels[0],
                                 lots=-side * r.choice((1, 5, 10**4))))
        self.time += SECOND
        if r.random() < 0.1:  # a gift makes a share dearer than what the next one brings
            out += [event("deposit", p, asset_index=USD, atoms=10**9 * dollars * unit), event("pool_join", member, atoms=1)]
        return out + [event("pool_leave", member, shares=r.choice((1, 10**3, 10**6, 10**9, INT64_MAX // 4)))]

    def wreck(self):
        """Without auctions: an account of one position is bankrupt after a jump, and the other side of the market closes it."""
        r, event, of = self.random, self.event, self.venue.books
        i, a = r.choice((0, 1, 3, 3, 4, 4, 5, 6, 7)), r.choice((1, 2, len(of.accounts)))
        if len(of.markets) < 8 or len(of.accounts) < 5 or a >= self.limits["account_count"]:
            return []
        u, lot, dollars, unit = of.markets[i].underlying, of.markets[i].lot, r.randrange(10, 10**4), of.assets[USD].unit
        side, level = -1 if i in (3, 4, 5) else r.choice((1, -1)), self.levels[u]
        place = next(k for k, place in enumerate(self.venue.places) if place[0] == "liquidation")
        values = {path: standard for path, standard, _, _ in self.venue.places[place][2]}
        values.update(auction_rounds_max=0, fruitless_max=1, depth_standard_micros=0, deleverage_policy=r.randrange(3), initial_window=r.choice((1, 2, 4096)),
                      backstop_tranche_ppm=r.choice((0, 10**5, 10**6, 10**6)), backstop_lock_ns=r.choice((0, 0, 10 * SECOND)),
                      backstop_discount_ppm=r.choice((10**5, 10**6)), backstop_stress_ppm=r.choice((0, 10**6, 5 * 10**6)))
        dear = 1  # an option's mark rises more than its underlying
        quote = lambda: {3: dear * level // 20, 4: dear * level // 20, 5: 5 * dear * 10**6}.get(i, level)
        prices = lambda: [event("price", underlying_index=v, state=1, price_e8=self.levels[v], slow_e8=self.levels[v],
                                publish_ns=self.time) for v in range(3)] + [
            event("mark", instrument_index=i, is_present=1, mark_e8=quote(), half_spread_e8=0)]
        out = [event("parameters", record=b"liquidation", record_index=0, layout_version=1, field_count=len(values),
                     record_version=self.venue.records[place].accepted + 1, values=tuple(values.values())), *prices()]
        if a == len(of.accounts):
            out.append(event("account", account_index=a, kind=1, parent_index=NONE, owner=1, instrument_index=NONE))
        if a < len(of.accounts):
            out += self.pool(dollars)
        out += [event("deposit", b, asset_index=USD, atoms=1000 * dollars * unit) for b in (0, 4)]
        out.append(event("deposit", a, asset_index=USD, atoms=dollars * unit))
        if i in (1, 5, 7):
            out += [event("deposit", b, asset_index=BTC, atoms=10 * of.assets[BTC].unit) for b in (0, 4)]
        lots = int(dollars * 1e8 / lot if i in (1, 7) else
                   dollars * 1e16 * of.markets[i].price_unit / (lot * level)) * (1 if i not in (3, 4, 5) else 3)
        if r.random() < 0.3:
            i, u, side, level = 0, U_BTC, 1, self.levels[U_BTC]
            coins = int(dollars * 1e8 * of.markets[0].price_unit * of.assets[BTC].unit / level)
            out += [event("deposit", a, asset_index=BTC, atoms=max(1, coins)),
                    event("borrow", a, asset_index=USD, atoms=max(1, dollars * unit * r.choice((110, 150)) // 100))]
            out += [event("withdraw", a, asset_index=USD, atoms=max(1, dollars * unit * r.choice((50, 95)) // 100))]
        else:
            out += [event("trade", a, instrument_index=i, maker_account=b, lots=side * max(1, lots * share), price_e8=quote())
                    for b, share in ((4, 2), (0, r.choice((0, 1, 2))))]
        self.time += SECOND
        level = self.levels[u] = max(10**8, min(level * (100 - side * r.choice((60, 80))) // 100, 10**14))
        dear = 8
        out += prices()
        if r.random() < 0.5:
            out += [event("fund", asset_index=asset, action=1, instrument_index=NONE, atoms=max(1, atoms)) for asset, atoms in (
                (USD, dollars * unit // r.choice((1, 10, 100))), (BTC, of.assets[BTC].unit // r.choice((1, 1000))))]
        for _ in range(4):
            out += [event("assess", a), event("continue", step_count=1)]
            self.time += 10 * SECOND
        if r.random() < 0.3:
            out.append(event("fund", asset_index=USD, action=1, instrument_index=NONE, atoms=dollars * unit // 10 + 1))
        out += [event("continue", step_count=r.choice((1, 3, 20, 60))) for _ in range(12)]
        return out + [event("assess", a)]

    def bids(self, a, dollars):
        """Someone with money who bids in this round."""
        r, out, bidder = self.random, [], 4 if a != 4 else self.random.choice((0, 1, 2))
        for asset, units in ((USD, 100 * dollars), (BTC, r.choice((0, 10)))):
            out.append(self.event("deposit", bidder, asset_index=asset,
                                  atoms=max(1, units * self.venue.books.assets[asset].unit)))
        out += [self.event("price", underlying_index=u, state=1, price_e8=self.levels[u], slow_e8=self.levels[u],
                           publish_ns=self.time) for u in range(3)]
        first = self.venue.standings[a].round
        for _ in range(r.randrange(1, 7)):
            self.time += r.choice((1, SECOND, 20 * SECOND, 100 * SECOND))
            out.append(self.event("bid", bidder, sold_account=a, round=first, premium_min_ppm=r.choice((0, 10**4, 10**6, 10**6)),
                                  share_ppm=r.choice((10**6, 10**6, 500000, r.randrange(1, 10**6), 9999, 1))))
        return out

    def look_on(self):
        """Time passes and the account of the last squeeze is looked at: slices nobody fills, then rounds of an auction."""
        r, event = self.random, self.event
        standings = self.venue.standings
        stage = standings[self.sold].stage if self.sold < len(standings) else 0
        self.auction -= 1 if stage in (PARTIAL, AUCTION, BACKSTOP, ADL) else 8
        self.time += r.choice((SECOND, 2 * SECOND, 30 * SECOND, 30 * SECOND, 200 * SECOND))
        out = []
        if r.random() < 0.1:
            state = r.choice((1, 1, 2, 3))
            out = [event("price", underlying_index=u, state=state, price_e8=self.levels[u], slow_e8=self.levels[u],
                         publish_ns=self.time) for u in (0, 2)]
        if stage == AUCTION and r.random() < 0.3:
            return self.bids(self.sold, self.dollars)
        kind, account, body = "assess", self.sold, {}
        if stage in (BACKSTOP, ADL) and r.random() < 0.8:
            kind, account, body = "continue", NONE, {"step_count": r.choice((1, 3, 7, 20))}
        if stage == AUCTION and r.random() < 0.4:
            kind = "bid"
            account, body = self.draw_bid()
        return out + [event(kind, account, **body)]

    def draw(self):
        r = self.random
        if not self.queue and self.is_stressed and r.random() < 0.1:
            self.queue = self.squeeze()
        if not self.queue and r.random() < 0.01:
            self.queue = r.choice((self.ruin, self.wreck, self.rescue))()
        if not self.queue and self.auction > 0:
            self.queue = self.look_on()
        if self.queue:
            return self.queue.pop(0)
        pause = r.random()
        if pause < 0.2:
            self.time += r.choice((1, SECOND, 60 * SECOND))
        elif pause < 0.22:
            self.time += r.choice((600, 3600, 7200)) * SECOND
        kind = r.choices(list(COMMON), COMMON.values())[0]
        account, body = getattr(self, "draw_" + kind)()
        event = Event(kind, account, 0, self.time, **body)
        if r.random() < 0.16:
            self.spoil(event)
        self.authority(event)
        self.sent = (self.sent + [event])[-40:]
        return event

    def authority(self, event):
        """Signers, client ids, deadlines and times, right and wrong."""
        r = self.random
        choice = r.random()
        if choice < 0.25:
            event.signer = r.choice((0, 1, 1, 2))
            event.client_id = bytes([r.randrange(1, 256) for _ in range(16)])
            event.deadline = self.time + r.choice((0, SECOND, 60 * SECOND, DAY_NS))
        if choice < 0.03:
            event.deadline = r.choice((0, self.time - 1, self.time + DAY_NS + 1))
        elif choice < 0.05:
            event.client_id = bytes(16)
        elif choice < 0.07:
            event.signer = r.choice((3, 4, 99))
        elif choice < 0.10 and self.sent:
            old = r.choice(self.sent)
            event.client_id, event.deadline, event.signer = old.client_id, old.deadline, old.signer
        elif choice < 0.14 and self.sent:
            old = r.choice(self.sent[-8:])
            if any(old.client_id):
                event.__dict__.update(old.__dict__)
                event.time = self.time
        elif choice > 0.995:
            event.time -= r.randrange(1, SECOND)
        elif choice > 0.993:
            event.deadline = r.choice((self.time - 1, self.time + 5))
        elif choice > 0.992:
            event.time = 2**62 + 1

    def spoil(self, event):
        r = self.random
        names = [n for n in event.body if n not in ("reserved", "unused", "tier_count", "node_count", "field_count", "svi", "hash")]
        if event.kind.has_account and r.random() < 0.3 or not names:
            event.account = r.choice((0, 3, 4, 5, 99, NONE))
            return
        name = r.choice(names)
        code = dict(event.kind.fields)[name]
        bounded = {"kind": (1, 2), "domain": (1, 2), "treatment": (1, 2), "settlement": (1, 2), "right": (0, 2),
                   "premium": (0, 2), "action": (1, 4), "side": (1, 2), "state": (1, 4), "horizon": (1, 2),
                   "is_reduce_only": (0, 1), "is_own": (0, 1), "is_present": (0, 1), "scopes": (0, 15)}
        if event.kind.name == "instrument" and name == "kind":
            event.body[name] = r.randrange(1, 5)
        elif event.kind.name == "account" and name == "kind":
            event.body[name] = r.randrange(1, 4)
        elif name in bounded:
            event.body[name] = r.randint(*bounded[name])
        elif code == "I":
            event.body[name] = r.choice((0, 1, 2, 3, 4, 9, NONE, (event.body[name] + 1) % 2**32))
        elif code in ("q", "Q"):
            value = r.choice(EDGES + (-event.body[name], event.body[name] + 1, event.body[name] - 1))
            event.body[name] = value % 2**64 if code == "Q" else max(-2**63, min(2**63 - 1, value))
        elif code == "W":
            value = event.body[name]
            event.body[name] = r.choice((0, -1, 1, min(WIDE, value + 1), value - 1, -value, WIDE, value * 1000 % WIDE))
        elif code == "N":
            event.body[name] = r.choice((b"", b"n1", b"n4", b"n5", b"core", b"tiered", b"dynamic", b"zz"))
        elif code == "d":
            event.body[name] = r.choice((-1.0, 0.0, 1e9, 1e-13))
        elif name == "values":
            values = list(event.body[name])
            values[r.randrange(event.body["field_count"])] = r.choice((-1, 2**62))  # out of every bounds; rules between fields are the records' own
            event.body[name] = tuple(values)

    def two(self):
        accounts = self.venue.books.accounts
        a = self.some(accounts)
        b = self.some(accounts)
        return a, b if b != a or self.random.random() < 0.05 else (a + 1) % max(1, len(accounts))

    def cash(self):
        accounts, assets = self.venue.books.accounts, self.venue.books.assets
        a, asset = self.some(accounts), self.some(assets)
        return a, asset, accounts[a].atoms(asset) if a < len(accounts) and asset < len(assets) else 0

    def draw_deposit(self):
        a, asset, _ = self.cash()
        return a, {"asset_index": asset, "atoms": self.atoms(asset)}

    def part(self, held, asset):
        r = self.random
        other = self.atoms(asset)
        return r.choice((held, min(WIDE, held + 1), max(1, held // 2), max(1, held // 10), other)) if held > 0 else other

    def draw_withdraw(self):
        a, asset, held = self.cash()
        return a, {"asset_index": asset, "atoms": self.part(held, asset)}

    draw_borrow = draw_withdraw

    def draw_repay(self):
        a, asset, held = self.cash()
        for _ in range(8):
            if held >= 0:
                a, asset, held = self.cash()
        return a, {"asset_index": asset, "atoms": self.part(-held, asset)}

    def draw_transfer(self):
        a, asset, held = self.cash()
        return a, {"asset_index": asset, "to_account": self.two()[1], "atoms": self.part(held, asset)}

    def draw_exchange(self):
        a, give, held = self.cash()
        b, take, has = self.cash()
        return a, {"other_account": b, "give_asset_index": give, "take_asset_index": take,
                   "give_atoms": self.part(held, give), "take_atoms": self.part(has, take)}

    def draw_interest(self):
        return NONE, {"asset_index": self.some(self.venue.books.assets)}

    def draw_fund(self):
        r, markets = self.random, self.venue.books.markets
        action, asset, i = r.choice((1, 1, 2, 3, 4, 5, 5, 6)), self.some(self.venue.books.assets), NONE
        if action in (2, 5, 6):
            i = self.some(markets)
            asset = markets[i].asset if i < len(markets) else asset
        atoms = self.atoms(asset) // r.choice((1, 100)) or 1
        return NONE, {"asset_index": asset, "action": action, "instrument_index": i, "atoms": atoms}

    def draw_socialise(self):
        r, markets = self.random, self.venue.books.markets
        owed = [(m.asset, i) for i, m in enumerate(markets)
                if any(i in a.positions and a.positions[i].uncollected for a in self.venue.books.accounts)]
        asset, i = r.choice(owed) if owed and r.random() < 0.7 else (self.some(self.venue.books.assets), NONE)
        i = self.some(markets) if r.random() < 0.1 else i
        return NONE, {"asset_index": asset, "instrument_index": i, "atoms": self.atoms(asset) // r.choice((1, 100))}

    def held(self):
        """(account, instrument, lots) of a position, if there is one."""
        accounts = self.venue.books.accounts
        found = [(a, i, p.lots) for a, of in enumerate(accounts) for i, p in of.positions.items() if p.lots]
        return self.random.choice(found) if found and self.random.random() < 0.95 else (
            self.some(accounts), self.some(self.venue.books.markets), self.lots())

    def orders(self):
        return [(a, k, o) for a, of in enumerate(self.venue.books.accounts) for k, o in of.orders.items()]

    def draw_trade(self):
        r = self.random
        a, b = self.two()
        i, lots = self.some(self.venue.books.markets), self.lots()
        if r.random() < 0.4:
            a, i, held = self.held()
            lots = r.choice((-held, -2 * held, -(held // 2) or 1, held))
        price = self.level(i)
        if r.random() < 0.1:
            price = r.choice((1, price * 2, price // 2, 10**16)) or 1
        fee = r.choice((0, 0, 1, r.randrange(10**4)))
        body = {"instrument_index": i, "maker_account": b, "lots": max(-2**63, min(2**63 - 1, lots)), "price_e8": price,
                "taker_fee_atoms": fee, "maker_fee_atoms": r.choice((0, -fee, -(fee // 2), 3))}
        orders = self.orders()
        if orders and r.random() < 0.3:
            a, order_id, order = r.choice(orders)
            body.update(instrument_index=order.instrument, taker_order_id=order_id, price_e8=order.limit,
                        lots=r.choice((order.lots, max(1, order.lots // 2))) * (1 if order.side == 1 else -1))
            if a == b:
                body["maker_account"] = (a + 1) % 5
        if r.random() < 0.02:
            body["maker_order_id"] = r.randrange(1, 5)
        return a, body

    def draw_position_transfer(self):
        a, i, held = self.held()
        lots = self.random.choice((held, held // 2 or held, 1 if held > 0 else -1))
        owner = [k for k, of in enumerate(self.venue.books.accounts) if k != a and of.owner == 1]
        to = self.random.choice(owner) if owner and self.random.random() < 0.8 else self.two()[1]
        return a, {"instrument_index": i, "to_account": to, "lots": lots}

    def draw_reserve(self):
        r = self.random
        a, i = self.some(self.venue.books.accounts), self.some(self.venue.books.markets)
        side, is_reduce_only, lots = r.choice((1, 2)), 0, abs(self.lots())
        if r.random() < 0.3:
            a, i, held = self.held()
            side, is_reduce_only, lots = 2 if held > 0 else 1, 1, abs(held)
        return a, {"instrument_index": i, "side": side, "lots": lots, "limit_e8": self.level(i),
                   "order_id": r.randrange(0, 9), "is_reduce_only": is_reduce_only}

    def draw_release(self):
        r, orders = self.random, self.orders()
        a, order_id, lots = self.some(self.venue.books.accounts), r.randrange(9), 0
        if orders and r.random() < 0.9:
            a, order_id, order = r.choice(orders)
            lots = r.choice((0, order.lots, 1, order.lots + 1))
        return a, {"order_id": order_id, "lots": lots}

    def draw_settle_profit(self):
        a, i, _ = self.held()
        return a, {"instrument_index": i}

    def draw_funding(self):
        r = self.random
        i = r.choice((0, 1, 6, self.some(self.venue.books.markets)))
        big = r.choice((1, 10**6, 10**9))
        return NONE, {"instrument_index": i, "per_lot": r.randrange(-1000, 1000) * big}

    def draw_settle_expiry(self):
        i = self.random.choice((2, 3, 4, 5, 7, self.some(self.venue.books.markets)))
        u = self.venue.books.markets[i].underlying if i < len(self.venue.books.markets) else 0
        return NONE, {"instrument_index": i, "price_e8": self.levels[min(u, 2)] * self.random.randrange(80, 120) // 100}

    def draw_mark(self):
        r = self.random
        i = self.some(self.venue.books.markets)
        return NONE, {"instrument_index": i, "is_present": int(r.random() < 0.95), "mark_e8": self.level(i),
                      "half_spread_e8": r.randrange(1000)}

    def draw_price(self):
        r = self.random
        u = self.some(self.venue.prices)
        level = self.levels[min(u, 2)]
        jumps = (6000, 8000, 9300, 10700, 12000, 15000) if self.is_stressed and r.random() < 0.5 else (
            10000, 10001, 9999, 10020, 9900, 10100)
        level = level * r.choice(jumps) // 10000
        if u < 3:
            self.levels[u] = max(10**8, min(level, 10**14))
        state = r.choice((1,) * 12 + (2, 3, 4))
        if u == U_RATE and level % 4 == 0:
            level = -level // 3  # its domain is `any`
        return NONE, {"underlying_index": u, "state": state, "price_e8": level, "confidence_e8": r.choice((0, level // 1000)),
                      "slow_e8": level * r.choice((100, 100, 99, 102)) // 100,
                      "publish_ns": self.time - r.randrange(3) * SECOND}

    def draw_liquidity(self):
        r = self.random
        return NONE, {"underlying_index": self.some(self.venue.prices), "depth_micros": r.choice((0, 10**12)),
                      "volume_micros": r.choice((0, 10**15)), "open_interest_micros": r.randrange(10**13)}

    def draw_supply(self):
        return NONE, {"underlying_index": self.some(self.venue.prices),
                      "units": self.random.choice((0, 1, 10**3, 10**7, INT64_MAX))}

    def draw_recalibrate(self):
        return NONE, {"underlying_index": self.some(self.venue.prices)}

    def draw_forecast(self):
        return NONE, {"underlying_index": self.some(self.venue.prices), "regime_ppm": self.random.randrange(10**6),
                      "volatility_ppm": self.random.choice((1, 300000, 900000, 10**8)), "model_hash": b"h"}

    def draw_close(self):
        u = self.some(self.venue.prices)
        days = self.venue.prices[u].days if u < len(self.venue.prices) else []
        today = self.time // DAY_NS
        day = (days[-1] if days else 0) + self.random.randrange(3)
        if self.random.randrange(6) == 0:
            day = self.random.choice((-1, today - 1, today, today + 1, INT64_MAX))
        return NONE, {"underlying_index": u, "day": day, "price": 100.5}

    def draw_surface_slice(self):
        r = self.random
        staged = self.venue.staged
        u, hours = self.some(self.venue.prices), r.randrange(1, 30)
        if staged and r.random() < 0.8:
            u, hours = staged[-1][0], hours + (staged[-1][2] - self.time) // (3600 * SECOND)  # behind the last one
        # Total variance rises with the expiry, or falls.
        a = r.choice((1e-5 * max(1, hours), 1e-4 / max(1, hours), 1e-7))
        expiry = min(self.time + max(1, hours) * 3600 * SECOND, INT64_MAX)
        return NONE, {"underlying_index": u, "kind": 1, "expiry_ns": expiry,
                      "forward_e8": self.levels[min(u, 2)], "svi": (a, 0.0, 0.0, 0.0, 0.1)}

    def draw_surface_commit(self):
        r, staged = self.random, self.venue.staged
        u = r.choice(staged)[0] if staged else self.some(self.venue.prices)
        mine = [s[5] for s in staged if s[0] == u]
        digest = hashlib.blake2b(b"".join(mine), digest_size=32).digest() if r.random() < 0.9 else b"x"
        return NONE, {"underlying_index": u, "slice_count": r.choice((len(mine),) * 8 + (0, 7)), "hash": digest}

    def draw_scenario_commit(self):
        return NONE, {"name": b"set", "set_version": 2, "horizon": self.random.choice((1, 2)),
                      "hash": self.random.choice((b"",) * 5 + (b"x",))}

    def draw_continue(self):
        return NONE, {"step_count": self.random.choice((1, 2, 3, 20))}

    def draw_time(self):
        return NONE, {}

    def draw_model(self):
        r = self.random
        name = r.choice((b"tiered", b"dynamic", b"portfolio", b"nothing"))
        return NONE, {"name": name, "model_version": r.choice((1, 1, 1, 2))}

    def draw_parameters(self):
        r = self.random
        name = r.choice(("core", "core", "core", "tiered", "scenarios", "none", "living", "living", "living"))
        found = [i for i, place in enumerate(self.venue.places) if place[0] == name]
        index = r.randrange(2) if name == "living" else 0
        place = found[index] if found else 0
        record, fields = self.venue.records[place], self.venue.places[place][2]
        values = [field[1] for field in fields]
        if name == "core":
            values[0] = r.choice((0, 1000, 100000, 100001))
            values[5] = r.randrange(0, 10**6)
        if name == "scenarios":
            values[1] = 0
        if name == "living":
            values = self.living_values([field[0] for field in fields])
        return NONE, {"record": name.encode(), "record_index": index,
                      "record_version": record.accepted + r.choice((1, 1, 1, 1, 2)),
                      "layout_version": r.choice((1,) * 29 + (2,)), "field_count": len(fields), "values": tuple(values[:64]),
                      "earliest_sequence": r.choice((0, 0, self.venue.sequence + r.randrange(60))),
                      "expires_ns": r.choice((0, 0, self.time + r.randrange(100) * SECOND))}

    def living_values(self, paths):
        """Tools on and off, short memories, caps that bind."""
        r = self.random
        draws = {"buffer_ppm": (0, 250000), "buffer_refill_ppm": (0, 10000, 300000), "stressed_weight_ppm": (0, 0, 250000),
                 "stressed_count": (1, 3, 1000), "floor_ppm": (0, 800000, 2000000), "floor_steps": (1, 2, 5, 3650),
                 "rise_max_ppm": (1000, 250000, 10**7), "notice_steps": (0, 0, 1, 4, 30), "band_ppm": (0, 50000, 500000),
                 "fall_max_ppm": (1000, 50000, 10**6), "interval_ns": (60 * SECOND,) * 3 + (3600 * SECOND,),
                 "cap_depth_ppm": (0, 10**6, 50 * 10**6, 10**12), "cap_supply_ppm": (0, 1, 100000, 10**6),
                 "cap_unknown_micros": (0, 10**9, 10**13) + (9 * 10**18,) * 5}
        return [r.choice(draws[path]) for path in paths]

    def draw_asset(self):
        r, assets = self.random, self.venue.books.assets
        if r.random() < 0.5 and len(assets) < 3 or r.random() < 0.02:
            return NONE, self.asset_event(len(assets), U_ETH, 6, 1).body
        i = r.randrange(len(assets))
        body = dict(assets[i].terms)
        body["borrow_cap_atoms"] = r.choice((0, 10**9, 10**15, body["borrow_cap_atoms"]))
        return NONE, body

    def draw_underlying(self):
        count = len(self.venue.prices)
        return NONE, {"name": self.name(), "underlying_index": count, "domain": 1, "class_id": self.random.choice((0, 1, 2)),
                      "price_unit": 1, "tick_e8": 1}

    def draw_instrument(self):
        r = self.random
        name = r.choice((self.name(), self.name(), b"", b"n7"))
        return NONE, {"name": name, "instrument_index": len(self.venue.marks), "kind": r.choice((1, 2)), "settlement": 1,
                      "underlying_index": self.some(self.venue.prices), "lot_e8": r.choice((1, 10**8, 10**11)),
                      "settlement_asset_index": self.some(self.venue.books.assets)}

    def draw_account(self):
        r, accounts = self.random, self.venue.books.accounts
        kind = r.choice((1, 2, 3, 4))
        return NONE, {"account_index": len(accounts), "kind": kind, "owner": r.choice((1, 2, 3)),
                      "parent_index": NONE if kind in (1, 4) else self.some(accounts),
                      "instrument_index": NONE if kind != 3 else self.some(self.venue.books.markets)}

    def draw_signer(self):
        scopes, listed = self.random.randrange(16), len(self.venue.signers)
        if scopes % 4 == 0:  # another key for a signer that is there, or none any more
            index = 1 + scopes // 4 % (listed - 1)
            return NONE, {"signer_index": index, "scopes": (15, 3, 0, 15)[scopes // 4], "public_key": b"n" if scopes != 8 else b""}
        return NONE, {"signer_index": listed, "scopes": scopes, "public_key": b"k"}

    def draw_pool_join(self):
        r, of = self.random, self.venue.books
        a = r.choice((0, 1, 4, self.some(of.accounts)))
        held = of.accounts[a].atoms(USD) if a < len(of.accounts) else 0
        return a, {"atoms": self.part(max(0, held), USD)}

    def draw_pool_leave(self):
        r, of = self.random, self.venue.books
        members = [a for a, account in enumerate(of.accounts) if account.shares] or [self.some(of.accounts)]
        a = r.choice(members + [self.some(of.accounts)])
        held = of.accounts[a].shares if a < len(of.accounts) else 0
        return a, {"shares": r.choice((held, held // 2, held // 10, 1, held + 1, 0))}

    def draw_assess(self):
        return self.some(self.venue.books.accounts), {}

    def draw_bid(self):
        r, accounts, standings = self.random, self.venue.books.accounts, self.venue.standings
        sold = [a for a, of in enumerate(standings) if of.stage == AUCTION and r.random() < 0.95]
        sold = self.sold if self.auction > 0 else r.choice(sold) if sold else self.some(accounts)
        # The state is as of before the batch: the next round may be under way.
        now = standings[sold].round + (r.random() < 0.2) if sold < len(standings) else 0
        owner = accounts[sold].owner if sold < len(accounts) else 0
        others = [a for a, of in enumerate(accounts) if of.owner != owner and r.random() < 0.95]
        return r.choice(others) if others else self.some(accounts), {
            "sold_account": sold, "round": now, "share_ppm": r.choice((10**6, 10**6, r.randrange(1, 10**6), 10000, 9999, 1)),
            "premium_min_ppm": r.choice((0, 0, 0, r.randrange(1, 10**6)))}

    def draw_source(self):
        r, count = self.random, len(self.venue.prices)
        u = r.choice((3, 4, count))  # never one that the opening priced
        return NONE, {"underlying_index": u, "source_index": r.randrange(20), "weight": r.choice((0, 1, 5)),
                      "public_key": bytes([r.randrange(30)]), "is_own": int(r.random() < 0.2),
                      **r.choice(({}, {}, {"clamp_low_e8": 1, "clamp_high_e8": r.choice((1, 2, 10**16, 10**16 + 1))}))}

    def draw_anchor(self):
        r = self.random
        u = r.choice((U_ETH,) * 9 + (U_BTC, U_RATE, 3, 5))
        ratio = r.choice((NONE,) * 9 + (U_BTC, 3, 9))
        fair = self.levels[1] * 10**8 // self.levels[0]
        fixed = 0 if ratio != NONE else r.choice((fair, fair * 101 // 100, fair * 2, 10**8, 0, self.levels[1], 10**17))
        return NONE, {"underlying_index": u, "is_present": int(r.random() < 0.8), "ratio_underlying_index": ratio,
                      "base_underlying_index": r.choice((U_BTC,) * 6 + (NONE, 3)), "ratio_e8": fixed}

    def draw_price_report(self):
        return NONE, {"underlying_index": self.random.randrange(5), "source_index": self.random.randrange(20),
                      "report_sequence": self.random.randrange(1, 9), "network": 7}
