"""Which public path goes to which service. What is not in the table is not public."""

from __future__ import annotations

from collections.abc import Mapping

API = "/api"
SERVICES = ("players", "tickets", "catalog", "sales")

# First segment of the path after /api → the service that owns it.
ROUTES: Mapping[str, str] = {
    "agents": "players",
    "games": "players",
    "handoffs": "players",
    "merges": "players",
    "player-cards": "players",
    "player-import-template": "players",
    "player-imports": "players",
    "players": "players",
    "profiles": "players",
    "resyncs": "players",
    "attachments": "tickets",
    "incident-answers": "tickets",
    "kpi": "tickets",
    "player-entries": "tickets",
    "reply-templates": "tickets",
    "service-rules": "tickets",
    "ticket-categories": "tickets",
    "tickets-dead-letters": "tickets",
    "ticket-transfers": "tickets",
    "tickets": "tickets",
    "campaigns": "catalog",
    "catalog-dead-letters": "catalog",
    "discount-rule-changes": "catalog",
    "discount-rules": "catalog",
    "item-decisions": "catalog",
    "item-pulls": "catalog",
    "items": "catalog",
    "pack-approvals": "catalog",
    "pack-prices": "catalog",
    "packs": "catalog",
    "price-impacts": "catalog",
    "price-pushes": "catalog",
    "campaign-audiences": "sales",
    "campaign-calls": "sales",
    "campaign-draws": "sales",
    "contact-blocks": "sales",
    "contact-rules": "sales",
    "deliveries": "sales",
    "follow-ups": "sales",
    "lost-reasons": "sales",
    "minor-caps": "sales",
    "offers": "sales",
    "orders": "sales",
    "pitches": "sales",
    "player-records": "sales",
    "quote-counts": "sales",
    "quotes": "sales",
    "recovery-proposals": "sales",
    "refunds": "sales",
    "sales-dead-letters": "sales",
    "sales-kpi": "sales",
    "stand-ins": "sales",
    "touches": "sales",
}

_NOT_A_SEGMENT = ("", ".", "..")


def service_of(path: str) -> str | None:
    """The service behind a decoded public path (`/api/players/…`), None if it is not one of a service.

    A path with empty or dot segments belongs to nobody: on its way it would be taken for another one.
    """
    root, *segments = path.split("/")[1:]
    if f"/{root}" != API or not segments or any(segment in _NOT_A_SEGMENT for segment in segments):
        return None
    return ROUTES.get(segments[0])
