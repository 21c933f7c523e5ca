"""`python -m gamedesk_players migrate | worker | republish | dead-letters | make-keys | create-admin | …`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from gamedesk_chassis.cli import opened_database, service_cli
from gamedesk_chassis.database import Database
from gamedesk_chassis.digests import Owned
from gamedesk_chassis.jobs import PeriodicJob
from gamedesk_chassis.remotes import load_remotes
from gamedesk_chassis.service import Service
from gamedesk_chassis.settings import load
from sqlalchemy import Connection

from gamedesk_players import events, signing_keys, tables
from gamedesk_players.commands import sign_ins as sign_in_limits
from gamedesk_players.commands.agents import create_agent
from gamedesk_players.commands.handoffs import move_players
from gamedesk_players.erasures import erasures_cli
from gamedesk_players.errors import AgentExists
from gamedesk_players.imports import PlayerImports
from gamedesk_players.model.agents import NewAgent
from gamedesk_players.repository import agents, players, profiles, sign_ins
from gamedesk_players.settings import Settings
from gamedesk_players.sync import ProfileSync

_PAGE = 500


def republish_agents(tx: Connection, after: str | None) -> str | None:
    page = agents.list_page(tx, after, _PAGE)
    for agent in page:
        events.agent_updated(tx, agent, None, republication=True)
    return page[-1].agent_id if page else None


def republish_players(tx: Connection, after: UUID | None) -> UUID | None:
    page = players.all_after(tx, after, _PAGE)
    for player in page:
        events.player_updated(tx, player, None, republication=True)
    return page[-1].player_id if page else None


def republish_profiles(tx: Connection, after: UUID | None) -> UUID | None:
    page = profiles.all_after(tx, after, _PAGE)
    for profile in page:
        events.profile_synced(tx, profile, republication=True)
    return page[-1].profile_id if page else None


def jobs(settings: Settings, database: Database) -> list[PeriodicJob]:
    refresh_after = timedelta(hours=settings.sync_stale_hours)
    imports = PlayerImports(database, list(load_remotes(settings.games_file, "games")))
    sync = ProfileSync(database, load_remotes(settings.games_file, "games"), refresh_after)

    def purge_refresh_tokens() -> None:
        database.transact(agents.purge_refresh_tokens)
        database.transact(sign_ins.purge)

    return [
        PeriodicJob("profile_sync", 0.25, sync.run, close=sync.close),
        PeriodicJob("plan_missing_syncs", 2, sync.plan_missing, leader_only=True),
        PeriodicJob("resyncs", 2, sync.run_resyncs, leader_only=True),
        PeriodicJob("handoffs", 1, lambda: move_players(database)),
        PeriodicJob("purge_refresh_tokens", 3600, purge_refresh_tokens),
        PeriodicJob("player_imports", 1, imports.run),
        PeriodicJob("purge_player_imports", 600, imports.purge, leader_only=True),
    ]


SERVICE = Service(
    name="players",
    package="gamedesk_players",
    settings=Settings,
    owns=[
        Owned("agent", republish_agents, tables.agents),
        Owned("player", republish_players, tables.players),
        Owned("profile", republish_profiles, tables.profiles),
    ],
    jobs=jobs,
)
cli = service_cli(SERVICE)
cli.add_typer(erasures_cli(SERVICE), name="erasures")
keys_cli = typer.Typer(help="The key that access tokens are signed with, changed while all runs.", no_args_is_help=True)
cli.add_typer(keys_cli, name="signing-key")
KeyFolder = Annotated[Path, typer.Argument(help="where signing.jwk.json and jwks.json are", exists=True)]


@cli.command("make-keys")
def make_keys(folder: Annotated[Path, typer.Argument(help="where signing.jwk.json and jwks.json go")]) -> None:
    """Make the key pair that access tokens are signed and verified with; an existing pair stays."""
    signing_keys.make_key_files(folder)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except signing_keys.KeysNotReady as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@keys_cli.command("add")
def add_key(folder: KeyFolder) -> None:
    """Make the next key and publish it; nothing is signed with it yet."""
    with _told():
        typer.echo(f"Published {signing_keys.add(folder)}; when every service has read {folder}/jwks.json, switch.")


@keys_cli.command("switch")
def switch_key(folder: KeyFolder) -> None:
    """Sign with the next key from now on."""
    with _told():
        typer.echo(f"Signing with {signing_keys.switch(folder)}; retire the one before in half an hour.")


@keys_cli.command("retire")
def retire_keys(
    folder: KeyFolder,
    at_once: Annotated[bool, typer.Option("--at-once", help="for a key in wrong hands: its tokens end now")] = False,
) -> None:
    """Take keys that are signed with no more out of jwks.json."""
    with _told():
        typer.echo(f"Retired: {', '.join(signing_keys.retire(folder, at_once=at_once)) or 'none'}.")


@cli.command("create-admin")
def create_admin(
    agent_id: Annotated[str, typer.Argument(help="for instance KF001")],
    name: Annotated[str, typer.Option(help="shown to colleagues")] = "管理员",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="read it from standard input")] = False,
) -> None:
    """Create the first agent who may sign in and configure the rest (R20)."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else typer.prompt("Password", hide_input=True)
    if len(password) < 10:
        typer.echo("A password has at least 10 characters.", err=True)
        raise typer.Exit(2)
    new = NewAgent(agent_id, name, password, wechat_id=None, wechat_name=None, role="admin")
    with opened_database(SERVICE) as database:
        try:
            database.transact(create_agent, None, new)
        except AgentExists:
            typer.echo(f"There is an agent {agent_id} already.", err=True)
            raise typer.Exit(3) from None
    typer.echo(f"{agent_id} may sign in now.")


@cli.command("unlock")
def unlock(agent_id: Annotated[str, typer.Argument(help="for instance KF003")]) -> None:
    """Let an agent sign in at once after failed sign-ins in his name."""
    key = load(Settings).gateway_key.get_secret_value()
    with opened_database(SERVICE) as database:
        database.transact(sign_in_limits.clear, key, agent_id)
    typer.echo(f"Sign-ins as {agent_id} count from nothing again.")


if __name__ == "__main__":
    cli()
