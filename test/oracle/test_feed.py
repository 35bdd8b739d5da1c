#!/usr/bin/env python3
# test_feed.py: the library's price feeds against a second implementation.            SPDX-License-Identifier: Apache-2.0
import unittest

import feed_differences
import feed_model

EVERYTHING = {"report", "advance", "restart", "valid", "held", "stale", "invalid", "settlement"} | {
    f"outcome {number}" for number in (1, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17)}


class Feed(unittest.TestCase):
    def test_every_field_of_4_random_lives_is_equal_to_the_last_unit(self):
        findings, met = feed_differences.run(seed=2, feeds=4)
        self.assertEqual(findings[:feed_differences.SHOWN], [])
        self.assertEqual(EVERYTHING - {name for name, count in met.items() if count > 0}, set())

    def test_the_worked_median_by_hand(self):
        votes = [(90, 1), (100, 1), (110, 1), (112, 1), (112, 1)]
        self.assertEqual(feed_model.weighted_median(votes, False), 110)
        self.assertEqual(feed_model.weighted_median([(1, 2), (5, 2)], False), 1)
        self.assertEqual(feed_model.weighted_median([(1, 2), (5, 2)], True), 5)


if __name__ == "__main__":
    unittest.main()
