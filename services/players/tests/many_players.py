"""Many players at once, as they are after having been synced before."""

from __future__ import annotations

from sqlalchemy import Connection, text

_PLAYERS = text(
    "INSERT INTO players (player_id, owner_agent_id, tier, minor_band, note, tags, version, created_at, updated_at)"
    " SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'KF003', 'none', 'none', '', '{}', 1, now(),"
    " now() FROM generate_series(1, :count) n"
)
_PHONES = text(
    "INSERT INTO player_phones (phone, player_id, position)"
    " SELECT '+86139' || lpad(n::text, 8, '0'), ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 0"
    " FROM generate_series(1, :count) n"
)
_SYNCS = text(
    "INSERT INTO profile_syncs (player_id, game_id, priority, due_at, attempts)"
    " SELECT player_id, game_id, 2, now() - interval '1 hour', 0 FROM players, unnest(CAST(:games AS text[])) game_id"
    " WHERE player_id < '00000000-0000-7000-9000-000000000000'"
)


def insert_players(tx: Connection, count: int, games: tuple[str, ...] = ("xiyou", "sanguo")) -> None:
    """`count` players of KF003 (+86 139 0000 0001 …) whom these games are to be asked about in the background."""
    tx.execute(_PLAYERS, {"count": count})
    tx.execute(_PHONES, {"count": count})
    tx.execute(_SYNCS, {"games": list(games)})
