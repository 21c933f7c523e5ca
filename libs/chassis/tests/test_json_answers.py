"""What JSON answers cost."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import flask
import pytest
from gamedesk_chassis import web
from gamedesk_chassis.database import Database
from gamedesk_chassis.settings import ServiceSettings
from gamedesk_testing.api_client import ApiClient

CONTRACT = """
openapi: 3.0.3
info: {title: T, version: 0.1.0}
paths:
  /list:
    get:
      operationId: get_list
      x-roles: [agent]
      responses:
        '200':
          description: a long list
          content:
            application/json: {schema: {type: object}}
"""
LIST = {"items": [{"number": number, "state": "pending", "title": "充值未到账"} for number in range(50_000)]}


def test_answer_is_never_held_as_text(
    tmp_path: Path, keys: Any, token_for: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text takes two bytes for each character once one is Chinese; a thread's memory kept the holes that it left."""
    (tmp_path / "openapi.yaml").write_text(CONTRACT)
    api, peaks = ModuleType("list_api"), list[int]()

    def get_list() -> web.Answer:
        begun, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()

        @flask.after_this_request
        def _note(response: flask.Response) -> flask.Response:
            peaks.append(tracemalloc.get_traced_memory()[1] - begun)
            return response

        return web.answer(LIST)

    get_list.__module__ = api.__name__
    vars(api)["get_list"] = get_list
    monkeypatch.setitem(sys.modules, "list_api", api)
    database = Database("postgresql+psycopg://nobody@127.0.0.1:9/none")
    app = web.build(
        service="lists",
        api=api,
        contract_file=tmp_path / "openapi.yaml",
        settings=ServiceSettings(database_url="unused", jwks_file=keys.jwks_file, web_threads=2, log_level="ERROR"),
        database=database,
        resources=None,
        narrow=lambda caller: caller,
    )
    client = ApiClient(app, token_for("KF001", "agent", "A"))

    tracemalloc.start()
    try:
        response = client.get("/list")
    finally:
        tracemalloc.stop()
    database.dispose()

    assert response.json() == LIST
    assert response.headers["content-type"] == "application/json"
    assert "充值未到账" in response.text
    [peak] = peaks
    assert peak < 4 * len(response.content)  # a buffer that doubles, and the bytes; with text it is nearly six
