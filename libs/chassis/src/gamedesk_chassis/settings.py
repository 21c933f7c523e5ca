"""Configuration of a service: environment variables with the prefix GAMEDESK_, typed and checked at start.

GAMEDESK_SECRETS_DIR names a folder (or several, joined by `:`) with one file per value that should not stand in the
environment, called like the variable: `gamedesk_database_url`. A variable that is set wins over its file.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """What every service needs. A service with more of its own extends this class."""

    model_config = SettingsConfigDict(env_prefix="GAMEDESK_", extra="ignore", frozen=True)

    database_url: str = Field(description="SQLAlchemy URL, postgresql+psycopg://…")
    nats_url: str = Field(default="nats://127.0.0.1:4222", description="NATS server(s), comma separated")
    nats_replicas: int = Field(default=1, ge=1, le=5, description="copies NATS keeps of each stream (3 in production)")
    jwks_file: Path = Field(description="public keys that access tokens are verified with; re-read on change")
    http_host: str = Field(default="127.0.0.1", description="address to listen on")
    http_port: int = Field(default=8000, ge=1, le=65535, description="port of web, or of the worker's health")
    web_threads: int = Field(default=12, ge=1, le=64, description="requests handled at once by one web process")
    validate_responses: bool = Field(default=False, description="check answers against the contract (tests)")
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")
    event_retention_days: int = Field(default=14, ge=1, description="how long published outbox rows are kept")
    idempotency_retention_days: int = Field(default=7, ge=1, description="how long Idempotency-Keys are kept")


S = TypeVar("S", bound=BaseSettings)


def load(kind: type[S]) -> S:
    """Read settings of `kind`; a missing or wrong value ends the process with a sentence."""
    folders = [folder for folder in os.environ.get("GAMEDESK_SECRETS_DIR", "").split(os.pathsep) if folder]
    try:
        return kind(_secrets_dir=folders)
    except ValidationError as error:
        lines = [f"  GAMEDESK_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        sys.stderr.write("The configuration is not complete; set these environment variables:\n")
        sys.stderr.write("\n".join(lines) + "\n")
        raise SystemExit(2) from None
