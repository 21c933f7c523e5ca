"""Composition root of the web process: `gunicorn 'gamedesk_sales.app:create_app()'`."""

from __future__ import annotations

from pathlib import Path

from gamedesk_chassis import web
from gamedesk_chassis.active_callers import ActiveCallers
from gamedesk_chassis.database import Database
from gamedesk_chassis.settings import load
from starlette.types import ASGIApp

from gamedesk_sales import api
from gamedesk_sales.api.resources import Resources
from gamedesk_sales.repository.copies import standing
from gamedesk_sales.settings import Settings


def create_app(settings: Settings | None = None) -> ASGIApp:
    settings = settings or load(Settings)
    database = Database(settings.database_url, pool_size=settings.web_threads, application_name="sales-web")
    return web.build(
        service="sales",
        api=api,
        contract_file=Path(__file__).with_name("openapi.yaml"),
        settings=settings,
        database=database,
        resources=Resources(database=database, quote_rules=settings.quote_rules),
        narrow=ActiveCallers(database, standing),
    )
