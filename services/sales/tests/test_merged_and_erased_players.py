"""One person under two ids, and one who asked to be forgotten: what sales makes of it. R26, R28, PIPL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from gamedesk_chassis import inbox
from gamedesk_chassis.database import Database
from gamedesk_chassis.events import Event
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.processor import Verdict
from gamedesk_sales.consumers import FROM_PLAYERS
from gamedesk_testing import eventually
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

from .conftest import deliver, event
from .test_touches import refusal, today, touch

As = Callable[[str], ApiClient]
Body = Callable[..., dict[str, Any]]


@pytest.fixture
def changed(feed: Any) -> Callable[..., None]:
    """`changed("merged", player_id, version, merged_into=…)`: an event about a player of KF003."""

    def arrive(verb: str, player_id: str, version: int, *, republication: bool = False, **fields: Any) -> None:
        data = {"player_id": player_id, "owner_agent_id": "KF003", "tier": "big", "minor_band": "none"}
        data |= {"merged_into": None, "erased": False, **fields}
        feed(f"players.player.{verb}.v1", player_id, data, version, republication=republication)

    return arrive


@pytest.fixture
def pair(known_player: Callable[..., str]) -> tuple[str, str]:
    """Survivor and loser of a merge to come."""
    return known_player(), known_player()


def merge(changed: Callable[..., None], pair: tuple[str, str]) -> None:
    changed("merged", pair[1], 2, merged_into=pair[0])


def test_open_pages_hear_when_sales_has_followed_a_merge_and_its_undoing__R28(
    pair: tuple[str, str], changed: Callable[..., None], published: Callable[[], list[Any]]
) -> None:
    def heard() -> list[str]:
        rows = [row.payload for row in published() if row.type == "sales.follow_up.changed.v1"]
        assert all(row["touch_id"] is row["proposal_id"] is None for row in rows)
        return sorted(row["player_id"] for row in rows)

    merge(changed, pair)
    assert heard() == [pair[0]]
    changed("updated", pair[1], 3)
    assert heard() == sorted([pair[0], *pair])


@pytest.mark.parametrize("asked", [0, 1])
def test_records_of_both_are_read_under_either_id__and_apart_after_the_undoing(
    as_agent: As, pair: tuple[str, str], changed: Callable[..., None], asked: int
) -> None:
    agent = as_agent("KF003")
    first, second = touch(agent, pair[0]), touch(agent, pair[1])

    merge(changed, pair)
    listed = agent.get("/touches", player_id=pair[asked]).json()["items"]
    assert [t["touch_id"] for t in listed] == [second["touch_id"], first["touch_id"]]
    assert [t["player_id"] for t in listed] == [pair[1], pair[0]], "records keep the id they were made under"

    changed("updated", pair[1], 3)
    alone = agent.get("/touches", player_id=pair[asked]).json()["items"]
    assert [t["player_id"] for t in alone] == [pair[asked]]


def test_what_is_recorded_under_the_old_id_is_the_survivors(
    as_agent: As, pair: tuple[str, str], changed: Callable[..., None], order_body: Body
) -> None:
    merge(changed, pair)
    agent = as_agent("KF003")

    assert touch(agent, pair[1])["player_id"] == pair[0]
    order = agent.post("/orders", order_body(player_id=pair[1]))
    assert (order.status_code, order.json()["player_id"]) == (201, pair[0])


def test_a_wish_to_be_left_alone_counts_for_the_whole_person__until_it_is_lifted(
    as_agent: As, pair: tuple[str, str], changed: Callable[..., None]
) -> None:
    agent, lead = as_agent("KF003"), as_agent("KF002")
    touch(agent, pair[1], "do_not_contact")
    merge(changed, pair)

    refused = agent.post("/touches", {"player_id": pair[0], "outcome": "no_reply"})
    assert refusal(refused)[:2] == (409, "do-not-contact")
    assert agent.get(f"/contact-blocks/{pair[0]}").json()["in_force"] is True

    lifted = lead.post(f"/contact-blocks/{pair[0]}/lift", {"reason": "他又加回来了"})
    assert (lifted.status_code, lifted.json()["in_force"]) == (200, False)
    touch(agent, pair[0])


def test_a_touch_takes_up_what_either_of_them_was_promised(
    as_agent: As, pair: tuple[str, str], changed: Callable[..., None]
) -> None:
    agent = as_agent("KF003")
    for player_id in pair:
        touch(agent, player_id, "thinking", follow_up_on=today(2))
    merge(changed, pair)

    assert len(agent.get("/follow-ups", agent="KF003").json()["items"]) == 2
    touch(agent, pair[0])
    assert agent.get("/follow-ups", agent="KF003").json()["items"] == []


def test_an_account_that_both_know_is_one_account_to_deliver_to(
    as_agent: As, pair: tuple[str, str], changed: Callable[..., None], known_profile: Any, order_body: Body
) -> None:
    for player_id in pair:
        known_profile(player_id, game_account_id="xiyou-7")
    merge(changed, pair)

    order = as_agent("KF003").post("/orders", order_body(player_id=pair[0]))
    assert order.json()["profile"]["game_account_id"] == "xiyou-7"


def test_an_erased_players_texts_are_gone_and_the_books_stay(
    as_agent: As, player: str, changed: Callable[..., None], database: Database, order_body: Body, known_profile: Any
) -> None:
    known_profile(player)
    agent = as_agent("KF003")
    touch(agent, player, "thinking", follow_up_on=today(1), situation="王先生说再想想", player_state="在出差")
    sold = agent.post(
        "/orders", order_body(player_id=player, amount_paid_fen=7_000, difference_reason="王先生是老客户")
    ).json()

    changed("erased", player, 2, erased=True)

    whole = "".join(dump(database, table) for table in ("touches", "orders", "contact_blocks", "profile_copies"))
    assert not [word for word in ("王先生", "出差") if word in whole]
    after = agent.get(f"/orders/{sold['order_id']}").json()
    books = ("amount_paid_fen", "transaction_id", "pack", "paid_at", "state")
    assert {name: after[name] for name in books} == {name: sold[name] for name in books}
    assert agent.get("/follow-ups", agent="KF003").json()["items"] == []
    assert refusal(agent.post("/touches", {"player_id": player, "outcome": "no_reply"}))[:2] == (422, "player-erased")
    assert refusal(agent.post("/orders", order_body()))[:2] == (
        422,
        "player-erased",
    )


def test_an_older_event_after_the_erasure_brings_no_account_back(
    player: str, changed: Callable[..., None], database: Database, known_profile: Any
) -> None:
    changed("erased", player, 3, erased=True)
    known_profile(player, game_account_id="xiyou-secret", server="旧服")
    changed("updated", player, 2)

    assert not [word for word in ("secret", "旧服") if word in dump(database, "profile_copies")]
    with database.begin() as tx:
        assert tx.execute(text("SELECT erased FROM player_copies")).scalar_one() is True


def test_letters_that_name_an_erased_player_do_not_stay__erasure(
    player: str, known_player: Callable[..., str], database: Database
) -> None:
    other = known_player()
    with database.begin() as tx:
        for player_id in (player, other):
            letter = event("players.profile.synced.v1", player_id, {"player_id": player_id, "game_account_id": "a1"})
            inbox.bury(tx, "sales-players", new_id(), letter.type, letter.to_bytes(), "KeyError")

    deliver(database, erasure_of(player))

    with database.begin() as tx:
        left = tx.execute(text("SELECT convert_from(payload, 'UTF8') FROM dead_letter")).scalars().all()
    assert [(player in payload, other in payload) for payload in left] == [(False, True)]


@pytest.mark.parametrize("order", [("synced", "erased"), ("erased", "synced")])
def test_an_account_that_comes_while_its_player_is_erased_does_not_stay(
    player: str, database: Database, order: tuple[str, str]
) -> None:
    """Two workers meet: the second event is handled before the first one's transaction has ended."""
    account = {"profile_id": player, "player_id": player, "game_id": "xiyou", "state": "ok"}
    account |= {"server": "旧服", "game_account_id": "xiyou-secret"}
    events = {"synced": event("players.profile.synced.v1", player, account), "erased": erasure_of(player)}
    first, second = (events[name] for name in order)

    with ThreadPoolExecutor(1) as pool:
        with database.begin() as tx:
            FROM_PLAYERS[first.type](tx, first)
            meeting = pool.submit(deliver, database, second)
            eventually(lambda: waiting_for_a_lock(database) == 1)
        assert meeting.result() == Verdict.DONE

    assert not [word for word in ("secret", "旧服") if word in dump(database, "profile_copies")]


