"""Composition root of the web process: `gunicorn 'gamedesk_players.app:create_app()'`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from gamedesk_chassis import web
from gamedesk_chassis.active_callers import ActiveCallers
from gamedesk_chassis.database import Database
from gamedesk_chassis.remotes import load_remotes
from gamedesk_chassis.settings import load
from starlette.types import ASGIApp

from gamedesk_players import api
from gamedesk_players.api.resources import Resources
from gamedesk_players.repository.agents import standing
from gamedesk_players.settings import Settings
from gamedesk_players.tokens import TokenIssuer
from gamedesk_players.views.players import PlayerViews


def create_app(settings: Settings | None = None) -> ASGIApp:
    settings = settings or load(Settings)
    database = Database(settings.database_url, pool_size=settings.web_threads, application_name="players-web")
    games = load_remotes(settings.games_file, "games")
    names = {game.id: game.name for game in games.values()}
    resources = Resources(
        database=database,
        issuer=TokenIssuer(settings.signing_key_file),
        gateway_key=settings.gateway_key.get_secret_value(),
        games=games,
        views=PlayerViews(names, timedelta(hours=settings.sync_stale_hours)),
    )
    return web.build(
        service="players",
        api=api,
        contract_file=Path(__file__).with_name("openapi.yaml"),
        settings=settings,
        database=database,
        resources=resources,
        narrow=ActiveCallers(database, standing),
    )
