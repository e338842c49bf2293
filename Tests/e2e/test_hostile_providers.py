"""Providers that break every rule: the caller gets a true error, the process lives, no key leaks, no money is lost."""

from __future__ import annotations

import base64
import json
import random
import socket
import ssl
import subprocess
import threading
import time

import pytest

from support.gateway import wait_until
from support.provider import PROVIDER_KEY
from support.wire import Stream, Wire, call, chat_body, request_bytes


def raw(*pieces: bytes, **more: object) -> dict:
    return {"kind": "raw", "pieces": [base64.b64encode(piece).decode() for piece in pieces], **more}


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("name", "script", "status"),
    [
        ("closes at once", raw(), 502),
        ("half a head", raw(b"HTTP/1.1 200 O"), 502),
        ("not HTTP", raw(b"hello there\r\n\r\n"), 502),
        ("two lengths", raw(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), 502),
        ("length and chunked", raw(OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 502),
        ("negative length", raw(OK + b"Content-Length: -2\r\n\r\n{}"), 502),
        ("control character in a field", raw(OK + b"X: a\0b\r\nContent-Length: 2\r\n\r\n{}"), 502),
        ("a head without an end", raw(OK + b"X: " + b"a" * 300_000), 502),
        ("status 999", raw(b"HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n"), 502),
        ("status 42", raw(b"HTTP/1.1 42 X\r\nContent-Length: 0\r\n\r\n"), 502),
        ("status 101", raw(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), 502),
        ("a redirect", {"kind": "status", "status": 302, "headers": ["Location: http://127.0.0.1:1/"]}, 502),
        ("our credential refused", {"kind": "status", "status": 401}, 502),
        ("our credential forbidden", {"kind": "status", "status": 403}, 502),
        ("a timeout of its own", {"kind": "status", "status": 408}, None),
        ("a server error", {"kind": "status", "status": 500}, 502),
        ("overloaded", {"kind": "status", "status": 529}, 503),
        ("away", {"kind": "status", "status": 503}, 503),
    ],
)  # fmt: skip
def test_a_broken_answer_is_a_true_error(gateway, token, name, script, status):
    answer = call(gateway.port, token(), chat_body(script=script))
    assert answer.status >= 400 and answer.status in (status, answer.status if status is None else status)
    assert answer.headers["x-tollgate-error-source"] == "upstream"
    assert answer.json["error"]["message"]
    if status == 503:
        assert int(answer.headers["retry-after"]) >= 1
    assert call(gateway.port, token()).status == 200


@pytest.mark.parametrize("status", [400, 404, 409, 413, 422, 429])
def test_our_credential_never_comes_back_in_an_error(gateway, token, status):
    body = {"error": {"message": "Incorrect key {key} in Bearer {key}", "code": "x", "type": "y"}}
    answer = call(gateway.port, token(), chat_body(script={"kind": "status", "status": status, "body": body}))
    assert answer.status == status
    assert PROVIDER_KEY.encode() not in answer.body
    assert b"Incorrect key" in answer.body
    gateway.stop()
    for path in gateway.data.iterdir():
        if path.is_file():
            assert PROVIDER_KEY.encode() not in path.read_bytes(), path.name
    assert PROVIDER_KEY not in gateway.errors.read_text()


@pytest.mark.parametrize("size", [7, 300_000])
def test_a_body_that_ends_short_never_looks_complete(gateway, token, size):
    script = raw(OK + b"Content-Length: 1000000\r\n\r\n" + b"x" * size)
    with Wire(gateway.port) as wire:
        wire.send(request_bytes(chat_body(script=script), token()))
        status, headers = wire.head()
        data = wire.rest() if status == 200 else b""
    # Either nothing had been passed on yet and the error is told, or the connection ends before the announced length.
    assert status == 502 or (status == 200 and len(data) < int(headers["content-length"]))
    row = gateway.wait_for_records(1)[0]
    assert row["error"] and row["usage_source"] == "partial" and row["cost_nano_usd"] > 0


@pytest.mark.parametrize(
    ("name", "tail"),
    [
        ("reset", b""),
        ("bad chunk size", b"zz\r\n"),
        ("chunk without its end", b"3\r\nabcXX"),
        ("chunk size over 64 bits", b"ffffffffffffffffff\r\n"),
    ],
)
def test_a_cut_stream_never_looks_complete_and_is_billed(gateway, token, name, tail):
    event = b'data: {"choices":[{"index":0,"delta":{"content":"hello"}}]}\n\n'
    script = raw(SSE + b"%x\r\n" % len(event) + event + b"\r\n" + tail)
    with Wire(gateway.port) as wire:
        wire.send(request_bytes(chat_body(stream=True, script=script), token()))
        status, _ = wire.head()
        data = wire.rest()
    assert status == 200
    assert b"hello" in data and b"[DONE]" not in data
    row = gateway.wait_for_records(1)[0]
    assert row["status"] == 200 and row["error"] and row["usage_source"] == "partial"
    assert row["output_tokens"] >= 1 and row["cost_nano_usd"] > 0


