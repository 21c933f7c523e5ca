"""Every answer of the gateway carries the headers that keep a browser from misusing it, errors and streams included."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from gamedesk_gateway.headers import API_POLICY, PAGE_POLICY

from .conftest import Gateway


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "assets" / "index-abc.js").write_text("0")
    return folder


@pytest.fixture(scope="module")
def kept_gateway(gateway_with: Callable[..., Gateway], console: Path) -> Gateway:
    return gateway_with(console_dir=console)


ANSWERS = [
    ("GET", "/", 200),
    ("GET", "/players/019aa000", 200),
    ("GET", "/assets/index-abc.js", 200),
    ("GET", "/missing.js", 404),
    ("POST", "/", 405),
    ("GET", "/health/live", 200),
    ("GET", "/metrics", 200),
    ("GET", "/api", 404),
    ("GET", "/api/openapi.json", 200),
    ("GET", "/api/nowhere", 404),
    ("GET", "/api/players/x%0ay", 404),
    ("GET", "/api/home/players/019aa000-0000-7000-8000-000000000001", 401),
    ("POST", "/api/players", 415),
    ("PUT", "/api/session", 405),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_carries_the_headers(gateway: Gateway, method: str, path: str, status: int) -> None:
    response = gateway.http.request(method, path, content=b"{}" if status == 415 else None)
    assert response.status_code == status
    check(response, API_POLICY if path.startswith("/api") else PAGE_POLICY)
    if path.startswith("/api"):
        assert response.headers["cache-control"] == "no-store"


def check(response: httpx.Response, policy: str) -> None:
    headers = response.headers
    assert headers.get_list("content-security-policy") == [policy]
    assert headers.get_list("x-content-type-options") == ["nosniff"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "x-powered-by" not in headers
    assert "strict-transport-security" not in headers  # plain http


def test_event_stream_carries_the_headers(gateway: Gateway, agent: httpx.Client) -> None:
    with agent.stream("GET", "/api/live") as response:
        assert response.status_code == 200
        check(response, API_POLICY)
        assert response.headers["cache-control"] == "no-store"


def test_what_a_service_says_of_itself_and_of_policies_is_not_passed_on(gateway: Gateway, agent: httpx.Client) -> None:
    telltale = {"X-Powered-By": "Flask", "Content-Security-Policy": "default-src *"}
    gateway.stubs["players"].answers["/players/1"] = (200, {"id": 1}, telltale)
    check(agent.get("/api/players/1"), API_POLICY)


@pytest.mark.parametrize("policy", [PAGE_POLICY, API_POLICY])
def test_policies_begin_with_nothing_and_allow_nothing_inline_or_elsewhere(policy: str) -> None:
    rules = {name: values for name, *values in (rule.split() for rule in policy.split("; "))}
    assert rules.pop("default-src") == ["'none'"]
    assert {"'none'"} == {value for name in ("base-uri", "form-action", "frame-ancestors") for value in rules[name]}
    allowed = {value for values in rules.values() for value in values}
    assert allowed <= {"'none'", "'self'", "data:", "blob:"}
    scripts: Any = rules.get("script-src", ["'none'"])
    assert scripts in (["'self'"], ["'none'"])


def test_behind_tls_browsers_are_told_to_stay_there(gateway_with: Callable[..., Gateway]) -> None:
    secure = gateway_with(cookie_secure=True)
    for path in ("/", "/api/nowhere", "/missing.js"):
        assert secure.http.get(path).headers["strict-transport-security"] == "max-age=31536000"
