"""`python -m gamedesk_gateway session-key add | switch | retire FILE`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from gamedesk_gateway.session import keys

cli = typer.Typer(name="gateway", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
keys_cli = typer.Typer(help="The key of the session cookie, changed while all runs.", no_args_is_help=True)
cli.add_typer(keys_cli, name="session-key")
KeyFile = Annotated[Path, typer.Argument(help="session.key", exists=True, dir_okay=False)]


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except keys.KeysNotReady as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@keys_cli.command("add")
def add(file: KeyFile) -> None:
    """Add a key that reads; nothing is encrypted with it yet."""
    keys.add(file)
    typer.echo("Added; when every gateway has read the file, switch.")


@keys_cli.command("switch")
def switch(file: KeyFile) -> None:
    """Encrypt with the newest key from now on."""
    with _told():
        keys.switch(file)
    typer.echo("Switched; retire the others in two weeks.")


@keys_cli.command("retire")
def retire(
    file: KeyFile,
    at_once: Annotated[bool, typer.Option("--at-once", help="for a key in wrong hands: its cookies end now")] = False,
) -> None:
    """Keep only the key that encrypts."""
    with _told():
        typer.echo(f"Retired: {keys.retire(file, at_once=at_once)}.")


if __name__ == "__main__":
    cli()
