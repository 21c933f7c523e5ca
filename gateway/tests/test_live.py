"""Live changes: whom they reach, and what of them is told (B12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from .conftest import OTHER_ID, PLAYER_ID, Gateway
from .live_pages import Bus, Page, heard_of, listening
from .test_home import player


@pytest.fixture(scope="module")
def kept_gateway(gateway_with: Callable[..., Gateway], nats_url: str) -> Gateway:
    return gateway_with(nats_url=nats_url)


@pytest.fixture
def listen(gateway: Gateway, token_for: Any, eventually: Any) -> Iterator[Callable[..., Page]]:
    with listening(gateway, token_for, eventually) as listen:
        yield listen


@pytest.fixture
def bus(nats_url: str) -> Bus:
    return Bus(nats_url)


def test_a_change_carries_kind_and_ids_and_nothing_else(listen: Callable[..., Page], bus: Bus, eventually: Any) -> None:
    owner = listen("KF003")

    bus.ticket()

    [change] = heard_of(owner, bus, eventually)
    assert change == {
        "kind": "ticket",
        "type": "tickets.ticket.updated.v1",
        "ids": {"player_id": PLAYER_ID, "ticket_id": "t1"},
        "version": 3,
        "actor": "KF009",
    }
    assert owner.events[0][0] == "hello"


def test_a_change_reaches_owner_assignee_lead_admin_and_who_has_the_player_open(
    listen: Callable[..., Page], bus: Bus, eventually: Any
) -> None:
    pages = {
        "admin": listen("KF001"),
        "lead of the owner": listen("KF002"),
        "owner": listen("KF003"),
        "stranger": listen("KF004"),
        "lead of another team": listen("KF005"),
        "has him open": listen("KF006", OTHER_ID, PLAYER_ID),
        "has another open": listen("KF007", OTHER_ID),
    }

    bus.ticket()
    reached = {who for who, listener in pages.items() if heard_of(listener, bus, eventually)}
    assert reached == {"admin", "lead of the owner", "owner", "has him open"}

    bus.ticket(assignee="KF004")
    reached = {who for who, listener in pages.items() if len(heard_of(listener, bus, eventually)) == 2}
    assert reached == {"admin", "lead of the owner", "owner", "has him open"}
    assert heard_of(pages["stranger"], bus, eventually), "assigned"
    assert heard_of(pages["lead of another team"], bus, eventually), "leads the assignee"
    assert not heard_of(pages["has another open"], bus, eventually)


def test_catalog_reaches_everybody_and_unknown_kinds_nobody(
    listen: Callable[..., Page], bus: Bus, eventually: Any
) -> None:
    stranger, admin = listen("KF006"), listen("KF001")

    bus.publish("catalog.pack.updated.v1", {"pack_id": "p", "code": "K7M2X", "name": "周末礼包"})
    bus.publish("tickets.gossip.spread.v1", {"player_id": PLAYER_ID})
    bus.send("tickets.ticket.updated.v1", b"not an event")
    bus.publish("players.player.updated.v1", {"player_id": PLAYER_ID})
    bus.ticket(republication=True)

    assert [change["ids"] for change in heard_of(stranger, bus, eventually)] == [{"pack_id": "p"}]
    assert [change["kind"] for change in heard_of(admin, bus, eventually)] == ["pack"]


def test_a_pack_that_goes_to_review_is_a_notice_to_its_maker_and_the_leads_of_his_team__B1(
    listen: Callable[..., Page], bus: Bus, eventually: Any
) -> None:
    pages = {
        "maker": listen("KF003"),
        "lead of his team": listen("KF002"),
        "admin": listen("KF001"),
        "colleague": listen("KF006"),
        "lead of another team": listen("KF005"),
    }
    pack = {"state": "review", "created_by": "KF003", "review_reason": "discount"}

    bus.publish("catalog.pack.updated.v1", {"pack_id": "sold", "state": "active", "created_by": "KF003"})
    bus.publish("catalog.pack.updated.v1", {"pack_id": "broken", **pack})

    for page_of_one in pages.values():
        heard_of(page_of_one, bus, eventually)
    told = {who: [n["ids"]["pack_id"] for n in listener.of("notice")] for who, listener in pages.items()}
    assert told == {
        "maker": ["broken"],
        "lead of his team": ["broken"],
        "admin": [],
        "colleague": [],
        "lead of another team": [],
    }


def test_a_pack_that_stays_in_review_is_a_notice_once_until_it_goes_there_again__B1(
    listen: Callable[..., Page], bus: Bus, eventually: Any
) -> None:
    maker = listen("KF003")
    pack = {"pack_id": "stays", "created_by": "KF003"}

    for state in ("review", "review", "active", "review", "review"):
        bus.publish("catalog.pack.updated.v1", {**pack, "state": state})

    changes = [change for change in heard_of(maker, bus, eventually) if change["ids"] == {"pack_id": "stays"}]
    assert (len(changes), len(maker.of("notice"))) == (5, 2)


def test_a_follow_up_that_is_due_reaches_whose_it_is_his_lead_and_the_players_owner__R18(
    listen: Callable[..., Page], bus: Bus, eventually: Any
) -> None:
    pages = {agent_id: listen(agent_id) for agent_id in ("KF001", "KF002", "KF003", "KF004", "KF005", "KF006")}
    due = {"player_id": PLAYER_ID, "touch_id": "t", "proposal_id": None, "due_on": "2026-11-22"}

    bus.publish("sales.follow_up.due.v1", {**due, "agent_id": "KF003"})
    reached = {who for who, listener in pages.items() if heard_of(listener, bus, eventually)}
    assert reached == {"KF001", "KF002", "KF003"}, "the player's owner, whose it is, his lead, and the admin"

    bus.publish("sales.follow_up.due.v1", {**due, "agent_id": "KF004"})
    assert heard_of(pages["KF004"], bus, eventually), "whom it names"
    assert len(heard_of(pages["KF003"], bus, eventually)) == 2


def test_a_handoff_reaches_both_and_moves_what_follows(listen: Callable[..., Page], bus: Bus, eventually: Any) -> None:
    before, after = listen("KF003"), listen("KF004")
    bus.ticket()
    assert len(heard_of(before, bus, eventually)) == 1

    bus.publish("players.player.updated.v1", {"player_id": PLAYER_ID, "owner_agent_id": "KF004"})
    assert [c["kind"] for c in heard_of(before, bus, eventually)] == ["ticket", "player"]
    assert [c["kind"] for c in heard_of(after, bus, eventually)] == ["player"]

    bus.ticket()
    assert len(heard_of(before, bus, eventually)) == 2
    assert len(heard_of(after, bus, eventually)) == 2
    bus.publish("players.player.updated.v1", {"player_id": PLAYER_ID, "owner_agent_id": "KF003"})


def test_a_player_who_changed_is_not_shown_as_he_was(
    listen: Callable[..., Page], gateway: Gateway, agent: httpx.Client, bus: Bus, eventually: Any
) -> None:
    gateway.stubs["players"].answers[f"/players/{PLAYER_ID}"] = (200, player(None))
    assert agent.get(f"/api/home/players/{PLAYER_ID}").json()["player"]["status"] == "ok"
    listener = listen("KF003")

    bus.publish("players.player.updated.v1", {"player_id": PLAYER_ID, "owner_agent_id": "KF003"})

    heard_of(listener, bus, eventually)
    gateway.stubs["players"].fault = "500"
    assert agent.get(f"/api/home/players/{PLAYER_ID}").json()["player"]["status"] == "unavailable"


def test_without_players_a_change_still_reaches_whom_it_names(
    listen: Callable[..., Page], gateway: Gateway, bus: Bus, eventually: Any
) -> None:
    assignee = listen("KF004")
    gateway.servers["players"].stop()
    unheard_of = "019aa000-0000-7000-8000-00000000ffff"

    bus.ticket(unheard_of, assignee="KF004")

    assert len(heard_of(assignee, bus, eventually)) == 1
