"""A valid request of every operation of players: `make(world, whose, by)`, about something that is `whose`."""

from __future__ import annotations

import secrets
from typing import Any

from gamedesk_players import spreadsheets
from gamedesk_players.imports import PlayerImports

from tests.access.world import PASSWORD, Call, World
from tests.desk import new_phone

REASON = {"reason": "顾客要求"}
SHEET = "手机,微信号\n{phone},\n"


def player(world: World, whose: str) -> dict[str, Any]:
    """A new player of that agent, known to all services."""
    made = world.do("players", "POST", "/players", "KF001", {"phone": new_phone(), "owner_agent_id": whose})
    world.pump()
    return made


def new_agent() -> dict[str, Any]:
    agent_id = f"KF{secrets.randbelow(10**9):09}"
    wechat = {"wechat_id": f"wx_{agent_id}", "wechat_name": "新"}
    return {"agent_id": agent_id, "name": "小新", "password": PASSWORD, **wechat}


def checked_import(world: World, whose: str) -> str:
    sheet = SHEET.format(phone=new_phone()).encode()
    query = {"file_name": "a.csv"}
    options = {"params": query, "content": sheet, "headers": {"Content-Type": spreadsheets.CSV}}
    made = world.do("players", "POST", "/player-imports", whose, **options)
    PlayerImports(world.databases["players"], ["xiyou"]).run()
    return made["import_id"]


def erase_player(world: World, whose: str, by: str) -> Call:
    return Call({"player_id": player(world, whose)["player_id"]}, REASON)


def edit_agent(world: World, whose: str, by: str) -> Call:
    made = world.do("players", "POST", "/agents", "KF001", new_agent())
    return Call({"agent_id": made["agent_id"]}, {"name": "小改"}, version=1)


def change_password(world: World, whose: str, by: str) -> Call:
    own = {"current_password": PASSWORD} if whose == by else {}
    return Call({"agent_id": whose}, {"new_password": PASSWORD, **own})


def create_handoff(world: World, whose: str, by: str) -> Call:
    world.run("players", "UPDATE handoffs SET state = 'done', finished_at = now()")
    return Call(body={"from_agent_id": whose, "to_agent_id": "KF022", **REASON})


def get_handoff(world: World, whose: str, by: str) -> Call:
    call = create_handoff(world, whose, by)
    made = world.do("players", "POST", "/handoffs", "KF001", call.body)
    return Call({"handoff_id": made["handoff_id"]})


def of_a_player(world: World, whose: str, by: str) -> Call:
    return Call({"player_id": player(world, whose)["player_id"]})


def import_players(world: World, whose: str, by: str) -> Call:
    sheet = SHEET.format(phone=new_phone()).encode()
    world.run("players", "UPDATE player_imports SET state = 'done' WHERE state <> 'done'")  # only so many at once
    return Call(query={"file_name": "a.csv"}, content=sheet, media=spreadsheets.CSV)


def of_an_import(world: World, whose: str, by: str) -> Call:
    return Call({"import_id": checked_import(world, whose)})


def run_player_import(world: World, whose: str, by: str) -> Call:
    return Call({"import_id": checked_import(world, whose)}, {"mode": "all"})


def merge_players(world: World, whose: str, by: str) -> Call:
    kept, other = player(world, whose), player(world, whose)
    body = {"loser_id": other["player_id"], "loser_version": other["version"]}
    return Call({"player_id": kept["player_id"]}, body, version=kept["version"])


def undo_merge(world: World, whose: str, by: str) -> Call:
    call = merge_players(world, whose, by)
    path = f"/players/{call.ids['player_id']}/merges"
    made = world.do("players", "POST", path, "KF001", call.body, version=call.version)
    return Call({"merge_id": made["merge_id"]}, REASON)


def create_player(world: World, whose: str, by: str) -> Call:
    return Call(body={"phone": new_phone()})


def edit_player(world: World, whose: str, by: str) -> Call:
    made = player(world, whose)
    return Call({"player_id": made["player_id"]}, {"note": "爱聊天"}, version=made["version"])


def reveal_contacts(world: World, whose: str, by: str) -> Call:
    return Call({"player_id": player(world, whose)["player_id"]}, REASON)


def list_player_cards(world: World, whose: str, by: str) -> Call:
    return Call(query={"ids": player(world, whose)["player_id"]})


def get_profile(world: World, whose: str, by: str) -> Call:
    query = "SELECT profile_id::text FROM profiles WHERE player_id::text = :player"
    return Call({"profile_id": world.value("players", query, player=player(world, whose)["player_id"])})


def create_resync(world: World, whose: str, by: str) -> Call:
    world.run("players", "UPDATE resyncs SET state = 'done', finished_at = now()")
    return Call(body={"game_ids": ["xiyou"]})


def get_resync(world: World, whose: str, by: str) -> Call:
    made = world.do("players", "POST", "/resyncs", "KF001", create_resync(world, whose, by).body)
    return Call({"resync_id": made["resync_id"]})


def sign_in(world: World, whose: str, by: str) -> Call:
    return Call(body={"agent_id": whose, "password": PASSWORD})


def _with_refresh_token(world: World, whose: str, by: str) -> Call:
    made = world.do("players", "POST", "/sessions", whose, {"agent_id": whose, "password": PASSWORD})
    return Call(body={"refresh_token": made["refresh_token"]})


REQUESTS = {
    "list_agents": lambda *_: Call(),
    "create_agent": lambda *_: Call(body=new_agent()),
    "get_agent": lambda world, whose, by: Call({"agent_id": whose}),
    "edit_agent": edit_agent,
    "list_wechat_bindings": lambda world, whose, by: Call({"agent_id": whose}),
    "change_password": change_password,
    "erase_player": erase_player,
    "list_handoffs": lambda *_: Call(),
    "create_handoff": create_handoff,
    "get_handoff": get_handoff,
    "list_player_history": of_a_player,
    "list_reveals": of_a_player,
    "list_player_imports": lambda *_: Call(),
    "import_players": import_players,
    "get_player_import": of_an_import,
    "list_player_import_rows": of_an_import,
    "run_player_import": run_player_import,
    "get_player_import_template": lambda *_: Call(),
    "list_merges": of_a_player,
    "merge_players": merge_players,
    "undo_merge": undo_merge,
    "list_players": lambda *_: Call(),
    "create_player": create_player,
    "get_player": of_a_player,
    "edit_player": edit_player,
    "reveal_contacts": reveal_contacts,
    "list_player_cards": list_player_cards,
    "list_games": lambda *_: Call(),
    "get_profile": get_profile,
    "sync_player": of_a_player,
    "list_resyncs": lambda *_: Call(),
    "create_resync": create_resync,
    "get_resync": get_resync,
    "sign_in": sign_in,
    "refresh_session": _with_refresh_token,
    "revoke_session": _with_refresh_token,
}
