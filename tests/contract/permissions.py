"""Writes docs/architecture/permissions.md from the contracts: `python -m tests.contract.permissions`."""

from __future__ import annotations

from pathlib import Path

from tests.contract.services import NAMES, contract

PAGE = Path(__file__).parents[2] / "docs" / "architecture" / "permissions.md"
HEAD = """# Who may do what

Made from the contracts (`x-roles`, `x-ownership`) by `python -m tests.contract.permissions`; a test holds it fresh and
walks it with every role. An empty last column means: one's own and another's alike. A game's backend has no role; its
pushes are signed.

| service | operation | agent | lead | admin | own, or another's |
|---|---|---|---|---|---|
"""


def page() -> str:
    """The whole document."""
    rows = []
    for name in NAMES:
        found = contract(name)
        for operation in found.operations:
            described = found.document["paths"][operation.path][operation.method.lower()]
            if operation.roles is None:
                cells, note = (
                    ["–", "–", "–"],
                    described.get("x-ownership", "public: proves itself in the body or by signature"),
                )
            else:
                cells = ["yes" if role in operation.roles else "no" for role in ("agent", "lead", "admin")]
                note = described.get("x-ownership", "")
            rows.append(f"| {name} | {described['summary']} | {' | '.join(cells)} | {note} |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
