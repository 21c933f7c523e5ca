"""Streams that NATS lost are made again: by whoever holds its administrator's password, which no worker does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from subprocess import TimeoutExpired

from gamedesk_local import health
from gamedesk_local.errors import LocalError
from gamedesk_local.layout import SERVICES, Layout
from gamedesk_local.processes import Say

LOOK_EVERY = 3.0  # seconds
MISSING = "StreamMissing"  # the reason that a worker gives for not being ready


def missing_streams(layout: Layout) -> list[str]:
    """The services whose worker says that a stream or a consumer is not there."""
    ports = {service.name: layout.state.port(f"{service.name}-worker") for service in SERVICES}
    return [name for name, port in ports.items() if MISSING in health.failing(port).values()]


def workers_ready(layout: Layout, services: Sequence[str]) -> bool:
    """Whether the worker of each of these says that it is."""
    return all(health.is_ready(layout.state.port(f"{name}-worker")) for name in services)


class StreamKeeper:
    """Looks after the workers of a product that runs in this process, and mends what they miss.

    Args:
        missing: names the services that miss a stream.
        mend: makes the streams.
        ready: whether the workers of these services are.
    """

    def __init__(
        self,
        missing: Callable[[], Sequence[str]],
        mend: Callable[[], None],
        say: Say,
        *,
        ready: Callable[[Sequence[str]], bool],
    ) -> None:
        self._missing = missing
        self._ready = ready
        self._mend = mend
        self._say = say
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._look, name="stream-keeper", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is being mended is finished."""
        self._ending.set()
        self._thread.join()

    def _look(self) -> None:
        lost: dict[str, None] = {}  # everybody who has missed one since `noticed`, in that order
        noticed = 0.0
        while not self._ending.wait(LOOK_EVERY):
            missing = self._missing()
            if missing:
                noticed = noticed if lost else time.monotonic()
                lost |= dict.fromkeys(missing)
                self._say(f"NATS has lost streams that {', '.join(missing)} need: making them again")
                try:
                    self._mend()
                except (LocalError, TimeoutExpired) as error:  # NATS is away again: the next look finds the same
                    self._say(str(error))
                lost |= dict.fromkeys(self._missing())  # some notice later than others
                self._ending.wait(LOOK_EVERY)  # the workers look every few seconds too
            elif lost and self._ready(list(lost)):  # one that is silent does not say whether it misses any
                self._say(f"the streams that {', '.join(lost)} need are back, {time.monotonic() - noticed:.0f} s later")
                lost.clear()
