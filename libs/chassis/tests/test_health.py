from __future__ import annotations

import asyncio
import threading

import httpx
import pytest
from gamedesk_chassis import health
from gamedesk_chassis.health import Check, HealthApp


def get(app: HealthApp, path: str, method: str = "GET") -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://health") as client:
            return await client.request(method, path)

    return asyncio.run(ask())


def fine() -> None:
    return None


async def fine_too() -> None:
    return None


def broken() -> None:
    raise ConnectionRefusedError("user:password@host")


def test_all_well() -> None:
    app = HealthApp({"database": fine, "nats": fine_too}, live={"loops": fine})
    assert get(app, "/health/live").json() == {"status": "ok"}
    assert get(app, "/health/ready").json() == {"status": "ok"}


def test_failing_checks_are_named_without_details() -> None:
    response = get(HealthApp({"database": broken, "nats": fine}), "/health/ready")
    assert response.status_code == 503
    assert response.json() == {"status": "failing", "failing": {"database": "ConnectionRefusedError"}}


def test_checks_that_hang_are_cut_off_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_CHECK_SECONDS", 0.05)
    never = threading.Event()

    async def hangs() -> None:
        await asyncio.Event().wait()

    checks: dict[str, Check] = {"a": hangs, "b": hangs, "c": lambda: never.wait(1) and None}
    response = get(HealthApp(checks), "/health/ready")
    assert response.json()["failing"] == {"a": "timeout", "b": "timeout", "c": "timeout"}


def test_metrics_are_in_the_text_format() -> None:
    response = get(HealthApp(), "/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    assert "# TYPE process_cpu_seconds_total counter" in response.text


@pytest.mark.parametrize(("path", "method", "status"), [("/x", "GET", 404), ("/health/live", "POST", 405)])
def test_anything_else_is_refused(path: str, method: str, status: int) -> None:
    assert get(HealthApp(), path, method).status_code == status
