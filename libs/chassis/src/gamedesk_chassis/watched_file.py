"""Files that are changed while everything runs, such as keys."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)

_CHECK_SECONDS = 1.0
Content = TypeVar("Content")


class WatchedFile(Generic[Content]):
    """What `read` makes of the text of `file`, made again within a second of its change.

    A file that is broken then, in whatever way, keeps what is known so far. One that is broken at the start ends the
    process with a sentence that calls it `what`.
    """

    def __init__(self, file: Path, what: str, read: Callable[[str], Content]) -> None:
        self._file, self._read = file, read
        self._stamp: tuple[int, int] | None = None
        self._content: Content
        try:
            self._look()
        except Exception as error:
            # The sentences of others may repeat a key.
            reason = error if isinstance(error, OSError | ValueError) else type(error).__name__
            raise SystemExit(f"The {what} {file} cannot be read: {reason}") from None

    def current(self) -> Content:
        """The same object until the file changes."""
        if time.monotonic() - self._checked > _CHECK_SECONDS:
            try:
                self._look()
            except Exception as error:
                log.error("file_not_read", file=str(self._file), error=type(error).__name__)
        return self._content

    def _look(self) -> None:
        self._checked = time.monotonic()
        found = self._file.stat()
        stamp = (found.st_ino, found.st_mtime_ns)
        if stamp != self._stamp:
            self._content = self._read(self._file.read_text("utf-8"))
            self._stamp = stamp
