# venue_door.py: a small venue behind its socket, for tests of what gets in.          SPDX-License-Identifier: Apache-2.0
"""The server of test_serve.py with its keys, and bytes sent to it as they are."""
import re
import socket

from test_serve import Serve


class Door(Serve):
    """Nothing of what is inherited is a test here."""

    def exchange(self, data, is_ended=True, wait=10):
        """The statuses that the bytes are answered with, and whether the server ended the connection by itself."""
        answer = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as link:
            try:
                link.sendall(data)
                if is_ended:
                    link.shutdown(socket.SHUT_WR)
                while chunk := link.recv(65536):
                    answer += chunk
            except ConnectionError:
                pass  # it did not wait for the rest
            except TimeoutError:
                return statuses(answer), False
        return statuses(answer), True


def statuses(answer):
    return [int(status) for status in re.findall(rb"^HTTP/1\.1 (\d+) ", answer, re.MULTILINE)]


for name in [name for name in dir(Serve) if name.startswith("test_")]:
    setattr(Door, name, None)
