"""The product from outside: people who sign in at the gateway, and the simulated games behind it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, Self
from uuid import uuid4

import httpx


class Person:
    """A signed-in agent: one browser session, with its cookie."""

    def __init__(self, base_url: str, agent_id: str, password: str) -> None:
        self.agent_id, self.password = agent_id, password
        self.base_url = base_url
        self.http = httpx.Client(base_url=f"{base_url}/api", timeout=20, trust_env=False, headers={"Origin": base_url})

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.http.get(path, params=params)

    def post(
        self, path: str, body: Any = None, *, version: int | None = None, key: str | None = None
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key or uuid4().hex, **_if_match(version)}
        return self.http.post(path, json=body, headers=headers)

    def patch(self, path: str, body: Any, version: int) -> httpx.Response:
        return self.http.patch(path, json=body, headers=_if_match(version))

    def home(self, player_id: str) -> dict[str, Any]:
        """The home page's view of a player."""
        response = self.get(f"/home/players/{player_id}")
        assert response.status_code == 200, response.text
        return response.json()

    def create_player(self, phone: str | None = None, **fields: Any) -> dict[str, Any]:
        response = self.post("/players", {"phone": phone or new_phone(), **fields})
        assert response.status_code == 201, response.text
        return response.json()


class Desk:
    """The gateway at `url` and the games at `simulator_url`. `eventually` is the fixture that waits."""

    def __init__(self, url: str, simulator_url: str, eventually: Callable[..., Any]) -> None:
        self.url, self.eventually = url, eventually
        self._games = httpx.Client(base_url=f"{simulator_url}/management", timeout=30, trust_env=False)
        self._people: list[Person] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for person in self._people:
            person.http.close()
        self._games.close()

    def sign_in(self, agent_id: str, password: str) -> Person:
        person = Person(self.url, agent_id, password)
        self._people.append(person)
        response = person.http.post("/session", json={"agent_id": agent_id, "password": password})
        assert response.status_code in (200, 201), response.text
        return person

    def games(self, method: str, path: str, body: Any = None) -> Any:
        """Call the games' management API."""
        response = self._games.request(method, path, json=body)
        response.raise_for_status()
        return response.json() if response.content else None

    def reset_games(self) -> None:
        self.games("POST", "/reset")

    def push_price(self, game_id: str, code: str, price_fen: int) -> dict[str, Any]:
        """The game changes a price and tells GameDesk; returns what GameDesk answered."""
        return self.push_prices(game_id, {code: price_fen})

    def push_prices(self, game_id: str, prices: dict[str, int]) -> dict[str, Any]:
        """The same for several prices at once."""
        changes = [{"code": code, "price_fen": price_fen} for code, price_fen in prices.items()]
        pushes = self.games("POST", f"/games/{game_id}/prices", {"changes": changes, "push": True})["pushes"]
        assert [push["outcome"] for push in pushes] == ["delivered"], pushes
        return pushes[0]["answer"]


_given: set[str] = set()


def new_phone(ending: str = "1111") -> str:
    """A mobile that nobody had before. The simulator knows 1111 in every game, 0000 in none, 2222 twice."""
    while (phone := f"1{3 + secrets.randbelow(7)}{secrets.randbelow(10**5):05}{ending}") in _given:
        pass  # among some hundreds, two are the same in one run of twenty
    _given.add(phone)
    return phone


def _if_match(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": f'"{version}"'}
