"""The dashboard on a real terminal: acts that are true, ways out, and terminals that die."""

from __future__ import annotations

import json
import re
import signal
import threading
import time

import pytest

from support.gateway import Gateway, binary, wait_until
from support.tty import Tty
from support.wire import Stream, Wire, call, chat_body, get, request_bytes


class Watched:
    """A gateway with its dashboard on a terminal."""

    def __init__(self, gateway: Gateway, *arguments: str, columns: int = 120, rows: int = 36, **environment: str) -> None:
        self.gateway = gateway
        self.tty = Tty(
            [binary(), "run", "--config", str(gateway.config), *arguments], columns, rows, cwd=gateway.folder,
            **environment,
        )  # fmt: skip
        self.process = gateway.process = self.tty.process
        gateway.port = int(wait_until(self._listen, 20, 0.05).rsplit(":", 1)[1])

    def _listen(self) -> str | None:
        done = self.gateway.cli("snapshot", "--format", "json", status=None)
        return json.loads(done.stdout)["listen"] if done.returncode == 0 else None


@pytest.fixture
def watch(make_gateway):
    """Makes gateways with a dashboard; all are ended with the test."""
    made: list[Watched] = []

    def make(*arguments: str, more: str = "", **settings) -> Watched:
        made.append(Watched(make_gateway(starts=False, more=more), *arguments, **settings))
        return made[-1]

    yield make
    for watched in made:
        watched.tty.close()
        watched.gateway.process = None


class Traffic:
    """Requests without a pause, until told to stop."""

    def __init__(self, port: int, key: str, threads: int = 2) -> None:
        self.port = port
        self.key = key
        self.answers: list[tuple[float, int]] = []
        self.failures: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def _run(self) -> None:
        data = request_bytes(chat_body(), self.key)
        try:
            with Wire(self.port) as wire:
                while not self._stop.wait(0.005):
                    sent = time.monotonic()
                    wire.send(data)
                    self.answers.append((sent, wire.answer().status))
        except (OSError, EOFError) as error:
            self.failures.append(repr(error))

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(15)


@pytest.mark.parametrize(("columns", "rows"), [(200, 60), (120, 36), (80, 24), (60, 16), (40, 10)])
def test_every_view_is_drawn_at_every_size(watch, columns, rows):
    watched = watch(columns=columns, rows=rows)
    key, _ = watched.gateway.key("acme")
    call(watched.gateway.port, key)
    tty = watched.tty
    for number, name in enumerate("Overview Clients Keys Models Errors Costs Live Audit Logs".split(), 1):
        tty.press(str(number))
        tty.wait_for(rf"{number} {name}")
    tty.press("1")
    tty.wait_for("acme")
    tty.wait_for(r"q quit")
    assert "5m" in tty.text and "RW" in tty.text


def test_revoke_is_true_when_the_screen_says_so(watch):
    watched = watch()
    gateway, tty = watched.gateway, watched.tty
    key, key_id = gateway.key("acme")
    other, _ = gateway.key("other")
    streams = [Stream(gateway.port, key, {"chunks": 500, "interval": 0.02}) for _ in range(2)]
    theirs = Stream(gateway.port, other, {"chunks": 150, "interval": 0.02})
    readers = [threading.Thread(target=stream.read_to_end) for stream in (*streams, theirs)]
    for reader in readers:
        reader.start()
    tty.press("3/acme\r")
    tty.wait_for(f"›.*tg_{key_id}")
    tty.press("R")
    tty.wait_for("─ revoke key")
    tty.wait_for("2 open streams end")
    tty.press("y")  # Deaf: the answer comes too soon after the question.
    tty.press_when_awake("y")
    pressed = time.monotonic()
    while (answer := call(gateway.port, key)).status == 200:
        assert time.monotonic() - pressed < 1
    assert time.monotonic() - answer.seconds - pressed < 0.1
    assert (answer.status, answer.code) == (401, "key_revoked")
    tty.wait_for(rf"revoked tg_{key_id}.*2 streams ended")
    for reader in readers:
        reader.join(10)
    for stream in streams:
        assert stream.ended_at - pressed < 1
        assert b"key_revoked" in stream.last_event and b"[DONE]" not in stream.data
    assert theirs.is_whole

    tty.press("u")
    tty.wait_for("╭─ undo ")
    tty.press_when_awake("y")
    wait_until(lambda: call(gateway.port, key).status == 200)
    acts = [row["act"] for row in gateway.json("audit")]
    assert len(acts) >= 4


