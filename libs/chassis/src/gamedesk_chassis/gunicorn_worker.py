"""gunicorn's worker: uvicorn behind our own front."""

from __future__ import annotations

from typing import Any

from uvicorn_worker import UvicornWorker

from gamedesk_chassis.front import Front


class Worker(UvicornWorker):
    CONFIG_KWARGS: dict[str, Any] = {"loop": "auto", "http": Front, "ws": "none", "server_header": False}  # noqa: RUF012
