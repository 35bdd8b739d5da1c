#!/usr/bin/env python3
# test_margin_long.py: the second implementation on thousands of random accounts.      SPDX-License-Identifier: Apache-2.0
"""PLIMSOLL_SEEDS: the first seed and how many, "100 3" where nothing is said; test/release/rows.toml has more."""
import os
import unittest

import differences

FIRST, COUNT = map(int, os.environ.get("PLIMSOLL_SEEDS", "100 3").split())
SEEDS = range(FIRST, FIRST + COUNT)
PORTFOLIOS = 2400


class MarginLong(unittest.TestCase):
    def test_every_field_is_equal_to_the_last_unit(self):
        met = {}
        for seed in SEEDS:
            findings, seen = differences.run(seed, PORTFOLIOS)
            self.assertEqual(findings[:differences.SHOWN], [])
            for name, count in seen.items():
                met[name] = met.get(name, 0) + count
        for name, count in sorted(met.items()):
            print(f"{name}: {count}")
        compared = met["status PLM_OK"]
        # Figures beyond 64-bit micros are refused by the library; differences.run looks whether one is.
        self.assertEqual(compared + met.get("status PLM_OVERFLOW", 0), len(SEEDS) * PORTFOLIOS)
        self.assertGreater(compared, 2000 * len(SEEDS))
        print(f"{compared} accounts, 0 differences")


if __name__ == "__main__":
    unittest.main()
