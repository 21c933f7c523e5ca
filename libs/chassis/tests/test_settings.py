"""Where a service's configuration comes from."""

from __future__ import annotations

from pathlib import Path

import pytest
from gamedesk_chassis.settings import ServiceSettings, load


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GAMEDESK_JWKS_FILE", str(tmp_path / "jwks.json"))
    monkeypatch.delenv("GAMEDESK_DATABASE_URL", raising=False)
    monkeypatch.delenv("GAMEDESK_NATS_URL", raising=False)
    monkeypatch.delenv("GAMEDESK_SECRETS_DIR", raising=False)


def _folder(path: Path, **values: str) -> Path:
    path.mkdir()
    for name, value in values.items():
        (path / f"gamedesk_{name}").write_text(f"{value}\n")
        (path / f"gamedesk_{name}").chmod(0o600)
    return path


def test_secrets_are_read_from_files_the_later_folder_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = _folder(tmp_path / "own", database_url="postgresql://own", nats_url="nats://own")
    admin = _folder(tmp_path / "admin", nats_url="nats://admin")
    monkeypatch.setenv("GAMEDESK_SECRETS_DIR", f"{own}:{admin}")

    settings = load(ServiceSettings)

    assert (settings.database_url, settings.nats_url) == ("postgresql://own", "nats://admin")


def test_a_variable_wins_over_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GAMEDESK_SECRETS_DIR", str(_folder(tmp_path / "own", database_url="postgresql://file")))
    monkeypatch.setenv("GAMEDESK_DATABASE_URL", "postgresql://variable")

    assert load(ServiceSettings).database_url == "postgresql://variable"


def test_a_missing_value_ends_the_process_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        load(ServiceSettings)

    assert "GAMEDESK_DATABASE_URL" in capsys.readouterr().err
