"""Answers of the gateway's own: JSON, and problem documents outside of Connexion."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import orjson
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from gamedesk_chassis import effects, problems
from gamedesk_chassis.errors import Unavailable
from gamedesk_chassis.http_client import CallFailed, Reply
from starlette.responses import Response
from starlette.types import Receive

from gamedesk_gateway.connections import NotSent
from gamedesk_gateway.routes import API
from gamedesk_gateway.upstream import Refused

_RETRY_SECONDS = 2
_LONGEST_SECONDS = 86_400
_PASSED_HEADERS = (
    "content-type",
    "content-disposition",
    "content-security-policy",
    "cache-control",
    "etag",
    "retry-after",
    "www-authenticate",
    "allow",
)


def json_answer(data: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(data, option=orjson.OPT_UTC_Z), status, media_type="application/json")


def problem_answer(error: Exception) -> Response:
    """Any exception as its problem document."""
    body, headers = problems.document_of_error(error)
    return Response(problems.dump(body), body["status"], headers, problems.MEDIA_TYPE)


def passed_on(reply: Reply) -> Response:
    """A service's answer as it is; what it calls /players/… is /api/players/… outside."""
    headers = {name: reply.headers[name] for name in _PASSED_HEADERS if name in reply.headers}
    location = reply.headers.get("location", "")
    if location:
        headers["location"] = API + location if location.startswith("/") else location
    return Response(reply.body, reply.status, headers)


def named(reply: Reply, service: str, *, is_change: bool = False) -> Response:
    """`passed_on`; a 503 says whose it is, and of a change whether it was done, when the service itself does not."""
    if reply.status != 503:
        return passed_on(reply)
    try:
        problem = reply.json()
    except CallFailed:
        problem = None
    if not isinstance(problem, dict):
        return problem_answer(not_answering(service, is_change=is_change))
    problem.setdefault("service", service)
    if is_change:
        problem.setdefault("outcome", effects.UNKNOWN)
    return passed_on(replace(reply, body=problems.dump(problem)))


async def refused_answer(_request: ConnexionRequest, error: Exception) -> ConnexionResponse:
    """For `app.add_error_handler`: a service's refusal is the answer."""
    assert isinstance(error, Refused)
    answer = passed_on(error.reply)
    headers = {name: value for name, value in answer.headers.items() if name not in ("content-type", "content-length")}
    return ConnexionResponse(
        status_code=answer.status_code,
        content_type=answer.headers.get("content-type", ""),
        headers=headers,
        body=bytes(answer.body),
    )


def not_answering(
    service: str, failed: CallFailed | None = None, *, is_change: bool = False, begun: bool = True
) -> Unavailable:
    """The problem that a service which does not answer is; `service` becomes a member of the document.

    Of a change it says whether it was done: `outcome` is not-done or unknown. `begun`: whether somebody who may do it
    was asked for it at all.
    """
    wait = (failed and failed.retry_after) or 0
    wait = math.ceil(wait) if 0 < wait <= _LONGEST_SECONDS else _RETRY_SECONDS
    said = f"The part «{service}» does not answer; the rest works."
    if not is_change:
        return Unavailable(said, service=service, retry_after=wait)
    outcome = effects.NOT_DONE if isinstance(failed, NotSent) or not begun else effects.UNKNOWN
    return Unavailable(f"{said} {effects.SAID[outcome]}", service=service, retry_after=wait, outcome=outcome)


async def client_gone(receive: Receive) -> None:
    """Returns when the client of a request whose body has been read hangs up."""
    while (await receive())["type"] != "http.disconnect":
        pass
