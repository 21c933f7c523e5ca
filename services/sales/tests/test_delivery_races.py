"""A person decides about an order while a worker comes for its delivery: the game is asked what was decided (B7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_sales.__main__ import mark_overdue
from gamedesk_sales.commands import deliveries as commands
from gamedesk_sales.repository import deliveries as repository
from gamedesk_sales.repository.deliveries import Claim
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

As = Callable[[str], ApiClient]
Accounts = tuple[str, str]


@pytest.fixture
def accounts(known_profile: Callable[..., str], player: str) -> Accounts:
    """The two accounts that the player has in the pack's game."""
    return known_profile(player, game_account_id="XIY-A"), known_profile(player, game_account_id="XIY-B")


@pytest.fixture
def order(as_agent: As, order_body: Callable[..., dict[str, Any]], accounts: Accounts) -> dict[str, Any]:
    """Paid, and to be delivered to the first account."""
    return as_agent("KF003").post("/orders", order_body(profile_id=accounts[0])).json()


@pytest.fixture
def claim(database: Database) -> Callable[[], list[Claim]]:
    """`claim()`: a worker comes."""
    return lambda: database.transact(repository.claim_due, "xiyou", now(), 4, 60.0)


@pytest.fixture
def meanwhile(claim: Callable[[], list[Claim]], monkeypatch: pytest.MonkeyPatch) -> list[list[Claim]]:
    """What a worker got who came when the order was locked and read, and what was decided not written yet."""
    claimed: list[list[Claim]] = []
    save = repository.save

    def claimed_before(*arguments: Any) -> None:
        claimed.append(claim())
        save(*arguments)

    monkeypatch.setattr(commands.repository, "save", claimed_before)
    return claimed


def test_an_account_that_is_chosen_while_a_worker_comes_is_the_one_asked_for__B7(
    as_agent: As,
    order: dict[str, Any],
    accounts: Accounts,
    meanwhile: list[list[Claim]],
    claim: Callable[[], list[Claim]],
) -> None:
    path = f"/orders/{order['order_id']}/delivery/retry"

    chosen = as_agent("KF003").post(path, {"profile_id": accounts[1]}, version=1)

    assert chosen.status_code == 200, chosen.text
    assert meanwhile == [[]]
    assert [each.account.game_account_id for each in claim()] == ["XIY-B"]


@pytest.mark.parametrize("how", ["cancel", "refunds"])
def test_what_is_stopped_while_a_worker_comes_is_not_asked_for__B7(
    as_agent: As, order: dict[str, Any], meanwhile: list[list[Claim]], claim: Callable[[], list[Claim]], how: str
) -> None:
    body = {"amount_fen": 8_000, "method": "other", "refunded_at": order["paid_at"]} if how == "refunds" else {}
    version = None if how == "refunds" else 1

    stopped = as_agent("KF002").post(f"/orders/{order['order_id']}/{how}", {"reason": "错", **body}, version=version)

    assert stopped.is_success, stopped.text
    assert (meanwhile, claim()) == ([[]], [])


def test_calling_it_overdue_loses_no_claim__B7(
    database: Database, order: dict[str, Any], meanwhile: list[list[Claim]], claim: Callable[[], list[Claim]]
) -> None:
    mark_overdue(database, timedelta(0))

    assert meanwhile == [[]]
    [claimed] = claim()
    mark_overdue(database, timedelta(0))
    with database.begin() as tx:
        found = tx.execute(text("SELECT order_id, uncertain, overdue_since FROM deliveries")).one()
    assert (claimed.order_id, found.uncertain) == (UUID(order["order_id"]), True)
    assert found.overdue_since


@pytest.mark.parametrize("how", ["cancel", "delivery/retry"])
def test_what_a_worker_has_claimed_is_neither_cancelled_nor_sent_elsewhere__B7(
    as_agent: As, order: dict[str, Any], accounts: Accounts, claim: Callable[[], list[Claim]], how: str
) -> None:
    [claimed] = claim()
    body = {"reason": "错"} if how == "cancel" else {"profile_id": accounts[1]}

    refused = as_agent("KF002").post(f"/orders/{order['order_id']}/{how}", body, version=1)

    assert refused.json()["type"].split(":")[-1] in ("not-cancellable", "not-retryable")
    assert as_agent("KF003").get(f"/orders/{order['order_id']}").json()["version"] == 1
    assert claimed.account.game_account_id == "XIY-A"


def test_what_is_called_overdue_holds_few_orders_at_a_time__B7(
    as_agent: As, order_body: Callable[..., dict[str, Any]], accounts: Accounts, database: Database
) -> None:
    for _ in range(21):
        assert as_agent("KF003").post("/orders", order_body(profile_id=accounts[0])).status_code == 201

    for more, said in ((True, 20), (False, 21)):
        assert database.transact(commands.mark_overdue, timedelta(0)) is more
        with database.begin() as tx:
            found = tx.execute(text("SELECT count(*) FROM deliveries WHERE overdue_since IS NOT NULL")).scalar_one()
        assert found == said
