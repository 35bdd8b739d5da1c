#!/usr/bin/env python3
# test_pages_long.py: a headless browser on every page of a running venue, the crash button included.   SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))
BUILD = pathlib.Path(os.environ.get("PLIMSOLL_BUILD", str(ROOT / "build/dev")))
SKIPPED = 77


def main():
    node, chromium = shutil.which("node"), shutil.which("chromium")
    found = node and subprocess.run([node, "-e", "require('playwright-core')"], cwd=ROOT / "test/web",
                                    stderr=subprocess.DEVNULL).returncode == 0
    if not chromium or not found:
        print("skipped: chromium, node and playwright-core (test/web/install.sh, or NODE_PATH) are not all here")
        return SKIPPED
    with tempfile.TemporaryDirectory() as directory:
        venue = subprocess.Popen([BINARY, "serve", directory + "/demo", "--demo", "--accounts", "500", "--port", "0"],
                                 stdout=subprocess.PIPE, text=True)
        base = re.search(r"http://127\.0\.0\.1:\d+", venue.stdout.readline()).group(0)
        shots = BUILD / "screenshots"
        answer = subprocess.run([node, "pages.mjs", base, chromium, str(shots)], cwd=ROOT / "test/web", timeout=600)
        venue.terminate()
        ended = venue.wait(timeout=60)
    print(f"screenshots: {shots}")
    return answer.returncode or ended


if __name__ == "__main__":
    sys.exit(main())
