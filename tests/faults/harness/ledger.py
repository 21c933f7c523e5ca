"""What clients asked for and what they were told, kept outside of the system: one JSON object a line, only appended.

Lines: `invoke` once for each write, before it is sent; then what its client knows of it, the last line counts:
`unknown` (no certain answer), `ok` (it was told that it happened), `fail` (it was told that it did not). After an `ok`
there may be `again`: what the client was told when it sent the same with the same key once more.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

Outcome = Literal["invoked", "ok", "fail", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Write:
    """One write.

    `key` is its Idempotency-Key (of a price push: its event id); `marker` the text or id by which its effect is found
    in the owner's tables, which no other write of its operation has. `was_unknown`: at some time its client did not
    know. `told`: the id that the client was told; `fen`: the amount of money in it. `again`: (status, id or name of the
    problem) of each answer to a repetition of what was acknowledged.
    """

    key: str
    operation: str
    caller: str
    method: str
    path: str
    body: Any
    marker: str
    version: int | None = None
    fen: int = 0
    outcome: Outcome = "invoked"
    was_unknown: bool = False
    told: str | None = None
    status: int | None = None
    slug: str = ""
    again: tuple[tuple[int, str | None], ...] = ()


@dataclass
class Ledger:
    """The file at `path`; safe to use from several threads."""

    path: Path
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        self._file = self.path.open("a", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def invoke(self, write: Write) -> None:
        """Say that this write is about to be sent."""
        fields = ("key", "operation", "caller", "method", "path", "body", "marker", "version", "fen")
        self._append("invoke", {name: getattr(write, name) for name in fields})

    def ok(self, key: str, status: int, told: str | None) -> None:
        self._append("ok", {"key": key, "status": status, "told": told})

    def fail(self, key: str, status: int, slug: str) -> None:
        self._append("fail", {"key": key, "status": status, "slug": slug})

    def unknown(self, key: str, why: str) -> None:
        self._append("unknown", {"key": key, "slug": why})

    def again(self, key: str, status: int, told: str | None) -> None:
        """What came of an acknowledged write's repetition: the id, or the name of the problem."""
        self._append("again", {"key": key, "status": status, "told": told})

    def writes(self) -> list[Write]:
        """Every write with what is known of it now, in the order of their first lines."""
        return writes_in(self.path.read_text(encoding="utf-8").splitlines())

    def _append(self, event: str, fields: dict[str, Any]) -> None:
        line = json.dumps({"event": event, "at": datetime.now(UTC).isoformat(), **fields}, ensure_ascii=False)
        with self._lock:
            self._file.write(line + "\n")
            self._file.flush()


def writes_in(lines: Iterable[str]) -> list[Write]:
    """The writes that lines of a ledger tell of.

    Raises:
        ValueError: a line tells the outcome of a write that was never invoked, or invokes one twice.
    """
    found: dict[str, Write] = {}
    for line in lines:
        said = json.loads(line)
        event, key = said.pop("event"), said["key"]
        said.pop("at")
        if event == "invoke":
            if key in found:
                raise ValueError(f"{key} is invoked twice")
            found[key] = Write(**said)
            continue
        if key not in found:
            raise ValueError(f"{key} was never invoked")
        if event == "again":
            found[key] = replace(found[key], again=(*found[key].again, (said["status"], said["told"])))
            continue
        write = replace(found[key], outcome=event, **said)
        found[key] = replace(write, was_unknown=write.was_unknown or event == "unknown")
    return list(found.values())
