#!/usr/bin/env python3
# coverage.py: which lines and branches of the core layers the quick tests reach.       SPDX-License-Identifier: Apache-2.0
"""Usage: tools/coverage.py [--missing]

Builds the preset coverage (gcc -O0, gcov, PLI_ASSERT without a branch), runs the quick tests that are programs and those
that compare with the second implementations, and prints lines and branches by layer; --missing: also every line that was
not reached and every line with a branch that was not taken. Exit: 0, 1 when a test failed.
"""
import collections
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / "build/coverage"
LAYERS = {"ledger": "src/ledger/*.c", "margin": "src/margin/*.c", "liquidation": "src/liquidation/*.c",
          "feed": "src/market/feed*.c", "store": "src/store/*.c", "core": "src/core/*.c"}
TESTS = "^(unit/(ledger|margin|liquidation|market|store|core|engine|rig|study|explain)/|properties/|oracle/|vectors/|fuzz/)"
TORTURE = ["torture", "--seed", "1", "--seeds", "20", "--events", "3000"]
JOBS = str(os.cpu_count())


def build_and_run():
    subprocess.run(["cmake", "--preset", "coverage"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    for old in BUILD.rglob("*.gcda"):
        old.unlink()
    subprocess.run(["cmake", "--build", "--preset", "coverage", "-j", JOBS, "--target", "tests", "plimsoll"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    tests = subprocess.run(["ctest", "--preset", "coverage", "-L", "quick", "-R", TESTS, "-j", JOBS], cwd=ROOT)
    torture = subprocess.run([BUILD / "plimsoll", *TORTURE], cwd=ROOT)
    return tests.returncode == 0 and torture.returncode == 0


def gcov(notes):
    """{source: its lines as gcov tells them} of the given objects."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["gcov", "--json-format", "--branch-probabilities", *map(str, notes)], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for path in pathlib.Path(folder).glob("*.gcov.json.gz"):
            for file in json.loads(gzip.decompress(path.read_bytes()))["files"]:
                yield os.path.relpath(BUILD / file["file"], ROOT), file["lines"]


def main():
    passed = build_and_run()
    layer_of = {str(path.relative_to(ROOT)): layer for layer, pattern in LAYERS.items() for path in ROOT.glob(pattern)}
    objects = [path for path in BUILD.rglob("*.gcno") if any(name in str(path) for name in layer_of)]
    count, missing = collections.Counter(), []
    for name, lines in gcov(objects):
        if name not in layer_of:
            continue
        for line in lines:
            taken = [branch["count"] > 0 for branch in line["branches"]]
            count.update({(layer_of[name], "lines"): 1, (layer_of[name], "reached"): line["count"] > 0,
                          (layer_of[name], "branches"): len(taken), (layer_of[name], "taken"): sum(taken)})
            if line["count"] == 0 or not all(taken):
                missing.append(f"{name}:{line['line_number']}: " +
                               ("not reached" if line["count"] == 0 else f"{taken.count(False)} of {len(taken)} branches not taken"))
    print(f"\n{'layer':12} {'lines':>7} {'reached':>8} {'%':>6} {'branches':>9} {'taken':>7} {'%':>6}")
    for layer in [*LAYERS, "together"]:
        row = [sum(number for (of, what), number in count.items() if what == column and layer in (of, "together"))
               for column in ("lines", "reached", "branches", "taken")]
        print(f"{layer:12} {row[0]:7} {row[1]:8} {100 * row[1] / row[0]:6.2f} {row[2]:9} {row[3]:7} {100 * row[3] / row[2]:6.2f}")
    if "--missing" in sys.argv:
        print("\n".join(["", *sorted(missing, key=lambda text: (text.split(":")[0], int(text.split(":")[1])))]))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
