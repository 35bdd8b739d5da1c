#!/usr/bin/env python3
# feed_differences.py: plays the lives of feeds that build/test/oracle/feed draws.    SPDX-License-Identifier: Apache-2.0
import collections
import json
import os
import subprocess

import feed_model

DUMP = os.path.join(os.environ.get("PLIMSOLL_BUILD", "build/dev"), "test/oracle/feed")
FIELDS = ("state fresh_count contributors flagged is_settled is_strict is_priced price candidate confidence slow publish age").split()
STATES = {1: "valid", 2: "held", 3: "stale", 4: "invalid"}
SHOWN = 5
AVERAGES_EVERY = 16  # the model takes its averages from the whole history, which takes long


def compare(feed, step, got, with_averages):
    wanted = feed.view(with_averages)
    findings = [f"{name}: library {a}, model {b}" for name, a, b in zip(FIELDS, step["view"], wanted) if b not in (a, None)]
    if with_averages and step["settlement"] != feed.settlement():
        findings.append(f"settlement: library {step['settlement']}, model {feed.settlement()}")
    if got != step.get("outcome"):
        findings.append(f"outcome: library {step.get('outcome')}, model {got}")
    return findings


def run(seed, feeds):
    """(what differs, how often each state, outcome and step was met)."""
    lines = subprocess.run([DUMP, str(seed), str(feeds)], capture_output=True, check=True, text=True).stdout.splitlines()
    findings, met, feed = [], collections.Counter(), None
    for number, line in enumerate(lines, 1):
        step = json.loads(line)
        if "feed" in step:
            feed = feed_model.Feed(step["feed"])
            broken = False
            continue
        got = None
        if step["do"] == "report":
            got = feed.report(step["time"], step["report"])
            met[f"outcome {got}"] += 1
        else:
            getattr(feed, step["do"])(step["time"])
        met[step["do"]] += 1
        met[STATES[step["view"][0]]] += 1
        met["settlement"] += step["settlement"][0]
        if not broken:
            different = compare(feed, step, got, number % AVERAGES_EVERY == 0)
            broken = bool(different)
            findings += [f"seed {seed}, line {number}: {text}" for text in different]
    return findings, met
