"""What minors may spend."""

from __future__ import annotations

from typing import Any

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, expected_version

from gamedesk_sales.api.resources import resources
from gamedesk_sales.commands import minor_caps
from gamedesk_sales.queries import minor_caps as queries
from gamedesk_sales.views.minor_caps import cap_view


def list_minor_caps() -> Answer:
    return answer({"items": [cap_view(cap) for cap in resources().database.read(queries.list_caps)]})


def get_minor_cap(band: str) -> Answer:
    cap = resources().database.read(queries.get_cap, band)
    return answer(cap_view(cap), version=cap.version)


def edit_minor_cap(band: str, body: dict[str, Any]) -> Answer:
    caller = current_principal()
    try:
        resources().database.transact(minor_caps.edit_cap, caller, band, expected_version(), **body)
    except StaleVersion as stale:
        stale.extra["current"] = get_minor_cap(band)[0]
        raise
    return get_minor_cap(band)
