"""Money: what the gateway says it spent equals what the provider itself counted, in integers."""

from __future__ import annotations

import random
import sqlite3
import threading

from support.gateway import wait_until
from support.wire import Wire, call, chat_body, request_bytes

PRICES = {  # nano-dollars per token: input, cached, output
    "gpt-4.1": (8_000, 2_000, 32_000),
    "deepseek-v3.2": (420, 70, 1_680),
}


def test_usage_equals_the_providers_own_book(gateway, provider):
    clients = {name: gateway.key(name)[0] for name in ("alpha", "beta", "gamma")}
    lock = threading.Lock()
    expected: dict[tuple[str, str], list[int]] = {}

    def run(name: str, seed: int) -> None:
        chance = random.Random(seed)
        with Wire(gateway.port) as wire:
            for _ in range(60):
                model = chance.choice(list(PRICES))
                usage = {"input": chance.randint(1, 90_000), "output": chance.randint(1, 9_000)}
                usage["cached"] = chance.randint(0, usage["input"])
                usage["reasoning"] = chance.randint(0, usage["output"])
                is_stream = chance.random() < 0.5
                script = {"kind": "stream" if is_stream else "whole", "usage": usage, "chunks": 2}
                wire.send(request_bytes(chat_body(model, stream=is_stream, script=script), clients[name]))
                assert wire.answer().status == 200
                price = PRICES[model]
                cost = (usage["input"] - usage["cached"]) * price[0] + usage["cached"] * price[1]
                cost += usage["output"] * price[2]
                with lock:
                    row = expected.setdefault((name, model), [0, 0, 0, 0, 0, 0])
                    added = (1, usage["input"], usage["cached"], usage["output"], usage["reasoning"], cost)
                    row[:] = [have + more for have, more in zip(row, added)]

    threads = [threading.Thread(target=run, args=(name, seed)) for seed, name in enumerate([*clients] * 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gateway.stop() == 0

    names = ("requests", "input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens", "cost_nano_usd")
    rows = gateway.json("usage", "--by", "client,model")
    found = {(row["client"], row["model"]): [row[name] for name in names] for row in rows}
    assert found == expected
    assert all(row["reported"] == row["requests"] and row["estimated"] == row["partial"] == 0 for row in rows)
    for model, book in provider.book.items():
        mine = [sum(row[position] for (_, of), row in found.items() if of == model) for position in range(5)]
        assert mine == [book.requests, book.input, book.cached, book.output, book.reasoning]
    by_day = gateway.json("usage", "--by", "day")
    assert sum(row["cost_nano_usd"] for row in by_day) == sum(row[5] for row in expected.values())


def test_records_and_usage_agree_and_hold_no_prompt_and_no_key(gateway):
    key, key_id = gateway.key("alpha")
    secret = "the very private prompt of this test"
    body = chat_body(messages=[{"role": "user", "content": secret}], script={"text": "a very private answer"})
    answer = call(gateway.port, key, body, extra="X-Request-ID: my-own-id\r\nUser-Agent: e\u00b0\x7f vil\r\n".replace("\x7f", ""))
    assert answer.headers["x-request-id"] == "my-own-id"
    gateway.stop()
    row = gateway.records()[0]
    assert (row["request_id"], row["client"], row["key_id"]) == ("my-own-id", "alpha", key_id)
    assert row["cost_nano_usd"] == gateway.json("usage")[0]["cost_nano_usd"] > 0
    for path in gateway.data.iterdir():
        if path.is_file():
            content = path.read_bytes()
            assert path.stat().st_mode & 0o077 == 0, path.name
            for word in (secret.encode(), b"very private answer", key.encode(), key.split("_")[2].encode()):
                assert word not in content, path.name


def test_what_was_spent_is_remembered_by_the_next_start(make_gateway):
    gateway = make_gateway(more="clients:\n  poor: { budget: 0.0001/day }\n")
    key, _ = gateway.key("poor")
    assert call(gateway.port, key).status == 200
    gateway.stop()
    gateway.start()
    refused = call(gateway.port, key)
    assert (refused.status, refused.code) == (429, "insufficient_quota")


def test_a_killed_gateway_loses_nothing_that_was_settled_and_doubles_nothing(gateway):
    key, _ = gateway.key("alpha")
    stop = threading.Event()

    def run() -> None:
        try:
            with Wire(gateway.port) as wire:
                while not stop.is_set():
                    wire.send(request_bytes(chat_body(), key))
                    wire.answer()
        except (EOFError, OSError):
            pass

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    settled = wait_until(lambda: sum(row["requests"] for row in stored(gateway)), timeout=20)
    gateway.kill()
    stop.set()
    for thread in threads:
        thread.join()
    gateway.start(timeout=5)
    assert call(gateway.port, key).status == 200
    gateway.stop()
    ids = [row["request_id"] for row in gateway.records()]
    assert len(ids) == len(set(ids))
    assert settled < sum(row["requests"] for row in gateway.json("usage")) <= len(ids)


def stored(gateway) -> list[dict]:
    """The rows of spend that are on disk, whatever the running gateway has in memory."""
    with sqlite3.connect(f"file:{gateway.data}/tollgate.sqlite?mode=ro", uri=True) as base:
        base.row_factory = sqlite3.Row
        return [dict(row) for row in base.execute("SELECT requests FROM spend")]
