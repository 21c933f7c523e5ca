"""Pulls."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_catalog.model.pulls import Pull


def pull_view(pull: Pull) -> dict[str, Any]:
    return asdict(pull)
