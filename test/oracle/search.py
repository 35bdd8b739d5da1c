# search.py: who closes bankrupt positions first: docs/books.md section 16, "Who comes first". SPDX-License-Identifier: Apache-2.0
"""A level is sought in rows over the accounts: queue, how far down the ranks; least harm, what share of equity is given up."""
QUEUE, LEAST_HARM = 1, 3
LEVELS = {QUEUE: 1 << 32, LEAST_HARM: 1 << 20}
SEARCHING, FILLING = 1, 2
PARTS = 16
LOTS_MAX = 1 << 60


def score(profit, entry, notional, equity):
    if profit <= 0 or notional <= 0:
        return 0
    if entry <= 0 or equity <= 0:
        return 2**32 - 1
    return min(2**32 - 1, profit * notional * 10**6 // (entry * equity))


class Search:
    def __init__(self, policy=0):
        self.policy, self.phase, self.lots, self.loss, self.low, self.span = policy, 0, 0, 0, 0, 0
        self.below = self.at = self.weight = self.granted = self.offered = 0
        self.sums = [0] * PARTS

    def numbers(self):
        return [self.policy, self.phase, self.lots, self.loss, self.low, self.span, self.below, self.at, self.weight,
                self.granted, self.offered, *self.sums]

    def start(self, lots):
        if lots > LOTS_MAX:
            self.policy = self.loss = 0
            return
        self.phase, self.lots, self.span = SEARCHING, lots, LEVELS[self.policy]

    def upto(self, level, held, rank, equity):
        """What an account closes when everybody goes up to a level."""
        if level < 0:
            return 0
        if self.policy == QUEUE:
            return held if 2**32 - 1 - rank <= level else 0
        if level == LEVELS[LEAST_HARM] - 1 or not self.loss:
            return held
        return min(held, max(0, equity) * level * self.lots // (10**6 * self.loss))

    def offer(self, held, rank, equity):
        if self.phase == SEARCHING:
            part = self.span // PARTS
            for k in range(PARTS):
                self.sums[k] += self.upto(self.low + (k + 1) * part - 1, held, rank, equity)
            return 0
        base = self.upto(self.low - 1, held, rank, equity)
        room, wanted = self.at - self.below, min(self.lots, self.at) - self.below
        self.weight = min(room, self.weight + self.upto(self.low, held, rank, equity) - base)
        granted = min(self.weight, wanted) if self.policy == QUEUE else wanted * self.weight // room if room else 0
        lots = min(base + granted - self.granted, self.lots - self.offered)
        self.granted, self.offered = granted, self.offered + lots
        return lots

    def turn(self):
        """The end of a row. Was it the last one?"""
        if self.phase == FILLING:
            return True
        part = self.span // PARTS
        found = next((k for k in range(PARTS - 1) if self.sums[k] >= self.lots), PARTS - 1)
        self.below = self.sums[found - 1] if found else self.below
        self.at = max(self.below, self.sums[found])
        self.low += found * part
        self.span, self.sums = part, [0] * PARTS
        self.phase = FILLING if part == 1 else SEARCHING
        return False
