"""A service that says nothing is left alone for a while, so that nobody waits for it in vain and it may recover.

Closed: calls pass. Open, once half of the calls of the last 5 s got no answer: calls fail at once, for 1 s, then for
twice as long each time, at most 5 s. Then half open: one call is let through, and its answer closes the circuit.

An answer is an answer, whatever its status: an operation that fails with a 500 says nothing about the others. Only 502
and 504 count as none, since it is a proxy in between that gives them.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

import structlog
from gamedesk_chassis.http_client import CallFailed, Reply
from interlock import CircuitBreaker, CircuitOpenError, Clock, Config, CoreEventListener, State, WindowType
from prometheus_client import Counter, Gauge

from gamedesk_gateway.connections import NotSent

log = structlog.get_logger(__name__)

_NO_ANSWERS = (502, 504)
# The one call in a half-open circuit is judged after this; it may take longer, but not hold up all others.
_PROBE_SECONDS = 1.0
_OPEN = Gauge("gamedesk_circuit_open", "1 while calls to the service are held back", ["service"])
_FAILED = Counter("gamedesk_calls_failed", "Calls to a service without an answer", ["service", "reason"])


class _Silent(Exception):
    """No answer."""


class _NothingLearned(BaseException):
    """Not an Exception: the library takes it for an interruption, and counts the call neither way."""


class _Log(CoreEventListener):
    def on_state_change(self, *, name: str, old: State, new: State) -> None:
        _OPEN.labels(name).set(new in (State.OPEN, State.HALF_OPEN))
        log.warning("circuit_changed", service=name, before=str(old), now=str(new))


class Circuit:
    """Of the calls to `service`; it opens when at least `calls` were made in 5 s. A call that had less than `fair`
    seconds says nothing if it was not answered."""

    def __init__(self, service: str, calls: int, fair: float, clock: Clock | None = None) -> None:
        self._service, self._fair = service, fair
        _OPEN.labels(service).set(0)
        config = Config(
            minimum_number_of_calls=calls,
            failure_rate_threshold=0.5,
            window_type=WindowType.TIME_BASED,
            window_size=5,  # seconds
            permitted_calls_in_half_open=1,
            max_concurrent_probes=1,
            wait_duration_in_open=1.0,
            wait_duration_backoff_multiplier=2.0,
            wait_duration_in_open_max=5.0,
        )
        self._breaker = CircuitBreaker(name=service, config=config, listener=_Log(), clock=clock)

    async def watch(self, begin: Callable[[], asyncio.Task[Reply]], patience: float) -> Reply:
        """The answer of the call that `begin` starts, waited for up to `patience` seconds.

        Raises CallFailed: that of the call, "timeout", or, without a call, NotSent "circuit".
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + patience
        call: asyncio.Task[Reply] | None = None
        try:
            async with self._breaker:
                call = begin()
                is_probe = self._breaker.state is State.HALF_OPEN
                await asyncio.wait({call}, timeout=min(patience, _PROBE_SECONDS) if is_probe else patience)
                _judge(call, had_time=patience >= self._fair)
        except CircuitOpenError as error:
            _FAILED.labels(self._service, "circuit").inc()
            raise NotSent("circuit", retry_after=math.ceil(error.retry_after or 1)) from None
        except (_Silent, _NothingLearned):
            assert call
            await asyncio.wait({call}, timeout=max(0.0, ends - loop.time()))
        assert call
        try:
            if not call.done():
                raise CallFailed("timeout")
            return call.result()
        except CallFailed as failed:
            _FAILED.labels(self._service, failed.reason).inc()
            raise


def _judge(call: asyncio.Task[Reply], *, had_time: bool) -> None:
    """Raises what the breaker is to make of the call."""
    failed = call.exception() if call.done() else CallFailed("timeout")
    if failed is None:
        if call.result().status in _NO_ANSWERS:
            raise _Silent
    elif not isinstance(failed, CallFailed) or failed.reason == "busy":
        raise _NothingLearned
    elif failed.reason == "timeout":
        raise _Silent if had_time else _NothingLearned
    elif failed.reason == "connection":
        raise _Silent
