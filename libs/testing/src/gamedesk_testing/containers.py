"""The same servers in containers, for GAMEDESK_TEST_INFRA=containers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from gamedesk_local.nats_server import NatsServer
from gamedesk_local.postgres import INITDB_LOCALE, SETTINGS
from gamedesk_local.system import LOOPBACK, free_port
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer

from gamedesk_testing.polling import eventually
from gamedesk_testing.run_folder import TEST_SETTINGS

POSTGRES_IMAGE = "postgres:18"
NATS_IMAGE = "nats:2.15"
# Removing a server with thousands of databases takes longer than the minute that the client waits by itself.
_CLIENT = {"timeout": 600}


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL container; gives the superuser's address."""
    parameters = {**SETTINGS, **TEST_SETTINGS}
    command = [
        "postgres",
        *(part for name, value in parameters.items() for part in ("-c", f"{name}={value}")),
    ]
    container = (
        PostgresContainer(
            POSTGRES_IMAGE, username="postgres", dbname="postgres", driver="psycopg", docker_client_kw=_CLIENT
        )
        .with_env("POSTGRES_INITDB_ARGS", " ".join(INITDB_LOCALE))
        .with_command(command)
    )
    with container:
        yield container.get_connection_url()


class ContainerNats:
    """A NATS container on a fixed port, with the switches of `NatsServer`."""

    def __init__(self) -> None:
        self.port = free_port()
        self._container: DockerContainer | None = None

    def url(self) -> str:
        """The address."""
        return f"nats://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Start it, with what it had stored when it was only stopped, and wait until it is ready."""
        if self._container is None:
            self._container = (
                DockerContainer(NATS_IMAGE, docker_client_kw=_CLIENT)
                .with_command("-js")
                .with_bind_ports(4222, self.port)
            )
            self._container.start()
        else:
            self._container.get_wrapped_container().start()
        eventually(self._greets, within=30)

    def stop(self) -> None:
        """Clean shutdown; what it stored stays."""
        if self._container is not None:
            self._container.get_wrapped_container().stop()

    def kill(self) -> None:
        """End it as a power cut would, if it runs; what it stored stays."""
        if self._container is not None:
            running = self._container.get_wrapped_container()
            running.reload()
            if running.status == "running":
                running.kill()

    def wipe(self) -> None:
        """Lose everything it stored, and the container with it."""
        if self._container is not None:
            self._container.stop(force=True, delete_volume=True)
            self._container = None

    def _greets(self) -> bool:
        return NatsServer.greets(self.port)
