#!/usr/bin/env python3
# mutate.py: changes one thing in the core layers at a time and asks whether a test notices. SPDX-License-Identifier: Apache-2.0
"""Usage: tools/mutate.py [--seed S] [--sample N] [--layers A,B] [--jobs J] [--again] [--list]

From the sources of the layers below it lists every change it knows (operators, boundaries, negated conditions, constants one
more and one less, removed statements, direction of rounding), draws a sample by seed, and for each: compiles that one file
with traps of UndefinedBehaviorSanitizer, links it in front of the archive into the tests of its layer, cheapest first, and
runs them until one fails. A test that runs over its time, or needs memory without end, has noticed too. A change whose
object is the same bytes as the unchanged one is no change, and is not in the sample; nor is one that does not compile.

tools/mutate_survivors.txt names changes that no test can notice, each with the reason; a change that is killed all the same
is told. Results stand in build/mutate/results.jsonl; a change that was killed is not tried again unless its file changed, one
that survived only with --again. The unchanged sources must pass first. Last line: `N changes, N killed, N explained, N
survived, rate P %`, the rate without those explained. Exit: 0, 1 when the rate of 100 changes or more is below 95 %, 2 usage,
3 a test fails without a change.
"""
import argparse
import bisect
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import random
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / "build/mutate"
ASKED_PERCENT = 95
ASKED_FROM = 100  # changes: of fewer, a rate says little
MEMORY_MAX = 6 << 30
TORTURE = ["torture", "--seed", "1", "--seeds", "6", "--events", "4000", "--without-faults"]
TORTURE_FAULTS = ["torture", "--seed", "1", "--seeds", "6", "--events", "1500"]
TORTURE_LONG = ["torture", "--seed", "101", "--seeds", "12", "--events", "20000", "--without-faults"]
BOOKS = ["oracle/test_books", "oracle/books_dump"]
BOOKS_LONG = ["oracle/books_differences", "oracle/books_dump", "5000", "16", "500"]
SCREEN = ["properties/test_screen_long", "1", "1"]
SURVIVORS = ROOT / "tools/mutate_survivors.txt"
TRAPS = ["-fsanitize=undefined", "-fsanitize-undefined-trap-on-error"]

# Layer: its files, then its tests from the cheapest to the dearest: cmocka programs, one with its arguments, a Python test with
# the program that it reads, or words for `plimsoll`.
LAYERS = {
    "ledger": ("src/ledger/*.c", ["unit/ledger/*", "properties/test_ledger", "unit/core/*", TORTURE, BOOKS, BOOKS_LONG,
                                   TORTURE_LONG]),
    "margin": ("src/margin/*.c", ["unit/margin/*", "properties/test_margin", "properties/test_requirement", "vectors/test_default",
                                  ["oracle/test_margin", "oracle/dump"], "unit/core/*", TORTURE, SCREEN, BOOKS, BOOKS_LONG]),
    "liquidation": ("src/liquidation/*.c", ["unit/liquidation/*", "vectors/test_conform_auctions", "unit/core/*", TORTURE, BOOKS]),
    "feed": ("src/market/feed*.c", ["unit/market/test_feed*", "properties/test_feed", ["oracle/test_feed", "oracle/feed"],
                                    "unit/core/*", TORTURE]),
    "store": ("src/store/*.c", ["unit/store/*", "unit/rig/test_torture", "unit/engine/*", TORTURE_FAULTS]),
    "core": ("src/core/*.c", ["unit/core/*", "properties/test_core", "unit/engine/*", TORTURE, SCREEN, BOOKS, TORTURE_FAULTS,
                                BOOKS_LONG, TORTURE_LONG]),
}

SWAPS = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "+=": "-=", "-=": "+=", "&&": "||", "||": "&&", "<<": ">>", ">>": "<<",
         "&": "|", "|": "&", "==": "!=", "!=": "=="}
