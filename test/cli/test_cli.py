#!/usr/bin/env python3
# test_cli.py: the program as a person or a script meets it.                         SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import re
import shlex
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))


def run(*words, **options):
    environment = {"PATH": os.environ["PATH"], "LC_ALL": options.pop("locale", "C.UTF-8")}
    return subprocess.run([BINARY, *words], capture_output=True, text=True, cwd=ROOT, env=environment,
                          timeout=60, **options)


def verbs():
    """The verb table as the program prints it: {name: help text}."""
    listed = re.search(r"\nverbs:\n(.*?)\n\n", run("--help").stdout, re.DOTALL).group(1)
    names = [re.match(r"  (\S+(?: \S+)?)(?:  |$)", line).group(1) for line in listed.splitlines()]
    return {name: run("help", *name.split()).stdout for name in names}


class Cli(unittest.TestCase):
    def assert_refused(self, answer, code, *words):
        self.assertEqual(answer.returncode, code, answer.stderr)
        self.assertEqual(answer.stdout, "")
        self.assertRegex(answer.stderr, r"\Aplimsoll: [^\n]+\n\Z")
        for word in words:
            self.assertIn(word, answer.stderr)

    def test_version_is_one_line(self):
        self.assertRegex(run("--version").stdout, r"\Aplimsoll \d+\.\d+\.\d+\n\Z")

    def test_every_verb_has_help_with_an_example_that_works(self):
        for name, text in verbs().items():
            self.assertEqual(run(*name.split(), "--help").stdout, text)
            example = re.search(r"\nexample:\n  plimsoll (.*)\n\Z", text).group(1)
            self.assertTrue(example.startswith(name), example)
            answer = run(*shlex.split(example))
            self.assertEqual((answer.returncode, answer.stderr), (0, ""), example)
            self.assertNotEqual(answer.stdout, "", example)

    def test_an_unknown_verb_suggests_the_nearest(self):
        self.assert_refused(run("completion"), 2, "did you mean completions")
        self.assert_refused(run("zzzzzz"), 2, "see plimsoll --help")
        self.assert_refused(run("help", "zzzzzz"), 2, "unknown verb")
        self.assert_refused(run(), 2, "--help")

    def test_wrong_options_and_operands_are_refused_in_one_line(self):
        for name in verbs():
            words = name.split()
            self.assert_refused(run(*words, "--formt", "json"), 2, "did you mean --format")
            self.assert_refused(run(*words, "--format"), 2, "value is missing")
            self.assert_refused(run(*words, "-Z"), 2, "unknown option")
            self.assert_refused(run(*words, *["/nowhere"] * 9), 2, "too many")

    def test_output_goes_to_a_file_that_must_be_writable(self):
        self.assert_refused(run("completions", "bash", "--output", "/nonexistent/x"), 3, "/nonexistent/x")

    def test_a_line_end_in_a_word_does_not_break_the_message(self):
        self.assert_refused(run("a\nb\033[2J"), 2, "a?b?[2J")

    def test_completions_are_a_script_that_bash_accepts(self):
        script = run("completions", "bash").stdout
        answer = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True)
        self.assertEqual(answer.stderr, "")
        for name in verbs():
            self.assertIn(f'"{name}"*)', script)


if __name__ == "__main__":
    unittest.main()
