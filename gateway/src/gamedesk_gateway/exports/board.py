"""The rows of the KPI board as a spreadsheet: its groups, and the total below them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gamedesk_chassis.problems import InvalidRequest

from gamedesk_gateway.answers import not_answering
from gamedesk_gateway.exports.words import BOARD_NONE, BOARD_TOTAL
from gamedesk_gateway.kpi_board import KpiBoard
from gamedesk_gateway.sections import Caller

_FILTERS = ("from", "to", "agent", "team")
_REQUIRED = ("from", "to")
_SERVICES = {"response": "tickets", "sales": "sales"}


async def board_rows(
    board: KpiBoard, caller: Caller, query: Sequence[tuple[str, str]]
) -> tuple[list[dict[str, Any]], bool]:
    """The rows, and whether there are more groups. `query`: that of GET /kpi-board.

    Raises InvalidRequest, Refused; Unavailable unless both services give their present figures.
    """
    asked = dict(query)
    group_by, clock = asked.pop("group_by", "none"), asked.pop("clock", "working")
    faults = [
        {"pointer": f"/query/{name}", "rule": "required", "message": "is missing"}
        for name in _REQUIRED
        if name not in asked
    ]
    if not asked.keys() <= set(_FILTERS):
        known = ", ".join((*_FILTERS, "group_by", "clock"))
        message = f"has a parameter that has no meaning here; known are {known}"
        faults.append({"pointer": "/query", "rule": "unknown", "message": message})
    if faults:
        raise InvalidRequest("That is no question to the board.", errors=faults)
    found = await board.board(caller, group_by, clock, asked)
    for source, service in _SERVICES.items():
        if found["sources"][source]["status"] != "ok":
            raise not_answering(service)
    rows = [_row(group, group_by) for group in found["groups"]]
    return [*rows, {**found["total"], "key": BOARD_TOTAL}], found["more"]


def _row(group: dict[str, Any], group_by: str) -> dict[str, Any]:
    """With a key that says what it is; an agent's label is his id, for the export to look up his name."""
    key = group["key"]
    if key is None:
        return {**group, "key": BOARD_NONE}
    if group_by == "tier":
        return {**group, "key": f"*tier {key}", "label": None}
    return {**group, "label": key} if group_by == "agent" else group
