"""Words that are in one request alone: no refusal may repeat them, wherever in the request they stood."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any

from schemathesis.core.transport import Response

# To these, what they set for an agent or in a session matters to all later cases.
_AS_INVENTED = {"edit_agent", "change_password", "save_service_rules"}


def may_be_linked(operation_id: str) -> bool:
    """Whether a canary may stand in an otherwise good request."""
    return operation_id not in _AS_INVENTED


def plant(case: Any, parameters: Sequence[dict[str, Any]], canary: str, random: Random) -> None:
    """Put the canary into a field of the body, or a parameter in path, query or headers, as they come."""
    fields = [("body", name) for name in case.body] if isinstance(case.body, dict) else []
    places = [*fields, *((one["in"], one["name"]) for one in parameters if one["in"] != "cookie")]
    if not places:
        return
    place, name = random.choice(places)
    if place == "body":
        case.body = {**case.body, name: f"\t{canary}@@{canary}"}
    elif place == "header":
        case.headers = {**(case.headers or {}), name: f"{canary}@@{canary}"}
    elif place == "query":
        case.query = {**(case.query or {}), name: f"{canary}@@{canary}"}
    else:
        case.path_parameters = {**(case.path_parameters or {}), name: f"{canary}@@{canary}"}


def is_repeated(response: Response, canary: str) -> bool:
    told = response.content + json.dumps(response.headers).encode()
    return canary.encode() in told
