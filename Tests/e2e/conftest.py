"""Fixtures of the end-to-end suite."""

from __future__ import annotations

import pathlib
import socket
import time

import jwt
import pytest

from support.gateway import JWT_SECRET, Gateway
from support.provider import Provider


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: takes more than a few seconds")
    config.addinivalue_line("markers", "timing: measures times, so it runs alone")


@pytest.fixture
def provider():
    """A scripted provider of this test's own."""
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def make_gateway(provider: Provider, tmp_path_factory: pytest.TempPathFactory):
    """Makes gateways in front of `provider`; all are ended with the test."""
    made: list[Gateway] = []

    def make(starts: bool = True, url: str | None = None, **settings: str) -> Gateway:
        # Short: the path of a Unix socket has at most 107 bytes.
        folder = pathlib.Path(tmp_path_factory.mktemp("g"))
        gateway = Gateway(folder, url or provider.url, **settings)
        made.append(gateway)
        return gateway.start() if starts else gateway

    yield make
    for gateway in made:
        gateway.kill()


@pytest.fixture
def gateway(make_gateway) -> Gateway:
    """A running gateway with the suite's ordinary configuration."""
    return make_gateway()


@pytest.fixture
def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def token():
    """Makes a JWT for a client and tier."""

    def make(client: str = "app", tier: str = "open", **claims: object) -> str:
        return jwt.encode({"sub": client, "tier": tier, "exp": int(time.time()) + 3600, **claims}, JWT_SECRET, "HS256")

    return make
