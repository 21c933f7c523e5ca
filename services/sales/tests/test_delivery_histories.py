"""Whatever a game does, and whatever happens to an order: nothing is granted twice, and the desk knows it (B7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.http_client import CallFailed
from gamedesk_sales.clients.game_server import GrantRefused, LookUpRefused
from gamedesk_sales.delivery import _Line
from gamedesk_sales.model.deliveries import Account
from gamedesk_testing.api_client import ApiClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

As = Callable[[str], ApiClient]

ANSWERS = ("granted", "down", "lost", "busy", "refused", "untold")
HAPPENS = (
    "turn",
    "two turns",
    "worker dies",
    "cancel",
    "cancel and sell again",
    "refund",
    "part",
    "retry",
    "another account",
)
STEPS = st.tuples(st.sampled_from(HAPPENS), st.sampled_from(ANSWERS))


class Game:
    """Grants as the contract says, and answers as it is told."""

    def __init__(self) -> None:
        self.given: dict[UUID, str] = {}
        self.grants = 0
        self.mood = "granted"

    def was_granted(self, order_id: UUID, account: Account, _: Any) -> bool:
        if self.mood in ("down", "busy"):
            raise CallFailed("connection")
        if self.mood == "untold":
            raise LookUpRefused(422)
        if order_id not in self.given:
            return False
        if self.given[order_id] != account.game_account_id:
            raise GrantRefused(409)
        return True

    def grant(self, order_id: UUID, account: Account, _: Any) -> None:
        if self.mood == "down":
            raise CallFailed("connection")
        if self.mood == "busy":
            raise CallFailed("status", 429)
        if self.mood == "refused":
            raise GrantRefused(422)
        self.grants += 1  # we never repeat what may have been granted, so each of these is a delivery
        self.given[order_id] = account.game_account_id
        if self.mood == "lost":
            raise CallFailed("timeout")


class Payment:
    """One payment of a player with two accounts, the orders that were recorded for it one after the other, and the
    desk that works on the last one."""

    def __init__(
        self, seller: ApiClient, lead: ApiClient, database: Database, sale: dict[str, Any], accounts: list[str]
    ) -> None:
        self.seller, self.lead, self.database, self.sale = seller, lead, database, sale
        self.accounts = accounts
        self.game, self.paths = Game(), list[str]()
        self.sell()

    def sell(self) -> None:
        sold = self.seller.post("/orders", self.sale)
        assert sold.status_code == 201, sold.text
        self.paths.append(f"/orders/{sold.json()['order_id']}")

    def orders(self) -> list[dict[str, Any]]:
        return [self.lead.get(path).json() for path in self.paths]

    def do(self, happens: str) -> None:
        path, order = self.paths[-1], self.orders()[-1]
        if happens in ("turn", "two turns"):
            for _ in range(2 if happens == "two turns" else 1):
                turn(self.game, self.database)
        elif happens == "worker dies":
            turn(self.game, self.database, dies=True)
        elif happens in ("refund", "part"):
            left = order["amount_paid_fen"] - order["refunded_fen"]
            amount = {"amount_fen": max(1, left if happens == "refund" else 1), "refunded_at": order["paid_at"]}
            self.lead.post(f"{path}/refunds", {**amount, "reason": "退", "method": "other"})
        elif happens.startswith("cancel"):
            cancelled = self.lead.post(f"{path}/cancel", {"reason": "错"}, version=order["version"])
            if cancelled.is_success and happens == "cancel and sell again":
                self.sell()
        else:
            now_for = order["delivery"]["account"]["profile_id"]
            [other] = [account for account in self.accounts if account != now_for]
            body = {"profile_id": other} if happens == "another account" else {}
            self.lead.post(f"{path}/delivery/retry", body, version=order["version"])

    def check(self) -> None:
        assert self.game.grants <= 1, "of one payment"
        for order in self.orders():
            state, delivery = order["state"], order["delivery"]
            given = self.game.given.get(UUID(order["order_id"]))
            if delivery["state"] == "delivered":
                assert delivery["account"]["game_account_id"] == given
            assert delivery["state"] != "failed" or not given or delivery["last_reason"].startswith("lookup")
            assert (state == "delivered") <= (delivery["state"] == "delivered")
            assert (delivery["state"] == "stopped") <= (state in ("cancelled", "refunded"))
            assert not (state == "cancelled" and given), "its payment is free"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=8))
@example(steps=[("turn", "lost"), ("cancel and sell again", "granted"), ("two turns", "granted")])
@example(steps=[("worker dies", "granted"), ("another account", "granted"), ("two turns", "granted")])
@example(steps=[("turn", "lost"), ("turn", "untold"), ("another account", "granted"), ("refund", "untold")])
@example(steps=[("turn", "refused"), ("another account", "lost"), ("two turns", "granted")])
def test_any_history_grants_at_most_once_and_ends_in_the_truth__B7(
    as_agent: As,
    order_body: Callable[..., dict[str, Any]],
    known_profile: Callable[..., str],
    known_player: Callable[..., str],
    database: Database,
    steps: list[tuple[str, str]],
) -> None:
    player = known_player()
    accounts = [known_profile(player), known_profile(player)]
    sale = order_body(player_id=player, profile_id=accounts[0])
    payment = Payment(as_agent("KF003"), as_agent("KF002"), database, sale, accounts)
    for happens, answer in steps:
        payment.game.mood = answer
        payment.do(happens)
        payment.check()

    payment.game.mood = "granted"
    if payment.orders()[-1]["delivery"]["state"] == "failed":
        payment.do("retry")
    payment.do("two turns")

    payment.check()
    for order in payment.orders():
        found = order["delivery"]["state"]
        assert (found == "delivered") == (UUID(order["order_id"]) in payment.game.given)
        assert found == "delivered" or (found == "stopped" and order["state"] in ("cancelled", "refunded"))


@pytest.fixture
def payment(
    as_agent: As,
    order_body: Callable[..., dict[str, Any]],
    known_profile: Callable[..., str],
    player: str,
    database: Database,
) -> Payment:
    accounts = [known_profile(player), known_profile(player)]
    sale = order_body(profile_id=accounts[0])
    return Payment(as_agent("KF003"), as_agent("KF002"), database, sale, accounts)


def after_delivery(payment: Payment) -> list[bool | None]:
    return [refund["after_delivery"] for refund in payment.orders()[-1]["refunds"]]


@pytest.mark.parametrize(("answer", "had"), [("lost", True), ("down", False)])
def test_a_refund_in_doubt_says_once_what_the_game_says_of_then__B7(payment: Payment, answer: str, had: bool) -> None:
    """A part that was given back stops no delivery: what the game had not granted then, it grants afterwards."""
    for happens, mood, known in (
        ("turn", answer, []),
        ("part", "down", [None]),
        ("turn", "untold", [None]),
        ("retry", "untold", [None]),
        ("two turns", "down", [None]),
        ("two turns", "granted", [had]),
    ):
        payment.game.mood = mood
        payment.do(happens)
        assert after_delivery(payment) == known, (happens, mood)

    payment.do("part")
    assert (payment.orders()[-1]["delivery"]["state"], after_delivery(payment)) == ("delivered", [had, True])


@pytest.mark.parametrize("answer", ["refused", "busy"])
def test_what_is_known_of_a_refund_stays_known_while_the_game_is_asked_again__B7(payment: Payment, answer: str) -> None:
    for happens, mood in (("turn", "down"), ("part", "down"), ("turn", answer), ("retry", "down")):
        payment.game.mood = mood
        payment.do(happens)
    assert after_delivery(payment) == [None if answer == "busy" else False]

    for happens, mood in (("turn", "refused"), ("retry", "down"), ("worker dies", "down"), ("two turns", "granted")):
        payment.game.mood = mood
        payment.do(happens)
        assert after_delivery(payment) == [False], (happens, mood)

    assert payment.orders()[-1]["delivery"]["state"] == "delivered"


@pytest.mark.parametrize(("how", "answer", "had"), [("part", "granted", True), ("refund", "throttled", False)])
def test_a_refund_during_the_first_grant_is_settled_by_its_answer__B7(
    payment: Payment, monkeypatch: pytest.MonkeyPatch, how: str, answer: str, had: bool
) -> None:
    """If the game gives, nobody can say which of the two was first: the items count as his."""
    grant = payment.game.grant

    def meanwhile(*arguments: Any) -> None:
        payment.do(how)
        assert after_delivery(payment) == [None]
        if answer == "throttled":
            raise CallFailed("status", 429)
        grant(*arguments)

    monkeypatch.setattr(payment.game, "grant", meanwhile)
    payment.do("turn")
    assert after_delivery(payment) == [had]


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
