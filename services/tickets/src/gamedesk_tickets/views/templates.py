"""Reply templates."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_tickets.model.templates import Template


def template_view(template: Template) -> dict[str, Any]:
    return {**asdict(template), "personal": template.owner_agent_id is not None}
