"""Configuration of the catalog service."""

from __future__ import annotations

from pathlib import Path

from gamedesk_chassis.settings import ServiceSettings
from pydantic import Field


class Settings(ServiceSettings):
    games_file: Path = Field(description="games.yaml: the games, their API addresses, keys and push secrets")
    item_pull_hours: int = Field(default=24, ge=1, description="how often each game's price list is pulled")
    price_hold_factor: int = Field(
        default=5, ge=2, description="a price that rises or falls by more than this factor waits for a lead"
    )
    push_memory_days: int = Field(default=30, ge=1, description="how long the answer to a price push is kept")
