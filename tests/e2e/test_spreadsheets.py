"""Spreadsheets in and out through the gateway (B11)."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.desk import Desk, Person, new_phone

pytestmark = pytest.mark.product

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_players_come_from_a_spreadsheet_and_go_into_one__B11(hire: Callable[..., Person], desk: Desk) -> None:
    agent = hire()
    book = load_workbook(io.BytesIO(agent.get("/player-import-template").content))
    names = [f"玩家{n}" for n in range(3)]
    for name in names:
        book.worksheets[0].append([new_phone(), None, name, None, "大R"])

    path = upload(agent, book)
    desk.eventually(lambda: agent.get(path).json()["state"] == "checked", within=20)
    assert agent.post(f"{path}/run", {"mode": "all"}).status_code == 202
    desk.eventually(lambda: agent.get(path).json()["state"] == "done", within=20)

    export = agent.get("/exports/players", owner=agent.agent_id, tier="big")
    assert (export.status_code, export.headers["content-type"]) == (200, XLSX), export.text
    sheet: Any = load_workbook(io.BytesIO(export.content)).worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    assert sorted(row[header.index("微信昵称")] for row in rows) == names
    assert all("****" in row[header.index("手机号")] for row in rows), "masked as in the list"


def upload(agent: Person, book: Workbook) -> str:
    file = io.BytesIO()
    book.save(file)
    headers = {"Content-Type": XLSX, "Idempotency-Key": "import-12345678"}
    params = {"file_name": "players.xlsx"}
    response = agent.http.post("/player-imports", content=file.getvalue(), params=params, headers=headers)
    assert response.status_code == 202, response.text
    return f"/player-imports/{response.json()['import_id']}"
