"""What needs the caller's attention, from several services at the same time: what is due first comes first."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from gamedesk_chassis.clock import now, parse_rfc3339

from gamedesk_gateway.sections import Caller, Part, Reader

Entry = dict[str, Any]

_BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")
_SHOWN = 50
# Places of the fifty that a kind does not lose to what has waited longer; others take what it leaves free.
_PLACES_OF_TICKETS, _PLACES_OF_FOLLOW_UPS = 35, 15
_PLACES_OF_PROPOSED, _PLACES_OF_TAKEN, _PLACES_OF_QUOTES, _PLACES_OF_DELIVERIES = 10, 10, 15, 15
_PLACES_OF_TRANSFERS = 15
_PLACES_OF_REVIEWS, _PLACES_OF_REJECTED, _PLACES_OF_APPROVALS = 15, 10, 25
_QUOTES_END_WITHIN_HOURS = 4
_MAY_APPROVE = _MAY_CONFIRM = ("lead", "admin")
# Nearly always the first page has enough; the others are for a lead whose team's packs wait behind many of others'.
_ENOUGH_APPROVALS, _MORE_APPROVALS, _MOST_PAGES = 10, 200, 4
_SECONDS_OF_A_PAGE = 0.3


class Attention:
    """`leave`: seconds of the view's deadline for the cards of the players that the first answers name."""

    def __init__(self, leave: float) -> None:
        self._leave = leave

    async def of_service(self, reader: Reader, caller: Caller) -> Part:
        """Open tickets and follow-ups; at most 50."""
        tomorrow = now().astimezone(_BUSINESS_ZONE).date() + timedelta(days=1)
        open_tickets = {"responsible": caller.id, "state": "pending,in_progress", "order": "due", "limit": _SHOWN}
        due = {"agent": caller.id, "due_before": tomorrow.isoformat(), "limit": _SHOWN}
        tickets, follow_ups = await asyncio.gather(
            self._read(reader, "tickets", "/tickets", open_tickets), self._read(reader, "sales", "/follow-ups", due)
        )
        items = _most_urgent(
            (_PLACES_OF_TICKETS, [_ticket_entry(ticket) for ticket in tickets.items]),
            (_PLACES_OF_FOLLOW_UPS, [_follow_up_entry(touch) for touch in follow_ups.items]),
        )
        return await _with_cards(reader, [tickets, follow_ups], items)

    async def of_sales(self, reader: Reader, caller: Caller) -> Part:
        """Players to be won back, quotes that end soon, what the games owe for the caller's orders, and payments that
        wait for him to confirm them; at most 50."""
        today, limit = now().astimezone(_BUSINESS_ZONE).date().isoformat(), {"limit": _SHOWN}
        mine, sold = {"agent": caller.id, **limit}, {"seller": caller.id, **limit}
        ends = {"expires_before": _soon(now()).isoformat().replace("+00:00", "Z")}
        proposed, taken, quotes, failed, overdue, transfers = parts = await asyncio.gather(
            self._read(reader, "sales", "/recovery-proposals", {**mine, "state": "open"}),
            self._read(reader, "sales", "/recovery-proposals", {**mine, "state": "taken", "due_to": today}),
            self._read(reader, "sales", "/quotes", {**mine, **ends}),
            self._read(reader, "sales", "/deliveries", {**sold, "state": "failed,not_possible"}),
            self._read(reader, "sales", "/deliveries", {**sold, "overdue": "true"}),
            self._transfers(reader, caller),
        )
        owed = {delivery["order_id"]: delivery for delivery in [*failed.items, *overdue.items]}
        items = _most_urgent(
            (_PLACES_OF_PROPOSED, [_proposal_entry(proposal) for proposal in proposed.items]),
            (_PLACES_OF_TAKEN, [_proposal_entry(proposal) for proposal in taken.items]),
            (_PLACES_OF_QUOTES, [_entry("quote", parse_rfc3339(q["expires_at"]), q) for q in quotes.items]),
            (_PLACES_OF_DELIVERIES, [_delivery_entry(delivery) for delivery in owed.values()]),
            (_PLACES_OF_TRANSFERS, [_transfer_entry(order) for order in transfers.items]),
        )
        return await _with_cards(reader, parts, items)

    async def of_packs(self, reader: Reader, caller: Caller) -> Part:
        """The caller's packs that a price change put in review or that were given back to him, and those that wait for
        him to approve; at most 50."""
        own = {"created_by": caller.id, "limit": _SHOWN}
        reviews, rejected, approvals = await asyncio.gather(
            self._read(reader, "catalog", "/packs", {"state": "review", **own}),
            self._read(reader, "catalog", "/packs", {"state": "draft", "rejected": "true", **own}),
            self._approvals(reader, caller),
        )
        items = _most_urgent(
            (_PLACES_OF_REVIEWS, [_pack_entry("pack_review", pack) for pack in reviews.items]),
            (_PLACES_OF_REJECTED, [_pack_entry("pack_rejected", pack) for pack in rejected.items]),
            (_PLACES_OF_APPROVALS, [_pack_entry("pack_approval", p) for part in approvals for p in _decidable(part)]),
        )
        return _joined([reviews, rejected, *approvals], {"items": items})

    async def _transfers(self, reader: Reader, caller: Caller) -> Part:
        """Orders whose payment nobody has confirmed, that the caller may: of his team, or of all; never his own."""
        of_team = {} if caller.role == "admin" else {"team": caller.team}
        if caller.role not in _MAY_CONFIRM or None in of_team.values():
            return Part("ok", now())
        to_confirm = {"state": "paid", "verified": "false", "sort": "oldest_payment", "not_seller": caller.id}
        return await self._read(reader, "sales", "/orders", {**to_confirm, **of_team, "limit": _SHOWN})

    async def _approvals(self, reader: Reader, caller: Caller) -> list[Part]:
        """Pages of what waits, of all teams, until there are ten packs that the caller may approve, or no time left."""
        if caller.role not in _MAY_APPROVE:
            return []
        pages = [await self._read(reader, "catalog", "/pack-approvals", {"limit": _SHOWN})]
        while len(pages) < _MOST_PAGES and sum(len(_decidable(page)) for page in pages) < _ENOUGH_APPROVALS:
            cursor = pages[-1].data and pages[-1].data["next_cursor"]
            if not cursor or reader.seconds_left(self._leave) < _SECONDS_OF_A_PAGE:
                break
            query = {"limit": _MORE_APPROVALS, "cursor": cursor}
            pages.append(await self._read(reader, "catalog", "/pack-approvals", query))
        return pages

    async def _read(self, reader: Reader, service: str, path: str, query: Mapping[str, Any]) -> Part:
        return await reader.read(service, f"{path}?{urlencode(query, safe=',:')}", leave=self._leave)


