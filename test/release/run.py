#!/usr/bin/env python3
# run.py: runs the rows of rows.toml share by share: planned, used, asked, reached.    SPDX-License-Identifier: Apache-2.0
"""Usage: run.py --level check|full [--logs DIR] [--keep] | --level release [--hours H] [--row NAME] [--jobs J] | --publish | --table

check, full   the shares of that level, always the same seeds; `--logs` holds `used.txt`, lines `step seconds` of ./check, whose
              steps are rows of the table too; --keep: a line of the ledger for every share whose seeds it has not yet
release       goes on where test/release/ledger.txt ends, always with the row that is furthest from what is asked, until
              --hours are over or it is stopped; a line is added for every share that ended
--publish     puts the totals of the ledger into docs/reliability.md
--table       prints those totals
A share counts only when its program ended with 0 and said what it was asked. The last line of check and full is
`N passed, N failed, N skipped`, shares all. Exit: 0, 1 a share failed or a count is not reached, 2 usage.
"""
import argparse
import collections
import concurrent.futures
import datetime
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
LEDGER = HERE / "ledger.txt"
DOCUMENT = ROOT / "docs/reliability.md"
BEGIN, END = "<!-- totals of test/release/ledger.txt -->", "<!-- end of totals -->"
LEDGER_HEAD = """# ledger.txt: shares of ./check --release that ended, one a line, added by test/release/run.py alone.
# SPDX-License-Identifier: Apache-2.0
# date commit row first-seed size result core-seconds measures
"""
TIME_MAX = 7200
FUZZ_SECONDS = 24 * 3600  # asked of each target for a release

Share = collections.namedtuple("Share", "row first")
Result = collections.namedtuple("Result", "share verdict seconds counts")


def read_rows():
    """The rows, those of the fuzz targets among them, and what is asked."""
    table = tomllib.loads((HERE / "rows.toml").read_text(encoding="utf-8"))
    rows = {row["name"]: row for row in table["row"]}
    fuzz = table["fuzz"]
    others = {path.stem.removeprefix("fuzz_") for path in (ROOT / "test/fuzz").glob("fuzz_*.c")} - set(fuzz["of"])
    for target in [*fuzz["of"], *sorted(others)]:
        full = fuzz["of"].get(target, fuzz["full"])
        rows[f"fuzz {target}"] = dict(fuzz, name=f"fuzz {target}", target=target, full=full, planned=full * fuzz["size"])
    return rows, table["asked"]


def words_of(row, first, logs):
    target = row.get("target", "")
    corpus = logs / f"corpus/{target}-{first}"
    if target:
        shutil.rmtree(corpus, ignore_errors=True)
        corpus.mkdir(parents=True)
        seeds = ROOT / "test/fuzz/corpus" / target
        if seeds.is_dir():
            shutil.copytree(seeds, corpus, dirs_exist_ok=True)
    may_fix = shutil.which("setarch") and subprocess.run(["setarch", "-R", "true"], capture_output=True).returncode == 0
    values = {"first": first, "size": row.get("size", 1), "build": ROOT / "build/release", "python": sys.executable,
              "logs": logs, "target": target, "corpus": corpus, "setarch": "setarch -R" if may_fix else ""}
    environment = dict(os.environ, PLIMSOLL_BUILD=str(values["build"]), PLIMSOLL_BINARY=f"{values['build']}/plimsoll",
                       PYTHONDONTWRITEBYTECODE="1")
    environment |= {name: text.format(**values) for name, text in row.get("environment", {}).items()}
    return shlex.split(row["command"].format(**values)), environment


def counts_of(row, output):
    """What a share adds to each measure; None for a measure that the output does not tell."""
    counts = {}
    for measure, how in row["counts"].items():
        found = [row["size"]] if how == "size" else re.findall(how, output)
        counts[measure] = sum(int(str(number).replace(",", "")) for number in found) if found else None
    return counts


def run_share(share, logs):
    row = share.row
    words, environment = words_of(row, share.first, logs)
    log = logs / f"{row['name'].replace(' ', '-')}-{share.first}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(words, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        timer = threading.Timer(TIME_MAX, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    shutil.rmtree(logs / f"corpus/{row.get('target', '')}-{share.first}", ignore_errors=True)
    counts = counts_of(row, log.read_text(encoding="utf-8", errors="replace"))
    verdict = "skipped" if process.returncode == 77 else "ok"
    if process.returncode not in (0, 77) or verdict == "ok" and None in counts.values():
        verdict = "FAILED"
    return Result(share, verdict, usage.ru_utime + usage.ru_stime, counts if verdict == "ok" else {})


