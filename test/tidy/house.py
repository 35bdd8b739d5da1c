# house.py: what the tests of the house share: files, C without comments, functions. SPDX-License-Identifier: Apache-2.0
"""A check is a function that takes the root of a source tree and returns findings; a finding says file:line, the rule that
is broken, and what to write instead. Every check is also run on a tree with a planted violation, so that none can pass by
looking at nothing.
"""
import bisect
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
C_FOLDERS = ("include", "src", "app", "tools", "test", "bench")
IGNORED_FOLDERS = {"build", ".git", "__pycache__", "node_modules"}


class Finding:
    def __init__(self, path, line, rule, instead):
        self.path, self.line, self.rule, self.instead = str(path), line, rule, instead

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.instead}"


class House(unittest.TestCase):
    """A test case with the two questions that every check is asked."""

    maxDiff = None

    def assert_clean(self, findings):
        if findings:
            self.fail("\n" + "\n".join(str(finding) for finding in findings))

    def assert_found(self, findings, path, line, word):
        """One of the findings is at path:line and contains `word`."""
        hits = [f for f in findings if f.path == path and f.line == line and word in str(f)]
        shown = "\n".join(str(f) for f in findings) or "nothing"
        self.assertTrue(hits, f"planted at {path}:{line}, expected '{word}', found:\n{shown}")


@contextlib.contextmanager
def planted(files):
    """A source tree in a temporary folder: {path: text}."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        yield root


def files(root, folders=None, suffixes=None):
    """Paths relative to root, sorted; all of the tree without `folders`; with git, what git does not ignore."""
    found = []
    listed = None
    if (root / ".git").exists() and shutil.which("git"):
        answer = subprocess.run(["git", "-C", str(root), "ls-files", "-co", "--exclude-standard", "-z"],
                                capture_output=True, text=True)
        if answer.returncode == 0:
            listed = [pathlib.Path(p) for p in answer.stdout.split("\0") if p and (root / p).is_file()]
    if listed is None:
        listed = []
        for folder, names, leaves in os.walk(root):
            names[:] = [n for n in names if n not in IGNORED_FOLDERS]
            listed += [(pathlib.Path(folder) / leaf).relative_to(root) for leaf in leaves]
    for path in sorted(set(listed)):
        if folders is not None and path.parts[0] not in folders:
            continue
        if suffixes is not None and path.suffix not in suffixes:
            continue
        found.append(path)
    return found


def read(root, path):
    return (root / path).read_text(encoding="utf-8", errors="replace")


TOKEN = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def code(text):
    """The same text, of the same length, without comments and without the content of strings and characters."""
    def replace(match):
        token = match.group(0)
        if token.startswith("/"):
            return blank(token)
        return token[0] + blank(token[1:-1]) + token[-1]
    return TOKEN.sub(replace, text)


def without_macros(text):
    """`code` with preprocessor lines and their continuations blanked."""
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: blank(m.group(0)), text, flags=re.MULTILINE)


class Lines:
    """Line numbers, from 1, of offsets into a text."""

    def __init__(self, text):
        self.starts = [0] + [m.end() for m in re.finditer("\n", text)]

    def of(self, offset):
        return bisect.bisect_right(self.starts, offset)


class Function:
    def __init__(self, name, head, arguments, body, line, line_last):
        self.name, self.head, self.arguments, self.body = name, head, arguments, body
        self.line, self.line_last = line, line_last

    @property
    def is_static(self):
        return bool(re.search(r"\bstatic\b", self.head))

    @property
    def parameter_count(self):
        if self.arguments.strip() in ("", "void"):
            return 0
        depth = count = 0
        for character in self.arguments:
            depth += {"(": 1, ")": -1}.get(character, 0)
            count += character == "," and depth == 0
        return count + 1


def functions(text):
    """Definitions whose name stands at column 0; `text` is a whole file."""
    source = without_macros(code(text))
    lines = Lines(source)
    found = []
    for match in re.finditer(r"^((?:[A-Za-z_][\w \t*()]*\n)?)([A-Za-z_]\w*)\(", source, re.MULTILINE):
        end = matching(source, match.end() - 1, "(", ")")
        opening = re.match(r"\s*\{", source[end:]) if end else None
        if not opening:
            continue
        open_at = end + opening.end() - 1
        close_at = matching(source, open_at, "{", "}")
        if close_at is None:
            continue
        found.append(Function(match.group(2), match.group(1), source[match.end():end - 1],
                              source[open_at:close_at], lines.of(match.start(2)), lines.of(close_at - 1)))
    return found


def matching(text, at, opening, closing):
    """The offset just behind the bracket that closes the one at `at`."""
    depth = 0
    for i in range(at, len(text)):
        if text[i] == opening:
            depth += 1
        elif text[i] == closing:
            depth -= 1
            if depth == 0:
                return i + 1
    return None


class Layer:
    def __init__(self, name, kind, may_include, state, line):
        self.name, self.kind, self.may_include, self.state, self.line = name, kind, may_include, state, line

    @property
    def folder(self):
        return self.name if self.name.startswith("app/") else "src/" + self.name


LAYER_ROW = re.compile(r"^\|\s*([\w/]+)\s*\|\s*(pure|effect|sealed|program)\s*\|[^|]*\|([^|]*)\|\s*([^|]*?)\s*\|\s*$")


def layers(root):
    """{name: Layer} from the table of ARCHITECTURE.md."""
    table = {}
    for number, line in enumerate(read(root, "ARCHITECTURE.md").split("\n"), 1):
        row = LAYER_ROW.match(line)
        if row:
            includes = [] if row.group(3).strip() == "-" else row.group(3).split()
            table[row.group(1)] = Layer(row.group(1), row.group(2), includes, row.group(4), number)
    return table


def layer_of(path, table):
    """The layer that a file belongs to, or None."""
    for depth in (2, 3):
        for layer in table.values():
            if "/".join(path.parts[:depth]) == layer.folder and len(path.parts) > depth:
                return layer
    return None
