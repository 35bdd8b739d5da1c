#!/usr/bin/env python3
# test_layers.py: includes obey the layer table of ARCHITECTURE.md.                  SPDX-License-Identifier: Apache-2.0
import re
import unittest

import house
from house import Finding

PURE_HEADERS = {"stdbool.h", "stddef.h", "stdint.h", "limits.h"}
KERNEL_HEADERS = {"_avx2.c": "immintrin.h", "_avx512.c": "immintrin.h", "_neon.c": "arm_neon.h"}
INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*(?:\"([^\"]+)\"|<([^>]+)>)", re.MULTILINE)


def check_own(path, line, include, layer, own_name):
    if "/" not in include:
        return [Finding(path, line, f'include "{include}" names no layer', f'write "{own_name}/{include}"')]
    target = include.split("/")[0]
    allowed = {own_name, "plimsoll"} | {name.split("/")[-1] for name in layer.may_include}
    if target in allowed:
        return []
    return [Finding(path, line, f"layer {layer.name} may not include {target}",
                    f"it may include: {' '.join(sorted(allowed))} (table of ARCHITECTURE.md)")]


def check_system(path, line, include, layer):
    if layer.kind != "pure" or include in PURE_HEADERS:
        return []
    if any(path.name.endswith(ending) and include == header for ending, header in KERNEL_HEADERS.items()):
        return []
    return [Finding(path, line, f"pure layer {layer.name} includes <{include}>",
                    'what pure layers may call is in "base/libc.h"; their only system headers are '
                    + " ".join(f"<{name}>" for name in sorted(PURE_HEADERS)))]


def check_includes(root):
    table = house.layers(root)
    findings = []
    for path in house.files(root, ("include", "src", "app"), {".c", ".h"}):
        text = house.read(root, path)
        lines = house.Lines(text)
        layer = house.layer_of(path, table)
        for match in INCLUDE.finditer(text):
            own, system = match.groups()
            line = lines.of(match.start(1 if own else 2))
            if path.parts[0] == "include":
                if own and not own.startswith("plimsoll/"):
                    findings.append(Finding(path, line, f'public header includes "{own}"',
                                            'public headers include only "plimsoll/..." and C headers'))
            elif layer and own:
                findings += check_own(path, line, own, layer, layer.name.split("/")[-1])
            elif layer:
                findings += check_system(path, line, system, layer)
    return findings


def check_table(root):
    """Folders and table agree, and the table has no circle."""
    table = house.layers(root)
    findings = []
    if not table:
        return [Finding("ARCHITECTURE.md", 1, "no layer table", "| layer | kind | for | may include | state |")]
    present = {}
    for path in house.files(root, ("src", "app"), {".c", ".h"}):
        present.setdefault("/".join(path.parts[:2]), path)
    folders = {layer.folder: layer for layer in table.values()}
    for folder, path in present.items():
        if folder not in folders:
            findings.append(Finding(path, 1, f"folder {folder} is no layer", "add its row to ARCHITECTURE.md"))
    for layer in table.values():
        state = "here" if layer.folder in present else "later"
        if layer.state != state:
            findings.append(Finding("ARCHITECTURE.md", layer.line, f"layer {layer.name} is marked '{layer.state}'",
                                    f"it is '{state}'"))
        for name in layer.may_include:
            if name not in table:
                findings.append(Finding("ARCHITECTURE.md", layer.line, f"layer {layer.name} includes {name}",
                                        "no row has that name"))
    return findings + check_circles(table)


def check_layout(root):
    """A path in the first column of the layout table exists, or its row says later."""
    section = house.read(root, "ARCHITECTURE.md").split("\n## Layout", 1)
    findings = []
    if len(section) != 2:
        return [Finding("ARCHITECTURE.md", 1, "no section `Layout`", "| path | content |")]
    first_line = section[0].count("\n") + 2
    for offset, line in enumerate(section[1].split("\n## ")[0].split("\n")):
        row = re.match(r"\|([^|]*`[^|]*)\|(.*)\|$", line)
        for path in re.findall(r"`([^`<]+)[^`]*`", row.group(1)) if row else []:
            is_later = "(later)" in row.group(2)
            if (root / path).exists() == is_later:
                findings.append(Finding("ARCHITECTURE.md", first_line + offset, f"{path} is {'here' if is_later else 'not here'}",
                                        "write (later) in its row where it is not here, and only there"))
    return findings


