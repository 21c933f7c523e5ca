"""What may be told of an exception beside its class: exceptions are made of the values that they complain about."""

from __future__ import annotations

import nats.errors
from nats.js.errors import APIError
from sqlalchemy.exc import DBAPIError

from gamedesk_chassis.events import PoisonEvent

_NAMES_ONLY = (PoisonEvent, nats.errors.Error, APIError)  # their sentences name subjects, streams and members
_DATA_EXCEPTIONS = "22"  # the one class of SQLSTATEs whose message repeats the value


def reason_of(error: BaseException | None) -> str:
    """A sentence without anybody's data, empty where there is none to be had.

    Of a database's error its SQLSTATE and message: the refused row is in the detail, which is left out.
    """
    if isinstance(error, DBAPIError):
        error = error.orig
    sqlstate = getattr(error, "sqlstate", None)
    if sqlstate:
        message = getattr(getattr(error, "diag", None), "message_primary", None) or ""
        return sqlstate if sqlstate.startswith(_DATA_EXCEPTIONS) else f"{sqlstate} {message}".strip()
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, _NAMES_ONLY):
        return str(error).partition("\n")[0]
    return ""
