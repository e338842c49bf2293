"""A provider that does what a request tells it to: its script travels in the body, so tests run beside each other.

The member `script` of a request's body names a behaviour and its numbers, such as
`{"kind": "stream", "chunks": 20, "interval": 0.05}`. Without one, an ordinary answer is given. Every request that
arrives is kept, byte for byte, with what a strict reader of HTTP has against it: the witness of what was forwarded.
"""

from __future__ import annotations

import asyncio
import base64
import collections
import gzip
import json
import threading
import time
from dataclasses import dataclass, field

PROVIDER_KEY = "sk-provider-0123456789abcdefghijklmnop"


@dataclass
class Received:
    """One request as it arrived."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    at: float
    raw_head: bytes
    faults: list[str] = field(default_factory=list)

    def header(self, name: str) -> str | None:
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return values[0] if values else None

    @property
    def json(self) -> dict:
        return json.loads(self.body)


@dataclass
class BookRow:
    """What the provider itself counted for one model."""

    requests: int = 0
    input: int = 0
    cached: int = 0
    output: int = 0
    reasoning: int = 0


class Provider:
    """The scripted provider, on a loop and thread of its own."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.book: dict[str, BookRow] = collections.defaultdict(BookRow)
        self.faults: list[str] = []
        self.open = 0
        self.closed_early = 0
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    # MARK: for tests

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def requests_of(self, user: str) -> list[Received]:
        """The requests whose body names `user`."""
        needle = json.dumps(user).encode()
        with self._lock:
            return [request for request in self.received if needle in request.body]

    def clear(self) -> None:
        with self._lock:
            self.received.clear()
            self.book.clear()
            self.faults.clear()

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        self._thread.join(5)

    async def _end(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        self._loop.stop()

    # MARK: the server

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._connection, "127.0.0.1", 0, backlog=2048, limit=64 * 1024 * 1024)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await self._read(reader)
                if request is None:
                    break
                with self._lock:
                    self.received.append(request)
                    self.faults.extend(request.faults)
                self.open += 1
                try:
                    keeps = await self._answer(request, reader, writer)
                finally:
                    self.open -= 1
                if not keeps:
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
            self.closed_early += 1
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Received | None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            if error.partial:
                self.faults.append(f"half a head: {error.partial[:80]!r}")
            return None
        at = time.monotonic()
        faults: list[str] = []
        lines = head[:-4].split(b"\r\n")
        parts = lines[0].split(b" ")
        if len(parts) != 3 or parts[2] != b"HTTP/1.1":
            faults.append(f"request line {lines[0][:80]!r}")
        headers: list[tuple[str, str]] = []
        for line in lines[1:]:
            name, colon, value = line.partition(b":")
            token = all(byte in b"!#$%&'*+-.^_`|~0123456789" or chr(byte).isalpha() for byte in name) and name
            if not colon or not token or b"\n" in line or b"\r" in line or b"\0" in line:
                faults.append(f"field {line[:80]!r}")
            headers.append((name.decode("latin-1").lower(), value.strip(b" \t").decode("latin-1")))
        count = collections.Counter(name for name, _ in headers)
        faults += [f"{count[name]} {name}" for name in ("host", "content-length", "authorization") if count[name] > 1]
        if count["host"] != 1:
            faults.append("no host")
        if count["transfer-encoding"] and count["content-length"]:
            faults.append("two body lengths")
        fields = dict(headers)
        if fields.get("authorization") != f"Bearer {PROVIDER_KEY}":
            faults.append(f"authorization {fields.get('authorization', '')[:20]!r}")
        ours = ("x-api-key", "api-key", "x-goog-api-key", "cookie", "proxy-authorization")
        faults += [f"a client's {name}" for name in ours if name in fields]
        if "transfer-encoding" in fields:
            body = await self._read_chunks(reader, faults)
        else:
            body = await reader.readexactly(int(fields.get("content-length", "0")))
        method = parts[0].decode("latin-1")
        target = parts[1].decode("latin-1") if len(parts) > 1 else ""
        return Received(method, target, headers, body, at, head, faults)

    async def _read_chunks(self, reader: asyncio.StreamReader, faults: list[str]) -> bytes:
        body = b""
        while True:
            line = (await reader.readuntil(b"\r\n"))[:-2]
            if not line or any(byte not in b"0123456789abcdefABCDEF" for byte in line):
                faults.append(f"chunk size {line[:40]!r}")
                return body
            size = int(line, 16)
            data = await reader.readexactly(size + 2)
            if data[-2:] != b"\r\n":
                faults.append("chunk without its end")
            if size == 0:
                return body
            body += data[:-2]

    # MARK: answers

    async def _answer(
        self, request: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        try:
            body = json.loads(request.body) if request.body else {}
        except ValueError:
            body = {}
        if not isinstance(body, dict):
            body = {}
        script = body.get("script") or {}
        kind = script.get("kind") or ("stream" if body.get("stream") is True else "whole")
        model = body.get("model") or "-"
        handler = getattr(self, f"_do_{kind}", None)
        if handler is None:
            await self._send(writer, 400, {"error": {"message": f"no script {kind}"}})
            return True
        return await handler(request, body, script, model, reader, writer)

    async def _send(
        self, writer: asyncio.StreamWriter, status: int, body: object, headers: list[str] | None = None
    ) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [f"HTTP/1.1 {status} X", "Content-Type: application/json", f"Content-Length: {len(content)}"]
        writer.write("\r\n".join(lines + (headers or [])).encode("latin-1") + b"\r\n\r\n" + content)
        await writer.drain()

    def _usage(self, body: dict, script: dict) -> dict:
        given = script.get("usage")
        if given is not None:
            return given
        return {"input": 11 + len(json.dumps(body.get("messages", ""))) % 97, "output": 7, "cached": 0, "reasoning": 0}

    @staticmethod
    def _chat_usage(usage: dict) -> dict:
        return {
            "prompt_tokens": usage["input"],
            "completion_tokens": usage["output"],
            "total_tokens": usage["input"] + usage["output"],
            "prompt_tokens_details": {"cached_tokens": usage.get("cached", 0)},
            "completion_tokens_details": {"reasoning_tokens": usage.get("reasoning", 0)},
        }

    def _count(self, model: str, usage: dict) -> None:
        with self._lock:
            row = self.book[model]
            row.requests += 1
            row.input += usage["input"]
            row.cached += usage.get("cached", 0)
            row.output += usage["output"]
            row.reasoning += usage.get("reasoning", 0)

    async def _do_whole(self, request, body, script, model, reader, writer) -> bool:
        if script.get("delay"):
            await asyncio.sleep(script["delay"])
        usage = self._usage(body, script)
        if request.target.startswith("/v1/embeddings"):
            inputs = body.get("input")
            count = len(inputs) if isinstance(inputs, list) else 1
            vector = [0.25, -0.5, 1.0]
            import struct

            encoded = base64.b64encode(struct.pack("<3f", *vector)).decode()
            value = encoded if body.get("encoding_format") == "base64" else vector
            usage = {**usage, "output": 0}
            answer = {
                "object": "list",
                "data": [{"object": "embedding", "index": index, "embedding": value} for index in range(count)],
                "model": model,
                "usage": {"prompt_tokens": usage["input"], "total_tokens": usage["input"]},
            }
        elif request.target.startswith("/v1/responses"):
            answer = {
                "id": "resp_1", "object": "response", "created_at": 1, "status": "completed", "model": model,
                "output": [{"id": "m", "type": "message", "role": "assistant", "status": "completed", "content": [
                    {"type": "output_text", "text": script.get("text", "hello"), "annotations": []}]}],
                "parallel_tool_calls": True, "tool_choice": "auto", "tools": [],
                "usage": {
                    "input_tokens": usage["input"], "input_tokens_details": {"cached_tokens": usage.get("cached", 0)},
                    "output_tokens": usage["output"],
                    "output_tokens_details": {"reasoning_tokens": usage.get("reasoning", 0)},
                    "total_tokens": usage["input"] + usage["output"]},
            }  # fmt: skip
        else:
            answer = {
                "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": model,
                "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None,
                             "message": {"role": "assistant", "content": script.get("text", "hello")}}],
                "usage": self._chat_usage(usage),
            }  # fmt: skip
        if script.get("no_usage"):
            del answer["usage"]
        else:
            self._count(model, usage)
        await self._send(writer, 200, answer, script.get("headers"))
        return True

    @staticmethod
    def _chunk(model: str, delta: dict, finish: str | None = None, **more: object) -> bytes:
        choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
        value = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": choices, **more}
        return b"data: " + json.dumps(value).encode() + b"\n\n"

    async def _do_stream(self, request, body, script, model, reader, writer) -> bool:
        """`chunks`, `interval`, `cut` (chunks before the connection breaks), `no_done`, `no_usage`, `piece` (bytes)."""
        wants = (body.get("stream_options") or {}).get("include_usage") is True and not script.get("no_usage")
        more = {"usage": None} if wants else {}
        if script.get("delay"):
            await asyncio.sleep(script["delay"])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")

        async def event(data: bytes) -> None:
            size = script.get("piece") or len(data)
            for start in range(0, len(data), size):
                part = data[start : start + size]
                writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
                await writer.drain()
                if script.get("piece"):
                    await asyncio.sleep(0)

        usage = self._usage(body, script)
        await event(self._chunk(model, {"role": "assistant", "content": ""}, **more))
        for index in range(script.get("chunks", 5)):
            if script.get("cut") == index:
                writer.transport.abort()
                return False
            if script.get("interval"):
                await asyncio.sleep(script["interval"])
            await event(self._chunk(model, {"content": script.get("word", f"word{index} ")}, **more))
        await event(self._chunk(model, {}, "stop", **more))
        if wants:
            self._count(model, usage)
            value = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": [],
                     "usage": self._chat_usage(usage)}  # fmt: skip
            await event(b"data: " + json.dumps(value).encode() + b"\n\n")
        if not script.get("no_done"):
            await event(b"data: [DONE]\n\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _do_status(self, request, body, script, model, reader, writer) -> bool:
        """`status`, `headers`, `body` (`{key}` in its text becomes the gateway's own credential)."""
        text = json.dumps(script.get("body", {"error": {"message": "scripted", "type": "x", "code": "scripted"}}))
        content = text.replace("{key}", PROVIDER_KEY).encode()
        await self._send(writer, script["status"], content, script.get("headers"))
        return True

    async def _do_hang(self, request, body, script, model, reader, writer) -> bool:
        """Never answers; notices when the caller has left."""
        await reader.read(1)
        self.closed_early += 1
        return False

    async def _do_trickle(self, request, body, script, model, reader, writer) -> bool:
        for byte in b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}":
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(script.get("interval", 0.01))
        return True

    async def _do_gzip(self, request, body, script, model, reader, writer) -> bool:
        content = gzip.compress(json.dumps({"padding": "x" * script.get("size", 1000)}).encode())
        await self._send(writer, 200, content, ["Content-Encoding: gzip"])
        return True

    async def _do_raw(self, request, body, script, model, reader, writer) -> bool:
        """`pieces`: base64 texts, sent with `gap` seconds between them, and then the connection is closed."""
        for piece in script.get("pieces", []):
            writer.write(base64.b64decode(piece))
            await writer.drain()
            if script.get("gap"):
                await asyncio.sleep(script["gap"])
        if script.get("lingers"):
            await reader.read(1)
        return False
