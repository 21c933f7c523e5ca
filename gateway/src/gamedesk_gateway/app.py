"""Composition root: `gunicorn -c python:gamedesk_chassis.gunicorn_conf 'gamedesk_gateway.app:create_app()'`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import connexion
from connexion.options import SwaggerUIOptions
from connexion.resolver import Resolver
from gamedesk_chassis import contract, logs, problems
from gamedesk_chassis.auth import TokenVerifier
from gamedesk_chassis.edge import Edge
from gamedesk_chassis.errors import NotFound
from gamedesk_chassis.health import HealthApp
from gamedesk_chassis.settings import load
from gamedesk_chassis.validation import VALIDATORS
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from gamedesk_gateway.answers import problem_answer, refused_answer
from gamedesk_gateway.api import Api
from gamedesk_gateway.call_list import CallList
from gamedesk_gateway.console import Console
from gamedesk_gateway.deadlines import Deadlines
from gamedesk_gateway.exports.exports import Exports
from gamedesk_gateway.headers import SecurityHeaders
from gamedesk_gateway.home import Home
from gamedesk_gateway.kpi_board import KpiBoard
from gamedesk_gateway.live.feed import Feed
from gamedesk_gateway.price_impact import PriceImpactView
from gamedesk_gateway.proxy import Proxy
from gamedesk_gateway.public_api import PACKAGED
from gamedesk_gateway.references import References
from gamedesk_gateway.routes import API, service_of
from gamedesk_gateway.search import Search
from gamedesk_gateway.sections import Remembered
from gamedesk_gateway.session.cookie import SessionCookie, SessionKeys
from gamedesk_gateway.session.layer import SessionLayer
from gamedesk_gateway.session.renewal import Renewer
from gamedesk_gateway.session.sign_outs import SignOuts
from gamedesk_gateway.settings import Settings
from gamedesk_gateway.templates import ReplyTexts
from gamedesk_gateway.timeline import Timelines
from gamedesk_gateway.upstream import Refused, Upstream

# Of the home page's deadline: what its first calls have. Who had less time learns nothing from no answer.
_FAIR_SHARE = 0.6


def create_app(settings: Settings | None = None) -> ASGIApp:
    settings = settings or load(Settings)
    logs.configure("gateway", settings.log_level)
    patience = {
        "connections": settings.connections,
        "circuit_calls": settings.circuit_calls,
        "fair": settings.home_deadline * _FAIR_SHARE,
    }
    upstreams = {name: Upstream(name, url, **patience) for name, url in settings.service_urls().items()}

    memory = Remembered()
    home = Home(upstreams, memory, settings.home_deadline)
    feed = Feed(settings.nats_url, upstreams["players"], memory)
    sign_outs = SignOuts(upstreams["players"])

    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        async with feed.running():
            yield
        await sign_outs.aclose()
        for upstream in upstreams.values():
            await upstream.aclose()

    kpi_board = KpiBoard(upstreams, memory, settings.call_deadline)
    api = Api(
        upstreams["players"],
        sign_outs,
        settings.gateway_key.get_secret_value(),
        home,
        Timelines(upstreams, memory, settings.home_deadline),
        kpi_board,
        PriceImpactView(upstreams, memory, settings.call_deadline),
        CallList(upstreams, memory, settings.call_deadline),
        Search(upstreams, settings.call_deadline),
        ReplyTexts(upstreams, memory, settings.call_deadline),
        Exports(upstreams, kpi_board, settings.call_deadline, settings.export_dir),
        feed,
    )
    verifier = TokenVerifier(settings.jwks_file)
    own = _connexion_app(api, settings, verifier, lifespan)
    references = References(upstreams, settings.reference_patience)
    proxy = Proxy(upstreams, references, settings.call_deadline, settings.gateway_key.get_secret_value())
    cookies = SessionCookie(SessionKeys(settings.session_key_file), secure=settings.cookie_secure)
    behind_session = SessionLayer(_by_route(proxy, own), cookies, Renewer(upstreams["players"]))
    public = contract.of_document(json.loads(PACKAGED.read_text("utf-8")))

    def is_known(headers: Headers) -> bool:
        return verifier.knows(headers) if "authorization" in headers else cookies.of(headers) is not None

    app = _by_path(behind_session, own, Console(settings.console_dir))
    in_time = Deadlines(app, home=settings.home_deadline, call=settings.call_deadline)
    edge = Edge(in_time, HealthApp(), public, is_known)
    return SecurityHeaders(edge, https=settings.cookie_secure)


def _connexion_app(api: Api, settings: Settings, verifier: TokenVerifier, lifespan: Any) -> ASGIApp:
    app = connexion.AsyncApp(
        __name__,
        lifespan=lifespan,
        strict_validation=True,
        validate_responses=settings.validate_responses,
        validator_map=VALIDATORS,
        security_map=verifier.security_map(),
        swagger_ui_options=SwaggerUIOptions(swagger_ui=False, serve_spec=False),
    )
    document = contract.load(Path(__file__).with_name("openapi.yaml")).document
    app.add_api(document, base_path=API, resolver=Resolver(lambda operation_id: getattr(api, operation_id)))
    for kind in problems.HANDLED:
        app.add_error_handler(kind, problems.connexion_handler)
    app.add_error_handler(Refused, refused_answer)
    return app


def _by_route(proxy: Proxy, own: ASGIApp) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        service = service_of(scope["path"])
        if service is None:
            await own(scope, receive, send)
        else:
            await proxy(scope, receive, send, service=service)

    return app


def _by_path(api: ASGIApp, own: ASGIApp, console: ASGIApp) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await own(scope, receive, send)  # its lifespan is the gateway's
        elif scope["path"].startswith(f"{API}/"):
            await api(scope, receive, send)
        elif scope["path"] == API:
            await problem_answer(NotFound())(scope, receive, send)
        else:
            await console(scope, receive, send)

    return app
