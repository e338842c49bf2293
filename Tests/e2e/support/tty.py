"""A terminal of our own: a pty, a screen that understands what is drawn, and a person's keys."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time

import pyte

from .gateway import clean_environment, wait_until

RESTORED = b"\x1b[?1049l"
MARGINS = re.compile(rb"\x1b\[([\d;]*)r")
CURSOR_SHOWN = re.compile(rb"\x1b\[\?(?:12;)?25h|\x1b\[34h\x1b\[\?25h")


class Tty:
    """A program on a terminal of its own, its controlling one."""

    def __init__(self, arguments: list[str], columns: int = 120, rows: int = 36, cwd=None, **environment: str) -> None:
        self.master, self.slave = pty.openpty()
        self.set_size(columns, rows, tells=False)
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.before = termios.tcgetattr(self.slave)
        self._reads = threading.Event()
        self._reads.set()
        self._closed = False
        self._lock = threading.Lock()
        environment = {"TERM": "xterm-256color", **environment}
        self.process = subprocess.Popen(
            arguments, stdin=self.slave, stdout=self.slave, stderr=self.slave, cwd=cwd,
            env={name: value for name, value in clean_environment(**environment).items() if value},
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    # MARK: reading

    def _read(self) -> None:
        while not self._closed:
            if not self._reads.wait(0.1):
                continue
            try:
                if not select.select([self.master], [], [], 0.05)[0]:
                    continue
                data = os.read(self.master, 65536)
            except (OSError, ValueError):
                return
            if not data:
                return
            with self._lock:
                self.raw += data
                self.stream.feed(data)

    def stop_reading(self) -> None:
        """Nobody reads the terminal any more, as after Ctrl-S."""
        self._reads.clear()

    def go_on_reading(self) -> None:
        self._reads.set()

    @property
    def text(self) -> str:
        with self._lock:
            return "\n".join(self.screen.display)

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    def wait_for(self, pattern: str, timeout: float = 15) -> re.Match[str]:
        """Waits until the screen matches; fails with the picture."""
        end = time.monotonic() + timeout
        while True:
            found = re.search(pattern, self.text)
            if found:
                return found
            assert time.monotonic() < end, f"never saw {pattern!r}:\n{self.text}"
            time.sleep(0.005)

    def wait_until_gone(self, pattern: str, timeout: float = 15) -> None:
        wait_until(lambda: not re.search(pattern, self.text), timeout)

    # MARK: acting

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def press_when_awake(self, keys: str) -> None:
        """Dialogs are deaf for 300 ms: a person's pause before the answer."""
        time.sleep(0.4)
        self.press(keys)

    def set_size(self, columns: int, rows: int, tells: bool = True) -> None:
        # As a terminal does it: its own grid first, then the word to the program, which may draw at once.
        if tells:
            with self._lock:
                self.screen.resize(rows, columns)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if tells:
            self.process.send_signal(signal.SIGWINCH)

    def hang_up(self) -> None:
        """The terminal vanishes."""
        self._closed = True
        self._reader.join(5)
        os.close(self.slave)
        os.close(self.master)
        self.master = self.slave = -1

    def wait(self, timeout: float = 15) -> int:
        return self.process.wait(timeout)

    def is_restored(self) -> bool:
        """Whether the picture, the cursor, the margins and the line settings are what they were.

        Of a program that has ended too this is to be waited for: what it wrote last may not have been read yet.
        """
        with self._lock:
            tail = self.raw[self.raw.rfind(b"\x1b[?1049h") :]
        now = termios.tcgetattr(self.slave)
        margins = MARGINS.findall(self.raw)
        if margins and margins[-1]:
            return False
        return RESTORED in tail and bool(CURSOR_SHOWN.search(tail)) and now[:4] == self.before[:4]

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(5)
        if self.master >= 0:
            self.hang_up()
