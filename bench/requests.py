"""What agents ask of players and tickets all day, each kind with several values to ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from bench.bulk import Size

CALLER = "KF001"
_ZONE = ZoneInfo("Asia/Shanghai")
_VALUES = 20

# Players of the first half year, who have a history, neither merged nor erased, with everything that is searched by:
# from all over, and of the caller.
_SAMPLE = """
SELECT player_id, owner_agent_id, wechat_name, replace(phone, '+86', '') AS phone, wechat_id, former, nickname,
       server_name
FROM (SELECT players.*, row_number() OVER (ORDER BY player_id) AS place FROM players) AS players
JOIN LATERAL (SELECT phone FROM player_phones AS p WHERE p.player_id = players.player_id AND position = 0) AS p ON true
JOIN LATERAL (SELECT w.wechat_id AS former FROM player_wechat_ids AS w
              WHERE w.player_id = players.player_id AND w.wechat_id <> players.wechat_id) AS w ON true
JOIN LATERAL (SELECT nickname, server_name FROM profiles AS f
              WHERE f.player_id = players.player_id AND game_id = 'xiyou') AS f ON true
WHERE wechat_id LIKE 'wxid%%' AND wechat_name > '一' AND merged_into IS NULL
  AND place < %(players)s / 4
  AND CASE WHEN %(owner)s::text IS NULL THEN place %% greatest(%(players)s / 4000, 1) = 0
           ELSE owner_agent_id = %(owner)s END
