#!/usr/bin/env python3
# test_feed_long.py: price feeds against a second implementation, many lives.         SPDX-License-Identifier: Apache-2.0
import unittest

import feed_differences


class Feed(unittest.TestCase):
    def test_every_field_of_200_random_lives_is_equal_to_the_last_unit(self):
        for seed in range(10, 20):
            findings, _ = feed_differences.run(seed=seed, feeds=20)
            self.assertEqual(findings[:feed_differences.SHOWN], [])


if __name__ == "__main__":
    unittest.main()
