"""Configuration of a service: environment variables with the prefix GAMEDESK_, typed and checked at start.

GAMEDESK_SECRETS_DIR names a folder (or several, joined by `:`) with one file per value that should not stand in the
environment, called like the variable: `gamedesk_database_url`. A variable that is set wins over its file. Secrets that
are placeholders or easy to guess are refused, and so are files of secrets that others may read.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from gamedesk_chassis.secret_settings import PrivateFile, SecretAddresses, may_be_read_by_others


class ServiceSettings(BaseSettings):
    """What every service needs. A service with more of its own extends this class."""

    model_config = SettingsConfigDict(env_prefix="GAMEDESK_", extra="ignore", frozen=True)

    database_url: SecretAddresses = Field(description="SQLAlchemy URL, postgresql+psycopg://…")
    nats_url: SecretAddresses = Field(default="nats://127.0.0.1:4222", description="NATS server(s), comma separated")
    nats_replicas: int = Field(default=1, ge=1, le=5, description="copies NATS keeps of each stream (3 in production)")
    jwks_file: Path = Field(description="public keys that access tokens are verified with; re-read on change")
    http_host: str = Field(default="127.0.0.1", description="address to listen on")
    http_port: int = Field(default=8000, ge=1, le=65535, description="port of web, or of the worker's health")
    web_threads: int = Field(default=12, ge=1, le=64, description="requests handled at once by one web process")
    validate_responses: bool = Field(default=False, description="check answers against the contract (tests)")
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")
    event_retention_days: int = Field(default=14, ge=1, description="how long published outbox rows are kept")
    digest_minutes: int = Field(default=60, ge=1, le=1440, description="minutes between two comparisons of copies")
    idempotency_retention_days: int = Field(default=7, ge=1, description="how long Idempotency-Keys are kept")


S = TypeVar("S", bound=BaseSettings)


def load(kind: type[S]) -> S:
    """Read settings of `kind`; a missing or wrong value ends the process with a sentence."""
    folders = [folder for folder in os.environ.get("GAMEDESK_SECRETS_DIR", "").split(os.pathsep) if folder]
    try:
        settings = kind(_secrets_dir=folders)
    except ValidationError as error:
        faults = [(str(e["loc"][0]), e["msg"].removeprefix("Value error, ")) for e in error.errors()]
        _end("The configuration is not complete; set these environment variables:", faults)
    open_files = _open_files(settings, folders)
    if open_files:
        _end("Secrets lie open; make these files yours alone, with chmod 600:", open_files)
    return settings


def _end(sentence: str, faults: list[tuple[str, str]]) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.writelines(f"  GAMEDESK_{name.upper()}: {fault}\n" for name, fault in faults)
    raise SystemExit(2) from None


def _open_files(settings: BaseSettings, folders: list[str]) -> list[tuple[str, str]]:
    """Files of secrets that others may read, by the names of their settings; missing ones are others' business."""
    names = type(settings).model_fields
    named = [
        (name, getattr(settings, name))
        for name, field in names.items()
        if any(isinstance(mark, PrivateFile) for mark in field.metadata)
    ]
    kept = [(name, Path(folder, f"gamedesk_{name}")) for folder in folders for name in names]
    return [
        (name, f"{file} may be read by others")
        for name, file in named + kept
        if file and file.is_file() and may_be_read_by_others(file)
    ]
