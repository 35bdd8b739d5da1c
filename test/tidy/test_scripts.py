#!/usr/bin/env python3
# test_scripts.py: formatting, the scripts of the house, and the count that ./check prints. SPDX-License-Identifier: Apache-2.0
import re
import shutil
import subprocess
import sys
import unittest

import house
from house import Finding

sys.path.insert(0, str(house.ROOT / "test"))
import count  # noqa: E402  (the module under test stands one folder up)


def check_format(root):
    """clang-format's own word on every C file."""
    sources = [str(path) for path in house.files(root, house.C_FOLDERS, {".c", ".h", ".cpp"})]
    if not sources:
        return []
    answer = subprocess.run(["clang-format", "--style=file", "--dry-run", *sources], cwd=root, capture_output=True, text=True)
    found = {}
    for path, line in re.findall(r"^(\S+?):(\d+):\d+: warning: code should be clang-formatted", answer.stderr, re.MULTILINE):
        found.setdefault(path, int(line))
    if answer.returncode != 0 and not found:
        return [Finding(".clang-format", 1, "clang-format failed", answer.stderr.strip())]
    return [Finding(path, line, "not formatted", f"clang-format -i {path}") for path, line in found.items()]


def check_scripts(root):
    findings = []
    for path in house.files(root):
        first = house.read(root, path).split("\n")[0] if path.suffix in (".sh", "") else ""
        if not first.startswith("#!"):
            continue
        shell = "bash" if "bash" in first else "sh"
        answer = subprocess.run([shell, "-n", str(path)], cwd=root, capture_output=True, text=True)
        if answer.returncode != 0:
            findings.append(Finding(path, 1, "not a script", answer.stderr.strip()))
        if not (root / path).stat().st_mode & 0o100:
            findings.append(Finding(path, 1, "not executable", f"chmod +x {path}"))
    return findings


CMOCKA = """[==========] Running 3 test(s).
[ RUN      ] a
[==========] 3 test(s) run.
[  PASSED  ] {} test(s).
[  SKIPPED ] 1 test(s), listed below:
[  SKIPPED ] a
"""
JUNIT = """<testsuite>
<testcase name="a" status="run"><system-out>[==========]
[  PASSED  ] 2 test(s).
[  SKIPPED ] 1 test(s), listed below:
</system-out></testcase>
<testcase name="b" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/><system-out>no data</system-out></testcase>
<testcase name="c" status="notrun"><skipped message="Unable to find executable"/><system-out></system-out></testcase>
<testcase name="d" status="fail"><failure message=""/><system-out>[==========] Running 3 test(s).</system-out></testcase>
<testcase name="e" status="run"><system-out>Ran 5 tests in 0.1s

OK (skipped=2)
</system-out></testcase>
</testsuite>
"""


class Scripts(house.House):
    @unittest.skipUnless(shutil.which("clang-format"), "clang-format is not installed")
    def test_house_is_formatted(self):
        self.assert_clean(check_format(house.ROOT))

    @unittest.skipUnless(shutil.which("clang-format"), "clang-format is not installed")
    def test_planted_format_is_found(self):
        style = house.read(house.ROOT, ".clang-format")
        with house.planted({".clang-format": style, "src/base/a.c": "int a;\nint  b;\n", "src/base/b.c": "int a;\n"}) as root:
            findings = check_format(root)
        self.assert_found(findings, "src/base/a.c", 2, "clang-format -i src/base/a.c")
        self.assertEqual(len(findings), 1)

    def test_house_has_scripts_that_parse(self):
        self.assert_clean(check_scripts(house.ROOT))

    def test_planted_scripts_are_found(self):
        with house.planted({"go": "#!/bin/sh\nif true; then\n"}) as root:
            findings = check_scripts(root)
        self.assert_found(findings, "go", 1, "not a script")
        self.assert_found(findings, "go", 1, "not executable")

    def test_count_never_counts_a_skipped_case_as_passed(self):
        self.assertEqual(count.count_output(CMOCKA.format(2), False, False), (2, 0, 1))
        self.assertEqual(count.count_output(CMOCKA.format(0), False, True), (0, 0, 1))

    def test_count_sees_a_program_that_ended_badly(self):
        self.assertEqual(count.count_output("[==========] Running 3 test(s).\n", True, False), (0, 1, 0))
        self.assertEqual(count.count_output("Segmentation fault", True, False), (0, 1, 0))

    def test_count_reads_the_file_that_ctest_writes(self):
        with house.planted({"a.xml": JUNIT}) as root:
            self.assertEqual(count.count_file(root / "a.xml"), [5, 2, 4])


if __name__ == "__main__":
    unittest.main()
