"""Requests that nobody should send: refused by the gateway, never seen by the provider, survived."""

from __future__ import annotations

import json
import random
import socket
import threading

import pytest

from support.wire import Wire, call, chat_body, get, request_bytes

BODY = json.dumps(chat_body()).encode()
LENGTH = b"Content-Length: %d\r\n" % len(BODY)


def post(
    head: bytes,
    body: bytes = BODY,
    line: bytes = b"POST /v1/chat/completions HTTP/1.1",
    host: bytes = b"Host: g\r\n",
) -> bytes:
    fields = b"Authorization: Bearer @KEY\r\nContent-Type: application/json\r\n"
    return line + b"\r\n" + host + fields + head + b"\r\n" + body


CHUNKED = b"%x\r\n" % len(BODY) + BODY + b"\r\n0\r\n\r\n"

# Each is refused with 400 or a neighbour of it, and its connection carries nothing more.
REFUSED = {
    "no host": post(LENGTH, host=b""),
    "two hosts": post(LENGTH, host=b"Host: g\r\nHost: h\r\n"),
    "empty host": post(LENGTH, host=b"Host: \r\n"),
    "host with user": post(LENGTH, host=b"Host: a@g\r\n"),
    "host with path": post(LENGTH, host=b"Host: g/x\r\n"),
    "host with comma": post(LENGTH, host=b"Host: g,h\r\n"),
    "two lengths": post(LENGTH + b"Content-Length: 3\r\n"),
    "a list of lengths": post(b"Content-Length: %d, %d\r\n" % (len(BODY), len(BODY))),
    "length and chunked": post(LENGTH + b"Transfer-Encoding: chunked\r\n", CHUNKED),
    "negative length": post(b"Content-Length: -1\r\n"),
    "signed length": post(b"Content-Length: +%d\r\n" % len(BODY)),
    "hexadecimal length": post(b"Content-Length: 0x10\r\n"),
    "length with a tail": post(b"Content-Length: %d x\r\n" % len(BODY)),
    "empty length": post(b"Content-Length: \r\n"),
    "length beyond 64 bits": post(b"Content-Length: 99999999999999999999999\r\n"),
    "transfer coding gzip": post(b"Transfer-Encoding: gzip\r\n", CHUNKED),
    "transfer coding twice": post(b"Transfer-Encoding: chunked, chunked\r\n", CHUNKED),
    "transfer coding in two fields": post(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", CHUNKED),
    "transfer coding identity": post(b"Transfer-Encoding: identity\r\n" + LENGTH),
    "transfer coding empty": post(b"Transfer-Encoding: \r\n" + LENGTH),
    "chunked with a vertical tab": post(b"Transfer-Encoding: \x0bchunked\r\n", CHUNKED),
    "space before the colon": post(LENGTH + b"X-A : 1\r\n"),
    "chunked behind a space": post(b"Transfer-Encoding : chunked\r\n" + LENGTH, CHUNKED),
    "folded field": post(LENGTH + b"X-A: 1\r\n 2\r\n"),
    "field without colon": post(LENGTH + b"X-A\r\n"),
    "empty field name": post(LENGTH + b": 1\r\n"),
    "bare LF": post(LENGTH).replace(b"\r\n", b"\n", 1),
    "bare CR in a value": post(LENGTH + b"X-A: a\rb\r\n"),
    "NUL in a value": post(LENGTH + b"X-A: a\0b\r\n"),
    "NUL in a name": post(LENGTH + b"X\0A: b\r\n"),
    "ESC in a value": post(LENGTH + b"X-A: \x1b[2J\r\n"),
    "chunk size not hexadecimal": post(b"Transfer-Encoding: chunked\r\n", b"zz\r\n"),
    "chunk size signed": post(b"Transfer-Encoding: chunked\r\n", b"+5\r\nabcde\r\n0\r\n\r\n"),
    "chunk size with 0x": post(b"Transfer-Encoding: chunked\r\n", b"0x5\r\nabcde\r\n0\r\n\r\n"),
    "chunk size too long": post(b"Transfer-Encoding: chunked\r\n", b"fffffffffffffffff\r\nabc"),
    "chunk without its end": post(b"Transfer-Encoding: chunked\r\n", b"5\r\nabcdeXX0\r\n\r\n"),
    "chunk with bare LF": post(b"Transfer-Encoding: chunked\r\n", b"5\nabcde\n0\n\n"),
    "two spaces in the request line": post(LENGTH, line=b"POST  /v1/chat/completions HTTP/1.1"),
    "no version": post(LENGTH, line=b"POST /v1/chat/completions"),
    "version 2.0": post(LENGTH, line=b"POST /v1/chat/completions HTTP/2.0"),
    "version in small letters": post(LENGTH, line=b"POST /v1/chat/completions http/1.1"),
    "space after the version": post(LENGTH, line=b"POST /v1/chat/completions HTTP/1.1 "),
    "tab in the request line": post(LENGTH, line=b"POST\t/v1/chat/completions HTTP/1.1"),
    "NUL in the target": post(LENGTH, line=b"POST /v1/chat\0/completions HTTP/1.1"),
    "encoded NUL in the target": post(LENGTH, line=b"POST /v1/chat/completions%00 HTTP/1.1"),
    "backslash in the target": post(LENGTH, line=b"POST /v1\\chat/completions HTTP/1.1"),
    "authority of another": post(LENGTH, line=b"POST http://other/v1/chat/completions HTTP/1.1"),
    "connect": post(b"", b"", line=b"CONNECT other:443 HTTP/1.1"),
    "trace": post(b"", b"", line=b"TRACE / HTTP/1.1"),
    "get star": post(b"", b"", line=b"GET * HTTP/1.1"),
    "method with a space in front": post(LENGTH, line=b" POST /v1/chat/completions HTTP/1.1"),
    "TLS hello": bytes.fromhex("16030100a5010000a10303") + b"\1" * 60 + b"\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "two credentials": post(LENGTH + b"X-API-Key: other\r\n"),
    "key in the query": post(LENGTH, line=b"POST /v1/chat/completions?api_key=@KEY HTTP/1.1"),
}  # fmt: skip


def first_status(port: int, data: bytes, patience: float = 0.2) -> int | None:
    """The status of the first answer; None where the connection was closed without one.

    What the gateway still waits for after `patience` never comes: this side says that it has ended.
    """
    with Wire(port, timeout=patience) as wire:
        try:
            wire.send(data)
            answer = wire.socket.recv(65536)
        except TimeoutError:
            wire.socket.settimeout(10)
            wire.socket.shutdown(socket.SHUT_WR)
            answer = wire.rest()
        except ConnectionError:
            return None
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else None


def test_every_request_that_must_be_refused_is_refused_and_never_forwarded(gateway, provider, token):
    key = token().encode()
    wrong = {}
    for name, data in REFUSED.items():
        status = first_status(gateway.port, data.replace(b"@KEY", key))
        if status not in (400, 405, 501, 505):
            wrong[name] = status
    assert wrong == {}
    assert provider.received == []
    assert call(gateway.port, key.decode()).status == 200


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("head over 32 KB", post(LENGTH + b"X-A: " + b"a" * 40_000 + b"\r\n"), {431}),
        ("more than 100 fields", post(LENGTH + b"".join(b"X-%d: 1\r\n" % n for n in range(120))), {431}),
        ("target over 16 KB", post(LENGTH, line=b"POST /v1/" + b"a" * 17_000 + b" HTTP/1.1"), {414}),
        ("body over the limit", post(b"Content-Length: 40000000\r\n", b""), {413}),
        ("expect something else", post(LENGTH + b"Expect: 200-maybe\r\n"), {417, 400}),
    ],
)  # fmt: skip
def test_sizes_have_limits(gateway, provider, token, name, data, status):
    assert first_status(gateway.port, data.replace(b"@KEY", token().encode())) in status, name
    assert provider.received == []


