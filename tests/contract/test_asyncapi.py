"""contracts/asyncapi.yaml says who publishes what and who listens; the services do just that."""

from __future__ import annotations

import importlib
from collections import defaultdict
from typing import Any

import pytest
import yaml
from gamedesk_testing.contracts import CONTRACTS, examples_of

from tests.contract.services import NAMES

DOCUMENT: dict[str, Any] = yaml.safe_load((CONTRACTS / "asyncapi.yaml").read_text(encoding="utf-8"))


def types_by_service(action: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for operation in DOCUMENT["operations"].values():
        if operation["action"] == action:
            channel = operation["channel"]["$ref"].rpartition("/")[2]
            found[operation["x-service"]].add(DOCUMENT["channels"][channel]["address"])
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_service_listens_to_just_what_is_declared(name: str) -> None:
    service = importlib.import_module(f"gamedesk_{name}.__main__").SERVICE
    listened = {type for handlers in service.listeners.values() for type in handlers}
    assert listened == types_by_service("receive")[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_service_publishes_just_what_is_declared(name: str) -> None:
    events = importlib.import_module(f"gamedesk_{name}.events")
    published = {
        v for v in vars(events).values() if isinstance(v, str) and v.startswith(f"{name}.") and v.endswith("v1")
    }
    assert published == types_by_service("send")[name]


@pytest.mark.parametrize("type", sorted(channel["address"] for channel in DOCUMENT["channels"].values()))
def test_every_event_has_a_schema_and_examples(type: str) -> None:
    assert (CONTRACTS / "events" / f"{type}.schema.json").exists()
    assert examples_of(type)


def test_no_schema_or_example_without_an_event() -> None:
    types = {channel["address"] for channel in DOCUMENT["channels"].values()}
    assert {path.name.removesuffix(".schema.json") for path in (CONTRACTS / "events").iterdir()} == types
    assert {path.name for path in (CONTRACTS / "examples").iterdir()} == types
