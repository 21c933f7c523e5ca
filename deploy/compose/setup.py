"""First in line of docker-compose.yml: makes every secret once, and gives each container the ones it needs.

/setup is the only place where all of them are; every other folder here is another container's volume. What is in
/setup already is kept, whatever else it may be: operators put secrets of their own there. All the rest is written
again at every start, each file whole and with its owner, so that a start that was interrupted is mended by the next.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

SETUP = Path("/setup")
VOLUMES = Path("/volumes")
NATS_CONFIG = Path("/etc/gamedesk/nats-server.conf")
SERVICES = ("players", "tickets", "catalog", "sales")
NATS_USERS = ("admin", *SERVICES, "gateway")
OUR_UID, POSTGRES_UID = 10001, 999  # of our images; of the postgres image


def main() -> None:
    """Everything, in an order that may be repeated at any point."""
    passwords = known_passwords()
    keep_or_make_keys()
    for service in SERVICES:
        write_service(service, passwords)
    write_nats(passwords)
    write(VOLUMES / "gateway/gamedesk_nats_url", nats_url("gateway", passwords))
    for unit in ("players", "gateway"):
        write(VOLUMES / unit / "gamedesk_gateway_key", passwords["gateway"])
    write(VOLUMES / "gateway/session.key", (SETUP / "session.key").read_text())
    for unit in (*SERVICES, "gateway"):
        write(VOLUMES / unit / "jwks.json", (SETUP / "jwks.json").read_text())
    for name in ("attachments_access_key", "attachments_secret_key"):  # of a bucket, if pictures are kept in one
        if (SETUP / name).exists():
            write(VOLUMES / f"tickets/gamedesk_{name}", (SETUP / name).read_text())
    write(VOLUMES / "players/signing.jwk.json", (SETUP / "signing.jwk.json").read_text())
    write(VOLUMES / "demo/password", passwords["demo"])
    for folder in ("demo", "games", "nats-data", "attachments"):  # written to by their containers
        os.chown(VOLUMES / folder, OUR_UID, OUR_UID)
    if not (VOLUMES / "games/games.yaml").exists():
        write(VOLUMES / "games/games.yaml", "games: []\n")


def known_passwords() -> dict[str, str]:
    """The passwords in /setup/secrets.json, after the missing ones were made and kept there."""
    file = SETUP / "secrets.json"
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    wanted = (
        [f"postgres-{s}" for s in SERVICES]
        + [f"db-{s}" for s in SERVICES]
        + [f"nats-{u}" for u in NATS_USERS]
        + ["gateway"]
    )
    for name in wanted:
        known.setdefault(name, f"s{secrets.token_hex(20)}")  # a letter first: NATS would read digits as a number
    known.setdefault("demo", os.environ.get("GAMEDESK_DEMO_PASSWORD") or secrets.token_urlsafe(9))
    write(file, json.dumps(known, indent=1), owner=os.geteuid())
    return known


def keep_or_make_keys() -> None:
    """The key pair of the access tokens and the key of the console's session cookie, in /setup."""
    subprocess.run([sys.executable, "-m", "gamedesk_players", "make-keys", str(SETUP)], check=True)
    if not (SETUP / "session.key").exists():
        write(SETUP / "session.key", secrets.token_urlsafe(32), owner=os.geteuid())


def write_service(service: str, passwords: dict[str, str]) -> None:
    """What a service's processes, and its database, are told."""
    folder = VOLUMES / service
    password = passwords[f"db-{service}"]
    write(folder / "gamedesk_database_url", f"postgresql+psycopg://{service}:{password}@{service}-db/{service}")
    write(folder / "gamedesk_nats_url", nats_url(service, passwords))
    write(folder / "postgres_password", passwords[f"postgres-{service}"], owner=POSTGRES_UID)
    write(folder / "service_password", password, owner=POSTGRES_UID)


def write_nats(passwords: dict[str, str]) -> None:
    """The server's configuration with the passwords that its `$NAME`s stand for, and who administers it."""
    variables = "".join(f"NATS_{user.upper()}_PASSWORD: {passwords[f'nats-{user}']}\n" for user in NATS_USERS)
    write(VOLUMES / "nats/nats-server.conf", variables + NATS_CONFIG.read_text())
    write(VOLUMES / "nats-admin/gamedesk_nats_url", nats_url("admin", passwords))


def nats_url(user: str, passwords: dict[str, str]) -> str:
    """Where and as whom to connect."""
    return f"nats://{user}:{passwords[f'nats-{user}']}@nats:4222"


def write(file: Path, text: str, *, owner: int = OUR_UID) -> None:
    """Replace `file` at once, readable by its owner alone."""
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    os.chown(draft, owner, owner)
    draft.rename(file)


if __name__ == "__main__":
    main()
