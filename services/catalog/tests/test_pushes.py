"""Prices that the game's server pushes: R30."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from gamedesk_catalog.__main__ import apply_due_prices
from gamedesk_catalog.commands.prices import Origin, apply_quotes
from gamedesk_catalog.pauses import Pauses
from gamedesk_catalog.quotes import HoldFactors, Quote
from gamedesk_catalog.signatures import push_keys
from gamedesk_catalog.tables import pending_prices
from gamedesk_chassis import json_body
from gamedesk_chassis.clock import now, rfc3339
from gamedesk_chassis.database import Database
from gamedesk_chassis.remotes import Remote
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import Engine, event, func, select, text, update

from .conftest import Game, price

As = Callable[[str], ApiClient]
ItemOf = Callable[[str], dict[str, Any]]
NewPack = Callable[..., dict[str, Any]]


def in_days(days: float) -> str:
    return rfc3339(now() + timedelta(days=days)) or ""


def slug(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["type"].removeprefix("urn:gamedesk:problem:")


def test_a_pushed_price_is_the_items_price__R30(game: Game, item_of: ItemOf) -> None:
    answer = game.push(price("XIYOU-1", 1200, 2), event_id="event-1")

    assert answer.status_code == 200
    assert answer.json() == {"event_id": "event-1", "results": [{"code": "XIYOU-1", "fate": "applied"}]}
    item = item_of("XIYOU-1")
    assert (item["price_fen"], item["game_price_fen"], item["source_version"], item["version"]) == (1200, 1200, 2, 2)


def test_every_fate__R30(game: Game, item_of: ItemOf) -> None:
    assert game.fates(price("XIYOU-1", 1100, 3), price("XIYOU-2", 260, 2)) == ["applied", "applied"]

    fates = game.fates(
        price("XIYOU-1", 1100, 3),
        price("XIYOU-1", 1150, 3),
        price("XIYOU-2", 240, 1),
        price("XIYOU-9", 100, 1),
        price("XIYOU-3", 100, 2, in_days(1)),
        price("XIYOU-2", 260 * 6, 4),
    )

    assert fates == ["unchanged", "stale", "stale", "unknown_item", "scheduled", "held"]
    assert [item_of(f"XIYOU-{n}")["price_fen"] for n in (1, 2, 3)] == [1100, 260, 99]


@pytest.mark.parametrize(("price_fen", "fate"), [(5000, "applied"), (5001, "held"), (200, "applied"), (199, "held")])
def test_a_change_beyond_the_factor_is_held__R30(game: Game, price_fen: int, fate: str) -> None:
    assert game.fates(price("XIYOU-1", price_fen, 2)) == [fate]


def test_the_same_event_gets_the_same_answer_and_changes_nothing__R30(game: Game, item_of: ItemOf) -> None:
    first = game.push(price("XIYOU-1", 1200, 2), event_id="event-1")
    game.push(price("XIYOU-1", 1300, 3))
    again = game.push(price("XIYOU-1", 1200, 2), event_id="event-1", secret="old_secret")

    assert (again.status_code, again.json()) == (200, first.json())
    assert (item_of("XIYOU-1")["price_fen"], item_of("XIYOU-1")["version"]) == (1300, 3)
    other = game.push(price("XIYOU-1", 1201, 2), event_id="event-1")
    assert slug(other) == (422, "event-id-reused")


def test_the_exact_bytes_are_verified__R30(game: Game) -> None:
    body = b'\r\n { "prices" :[ ' + json.dumps(price("XIYOU-1", 1200, 2)).encode() + b'],\t"event_id":"e1"  }\n\n'

    assert game.send(body, "e1").status_code == 200


@pytest.mark.parametrize("secret", ["new_secret", "old_secret"])
def test_both_live_secrets_are_good__R30(game: Game, secret: str) -> None:
    assert game.fates(price("XIYOU-1", 1200, 2), secret=secret) == ["applied"]


@pytest.mark.parametrize(
    ("bend", "expected"),
    [
        ({"secret": "sanguo_secret"}, "signature-invalid"),
        ({"signature": "v1,AAAA"}, "signature-invalid"),
        ({"age": 301}, "signature-expired"),
        ({"age": -320}, "signature-expired"),
        ({"age": 301, "secret": "sanguo_secret"}, "signature-invalid"),
    ],
)
def test_wrong_or_old_signatures_are_refused__R30(game: Game, item_of: ItemOf, bend: Any, expected: str) -> None:
    assert slug(game.push(price("XIYOU-1", 1200, 2), **bend)) == (401, expected)
    assert item_of("XIYOU-1")["version"] == 1


def test_unsigned_changed_and_misdirected_pushes_are_refused__R30(anonymous: ApiClient, game: Game) -> None:
    body = {"event_id": "e", "prices": [price("XIYOU-1", 1200, 2)]}

    assert slug(anonymous.post("/price-pushes/xiyou", body)) == (401, "signature-missing")
    assert slug(Game(anonymous, "sanguo").push(price("SANGUO-1", 1, 2))) == (401, "signature-invalid")
    assert slug(Game(anonymous, "nosuch").push(price("SANGUO-1", 1, 2))) == (401, "signature-invalid")
    assert slug(game.send(json.dumps(body).encode(), "another-id")) == (422, "event-id-mismatch")


@pytest.mark.parametrize("signature", ["", "v1,AAAA", "v1,AAAA " * 500, "v1,\xff", "\xe9"])
def test_who_did_not_sign_has_nothing_parsed__R30(
    anonymous: ApiClient, monkeypatch: pytest.MonkeyPatch, signature: str
) -> None:
    """2 MiB of brackets would cost half a second, and anybody can send them."""
    monkeypatch.setattr(json_body, "loads", lambda _raw: pytest.fail("it was parsed"))
    brackets = b'{"prices": [' + b"[]," * 690_000 + b"[]]}"
    headers = {"webhook-id": "e", "webhook-timestamp": str(int(now().timestamp())), "Content-Type": "application/json"}
    if signature:
        headers["webhook-signature"] = signature

    answer = anonymous.request(
        "POST",
        "/price-pushes/xiyou",
        content=brackets,
        headers={name.encode(): value.encode("latin-1") for name, value in headers.items()},  # type: ignore[misc]
    )

    assert slug(answer) == (401, "signature-invalid" if signature else "signature-missing")


def test_malformed_pushes_are_refused_whole__R30(game: Game, item_of: ItemOf) -> None:
    good = price("XIYOU-1", 1200, 2)
    bad = [
        {**good, "price_fen": -1},
        {**good, "price_fen": 1.5},
        {**good, "currency": "USD"},
        {**good, "version": 0},
        {**good, "effective_at": "2026-01-01T00:00:00"},
        {**good, "effective_at": "tomorrow"},
        {**good, "effective_at": "9999-12-31T23:59:59-14:00"},
        {**good, "effective_at": "2026-12-31T23:59:60Z"},
        {**good, "extra": 1},
        {**good, "code": "a b"},
    ]
    for one in bad:
        assert game.push(good, one).status_code == 400
    assert game.push().status_code == 400
    assert game.push(*[good] * 5001).status_code == 400
    assert slug(game.send(b" " * (2 * 1024 * 1024 + 1), "e")) == (413, "body-too-large")
    assert slug(game.send(b"{", "e")) == (400, "malformed-json")
    assert slug(game.push(good, content_type="text/plain")) == (415, "unsupported-media-type")
    assert item_of("XIYOU-1")["version"] == 1


def test_a_scheduled_price_comes_into_force_when_due__R30(
    game: Game, item_of: ItemOf, database: Database, new_pack: NewPack, as_agent: As
) -> None:
    pack = new_pack({"XIYOU-1": 1}, 0)
    assert game.fates(price("XIYOU-1", 1200, 2, in_days(1))) == ["scheduled"]
    assert game.fates(price("XIYOU-1", 1200, 2, in_days(1))) == ["unchanged"]
    pending = item_of("XIYOU-1")["pending_price"]
    assert (pending["state"], pending["price_fen"], pending["source_version"]) == ("scheduled", 1200, 2)

    apply_due_prices(database, HoldFactors(5), Pauses())
    assert item_of("XIYOU-1")["price_fen"] == 1000
    with database.begin() as tx:
        tx.execute(update(pending_prices).values(effective_at=now() - timedelta(seconds=1)))
    apply_due_prices(database, HoldFactors(5), Pauses())
    apply_due_prices(database, HoldFactors(5), Pauses())

    item = item_of("XIYOU-1")
    assert (item["price_fen"], item["source_version"], item["pending_price"]) == (1200, 2, None)
    assert as_agent("KF003").get(f"/packs/{pack['code']}").json()["price_fen"] == 1200


def test_a_newer_version_cancels_an_older_scheduled_one__R30(game: Game, item_of: ItemOf) -> None:
    tomorrow, later = in_days(1), in_days(2)
    assert game.fates(price("XIYOU-1", 1200, 2, tomorrow)) == ["scheduled"]
    assert game.fates(price("XIYOU-1", 1200, 2, tomorrow)) == ["unchanged"]
    assert game.fates(price("XIYOU-1", 1300, 4, later)) == ["scheduled"]
    assert item_of("XIYOU-1")["pending_price"]["price_fen"] == 1300
    assert game.fates(price("XIYOU-1", 1250, 3, tomorrow)) == ["stale"]
    assert game.fates(price("XIYOU-1", 1100, 3)) == ["applied"], "in force now, before the scheduled one"
    assert item_of("XIYOU-1")["pending_price"]["price_fen"] == 1300
    assert game.fates(price("XIYOU-1", 1150, 5)) == ["applied"]
    assert item_of("XIYOU-1")["pending_price"] is None


def test_a_lead_decides_on_a_held_price__R30(game: Game, item_of: ItemOf, as_agent: As) -> None:
    assert game.fates(price("XIYOU-1", 9000, 2), price("XIYOU-2", 1, 2)) == ["held", "held"]
    one, two = item_of("XIYOU-1"), item_of("XIYOU-2")
    path = f"/items/{one['item_id']}/pending-price"
    assert (one["price_fen"], one["pending_price"]["state"], one["pending_price"]["price_fen"]) == (1000, "held", 9000)

    assert as_agent("KF003").post(path, {"decision": "apply"}, version=2).status_code == 403
    assert as_agent("KF002").post(path, {"decision": "apply"}).status_code == 428
    stale = as_agent("KF002").post(path, {"decision": "apply"}, version=1)
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 2)
    applied = as_agent("KF002").post(path, {"decision": "apply", "reason": "新版本"}, version=2).json()
    assert (applied["price_fen"], applied["source_version"], applied["pending_price"]) == (9000, 2, None)
    again = as_agent("KF002").post(path, {"decision": "apply"}, version=3)
    assert slug(again) == (422, "no-price-held")

    path = f"/items/{two['item_id']}/pending-price"
    refused = as_agent("KF001").post(path, {"decision": "discard"}, version=2).json()
    assert (refused["price_fen"], refused["pending_price"]) == (250, None)
    assert game.fates(price("XIYOU-2", 1, 2)) == ["stale"], "what was refused does not come back"
    assert game.fates(price("XIYOU-2", 260, 3)) == ["applied"]


def test_a_held_price_is_cancelled_by_a_newer_one__R30(game: Game, item_of: ItemOf) -> None:
    assert game.fates(price("XIYOU-1", 9000, 3)) == ["held"]
    assert game.fates(price("XIYOU-1", 9000, 3)) == ["unchanged"]
    assert game.fates(price("XIYOU-1", 1100, 2)) == ["stale"]
    assert game.fates(price("XIYOU-1", 1200, 4)) == ["applied"]
    assert item_of("XIYOU-1")["pending_price"] is None


def test_a_push_leaves_one_event_for_each_item_and_pack__I1(game: Game, database: Database, new_pack: NewPack) -> None:
    both = new_pack({"XIYOU-1": 1, "XIYOU-2": 1})
    other = new_pack({"XIYOU-3": 1})
    game.push(price("XIYOU-1", 1200, 2), price("XIYOU-2", 300, 2))

    with database.begin() as tx:
        query = text("SELECT type, aggregate_id, version FROM outbox WHERE version > 1 ORDER BY id")
        rows = tx.execute(query).all()
    assert [(row.type, row.version) for row in rows] == [
        ("catalog.item.updated.v1", 2),
        ("catalog.item.updated.v1", 2),
        ("catalog.pack.updated.v1", 2),
    ]
    assert rows[-1].aggregate_id == both["pack_id"] != other["pack_id"]


def test_a_failing_push_leaves_nothing__I2(
    game: Game, database: Database, item_of: ItemOf, new_pack: NewPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_pack({"XIYOU-1": 1})

    def fail(*_: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("gamedesk_catalog.events.packs_updated", fail)
        assert game.push(price("XIYOU-1", 1200, 2), event_id="e-1").status_code == 500

    assert item_of("XIYOU-1")["version"] == 1
    assert game.fates(price("XIYOU-1", 1200, 2), event_id="e-1") == ["applied"], "the failed attempt is not remembered"


def test_five_thousand_prices_and_their_packs_in_one_push__R30(
    game: Game, database: Database, new_pack: NewPack, eventually: Any
) -> None:
    quotes = [Quote(f"BULK-{n}", 1000, 1, now(), f"道具{n}") for n in range(5000)]
    for start in range(0, 5000, 500):
        database.transact(apply_quotes, "xiyou", quotes[start : start + 500], Origin("pull"), 5)
    for n in range(20):
        new_pack({f"BULK-{n}": 1, "XIYOU-1": 1})

    statements: list[str] = []

    def count(*call: Any) -> None:
        statements.append(call[2])

    event.listen(Engine, "before_cursor_execute", count)
    try:
        fates = game.fates(*[price(f"BULK-{n}", 1100, 2) for n in range(5000)])
    finally:
        event.remove(Engine, "before_cursor_execute", count)

    assert set(fates) == {"applied"}
    assert len(statements) < 30, "a handful of statements, not five thousand"
    with database.begin() as tx:
        new = text("SELECT type, count(*) FROM outbox WHERE version = 2 GROUP BY type ORDER BY type")
        assert [tuple(row) for row in tx.execute(new)] == [
            ("catalog.item.updated.v1", 5000),
            ("catalog.pack.updated.v1", 20),
        ]


def test_one_event_pushed_by_many_at_once_has_one_effect__I4(game: Game, database: Database, item_of: ItemOf) -> None:
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda: answers.append(game.push(price("XIYOU-1", 1200, 2), event_id="e-1").json()))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(answer == {"event_id": "e-1", "results": [{"code": "XIYOU-1", "fate": "applied"}]} for answer in answers)
    assert item_of("XIYOU-1")["version"] == 2
    with database.begin() as tx:
        assert tx.execute(select(func.count()).select_from(text("price_pushes"))).scalar_one() == 1


def test_a_push_secret_that_could_be_guessed_is_refused_at_the_start__R30() -> None:
    def remote(size: int) -> Remote:
        secret = "whsec_" + base64.b64encode(b"x" * size).decode()
        return Remote("xiyou", "西游传说", "http://xiyou.test", "the key", (secret,))

    assert push_keys([remote(24)]) == {"xiyou": (b"x" * 24,)}
    with pytest.raises(SystemExit, match="xiyou is shorter than 24 bytes"):
        push_keys([remote(23)])
