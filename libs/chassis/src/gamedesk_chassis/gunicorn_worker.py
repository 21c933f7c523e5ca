"""gunicorn's worker: uvicorn behind our own front."""

from __future__ import annotations

from typing import Any

from gunicorn.errors import AppImportError
from uvicorn_worker import UvicornWorker

from gamedesk_chassis.front import Front


class Worker(UvicornWorker):
    CONFIG_KWARGS: dict[str, Any] = {"loop": "auto", "http": Front, "ws": "none", "server_header": False}  # noqa: RUF012

    def load_wsgi(self) -> None:
        """Make the application; one that refuses its settings ends gunicorn too, which would try again for ever.

        Also while other workers serve, when one that died is started anew: what they hold is refused from now on.
        """
        try:
            super().load_wsgi()
        except SystemExit as end:
            said = end.code if isinstance(end.code, str) else "Its settings are refused."
            raise AppImportError(said) from None  # printed; gunicorn's exit code is 4 then
