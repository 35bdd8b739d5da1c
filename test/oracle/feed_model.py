#!/usr/bin/env python3
# feed_model.py: price feeds a second time, from docs/method/prices.md alone.         SPDX-License-Identifier: Apache-2.0
"""The library keeps sums; this model keeps the whole history and computes every average anew from it."""
from fractions import Fraction
from math import floor

VALID, HELD, STALE, INVALID = 1, 2, 3, 4
PRICE, NO_PRICE, EQUIVOCATED = "price", "no price", "equivocated"
SECOND = 10**9
MINUTE = 60 * SECOND
PRICE_MAX = 10**16
SLOW_STEP = 46265331  # of 2^32


def ceil(x):
    return -floor(-x)


def nearest_even(x):
    low = floor(x)
    rest = x - low
    return low + (1 if rest > Fraction(1, 2) or (rest == Fraction(1, 2) and low % 2) else 0)


def weighted_median(votes, above):
    """Votes (value, weight). The smallest value with at least half of the weight up to it, or with `above` more than half."""
    total = sum(weight for _, weight in votes)
    for value in sorted({value for value, _ in votes}):
        upto = sum(weight for other, weight in votes if other <= value)
        if 2 * upto > total or (2 * upto == total and not above):
            return value
    raise AssertionError


class Feed:
    def __init__(self, head):
        self.p = head["parameters"]
        self.domain, self.reference = head["domain"], head["reference"]
        self.sources = head["sources"]
        self.time = head["time"]
        self.words = {}
        self.state = dict(state=INVALID, priced=False, price=0, candidate=0, confidence=0, publish=0, hold=None, settled=False,
                          strict=False, members=(), flagged=0, valid_since=0, jump_time=None)
        self.before = dict(self.state)
        self.spans = []      # (from, to, price) of VALID time
        self.accepted = []   # (time, price): the last VALID price from that time on
        self.floor_time = 0  # marks before a confirmed jump are forgotten
        self.first = None

    # --- the index -----------------------------------------------------------------------------------------------------
    def base(self, price):
        return max(abs(price), self.reference)

    def within(self, left, right, ppm):
        return abs(left - right) * 10**6 <= ppm * self.base(right)

    def alive(self, word, age, time):
        return time - word["publish"] <= age and time < word["expires"]

    def fresh(self, age, time):
        return tuple(i for i in sorted(self.words) if self.words[i]["kind"] == PRICE and self.alive(self.words[i], age, time))

    def weights(self, members):
        raw = {i: 10**6 * self.sources[i][0] for i in members}
        others = sorted((raw[i] for i in members if not self.sources[i][1]), reverse=True)
        if not others:
            return raw
        cap = Fraction(self.p["weight_cap_ppm"], 10**6)
        level = others[-1]
        for capped in range(len(others)):
            rest = sum(others[capped:])
            if 1 - capped * cap <= 0:
                break
            candidate = floor(cap * rest / (1 - capped * cap))
            if others[capped] <= candidate:
                level = others[0] if capped == 0 else candidate
                break
        weights = {i: min(raw[i], level) for i in members if not self.sources[i][1]}
        own_cap = min(cap, Fraction(self.p["own_weight_cap_ppm"], 10**6))
        rest = sum(weights.values())
        for i in members:
            if self.sources[i][1]:
                weights[i] = raw[i] if own_cap == 1 else min(raw[i], floor(own_cap * rest / (1 - own_cap)))
        return weights

    def index(self, members):
        if len(members) < self.p["quorum"] or not members:
            return None
        weights = self.weights(members)
        total = sum(weights.values())
        heaviest = sorted(weights.values(), reverse=True)[:self.p["liars_max"]]
        if 2 * sum(heaviest) >= total:
            return None
        votes = [(self.words[i]["price"], weights[i]) for i in members]
        price = (weighted_median(votes, False) + weighted_median(votes, True)) // 2
        flagged = [i for i in members if not self.within(self.words[i]["price"], price, self.p["deviation_ppm"])]
        far = [(abs(self.words[i]["price"] - price) + self.words[i]["confidence"], weights[i]) for i in members]
        share = Fraction(sum(weights[i] for i in flagged), total)
        widen = ceil(self.base(price) * Fraction(self.p["deviation_widen_ppm"], 10**6) * share)
        return dict(price=price, confidence=min(weighted_median(far, True) + widen, PRICE_MAX), members=members,
                    flagged=sum(1 << i for i in flagged),
                    publish=weighted_median([(self.words[i]["publish"], weights[i]) for i in members], False))

    # --- the decision --------------------------------------------------------------------------------------------------
    def marks(self, time):
        """The last valid price, and what it was at the seven last 10 s marks; a confirmed jump or the first price fills all."""
        answer = [self.before["price"]]
        for k in range(7):
            mark = time // (10 * SECOND) * 10 * SECOND - k * 10 * SECOND
            answer.append(next(price for since, price in reversed(self.accepted)
                               if since <= self.floor_time or since < mark))
        return answer

    def decide(self):
        b, s, p, time = self.before, dict(self.before), self.p, self.time
        self.state = s
        strict = self.index(self.fresh(p["age_strict_ns"], time))
        index = strict or self.index(self.fresh(p["age_loose_ns"], time))
        s["jump_time"] = None
        if index is None:
            spoken = sum(self.alive(w, p["age_loose_ns"], time) for w in self.words.values())
            s.update(state=INVALID if not s["priced"] or spoken >= p["quorum"] else STALE, candidate=s["price"], hold=None,
                     strict=False, members=(), flagged=0)
            return
        s.update(strict=strict is not None, members=index["members"], flagged=index["flagged"], confidence=index["confidence"],
                 candidate=index["price"])
        if not b["priced"]:
            s["priced"] = True
            s["jump_time"] = time
            self.accept(index)
        elif all(self.within(index["price"], mark, p["band_ppm"]) for mark in self.marks(time)):
            self.accept(index)
        else:
            self.hold(index)

    def accept(self, index):
        s = self.state
        if self.before["state"] != VALID:
            s["valid_since"] = self.time
        s.update(state=VALID, price=index["price"], publish=index["publish"], hold=None)
        s["settled"] = s["settled"] or self.time - s["valid_since"] >= self.p["settle_ns"]

    def confirmed(self, index, since):
        again = self.index(tuple(i for i in index["members"] if self.words[i]["publish"] > since))
        return again is not None and self.within(again["price"], index["price"], self.p["band_ppm"])

    def hold(self, index):
        s, p = self.state, self.p
        start, since, near = s["hold"] or (self.time, self.time, index["price"])
        if not self.within(index["price"], near, p["band_ppm"]):
            since, near = self.time, index["price"]
        over = self.time - start >= p["hold_max_ns"]
        early = self.time - since >= p["hold_confirm_ns"]
        if (early and self.confirmed(index, since)) or (over and self.confirmed(index, start)):
            self.accept(index)
            s["jump_time"] = self.time
            return
        s.update(hold=(start, since, near), state=STALE if over else HELD,
                 confidence=max(self.before["confidence"], index["confidence"]))

    # --- time ----------------------------------------------------------------------------------------------------------
    def moments(self, end):
        """Every moment until `end` at which something could change: more than needed does no harm."""
        times = {end}
        for w in self.words.values():
            times |= {w["publish"] + self.p["age_strict_ns"] + 1, w["publish"] + self.p["age_loose_ns"] + 1, w["expires"]}
        s = self.state
        if s["hold"]:
            times |= {s["hold"][1] + self.p["hold_confirm_ns"], s["hold"][0] + self.p["hold_max_ns"]}
            times |= {self.time // (10 * SECOND) * 10 * SECOND + k * 10 * SECOND for k in range(1, 9)}
        times.add(s["valid_since"] + self.p["settle_ns"])
        return sorted(t for t in times if self.time < t <= end)

    def leave(self, time):
        """The state of now has become history."""
        s = self.state
        if s["state"] == VALID:
            self.spans.append((self.time, time, s["price"]))
        if s["priced"] and (not self.accepted or self.accepted[-1][1] != s["price"] or s["jump_time"]):
            self.accepted.append((self.time, s["price"]))
        if s["jump_time"]:
            self.floor_time = s["jump_time"]
        if self.first is None and s["priced"]:
            self.first = s["price"]
        self.before = dict(s, jump_time=None)
        self.time = time

    def advance(self, end):
        while self.time < end:
            self.leave(self.moments(end)[0])
            self.decide()
        self.decide()

    def restart(self, time):
        self.advance(time)
        self.before.update(settled=False, valid_since=time)
        self.decide()

    def report(self, time, r):
        self.advance(time)
        outcome = self.admit(*r)
        self.advance(time)
        return outcome

    def admit(self, source, status, sequence, publish, valid_from, expires, price, confidence):
        p, now = self.p, self.time
        if sequence == 0 or publish < 0 or expires <= valid_from or confidence < 0:
            return 6
        if publish > now + p["future_max_ns"]:
            return 7
        if valid_from > now:
            return 8
        if expires <= now:
            return 9
        if now - publish > p["age_loose_ns"]:
            return 10
        word = self.words.get(source)
        content = (status, publish, valid_from, expires, price, confidence)
        if word and sequence < word["sequence"]:
            return 11
        if word and sequence == word["sequence"]:
            if word["content"] == content:
                return 12
            word.update(kind=EQUIVOCATED, content=None, publish=max(word["publish"], publish), expires=max(word["expires"], expires))
            return 13
        clamp_low, clamp_high = self.sources[source][2:]
        outcome = 1
        if status != 2:
            outcome = 14
        elif abs(price) > PRICE_MAX or (self.domain == 1 and price <= 0):
            outcome = 15
        elif not max(clamp_low, p["price_low_e8"]) < price < min(clamp_high, p["price_high_e8"]):
            outcome = 16
        elif confidence * 10**6 > p["confidence_max_ppm"] * self.base(price):
            outcome = 17
        self.words[source] = dict(kind=PRICE if outcome == 1 else NO_PRICE, sequence=sequence, publish=publish, expires=expires,
                                  price=price, confidence=confidence, content=content)
        return outcome

    # --- averages, each time from the whole history --------------------------------------------------------------------
    def slow(self):
        """In units of 2^-32."""
        if self.first is None:
            return self.state["price"] << 32
        cell = self.p["slow_half_life_ns"] // 64
        sums = {}
        for start, end, price in self.spans:
            while start < end:
                number = start // cell
                until = min(end, (number + 1) * cell)
                integral, covered = sums.get(number, (0, 0))
                sums[number] = (integral + price * (until - start), covered + until - start)
                start = until
        slow = self.first << 32
        for number in sorted(sums):
            if (number + 1) * cell > self.time:
                break
            integral, covered = sums[number]
            moved = Fraction(SLOW_STEP * ((integral << 32) - slow * covered), cell << 32)
            slow += ceil(moved) if moved > 0 else floor(moved)
        return slow

    def settlement(self):
        end = self.time // MINUTE * MINUTE
        start = end - 30 * MINUTE
        integral = covered = 0
        for since, until, price in self.spans:
            length = max(0, min(until, end) - max(since, start))
            integral += price * length
            covered += length
        coverage = covered * 10**6 // (30 * MINUTE)
        if covered * 10**6 < 30 * MINUTE * self.p["settlement_coverage_ppm"]:
            return [0, coverage, 0]
        return [1, coverage, nearest_even(Fraction(integral, covered))]

    def view(self, with_slow=True):
        s = self.state
        slow = nearest_even(Fraction(self.slow(), 1 << 32)) if with_slow else None
        return [s["state"], len(s["members"]), sum(1 << i for i in s["members"]), s["flagged"], int(s["settled"]), int(s["strict"]),
                int(s["priced"]), s["price"], s["candidate"], s["confidence"], slow, s["publish"],
                max(0, self.time - s["publish"]) if s["priced"] else 0]
