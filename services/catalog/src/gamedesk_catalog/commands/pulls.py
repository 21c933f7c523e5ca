"""Reading a game's whole price list, page by page (R22)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from gamedesk_chassis.clock import now
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from sqlalchemy import Connection, Row

from gamedesk_catalog.commands.prices import Origin, apply_quotes
from gamedesk_catalog.quotes import Quote
from gamedesk_catalog.repository import pulls

LEASE_SECONDS = 30.0
_ATTEMPTS = 6
_FIRST_RETRY = timedelta(seconds=2)
_LONGEST_RETRY = timedelta(minutes=5)
_AFTER_FAILURE = timedelta(minutes=10)
# A million items; a game that leads in a circle ends here.
_MOST_PAGES = 2000


def request_pull(tx: Connection, requested_by: str, game_id: str) -> Outcome:
    """Queue a pull; one that is not finished yet serves as well."""
    return Outcome(str(pulls.insert_or_find(tx, new_id(), game_id, requested_by)), 202)


def plan_pulls(tx: Connection, game_ids: Iterable[str], every: timedelta) -> None:
    """Queue a pull for each game that never had one, or whose last is too old, or failed a while ago."""
    for game_id in game_ids:
        last = pulls.latest(tx, game_id)
        pause = _AFTER_FAILURE if last and last.state == "failed" else every
        if last is None or (last.finished_at is not None and last.finished_at + pause <= now()):
            pulls.insert_or_find(tx, new_id(), game_id, None)


def claim_pull(tx: Connection, game_id: str) -> Row[Any] | None:
    return pulls.claim(tx, game_id, LEASE_SECONDS)


def apply_page(
    tx: Connection,
    pull: Row[Any],
    quotes: Sequence[Quote],
    next_cursor: str | None,
    hold_factor: int,
    total: int | None = None,
) -> bool:
    """Apply a page of a claimed pull and go on from `next_cursor` (None: it is done). A list of too many pages fails,
    after the last of them.

    `total`: how many items the game says it has.
    Returns whether there is more to do; False too if the claim was lost, and then nothing is applied.
    """
    endless = next_cursor is not None and pull.pages + 1 >= _MOST_PAGES
    done = next_cursor is None or endless
    moment = now()
    progress = {
        "state": "failed" if endless else "done" if done else "running",
        "cursor": next_cursor,
        "pages": pull.pages + 1,
        "items_seen": pull.items_seen + len(quotes),
        "items_total": pull.items_total if total is None else total,
        "attempts": 0,
        "error": "too many pages" if endless else None,
        "due_at": moment,
        "finished_at": moment if done else None,
    }
    if not pulls.settle(tx, pull, progress):
        return False
    _, changed = apply_quotes(tx, pull.game_id, quotes, Origin("pull", cause_id=str(pull.pull_id)), hold_factor)
    pulls.count_changed(tx, pull.pull_id, changed)
    return not done


def apply_failure(
    tx: Connection, pull: Row[Any], reason: str, *, final: bool = False, retry_after: float | None = None
) -> None:
    """The game did not give the page: try it again after a growing pause; give up after the last attempt."""
    moment = now()
    if final or pull.attempts >= _ATTEMPTS:
        pulls.settle(tx, pull, {"state": "failed", "error": reason, "finished_at": moment})
        return
    delay = min(_FIRST_RETRY * 2 ** (pull.attempts - 1), _LONGEST_RETRY)
    if retry_after is not None:
        delay = max(delay, min(timedelta(seconds=retry_after), _LONGEST_RETRY))
    pulls.settle(tx, pull, {"error": reason, "due_at": moment + delay})
