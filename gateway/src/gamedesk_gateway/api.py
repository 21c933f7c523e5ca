"""The gateway's own operations: one method per operationId of openapi.yaml."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl

import orjson
import structlog
from connexion.context import context, scope
from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.http_client import CallFailed, Reply
from starlette.datastructures import Headers
from starlette.responses import Response

from gamedesk_gateway.answers import json_answer, named, not_answering, passed_on
from gamedesk_gateway.call_list import CallList
from gamedesk_gateway.exports.exports import Exports
from gamedesk_gateway.home import Home
from gamedesk_gateway.kpi_board import KpiBoard
from gamedesk_gateway.live.answer import LiveAnswer
from gamedesk_gateway.live.feed import Feed
from gamedesk_gateway.live.streams import Stream
from gamedesk_gateway.price_impact import PriceImpactView
from gamedesk_gateway.proxy import identity, outgoing_headers, whence
from gamedesk_gateway.search import Search
from gamedesk_gateway.sections import Caller
from gamedesk_gateway.session.cookie import session_of
from gamedesk_gateway.session.layer import SLOT, Slot
from gamedesk_gateway.session.sign_outs import SignOuts
from gamedesk_gateway.templates import ReplyTexts
from gamedesk_gateway.timeline import Timelines
from gamedesk_gateway.upstream import Upstream

log = structlog.get_logger(__name__)

_SIGN_IN_SECONDS = 5.0
_AGENT_SECONDS = 1.0
_PUBLIC_API = Path(__file__).with_name("public_openapi.json")


class Api:
    def __init__(
        self,
        players: Upstream,
        sign_outs: SignOuts,
        gateway_key: str,
        home: Home,
        timelines: Timelines,
        kpi_board: KpiBoard,
        price_impact: PriceImpactView,
        call_list: CallList,
        search: Search,
        reply_texts: ReplyTexts,
        exports: Exports,
        feed: Feed,
    ) -> None:
        self._sign_outs = sign_outs
        self._players, self._home, self._timelines, self._search = players, home, timelines, search
        self._kpi_board, self._price_impact, self._call_list = kpi_board, price_impact, call_list
        self._reply_texts, self._exports, self._feed = reply_texts, exports, feed
        self._gateway_key = gateway_key
        self._document = _PUBLIC_API.read_bytes()

    async def sign_in(self, body: dict[str, Any]) -> Response:
        credentials = {name: body[name] for name in ("agent_id", "password")}
        reply = await self._post("/sessions", credentials, whence(self._gateway_key, scope.get("client")))
        if reply.status != 201:
            return named(reply, "players")
        tokens = reply.json()
        answer = {"agent": tokens["agent"], "expires_at": tokens["expires_at"]}
        if body.get("transport") == "bearer":
            return json_answer({**answer, "access_token": tokens["access_token"]}, 201)
        _slot().put(session_of(tokens))
        return json_answer(answer, 201)

    async def get_session(self) -> Response:
        caller, held = _caller(), _slot().session
        reply = await self._agent(caller)
        if reply is not None and reply.status == 401:
            return passed_on(reply)
        agent: dict[str, Any] | None = reply.json() if reply is not None and reply.status == 200 else None
        agent = agent or (held.agent if held else None)
        if agent is None:
            raise not_answering("players")
        return json_answer({"agent": agent, "expires_at": _expires_at()})

    async def sign_out(self) -> Response:
        slot = _slot()
        if slot.session is not None:
            await self._sign_outs.end(slot.session.refresh_token)
        slot.put(None)
        return Response(status_code=204)

    async def get_home(
        self, q: str | None = None, owner: Literal["me", "all"] = "me", limit: int = 50, cursor: str | None = None
    ) -> Response:
        return json_answer(await self._home.start(_caller(), q=q, owner=owner, limit=limit, cursor=cursor))

    async def get_home_player(self, player_id: str) -> Response:
        return json_answer(await self._home.player(_caller(), player_id))

    async def get_timeline(self, player_id: str, before: str | None = None, limit: int = 50) -> Response:
        return json_answer(await self._timelines.page(_caller(), player_id, before, limit))

    async def get_kpi_board(self, group_by: str = "none", clock: str = "working", **filters: Any) -> Response:
        """`from` is a word of the language, so it cannot be named as an argument."""
        asked = {name: filters[name] for name in ("from", "to", "agent", "team") if filters.get(name) is not None}
        return json_answer(await self._kpi_board.board(_caller(), group_by, clock, asked))

    async def get_price_impact_view(self, impact_id: str, limit: int = 50, cursor: str | None = None) -> Response:
        return json_answer(await self._price_impact.recorded(_caller(), impact_id, limit, cursor))

    async def preview_price_impact_view(self, body: dict[str, Any]) -> Response:
        return json_answer(await self._price_impact.preview(_caller(), body))

    async def get_campaign_call_list(self, campaign_id: str, limit: int = 50, **filters: Any) -> Response:
        names = ("agent", "team", "state", "cursor")
        asked = {name: filters[name] for name in names if filters.get(name) is not None}
        return json_answer(await self._call_list.page(_caller(), {"campaign_id": campaign_id, "limit": limit, **asked}))

    async def search(self, q: str) -> Response:
        return json_answer(await self._search.everything(_caller(), q))

    async def search_tickets(self, q: str) -> Response:
        return json_answer(await self._search.tickets(_caller(), q, _query_without("q")))

    async def get_reply_text(self, template_id: str, ticket_id: str) -> Response:
        return json_answer(await self._reply_texts.render(_caller(), template_id, ticket_id))

    async def export_list(self, list_name: str, lang: Literal["zh", "en"] = "zh") -> Response:
        return self._exports.export(_caller(), list_name, _query_without("lang"), lang)

    async def follow_live(self, player: list[str] | None = None) -> Response:
        caller, expires_at = _caller(), context["token_info"]["exp"]
        reply = await self._agent(caller)
        if reply is not None and reply.status == 401:  # deactivated, which his token does not say
            return passed_on(reply)
        return LiveAnswer(self._feed, Stream(current_principal(), caller, frozenset(player or ()), expires_at))

    async def get_openapi(self) -> Response:
        return Response(self._document, media_type="application/json")

    async def _agent(self, caller: Caller) -> Reply | None:
        """What players answers about the caller, None when it does not in a second."""
        try:
            target = f"/agents/{caller.id}".encode()
            return await self._players.call("GET", target, headers=caller.headers, deadline=_AGENT_SECONDS)
        except CallFailed as failed:
            log.warning("agent_not_read", reason=failed.reason)
            return None

    async def _post(self, path: str, body: dict[str, Any], more: dict[str, str] | None = None) -> Reply:
        headers = {**outgoing_headers(Headers()), "content-type": "application/json", **(more or {})}
        try:
            return await self._players.call(
                "POST", path.encode(), headers=headers, body=orjson.dumps(body), deadline=_SIGN_IN_SECONDS
            )
        except CallFailed as failed:
            raise not_answering("players", failed) from None


def _slot() -> Slot:
    return scope[SLOT]


def _caller() -> Caller:
    principal = current_principal()
    headers = identity(outgoing_headers(Headers(raw=scope["headers"])))
    return Caller(principal.id, headers, principal.role, principal.team)


def _query_without(own: str) -> list[tuple[str, str]]:
    """The query as it was sent, for a service, but for the parameter that is the gateway's own."""
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return [(name, value) for name, value in query if name != own]


def _expires_at() -> datetime:
    return datetime.fromtimestamp(context["token_info"]["exp"], UTC)
