"""The table of role × operation × ownership, read from contracts/access.yaml and every operation's `x-access`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from gamedesk_chassis.contract import Contract, load

from tests.contract.services import NAMES, contract

ROOT = Path(__file__).parents[2]
ROLES = ("agent", "lead", "admin")
RELATIONS = ("own", "team", "others")
UNITS = (*NAMES, "gateway")
RULES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "contracts/access.yaml").read_text("utf-8"))["rules"]


class Unruled(Exception):
    """An operation that the table lacks, or that says of itself what cannot be; the message names both."""


@dataclass(frozen=True)
class Entry:
    """One line of the table."""

    unit: str
    operation: Any
    described: dict[str, Any]
    rule: str

    @property
    def name(self) -> str:
        return self.operation.operation_id

    @property
    def public(self) -> bool:
        return self.rule == "public"

    @property
    def denied(self) -> int:
        """How those are refused who have the role, and whose thing it is not."""
        return RULES[self.rule].get("denied", 403)

    def learns(self, role: str) -> bool:
        """Whether a caller of that role is told that something does not exist."""
        return role in self.operation.roles and role in RULES[self.rule].get("learn", ROLES)

    def may(self, relation: str, role: str) -> bool:
        """Whether a caller of that role may do this with what is his own, of his team, or of others."""
        return role in self.operation.roles and role in RULES[self.rule][relation]


def contract_of(unit: str) -> Contract:
    return load(ROOT / "gateway/src/gamedesk_gateway/openapi.yaml") if unit == "gateway" else contract(unit)


def entries_of(unit: str, found: Contract) -> Iterator[Entry]:
    """The unit's lines. Raises Unruled for an operation without a rule."""
    for operation in found.operations:
        described = found.document["paths"][operation.path][operation.method.lower()]
        rule = described.get("x-access")
        if rule not in RULES:
            raise Unruled(f"{unit} {operation.operation_id}: x-access names no rule of contracts/access.yaml")
        if (rule == "public") != (operation.roles is None):
            raise Unruled(f"{unit} {operation.operation_id}: x-access `public` and `security: []` go together")
        yield Entry(unit, operation, described, rule)


def table(units: Iterable[str] = UNITS) -> list[Entry]:
    """All lines."""
    return [entry for unit in units for entry in entries_of(unit, contract_of(unit))]
