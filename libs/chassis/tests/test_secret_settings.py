"""Secrets: placeholders are refused with a sentence that does not repeat them, and so are files that lie open."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

import pytest
from gamedesk_chassis.secret_settings import SecretFile, StrongSecret, raw_key, weakness
from gamedesk_chassis.settings import ServiceSettings, load

PLACEHOLDERS = [
    "password",
    "Passw0rd",
    "changeme",
    "CHANGE_ME_BEFORE_PRODUCTION",
    "replace-with-a-real-secret",
    "your-secret-key-here",
    "<the password>",
    "${DB_PASSWORD}",
    "$NATS_PASSWORD",
    "{{ secret }}",
    "postgres-password-123",
    "gamedesk",
    "players-password",
    "example.secret.2026",
    "xxxxxxxxxxxxxxxx",
    "000000000000000",
    "1111222211112222",
    "short",
    "   ",
    "",
]


class Sample(ServiceSettings):
    sealing_key: StrongSecret
    signing_key_file: SecretFile


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name in ("DATABASE_URL", "NATS_URL", "SECRETS_DIR"):
        monkeypatch.delenv(f"GAMEDESK_{name}", raising=False)
    monkeypatch.setenv("GAMEDESK_JWKS_FILE", str(tmp_path / "jwks.json"))
    monkeypatch.setenv("GAMEDESK_DATABASE_URL", f"postgresql+psycopg://me:{secrets.token_hex(20)}@/me")
    monkeypatch.setenv("GAMEDESK_SIGNING_KEY_FILE", str(tmp_path / "missing"))
    monkeypatch.setenv("GAMEDESK_SEALING_KEY", secrets.token_urlsafe(32))
    return monkeypatch


@pytest.mark.parametrize("secret", PLACEHOLDERS)
def test_placeholder_or_weak_secret_is_refused_with_a_reason(secret: str) -> None:
    assert weakness(secret)


def test_what_we_generate_ourselves_is_always_taken() -> None:
    for _ in range(500):
        for secret in (f"s{secrets.token_hex(20)}", secrets.token_urlsafe(32), secrets.token_urlsafe(9)):
            assert weakness(secret) is None, secret


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "postgresql+psycopg://players:{}@players-db/players"),
        ("NATS_URL", "nats://players:s0f1e2d3c4b5a697@one:4222,nats://players:{}@two:4222"),
        ("SEALING_KEY", "{}"),
    ],
)
def test_start_is_refused_with_a_sentence_that_names_the_setting_alone(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, value: str
) -> None:
    environment.setenv(f"GAMEDESK_{variable}", value.format("changeme-please"))
    with pytest.raises(SystemExit):
        load(Sample)
    said = capsys.readouterr().err
    assert f"GAMEDESK_{variable}: " in said
    assert "is a placeholder; take a random one" in said
    assert "changeme" not in said


def test_password_is_judged_as_it_is_meant_not_as_it_is_written(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("GAMEDESK_DATABASE_URL", "postgresql+psycopg://me:%63hangeme@/me")
    with pytest.raises(SystemExit):
        load(Sample)


@pytest.mark.parametrize(
    ("mode", "taken"), [(0o600, True), (0o400, True), (0o440, True), (0o644, False), (0o660, False)]
)
def test_file_of_a_secret_that_others_may_read_is_refused(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, mode: int, taken: bool
) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    kept, key = folder / "gamedesk_sealing_key", tmp_path / "signing.jwk.json"
    secret = secrets.token_urlsafe(32)
    environment.delenv("GAMEDESK_SEALING_KEY")
    environment.setenv("GAMEDESK_SECRETS_DIR", str(folder))
    environment.setenv("GAMEDESK_SIGNING_KEY_FILE", str(key))
    for file in (kept, key):
        file.write_text(secret)
        file.chmod(mode)
    if taken:
        assert load(Sample).sealing_key.get_secret_value() == secret
        return
    with pytest.raises(SystemExit):
        load(Sample)
    said = capsys.readouterr().err
    assert f"GAMEDESK_SEALING_KEY: {kept} may be read by others" in said
    assert f"GAMEDESK_SIGNING_KEY_FILE: {key} may be read by others" in said
    assert "chmod 600" in said
    assert secret not in said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2hvcnQ",
        "no base64 at all!",
        "A" * 43,
        base64.urlsafe_b64encode(bytes([1, 255] * 16)).decode(),
        base64.urlsafe_b64encode(b"a text of just thirty-two bytes.").decode(),
        "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    ],
)
def test_key_that_is_short_a_text_a_pattern_or_an_example_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"a key (is|has)") as refused:
        raw_key(text)
    assert not text or text not in str(refused.value)


def test_random_key_is_taken() -> None:
    for _ in range(500):
        raw = secrets.token_bytes(32)
        assert raw_key(base64.urlsafe_b64encode(raw).decode().rstrip("=")) == raw
