#!/usr/bin/env python3
# books_differences.py: library and model after every event of random streams.        SPDX-License-Identifier: Apache-2.0
"""usage: books_differences.py FIRST_SEED WORLDS EVENTS [-v] [-1]: prints what differs (-1: the first of each event) and the
states compared; -v: the coverage as well.
"""
import collections
import os
import pathlib
import re
import struct
import subprocess
import sys

import forcing
import stream
import venue
from books import NONE

ROOT = pathlib.Path(__file__).resolve().parents[2]
DUMP = pathlib.Path(os.environ.get("PLIMSOLL_BUILD", str(ROOT / "build/dev"))) / "test/oracle/books_dump"
REASONS = dict((int(number), name) for name, number in re.findall(
    r"X\((\w+), (\d+), \w+,", (ROOT / "include/plimsoll/reject.h").read_text()))
LIMITS = ("asset_count", "underlying_count", "instrument_count", "account_count", "balance_count", "position_count",
          "order_count", "signer_count", "client_id_count", "expiry_count", "class_count", "history_count",
          "entry_count", "network_id")
BATCH = 16
SHOWN = 5


def index(value):
    return -1 if value in (NONE, None) else value


def word(data, size=32):
    return int.from_bytes(bytes(data).ljust(size, b"\0"), "big")


def flat(rows):
    return [value for row in rows for value in row]


def render(of):
    """{line of the library's dump: its numbers} of a whole state, records aside."""
    b = of.books
    lines = {"head": [of.sequence, of.time, of.accepted, of.refused, of.repeated, of.model, len(of.signers),
                      len(of.pending)],
             "jobs": flat(job + [0] * (10 - len(job)) for job in of.jobs), "search": of.search.numbers(), "slices": [len(of.staged), len(of.surface)]}
    for i, a in enumerate(b.assets):
        t = a.terms
        tiers = flat(zip(t["tier_upto_micros"][:t["tier_count"]], t["tier_haircut_ppm"][:t["tier_count"]]))
        lines[f"asset {i}"] = [*a.named, a.lent, a.borrowed, a.borrow_index, a.lend_index, a.interest_time,
                               word(t["name"]), index(t["underlying_index"]), t["custody_domain"], t["decimals"],
                               t["treatment"], t["liability_haircut_ppm"], t["borrow_cap_atoms"], t["kink_ppm"],
                               t["rate_zero_ppm"], t["rate_kink_ppm"], t["rate_full_ppm"], t["reserve_ppm"], *tiers]
    for i, u in enumerate(b.underlyings):
        lines[f"underlying {i}"] = [u["domain"], u["class_id"], u["price_unit"], u["tick_e8"], u["reference_e8"]]
    for i, m in enumerate(b.markets):
        cohorts = flat(m.cohorts[n] for n in range(m.oldest, m.next))
        lines[f"market {i}"] = [m.phase, m.settlement, b.open_interest(i), m.settled_lots, m.funding, m.clearing,
                                m.dust, b.cost_total(i), m.profit_total, m.settled_cost, m.collected, m.committed,
                                m.assigned, m.tranche, m.oldest, m.next, index(m.open), *cohorts]
    for i, a in enumerate(b.accounts):
        lines[f"account {i}"] = account(b, i, a)
        lines[f"standing {i}"] = list(of.standings[i])
    for i, (scopes, key, clients) in enumerate(of.signers):
        known = flat((word(c[0], 16), word(c[1], 16), c[2], c[3]) for c in clients if c[2] >= of.time)
        lines[f"signer {i}"] = [scopes, word(key), *known]
    for i, p in enumerate(of.prices):
        ends = (p.days[0], p.days[-1]) if p.days else (0, 0)
        lines[f"price {i}"] = [*p.record, p.volatility, *p.liquidity, p.regime, int(p.is_due), p.built, p.version,
                               len(p.sources), len(p.days), *ends, p.candidate, int(bool(p.anchor)), p.apart,
                               (i in of.waiting) + 2 * (i in of.walking), of.initial_from.get(i, 0), p.allowed, word(p.hash)]
        lines[f"living {i}"] = p.living.state()
    for i, mark in enumerate(of.marks):
        lines[f"mark {i}"] = mark
    for i, (place, version, earliest, expires, _) in enumerate(of.pending):
        lines[f"pending {i}"] = [place, version, earliest, expires]
    for name, slices in (("staged", of.staged), ("surface", of.surface)):
        for i, s in enumerate(slices):
            lines[f"{name} {i}"] = list(s[:4])
    return lines


