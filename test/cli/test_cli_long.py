#!/usr/bin/env python3
# test_cli_long.py: every example under every model.                                SPDX-License-Identifier: Apache-2.0
import json
import unittest

import test_cli


class Everything(test_cli.Base):
    def test_contributions_sum_exactly_for_every_account_and_model(self):
        checked = 0
        for path in sorted((test_cli.ROOT / "examples").glob("portfolio-*.json")):
            for model in ("portfolio", "tiered", "dynamic"):
                answer = test_cli.run("explain", test_cli.MARKET, str(path), "--config", test_cli.CONFIG,
                                      "--model", model, "--format", "json")
                self.assertEqual(answer.returncode, 0, answer.stderr)
                test_cli.check_sums(self, json.loads(answer.stdout))
                checked += 1
        self.assertGreaterEqual(checked, 21)


if __name__ == "__main__":
    unittest.main()