def test_no_answer_or_another_key_revokes_nothing(watch):
    watched = watch()
    key, key_id = watched.gateway.key("acme")
    watched.tty.press("3/acme\r")
    watched.tty.wait_for(f"›.*tg_{key_id}")
    for answer in ("n", "\x1b", "\r", "R", " "):
        watched.tty.press("R")
        watched.tty.wait_for("─ revoke key")
        watched.tty.press_when_awake(answer)
        watched.tty.press("\x1b")
        watched.tty.wait_until_gone("revoke key")
        assert call(watched.gateway.port, key).status == 200
    # Pasted text never counts, not even a y.
    watched.tty.press("R")
    watched.tty.wait_for("─ revoke key")
    watched.tty.press_when_awake("\x1b[200~y\x1b[201~")
    time.sleep(0.2)
    assert call(watched.gateway.port, key).status == 200


def test_a_limit_is_halved_in_three_keys_and_taken_back_in_two(watch):
    # Room enough for what is admitted until the new limit holds: after the undo it must not be used up.
    watched = watch(more="clients:\n  acme: { requests: 400/1m }\n")
    gateway, tty = watched.gateway, watched.tty
    key, _ = gateway.key("acme")
    for _ in range(200):
        assert call(gateway.port, key).status == 200
    tty.press("2/acme\r")
    tty.wait_for("›.*acme")
    tty.press("e")
    tty.wait_for("─ limits acme")
    tty.press_when_awake("-")
    tty.wait_for(r"→ 200/1m")
    tty.press("\r")
    pressed = time.monotonic()
    while (status := call(gateway.port, key).status) == 200:
        assert time.monotonic() - pressed < 1
        time.sleep(0.005)
    assert status == 429 and time.monotonic() - pressed < 0.3, "the usage so far counts"
    shown = [row for row in flat(gateway.json("limits", "show", "acme")) if row.get("source") == "override"]
    assert shown and "200/1m" in str(shown)
    tty.press("u")
    tty.wait_for("╭─ undo ")
    tty.press_when_awake("y")
    wait_until(lambda: call(gateway.port, key).status == 200)


def flat(value: object) -> list[dict]:
    """All objects inside a JSON value."""
    if isinstance(value, dict):
        return [value] + [row for member in value.values() for row in flat(member)]
    return [row for member in value for row in flat(member)] if isinstance(value, list) else []


def test_a_client_is_suspended_and_resumed(watch):
    watched = watch()
    key, _ = watched.gateway.key("acme")
    call(watched.gateway.port, key)
    watched.tty.press("2/acme\r")
    watched.tty.wait_for("›.*acme")
    watched.tty.press("x")
    watched.tty.wait_for("─ suspend acme")
    watched.tty.press_when_awake("\r")
    wait_until(lambda: call(watched.gateway.port, key).status == 403)
    watched.tty.wait_for("suspended")
    watched.gateway.json("clients", "resume", "acme")
    assert call(watched.gateway.port, key).status == 200


def test_a_created_key_is_shown_once_and_is_nowhere_afterwards(watch):
    watched = watch()
    gateway, tty = watched.gateway, watched.tty
    first, _ = gateway.key("acme")
    tty.press("3/acme\r")
    tty.wait_for("›.*tg_")
    tty.press("c")
    tty.wait_for("╭─ create|─ create")
    tty.press_when_awake("\r")
    secret = tty.wait_for(r"tg_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}")[0]
    assert call(gateway.port, secret).status == 200
    tty.press_when_awake(" ")
    tty.wait_until_gone(secret.split("_")[2])
    tail = secret.split("_")[2]
    tty.press("8")
    tty.wait_for("8 Audit")
    assert tail not in tty.text
    for path in gateway.data.iterdir():
        if path.is_file():
            assert tail.encode() not in path.read_bytes(), path.name
            assert first.split("_")[2].encode() not in path.read_bytes(), path.name


