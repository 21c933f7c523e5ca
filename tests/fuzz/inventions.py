"""What schemathesis invents from a contract: mostly requests that keep to it, some that do not."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.contract.test_http_contracts import resolved

_ALL_CHECKS: list[Any] = list(HealthCheck)
_NEGATIVE = 5  # one in so many breaks the contract


@schemathesis.serializer(
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/gif",
)
def _bytes_as_they_are(_context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Invented:
    """`good`: it keeps to the contract."""

    case: Any
    good: bool


class Inventions:
    """`number` is the seed. All of an operation are invented at once: to begin again costs more than a case."""

    def __init__(self, document: dict[str, Any], number: int) -> None:
        self._number = number
        schema = schemathesis.openapi.from_dict(_easier(document))
        found: list[Any] = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
        self._operations = {operation.definition.raw["operationId"]: operation for operation in found}

    def of(self, operation_id: str, count: int, turn: int) -> list[Invented]:
        """So many, in the order in which they were invented; fewer if there are not as many different ones."""
        breaking = count // _NEGATIVE
        good = self._invent(operation_id, GenerationMode.POSITIVE, count - breaking, turn)
        assert good, f"nothing can be invented for {operation_id}"
        return [Invented(case, True) for case in good] + [
            Invented(case, False) for case in self._invent(operation_id, GenerationMode.NEGATIVE, breaking, turn)
        ]

    def _invent(self, operation_id: str, mode: GenerationMode, count: int, turn: int) -> list[Any]:
        cases: list[Any] = []
        if not count:
            return cases

        @seed(f"{self._number} {operation_id} {mode} {turn}")
        @settings(
            max_examples=count, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=_ALL_CHECKS
        )
        @given(case=self._operations[operation_id].as_strategy(generation_mode=mode))
        def keep(case: Any) -> None:
            cases.append(case)

        with suppress(Unsatisfiable):
            keep()
        return cases


def _easier(document: dict[str, Any]) -> dict[str, Any]:
    """The document, with parameters of a format without their pattern: of a hundred inventions that match the pattern
    hardly one has the format."""

    def easier(parameter: dict[str, Any]) -> dict[str, Any]:
        found = resolved(document, parameter)
        schema = found.get("schema", {})
        if "format" not in schema or "pattern" not in schema:
            return parameter
        return {**found, "schema": {name: value for name, value in schema.items() if name != "pattern"}}

    def path(item: dict[str, Any]) -> dict[str, Any]:
        return {
            name: [easier(one) for one in part]
            if name == "parameters"
            else {**part, "parameters": [easier(one) for one in part["parameters"]]}
            if isinstance(part, dict) and "parameters" in part
            else part
            for name, part in item.items()
        }

    return {**document, "paths": {name: path(item) for name, item in document["paths"].items()}}