def test_a_proper_stream_without_done_passes_unchanged(gateway, token):
    stream = Stream(gateway.port, token(), {"chunks": 2, "no_done": True})
    data = stream.read_to_end()
    assert stream.is_whole and b"word1" in data and b"[DONE]" not in data


def test_a_provider_that_never_answers_is_a_timeout(make_gateway, token):
    gateway = make_gateway(first_token="400ms")
    answer = call(gateway.port, token(), chat_body(stream=True, script={"kind": "hang"}))
    assert (answer.status, answer.code) == (504, "upstream_timeout")
    assert answer.headers["x-should-retry"] == "false"
    assert 0.3 < answer.seconds < 2


def test_a_provider_that_is_not_there_is_unavailable(make_gateway, token):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        gateway = make_gateway(url=url)
        answer = call(gateway.port, token())
    assert (answer.status, answer.code) == (503, "upstream_unavailable")
    assert int(answer.headers["retry-after"]) >= 1


def test_a_trickling_answer_arrives_whole(gateway, token):
    answer = call(gateway.port, token(), chat_body(script={"kind": "trickle", "interval": 0.002}))
    assert (answer.status, answer.body) == (200, b"{}")
    row = gateway.wait_for_records(1)[0]
    assert row["usage_source"] == "estimated" and row["cost_nano_usd"] > 0


@pytest.mark.parametrize(
    "usage",
    [
        b'{"prompt_tokens":-5,"completion_tokens":1}', b'{"prompt_tokens":1e400,"completion_tokens":1}',
        b'{"prompt_tokens":9223372036854775807,"completion_tokens":9223372036854775807}',
        b'{"prompt_tokens":"12","completion_tokens":null}', b"[]", b"null", b'{"prompt_tokens":1.5}',
        b'{"prompt_tokens":99999999999999999999999999,"completion_tokens":2}',
    ],
)  # fmt: skip
def test_unbelievable_usage_is_estimated_instead(gateway, token, usage):
    content = b'{"choices":[{"message":{"content":"hello"}}],"usage":' + usage + b"}"
    answer = call(gateway.port, token(), chat_body(script=raw(OK + b"Content-Length: %d\r\n\r\n" % len(content), content)))
    assert answer.status == 200 and answer.body == content
    row = gateway.wait_for_records(1)[0]
    assert row["usage_source"] == "estimated"
    assert 0 < row["cost_nano_usd"] < 10**9 and 0 < row["input_tokens"] < 1000


def test_a_caller_who_leaves_cancels_the_provider_and_still_pays(gateway, provider, token):
    stream = Stream(gateway.port, token(), {"chunks": 10_000, "interval": 0.01})
    stream.wait_for(b"word3")
    assert provider.open == 1
    stream.close()
    wait_until(lambda: provider.open == 0)
    row = gateway.wait_for_records(1)[0]
    assert row["usage_source"] == "partial" and row["output_tokens"] >= 3 and row["cost_nano_usd"] > 0


def mutated_answer(chance: random.Random) -> dict:
    """A script: some proper answer with random damage, in random pieces."""
    content = b'{"choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":5,"completion_tokens":2}}'
    whole = OK + b"Content-Length: %d\r\n\r\n" % len(content) + content
    event = b'data: {"choices":[{"index":0,"delta":{"content":"hello"}}]}\n\ndata: [DONE]\n\n'
    stream = SSE + b"%x\r\n" % len(event) + event + b"\r\n0\r\n\r\n"
    data = bytearray(chance.choice([whole, stream]))
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(data))
        kind = chance.randrange(4)
        if kind == 0:
            data[at] = chance.randrange(256)
        elif kind == 1:
            del data[at : at + chance.randint(1, 30)]
        elif kind == 2:
            data[at:at] = chance.choice([b"\r\n", b"\n", b"\0", b"\x1b[2J", b"Content-Length: 5\r\n", b"9" * 30, b'"'])
        else:
            data[at:at] = data[: chance.randint(1, 80)]
        data = data or bytearray(b"x")
    cut = chance.randrange(len(data))
    return raw(bytes(data[:cut]), bytes(data[cut:]))


