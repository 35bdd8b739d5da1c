# living.py: shock sizes that move and caps on what is open: docs/books.md section 9.   SPDX-License-Identifier: Apache-2.0
"""Nothing of the library: fractions and lists, without windows that wrap or tables that are kept sorted."""
from fractions import Fraction
from math import ceil, floor

VOLATILITY, DEPTH, VOLUME, OPEN = range(4)
MARKET, STRESSED, FLOOR, BUFFER, BAND, FALL, RISE, NOTICE, UNKNOWN = range(1, 10)
STRESS, BACK, MOST = 1000, 31, 2**63 - 1
NO_RISE, NO_FALL = 10**7, 10**6


class Chain:
    """The lines of one size: the last that differs from the one before it gives the reason."""

    def __init__(self, first):
        self.value, self.reason = first, MARKET

    def then(self, value, reason):
        if value != self.value:
            self.value, self.reason = value, reason


def up(x, k):
    return min(MOST, ceil(Fraction(x * k, 10**6)))


def down(x, k):
    return min(MOST, floor(Fraction(x * 10**6, k)))


class Path:
    """What the steps have announced of one size, oldest first."""

    def __init__(self):
        self.announced, self.reason = [], 0

    def conclude(self, chain, notice, choose):
        self.announced = (self.announced + [chain.value])[-BACK:]
        chain.then(choose(self.announced[-1 - notice:]), NOTICE)
        self.reason = chain.reason
        return chain.value

    def state(self):
        return [len(self.announced), *self.announced, self.reason]


class Volatility(Path):
    def __init__(self):
        super().__init__()
        self.window, self.all = [], []

    def step(self, r, wanted):
        self.window = (self.window + [wanted])[-r["floor_steps"]:]
        self.all = sorted(self.all + [wanted], reverse=True)[:STRESS]
        chain, weight = Chain(wanted), r["stressed_weight_ppm"]
        if weight:
            largest = self.all[:r["stressed_count"]]
            mean = ceil(Fraction(sum(largest), len(largest)))
            chain.then(ceil(Fraction(wanted * (10**6 - weight) + weight * mean, 10**6)), STRESSED)
        mean = Fraction(sum(self.window) * r["floor_ppm"], len(self.window) * 10**6)
        chain.then(max(chain.value, ceil(mean)), FLOOR)
        full = up(chain.value, 10**6 + r["buffer_ppm"])
        if not self.announced:
            chain.then(full, BUFFER)
        else:
            before = self.announced[-1]
            chain.then(max(chain.value, min(full, up(before, 10**6 + r["buffer_refill_ppm"]))), BUFFER)
            rising(chain, r, before, max(before + 1, up(before, 10**6 + r["rise_max_ppm"])))
        return self.conclude(chain, r["notice_steps"], min)

    def state(self):
        return [len(self.window), *self.window, len(self.all), *self.all, *super().state()]


def rising(chain, r, before, fast):
    chain.then(max(chain.value, min(before, up(chain.value, 10**6 + r["band_ppm"]))), BAND)
    chain.then(max(chain.value, min(before - 1, up(before, 10**6 - r["fall_max_ppm"]))), FALL)
    if r["rise_max_ppm"] != NO_RISE:
        chain.then(min(chain.value, fast), RISE)


def mirrored(chain, r, before):
    chain.then(min(chain.value, max(before, down(chain.value, 10**6 + r["band_ppm"]))), BAND)
    if r["fall_max_ppm"] != NO_FALL:
        slow = min(MOST, max(before + 1, down(before, 10**6 - r["fall_max_ppm"])))
        chain.then(min(chain.value, slow), FALL)
    chain.value = max(1, chain.value)
    if r["rise_max_ppm"] != NO_RISE:
        chain.then(max(chain.value, down(before, 10**6 + r["rise_max_ppm"])), RISE)


class Amount(Path):
    def __init__(self, term):
        super().__init__()
        self.is_mirrored = term != OPEN

    def step(self, r, wanted):
        chain = Chain(wanted)
        before = self.announced[-1] if self.announced else None
        if wanted == 0 or not before:
            chain.reason = MARKET if before is None and wanted else UNKNOWN
            self.announced = []
        elif self.is_mirrored:
            mirrored(chain, r, before)
        else:
            rising(chain, r, before, up(before, 10**6 + r["rise_max_ppm"]))
        return self.conclude(chain, r["notice_steps"], max if self.is_mirrored else min)


class Living:
    """One underlying: what is wanted, and what the steps have left."""

    def __init__(self, volatility):
        self.wanted, self.supply, self.count, self.last = [volatility, 0, 0, 0], 0, 0, 0
        self.paths = [Volatility(), Amount(DEPTH), Amount(VOLUME), Amount(OPEN)]

    def step(self, record, time):
        self.count, self.last = self.count + 1, time
        return [path.step(record, wanted) for path, wanted in zip(self.paths, self.wanted)]

    def announced(self):
        return [path.announced[-1] for path in self.paths]

    def state(self):
        out = [*self.wanted, self.supply, self.count, self.last]
        for path in self.paths:
            out += path.state()
        return out


def cap(r, depth, units, base, price_unit):
    limits = []
    if depth:
        limits.append(floor(Fraction(depth * r["cap_depth_ppm"], 10**6)))
    if units:
        worth = min(MOST, max(1, floor(Fraction(units * base, 100 * price_unit))))
        limits.append(floor(Fraction(worth * r["cap_supply_ppm"], 10**6)))
    return min(limits + [MOST]) if limits else r["cap_unknown_micros"]


def notional(terms, lots, base, unit, coin):
    """coin: (base price, price unit) of the settlement asset where it has a price."""
    if terms["kind"] != 4 and terms["settlement"] == 2:
        return min(MOST, ceil(Fraction(lots * terms["lot_e8"], 100)))
    value = ceil(Fraction(lots * terms["lot_e8"] * base, 10**10 * unit))
    if terms["settlement"] == 1 and coin:
        value = ceil(Fraction(value * coin[0], 10**8 * coin[1]))
    return min(MOST, value)
