"""Who a caller is, and what his tokens say of their origin; apart from `auth`, which needs the web framework."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

ISSUER = "gamedesk"
AUDIENCE = "gamedesk"
ALGORITHM = "EdDSA"
# By this much two machines' clocks may differ: a token may begin as much later, and end as much earlier, as it says.
LEEWAY = timedelta(seconds=60)


@dataclass(frozen=True)
class Principal:
    """The signed-in caller. `role` is one of agent, lead, admin; `team` is None while it is uncertain."""

    id: str
    role: str
    team: str | None

    @property
    def is_lead(self) -> bool:
        return self.role in ("lead", "admin")
