"""A signed-in agent who writes every write into the ledger and follows it until he knows what became of it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from game_server.signing import signed_headers

from tests.faults.harness.effects import OPERATIONS
from tests.faults.harness.ledger import Ledger, Write
from tests.faults.harness.wire import Answer, NoAnswer, Wire, encode

_TRIES = 3  # before a write is left for later
_REMEMBERED = 50  # acknowledged writes


class Agent:
    """One agent with one session at all gateways. Not for use by several tasks at once."""

    def __init__(self, wire: Wire, ledger: Ledger, agent_id: str, password: str, role: str) -> None:
        self.agent_id, self.role = agent_id, role
        self.left_over: list[Write] = []  # what became of these is not known
        self.acknowledged: deque[Write] = deque(maxlen=_REMEMBERED)  # the last of those that may be sent again
        self._wire, self._ledger, self._password = wire, ledger, password
        self._cookie = ""

    async def sign_in(self) -> bool:
        """Open a session; False when nobody answered, or refused for now."""
        body = encode({"agent_id": self.agent_id, "password": self._password})
        try:
            answer = await self._wire.send("POST", "/session", body=body)
        except NoAnswer:
            return False
        if not answer.is_ok:
            await asyncio.sleep(answer.pause)
            return False
        self._keep_cookie(answer)
        return True

    async def get(self, path: str) -> dict[str, Any] | None:
        """Read; None when there is no good answer now."""
        try:
            answer = await self._wire.send("GET", path, headers={"Cookie": self._cookie})
        except NoAnswer:
            return None
        self._keep_cookie(answer)
        if answer.status == 401:
            await self.sign_in()
        return answer.content if answer.is_ok else None

    async def write(
        self,
        operation: str,
        method: str,
        path: str,
        body: Any,
        *,
        key: str,
        marker: str | None = None,
        version: int | None = None,
        fen: int = 0,
    ) -> dict[str, Any] | None:
        """Ask for a write, a few times if need be; the answer's content, None when it was refused or is not known.

        Args:
            marker: see `ledger.Write`; the key if none is given.
            version: of what is changed, for If-Match.
        """
        write = Write(
            key=key,
            operation=operation,
            caller=self.agent_id,
            method=method,
            path=path,
            body=body,
            marker=marker or key,
            version=version,
            fen=fen,
        )
        self._ledger.invoke(write)
        return await self._follow(write, _TRIES)

    async def settle_left_over(self, *, tries: int, final: bool = False) -> None:
        """Repeat what is not known, with the same key.

        Args:
            final: nothing of earlier attempts is under way any more, so that a refusal is certain.
        """
        waiting, self.left_over = self.left_over, []
        for write in waiting:
            await self._follow(write, tries, final=final)

    async def repeat(self, write: Write) -> None:
        """Send what was acknowledged once more, as a client does that lost the answer: once, and note a certain one."""
        try:
            answer = await self._wire.send(
                write.method, write.path, body=encode(write.body), headers=self._headers(write)
            )
        except NoAnswer:
            return
        self._keep_cookie(answer)
        if answer.is_ok or answer.is_refusal:
            self._ledger.again(write.key, answer.status, _told(answer, write) if answer.is_ok else answer.slug)

    async def close(self) -> None:
        await self._wire.close()

    async def _follow(self, write: Write, tries: int, *, final: bool = False) -> dict[str, Any] | None:
        """Try until it is certain what became of the write, or leave it over."""
        in_doubt = write.was_unknown
        for turn in range(1, tries + 1):
            try:
                answer = await self._wire.send(
                    write.method, write.path, body=encode(write.body), headers=self._headers(write)
                )
            except NoAnswer as seen:
                in_doubt = self._doubt(write, in_doubt, str(seen))
                continue
            self._keep_cookie(answer)
            if in_doubt and _shows(answer, write):
                self._ledger.ok(write.key, answer.status, None)
                return answer.content["current"]
            if answer.is_ok:
                self._ledger.ok(write.key, answer.status, _told(answer, write))
                if OPERATIONS[write.operation].keyed or write.version is None:  # it has a key or an id of its own
                    self.acknowledged.append(write)
                return answer.content
            if answer.is_refusal and (final or not in_doubt):
                self._ledger.fail(write.key, answer.status, answer.slug)
                return None
            if answer.is_refusal:  # an earlier attempt may still be under way, and be granted
                break
            if answer.may_be_done:
                in_doubt = self._doubt(write, in_doubt, f"{answer.status} {answer.slug}")
            if answer.status == 401:
                await self.sign_in()
            await asyncio.sleep(answer.pause)
            if tries == turn and answer.is_not_done and not in_doubt:  # he believes it, and the checks look
                self._ledger.fail(write.key, answer.status, answer.slug)
                return None
        self._doubt(write, in_doubt, "not yet taken")
        self.left_over.append(replace(write, was_unknown=True))
        return None

    def _doubt(self, write: Write, in_doubt: bool, why: str) -> bool:
        """From now on it is not certain what became of the write."""
        if not in_doubt:
            self._ledger.unknown(write.key, why)
        return True

    def _headers(self, write: Write) -> dict[str, str]:
        headers = {"Cookie": self._cookie}
        if OPERATIONS[write.operation].keyed:
            headers["Idempotency-Key"] = write.key
        if write.version is not None:
            headers["If-Match"] = f'"{write.version}"'
        return headers

    def _keep_cookie(self, answer: Answer) -> None:
        cookie = answer.headers.get("set-cookie", "")
        if cookie.startswith("gamedesk_session="):
            self._cookie = cookie.partition(";")[0]


class GameBackend(Agent):
    """A game's backend, which signs what it pushes instead of signing in."""

    def __init__(self, wire: Wire, ledger: Ledger, game_id: str, keys: Sequence[bytes]) -> None:
        super().__init__(wire, ledger, game_id, "", "game")
        self._keys = keys

    async def sign_in(self) -> bool:
        return True

    def _headers(self, write: Write) -> dict[str, str]:
        return signed_headers(write.key, int(time.time()), encode(write.body) or b"", self._keys)


def _told(answer: Answer, write: Write) -> str | None:
    """The id of what came to be; of a player who has been merged since, it is his own."""
    content = answer.content
    return str(content.get("redirected_from") or content.get(OPERATIONS[write.operation].told) or "") or None


def _shows(answer: Answer, write: Write) -> bool:
    """Whether a 412 shows that it was an earlier attempt of ours which made what there is now."""
    now: Any = answer.content.get("current")
    if answer.status != 412 or not isinstance(now, Mapping):
        return False
    if write.operation == "verify_order":
        return now.get("verified_by") is not None
    wanted = {name: value for name, value in (write.body or {}).items() if name in now}
    return bool(wanted) and all(now[name] == value for name, value in wanted.items())
