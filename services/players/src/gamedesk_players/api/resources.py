"""What the operations work with."""

from __future__ import annotations

from dataclasses import dataclass

from gamedesk_chassis.database import Database
from gamedesk_chassis.remotes import Remote
from gamedesk_chassis.web import resources_of_app

from gamedesk_players.tokens import TokenIssuer
from gamedesk_players.views.players import PlayerViews


@dataclass(frozen=True)
class Resources:
    """What the operations work with; made once by the composition root."""

    database: Database
    issuer: TokenIssuer
    gateway_key: str
    games: dict[str, Remote]
    views: PlayerViews


def resources() -> Resources:
    return resources_of_app()
