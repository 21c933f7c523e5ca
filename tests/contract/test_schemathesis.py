"""Requests that schemathesis invents from each contract: no 500, and every answer as the contract says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contract.services import NAMES


@schemathesis.serializer("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
def _spreadsheet(_context: Any, value: Any) -> bytes:
    """Invented bytes as they are."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


pytestmark = pytest.mark.large

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 15


@pytest.mark.parametrize("name", NAMES)
def test_invented_requests_are_answered_by_the_contract(
    apps: Callable[[str], Any], token_for: Callable[..., str], name: str
) -> None:
    headers = {"Authorization": f"Bearer {token_for('KF001', 'admin', 'A')}"}
    schema = schemathesis.openapi.from_asgi("/openapi.json", apps(name), headers=headers)
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        _try(result.ok(), headers)


def _try(operation: Any, headers: dict[str, str]) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    ask()
