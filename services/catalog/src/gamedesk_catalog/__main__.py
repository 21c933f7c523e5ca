"""`python -m gamedesk_catalog migrate | worker | republish | dead-letters | …`."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from gamedesk_chassis.cli import service_cli
from gamedesk_chassis.clock import now
from gamedesk_chassis.database import Database
from gamedesk_chassis.digests import Owned
from gamedesk_chassis.jobs import PeriodicJob, count_failure
from gamedesk_chassis.remotes import load_remotes
from gamedesk_chassis.service import Service
from sqlalchemy import Connection

from gamedesk_catalog import consumers, events, tables
from gamedesk_catalog.commands import campaigns as campaign_commands
from gamedesk_catalog.commands import discount_rules, prices, pulls
from gamedesk_catalog.item_pull import ItemPull
from gamedesk_catalog.pauses import Pauses
from gamedesk_catalog.quotes import HoldFactors
from gamedesk_catalog.repository import campaigns, items, packs
from gamedesk_catalog.repository.impacts import purge as purge_impacts
from gamedesk_catalog.repository.pulls import purge_pushes
from gamedesk_catalog.settings import Settings, hold_factors

_PAGE = 500
_DUE_PRICES = "due_prices"
log = structlog.get_logger(__name__)


def republish_items(tx: Connection, after: UUID | None) -> UUID | None:
    page = items.all_after(tx, after, _PAGE)
    events.items_updated(tx, page, None, republication=True)
    return page[-1].item_id if page else None


def republish_packs(tx: Connection, after: UUID | None) -> UUID | None:
    page = packs.all_after(tx, after, _PAGE)
    events.packs_updated(tx, page, None, republication=True)
    return page[-1].pack_id if page else None


def republish_campaigns(tx: Connection, after: UUID | None) -> UUID | None:
    page = campaigns.all_after(tx, after, _PAGE)
    events.campaigns_updated(tx, page, None, republication=True)
    return page[-1].campaign_id if page else None


def apply_due_prices(database: Database, hold_factors: HoldFactors, pauses: Pauses) -> None:
    """Bring scheduled prices into force whose time has come, each push in a transaction of its own.

    One that fails does not stop the others; it is logged, counted, and tried again after its pause.
    """
    for push in database.transact(prices.due_pushes):
        if pauses.holds(push):
            continue
        game_id, cause_id = push
        try:
            database.transact(prices.apply_due, game_id, cause_id, hold_factors.of(game_id))
            pauses.done(push)
        except Exception:
            again = pauses.failed(push)
            count_failure(_DUE_PRICES)
            log.exception("due_prices_failed", game_id=game_id, cause_id=cause_id, again_in_seconds=again)


def judge_packs(database: Database) -> None:
    """Bring active packs under rules that began, changed or ended since."""
    while database.transact(discount_rules.judge_some):
        pass


def end_campaigns(database: Database) -> None:
    while database.transact(campaign_commands.end_campaigns):
        pass


def forget_pushes(database: Database, kept: timedelta) -> None:
    while database.transact(purge_pushes, now() - kept):
        pass


def forget_impacts(database: Database, kept: timedelta) -> None:
    while database.transact(purge_impacts, now() - kept):
        pass


def jobs(settings: Settings, database: Database) -> list[PeriodicJob]:
    games = load_remotes(settings.games_file, "games")
    pull = ItemPull(database, games, settings.price_hold_factor)
    every = timedelta(hours=settings.item_pull_hours)
    factors = hold_factors(games.values(), settings.price_hold_factor)
    kept = timedelta(days=settings.push_memory_days)
    impacts_kept = timedelta(days=settings.price_impact_memory_days)
    return [
        PeriodicJob("plan_item_pulls", 30, lambda: database.transact(pulls.plan_pulls, list(games), every)),
        PeriodicJob("item_pull", 0.5, pull.run, close=pull.close),
        PeriodicJob(_DUE_PRICES, 2, partial(apply_due_prices, database, factors, Pauses()), leader_only=True),
        PeriodicJob("judge_packs", 5, partial(judge_packs, database), leader_only=True),
        PeriodicJob("end_campaigns", 30, partial(end_campaigns, database), leader_only=True),
        PeriodicJob("purge_price_pushes", 3600, partial(forget_pushes, database, kept), leader_only=True),
        PeriodicJob("purge_price_impacts", 3600, partial(forget_impacts, database, impacts_kept), leader_only=True),
    ]


SERVICE = Service(
    name="catalog",
    package="gamedesk_catalog",
    settings=Settings,
    listeners=consumers.LISTENERS,
    owns=[
        Owned("item", republish_items, tables.items),
        Owned("pack", republish_packs, tables.packs),
        Owned("campaign", republish_campaigns, tables.campaigns),
    ],
    jobs=jobs,
)
cli = service_cli(SERVICE)


if __name__ == "__main__":
    cli()