BOUNDARIES = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
NEGATIONS = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
WORDS = {"true": "false", "false": "true", "PLI_ROUND_DOWN": "PLI_ROUND_UP", "PLI_ROUND_UP": "PLI_ROUND_DOWN"}
DIRECTIONS = (("_floor", "_ceil"), ("_ceil", "_floor"))
TOKEN = re.compile(r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/|\\\n)|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<number>0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*(?![.\w]))|(?P<word>[A-Za-z_]\w*)
    |(?P<sign><<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\.\.\.|.)""", re.VERBOSE | re.DOTALL)
KEYWORDS = {"return", "if", "else", "for", "while", "do", "switch", "goto", "case", "default"}
QUIET = {"PLI_ASSERT", "static_assert", "sizeof"}  # what is said there cannot be tested from outside

Token = collections.namedtuple("Token", "kind text start end")
Change = collections.namedtuple("Change", "layer path line kind before after start end")


def tokens_of(text):
    """Tokens without space and comments; preprocessor lines are left out."""
    blank = re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", lambda hit: re.sub(r"[^\n]", " ", hit.group()), text, flags=re.MULTILINE)
    return [Token(hit.lastgroup, hit.group(), hit.start(), hit.end()) for hit in TOKEN.finditer(blank) if hit.lastgroup != "space"]


def closing(tokens, at):
    """The position of the bracket that closes the one at `at`."""
    depth = 0
    for i in range(at, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[i].text, 0)
        if depth == 0:
            return i
    return len(tokens) - 1


def bodies(tokens):
    """(first, last) of the tokens of every function's body, what nobody can see from outside left out."""
    depth, first = 0, None
    for i, token in enumerate(tokens):
        if token.text == "{":
            if depth == 0 and tokens[i - 1].text == ")":
                first = i + 1
            depth += 1
        elif token.text == "}":
            depth -= 1
            if depth == 0 and first is not None:
                yield first, i
                first = None


def is_binary(tokens, i):
    token, left, right = tokens[i], tokens[i - 1], tokens[i + 1]
    ends = left.kind in ("word", "number") and left.text not in KEYWORDS or left.text in (")", "]")
    return ends and left.end < token.start and token.end < right.start


def is_size_of_array(tokens, i):
    return tokens[i - 1].text == "[" and tokens[i - 2].kind == "word" and tokens[i - 3].kind == "word" and \
        tokens[i - 3].text not in KEYWORDS


def token_changes(tokens, i):
    """(kind, replacement) of each way to change this one token."""
    token = tokens[i]
    if token.kind == "sign" and is_binary(tokens, i):
        if token.text in SWAPS:
            yield "operator", SWAPS[token.text]
        if token.text in BOUNDARIES:
            yield "boundary", BOUNDARIES[token.text]
            yield "operator", NEGATIONS[token.text]
    elif token.kind == "number" and not is_size_of_array(tokens, i):
        digits = re.match(r"0[xX][0-9a-fA-F]+|\d+", token.text).group()
        rest, value = token.text[len(digits):], int(digits, 0)
        yield "constant", f"{value + 1}{rest}"
        if value > 0:
            yield "constant", f"{value - 1}{rest}"
    elif token.text in WORDS:
        yield "word", WORDS[token.text]
    elif token.kind == "word" and token.text.startswith("pli_"):
        for old, new in DIRECTIONS:
            if old in token.text:
                yield "rounding", token.text.replace(old, new)


def is_removable(statement):
    words = [token.text for token in statement]
    if words in (["break"], ["continue"]):
        return True
    if not words or words[0] in KEYWORDS or words[0] == "(" and words[1:2] == ["void"]:
        return False
    if words[0] == "*":
        return True
    return statement[0].kind == "word" and len(words) > 1 and statement[1].kind == "sign" and words[1] != "*"


def statement_changes(tokens, first, last):
    """The statements that can be taken away: calls, assignments, `break`, `continue`."""
    depth, start = 0, first
    for i in range(first, last):
        text = tokens[i].text
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(text, 0)
        if depth != 0:
            continue
        if text == ";" and is_removable(tokens[start:i]):
            yield Token("statement", "", tokens[start].start, tokens[i].start)
        if text in ";{}" or text == ":" and tokens[start].text in ("case", "default"):
            start = i + 1