async def _with_cards(reader: Reader, parts: Sequence[Part], items: list[Entry]) -> Part:
    if items:
        ids = sorted({item["player_id"] for item in items})
        cards = await reader.read("players", f"/player-cards?ids={','.join(ids)}")
        by_id = {card["player_id"]: card for card in cards.items}
        items = [{**item, "player": by_id.get(item["player_id"])} for item in items]
        parts = [*parts, cards]
    return _joined(parts, {"items": items})


def _joined(parts: Sequence[Part], data: dict[str, Any]) -> Part:
    """One section of several parts: ok if all are, stale if something of it is old or missing."""
    failed = next((part for part in parts if part.status != "ok"), None)
    if failed is None:
        return Part("ok", now(), data)
    if all(part.data is None for part in parts):
        return Part("unavailable", problem=failed.problem)
    as_of = min((part.as_of for part in parts if part.as_of is not None), default=None)
    return Part("stale", as_of, data, failed.problem)


def _decidable(waiting: Part) -> list[Entry]:
    return [pack for pack in waiting.items if pack["decision"]["may_approve"]]


def _most_urgent(*kinds: tuple[int, list[Entry]]) -> list[Entry]:
    """What is due first, at most 50. Each kind has its places: what waits since long, or for ever, hides nothing that
    is due only today."""
    placed: list[Entry] = []
    others: list[Entry] = []
    for places, entries in kinds:
        entries.sort(key=_urgency)
        placed += entries[:places]
        others += entries[places:]
    others.sort(key=_urgency)
    return sorted(placed + others[: _SHOWN - len(placed)], key=_urgency)


def _urgency(entry: Entry) -> tuple[bool, datetime]:
    """A ticket that has no deadline now, because it waits for the player, comes after all that has one."""
    has_none = entry["kind"] == "ticket" and entry["ticket"]["clock"]["next_due_at"] is None
    return has_none, entry["due_at"]


def _soon(moment: datetime) -> datetime:
    """On the hour: who asks again soon asks the same, and is shown the last answer if there is no new one."""
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=_QUOTES_END_WITHIN_HOURS + 1)


def _entry(kind: str, due_at: datetime | None, about: Entry, name: str | None = None) -> Entry:
    return {"kind": kind, "due_at": due_at, "player_id": about["player_id"], "player": None, name or kind: about}


def _ticket_entry(ticket: Entry) -> Entry:
    return _entry("ticket", parse_rfc3339(ticket["clock"]["next_due_at"] or ticket["asked_at"]), ticket)


def _follow_up_entry(touch: Entry) -> Entry:
    return _entry("follow_up", _beginning_of(touch["follow_up_on"]), touch, "touch")


def _proposal_entry(proposal: Entry) -> Entry:
    """A proposal waits since it was made; one that is taken is due on its day."""
    due_on = proposal["due_on"]
    due_at = _beginning_of(due_on) if due_on else parse_rfc3339(proposal["proposed_at"])
    return _entry("recovery_proposal", due_at, proposal)


def _delivery_entry(delivery: Entry) -> Entry:
    return _entry("delivery", parse_rfc3339(delivery["queued_at"] or delivery["paid_at"]), delivery)


def _transfer_entry(order: Entry) -> Entry:
    return _entry("transfer", parse_rfc3339(order["paid_at"]), order, "order")


def _pack_entry(kind: str, pack: Entry) -> Entry:
    return {"kind": kind, "due_at": parse_rfc3339(pack["state_since"]), "pack": pack}


def _beginning_of(day: str) -> datetime:
    """The first minute of a business day."""
    return datetime.combine(date.fromisoformat(day), time(), _BUSINESS_ZONE).astimezone(UTC)
