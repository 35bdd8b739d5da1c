#!/usr/bin/env python3
# calls.py: every kind of system call fails in a running engine, once per ordinal.     SPDX-License-Identifier: Apache-2.0
"""Usage: calls.py FIRST_SEED SEEDS: a venue under load per seed; strace makes one call of `plimsoll apply` fail at a time.

Each kind of call that the run makes fails at its first ordinals and at some spread over the rest, with the error that
it would have. Afterwards what was acknowledged is there, what is there is a prefix of what was sent, the log verifies, and
the rest can be applied. Answers 77 where strace is absent or may not trace. Last line: `N calls failed, nothing lost, of N kinds`.
"""
import importlib.util
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
EVENTS, BATCH, FIRST_ORDINALS, SPREAD = 600, 32, 3, 5
ERRORS = {"pwrite64": "ENOSPC", "fallocate": "ENOSPC", "mmap": "ENOMEM", "brk": "ENOMEM", "openat": "EMFILE"}
# Not files and not memory: a failure there is a question to the kernel, not to us.
LEFT_OUT = {"execve", "exit_group", "arch_prctl", "set_tid_address", "set_robust_list", "rseq", "prlimit64", "getrandom",
            "rt_sigaction", "rt_sigprocmask", "getpid", "gettid", "getuid", "geteuid", "exit", "futex", "clone3", "madvise",
            "clock_gettime", "clock_nanosleep", "sched_yield", "uname", "munmap", "mprotect", "getcwd", "times", "getrusage"}


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ask(*words, **options):
    return subprocess.run([kill.BINARY, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=120,
                          env=kill.ENVIRONMENT, **options)


def apply(folder, file, strace=()):
    return subprocess.run([*strace, kill.BINARY, "apply", str(folder), str(file), "--acknowledge", "--batch", str(BATCH)],
                          cwd=ROOT, env=kill.ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, timeout=120)


def count_calls(folder, file, log):
    done = apply(folder, file, ["strace", "-f", "-qq", "-o", str(log)])
    if done.returncode != 0:
        raise SystemExit(f"the run without a failure ended with {done.returncode}: {done.stderr}")
    counts = {}
    for name in re.findall(r"^\d+ +(\w+)\(", log.read_text(errors="replace"), re.MULTILINE):
        if name not in LEFT_OUT:
            counts[name] = counts.get(name, 0) + 1
    return counts


def ordinals(count, draw):
    chosen = set(range(1, min(count, FIRST_ORDINALS) + 1)) | {count}
    return sorted(chosen | {draw.randint(1, count) for _ in range(SPREAD)})


class World:
    def __init__(self, seed, folder):
        self.folder, self.draw = pathlib.Path(folder), random.Random(seed)
        self.lines = kill.stream(seed)[:EVENTS]
        self.file = self.folder / "events.jsonl"
        self.file.write_text("\n".join(self.lines) + "\n")
        self.empty = self.folder / "empty"
        assert ask("init", self.empty, "--accounts", 16).returncode == 0
        self.venue = self.folder / "venue"

    def fresh(self):
        shutil.rmtree(self.venue, ignore_errors=True)
        subprocess.run(["cp", "-r", "--sparse=always", self.empty, self.venue], check=True)

    def try_one(self, name, ordinal):
        self.fresh()
        error = ERRORS.get(name, "EIO")
        done = apply(self.venue, self.file, ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={name}", "-e",
                                             f"inject={name}:error={error}:when={ordinal}"])
        acknowledged = max([0] + [int(line) for line in done.stderr.split("\n") if line.isdigit()])
        where = f"{name} number {ordinal} failed with {error}, exit {done.returncode}, acknowledged {acknowledged}"
        # The next one who may write keeps whole batches that were written but not acknowledged.
        again = ask("apply", self.venue, "-", input="\n")
        self.want(again.returncode == 0, where, "then apply said", again.stderr)
        verified = ask("verify", self.venue)
        self.want(verified.returncode == 0, where, "then verify said", verified.stderr)
        kept = [kill.without_number(line) for line in ask("export", self.venue).stdout.splitlines()]
        self.want(len(kept) >= acknowledged, where, "then the log held", len(kept))
        self.want(kept == [kill.without_number(line) for line in self.lines[:len(kept)]], where, "then the log held others")
        if done.returncode == 0:
            self.want(len(kept) == len(self.lines), where, "then the log held", len(kept))
        rest = self.folder / "rest.jsonl"
        rest.write_text("".join(line + "\n" for line in self.lines[len(kept):]) or "\n")
        ended = apply(self.venue, rest)
        self.want(ended.returncode == 0, where, "then the rest ended with", ended.stderr)
        return done.returncode != 0

    @staticmethod
    def want(holds, *words):
        if not holds:
            raise SystemExit(" ".join(map(str, words)))


def main():
    if shutil.which("strace") is None or subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"]).returncode != 0:
        print("strace is not installed or may not trace here")
        return 77
    first, seeds = map(int, sys.argv[1:3])
    failed, ended, kinds = 0, 0, set()
    for seed in range(first, first + seeds):
        with tempfile.TemporaryDirectory() as folder:
            world = World(seed, folder)
            world.fresh()
            counts = count_calls(world.venue, world.file, world.folder / "strace.log")
            for name, count in sorted(counts.items()):
                for ordinal in ordinals(count, world.draw):
                    ended += world.try_one(name, ordinal)
                    failed += 1
                kinds.add(name)
    print(", ".join(sorted(kinds)))
    print(f"{ended} of them ended the run")
    print(f"{failed} calls failed, nothing lost, of {len(kinds)} kinds")
    return 0


if __name__ == "__main__":
    kill = load(ROOT / "test/cli/test_kill_long.py")
    sys.exit(main())
