"""Finding a Chromium, and fonts for Chinese; installing them where we may."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from gamedesk_local.errors import LocalError
from gamedesk_local.processes import Say
from gamedesk_local.system import is_root

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
FONT_PATTERNS = ("*CJK*", "*wqy*", "*SourceHanS*", "*droid*fallback*")
INSTALL = f"apt-get install -y {' '.join(PACKAGES)}"


def find() -> str | None:
    """GAMEDESK_CHROMIUM, or a Chromium on the PATH. Raises LocalError when the variable names no program."""
    given = os.environ.get("GAMEDESK_CHROMIUM")
    if given:
        if not os.access(given, os.X_OK):
            raise LocalError(f"GAMEDESK_CHROMIUM names {given}, which is not a program.", "Correct or unset it.")
        return given
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def has_chinese_font() -> bool:
    """Whether a font with Chinese glyphs is installed; without one, screenshots show boxes."""
    return any(_fonts())


def ensure(say: Say) -> str:
    """A Chromium to test with; as root on Debian it is installed when missing.

    Raises:
        LocalError: there is none, with the command that installs it.
    """
    may_install = is_root() and shutil.which("apt-get") is not None
    missing = find() is None or not has_chinese_font()
    if missing and may_install:
        say(f"installing {' and '.join(PACKAGES)} for the browser tests")
        _install()
    found = find()
    if found is None:
        raise LocalError(
            "The browser tests need Chromium, and there is none on the PATH.",
            f"Install it (Debian: sudo {INSTALL}), or name one in GAMEDESK_CHROMIUM, or leave them out: "
            "./gamedesk test --no-browser",
        )
    return found


def _fonts() -> Iterable[Path]:
    for folder in map(os.path.expanduser, FONT_FOLDERS):
        for pattern in FONT_PATTERNS:
            yield from Path(folder).rglob(pattern)


def _install() -> None:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], [*INSTALL.split(), "-q", "--no-install-recommends"]):
        result = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if result.returncode:
            tail = "\n".join(result.stderr.splitlines()[-6:])
            raise LocalError(f"{' '.join(command)} failed:\n{tail}", "Or leave them out: ./gamedesk test --no-browser")
