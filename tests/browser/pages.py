"""Every page of the console: its address, and what shows that it is ready. A new page adds its line here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """`ready` is a CSS selector that is there once the page shows its data, or that it has none."""

    name: str
    path: str
    ready: str


PAGES = (
    Page("tickets", "/tickets", "[data-testid=ticket-list][data-status=ok] [data-testid=row]"),
    Page("campaigns", "/campaigns", "[data-testid=campaign-list][data-status=ok]"),
    Page("campaign-new", "/campaigns/new", "[data-testid=campaign-new-page]"),
)
