#!/usr/bin/env python3
# test_ccxt.py: the published ccxt client trades on a demonstration venue.                             SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
SKIPPED = 77


def main():
    node = shutil.which("node")
    found = node and subprocess.run([node, "-e", "require.resolve('ccxt')"], cwd=ROOT / "test/web", stderr=subprocess.DEVNULL).returncode == 0
    if not found:
        print("skipped: node and ccxt (test/web/install.sh, or NODE_PATH) are not both here")
        return SKIPPED
    with tempfile.TemporaryDirectory() as directory:
        venue = subprocess.Popen([BINARY, "serve", directory + "/demo", "--demo", "--accounts", "100", "--port", "0"],
                                 stdout=subprocess.PIPE, text=True)
        base = re.search(r"http://127\.0\.0\.1:\d+", venue.stdout.readline()).group(0)
        answer = subprocess.run([node, "ccxt.mjs", base], cwd=ROOT / "test/web", timeout=100)
        venue.terminate()
        ended = venue.wait(timeout=60)
    return answer.returncode or ended


if __name__ == "__main__":
    sys.exit(main())
