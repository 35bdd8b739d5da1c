#!/usr/bin/env python3
# test_cli_long.py: every example under every model.                                SPDX-License-Identifier: Apache-2.0
import json
import tempfile
import unittest

import test_cli


class Everything(test_cli.Base):
    def test_contributions_sum_exactly_for_every_account_and_model(self):
        checked = 0
        models = [row["model"] for row in test_cli.ask_json("models")["models"]]
        for path in sorted((test_cli.ROOT / "examples").glob("portfolio-*.json")):
            for model in models:
                answer = test_cli.run("explain", test_cli.MARKET, str(path), "--config", test_cli.CONFIG,
                                      "--model", model, "--format", "json")
                if answer.returncode != 0 and model not in ("portfolio", "tiered", "dynamic"):
                    self.assert_refused(answer, 2, str(path))
                    continue
                self.assertEqual(answer.returncode, 0, answer.stderr)
                test_cli.check_sums(self, json.loads(answer.stdout))
                checked += 1
        self.assertGreaterEqual(checked, 21)

    def test_cures_hold_what_they_promise_when_traded(self):
        told = test_cli.ask_json("hedge", *test_cli.ASK)
        costs = [test_cli.micros(row["cost"]) for row in told["cures"][:-1]]
        self.assertEqual(costs, sorted(costs))
        self.assertEqual(told["cures"][-1]["kind"], "deposit")
        for rank in (1, 2):
            trades = [{key: leg[key] for key in ("instrument", "quantity", "price", "fee")}
                      for leg in told["legs"] if leg["cure"] == rank]
            with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
                json.dump({"schema": "plimsoll-changes/1", "trades": trades}, file)
                file.flush()
                after = test_cli.ask_json("whatif", *test_cli.ASK, "--changes", file.name)
            self.assertEqual(after["health"]["after"], "healthy")
            rows = {row["quantity"]: row["after"] for row in after["change"]}
            self.assertEqual(rows["initial"], told["cures"][rank - 1]["initial_after"])
            self.assertEqual(rows["excess"], told["cures"][rank - 1]["excess_after"])


if __name__ == "__main__":
    unittest.main()
