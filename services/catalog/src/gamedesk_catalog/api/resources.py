"""What the operations work with."""

from __future__ import annotations

from dataclasses import dataclass

from gamedesk_chassis.database import Database
from gamedesk_chassis.web import resources_of_app

from gamedesk_catalog.quotes import HoldFactors


@dataclass(frozen=True)
class Resources:
    """What the operations work with; made once by the composition root. `push_keys` has every configured game."""

    database: Database
    push_keys: dict[str, tuple[bytes, ...]]
    hold_factors: HoldFactors


def resources() -> Resources:
    return resources_of_app()
