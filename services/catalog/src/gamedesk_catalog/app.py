"""Composition root of the web process: `gunicorn 'gamedesk_catalog.app:create_app()'`."""

from __future__ import annotations

from pathlib import Path

from gamedesk_chassis import web
from gamedesk_chassis.active_callers import ActiveCallers
from gamedesk_chassis.database import Database
from gamedesk_chassis.remotes import load_remotes
from gamedesk_chassis.settings import load
from starlette.types import ASGIApp

from gamedesk_catalog import api
from gamedesk_catalog.api.resources import Resources
from gamedesk_catalog.repository.agents import standing
from gamedesk_catalog.settings import Settings, hold_factors
from gamedesk_catalog.signatures import check_of_pushes, push_keys


def create_app(settings: Settings | None = None) -> ASGIApp:
    settings = settings or load(Settings)
    database = Database(settings.database_url, pool_size=settings.web_threads, application_name="catalog-web")
    games = load_remotes(settings.games_file, "games")
    resources = Resources(
        database=database,
        push_keys=push_keys(games.values()),
        hold_factors=hold_factors(games.values(), settings.price_hold_factor),
    )
    return web.build(
        service="catalog",
        api=api,
        contract_file=Path(__file__).with_name("openapi.yaml"),
        settings=settings,
        database=database,
        resources=resources,
        narrow=ActiveCallers(database, standing),
        body_checks={"push_prices": check_of_pushes(resources.push_keys)},
    )