ORDER BY md5(player_id::text) LIMIT %(values)s
"""


@dataclass(frozen=True)
class Request:
    """`finds`: whether its list has anything in it; None if it may or may not."""

    service: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    finds: bool | None = True


def requests_of(players: psycopg.Connection[Any], size: Size) -> dict[str, Sequence[Request]]:
    def sample(owner: str | None) -> list[dict[str, Any]]:
        with players.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(_SAMPLE, {"players": size.players, "values": _VALUES, "owner": owner}).fetchall()

    found, own = sample(None), sample(CALLER)
    assert len(found) == _VALUES
    assert own
    return {
        **_searches(found, own),
        **_player_lists(found),
        **_ticket_lists(found, size),
        **_home(found),
        **_figures(size),
    }


def _searches(found: Sequence[dict[str, Any]], own: Sequence[dict[str, Any]]) -> dict[str, Sequence[Request]]:
    def search(*typed: str, finds: bool | None = True) -> list[Request]:
        return [Request("players", "/players", {"q": q}, finds) for q in typed]

    # By part of a contact, among the caller's own players.
    return {
        "search: phone": search(*(p["phone"] for p in found)),
        "search: first five digits of a phone": search(*(p["phone"][:5] for p in own)),
        "search: first eight digits of a phone": search(*(p["phone"][:8] for p in own)),
        "search: last four digits": search(*(p["phone"][-4:] for p in found)),
        "search: WeChat id": search(*(p["wechat_id"] for p in found)),
        "search: former WeChat id": search(*(p["former"] for p in found)),
        "search: start of a WeChat id": search(*(p["wechat_id"][:9] for p in own)),
        "search: part of a WeChat id": search(*(p["wechat_id"][8:13] for p in own)),
        "search: full name": search(*(p["wechat_name"] for p in found)),
        "search: nickname": search(*(p["nickname"] for p in found)),
        "search: 王": search("王"),
        "search: two characters": search(*(p["wechat_name"][:2] for p in found)),
        "search: two characters within a name": search("剑客", "龙王", "奶茶", "红尘", "流星"),
        "search: start of a Latin nickname": search("drag", "moon", "Pan", "star1", "ph"),
        "search: part of a Latin nickname": search("agon", "oon", "ight", "ucky7", "hoenix"),
        "search: nothing found": search("没有这个人", "zzqqxx", "19912345678", "王x王", finds=False),
    }


def _player_lists(found: Sequence[dict[str, Any]]) -> dict[str, Sequence[Request]]:
    def players(*queries: dict[str, Any]) -> list[Request]:
        return [Request("players", "/players", query) for query in queries]

    return {
        "players: newest": players({}),
        "players: of an agent": players(*({"owner": p["owner_agent_id"]} for p in found)),
        "players: by tier": players({"tier": "whale"}, {"tier": "big"}, {"tier": "none"}),
        "players: of an agent by tier": players(*({"owner": p["owner_agent_id"], "tier": "small"} for p in found)),
        "players: of a server": players(*({"game": "xiyou", "server": p["server_name"]} for p in found)),
        "players: by tag": players({"tag": "投诉"}, {"tag": "周末"}),
    }


def _ticket_lists(found: Sequence[dict[str, Any]], size: Size) -> dict[str, Sequence[Request]]:
    def tickets(*queries: dict[str, Any], finds: bool | None = True) -> list[Request]:
        return [Request("tickets", "/tickets", query, finds) for query in queries]

    owners = sorted({p["owner_agent_id"] for p in found})
    weeks = [_days(size, 7 * week, 6) for week in range(5, 25)]
    players = ",".join(str(p["player_id"]) for p in found)
    return {
        "tickets: of a player": tickets(*({"player_id": str(p["player_id"])} for p in found), finds=None),
        "tickets: of 20 players found": tickets({"player_id": players, "limit": 100}),
        "tickets: one agent is responsible for, due first": tickets(
            *({"responsible": owner, "state": "pending,in_progress", "order": "due"} for owner in owners), finds=None
        ),
        "tickets: overdue": tickets({"overdue": "true", "order": "due"}),
        "tickets: overdue of an agent": tickets(
            *({"overdue": "true", "order": "due", "responsible": owner} for owner in owners), finds=None
        ),
        "tickets: pending": tickets({"state": "pending"}),
        "tickets: done": tickets({"state": "done"}),
        "tickets: waiting for tech": tickets({"waiting_on": "tech"}),
        "tickets: by category, asked in a week": tickets(
            *({"category": "refund", "asked_from": first, "asked_to": last} for first, last in weeks)
        ),
        "tickets: by number": tickets(*({"number": f"T-{size.tickets * k // _VALUES:06d}"} for k in range(1, _VALUES))),
        "tickets: of a server": tickets(*({"game": "xiyou", "server": p["server_name"]} for p in found)),
    }


def _home(found: Sequence[dict[str, Any]]) -> dict[str, Sequence[Request]]:
    ids = [str(p["player_id"]) for p in found]
    return {
        "home: player": [Request("players", f"/players/{i}") for i in ids],
        "home: cards of 20 players": [Request("players", "/player-cards", {"ids": ",".join(ids)})],
        "timeline: changes of a player": [Request("players", f"/players/{i}/history") for i in ids],
        "timeline: tickets' entries of a player": [
            Request("tickets", "/player-entries", {"player_id": i}, finds=None) for i in ids
        ],
    }


def _figures(size: Size) -> dict[str, Sequence[Request]]:
    first, last = _days(size, 60, 29)
    month = {"from": first, "to": last}

    def figures(**more: str) -> list[Request]:
        return [Request("tickets", "/kpi/response", month | more)]

    return {
        "figures: a month": figures(),
        "figures: a month by day": figures(group_by="day"),
        "figures: a month by agent": figures(group_by="agent"),
        "figures: a month of one agent": figures(agent=CALLER),
        "figures: tickets behind one": [
            Request("tickets", "/kpi/response/tickets", month | {"figure": "first_response_missed"})
        ],
    }


def _days(size: Size, days_ago: int, length: int) -> tuple[str, str]:
    first = size.now.astimezone(_ZONE).date() - timedelta(days=days_ago)
    return first.isoformat(), (first + timedelta(days=length)).isoformat()
