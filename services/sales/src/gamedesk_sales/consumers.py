"""What this service listens to: events of players, catalog and tickets become copies."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from gamedesk_chassis.clock import now, parse_rfc3339
from gamedesk_chassis.copies import upsert_if_newer
from gamedesk_chassis.digests import Copied, compared
from gamedesk_chassis.events import Event
from sqlalchemy import Connection, Table

from gamedesk_sales import events, tables
from gamedesk_sales.commands.campaign_calls import follow_campaign, follow_merge
from gamedesk_sales.commands.recovery_proposals import propose_recovery, withdraw_proposals
from gamedesk_sales.commands.sell_safe import tell_pages
from gamedesk_sales.model.recovery_proposals import ClosedTicket
from gamedesk_sales.model.sell_safe import OpenTicket
from gamedesk_sales.repository import campaign_calls, copies, erasures, follow_ups, recovery_proposals

_FIRST = 1  # version of whatever is new
_LINE_FIELDS = ("item_id", "game_id", "code", "name", "quantity", "unit_price_fen")


def player_changed(tx: Connection, event: Event) -> None:
    data = event.data
    player_id = UUID(data["player_id"])
    merged_into = UUID(data["merged_into"]) if data["merged_into"] else None
    before = copies.lock_root(tx, player_id)
    is_newer = _copy(
        tx,
        event,
        tables.player_copies,
        {"player_id": player_id},
        {
            "owner_agent_id": data["owner_agent_id"],
            "tier": data["tier"],
            "minor_band": data["minor_band"],
            "merged_into": merged_into,
            "erased": data["erased"],
        },
    )
    if is_newer and before not in (None, merged_into or player_id):
        found = copies.lock_player(tx, before), copies.lock_player(tx, player_id)
        persons = {person.player_id: person for person in found if person is not None}
        follow_merge(tx, persons.values(), now())
        for person in persons:  # whoever merged them has read their sales before
            events.follow_up_changed(tx, person, event.actor)
    owner = copies.owner_of(tx, player_id)
    if is_newer and owner:  # the owner of whom he was merged into may not be known yet, and comes with his own event
        ids = copies.same_person(tx, [player_id])
        for work in (follow_ups, recovery_proposals, campaign_calls):
            work.hand_over(tx, ids, owner)
    if data["erased"]:  # whatever brings it: a backup that was put back says it again by a republication
        erasures.erase(tx, player_id)


def profile_synced(tx: Connection, event: Event) -> None:
    data = event.data
    player_id = UUID(data["player_id"])
    erased = copies.is_erased(tx, player_id)  # an event from before may come after
    _copy(
        tx,
        event,
        tables.profile_copies,
        {"profile_id": UUID(data["profile_id"])},
        {
            "player_id": player_id,
            "game_id": data["game_id"],
            "server": None if erased else data["server"],
            "game_account_id": None if erased else data["game_account_id"],
            "server_id": None if erased else data.get("server_id"),
            "state": "not_found" if erased else data["state"],
        },
    )


def agent_updated(tx: Connection, event: Event) -> None:
    data = event.data
    values = {"role": data["role"], "team": data["team"], "active": data["active"]}
    _copy(tx, event, tables.agent_copies, {"agent_id": data["agent_id"]}, values)


def item_updated(tx: Connection, event: Event) -> None:
    data = event.data
    _copy(
        tx,
        event,
        tables.item_copies,
        {"item_id": UUID(data["item_id"])},
        {name: data[name] for name in ("game_id", "code", "name", "price_fen", "currency")},
    )


def pack_updated(tx: Connection, event: Event) -> None:
    data = event.data
    plain = ("code", "name", "state", "discount_bp", "list_price_fen", "price_fen", "currency", "revision")
    _copy(
        tx,
        event,
        tables.pack_copies,
        {"pack_id": UUID(data["pack_id"])},
        {
            **{name: data[name] for name in plain},
            "contents": [{name: line[name] for name in _LINE_FIELDS} for line in data["contents"]],
            "valid_from": parse_rfc3339(data.get("valid_from")),
            "valid_until": parse_rfc3339(data["valid_until"]),
            "campaign_id": _id(data.get("campaign_id")),
            "player_id": _id(data.get("player_id")),
            "updated_at": parse_rfc3339(data["updated_at"]),
            "own_version": event.own_version,
        },
    )


def campaign_updated(tx: Connection, event: Event) -> None:
    data = event.data
    campaign_id = UUID(data["campaign_id"])
    days = {name: date.fromisoformat(data[name]) for name in ("starts_on", "ends_on")}
    plain = {name: data[name] for name in ("name", "state", "team", "segment", "game_ids")}
    if _copy(tx, event, tables.campaign_copies, {"campaign_id": campaign_id}, {**plain, **days}):
        follow_campaign(tx, campaign_id)


def ticket_updated(tx: Connection, event: Event) -> None:
    data = event.data
    ticket_id, player_id = UUID(data["ticket_id"]), UUID(data["player_id"])
    asked_at, done_at = parse_rfc3339(data["asked_at"]), parse_rfc3339(data["done_at"])
    assert asked_at is not None, "its schema has no null there"
    is_done = data["state"] == "done"
    is_known, before = copies.lock_ticket(tx, ticket_id)
    is_newer = _copy(
        tx,
        event,
        tables.ticket_copies,
        {"ticket_id": ticket_id},
        {
            "player_id": player_id,
            **{name: data[name] for name in ("number", "category", "state")},
            "asked_at": asked_at,
            "done_at": done_at,
        },
    )
    if is_newer:
        after = None if is_done else OpenTicket(ticket_id, data["number"], data["category"], asked_at)
        # An earlier event may have been handled since, by another worker.
        is_late = not is_known and event.aggregateversion > _FIRST and not event.republication
        tell_pages(tx, player_id, ticket_id, before, after, always=is_late)
    if not is_done or done_at is None:
        if is_newer:
            withdraw_proposals(tx, ticket_id, player_id)
    # A republication says what is so, and not that it has just come to be so; it may come before the event itself.
    elif not event.republication and (is_newer or copies.ticket_version(tx, ticket_id) == event.aggregateversion):
        ticket = ClosedTicket(ticket_id, player_id, data["number"], data["category"], data["cycle"], done_at)
        propose_recovery(tx, ticket)


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _copy(tx: Connection, event: Event, table: Table, key: dict[str, Any], values: dict[str, Any]) -> bool:
    return upsert_if_newer(tx, table, key, values, event.aggregateversion, allow_equal=event.republication)


FROM_PLAYERS = {
    "players.player.created.v1": player_changed,
    "players.player.updated.v1": player_changed,
    "players.player.merged.v1": player_changed,
    "players.player.erased.v1": player_changed,
    "players.profile.synced.v1": profile_synced,
    "players.agent.updated.v1": agent_updated,
    **compared(
        "players",
        "sales-players",
        [
            Copied("player", tables.player_copies),
            Copied("profile", tables.profile_copies),
            Copied("agent", tables.agent_copies),
        ],
    ),
}
FROM_CATALOG = {
    "catalog.item.updated.v1": item_updated,
    "catalog.pack.updated.v1": pack_updated,
    "catalog.campaign.updated.v1": campaign_updated,
    **compared(
        "catalog",
        "sales-catalog",
        [
            Copied("item", tables.item_copies),
            Copied("pack", tables.pack_copies),
            Copied("campaign", tables.campaign_copies),
        ],
    ),
}
FROM_TICKETS = {
    "tickets.ticket.updated.v1": ticket_updated,
    **compared("tickets", "sales-tickets", [Copied("ticket", tables.ticket_copies)]),
}
LISTENERS = {"sales-players": FROM_PLAYERS, "sales-catalog": FROM_CATALOG, "sales-tickets": FROM_TICKETS}
