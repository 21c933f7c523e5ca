"""docker-compose.yml: what `docker compose --profile demo up` gives, and what it survives."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.containers.compose import ROOT, Stack, run, started
from tests.desk import Desk, Person, new_phone

pytestmark = pytest.mark.containers

CRASH = "import os, signal; os.kill(-1, signal.SIGKILL)"  # everything in the container but its first process


# First, before the other project takes its share of the machine.
def test_without_demo_the_first_admin_is_one_command(eventually: Callable[..., Any]) -> None:
    with started(Stack(profiles=())) as stack, Desk(stack.url, stack.simulator_url, eventually) as desk:
        password = stack.password
        create_admin = ("python", "-m", "gamedesk_players", "create-admin", "KF001", "--password-stdin")
        stack.compose("exec", "-T", "players-web", *create_admin, stdin=f"{password}\n")

        admin = desk.sign_in("KF001", password)

        assert admin.get("/games").json()["items"] == []
        assert admin.create_player(new_phone())["profiles"] == []


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with started(Stack()) as stack:
        assert stack.exit_code("demo-data") == 0, stack.compose("logs", "demo-data")
        yield stack


@pytest.fixture
def desk(stack: Stack, eventually: Callable[..., Any]) -> Iterator[Desk]:
    with Desk(stack.url, stack.simulator_url, eventually) as desk:
        yield desk


@pytest.fixture
def admin(stack: Stack, desk: Desk) -> Person:
    return desk.sign_in("KF001", stack.password)


def section(person: Person, player_id: str, name: str) -> dict[str, Any]:
    return person.home(player_id)[name]


def test_demo_data_and_sign_ins_are_there(stack: Stack, admin: Person) -> None:
    assert f"password {stack.password}" in stack.compose("logs", "demo-data")
    assert len(admin.get("/home", owner="all", limit=30).json()["players"]["data"]["items"]) == 30


def test_the_console_is_served(admin: Person) -> None:
    page = admin.http.get(admin.base_url)

    assert (page.status_code, page.headers["content-type"].partition(";")[0]) == (200, "text/html")


def test_a_new_players_profiles_come_from_the_games__R5(admin: Person, desk: Desk) -> None:
    player = admin.create_player(new_phone())["player_id"]

    def profiles() -> list[dict[str, Any]]:
        return section(admin, player, "player")["data"]["profiles"]

    desk.eventually(lambda: [p["state"] for p in profiles()] == ["ok"] * 3, within=30)


def test_home_answers_without_tickets_and_is_whole_again(stack: Stack, admin: Person, desk: Desk) -> None:
    player = admin.create_player(new_phone())["player_id"]
    desk.eventually(lambda: section(admin, player, "tickets")["status"] == "ok", within=30)

    stack.compose("kill", "tickets-web", "tickets-worker")
    view = admin.home(player)
    assert view["player"]["status"] == "ok"
    assert view["tickets"]["status"] in ("unavailable", "stale")

    stack.compose("start", "tickets-web", "tickets-worker")
    desk.eventually(lambda: section(admin, player, "tickets")["status"] == "ok", within=60, every=0.5)


@pytest.mark.parametrize("service", ["players-web", "sales-worker", "gateway"])
def test_a_crashed_process_comes_back_by_itself(stack: Stack, desk: Desk, service: str) -> None:
    before = stack.state(service)["RestartCount"]

    stack.compose("exec", "-T", service, "python", "-c", CRASH, check=False)

    desk.eventually(lambda: stack.state(service)["RestartCount"] > before, within=30, every=0.5)
    desk.eventually(lambda: stack.state(service)["Health"]["Status"] == "healthy", within=60, every=0.5)


@pytest.mark.parametrize("server", ["players-db", "nats"])
def test_facts_flow_again_after_the_kill_of_a_server(stack: Stack, admin: Person, desk: Desk, server: str) -> None:
    before = admin.create_player(new_phone())["player_id"]
    stack.compose("kill", server)
    stack.compose("start", server)
    phone = new_phone()

    def created() -> str | None:
        answer = admin.post("/players", {"phone": phone}, key=f"after-{server}-{phone}")
        return answer.json()["player_id"] if answer.status_code == 201 else None

    player = desk.eventually(created, within=60, every=0.5)
    ticket = {"player_id": player, "detail": "重启之后"}
    desk.eventually(lambda: admin.post("/tickets", ticket).status_code == 201, within=60, every=0.5)
    assert section(admin, before, "player")["status"] == "ok", "what was stored is still there"


def test_a_second_up_changes_nothing(stack: Stack, admin: Person) -> None:
    before = stack.containers()

    stack.compose("up", "--detach", "--no-build")

    assert stack.containers() == before
    assert stack.exit_code("demo-data") == 0
    assert admin.get("/session").status_code == 200, "keys and passwords are those of the first start"


def test_every_container_holds_its_own_secrets_only(stack: Stack) -> None:
    def files(service: str) -> set[str]:
        script = "import os; print(*(f for r, _, fs in os.walk('/run') for f in fs if os.access(f'{r}/{f}', os.R_OK)))"
        return set(stack.compose("exec", "-T", service, "python", "-c", script).split())

    common = {"gamedesk_database_url", "gamedesk_nats_url", "jwks.json"}
    assert files("players-web") == common | {"gamedesk_gateway_key", "signing.jwk.json"}
    assert files("tickets-web") == files("catalog-web") == files("sales-worker") == common
    assert files("gateway") == {"gamedesk_gateway_key", "gamedesk_nats_url", "jwks.json", "session.key"}
    assert files("game-server") == set()


def test_a_database_is_reached_by_its_own_service_alone(stack: Stack) -> None:
    script = "import socket, sys; socket.create_connection((sys.argv[1], 5432), 2)"

    def reaches(service: str, database: str) -> bool:
        command = ("docker", "exec", stack.containers(service)[0], "python", "-c", f"{script}; print('yes')", database)
        return "yes" in run(*command, check=False)

    assert reaches("tickets-web", "tickets-db")
    assert not any(reaches(other, "tickets-db") for other in ("players-web", "sales-worker", "gateway", "game-server"))


def test_the_walk_from_end_to_end(stack: Stack) -> None:
    env = {
        "GAMEDESK_E2E_URL": stack.url,
        "GAMEDESK_E2E_SIMULATOR_URL": stack.simulator_url,
        "GAMEDESK_E2E_ADMIN": f"KF001:{stack.password}",
    }
    run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", "tests/e2e", env=env)


def described(*files: str) -> dict[str, Any]:
    given = [part for file in files for part in ("-f", file)]
    return json.loads(run("docker", "compose", *given, "--profile", "*", "config", "--format", "json"))["services"]


def test_every_container_is_hardened() -> None:
    for name, service in described("docker-compose.yml").items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["init"], name
        assert int(service["mem_limit"]) <= 640 * 2**20, name
        assert not {"container_name", "privileged"} & service.keys(), name
        assert ("cap_add" in service) == (name == "setup"), name


def test_only_the_gateway_is_published_and_on_this_machine_only() -> None:
    published = {
        name: service["ports"] for name, service in described("docker-compose.yml").items() if "ports" in service
    }

    assert list(published) == ["gateway"]
    assert [port["host_ip"] for port in published["gateway"]] == ["127.0.0.1"]


def test_replicas_doubles_every_process_of_the_services() -> None:
    services = described("docker-compose.yml", "deploy/compose/replicas.yml")

    doubled = {name for name, service in services.items() if service.get("deploy", {}).get("replicas") == 2}
    assert doubled == {name for name in services if name.endswith(("-web", "-worker"))}


def test_no_secret_is_shipped() -> None:
    shipped = [ROOT / "docker-compose.yml", *(ROOT / "deploy/compose").rglob("*.*")]
    texts = {file: file.read_text() for file in shipped if file.is_file() and file.suffix in {".yml", ".py", ".env"}}

    assert not [file for file, text in texts.items() if "POSTGRES_PASSWORD:" in text or "PRIVATE KEY" in text]
    assert not list(Path(ROOT).glob(".env"))