BODIES = {
    "no JSON": b"hello",
    "empty": b"",
    "an array": b"[]",
    "cut": BODY[:-3],
    "two values": BODY + BODY,
    "duplicate model": b'{"model":"gpt-4.1","model":"deepseek-v3.2","messages":[]}',
    "duplicate model, one escaped": b'{"model":"gpt-4.1","mod\\u0065l":"deepseek-v3.2","messages":[]}',
    "too deep": b'{"model":"gpt-4.1","a":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "bad UTF-8": b'{"model":"gpt-4.1","a":"\xff\xfe"}',
    "control character in a string": b'{"model":"gpt-4.1","a":"\x01"}',
    "a byte order mark": b"\xef\xbb\xbf" + BODY,
    "single quotes": b"{'model':'gpt-4.1'}",
    "trailing comma": b'{"model":"gpt-4.1",}',
    "a comment": b'{"model":"gpt-4.1"/*x*/}',
    "NaN": b'{"model":"gpt-4.1","a":NaN}',
    "leading zero": b'{"model":"gpt-4.1","a":01}',
    "lone surrogate in the model": b'{"model":"\\ud800"}',
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_two_readers_could_read_differently_is_refused(gateway, provider, token, name):
    answer = call(gateway.port, token(), BODIES[name])
    assert answer.status in (400, 404), answer
    assert answer.headers["x-tollgate-error-source"] == "gateway"
    assert provider.received == []


@pytest.mark.parametrize(
    "path",
    [
        "//v1/chat/completions", "/v1//chat/completions", "/v1/./chat/completions", "/v1/x/../chat/completions",
        "/v1/chat/completions/", "/v1/chat/completions;a=b", "/v1/chat%2fcompletions", "/v1/%63hat/completions",
        "/V1/chat/completions", "/v1/chat/completions/..;/", "/health/../v1/chat/completions", "/health;/v1/models",
        "/healthz/", "/%2e%2e/v1/chat/completions",
    ],
)  # fmt: skip
def test_no_spelling_of_a_path_goes_round_the_key(gateway, provider, path):
    answer = call(gateway.port, None, path=path)
    assert answer.status in (400, 401, 403, 404), answer
    assert answer.status != 404 or b"chat" not in answer.body
    assert provider.received == []


def test_each_pipelined_request_is_judged_by_its_own_key(gateway, provider, token):
    good = request_bytes(chat_body(user="pipelined"), token())
    bad = request_bytes(chat_body(user="pipelined"), "tg_AAAAAAAA_" + "B" * 38)
    with Wire(gateway.port) as wire:
        order = [good, bad, bad, good, bad, good] * 20
        sender = threading.Thread(target=wire.send, args=(b"".join(order),))
        sender.start()
        statuses = [wire.answer().status for _ in order]
        sender.join()
    assert statuses == [200 if data is good else 401 for data in order]
    assert len(provider.requests_of("pipelined")) == 60
    assert provider.faults == []


def test_hop_by_hop_fields_and_credentials_stay_here(gateway, provider, token):
    extra = (
        "Connection: keep-alive, X-Secret-Hop\r\nX-Secret-Hop: 1\r\nProxy-Authorization: Basic eA==\r\n"
        "Cookie: a=b\r\nTE: trailers\r\nUpgrade: websocket\r\nX_Under: 1\r\nX-Forwarded-For: 1.2.3.4\r\n"
        "OpenAI-Organization: org-1\r\n"
    )
    assert call(gateway.port, token(), extra=extra).status == 200
    names = {name for name, _ in provider.received[0].headers}
    assert not names & {"x-secret-hop", "proxy-authorization", "te", "upgrade", "x_under", "cookie", "connection"}
    assert provider.received[0].header("authorization").startswith("Bearer sk-provider")


def test_a_bad_key_is_refused_before_a_byte_of_the_body_is_read(gateway):
    with Wire(gateway.port) as wire:
        wire.send(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer nonsense\r\n"
            b"Expect: 100-continue\r\nContent-Length: 1000000\r\n\r\n"
        )
        assert wire.rest().startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize(
    "key", ["' OR 1=1 --", "tg_" + "a" * 8000, "tg_AAAAAAAA_" + "é" * 38, "nil", "undefined", "Basic", "%00", "tg_"]
)
def test_nonsense_keys_get_the_same_refusal(gateway, key):
    answer = call(gateway.port, key)
    assert (answer.status, answer.code) == (401, "invalid_api_key")
    assert key == "tg_" or key not in answer.body.decode()


MUTATION_COUNT = 10_000


def mutate(chance: random.Random, data: bytes) -> bytes:
    """`data` with one to four random changes."""
    result = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(result))
        kind = chance.randrange(7)
        if kind == 0:
            result[at] = chance.randrange(256)
        elif kind == 1:
            del result[at : at + chance.randint(1, 20)]
        elif kind == 2:
            result[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
        elif kind == 3:
            result[at:at] = chance.choice([b"\r\n", b"\n", b"\0", b":", b" ", b"\t", b"%00", b"chunked", b"\r", b"\"", b"{"])
        elif kind == 4:
            start = chance.randrange(len(result))
            result[at:at] = result[start : start + chance.randint(1, 60)]
        elif kind == 5:
            result[at] ^= 1 << chance.randrange(8)
        else:
            del result[at:]
        if not result:
            result = bytearray(b"x")
    return bytes(result)


@pytest.mark.long
def test_ten_thousand_mutated_requests_leave_the_same_process_and_nothing_wrong_forwarded(gateway, provider):
    key = gateway.key("app")[0].encode()
    # Mostly text, so that many a change still leaves a proper request.
    body = json.dumps(chat_body(messages=[{"role": "user", "content": "say hello " * 60}])).encode()
    plain = post(b"Content-Length: %d\r\n" % len(body), body).replace(b"@KEY", key)
    chunks = b"%x\r\n" % 100 + body[:100] + b"\r\n%x\r\n" % (len(body) - 100) + body[100:] + b"\r\n0\r\n\r\n"
    chunked = post(b"Transfer-Encoding: chunked\r\n", chunks).replace(b"@KEY", key)
    unknown = post(LENGTH + b"X-Marked: unknown\r\n").replace(b"@KEY", b"tg_AAAAAAAA_" + b"B" * 38)
    pid, before = gateway.pid, gateway.memory_kb()
    broken: list[str] = []

    def attack(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(MUTATION_COUNT // 25):
            data = mutate(chance, chance.choice([plain, chunked, unknown]))
            try:
                first_status(gateway.port, data)
            except TimeoutError:
                broken.append(f"no end after {data[:200]!r}")
            except OSError:
                pass

    threads = [threading.Thread(target=attack, args=(seed,)) for seed in range(25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    assert gateway.is_alive() and gateway.pid == pid
    assert gateway.memory_kb() - before < 64 * 1024
    # What came through was well-formed, with our credential and never with the unknown key's mark.
    assert provider.faults == []
    assert [request for request in provider.received if request.header("x-marked")] == []
    assert call(gateway.port, key.decode()).status == 200
    assert gateway.stop() == 0
    rows = gateway.records()
    forwarded = [row for row in rows if row["upstream_status"] == 200]
    assert len(provider.received) >= len(forwarded) > 100
    assert {row["client"] for row in forwarded} == {"app"}


def test_what_is_open_needs_no_key_and_nothing_else_is(gateway):
    for path in ("/health", "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"):
        assert get(gateway.port, path).status == 200, path
    for path in ("/v1/models", "/v1/me", "/", "/admin", "/v1/", "/metrics/x", "/favicon.ico"):
        assert get(gateway.port, path).status == 401, path
    assert get(gateway.port, "/metrics", extra="X-Forwarded-For: 127.0.0.1\r\n").status == 403
