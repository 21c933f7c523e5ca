"""The tables of this service's database."""

from gamedesk_players.tables.agents import agent_wechat_bindings, agents, refresh_tokens
from gamedesk_players.tables.base import idempotency_keys, metadata
from gamedesk_players.tables.erasures import erasures
from gamedesk_players.tables.gates import game_gates
from gamedesk_players.tables.handoffs import handoffs
from gamedesk_players.tables.history import player_history
from gamedesk_players.tables.imports import player_import_rows, player_imports
from gamedesk_players.tables.merges import merges
from gamedesk_players.tables.players import contact_reveals, player_names, player_phones, player_wechat_ids, players
from gamedesk_players.tables.profiles import profile_syncs, profiles
from gamedesk_players.tables.resyncs import resyncs
from gamedesk_players.tables.sign_ins import sign_in_counts

__all__ = [
    "agent_wechat_bindings",
    "agents",
    "contact_reveals",
    "erasures",
    "game_gates",
    "handoffs",
    "idempotency_keys",
    "merges",
    "metadata",
    "player_history",
    "player_import_rows",
    "player_imports",
    "player_names",
    "player_phones",
    "player_wechat_ids",
    "players",
    "profile_syncs",
    "profiles",
    "refresh_tokens",
    "resyncs",
    "sign_in_counts",
]
