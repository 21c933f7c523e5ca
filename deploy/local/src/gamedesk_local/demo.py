"""Demo data for the product that runs here: where it answers, its demo password, when it was first seeded."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from rich.console import Console

from gamedesk_local.errors import LocalError
from gamedesk_local.layout import Layout
from gamedesk_local.seed import seed
from gamedesk_local.seed_data import Size
from gamedesk_local.seed_history import rfc3339
from gamedesk_local.state import State, read_json
from gamedesk_local.system import write_private


def load_demo_data(state: State, size: Size, console: Console) -> None:
    """Load a size of demo data; what is there already is left as it is.

    Raises:
        LocalError: GameDesk does not run, the demo password has been changed, or a request was refused.
    """
    password = state.known_secret("demo")
    if state.instance() is None or password is None:
        raise LocalError("Demo data go through the running product.", "Start it first: ./gamedesk up")
    layout = Layout(state)
    seed(layout.url("gateway"), size, password, _anchor(state), console, simulator=layout.url("simulator"))


def _anchor(state: State) -> datetime:
    file = state.folder / "seed.json"
    known = read_json(file).get("anchor")
    if known is None:
        known = rfc3339(datetime.now(UTC))
        write_private(file, json.dumps({"anchor": known}))
    return datetime.fromisoformat(known)
