"""Remote systems that a service talks to, from one YAML file that operators mount: ids, names, addresses, keys.

<section>:
  - id: alpha
    name: Alpha
    api_url: http://127.0.0.1:9000/alpha
    api_key_file: keys/alpha.api_key              # paths are relative to the file; nobody else may read it
    push_secret_files: [keys/alpha.push_secret]   # up to two live secrets
    sync: {concurrency: 4, per_second: 10}        # optional: how hard we may press it, all our processes together
    hold_factor: 5                                # optional: a value that jumps by more waits for a person
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gamedesk_chassis.secret_settings import HOW_TO_MEND, may_be_read_by_others, weakness


class SyncLimits(BaseModel):
    """How many questions may be under way at once, and how many may begin in a second."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    concurrency: int = Field(default=4, ge=1, le=64)
    per_second: float = Field(default=10, ge=0.1, le=1000)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")
    name: str = Field(min_length=1, max_length=60)
    api_url: str = Field(pattern=r"^https?://")
    api_key_file: str
    push_secret_files: list[str] = Field(min_length=1, max_length=2)
    sync: SyncLimits = SyncLimits()
    hold_factor: int | None = Field(default=None, ge=2, le=1000)


@dataclass(frozen=True)
class Remote:
    """One remote system; `api_key` authenticates our calls, `push_secrets` theirs."""

    id: str
    name: str
    api_url: str
    api_key: str
    push_secrets: tuple[str, ...]
    sync: SyncLimits = field(default_factory=SyncLimits)
    hold_factor: int | None = None


def load_remotes(path: Path, section: str) -> dict[str, Remote]:
    """Remotes by id, in the file's order; a fault ends the process with a sentence that names it."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        entries = [_Entry.model_validate(entry) for entry in document[section]]
        remotes = {entry.id: _remote(entry, path.parent) for entry in entries}
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise SystemExit(f"{path} cannot be used: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise SystemExit(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    if len(remotes) != len(entries):
        raise SystemExit(f"{path}: an id occurs twice in {section}")
    return remotes


def _remote(entry: _Entry, folder: Path) -> Remote:
    def secret(name: str) -> str:
        if may_be_read_by_others(folder / name):
            raise SystemExit(f"{folder / name} may be read by others; chmod 600 it")
        text = (folder / name).read_text(encoding="utf-8").strip()
        reason = weakness(text)
        if reason:
            raise SystemExit(f"The secret in {folder / name} {reason}; {HOW_TO_MEND}")
        return text

    return Remote(
        id=entry.id,
        name=entry.name,
        api_url=entry.api_url.rstrip("/"),
        api_key=secret(entry.api_key_file),
        push_secrets=tuple(secret(name) for name in entry.push_secret_files),
        sync=entry.sync,
        hold_factor=entry.hold_factor,
    )
