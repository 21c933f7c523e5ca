"""Logs: one JSON object a line on standard output, with the request's id and trace, and without anybody's data.

What we write ourselves names ids, codes, counts and times. What may hold more is taken out here: the values in
exceptions, and those that libraries write into their sentences.
"""

from __future__ import annotations

import logging
import sys
from types import TracebackType
from typing import Any

import orjson
import structlog

from gamedesk_chassis.reasons import reason_of
from gamedesk_chassis.tracing import request_id

_NAMES_REVISIONS_ONLY = "alembic"


def _add_request_id(_logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    if request_id.get():
        event["request_id"] = request_id.get()
    return event


_frames_of = structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)


def _without_values(exc_info: Any) -> list[dict[str, Any]]:
    """The classes and frames of an exception and of its causes; of the first one also what may be told."""
    stacks = _frames_of(exc_info)
    for number, stack in enumerate(stacks):
        _blank(stack, reason_of(exc_info[1]) if number == 0 else "")
    return stacks


def _blank(stack: dict[str, Any], reason: str) -> None:
    stack.update(exc_value=reason, exc_notes=[], syntax_error=None)
    for member in stack.get("exceptions", ()):  # of an exception group
        for inner in member:
            _blank(inner, "")


_TRACEBACKS = structlog.processors.ExceptionRenderer(_without_values)


def _keep_no_values(record: logging.LogRecord) -> bool:
    """A filter that changes what a library wrote: numbers stay in its sentence, other values do not.

    Of a sentence made beforehand the first line stays; asyncio's second one is a future with its exception.
    """
    if record.name.partition(".")[0] == _NAMES_REVISIONS_ONLY:
        return True
    record.msg = str(record.msg).partition("\n")[0]
    if isinstance(record.args, tuple):
        record.args = tuple(value if isinstance(value, int | float) else "…" for value in record.args)
    elif record.args:
        record.args = {k: v if isinstance(v, int | float) else "…" for k, v in record.args.items()}
    return True


def _last_words(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """For `sys.excepthook`: what ends the process goes through the same renderer."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
    else:
        structlog.get_logger(__name__).critical(
            "process_failed", error=kind.__name__, exc_info=(kind, error, traceback)
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
    handler.addFilter(_keep_no_values)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("uvicorn.error", "gunicorn.error"):  # gunicorn gave them handlers of its own
        logging.getLogger(name).handlers, logging.getLogger(name).propagate = [], True
    sys.excepthook = _last_words
    # These log requests and rejected values; the chassis writes its own access line without either.
    for name in ("connexion", "httpx", "httpcore", "uvicorn.access", "gunicorn.access"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _dump(event: object, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()
