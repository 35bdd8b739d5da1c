#!/usr/bin/env python3
# test_words.py: one noun per idea: the words that docs/glossary.md gives up stay away. SPDX-License-Identifier: Apache-2.0
import re
import unittest

import house
from house import Finding

GLOSSARY = "docs/glossary.md"
INDEX = "docs/method/README.md"
ROW = re.compile(r"^\| ([^|]+?) \|.*\| ([^|]*?) ?\|$")
BOLD = re.compile(r"\*\*(.+?)\*\*")


def banned(root):
    """{word given up: word to write} from the rows of the glossary."""
    words = {}
    for line in house.read(root, GLOSSARY).split("\n"):
        row = ROW.match(line)
        if row:
            words.update((word.lower(), row.group(1)) for word in BOLD.findall(row.group(2)))
    return words


def pattern(words):
    """Any of the words, in any case, with space, hyphen or underscore inside, in the plural too, also inside an identifier."""
    forms = [re.sub(r"[ \\-]+", "[ _-]", re.escape(word)) for word in sorted(words, key=len, reverse=True)]
    return re.compile(r"(?<![A-Za-z0-9])(" + "|".join(forms) + r")s?(?![A-Za-z0-9])", re.IGNORECASE)


def is_read(path):
    """Headers, the command line and documents, but not where another venue's words are right."""
    text = str(path)
    if text == GLOSSARY or text.startswith(("src/venue/", "app/server/deribit", "docs/deribit.md")) or re.search(r"venue-[\w-]+\.md$", text):
        return False
    return (path.suffix == ".h" and path.parts[0] in ("include", "src") or path.parts[0] == "app"
            or path.suffix == ".md" and path.parts[0] == "docs")


def check_words(root):
    words = banned(root)
    if not words:
        return [Finding(GLOSSARY, 1, "no word is given up", "bold the words not to write in the last column")]
    search = pattern(words)
    findings = []
    for path in house.files(root, ("include", "src", "app", "docs")):
        if not is_read(path):
            continue
        for number, line in enumerate(house.read(root, path).split("\n"), 1):
            for hit in search.finditer(line):
                plain = re.sub("[_-]", " ", hit.group(1).lower())
                instead = next(new for old, new in words.items() if old.replace("-", " ") == plain)
                findings.append(Finding(path, number, f"'{hit.group(0)}' is not our word", f"write '{instead}' ({GLOSSARY})"))
    return findings


def check_index(root):
    """Every page of docs/method stands in its index, and every link of the index leads to a page."""
    linked = set(re.findall(r"\]\(([\w-]+\.md)\)", house.read(root, INDEX)))
    pages = {path.name for path in house.files(root, ("docs",), {".md"}) if str(path.parent) == "docs/method"} - {"README.md"}
    return ([Finding(INDEX, 1, f"{page} is not listed", f"add a row | [{page}]({page}) | what it is |")
             for page in sorted(pages - linked)] +
            [Finding(INDEX, 1, f"{page} does not exist", "remove its row") for page in sorted(linked - pages)])


class Words(house.House):
    def test_house_keeps_to_its_glossary(self):
        self.assert_clean(check_words(house.ROOT))

    def test_house_lists_every_method(self):
        self.assert_clean(check_index(house.ROOT))

    def test_planted_words_are_found(self):
        glossary = "| word | meaning | carried by | not |\n|---|---|---|---|\n| excess | x | `y` | **free margin**, spare, **sub-pot** |\n"
        files = {GLOSSARY: glossary, "include/plimsoll/a.h": "int x;\nint free_margin_micros;\nint freemarginal;\n",
                 "docs/a.md": "spare room\nTwo Free Margins.\n", "app/cli/a.c": '"sub pot"\n',
                 "docs/method/venue-x.md": "free margin\n", "src/venue/x.h": "/* free margin */\n", "docs/deribit.md": "free margin\n", "src/base/a.c": "// free margin\n"}
        with house.planted(files) as root:
            findings = check_words(root)
        self.assert_found(findings, "include/plimsoll/a.h", 2, "write 'excess'")
        self.assert_found(findings, "docs/a.md", 2, "Free Margins")
        self.assert_found(findings, "app/cli/a.c", 1, "sub pot")
        self.assertEqual(len(findings), 3)

    def test_a_glossary_without_words_is_found(self):
        with house.planted({GLOSSARY: "# Glossary\n"}) as root:
            self.assert_found(check_words(root), GLOSSARY, 1, "no word")

    def test_planted_pages_are_found(self):
        with house.planted({INDEX: "| [a.md](a.md) | x |\n", "docs/method/b.md": "# B\n"}) as root:
            findings = check_index(root)
        self.assert_found(findings, INDEX, 1, "b.md is not listed")
        self.assert_found(findings, INDEX, 1, "a.md does not exist")
        self.assertEqual(len(findings), 2)


if __name__ == "__main__":
    unittest.main()
