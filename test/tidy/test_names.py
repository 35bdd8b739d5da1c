#!/usr/bin/env python3
# test_names.py: prefixes, names at column 0, first lines, documented functions.     SPDX-License-Identifier: Apache-2.0
import re
import unittest

import house
from house import Finding

BLOCK_WORDS = {"if", "for", "while", "switch", "return", "sizeof", "else", "do"}
INDENTED_NAME = re.compile(r"^(?:[A-Za-z_]\w*[ \t*]+)+\**([A-Za-z_]\w*)\((?:[^;{}()]|\([^;{}()]*\))*\)\s*\{", re.MULTILINE)
DECLARATION = re.compile(r"^(?!typedef\b|#)[A-Za-z_][\w \t*\n]*?\b(plm_\w+)\((?:[^;{}()]|\([^;{}()]*\))*\)[^;{}]*;", re.MULTILINE)


def public_text(root):
    return "\n".join(house.code(house.read(root, path)) for path in house.files(root, ("include",), {".h"}))


def check_functions(root):
    declared = set(re.findall(r"\b(plm_\w+)\(", public_text(root)))
    findings = []
    for path in house.files(root, house.C_FOLDERS, {".c", ".h"}):
        text = house.read(root, path)
        source = house.without_macros(house.code(text))
        lines = house.Lines(source)
        for match in INDENTED_NAME.finditer(source):
            if match.group(1) not in BLOCK_WORDS and not match.group(0).startswith(tuple(w + " " for w in BLOCK_WORDS)):
                findings.append(Finding(path, lines.of(match.start(1)), f"{match.group(1)} is not at column 0",
                                        "put the return type on a line of its own"))
        if path.parts[0] != "src":
            continue
        for function in house.functions(text):
            findings += check_prefix(path, function, declared)
    return findings


def check_prefix(path, function, declared):
    name, line = function.name, function.line
    prefix = re.match(r"(plm|pli)_", name)
    if function.is_static:
        if prefix and path.suffix == ".c":
            return [Finding(path, line, f"static {name} has a prefix", f"call it {name[4:]}")]
        if not prefix and path.suffix == ".h":
            return [Finding(path, line, f"{name} in a header has no prefix", f"call it pli_{name}")]
        return []
    if not prefix:
        return [Finding(path, line, f"{name} crosses its file without a prefix", f"static, or pli_{name}")]
    if prefix.group(1) == "plm" and name not in declared:
        return [Finding(path, line, f"{name} is in no header of include/plimsoll", f"pli_{name[4:]}, or declare it there")]
    return []


def comment_above(text, offset):
    """The nearest comment above `offset` that starts at column 0."""
    comments = [m for m in house.TOKEN.finditer(text[:offset])
                if m.group(0).startswith("/*") and (m.start() == 0 or text[m.start() - 1] == "\n")]
    return comments[-1].group(0) if comments else ""


def check_documented(root):
    findings = []
    for path in house.files(root, ("include",), {".h"}):
        text = house.read(root, path)
        source = house.without_macros(house.code(text))
        lines = house.Lines(source)
        for match in DECLARATION.finditer(source):
            name = match.group(1)
            if not re.search(r"\b" + name + r"\b", comment_above(text, match.start())):
                findings.append(Finding(path, lines.of(match.start(1)), f"{name} is not documented",
                                        f"a comment above its group that begins `{name} - `"))
    return findings


def check_first_lines(root):
    findings = []
    for path in house.files(root):
        text = house.read(root, path)
        lines = text.split("\n")
        if path.suffix in (".c", ".h"):
            first = text.split("*/")[0]
            form = f"/* {path.name}: what it is for.   SPDX-License-Identifier: Apache-2.0 */"
            good = first.startswith(f"/* {path.name}: ") and "SPDX-License-Identifier: Apache-2.0" in first
            good = good and first.count("\n") <= 1
        elif path.suffix in (".py", ".sh", ".cmake") or path.name == "CMakeLists.txt" or lines[0].startswith("#!"):
            line = lines[1] if lines[0].startswith("#!") and len(lines) > 1 else lines[0]
            form = f"# {path.name}: what it is for.   SPDX-License-Identifier: Apache-2.0"
            good = re.match(r'(# |""")' + re.escape(path.name) + ": .+ SPDX-License-Identifier: Apache-2.0$", line)
        else:
            continue
        if not good:
            findings.append(Finding(path, 1, "the first line does not say what the file is for", form))
    return findings


class Names(house.House):
    def test_house_names_its_functions(self):
        self.assert_clean(check_functions(house.ROOT))

    def test_house_documents_its_public_functions(self):
        self.assert_clean(check_documented(house.ROOT))

    def test_house_says_what_each_file_is_for(self):
        self.assert_clean(check_first_lines(house.ROOT))

    def test_planted_names_are_found(self):
        files = {"include/plimsoll/a.h": "int plm_good(int a);\n",
                 "src/base/a.c": "int\nplm_good(int a) {\n    return a;\n}\n\nint\nplm_lost(void) {\n    return 1;\n}\n\n"
                                 "int\nbare(int (*f)(int)) {\n    if (f) {\n        return 1;\n    }\n    return 0;\n}\n\n"
                                 "static int\npli_own(void) {\n    return 1;\n}\n\nint pli_flat(void) {\n    return 1;\n}\n",
                 "src/base/a.h": "static inline int\nhelp(void) {\n    return 1;\n}\n"}
        with house.planted(files) as root:
            findings = check_functions(root)
        self.assert_found(findings, "src/base/a.c", 7, "plm_lost is in no header")
        self.assert_found(findings, "src/base/a.c", 12, "bare crosses its file")
        self.assert_found(findings, "src/base/a.c", 20, "static pli_own has a prefix")
        self.assert_found(findings, "src/base/a.c", 24, "not at column 0")
        self.assert_found(findings, "src/base/a.h", 2, "help in a header")
        self.assertEqual(len(findings), 5)

    def test_planted_undocumented_function_is_found(self):
        text = ("/* a.h: x. */\n/*\n * plm_a, plm_b - two.\n */\nint plm_a(int x);\nMUST int\nplm_b(int y);\n"
                "int plm_c(int x,\n          int y);\n")
        with house.planted({"include/plimsoll/a.h": text}) as root:
            findings = check_documented(root)
        self.assert_found(findings, "include/plimsoll/a.h", 8, "plm_c is not documented")
        self.assertEqual(len(findings), 1)

    def test_planted_first_lines_are_found(self):
        files = {"src/base/a.c": "/* b.c: x. SPDX-License-Identifier: Apache-2.0 */\n", "src/base/c.c": "int x;\n",
                 "src/base/d.c": "/* d.c: x. SPDX-License-Identifier: Apache-2.0 */\n", "go": "#!/bin/sh\nset -eu\n"}
        with house.planted(files) as root:
            findings = check_first_lines(root)
        for path in ("src/base/a.c", "src/base/c.c", "go"):
            self.assert_found(findings, path, 1, "what the file is for")
        self.assertEqual(len(findings), 3)


if __name__ == "__main__":
    unittest.main()