def test_q_asks_and_each_answer_does_what_it_says(watch, token):
    watched = watch()
    tty, port = watched.tty, watched.gateway.port
    tty.wait_for("q quit")
    tty.press("q")
    tty.wait_for("quit ─")
    tty.press_when_awake("\x1b")
    tty.wait_until_gone("quit ─")
    tty.press("q")
    tty.wait_for("quit ─")
    tty.press_when_awake("k")
    wait_until(tty.is_restored)
    tty.wait_for(rf"serving \S*:{port}, pid {tty.process.pid}; tollgate attach returns")
    assert call(port, token()).status == 200
    tty.press("\x03")
    assert tty.wait() == 0

    other = watch()
    stream = Stream(other.gateway.port, token(), {"chunks": 30, "interval": 0.02})
    stream.wait_for(b"word1")
    other.tty.wait_for("q quit")
    other.tty.press("q")
    other.tty.wait_for("quit ─")
    other.tty.press_when_awake("d")
    stream.read_to_end()
    assert stream.is_whole and b"[DONE]" in stream.data
    assert other.tty.wait() == 0
    wait_until(other.tty.is_restored)


def test_detached_and_attached_again(watch):
    watched = watch()
    gateway, tty = watched.gateway, watched.tty
    key, key_id = gateway.key("acme")
    tty.wait_for("q quit")
    tty.press("D")
    tty.wait_for("tollgate attach returns")
    wait_until(tty.is_restored)
    attached = [Tty([binary(), "attach", "--config", str(gateway.config)], cwd=gateway.folder) for _ in range(2)]
    try:
        for screen in attached:
            screen.wait_for("acme")
        attached[0].press("3/acme\r")
        attached[0].wait_for(f"›.*tg_{key_id}")
        attached[0].press("R")
        attached[0].wait_for("revoke key")
        attached[0].press_when_awake("y")
        wait_until(lambda: call(gateway.port, key).status == 401)
        attached[1].press("3")
        attached[1].wait_for("revoked")
        for screen in attached:
            screen.press("\x1b")
            screen.press("q")
            if screen.process.poll() is None:
                time.sleep(0.5)
                if screen.process.poll() is None:
                    screen.press("q")
            assert screen.wait() == 0
            wait_until(screen.is_restored)
        assert get(gateway.port, "/readyz").status == 200
    finally:
        for screen in attached:
            screen.close()


def test_an_attached_screen_says_when_its_gateway_has_gone(gateway):
    tty = Tty([binary(), "attach", "--config", str(gateway.config)], cwd=gateway.folder)
    try:
        tty.wait_for("q quit")
        gateway.kill()
        assert tty.wait(20) == 69
        wait_until(tty.is_restored)
    finally:
        tty.close()


def test_ctrl_z_stops_nothing(watch, token):
    watched = watch()
    watched.tty.wait_for("q quit")
    watched.tty.press("\x1a")
    watched.tty.wait_for("D")
    assert call(watched.gateway.port, token()).status == 200
    state = open(f"/proc/{watched.process.pid}/stat").read().rsplit(")", 1)[1].split()[0]
    assert state != "T"


@pytest.mark.long
@pytest.mark.parametrize("way", ["unread", "ctrl-s"])
def test_a_terminal_that_nobody_reads_touches_no_request(watch, token, way):
    watched = watch()
    tty, gateway = watched.tty, watched.gateway
    tty.wait_for("q quit")
    tty.press("+" * 8)
    if way == "ctrl-s":
        tty.press("\x13")
    tty.stop_reading()
    traffic = Traffic(gateway.port, token())
    time.sleep(6)
    traffic.stop()
    assert traffic.failures == []
    assert {status for _, status in traffic.answers} == {200} and len(traffic.answers) > 200
    tty.go_on_reading()
    if way == "ctrl-s":
        tty.press("\x11")
    tty.press("2")
    tty.wait_for("2 Clients")
    tty.wait_for("app")


@pytest.mark.parametrize("way", ["vanished", "hang-up signal"])
def test_a_vanished_terminal_leaves_the_gateway_serving_and_idle(watch, token, way):
    watched = watch()
    tty, gateway = watched.tty, watched.gateway
    tty.wait_for("q quit")
    traffic = Traffic(gateway.port, token())
    tty.hang_up()
    if way == "hang-up signal":
        tty.process.send_signal(signal.SIGHUP)
    time.sleep(1.5)
    traffic.stop()
    assert traffic.failures == [] and {status for _, status in traffic.answers} == {200}
    assert tty.process.poll() is None
    before = cpu_seconds(tty.process.pid)
    began = time.monotonic()
    time.sleep(2)
    used = (cpu_seconds(tty.process.pid) - before) / (time.monotonic() - began)
    assert used <= 0.05, f"{used:.1%} on a dead terminal"
    gateway.json("keys", "list")
    tty.process.send_signal(signal.SIGTERM)
    assert tty.process.wait(15) == 0


