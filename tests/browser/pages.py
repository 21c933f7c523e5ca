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
    Page("follow-ups", "/sales/follow-ups", "[data-testid=follow-up-list][data-status=ok]"),
    Page("proposals", "/sales/follow-ups?view=proposals", "[data-testid=proposal-list][data-status=ok]"),
    Page("contacts", "/sales/contacts", "[data-testid=contact-list][data-status=ok]"),
    Page("quotes", "/sales/quotes", "[data-testid=quote-list][data-status=ok]"),
    Page("orders", "/orders", "[data-testid=order-list][data-status=ok]"),
    Page("orders-confirm", "/orders/confirm", "[data-testid=confirm-list][data-status=ok]"),
    Page("refunds", "/orders/refunds", "[data-testid=refund-list][data-status=ok]"),
    Page("deliveries", "/orders/deliveries", "[data-testid=delivery-list][data-status=ok]"),
    Page("campaigns", "/campaigns", "[data-testid=campaign-list][data-status=ok]"),
    Page("campaign-new", "/campaigns/new", "[data-testid=campaign-new-page]"),
)
