# lone_trader.py: a venue in which one account is long one coin at 100,020.             SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))


def run(*words):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=60)


def make(folder, dollars):
    """The venue's directory. Account 0 has so many dollars, account 1 is rich and short; depth is a million."""
    venue = pathlib.Path(folder) / "venue"
    lines = [json.loads(line) for line in (ROOT / "examples/venue/events.jsonl").read_text().splitlines()]
    # Its option has a mark and no surface, from which nobody can say what it is worth elsewhere.
    lines = [line for line in lines if line.get("kind") != "option" and line.get("instrument_index") != 2]
    lot = next(int(line["lot_e8"]) for line in lines if line["type"] == "instrument")
    marks = next(i for i, line in enumerate(lines) if line["type"] == "deposit")
    own = [{"type": "deposit", "account": 0, "asset_index": 0, "atoms": str(dollars * 10**6)},
           {"type": "deposit", "account": 1, "asset_index": 0, "atoms": str(10**7 * 10**6)},
           {"type": "trade", "account": 0, "instrument_index": 0, "maker_account": 1, "lots": str(10**8 // lot),
            "price_e8": "10002000000000", "taker_fee_atoms": "0", "maker_fee_atoms": "0", "taker_order_id": "0",
            "maker_order_id": "0"},
           {"type": "liquidity", "underlying_index": 0, "depth_micros": str(10**6 * 10**6), "volume_micros": "0",
            "open_interest_micros": "0"}]
    like = {line["type"]: line for line in lines}
    events = lines[:marks] + [{**like.get(event["type"], {}), "time_ns": lines[marks]["time_ns"], **event} for event in own]
    for number, event in enumerate(events[marks:]):
        if "client_id" in event:
            event["client_id"] = f"{number + 1:032x}"
    path = pathlib.Path(folder) / "events.jsonl"
    path.write_text("\n".join(json.dumps(event) for event in events) + "\n")
    assert run("init", venue, "--accounts", 4).returncode == 0
    outcomes = {row["outcome"] for row in json.loads(run("apply", venue, path, "--format", "json").stdout)["outcomes"]}
    assert outcomes == {"accepted"}, outcomes
    return venue