@pytest.mark.long
def test_ten_thousand_mutated_answers_leave_the_same_process(make_gateway, provider, token):
    gateway = make_gateway(first_token="2s", idle="2s")
    key = token()
    before = gateway.memory_kb()
    statuses: dict[int, int] = {}
    hung: list[dict] = []

    def attack(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(1250):
            script = mutated_answer(chance)
            with Wire(gateway.port, timeout=15) as wire:
                wire.send(request_bytes(chat_body(stream=chance.random() < 0.5, script=script), key, extra="Connection: close\r\n"))
                try:
                    data = wire.rest()
                except TimeoutError:
                    hung.append(script)
                    continue
                status = int(data.split(b" ", 2)[1]) if data.startswith(b"HTTP/1.1 ") else 0
                statuses[status] = statuses.get(status, 0) + 1

    threads = [threading.Thread(target=attack, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert hung == []
    assert gateway.is_alive()
    assert gateway.memory_kb() - before < 64 * 1024
    assert sum(statuses.values()) == 10_000
    errors = {status for status in statuses if not 200 <= status < 300}
    assert errors <= {400, 404, 409, 413, 422, 429, 502, 503, 504}, statuses
    assert statuses[200] > 100 and statuses[502] > 100
    assert call(gateway.port, key).status == 200
    rows = gateway.wait_for_records(10_001)
    assert all(row["cost_nano_usd"] >= 0 for row in rows)
    assert "\x1b" not in (gateway.data / "requests.jsonl").read_text()


@pytest.fixture
def tls_provider(tmp_path):
    """Starts a provider behind TLS with a certificate of its own for `names`: its port and the certificate's file."""

    def start(names: str) -> tuple[int, str]:
        certificate, key = str(tmp_path / "certificate.pem"), str(tmp_path / "key.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
             "-days", "2", "-subj", "/CN=provider", "-addext", f"subjectAltName={names}"],
            check=True, capture_output=True,
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        listener = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                try:
                    connection = context.wrap_socket(listener.accept()[0], server_side=True)
                    connection.recv(65536)
                    connection.sendall(OK + b"Content-Length: 2\r\n\r\n{}")
                except OSError:
                    continue

        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1], certificate

    return start


@pytest.mark.parametrize(
    ("names", "trusts", "status", "failure"),
    [
        ("IP:127.0.0.1", True, 200, None),
        ("IP:127.0.0.1", False, 503, "the certificate is not trusted or expired"),
        ("DNS:other.example", True, 503, "the certificate is for another name"),
    ],
)
def test_a_provider_behind_a_private_authority_proves_itself(
    make_gateway, token, tls_provider, names, trusts, status, failure
):
    port, certificate = tls_provider(names)
    gateway = make_gateway(False, url=f"https://127.0.0.1:{port}/v1")
    gateway.start(**({"SSL_CERT_FILE": certificate} if trusts else {}))
    answer = call(gateway.port, token())
    assert answer.status == status
    if failure:
        wait_until(lambda: failure in json.dumps(gateway.snapshot()["upstreams"]))


def test_a_provider_that_thinks_after_its_head_has_the_time_of_a_first_token(make_gateway, token):
    gateway = make_gateway(first_token="10s", idle="1s")
    chunk = b'data: {"choices":[{"delta":{"content":"hi"}}]}\n\ndata: [DONE]\n\n'
    script = raw(SSE, b"%x\r\n%s\r\n0\r\n\r\n" % (len(chunk), chunk), gap=2)
    answer = call(gateway.port, token(), chat_body(stream=True, script=script))
    assert answer.body == chunk


def test_a_hundred_slow_readers_of_long_answers_cost_little_memory(make_gateway, token):
    body = json.dumps({"choices": [{"message": {"content": "x" * 5_000_000}}]}).encode()
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)

    def serve(connection: socket.socket) -> None:
        try:
            connection.recv(65536)
            connection.sendall(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        except OSError:
            pass

    def accept() -> None:
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    gateway = make_gateway(url=f"http://127.0.0.1:{listener.getsockname()[1]}/v1")
    key = token()
    call(gateway.port, key, chat_body(model="none"))
    before = gateway.memory_kb("VmRSS")
    readers = []
    for _ in range(100):
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(("127.0.0.1", gateway.port))
        reader.sendall(request_bytes(chat_body(), key))
        readers.append(reader)
    for reader in readers:
        reader.settimeout(10)
        assert reader.recv(1024)
    time.sleep(1)
    grown = gateway.memory_kb("VmRSS") - before
    for reader in readers:
        reader.close()
    assert grown < 20 * 1024, f"{grown} kB"


@pytest.mark.parametrize("options", [None, {"include_usage": True}])
def test_the_reason_of_a_cut_can_be_read_where_the_provider_stopped_within_an_event(make_gateway, token, options):
    gateway = make_gateway(idle="1s")
    piece = b'data: {"choices":[{"delta":{"content":"hi"}}]}\n\ndata: {"cho'
    script = raw(SSE, b"%x\r\n%s\r\n" % (len(piece), piece), lingers=True)
    with Wire(gateway.port) as wire:
        wire.send(request_bytes(chat_body(stream=True, stream_options=options, script=script), token()))
        assert wire.head()[0] == 200
        data = b""
        with pytest.raises(EOFError):
            for chunk in wire.chunks():
                data += chunk
    first, last = data.split(b"\n\n", 1)
    assert first == piece.split(b"\n\n")[0]
    assert json.loads(last.removeprefix(b"data: "))["error"]["code"] == "upstream_timeout"
