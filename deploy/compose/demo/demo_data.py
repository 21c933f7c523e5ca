"""Last in line of `docker compose --profile demo up`: loads the demo data and says how to sign in."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

from gamedesk_local.api import Desk
from gamedesk_local.errors import LocalError
from gamedesk_local.seed import ADMIN, seed
from gamedesk_local.seed_data import AGENTS, SIZES
from rich.console import Console

URL = os.environ.get("GAMEDESK_URL", "http://gateway:8000")
PUBLIC_URL = os.environ.get("GAMEDESK_PUBLIC_URL", "http://localhost:8000")
SIZE = SIZES[os.environ.get("GAMEDESK_DEMO_SIZE") or "small"]
FOLDER = Path("/run/gamedesk-demo")


def main() -> int:
    """Seed once; the mark of it lies beside the password."""
    password = (FOLDER / "password").read_text().strip()
    seeded = FOLDER / f"seeded-{SIZE.name}"
    try:
        if not seeded.exists():
            seed(URL, SIZE, password, administrators_first_moment(password), Console(highlight=False))
            seeded.touch()
    except LocalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    lines = [f"GameDesk is ready: {PUBLIC_URL}/", f"Demo sign-ins (password {password}, unless changed):"]
    lines += [
        f"  {ADMIN}  administrator",
        *(f"  {agent.agent_id}  {agent.role:<14} {agent.name}" for agent in AGENTS[:3]),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def administrators_first_moment(password: str) -> datetime:
    """When the product was new: from then all times are counted, at a repetition the same ones."""
    desk = Desk(URL)
    try:
        desk.sign_in(ADMIN, password)
        return datetime.fromisoformat(desk.get(f"/agents/{ADMIN}")["created_at"])
    finally:
        desk.close()


if __name__ == "__main__":
    raise SystemExit(main())
