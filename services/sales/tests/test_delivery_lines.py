"""Which answers of a game delay its other orders, and which only the one that they are about (B7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.http_client import CallFailed
from gamedesk_chassis.remotes import Remote
from gamedesk_sales.clients.game_server import GameServer, GrantRefused, LookUpRefused
from gamedesk_sales.delivery import _Line
from gamedesk_sales.model.deliveries import Account
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import text

As = Callable[[str], ApiClient]
Body = Callable[..., dict[str, Any]]
Sell = Callable[[], dict[str, Any]]


class Game:
    """Answers badly to whom it is told to, and grants to all others."""

    def __init__(self) -> None:
        self.bad: dict[UUID, Exception] = {}
        self.granted: list[UUID] = []

    def was_granted(self, order_id: UUID, *_: Any) -> bool:
        if order_id in self.bad:
            raise self.bad[order_id]
        return order_id in self.granted

    def grant(self, order_id: UUID, *_: Any) -> None:
        if order_id in self.bad:
            raise self.bad[order_id]
        self.granted.append(order_id)


@pytest.fixture
def game() -> Game:
    return Game()


@pytest.fixture
def line(database: Database, game: Game) -> Iterator[_Line]:
    line = _Line(database, "xiyou", game)  # type: ignore[arg-type]
    yield line
    line.close()


@pytest.fixture
def sell(as_agent: As, order_body: Body, known_profile: Callable[..., str], player: str) -> Sell:
    known_profile(player)
    return lambda: as_agent("KF003").post("/orders", order_body()).json()


@pytest.mark.parametrize(
    ("failure", "is_away"),
    [
        (CallFailed("timeout"), True),
        (CallFailed("connection"), True),
        *[(CallFailed("status", status), True) for status in (301, 401, 403, 408, 425, 429, 502, 503, 504)],
        *[(CallFailed("status", status), False) for status in (202, 500, 501)],
        (CallFailed("body", 200), False),
        (GrantRefused(422), False),
        (LookUpRefused(409), False),
    ],
    ids=str,
)
def test_only_a_game_that_is_away_delays_its_other_orders__B7(
    line: _Line, game: Game, sell: Sell, eventually: Callable[..., Any], failure: Exception, is_away: bool
) -> None:
    bad = [UUID(sell()["order_id"]) for _ in range(6)]  # more than are asked for at once
    good = UUID(sell()["order_id"])
    game.bad = dict.fromkeys(bad, failure)

    def turn() -> bool:
        line.start_due()
        return good in game.granted or line._paused_until > 0

    eventually(turn)

    assert (good in game.granted) is not is_away


def test_what_the_game_does_not_tell_waits_for_a_person__B7(
    line: _Line, game: Game, sell: Sell, as_agent: As, database: Database, eventually: Callable[..., Any]
) -> None:
    order = sell()
    path, order_id = f"/orders/{order['order_id']}", UUID(order["order_id"])

    def settled(state: str, reason: str | None) -> Callable[[], bool]:
        def turn() -> bool:
            with database.begin() as tx:
                tx.execute(text("UPDATE deliveries SET next_attempt_at = :now WHERE state = 'queued'"), {"now": now()})
            line._paused_until = 0.0
            line.start_due()
            found = as_agent("KF003").get(path).json()["delivery"]
            return (found["state"], found["last_reason"]) == (state, reason)

        return turn

    game.bad = {order_id: CallFailed("body", 200)}
    eventually(settled("queued", "body 200"))
    game.bad = {order_id: LookUpRefused(409)}
    eventually(settled("failed", "lookup 409"))
    version = as_agent("KF003").get(path).json()["version"]
    elsewhere = as_agent("KF003").post(
        f"{path}/delivery/retry", {"profile_id": order["profile"]["profile_id"]}, version=version
    )
    assert elsewhere.json()["type"].endswith(":not-retryable")
    assert as_agent("KF002").post(f"{path}/cancel", {"reason": "错"}, version=version).status_code == 422
    game.bad = {}

    assert as_agent("KF003").post(f"{path}/delivery/retry", {}, version=version).status_code == 200

    eventually(settled("delivered", None))
    assert game.granted == [order_id]


@pytest.mark.parametrize(
    ("status", "when_asked", "when_granting"),
    [
        (400, LookUpRefused, GrantRefused),
        (409, LookUpRefused, GrantRefused),
        (422, LookUpRefused, GrantRefused),
        (202, CallFailed, CallFailed),
        (204, CallFailed, CallFailed),
        (304, CallFailed, CallFailed),
        (425, CallFailed, CallFailed),
        (500, CallFailed, CallFailed),
    ],
)
def test_what_each_answer_means__B7(status: int, when_asked: type[Exception], when_granting: type[Exception]) -> None:
    server = GameServer(Remote("xiyou", "西游", "http://game.example", "key", ()))
    server._client = httpx.Client(
        base_url="http://game.example", transport=httpx.MockTransport(lambda _: httpx.Response(status))
    )
    account = Account(UUID(int=1), "xiyou", None, "XIY-1")
    with pytest.raises(when_asked):
        server.was_granted(UUID(int=2), account, [("XIYOU-1001", 1)])
    with pytest.raises(when_granting):
        server.grant(UUID(int=2), account, [("XIYOU-1001", 1)])
