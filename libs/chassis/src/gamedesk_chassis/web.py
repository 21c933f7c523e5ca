"""The web process of a service: Flask through Connexion, with the settings that make it right and quick.

`build` is called by each service's composition root; `answer`, `create_once` and `expected_version` are what an
`api.py` is written with.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import flask
import orjson
from a2wsgi import WSGIMiddleware
from connexion import FlaskApp
from connexion.context import operation as current_operation
from connexion.jsonifier import Jsonifier
from connexion.options import SwaggerUIOptions
from connexion.resolver import Resolver
from sqlalchemy import Connection, Table
from starlette.types import ASGIApp

from gamedesk_chassis import idempotency, logs, problems
from gamedesk_chassis.auth import Principal, TokenVerifier, current_principal, narrow_current_principal
from gamedesk_chassis.clock import parse_rfc3339
from gamedesk_chassis.contract import Contract, load
from gamedesk_chassis.database import Database
from gamedesk_chassis.edge import BodyCheck, Edge
from gamedesk_chassis.errors import InvalidInput, NotAllowed
from gamedesk_chassis.health import HealthApp
from gamedesk_chassis.settings import ServiceSettings
from gamedesk_chassis.validation import VALIDATORS

Answer = tuple[Any, int, dict[str, str]]

_EXTENSION = "gamedesk"


class _Json(Jsonifier):
    """orjson: Chinese stays readable, times end in Z, UUIDs become strings.

    An answer is bytes from the beginning: as text, two bytes or more for each character once one of them is Chinese, it
    left holes in the memory of every thread, which grew by megabytes.
    """

    def dumps(self, data: Any, **_: Any) -> Any:
        return orjson.dumps(data, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)

    def loads(self, data: bytes | str) -> Any:
        return orjson.loads(data)


def build(
    *,
    service: str,
    api: ModuleType,
    contract_file: Path,
    settings: ServiceSettings,
    database: Database,
    resources: Any,
    narrow: Callable[[Principal], Principal],
    body_checks: Mapping[str, BodyCheck] | None = None,
) -> ASGIApp:
    """The service's ASGI app.

    `api` holds a function per operationId, itself or in its modules if it is a package; they reach `resources`
    through `resources_of_app()`.
    `narrow` (an ActiveCallers) takes from a token's caller what the service knows he has no more.
    `body_checks`: see Edge.
    """
    logs.configure(service, settings.log_level)
    contract, verifier = load(contract_file), TokenVerifier(settings.jwks_file)
    app = FlaskApp(
        api.__name__,
        strict_validation=True,
        validate_responses=settings.validate_responses,
        validator_map=VALIDATORS,
        security_map=verifier.security_map(),
        jsonifier=_Json(),
        swagger_ui_options=SwaggerUIOptions(swagger_ui=False),
    )
    app.add_api(contract.document, resolver=Resolver(handlers_of(api, contract).__getitem__))
    for kind in problems.HANDLED:
        app.add_error_handler(kind, problems.connexion_handler)
    app.app.extensions[_EXTENSION] = resources
    app.app.before_request(_gatekeeper(contract, narrow))
    _size_thread_pool(app, settings.web_threads)
    return Edge(app, HealthApp(ready={"database": database.ping}), contract, verifier.knows, body_checks)


def handlers_of(api: ModuleType, contract: Contract) -> dict[str, Callable[..., Any]]:
    """The function behind each operationId. Raises LookupError unless there is exactly one for each."""
    names = [f"{api.__name__}.{found.name}" for found in pkgutil.iter_modules(getattr(api, "__path__", ()))]
    modules = [api, *map(importlib.import_module, names)]
    found: dict[str, Callable[..., Any]] = {}
    for operation in contract.operations:
        name = operation.operation_id
        defined = [vars(m)[name] for m in modules if getattr(vars(m).get(name), "__module__", "") == m.__name__]
        if len(defined) != 1:
            raise LookupError(f"{len(defined)} functions in {api.__name__} are called {name}")
        found[name] = defined[0]
    return found


def _size_thread_pool(app: FlaskApp, threads: int) -> None:
    """Connexion runs Flask in a pool fixed at 10 threads; the database's pool and this one belong together."""
    app._middleware_app.asgi_app = WSGIMiddleware(cast(Any, app.app.wsgi_app), workers=threads)


