"""Any one service may be down: the page says what is missing and is whole again when it returns (B9)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Site
from tests.desk import Desk, Person

pytestmark = [pytest.mark.product, pytest.mark.faults]

OF_SALES = {"pitch", "touches", "quotes", "orders"}
SECTIONS = {"players": {"player"}, "tickets": {"tickets"}, "sales": OF_SALES, "catalog": set()}
NAMES = set().union(*SECTIONS.values())


@pytest.mark.parametrize("service", SECTIONS)
def test_home_answers_without_it_and_is_whole_again__B9(
    site: Site, hire: Callable[..., Person], desk: Desk, service: str
) -> None:
    if site.product is None:
        pytest.skip("this product was started elsewhere, its processes are not ours to kill")
    agent = hire()
    player_id = agent.create_player()["player_id"]
    agent.post("/tickets", {"player_id": player_id, "detail": "充值未到账"})

    def statuses() -> dict[str, str]:
        home = agent.home(player_id)
        return {name: home[name]["status"] for name in NAMES}

    desk.eventually(lambda: set(statuses().values()) == {"ok"})
    site.product.kill(service)
    try:
        degraded = statuses()
        missing = {name for name, status in degraded.items() if status in ("stale", "unavailable")}
        assert missing == SECTIONS[service]
    finally:
        site.product.restart(service)
    desk.eventually(lambda: set(statuses().values()) == {"ok"}, within=20)
