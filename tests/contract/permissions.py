"""Writes docs/architecture/permissions.md from the contracts: `python -m tests.contract.permissions`."""

from __future__ import annotations

from pathlib import Path

from tests.access.rules import RELATIONS, ROLES, RULES, Entry, table

PAGE = Path(__file__).parents[2] / "docs" / "architecture" / "permissions.md"
HEAD = """# Who may do what

Made from the contracts (`x-roles`, `x-access`, `x-ownership`; the rules are in
[access.yaml](../../contracts/access.yaml)) by `python -m tests.contract.permissions`. A test holds it fresh, another
fails when an operation is missing, and tests/access walks it. It says which roles may do it with what is their
**own**, with what is of somebody in their **team**, and with what is of **others**. Everybody else: 403, or 404 where
nobody may learn that it exists. No token, one that is over, forged, of another issuer or for another audience: 401. A
game's backend has no role; its pushes are signed.

| service | operation | own | team's | others' | |
|---|---|---|---|---|---|
"""


def page() -> str:
    """The whole document."""
    return HEAD + "\n".join(map(_row, table())) + "\n"


def _row(entry: Entry) -> str:
    note = entry.described.get("x-ownership") or RULES[entry.rule]["text"]
    cells = ["–"] * 3 if entry.public else [_who(entry, relation) for relation in RELATIONS]
    return f"| {entry.unit} | {entry.described['summary']} | {' | '.join(cells)} | {note} |"


def _who(entry: Entry, relation: str) -> str:
    who = [role for role in ROLES if entry.may(relation, role)]
    return {len(ROLES): "all"}.get(len(who), ", ".join(who) or "nobody")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