def keep(result, commit):
    """Adds a line to the ledger unless it counts some of these seeds already."""
    row, first = result.share
    text = LEDGER.read_text(encoding="utf-8") if LEDGER.exists() else LEDGER_HEAD
    end = first + row.get("size", 1)
    if not any(entry[0] == row["name"] and entry[1] < end and first < entry[1] + entry[2] for entry in read_ledger(text)):
        LEDGER.write_text(text + ledger_line(result, commit), encoding="utf-8")


def run_level(level, logs, jobs, is_kept):
    rows, asked = read_rows()
    for row in rows.values():
        row["size"] = row.get(f"{level}_size", row.get("size", 1))
    shares = [Share(row, 1 + i * row["size"]) for row in rows.values() for i in range(row[level])]
    # The longest first, so that no processor waits for the last one.
    shares.sort(key=lambda share: -share.row["planned"] / max(1, share.row["full"]))
    results, commit = [], commit_of_sources()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for done in concurrent.futures.as_completed([pool.submit(run_share, share, logs) for share in shares]):
            result = done.result()
            results.append(result)
            if is_kept:
                keep(result, commit)
            name = f"{result.share.row['name']}, seed {result.share.first}"
            print(f"{name}: {result.verdict}, {result.seconds:.1f} s", file=sys.stderr, flush=True)
    show(level, rows, results, steps_of(logs))
    is_short = level == "full" and show_reached(asked, totals_of(results))
    count = collections.Counter(result.verdict for result in results)
    failed = count["FAILED"] + int(is_short)
    print(f"{count['ok']} passed, {failed} failed, {count['skipped']} skipped")
    return 1 if failed else 0


def steps_of(logs):
    """{step of ./check: core-seconds}."""
    path = logs / "used.txt"
    if not path.exists():
        return {}
    lines = [line.rsplit(" ", 1) for line in path.read_text(encoding="utf-8").splitlines()]
    return {name: float(seconds) for name, seconds in lines}


def totals_of(results):
    totals = collections.Counter()
    for result in results:
        totals.update(result.counts)
    return totals


def show(level, rows, results, steps):
    print(f"{'row':24} {'shares':>6} {'planned':>8} {'used':>8}  reached")
    for name, row in rows.items():
        mine = [result for result in results if result.share.row is row]
        if mine:
            planned = row["planned"] * row[level] / max(1, row["full"])
            reached = ", ".join(f"{count:,} {measure}" for measure, count in totals_of(mine).items())
            print(f"{name:24} {len(mine):6} {planned:8.0f} {sum(result.seconds for result in mine):8.1f}  {reached}")
    for name, seconds in steps.items():
        print(f"{name:24} {'':6} {'':8} {seconds:8.1f}")
    whole = sum(result.seconds for result in results) + sum(steps.values())
    print(f"{'together':24} {len(results):6} {'':8} {whole:8.1f}")


def show_reached(asked, totals):
    """Prints what is asked against what was reached; whether something is missing."""
    is_short = False
    for measure, (full, _) in asked.items():
        is_missing = totals[measure] < full
        is_short |= is_missing
        print(f"{measure:24} asked {full:>14,} reached {totals[measure]:>14,} {'NOT REACHED' if is_missing else 'ok'}")
    return is_short


# --- The ledger --------------------------------------------------------------------------------------------------------


def read_ledger(text):
    """Lines as (row, first seed, size, verdict, seconds, counts)."""
    entries = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            _, _, row, first, size, verdict, seconds, *counts = line.split(" ")
            counts = dict(word.split("=") for word in counts)
            entries.append((row.replace("-", " "), int(first), int(size), verdict, float(seconds),
                            {name.replace("-", " "): int(count) for name, count in counts.items()}))
    return entries


def ledger_line(result, commit):
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    row = result.share.row
    counts = [f"{measure.replace(' ', '-')}={count}" for measure, count in result.counts.items()]
    return " ".join([now, commit, row["name"].replace(" ", "-"), str(result.share.first), str(row.get("size", 1)), result.verdict,
                     f"{result.seconds:.1f}", *counts]) + "\n"


