#!/usr/bin/env python3
# test_margin_long.py: the second implementation on twenty thousand random accounts.  SPDX-License-Identifier: Apache-2.0
import unittest

import differences

SEEDS = range(100, 110)
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
        self.assertGreater(compared, 20000)


if __name__ == "__main__":
    unittest.main()
