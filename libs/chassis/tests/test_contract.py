"""A contract in parts, and the functions behind its operations."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml
from gamedesk_chassis.contract import ContractError, load
from gamedesk_chassis.web import handlers_of

ROOT = "openapi: 3.0.3\ninfo: {title: T, version: 0.1.0}\npaths: {}\ncomponents: {schemas: {Thing: {type: object}}}\n"


def operation(path: str, name: str, schema: str = "Other") -> str:
    get = {"operationId": name, "x-roles": ["agent"], "responses": {"200": {"description": "ok"}}}
    return yaml.safe_dump({"paths": {path: {"get": get}}, "components": {"schemas": {schema: {"type": "string"}}}})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "openapi").mkdir()
    (tmp_path / "openapi.yaml").write_text(ROOT)
    return tmp_path


def test_topics_in_files_beside_it_make_one_contract(folder: Path) -> None:
    (folder / "openapi" / "a.yaml").write_text(operation("/a", "read_a", "A"))
    (folder / "openapi" / "b.yaml").write_text(operation("/b", "read_b", "B"))
    contract = load(folder / "openapi.yaml")
    assert [found.operation_id for found in contract.operations] == ["read_a", "read_b"]
    assert {"Thing", "A", "B", "Id"} <= contract.document["components"]["schemas"].keys()


@pytest.mark.parametrize("part", [operation("/a", "again", "B"), operation("/b", "read_b", "A")])
def test_nothing_is_said_twice(folder: Path, part: str) -> None:
    (folder / "openapi" / "a.yaml").write_text(operation("/a", "read_a", "A"))
    (folder / "openapi" / "b.yaml").write_text(part)
    with pytest.raises(ContractError, match="stands elsewhere too"):
        load(folder / "openapi.yaml")


def test_each_operation_has_one_function__in_whichever_module(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "openapi" / "a.yaml").write_text(operation("/a", "read_a"))
    contract = load(folder / "openapi.yaml")
    package = folder / "sample_api"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "here.py").write_text("def read_a():\n    return 'a'\n")
    (package / "there.py").write_text("from sample_api.here import read_a\n")
    monkeypatch.syspath_prepend(folder)
    import sample_api  # pyright: ignore[reportMissingImports]

    assert handlers_of(sample_api, contract)["read_a"]() == "a"
    (package / "there.py").write_text("def read_a():\n    return 'b'\n")
    for name in [name for name in sys.modules if name.startswith("sample_api")]:
        del sys.modules[name]
    import sample_api  # pyright: ignore[reportMissingImports]

    with pytest.raises(LookupError, match="2 functions in sample_api are called read_a"):
        handlers_of(sample_api, contract)
