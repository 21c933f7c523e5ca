"""Whatever a game does, and whatever happens to an order: nothing is granted twice, and the desk knows it (B7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.http_client import CallFailed
from gamedesk_sales.clients.game_server import GrantRefused
from gamedesk_sales.delivery import _Line
from gamedesk_testing.api_client import ApiClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

As = Callable[[str], ApiClient]

ANSWERS = ("granted", "down", "lost", "busy", "refused")
HAPPENS = ("turn", "two turns", "worker dies", "cancel", "refund", "part", "retry")
STEPS = st.tuples(st.sampled_from(HAPPENS), st.sampled_from(ANSWERS))


class Game:
    """Grants as the contract says, and answers as it is told."""

    def __init__(self) -> None:
        self.given: Counter[UUID] = Counter()
        self.mood = "granted"

    def was_granted(self, order_id: UUID, *_: Any) -> bool:
        if self.mood in ("down", "busy"):
            raise CallFailed("connection")
        return order_id in self.given

    def grant(self, order_id: UUID, *_: Any) -> None:
        if self.mood == "down":
            raise CallFailed("connection")
        if self.mood == "busy":
            raise CallFailed("status", 429)
        if self.mood == "refused":
            raise GrantRefused(422)
        self.given[order_id] += 1  # we never repeat what may have been granted, so each of these is a delivery
        if self.mood == "lost":
            raise CallFailed("timeout")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=8))
def test_any_history_grants_at_most_once_and_ends_in_the_truth__B7(
    as_agent: As,
    order_body: Callable[..., dict[str, Any]],
    known_profile: Callable[..., str],
    known_player: Callable[..., str],
    database: Database,
    steps: list[tuple[str, str]],
) -> None:
    player = known_player()
    known_profile(player)
    sold = as_agent("KF003").post("/orders", order_body(player_id=player)).json()
    order_id, path, game = UUID(sold["order_id"]), f"/orders/{sold['order_id']}", Game()
    lead = as_agent("KF002")
    for happens, answer in steps:
        game.mood = answer
        step(happens, lead, path, game, database)
        assert game.given[order_id] <= 1
        check(lead.get(path).json(), granted=order_id in game.given)

    game.mood = "granted"
    if lead.get(path).json()["delivery"]["state"] == "failed":
        step("retry", lead, path, game, database)
    for _ in range(2):
        turn(game, database)

    order = lead.get(path).json()
    assert game.given[order_id] <= 1
    assert (order["delivery"]["state"] == "delivered") == (order_id in game.given)
    assert order["delivery"]["state"] in ("delivered", "stopped")
    assert order["delivery"]["state"] == "delivered" or order["state"] in ("cancelled", "refunded")


def check(order: dict[str, Any], *, granted: bool) -> None:
    state, delivery = order["state"], order["delivery"]["state"]
    assert delivery != "delivered" or granted
    assert delivery != "failed" or not granted
    assert (state == "delivered") <= (delivery == "delivered")
    assert (delivery == "stopped") <= (state in ("cancelled", "refunded"))


def step(happens: str, lead: ApiClient, path: str, game: Game, database: Database) -> None:
    if happens in ("turn", "two turns"):
        for _ in range(2 if happens == "two turns" else 1):
            turn(game, database)
    elif happens == "worker dies":
        turn(game, database, dies=True)
    elif happens in ("refund", "part"):
        order = lead.get(path).json()
        left = order["amount_paid_fen"] - order["refunded_fen"]
        amount = left if happens == "refund" else 1
        lead.post(
            f"{path}/refunds",
            {"amount_fen": max(1, amount), "reason": "退", "method": "other", "refunded_at": order["paid_at"]},
        )
    else:
        action, body = ("cancel", {"reason": "错"}) if happens == "cancel" else ("delivery/retry", {})
        lead.post(f"{path}/{action}", body, version=lead.get(path).json()["version"])


def turn(game: Any, database: Database, *, dies: bool = False) -> None:
    """What is due is due now; a worker that dies writes nothing down, and his lease is over."""
    with database.begin() as tx:
        tx.execute(
            text("UPDATE deliveries SET leased_until = NULL, next_attempt_at = :now WHERE next_attempt_at IS NOT NULL"),
            {"now": now()},
        )
    line = _Line(Dying(database) if dies else database, "xiyou", game)  # type: ignore[arg-type]
    line.start_due()
    line.close()


class Dying:
    """A database that takes a claim, and nothing after it."""

    def __init__(self, database: Database) -> None:
        self._database, self._claimed = database, False

    def transact(self, command: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        if self._claimed:
            raise ConnectionError("died")
        self._claimed = True
        return self._database.transact(command, *arguments, **named)
