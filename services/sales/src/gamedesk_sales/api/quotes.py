"""Prices promised to players."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.clock import now
from gamedesk_chassis.errors import StaleVersion
from gamedesk_chassis.web import Answer, answer, create_once, expected_version, time_of

from gamedesk_sales.api.fields import days, ids, optional_id
from gamedesk_sales.api.offers import offer
from gamedesk_sales.api.resources import resources
from gamedesk_sales.commands import quotes
from gamedesk_sales.errors import PackChanged
from gamedesk_sales.model.quotes import NewQuote
from gamedesk_sales.queries import quotes as queries
from gamedesk_sales.tables import idempotency_keys
from gamedesk_sales.views.quotes import counts_view, quote_view, whole_quote_view


def list_quotes(
    player_id: list[str] | None = None,
    agent: str | None = None,
    state: str | None = None,
    pack_code: str | None = None,
    expires_before: str | None = None,
    made_from: str | None = None,
    made_to: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Answer:
    until = time_of(expires_before, "/query/expires_before") if expires_before else None
    first, before = days(made_from, made_to, ("made_from", "made_to"))
    found, next_cursor = resources().database.read(
        queries.list_quotes, ids(player_id), agent, state, pack_code, until, first, before, cursor, limit
    )
    moment = now()
    return answer({"items": [quote_view(quote, moment) for quote in found], "next_cursor": next_cursor})


def create_quote(body: dict[str, Any]) -> Answer:
    fields = {
        **body,
        "player_id": UUID(body["player_id"]),
        "profile_id": optional_id(body, "profile_id"),
        "campaign_id": optional_id(body, "campaign_id"),
        "expires_at": time_of(body["expires_at"], "/expires_at") if "expires_at" in body else None,
    }
    rules = resources().quote_rules
    try:
        outcome = create_once(
            resources().database,
            idempotency_keys,
            body,
            lambda tx, caller: quotes.create_quote(tx, caller, NewQuote(**fields), rules),
        )
    except PackChanged as changed:
        changed.extra["offer"] = offer(body["pack_code"])
        raise
    return _quote(UUID(outcome.resource_id), outcome.status)


def get_quote(quote_id: str) -> Answer:
    return _quote(UUID(quote_id))


def withdraw_quote(quote_id: str, body: dict[str, Any]) -> Answer:
    return _changed_quote(quotes.withdraw_quote, UUID(quote_id), reason=body["reason"])


def extend_quote(quote_id: str, body: dict[str, Any]) -> Answer:
    return _changed_quote(
        quotes.extend_quote,
        UUID(quote_id),
        expires_at=time_of(body["expires_at"], "/expires_at"),
        reason=body["reason"],
        rules=resources().quote_rules,
    )


def count_quotes(pack_ids: list[str]) -> Answer:
    wanted = [UUID(pack_id) for pack_id in pack_ids]
    return answer(counts_view(wanted, resources().database.read(queries.count_quotes, wanted)))


def _quote(quote_id: UUID, status: int = 200) -> Answer:
    quote, allowance = resources().database.read(queries.get_quote, quote_id)
    return answer(whole_quote_view(quote, allowance, now()), status, version=quote.version)


def _changed_quote(command: Callable[..., None], quote_id: UUID, **arguments: Any) -> Answer:
    """Change the version in If-Match; who is late gets the state that he has not seen."""
    caller = current_principal()
    try:
        resources().database.transact(command, caller, quote_id, expected_version(), **arguments)
    except StaleVersion as stale:
        stale.extra["current"] = _quote(quote_id)[0]
        raise
    return _quote(quote_id)
