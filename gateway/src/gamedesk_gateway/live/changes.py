"""An event as the console hears of it: its kind and ids, never what is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from gamedesk_chassis.events import Event


@dataclass(frozen=True)
class _Kind:
    """Which members of an event's data are ids to pass on, and which name agents whom it concerns."""

    ids: tuple[str, ...]
    agents: tuple[str, ...] = ()


# `<service>.<kind>.<what happened>.v1`. A kind that is not here is not passed on.
_KINDS: Mapping[str, _Kind] = {
    "players.player": _Kind(("player_id",), ("owner_agent_id",)),
    "players.profile": _Kind(("player_id", "profile_id")),
    "players.agent": _Kind(("agent_id",), ("agent_id",)),
    "tickets.ticket": _Kind(("player_id", "ticket_id"), ("assignee_agent_id",)),
    "sales.touch": _Kind(("player_id", "touch_id"), ("agent_id",)),
    "sales.order": _Kind(("player_id", "order_id"), ("seller_agent_id",)),
    "sales.quote": _Kind(("player_id", "quote_id"), ("agent_id",)),
    "sales.follow_up": _Kind(("player_id", "touch_id", "proposal_id"), ("agent_id",)),
    "sales.sell_safe": _Kind(("player_id", "ticket_id")),
    "catalog.item": _Kind(("item_id",)),
    "catalog.pack": _Kind(("pack_id",)),
    "catalog.campaign": _Kind(("campaign_id",)),
}
_FOR_EVERYBODY = "catalog."
_CATALOG_CHANGES_NAMED = 50


@dataclass(frozen=True)
class Change:
    """`agents`: whom the event itself names; `player_id`: whose owner it concerns as well.

    `as_notice`: a message for those it concerns alone, because somebody has to do something about it.
    """

    message: bytes
    player_id: str | None
    agents: frozenset[str]
    for_everybody: bool
    as_notice: bytes | None = None


def change_of(event: Event) -> Change | None:
    """None for kinds of events that the console does not hear of."""
    name = ".".join(event.type.split(".")[:2])
    kind = _KINDS.get(name)
    if kind is None:
        return None
    ids = {field: str(event.data[field]) for field in kind.ids if event.data.get(field) is not None}
    data = {
        "kind": name.partition(".")[2],
        "type": event.type,
        "ids": ids,
        "version": event.own_version,
        "actor": event.actor,
    }
    agents = frozenset(event.data[field] for field in kind.agents if event.data.get(field))
    notice = None
    if name == "catalog.pack" and event.data.get("state") == "review" and event.data.get("created_by"):
        agents, notice = frozenset({event.data["created_by"]}), message("notice", {**data, "notice": "pack_review"})
    everybody = name.startswith(_FOR_EVERYBODY)
    return Change(message("change", data), ids.get("player_id"), agents, everybody, notice)


def bounded(changes: list[Change]) -> list[Change]:
    """A price push changes thousands of items, for everybody: so many at once become one «refetch the catalog».

    Of those, what is a notice to somebody stays one.
    """
    if sum(change.for_everybody for change in changes) <= _CATALOG_CHANGES_NAMED:
        return changes
    notices = [
        replace(change, message=b"", for_everybody=False)
        for change in changes
        if change.for_everybody and change.as_notice
    ]
    return [change for change in changes if not change.for_everybody] + [_CATALOG_CHANGED] + notices


def message(event: str, data: Any) -> bytes:
    """One server-sent event."""
    return b"event: " + event.encode() + b"\ndata: " + orjson.dumps(data, option=orjson.OPT_UTC_Z) + b"\n\n"


_CATALOG_CHANGED = Change(
    message("change", {"kind": "catalog", "type": "catalog.changed.v1", "ids": {}, "version": 0, "actor": None}),
    player_id=None,
    agents=frozenset(),
    for_everybody=True,
)