def cpu_seconds(pid: int) -> float:
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGTERM, 0), (signal.SIGQUIT, 0), (signal.SIGSEGV, -11), (signal.SIGABRT, -6), (signal.SIGBUS, -7)],
)
def test_every_way_to_die_gives_the_terminal_back(watch, number, status):
    watched = watch()
    watched.tty.wait_for("q quit")
    watched.process.send_signal(number)
    assert watched.tty.wait() == status
    wait_until(watched.tty.is_restored)


def test_sigint_from_outside_asks(watch, token):
    watched = watch()
    watched.tty.wait_for("q quit")
    watched.process.send_signal(signal.SIGINT)
    watched.tty.wait_for("quit ─")
    assert call(watched.gateway.port, token()).status == 200
    watched.tty.press_when_awake("d")
    assert watched.tty.wait() == 0
    wait_until(watched.tty.is_restored)


def test_a_storm_of_resizes_ends_in_a_proper_picture(watch, token):
    watched = watch()
    tty = watched.tty
    key, _ = watched.gateway.key("acme")
    tty.wait_for("q quit")
    traffic = Traffic(watched.gateway.port, key)
    sizes = [(1, 1), (500, 200), (40, 10), (80, 24), (20, 5), (200, 60), (39, 9), (120, 36)]
    for step in range(200):
        tty.set_size(*sizes[step % len(sizes)])
        time.sleep(0.005)
    tty.set_size(20, 5)
    tty.wait_for(r"needs 40.10")
    tty.set_size(80, 24)
    tty.wait_for("acme")
    tty.wait_for("q quit")
    tty.set_size(120, 36)
    tty.wait_for("window 5m")
    traffic.stop()
    assert traffic.failures == [] and {status for _, status in traffic.answers} == {200}


@pytest.mark.parametrize(("term", "word"), [("", "TERM"), ("dumb", "dumb"), ("no-such-terminal", "")])
def test_a_terminal_that_can_not_do_it_is_one_clear_line_and_it_serves(watch, token, term, word):
    watched = watch(TERM=term)
    if term == "no-such-terminal":
        watched.tty.wait_for("q quit|serving")
    else:
        watched.tty.wait_for(r"serving \S+:\d+")
        assert word in watched.tty.text
    assert call(watched.gateway.port, token()).status == 200
    watched.process.send_signal(signal.SIGTERM)
    assert watched.tty.wait() == 0


def test_read_only_shows_and_does_nothing(watch):
    watched = watch("--read-only")
    key, key_id = watched.gateway.key("acme")
    watched.tty.press("3/acme\r")
    watched.tty.wait_for(f"›.*tg_{key_id}")
    assert " RO " in watched.tty.lines[0]
    watched.tty.press("R")
    watched.tty.wait_for("read.only")
    assert "revoke key" not in watched.tty.text
    assert call(watched.gateway.port, key).status == 200


def test_names_from_outside_draw_nothing_but_themselves(watch):
    watched = watch()
    key, _ = watched.gateway.key("acme")
    call(watched.gateway.port, key, chat_body("\x1b[31mred\x1b]0;pwned\x07"), extra="User-Agent: \xc2\x9b31mevil\r\n")
    call(watched.gateway.port, key, chat_body("a\u202eb\u200bc"))
    for view in "5", "7", "9":
        watched.tty.press(view)
        watched.tty.wait_for("5 Errors")
        time.sleep(0.3)
    assert b"pwned\x07" not in watched.tty.raw and b"\x1b[31mred" not in watched.tty.raw
    assert "\u202e".encode() not in watched.tty.raw and "\u200b".encode() not in watched.tty.raw


def test_the_command_line_of_the_process_holds_no_secret(watch):
    watched = watch()
    key, _ = watched.gateway.key("acme")
    line = open(f"/proc/{watched.process.pid}/cmdline").read()
    assert "sk-provider" not in line and key not in line
    assert not re.search(r"sk-provider-\w+", watched.tty.text)
