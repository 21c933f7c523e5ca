"""The guide for API clients is true: its examples, run as one shell session, say what it says they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Site

pytestmark = pytest.mark.product

GUIDE = Path(__file__).parents[2] / "docs" / "api" / "README.md"
BLOCKS = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_example_of_the_guide_works(site: Site) -> None:
    if not (shutil.which("curl") and shutil.which("jq")):
        pytest.skip("the guide's examples are shell commands: they need curl and jq")
    blocks = BLOCKS.findall(GUIDE.read_text(encoding="utf-8"))
    script = "".join(text for kind, text in blocks if kind == "sh")
    expected = [line for kind, text in blocks if kind == "text" for line in text.splitlines()]

    environment = {**os.environ, "GAMEDESK": site.url, "AGENT": site.admin_id, "PASSWORD": site.admin_password}
    run = subprocess.run(
        ["bash", "-eu", "-c", script], env=environment, capture_output=True, text=True, timeout=120, check=False
    )

    assert run.returncode == 0, run.stdout + run.stderr
    said = iter(run.stdout.splitlines())
    missing = [line for line in expected if line not in said]
    assert not missing, run.stdout
