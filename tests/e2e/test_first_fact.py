"""One fact through everything: player.created → the tickets' copy → the home view (R31)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.desk import Desk, Person

pytestmark = pytest.mark.product


def test_a_ticket_can_be_written_the_moment_after_its_player_was_created__R31(hire: Callable[..., Person]) -> None:
    agent = hire()
    player = agent.create_player()

    ticket = agent.post("/tickets", {"player_id": player["player_id"], "detail": "充值未到账"})

    assert ticket.status_code == 201, ticket.text
    home = agent.home(player["player_id"])
    assert home["player"]["status"] == "ok"
    assert [t["ticket_id"] for t in home["tickets"]["data"]["items"]] == [ticket.json()["ticket_id"]]


def test_a_ticket_for_a_player_who_does_not_exist_is_refused_at_once(hire: Callable[..., Person]) -> None:
    nobody = "019aa000-0000-7000-8000-000000000000"

    refused = hire().post("/tickets", {"player_id": nobody, "detail": "?"})

    assert (refused.status_code, refused.json()["type"]) == (422, "urn:gamedesk:problem:unknown-reference")


def test_profiles_appear_by_themselves_on_the_home_page__R5(hire: Callable[..., Person], desk: Desk) -> None:
    agent = hire()
    player = agent.create_player()

    def states() -> set[str]:
        return {p["state"] for p in agent.home(player["player_id"])["player"]["data"]["profiles"]}

    desk.eventually(lambda: states() == {"ok"}, within=20)
