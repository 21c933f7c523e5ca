"""Who a caller is, and what his tokens say of their origin; apart from `auth`, which needs the web framework."""

from __future__ import annotations

from dataclasses import dataclass

ISSUER = "gamedesk"
AUDIENCE = "gamedesk"
ALGORITHM = "EdDSA"


@dataclass(frozen=True)
class Principal:
    """The signed-in caller. `role` is one of agent, lead, admin; `team` is None while it is uncertain."""

    id: str
    role: str
    team: str | None

    @property
    def is_lead(self) -> bool:
        return self.role in ("lead", "admin")
