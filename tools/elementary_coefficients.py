#!/usr/bin/env python3
"""elementary_coefficients.py: fits the polynomials of src/num/elementary.c.   SPDX-License-Identifier: Apache-2.0

Each function is interpolated at the Chebyshev nodes of its interval in 80-digit arithmetic (mpmath), turned into powers
of the variable the C code uses, and rounded to double. The largest error of the rounded polynomial, measured against
mpmath on 2,001 points, is printed beside it: it is the error of the fit alone, before any rounding in the evaluation.

Usage: python3 tools/elementary_coefficients.py
"""
import math

import mpmath as mp

mp.mp.dps = 80


def chebyshev(f, lower, upper, count):
    """Coefficients, in powers of the argument itself, of the interpolant with `count` nodes on [lower, upper]."""
    centre, radius = (lower + upper) / 2, (upper - lower) / 2
    nodes = [mp.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]
    values = [f(centre + radius * node) for node in nodes]
    angle = mp.pi / (2 * count)
    weights = [2 / mp.mpf(count) * sum(values[i] * mp.cos(j * (2 * i + 1) * angle) for i in range(count))
               for j in range(count)]
    weights[0] /= 2
    previous, current, powers = [mp.mpf(1)], [mp.mpf(0), mp.mpf(1)], [mp.mpf(0)] * count
    for j in range(count):
        basis = previous if j == 0 else current
        if j > 1:
            basis = [mp.mpf(0)] + [2 * a for a in current]
            for i, a in enumerate(previous):
                basis[i] -= a
            previous, current = current, basis
        for i, a in enumerate(basis):
            powers[i] += weights[j] * a
    shifted, base = [mp.mpf(0)] * count, [mp.mpf(1)]
    for power in powers:
        for j, b in enumerate(base):
            shifted[j] += power * b
        following = [mp.mpf(0)] * (len(base) + 1)
        for j, b in enumerate(base):
            following[j] -= b * centre / radius
            following[j + 1] += b / radius
        base = following
    return shifted


def mills_at_zero(c):
    """pli_mills(0), in the order of operations of the C code at t = -1."""
    pairs = [c[i] - c[i + 1] for i in range(0, 24, 2)]
    fours = [pairs[i] + pairs[i + 1] for i in range(0, 12, 2)]
    a, b, d = [fours[i] + fours[i + 1] for i in range(0, 6, 2)]
    return a + (b + d)


def nudge_to_half(table):
    """Move the second coefficient by a few units in its last place until Phi(0) is 1/2 exactly."""
    for distance in range(16):
        for sign in (-1, 1):
            moved = list(table)
            moved[1] += sign * distance * math.ulp(table[1])
            if mills_at_zero(moved) == 0.5:
                return moved
    raise ValueError("no coefficient near the fit gives exactly 1/2")


def show(name, f, lower, upper, count, adjust=lambda table: table):
    """Print one table and the largest relative error of its rounded polynomial."""
    exact = chebyshev(f, mp.mpf(lower), mp.mpf(upper), count)
    table = adjust([float(a) for a in exact])
    worst = mp.mpf(0)
    for i in range(2001):
        x = lower + (upper - lower) * mp.mpf(i) / 2000
        value = mp.polyval([mp.mpf(a) for a in reversed(table)], x)
        worst = max(worst, abs(value / f(x) - 1))
    print(f"{name}[{count}]: largest relative error {mp.nstr(worst, 3)}")
    for a in table:
        print(f"    {a.hex()},")


def exp_tail(r):
    """(exp(r) - 1 - r) / r^2."""
    if abs(r) < mp.mpf(10) ** -20:
        return mp.mpf(1) / 2 + r / 6
    return (mp.exp(r) - 1 - r) / r ** 2


def log_tail(z):
    """(log((1 + s) / (1 - s)) - 2 s) / s^3 with z = s^2."""
    if z < mp.mpf(10) ** -25:
        return mp.mpf(2) / 3 + 2 * z / 5
    s = mp.sqrt(z)
    return (mp.log((1 + s) / (1 - s)) / s - 2) / z


def log_tail_2(z):
    """(log_tail(z) - 2/3) / z."""
    if z < mp.mpf(10) ** -25:
        return mp.mpf(2) / 5 + 2 * z / 7
    return (log_tail(z) - mp.mpf(2) / 3) / z


MILLS_MID = mp.mpf(5)


def mills(t):
    """(1 + sqrt(pi/2) x) exp(x^2/2) Phi(-x) with x = 5 (1 + t) / (1 - t): equals 1/2 at both ends."""
    if t >= 1:
        return mp.mpf(1) / 2
    x = MILLS_MID * (1 + t) / (1 - t)
    if x > 60:
        term, total = mp.mpf(1), mp.mpf(0)
        for n in range(30):
            total += term
            term *= -(2 * n + 1) / (x * x)
        ratio = total / (x * mp.sqrt(2 * mp.pi))
    else:
        ratio = mp.erfc(x / mp.sqrt(2)) / 2 * mp.exp(x * x / 2)
    return (1 + x * mp.sqrt(mp.pi / 2)) * ratio


show("exp_table", exp_tail, -mp.log(2) / 2 * mp.mpf("1.0001"), mp.log(2) / 2 * mp.mpf("1.0001"), 11)
Z = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mp.mpf("1.0001")
show("log_table", log_tail, mp.mpf(0), Z, 8)
show("log_fine_table", log_tail_2, mp.mpf(0), Z, 8)
show("mills_table", mills, mp.mpf(-1), mp.mpf(1), 24, nudge_to_half)
for name, value in [("log2(e)", 1 / mp.log(2)), ("sqrt(pi/2)", mp.sqrt(mp.pi / 2)), ("1/sqrt(2pi)", 1 / mp.sqrt(2 * mp.pi)),
                    ("2/3", mp.mpf(2) / 3)]:
    head = float(value)
    print(f"{name}: {head.hex()} + {float(value - mp.mpf(head)).hex()}")
ln2 = mp.log(2)
head = mp.floor(ln2 * 2 ** 42) / 2 ** 42
print(f"ln 2: {float(head).hex()} (42 bits) + {float(ln2 - head).hex()}")
