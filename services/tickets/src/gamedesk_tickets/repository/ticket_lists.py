"""Lists of tickets: every filter and order is a range of an index, read from one end and no further than a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Subquery, false, select, text, tuple_, union_all

from gamedesk_tickets.model.tickets import STATES, Ticket, Wanted
from gamedesk_tickets.repository.tickets import ticket_of, whole_tickets
from gamedesk_tickets.tables import player_copies, tickets

Conditions = list[ColumnElement[bool]]

# The conditions of partial indexes, spelled as there so that the planner sees that they hold what is asked for.
_WAITING = tickets.c.waiting_on != text("'none'")
_OPEN = tickets.c.state != text("'done'")

# The columns whose index goes on with the state.
_BY_STATE = {"assignee", "responsible", "category", "priority", "game", "tier"}


def list_page(tx: Connection, wanted: Wanted, shown: Sequence[Any] | None, limit: int) -> list[Ticket]:
    """The tickets behind the one with the sort key `shown` (`sort_key`)."""
    return [ticket_of(row) for row in tx.execute(list_query(wanted, shown, limit))]


def sort_key(wanted: Wanted, ticket: Ticket) -> tuple[Any, ...]:
    """What a list in the order of `wanted` goes on from."""
    return tuple(getattr(ticket, name) for name in key_names(wanted))


def list_query(wanted: Wanted, shown: Sequence[Any] | None, limit: int) -> Select[Any]:
    """Each branch reads keys from one index, the database merges them, and only a page of tickets is looked up."""
    branches = [_branch(wanted, conditions, limit) for conditions in _alternatives(wanted, shown)]
    merged = union_all(*(select(branch) for branch in branches)).subquery()
    found = select(merged).order_by(*_ordered(wanted, merged.c)).limit(limit).subquery()
    page = whole_tickets().join(found, found.c.ticket_id == tickets.c.ticket_id)
    return page.order_by(*_ordered(wanted, tickets.c))


def key_names(wanted: Wanted) -> tuple[str, ...]:
    """The columns that a list is ordered by."""
    if wanted.order == "due":
        return ("next_due_at", "ticket_id")
    return ("asked_at", "ticket_id") if _asked_between(wanted) else ("ticket_id",)  # ids are made in the order of time


def _asked_between(wanted: Wanted) -> bool:
    return bool(wanted.asked_from or wanted.asked_before)


def _ordered(wanted: Wanted, columns: Any) -> list[ColumnElement[Any]]:
    keys = [columns[name] for name in key_names(wanted)]
    return [key.desc() if wanted.order == "newest" else key.asc() for key in keys]


def _branch(wanted: Wanted, conditions: Conditions, limit: int) -> Subquery:
    query = select(*(tickets.c[name] for name in key_names(wanted))).where(*conditions)
    if wanted.responsible is not None:
        query = query.outerjoin(player_copies, player_copies.c.player_id == tickets.c.player_id)
    return query.order_by(*_ordered(wanted, tickets.c)).limit(limit).subquery()


def _behind(wanted: Wanted, shown: Sequence[Any] | None) -> Conditions:
    if shown is None:
        return []
    keys, values = tuple_(*(tickets.c[name] for name in key_names(wanted))), tuple_(*shown)
    return [keys < values if wanted.order == "newest" else keys > values]


def _alternatives(wanted: Wanted, shown: Sequence[Any] | None) -> list[Conditions]:
    """The filter as alternatives that have no ticket in common."""
    alternatives = [[*_common(wanted), *of_agent] for of_agent in _of_agent(wanted)]
    if wanted.order == "due":
        return [[*conditions, *of_due] for conditions in alternatives for of_due in _by_deadline(wanted, shown)]
    alternatives = [[*conditions, *_behind(wanted, shown)] for conditions in alternatives]
    states = wanted.states or (STATES if _narrowed_by_state(wanted) else ())
    if not states:
        return alternatives
    return [[*conditions, tickets.c.state == state] for conditions in alternatives for state in states]


def _narrowed_by_state(wanted: Wanted) -> bool:
    """Whether only an index by something and state has the order of the list, once for each state."""
    elsewhere = wanted.player_ids or wanted.parent or wanted.number or _asked_between(wanted)
    return not elsewhere and any(getattr(wanted, name) is not None for name in _BY_STATE)


def _of_agent(wanted: Wanted) -> list[Conditions]:
    if wanted.responsible is None:
        return [[]]
    of_his_players = player_copies.c.owner_agent_id == wanted.responsible
    return [
        [tickets.c.assignee_agent_id == wanted.responsible],
        [tickets.c.assignee_agent_id.is_(None), of_his_players],
    ]


def _by_deadline(wanted: Wanted, shown: Sequence[Any] | None) -> list[Conditions]:
    """What has a deadline, and then what is open without one."""
    states = [state for state in wanted.states if state != "done"]
    if wanted.states and not states:
        return [[false()]]
    of_state: Conditions = [tickets.c.state.in_(states)] if states else []
    without = [*of_state, tickets.c.next_due_at.is_(None), _OPEN]
    if shown is not None and shown[0] is None:
        return [[*without, tickets.c.ticket_id > shown[1]]]
    return [[*of_state, tickets.c.next_due_at.is_not(None), *_behind(wanted, shown)], without]


def _common(wanted: Wanted) -> Conditions:
    equal = {
        tickets.c.number: wanted.number,
        tickets.c.assignee_agent_id: wanted.assignee,
        tickets.c.waiting_on: wanted.waiting_on,
        tickets.c.category: wanted.category,
        tickets.c.priority: wanted.priority,
        tickets.c.game_id: wanted.game,
        tickets.c.server: wanted.server,
        tickets.c.player_tier: wanted.tier,
        tickets.c.parent_ticket_id: wanted.parent,
    }
    common: Conditions = [column == value for column, value in equal.items() if value is not None]
    if wanted.player_ids:
        common.append(tickets.c.player_id.in_(wanted.player_ids))
    if wanted.waiting_on is not None:
        common.append(_WAITING)
    if wanted.overdue_at is not None:
        common.append(tickets.c.next_due_at < wanted.overdue_at)
    if wanted.asked_from is not None:
        common.append(tickets.c.asked_at >= wanted.asked_from)
    if wanted.asked_before is not None:
        common.append(tickets.c.asked_at < wanted.asked_before)
    return common
