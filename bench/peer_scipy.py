#!/usr/bin/python3
# peer_scipy.py: the sweep of `plimsoll bench` with SciPy: sparse positions times dense rows. SPDX-License-Identifier: Apache-2.0
import sys
import time

import numpy
import scipy.sparse

HELD, UNDERLYINGS, PER_UNDERLYING = 8, 50, 40
LOTS_MOST, ENTRY_MOST, TAIL = 1000, 80000, 26
BLOCK = 4096  # accounts whose product stays near


def mix(number):
    z = (number + numpy.uint64(1)) * numpy.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    return z ^ (z >> numpy.uint64(31))


def whole(drawn, most):
    return (drawn % numpy.uint64(2 * most + 1)).astype(numpy.int64) - most


def skewed(drawn):
    n = numpy.uint64(UNDERLYINGS)
    return drawn % n * ((drawn >> numpy.uint64(32)) % n) // n


def draw_book(accounts, is_sorted):
    account = numpy.arange(accounts, dtype=numpy.uint64)
    most = skewed(mix(numpy.uint64(1 << 41) + account))
    if is_sorted:
        most = account * numpy.uint64(UNDERLYINGS) // numpy.uint64(accounts)
    other = skewed(mix(numpy.uint64(1 << 42) + account))
    place = numpy.arange(HELD, dtype=numpy.uint64)
    drawn = mix(numpy.uint64(1 << 40) + account[:, None] * numpy.uint64(64) + place[None, :])
    underlying = numpy.where(place[None, :] % numpy.uint64(8) < numpy.uint64(5), most[:, None], other[:, None])
    instrument = underlying * numpy.uint64(PER_UNDERLYING) + (drawn >> numpy.uint64(32)) % numpy.uint64(PER_UNDERLYING)
    begin = numpy.arange(accounts + 1) * HELD
    lots = whole(drawn, LOTS_MOST).astype(numpy.float64).ravel()
    shape = (accounts, UNDERLYINGS * PER_UNDERLYING)
    return scipy.sparse.csr_matrix((lots, instrument.astype(numpy.int32).ravel(), begin), shape=shape)


def draw_rows(entries):
    instrument = numpy.arange(UNDERLYINGS * PER_UNDERLYING, dtype=numpy.uint64)
    scenario = numpy.arange(entries, dtype=numpy.uint64)
    return whole(mix(instrument[:, None] * numpy.uint64(4096) + scenario[None, :]), ENTRY_MOST).astype(numpy.float64)


def main():
    task, accounts, entries, is_sorted = sys.argv[1], *(int(word) for word in sys.argv[2:5])
    book, rows = draw_book(accounts, is_sorted != 0), draw_rows(entries)
    blocks = [book[at:at + BLOCK] for at in range(0, accounts, BLOCK)]

    def worst():
        return sum(numpy.minimum((block @ rows).min(axis=1), 0).sum() for block in blocks)

    def tails():
        return sum(numpy.partition(block @ rows, TAIL - 1, axis=1)[:, :TAIL].sum() for block in blocks)

    work = {"worst": worst, "tails": tails}[task]
    for _ in sys.stdin:
        start = time.process_time_ns()
        check = work()
        print(f"{(time.process_time_ns() - start) / accounts:.3f} {int(check)}", flush=True)


if __name__ == "__main__":
    main()
