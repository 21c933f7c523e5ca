"""`python -m gamedesk_players erasures export | replay`: who was erased stays erased when a backup is put back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

import typer
from gamedesk_chassis.cli import opened_database
from gamedesk_chassis.database import Database
from gamedesk_chassis.service import Service

from gamedesk_players.commands import erasures as commands
from gamedesk_players.repository import erasures
from gamedesk_players.repository.erasures import Erasure

_PAGE = 500


def erasures_cli(service: Service) -> typer.Typer:
    cli = typer.Typer(help="The list of those who were erased on request.", no_args_is_help=True)

    @cli.command("export")
    def _export() -> None:
        """Print the list: a JSON object a line, with ids and times. Reasons, which people type, stay here."""
        with opened_database(service) as database:
            for line in export_lines(database):
                typer.echo(line)

    @cli.command("replay")
    def _replay() -> None:
        """Erase again whom standard input lists and a restored backup brought back; unknown ids are no error."""
        with opened_database(service) as database:
            erased = replay_lines(database, sys.stdin)
        typer.echo(f"{erased} erased again")

    return cli


def export_lines(database: Database) -> Iterator[str]:
    after: UUID | None = None
    while page := database.transact(erasures.all_after, after, _PAGE):
        for erasure in page:
            said = {"player_id": erasure.player_id, "erased_by": erasure.erased_by, "erased_at": erasure.erased_at}
            yield json.dumps({name: str(value) for name, value in said.items()})
        after = page[-1].player_id


def replay_lines(database: Database, lines: Iterable[str]) -> int:
    """How many were erased again. A line that is not of `export` raises ValueError, KeyError or TypeError."""
    listed = [_erasure(line) for line in lines if line.strip()]
    for erasure in listed:
        database.transact(commands.remember, erasure)
    return sum(database.transact(commands.replay, erasure) for erasure in listed)


def _erasure(line: str) -> Erasure:
    said = json.loads(line)
    moment = datetime.fromisoformat(said["erased_at"])
    return Erasure(UUID(said["player_id"]), said["erased_by"], "", moment)