def changes_of(layer, path):
    text = (ROOT / path).read_text(encoding="utf-8")
    tokens = tokens_of(text)
    lines = [hit.start() for hit in re.finditer(r"^", text, re.MULTILINE)]

    def change(kind, start, end, after):
        return Change(layer, path, bisect.bisect(lines, start), kind, text[start:end], after, start, end)

    for first, last in bodies(tokens):
        for span in statement_changes(tokens, first, last):
            if tokens_of(text[span.start:span.end])[0].text not in QUIET:
                yield change("removed", span.start, span.end, "")
        i = first
        while i < last:
            if tokens[i].text in QUIET:
                i = closing(tokens, i + 1) + 1
                continue
            if tokens[i].text == "if":
                end = tokens[closing(tokens, i + 1)].start
                start = tokens[i + 1].end
                yield change("negated", start, end, f"!({text[start:end]})")
            for kind, after in token_changes(tokens, i):
                yield change(kind, tokens[i].start, tokens[i].end, after)
            i += 1


def identity(change):
    """What a change is, whatever stands above it in its file: the file's own text counts, its place does not."""
    text = (ROOT / change.path).read_bytes()
    return hashlib.sha256(text + repr(change[1:]).encode()).hexdigest()[:24]


class Bench:
    """One worker: a folder with the changed object and what was linked with it."""

    def __init__(self, number, plan):
        self.folder = BUILD / f"worker{number}"
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "test/oracle").mkdir(parents=True)
        self.plan = plan

    def compile(self, path, text, extra=()):
        """The object's bytes; None when the compiler refuses."""
        source, out = self.folder / "changed.c", self.folder / "changed.o"
        source.write_text(text, encoding="utf-8")
        command = [*self.plan.compilers[path], *extra, "-w", "-c", str(source), "-o", str(out)]
        done = subprocess.run(command, cwd=BUILD, capture_output=True)
        return out.read_bytes() if done.returncode == 0 else None

    def link(self, target, output):
        command = []
        for word in self.plan.linkers[target]:
            if word.startswith("lib") and "changed.o" not in " ".join(command):
                command.append(str(self.folder / "changed.o"))
            command.append(word)
        command[command.index("-o") + 1] = str(self.folder / output)
        subprocess.run(command, cwd=BUILD, check=True)

    def notices(self, test, budget):
        """Whether a test ends badly, runs over its time, or cannot be linked (then what it needs is gone)."""
        target, output, words = self.plan.tests[test]
        self.link(target, output)
        environment = dict(os.environ, PLIMSOLL_BUILD=str(self.folder), PLIMSOLL_BINARY=str(self.folder / "plimsoll"),
                           PLIMSOLL_SHARED=os.environ.get("PLIMSOLL_SHARED", "../shared"), PYTHONDONTWRITEBYTECODE="1")
        words = [str(self.folder / word[1:]) if word.startswith("@") else word for word in words]
        return run_limited(words, environment, budget) != 0


def run_limited(words, environment, budget):
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (int(budget) + 2, int(budget) + 3))

    process = subprocess.Popen(words, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, preexec_fn=limit, start_new_session=True)
    try:
        return process.wait(timeout=20 * budget)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait() or 1


