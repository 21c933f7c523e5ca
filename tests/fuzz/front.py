"""The gateway in this process, in front of the services in this process: its connections lead to their apps."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
from gamedesk_chassis import contract
from gamedesk_chassis.contract import Contract
from gamedesk_chassis.http_client import Reply
from gamedesk_gateway import app, upstream
from gamedesk_gateway.connections import Outgoing
from gamedesk_gateway.public_api import OWN, PACKAGED, sources
from gamedesk_gateway.routes import SERVICES
from gamedesk_gateway.settings import Settings

from tests.fuzz.asgi import exchange

_HOST = "http://"


def public_contract() -> Contract:
    """All operations that the gateway has, its own and those that it passes on."""
    return contract.of_document(json.loads(PACKAGED.read_text(encoding="utf-8")))


def own_operations() -> set[str]:
    return {operation.operation_id for operation in contract.load(sources()[OWN]).operations}


def make_gateway(apps: Mapping[str, Any], keys: Any, folder: Path) -> Any:
    """The gateway's ASGI app. Nothing is cut short, and nothing is waited for that only time would bring."""
    session_key = folder / "session.key"
    session_key.write_text(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("="))
    session_key.chmod(0o600)
    settings = Settings(
        players_url=f"{_HOST}players",
        tickets_url=f"{_HOST}tickets",
        sales_url=f"{_HOST}sales",
        catalog_url=f"{_HOST}catalog",
        jwks_file=keys.jwks_file,
        session_key_file=session_key,
        gateway_key=keys.gateway_key,
        home_deadline=60,
        call_deadline=60,
        reference_patience=0,
        circuit_calls=10_000,
        validate_responses=True,
        log_level="ERROR",
        export_dir=folder,
    )

    class InProcess:
        """In place of the gateway's `Connections` to one service."""

        def __init__(self, base_url: str, _size: int) -> None:
            self._app = apps[base_url.removeprefix(_HOST)]

        async def send(self, request: Outgoing, _ends: float, *, kept: bool) -> Reply:
            headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers.items()]
            body = request.body or b""
            if request.method not in ("GET", "HEAD"):
                headers.append((b"content-length", b"%d" % len(body)))
            target = request.target.decode("latin-1")
            status, answered, content = await exchange(self._app, request.method, target, headers, body)
            return Reply(status, httpx.Headers(answered), content)

        async def aclose(self) -> None:
            pass

    assert set(SERVICES) <= set(apps)
    with mock.patch.object(upstream, "Connections", InProcess):
        return app.create_app(settings)
