"""The demo: what the screen says is what the simulated providers themselves counted."""

from __future__ import annotations

import json
import os
import pathlib
import re
import select
import signal
import subprocess
import tempfile

import pytest

from support.gateway import binary, clean_environment, wait_until
from support.wire import call, get

PROVIDER_KEYS = {
    "openai-eu": "sk-simulated-openai-eu",
    "anthropic": "sk-simulated-anthropic",
    "holysheep": "sk-simulated-holysheep",
}


class Demo:
    """A demo without a screen."""

    def __init__(self, folder: pathlib.Path, *arguments: str) -> None:
        self.folder = folder / "d"
        self.process = subprocess.Popen(
            [binary(), "demo", "--headless", "--data", str(self.folder), *arguments], stdout=subprocess.PIPE,
            stderr=(folder / "stderr.txt").open("wb"), env=clean_environment(), start_new_session=True,
        )  # fmt: skip
        readable, _, _ = select.select([self.process.stdout], [], [], 20)
        assert readable
        self.ready = json.loads(self.process.stdout.readline())
        self.port = int(self.ready["listen"].rsplit(":", 1)[1])
        text = (self.folder / "tollgate.yaml").read_text()
        self.providers = {name: int(port) for name, port in re.findall(r"(\S+): \{ url: http://127\.0\.0\.1:(\d+)/", text)}

    def cli(self, *arguments: str) -> str:
        done = subprocess.run(
            [binary(), *arguments, "--data", str(self.folder)], capture_output=True, text=True, timeout=20,
            env=clean_environment(), stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def snapshot(self) -> dict:
        return json.loads(self.cli("snapshot", "--format", "json"))

    def book(self) -> dict[str, int]:
        """The sums of what all simulated providers counted."""
        total = {"received": 0, "answered": 0, "reports": 0, "tokens": 0}
        for name, port in self.providers.items():
            answer = get(port, "/book", PROVIDER_KEYS[name])
            assert answer.status == 200
            rows = answer.json["rows"]
            for row in (line["counts"] for line in answer.json["rows"]):
                total["received"] += row["received"]
                total["answered"] += sum(row["answered"].values())
                total["reports"] += row["reports"]
                total["tokens"] += row["inputTokens"] + row["outputTokens"]
        return total

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(20)


@pytest.fixture
def demo(tmp_path_factory):
    demo = Demo(tmp_path_factory.mktemp("m"))
    yield demo
    demo.process.kill()


def test_the_demo_moves_and_shows_everything(demo):
    def is_alive() -> dict | None:
        now = demo.snapshot()
        rates = [row["requests_per_s"] for row in now["clients"]]
        return now if now["totals"]["requests"] > 150 and sum(rate > 0 for rate in rates) >= 8 else None

    now = wait_until(is_alive, timeout=20, every=0.2)
    assert len(now["clients"]) >= 8 and len(now["upstreams"]) == 3 and len(now["models"]) >= 4
    assert now["costs"]["per_hour_nano_usd"] > 0 and now["totals"]["cost_nano_usd"] > 0
    assert now["gateway"]["requests_per_s"] > 0
    wait_until(lambda: demo.snapshot()["errors"], timeout=20, every=0.2)
    for view in ("overview", "clients", "keys", "models", "errors", "costs", "live", "audit", "logs"):
        for size in ("120x36", "80x24", "40x10"):
            screen = demo.cli("snapshot", "--view", view, "--size", size)
            columns, rows = map(int, size.split("x"))
            assert len(screen.rstrip("\n").split("\n")) <= rows
            assert view.capitalize() in screen
    assert demo.stop() == 0


def test_what_the_snapshot_says_is_what_the_providers_counted(demo):
    """Requests go on all the time, so two readings of the book have the snapshot between them."""
    wait_until(lambda: demo.snapshot()["totals"]["requests"] > 150, timeout=20, every=0.2)
    for _ in range(3):
        before, now, after = demo.book(), demo.snapshot()["totals"], demo.book()
        open_now = sum(row["in_flight"] for row in demo.snapshot()["upstreams"])
        # A snapshot is at most a second old, and a request is counted when it has ended.
        slack = open_now + (after["received"] - before["received"]) + 60
        assert before["answered"] - slack <= now["requests"] <= after["received"], (before, now, after)
        assert now["tokens"] <= after["tokens"] * 1.05 + 2000


def test_after_the_clients_have_gone_the_ledger_equals_the_book(demo):
    """Every client is suspended; once nothing is open, the figures agree to the last request."""
    wait_until(lambda: demo.snapshot()["totals"]["requests"] > 100, timeout=20, every=0.2)
    for client in [row["name"] for row in demo.snapshot()["clients"]]:
        demo.cli("clients", "suspend", client)

    def has_settled() -> tuple[dict, dict] | None:
        first, now, second = demo.book(), demo.snapshot(), demo.book()
        is_quiet = first == second and all(row["in_flight"] == 0 for row in now["upstreams"])
        return (second, now["totals"]) if is_quiet and now["totals"]["requests"] >= second["received"] else None

    book, totals = wait_until(has_settled, timeout=20, every=0.3)
    assert totals["requests"] == book["received"]
    rows = json.loads(demo.cli("usage", "--json"))
    assert sum(row["reported"] for row in rows) <= book["reports"]
    assert sum(row["cost_nano_usd"] for row in rows) == totals["cost_nano_usd"]


def test_two_demos_run_beside_each_other(demo, tmp_path):
    other = Demo(tmp_path, "--seed", "7", "--incident")
    try:
        assert other.port != demo.port
        assert call(other.port, "tg_x").status == 401
        assert get(other.port, "/readyz").status == get(demo.port, "/readyz").status == 200
    finally:
        other.process.kill()


@pytest.fixture
def brief_folder():
    """A folder whose path leaves room for a socket's name in it, which pytest's own may not."""
    with tempfile.TemporaryDirectory(prefix="tg") as folder:
        yield pathlib.Path(folder)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_demo_leaves_nothing_behind(brief_folder, number):
    def start() -> tuple[subprocess.Popen, pathlib.Path]:
        process = subprocess.Popen(
            [binary(), "demo", "--headless"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=clean_environment(TMPDIR=str(brief_folder)), start_new_session=True,
        )  # fmt: skip
        return process, pathlib.Path(json.loads(process.stdout.readline())["admin"]).parent

    process, folder = start()
    assert folder.parent == brief_folder
    process.send_signal(number)
    process.wait(20)
    if number == signal.SIGKILL:
        # Nobody can clean up after that; the next demo does.
        os.utime(folder / "lock", (0, 0))
        process, another = start()
        assert not folder.exists() and another.exists()
        process.terminate()
        process.wait(20)
    assert list(brief_folder.iterdir()) == []


def test_a_demo_writes_over_nobodys_configuration(tmp_path):
    mine = tmp_path / "tollgate.yaml"
    mine.write_text("# mine\n")
    done = subprocess.run(
        [binary(), "demo", "--headless", "--data", str(tmp_path)], capture_output=True, text=True, timeout=20,
        env=clean_environment(),
    )  # fmt: skip
    assert done.returncode == 1 and "no demo's configuration" in done.stderr
    assert mine.read_text() == "# mine\n"
