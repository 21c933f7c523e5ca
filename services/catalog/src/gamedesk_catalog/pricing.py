"""What contents cost today, and what their discount means to a role: for packs that are made and for previews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from gamedesk_chassis.clock import now
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_catalog.errors import ItemTwice, OneGamePerPack, PriceTooHigh, UnknownCampaign, UnknownItem
from gamedesk_catalog.model.campaigns import Campaign
from gamedesk_catalog.model.items import Item
from gamedesk_catalog.model.packs import HIGHEST_LIST_PRICE_FEN, Breach, Content
from gamedesk_catalog.model.prices import Rounding, pack_price
from gamedesk_catalog.repository import campaigns, discount_rules

Lines = Sequence[tuple[UUID, int]]


@dataclass(frozen=True)
class Priced:
    """Contents at today's prices, and what their discount means to the caller's role: how much it may give at most,
    its lowest price, and what of this is broken. Both limits are None for a role without a rule."""

    game_id: str
    campaign_id: UUID | None
    contents: tuple[Content, ...]
    discount_bp: int
    list_price_fen: int
    price_fen: int
    rounding: Rounding
    max_discount_bp: int | None
    floor_fen: int | None
    breaks: Breach | None
    allowed: bool
    needs_approval: bool


def check_campaign(
    tx: Connection, caller: Principal, campaign_id: UUID | None, game_id: str | None, *, keep: bool = True
) -> None:
    """A campaign that something is to be of has not ended, is in the game, and for all teams or the caller's; with
    `keep` this holds until the transaction ends.

    Raises UnknownCampaign.
    """
    if campaign_id is None:
        return
    campaign = (campaigns.share if keep else campaigns.get)(tx, campaign_id)
    if campaign is None or not campaign.is_open_in(game_id) or not _is_for(campaign, caller):
        raise UnknownCampaign("Choose one of this game and your team that has not ended.", pointer="/campaign_id")


def _is_for(campaign: Campaign, caller: Principal) -> bool:
    return caller.role == "admin" or campaign.team in (None, caller.team)


def price_lines(
    tx: Connection,
    role: str,
    lines: Lines,
    discount_bp: int,
    found: Mapping[UUID, Item],
    campaign_id: UUID | None = None,
    *,
    stated: bool = True,
) -> Priced:
    """Price (item id, quantity) lines by the rule of `role`; `stated`: they are what the caller sent.

    Raises UnknownItem, ItemTwice, OneGamePerPack, PriceTooHigh.
    """
    contents = tuple(_contents(lines, found))
    game_id = contents[0].game_id
    rules = discount_rules.in_force(tx, now())
    rule = rules.of(role, game_id, campaign_id)
    rounding: Rounding = rule.rounding if rule else "fen"
    list_price, price = pack_price([(line.unit_price_fen, line.quantity) for line in contents], discount_bp, rounding)
    if list_price > HIGHEST_LIST_PRICE_FEN:
        raise PriceTooHigh("Make two packs of it.", pointer="/contents" if stated else None)
    breach = rule.breach(contents, discount_bp) if rule else "discount"
    return Priced(
        game_id=game_id,
        campaign_id=campaign_id,
        contents=contents,
        discount_bp=discount_bp,
        list_price_fen=list_price,
        price_fen=price,
        rounding=rounding,
        max_discount_bp=rule.max_discount_bp if rule else None,
        floor_fen=rule.floor(contents) if rule else None,
        breaks=breach,
        allowed=breach is None,
        needs_approval=breach is not None and rules.approvable(game_id, campaign_id, discount_bp, contents),
    )


def _contents(lines: Lines, found: Mapping[UUID, Item]) -> list[Content]:
    contents: list[Content] = []
    for number, (item_id, quantity) in enumerate(lines):
        pointer = f"/contents/{number}/item_id"
        item = found.get(item_id)
        if item is None:
            raise UnknownItem("Choose an item of the list.", pointer=pointer)
        if any(line.item_id == item_id for line in contents):
            raise ItemTwice("State its quantity once.", pointer=pointer)
        if contents and contents[0].game_id != item.game_id:
            raise OneGamePerPack("Make a pack for each game.", pointer=pointer)
        contents.append(
            Content(item_id, item.game_id, item.code, item.name, quantity, item.price_fen, item.game_price_fen)
        )
    return contents
