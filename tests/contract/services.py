"""The four services as ASGI apps on fresh databases, for tests that ask the same of each."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gamedesk_chassis.contract import Contract, load
from gamedesk_chassis.migrate import migrate

NAMES = ("players", "tickets", "sales", "catalog")


def contract(name: str) -> Contract:
    package = importlib.import_module(f"gamedesk_{name}")
    return load(Path(str(package.__file__)).with_name("openapi.yaml"))


def make_app(name: str, fresh_database: Callable[..., str], keys: Any, games_file: Path) -> Any:
    """The service's web app on an empty, migrated database, checking its own answers against its contract."""
    return app_on(name, new_database(name, fresh_database), keys, games_file)


def new_database(name: str, fresh_database: Callable[..., str]) -> str:
    """The address of a migrated database of the service."""
    return fresh_database(name, _migrations[name])


def app_on(name: str, database_url: str, keys: Any, games_file: Path) -> Any:
    """The service's web app on that database, checking its own answers against its contract."""
    app = importlib.import_module(f"gamedesk_{name}.app")
    return app.create_app(settings_on(name, database_url, keys, games_file))


def settings_on(name: str, database_url: str, keys: Any, games_file: Path) -> Any:
    """The settings of that app."""
    kind = importlib.import_module(f"gamedesk_{name}.__main__").SERVICE.settings
    values: dict[str, Any] = {
        "database_url": database_url,
        "jwks_file": keys.jwks_file,
        "signing_key_file": keys.signing_key_file,
        "gateway_key": keys.gateway_key,
        "games_file": games_file,
        "attachments_url": "memory:///",
        "web_threads": 4,
        "validate_responses": True,
        "log_level": "ERROR",
    }
    return kind(**{k: v for k, v in values.items() if k in kind.model_fields})


def _migration(name: str) -> Callable[[str], None]:
    def run(url: str) -> None:
        migrate(url, importlib.import_module(f"gamedesk_{name}.__main__").SERVICE.migrations)

    return run


_migrations = {name: _migration(name) for name in NAMES}
