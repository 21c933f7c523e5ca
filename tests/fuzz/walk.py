"""A walk through a service's operations: schemathesis invents a request, the memory links it to what exists, a caller
signs it, the answer is checked and remembered."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import requests
from gamedesk_chassis.contract import Contract
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contract.services import contract
from tests.contract.test_http_contracts import resolved
from tests.fuzz import canaries
from tests.fuzz.desk import Desk, picture
from tests.fuzz.front import public_contract
from tests.fuzz.inventions import Inventions
from tests.fuzz.links import LINKS, learn_more, sheet
from tests.fuzz.memory import Memory
from tests.fuzz.preparations import Prepared, preparation
from tests.fuzz.world import CALLERS, GATEWAY, World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
_SCHEMA = response_schema_conformance
ROUNDS = 3
AT_ONCE = 100  # cases of each operation that are kept in mind
PREPARED = 0.1  # of the cases that could be
PROBLEM = "application/problem+json"


@dataclass
class Told:
    """What became of one operation's cases."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    why: Counter[str] = field(default_factory=Counter)

    @property
    def granted(self) -> int:
        return sum(count for status, count in self.statuses.items() if status < 400)


class Walk:
    """Asks one service. `failures`: what broke a promise, with the request that did."""

    def __init__(
        self, world: World, memory: Memory, desk: Desk, name: str, tokens: dict[str, str], push_key: bytes, number: int
    ) -> None:
        self.world, self.memory, self.desk, self.name, self.number = world, memory, desk, name, number
        self.contract: Contract = public_contract() if name == GATEWAY else contract(name)
        self.told: dict[str, Told] = {o.operation_id: Told() for o in self.contract.operations}
        self.failures: dict[str, str] = {}
        self._random = random.Random(f"{number} {name}")
        self._tokens = tokens
        self._push_key = push_key
        self._inventions = Inventions(self.contract.document, number)
        self._owed = False
        self._canaries = self._turns = 0

    def run(self, cases: int, only: Callable[[str], bool] = lambda _operation_id: True) -> None:
        """So many cases for each operation, in rounds: what the later ones need, the earlier have made."""
        for begun in range(0, cases, AT_ONCE):
            self._go_round(min(AT_ONCE, cases - begun), only)

    def _go_round(self, cases: int, only: Callable[[str], bool]) -> None:
        self._turns += 1
        operations = [operation for operation in self.contract.operations if only(operation.operation_id)]
        invented = {o.operation_id: self._inventions.of(o.operation_id, cases, self._turns) for o in operations}
        for turn in range(ROUNDS):
            for operation in operations:
                self._owed = preparation(self.name, operation.operation_id) is not None
                for one in invented[operation.operation_id][turn::ROUNDS]:
                    self._ask(operation, one.case, linked=one.good)
                if turn == 0:
                    self.world.work(operation.operation_id)
                self.world.carry_events()

    def _ask(self, operation: Any, case: Any, *, linked: bool) -> None:
        caller, canary = self._prepare(operation, case, linked)
        headers = {"Authorization": f"Bearer {self._tokens[caller]}"} if caller else {}
        request = self._request(operation, case, headers)
        response = self.world.ask(self.name, request)
        told = self.told[operation.operation_id]
        told.cases += 1
        told.statuses[response.status_code] += 1
        fault = self._fault(case, response, canary)
        if fault is not None:
            self.failures.setdefault(
                f"{operation.operation_id}: {fault}",
                f"{request.method} {request.url} {dict(request.headers)} {request.body!r:.2000}",
            )
        if response.status_code < 400:
            is_json = response.content and "json" in response.headers.get("content-type", [""])[0]
            answer = json.loads(response.content) if is_json else None
            self.memory.learn(answer)
            learn_more(operation.operation_id, case, answer, self.memory)
        elif response.content:
            told.why[_reason(json.loads(response.content))] += 1

    def _caller(self, operation: Any) -> str | None:
        if operation.roles is None:
            return None
        fitting = [agent_id for agent_id, (role, _) in CALLERS.items() if role in operation.roles]
        return "KF001" if self._random.random() < 0.6 else self._random.choice(fitting)

    def _prepare(self, operation: Any, case: Any, linked: bool) -> tuple[str | None, str | None]:
        """Make of the case one that may be granted: about what exists, or what is made for it. Others keep what was
        invented, or get a canary. Returns who asks, and the canary."""
        caller = self._caller(operation)
        make = preparation(self.name, operation.operation_id)
        if linked and make is not None and (self._owed or self._random.random() < PREPARED):
            prepared = make(self.desk)
            self._link(operation, case, prepared)
            self._owed = False
            return prepared.caller, None
        if linked and self._random.random() < 0.9:
            self._link(operation, case)
            return caller, None
        self._canaries += 1
        canary = f"canary{self.number}x{self._canaries}"
        if linked and canaries.may_be_linked(operation.operation_id) and self._random.random() < 0.5:
            self._link(operation, case)
        canaries.plant(case, self._described(operation)["parameters"], canary, self._random)
        return caller, canary

    def _link(self, operation: Any, case: Any, prepared: Prepared | None = None) -> None:
        memory = self.memory
        for name in case.path_parameters or {}:
            one = memory.one(name)
            if one is not None:
                case.path_parameters[name] = one
        described = self._described(operation)
        for parameter in described["parameters"]:
            name, place = parameter["name"], parameter["in"]
            if place == "query" and name in (case.query or {}):
                self._link_query(parameter, case)
        if isinstance(case.body, dict):
            required = described["required"]
            thin = self._random.random() < 0.6
            body = {k: v for k, v in case.body.items() if not thin or k in required or self._random.random() < 0.2}
            case.body = memory.fill(body)
        elif str(case.media_type).startswith("image/"):
            case.body = picture(case.media_type, self._random)
        elif operation.operation_id == "import_players":
            case.media_type, case.body = "text/csv", sheet(self._random)
        link = LINKS.get(operation.operation_id)
        if link is not None:
            link(case, case.body if isinstance(case.body, dict) else {}, memory, self._random)
        if prepared is not None:
            self._apply(prepared, case)
        if "Idempotency-Key" in (case.headers or {}):
            case.headers["Idempotency-Key"] = f"{self._random.getrandbits(96):024x}"
        if "If-Match" in (case.headers or {}):
            version = prepared.version if prepared else None
            case.headers["If-Match"] = self._version(case) if version is None else f'"{version}"'

    def _apply(self, prepared: Prepared, case: Any) -> None:
        """The first in a round is left as it was prepared; to others more was invented."""
        case.path_parameters = dict(zip(case.path_parameters or {}, prepared.path, strict=True))
        if isinstance(case.body, dict):
            case.body = dict(prepared.body) if self._owed else {**case.body, **prepared.body}
        if self._owed:
            case.query = dict(prepared.query)
        elif prepared.query:
            case.query = {**(case.query or {}), **prepared.query}

    def _link_query(self, parameter: dict[str, Any], case: Any) -> None:
        name = parameter["name"]
        if not parameter.get("required") and self._random.random() < 0.5:
            del case.query[name]
        elif self.memory.is_link(name):
            one = self.memory.one(name)
            if one is not None:
                case.query[name] = [one] if isinstance(case.query[name], list) else one
        elif name in ("from", "to"):
            case.query[name] = "2026-01-01" if name == "from" else "2026-02-01"

    def _version(self, case: Any) -> str:
        ids = [value for value in reversed(list((case.path_parameters or {}).values())) if isinstance(value, str)]
        path = case.formatted_path
        while path:
            if self.contract.find("GET", path) is not None:
                etag = self._read(path).headers.get("etag")
                if etag:
                    return etag[0]
            path = path.rpartition("/")[0]
        known = next((self.memory.versions[one] for one in ids if one in self.memory.versions), 1)
        return f'"{known}"'

    def get(self, path: str) -> Any:
        """What an admin reads there."""
        return json.loads(self._read(path).content)

    def _read(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self._tokens['KF001']}"}
        return self.world.ask(self.name, requests.Request("GET", f"http://desk{path}", headers=headers).prepare())

    def _request(self, operation: Any, case: Any, headers: dict[str, str]) -> requests.PreparedRequest:
        arguments = case.as_transport_kwargs(base_url="http://desk", headers=headers)
        arguments.pop("timeout", None)
        request = requests.Request(**{k: v for k, v in arguments.items() if k in _REQUEST}).prepare()
        if operation.operation_id == "push_prices" and self._random.random() < 0.8:
            self._sign(request)
        return request

    def _sign(self, request: requests.PreparedRequest) -> None:
        body: Any = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        try:
            event_id = str(json.loads(body)["event_id"]).encode("ascii", "replace").decode().strip()
        except (ValueError, TypeError, KeyError):
            event_id = "none"
        moment = str(int(time.time()))
        signed = hmac.digest(self._push_key, f"{event_id}.{moment}.".encode() + body, hashlib.sha256)
        request.headers["webhook-id"] = event_id
        request.headers["webhook-timestamp"] = moment
        request.headers["webhook-signature"] = "v1," + base64.b64encode(signed).decode()

    def _fault(self, case: Any, response: Any, canary: str | None) -> str | None:
        try:
            stream = response.headers.get("content-type", [""])[0].startswith("text/event-stream")
            # The contract describes a stream as the text that it is, not event by event.
            case.validate_response(response, checks=[c for c in CHECKS if not stream or c is not _SCHEMA])
        except (Failure, FailureGroup) as failure:
            return "; ".join(str(one)[:400] for one in getattr(failure, "exceptions", [failure]))
        if response.status_code < 400:
            return None
        if response.headers.get("content-type") != [PROBLEM]:
            return f"{response.status_code} is no problem document"
        problem = json.loads(response.content)
        if problem["status"] != response.status_code or [problem.get("request_id")] != response.headers["x-request-id"]:
            return "the problem document is of another answer"
        return "it repeats what was sent" if canary and canaries.is_repeated(response, canary) else None

    def _described(self, operation: Any) -> dict[str, Any]:
        document = self.contract.document
        of_path = document["paths"][operation.path]
        of_operation = of_path[operation.method.lower()]
        parameters = [
            resolved(document, p) for p in (*of_path.get("parameters", ()), *of_operation.get("parameters", ()))
        ]
        content = resolved(document, of_operation.get("requestBody", {})).get("content", {})
        schema = resolved(document, content.get("application/json", {}).get("schema", {}))
        return {"parameters": parameters, "required": schema.get("required", ())}

    def lines(self) -> Iterator[str]:
        """A line for each operation, for who reads the run."""
        for name, told in self.told.items():
            reasons = ", ".join(f"{why} {count}" for why, count in told.why.most_common(3))
            yield f"{self.name} {name}: {told.cases} cases, {told.granted} granted; {dict(told.statuses)} {reasons}"


_REQUEST = {"method", "url", "headers", "files", "data", "params", "auth", "cookies", "json"}


def _reason(problem: dict[str, Any]) -> str:
    kind = problem["type"].removeprefix("urn:gamedesk:problem:")
    faults = problem.get("errors") or [{}]
    return f"{kind} {faults[0].get('pointer', '')} {faults[0].get('rule', '')}".strip()
