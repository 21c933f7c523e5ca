"""What each edit made of a pack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from gamedesk_catalog.model.packs import Pack, Revision
from gamedesk_catalog.repository.arrays import any_of
from gamedesk_catalog.tables import pack_revisions

_OF_PACK = (
    "pack_id", "revision", "name", "description", "discount_bp", "list_price_fen", "price_fen", "rounding",
    "campaign_id", "player_id", "valid_from", "valid_until",
)  # fmt: skip
_OF_LINE = ("game_id", "code", "name", "quantity", "unit_price_fen")


def record(tx: Connection, pack: Pack) -> None:
    """Append the pack's revision, as it is. Whoever approved it goes on being named where that still holds."""
    contents = [
        {"item_id": str(line.item_id), **{name: getattr(line, name) for name in _OF_LINE}} for line in pack.contents
    ]
    plain: dict[str, Any] = {name: getattr(pack, name) for name in _OF_PACK}
    made = {"made_by": pack.revised_by, "made_at": pack.updated_at}
    before = pack_revisions.c.pack_id == pack.pack_id, pack_revisions.c.revision == pack.revision - 1
    approved = {
        "approved_by": pack.approved_by,
        "approved_at": select(pack_revisions.c.approved_at).where(*before).scalar_subquery()
        if pack.approved_by
        else None,
    }
    tx.execute(insert(pack_revisions).values(**plain, contents=contents, **made, **approved))


def approve(tx: Connection, pack: Pack, agent_id: str, moment: datetime) -> None:
    """Note who let the revision that the pack is at be sold."""
    of_it = pack_revisions.c.pack_id == pack.pack_id, pack_revisions.c.revision == pack.revision
    tx.execute(update(pack_revisions).where(*of_it).values(approved_by=agent_id, approved_at=moment))


def list_page(tx: Connection, pack_id: UUID, before: int | None, limit: int) -> list[Revision]:
    """The newest first."""
    query = select(pack_revisions).where(pack_revisions.c.pack_id == pack_id)
    query = query.order_by(pack_revisions.c.revision.desc()).limit(limit)
    if before is not None:
        query = query.where(pack_revisions.c.revision < before)
    return [Revision(**{**row._mapping, "contents": tuple(row.contents)}) for row in tx.execute(query)]


def revised_by(tx: Connection, pack_ids: Sequence[UUID], agent_id: str) -> set[UUID]:
    """Those of the packs that the agent ever made a revision of."""
    made = pack_revisions.c
    query = select(made.pack_id).where(any_of(made.pack_id, pack_ids), made.made_by == agent_id)
    return set(tx.execute(query.distinct()).scalars())
