"""Compile the requirements.lock of the workspace and of every deployable unit, or check that they are fresh.

    python deploy/locks.py            compile, keeping the versions already locked
    python deploy/locks.py --upgrade  compile with the newest versions
    python deploy/locks.py --check    fail if a lock does not follow from its pyproject.toml

The root lock holds everything; each unit's lock is a subset with the same versions, and so is
build-requirements.lock, with which the images' builders make wheels of the units, and the lock of the image that
loads demo data. Locks carry versions and hashes only, no registry's address.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CHASSIS = ROOT / "libs/chassis"
UNITS = [
    *sorted(p.parent for p in ROOT.glob("services/*/pyproject.toml")),
    ROOT / "gateway",
    *sorted(p.parent for p in ROOT.glob("tests/simulators/*/pyproject.toml")),
]
LOCAL = ROOT / "deploy/local"
LIBRARIES = [CHASSIS, ROOT / "libs/testing", LOCAL]
DEMO_LOCK = ROOT / "deploy/compose/demo/requirements.lock"
DEMO_USES = ("faker", "httpx", "rich")  # of what gamedesk_local requires
BUILD_LOCK = ROOT / "deploy/build-requirements.lock"


def project(unit: Path) -> dict[str, Any]:
    return tomllib.loads((unit / "pyproject.toml").read_text())


def dependencies(unit: Path) -> list[str]:
    return project(unit)["project"].get("dependencies", [])


def requirements(unit: Path) -> list[str]:
    """The unit's own requirements, without the workspace's packages."""
    return [r for r in dependencies(unit) if not r.startswith("gamedesk-")]


def build_requirements() -> list[str]:
    """What makes wheels of the units that become images."""
    return [r for unit in [*UNITS, CHASSIS] for r in project(unit)["build-system"]["requires"]]


def demo_requirements() -> list[str]:
    return [r for r in requirements(LOCAL) if r.startswith(DEMO_USES)]


def development() -> list[str]:
    return project(ROOT)["dependency-groups"]["dev"]


def compile_lock(wanted: list[str], target: Path, constraint: Path | None, *, upgrade: bool) -> None:
    command = [
        sys.executable, "-m", "uv", "pip", "compile", "-", "--quiet", "--universal", "--python-version", "3.11",
        "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header",
        "--output-file", str(target),
    ]  # fmt: skip
    if constraint:
        command += ["--constraint", str(constraint)]
    if upgrade:
        command.append("--upgrade")
    trusting = {"UV_SYSTEM_CERTS": "1", **os.environ}  # the machine's own certificate authorities count
    subprocess.run(command, input="\n".join(sorted(set(wanted))) + "\n", text=True, check=True, env=trusting)


def locks(out: Path | None, *, upgrade: bool) -> list[Path]:
    """Compile all locks; into `out` (a scratch folder, for the check) or in place. Returns their paths."""

    def place(lock: Path) -> Path:
        if out is None:
            return lock
        copy = out / lock.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if lock.exists():
            copy.write_text(lock.read_text())
        return copy

    root_lock = ROOT / "requirements.lock"
    everything = development()
    for unit in [*UNITS, *LIBRARIES]:
        if (unit / "pyproject.toml").exists():
            everything += requirements(unit)
    compiled_root = place(root_lock)
    compile_lock(everything, compiled_root, None, upgrade=upgrade)
    made = [root_lock]
    for unit in UNITS:
        lock = unit / "requirements.lock"
        wanted = requirements(unit) + (requirements(CHASSIS) if "gamedesk-chassis" in dependencies(unit) else [])
        compile_lock(wanted, place(lock), compiled_root, upgrade=upgrade)
        made.append(lock)
    for lock, wanted in ((BUILD_LOCK, build_requirements()), (DEMO_LOCK, demo_requirements())):
        compile_lock(wanted, place(lock), compiled_root, upgrade=upgrade)
        made.append(lock)
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upgrade", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if not options.check:
        for lock in locks(None, upgrade=options.upgrade):
            print(f"wrote {lock.relative_to(ROOT)}")
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        stale = [
            lock
            for lock in locks(Path(scratch), upgrade=False)
            if not lock.exists() or lock.read_text() != (Path(scratch) / lock.relative_to(ROOT)).read_text()
        ]
    for lock in stale:
        print(f"{lock.relative_to(ROOT)} is not fresh: run `python deploy/locks.py`")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
