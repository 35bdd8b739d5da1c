#!/usr/bin/env python3
# test_purity.py: the pure archive calls nothing and changes nothing outside itself. SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import house
from house import Finding

ALLOWED = {"memcpy", "memmove", "memset", "memcmp", "sqrt", "pli_assert_failed", "_GLOBAL_OFFSET_TABLE_",
           "__divti3", "__modti3", "__udivti3", "__umodti3", "__multi3", "__udivmodti4", "__divmodti4", "__muloti4",
           "__ashlti3", "__ashrti3", "__lshrti3", "__floattidf", "__floatuntidf", "__fixdfti", "__fixunsdfti",
           "__clzti2", "__ctzti2"}


def symbols(archive):
    """(object, symbol, class letter, section) of every symbol; class U is undefined."""
    output = subprocess.run(["nm", "-f", "sysv", str(archive)], capture_output=True, text=True, check=True).stdout
    found, member = [], "?"
    for line in output.split("\n"):
        head = re.search(r"from .*\[(.*)\]:$", line)
        if head:
            member = head.group(1)
        columns = [column.strip() for column in line.split("|")]
        if len(columns) == 7 and columns[0] != "Name":
            found.append((member, columns[0], columns[2], columns[6]))
    return found


def check_archive(archive):
    table = symbols(archive)
    defined = {name for _, name, kind, _ in table if kind not in ("U", "w", "v")}
    findings = []
    for member, name, kind, section in table:
        if kind in ("U", "w") and name not in defined | ALLOWED:
            findings.append(Finding(member, 0, f"pure code needs {name}",
                                    "call what base/libc.h declares, or take it as an argument"))
        if section in (".data", ".bss", "*COM*", ".tdata", ".tbss") and kind in "dDbBCcgGsS":
            findings.append(Finding(member, 0, f"{name} is a variable that outlives a call ({section})",
                                    "make it const, or let the caller pass it"))
        if kind in ("T", "D", "B", "R", "C") and not re.match(r"(plm|pli)_", name):
            findings.append(Finding(member, 0, f"exported symbol {name} has no prefix", f"static {name} or pli_{name}"))
    return findings


def compile_archive(folder, text):
    source, member, archive = (pathlib.Path(folder) / name for name in ("a.c", "a.o", "a.a"))
    source.write_text(text)
    compiler = os.environ.get("CC") or shutil.which("gcc") or shutil.which("clang")
    subprocess.run([compiler, "-O1", "-c", str(source), "-o", str(member)], check=True)
    subprocess.run(["ar", "rcs", str(archive), str(member)], check=True)
    return archive


def archives():
    """The archive of this build, as CTest names it; by hand, those of every build that a sanitizer did not change."""
    if os.environ.get("PLIMSOLL_ARCHIVE"):
        return [pathlib.Path(os.environ["PLIMSOLL_ARCHIVE"])]
    return [path for name in ("dev", "release", "clang")
            for path in house.ROOT.glob(f"build/{name}/libplimsoll_pure.a")]


class Purity(house.House):
    def test_pure_archive_is_pure(self):
        found = archives()
        self.assertTrue(found, "no archive: build first")
        for archive in found:
            self.assertGreater(len(symbols(archive)), 0, f"{archive} is empty")
            self.assert_clean(check_archive(archive))

    def test_planted_impurities_are_found(self):
        text = ("void *malloc(unsigned long);\nint pli_count;\nint next(void);\nint pli_zero = 0;\nint pli_five = 5;\n"
                "void *pli_get(void) { return malloc(8); }\nint next(void) { static int n; return n += 1; }\n"
                "extern const int pli_table[2];\nconst int pli_table[2] = {1, 2};\n"
                "const char *const pli_names[] = {\"a\"};\n")
        with tempfile.TemporaryDirectory() as folder:
            findings = check_archive(compile_archive(folder, text))
        for word in ("needs malloc", "pli_count is a variable", "pli_five is a variable", "next has no prefix"):
            self.assert_found(findings, "a.o", 0, word)
        self.assertFalse([str(f) for f in findings if "pli_table" in str(f) or "pli_names" in str(f)])
        self.assertTrue([str(f) for f in findings if re.search(r"\bn(\.\d+)? is a variable", str(f))])


if __name__ == "__main__":
    unittest.main()
