"""What price changes do to packs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from gamedesk_catalog.model.impacts import ImpactSummary, PackImpact, PriceImpact

SHOWN_PACKS = 500


def impact_view(impact: PriceImpact, of_pack: PackImpact | None = None) -> dict[str, Any]:
    """`of_pack`: what it did to the pack that was asked for."""
    return {**asdict(impact), **({"pack": pack_impact_view(of_pack)} if of_pack else {})}


def pack_impact_view(impact: PackImpact) -> dict[str, Any]:
    return asdict(impact)


def preview_view(of_packs: Sequence[PackImpact], summary: ImpactSummary) -> dict[str, Any]:
    shown = [pack_impact_view(impact) for impact in of_packs[:SHOWN_PACKS]]
    return {"packs": shown, "total": len(of_packs), "summary": asdict(summary)}