def totals_table(text):
    """The ledger's totals as a table of docs/reliability.md."""
    _, asked = read_rows()
    entries = read_ledger(text)
    totals, seconds, failed = collections.Counter(), 0.0, 0
    for _, _, _, verdict, used, counts in entries:
        totals.update(counts)
        seconds += used
        failed += verdict == "FAILED"
    dates = [line[:10] for line in text.splitlines() if line and not line.startswith("#")]
    lines = ["| measure | asked of a release | reached |", "|---|---|---|"]
    lines += [f"| {measure} | {release:,} | {totals[measure]:,} |" for measure, (_, release) in asked.items()]
    fuzz = collections.Counter({name: 0.0 for name, row in read_rows()[0].items() if "target" in row})
    for row, _, _, _, used, _ in entries:
        fuzz.update({row: used} if row in fuzz else {})
    lines.append(f"| core-hours of the fuzz target with the fewest | 24 | {min(fuzz.values()) / 3600:.2f} |")
    span = f"{dates[0]} to {dates[-1]}" if dates else "nothing yet"
    return "\n".join([*lines, "", f"{len(entries)} shares, {span}; {failed} failed; {seconds:,.0f} core-seconds."])


def publish(document, ledger):
    """The document with the totals of the ledger between its marks."""
    begin, end = document.index(BEGIN) + len(BEGIN), document.index(END)
    return document[:begin] + "\n" + totals_table(ledger) + "\n" + document[end:]


def next_share(rows, asked, entries, under_way):
    """The first seeds not yet run of the row that is furthest from what is asked of a release."""
    def progress(row):
        mine = [entry for entry in entries if entry[0] == row["name"]]
        if "target" in row:
            return sum(entry[4] for entry in mine) / FUZZ_SECONDS
        totals = collections.Counter()
        for entry in mine:
            totals.update(entry[5])
        return min(totals[measure] / asked[measure][1] for measure in row["counts"] if measure in asked)

    seen = {entry[0] for entry in entries} | {name for name, count in under_way.items() if count}
    wanted = [row for row in rows if any(measure in asked for measure in row["counts"])
              and not (row.get("once") and row["name"] in seen)]
    row = min(wanted, key=lambda row: (progress(row) + under_way[row["name"]], row["name"]))
    used = [entry[1] + entry[2] for entry in entries if entry[0] == row["name"]]
    return Share(row, max([1, *used]) + under_way[row["name"]] * row.get("size", 1))


def commit_of_sources():
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip() or "-"


def run_release(hours, only, logs, jobs):
    rows, asked = read_rows()
    rows = [row for name, row in rows.items() if only in ("", name)]
    commit = commit_of_sources()
    if not LEDGER.exists():
        LEDGER.write_text(LEDGER_HEAD, encoding="utf-8")
    end, lock, under_way, failed = time.monotonic() + 3600 * hours, threading.Lock(), collections.Counter(), []

    def work():
        while time.monotonic() < end and not failed:
            with lock:
                share = next_share(rows, asked, read_ledger(LEDGER.read_text(encoding="utf-8")), under_way)
                under_way[share.row["name"]] += 1
            result = run_share(share, logs)
            with lock:
                under_way[share.row["name"]] -= 1
                line = ledger_line(result, commit)
                with LEDGER.open("a", encoding="utf-8") as file:
                    file.write(line)
                print(line, end="", flush=True)
                if result.verdict == "FAILED":
                    failed.append(result)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for done in [pool.submit(work) for _ in range(jobs)]:
            done.result()
    print(totals_table(LEDGER.read_text(encoding="utf-8")))
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n")[0].removeprefix("Usage: "))
    parser.add_argument("--level", choices=("check", "full", "release"))
    parser.add_argument("--logs", type=pathlib.Path, default=ROOT / "build/check")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--row", default="")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--publish", action="store_true")
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args()
    ledger = LEDGER.read_text(encoding="utf-8") if LEDGER.exists() else LEDGER_HEAD
    if options.publish:
        DOCUMENT.write_text(publish(DOCUMENT.read_text(encoding="utf-8"), ledger), encoding="utf-8")
        return 0
    if options.table:
        print(totals_table(ledger))
        return 0
    if options.level is None:
        parser.error("one of --level, --publish, --table")
    options.logs.mkdir(parents=True, exist_ok=True)
    if options.level == "release":
        return run_release(options.hours, options.row, options.logs, options.jobs)
    return run_level(options.level, options.logs, options.jobs, options.keep)


if __name__ == "__main__":
    sys.exit(main())
