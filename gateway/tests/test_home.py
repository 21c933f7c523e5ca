"""The home page: composed, within one deadline, each section failing alone (B9)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import httpx
import orjson
import pytest
from gamedesk_chassis.http_client import Reply
from gamedesk_gateway.sections import Caller, Reader, Remembered
from gamedesk_testing import eventually

from .conftest import HURRIED, OTHER_ID, PLAYER_ID, Gateway, in_a_hurry
from .servers import Received
from .test_proxy import slug

PLAYER_VIEW = f"/api/home/players/{PLAYER_ID}"
SECTIONS = ("player", "tickets", "pitch", "touches", "quotes", "orders")
OF_SERVICE = {"players": {"player"}, "tickets": {"tickets"}, "sales": {"pitch", "touches", "quotes", "orders"}}
TIMES = {"created_at": "2026-11-01T00:00:00Z", "updated_at": "2026-11-01T00:00:00Z"}


def card(player_id: str, owner: str = "KF003") -> dict[str, Any]:
    return {
        "player_id": player_id,
        "wechat_id": "wx_sunwukong",
        "wechat_name": "孙悟空",
        "phone": "138****1234",
        "masked": True,
        "owner_agent_id": owner,
        "tier": "whale",
        "minor_band": "none",
        "tags": [],
        "game_names": [],
        "version": 1,
        **TIMES,
    }


def player(*synced_at: str | None) -> dict[str, Any]:
    profiles = [{"game_id": f"game{n}", "synced_at": moment} for n, moment in enumerate(synced_at)]
    return {**card(PLAYER_ID), "profiles": profiles}


def ticket(number: int, due_at: str | None, player_id: str = PLAYER_ID) -> dict[str, Any]:
    asked = {"ticket_id": f"t{number}", "number": f"T-{number:06}", "player_id": player_id}
    return {**asked, "asked_at": "2026-09-01T00:00:00Z", "clock": {"next_due_at": due_at}}


def touch(touch_id: str, day: str, player_id: str = PLAYER_ID) -> dict[str, Any]:
    return {"touch_id": touch_id, "player_id": player_id, "follow_up_on": day}


def page(*items: Any) -> tuple[int, Any]:
    return 200, {"items": list(items), "next_cursor": None}


def cards_of(request: Received) -> tuple[int, Any]:
    [ids] = parse_qs(urlsplit(request.target).query)["ids"]
    return page(*(card(player_id) for player_id in ids.split(",")))


@pytest.fixture
def desk(gateway: Gateway) -> Gateway:
    """A gateway in front of services that know one player with a ticket, a touch and an order."""
    gateway.stubs["players"].answers |= {
        f"/players/{PLAYER_ID}": (200, player("2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z", None)),
        "/players": page(card(PLAYER_ID)),
        "/player-cards": cards_of,
    }
    gateway.stubs["tickets"].answers["/tickets"] = page(ticket(1, "2026-11-20T10:00:00Z"))
    gateway.stubs["sales"].answers |= {
        f"/pitches/{PLAYER_ID}": (200, {"sell_safe": {"ok": True}}),
        "/touches": page(touch("x", "2026-11-21")),
        "/quotes": page(),
        "/orders": page({"order_id": "o"}),
        "/follow-ups": page(touch("x", "2026-11-21")),
        "/recovery-proposals": page(),
        "/deliveries": page(),
    }
    gateway.stubs["catalog"].answers["/packs"] = page()
    return gateway


def statuses(agent: httpx.Client) -> dict[str, str]:
    view = agent.get(PLAYER_VIEW)
    assert view.status_code == 200, view.text
    return {name: view.json()[name]["status"] for name in SECTIONS}


def test_everything_about_a_player_in_one_answer__R26(desk: Gateway, agent: httpx.Client) -> None:
    view = agent.get(PLAYER_VIEW).json()

    assert view["player_id"] == PLAYER_ID
    assert view["player"]["data"]["wechat_name"] == "孙悟空"
    assert view["tickets"]["data"]["items"][0]["number"] == "T-000001"
    assert view["orders"]["data"] == {"items": [{"order_id": "o"}], "next_cursor": None}
    assert statuses(agent) == dict.fromkeys(SECTIONS, "ok")
    assert all(section["problem"] is None for section in (view[name] for name in SECTIONS))
    assert view["pitch"]["data"]["sell_safe"] == {"ok": True}
    for stub, path in (("tickets", "/tickets"), ("sales", "/touches"), ("sales", "/quotes"), ("sales", "/orders")):
        assert desk.stubs[stub].asked(path)[0].target == f"{path}?player_id={PLAYER_ID}"


def test_the_age_of_the_player_is_his_last_sync_and_of_the_rest_the_answer__B9(
    desk: Gateway, agent: httpx.Client
) -> None:
    view = agent.get(PLAYER_VIEW).json()
    assert view["player"]["as_of"] == "2026-11-21T10:00:00Z"
    assert datetime.now(UTC) - datetime.fromisoformat(view["tickets"]["as_of"]) < timedelta(seconds=5)

    desk.stubs["players"].answers[f"/players/{PLAYER_ID}"] = (200, player(None))
    as_of = agent.get(PLAYER_VIEW).json()["player"]["as_of"]
    assert datetime.now(UTC) - datetime.fromisoformat(as_of) < timedelta(seconds=5)


@in_a_hurry
@pytest.mark.parametrize("fault", ["down", "slow", "drip", "500", "broken"])
@pytest.mark.parametrize("service", OF_SERVICE)
def test_one_dead_service_takes_its_sections_with_it_and_no_others__B9(
    desk: Gateway, token_for: Any, service: str, fault: str
) -> None:
    with desk.as_agent(token_for(f"KF-{service}-{fault}")) as agent:
        if fault == "down":
            desk.servers[service].stop()
        desk.stubs[service].fault = fault

        started = time.monotonic()
        found = statuses(agent)
        assert time.monotonic() - started < 2 * HURRIED["home_deadline"], "one deadline for the whole view"
        dead = OF_SERVICE[service]
        assert found == {name: "unavailable" if name in dead else "ok" for name in SECTIONS}

        desk.stubs[service].fault = None
        desk.servers[service].start()
        eventually(lambda: statuses(agent) == dict.fromkeys(SECTIONS, "ok"))  # whole again

        desk.stubs[service].fault = "500"
        view = agent.get(PLAYER_VIEW).json()
        assert {name: view[name]["status"] for name in SECTIONS} == {
            name: "stale" if name in dead else "ok" for name in SECTIONS
        }
        for name in dead:
            section = view[name]
            assert section["data"], "the last good answer"
            assert section["problem"]["service"] == service
            assert datetime.now(UTC) - datetime.fromisoformat(section["as_of"]) < timedelta(seconds=10)


def test_nobody_sees_what_another_was_answered(desk: Gateway, token_for: Any) -> None:
    """Contacts are masked for one and not for the other."""
    with desk.as_agent(token_for("KF-owner")) as owner, desk.as_agent(token_for("KF-colleague")) as colleague:
        assert statuses(owner)["player"] == "ok"
        desk.stubs["players"].fault = "500"
        assert statuses(owner)["player"] == "stale"
        assert statuses(colleague)["player"] == "unavailable"


@pytest.mark.parametrize("target", ["players", "tickets", "sales"])
def test_whom_a_service_does_not_let_in_is_shown_nothing(desk: Gateway, token_for: Any, target: str) -> None:
    answers = desk.stubs[target].answers
    problem = {"type": "urn:gamedesk:problem:unauthenticated", "title": "Sign in first", "status": 401}
    with desk.as_agent(token_for(f"KF-out-{target}")) as agent:
        assert statuses(agent) == dict.fromkeys(SECTIONS, "ok")
        known = dict(answers)
        answers.update(dict.fromkeys(known, (401, problem)))
        for path in (PLAYER_VIEW, "/api/home"):
            refused = agent.get(path)
            assert (refused.status_code, refused.json()) == (401, problem)

        answers.update(known)
        for stub in desk.stubs.values():
            stub.fault = "500"
        assert statuses(agent) == dict.fromkeys(SECTIONS, "unavailable"), "nothing is remembered"


def remember(memory: Remembered, target: str, body: bytes = b"{}", caller: str = "KF001") -> tuple[str, ...]:
    key = (caller, "service", target)
    memory.put(key, body, memory.generation)
    return key


def naming(player_id: str) -> bytes:
    return orjson.dumps({"items": [{"touch_id": OTHER_ID, "player_id": player_id, "situation": "王先生"}]})


def test_what_is_remembered_of_a_player_goes_when_he_changes() -> None:
    memory = Remembered()
    asked_for = [f"/players/{PLAYER_ID}", f"/tickets?player_id={PLAYER_ID}", f"/player-cards?ids=x,{PLAYER_ID}"]
    lists = ["/players?owner=KF001", "/follow-ups?agent=KF001", "/tickets?responsible=KF001", "/tickets/t1"]
    others = [remember(memory, f"/players/{OTHER_ID}"), remember(memory, "/tickets?x", naming(OTHER_ID))]
    his = [remember(memory, target, caller=caller) for target in asked_for for caller in ("KF001", "KF002")]
    his += [remember(memory, target, naming(PLAYER_ID)) for target in lists]

    memory.forget_players({PLAYER_ID})

    assert not [key for key in his if memory.get(key)]
    assert all(memory.get(key) for key in others)


def test_after_an_erasure_nothing_is_remembered_and_of_him_nothing_is_kept__erasure() -> None:
    """The other services hear of it when the gateway does, and may still answer with his texts for a moment."""
    memory = Remembered()
    known = remember(memory, f"/players/{OTHER_ID}")

    memory.forget_erased({PLAYER_ID})

    assert memory.get(known) is None
    assert memory.get(remember(memory, "/touches", naming(PLAYER_ID))) is None
    assert memory.get(remember(memory, f"/tickets?player_id={PLAYER_ID}")) is None
    assert memory.get(remember(memory, f"/players/{OTHER_ID}")) is not None


def kept_when_meanwhile(memory: Remembered, meanwhile: Callable[[], None], body: bytes = b"{}") -> bool:
    """Whether an answer is kept if something is heard of while it is on its way."""

    class Players:
        async def call(self, *_: Any, **__: Any) -> Reply:
            meanwhile()
            return Reply(200, httpx.Headers(), body)

    reader = Reader({"players": cast(Any, Players())}, memory, Caller("KF001", {}), 1)
    assert asyncio.run(reader.read("players", "/players")).status == "ok"
    return memory.get(("KF001", "players", "/players")) is not None


@pytest.mark.parametrize(
    ("forgetting", "about"),
    [
        ("forget_players", [{PLAYER_ID}]),
        ("forget_erased", [{OTHER_ID}]),
        ("forget_caller", ["KF001"]),
        ("forget_all", []),
    ],
)
def test_an_answer_that_was_asked_for_before_a_forgetting_is_not_kept(forgetting: str, about: list[Any]) -> None:
    memory = Remembered()
    assert not kept_when_meanwhile(memory, lambda: getattr(memory, forgetting)(*about), naming(PLAYER_ID))
    assert kept_when_meanwhile(memory, lambda: None, naming(PLAYER_ID)), "asked for afterwards"


@pytest.mark.parametrize(("forgetting", "about"), [("forget_players", {OTHER_ID}), ("forget_caller", "KF002")])
def test_answers_about_others_are_kept_while_events_flow__B9(forgetting: str, about: Any) -> None:
    """During an import players change all the time; when a service fails then, the page is stale and not empty."""
    memory = Remembered()
    for _ in range(3):
        assert kept_when_meanwhile(memory, lambda: getattr(memory, forgetting)(about), naming(PLAYER_ID))


def test_of_whom_was_forgotten_so_many_are_known_and_what_is_older_is_not_kept() -> None:
    memory = Remembered(forgotten=2)
    third = "019aa000-0000-7000-8000-0000000000ff"

    def forget(*player_ids: str) -> Callable[[], None]:
        def meanwhile() -> None:
            for player_id in player_ids:
                memory.forget_players({player_id})

        return meanwhile

    assert not kept_when_meanwhile(memory, forget(PLAYER_ID, OTHER_ID, third), naming(PLAYER_ID))
    assert not kept_when_meanwhile(memory, forget(PLAYER_ID, OTHER_ID, third)), "nobody knows whether it is about them"
    assert kept_when_meanwhile(memory, forget(third)), "asked for after what is not known any more"


def test_a_player_who_does_not_exist_is_a_404(desk: Gateway, agent: httpx.Client) -> None:
    response = agent.get(f"/api/home/players/{OTHER_ID}")
    assert (response.status_code, response.json()["type"]) == (404, "urn:gamedesk:problem:not-found")


def test_an_id_that_is_none_is_refused_before_any_service_is_asked(desk: Gateway, agent: httpx.Client) -> None:
    response = agent.get("/api/home/players/42")
    assert (response.status_code, slug(response)) == (400, "validation")
    assert desk.stubs["players"].received == []


def test_the_start_shows_ones_own_players_and_what_needs_attention__R25(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["tickets"].answers["/tickets"] = page(
        ticket(2, "2026-11-21T17:00:00Z", OTHER_ID), ticket(1, "2026-11-20T10:00:00Z")
    )

    home = agent.get("/api/home").json()

    assert [entry["player_id"] for entry in home["players"]["data"]["items"]] == [PLAYER_ID]
    attention = home["attention"]["data"]["items"]
    assert [(e["kind"], e["due_at"]) for e in attention] == [
        ("ticket", "2026-11-20T10:00:00Z"),
        ("follow_up", "2026-11-20T16:00:00Z"),
        ("ticket", "2026-11-21T17:00:00Z"),
    ]
    assert {e["player"]["player_id"] for e in attention} == {PLAYER_ID, OTHER_ID}
    assert (attention[0]["ticket"]["number"], attention[1]["touch"]["touch_id"]) == ("T-000001", "x")
    [asked] = desk.stubs["players"].asked("/player-cards")
    assert asked.target == f"/player-cards?ids={PLAYER_ID},{OTHER_ID}", "one batch"
    assert desk.stubs["players"].asked("/players")[0].target == "/players?owner=KF003&limit=50"
    [asked] = desk.stubs["tickets"].received
    assert asked.target == "/tickets?responsible=KF003&state=pending,in_progress&order=due&limit=50"
    [asked] = desk.stubs["sales"].asked("/follow-ups")
    assert asked.target.startswith("/follow-ups?agent=KF003&due_before=20")


def test_search_and_pages_are_players_own__R6(desk: Gateway, agent: httpx.Client) -> None:
    agent.get("/api/home", params={"q": "孙悟空", "owner": "all", "limit": 10, "cursor": "abc"})

    [asked] = desk.stubs["players"].asked("/players")
    assert parse_qs(urlsplit(asked.target).query) == {"q": ["孙悟空"], "limit": ["10"], "cursor": ["abc"]}


def test_a_ticket_that_waits_for_the_player_comes_last(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["tickets"].answers["/tickets"] = page(ticket(1, None), ticket(2, "2026-11-30T00:00:00Z"))

    items = agent.get("/api/home").json()["attention"]["data"]["items"]

    assert [entry.get("ticket", {}).get("number") for entry in items][-2:] == ["T-000002", "T-000001"]
    assert items[-1]["due_at"] == "2026-09-01T00:00:00Z", "since when he has been asking"


def test_attention_holds_at_most_fifty(desk: Gateway, agent: httpx.Client) -> None:
    many = [ticket(n, f"2026-11-{n % 20 + 1:02}T00:00:00Z") for n in range(100)]
    desk.stubs["tickets"].answers["/tickets"] = page(*many)

    items = agent.get("/api/home").json()["attention"]["data"]["items"]

    assert len(items) == 50
    assert items[0]["due_at"] == "2026-11-01T00:00:00Z"


def test_many_old_tickets_leave_room_for_follow_ups(desk: Gateway, agent: httpx.Client) -> None:
    desk.stubs["tickets"].answers["/tickets"] = page(*(ticket(n, "2026-10-01T00:00:00Z") for n in range(50)))
    desk.stubs["sales"].answers["/follow-ups"] = page(*(touch(f"x{n}", "2026-11-21") for n in range(20)))

    kinds = [entry["kind"] for entry in agent.get("/api/home").json()["attention"]["data"]["items"]]

    assert (kinds.count("ticket"), kinds.count("follow_up")) == (35, 15)


@in_a_hurry
@pytest.mark.parametrize(
    ("service", "attention", "kinds"),
    [
        ("tickets", "stale", ["follow_up"]),
        ("sales", "stale", ["ticket"]),
        ("players", "stale", ["ticket", "follow_up"]),
    ],
)
def test_attention_shows_what_there_is__B9(
    desk: Gateway, token_for: Any, service: str, attention: str, kinds: list[str]
) -> None:
    with desk.as_agent(token_for(f"KF-attention-{service}")) as agent:
        desk.stubs[service].fault = "slow"
        started = time.monotonic()
        home = agent.get("/api/home").json()
        assert time.monotonic() - started < 2 * HURRIED["home_deadline"]
        assert home["players"]["status"] == ("unavailable" if service == "players" else "ok")
        assert home["attention"]["status"] == attention
        assert [entry["kind"] for entry in home["attention"]["data"]["items"]] == kinds
        assert home["attention"]["problem"]["service"] == service


def test_nothing_to_show_of_attention_is_unavailable(desk: Gateway, token_for: Any) -> None:
    with desk.as_agent(token_for("KF-nothing")) as agent:
        desk.stubs["tickets"].fault = desk.stubs["sales"].fault = "500"
        home = agent.get("/api/home").json()
    assert (home["attention"]["status"], home["attention"]["data"]) == ("unavailable", None)


def test_a_refused_cursor_is_the_callers_fault(desk: Gateway, agent: httpx.Client) -> None:
    problem = {"type": "urn:gamedesk:problem:validation", "title": "The request is not valid", "status": 400}
    desk.stubs["players"].answers["/players"] = (400, problem)

    response = agent.get("/api/home", params={"cursor": "abc"})

    assert (response.status_code, response.json()["type"]) == (400, problem["type"])


def test_last_answers_are_kept_within_bounds() -> None:
    memory = Remembered(entries=3, size=10)
    for n in range(4):
        memory.put((str(n),), b"x", 0)
    assert memory.get(("0",)) is None
    assert memory.get(("3",)) is not None
    memory.put(("4",), b"123456789", 0)
    assert memory.get(("2",)) is None
    assert memory.get(("3",)) is not None
    memory.put(("5",), b"12345678901", 0)
    assert memory.get(("5",)) is None, "larger than all there is room for"
    assert Remembered(seconds=0).get(("x",)) is None
    short = Remembered(seconds=-1)
    short.put(("x",), b"x", 0)
    assert short.get(("x",)) is None, "too old"
