"""Bodies and answers that are no JSON pass the layers of a service byte for byte."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from gamedesk_chassis import web
from gamedesk_chassis.database import Database
from gamedesk_chassis.settings import ServiceSettings
from gamedesk_testing.api_client import ApiClient

LIMIT = 3 * 1024 * 1024
EVERY_BYTE = bytes(range(256)) * 4096
CONTRACT = f"""
openapi: 3.0.3
info: {{title: T, version: 0.1.0}}
paths:
  /pictures:
    post:
      operationId: echo_picture
      x-roles: [agent]
      x-body-limit: {LIMIT}
      parameters:
        - {{name: name, in: query, schema: {{type: string, maxLength: 64}}}}
      requestBody:
        required: true
        content:
          image/png: {{schema: {{type: string, format: binary, maxLength: {LIMIT}}}}}
          image/webp: {{schema: {{type: string, format: binary, maxLength: {LIMIT}}}}}
      responses:
        '200':
          description: the same
          content:
            image/png: {{schema: {{type: string, format: binary}}}}
            image/webp: {{schema: {{type: string, format: binary}}}}
"""


@pytest.fixture
def client(
    tmp_path: Path, keys: Any, token_for: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[ApiClient]:
    (tmp_path / "openapi.yaml").write_text(CONTRACT)
    api = ModuleType("raw_api")

    def echo_picture(body: bytes, name: str = "") -> web.Answer:
        assert isinstance(body, bytes)
        return web.raw_answer(body, name or "image/png", {"Content-Disposition": "inline"})

    echo_picture.__module__ = api.__name__
    vars(api)["echo_picture"] = echo_picture
    monkeypatch.setitem(sys.modules, "raw_api", api)
    database = Database("postgresql+psycopg://nobody@127.0.0.1:9/none")
    settings = ServiceSettings(
        database_url="unused", jwks_file=keys.jwks_file, validate_responses=True, web_threads=2, log_level="ERROR"
    )
    app = web.build(
        service="raw",
        api=api,
        contract_file=tmp_path / "openapi.yaml",
        settings=settings,
        database=database,
        resources=None,
        narrow=lambda caller: caller,
    )
    yield ApiClient(app, token_for("KF001", "agent", "A"))
    database.dispose()


def send(client: ApiClient, content: Any, media_type: str = "image/png", **params: str) -> Any:
    return client.request(
        "POST", "/pictures", content=content, params=params, headers={"Content-Type": media_type} if media_type else {}
    )


@pytest.mark.parametrize("media_type", ["image/png", "image/webp"])
def test_bytes_arrive_and_leave_as_they_are(client: ApiClient, media_type: str) -> None:
    response = send(client, EVERY_BYTE, media_type, name=media_type)

    assert (response.status_code, response.headers["content-type"]) == (200, media_type)
    assert response.content == EVERY_BYTE
    assert response.headers["content-disposition"] == "inline"
    assert response.headers["content-length"] == str(len(EVERY_BYTE))


def test_bytes_in_chunks_arrive_whole(client: ApiClient) -> None:
    assert send(client, iter([b"\x89PNG", b"\x00\xff"])).content == b"\x89PNG\x00\xff"


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"", "image/png", 400),
        (b"\x00" * (LIMIT + 1), "image/png", 413),
        (b"{}", "application/json", 415),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b"--x--", "multipart/form-data; boundary=x", 415),
        (b"GIF89a", "image/gif", 415),
        (b"\x89PNG", "", 415),
    ],
)
def test_no_bytes_too_many_and_other_kinds_are_refused(
    client: ApiClient, content: bytes, media_type: str, status: int
) -> None:
    response = send(client, content, media_type)

    assert (response.status_code, response.json()["status"]) == (status, status)
    assert response.headers["content-type"] == "application/problem+json"
