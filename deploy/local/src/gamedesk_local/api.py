"""A client of the public API, as an agent's console is one."""

from __future__ import annotations

import time
from typing import Any

import httpx

from gamedesk_local.errors import LocalError

PATIENCE = 30.0  # seconds for which a busy or starting product is asked again
LONGEST_PAUSE = 2.0


class SignInRefused(LocalError):
    """Agent id and password do not go together."""


class Refused(Exception):
    """The API answered with a problem document."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('title', '')}: {problem.get('detail', '')}".strip())
        self.status = status
        self.problem = problem
        self.slug = str(problem.get("type", "")).removeprefix("urn:gamedesk:problem:")


class Desk:
    """One signed-in agent. Safe to use from several threads once signed in.

    Args:
        url: of the gateway, without /api.
    """

    def __init__(self, url: str) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
        # trust_env: no proxy stands between us and this machine
        self._client = httpx.Client(
            base_url=f"{url}/api", timeout=30.0, limits=limits, trust_env=False, headers={"Origin": url}
        )

    def sign_in(self, agent_id: str, password: str) -> None:
        """Open a session. Raises SignInRefused."""
        try:
            self._request("POST", "/session", json={"agent_id": agent_id, "password": password})
        except Refused as refusal:
            if refusal.status != httpx.codes.UNAUTHORIZED:
                raise
            raise SignInRefused(f"{agent_id} cannot sign in with the demo password.") from None

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        """Read. Raises Refused."""
        return self._request("GET", path, params=parameters)

    def post(self, path: str, body: dict[str, Any] | None, key: str, version: int | None = None) -> dict[str, Any]:
        """Create or append, once however often it is repeated with this key. Raises Refused."""
        headers = {"Idempotency-Key": key}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self._request("POST", path, json=body, headers=headers)

    def patch(self, path: str, body: dict[str, Any], version: int) -> dict[str, Any]:
        """Change what has this version. Raises Refused."""
        return self._request("PATCH", path, json=body, headers={"If-Match": f'"{version}"'})

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _request(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self._client.request(method, path, **options)
            except httpx.TransportError as error:
                if time.monotonic() > deadline:
                    raise LocalError(
                        f"{self._client.base_url} does not answer: {error}", "See: ./gamedesk status"
                    ) from None
                time.sleep(0.5)
                continue
            busy = answer.status_code in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)
            if not busy or time.monotonic() > deadline:
                return _content(answer)
            time.sleep(min(LONGEST_PAUSE, _retry_after(answer)))


def _retry_after(answer: httpx.Response) -> float:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else 0.5


def _content(answer: httpx.Response) -> dict[str, Any]:
    is_json = "json" in answer.headers.get("Content-Type", "")
    content = answer.json() if is_json and answer.content else {}
    if answer.is_success:
        return content
    raise Refused(answer.status_code, content)
