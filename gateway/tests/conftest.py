"""A gateway on a real port, in front of stand-ins for the four services."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from gamedesk_gateway.app import create_app
from gamedesk_gateway.routes import SERVICES
from gamedesk_gateway.settings import Settings

from .servers import Served, Stub, stop_all

PLAYER_ID = "019aa000-0000-7000-8000-000000000001"
OTHER_ID = "019aa000-0000-7000-8000-000000000002"
# Nothing that works is ever cut short by these, however busy the machine is.
PATIENT = {"home_deadline": 30.0, "call_deadline": 30.0, "reference_patience": 30.0, "circuit_calls": 10_000}
# For a service that is too slow, so that waiting for it does not take long.
HURRIED = {"home_deadline": 1.0, "call_deadline": 1.0, "reference_patience": 0.6}
# Marks a test whose `gateway` is in a hurry.
in_a_hurry = pytest.mark.parametrize("gateway", ["hurried_gateway"], indirect=True, ids=["hurried"])


def new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")


@dataclass
class Gateway:
    """The gateway under test with what stands behind it. `http` is a caller that keeps cookies."""

    url: str
    settings: Settings
    stubs: dict[str, Stub]
    servers: dict[str, Served]
    served: Served
    http: httpx.Client

    def as_agent(self, token: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)


@pytest.fixture(scope="module")
def session_key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("session") / "session.key"
    file.write_text(new_key())
    file.chmod(0o600)
    return file


@pytest.fixture(scope="module")
def gateway_with(keys: Any, session_key_file: Path) -> Iterator[Callable[..., Gateway]]:
    """`gateway_with(players_url=…, home_deadline=…)`: settings of one's own; services are stand-ins unless named."""
    started: list[Gateway] = []

    def start(**settings: Any) -> Gateway:
        stubs = {name: Stub() for name in SERVICES if f"{name}_url" not in settings}
        servers = {name: Served(stub) for name, stub in stubs.items()}
        urls = {f"{name}_url": server.url for name, server in servers.items()}
        common = {
            "jwks_file": keys.jwks_file,
            "session_key_file": session_key_file,
            "gateway_key": keys.gateway_key,
            "cookie_secure": False,
            "nats_url": "nats://127.0.0.1:9",
            "validate_responses": True,
            "log_level": "ERROR",
            **PATIENT,
        }
        made = Settings(**{**common, **urls, **settings})
        served = Served(create_app(made))
        http = httpx.Client(base_url=served.url, timeout=60, trust_env=False)
        started.append(Gateway(served.url, made, stubs, servers, served, http))
        return started[-1]

    yield start
    for gateway in started:
        gateway.http.close()
    stop_all([server for gateway in started for server in (gateway.served, *gateway.servers.values())])


@pytest.fixture(scope="module")
def kept_gateway(gateway_with: Callable[..., Gateway]) -> Gateway:
    """The one that a module's tests share."""
    return gateway_with()


@pytest.fixture(scope="module")
def hurried_gateway(gateway_with: Callable[..., Gateway]) -> Gateway:
    """The one that a module's tests of slow services share."""
    return gateway_with(**HURRIED)


@pytest.fixture
def gateway(request: pytest.FixtureRequest) -> Gateway:
    """The shared gateway with nobody signed in and stand-ins that know nothing and work."""
    kept: Gateway = request.getfixturevalue(getattr(request, "param", "kept_gateway"))
    kept.http.cookies.clear()
    for name, stub in kept.stubs.items():
        stub.answers.clear()
        stub.received.clear()
        stub.fault = None
        kept.servers[name].start()
    return kept


@pytest.fixture
def agent(gateway: Gateway, token_for: Callable[..., str]) -> Iterator[httpx.Client]:
    """KF003, an agent of team A, with a bearer token."""
    with gateway.as_agent(token_for("KF003", "agent", "A")) as client:
        yield client
