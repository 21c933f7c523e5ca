"""A copy of everything that cannot be made again: the four databases, the pictures of tickets, the keys, the games'
configuration.

NATS is left out on purpose: its streams carry what the databases' outboxes and owners can publish again.
Players who were erased after a backup was made are erased again when it is put back.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

from psycopg import sql

from gamedesk_local.errors import LocalError
from gamedesk_local.layout import SERVICES
from gamedesk_local.postgres import BINARIES, SUPERUSER, PostgresServer
from gamedesk_local.processes import Say
from gamedesk_local.product import Product
from gamedesk_local.state import State, read_json
from gamedesk_local.system import write_private

MANIFEST = "manifest.json"


def backup(state: State, folder: Path, say: Say) -> None:
    """Write a backup into a new folder, readable by its owner only; the product may go on running.

    Each database is dumped as of one moment; a fact that another service learned in between is repeated to it
    by events after a restore. Pictures are copied after their database: one that was added in between is swept up
    after a restore, one that was removed in between is missing.

    Raises:
        LocalError: the folder exists and is not empty, or a dump failed.
    """
    if folder.exists() and any(folder.iterdir()):
        raise LocalError(f"{folder} is not empty.", "Name a new folder.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)  # it may have been there already, open to others
    with ExitStack() as stack:
        postgres = _infrastructure(state, stack, say).layout.postgres
        for service in SERVICES:
            say(f"dumping the database {service.name}")
            file = folder / f"{service.name}.dump"
            _client(postgres, "pg_dump", "--format=custom", f"--file={file}", service.name)
            file.chmod(0o600)
    say("copying the pictures of tickets")
    shutil.copytree(state.attachments, folder / state.attachments.name, copy_function=_copy_if_there)
    say("copying the keys and the games' configuration")
    shutil.copytree(state.keys, folder / "keys")
    if state.games.exists():
        shutil.copy2(state.games, folder / state.games.name)
    made = datetime.now(UTC).isoformat(timespec="seconds")
    write_private(folder / MANIFEST, json.dumps({"made": made, "files": _digests(folder)}, indent=1))
    say(f"the backup is complete: {folder}")


def restore(state: State, folder: Path, say: Say) -> None:
    """Replace databases, pictures, keys and games' configuration by those of a backup. GameDesk must be stopped.

    NATS begins empty, and every service is told at the next start that its database was put back: it publishes its
    current state again, above all versions that copies have seen, so that they agree with their owners. (The four
    databases are of four moments: a copy may be newer than its owner.) Those whom the present database knows as
    erased are erased in the restored one too; until that is done the list is kept in a file, so that a restore that
    is interrupted and repeated loses nobody.

    Raises:
        LocalError: GameDesk runs, or the backup is damaged (then nothing has been changed), or a step failed.
    """
    check_stopped(state)
    known = read_json(folder / MANIFEST).get("files")
    if not known or known != _digests(folder):
        raise LocalError(f"{folder} is not a complete backup: its files do not match {MANIFEST}.")
    with ExitStack() as stack:
        product = _infrastructure(state, stack, say)
        postgres = product.layout.postgres
        _keep_erasures(product)
        write_private(state.restored, "")  # before the first database: this may be broken off behind any of them
        for service in SERVICES:
            say(f"restoring the database {service.name}")
            name = sql.Identifier(service.name)
            with postgres.connect() as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
            postgres.ensure_database(service.name, state.secret(f"db-{service.name}"))
            options = ["--no-owner", f"--role={service.name}", "--exit-on-error", f"--dbname={service.name}"]
            _client(postgres, "pg_restore", *options, str(folder / f"{service.name}.dump"))
        _replay_erasures(product, say)
    say("restoring the pictures, the keys and the games' configuration")
    shutil.rmtree(state.data / "nats", ignore_errors=True)
    shutil.rmtree(state.attachments)
    if (folder / state.attachments.name).exists():  # backups of old have no pictures
        shutil.copytree(folder / state.attachments.name, state.attachments)
    shutil.rmtree(state.keys)
    shutil.copytree(folder / "keys", state.keys)
    state.make()
    if (folder / state.games.name).exists():
        shutil.copy2(folder / state.games.name, state.games)
    say("the backup is restored; start GameDesk with: ./gamedesk up")


def check_stopped(state: State) -> None:
    """Raise LocalError while GameDesk runs: nothing can be restored then."""
    if state.instance() is not None:
        raise LocalError("GameDesk is running; a restore replaces its data.", "End it first: ./gamedesk down")


def _infrastructure(state: State, stack: ExitStack, say: Say) -> Product:
    """The product with its servers running, if need be started for as long as this takes."""
    product = Product(state.folder, say=say)
    if state.instance() is None:
        product.start_infrastructure()
        stack.callback(product.stop)
    return product


def _keep_erasures(product: Product) -> None:
    """Add those whom the database about to be replaced knows as erased to the list in the state folder."""
    with product.layout.postgres.connect("players") as connection:
        known = connection.execute("SELECT to_regclass('erasures')").fetchone()
    if known is None or known[0] is None:  # a database that is empty, or older than erasing
        return
    kept = product.state.erasures.read_text(encoding="utf-8") if product.state.erasures.exists() else ""
    write_private(product.state.erasures, kept + product.run("players", "erasures", "export"))


def _replay_erasures(product: Product, say: Say) -> None:
    """Erase those on the list in the restored database, which may be of an older version."""
    file = product.state.erasures
    if file.exists() and file.stat().st_size:
        say("erasing again who was erased since the backup")
        product.run("players", "migrate")
        product.run("players", "erasures", "replay", stdin=file.read_text(encoding="utf-8"))
    file.unlink(missing_ok=True)


def _copy_if_there(source: str, target: str) -> None:
    with suppress(FileNotFoundError):  # removed meanwhile
        shutil.copy2(source, target)


def _client(postgres: PostgresServer, program: str, *arguments: str) -> None:
    result = subprocess.run(
        [str(BINARIES / program), f"--host={postgres.socket_dir}", f"--username={SUPERUSER}", *arguments],
        env={**os.environ, "PGPASSWORD": postgres.password},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise LocalError(f"{program} failed:\n{result.stderr.strip()}")


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
