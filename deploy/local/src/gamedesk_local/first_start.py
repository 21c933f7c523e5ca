"""What the first start leaves behind: an administrator to sign in with, and demo data."""

from __future__ import annotations

import secrets

from rich.console import Console

from gamedesk_local.api import Desk, SignInRefused
from gamedesk_local.demo import load_demo_data
from gamedesk_local.errors import CommandFailed
from gamedesk_local.processes import Say
from gamedesk_local.product import Product
from gamedesk_local.seed import ADMIN
from gamedesk_local.seed_data import AGENTS, SIZES
from gamedesk_local.state import State, read_json

AGENT_EXISTS = 3  # exit code of create-admin
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else


def demo_password(state: State) -> str:
    """The password of the administrator and of the demo agents; made once, kept in the state folder."""
    known = state.known_secret("demo")
    if known:
        return known
    password = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
    state.set_secret("demo", password)
    return password


def prepare(product: Product, *, demo_data: bool, say: Say) -> None:
    """Create the first administrator, and load the demo data, where this has not been done yet."""
    state = product.state
    done = state.folder / "first-start.json"
    if read_json(done).get("admin"):
        return
    password = demo_password(state)
    try:
        product.run("players", "create-admin", ADMIN, "--password-stdin", stdin=f"{password}\n")
    except CommandFailed as failure:
        if failure.exit_code != AGENT_EXISTS:
            raise
        # Already there after an interrupted first start? Then our password opens.
        try:
            Desk(product.gateway_url).sign_in(ADMIN, password)
        except SignInRefused:
            state.forget_secret("demo")
            say(f"there is an agent {ADMIN} already, with a password of his own")
            return
    if demo_data:
        say("loading demo data")
        load_demo_data(state, SIZES["small"], Console(highlight=False))
    done.write_text('{"admin": true}')


def create_admin(state: State, agent_id: str, name: str, password: str, say: Say) -> None:
    """Create an administrator; starts the databases for it when GameDesk does not run. Raises LocalError."""
    product = Product(state.folder, say=say)
    runs = state.instance() is not None
    if not runs:
        product.start_infrastructure()
    try:
        if not runs:
            product.run("players", "migrate")
        product.run("players", "create-admin", agent_id, "--name", name, "--password-stdin", stdin=f"{password}\n")
    finally:
        if not runs:
            product.stop()


def welcome(product: Product, *, in_terminal: bool) -> str:
    """What is printed when everything is ready; a key stops it only `in_terminal`."""
    lines = ["", f"GameDesk is ready:  {product.gateway_url}/", ""]
    password = product.state.known_secret("demo")
    if password:
        lines.append(f"Demo sign-ins (password {password}, unless changed):")
        lines.append(f"  {ADMIN}  administrator")
        seeded = read_json(product.state.folder / "seed.json")
        lines += [f"  {agent.agent_id}  {agent.role:<14} {agent.name}" for agent in AGENTS[:3] if seeded]
    lines += [
        "",
        f"The simulated game server: {product.simulator_url}",
        "Ctrl-C, or ./gamedesk down, stops everything." if in_terminal else "./gamedesk down stops everything.",
    ]
    return "\n".join(lines) + "\n"
