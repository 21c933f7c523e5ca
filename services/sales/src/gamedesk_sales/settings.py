"""Configuration of the sales service."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from gamedesk_chassis.settings import ServiceSettings
from pydantic import Field

from gamedesk_sales.model.quotes import QuoteRules


class Settings(ServiceSettings):
    games_file: Path = Field(description="games.yaml: the games, their API addresses and keys")
    delivery_overdue_minutes: int = Field(
        default=30, ge=1, le=10_080, description="what was paid and not delivered for this long is overdue"
    )
    quote_hours: int = Field(default=24, ge=1, le=720, description="how long a quote holds if nothing else is said")
    quote_longest_hours: int = Field(default=168, ge=1, le=720, description="how long a quote may hold")
    quote_typing_hours: int = Field(
        default=24, ge=0, le=168, description="for how long after its end a quote is sold from if it was paid before"
    )

    @property
    def quote_rules(self) -> QuoteRules:
        hours = (self.quote_hours, self.quote_longest_hours, self.quote_typing_hours)
        return QuoteRules(*(timedelta(hours=count) for count in hours))
