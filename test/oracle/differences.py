# differences.py: what the library and the model of test/oracle answer differently.   SPDX-License-Identifier: Apache-2.0
import collections
import json
import os
import pathlib
import subprocess

import margin_model

ROOT = pathlib.Path(__file__).resolve().parents[2]
DUMP = pathlib.Path(os.environ.get("PLIMSOLL_BUILD", str(ROOT / "build/dev"))) / "test/oracle/dump"
SHOWN = 20
INT64_MAX = 2**63 - 1


def flat(value, path=""):
    """{path: leaf} of an answer; charges by their names, every other list as one leaf."""
    if isinstance(value, dict):
        return {p: leaf for key, inner in value.items() for p, leaf in flat(inner, f"{path}.{key}").items()}
    if path.endswith(".charges"):
        return {f"{path}.{name}": leaf for name, leaf in zip(margin_model.CHARGES, value, strict=True)}
    return {path: value}


def compare(want, got):
    """Fields of an answer in which the library (want) and the model (got) differ."""
    want, got = flat(want), flat(got)
    return [f"{path}: library {want.get(path)}, model {got.get(path)}"
            for path in sorted(want.keys() | got.keys()) if want.get(path) != got.get(path)]


def largest(value):
    """The largest magnitude among the figures of an answer; the account itself may be wider."""
    if isinstance(value, dict):
        return max((largest(inner) for key, inner in value.items() if key != "evaluated"), default=0)
    if isinstance(value, list):
        return max(map(largest, value), default=0)
    return abs(value) if isinstance(value, int) else 0


def run(seed, portfolios):
    """(findings, counts of what was met) over the portfolios that `dump` draws from a seed."""
    findings, met, world, number = [], collections.Counter(), None, 0
    with subprocess.Popen([DUMP, str(seed), str(portfolios)], stdout=subprocess.PIPE, text=True) as dump:
        for line in dump.stdout:
            case = json.loads(line)
            if "world" in case:
                world = margin_model.World(case["world"])
                continue
            number += 1
            met["status " + case["status"]] += 1
            if case["status"] == "PLM_OVERFLOW" and largest(margin_model.require(world, case)) <= INT64_MAX:
                findings.append(f"seed {seed} portfolio {number} refused ({case['fault']}), but every figure fits")
            if case["status"] != "PLM_OK":
                continue
            answer = case["answer"]
            met["model " + case["model"]] += 1
            met["health " + answer["health"]] += 1
            for part in ("maintenance_part", "initial_part"):
                met["branch " + answer[part]["branch"]] += 1
                met["without expiring"] += answer[part]["is_without_expiring"]
                met.update("charge " + name for name, micros in zip(margin_model.CHARGES, answer[part]["charges"])
                           if micros > 0)
            findings += [f"seed {seed} portfolio {number} model {case['model']}{text}"
                         for text in compare(answer, margin_model.require(world, case))]
    if dump.returncode != 0 or number != portfolios:
        findings.append(f"{DUMP} answered {number} of {portfolios} portfolios, exit {dump.returncode}")
    return findings, met


EVERYTHING = ({"model " + name for name in ("portfolio", "tiered", "dynamic")}
              | {"health " + name for name in ("healthy", "restricted", "called", "liquidatable")}
              | {"branch " + name for name in ("none", "tail", "grid", "offset floor", "stress", "fraction")}
              | {"charge " + name for name in margin_model.CHARGES} | {"status PLM_OK", "without expiring"})
