"""The contract that a studio implements, kept by the simulator itself."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from game_server.contract import GAME_API, load
from jsonschema_rs import Draft202012Validator

GRANT = {
    "game_account_id": "XIY000000000001",
    "server_id": "s1",
    "contents": [{"code": "XIYOU-1001", "quantity": 2}, {"code": "XIYOU-1002", "quantity": 1}],
}
ORDER = "/grants/0192f0c4-8a50-7000-8000-000000000001"


def conforming(operation_id: str, response: httpx.Response) -> Any:
    """The answer's JSON, after it has passed the schema its operation declares for this status."""
    operation = next(one for one in load(GAME_API) if one.operation_id == operation_id)
    schema = operation.responses[str(response.status_code)]
    Draft202012Validator(schema, validate_formats=True).validate(response.json())
    return response.json()


def all_items(game: httpx.Client, limit: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    params: dict[str, Any] = {"limit": limit}
    while True:
        page = conforming("list_items", game.get("/items", params=params))
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        params["cursor"] = page["next_cursor"]


def test_profiles_depend_on_the_phone_alone(game: httpx.Client, client: httpx.Client) -> None:
    first = conforming("find_profiles", game.get("/profiles", params={"phone": "+8613812341111"}))
    client.post("/management/reset")
    assert game.get("/profiles", params={"phone": "+8613812341111"}).json() == first
    assert len(first["profiles"]) == 1


@pytest.mark.parametrize(("phone", "accounts"), [("+8613812340000", 0), ("+8613812342222", 2)])
def test_some_numbers_have_no_account_or_two(game: httpx.Client, phone: str, accounts: int) -> None:
    profiles = conforming("find_profiles", game.get("/profiles", params={"phone": phone}))["profiles"]
    assert len({profile["game_account_id"] for profile in profiles}) == accounts


def test_most_numbers_are_registered_and_some_are_not(game: httpx.Client) -> None:
    counts = [
        len(game.get("/profiles", params={"phone": f"+861391234{i:04d}"}).json()["profiles"]) for i in range(1, 101)
    ]
    assert set(counts) == {0, 1}
    assert 30 < sum(counts) < 95


def test_pages_hold_every_item_once(game: httpx.Client) -> None:
    items = all_items(game, 50)
    assert items == all_items(game, 500)
    assert len({item["code"] for item in items}) == len({item["name"] for item in items}) == len(items) >= 120


def test_repeated_grant_delivers_once(game: httpx.Client, manage: httpx.Client) -> None:
    first = game.put(ORDER, json=GRANT)
    again = game.put(ORDER, json={**GRANT, "contents": GRANT["contents"][::-1]})
    assert (first.status_code, again.status_code) == (201, 200)
    assert conforming("grant", again) == conforming("grant", first)
    assert conforming("get_grant", game.get(ORDER)) == first.json()
    assert manage.get("/grants").json()["grants"] == [first.json()]


def test_grant_with_another_body_is_refused(game: httpx.Client) -> None:
    first = game.put(ORDER, json=GRANT).json()
    other = game.put(ORDER, json={**GRANT, "server_id": "s2"})
    assert other.status_code == 409
    assert conforming("grant", other)["type"].endswith(":granted-differently")
    assert game.get(ORDER).json() == first


def test_a_grant_may_leave_the_server_to_the_account(game: httpx.Client) -> None:
    body = {name: value for name, value in GRANT.items() if name != "server_id"}
    first, again = game.put(ORDER, json=body), game.put(ORDER, json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert conforming("grant", again) == first.json()


def test_grant_of_an_unknown_item_delivers_nothing(game: httpx.Client) -> None:
    body = {**GRANT, "contents": [{"code": "NOPE", "quantity": 1}]}
    assert game.put(ORDER, json=body).status_code == 422
    assert conforming("get_grant", (missing := game.get(ORDER)))["status"] == missing.status_code == 404


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Bearer ключ", "Basic eDp5"])
def test_every_operation_needs_the_key(client: httpx.Client, authorization: str | None) -> None:
    headers = {b"authorization": authorization.encode()} if authorization else {}
    for path in ("/profiles?phone=%2B8613812341111", "/items", ORDER):
        response = client.get(f"/games/xiyou/v1{path}", headers=headers)
        assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")


def test_key_of_one_game_does_not_open_another(game: httpx.Client, client: httpx.Client) -> None:
    key = game.headers["authorization"]
    assert client.get("/games/sanguo/v1/items", headers={"authorization": key}).status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        "/profiles",
        "/profiles?phone=+8613812341111",  # the plus sign not encoded: a space
        "/profiles?phone=13812341111",
        "/profiles?phone=%2B8613812341111&phone=%2B8613812341111",
        "/profiles?phone=%2B8613812341111&more=1",
        "/items?limit=0",
        "/items?limit=501",
        "/items?limit=ten",
        "/items?limit=9999999999999999999999",
        "/items?cursor=%00",
        "/items?cursor=LTE",
        "/grants/short",
    ],
)
def test_query_outside_the_contract_is_refused(game: httpx.Client, query: str) -> None:
    response = game.get(query)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert "1381234" not in response.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"NaN", 400),
        (b"{}", 400),
        (b'{"game_account_id":"a","server_id":"s","contents":[{"code":"X","quantity":1.5}]}', 400),
        (b'{"game_account_id":"a","server_id":"s","contents":[],"more":1}', 400),
        (b" " * (4 * 1024 * 1024 + 1), 413),
    ],
)
def test_body_outside_the_contract_is_refused(game: httpx.Client, body: bytes, status: int) -> None:
    response = game.put(ORDER, content=body, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["status"]) == (status, status)


def test_body_that_is_not_json_is_refused(game: httpx.Client) -> None:
    assert game.put(ORDER, content=b"<x/>", headers={"content-type": "text/xml"}).status_code == 415


def test_unknown_game_path_and_method_are_problems(client: httpx.Client) -> None:
    for method, path, status in (
        ("GET", "/games/nope/v1/items", 404),
        ("GET", "/nowhere", 404),
        ("DELETE", "/games/xiyou/v1/items", 405),
        ("PUT", "/management/games/nope/faults", 404),
    ):
        response = client.request(method, path, json={"mode": "none"})
        assert response.status_code == response.json()["status"] == status


def test_health_is_open(client: httpx.Client) -> None:
    assert [client.get(f"/health/{kind}").status_code for kind in ("live", "ready")] == [200, 200]


def test_refused_method_is_told_the_allowed_ones(game: httpx.Client) -> None:
    assert set(game.delete(ORDER).headers["allow"].split(", ")) == {"GET", "HEAD", "PUT"}
