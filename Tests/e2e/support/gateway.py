"""A gateway under test: its folder, its process, its command line."""

from __future__ import annotations

import json
import os
import pathlib
import select
import signal
import subprocess
import time

from .provider import PROVIDER_KEY

ROOT = pathlib.Path(__file__).resolve().parents[3]
JWT_SECRET = "an-end-to-end-secret-of-more-than-32-bytes"


def binary() -> str:
    """The program under test: `TOLLGATE_BIN`, else the release build, else the debug build."""
    given = os.environ.get("TOLLGATE_BIN")
    if given:
        return str(pathlib.Path(given).resolve())
    for kind in ("release", "debug"):
        path = ROOT / ".build" / kind / "tollgate"
        if path.exists():
            return str(path)
    raise RuntimeError("build the product first, or name it in TOLLGATE_BIN")


def clean_environment(**more: str) -> dict[str, str]:
    """An environment that says nothing of the person who runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "HOME": "/nonexistent", "LANG": "C.UTF-8", "TZ": "UTC", **more}


CONFIG = """
name: e2e
listen: {listen}
drain: {drain}
data: {data}
admin: {{ socket: {data}/admin.sock }}
log: {{ file: {data}/requests.jsonl, level: info, rotate: 64MB, keep: 3 }}
auth:
  jwt: {{ algorithms: [HS256], secret: {secret}, tier_claim: tier, issuer: null, audience: null }}
upstreams:
  main: {{ url: "{provider}", dialect: openai, key: {key} }}
timeouts: {{ connect: 2s, first_token: {first_token}, idle: {idle}, total: 60s }}
models:
  gpt-4.1: {{ via: [main], input: 8.00, output: 32.00, cached_input: 2.00 }}
  deepseek-v3.2: {{ via: [main], input: 0.42, output: 1.68, cached_input: 0.07 }}
  text-embedding-3-small: {{ via: [main], input: 0.02, output: 0.00 }}
default_tier: open
tiers:
  open: {{ requests: 1000000/1m, concurrent: 5000 }}
  small: {{ requests: 3/1m }}
  narrow: {{ requests: 1000/1m, models: [deepseek-v3.2] }}
{more}
"""


class Gateway:
    """One gateway process over a private folder."""

    def __init__(self, folder: pathlib.Path, provider_url: str, **settings: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.config = folder / "tollgate.yaml"
        self.provider_url = provider_url
        self.settings = settings
        self.process: subprocess.Popen[bytes] | None = None
        self.errors = folder / "stderr.txt"
        self.write_config(**settings)

    def write_config(self, **settings: str) -> None:
        values = {
            "listen": "127.0.0.1:0", "drain": "10s", "data": str(self.data), "secret": JWT_SECRET,
            "provider": self.provider_url, "key": PROVIDER_KEY, "first_token": "10s", "idle": "10s", "more": "",
        } | settings  # fmt: skip
        self.config.write_text(CONFIG.format(**values))
        self.config.chmod(0o600)

    # MARK: the process

    def start(self, *arguments: str, timeout: float = 20, before=None, **environment: str) -> Gateway:
        self.process = subprocess.Popen(
            [binary(), "serve", "--config", str(self.config), *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.errors.open("ab"),
            env=clean_environment(**environment), cwd=self.folder, start_new_session=True, preexec_fn=before,
        )  # fmt: skip
        readable, _, _ = select.select([self.process.stdout], [], [], timeout)
        line = self.process.stdout.readline() if readable else b""
        assert line, f"no ready line: {self.errors.read_text()[-2000:]}"
        ready = json.loads(line)
        assert ready["event"] == "ready" and ready["pid"] == self.process.pid
        self.port = int(ready["listen"].rsplit(":", 1)[1])
        self.admin = ready["admin"]
        return self

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def wait(self, timeout: float = 20) -> int:
        return self.process.wait(timeout)

    def stop(self, timeout: float = 20) -> int:
        """Drains and ends it; the exit status."""
        if self.process is None:
            return 0
        if self.is_alive():
            self.signal(signal.SIGTERM)
            try:
                self.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
                raise
        self.process.stdout.close()
        return self.process.returncode

    def kill(self) -> None:
        if self.process is not None and self.is_alive():
            self.process.kill()
            self.process.wait(5)

    def memory_kb(self, field: str = "VmHWM") -> int:
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1])
        raise AssertionError(f"no {field}")

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    # MARK: the command line

    def cli(self, *arguments: str, status: int | None = 0, timeout: float = 20) -> subprocess.CompletedProcess[str]:
        """Runs a command on this gateway; fails where it does not end with `status` (None: any)."""
        done = subprocess.run(
            [binary(), *arguments, "--config", str(self.config)], capture_output=True, text=True, timeout=timeout,
            env=clean_environment(), cwd=self.folder, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if status is not None:
            assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *arguments: str) -> object:
        return json.loads(self.cli(*arguments, "--json").stdout)

    def key(self, client: str, *arguments: str) -> tuple[str, str]:
        """A new key for `client`: its text and its id."""
        made = self.json("keys", "create", "--client", client, *arguments)
        return made["key"], made["id"]

    def snapshot(self) -> dict:
        return json.loads(self.cli("snapshot", "--format", "json").stdout)

    # MARK: what it wrote

    def records(self) -> list[dict]:
        path = self.data / "requests.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def wait_for_records(self, wanted: int, timeout: float = 10) -> list[dict]:
        return wait_until(lambda: (found := self.records()) and len(found) >= wanted and found, timeout)


def wait_until(condition, timeout: float = 10, every: float = 0.01):
    """Looks again and again until `condition` is true, and gives its value."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(every)
