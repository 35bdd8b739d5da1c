#!/usr/bin/env python3
# test_counts_long.py: instructions for a unit of work, so that a slowdown is seen without a clock. SPDX-License-Identifier: Apache-2.0
"""Counts with valgrind what `work` and the state machine execute, and compares with counts.txt.

A count is the difference of two runs divided by the difference of their work, so that start and end cancel. It is the same
on every run of one program; another compiler makes another program, so only the build that counts.txt names is compared.
`test_counts_long.py --renew` writes the file anew.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PLIMSOLL_BUILD", ROOT / "build/dev"))
RECORD = pathlib.Path(__file__).with_name("counts.txt")
SLACK = 0.02  # more or fewer than this share is a change that wants a reason
EVENTS_SLACK = 0.10  # another rule that is drawn moves this count a little, whatever it costs

# name: (kind, instruction set, runs, units in a run)
WORK = {
    "price, reference, per option": ("price", "reference", 4, 512),
    "price, avx2, per option": ("price", "avx2", 4, 512),
    "implied volatility, per option": ("implied", "reference", 1, 512),
    "implied volatility of a chain, reference, per option": ("implied-chain", "reference", 1, 512),
    "implied volatility of a chain, avx2, per option": ("implied-chain", "avx2", 4, 512),
    "worst of 32, avx2, per account of 8 positions": ("worst-32", "avx2", 10, 200),
    "worst of 1024, avx2, per account of 8 positions": ("worst-1024", "avx2", 2, 200),
    "tail of 1024, avx2, per account of 8 positions": ("tail-1024", "avx2", 2, 200),
    "order checked among 32, avx2, per order on 8 positions": ("orders", "avx2", 10, 200),
    "requirement, portfolio, 8 positions": ("portfolio", "reference", 200, 1),
    "requirement, tiered, 8 positions": ("tiered", "reference", 200, 1),
    "BLAKE2b, per 4096 bytes": ("hash", "reference", 20, 1),
}
EVENTS = "state machine, per event of torture seed 1"


def instructions(*command):
    counted = subprocess.run(
        ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", *map(str, command)],
        capture_output=True, text=True, timeout=400)
    assert counted.returncode == 0, counted.stderr
    return int(re.search(r"I\s+refs:\s+([\d,]+)", counted.stderr).group(1).replace(",", ""))


def build():
    """What the counts belong to: the compiler, as the build directory has it, and its flags."""
    cache = (BUILD / "CMakeCache.txt").read_text()
    flags = re.search(r"^CMAKE_C_FLAGS:\w+=(.*)$", cache, re.MULTILINE).group(1)
    compiler = re.search(r"^CMAKE_C_COMPILER:\w+=(.*)$", cache, re.MULTILINE).group(1)
    version = subprocess.run([compiler, "-dumpfullversion"], capture_output=True, text=True).stdout.strip()
    return f"{pathlib.Path(compiler).name} {version} {flags} {os.uname().machine}"


def count_all():
    counts = {}
    for name, (kind, kernels, runs, units) in WORK.items():
        once, more = (instructions(BUILD / "test/counts/work", kind, kernels, n) for n in (1, 1 + runs))
        counts[name] = (more - once) / (runs * units)
    words = (BUILD / "plimsoll", "torture", "--seed", 1, "--without-faults", "--events")
    counts[EVENTS] = (instructions(*words, 600) - instructions(*words, 200)) / 400
    return counts


def recorded():
    lines = RECORD.read_text().splitlines()
    return lines[1], {name: float(count) for count, name in (line.split(" ", 1) for line in lines[2:])}


class Counts(unittest.TestCase):
    def test_no_unit_of_work_takes_more_instructions_than_recorded(self):
        expected, counts = recorded()[1], count_all()
        self.assertEqual(sorted(expected), sorted(counts))
        told = [f"{name}: {counts[name]:.1f}, recorded {expected[name]:.1f}" for name in counts
                if abs(counts[name] / expected[name] - 1) > (EVENTS_SLACK if name == EVENTS else SLACK)]
        self.assertEqual(told, [], "a change on purpose: test/counts/test_counts_long.py --renew, with the reason")


if __name__ == "__main__":
    if sys.argv[1:] == ["--renew"]:
        lines = [f"{count:.1f} {name}" for name, count in count_all().items()]
        header = "# Instructions per unit of work, by valgrind; test_counts_long.py --renew. SPDX-License-Identifier: Apache-2.0"
        RECORD.write_text("\n".join([header, build(), *lines]) + "\n")
    elif not shutil.which("valgrind"):
        print("skipped: valgrind is not installed")
        sys.exit(77)
    elif build() != recorded()[0] or "avx2" not in pathlib.Path("/proc/cpuinfo").read_text():
        print(f"skipped: this build is {build()}; counts are recorded for {recorded()[0]}")
        sys.exit(77)
    else:
        unittest.main()
