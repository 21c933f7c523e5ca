"""The images: each from its own sources and the chassis alone, with nothing in it but what it runs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers.compose import ROOT, run

pytestmark = pytest.mark.containers

SERVICES = ("players", "tickets", "catalog", "sales")
COMMON = ("deploy/build-requirements.lock", "libs/chassis")
UNITS = {
    **{f"services/{service}": COMMON for service in SERVICES},
    "gateway": (*COMMON, "console"),
    "tests/simulators/game_server": COMMON[:1],
    "deploy/compose/demo": ("deploy/local/src",),
}


@pytest.fixture(params=UNITS, ids=lambda unit: Path(unit).name)
def image(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The unit's image, built in a tree without its siblings."""
    unit: str = request.param
    for path in (unit, *UNITS[unit], ".dockerignore"):
        copy(ROOT / path, tmp_path / path)
    tag = f"gamedesk-test/{Path(unit).name}"
    run("docker", "build", "--quiet", "--tag", tag, "--file", str(tmp_path / unit / "Dockerfile"), str(tmp_path))
    yield tag
    run("docker", "image", "rm", tag)


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("node_modules", "dist", "__pycache__"))
    else:
        shutil.copy(source, target)


def test_builds_without_its_siblings_and_runs_as_an_ordinary_user(image: str) -> None:
    (description,) = json.loads(run("docker", "image", "inspect", image))
    look = "import importlib.util as i, os; print(os.geteuid(), [n for n in ('pip', 'hatchling') if i.find_spec(n)])"
    inside = run("docker", "run", "--rm", "--network", "none", "--entrypoint", "python", image, "-c", look)

    assert description["Config"]["User"] == "10001:10001"
    assert inside.split(maxsplit=1) == ["10001", "[]\n"], "no tools for building"
    secret = [v for v in description["Config"]["Env"] if "PASSWORD" in v or "INDEX" in v]
    assert not secret, "neither passwords nor addresses of registries are baked in"


@pytest.mark.parametrize("service", SERVICES)
def test_has_a_health_check_and_both_processes(service: str) -> None:
    text = (ROOT / f"services/{service}/Dockerfile").read_text()

    assert "HEALTHCHECK" in text
    assert f'"gamedesk_{service}.app:create_app()"' in text
    assert text == (ROOT / "services/players/Dockerfile").read_text().replace("players", service), "all alike"
