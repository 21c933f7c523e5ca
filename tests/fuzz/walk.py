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
import schemathesis
from gamedesk_chassis.contract import Contract
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contract.services import contract
from tests.contract.test_http_contracts import resolved
from tests.fuzz.links import LINKS, USUAL_CALLERS, learn_more, picture, sheet
from tests.fuzz.memory import Memory
from tests.fuzz.world import CALLERS, World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
ROUNDS = 3
_ALL_CHECKS: list[Any] = list(HealthCheck)
PROBLEM = "application/problem+json"


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
        self, world: World, memory: Memory, name: str, token_for: Callable[..., str], push_key: bytes, number: int
    ) -> None:
        self.world, self.memory, self.name, self.number = world, memory, name, number
        self.contract: Contract = contract(name)
        self.told: dict[str, Told] = {o.operation_id: Told() for o in self.contract.operations}
        self.failures: dict[str, str] = {}
        self._random = random.Random(f"{number} {name}")
        self._tokens = {agent_id: token_for(agent_id, role, team) for agent_id, (role, team) in CALLERS.items()}
        self._push_key = push_key
        self._schema = schemathesis.openapi.from_dict(self.contract.document)
        found: list[Any] = [result.ok() for result in self._schema.get_all_operations() if isinstance(result, Ok)]
        self._operations = {operation.definition.raw["operationId"]: operation for operation in found}
        self._canaries = 0

    def run(self, cases: int, only: Callable[[str], bool] = lambda _operation_id: True) -> None:
        """So many cases for each operation, in rounds: what the later ones need, the earlier have made."""
        rounds = min(ROUNDS, cases)
        for turn in range(rounds):
            share = cases * (turn + 1) // rounds - cases * turn // rounds
            for operation in self.contract.operations:
                if only(operation.operation_id):
                    self._try(operation, share, turn)
                    if turn == 0:
                        self.world.work(operation.operation_id)
                    self.world.carry_events()

    def _try(self, operation: Any, cases: int, turn: int) -> None:
        for mode, share in ((GenerationMode.POSITIVE, cases - cases // 5), (GenerationMode.NEGATIVE, cases // 5)):
            if share:
                self._invent(operation, mode, share, turn)

    def _invent(self, operation: Any, mode: GenerationMode, cases: int, turn: int) -> None:
        strategy = self._operations[operation.operation_id].as_strategy(generation_mode=mode)

        @seed(f"{self.number} {operation.operation_id} {mode} {turn}")
        @settings(
            max_examples=cases,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=_ALL_CHECKS,
        )
        @given(case=strategy)
        def ask(case: Any) -> None:
            self._ask(operation, case, linked=mode is GenerationMode.POSITIVE)

        try:
            ask()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, f"nothing can be invented for {operation.operation_id}"

    def _ask(self, operation: Any, case: Any, *, linked: bool) -> None:
        caller = self._caller(operation)
        canary = self._prepare(operation, case, linked)
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
        usual = USUAL_CALLERS.get(operation.operation_id, "KF001")
        return usual if self._random.random() < 0.6 else self._random.choice(fitting)

    def _prepare(self, operation: Any, case: Any, linked: bool) -> str | None:
        """Link the case to what exists; or leave it as it was invented, with a canary in it. Returns that."""
        if linked and self._random.random() < 0.9:
            self._link(operation, case)
            return None
        self._canaries += 1
        canary = f"canary{self.number}x{self._canaries}"
        if isinstance(case.body, dict) and case.body:
            case.body = {**case.body, self._random.choice(list(case.body)): f"\t{canary}@@{canary}"}
        return canary

    def _link(self, operation: Any, case: Any) -> None:
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
        if "Idempotency-Key" in (case.headers or {}):
            case.headers["Idempotency-Key"] = f"{self._random.getrandbits(96):024x}"
        if "If-Match" in (case.headers or {}):
            case.headers["If-Match"] = self._version(case)

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
        known = next((self.memory.versions[one] for one in ids if one in self.memory.versions), None)
        path = case.formatted_path
        while known is None and path:
            if self.contract.find("GET", path) is not None:
                etag = self._read(path).headers.get("etag")
                if etag:
                    return etag[0]
            path = path.rpartition("/")[0]
        return f'"{known or 1}"'

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
            case.validate_response(response, checks=CHECKS)
        except (Failure, FailureGroup) as failure:
            return "; ".join(str(one)[:400] for one in getattr(failure, "exceptions", [failure]))
        if response.status_code < 400:
            return None
        if response.headers.get("content-type") != [PROBLEM]:
            return f"{response.status_code} is no problem document"
        problem = json.loads(response.content)
        if problem["status"] != response.status_code or [problem.get("request_id")] != response.headers["x-request-id"]:
            return "the problem document is of another answer"
        everything = response.content + repr(response.headers).encode()
        return "it repeats what was sent" if canary and canary.encode() in everything else None

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