def _gatekeeper(contract: Contract, narrow: Callable[[Principal], Principal]) -> Callable[[], None]:
    roles = {operation.operation_id: operation.roles for operation in contract.operations}

    def check_caller() -> None:
        if flask.request.url_rule is None:
            return
        allowed = roles.get(current_operation.operation_id)
        if allowed is None:
            return
        caller = narrow(current_principal())
        narrow_current_principal(caller)
        if caller.role not in allowed:
            raise NotAllowed(f"This needs the role {' or '.join(sorted(allowed))}.")

    return check_caller


def resources_of_app() -> Any:
    """What the composition root gave to `build`."""
    return flask.current_app.extensions[_EXTENSION]


def answer(data: Any, status: int = 200, *, version: int | None = None, location: str | None = None) -> Answer:
    """A JSON answer; `version` becomes the ETag that If-Match is compared with."""
    headers = {} if status == 204 else {"Content-Type": "application/json"}
    if version is not None:
        headers["ETag"] = f'"{version}"'
    if location is not None:
        headers["Location"] = location
    return data, status, headers


def raw_answer(data: bytes, media_type: str, headers: dict[str, str] | None = None) -> Answer:
    """An answer that is no JSON; the operation's contract names `media_type`."""
    return data, 200, {"Content-Type": media_type, **(headers or {})}


def time_of(text: str, pointer: str) -> datetime:
    """A time in UTC. The contract checks its form; what the calendar does not hold is refused here.

    Raises InvalidInput, for the field at `pointer`.
    """
    try:
        moment = parse_rfc3339(text)
    except ValueError:
        raise InvalidInput("This time cannot be represented.", pointer=pointer) from None
    assert moment
    return moment


def date_of(text: str, pointer: str) -> date:
    """A day; what the calendar does not hold is refused, for the field at `pointer` (InvalidInput)."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("This day cannot be represented.", pointer=pointer) from None


# Around these there is room to count days.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)


def bounded_day(text: str, pointer: str) -> date:
    """A day that is kept or counted with, from 2000-01-01 to 2999-12-31; any other is refused (InvalidInput)."""
    day = date_of(text, pointer)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InvalidInput(f"Give a day from {FIRST_DAY} to {LAST_DAY}.", pointer=pointer)
    return day


def expected_version() -> int:
    """The version that the caller edits, from If-Match (whose form the contract has checked)."""
    return int(flask.request.headers["If-Match"].strip('"'))


def create_once(
    database: Database,
    keys: Table,
    body: Any,
    use_case: Callable[[Connection, Principal], idempotency.Outcome],
) -> idempotency.Outcome:
    """Run a creating use case under the request's Idempotency-Key, in one transaction. `body`: JSON, or raw bytes."""
    caller = current_principal()
    return database.transact(
        idempotency.run_once, keys, **_keyed(caller, body), use_case=lambda tx: use_case(tx, caller)
    )


def first_outcome(database: Database, keys: Table, body: Any) -> idempotency.Outcome | None:
    """What `create_once` did for this request the first time, None if its Idempotency-Key is new.

    For work that is done before `create_once`, outside of its transaction. Raises KeyReused.
    """
    return database.read(idempotency.first_outcome, keys, **_keyed(current_principal(), body))


def _keyed(caller: Principal, body: Any) -> dict[str, Any]:
    query = flask.request.query_string.decode("latin-1")
    return {
        "caller": caller.id,
        "operation": current_operation.operation_id,
        "key": flask.request.headers["Idempotency-Key"],
        "body": {
            "body": hashlib.sha256(body).hexdigest() if isinstance(body, bytes) else body,
            "path": f"{flask.request.path}?{query}" if query else flask.request.path,
        },
    }
