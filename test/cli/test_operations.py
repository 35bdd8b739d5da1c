#!/usr/bin/env python3
# test_operations.py: a venue is set, watched, backed up and restored as docs/operations.md says.  SPDX-License-Identifier: Apache-2.0
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import unittest
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PLIMSOLL_BINARY", str(ROOT / "build/dev/plimsoll"))


def run(*words, **environment):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, cwd=ROOT, timeout=60,
                          env={**os.environ, **environment})


class Operations(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.venue = self.folder / "venue"
        self.assertEqual(run("init", self.venue, "--accounts", 4).returncode, 0)
        self.assertEqual(run("apply", self.venue, ROOT / "examples/venue/events.jsonl").returncode, 0)

    def settings(self, text):
        path = self.folder / "plimsoll.conf"
        path.write_text(text)
        return path

    def refused(self, text):
        answer = run("serve", self.venue, "--config", self.settings(text))
        self.assertEqual((answer.returncode, answer.stdout), (2, ""))
        self.assertEqual(answer.stderr.count("\n"), 1)
        return answer.stderr

    def serve(self, *words):
        process = subprocess.Popen([BINARY, "serve", str(self.venue), *map(str, words)], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        port = int(re.search(r":(\d+)/", process.stdout.readline()).group(1))
        return process, port

    @staticmethod
    def ask(port, path):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    def end(self, process):
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 0)
        return errors

    def digest(self, venue):
        return json.loads(run("verify", venue, "--format", "json").stdout)["verify"]["digest"]

    def test_a_file_settles_what_the_command_line_leaves_open(self):
        path = self.settings("# here\nport = 1  # no port of ours\n\n log = yes\nopen-reading=yes\r\n")
        process, port = self.serve("--config", path, "--port", 0)
        self.assertNotEqual(port, 1)
        self.assertEqual(self.ask(port, "/v1/status")[0], 200)
        self.assertEqual(json.loads(self.end(process).splitlines()[0])["event"], "open")

    def test_what_is_wrong_in_a_file_is_told_with_its_line(self):
        path = str(self.folder / "plimsoll.conf")
        self.assertIn(f"{path}:2: no setting prot; did you mean port", self.refused("log = yes\nprot = 1\n"))
        self.assertIn(f"{path}:1: log is yes or no", self.refused("log = 1\n"))
        self.assertIn(f"{path}:3: port stands there twice", self.refused("port = 1\n\nport = 1\n"))
        self.assertIn(f"{path}:1: port; allowed is name = value", self.refused("port\n"))
        self.assertIn(f"{path}:1: address has no value", self.refused("address =\n"))
        self.assertIn(f"{path}:1: no setting config", self.refused("config = other\n"))
        self.assertIn("0..65535", self.refused("port = 70000\n"))
        self.assertIn("a byte of value 0", self.refused("port = 1\0\n"))
        self.assertEqual(run("serve", self.venue, "--config", self.folder / "none").returncode, 3)

    def test_the_shipped_file_names_every_setting_and_is_taken(self):
        text = (ROOT / "ops/plimsoll.conf").read_text()
        shown = run("serve", "--help").stdout
        own = set(re.findall(r"^  --([a-z-]+)", shown, re.M)) - {"config", "format", "table", "output", "help"}
        self.assertEqual(set(re.findall(r"^#?([a-z-]+) = ", text, re.M)), own)
        process, port = self.serve("--config", ROOT / "ops/plimsoll.conf", "--port", 0)
        self.assertEqual(self.ask(port, "/healthz")[0], 200)
        self.end(process)

    def test_an_address_has_no_more_connections_than_it_may(self):
        process, port = self.serve("--port", 0, "--connections-per-address", 3)
        links = [http.client.HTTPConnection("127.0.0.1", port, timeout=20) for _ in range(3)]
        for link in links:
            link.request("GET", "/healthz")
            self.assertEqual(link.getresponse().read(), b"alive\n")
        for _ in range(2):
            with self.assertRaises((OSError, http.client.HTTPException)):
                self.ask(port, "/healthz")
        links[0].request("GET", "/metrics")  # those that are there go on
        self.assertIn("plimsoll_connections_crowded_total 2\n", links[0].getresponse().read().decode())
        links[1].close()
        for _ in range(200):  # another takes its place, once the server has seen it go
            try:
                self.assertEqual(self.ask(port, "/healthz")[0], 200)
                break
            except (OSError, http.client.HTTPException):
                pass
        else:
            self.fail("a connection that was closed still counts")
        for link in links:
            link.close()
        self.end(process)

    def test_log_lines_tell_open_refusals_and_close_and_no_secret(self):
        process, port = self.serve("--port", 0, "--log")
        self.assertEqual(self.ask(port, "/v1/accounts/0?secret=1234")[0], 401)
        lines = [json.loads(line) for line in self.end(process).splitlines()]
        self.assertEqual([line["event"] for line in lines], ["open", "refused", "close"])
        self.assertEqual((lines[0]["port"], lines[1]["path"], lines[1]["status"]), (port, "/v1/accounts/0", 401))
        self.assertEqual(lines[2]["sequence"], lines[0]["sequence"])
        self.assertNotIn("1234", json.dumps(lines))

    def certify(self, name):
        paths = [self.folder / f"{name}-{part}.pem" for part in ("chain", "key")]
        made = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                               "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                               "-out", paths[0], "-keyout", paths[1]], capture_output=True, timeout=60)
        self.assertEqual(made.returncode, 0, made.stderr)
        return paths

    @unittest.skipUnless(shutil.which("openssl"), "no openssl to make a certificate with")
    def test_with_a_certificate_everything_is_tls(self):
        chain, key = self.certify("own")
        process, port = self.serve("--port", 0, "--tls-cert", chain, "--tls-key", key, "--open-reading")
        trusted = ssl.create_default_context(cafile=str(chain))
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=trusted)
        connection.request("GET", "/v1/status", headers={"Origin": f"https://127.0.0.1:{port}"})
        self.assertEqual(connection.getresponse().status, 200)
        connection.close()
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=trusted)
        connection.request("GET", "/v1/status", headers={"Origin": f"http://127.0.0.1:{port}"})
        self.assertEqual(connection.getresponse().status, 403)
        connection.close()
        with self.assertRaises((http.client.HTTPException, OSError)):
            self.ask(port, "/healthz")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
            old.set_ciphers("ALL:@SECLEVEL=0")
            old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with socket.create_connection(("127.0.0.1", port), timeout=20) as plain, self.assertRaises((ssl.SSLError, OSError)):
            old.wrap_socket(plain)
        self.end(process)
        _, other = self.certify("other")
        for words, code in (((chain, other), 3), ((chain, "none.pem"), 3), (("none.pem", key), 3)):
            # libwebsockets 4.1 forgets 72 bytes of a listener whose certificate does not load.
            answer = run("serve", self.venue, "--port", 0, "--tls-cert", words[0], "--tls-key", words[1],
                         LSAN_OPTIONS="detect_leaks=0", ASAN_OPTIONS="detect_leaks=0")
            self.assertEqual((answer.returncode, answer.stderr.count("\n")), (code, 1), answer.stderr)
        self.assertEqual(run("serve", self.venue, "--tls-cert", chain).returncode, 2)

    def test_every_metric_that_a_file_names_is_told(self):
        process, port = self.serve("--port", 0)
        told = set(re.findall(r"^(plimsoll_\w+)", self.ask(port, "/metrics")[1], re.M))
        for name in ("ops/alerts.yml", "ops/grafana.json", "docs/operations.md"):
            asked = set(re.findall(r"\bplimsoll_\w+", (ROOT / name).read_text()))
            asked = {metric for metric in asked if metric != "plimsoll_report_to_call_seconds"}
            self.assertEqual(asked - told, set(), name)
        self.assertIn("plimsoll_report_to_call_seconds_bucket", told)
        board = json.loads((ROOT / "ops/grafana.json").read_text())
        self.assertEqual(len({panel["id"] for panel in board["panels"]}), len(board["panels"]))
        self.end(process)

    def test_a_back_up_taken_while_it_runs_is_restored_digest_for_digest(self):
        process, _ = self.serve("--port", 0)
        export = self.folder / "venue.jsonl"
        self.assertEqual(run("export", self.venue, "--whole", "--output", export).returncode, 0)
        self.end(process)
        self.assertEqual(run("import", "venue", self.folder / "new", export).returncode, 0)
        self.assertEqual(self.digest(self.folder / "new"), self.digest(self.venue))
        shutil.copytree(self.venue, self.folder / "copy")
        self.assertEqual(self.digest(self.folder / "copy"), self.digest(self.venue))


if __name__ == "__main__":
    unittest.main()
