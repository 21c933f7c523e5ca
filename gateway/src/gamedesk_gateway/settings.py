"""Configuration of the gateway: environment variables with the prefix GAMEDESK_."""

from __future__ import annotations

from pathlib import Path

from gamedesk_chassis.secret_settings import SecretAddresses, SecretFile, StrongSecret
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from gamedesk_gateway.routes import SERVICES


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="GAMEDESK_", extra="ignore", frozen=True)

    players_url: str = Field(description="where the players service answers, http://host:port")
    tickets_url: str = Field(description="where the tickets service answers")
    sales_url: str = Field(description="where the sales service answers")
    catalog_url: str = Field(description="where the catalog service answers")
    nats_url: SecretAddresses = Field(default="nats://127.0.0.1:4222", description="NATS server(s), comma separated")
    jwks_file: Path = Field(description="public keys that access tokens are verified with; re-read on change")
    session_key_file: SecretFile = Field(
        description="cookie keys, one a line (32 random bytes, base64url): the first encrypts, all decrypt"
    )
    gateway_key: StrongSecret = Field(
        min_length=32, description="shared with players; seals the addresses of those who sign in; random, kept secret"
    )
    cookie_secure: bool = Field(
        default=True,
        description="people come by TLS alone: a __Host- cookie and Strict-Transport-Security; "
        "false only for plain http on this machine",
    )
    console_dir: Path | None = Field(default=None, description="the built console")
    call_deadline: float = Field(default=10.0, gt=0, description="seconds a service may take for one request")
    home_deadline: float = Field(
        default=0.7, gt=0, description="seconds the home view waits for its sections; what is late is shown as missing"
    )
    reference_patience: float = Field(default=2.0, ge=0, description="seconds a request waits for a fact on its way")
    export_dir: Path | None = Field(default=None, description="where exports are written; the system's own, if unset")
    connections: int = Field(
        default=100, ge=1, description="requests in flight to one service at most; as many again wait for their turn"
    )
    circuit_calls: int = Field(
        default=5, ge=1, description="calls in 5 s, half of them unanswered, after which a service is left alone"
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")
    validate_responses: bool = Field(default=False, description="check answers against the contract (tests)")

    def service_urls(self) -> dict[str, str]:
        """Service name → base URL."""
        return {service: getattr(self, f"{service}_url") for service in SERVICES}
