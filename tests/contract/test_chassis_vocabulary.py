"""The chassis is plumbing without meaning: no word of the domain appears in it (architecture, rule 6)."""

from __future__ import annotations

import re
from pathlib import Path

import gamedesk_chassis

DOMAIN_WORDS = re.compile(r"\b(player|ticket|pack|touch|offer|game|wechat|price|campaign|orders)s?\b", re.IGNORECASE)


def test_the_chassis_names_nothing_of_the_domain() -> None:
    found = [
        f"{path.name}:{number}: {line.strip()}"
        for path in sorted(Path(str(gamedesk_chassis.__file__)).parent.rglob("*"))
        if path.suffix in (".py", ".yaml")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if DOMAIN_WORDS.search(line)
    ]
    assert not found, "\n".join(found)
