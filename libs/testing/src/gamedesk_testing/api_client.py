"""Talks to a service's ASGI app in-process, as a signed-in caller would over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
from starlette.testclient import TestClient
from starlette.types import ASGIApp


class ApiClient:
    """`token` is an access token, or None for an anonymous caller.

    `post` sends an Idempotency-Key of its own unless one is given; with `version`, edits send it as If-Match.
    """

    def __init__(self, app: ASGIApp, token: str | None = None) -> None:
        self._app, self._token = app, token
        self._client = TestClient(app, raise_server_exceptions=False)
        self._client.get("/")  # Connexion builds itself at the first request, which must not be several threads'

    def signed_in(self, token: str | None) -> ApiClient:
        """The same app, another caller."""
        return ApiClient(self._app, token)

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.request("GET", path, params=params)

    def post(
        self, path: str, body: Any = None, *, key: str | None = None, version: int | None = None
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key or uuid4().hex, **_if_match(version)}
        return self.request("POST", path, headers=headers, **({} if body is None else {"json": body}))

    def put(self, path: str, body: Any, *, version: int | None = None) -> httpx.Response:
        return self.request("PUT", path, json=body, headers=_if_match(version))

    def patch(self, path: str, body: Any, *, version: int | None) -> httpx.Response:
        return self.request("PATCH", path, json=body, headers=_if_match(version))

    def request(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        """Any request; `options` as httpx has them (json, content, params)."""
        bearer = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        return self._client.request(method, path, headers={**bearer, **(headers or {})}, **options)


def _if_match(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": f'"{version}"'}
