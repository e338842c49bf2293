"""Starting, reloading, draining, dying."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import threading
import time

import pytest

from support.gateway import binary, clean_environment, wait_until
from support.wire import Stream, Wire, call, chat_body, get, request_bytes


def test_a_drain_is_announced_finishes_what_is_open_and_ends_well(gateway, token):
    key = token()
    waiting = [Wire(gateway.port) for _ in range(40)]
    stream = Stream(gateway.port, key, {"chunks": 20, "interval": 0.05})
    stream.wait_for(b"word2")
    began = time.monotonic()
    gateway.signal(signal.SIGTERM)
    status = None
    for wire in waiting:
        try:
            wire.send(request_bytes(None, None, "/readyz", "GET"))
            status = wire.answer().status
        except (EOFError, OSError):
            # Idle connections are closed by a drain; what is not ready any more may also not answer any more.
            status = 503
        if status == 503:
            break
    assert status == 503 and time.monotonic() - began < 0.1
    data = stream.read_to_end()
    assert stream.is_whole and data.endswith(b"data: [DONE]\n\n")
    assert gateway.wait(5) == 0
    row = gateway.records()[-1]
    assert (row["status"], row["error"], row["usage_source"]) == (200, None, "reported")


def test_a_second_sigterm_does_not_wait(gateway, token):
    stream = Stream(gateway.port, token(), {"chunks": 10_000, "interval": 0.05})
    stream.wait_for(b"word2")
    gateway.signal(signal.SIGTERM)
    wait_until(lambda: is_closing(gateway.port))
    assert gateway.is_alive()
    began = time.monotonic()
    gateway.signal(signal.SIGTERM)
    gateway.wait(5)
    assert time.monotonic() - began < 3
    stream.read_to_end()
    assert b"[DONE]" not in stream.data
    row = gateway.records()[-1]
    assert row["usage_source"] == "partial" and row["output_tokens"] >= 2


def is_closing(port: int) -> bool:
    try:
        return get(port, "/readyz").status == 503
    except (EOFError, OSError):
        return True


def test_a_drain_ends_with_its_time(make_gateway, token):
    gateway = make_gateway(drain="1s")
    stream = Stream(gateway.port, token(), {"chunks": 10_000, "interval": 0.05})
    stream.wait_for(b"word2")
    began = time.monotonic()
    gateway.signal(signal.SIGTERM)
    gateway.wait(10)
    assert 0.9 < time.monotonic() - began < 5
    assert not stream.read_to_end().endswith(b"[DONE]\n\n")


def test_a_reload_takes_a_good_file_and_leaves_a_bad_one(gateway):
    key, _ = gateway.key("app")
    assert call(gateway.port, key).status == 200
    gateway.write_config(more="clients:\n  app: { requests: 1/1m }\n")
    gateway.signal(signal.SIGHUP)
    wait_until(lambda: call(gateway.port, key).status == 429)
    gateway.config.write_text("lisen: nonsense\n")
    gateway.signal(signal.SIGHUP)
    wait_until(lambda: "lisen" in gateway.errors.read_text())
    assert call(gateway.port, key).status == 429, "the old configuration stays in force"
    assert "lisen" in gateway.cli("reload", status=None).stderr
    gateway.write_config()
    assert gateway.cli("reload").returncode == 0
    assert call(gateway.port, key).status == 200


def test_a_reload_breaks_no_request(gateway, token):
    key = token()
    stop = threading.Event()
    failed: list[object] = []

    def run() -> None:
        with Wire(gateway.port) as wire:
            while not stop.is_set():
                wire.send(request_bytes(chat_body(), key))
                answer = wire.answer()
                if answer.status != 200:
                    failed.append(answer)

    threads = [threading.Thread(target=run) for _ in range(4)]
    stream = Stream(gateway.port, key, {"chunks": 40, "interval": 0.02})
    for thread in threads:
        thread.start()
    for _ in range(20):
        gateway.cli("reload")
    stop.set()
    for thread in threads:
        thread.join()
    assert failed == []
    stream.read_to_end()
    assert stream.is_whole


def test_the_log_is_opened_anew_where_it_was_moved_away(gateway, token):
    key, sent = token(), 1
    assert call(gateway.port, key).status == 200
    gateway.wait_for_records(1)
    path = gateway.data / "requests.jsonl"
    moved = gateway.data / "moved.jsonl"
    path.rename(moved)
    gateway.signal(signal.SIGUSR1)
    while not path.exists():
        assert call(gateway.port, key).status == 200
        sent += 1
        assert sent < 2000
    assert gateway.stop() == 0
    lines = [json.loads(line)["request_id"] for file in (moved, path) for line in file.read_text().splitlines()]
    assert len(lines) == len(set(lines)) == sent


def test_the_log_is_rotated_by_size_and_so_many_are_kept(make_gateway, token):
    gateway = make_gateway(starts=False)
    text = gateway.config.read_text().replace("rotate: 64MB, keep: 3", "rotate: 64KB, keep: 2")
    gateway.config.write_text(text)
    gateway.start()
    key = token()
    with Wire(gateway.port) as wire:
        for _ in range(500):
            wire.send(request_bytes(chat_body(), key))
            assert wire.answer().status == 200
    assert gateway.stop() == 0
    files = sorted(gateway.data.glob("requests*"))
    assert len(files) == 3, files
    for file in files:
        assert file.stat().st_size <= 64 * 1024
        assert all(json.loads(line) for line in file.read_text().splitlines())


def test_only_its_owner_reads_the_data_folder_and_the_socket(gateway):
    gateway.key("app")
    assert os.stat(gateway.data).st_mode & 0o777 == 0o700
    for path in gateway.data.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_a_damaged_database_is_refused_with_advice_and_left_as_it_is(gateway):
    gateway.key("app")
    gateway.stop()
    path = next(gateway.data.glob("*.sqlite"))
    content = bytearray(path.read_bytes())
    content[0:4096] = os.urandom(4096)
    path.write_bytes(content)
    for extra in gateway.data.glob("*.sqlite-*"):
        extra.unlink()
    done = gateway.cli("serve", status=74)
    assert str(path) in done.stderr
    assert path.read_bytes() == bytes(content)


def test_the_ready_line_is_the_only_output(gateway, token):
    call(gateway.port, token())
    gateway.signal(signal.SIGTERM)
    assert gateway.wait(10) == 0
    assert gateway.process.stdout.read() == b""
    for line in gateway.errors.read_text().splitlines():
        assert json.loads(line)["level"], line


def test_descriptors_go_back_to_where_they_were(gateway, provider, token):
    key = token()
    assert call(gateway.port, key).status == 200
    before = gateway.descriptors()
    wires = [Wire(gateway.port) for _ in range(200)]
    for wire in wires:
        wire.send(request_bytes(chat_body(script={"kind": "hang"}), key))
    wait_until(lambda: provider.open == 200)
    assert gateway.descriptors() >= before + 400 - 4
    for wire in wires:
        wire.close()
    # One kept connection to the provider for each event loop may stay.
    wait_until(lambda: gateway.descriptors() <= before + 4)


def test_a_low_soft_limit_of_descriptors_is_raised(make_gateway, provider, token):
    gateway = make_gateway(starts=False)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    gateway.start(before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard)))
    key = token()
    wires = [Wire(gateway.port) for _ in range(100)]
    for wire in wires:
        wire.send(request_bytes(chat_body(script={"kind": "hang"}), key))
    wait_until(lambda: provider.open == 100)
    for wire in wires:
        wire.close()


def test_too_few_descriptors_are_one_clear_line(make_gateway):
    gateway = make_gateway(starts=False)
    done = subprocess.run(
        ["bash", "-c", f"ulimit -n 24; exec {binary()} serve --config {gateway.config}"], capture_output=True,
        text=True, timeout=10, env=clean_environment(), stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 69 and done.stdout == ""
    assert "ulimit -n" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_a_closed_standard_descriptor_is_no_way_into_the_data(make_gateway, free_port, closed):
    gateway = make_gateway(starts=False, listen=f"127.0.0.1:{free_port}")
    gateway.port = free_port
    gateway.process = subprocess.Popen(
        ["bash", "-c", f"exec {binary()} serve --config {gateway.config} {closed}"], env=clean_environment(),
        cwd=gateway.folder, start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    wait_until((gateway.data / "admin.sock").exists)
    gateway.signal(signal.SIGHUP)
    wait_until(lambda: any(row["act"] == "config.reload" for row in gateway.json("audit")))
    lock = (gateway.data / "lock").read_text()
    assert lock.strip() == str(gateway.pid), "log lines stand in the lock"
    for number in ("0", "1", "2"):
        assert str(gateway.data) not in os.readlink(f"/proc/{gateway.pid}/fd/{number}")
    assert gateway.stop() == 0
    # A stopped one's: the key must go nowhere, and the command must say so.
    done = subprocess.run(
        ["bash", "-c", f"exec {binary()} keys create --client app --config {gateway.config} {closed}"],
        capture_output=True, text=True, env=clean_environment(), cwd=gateway.folder,
    )  # fmt: skip
    assert done.returncode == (74 if "1>&-" in closed else 0)
    assert (gateway.data / "lock").read_text().strip().isdigit()


def test_a_bad_file_keeps_nobody_from_the_running_gateway(gateway):
    key, identifier = gateway.key("app")
    for text in (f"data: {gateway.data}\nnonsense: true\n", f"data: {gateway.data}\nname: \"open\n"):
        gateway.config.write_text(text)
        refused = gateway.cli("reload", status=78)
        assert "old one stays in force" in refused.stderr and gateway.config.name in refused.stderr
    assert "reload refused" in gateway.cli("snapshot", "--size", "120x36").stdout.splitlines()[0]
    assert "revoked" in gateway.cli("keys", "revoke", identifier).stdout
    assert call(gateway.port, key).status == 401
    assert gateway.stop() == 0
    # Nobody runs: the file's problems are what there is to say.
    assert "never closed" in gateway.cli("keys", "list", status=78).stderr


@pytest.mark.parametrize("hurry", [True, False])
def test_an_admin_socket_that_was_removed_comes_back(gateway, hurry):
    door = gateway.data / "admin.sock"
    door.unlink()
    said = gateway.cli("reload", status=69).stderr
    assert f"pid {gateway.pid} holds" in said, said
    if hurry:
        gateway.signal(signal.SIGHUP)
    wait_until(door.exists, timeout=8)
    assert door.stat().st_mode & 0o777 == 0o600
    assert gateway.cli("reload").returncode == 0
    assert "open again" in gateway.errors.read_text()
    assert gateway.stop() == 0 and not door.exists()


def test_whoever_asks_while_it_stops_costs_no_error(make_gateway):
    gateway = make_gateway(starts=False)

    def ask() -> None:
        try:
            with socket.socket(socket.AF_UNIX) as wire:
                wire.connect(gateway.admin)
                while True:
                    wire.sendall(b"GET /v1/live?window=300 HTTP/1.1\r\nHost: a\r\n\r\n")
                    if not wire.recv(1 << 20):
                        return
        except OSError:
            return

    for _ in range(8):
        gateway.start()
        askers = [threading.Thread(target=ask) for _ in range(6)]
        for asker in askers:
            asker.start()
        time.sleep(0.1)
        assert gateway.stop() == 0
        for asker in askers:
            asker.join(5)
    assert all(line.startswith("{") for line in gateway.errors.read_text().splitlines())


def test_a_ready_line_that_nobody_gets_is_said_and_the_gateway_serves(make_gateway, free_port):
    gateway = make_gateway(starts=False, listen=f"127.0.0.1:{free_port}")
    gateway.port = free_port
    gateway.process = subprocess.Popen(
        ["bash", "-c", f"exec {binary()} serve --config {gateway.config} > /dev/full"], env=clean_environment(),
        cwd=gateway.folder, start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=gateway.errors.open("ab"),
    )  # fmt: skip
    wait_until(lambda: gateway.errors.exists() and "No space left on device" in gateway.errors.read_text())
    assert [json.loads(line)["level"] for line in gateway.errors.read_text().splitlines()].count("error") == 1
    assert get(gateway.port, "/readyz").status == 200
    assert gateway.stop() == 0


def test_a_drain_of_less_than_a_second_is_that_long(make_gateway):
    gateway = make_gateway(drain="900ms")
    key, _ = gateway.key("app")
    stream = Stream(gateway.port, key, {"chunks": 10, "interval": 0.05})
    stream.wait_for(b"word1")
    gateway.signal(signal.SIGTERM)
    assert stream.read_to_end().endswith(b"data: [DONE]\n\n")
    assert gateway.wait(5) == 0


def test_the_operators_log_of_a_bad_reload_is_one_line_a_problem(gateway):
    gateway.config.write_text("nonsense: 1\nmore: 2\n")
    gateway.signal(signal.SIGHUP)
    wait_until(lambda: "stays in force" in gateway.errors.read_text())
    lines = [json.loads(line) for line in gateway.errors.read_text().splitlines()]
    assert all("\\u" not in line["message"] and "\n" not in line["message"] for line in lines)
    assert sum("nonsense" in line["message"] for line in lines) == 1


def test_what_a_reload_cannot_change_is_named(gateway):
    gateway.write_config(more="theme: daylight\n", listen="127.0.0.1:1", drain="3s")
    said = gateway.cli("reload").stdout
    assert "listen" in said and "drain" in said and "theme" in said and "restart" in said


def test_undo_after_undo_goes_back_step_by_step(gateway):
    gateway.key("app")
    gateway.cli("clients", "suspend", "app", "--for", "1h")
    gateway.cli("clients", "suspend", "app", "--for", "2h")
    assert "suspended for 2h" in gateway.cli("undo").stdout
    assert "suspended for 1h" in gateway.cli("undo").stdout
    assert gateway.json("clients", "show", "app")["state"] == "active"


def test_running_out_of_descriptors_hurts_nobody_who_is_in(make_gateway, token):
    gateway = make_gateway(starts=False)
    gateway.start(before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128)))
    key = token()
    stream = Stream(gateway.port, key, {"chunks": 150, "interval": 0.02})
    stream.wait_for(b"word1")
    wires = []
    for _ in range(200):
        wires.append(Wire(gateway.port))
    time.sleep(1)
    before = os.times().elapsed, cpu_seconds(gateway.pid)
    time.sleep(1)
    used = (cpu_seconds(gateway.pid) - before[1]) / (os.times().elapsed - before[0])
    assert used <= 0.25, f"{used:.0%} without descriptors"
    for wire in wires:
        wire.close()
    wait_until(lambda: call(gateway.port, key).status == 200)
    stream.read_to_end()
    assert stream.is_whole


def cpu_seconds(pid: int) -> float:
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def test_it_serves_again_after_it_was_killed(gateway, token):
    key, _ = gateway.key("app")
    gateway.kill()
    began = time.monotonic()
    gateway.start(timeout=5)
    assert call(gateway.port, key).status == 200
    assert time.monotonic() - began < 2
