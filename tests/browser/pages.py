"""Every page of the console: its address, and what shows that it is ready. A new page adds its line here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """
    `ready` is a CSS selector that is there once the page shows its data, or that it has none; `clicks` are what is
    clicked first, one after the other, for a page of one thing.
    """

    name: str
    path: str
    ready: str
    clicks: tuple[str, ...] = ()


PAGES = (
    Page("tickets", "/tickets", "[data-testid=ticket-list][data-status=ok] [data-testid=row]"),
    Page(
        "ticket",
        "/tickets",
        "[data-testid=ticket-panel][data-status=ok] [data-testid=entry]",
        ("[data-testid=ticket-list] [data-testid=row] a", "[data-testid=open-ticket]"),
    ),
    Page("player", "/", "[data-testid=pitch]", ("[data-testid=attention-row]",)),
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
    Page("settings", "/settings", "[data-testid=agent-list][data-status=ok] [data-testid=row]"),
    Page("settings-games", "/settings/games", "[data-testid=games-panel][data-status=ok]"),
    Page("settings-service-rules", "/settings/service-rules", "[data-testid=revision]"),
    Page("settings-categories", "/settings/categories", "[data-testid=categories-panel][data-status=ok]"),
    Page("settings-templates", "/settings/templates", "[data-testid=templates-panel][data-status=ok]"),
    Page("settings-lost-reasons", "/settings/lost-reasons", "[data-testid=lost-reasons-panel][data-status=ok]"),
    Page("settings-discount-rules", "/settings/discount-rules", "[data-testid=discount-changes][data-status=ok]"),
    Page("settings-contact-rules", "/settings/contact-rules", "[data-testid=contact-rules-panel][data-status=ok]"),
    Page("settings-minor-caps", "/settings/minor-caps", "[data-testid=minor-caps-panel][data-status=ok]"),
    Page("settings-stand-ins", "/settings/stand-ins", "[data-testid=stand-in-list][data-status=ok]"),
    Page("settings-password", "/settings/password", "[data-testid=password-form]"),
    Page("packs", "/packs", "[data-testid=pack-list][data-status=ok]"),
    Page("pack-new", "/packs/new", "[data-testid=price-box]"),
    Page("items", "/items", "[data-testid=item-list][data-status=ok]"),
    Page("price-impacts", "/price-impacts", "[data-testid=impact-list][data-status=ok]"),
    Page("approvals", "/approvals", "[data-testid=approval-list][data-status=ok]"),
    Page("kpi", "/kpi?left=tickets", "[data-testid=chart-response][data-drawn=true]"),
    Page("kpi-records", "/kpi/records?figure=opened", "[data-testid=kpi-records][data-status=ok] [data-testid=row]"),
    Page("imports", "/imports", "[data-testid=import-list][data-status=ok]"),
)
