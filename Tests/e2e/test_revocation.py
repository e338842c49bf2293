"""Revoke and suspend that are true: the next request is refused, open streams end, nobody else notices."""

from __future__ import annotations

import json
import signal
import sqlite3
import threading
import time

import pytest

from support.wire import Stream, call

REFUSED = {"keys": (401, "key_revoked"), "clients": (403, "client_suspended")}


def act(gateway, what: str, key_id: str, client: str) -> dict:
    if what == "keys":
        return gateway.json("keys", "revoke", key_id)
    return gateway.json("clients", "suspend", client)


def take_back(gateway, what: str, key_id: str, client: str) -> None:
    if what == "keys":
        gateway.json("keys", "restore", key_id)
    else:
        gateway.json("clients", "resume", client)


@pytest.mark.parametrize("what", ["keys", "clients"])
def test_the_next_request_is_refused_and_open_streams_end(gateway, provider, what):
    key, key_id = gateway.key("acme")
    other, _ = gateway.key("other")
    mine = [Stream(gateway.port, key, {"chunks": 500, "interval": 0.02}) for _ in range(3)]
    theirs = Stream(gateway.port, other, {"chunks": 120, "interval": 0.02})
    readers = [threading.Thread(target=stream.read_to_end) for stream in (*mine, theirs)]
    for stream in mine:
        stream.wait_for(b"word2")
    for reader in readers:
        reader.start()

    outcome = act(gateway, what, key_id, "acme")
    done = time.monotonic()
    status, code = REFUSED[what]
    refused = call(gateway.port, key)
    assert time.monotonic() - done < 0.1 + refused.seconds
    assert (refused.status, refused.code) == (status, code)
    assert outcome["streams_ended"] == 3
    for reader in readers:
        reader.join(10)
    for stream in mine:
        assert stream.ended_at - done < 1
        assert json.loads(stream.last_event.removeprefix(b"data: "))["error"]["code"] == code
        assert b"[DONE]" not in stream.data
    assert theirs.is_whole and theirs.data.endswith(b"data: [DONE]\n\n")

    rows = {row["request_id"]: row for row in gateway.wait_for_records(5)}
    for stream in mine:
        row = rows[stream.headers["x-request-id"]]
        assert (row["status"], row["error"], row["usage_source"]) == (200, code, "partial")
        assert row["output_tokens"] >= 3 and row["cost_nano_usd"] > 0

    take_back(gateway, what, key_id, "acme")
    assert call(gateway.port, key).status == 200


@pytest.mark.timing
def test_from_the_command_to_the_refusal_within_100_ms(gateway):
    """While requests run without a pause, none that is sent 100 ms after the command has answered is let through."""
    key, key_id = gateway.key("acme")
    sent: list[tuple[float, int]] = []
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            at = time.monotonic()
            sent.append((at, call(gateway.port, key).status))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    gateway.json("keys", "revoke", key_id)
    done = time.monotonic()
    time.sleep(0.3)
    stop.set()
    for thread in threads:
        thread.join()
    late = [status for at, status in sent if at > done]
    assert len(late) > 10 and set(late) == {401}
    assert {status for _, status in sent} <= {200, 401}


@pytest.mark.parametrize("what", ["keys", "clients"])
def test_it_survives_a_restart_and_a_kill(gateway, what):
    key, key_id = gateway.key("acme")
    act(gateway, what, key_id, "acme")
    gateway.kill()
    gateway.start()
    assert (call(gateway.port, key).status, call(gateway.port, key).code) == REFUSED[what]
    gateway.stop()
    gateway.start()
    assert call(gateway.port, key).status == REFUSED[what][0]
    gateway.cli("undo")
    assert call(gateway.port, key).status == 200


def test_a_suspension_ends_by_itself(gateway):
    key, _ = gateway.key("acme")
    gateway.json("clients", "suspend", "acme", "--for", "1s")
    assert call(gateway.port, key).status == 403
    end = time.monotonic() + 5
    while call(gateway.port, key).status != 200:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_revoking_one_key_leaves_the_clients_other_key(gateway):
    first, first_id = gateway.key("acme")
    second, _ = gateway.key("acme")
    gateway.json("keys", "revoke", first_id)
    assert (call(gateway.port, first).status, call(gateway.port, second).status) == (401, 200)
    states = {row["id"]: row["state"] for row in gateway.json("keys", "list")}
    assert states[first_id] == "revoked"


def test_a_key_that_does_not_exist_is_said_plainly(gateway):
    done = gateway.cli("keys", "revoke", "AAAAAAAA", status=1)
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_expired_key_is_refused(gateway):
    key, _ = gateway.key("acme", "--expires", "1s")
    assert call(gateway.port, key).status == 200
    end = time.monotonic() + 5
    while (answer := call(gateway.port, key)).status != 401:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert answer.code in ("token_expired", "invalid_api_key")


def test_a_jwt_client_is_suspended_too(gateway, token):
    key = token(client="jwt-client")
    stream = Stream(gateway.port, key, {"chunks": 500, "interval": 0.02})
    stream.wait_for(b"word1")
    assert gateway.json("clients", "suspend", "jwt-client")["streams_ended"] == 1
    stream.read_to_end()
    assert b"client_suspended" in stream.last_event
    assert call(gateway.port, key).status == 403
    gateway.json("clients", "resume", "jwt-client")
    assert call(gateway.port, key).status == 200


@pytest.mark.parametrize(
    "claims",
    [{"exp": 1}, {"exp": None}, {"nbf": 4102444800}, {"exp": "soon"}],
)
def test_a_token_out_of_its_time_is_refused(gateway, token, claims):
    assert call(gateway.port, token(**claims)).status == 401


def test_a_forged_token_is_refused(gateway, token):
    head, body, signature = token().split(".")
    import base64

    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    for forged in (f"{unsigned}.{body}.", f"{unsigned}.{body}.{signature}", f"{head}.{body}.{signature[:-2]}AA"):
        assert call(gateway.port, forged).status == 401
    assert call(gateway.port, token(tier="platinum")).status == 403


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_revocation_that_the_database_refused_outlives_a_restart(gateway, end):
    key, key_id = gateway.key("acme")
    assert call(gateway.port, key).status == 200
    base = sqlite3.connect(gateway.data / "tollgate.sqlite", isolation_level=None)
    base.execute("BEGIN IMMEDIATE")
    outcome = gateway.cli("keys", "revoke", key_id, status=74)
    assert "not written down yet" in outcome.stderr
    assert call(gateway.port, key).status == 401
    gateway.signal(end)
    assert gateway.wait() == (74 if end == signal.SIGTERM else -signal.SIGKILL)
    base.close()
    gateway.start()
    assert call(gateway.port, key).code == "key_revoked"
    assert [row["act"] for row in gateway.json("audit")[:1]] == ["key.revoke"]
