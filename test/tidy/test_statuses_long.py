#!/usr/bin/env python3
# test_statuses_long.py: the list of untested statuses holds nothing that is tested.  SPDX-License-Identifier: Apache-2.0
"""Apart from test_statuses.py and not quick, so that two landings that test different statuses do not wait for each other."""
import unittest

import house
import test_statuses


class UntestedStatuses(house.House):
    def test_house_lists_only_untested_statuses(self):
        self.assert_clean(test_statuses.check_list(house.ROOT))


if __name__ == "__main__":
    unittest.main()
