"""Connexion checks a whole contract whenever an app is made of it; tests make thousands of apps of a few contracts."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from connexion.spec import Specification


def check_each_contract_once(patch: pytest.MonkeyPatch) -> None:
    """From now on, one that passed is not checked again in this process."""
    check = Specification._validate_spec.__func__
    passed: set[tuple[type, bytes]] = set()

    def check_once(cls: type, spec: dict[str, Any]) -> None:
        key = (cls, orjson.dumps(spec, option=orjson.OPT_SORT_KEYS))
        if key not in passed:
            check(cls, spec)
            passed.add(key)

    patch.setattr(Specification, "_validate_spec", classmethod(check_once))
