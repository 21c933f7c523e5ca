"""What tests across services share: the product, started once for the run, and people who use it.

GAMEDESK_E2E_URL         a running gateway to test instead of starting the product (with containers, say)
GAMEDESK_E2E_SIMULATOR_URL  its game-server simulator
GAMEDESK_E2E_ADMIN       an admin there, `KF001:password`
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.desk import Desk, Person

ADMIN_PASSWORD = "the first admin"

# The home page waits for its sections longer than agents would, because tests share a busy machine.
HOME_DEADLINE = "5"


@dataclass(frozen=True)
class Site:
    """A running product. `product` can stop and start its parts; it is None for one started elsewhere."""

    url: str
    simulator_url: str
    admin_id: str
    admin_password: str
    product: Any = None


@pytest.fixture(scope="session")
def site(new_state_dir: Callable[[str], Path]) -> Iterator[Site]:
    given = os.environ.get("GAMEDESK_E2E_URL")
    if given:
        admin_id, _, password = os.environ["GAMEDESK_E2E_ADMIN"].partition(":")
        yield Site(given, os.environ["GAMEDESK_E2E_SIMULATOR_URL"], admin_id, password)
        return
    with started(new_state_dir("product")) as site:
        yield site


class started:  # noqa: N801 - reads as a verb
    """`with started(folder) as site`: the whole product on free ports, with an admin KF001 and nothing else."""

    def __init__(self, folder: Path, home_deadline: str | None = HOME_DEADLINE) -> None:
        from gamedesk_local.product import Product

        self._product, self._home_deadline = Product(folder), home_deadline

    def __enter__(self) -> Site:
        product = self._product
        if self._home_deadline:
            os.environ.setdefault("GAMEDESK_HOME_DEADLINE", self._home_deadline)  # the processes inherit it
            os.environ.setdefault("GAMEDESK_REFERENCE_PATIENCE", "6")  # of the 10 s that a call has
        product.start()
        product.run("players", "create-admin", "KF001", "--password-stdin", stdin=ADMIN_PASSWORD + "\n")
        return Site(product.gateway_url, product.simulator_url, "KF001", ADMIN_PASSWORD, product)

    def __exit__(self, *_: object) -> None:
        self._product.stop()


@pytest.fixture
def desk(site: Site, eventually: Callable[..., Any]) -> Iterator[Desk]:
    """The product as seen from outside, the simulated games in their first state."""
    with Desk(site.url, site.simulator_url, eventually) as desk:
        desk.reset_games()
        yield desk


@pytest.fixture
def admin(site: Site, desk: Desk) -> Person:
    return desk.sign_in(site.admin_id, site.admin_password)


@pytest.fixture
def hire(admin: Person, desk: Desk) -> Callable[..., Person]:
    """`hire(role="agent")`: a new agent with an id nobody had before, signed in."""

    def hire(role: str = "agent", team: str = "A") -> Person:
        agent_id = f"KF{secrets.randbelow(10**9):09}"
        password = secrets.token_urlsafe(12)
        body = {
            "agent_id": agent_id,
            "name": f"客服{agent_id[-3:]}",
            "role": role,
            "team": team,
            "password": password,
            "wechat_id": f"wx_{agent_id}",
            "wechat_name": f"微信{agent_id[-3:]}",
        }
        assert admin.post("/agents", body).status_code == 201
        return desk.sign_in(agent_id, password)

    return hire
