"""Rules of service."""

from __future__ import annotations

from typing import Any

from gamedesk_tickets.model.service_rules import Rules, plain


def rules_view(rules: Rules) -> dict[str, Any]:
    return {
        "revision": rules.revision,
        **plain(rules),
        "created_by": rules.created_by,
        "created_at": rules.created_at,
    }
