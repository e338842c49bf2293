"""Bad configurations and bad surroundings: everything said at once, exit 78, no port opened."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time

import pytest

from support.gateway import PROVIDER_KEY, binary, clean_environment, wait_until
from support.wire import call, get

GOOD = f"""\
listen: 127.0.0.1:@PORT
data: ./data
admin: {{ socket: ./data/admin.sock }}
upstreams:
  main: {{ url: "http://127.0.0.1:9/v1", dialect: openai, key: {PROVIDER_KEY} }}
models:
  gpt-4.1: {{ via: [main], input: 8.00, output: 32.00 }}
"""

# What is appended to (or replaces a line of) the good file, and what the complaint must name.
BAD = {
    "unknown key": ("lisen: 127.0.0.1:1\n", "listen"),
    "unknown nested key": ("timeouts: { conect: 10s }\n", "connect"),
    "wrong type": ("drain: [1]\n", "drain"),
    "duplicate key": ("data: ./other\n", "data"),
    "alias": ("name: &n x\ntheme: *n\n", "alias|anchor"),
    "merge key": ("tiers:\n  a: &a { requests: 1/1m }\n  b: { <<: *a }\n", "merge|alias|anchor|<<"),
    "tag": ("name: !!str x\n", "tag"),
    "null": ("name: null\n", "name"),
    "negative duration": ("drain: -5s\n", "drain"),
    "no unit": ("drain: 5 parsecs\n", "drain"),
    "negative price": ("  bad: { via: [main], input: -1, output: 1 }\n", "input"),
    "price with ten decimals": ("  bad: { via: [main], input: 0.0000000001, output: 1 }\n", "input"),
    "unknown provider": ("  bad: { via: [elsewhere], input: 1, output: 1 }\n", "elsewhere"),
    "repeated provider": ("  bad: { via: [main, main], input: 1, output: 1 }\n", "via"),
    "no price under a budget": ("  bad: { via: [main] }\nlimits: { budget: 1.00/day }\n", "bad|price|input"),
    "unknown tier": ("clients:\n  a: { tier: gold }\n", "gold"),
    "limit over a strange window": ("tiers:\n  a: { requests: 60/1fortnight }\n", "requests"),
    "limit of nothing": ("tiers:\n  a: { requests: x/1m }\n", "requests"),
    "unset variable": ("name: ${SURELY_NOT_SET_ANYWHERE}\n", "SURELY_NOT_SET_ANYWHERE"),
    "control character in a name": ('clients:\n  "a\\u0007b": { owner: x }\n', "control"),
    "too many attempts": ("retries: { attempts: 11, base: 500ms, cap: 8s }\n", "attempts"),
    "short JWT secret": ("auth: { jwt: { algorithms: [HS256], secret: short } }\n", "secret"),
    "algorithm none": (f"auth: {{ jwt: {{ algorithms: [none], secret: {'s' * 40} }} }}\n", "algorithms"),
    "redis": ("fleet: { redis: redis://127.0.0.1:6379 }\n", "not in this version"),
    "unknown theme": ("theme: vantablack\n", "theme"),
    "percent over 100": ("alerts: { refused: 101% }\n", "refused"),
    "bad metrics address": ("metrics: { allow: [999.1.1.1] }\n", "metrics|allow|999"),
    "not YAML": ("x: [\n", ""),
    "tab": ("tiers:\n\ta: {}\n", ""),
}
REPLACED = {
    "bad port": ("listen: 127.0.0.1:@PORT", "listen: 127.0.0.1:99999", "listen"),
    "no port": ("listen: 127.0.0.1:@PORT", "listen: somewhere", "listen"),
    "user in a URL": ("http://127.0.0.1:9/v1", "http://me:pw@127.0.0.1:9/v1", "url|user"),
    "scheme": ("http://127.0.0.1:9/v1", "ftp://127.0.0.1/v1", "url|http"),
    "dialect of another version": ("dialect: openai", "dialect: anthropic", "not in this version"),
    "empty secret": (f"key: {PROVIDER_KEY}", 'key: ""', "key"),
    "no provider": ("upstreams:", "# upstreams:", ""),
}


def run(folder, *arguments: str, timeout: float = 10, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [binary(), *arguments], cwd=folder, capture_output=True, text=True, timeout=timeout,
        env=clean_environment(**environment), stdin=subprocess.DEVNULL,
    )  # fmt: skip


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


CASES = {name: (GOOD + tail, word) for name, (tail, word) in BAD.items()} | {
    name: (GOOD.replace(old, new), word) for name, (old, new, word) in REPLACED.items()
}


@pytest.mark.parametrize("name", CASES)
def test_a_bad_file_is_refused_with_its_place_and_opens_nothing(tmp_path, free_port, name):
    text, word = CASES[name]
    file = tmp_path / "tollgate.yaml"
    file.write_text(text.replace("@PORT", str(free_port)))
    file.chmod(0o600)
    for command in ("check", "serve"):
        began = time.monotonic()
        done = run(tmp_path, command, "--config", "tollgate.yaml")
        assert done.returncode == 78, (command, done.stdout, done.stderr)
        assert time.monotonic() - began < 5
        assert re.search(r"^[^\n]*tollgate\.yaml:\d+:\d+: .+", done.stderr, re.M), done.stderr
        assert re.search(word, done.stderr), done.stderr
        assert PROVIDER_KEY not in done.stderr + done.stdout
        assert done.stdout.strip() == "" or command == "check"
    assert not is_open(free_port)
    assert not (tmp_path / "data").exists()


def test_all_problems_are_said_at_once(tmp_path, free_port):
    file = tmp_path / "tollgate.yaml"
    file.write_text(GOOD.replace("@PORT", str(free_port)) + "lisen: 1\ndrain: [1]\ntheme: vantablack\nmax_body: -1\n")
    file.chmod(0o600)
    lines = run(tmp_path, "check", "--config", "tollgate.yaml").stderr.splitlines()
    numbers = {int(match[1]) for line in lines if (match := re.search(r"tollgate\.yaml:(\d+):\d+:", line))}
    assert numbers == {8, 9, 10, 11}


def test_a_good_file_is_called_good(tmp_path):
    file = tmp_path / "tollgate.yaml"
    file.write_text(GOOD.replace("@PORT", "0"))
    file.chmod(0o600)
    assert run(tmp_path, "check", "--config", "tollgate.yaml").returncode == 0


def test_the_first_configuration_is_written_checked_and_never_overwritten(tmp_path):
    made = run(tmp_path, "init", HOLYSHEEP_API_KEY=PROVIDER_KEY)
    assert made.returncode == 0, made.stderr
    assert re.search(r"tg_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}", made.stdout)
    assert run(tmp_path, "check", HOLYSHEEP_API_KEY=PROVIDER_KEY).returncode == 0
    before = (tmp_path / "tollgate.yaml").read_text()
    assert run(tmp_path, "init", HOLYSHEEP_API_KEY=PROVIDER_KEY).returncode != 0
    assert (tmp_path / "tollgate.yaml").read_text() == before


def test_the_reference_variables_do_without_a_file(tmp_path, provider):
    process = subprocess.Popen(
        [binary(), "serve"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=clean_environment(HOLYSHEEP_BASE_URL=provider.url, HOLYSHEEP_API_KEY=PROVIDER_KEY, REDIS_HOST="redis"),
    )  # fmt: skip
    try:
        # Its port is the default one, which may be taken here: both ends are one clear line.
        line = process.stdout.readline()
        shown = run(tmp_path, "snapshot", "--size", "120x36", "--data", "tollgate-data").stdout if line else ""
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=10)
        if line:
            assert "limits local" in shown.splitlines()[0]
            assert '"event":"ready"' in line and "REDIS_HOST" in errors and "keys create" in errors
        else:
            assert process.returncode == 69 and "8080" in errors
    finally:
        process.kill()


def test_without_any_provider_there_is_nothing_to_serve(tmp_path):
    done = run(tmp_path, "serve")
    assert done.returncode == 78 and done.stderr


def one_line(text: str) -> str:
    lines = [line for line in text.splitlines() if not line.startswith("{")]
    assert len(lines) == 1, text
    return lines[0]


def test_a_taken_port_is_one_clear_line(make_gateway, gateway):
    other = make_gateway(starts=False, listen=f"127.0.0.1:{gateway.port}")
    done = other.cli("serve", status=69)
    assert str(gateway.port) in one_line(done.stderr)


def test_a_data_folder_that_cannot_be_written_is_one_clear_line(make_gateway):
    gateway = make_gateway(starts=False, data="/proc/tollgate")
    assert "/proc/tollgate" in one_line(gateway.cli("serve", status=74).stderr)


def test_a_second_gateway_on_one_data_folder_is_refused(gateway):
    done = gateway.cli("serve", status=69)
    assert str(gateway.data) in one_line(done.stderr)
    assert get(gateway.port, "/readyz").status == 200


def test_serving_others_without_any_key_needs_a_word(make_gateway):
    gateway = make_gateway(starts=False, listen="0.0.0.0:0")
    text = re.sub(r"auth:\n  jwt:[^\n]*\n", "", gateway.config.read_text())
    gateway.config.write_text(text)
    assert "keys create" in gateway.cli("serve", status=78).stderr
    gateway.key("app")
    gateway.start()


def test_run_without_a_terminal_says_so_and_serves(make_gateway, token):
    gateway = make_gateway(starts=False)
    errors = gateway.errors.open("wb")
    process = subprocess.Popen(
        [binary(), "run", "--config", str(gateway.config)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=errors, env=clean_environment(), cwd=gateway.folder, start_new_session=True,
    )  # fmt: skip
    try:
        text = wait_until(lambda: re.search(r"serving 127\.0\.0\.1:(\d+)", gateway.errors.read_text()))
        wait_until(lambda: "no terminal" in gateway.errors.read_text())
        assert call(int(text[1]), token()).status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["serv"], "tollgate serve"), (["keys", "revok", "7Q2fA9xk"], "tollgate keys revoke"),
        (["--config", "x.yaml", "check"], "behind the command"), (["theme", "show", "harbo"], "harbor"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_answered_with_what_was_meant(tmp_path, arguments, word):
    done = run(tmp_path, *arguments)
    assert done.returncode == 64 and word in done.stderr and one_line(done.stderr)


def test_a_command_for_a_running_gateway_says_that_there_is_none(make_gateway):
    gateway = make_gateway(starts=False)
    for arguments in (["reload"], ["undo"], ["snapshot"], ["attach"]):
        assert one_line(gateway.cli(*arguments, status=69).stderr)


def test_names_that_are_no_text_are_refused(gateway):
    for name in (b"caf\xe9", b"caf\xe8"):
        done = subprocess.run(
            [binary(), "keys", "create", "--client", name, "--config", str(gateway.config)],
            capture_output=True, env=clean_environment(),
        )  # fmt: skip
        assert done.returncode == 64 and b"is not UTF-8" in done.stderr
    assert gateway.json("clients", "list") == []


def test_a_mistyped_folder_is_not_made_by_an_act(make_gateway):
    gateway = make_gateway(starts=False)
    nowhere = gateway.folder / "mistyped"
    for arguments in (
        ["keys", "revoke", "7Q2fA9xk"], ["keys", "rotate", "7Q2fA9xk"], ["clients", "suspend", "app"],
        ["limits", "set", "app", "concurrent=1"], ["limits", "clear", "app", "concurrent"],
    ):
        assert "no database" in gateway.cli(*arguments, "--data", str(nowhere), status=69).stderr
    assert not nowhere.exists()
    assert "--data is empty" in gateway.cli("keys", "list", "--data", "", status=64).stderr
    assert gateway.cli("keys", "create", "--client", "app", "--data", str(nowhere)).returncode == 0
    assert nowhere.exists()


@pytest.mark.parametrize("arguments", [["frobnicate"], ["keys", "create"], ["serve", "--nope"], ["limits", "set"]])
def test_a_wrong_command_line_is_a_usage_error(tmp_path, arguments):
    assert run(tmp_path, *arguments).returncode == 64


def test_the_stopped_gateways_keys_are_the_running_ones(make_gateway):
    gateway = make_gateway(starts=False)
    key, key_id = gateway.key("app", "--note", "first")
    gateway.start()
    assert call(gateway.port, key).status == 200
    gateway.stop()
    assert gateway.json("keys", "revoke", key_id)["state"] == "revoked"
    gateway.start()
    refused = call(gateway.port, key)
    assert (refused.status, refused.code) == (401, "key_revoked")
    listed = gateway.json("keys", "list")
    assert [(row["id"], row["client"], row["state"]) for row in listed] == [(key_id, "app", "revoked")]
    assert set(listed[0]) >= {"id", "client", "state", "created", "last_used", "expires", "models"}


def test_names_from_outside_are_written_without_control_characters(gateway):
    key, _ = gateway.key("app")
    for agent in ("\x1b[31mred", "a\u202eb", "x" * 5000, "%n%s", "\x9b2J"):
        call(gateway.port, key, extra=f"User-Agent: {agent.encode('utf-8').decode('latin-1')}\r\n")
    gateway.stop()
    text = (gateway.data / "requests.jsonl").read_text()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text)
    assert all(len(line) <= 8192 for line in text.splitlines())
    assert os.stat(gateway.data / "requests.jsonl").st_mode & 0o777 == 0o600


@pytest.mark.parametrize("arguments", [["clients", "show"], ["limits", "show"], ["keys", "show"], ["theme", "show"]])
def test_a_name_of_the_command_line_brings_no_control_character_to_the_screen(gateway, arguments):
    done = gateway.cli(*arguments, "\x1b[31mred", status=None) if arguments[0] != "theme" else run(
        gateway.folder, *arguments, "\x1b[31mred"
    )
    assert done.returncode in (1, 64) and "\x1b" not in done.stderr and "31mred" in done.stderr


def test_secrets_come_from_the_environment_or_a_file_beside_it(tmp_path):
    file = tmp_path / "tollgate.yaml"
    file.write_text(GOOD.replace("@PORT", "0").replace(PROVIDER_KEY, "${MY_KEY}") + "name: ${MY_NAME:-nobody}\n")
    assert run(tmp_path, "check", "--config", "tollgate.yaml").returncode == 78
    assert run(tmp_path, "check", "--config", "tollgate.yaml", MY_KEY=PROVIDER_KEY).returncode == 0
    (tmp_path / ".env").write_text(f"# secrets\nMY_KEY={PROVIDER_KEY}\n")
    (tmp_path / ".env").chmod(0o600)
    assert run(tmp_path, "check", "--config", "tollgate.yaml").returncode == 0


def test_a_secret_that_everybody_may_read_is_warned_of(tmp_path):
    file = tmp_path / "tollgate.yaml"
    file.write_text(GOOD.replace("@PORT", "0"))
    file.chmod(0o644)
    done = run(tmp_path, "check", "--config", "tollgate.yaml")
    assert done.returncode == 0
    assert re.search("read|mode|0644|permission", done.stdout + done.stderr, re.I)
    assert PROVIDER_KEY not in done.stdout + done.stderr


@pytest.mark.parametrize("text", ["", "\x00", "a" * 1_000_000, "[" * 100_000, "- " * 50_000, "{" * 10_000, "\ufeff", "&a [*a]", "? ? ? ?"])
def test_nonsense_of_any_size_is_refused_quickly(tmp_path, text):
    file = tmp_path / "tollgate.yaml"
    file.write_text(text)
    file.chmod(0o600)
    began = time.monotonic()
    done = run(tmp_path, "serve", "--config", "tollgate.yaml")
    assert done.returncode == 78 and done.stderr
    assert len(done.stderr) < 50_000
    assert time.monotonic() - began < 3
