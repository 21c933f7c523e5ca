"""One more gateway of a running product, in a process of its own, with settings of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from gamedesk_local import health, system
from gamedesk_local.product import Product
from gamedesk_testing import eventually


@contextmanager
def extra_gateway(product: Product, **settings: str) -> Iterator[str]:
    """Its address; `settings` are environment variables."""
    row = next(program for program in product.layout.programs() if program.name == "gateway")
    port = system.free_port()
    env = {**os.environ, **row.env, "GAMEDESK_HTTP_PORT": str(port), **settings}
    with (product.state.logs / "extra-gateway.log").open("ab") as log:
        process = subprocess.Popen(row.command, env=env, stdout=log, stderr=log)
        try:
            eventually(lambda: health.is_ready(port), within=30)
            yield f"http://{system.LOOPBACK}:{port}"
        finally:
            process.terminate()
            process.wait()