def check_circles(table):
    """Take away what depends on nothing that is left; what cannot be taken away is a circle."""
    left = dict(table)
    while True:
        free = [name for name, layer in left.items() if not set(layer.may_include) & set(left)]
        if not free:
            break
        for name in free:
            del left[name]
    return [Finding("ARCHITECTURE.md", layer.line, f"layer {layer.name} is part of a circle", "break it")
            for layer in left.values()]


def check_build(root):
    """The build puts the same layers into the pure archive as the table calls pure."""
    table = house.layers(root)
    text = house.read(root, "CMakeLists.txt")
    findings = []
    for variable, kinds in (("pure_layers", {"pure"}), ("rim_layers", {"effect", "sealed"})):
        match = re.search(r"set\(" + variable + r"\s+([^)]*)\)", text)
        built = set(match.group(1).split()) if match else set()
        wanted = {layer.name for layer in table.values() if layer.kind in kinds}
        line = text[:match.start()].count("\n") + 1 if match else 1
        for name in sorted(built ^ wanted):
            findings.append(Finding("CMakeLists.txt", line, f"{variable} and the layer table disagree on {name}",
                                    "write it in both or in none"))
    return findings


TABLE = """| base | pure | x | - | here |
| num | pure | x | base | here |
| os | effect | x | base | later |
"""


class Layers(house.House):
    def test_house_obeys_the_layer_table(self):
        self.assert_clean(check_includes(house.ROOT))

    def test_house_has_a_table_that_is_true(self):
        self.assert_clean(check_table(house.ROOT))

    def test_house_is_laid_out_as_written(self):
        self.assert_clean(check_layout(house.ROOT))

    def test_planted_layout_errors_are_found(self):
        text = "# x\n\n## Layout\n| path | content |\n|---|---|\n| `run`, `go` | x |\n| `src/<layer>/` | (later) |\n\n## More\n| `no` | x |\n"
        with house.planted({"ARCHITECTURE.md": text, "run": "", "src/base/a.c": ""}) as root:
            findings = check_layout(root)
        self.assert_found(findings, "ARCHITECTURE.md", 6, "go is not here")
        self.assert_found(findings, "ARCHITECTURE.md", 7, "src/ is here")
        self.assertEqual(len(findings), 2)

    def test_house_builds_the_layers_of_the_table(self):
        self.assert_clean(check_build(house.ROOT))

    def test_planted_includes_are_found(self):
        files = {"ARCHITECTURE.md": TABLE, "src/base/a.c": '#include "num/b.h"\n#include <stdint.h>\n#include <math.h>\n',
                 "src/num/b.h": '#include "base/a.h"\n#include "c.h"\n', "include/plimsoll/p.h": '\n#include "base/a.h"\n'}
        with house.planted(files) as root:
            findings = check_includes(root)
        self.assert_found(findings, "src/base/a.c", 1, "may not include num")
        self.assert_found(findings, "src/base/a.c", 3, "<math.h>")
        self.assert_found(findings, "src/num/b.h", 2, '"num/c.h"')
        self.assert_found(findings, "include/plimsoll/p.h", 2, "public header")
        self.assertEqual(len(findings), 4)

    def test_planted_table_errors_are_found(self):
        table = TABLE + "| sim | pure | x | match nothing | here |\n| match | pure | x | sim | later |\n"
        with house.planted({"ARCHITECTURE.md": table, "src/base/a.c": "", "src/num/a.c": "", "src/os/a.c": "",
                            "src/extra/a.c": ""}) as root:
            findings = check_table(root)
        self.assert_found(findings, "src/extra/a.c", 1, "is no layer")
        self.assert_found(findings, "ARCHITECTURE.md", 3, "it is 'here'")
        self.assert_found(findings, "ARCHITECTURE.md", 4, "it is 'later'")
        self.assert_found(findings, "ARCHITECTURE.md", 4, "includes nothing")
        self.assert_found(findings, "ARCHITECTURE.md", 4, "circle")
        self.assert_found(findings, "ARCHITECTURE.md", 5, "circle")

    def test_planted_build_error_is_found(self):
        build = "\nset(pure_layers base os)\nset(rim_layers os)\n"
        with house.planted({"ARCHITECTURE.md": TABLE, "CMakeLists.txt": build}) as root:
            findings = check_build(root)
        self.assert_found(findings, "CMakeLists.txt", 2, "disagree on num")
        self.assert_found(findings, "CMakeLists.txt", 2, "disagree on os")
        self.assertEqual(len(findings), 2)


if __name__ == "__main__":
    unittest.main()
