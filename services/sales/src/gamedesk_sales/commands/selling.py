"""Who may sell what to whom: the same for quotes and orders."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from gamedesk_chassis.errors import ReferenceNotYetKnown
from gamedesk_chassis.principal import Principal
from sqlalchemy import Connection

from gamedesk_sales.errors import NotYourPlayer, PackChanged, PackForAnother, ProfileRequired, UnknownProfile
from gamedesk_sales.model.business_days import business_day
from gamedesk_sales.model.orders import OrderPack, OrderProfile
from gamedesk_sales.model.packs import Pack
from gamedesk_sales.model.players import Player, Profile
from gamedesk_sales.repository import copies, stand_ins


def require_seller(tx: Connection, caller: Principal, player: Player, moment: datetime) -> bool:
    """Whether `caller` sells in the owner's place; his owner, a stand-in of today, or who leads the owner may sell.

    Raises NotYourPlayer.
    """
    if caller.id == player.owner_agent_id:
        return False
    if stand_ins.stands_in(tx, caller.id, player.owner_agent_id, business_day(moment)):
        return True
    if leads(tx, caller, player.owner_agent_id):
        return False
    raise NotYourPlayer("Ask his owner, or have him handed over.", pointer="/player_id")


def leads(tx: Connection, caller: Principal, agent_id: str) -> bool:
    """Whether `caller` decides for this agent: a lead of the same team, or an admin."""
    if caller.role == "admin":
        return True
    agent = copies.agent(tx, agent_id)
    return caller.role == "lead" and agent is not None and agent.team == caller.team


def require_offered(pack: Pack, player: Player, revision: int, price_fen: int | None, moment: datetime) -> None:
    """Nobody sells what he has not seen: another revision, another price, or a pack that is off sale or another's.

    Raises PackChanged, PackForAnother.
    """
    if pack.player_id is not None and pack.player_id not in player.ids:
        raise PackForAnother("Offer him a pack that is for all, or have one made for him.", pointer="/pack_code")
    if pack.why_not_sellable(moment) is not None:
        raise PackChanged("The pack is not for sale; see `offer`.", pointer="/pack_code")
    if pack.revision != revision:
        raise PackChanged("The pack was edited; see `offer`.", pointer="/pack_revision")
    if price_fen is not None and pack.price_fen != price_fen:
        raise PackChanged("The price has changed; see `offer`.", pointer="/price_fen")


def named_profile(tx: Connection, player: Player, profile_id: UUID, games: Collection[str]) -> OrderProfile:
    """One of his accounts in these games, also the one of two records of his that is not shown.

    Raises ReferenceNotYetKnown, UnknownProfile.
    """
    profile = copies.profile(tx, profile_id)
    if profile is None:
        raise ReferenceNotYetKnown(pointer="/profile_id", reference={"kind": "profile", "id": str(profile_id)})
    if profile.player_id not in player.ids or not _is_in(profile, games):
        raise UnknownProfile("Choose one of his accounts in the pack's game.", pointer="/profile_id")
    return _frozen_profile(profile)


def only_profile(tx: Connection, player: Player, games: Collection[str]) -> OrderProfile | None:
    """The only account that he has in these games, None if none is known. Raises ProfileRequired."""
    known = _accounts(tx, player, games)
    if len(known) > 1:
        raise ProfileRequired("Choose the account to deliver to.", pointer="/profile_id")
    return _frozen_profile(known[0]) if known else None


def frozen(pack: Pack) -> OrderPack:
    return OrderPack(
        pack_id=pack.pack_id,
        code=pack.code,
        name=pack.name,
        revision=pack.revision,
        version=pack.version,
        discount_bp=pack.discount_bp,
        list_price_fen=pack.list_price_fen,
        contents=pack.contents,
    )


def _accounts(tx: Connection, player: Player, games: Collection[str]) -> list[Profile]:
    return [known for known in copies.profiles_of(tx, player.ids) if _is_in(known, games)]


def _is_in(profile: Profile, games: Collection[str]) -> bool:
    return profile.identified and profile.game_id in games


def _frozen_profile(profile: Profile) -> OrderProfile:
    assert profile.game_account_id is not None  # it is identified
    return OrderProfile(profile.profile_id, profile.game_id, profile.server, profile.game_account_id)
