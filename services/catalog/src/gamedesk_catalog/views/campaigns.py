"""Campaigns."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gamedesk_chassis.clock import now

from gamedesk_catalog.model.business_days import business_day
from gamedesk_catalog.model.campaigns import Campaign


def campaign_view(campaign: Campaign) -> dict[str, Any]:
    running_today = campaign.state == "running" and campaign.starts_on <= business_day(now()) <= campaign.ends_on
    return {**asdict(campaign), "running_today": running_today}
