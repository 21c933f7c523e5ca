"""The runbook's requests, as an operator copies them, are accepted."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Site

pytestmark = pytest.mark.product

RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook.md"
BLOCKS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SIGN_IN = re.compile(r"^GAMEDESK=.*\nread .*\n", re.MULTILINE)
# What the runbook's reader has already: an agent who leaves, his heir, two players of one merge.
BEFORE = """
for agent in KR003 KR005; do
  api POST /agents "{\\"agent_id\\": \\"$agent\\", \\"name\\": \\"小周\\", \\"password\\": \\"a long password\\",
    \\"wechat_id\\": \\"wx_$agent\\", \\"wechat_name\\": \\"小周\\"}"
done
created() { api POST /players "{\\"phone\\": \\"$1\\", \\"owner_agent_id\\": \\"KR005\\"}" | jq -r .player_id; }
PLAYER_ID=$(created 13955550101)
LOSER=$(created 13955550102)
MERGE_ID=$(api POST /players/$PLAYER_ID/merges "{\\"loser_id\\": \\"$LOSER\\", \\"loser_version\\": 1}" \\
  -H 'If-Match: "1"' | jq -r .merge_id)
api POST /tickets "{\\"player_id\\": \\"$PLAYER_ID\\", \\"category\\": \\"bug\\", \\"detail\\": \\"x\\",
  \\"assignee_agent_id\\": \\"KR005\\"}"
"""


def test_every_request_of_the_runbook_is_accepted(site: Site) -> None:
    if not (shutil.which("curl") and shutil.which("jq")):
        pytest.skip("the runbook's requests are shell commands: they need curl and jq")
    first, *rest = BLOCKS.findall(RUNBOOK.read_text(encoding="utf-8"))
    functions, count = SIGN_IN.subn("", first)
    assert count == 1
    script = functions + BEFORE + re.sub(r"(PLAYER|MERGE)_ID", r"$\1_ID", "".join(rest).replace("KF00", "KR00"))

    environment = {**os.environ, "GAMEDESK": site.url, "AGENT": site.admin_id, "PASSWORD": site.admin_password}
    run = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "国庆调休" in run.stdout
    assert "\nmoved\n" in run.stdout
