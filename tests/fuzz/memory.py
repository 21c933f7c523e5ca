"""The links between operations: what answers taught, used where a later request names such a thing.

An id that one operation made flows into all that take one of its kind, with the version that its thing has now.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

# What a field or parameter names: the name under which answers tell of it.
KINDS = {
    "from_agent_id": "agent_id",
    "to_agent_id": "agent_id",
    "owner_agent_id": "agent_id",
    "stand_in_agent_id": "agent_id",
    "assignee_agent_id": "agent_id",
    "assignee": "agent_id",
    "responsible": "agent_id",
    "agent": "agent_id",
    "seller": "agent_id",
    "not_seller": "agent_id",
    "owner": "agent_id",
    "created_by": "agent_id",
    "stand_in": "agent_id",
    "loser_id": "player_id",
    "ids": "player_id",
    "game": "game_id",
    "game_ids": "game_id",
    "ticket_ids": "ticket_id",
    "child_id": "ticket_id",
    "parent": "ticket_id",
    "reopens_ticket_id": "ticket_id",
    "category": "category_id",
    "consultation_entry_id": "entry_id",
    "pack_ids": "pack_id",
    "pack_id_or_code": "pack_id",
    "pack_code": "pack_code",
    "cursor": "next_cursor",
    "campaign": "campaign_id",
    "current_password": "password",
    "code": "code",
    "refresh_token": "refresh_token",
}
# Fields of a thing that are its version, by the field that names the thing.
VERSIONS = {"loser_id": "loser_version", "ticket_id": "version", "item_id": "version", "pack_code": "pack_revision"}
PAST = {"occurred_at", "asked_at", "paid_at", "refunded_at", "replied_at", "happened_at"}
FUTURE_DAYS = {"due_on", "follow_up_on", "ends_on", "until_on"}
TODAY = {"starts_on", "from_on"}
_KEPT = 40


class Memory:
    def __init__(self, random: Random) -> None:
        self.random = random
        self._known: dict[str, list[Any]] = defaultdict(list)
        self.hidden: set[str] = set()  # what no request is to name
        self.versions: dict[str, int] = {}
        self.prices: dict[str, int] = {}
        self.answers: dict[str, Any] = {}  # the last one of each operation

    def learn(self, data: Any, owner: str = "") -> None:
        """Remember every id in an answer, and the versions and prices that stand beside them."""
        if isinstance(data, list):
            for part in data:
                self.learn(part, owner)
        elif isinstance(data, dict):
            ids = [value for name, value in data.items() if name.endswith("_id") and isinstance(value, str)]
            if ids and isinstance(data.get("version"), int):
                self.versions[ids[0]] = data["version"]
            if "pack_id" in data and isinstance(data.get("code"), str):
                self._add("pack_code", data["code"])
                self.versions[data["code"]] = data.get("revision", 1)
                if isinstance(data.get("price_fen"), int):
                    self.prices[data["code"]] = data["price_fen"]
            for name, value in data.items():
                if isinstance(value, str) and (name.endswith(("_id", "_token", "_code")) or name in ("next_cursor",)):
                    self._add(KINDS.get(name, name), value)
                elif name == "code" and isinstance(value, str) and "item_id" in data:
                    self._add("code", value)
                else:
                    self.learn(value, name)

    def _add(self, kind: str, value: Any) -> None:
        known = self._known[kind]
        if value not in known and value not in self.hidden:
            known.append(value)
            del known[:-_KEPT]

    def teach(self, kind: str, *values: Any) -> None:
        for value in values:
            self._add(kind, value)

    def forget(self, kind: str, value: Any) -> None:
        """What is gone is linked to no more."""
        if value in self._known[kind]:
            self._known[kind].remove(value)

    def one(self, name: str) -> Any:
        """Something of the kind that `name` names; None if nothing of it is known. What is new is likelier."""
        known = self._known.get(KINDS.get(name, name))
        if not known:
            return None
        return known[-1 - min(int(self.random.expovariate(0.3)), len(known) - 1)]

    def is_link(self, name: str) -> bool:
        return name in KINDS or name.endswith("_id")

    def fill(self, data: Any) -> Any:
        """A body with things that exist in it, and times that make sense."""
        if isinstance(data, list):
            return [self.fill(part) for part in data]
        if not isinstance(data, dict):
            return data
        filled = {name: self._filled(name, value) for name, value in data.items()}
        filled = {name: value for name, value in filled.items() if value is not _NOTHING}
        for name, version in VERSIONS.items():
            if name in filled and version in filled and isinstance(filled[name], str):
                filled[version] = self.versions.get(filled[name], filled[version])
        price = self.prices.get(str(filled.get("pack_code")))
        if price is not None:
            filled.update({name: price for name in ("price_fen", "amount_paid_fen") if name in filled})
        return filled

    def _filled(self, name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return self.fill(value)
        if isinstance(value, list):
            if self.is_link(name) and all(isinstance(part, str) for part in value):
                return list(dict.fromkeys(one for _ in value[:3] if (one := self.one(name)) is not None))
            return [self.fill(part) for part in value]
        if self.random.random() < 0.1:
            return value
        now = datetime.now(UTC)
        if name in PAST and value is not None:
            return _time(now - timedelta(minutes=self.random.randrange(1, 600)))
        if name == "effective_at":
            return _time(now - timedelta(minutes=1))
        if name == "expires_at":
            return _time(now + timedelta(hours=self.random.randrange(2, 20)))
        if name in FUTURE_DAYS and value is not None:
            return str((now + timedelta(days=self.random.randrange(1, 9))).date())
        if name in TODAY and value is not None:
            return str(now.date())
        if name in ("valid_from", "valid_until", "profile_id"):
            return None if name != "profile_id" else _NOTHING
        if self.is_link(name) and value is not None:
            one = self.one(name)
            return value if one is None else one
        return value


_NOTHING = object()


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
