#!/usr/bin/env python3
# test_margin.py: the library's margin models against a second implementation.        SPDX-License-Identifier: Apache-2.0
import subprocess
import unittest

import differences

import margin_model


class Margin(unittest.TestCase):
    def test_every_field_of_304_random_accounts_is_equal_to_the_last_unit(self):
        findings, met = differences.run(seed=1, portfolios=304)
        self.assertEqual(findings[:differences.SHOWN], [])
        self.assertEqual(met["status PLM_OK"], 304)
        self.assertEqual(differences.EVERYTHING - {name for name, count in met.items() if count > 0}, set())

    def test_one_micro_of_difference_is_found(self):
        want = {"initial": 5, "initial_part": {"charges": [1] * len(margin_model.CHARGES), "orders": [1, 2]}}
        got = {"initial": 5, "initial_part": {"charges": [1] * 7 + [2] + [1] * 5, "orders": [2, 1]}}
        self.assertEqual(differences.compare(want, want), [])
        self.assertEqual(differences.compare(want, got),
                         [".initial_part.charges.basis: library 1, model 2",
                          ".initial_part.orders: library [1, 2], model [2, 1]"])

    def test_the_same_seed_draws_the_same_accounts(self):
        answers = [subprocess.run([differences.DUMP, "9", "16"], capture_output=True, check=True).stdout
                   for _ in range(2)]
        self.assertEqual(answers[0], answers[1])

    def test_the_impact_table_by_hand(self):
        # liquidity-charge.md: V = 1e9, 41,875 ppm, Q = 1,000
        self.assertEqual(margin_model.impact(1000 * 10**6, 10**15, 41875), 42464)

    def test_the_textbook_seats_by_hand(self):
        votes = [47000, 16000, 15800, 12000, 6100, 3100]
        self.assertEqual(margin_model.apportion([v * 10 for v in votes], 100000, 10), [5, 2, 1, 1, 1, 0])
        self.assertEqual(margin_model.apportion([1, 1], 2, 1), [1, 0])


if __name__ == "__main__":
    unittest.main()
