"""The background job that goes through imported spreadsheets: first checks their rows, then creates the players."""

from __future__ import annotations

import time
from collections.abc import Sequence

import structlog
from gamedesk_chassis.database import Database

from gamedesk_players.commands import imports as commands
from gamedesk_players.commands.imports import Work
from gamedesk_players.player_sheets import read_apart
from gamedesk_players.repository import imports
from gamedesk_players.spreadsheets import NotASpreadsheet

log = structlog.get_logger(__name__)

CHUNKS_A_TURN = 5
_RUN_SECONDS = 5.0
_PURGES_A_TURN = 20


class PlayerImports:
    """`run` is called by the worker every second. Imports take turns, and none begins once it ran for 5 seconds."""

    def __init__(self, database: Database, game_ids: Sequence[str]) -> None:
        self._database, self._game_ids = database, game_ids

    def run(self) -> None:
        until = time.monotonic() + _RUN_SECONDS
        while self.turn() and time.monotonic() < until:
            pass

    def turn(self) -> bool:
        """Go on with the import that has waited longest: check it whole (a sheet is bounded), or create the players
        of some chunks. False if none waits."""
        work = self._database.transact(commands.claim_import)
        if work is None:
            return False
        if work.state == "running":
            self._create(work)
        else:
            self._check(work)
        return True

    def purge(self) -> None:
        """Forget some more of what is too old."""
        for _ in range(_PURGES_A_TURN):
            if not self._database.transact(commands.purge_imports):
                return

    def _check(self, work: Work) -> None:
        try:
            if work.attempts > commands.MAX_ATTEMPTS:
                raise NotASpreadsheet("not-readable", "The file cannot be read; save it as csv and try again.")
            content = self._database.transact(imports.content_of, work.import_id)
            columns, rows = read_apart(content or b"")
        except NotASpreadsheet as fault:
            log.info("player_import_not_readable", import_id=str(work.import_id), rule=fault.rule)
            self._database.transact(commands.fail_import, work, fault.rule, fault.message)
            return
        at: Work | None = self._database.transact(commands.begin_check, work, len(rows), columns)
        for start in range(work.checked, len(rows), commands.ROWS_A_CHECK):
            if at is None:
                return
            at = self._database.transact(commands.check_rows, at, rows[start : start + commands.ROWS_A_CHECK])
        if at is not None:
            self._database.transact(commands.end_check, at)

    def _create(self, work: Work) -> None:
        if work.attempts > commands.MAX_ATTEMPTS:
            message = "It was interrupted again and again. Players created so far stay; import the other rows again."
            self._database.transact(commands.fail_import, work, "interrupted", message)
            return
        at: Work | None = work
        for _ in range(CHUNKS_A_TURN):
            at = self._database.transact(commands.create_rows, at, self._game_ids)
            if at is None:
                return
        self._database.transact(commands.release, at)
