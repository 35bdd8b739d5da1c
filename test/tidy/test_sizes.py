#!/usr/bin/env python3
# test_sizes.py: functions, files, parameters and nesting stay small.                SPDX-License-Identifier: Apache-2.0
import re
import unittest

import house
from house import Finding

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 600
FILE_LINES_HARD_MAX = 1000
PARAMETERS_MAX = 6
NESTING_MAX = 3
EXCEPTIONS = "test/tidy/exceptions.txt"
BLOCK = re.compile(r"(?:\)|\belse|\bdo|:)\s*$")


def read_exceptions(root):
    """{'path' or 'path:function': line number}."""
    entries = {}
    if (root / EXCEPTIONS).exists():
        for number, line in enumerate(house.read(root, EXCEPTIONS).split("\n"), 1):
            if line.strip() and not line.startswith("#"):
                entries[line.split()[0]] = (number, line.split(None, 1)[1:] != [])
    return entries


def nesting(body):
    """How many blocks stand inside one another; braces of initialisers do not count."""
    stack, deepest = [], 0
    for i, character in enumerate(body):
        if character == "{":
            stack.append(bool(BLOCK.search(body[:i])) and body[i - 1] != ")")
            deepest = max(deepest, sum(stack))
        elif character == "}" and stack:
            stack.pop()
    return deepest


def measure(root):
    """(path, function or None, line, finding text, replacement) of everything that is too large."""
    for path in house.files(root, house.C_FOLDERS, {".c", ".h"}):
        text = house.read(root, path)
        line_count = text.count("\n")
        if path.suffix == ".c" and line_count > FILE_LINES_MAX:
            yield path, None, 1, f"{line_count} lines, {FILE_LINES_MAX} at most", "split it by noun", line_count > FILE_LINES_HARD_MAX
        for function in house.functions(text):
            size = function.line_last - function.line + 1
            depth = nesting(function.body)
            if size > FUNCTION_LINES_MAX:
                yield (path, function.name, function.line, f"{function.name} has {size} lines, {FUNCTION_LINES_MAX} at most",
                       "name its parts", False)
            if function.parameter_count > PARAMETERS_MAX:
                yield (path, function.name, function.line,
                       f"{function.name} has {function.parameter_count} parameters, {PARAMETERS_MAX} at most",
                       "one struct for what belongs together", False)
            if depth > NESTING_MAX:
                yield (path, function.name, function.line, f"{function.name} nests {depth} deep, {NESTING_MAX} at most",
                       "return early, or name the inner part", False)


def check_sizes(root):
    exceptions = read_exceptions(root)
    used, findings = set(), []
    for path, function, line, rule, instead, is_hard in measure(root):
        key = f"{path}:{function}" if function else str(path)
        if key in exceptions and not is_hard:
            used.add(key)
        else:
            findings.append(Finding(path, line, rule, instead))
    for key, (number, has_reason) in exceptions.items():
        if key not in used:
            findings.append(Finding(EXCEPTIONS, number, f"{key} needs no exception", "remove the line"))
        elif not has_reason:
            findings.append(Finding(EXCEPTIONS, number, f"{key} gives no reason", "path:function reason"))
    return findings


def function_of(name, line_count, parameters="void"):
    return f"static int\n{name}({parameters}) {{\n" + "    f();\n" * (line_count - 2) + "}\n\n"


class Sizes(house.House):
    def test_house_is_made_of_small_parts(self):
        self.assert_clean(check_sizes(house.ROOT))

    def test_planted_sizes_are_found(self):
        deep = ("static int\ndeep(void) {\n    for (;;) {\n        if (a) {\n            while (b) {\n                int c[] = {1};\n"
                "                d = (t){.x = {1}};\n            }\n        }\n    }\n}\n\n")
        deeper = deep.replace("deep(", "deeper(").replace("int c[] = {1};", "if (c) {\n e();\n }")
        text = (function_of("fits", 70, "int a, int b, int c, int d, int e, int (*f)(int, int)") + function_of("large", 71)
                + function_of("wide", 5, "int a, int b, int c, int d, int e, int f,\n int g") + deep + deeper)
        with house.planted({"src/base/a.c": text, "src/base/long.c": "\n" * 601, "src/base/huge.c": "\n" * 1001,
                            EXCEPTIONS: "src/base/huge.c it is a table\n"}) as root:
            findings = check_sizes(root)
        self.assert_found(findings, "src/base/a.c", 74, "large has 71 lines")
        self.assert_found(findings, "src/base/a.c", 147, "wide has 7 parameters")
        self.assert_found(findings, "src/base/a.c", 167, "deeper nests 4 deep")
        self.assert_found(findings, "src/base/long.c", 1, "601 lines")
        self.assert_found(findings, "src/base/huge.c", 1, "1001 lines")
        self.assert_found(findings, EXCEPTIONS, 1, "needs no exception")
        self.assertEqual(len(findings), 6)

    def test_planted_exceptions_are_judged(self):
        entries = "# comment\nsrc/base/a.c:large it is one table\nsrc/base/a.c:gone it was large\nsrc/base/long.c\n"
        with house.planted({"src/base/a.c": function_of("large", 80), "src/base/long.c": "\n" * 700,
                            EXCEPTIONS: entries}) as root:
            findings = check_sizes(root)
        self.assert_found(findings, EXCEPTIONS, 3, "needs no exception")
        self.assert_found(findings, EXCEPTIONS, 4, "gives no reason")
        self.assertEqual(len(findings), 2)


if __name__ == "__main__":
    unittest.main()
