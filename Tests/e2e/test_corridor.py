"""What passes through: bytes, headers, streams, and what is metered on the way."""

from __future__ import annotations

import json
import os
import time

import pytest

from support.gateway import wait_until
from support.wire import Stream, Wire, call, chat_body, get, request_bytes


def test_the_body_arrives_byte_for_byte(gateway, provider, token):
    body = b'{ "model" : "gpt-4.1" ,\n\t"messages":[{"role":"user","content":"h\\u00e9llo \xe2\x9c\x93"}], "x": 1e5, "script":{}}'
    assert call(gateway.port, token(), body).status == 200
    assert provider.received[-1].body == body


@pytest.mark.parametrize("pieces", [1, 7, 1000])
def test_a_chunked_body_arrives_whole(gateway, provider, token, pieces):
    body = json.dumps(chat_body(padding="x" * 5000)).encode()
    size = -(-len(body) // pieces)
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    head = request_bytes(None, token(), method="POST", extra="Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n")
    with Wire(gateway.port) as wire:
        wire.send(head + b"".join(b"%x\r\n" % len(part) + part + b"\r\n" for part in parts) + b"0\r\nX-Trailer: 1\r\n\r\n")
        assert wire.answer().status == 200
    assert provider.received[-1].body == body
    assert provider.received[-1].header("x-trailer") is None
    assert provider.faults == []


def test_bytes_that_come_one_by_one_are_understood(gateway, provider, token):
    data = request_bytes(chat_body(), token())
    with Wire(gateway.port) as wire:
        for byte in data:
            wire.send(bytes([byte]))
        assert wire.answer().status == 200


def test_a_large_body_passes_and_memory_goes_back(gateway, provider, token):
    body = json.dumps(chat_body(padding=os.urandom(4_000_000).hex())).encode()
    key = token()
    for _ in range(3):
        assert call(gateway.port, key, body).status == 200
    assert provider.received[-1].body == body
    assert gateway.memory_kb() < 200 * 1024


def test_the_wish_to_go_on_is_answered_for_a_good_key(gateway, token):
    body = json.dumps(chat_body()).encode()
    head, _, _ = request_bytes(body, token(), extra="Expect: 100-continue\r\n").partition(b"\r\n\r\n")
    with Wire(gateway.port) as wire:
        wire.send(head + b"\r\n\r\n")
        assert wire._until(b"\r\n\r\n").startswith(b"HTTP/1.1 100")
        wire.send(body)
        assert wire.answer().status == 200


def test_old_and_closing_clients_are_answered_and_closed(gateway, token):
    body = json.dumps(chat_body()).encode()
    for version, extra in (("1.0", ""), ("1.1", "Connection: close\r\n")):
        data = request_bytes(body, token(), extra=extra).replace(b"HTTP/1.1", b"HTTP/" + version.encode(), 1)
        with Wire(gateway.port) as wire:
            wire.send(data)
            answer = wire.rest()
        assert answer.split(b" ")[1] == b"200" and b'"hello"' in answer


def test_an_old_client_gets_a_stream_without_chunks(gateway, token):
    body = chat_body(stream=True, script={"kind": "stream", "chunks": 3})
    with Wire(gateway.port) as wire:
        wire.send(request_bytes(body, token()).replace(b"HTTP/1.1", b"HTTP/1.0", 1))
        head, _, data = wire.rest().partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head.lower()
    assert data.startswith(b"data: ") and data.endswith(b"data: [DONE]\n\n")


def test_a_head_request_has_no_body(gateway):
    with Wire(gateway.port) as wire:
        wire.send(request_bytes(None, None, "/health", "HEAD") + request_bytes(None, None, "/healthz", "GET"))
        status, headers = wire.head()
        assert status == 200 and int(headers["content-length"]) > 0
        assert wire.answer().json


def test_many_requests_share_a_connection_on_both_sides(gateway, provider, token):
    key = token()
    with Wire(gateway.port) as wire:
        for _ in range(200):
            wire.send(request_bytes(chat_body(), key))
            assert wire.answer().status == 200
    assert gateway.descriptors() < 60


def test_the_providers_private_headers_stay_there(gateway, token):
    script = {"headers": ["Set-Cookie: a=b", "Server: secret/1", "X-Model-Build: 7", "Connection: X-Hop", "X-Hop: 1",
                          "openai-processing-ms: 12"]}  # fmt: skip
    answer = call(gateway.port, token(), chat_body(script=script))
    assert answer.status == 200
    assert not {"set-cookie", "server", "x-hop"} & set(answer.headers)
    assert answer.headers.get("openai-processing-ms") == "12"


@pytest.mark.parametrize("options", [None, {"include_usage": False}, {"include_usage": True}])
def test_usage_is_always_asked_for_and_shown_only_to_who_asked(gateway, provider, token, options):
    body = {"stream_options": options} if options else {}
    stream = Stream(gateway.port, token(), {"usage": {"input": 42, "output": 9}}, **body)
    data = stream.read_to_end()
    assert stream.is_whole and data.endswith(b"data: [DONE]\n\n")
    assert provider.received[-1].json["stream_options"]["include_usage"] is True
    assert (b'"prompt_tokens": 42' in data) == (options == {"include_usage": True})
    row = gateway.wait_for_records(1)[0]
    assert (row["input_tokens"], row["output_tokens"], row["usage_source"]) == (42, 9, "reported")


def test_a_stream_without_usage_is_estimated(gateway, token):
    stream = Stream(gateway.port, token(), {"chunks": 10, "word": "four letters each "}, stream_options={})
    stream.read_to_end()
    stream = Stream(gateway.port, token(), {"chunks": 10, "no_usage": True})
    stream.read_to_end()
    row = gateway.wait_for_records(2)[-1]
    assert row["usage_source"] == "estimated" and row["output_tokens"] >= 10 and row["cost_nano_usd"] > 0


def test_every_route_is_metered(gateway, token):
    key = token()
    usage = {"input": 1000, "output": 100, "cached": 400, "reasoning": 50}
    for path in ("/v1/chat/completions", "/v1/completions", "/v1/responses"):
        body = chat_body(script={"kind": "whole", "usage": usage}, prompt="x", input="x")
        assert call(gateway.port, key, body, path).status == 200
    body = {"model": "text-embedding-3-small", "input": "x", "script": {"kind": "whole", "usage": usage}}
    assert call(gateway.port, key, body, "/v1/embeddings").status == 200
    rows = gateway.wait_for_records(4)
    costs = {row["path"]: row["cost_nano_usd"] for row in rows}
    expected = 600 * 8000 + 400 * 2000 + 100 * 32000
    assert costs == {
        "/v1/chat/completions": expected, "/v1/completions": expected, "/v1/responses": expected,
        "/v1/embeddings": 1000 * 20,
    }  # fmt: skip


def test_a_request_id_from_outside_is_kept_where_it_is_decent(gateway, provider, token):
    for given, kept in (("abc-1.2", True), ("x" * 200, True), ("x" * 201, False), ("a b", False), ("\xe9", False)):
        answer = call(gateway.port, token(), extra=f"X-Request-ID: {given}\r\n")
        assert (answer.headers["x-request-id"] == given) == kept, given
        assert provider.received[-1].header("x-request-id") == answer.headers["x-request-id"]


def test_every_header_of_a_key_is_understood(gateway):
    key, _ = gateway.key("app")
    body = json.dumps(chat_body()).encode()
    for name in ("X-API-Key", "api-key", "x-goog-api-key", "AUTHORIZATION"):
        value = f"bearer {key}" if name == "AUTHORIZATION" else key
        data = request_bytes(body, None, extra=f"{name}: {value}\r\n")
        with Wire(gateway.port) as wire:
            wire.send(data)
            assert wire.answer().status == 200, name
    both = call(gateway.port, key, body, extra=f"X-API-Key: {key}\r\n")
    assert both.status == 200, "the same credential twice is one credential"


def test_the_caller_sees_its_own_limits(gateway):
    key, _ = gateway.key("app", "--tier", "small")
    assert call(gateway.port, key).status == 200
    me = get(gateway.port, "/v1/me", key).json
    assert me["client"] == "app" and me["tier"] == "small"
    limit = next(row for row in me["limits"] if row["kind"] == "requests")
    assert (limit["limit"], limit["used"], limit["remaining"]) == (3, 1, 2)
    cost = gateway.wait_for_records(1)[0]["cost_nano_usd"]
    assert cost > 0 and me["spend"] == {"hour_nano_usd": cost, "day_nano_usd": cost, "month_nano_usd": cost}


def test_only_named_paths_pass_through(make_gateway, provider, token):
    gateway = make_gateway(more="passthrough: [/v1/files, /v1/audio/*]\n")
    key = token()
    assert get(gateway.port, "/v1/files", key).status == 200
    data = request_bytes(b"not json at all", key, "/v1/audio/speech").replace(b"application/json", b"audio/mpeg")
    with Wire(gateway.port) as wire:
        wire.send(data)
        assert wire.answer().status == 200
    assert provider.received[-1].body == b"not json at all"
    for path in ("/v1/files/../admin", "/v1/filesx", "/v1/assistants", "/v1/audio"):
        assert get(gateway.port, path, key).status in (400, 403, 404), path
    assert len(provider.received) == 2


def test_metrics_count_what_happened_and_name_each_series_once(gateway, token):
    names = ("app", "other", 'quo"te', "back\\slash", "-")
    for name in names:
        assert call(gateway.port, token(client=name)).status == 200
    call(gateway.port, "nonsense")

    def series() -> dict[str, str] | None:
        lines = [line for line in get(gateway.port, "/metrics").body.decode().splitlines() if not line.startswith("#")]
        found = dict(line.rsplit(" ", 1) for line in lines)
        assert len(found) == len(lines), "a series stands there twice"
        return found if found["tollgate_arrivals_total"] == "6" else None

    found = wait_until(series, timeout=5, every=0.1)
    assert found["tollgate_forwarded_total"] == "5"
    assert found['tollgate_responses_total{status_class="4xx"}'] == "1"
    assert found['tollgate_refused_total{reason="invalid_api_key"}'] == "1"
    assert float(found["tollgate_cost_usd_total"]) > 0


def test_the_description_of_the_interface_is_true(gateway, token):
    document = get(gateway.port, "/openapi.json").json
    assert document["openapi"].startswith("3.")
    assert {"/v1/chat/completions", "/v1/models", "/health"} <= set(document["paths"])
    assert b"<html" in get(gateway.port, "/docs").body.lower()


def test_a_gateway_that_idles_is_small_and_quiet(gateway):
    time.sleep(1)
    assert gateway.memory_kb("VmRSS") < 60 * 1024
    before = cpu_ticks(gateway.pid)
    time.sleep(2)
    assert cpu_ticks(gateway.pid) - before <= 4


def cpu_ticks(pid: int) -> int:
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])
