#!/usr/bin/env python3
# test_banned.py: calls, words and constructs that have no place here.               SPDX-License-Identifier: Apache-2.0
import re
import unittest

import house
from house import Finding

# Built from halves, so that this file does not contain what it looks for.
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")
MACHINE_PATH = re.compile(r"(?<![\w.}\])])/(?:" + "|".join(["wo" + "rk", "tm" + "p", "ho" + "me", "ro" + "ot"]) + r")(?:/\w|\b(?![\w/-]))")
REGISTRY = re.compile("|".join(re.escape(a + b) for a, b in [
    ("py", "pi.org"), ("python", "hosted.org"), ("npm", "js.org"), ("npm", "js.com"), ("crates", ".io"),
    ("proxy.gol", "ang.org"), ("deb.deb", "ian.org"), ("archive.ubu", "ntu.com"), ("rubyg", "ems.org")]))

ALLOCATION = "malloc calloc realloc reallocarray free alloca aligned_alloc posix_memalign strdup"
LIBM = ("exp exp2 expm1 log log2 log10 log1p pow fma fmax fmin cbrt hypot sin cos tan asin acos atan atan2 sinh cosh tanh "
        "erf erfc lgamma tgamma ldexp frexp modf fmod remainder floor ceil round trunc rint nearbyint lround llround")
WORLD = ("printf fprintf sprintf snprintf vsnprintf puts fputs fopen fclose fread fwrite getenv time clock clock_gettime rand "
         "srand random qsort bsearch strtod strtol strtoll strtoul strlen strcmp strcpy strcat exit abort _Exit")
PURE_CALLS = re.compile(r"(?<![\w.>])(" + "|".join(ALLOCATION.split() + [f"{n}[fl]?" for n in LIBM.split()] + WORLD.split())
                        + r")\s*\(")
ERRNO = re.compile(r"\berrno\b")
SLEEP = re.compile(r"(?<!\w)(?:(?:u|nano)?" + "sleep" + r"|clock_nano" + "sleep" + r")\s*\(")
FLOAT = re.compile(r"\b(?:double|float)\b")
FLOAT_FREE = {"margin", "ledger", "liquidation", "governance", "core", "match"}
FIELD = re.compile(r"^\s+(?:const\s+)?double\s+\*?(?:const\s+)?\*?\w+[\w\s,*\[\]]*;\s*$")
IF_ZERO = re.compile(r"^[ \t]*#[ \t]*if[ \t]+" + "0" + r"\b", re.MULTILINE)
DEAD_CODE = re.compile(r"^\s*//\s*(?:[\w.>\[\]()*&-]+\s*[-+*/|&]?=[^=].*;|[\w.>-]+\(.*\);|return\b.*;|(?:if|for|while|switch)\s*\(.*\)"
                       r"\s*\{?|#\s*(?:include|define|if).*|\}.*)$")
ASSIGNMENT = re.compile(r"\+\+|--|(?<![=<>!])=(?!=)")

TEXT_SUFFIXES = {".c", ".h", ".cpp", ".py", ".sh", ".cmake", ".txt", ".md", ".json", ".yaml", ".yml", ".toml", ".csv", ".scd",
                 ".mjs", ".js", ""}


def each_line(findings, path, text, pattern, rule, instead):
    for number, line in enumerate(text.split("\n"), 1):
        match = pattern.search(line)
        if match:
            findings.append(Finding(path, number, rule.format(match.group(0).strip(" (")), instead))


def check_pure(root):
    table = house.layers(root)
    findings = []
    for path in house.files(root, ("src",), {".c", ".h"}):
        layer = house.layer_of(path, table)
        if not layer or layer.kind != "pure":
            continue
        source = house.code(house.read(root, path))
        if str(path) != "src/base/libc.h":
            each_line(findings, path, source, PURE_CALLS, "pure layers do not call {}",
                      "num/elementary.h has the functions, base/text.h the text, the caller the memory")
        each_line(findings, path, source, ERRNO, "{} outside the effect layers", "return a plm_status")
        if layer.name in FLOAT_FREE:
            each_line(findings, path, source, FLOAT, f"{{}} in {layer.name}",
                      "exact integers here; what needs floating point becomes money in num")
        if layer.name == "model":
            source = "\n".join("" if FIELD.match(line) else line for line in source.split("\n"))
            each_line(findings, path, source, FLOAT, "{} in model beyond a plain field", "exact integers here")
    return findings


def check_asserts(path, source, findings):
    lines = house.Lines(source)
    for match in re.finditer(r"\bPLI_ASSERT\(", source):
        end = house.matching(source, match.end() - 1, "(", ")")
        if end and ASSIGNMENT.search(source[match.end():end - 1]):
            findings.append(Finding(path, lines.of(match.start()), "side effect in PLI_ASSERT",
                                    "do it on the line before, assert the result"))


