"""Requests at the level of bytes."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import dataclass


@dataclass
class Answer:
    """One HTTP answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return self.json["error"]["code"]


def chat_body(model: str = "gpt-4.1", **more: object) -> dict:
    return {"model": model, "messages": [{"role": "user", "content": "say hello"}], **more}


def request_bytes(
    body: object, key: str | None, path: str = "/v1/chat/completions", method: str = "POST", extra: str = ""
) -> bytes:
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    authorization = f"Authorization: Bearer {key}\r\n" if key else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: gateway\r\n{authorization}{extra}"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return head.encode("latin-1") + b"\r\n" + content


class Wire:
    """One connection to the gateway."""

    def __init__(self, port: int, timeout: float = 10) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def _more(self) -> bytes:
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        self.buffer += data
        return data

    def _until(self, mark: bytes) -> bytes:
        while mark not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def _exactly(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self._more()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def head(self) -> tuple[int, dict[str, str]]:
        while True:
            lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
            status = int(lines[0].split(" ")[1])
            if status != 100:
                break
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        return status, headers

    def chunks(self):
        """The chunks of a chunked body, each as it comes; EOFError where it is cut."""
        while True:
            size = int(self._until(b"\r\n").split(b";")[0], 16)
            data = self._exactly(size + 2)[:-2]
            if size == 0:
                return
            yield data

    def answer(self) -> Answer:
        began = time.monotonic()
        status, headers = self.head()
        if headers.get("transfer-encoding") == "chunked":
            body = b"".join(self.chunks())
        elif "content-length" in headers:
            body = self._exactly(int(headers["content-length"]))
        else:
            body = self.rest()
        return Answer(status, headers, body, time.monotonic() - began)

    def rest(self) -> bytes:
        """Everything until the other side closes."""
        try:
            while True:
                self._more()
        except (EOFError, ConnectionResetError):
            data, self.buffer = self.buffer, b""
            return data


def call(port: int, key: str | None, body: object = None, path: str = "/v1/chat/completions", **more) -> Answer:
    """One request on a connection of its own."""
    timeout = more.pop("timeout", 20)
    began = time.monotonic()
    with Wire(port, timeout) as wire:
        wire.send(request_bytes(chat_body() if body is None else body, key, path, **more))
        answer = wire.answer()
        answer.seconds = time.monotonic() - began
        return answer


def get(port: int, path: str, key: str | None = None, extra: str = "") -> Answer:
    with Wire(port) as wire:
        wire.send(request_bytes(None, key, path, "GET", extra))
        return wire.answer()


class Stream:
    """A streamed chat request that is being read."""

    def __init__(self, port: int, key: str, script: dict, timeout: float = 20, **body: object) -> None:
        self.wire = Wire(port, timeout)
        self.wire.send(request_bytes(chat_body(stream=True, script={"kind": "stream", **script}, **body), key))
        self.status, self.headers = self.wire.head()
        self._chunks = self.wire.chunks()
        self.data = b""
        self.is_whole = False
        self.ended_at: float | None = None

    def wait_for(self, text: bytes) -> None:
        while text not in self.data:
            self.data += next(self._chunks)

    def read_to_end(self) -> bytes:
        """Reads on until the stream ends, properly or not."""
        try:
            for chunk in self._chunks:
                self.data += chunk
            self.is_whole = True
        except (EOFError, ConnectionResetError):
            pass
        self.ended_at = time.monotonic()
        return self.data

    def close(self) -> None:
        self.wire.close()

    @property
    def last_event(self) -> bytes:
        events = [event for event in self.data.split(b"\n\n") if event.strip()]
        return events[-1]
