"""Copies: they never fall back (I5), and at rest they equal their owner's state (I6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from tests.faults.harness.checks.evidence import Evidence, named


@dataclass(frozen=True)
class Copy:
    """A table of copies. Both queries give the same columns, the id first, the version last; who was erased is blank
    in both."""

    listener: str
    table: str
    owner: str
    copied: str
    owned: str


def _plain(listener: str, table: str, owner: str, source: str, columns: str, of_owner: str = "") -> Copy:
    """`columns`: of the copy; `of_owner`: what they are at the owner's, where that is called otherwise."""
    return Copy(
        listener,
        table,
        owner,
        f"SELECT {columns} FROM {table}",
        f"SELECT {of_owner or columns} FROM {source}",
    )


_PLAYER = "player_id, owner_agent_id, tier, minor_band, merged_into, erased, version"
_OF_PLAYER = _PLAYER.replace("erased", "erased_at IS NOT NULL")
_AGENT = "agent_id, role, team, active, version"
_WITH_PLAYER = "profiles JOIN players USING (player_id)"
_PACK = (
    "pack_id, code, name, state, discount_bp, list_price_fen, price_fen, currency, revision, campaign_id, player_id,"
    " valid_from, valid_until, updated_at"
)
_CAMPAIGN = "campaign_id, name, state, team, starts_on, ends_on, segment::text"
_TICKET = "ticket_id, player_id, number, category, state, asked_at, done_at, version"

COPIES = (
    *(
        _plain(listener, "player_copies", "players", "players", _PLAYER, _OF_PLAYER)
        for listener in ("tickets", "sales")
    ),
    *(_plain(who, "agent_copies", "players", "agents", _AGENT) for who in ("tickets", "sales", "catalog")),
    _plain(
        "tickets",
        "profile_copies",
        "players",
        _WITH_PLAYER,
        "profile_id, player_id, game_id, server, version",
        "profile_id, player_id, game_id, CASE WHEN erased_at IS NULL THEN server_name END, profiles.version",
    ),
    _plain(
        "sales",
        "profile_copies",
        "players",
        _WITH_PLAYER,
        "profile_id, player_id, game_id, server, game_account_id, server_id, state, version",
        """profile_id, player_id, game_id, CASE WHEN erased_at IS NULL THEN server_name END,
        CASE WHEN erased_at IS NULL THEN game_account_id END, CASE WHEN erased_at IS NULL THEN server_id END,
        CASE WHEN erased_at IS NULL THEN state ELSE 'not_found' END, profiles.version""",
    ),
    _plain("sales", "item_copies", "catalog", "items", "item_id, game_id, code, name, price_fen, currency, version"),
    _plain(
        "sales",
        "pack_copies",
        "catalog",
        "packs",
        f"{_PACK}, coalesce(own_version, version), version",
        f"{_PACK}, version, version",
    ),
    _plain(
        "sales",
        "campaign_copies",
        "catalog",
        "campaigns",
        f"{_CAMPAIGN}, game_ids::text, version",
        f"{_CAMPAIGN}, to_jsonb(game_ids)::text, version",
    ),
    _plain(
        "sales",
        "ticket_copies",
        "tickets",
        "tickets",
        _TICKET,
        _TICKET.replace("number", "'T-' || lpad(number::text, 6, '0')").replace("version", "revision"),
    ),
)

# A price is only worth something with the contents it is for.
_CONTENTS = (
    """SELECT pack_id, line ->> 'item_id', (line ->> 'quantity')::int, (line ->> 'unit_price_fen')::bigint
    FROM pack_copies CROSS JOIN jsonb_array_elements(contents) line""",
    "SELECT pack_id, item_id::text, quantity, unit_price_fen FROM pack_contents",
)


def equal_their_owner__i6(evidence: Evidence) -> list[str]:
    """Every copy has what its owner has, the version included, and nothing else."""
    findings = []
    for copy in COPIES:
        # What a database that was put back from a backup adds to each version on its way out.
        [(base,)] = evidence.rows(copy.owner, "SELECT coalesce(max(version_base), 0) FROM relay_mark")
        copied = set(evidence.rows(copy.listener, copy.copied))
        owned = {(*row[:-1], row[-1] + base) for row in evidence.rows(copy.owner, copy.owned)}
        wrong = sorted({str(row[0]) for row in copied ^ owned})
        findings += named(f"{copy.listener}.{copy.table} differs from {copy.owner}", wrong)
    copied, owned = set(evidence.rows("sales", _CONTENTS[0])), set(evidence.rows("catalog", _CONTENTS[1]))
    findings += named("contents of packs differ", sorted({str(row[0]) for row in copied ^ owned}))
    tiers = "SELECT ticket_id FROM tickets JOIN player_copies USING (player_id) WHERE player_tier <> tier ORDER BY 1"
    findings += named("tickets of another tier than their player", [row[0] for row in evidence.rows("tickets", tiers)])
    return findings


# Nobody who writes copies may know of it: a row for every copy that was given an older version than it had.
_WATCH = """
    CREATE SCHEMA IF NOT EXISTS watch;
    CREATE TABLE IF NOT EXISTS watch.falls (what text, was int, became int, at timestamptz DEFAULT clock_timestamp());
    CREATE OR REPLACE FUNCTION watch.fell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        INSERT INTO watch.falls VALUES (TG_TABLE_NAME || ' ' || coalesce(to_jsonb(OLD) ->> TG_ARGV[0], '?'),
            OLD.version, CASE WHEN TG_OP = 'UPDATE' THEN (to_jsonb(NEW) ->> 'version')::int END);
        RETURN NULL;
    END $$;
"""
_WATCHED = """
    CREATE OR REPLACE TRIGGER falls AFTER UPDATE ON {table} FOR EACH ROW
        WHEN (NEW.version < OLD.version) EXECUTE FUNCTION watch.fell('{id}');
    CREATE OR REPLACE TRIGGER gone AFTER DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION watch.fell('{id}');
"""


def watch(databases: Mapping[str, str]) -> None:
    """From now on note every copy whose version falls, or that is deleted; addresses: of the databases' owners."""
    for listener in sorted(databases.keys() & {copy.listener for copy in COPIES}):
        with psycopg.connect(databases[listener].replace("+psycopg", "")) as connection:
            connection.execute(_WATCH)
            for copy in COPIES:
                if copy.listener == listener:
                    id = copy.copied.removeprefix("SELECT ").partition(",")[0]
                    connection.execute(_WATCHED.format(table=copy.table, id=id).encode())


def versions_never_fall__i5(evidence: Evidence) -> list[str]:
    """No copy was ever given an older version than it had; needs `watch` from the start."""
    findings = []
    for listener in sorted({copy.listener for copy in COPIES}):
        falls = evidence.rows(listener, "SELECT what, was, became FROM watch.falls ORDER BY at")
        fell = [f"{what} from v{was} to {'nothing' if now is None else f'v{now}'}" for what, was, now in falls]
        findings += named(f"{listener}: a copy fell back", fell)
    return findings
