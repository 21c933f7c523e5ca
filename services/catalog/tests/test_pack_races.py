"""Packs that become active while the rules change, and prices that change while packs do: R23, R30."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from gamedesk_catalog.commands.approvals import approve_pack
from gamedesk_catalog.commands.campaigns import edit_campaign
from gamedesk_catalog.commands.discount_rules import create_rule, judge_some
from gamedesk_catalog.commands.packs import create_pack, edit_pack, submit_pack
from gamedesk_catalog.commands.prices import Origin, apply_quotes
from gamedesk_catalog.errors import CampaignInUse, UnknownCampaign
from gamedesk_catalog.model.discount_rules import NewDiscountRule
from gamedesk_catalog.model.packs import NewPack as New
from gamedesk_catalog.quotes import Quote
from gamedesk_catalog.repository import discount_rules, items
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.principal import Principal
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import Connection, Engine, event, text

from .conftest import Game, price

As = Callable[[str], ApiClient]
ItemOf = Callable[[str], dict[str, Any]]
NewPack = Callable[..., dict[str, Any]]
ADMIN, LEAD, AGENT = "KF001", "KF002", "KF003"
MAKER, APPROVER = Principal(AGENT, "agent", "A"), Principal(LEAD, "lead", "A")
STRICTER = "UPDATE discount_rules SET max_discount_bp = 1000 WHERE role <> 'admin'"


def judge(database: Database) -> None:
    while database.transact(judge_some):
        pass


def made(tx: Connection, new_pack: NewPack, item_of: ItemOf) -> UUID:
    return UUID(create_pack(tx, MAKER, New("礼包", 3000, ((UUID(item_of("XIYOU-1")["item_id"]), 1),))).resource_id)


def submitted(tx: Connection, new_pack: NewPack, item_of: ItemOf) -> UUID:
    pack = new_pack({"XIYOU-1": 1}, 3000, draft=True)
    submit_pack(tx, MAKER, pack["code"], 1)
    return UUID(pack["pack_id"])


def approved(tx: Connection, new_pack: NewPack, item_of: ItemOf) -> UUID:
    pack = new_pack({"XIYOU-1": 1}, 4000)
    approve_pack(tx, APPROVER, pack["code"], 1)
    return UUID(pack["pack_id"])


def edited(tx: Connection, new_pack: NewPack, item_of: ItemOf) -> UUID:
    pack = new_pack({"XIYOU-1": 1}, 4000)
    edit_pack(tx, MAKER, pack["code"], 1, {"discount_bp": 3000})
    return UUID(pack["pack_id"])


@pytest.mark.parametrize("way", [made, submitted, approved, edited])
def test_a_pack_that_becomes_active_while_the_rules_change_is_judged_by_the_new_ones__R23(
    way: Callable[..., UUID],
    database: Database,
    as_agent: As,
    new_pack: NewPack,
    item_of: ItemOf,
    eventually: Callable[..., Any],
) -> None:
    """However the rules change: here as by the clock, which locks nothing."""
    judge(database)
    with ThreadPoolExecutor(1) as pool:
        with database.begin() as tx:
            pack_id = way(tx, new_pack, item_of)
            with database.begin() as other:
                other.execute(text(STRICTER))
            judging = pool.submit(judge, database)
            eventually(lambda: judging.done() or waits(database))
        judging.result()
    judge(database)

    shown = as_agent(AGENT).get(f"/packs/{pack_id}").json()
    assert (shown["state"], shown["review_reason"]) == ("review", "discount")


@pytest.mark.parametrize("begun", [False, True], ids=["at its begin", "when it goes on"])
def test_packs_are_judged_by_the_rules_of_now_when_somebody_changes_them_meanwhile__R23(
    begun: bool,
    database: Database,
    as_agent: As,
    new_pack: NewPack,
    eventually: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if begun:
        monkeypatch.setattr("gamedesk_catalog.commands.discount_rules._CHUNK", 1)
    judge(database)
    first, last = new_pack({"XIYOU-1": 1}, 1000), new_pack({"XIYOU-1": 1}, 3000)
    with database.begin() as tx:
        tx.execute(text(STRICTER))
    assert not begun or database.transact(judge_some), "there are more"
    with ThreadPoolExecutor(1) as pool:
        with database.begin() as tx:
            discount_rules.lock_all(tx)
            judging = pool.submit(judge, database)
            eventually(lambda: judging.done() or waits(database))
            tx.execute(text("UPDATE discount_rules SET max_discount_bp = 3500 WHERE role <> 'admin'"))
        judging.result()

    assert [as_agent(AGENT).get(f"/packs/{pack['code']}").json()["state"] for pack in (first, last)] == ["active"] * 2


@pytest.mark.parametrize("of_it", ["pack", "rule"])
@pytest.mark.parametrize("first", ["the campaign leaves the game", "something of it is made"])
def test_a_campaign_leaves_no_game_while_something_of_it_is_made_there__R15(
    of_it: str,
    first: str,
    database: Database,
    as_agent: As,
    item_of: ItemOf,
    eventually: Callable[..., Any],
) -> None:
    days = {"starts_on": "2026-01-01", "ends_on": "2999-01-01"}
    body = {"name": "周年庆", "theme": "周年", "game_ids": ["xiyou", "sanguo"], **days}
    campaign_id = UUID(as_agent(ADMIN).post("/campaigns", body).json()["campaign_id"])
    admin = Principal(ADMIN, "admin", "A")
    contents = ((UUID(item_of("XIYOU-1")["item_id"]), 1),)

    def make(tx: Connection) -> Any:
        if of_it == "pack":
            return create_pack(tx, admin, New("礼包", 1000, contents, campaign_id=campaign_id))
        return create_rule(tx, admin, NewDiscountRule("agent", "xiyou", 1000, 1, campaign_id))

    def leave(tx: Connection) -> Any:
        return edit_campaign(tx, admin, campaign_id, 1, {"game_ids": ("sanguo",)})

    steps = {"the campaign leaves the game": (leave, make), "something of it is made": (make, leave)}
    before, after = steps[first]
    with ThreadPoolExecutor(1) as pool:
        with database.begin() as tx:
            before(tx)
            late = pool.submit(database.transact, after)
            eventually(lambda: late.done() or waits(database))
        with pytest.raises(UnknownCampaign if after == make else CampaignInUse):
            late.result()


def waits(database: Database) -> bool:
    with database.begin() as tx:
        return tx.execute(text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")).scalar_one()


@pytest.mark.parametrize(("discount_bp", "by", "step"), [(1000, AGENT, "retire"), (4000, LEAD, "reject")])
def test_a_pack_is_retired_or_rejected_while_its_prices_change__R23_R30(
    database: Database, as_agent: As, new_pack: NewPack, discount_bp: int, by: str, step: str
) -> None:
    """A push holds the items and then waits for the pack: who has the pack must not wait for the items."""
    pack = new_pack({"XIYOU-1": 1}, discount_bp)
    body = {"reason": "太低"} if step == "reject" else None

    with database.begin() as push:
        items.lock_codes(push, "xiyou", ["XIYOU-1"])
        answer = as_agent(by).post(f"/packs/{pack['code']}/{step}", body, version=1)

    assert answer.status_code == 200, answer.text
    assert [line["quantity"] for line in answer.json()["contents"]] == [1]


@pytest.mark.parametrize("path", ["/packs", "/packs/{code}", "/pack-approvals", "/campaigns/{campaign}/packs"])
def test_a_pack_is_shown_as_it_was_at_one_moment__R23_R30(
    path: str, database: Database, as_agent: As, new_pack: NewPack, new_campaign: Callable[..., str]
) -> None:
    """A price comes in between the reading of packs and that of their contents."""
    campaign = new_campaign("xiyou")
    pack = new_pack({"XIYOU-1": 1}, 4000, campaign_id=campaign)
    pushed: list[int] = []

    def push(_: Any, __: Any, statement: str, *___: Any) -> None:
        if "FROM pack_contents" in statement and not pushed:
            pushed.append(1)
            quote = Quote("XIYOU-1", 1200, 2, now())
            database.transact(apply_quotes, "xiyou", [quote], Origin("push"), 5)

    event.listen(Engine, "before_cursor_execute", push)
    try:
        answer = as_agent(LEAD).get(path.format(code=pack["code"], campaign=campaign)).json()
    finally:
        event.remove(Engine, "before_cursor_execute", push)

    (shown,) = answer.get("items", [answer])
    assert pushed
    assert (shown["version"], shown["list_price_fen"], shown["contents"][0]["unit_price_fen"]) == (1, 1000, 1000)


def test_concurrent_pushes_and_packs_agree_in_the_end__R23_R30(
    game: Game, database: Database, as_agent: As, new_pack: NewPack, item_of: ItemOf
) -> None:
    codes = ["XIYOU-1", "XIYOU-2", "XIYOU-3"]
    packs = [new_pack(dict.fromkeys(codes, 1), 1000) for _ in range(3)]
    leaving = [new_pack(dict.fromkeys(codes, 1), 1000) for _ in range(6)]
    beyond = [new_pack(dict.fromkeys(codes, 1), 4000) for _ in range(6)]
    failures: list[Any] = []

    def pusher(number: int) -> None:
        order = codes if number % 2 else codes[::-1]
        for version in range(2, 8):
            answer = game.push(*[price(code, 300 + version * 4 + number, version * 10 + number) for code in order])
            if answer.status_code != 200:
                failures.append(answer.text)

    def builder() -> None:
        ids = [item_of(code)["item_id"] for code in codes]
        for _ in range(6):
            lines = [{"item_id": item_id, "quantity": 1} for item_id in ids]
            answer = as_agent("KF004").post("/packs", {"name": "礼包", "discount_bp": 1000, "contents": lines})
            if answer.status_code != 201:
                failures.append(answer.text)

    def ender(by: str, step: str, of: list[dict[str, Any]], body: dict[str, Any] | None) -> None:
        for pack in of:
            while True:
                version = as_agent(by).get(f"/packs/{pack['code']}").json()["version"]
                answer = as_agent(by).post(f"/packs/{pack['code']}/{step}", body, version=version)
                if answer.status_code != 412:
                    break
            if answer.status_code != 200:
                failures.append(answer.text)

    threads = [threading.Thread(target=pusher, args=(n,)) for n in range(3)]
    threads.append(threading.Thread(target=builder))
    threads.append(threading.Thread(target=ender, args=(AGENT, "retire", leaving, None)))
    threads.append(threading.Thread(target=ender, args=(LEAD, "reject", beyond, {"reason": "太低"})))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    total = sum(item_of(code)["price_fen"] for code in codes)
    found = as_agent("KF003").get("/packs", limit=50).json()["items"]
    assert len(found) == len(packs) + len(leaving) + len(beyond) + 6
    assert {pack["list_price_fen"] for pack in found if pack["state"] != "retired"} == {total}
    states = {pack["code"]: pack["state"] for pack in found}
    assert {states[pack["code"]] for pack in leaving} == {"retired"}
    assert {states[pack["code"]] for pack in beyond} == {"draft"}
    with database.begin() as tx:
        versions = text("SELECT aggregate_id FROM outbox GROUP BY 1 HAVING count(*) <> max(version)")
        assert tx.execute(versions).all() == [], "each version has its one event"