def account(b, i, a):
    slots = sorted(b.balance_slots(i))
    row = [a.kind, index(a.parent), index(a.instrument), a.owner, len(slots), len(a.positions), len(a.orders), a.shares, a.until]
    for asset in slots:
        row += asset, *a.balances.get(asset, (0, 0))
    for k in sorted(a.positions):
        p = a.positions[k]
        row += k, p.lots, p.cost, p.funding, p.uncollected, *(p.senior or (-1, 0, 0)), *(p.junior or (-1, 0, 0))
    for k in sorted(a.orders):
        o = a.orders[k]
        row += k, o.instrument, o.side, o.lots, o.limit, o.is_reduce_only
    return row


def records(of):
    return {f"record {i}": [r.version, r.accepted, r.expires, *r.permanent, *r.values]
            for i, r in enumerate(of.records)}


class Library:
    """The process that applies the same events, and its lines as they stand."""

    def __init__(self, limits):
        self.process = subprocess.Popen([DUMP, *(str(limits[name]) for name in LIMITS)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.lines, self.places, self.models = {}, [], []
        self.send(b"f")
        for words in self.read():
            if words[0] == b"place":
                fields = [(words[i].decode(), *map(int, words[i + 1:i + 4])) for i in range(4, len(words), 4)]
                self.places.append((words[2].decode(), int(words[3]), fields))
            else:
                self.models.append((words[2].decode(), int(words[3])))
        self.take(self.read())

    def send(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def read(self):
        while (line := self.process.stdout.readline()) != b".\n":
            if not line:
                raise EOFError(f"{DUMP} ended")
            yield line.split()

    def take(self, lines):
        """The changed lines, by their keys."""
        changed = {}
        for words in lines:
            keys = {b"head": 1, b"jobs": 1, b"search": 1, b"slices": 1, b"row": 4, b"broken": 1}.get(words[0], 2)
            key = b" ".join(words[:keys]).decode()
            changed[key] = words[keys:] if key == "broken" else [int(word, 0) for word in words[keys:]]
        self.lines.update(changed)
        return changed

    def answer(self):
        outcome = self.process.stdout.readline().split()
        if not outcome or outcome[0] != b"o":
            raise EOFError(f"{DUMP} said {outcome}")
        status, sequence, reject, repeat = map(int, outcome[1:])
        return (status, sequence, REASONS[reject], bool(repeat)), self.take(self.read())

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


# A trade, an order, a payout changes no array: what changed with it did so before it was decided, by the time that had passed.
DECIDED_LAST = {"trade", "reserve", "withdraw", "transfer", "borrow", "exchange", "position_transfer", "bid", "pool_join", "pool_leave"}


def take_rows(of, changed):
    for key, row in changed.items():
        kind, *at = key.split()
        if kind == "row":
            of.rows[int(at[0])][int(at[1]), int(at[2])] = row[0], row[1:]


def take_inputs(of, library, changed):
    """What the model does not compute: arrays, and marks of options that have none of the venue's."""
    for key, row in changed.items():
        kind, *at = key.split()
        if kind == "set" and row[0]:
            count = row[7]
            of.sets[int(at[0])] = {"horizon": row[0], "grid": row[1], "planes": row[2], "history": row[3],
                                   "stress": row[4], "probe_multiple": row[5], "grid_active": row[8:8 + count],
                                   "has_history": row[8 + count:8 + 2 * count]}
        elif kind == "ahead":
            of.ahead[int(at[0])] = row
        elif kind == "mark":
            i = int(at[0])
            if i < len(of.marks) and of.books.markets[i].is_option and not of.marks[i][3] and not row[3]:
                of.marks[i] = row[:]
    take_rows(of, changed)
    wrong = [of.take_slice(a, placed_orders(library.lines[f"account {a}"]),
                           library.lines[f"standing {a}"][0] == venue.AUCTION) for a in dict.fromkeys(of.planned)]
    of.planned = []
    return [text for text in wrong if text]


def placed_orders(row):
    """Forced orders of an account's line."""
    at = 9 + 3 * row[4] + 11 * row[5]
    return [row[i:i + 6] for i in range(at, len(row), 6) if row[i] >= venue.FORCED]


class Run:
    """Findings, and how often each (kind, reason) was met."""

    def __init__(self):
        self.findings, self.met, self.states, self.choices = [], collections.Counter(), 0, 0
        self.answers, self.stages = collections.Counter(), collections.Counter()

    def world(self, seed, events):
        source = stream.Stream(seed)
        library = Library(source.limits)
        of = venue.Venue(source.limits, library.places, library.models)
        source.venue = of
        try:
            number = 0
            while number < events:
                batch = source.batch(BATCH)
                asked = source.random.randrange(8) if number > 64 else None
                library.send(b"".join(b"e" + event.encode() for event in batch)
                             + (b"" if asked is None else b"r" + struct.pack("<I", asked)) + b"f")
                for event in batch:
                    number += 1
                    if not self.event(seed, number, of, library, event):
                        return
                if asked is not None and not self.ask(seed, number, of, library, asked):
                    return
            self.findings += [f"seed {seed} at its end: {text}" for text in forcing.settle(of)]
        finally:
            library.close()

    def event(self, seed, number, of, library, event):
        values_before = [record.values for record in of.records]
        (status, *said), changed = library.answer()
        if event.kind.name in DECIDED_LAST:
            take_rows(of, changed)
        watch = forcing.Watch(of) if forcing.is_watched(event) else None
        wanted = of.apply(event)
        where = f"seed {seed} event {number} {event!r}:"
        findings = [f"{where} {text}" for text in take_inputs(of, library, changed)]
        self.stages.update(standing[0] for standing in of.standings)
        if watch and wanted[1:] == ("NONE", False):
            findings += [f"{where} {text}" for text in watch.findings(of, event)]
        findings += [] if status == 0 else [f"{where} status {status}"]
        if (said[0], said[2]) != (wanted[0], wanted[2]) or said[1] not in wanted[1].split(" or "):
            findings.append(f"{where} library {said}, model {wanted}")
        lines = render(of)
        if values_before != [r.values for r in of.records] or event.kind.name == "parameters" or any(
                key.startswith("record") for key in changed):
            lines.update(records(of))
        for key, row in lines.items():
            if library.lines.get(key) != row:
                findings.append(f"{where} {key}\n  library {library.lines.get(key)}\n  model   {row}")
        if "broken" in changed:
            findings.append(f"{where} the library's own check: {b' '.join(changed['broken']).decode()}")
        findings += [f"{where} asset {i}: {of.books.conservation(i)} atoms from nowhere"
                     for i in range(len(of.books.assets)) if of.books.conservation(i)]
        self.findings += findings
        self.states += 1
        self.met[event.kind.name, "REPEAT" if said[2] else said[1]] += 1
        self.choices += " or " in wanted[1]
        return not findings

    def ask(self, seed, number, of, library, a):
        words = library.process.stdout.readline().split()
        if a >= len(of.books.accounts):
            return True
        trial = of.books.copy()
        saved, of.books = of.books, trial
        try:
            trial.touch(a)
            answer = of.require(trial.accounts[a])
            wanted = [answer[n] for n in ("initial", "maintenance", "equity_initial", "equity_maintenance")]
        except venue.Refused as refused:
            wanted = " or ".join(refused.args)
        of.books = saved
        said = [int(word) for word in words[2:]] if words[1] == b"PLM_OK" else words[1].decode()
        self.answers[of.models[of.model][0] + (" " + wanted if isinstance(wanted, str) else "")] += 1
        if isinstance(said, list) != isinstance(wanted, list) or (isinstance(said, list) and said != wanted):
            self.findings.append(f"seed {seed} after event {number}, account {a}: library requires {said}, model {wanted}")
            return False
        return True


def main():
    first, worlds, events = map(int, sys.argv[1:4])
    run = Run()
    for seed in range(first, first + worlds):
        run.world(seed, events)
    if "-1" in sys.argv:
        run.findings = list({text.split(":")[0]: text for text in reversed(run.findings)}.values())[::-1]
    for finding in run.findings[:SHOWN]:
        print(finding)
    if "-v" in sys.argv:
        for (kind, reason), count in sorted(run.met.items()):
            print(f"{kind:18} {reason:20} {count}")
        print("accounts in stage  ", dict(sorted(run.stages.items())))
        for name, count in sorted(run.answers.items()):
            print(f"requirement        {name:20} {count}")
    print(f"{worlds} worlds, {run.states} states compared, {len(run.met)} kinds x outcomes, {run.choices} refusals "
          f"with several reasons, {len(run.findings)} differences")
    return 1 if run.findings else 0


if __name__ == "__main__":
    sys.exit(main())