class Plan:
    """How files compile and tests link, read from a build of its own; what each test costs without a change."""

    def __init__(self):
        configure = ["cmake", "-S", str(ROOT), "-B", str(BUILD), "-G", "Ninja", "-DCMAKE_C_COMPILER=gcc", "-DCMAKE_C_FLAGS=-O1"]
        subprocess.run(configure, check=True, stdout=subprocess.DEVNULL)
        self.tests, self.order = {}, {}
        for layer, (_, wanted) in LAYERS.items():
            self.order[layer] = [name for words in wanted for name in self.add(words)]
        targets = sorted({target for target, _, _ in self.tests.values()})
        subprocess.run(["ninja", "-C", str(BUILD), *targets], check=True, stdout=subprocess.DEVNULL)
        self.linkers = {target: self.linker(target) for target in targets}
        self.compilers = {}
        for entry in json.loads((BUILD / "compile_commands.json").read_text()):
            words = shlex.split(entry["command"])
            words = words[1:] if words[0].endswith("ccache") else words
            path = os.path.relpath(entry["file"], ROOT)
            self.compilers[path] = words[:words.index("-o")]
        self.costs = {}

    def add(self, words):
        if isinstance(words, str):
            names = [f"{folder.parent.relative_to(ROOT / 'test')}/{folder.stem}" for folder in sorted(ROOT.glob(f"test/{words}.c"))
                     if not folder.stem.endswith("_long")]
            for name in names:
                self.tests[name] = (name.replace("/", "_"), pathlib.Path(name).name, ["@" + pathlib.Path(name).name])
            return names
        if (ROOT / f"test/{words[0]}.c").exists():
            target, name = words[0].replace("/", "_"), pathlib.Path(words[0]).name
            self.tests[words[0]] = (target, name, ["@" + name, *words[1:]])
            return [words[0]]
        if words[0] == "torture":
            self.tests[" ".join(words)] = ("plimsoll", "plimsoll", ["@plimsoll", *words])
            return [" ".join(words)]
        self.tests[words[0]] = (words[1].replace("/", "_"), f"test/{words[1]}", [sys.executable, f"test/{words[0]}.py", *words[2:]])
        return [words[0]]

    def linker(self, target):
        lines = subprocess.run(["ninja", "-C", str(BUILD), "-t", "commands", target], capture_output=True, text=True, check=True)
        last = lines.stdout.strip().split("\n")[-1]
        return shlex.split(last.removeprefix(": && ").removesuffix(" && :"))

    def measure(self, layers):
        """Runs every test with an unchanged object: it must pass, and its time bounds what a change may take."""
        bench = Bench("0", self)
        for layer in layers:
            path = sorted(ROOT.glob(LAYERS[layer][0]))[0].relative_to(ROOT)
            bench.compile(str(path), (ROOT / path).read_text(encoding="utf-8"), TRAPS)
            for test in self.order[layer]:
                if test in self.costs:
                    continue
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                if bench.notices(test, 120):
                    fail(f"{test} fails without a change")
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                self.costs[test] = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def fail(text):
    print(text, file=sys.stderr)
    sys.exit(3)


def tests_in_order(plan, change):
    """Those that carry the noun of the file first, then as the layer has them."""
    noun = pathlib.Path(change.path).stem
    return sorted(plan.order[change.layer], key=lambda test: not test.endswith(f"/test_{noun}"))


def try_change(bench, change, unchanged):
    """A result; None where nothing has changed or nothing compiles."""
    text = (ROOT / change.path).read_text(encoding="utf-8")
    changed = text[:change.start] + change.after + text[change.end:]
    for extra in ((), ("-O2",)):
        key = change.path, extra, bench.folder
        if key not in unchanged:
            unchanged[key] = bench.compile(change.path, text, extra)
        made = bench.compile(change.path, changed, extra)
        if made is None or made == unchanged[key]:
            return None
    bench.compile(change.path, changed, TRAPS)
    for test in tests_in_order(bench.plan, change):
        try:
            if bench.notices(test, 2 + 6 * bench.plan.costs[test]):
                return test
        except subprocess.CalledProcessError:
            return None  # the linker misses a name: nothing was built
    return ""


def draw(layers, seed):
    found = []
    for layer in layers:
        for path in sorted(ROOT.glob(LAYERS[layer][0])):
            found += changes_of(layer, str(path.relative_to(ROOT)))
    random.Random(seed).shuffle(found)
    return found


