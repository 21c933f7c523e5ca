"""Requests are passed on unchanged, and end when their deadline does, whatever the service does."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from gamedesk_chassis import client_address
from gamedesk_testing import eventually

from .conftest import HURRIED, PATIENT, Gateway, in_a_hurry
from .servers import HangsUp

REQUEST_ID = "01a208f5-8048-72de-8e9d-08bbc144cdf7"


@pytest.fixture
def hangs_up() -> Iterator[HangsUp]:
    server = HangsUp()
    yield server
    server.stop()


def slug(response: httpx.Response) -> str:
    assert response.headers["content-type"] == "application/problem+json", response.text
    return response.json()["type"].removeprefix("urn:gamedesk:problem:")


def test_method_path_query_body_and_headers_arrive_unchanged(gateway: Gateway, agent: httpx.Client) -> None:
    gateway.stubs["tickets"].answers["/tickets/a%2Fb/entries"] = (
        201,
        {"ok": True},
        {"etag": '"3"', "location": "/x/1"},
    )
    body = b'{"text":  "\xe5\xa4\xa7R"}'
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": "key-12345678",
        "If-Match": '"7"',
        "X-Request-Id": REQUEST_ID,
        "X-Other": "stays here",
    }

    response = agent.post("/api/tickets/a%2Fb/entries?q=%E5%A4%A7+R&x=1,2&x=%2C", content=body, headers=headers)

    assert (response.status_code, response.json()) == (201, {"ok": True})
    assert (response.headers["etag"], response.headers["location"]) == ('"3"', "/api/x/1")
    [request] = gateway.stubs["tickets"].received
    assert (request.method, request.body) == ("POST", body)
    assert request.target == "/tickets/a%2Fb/entries?q=%E5%A4%A7+R&x=1,2&x=%2C"
    assert request.headers["idempotency-key"] == "key-12345678"
    assert request.headers["if-match"] == '"7"'
    assert request.headers["authorization"] == agent.headers["authorization"]
    assert request.headers["x-request-id"] == REQUEST_ID == response.headers["x-request-id"]
    assert request.headers["traceparent"].startswith("00-")
    assert "x-other" not in request.headers


def test_players_hears_the_clients_address_from_the_gateway_and_never_from_the_client(
    gateway: Gateway, agent: httpx.Client
) -> None:
    """It counts guesses by it: at the current password too, when that is changed."""
    key = gateway.settings.gateway_key.get_secret_value()
    chosen = {client_address.HEADER: client_address.sealed("a key of the client's own", "192.0.2.1")}
    gateway.stubs["players"].answers["/agents/KF003/password"] = (204, b"")
    gateway.stubs["tickets"].answers["/tickets"] = (201, {})

    for headers in ({}, chosen):
        assert agent.put("/api/agents/KF003/password", json={}, headers=headers).status_code == 204
    assert agent.post("/api/tickets", json={}, headers=chosen).status_code == 201

    for request in gateway.stubs["players"].received:
        assert client_address.opened(key, request.headers[client_address.HEADER]) == "127.0.0.1"
    [request] = gateway.stubs["tickets"].received
    assert client_address.HEADER not in request.headers, "whoever counts nothing needs none"


def test_bytes_that_are_no_json_pass_both_ways(gateway: Gateway, agent: httpx.Client) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4096
    kept = {
        "content-type": "image/webp",
        "content-disposition": 'inline; filename="a.webp"',
        "cache-control": "private, max-age=60",
        "etag": '"x1"',
    }
    gateway.stubs["tickets"].answers["/tickets/1"] = lambda request: (200, request.body[::-1], kept)

    headers = {"Content-Type": "image/png", "Idempotency-Key": "key-12345678", "If-None-Match": '"x0"'}
    response = agent.post("/api/tickets/1", content=picture[: 60 * 1024], headers=headers)

    assert response.content == picture[: 60 * 1024][::-1]
    assert {name: response.headers[name] for name in kept} == kept
    assert "sandbox" in response.headers["content-security-policy"]
    [request] = gateway.stubs["tickets"].received
    assert (request.headers["content-type"], request.headers["if-none-match"]) == ("image/png", '"x0"')


def test_a_price_push_arrives_byte_for_byte_without_sign_in__R30(gateway: Gateway) -> None:
    gateway.stubs["catalog"].answers["/price-pushes/xiyou"] = (200, {"results": []})
    body = b' {"b": 1.0,\r\n "a" : "\\u5927" }\n'
    signed = {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,abc="}

    response = gateway.http.post(
        "/api/price-pushes/xiyou", content=body, headers={"Content-Type": "application/json", **signed}
    )

    assert response.status_code == 200
    [request] = gateway.stubs["catalog"].received
    assert request.body == body
    assert {name: request.headers[name] for name in signed} == signed


@pytest.mark.parametrize(
    "path",
    [
        "/api/sessions/refresh",
        "/api/sessions",
        "/api/players/%2e%2e/sessions/refresh",
        "/api/players/..%2Fsessions",
        "/api//sessions",
        "/api/nothing",
        "/api",
    ],
)
def test_what_is_not_public_is_not_reachable(gateway: Gateway, agent: httpx.Client, path: str) -> None:
    gateway.stubs["players"].answers |= {"/sessions": (201, {}), "/sessions/refresh": (201, {})}

    response = agent.post(path, json={"refresh_token": "x"})

    assert (response.status_code, slug(response)) in [(404, "not-found"), (405, "method-not-allowed")]
    assert gateway.stubs["players"].received == []


def test_dots_in_a_raw_path_lead_nowhere_else(gateway: Gateway) -> None:
    """httpx would tidy the path up before sending it; a hostile client would not."""
    gateway.stubs["players"].answers["/sessions/refresh"] = (201, {})
    with socket.create_connection(("127.0.0.1", gateway.served.port)) as raw:
        raw.sendall(b"POST /api/players/../sessions/refresh HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 404")
    assert gateway.stubs["players"].received == []


def test_a_body_beyond_the_limit_reaches_no_service(gateway: Gateway, agent: httpx.Client) -> None:
    response = agent.post("/api/players", json={"note": "x" * 70_000})

    assert (response.status_code, slug(response)) == (413, "body-too-large")
    assert gateway.stubs["players"].received == []


def test_a_service_that_is_down_is_a_503_at_once_and_comes_back(gateway: Gateway, agent: httpx.Client) -> None:
    gateway.stubs["sales"].answers["/orders"] = (200, {"items": [], "next_cursor": None})
    assert agent.get("/api/orders").status_code == 200
    gateway.servers["sales"].stop()

    started = time.monotonic()
    response = agent.get("/api/orders")

    assert time.monotonic() - started < PATIENT["call_deadline"] / 10, "at once, and not when the deadline is over"
    assert (response.status_code, slug(response), response.json()["service"]) == (503, "unavailable", "sales")
    assert int(response.headers["retry-after"]) > 0
    gateway.servers["sales"].start()
    assert agent.get("/api/orders").status_code == 200, "also through a pool that holds broken connections"


@pytest.mark.parametrize(
    ("method", "slug", "said", "outcome"),
    [
        ("POST", "unavailable", {}, "unknown"),
        ("PATCH", "too-late", {}, "unknown"),
        ("POST", "unavailable", {"outcome": "not-done"}, "not-done"),
        ("POST", "took-too-long", {"outcome": "not-done"}, "not-done"),
        ("GET", "unavailable", {}, None),
    ],
)
def test_a_503_of_a_services_own_says_whose_it_is_and_of_a_change_whether_it_was_done(
    gateway: Gateway, agent: httpx.Client, method: str, slug: str, said: dict[str, str], outcome: str | None
) -> None:
    problem = {"type": f"urn:gamedesk:problem:{slug}", "title": "wait", "status": 503, **said}
    headers = {"content-type": "application/problem+json", "retry-after": "7"}
    gateway.stubs["sales"].answers["/orders"] = (503, problem, headers)

    response = agent.request(method, "/api/orders", json={} if method != "GET" else None)

    assert (response.status_code, response.headers["retry-after"]) == (503, "7")
    assert response.json() == {**problem, "service": "sales", **({"outcome": outcome} if outcome else {})}


def test_a_503_that_is_no_problem_document_becomes_one(gateway: Gateway, agent: httpx.Client) -> None:
    gateway.stubs["sales"].answers["/orders"] = (503, b"<h1>busy</h1>", {"content-type": "text/html"})

    response = agent.post("/api/orders", json={})

    assert (response.status_code, slug(response)) == (503, "unavailable")
    assert (response.json()["service"], response.json()["outcome"]) == ("sales", "unknown")


@in_a_hurry
@pytest.mark.parametrize("fault", ["slow", "drip"])
def test_the_deadline_holds_for_the_whole_call(gateway: Gateway, agent: httpx.Client, fault: str) -> None:
    gateway.stubs["sales"].answers["/orders"] = (200, {"items": ["x" * 100], "next_cursor": None})
    gateway.stubs["sales"].fault = fault

    started = time.monotonic()
    response = agent.get("/api/orders")

    deadline = HURRIED["call_deadline"]
    assert 0.9 * deadline < time.monotonic() - started < 2 * deadline
    assert (response.status_code, slug(response)) == (503, "unavailable")
    gateway.stubs["sales"].fault = None
    assert agent.get("/api/orders").status_code == 200


def test_calls_cut_short_by_their_deadline_do_not_use_up_the_connections(gateway_with: Any, token_for: Any) -> None:
    gateway = gateway_with(call_deadline=0.15, connections=2)
    of_minutes = {"items": ["x" * 1000], "next_cursor": None}  # in drips
    gateway.stubs["sales"].answers["/orders"] = (200, of_minutes)
    gateway.stubs["sales"].fault = "drip"
    with gateway.as_agent(token_for()) as agent:
        assert {agent.get("/api/orders").status_code for _ in range(8)} == {503}
        gateway.stubs["sales"].fault = None
        eventually(lambda: agent.get("/api/orders").status_code == 200)


def test_reads_and_keyed_writes_are_sent_again_once_when_a_connection_breaks(
    gateway_with: Any, token_for: Any, hangs_up: HangsUp
) -> None:
    gateway = gateway_with(sales_url=hangs_up.url)
    with gateway.as_agent(token_for()) as agent:
        assert agent.get("/api/orders").status_code == 503
        assert agent.post("/api/orders", json={}, headers={"Idempotency-Key": "key-12345678"}).status_code == 503
        assert agent.post("/api/orders", json={}).status_code == 503
        assert agent.patch("/api/orders/1", json={}).status_code == 503

    assert hangs_up.methods == ["GET", "GET", "POST", "POST", "POST", "PATCH"]
