"""Price changes and their pushes; signatures are checked against a computation of the tests' own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from game_server.contract import webhook_body_schema
from game_server.games import load_games
from game_server.signing import signed_headers
from jsonschema_rs import Draft202012Validator

CODE = "XIYOU-1001"
FAR = "2099-01-01T00:00:00Z"


def expected_signature(headers: dict[str, str], body: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


@pytest.fixture
def secret(games_folder: Path) -> str:
    return (games_folder / "keys/xiyou.push_secret").read_text().strip()


def change(manage: httpx.Client, price_fen: int = 990, **more: Any) -> dict[str, Any]:
    body = {"changes": [{"code": CODE, "price_fen": price_fen, **more}]}
    return manage.post("/prices", json=body).raise_for_status().json()


def listed(game: httpx.Client, code: str = CODE) -> dict[str, Any]:
    items = game.get("/items", params={"limit": 500}).json()["items"]
    return next(item for item in items if item["code"] == code)


def test_signature_matches_the_published_example() -> None:
    """The example that the Standard Webhooks libraries test themselves with."""
    body = b'{"test": 2432232314}'
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, [key])
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_change_reaches_list_and_push(game: httpx.Client, manage: httpx.Client, desk: Any, secret: str) -> None:
    answer = change(manage)
    assert listed(game)["price_fen"] == 990
    assert listed(game)["version"] == answer["prices"][0]["version"] == 2
    (push,) = answer["pushes"]
    (sent,) = desk.received
    assert sent["path"] == "/api/price-pushes/xiyou"
    assert sent["headers"]["content-type"] == "application/json"
    body = orjson.loads(sent["body"])
    Draft202012Validator(webhook_body_schema("price-push"), validate_formats=True).validate(body)
    assert body == {"event_id": push["event_id"], "prices": answer["prices"]}
    assert sent["headers"]["webhook-id"] == push["event_id"]
    assert abs(int(sent["headers"]["webhook-timestamp"]) - time.time()) < 60
    assert sent["headers"]["webhook-signature"] == expected_signature(sent["headers"], sent["body"], secret)
    assert (push["outcome"], push["status"]) == ("delivered", 200)
    assert push["answer"]["results"] == [{"code": CODE, "fate": "applied"}]


def test_change_without_push_sends_nothing(manage: httpx.Client, desk: Any) -> None:
    body = {"changes": [{"code": CODE, "price_fen": 1}], "push": False}
    assert manage.post("/prices", json=body).json()["pushes"] == []
    assert desk.received == []


def test_versions_grow_one_by_one(manage: httpx.Client, desk: Any) -> None:
    assert [change(manage, price)["prices"][0]["version"] for price in (1, 2, 3)] == [2, 3, 4]


def test_scheduled_price_is_pushed_but_not_listed_before_its_time(
    game: httpx.Client, manage: httpx.Client, desk: Any
) -> None:
    before = listed(game)
    price = change(manage, effective_at=FAR)["prices"][0]
    assert (price["version"], price["effective_at"][:4]) == (2, "2099")
    assert listed(game) == before
    change(manage, 555)
    assert (listed(game)["price_fen"], listed(game)["version"]) == (555, 3)


def test_new_item_needs_a_name(game: httpx.Client, manage: httpx.Client, desk: Any) -> None:
    assert manage.post("/prices", json={"changes": [{"code": "NEW-1", "price_fen": 5}]}).status_code == 422
    change(manage, 5, code="NEW-1", name="新道具")
    assert (listed(game, "NEW-1")["name"], listed(game, "NEW-1")["version"]) == ("新道具", 1)


def test_more_than_5000_prices_go_in_several_pushes(manage: httpx.Client, desk: Any) -> None:
    changes = [{"code": f"BULK-{i}", "price_fen": i, "name": f"批量{i}"} for i in range(5001)]
    pushes = manage.post("/prices", json={"changes": changes}).json()["pushes"]
    assert [push["prices"] for push in pushes] == [5000, 1]
    assert len({push["event_id"] for push in pushes}) == 2


@pytest.mark.parametrize("first", [(500, {}), (503, {"retry-after": "0"}), (429, {}), (0, {})])
def test_failed_push_is_repeated_with_the_same_id(
    manage: httpx.Client, desk: Any, secret: str, first: tuple[int, dict[str, str]]
) -> None:
    desk.planned.extend([first, first])
    (push,) = change(manage)["pushes"]
    assert (push["outcome"], len(push["attempts"])) == ("delivered", 3)
    assert [attempt["status"] for attempt in push["attempts"]] == [first[0] or None] * 2 + [200]
    assert {sent["headers"]["webhook-id"] for sent in desk.received} == {push["event_id"]}
    assert len({sent["body"] for sent in desk.received}) == 1
    for sent in desk.received:
        signature = expected_signature(sent["headers"], sent["body"], secret)
        assert sent["headers"]["webhook-signature"] == signature


def test_refused_push_is_not_repeated(manage: httpx.Client, desk: Any) -> None:
    desk.planned.append((401, {}))
    (push,) = change(manage)["pushes"]
    assert (push["outcome"], push["status"], len(push["attempts"])) == ("refused", 401, 1)


def test_push_that_never_arrives_is_recorded(manage: httpx.Client, desk: Any) -> None:
    desk.planned.extend([(503, {})] * 6)
    (push,) = change(manage)["pushes"]
    assert (push["outcome"], len(push["attempts"])) == ("failed", 6)
    assert manage.get("/pushes").json()["pushes"] == [push]


def test_repeated_push_is_identical(manage: httpx.Client, desk: Any, secret: str) -> None:
    (push,) = change(manage)["pushes"]
    again = manage.post(f"/pushes/{push['event_id']}/repeat").raise_for_status().json()
    first, second = desk.received
    assert (second["body"], second["headers"]["webhook-id"]) == (first["body"], push["event_id"])
    signature = expected_signature(second["headers"], second["body"], secret)
    assert second["headers"]["webhook-signature"] == signature
    assert (again["outcome"], len(again["attempts"])) == ("delivered", 2)


def test_repeat_of_an_unknown_push_is_404(manage: httpx.Client) -> None:
    assert manage.post(f"/pushes/{uuid.uuid4()}/repeat").status_code == 404
    assert manage.post("/pushes/nonsense/repeat").status_code == 400


def test_raw_push_leaves_the_games_prices_alone(game: httpx.Client, manage: httpx.Client, desk: Any) -> None:
    before = listed(game)
    price = {"code": CODE, "price_fen": 1, "currency": "CNY", "version": 1, "effective_at": FAR}
    event_id = str(uuid.uuid4())
    push = manage.post("/pushes", json={"prices": [price], "event_id": event_id}).json()
    assert push["event_id"] == event_id
    assert orjson.loads(desk.received[0]["body"]) == {"event_id": event_id, "prices": [price]}
    assert listed(game) == before


@pytest.mark.parametrize("spoil", ["signature", "timestamp", "body"])
def test_spoilt_push_fails_verification(manage: httpx.Client, desk: Any, secret: str, spoil: str) -> None:
    price = {"code": CODE, "price_fen": 1, "currency": "CNY", "version": 9, "effective_at": FAR}
    manage.post("/pushes", json={"prices": [price], "spoil": spoil}).raise_for_status()
    headers, body = desk.received[0]["headers"], desk.received[0]["body"]
    sound = headers["webhook-signature"] == expected_signature(headers, body, secret)
    fresh = abs(int(headers["webhook-timestamp"]) - time.time()) < 300
    assert (sound, fresh) == {
        "signature": (False, True),
        "timestamp": (True, False),
        "body": (False, True),
    }[spoil]


def test_two_live_secrets_give_two_signatures(games_folder: Path, tmp_path: Path, secret: str) -> None:
    new = "whsec_" + base64.b64encode(b"n" * 32).decode()
    for name, text in (("key", "k"), ("old", secret), ("new", new)):
        (tmp_path / name).write_text(f"{text}\n")
    entry = {"id": "xiyou", "name": "西游", "api_key_file": "key", "push_secret_files": ["old", "new"]}
    (tmp_path / "games.yaml").write_bytes(orjson.dumps({"games": [entry]}))
    (game,) = load_games(tmp_path / "games.yaml")
    headers = signed_headers("id", 1, b"{}", game.push_secrets)
    both = [expected_signature(headers, b"{}", one) for one in (secret, new)]
    assert headers["webhook-signature"].split(" ") == both


@pytest.mark.parametrize(
    "bad",
    [
        {"price_fen": -1},
        {"price_fen": 1.5},
        {"code": "a b"},
        {"effective_at": "tomorrow"},
        {"effective_at": "2026-01-01T00:00:00"},
        {"effective_at": "0001-01-01T00:00:00+23:00"},
        {"effective_at": "2016-12-31T23:59:60Z"},
    ],
)
def test_change_outside_the_contract_is_refused(manage: httpx.Client, bad: dict[str, Any]) -> None:
    body = {"changes": [{"code": CODE, "price_fen": 1, **bad}], "push": False}
    assert manage.post("/prices", json=body).status_code == 400
