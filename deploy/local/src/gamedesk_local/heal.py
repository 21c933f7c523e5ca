"""`./gamedesk heal`: what NATS lost is made again, and a database that was put back is followed by the others."""

from __future__ import annotations

import time
from collections.abc import Sequence

from gamedesk_local import health
from gamedesk_local.errors import LocalError
from gamedesk_local.processes import Say
from gamedesk_local.product import Product
from gamedesk_local.state import State
from gamedesk_local.stream_keeper import LOOK_EVERY, missing_streams

WITHIN = 60.0  # seconds


def heal(state: State, restored: Sequence[str], say: Say) -> None:
    """Make streams and consumers that are missing in the running product, and wait until the workers have them.

    Args:
        restored: services whose database was put back from a backup while the others' went on.

    Raises:
        LocalError: GameDesk does not run, or a worker is not ready in time.
    """
    if state.instance() is None:
        raise LocalError("GameDesk does not run; this mends what runs.", "Start it: ./gamedesk up")
    product = Product(state.folder, say=say)
    say("making the streams and consumers that are missing")
    product.make_streams()
    for service in restored:
        if health.is_ready(state.port(f"{service}-worker")):
            say(f"the worker of {service} ran meanwhile: what it said since was too old to have effects elsewhere")
        say(f"{service} was put back from a backup: it publishes everything again, and hears everything again")
        product.run(service, "restored")
    deadline = time.monotonic() + WITHIN
    while missing := missing_streams(product.layout):
        if time.monotonic() > deadline:
            raise LocalError(f"The worker of {', '.join(missing)} finds no streams.", f"Its log is in {state.logs}")
        time.sleep(LOOK_EVERY)
    say("every worker has its streams; copies follow within a minute")
