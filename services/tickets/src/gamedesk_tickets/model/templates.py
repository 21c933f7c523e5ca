"""Reply templates: texts with placeholders, copied to WeChat in one key (B11)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gamedesk_tickets.errors import UnknownPlaceholder

PLACEHOLDERS = (
    "player_name",
    "ticket_number",
    "ticket_title",
    "agent_name",
    "agent_wechat_name",
    "game",
    "server",
    "nickname",
)
"""What the gateway fills in."""

# More than anyone chooses from.
MOST_SHARED = 150
MOST_PERSONAL = 50

_KNOWN = re.compile(r"\{(?:" + "|".join(PLACEHOLDERS) + r")\}")
_BRACE = re.compile(r"[{}]")


@dataclass(frozen=True)
class Template:
    """`owner_agent_id`: whose alone it is; None for one that all share. `position` orders the list."""

    template_id: UUID
    title: str
    text: str
    category_id: str | None
    owner_agent_id: str | None
    active: bool
    position: int
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class NewTemplate:
    title: str
    text: str
    personal: bool
    category_id: str | None = None
    position: int = 0


def check_placeholders(text: str) -> None:
    """Raises UnknownPlaceholder, naming the character (from 1), for a brace that is of no known placeholder."""
    wrong = _BRACE.search(_KNOWN.sub(lambda known: " " * len(known.group()), text))
    if wrong is not None:
        raise UnknownPlaceholder(
            f"Character {wrong.start() + 1} begins or ends no placeholder. There are: "
            + ", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
            pointer="/text",
            position=wrong.start() + 1,
        )
