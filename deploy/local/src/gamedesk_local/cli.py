"""`./gamedesk COMMAND`: what a person types, and what he is told."""

from __future__ import annotations

import os
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gamedesk_local import backup as backups
from gamedesk_local import doctor as examination
from gamedesk_local import heal as healing
from gamedesk_local import running, seed_data, testing
from gamedesk_local.demo import load_demo_data
from gamedesk_local.errors import LocalError
from gamedesk_local.first_start import create_admin
from gamedesk_local.layout import SERVICES, Layout, Service
from gamedesk_local.progress import Progress
from gamedesk_local.running import DEFAULT_PORT
from gamedesk_local.state import REPOSITORY, State, state_folder

app = typer.Typer(name="gamedesk", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console(highlight=False)


class Size(StrEnum):
    """How much demo data."""

    small = "small"
    large = "large"


class Faults(StrEnum):
    """How long the product is harmed."""

    long = "long"


def main() -> None:
    """Entry point: a LocalError becomes its sentence and exit code 1."""
    try:
        app(prog_name="./gamedesk")
    except LocalError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


@app.command()
def up(
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help=f"where the console and the API answer  [default: {DEFAULT_PORT}]"),
    ] = None,
    no_console_build: Annotated[bool, typer.Option("--no-console-build", help="take the page as it is")] = False,
    no_demo_data: Annotated[bool, typer.Option("--no-demo-data", help="only the first administrator")] = False,
    detach: Annotated[bool, typer.Option("--detach", help="return when it is ready, and leave it running")] = False,
) -> None:
    """Start everything; Ctrl-C stops it. The data stay."""
    options = running.Options(port, build_console=not no_console_build, demo_data=not no_demo_data)
    if detach:
        running.start_detached(_state(), options, sys.argv[1:])
    else:
        running.run(_state(), options, Progress().say)


@app.command()
def down() -> None:
    """Stop everything, also what an earlier start has left behind."""
    running.stop(_state(), Progress().say)


@app.command()
def status() -> None:
    """Show what runs, whether it is ready, and if not, why. Exit code 1 when something is not."""
    state = _state()
    rows = running.status(state)
    table = Table("process", "pid", "port", "ready", box=None, pad_edge=False)
    for row in rows:
        ready = "yes" if row.why is None else f"NO, {row.why}"
        table.add_row(row.name, str(row.pid or "-"), str(row.port or "-"), ready)
    console.print(table)
    unready = sum(not row.ready for row in rows)
    where = running.address(state)
    if where and unready:
        print(f"GameDesk runs at {where}, {unready} {'part' if unready == 1 else 'parts'} not ready")
    elif where:
        print(f"GameDesk runs at {where}")
    elif state.instance() is None:
        print("GameDesk does not run. Start it with: ./gamedesk up")
    if unready:
        raise typer.Exit(1)


@app.command()
def doctor(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="the port to look at; otherwise its own, or that of `up`")
    ] = None,
) -> None:
    """Examine this machine and the state folder. Exit code 1 when GameDesk cannot work like this."""
    state = _state()
    state.make()
    serious = False
    for finding in examination.examine(state, port):
        mark = "ok  " if finding.fine else "BAD " if finding.serious else "note"
        print(f"{mark} {finding.subject:<12} {finding.text}")
        if not finding.fine:
            print(f"     {'':<12} → {finding.way_out}")
            serious = serious or finding.serious
    if serious:
        raise typer.Exit(1)


@app.command()
def seed(
    size: Annotated[Size, typer.Option(help="small: 3 agents, 40 players; large: 10 agents, 30,000")] = Size.small,
) -> None:
    """Load demo data through the public API of the running product; a repetition changes nothing."""
    load_demo_data(_state(), seed_data.SIZES[size.value], console)


@app.command("test", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run_tests(
    context: typer.Context,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="leave out what needs Chromium")] = False,
    fast: Annotated[
        bool, typer.Option("--fast", help="leave out the whole product, what is large, and the page")
    ] = False,
    cases: Annotated[
        int | None, typer.Option(min=1, help="requests invented for each operation: 100 if unset; a long run: 1000")
    ] = None,
    faults: Annotated[
        Faults | None, typer.Option(help="long: only the run under faults, for half an hour; takes --minutes, --seed")
    ] = None,
) -> None:
    """Run every test; further arguments go to pytest."""
    if faults is not None:
        raise typer.Exit(testing.run_long(context.args))
    if cases is not None:
        os.environ["GAMEDESK_TEST_CASES"] = str(cases)
    raise typer.Exit(testing.run(_state(), context.args, browser_tests=not (no_browser or fast), fast=fast))


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}  # its own
)
def bench(context: typer.Context) -> None:
    """Measure; all arguments go to `python -m bench`."""
    if not (REPOSITORY / "bench" / "__main__.py").exists():
        raise LocalError("There is no bench/ in this copy of GameDesk.")
    command = [sys.executable, "-m", "bench", *context.args]
    raise typer.Exit(subprocess.run(command, cwd=REPOSITORY, check=False).returncode)


@app.command()
def backup(folder: Annotated[Path, typer.Argument(help="a new folder")]) -> None:
    """Copy the databases, the tickets' pictures, keys and games' configuration; GameDesk may go on running."""
    backups.backup(_state(), folder, Progress().say)


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="a folder that `backup` wrote", exists=True, file_okay=False)],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Replace all data by those of a backup. First ./gamedesk down, afterwards ./gamedesk up. Asks before it does."""
    backups.check_stopped(_state())
    if not yes:
        typer.confirm(f"Replace all data in {state_folder()} by those of {folder}?", abort=True)
    backups.restore(_state(), folder, Progress().say)


@app.command()
def heal(
    restored: Annotated[
        list[str] | None,
        typer.Option(help="a service whose database alone was put back from a backup; may be repeated"),
    ] = None,
) -> None:
    """Make again what NATS has lost; with --restored, let the others follow a database that was put back."""
    for name in restored or []:
        _service_named(name)
    healing.heal(_state(), restored or [], Progress().say)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def service(
    context: typer.Context, name: Annotated[str, typer.Argument(help="players, tickets, sales, catalog or gateway")]
) -> None:
    """Run a command of one service in its environment, for instance: service tickets dead-letters list."""
    if name == "gateway":
        own = Layout(_state()).gateway_environment()
    else:
        own = Layout(_state()).environment(_service_named(name, "gateway"), nats_user="admin")
    # Warnings of libraries are for developers; who sets PYTHONWARNINGS gets them.
    env = {"PYTHONWARNINGS": "ignore", **os.environ, **own}
    command = [sys.executable, "-P", "-m", f"gamedesk_{name}", *context.args]
    raise typer.Exit(subprocess.run(command, env=env, check=False).returncode)


@app.command()
def admin(
    agent_id: Annotated[str, typer.Argument(help="for instance KF001")],
    name: Annotated[str, typer.Option(help="shown to colleagues")] = "管理员",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="read it from standard input")] = False,
) -> None:
    """Create the first administrator."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    create_admin(_state(), agent_id, name, password, Progress().say)
    print(f"{agent_id} may sign in now.")


def _service_named(name: str, *besides: str) -> Service:
    row = next((row for row in SERVICES if row.name == name), None)
    if row is None:
        names = [*(row.name for row in SERVICES), *besides]
        raise LocalError(f"There is no service {name}.", f"Name one of: {', '.join(names)}")
    return row


def _state() -> State:
    return State(state_folder())
