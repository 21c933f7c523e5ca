"""The game delivers what was paid, once (B7): against the simulated game over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.remotes import load_remotes
from gamedesk_sales.__main__ import mark_overdue
from gamedesk_sales.delivery import DeliveryJob
from gamedesk_sales.events import ORDER_UPDATED
from gamedesk_sales.settings import Settings
from gamedesk_testing.contracts import schema_of
from gamedesk_testing.simulated_games import SimulatedGames
from sqlalchemy import text

from .conftest import pack_line
from .delivery_desk import As, Body, Desk, Eventually

XIYOU = "/games/xiyou"


@pytest.fixture
def settings(settings: Settings, simulated_games: SimulatedGames) -> Settings:
    return settings.model_copy(update={"games_file": simulated_games.games_file})


@pytest.fixture
def pack(known_pack: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """Of items that the simulated game sells."""
    lines = [pack_line("如意金箍棒", 1, 4_000), pack_line("蟠桃", 3, 2_000)]
    codes = ("XIYOU-1001", "XIYOU-1002")
    return known_pack(contents=[{**line, "code": code} for line, code in zip(lines, codes, strict=True)])


@pytest.fixture
def profile(known_profile: Callable[..., str], player: str) -> str:
    """The player's only account in the pack's game."""
    return known_profile(player, server_id="s3")


@pytest.fixture
def desk(
    as_agent: As, order_body: Body, profile: str, database: Database, settings: Settings, eventually: Eventually
) -> Iterator[Desk]:
    assert profile
    games = load_remotes(settings.games_file, "games")
    desk = Desk(as_agent, order_body, lambda: DeliveryJob(database, games), database, eventually)
    yield desk
    desk.close()


@pytest.fixture
def grants(simulated_games: SimulatedGames) -> Callable[[], list[dict[str, Any]]]:
    return lambda: simulated_games.manage("GET", f"{XIYOU}/grants")["grants"]


@pytest.fixture
def calls(simulated_games: SimulatedGames) -> Callable[[], dict[str, int]]:
    return lambda: simulated_games.manage("GET", f"{XIYOU}/requests")["counts"]


@pytest.fixture
def fault(simulated_games: SimulatedGames) -> Callable[..., None]:
    """`fault("down")`, `fault("none")`."""
    return lambda mode, **fields: simulated_games.manage("PUT", f"{XIYOU}/faults", {"mode": mode, **fields})


Grants = Callable[[], list[dict[str, Any]]]
Calls = Callable[[], dict[str, int]]
Fault = Callable[..., None]


def test_a_paid_order_is_delivered_to_the_account_that_it_names__B7(
    desk: Desk, grants: Grants, calls: Calls, published: Callable[[], list[Any]]
) -> None:
    path = desk.sell()
    assert desk.delivery(path)["state"] == "queued"

    delivered = desk.wait_for(path, "delivered")

    order = desk.order(path)
    assert (order["state"], order["version"], delivered["attempts"], delivered["overdue"]) == ("delivered", 2, 1, False)
    [grant] = grants()
    assert grant["order_id"] == order["order_id"]
    assert (grant["game_account_id"], grant["server_id"]) == (order["profile"]["game_account_id"], "s3")
    assert grant["contents"] == [{"code": "XIYOU-1001", "quantity": 1}, {"code": "XIYOU-1002", "quantity": 3}]
    assert calls() == {"grant": 1}
    last = published()[-1].payload
    assert (last["state"], last["delivery_state"]) == ("delivered", "delivered")
    assert last["delivered_at"] == delivered["delivered_at"]
    schema_of(ORDER_UPDATED).validate(last)


def test_the_game_down_while_orders_are_paid_and_then_back__B7(desk: Desk, grants: Grants, fault: Fault) -> None:
    fault("down")
    paths = [desk.sell() for _ in range(6)]
    desk.wait(lambda: desk.delivery(paths[0])["last_reason"])
    assert desk.delivery(paths[0])["state"] == "queued"
    assert grants() == []

    fault("none")
    desk.restart()
    for path in paths:
        desk.wait_for(path, "delivered")

    assert sorted(f"/orders/{grant['order_id']}" for grant in grants()) == sorted(paths)


def test_an_answer_lost_after_the_grant_is_found_and_not_repeated__B7(
    desk: Desk, grants: Grants, calls: Calls, fault: Fault
) -> None:
    fault("lost", operations=["grant"])
    path = desk.sell()
    desk.wait(lambda: desk.delivery(path)["last_reason"])
    assert (len(grants()), desk.delivery(path)["state"]) == (1, "queued")

    fault("none")
    desk.restart()
    desk.wait_for(path, "delivered")

    assert (len(grants()), calls()) == (1, {"grant": 1, "get_grant": 1})


@pytest.mark.parametrize("wrong", ["syntax", "schema", "meaning", "html"])
def test_an_answer_that_makes_no_sense_is_not_believed__B7(
    desk: Desk, grants: Grants, fault: Fault, wrong: str
) -> None:
    fault("wrong", wrong=wrong)
    path = desk.sell()
    desk.wait(lambda: desk.delivery(path)["last_reason"])
    assert desk.delivery(path)["state"] == "queued"
    fault("none")
    desk.restart()
    desk.wait_for(path, "delivered")
    assert len(grants()) == 1


def test_two_workers_deliver_each_order_once__B7(desk: Desk, grants: Grants, calls: Calls) -> None:
    paths = [desk.sell() for _ in range(10)]
    desk.restart(workers=3)
    for path in paths:
        desk.wait_for(path, "delivered")
    assert (len(grants()), calls()) == (10, {"grant": 10})
    assert {desk.order(path)["version"] for path in paths} == {2}


def test_a_worker_that_died_leaves_it_to_another_who_asks_first__B7(
    desk: Desk, grants: Grants, calls: Calls, database: Database, fault: Fault
) -> None:
    path = desk.sell()
    fault("lost", operations=["grant"])
    desk.wait(lambda: desk.delivery(path)["last_reason"])
    with database.begin() as tx:  # as if he had not come to write down that there was no answer
        tx.execute(text("UPDATE deliveries SET leased_until = now() - interval '1 second', last_reason = NULL"))
    fault("none")
    desk.restart()
    desk.wait_for(path, "delivered")
    assert (len(grants()), calls()) == (1, {"grant": 1, "get_grant": 1})


def test_what_is_not_confirmed_is_not_delivered__B7(desk: Desk, grants: Grants) -> None:
    path, other = desk.sell(method="bank_transfer"), desk.sell()
    desk.wait_for(other, "delivered")
    assert (desk.delivery(path)["state"], len(grants())) == ("waiting", 1)

    assert desk.lead.post(f"{path}/verify", version=1).status_code == 200

    desk.wait_for(path, "delivered")
    assert len(grants()) == 2


def test_what_is_cancelled_or_refunded_first_is_not_delivered__B7(desk: Desk, grants: Grants) -> None:
    cancelled, refunded, part = desk.sell(), desk.sell(), desk.sell()
    assert desk.lead.post(f"{cancelled}/cancel", {"reason": "错"}, version=1).status_code == 200
    desk.refund(refunded)
    desk.refund(part, 1)

    desk.wait_for(part, "delivered")

    assert [desk.delivery(path)["state"] for path in (cancelled, refunded)] == ["stopped", "stopped"]
    assert desk.order(part)["state"] == "partly_refunded"
    assert len(grants()) == 1


def test_a_refund_after_the_delivery_says_so_and_the_items_stay__B7(desk: Desk, grants: Grants) -> None:
    path = desk.sell()
    desk.wait_for(path, "delivered")

    assert desk.refund(path)["after_delivery"] is True

    order = desk.order(path)
    assert (order["state"], order["delivery"]["state"], len(grants())) == ("refunded", "delivered", 1)


@pytest.mark.parametrize(("mode", "found"), [("lost", "delivered"), ("down", "stopped")])
def test_what_was_stopped_in_doubt_is_looked_up_at_the_game__B7(
    desk: Desk, calls: Calls, fault: Fault, mode: str, found: str
) -> None:
    path = desk.sell()
    fault(mode, operations=["grant"])
    desk.wait(lambda: desk.delivery(path)["last_reason"])
    cancelled = desk.lead.post(f"{path}/cancel", {"reason": "错"}, version=1)
    assert cancelled.json()["type"].endswith(":not-cancellable")  # its payment would be free to buy once more
    assert desk.refund(path)["after_delivery"] is None
    fault("none")
    desk.restart()

    desk.wait(lambda: calls().get("get_grant") and desk.delivery(path)["last_reason"] in (None, "not granted"))

    order = desk.order(path)
    assert (order["state"], order["delivery"]["state"]) == ("refunded", found)
    assert [refund["after_delivery"] for refund in order["refunds"]] == [found == "delivered"]
    [listed] = desk.lead.get("/refunds", order_id=order["order_id"]).json()["items"]
    assert listed["after_delivery"] is (found == "delivered")
    assert calls()["grant"] == 1


@pytest.mark.parametrize("status", [404, 422])
def test_what_the_game_refuses_waits_for_a_person_who_names_another_account__B7(
    desk: Desk, grants: Grants, fault: Fault, known_profile: Callable[..., str], player: str, status: int
) -> None:
    fault("error", error_status=status, operations=["grant"])
    path = desk.sell()
    assert desk.wait_for(path, "failed")["last_reason"] == f"status {status}"
    assert desk.order(path)["version"] == 2
    fault("none")
    other = known_profile(player, game_account_id="XIY-OTHER")

    answer = desk.agent.post(f"{path}/delivery/retry", {"profile_id": other}, version=2)

    assert answer.status_code == 200, answer.text
    assert desk.wait_for(path, "delivered")["account"]["game_account_id"] == "XIY-OTHER"
    assert [grant["game_account_id"] for grant in grants()] == ["XIY-OTHER"]
    assert desk.order(path)["profile"]["game_account_id"] != "XIY-OTHER"  # what was sold stays frozen


def test_an_order_without_an_account_is_delivered_once_one_is_named__B7(
    desk: Desk, known_player: Callable[..., str], known_profile: Callable[..., str], grants: Grants
) -> None:
    player = known_player()
    path = desk.sell(player_id=player)
    assert desk.delivery(path)["state"] == "not_possible"
    assert desk.agent.post(f"{path}/delivery/retry", {}, version=1).status_code == 422
    account = known_profile(player, state="ambiguous")  # nobody but a person knows whether it is his
    assert desk.agent.post(f"{path}/delivery/retry", {"profile_id": account}, version=1).status_code == 200
    desk.wait_for(path, "delivered")
    assert "server_id" not in grants()[0]  # nobody has told us what the game calls it


def test_who_may_have_a_delivery_tried_again(desk: Desk, as_agent: As, fault: Fault) -> None:
    fault("down")
    path = desk.sell()
    desk.wait(lambda: desk.delivery(path)["last_reason"])
    retry = f"{path}/delivery/retry"
    assert as_agent("KF004").post(retry, {}, version=1).status_code == 403
    assert as_agent("KF005").post(retry, {}, version=1).status_code == 403
    assert desk.agent.post(retry, {}, version=9).status_code == 412
    doubtful = desk.agent.post(retry, {"profile_id": desk.order(path)["profile"]["profile_id"]}, version=1)
    assert doubtful.json()["type"].endswith(":not-retryable")
    assert desk.lead.post(retry, {}, version=1).status_code == 200
    fault("none")
    desk.restart()
    desk.wait_for(path, "delivered")
    assert desk.agent.post(retry, {}, version=desk.order(path)["version"]).status_code == 422


def test_a_wrong_key_is_tried_again_and_granted_nothing__B7(desk: Desk, grants: Grants, fault: Fault) -> None:
    fault("error", error_status=401)
    path = desk.sell()
    assert desk.wait(lambda: desk.delivery(path)["last_reason"]) == "status 401"
    assert (desk.delivery(path)["state"], grants()) == ("queued", [])


def test_a_delivery_that_takes_too_long_is_called_overdue_once__B7(
    desk: Desk, database: Database, fault: Fault, published: Callable[[], list[Any]]
) -> None:
    fault("down")
    late, waiting = desk.sell(), desk.sell(method="bank_transfer")
    mark_overdue(database, timedelta(minutes=30))
    assert desk.delivery(late)["overdue"] is False

    for _ in range(2):
        mark_overdue(database, timedelta(0))

    order = desk.order(late)
    assert (order["delivery"]["overdue"], order["version"], order["state"]) == (True, 2, "paid")
    assert desk.delivery(waiting)["overdue"] is False
    assert published()[-1].payload["delivery_overdue_since"] == order["delivery"]["overdue_since"]
    schema_of(ORDER_UPDATED).validate(published()[-1].payload)
    listed = desk.agent.get("/deliveries", overdue="true").json()["items"]
    assert [each["number"] for each in listed] == [order["number"]]
    fault("none")
    desk.restart()
    delivered = desk.wait_for(late, "delivered")
    assert (delivered["overdue"], delivered["overdue_since"]) == (False, order["delivery"]["overdue_since"])
    assert desk.agent.get("/deliveries", overdue="true").json()["items"] == []


def test_deliveries_are_listed_by_state_and_game(desk: Desk) -> None:
    paths = [desk.sell(), desk.sell(), desk.sell(method="bank_transfer")]
    numbers = [desk.order(path)["number"] for path in reversed(paths)]

    def listed(**query: Any) -> list[str]:
        return [each["number"] for each in desk.agent.get("/deliveries", **query).json()["items"]]

    assert listed() == numbers
    assert listed(state="queued") == numbers[1:]
    assert listed(state="queued,waiting", game="xiyou") == numbers
    assert listed(game="sanguo") == []
    assert (listed(seller="KF003"), listed(seller="KF004")) == (numbers, [])
    assert (listed(team="A"), listed(team="B"), listed(team="C")) == (numbers, [], [])
    assert listed(team="A", state="queued") == numbers[1:]
    first = desk.agent.get("/deliveries", limit=2).json()
    rest = desk.agent.get("/deliveries", limit=2, cursor=first["next_cursor"]).json()
    assert [each["number"] for each in first["items"] + rest["items"]] == numbers


def test_refunds_and_deliveries_at_once_leave_a_state_that_names_what_happened(desk: Desk, grants: Grants) -> None:
    paths = [desk.sell() for _ in range(4)]

    with ThreadPoolExecutor(4) as threads:
        refunds = threads.map(desk.refund, paths)
        desk.wait(lambda: all(desk.delivery(path)["state"] in ("delivered", "stopped") for path in paths))
        assert len(list(refunds)) == 4
    desk.settle()
    desk.restart()
    desk.settle()
    orders = [desk.order(path) for path in paths]
    assert {order["state"] for order in orders} == {"refunded"}
    delivered = {order["order_id"] for order in orders if order["delivery"]["state"] == "delivered"}
    assert {grant["order_id"] for grant in grants()} == delivered
