#!/usr/bin/env python3
# test_books_long.py: ten thousand states and more, every reason that can be met.      SPDX-License-Identifier: Apache-2.0
import os
import unittest

import books_differences

SEEDS = range(1000, 1000 + int(os.environ.get("PLIMSOLL_BOOKS_WORLDS", "40")))
EVENTS = 500


class BooksLong(unittest.TestCase):
    def test_every_number_is_equal_after_every_event(self):
        run = books_differences.Run()
        for seed in SEEDS:
            run.world(seed, EVENTS)
        for (kind, reason), count in sorted(run.met.items()):
            print(f"{kind} {reason}: {count}")
        print(f"{run.states} states compared, {len(run.met)} kinds x outcomes, {sum(run.answers.values())} requirements")
        self.assertEqual(run.findings[:books_differences.SHOWN], [])
        self.assertGreaterEqual(run.states, len(SEEDS) * EVENTS)
        # Signatures are looked at before the state machine sees an event.
        self.assertEqual(set(books_differences.REASONS.values()) - {reason for _, reason in run.met}, {"SIGNATURE"})


if __name__ == "__main__":
    unittest.main()
