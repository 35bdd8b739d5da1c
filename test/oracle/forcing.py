# forcing.py: what has to hold of the model when accounts are closed against their will. SPDX-License-Identifier: Apache-2.0
"""[Q1] to [Q10], asked of the model's own state before and after an event, and [Q3] at the end of a stream. What is placed in
slices, [Q4] and [Q5], Venue.take_slice compares."""
import books
import wire
from venue import ADL, DEFICIT, FORCED, PARTIAL, Refused


def forced_sides(event):
    """The accounts that an event closes against their will, by its own words."""
    if event.kind.name == "bid":
        return [event.body["sold_account"]]
    if event.kind.name == "trade":
        return [account for account, order in ((event.account, event.body["taker_order_id"]),
                                               (event.body["maker_account"], event.body["maker_order_id"])) if order >= FORCED]
    return []


def is_watched(event):
    return event.kind.name in ("assess", "continue") or bool(forced_sides(event))


def settle(of):
    """[Q3] Steps end all jobs, and there are no more of them than rows over the accounts."""
    rows = (65 + 2 * len(of.books.markets)) * 16
    for _ in range(rows):
        if not of.jobs:
            return []
        event = wire.Event("continue", books.NONE, 0, of.time, step_count=len(of.books.accounts) + 1)
        if of.apply(event)[1] != "NONE":
            return []  # the operator has given its scope away
    return ["[Q3] jobs do not come to an end"]


class Watch:
    """The books and standings before an event, kept where it may close somebody."""

    def __init__(self, of):
        self.books, self.standings = of.books.copy(), list(of.standings)

    def now(self, of, book):
        """The books as if nothing but time had passed since."""
        trial = book.copy()
        trial.time = of.books.time
        return trial

    def asked(self, of, book, a):
        """What the model requires of an account on these books, touched; None where nobody can say."""
        trial, saved = self.now(of, book), of.books
        of.books = trial
        try:
            trial.touch(a)
            return of.require(trial.accounts[a])
        except Refused:
            return None
        finally:
            of.books = saved

    def findings(self, of, event):
        sides = forced_sides(event)
        yield from self.stages(of)
        if event.kind.name == "bid":
            if self.books.accounts[event.account].owner == self.books.accounts[sides[0]].owner:
                yield "[Q6] an account was sold to its own owner"
        for a in sides:
            yield from self.health(of, a)
        if event.kind.name != "continue":
            yield from self.others(of, {event.account, event.body.get("maker_account"), *sides})

    def stages(self, of):
        for a, (was, now) in enumerate(zip(self.standings, of.standings)):
            account = of.books.accounts[a]
            if was.stage < PARTIAL <= now.stage < DEFICIT:
                answers = [self.asked(of, book, a) for book in (self.books, of.books)]
                if all(answer and answer["equity_maintenance"] >= answer["maintenance"] for answer in answers):
                    yield f"[Q1] account {a} met its maintenance and is liquidated"
            if was.stage < DEFICIT == now.stage:
                if not account.is_closed_out():
                    yield f"[Q7] account {a} is in deficit and holds something"
                owed = [asset for asset in range(len(of.books.assets)) if account.loan(asset)]
                if any(of.books.assets[asset].named[books.INSURANCE] > 0 for asset in owed) and of.books.accounts[a].kind != books.POOL:
                    yield f"[Q7] account {a} is in deficit and the fund holds what it owes"
            if was.stage < PARTIAL and now.stage < PARTIAL and self.lots(self.books, a) != self.lots(of.books, a):
                before, after = self.asked(of, self.books, a), self.asked(of, of.books, a)
                if before and after and before["equity_maintenance"] >= before["maintenance"] > 0 and \
                        after["equity_maintenance"] < after["maintenance"]:
                    yield f"[Q8] account {a} was brought below maintenance by what befell another"

    def health(self, of, a):
        before, after = self.asked(of, self.books, a), self.asked(of, of.books, a)
        if before and after and after["equity_maintenance"] - after["maintenance"] < \
                before["equity_maintenance"] - before["maintenance"]:
            yield f"[Q2] account {a} is less healthy than before it was reduced"

    def lots(self, book, a):
        return {i: position.lots for i, position in book.accounts[a].positions.items() if position.lots}

    def others(self, of, named):
        """Who has no part in it keeps lots, costs and orders, and no balance falls ([Q9]: below nothing, by nobody's loss)."""
        before, after = self.now(of, self.books), self.now(of, of.books)
        for a in range(len(before.accounts)):
            if a in named or of.standings[a].stage == ADL:
                continue
            try:
                before.touch(a)
                after.touch(a)
            except Refused:
                continue
            was, now = before.accounts[a], after.accounts[a]
            positions = [{i: (p.lots, p.cost) for i, p in account.positions.items() if p.lots} for account in (was, now)]
            orders = [{i: (o.instrument, o.side, o.lots, o.limit) for i, o in account.orders.items()} for account in (was, now)]
            if positions[0] != positions[1] or orders[0] != orders[1]:
                yield f"[Q10] account {a} has no part in it and was changed"
            if any(now.atoms(asset) < was.atoms(asset) for asset in was.balances):
                yield f"[Q10] account {a} has no part in it and has less"
