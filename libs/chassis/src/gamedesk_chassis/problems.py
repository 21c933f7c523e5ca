"""RFC 9457 problem documents: every error of every service takes its shape here and nowhere else.

A document names what is wrong, where (JSON pointer and rule) and how to mend it. It never repeats a rejected
value, because that may be somebody's phone number.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from connexion.exceptions import ProblemException
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from gamedesk_chassis import effects, errors
from gamedesk_chassis.database import took_too_long, will_pass
from gamedesk_chassis.tracing import request_id

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:gamedesk:problem:"

_STATUS: list[tuple[type[errors.DomainError], int]] = [
    (errors.InvalidInput, 400),
    (errors.NotAuthenticated, 401),
    (errors.NotAllowed, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.StaleVersion, 412),
    (errors.RuleViolation, 422),
    (errors.TooManyRequests, 429),
    (errors.Unavailable, 503),
]

_HTTP_SLUGS = {
    400: ("bad-request", "The request is not valid"),
    401: ("unauthenticated", "Sign in first"),
    403: ("forbidden", "You are not allowed to do this"),
    404: ("not-found", "There is no such thing"),
    405: ("method-not-allowed", "This path does not know that method"),
    406: ("not-acceptable", "No answer in the wanted format"),
    408: ("body-too-slow", "The body did not arrive in time"),
    413: ("body-too-large", "The body is too large"),
    414: ("address-too-long", "The address is too long"),
    415: ("unsupported-media-type", "Send the body in a media type that the operation takes, mostly application/json"),
    431: ("headers-too-large", "The headers are too many or too long"),
    500: ("internal", "Something went wrong on our side"),
    503: ("unavailable", "A part of the system does not answer; try again in a moment"),
}

_ASK_FOR_LESS = "It was stopped. Ask for less, such as a shorter period or fewer things at once."


class InvalidRequest(Exception):
    """The request breaks the HTTP contract. `errors`: [{pointer, rule, message}]."""

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Sequence[dict[str, str]] = (),
        status: int = 400,
        slug: str = "validation",
        title: str = "The request is not valid",
    ) -> None:
        super().__init__(detail or title)
        self.detail, self.errors, self.status, self.slug, self.title = (
            detail,
            list(errors),
            status,
            slug,
            title,
        )


def document(
    status: int, slug: str, title: str, detail: str = "", errors: Sequence[dict[str, str]] = (), **extra: Any
) -> dict[str, Any]:
    """A problem document as a dict; `extra` members with the value None are left out."""
    body: dict[str, Any] = {"type": TYPE_PREFIX + slug, "title": title, "status": status}
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = list(errors)
    body.update({key: value for key, value in extra.items() if value is not None})
    if request_id.get():
        body["request_id"] = request_id.get()
    return body


def document_of_status(status: int) -> dict[str, Any]:
    """The document for a bare HTTP status, e.g. of an unknown path."""
    slug, title = _HTTP_SLUGS.get(status, ("http-" + str(status), _phrase(status)))
    return document(status, slug, title)


def document_of_error(error: Exception) -> tuple[dict[str, Any], dict[str, str]]:
    """The document and the extra headers for any exception; an unknown one is logged and becomes a 500."""
    if isinstance(error, errors.DomainError):
        return _of_domain_error(error)
    if isinstance(error, InvalidRequest):
        return document(error.status, error.slug, error.title, error.detail, error.errors), {}
    if isinstance(error, ProblemException | HTTPException):
        status = error.status if isinstance(error, ProblemException) else error.status_code
        headers = dict(getattr(error, "headers", None) or {})
        if status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return document_of_status(status), headers
    if took_too_long(error):
        log.warning("database_took_too_long")
        return _of_database_trouble("took-too-long", "The answer took too long", _ASK_FOR_LESS)
    if will_pass(error):
        log.warning("database_unavailable", error=type(error).__name__)
        return _of_database_trouble(*_HTTP_SLUGS[503])
    if isinstance(error, DBAPIError):  # its text holds the statement's parameters, which may be personal
        log.error("database_error", error=type(error.orig).__name__, sqlstate=getattr(error.orig, "sqlstate", None))
    else:
        log.error("unhandled_error", error=type(error).__name__, exc_info=error)
    return document_of_status(500), {}


def _of_database_trouble(slug: str, title: str, advice: str = "") -> tuple[dict[str, Any], dict[str, str]]:
    """`outcome`, of a change: whether it was done. Only what may be done already is worth the same request again when
    it takes too long: the answer is found by its key."""
    outcome = effects.outcome()
    again = not advice or outcome == effects.UNKNOWN
    said = [effects.SAID[outcome]] if outcome else []
    detail = " ".join(said if again else [*said, advice])
    return document(503, slug, title, detail, outcome=outcome), {"Retry-After": "2"} if again else {}


def _of_domain_error(error: errors.DomainError) -> tuple[dict[str, Any], dict[str, str]]:
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    where = [{"pointer": error.pointer, "rule": error.slug, "message": error.detail or error.title}]
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status in (429, 503):
        headers["Retry-After"] = str(error.extra.get("retry_after", 2))
    body = document(status, error.slug, error.title, error.detail, where if error.pointer else (), **error.extra)
    return body, headers


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


async def connexion_handler(_request: ConnexionRequest, error: Exception) -> ConnexionResponse:
    """For `app.add_error_handler`."""
    body, headers = document_of_error(error)
    return ConnexionResponse(
        status_code=body["status"],
        mimetype=MEDIA_TYPE,
        content_type=MEDIA_TYPE,
        headers=headers,
        body=dump(body),
    )


def dump(body: dict[str, Any]) -> bytes:
    return orjson.dumps(body, default=str, option=orjson.OPT_UTC_Z)


HANDLED: tuple[type[Exception], ...] = (Exception, ProblemException, HTTPException)
"""What to register `connexion_handler` for: Starlette looks an exception's classes up in order, the framework's
own two are registered by it already and must be replaced by name."""
