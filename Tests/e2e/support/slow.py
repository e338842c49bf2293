"""Slow clients in a process of their own, so that they do not slow the measurement itself: `slow.py PORT KEY COUNT`.

Each connection sends one byte of its head or body twice a second. Prints `ready`, and ends with its standard input.
"""

from __future__ import annotations

import select
import socket
import sys

from wire import chat_body, request_bytes


def main() -> None:
    port, key, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    data = request_bytes(chat_body(), key)
    connections = []
    for index in range(count):
        connection = socket.create_connection(("127.0.0.1", port))
        # Half are slow in the head, half in the body.
        sent = 10 if index % 2 else data.index(b"\r\n\r\n") + 5
        connection.sendall(data[:sent])
        connections.append((connection, data[sent:-1]))
    print("ready", flush=True)
    position = 0
    # In fifty groups, so that they do not all come at the same moment.
    while not select.select([sys.stdin], [], [], 0.01)[0]:
        group, position = position % 50, position + 1
        for connection, rest in connections[group::50]:
            at = position // 50
            try:
                connection.send(rest[at : at + 1] or b"")
            except OSError:
                pass


main()
