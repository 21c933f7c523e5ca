"""Every way to fail, and the record of requests."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx
import pytest
from game_server.contract import GAME_API, load
from jsonschema_rs import Draft202012Validator

PHONE = {"phone": "+8613812341111"}
ORDER = "/grants/0192f0c4-8a50-7000-8000-000000000002"
GRANT = {"game_account_id": "a", "server_id": "s1", "contents": [{"code": "XIYOU-1001", "quantity": 1}]}


def fits(operation_id: str, answer: Any) -> bool:
    operation = next(one for one in load(GAME_API) if one.operation_id == operation_id)
    return Draft202012Validator(operation.responses["200"], validate_formats=True).is_valid(answer)


def test_down_hangs_up_and_does_nothing(game: httpx.Client, manage: httpx.Client) -> None:
    manage.put("/faults", json={"mode": "down"}).raise_for_status()
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        game.put(ORDER, json=GRANT)
    assert manage.get("/grants").json() == {"grants": []}
    last = manage.get("/requests").json()["requests"][-1]
    assert (last["operation"], last["status"], last["fault"]) == ("grant", None, "down")


def test_down_with_a_status_answers_it(game: httpx.Client, manage: httpx.Client) -> None:
    manage.put("/faults", json={"mode": "down", "error_status": 503})
    response = game.get("/items")
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")


@pytest.mark.parametrize("status", [500, 429])
def test_error_says_when_to_come_back(game: httpx.Client, manage: httpx.Client, status: int) -> None:
    manage.put("/faults", json={"mode": "error", "error_status": status, "retry_after_s": 7})
    response = game.get("/items")
    assert (response.status_code, response.headers["retry-after"]) == (status, "7")
    assert response.json()["status"] == status


def test_slow_answer_comes_after_the_delay(game: httpx.Client, manage: httpx.Client) -> None:
    manage.put("/faults", json={"mode": "slow", "delay_ms": 300})
    start = time.monotonic()
    assert game.get("/profiles", params=PHONE).status_code == 200
    assert time.monotonic() - start >= 0.3


def test_slow_grant_is_made_though_its_caller_gave_up(game: httpx.Client, manage: httpx.Client) -> None:
    manage.put("/faults", json={"mode": "slow", "delay_ms": 2000, "operations": ["grant"]})
    with pytest.raises(httpx.ReadTimeout):
        game.put(ORDER, json=GRANT, timeout=0.3)
    assert game.get(ORDER).status_code == 200


def test_lost_answer_leaves_the_grant_made(game: httpx.Client, manage: httpx.Client) -> None:
    manage.put("/faults", json={"mode": "lost", "operations": ["grant"]}).raise_for_status()
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        game.put(ORDER, json=GRANT)
    assert game.get(ORDER).status_code == 200


def test_drip_defeats_a_timeout_per_read(game: httpx.Client, manage: httpx.Client) -> None:
    whole = game.get("/items").json()
    manage.put("/faults", json={"mode": "slow", "delay_ms": 2400, "drip": True})
    start = time.monotonic()
    assert game.get("/items", timeout=1.5).json() == whole
    assert time.monotonic() - start >= 2.2


@pytest.mark.parametrize(
    ("operation_id", "path"), [("find_profiles", "/profiles"), ("list_items", "/items"), ("get_grant", ORDER)]
)
def test_wrong_answers_are_wrong_in_the_way_asked(
    game: httpx.Client, manage: httpx.Client, operation_id: str, path: str
) -> None:
    game.put(ORDER, json=GRANT)
    params = PHONE if operation_id == "find_profiles" else None
    sound = game.get(path, params=params).json()
    answers = {}
    for how in ("syntax", "schema", "meaning", "html"):
        manage.put("/faults", json={"mode": "wrong", "wrong": how})
        answers[how] = game.get(path, params=params)
        assert answers[how].status_code == 200
    with pytest.raises(ValueError, match=r"line 1 column \d+"):
        answers["syntax"].json()
    assert answers["html"].headers["content-type"].startswith("text/html")
    assert not fits(operation_id, answers["schema"].json())
    assert fits(operation_id, answers["meaning"].json())
    assert answers["meaning"].json() != sound


def test_rate_spreads_the_hits_evenly(game: httpx.Client, manage: httpx.Client) -> None:
    manage.put("/faults", json={"mode": "error", "error_status": 500, "rate": 0.25})
    assert [game.get("/items").status_code for _ in range(8)] == [200, 200, 200, 500] * 2


def test_fault_can_be_kept_to_some_operations(game: httpx.Client, manage: httpx.Client) -> None:
    manage.put("/faults", json={"mode": "error", "operations": ["list_items"]})
    assert game.get("/items").status_code == 500
    assert game.get("/profiles", params=PHONE).status_code == 200


def test_fault_ends_when_it_is_told_to(game: httpx.Client, manage: httpx.Client) -> None:
    manage.put("/faults", json={"mode": "error"})
    manage.put("/faults", json={"mode": "none"})
    assert game.get("/items").status_code == 200
    assert manage.get("/faults").json()["mode"] == "none"


def test_one_slow_game_does_not_slow_another(game: httpx.Client, manage: httpx.Client, client: httpx.Client) -> None:
    manage.put("/faults", json={"mode": "slow", "delay_ms": 4500})
    slow = threading.Thread(target=game.get, args=("/items",))
    slow.start()
    start = time.monotonic()
    assert client.get("/games/sanguo/v1/items").status_code == 401
    assert time.monotonic() - start < 4
    slow.join()


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"mode": "broken"},
        {"mode": "slow", "delay_ms": -1},
        {"mode": "down", "rate": 0},
        {"mode": "none", "x": 1},
    ],
)
def test_fault_outside_the_contract_is_refused(manage: httpx.Client, fault: dict[str, Any]) -> None:
    assert manage.put("/faults", json=fault).status_code == 400


def test_requests_are_counted(game: httpx.Client, manage: httpx.Client, client: httpx.Client) -> None:
    game.get("/items")
    game.get("/profiles", params=PHONE)
    client.get("/games/xiyou/v1/items")
    seen = manage.get("/requests").json()
    assert (seen["total"], seen["counts"]) == (3, {"list_items": 2, "find_profiles": 1})
    assert [entry["status"] for entry in seen["requests"]] == [200, 200, 401]
    assert seen["requests"][1]["query"] == PHONE
