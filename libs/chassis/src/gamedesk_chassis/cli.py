"""The commands that every service has: `python -m gamedesk_x migrate | worker | republish | restored | …`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from sqlalchemy.exc import OperationalError

from gamedesk_chassis import dead_letters, logs
from gamedesk_chassis.database import Database
from gamedesk_chassis.digests import differences, say_all
from gamedesk_chassis.guard import jump_ahead, republish, say_again
from gamedesk_chassis.migrate import migrate
from gamedesk_chassis.service import Service
from gamedesk_chassis.settings import ServiceSettings, load
from gamedesk_chassis.streams import JetStreamNotReady, ensure_streams_and_consumers, load_declaration
from gamedesk_chassis.wishes import ask_for_everything
from gamedesk_chassis.worker import run_worker


def service_cli(service: Service) -> typer.Typer:
    """The service's command line; add more with `@cli.command()`."""
    cli = typer.Typer(name=service.name, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

    @cli.command("migrate")
    def _migrate() -> None:
        """Bring the database to the newest revision; create this service's stream and consumers."""
        settings = _settings(service)
        with _database_that_answers():
            migrate(settings.database_url, service.migrations)
        declaration = load_declaration(service.jetstream_file)
        try:
            ensure_streams_and_consumers(settings.nats_url, declaration, replicas=settings.nats_replicas)
        except JetStreamNotReady as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None

    @cli.command("restored")
    def _restored() -> None:
        """Say that this service's database was put back from a backup, so that copies follow it, and it its owners."""
        settings = _settings(service)
        declaration = load_declaration(service.jetstream_file)
        with opened_database(service) as database:
            base = database.transact(jump_ahead, declaration.stream.name)
            say_again(database, service.never_again)  # before there is anything newer: the guard counts from that
        try:
            ensure_streams_and_consumers(
                settings.nats_url, declaration, replicas=settings.nats_replicas, from_the_beginning=True
            )
            owners = sorted({listen.stream for listen in declaration.listens})
            unheard = ask_for_everything(settings.nats_url, service.name, owners)  # what is older than the streams
        except JetStreamNotReady as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None
        typer.echo(f"versions count from {base}; the worker publishes everything again, and hears everything again")
        if unheard:  # which is so when everything starts anew
            typer.echo(f"{_nobody_hears(unheard)}; if it was not put back too, run `rebuild` once it runs")

    @cli.command("worker")
    def _worker() -> None:
        """Publish events, listen to events, run the scheduled jobs, until told to stop."""
        run_worker(service, _settings(service))

    @cli.command("republish")
    def _republish(
        kind: Annotated[list[str] | None, typer.Option(help="only this kind of thing; may be repeated")] = None,
    ) -> None:
        """Publish the current state of everything this service owns, for listeners to mend their copies."""
        names = [owned.name for owned in service.owns]
        if unknown := set(kind or []) - set(names):
            raise typer.BadParameter(f"{service.name} owns no {', '.join(sorted(unknown))}, but {', '.join(names)}")
        kinds = [owned.page for owned in service.owns if not kind or owned.name in kind]
        with opened_database(service) as database:
            pages, rows = republish(database, kinds, _shown())
        typer.echo(f"{pages} pages, {rows} rows are in the outbox; the worker publishes them, and listeners follow")

    @cli.command("digest")
    def _digest() -> None:
        """Publish digests of everything that others copy, as the worker does every hour; they compare."""
        with opened_database(service) as database:
            count = say_all(database, service.name, service.owns)
        typer.echo(f"{count} digests are in the outbox; what differs is in the listeners' `copies`")

    @cli.command("copies")
    def _copies() -> None:
        """Show the ranges of this service's copies that differ from their owner. Exit code 1 when there are any."""
        with opened_database(service) as database:
            found = database.transact(differences)
        for row in found:
            keys = f"{row.after_key or '(first)'} < key <= {row.until_key or '(last)'}"
            counts = f"owner has {row.owner_count}, copy {row.copy_count}"
            typer.echo(f"{row.consumer}\t{row.kind}\t{keys}\t{counts}\tsince {row.first_seen_at.isoformat()}")
        typer.echo(f"{len(found)} differ", err=True)
        if found:
            raise typer.Exit(1)

    @cli.command("rebuild")
    def _rebuild(
        durable: Annotated[list[str] | None, typer.Argument(help="consumers of `jetstream.yaml`; all if none")] = None,
    ) -> None:
        """Ask the owners of what this service copies to say all of it again, without touching them."""
        declaration = load_declaration(service.jetstream_file)
        streams = {listen.durable: listen.stream for listen in declaration.listens}
        if unknown := set(durable or []) - set(streams):
            raise typer.BadParameter(f"{', '.join(sorted(unknown))} is none of: {', '.join(streams) or 'nothing'}")
        wanted = sorted({stream for name, stream in streams.items() if not durable or name in durable})
        try:
            unheard = ask_for_everything(_settings(service).nats_url, service.name, wanted)
        except JetStreamNotReady as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None
        heard = [stream for stream in wanted if stream not in unheard]
        typer.echo(f"asked for: {', '.join(heard) or ('nothing' if wanted else 'nothing, it has no copies')}")
        if unheard:
            typer.echo(f"{_nobody_hears(unheard)}: start it, and ask again", err=True)
            raise typer.Exit(1)

    cli.add_typer(_dead_letters(service), name="dead-letters")
    return cli


@contextmanager
def opened_database(service: Service) -> Iterator[Database]:
    """The service's database, configured from the environment, for the length of a command.

    A database that does not answer ends the command (typer.Exit) with a sentence.
    """
    database = Database(_settings(service).database_url, pool_size=2, application_name=f"{service.name}-command")
    try:
        with _database_that_answers():
            database.ping()
            yield database
    finally:
        database.dispose()


@contextmanager
def _database_that_answers() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        sqlstate = getattr(error.orig, "sqlstate", None) or "08"  # none: the server was never reached
        if not error.connection_invalidated and not sqlstate.startswith(("08", "57P")):
            raise
        reason = str(error.orig).splitlines()[0]
        typer.echo(f"The database does not answer ({reason}); is GameDesk running?", err=True)
        raise typer.Exit(1) from None


def _nobody_hears(streams: Sequence[str]) -> str:
    return f"not asked for: {', '.join(streams)}, whose owner's worker does not run"


def _shown() -> Callable[[int, int], None]:
    """Prints the progress of republishing, once a second at most."""
    last = time.monotonic()

    def show(pages: int, rows: int) -> None:
        nonlocal last
        if time.monotonic() - last >= 1:
            last = time.monotonic()
            typer.echo(f"{pages} pages, {rows} rows so far")

    return show


_NO_SUCH_LETTER = "there is no such dead letter"


def _dead_letters(service: Service) -> typer.Typer:
    cli = typer.Typer(help="Events that could not be handled.", no_args_is_help=True)

    @cli.command("list")
    def _list() -> None:
        """Show what waits for an operator, oldest first."""
        with opened_database(service) as database:
            letters = database.transact(dead_letters.waiting)
        for letter in letters:
            typer.echo(
                f"{letter.id}\t{letter.failed_at.isoformat()}\t{letter.consumer}\t{letter.subject}\t"
                f"{letter.event_id}\t{letter.error}"
            )
        typer.echo(f"{len(letters)} waiting", err=True)

    @cli.command("show")
    def _show(letter_id: Annotated[int, typer.Argument(help="number as shown by list")]) -> None:
        """Show the message as it came, and what went wrong."""
        with opened_database(service) as database:
            letter = database.transact(dead_letters.get, letter_id)
        if letter is None:
            typer.echo(_NO_SUCH_LETTER, err=True)
            raise typer.Exit(1)
        typer.echo(f"{letter.consumer}\t{letter.subject}\t{letter.event_id}\n{letter.error}")
        typer.echo(letter.payload.decode("utf-8", "replace"))

    @cli.command("discard")
    def _discard(ids: Annotated[list[int], typer.Argument(help="numbers as shown by list")]) -> None:
        """Give dead letters up: what they said never takes effect here."""
        failed = 0
        with opened_database(service) as database:
            for letter_id in ids:
                try:
                    database.transact(dead_letters.discard, letter_id)
                except (dead_letters.NoSuchLetter, dead_letters.NotWaiting) as error:
                    failed += 1
                    typer.echo(f"{letter_id}: {_why_not(error)}", err=True)
        typer.echo(f"{len(ids) - failed} discarded, {failed} failed")
        if failed:
            raise typer.Exit(1)

    @cli.command("replay")
    def _replay(
        ids: Annotated[list[int] | None, typer.Argument(help="numbers as shown by list; all if none is given")] = None,
    ) -> None:
        """Handle dead letters once more, after the cause was mended."""
        replayed = failed = 0
        with opened_database(service) as database:
            for letter_id in ids or [letter.id for letter in database.transact(dead_letters.waiting)]:
                try:
                    database.transact(dead_letters.replay, letter_id, service.listeners)
                    replayed += 1
                except Exception as error:
                    if not ids and isinstance(error, (dead_letters.NoSuchLetter, dead_letters.NotWaiting)):
                        continue  # an erasure among those before took it along
                    failed += 1
                    typer.echo(f"{letter_id}: {_why_not(error)}", err=True)
        typer.echo(f"{replayed} replayed, {failed} failed")
        if failed:
            raise typer.Exit(1)

    return cli


def _why_not(error: Exception) -> str:
    if isinstance(error, dead_letters.NoSuchLetter):
        return _NO_SUCH_LETTER
    if isinstance(error, dead_letters.NotWaiting):
        return error.title
    return f"{type(error).__name__}: {error}"


def _settings(service: Service) -> ServiceSettings:
    settings = load(service.settings)
    logs.configure(service.name, settings.log_level)
    return settings
