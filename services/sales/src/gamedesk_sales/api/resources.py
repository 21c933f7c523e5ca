"""What the operations work with."""

from __future__ import annotations

from dataclasses import dataclass

from gamedesk_chassis.database import Database
from gamedesk_chassis.web import resources_of_app

from gamedesk_sales.model.quotes import QuoteRules


@dataclass(frozen=True)
class Resources:
    """What the operations work with; made once by the composition root."""

    database: Database
    quote_rules: QuoteRules


def resources() -> Resources:
    return resources_of_app()