def check_constructs(root):
    findings = []
    for path in house.files(root, house.C_FOLDERS, {".c", ".h", ".cpp", ".py", ".sh"}):
        text = house.read(root, path)
        each_line(findings, path, text, UNFINISHED, "{} in the tree", "finish it or leave it out")
        if path.parts[0] == "test":
            shown = text if path.suffix in (".py", ".sh") else house.code(text)
            each_line(findings, path, shown, SLEEP, "{} in a test", "the clock is an argument; wait for a condition")
        if path.suffix in (".c", ".h"):
            source = house.code(text)
            each_line(findings, path, source, IF_ZERO, "code switched off by {}", "delete it")
            each_line(findings, path, text, DEAD_CODE, "commented-out code", "delete it; a note is a sentence")
            check_asserts(path, re.sub(r"#\s*define\s+PLI_ASSERT\(", lambda m: house.blank(m.group(0)), source), findings)
    return findings


def check_machine(root):
    """Nothing in the tree knows the machine it was written on, or asks a package registry."""
    findings = []
    for path in house.files(root):
        if path.suffix not in TEXT_SUFFIXES or path.name == "LICENSE":
            continue
        text = house.read(root, path)
        each_line(findings, path, text, MACHINE_PATH, "{} is a path of one machine", "a relative path, or an argument")
        each_line(findings, path, text, REGISTRY, "{} is a package registry", "name the package in packages.txt")
    return findings


ROW = "| base | pure | x | - | here |\n| margin | pure | x | - | here |\n| model | pure | x | - | here |\n| os | effect | x | - | here |\n"


class Banned(house.House):
    def test_house_keeps_pure_layers_pure(self):
        self.assert_clean(check_pure(house.ROOT))

    def test_house_has_no_banned_construct(self):
        self.assert_clean(check_constructs(house.ROOT))

    def test_house_knows_no_machine(self):
        self.assert_clean(check_machine(house.ROOT))

    def test_planted_calls_are_found(self):
        files = {"ARCHITECTURE.md": ROW,
                 "src/base/a.c": "// exp(x) in a note\nx = mal" + "loc(4);\ny = pli_exp(2) + s->log(1);\nz = fmin(a, b);\nerrno = 0;\nexit(1);\n",
                 "src/margin/a.c": "int a;\ndouble b;\n", "src/os/a.c": "errno = 0;\nfree(p);\ndouble x;\n",
                 "src/model/a.h": "    double rate;\ndouble f(int x);\n"}
        with house.planted(files) as root:
            findings = check_pure(root)
        for line, word in ((2, "malloc"), (4, "fmin"), (5, "errno"), (6, "exit")):
            self.assert_found(findings, "src/base/a.c", line, word)
        self.assert_found(findings, "src/margin/a.c", 2, "double in margin")
        self.assert_found(findings, "src/model/a.h", 2, "double in model")
        self.assertEqual(len(findings), 6)

    def test_planted_constructs_are_found(self):
        text = ("// " + "TO" + "DO later\n#if " + "0\n#endif\n// x = y + 1;\n// return f(x);\n// the sum of a and b; see above\n"
                "PLI_ASSERT(a == b && c <= d);\nPLI_ASSERT(a = b);\nPLI_ASSERT(\n    i++ < 3);\n// (a, b) holds where x = y\n")
        with house.planted({"src/base/a.c": text, "test/unit/base/test_a.c": "\nus" + "leep(1);\n",
                            "test/oracle/test_a.py": "time.sl" + "eep(1)\n"}) as root:
            findings = check_constructs(root)
        for line, word in ((1, "finish it"), (2, "switched off"), (4, "commented-out"), (5, "commented-out"),
                           (8, "side effect"), (9, "side effect")):
            self.assert_found(findings, "src/base/a.c", line, word)
        self.assert_found(findings, "test/unit/base/test_a.c", 2, "in a test")
        self.assert_found(findings, "test/oracle/test_a.py", 1, "in a test")
        self.assertEqual(len(findings), 8)

    def test_planted_machine_is_found(self):
        text = "see /tm" + "p/x\n/ho" + "me/me/a\nmake/wo" + "rk is fine\nhttps://py" + "pi.org/simple\n../wo" + "rk/shared is fine\n"
        with house.planted({"docs/a.md": text}) as root:
            findings = check_machine(root)
        for line in (1, 2, 4):
            self.assert_found(findings, "docs/a.md", line, "")
        self.assertEqual(len(findings), 3)


if __name__ == "__main__":
    unittest.main()
