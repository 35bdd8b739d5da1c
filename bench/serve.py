#!/usr/bin/env python3
# serve.py: margin queries a second of a running venue, next to nginx that returns 200, in turns in one run.  SPDX-License-Identifier: Apache-2.0
"""usage: bench/serve.py BUILD [SECONDS]: after `cmake --build --preset release --target bench plimsoll`, BUILD is build/release.

Without nginx (package nginx-light) its row says so. One process asks; on a small machine it takes part of what it measures.
"""
import http.client
import json
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

CONNECTIONS, ROUNDS = 32, 3
DESKS = 32  # an allowance each
NGINX = """daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/errors crit;
events {{ worker_connections 512; }}
http {{ access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d;
scgi_temp_path {folder}/e; keepalive_requests 100000000; server {{ listen 127.0.0.1:{port}; location / {{ return 200 "ok\\n"; }} }} }}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, path, header=None):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        link.request("GET", path, headers={} if header is None else {"Authorization": header})
        return link.getresponse().read()
    finally:
        link.close()


def until(is_so):
    end = time.monotonic() + 40
    while time.monotonic() < end:
        try:
            if is_so():
                return
        except (OSError, KeyError, ValueError):
            pass
    sys.exit("serve.py: a server did not come up")


def request(port, path, header=None):
    more = "" if header is None else f"Authorization: {header}\r\n"
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{more}\r\n"


def start_nginx(folder):
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        return None, None
    port = free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    server = subprocess.Popen([program, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
    until(lambda: ask(port, "/") == b"ok\n")
    return server, port


def start_venue(build, folder):
    keys = folder / "desks"
    keys.write_text("".join(f"desk{i} a-secret-of-this-bench-{i:02d} 0 {20 + i} read\n" for i in range(DESKS)))
    server = subprocess.Popen([build / "plimsoll", "serve", folder / "demo", "--demo", "--accounts", "200", "--speed", "1", "--port", "0",
                               "--desks", keys], stdout=subprocess.PIPE, text=True)
    port = int(re.search(r":(\d+)/", server.stdout.readline())[1])
    until(lambda: json.loads(ask(port, "/v1/status"))["is_open"])
    tokens = []
    for i in range(DESKS):
        said = {"grant_type": "client_credentials", "client_id": f"desk{i}", "client_secret": f"a-secret-of-this-bench-{i:02d}"}
        tokens.append(json.loads(ask(port, "/api/v2/public/auth?" + urllib.parse.urlencode(said)))["result"]["access_token"])
    until(lambda: "result" in json.loads(ask(port, "/api/v2/private/get_account_summary?currency=USD", "Bearer " + tokens[0])))
    return server, port, tokens


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    seconds = sys.argv[2] if len(sys.argv) > 2 else "3"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        nginx, nginx_port = start_nginx(folder)
        venue, port, tokens = start_venue(build, folder)
        summary = "/api/v2/private/get_account_summary?currency=USD"
        rows = [("nginx, return 200", nginx_port, [request(nginx_port, "/")]), ("GET /healthz", port, [request(port, "/healthz")]),
                ("requirement of an account", port, [request(port, summary, "Bearer " + token) for token in tokens])]
        try:
            print(f"{CONNECTIONS} connections, {ROUNDS} rounds of {seconds} s, the best by rate")
            print(f"{'asked':30s} {'a second':>10s} {'median us':>10s} {'p99 us':>10s} {'not 200':>8s}")
            best = {}
            for _ in range(ROUNDS):
                for title, at, requests in rows:
                    if at is not None:
                        done = subprocess.run([build / "bench/serve", str(at), seconds, str(CONNECTIONS)], input="\0".join(requests) + "\0",
                                              capture_output=True, text=True, check=True)
                        best[title] = max(best.get(title, [0.0]), [float(word) for word in done.stdout.split()])
            for title, _, _ in rows:
                if title in best:
                    rate, median, p99, refused = best[title]
                    print(f"{title:30s} {rate:10.0f} {median:10.1f} {p99:10.1f} {refused:8.0f}")
                else:
                    print(f"{title:30s} {'not installed':>10s}")
        finally:
            for server in filter(None, (nginx, venue)):
                server.send_signal(signal.SIGTERM)
                server.wait(timeout=30)


if __name__ == "__main__":
    main()
