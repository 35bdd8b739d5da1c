#!/usr/bin/env python3
"""measure_accuracy.py: largest errors of num and price.   SPDX-License-Identifier: Apache-2.0

The truth is mpmath at 50 digits; the arguments are seeded, so the same library prints the same
lines. Usage, from the top of the repository:

    gcc -std=c17 -O2 -ffp-contract=off -shared -fPIC -Iinclude -Isrc src/num/elementary.c \\
        src/num/rounding.c src/price/black76.c src/price/bachelier.c src/price/implied.c src/price/perpetual.c \\
        src/price/terms.c src/os/assert.c -o build/accuracy.so
    python3 tools/measure_accuracy.py build/accuracy.so
"""
import ctypes
import math
import random
import sys

import mpmath as mp

mp.mp.dps = 50
DRAWS = 3000
CALL, PUT = 1, 2


class Terms(ctypes.Structure):
    """plm_option_terms."""

    _fields_ = [(name, ctypes.c_double)
                for name in ("forward", "strike", "years", "volatility", "discount")]
    _fields_ += [("right", ctypes.c_int)]


def load(path):
    library = ctypes.CDLL(path)
    for name in ("exp", "expm1", "log", "log1p", "pow", "normal_pdf", "normal_cdf", "mills",
                 "normal_quantile"):
        function = getattr(library, "pli_" + name)
        function.restype = ctypes.c_double
        function.argtypes = [ctypes.c_double] * (2 if name == "pow" else 1)
    for name in ("plm_black76_implied", "plm_bachelier_implied"):
        getattr(library, name).argtypes = [ctypes.POINTER(Terms), ctypes.c_double,
                                           ctypes.POINTER(ctypes.c_double)]
    return library


def ulps(seen, exact):
    return float(abs(mp.mpf(seen) - exact) / math.ulp(float(exact)))


def relative(seen, exact):
    return float(abs(mp.mpf(seen) / exact - 1))


def report(name, function, truth, draw, unit):
    worst, where = 0.0, None
    for _ in range(DRAWS):
        arguments = draw()
        exact = truth(*[mp.mpf(a) for a in arguments])
        error = unit(function(*arguments), exact)
        if error > worst:
            worst, where = error, arguments
    label = "ulp" if unit is ulps else "relative"
    print(f"{name:28} {worst:.3g} {label}, at {', '.join(repr(a) for a in where)}")


def phi(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def density(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def black(forward, strike, years, volatility, sign):
    v = volatility * mp.sqrt(years)
    d1 = mp.log(forward / strike) / v + v / 2
    return (sign * (forward * phi(sign * d1) - strike * phi(sign * (d1 - v))),
            forward * density(d1) * mp.sqrt(years))


def bachelier(forward, strike, years, volatility, sign):
    s = volatility * mp.sqrt(years)
    d = (forward - strike) / s
    return (sign * (forward - strike) * phi(sign * d) + s * density(d),
            density(d) * mp.sqrt(years))


def measure_elementary(library, rng):
    def wide():
        return (rng.uniform(-700, 700),)

    def small():
        return (rng.choice((-1, 1)) * math.exp(rng.uniform(-40, 0.7)),)

    def positive():
        return (math.exp(rng.uniform(-700, 700)),)

    def near_one():
        return (1 + rng.choice((-0.3, 0.4)) * math.exp(rng.uniform(-30, 0)),)

    def power():
        x = math.exp(rng.uniform(-300, 300))
        return (x, rng.uniform(-690, 690) / math.log(x))

    def tail():
        return (rng.uniform(-37, 8),)

    def probability():
        return (math.exp(rng.uniform(-700, math.log(0.5))),)

    def scaled_tail(x):
        return mp.exp(x * x / 2) * phi(-x)

    report("pli_exp", library.pli_exp, mp.exp, wide, ulps)
    report("pli_expm1", library.pli_expm1, mp.expm1, small, ulps)
    report("pli_log", library.pli_log, mp.log, positive, ulps)
    report("pli_log, near 1", library.pli_log, mp.log, near_one, ulps)
    report("pli_log1p", library.pli_log1p, mp.log1p, lambda: (abs(small()[0]),), ulps)
    report("pli_pow", library.pli_pow, mp.power, power, ulps)
    report("pli_normal_pdf", library.pli_normal_pdf, density, tail, ulps)
    report("pli_normal_cdf", library.pli_normal_cdf, phi, tail, relative)
    report("pli_mills", library.pli_mills, scaled_tail,
           lambda: (math.exp(rng.uniform(-5, 5)),), relative)
    # The error in x of a quantile is the error in log Phi over its slope.
    report("pli_normal_quantile", library.pli_normal_quantile,
           lambda p: mp.findroot(lambda x: mp.log(phi(x) / p),
                                 mp.mpf(library.pli_normal_quantile(float(p)))),
           probability, relative)


def measure_model(library, name, model, draw):
    price_function = getattr(library, f"plm_{name}_price")
    implied_function = getattr(library, f"plm_{name}_implied")
    worst_price = worst_implied = 0.0
    judged = 0
    for _ in range(DRAWS):
        forward, strike, years, volatility, right = draw()
        terms = Terms(forward, strike, years, volatility, 1.0, right)
        seen = ctypes.c_double()
        assert price_function(ctypes.byref(terms), ctypes.byref(seen)) == 0
        exact, vega = model(*[mp.mpf(a) for a in (forward, strike, years, volatility)],
                            1 if right == CALL else -1)
        size = abs(forward) + abs(strike) + (name == "bachelier") * volatility * math.sqrt(years)
        worst_price = max(worst_price, float(abs(seen.value - exact)) / size)
        rounded = float(exact)
        if rounded < 1e-290:
            continue
        lost = abs(rounded - exact) / (vega * volatility)
        if lost > 1e-8:
            continue
        assert implied_function(ctypes.byref(terms), rounded, ctypes.byref(seen)) == 0
        error = abs(mp.mpf(seen.value) / volatility - 1)
        worst_implied = max(worst_implied, float(error - lost))
        judged += 1
    print(f"plm_{name}_price: {worst_price:.3g} of the size of the terms")
    print(f"plm_{name}_implied: {worst_implied:.3g} relative beyond what rounding the price loses "
          f"({judged} of {DRAWS})")


def main():
    library = load(sys.argv[1])
    rng = random.Random(1)
    measure_elementary(library, rng)

    def lognormal():
        years, volatility = math.exp(rng.uniform(-9, 1.5)), math.exp(rng.uniform(-4.6, 1.8))
        forward = math.exp(rng.uniform(-9, 11))
        strike = forward * math.exp(volatility * math.sqrt(years) * rng.uniform(-8, 8))
        return forward, strike, years, volatility, rng.choice((CALL, PUT))

    def normal():
        years, volatility = math.exp(rng.uniform(-9, 1.5)), math.exp(rng.uniform(-4.6, 4.6))
        forward = rng.uniform(-100, 100)
        strike = forward + volatility * math.sqrt(years) * rng.uniform(-8, 8)
        return forward, strike, years, volatility, rng.choice((CALL, PUT))

    measure_model(library, "black76", black, lognormal)
    measure_model(library, "bachelier", bachelier, normal)


if __name__ == "__main__":
    main()
