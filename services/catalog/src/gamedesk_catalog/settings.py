"""Configuration of the catalog service."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gamedesk_chassis.remotes import Remote
from gamedesk_chassis.settings import ServiceSettings
from pydantic import Field

from gamedesk_catalog.quotes import HoldFactors


class Settings(ServiceSettings):
    games_file: Path = Field(description="games.yaml: the games, their API addresses, keys and push secrets")
    item_pull_hours: int = Field(default=24, ge=1, description="how often each game's price list is pulled")
    price_hold_factor: int = Field(
        default=5,
        ge=2,
        description="a price that rises or falls by more than this factor waits for a lead; games.yaml may say else",
    )
    push_memory_days: int = Field(default=30, ge=1, description="how long the answer to a price push is kept")
    price_impact_memory_days: int = Field(
        default=400, ge=1, description="how long is kept what price changes did to packs, and decisions on held prices"
    )


def hold_factors(games: Iterable[Remote], general: int) -> HoldFactors:
    """A game's own factor (`hold_factor` in games.yaml) goes before the general one."""
    return HoldFactors(general, {game.id: game.hold_factor for game in games if game.hold_factor})
