"""Clients that are slow on purpose: bounded in time and memory, and unnoticed by everybody else."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import time

import pytest

from support.wire import Stream, Wire, chat_body, request_bytes


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure(port: int, key: str, count: int) -> list[float]:
    """Seconds of each of `count` requests on one connection."""
    data = request_bytes(chat_body(), key)
    seconds = []
    with Wire(port) as wire:
        for _ in range(count):
            began = time.perf_counter()
            wire.send(data)
            assert wire.answer().status == 200
            seconds.append(time.perf_counter() - began)
    return seconds


def calm_p99(port: int, key: str) -> float:
    """The p99 of the calmest of some rounds: what else this machine does meanwhile is not the gateway's."""
    return min(percentile(measure(port, key, 1000), 0.99) for _ in range(4))


@pytest.mark.timing
@pytest.mark.long
def test_500_slow_clients_leave_a_normal_clients_p99_alone(gateway, token):
    key = token()
    measure(gateway.port, key, 500)
    before = gateway.memory_kb("VmRSS")
    seen = []
    # Other programs of the machine may spoil a comparison, not four.
    for _ in range(4):
        quiet = calm_p99(gateway.port, key)
        slow = subprocess.Popen(
            [sys.executable, pathlib.Path(__file__).parent / "support" / "slow.py", str(gateway.port), token("s"), "500"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        try:
            assert slow.stdout.readline() == b"ready\n"
            busy = calm_p99(gateway.port, key)
            assert gateway.memory_kb("VmRSS") - before < 40 * 1024
        finally:
            slow.communicate()
        seen.append(f"{quiet * 1000:.2f} -> {busy * 1000:.2f} ms")
        if busy <= 2 * quiet + 0.0005:
            break
    else:
        pytest.fail(f"p99 quiet and with 500 slow clients: {seen}")
    print(f"p99 quiet and with 500 slow clients: {seen}")
    assert gateway.is_alive()


@pytest.mark.long
def test_a_head_that_does_not_come_is_given_up_after_ten_seconds(gateway, token):
    with Wire(gateway.port, timeout=20) as wire:
        wire.send(b"POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nX-A: ")
        began = time.monotonic()
        answer = wire.rest()
        assert 8 < time.monotonic() - began < 14
        assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.long
def test_a_body_that_crawls_is_given_up(gateway, token):
    """Under 1 KB/s a body has at most 60 s; one that stands still is given up well before the test's own end."""
    with Wire(gateway.port, timeout=90) as wire:
        wire.send(
            f"POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer {token()}\r\n"
            "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{".encode()
        )
        began = time.monotonic()
        answer = wire.rest()
        assert time.monotonic() - began < 75
        assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.timing
def test_readers_who_do_not_read_hold_back_the_provider_and_not_the_memory(gateway, token):
    key = token()
    before = gateway.memory_kb("VmRSS")
    script = {"chunks": 500, "word": "x" * 40_000}
    streams = [Stream(gateway.port, key, script) for _ in range(20)]
    # Each would be 20 MB; a fast reader meanwhile gets all of its own.
    fast = Stream(gateway.port, key, {"chunks": 100, "word": "x" * 40_000})
    fast.read_to_end()
    assert fast.is_whole
    grown = gateway.memory_kb("VmRSS") - before
    for stream in streams:
        stream.close()
    assert grown < 60 * 1024, f"{grown} KB"


def test_a_storm_of_connections_that_leave_at_once_is_survived(gateway, token):
    key = token()
    data = request_bytes(chat_body(stream=True, script={"kind": "stream", "chunks": 50, "interval": 0.01}), key)
    for part in (0, 20, len(data) // 2, len(data)):
        for _ in range(100):
            with Wire(gateway.port) as wire:
                wire.send(data[:part])
    assert len(measure(gateway.port, key, 50)) == 50