def test_a_backup_that_brings_texts_back_loses_them_by_the_republication(
    as_agent: As, player: str, changed: Callable[..., None], database: Database
) -> None:
    touch(as_agent("KF003"), player, situation="王先生在忙")
    with database.begin() as tx:
        tx.execute(text("UPDATE player_copies SET erased = true, version = 5"))

    changed("updated", player, 5, erased=True, republication=True)
    assert "王先生" not in dump(database, "touches")


def test_the_timeline_holds_touches_and_orders__a_sale_once_and_by_pages__B10(
    as_agent: As, pair: tuple[str, str], changed: Callable[..., None], order_body: Body
) -> None:
    agent = as_agent("KF003")
    touch(agent, pair[0])
    agent.post("/orders", order_body(player_id=pair[1]))
    touch(agent, pair[0], "thinking", follow_up_on=today(1))
    merge(changed, pair)

    items = agent.get("/player-records", player_id=pair[0]).json()["items"]
    assert [item["kind"] for item in items] == ["touch", "order", "touch"]
    pages: list[str] = []
    before: dict[str, str] = {}
    while found := agent.get("/player-records", player_id=pair[0], limit=1, **before).json()["items"]:
        pages += [item["record_id"] for item in found]
        before = {"before": pages[-1]}
    assert pages == [item["record_id"] for item in items]


def erasure_of(player: str) -> Event:
    gone = {"player_id": player, "owner_agent_id": "KF003", "tier": "none", "minor_band": "none"}
    return event("players.player.erased.v1", player, gone | {"merged_into": None, "erased": True}, version=2)


def dump(database: Database, table: str) -> str:
    with database.begin() as tx:
        return str(tx.execute(text(f"SELECT * FROM {table}")).all())


def waiting_for_a_lock(database: Database) -> int:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.begin() as tx:
        return tx.execute(text(query)).scalar_one()
