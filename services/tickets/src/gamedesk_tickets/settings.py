"""Configuration of the tickets service."""

from __future__ import annotations

from gamedesk_chassis.secret_settings import StrongSecret
from gamedesk_chassis.settings import ServiceSettings
from pydantic import Field, SecretStr


class Settings(ServiceSettings):
    attachments_url: str = Field(
        pattern=r"^(file:///|s3://[^/]|memory:///)",
        description="where pictures are kept: file:///folder, s3://bucket/prefix, or memory:/// (for tests)",
    )
    attachments_endpoint: str | None = Field(
        default=None, description="address of an S3-compatible server, http(s)://…"
    )
    attachments_region: str = Field(default="us-east-1", description="region of the S3 bucket")
    attachments_access_key: SecretStr | None = Field(default=None, description="S3 access key id")
    attachments_secret_key: StrongSecret | None = Field(default=None, description="S3 secret access key")
