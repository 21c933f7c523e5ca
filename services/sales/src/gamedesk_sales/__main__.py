"""`python -m gamedesk_sales migrate | worker | republish | dead-letters | …`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from uuid import UUID

from gamedesk_chassis.cli import service_cli
from gamedesk_chassis.database import Database
from gamedesk_chassis.digests import Owned
from gamedesk_chassis.jobs import PeriodicJob
from gamedesk_chassis.remotes import load_remotes
from gamedesk_chassis.service import Service
from sqlalchemy import Connection

from gamedesk_sales import consumers, events
from gamedesk_sales.commands import campaign_calls, deliveries, recovery_proposals
from gamedesk_sales.commands import quotes as quote_commands
from gamedesk_sales.delivery import DeliveryJob
from gamedesk_sales.follow_up_jobs import remind
from gamedesk_sales.repository import orders, quotes, touches
from gamedesk_sales.settings import Settings

_PAGE = 500
_TURN_SECONDS = 3.0


def republish_touches(tx: Connection, after: UUID | None) -> UUID | None:
    page = touches.all_after(tx, after, _PAGE)
    for touch in page:
        events.touch_recorded(tx, touch, None, republication=True)
    return page[-1].touch_id if page else None


def republish_orders(tx: Connection, after: UUID | None) -> UUID | None:
    page = orders.all_after(tx, after, _PAGE)
    for order in page:
        events.order_updated(tx, order, None, republication=True)
    return page[-1].order_id if page else None


def republish_quotes(tx: Connection, after: UUID | None) -> UUID | None:
    page = quotes.all_after(tx, after, _PAGE)
    for quote in page:
        events.quote_updated(tx, quote, None, republication=True)
    return page[-1].quote_id if page else None


def expire_quotes(database: Database) -> None:
    _for_a_turn(lambda: database.transact(quote_commands.expire_quotes))


def draw_campaigns(database: Database) -> None:
    _for_a_turn(lambda: database.transact(campaign_calls.draw_some))


def mark_overdue(database: Database, overdue_after: timedelta) -> None:
    _for_a_turn(lambda: database.transact(deliveries.mark_overdue, overdue_after))


def lapse_proposals(database: Database) -> None:
    _for_a_turn(lambda: database.transact(recovery_proposals.lapse_proposals))


def _for_a_turn(some: Callable[[], bool]) -> None:
    """Do some, and some more as long as there is more, for seconds: a worker that is told to stop waits no longer."""
    end = monotonic() + _TURN_SECONDS
    while some() and monotonic() < end:
        pass


def jobs(settings: Settings, database: Database) -> list[PeriodicJob]:
    delivery = DeliveryJob(database, load_remotes(settings.games_file, "games"))
    overdue_after = timedelta(minutes=settings.delivery_overdue_minutes)
    return [
        PeriodicJob("delivery", 0.25, delivery.run, close=delivery.close),
        PeriodicJob("draw_campaigns", 1, lambda: draw_campaigns(database), leader_only=True),
        PeriodicJob("expire_quotes", 2, lambda: expire_quotes(database), leader_only=True),
        PeriodicJob("overdue_deliveries", 5, lambda: mark_overdue(database, overdue_after), leader_only=True),
        PeriodicJob("lapse_proposals", 60, lambda: lapse_proposals(database), leader_only=True),
        PeriodicJob("reminders", 5, lambda: remind(database), leader_only=True),
    ]


SERVICE = Service(
    name="sales",
    package="gamedesk_sales",
    settings=Settings,
    listeners=consumers.LISTENERS,
    owns=[  # nobody keeps copies of them
        Owned("touch", republish_touches),
        Owned("quote", republish_quotes),
        Owned("order", republish_orders),
    ],
    jobs=jobs,
    momentary=[events.FOLLOW_UP_DUE, events.FOLLOW_UP_CHANGED, events.SELL_SAFE_CHANGED],
)
cli = service_cli(SERVICE)


if __name__ == "__main__":
    cli()