class Results:
    def __init__(self):
        self.path = BUILD / "results.jsonl"
        self.known = {}
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                self.known[row["id"]] = row

    def add(self, row):
        self.known[row["id"]] = row
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def explained():
    """{(path, kind, source line, before, after): reason}"""
    lines = SURVIVORS.read_text(encoding="utf-8").splitlines() if SURVIVORS.exists() else []
    rows = [[part.strip() for part in line.split(" @ ")] for line in lines if line and not line.startswith("#")]
    return {(path, kind, source, *change.split(" -> ", 1)): reason for path, kind, source, change, reason in rows}


def key_of(row):
    source = (ROOT / row["path"]).read_text(encoding="utf-8").splitlines()[row["line"] - 1]
    return row["path"], row["kind"], one(source), one(row["before"]), one(row["after"]) or "nothing"


def one(text):
    return re.sub(r"\s+", " ", text).strip()


def table(rows, known):
    """Counts by layer and by kind of change, then every survivor."""
    for column in ("layer", "kind"):
        print(f"\n{column:12} changes killed survived")
        for name in sorted({row[column] for row in rows}):
            mine = [row for row in rows if row[column] == name]
            killed = sum(row["by"] != "" for row in mine)
            print(f"{name:12} {len(mine):7} {killed:6} {len(mine) - killed:8}")
    print("\nkilled by")
    for test, count in collections.Counter(row["by"] for row in rows if row["by"]).most_common():
        print(f"{count:5} {test}")
    print("\nsurvived")
    for row in sorted((row for row in rows if row["by"] == ""), key=lambda row: (row["path"], row["line"])):
        path, kind, source, before, after = key_of(row)
        print(f"{row['line']}: {path} @ {kind} @ {source} @ {before} -> {after} @ {known.get(key_of(row), '')}")
    for row in rows:
        if row["by"] and key_of(row) in known:
            print(f"{row['path']}:{row['line']}: killed by {row['by']}, though it is explained")


def run(options):
    layers = options.layers.split(",")
    sample = draw(layers, options.seed)
    print(f"{len(sample)} changes known in {', '.join(layers)}", file=sys.stderr)
    if options.list:
        for change in sample:
            print(f"{change.path}:{change.line}: {change.kind}: {one(change.before)} -> {one(change.after)}")
        return 0
    BUILD.mkdir(parents=True, exist_ok=True)
    plan, results = Plan(), Results()
    plan.measure(layers)
    rows, lock, unchanged = [], threading.Lock(), {}
    started, queue = time.monotonic(), iter(sample)

    def work(number):
        bench = Bench(number, plan)
        while True:
            with lock:
                change = next(queue, None)
                if change is None or len(rows) >= options.sample:
                    return
            row = results.known.get(identity(change))
            if row is None or row["by"] == "" and options.again:
                row = dict(change._asdict(), id=identity(change), by=try_change(bench, change, unchanged))
                with lock:
                    results.add(row)
            with lock:
                if row["by"] is not None and len(rows) < options.sample:
                    rows.append(row)
                    word = f"killed by {row['by']}" if row["by"] else "SURVIVED"
                    print(f"[{time.monotonic() - started:5.0f}s] {len(rows)}/{options.sample} {row['path']}:{row['line']} "
                          f"{one(row['before'])[:60]} -> {one(row['after'])[:60]}: {word}", file=sys.stderr, flush=True)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done in [pool.submit(work, number + 1) for number in range(options.jobs)]:
            done.result()
    known = explained()
    table(rows, known)
    killed = sum(row["by"] != "" for row in rows)
    reasons = sum(row["by"] == "" and key_of(row) in known for row in rows)
    rate = 100 * killed / max(1, len(rows) - reasons)
    print(f"\n{len(rows)} changes, {killed} killed, {reasons} explained, {len(rows) - killed - reasons} survived, rate {rate:.1f} %")
    return 1 if len(rows) >= ASKED_FROM and rate < ASKED_PERCENT else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(usage=__doc__.split("\n")[0].removeprefix("Usage: "))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--layers", default=",".join(LAYERS))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--list", action="store_true")
    sys.exit(run(parser.parse_args()))
