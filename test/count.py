#!/usr/bin/env python3
# count.py: how many cases passed, failed and were skipped in a CTest JUnit file.    SPDX-License-Identifier: Apache-2.0
"""Usage: count.py FILE.xml; prints `passed failed skipped`.

A cmocka program and a Python test count by their cases, any other test as one. A program that ended badly without naming
a failed case (a crash, a timeout, a sanitizer's report) counts one failure more than it could tell.
"""
import re
import sys
import xml.etree.ElementTree

CMOCKA_SUMMARY = re.compile(r"^\[  (PASSED |FAILED |SKIPPED) ?\] (?:\S+: )?(\d+) test\(s\)", re.MULTILINE)
UNITTEST_RAN = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
UNITTEST_END = re.compile(r"^(?:OK|FAILED) \(([^)]*)\)$", re.MULTILINE)


def count_output(output, is_failed, is_skipped):
    """(passed, failed, skipped) of one CTest test."""
    passed = failed = skipped = 0
    ran = UNITTEST_RAN.search(output)
    if "[==========]" in output:
        for word, number in CMOCKA_SUMMARY.findall(output):
            passed += int(number) if word == "PASSED " else 0
            failed += int(number) if word == "FAILED " else 0
            skipped += int(number) if word == "SKIPPED" else 0
    elif ran:
        end = UNITTEST_END.search(output)
        kinds = dict(part.split("=") for part in end.group(1).split(", ")) if end else {}
        skipped = int(kinds.get("skipped", 0))
        failed = int(kinds.get("failures", 0)) + int(kinds.get("errors", 0))
        passed = max(0, int(ran.group(1)) - skipped - failed)
    elif is_skipped:
        skipped = 1
    elif not is_failed:
        passed = 1
    if is_failed and failed == 0:
        failed = 1
    return passed, failed, skipped


def count_file(path):
    total = [0, 0, 0]
    for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
        output = case.findtext("system-out") or ""
        status = case.get("status")
        is_skipped = case.find("skipped") is not None and "SKIP" in (case.find("skipped").get("message") or "")
        is_failed = status not in ("run", "disabled") and not is_skipped
        for i, number in enumerate(count_output(output, is_failed, is_skipped)):
            total[i] += number
    return total


if __name__ == "__main__":
    print(*count_file(sys.argv[1]))
