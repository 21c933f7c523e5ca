"""A reply template as it is sent to one player (B11): tickets has the text, players the names that go into it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from gamedesk_gateway.answers import not_answering
from gamedesk_gateway.sections import Caller, Part, Reader, Remembered
from gamedesk_gateway.upstream import Refused, Upstream

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_OF_PLAYER = {"player_name", "game", "server", "nickname"}
_OF_AGENT = {"agent_name", "agent_wechat_name"}

Values = dict[str, str | None]


class ReplyTexts:
    """`deadline`: seconds that a text may take."""

    def __init__(self, upstreams: Mapping[str, Upstream], memory: Remembered, deadline: float) -> None:
        self._upstreams, self._memory, self._deadline = upstreams, memory, deadline

    async def render(self, caller: Caller, template_id: str, ticket_id: str) -> dict[str, Any]:
        """{text, missing}: placeholders that nothing is known for stay in the text, and are named.

        Raises Refused (there is no such template or ticket), Unavailable without tickets; without players its names
        are missing.
        """
        reader = Reader(self._upstreams, self._memory, caller, self._deadline)
        template, ticket = await asyncio.gather(
            reader.read("tickets", f"/reply-templates/{template_id}", leave=self._deadline / 2),
            reader.read("tickets", f"/tickets/{ticket_id}", leave=self._deadline / 2),
        )
        text = _required(template)["text"]
        values = await self._values(reader, caller, _required(ticket), set(_PLACEHOLDER.findall(text)))
        reader.heed_refusals()
        missing: dict[str, None] = {}  # each once, in the order of the text

        def value(found: re.Match[str]) -> str:
            known = values.get(found[1])
            if not known:
                missing[found[1]] = None
            return known or found[0]

        return {"text": _PLACEHOLDER.sub(value, text), "missing": list(missing)}

    async def _values(self, reader: Reader, caller: Caller, ticket: dict[str, Any], used: set[str]) -> Values:
        player, agent = await asyncio.gather(
            self._read(reader, f"/players/{ticket['player_id']}", bool(used & _OF_PLAYER)),
            self._read(reader, f"/agents/{caller.id}", bool(used & _OF_AGENT)),
        )
        profile = _profile_of(ticket, player)
        return {
            "player_name": player.get("wechat_name"),
            "ticket_number": ticket["number"],
            "ticket_title": ticket.get("title"),
            "agent_name": agent.get("name"),
            "agent_wechat_name": agent.get("wechat_name"),
            "game": profile.get("game_name"),
            "server": ticket.get("server") or profile.get("server"),
            "nickname": profile.get("nickname"),
        }

    @staticmethod
    async def _read(reader: Reader, target: str, needed: bool) -> dict[str, Any]:
        part = await reader.read("players", target) if needed else None
        return (part.data if part else None) or {}


def _required(part: Part) -> dict[str, Any]:
    if part.refusal is not None:
        raise Refused(part.refusal)
    if part.status != "ok":
        raise not_answering("tickets")
    return part.data


def _profile_of(ticket: dict[str, Any], player: dict[str, Any]) -> dict[str, Any]:
    """The game profile that a ticket is about: the one it names, or the only one that it can mean."""
    profiles = player.get("profiles", [])
    named = [profile for profile in profiles if profile["profile_id"] == ticket.get("profile_id")]
    of_game = [profile for profile in profiles if ticket.get("game_id") in (None, profile["game_id"])]
    found = named or of_game
    return found[0] if len(found) == 1 else {}
