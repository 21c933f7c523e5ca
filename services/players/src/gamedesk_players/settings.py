"""Configuration of the players service."""

from __future__ import annotations

from pathlib import Path

from gamedesk_chassis.secret_settings import SecretFile, StrongSecret
from gamedesk_chassis.settings import ServiceSettings
from pydantic import Field


class Settings(ServiceSettings):
    signing_key_file: SecretFile = Field(description="private Ed25519 key (JWK) that access tokens are signed with")
    gateway_key: StrongSecret = Field(
        min_length=32,
        description="shared with the gateway, which seals clients' addresses with it; random, kept secret",
    )
    games_file: Path = Field(description="games.yaml: the games, their API addresses and keys")
    sync_stale_hours: int = Field(default=24, ge=1, description="after this long a profile counts as stale")
