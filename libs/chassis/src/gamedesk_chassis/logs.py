"""Logs: one JSON object a line on standard output, with the request's id and trace."""

from __future__ import annotations

import logging
import sys

import orjson
import structlog

from gamedesk_chassis.tracing import request_id


def _add_request_id(_logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    if request_id.get():
        event["request_id"] = request_id.get()
    return event


# Without local variables: they hold phone numbers, tokens and keys.
_TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
)


def configure(service: str, level: str = "INFO") -> None:
    """Send structlog's and the standard library's records through one renderer."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_request_id,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _TRACEBACKS,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=_dump)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_dump),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # These log requests and rejected values; the chassis writes its own access line without either.
    for name in ("connexion", "httpx", "httpcore", "uvicorn.access", "gunicorn.access"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _dump(event: object, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()
