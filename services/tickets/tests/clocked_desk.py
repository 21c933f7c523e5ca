"""A ticket and what is done about it at which time of Shanghai."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from gamedesk_testing.api_client import ApiClient

At = Callable[[str], None]
NewTicket = Callable[..., dict[str, Any]]

# The first rules of service: every day 09:00–21:00 in Shanghai; normal tickets are answered within an hour and solved
# within 24 hours of work. 2026-11-02 is a Monday; its times below are those of Shanghai.
DAY = "2026-11-02"


def shanghai(moment: str) -> datetime:
    """`"10:30"` on the first day, `"+1 10:30"` on the next."""
    days, clock = moment.split(" ") if " " in moment else ("+0", moment)
    return datetime.fromisoformat(f"{DAY}T{clock}:00+08:00").astimezone(UTC) + timedelta(days=int(days))


def spelled(moment: str) -> str:
    return shanghai(moment).isoformat().replace("+00:00", "Z")


class Desk:
    """A ticket and what is done about it at which time."""

    def __init__(self, agent: ApiClient, new_ticket: NewTicket, at: At) -> None:
        self._agent, self._new_ticket, self._at = agent, new_ticket, at
        self.path = ""

    def asked(self, moment: str, *, recorded: str | None = None, **fields: Any) -> None:
        self._at(recorded or moment)
        ticket = self._new_ticket(asked_at=spelled(moment), **fields)
        self.path = f"/tickets/{ticket['ticket_id']}"

    def replied(self, moment: str, *, recorded: str | None = None, client: ApiClient | None = None) -> None:
        self._at(recorded or moment)
        body = {"kind": "reply", "text": "已处理", "happened_at": spelled(moment)}
        assert (client or self._agent).post(f"{self.path}/entries", body).status_code == 201

    def edited(self, moment: str, **fields: Any) -> None:
        self._at(moment)
        assert self._agent.patch(self.path, fields, version=self.ticket["version"]).status_code == 200

    def moved(self, moment: str, to: str, client: ApiClient | None = None) -> None:
        self._at(moment)
        body = {"to": to, "solution": "补发", "reason": "又来了"}
        answer = (client or self._agent).post(f"{self.path}/transitions", body, version=self.ticket["version"])
        assert answer.status_code == 200, answer.text

    def clock_at(self, moment: str) -> dict[str, Any]:
        self._at(moment)
        return self.clock

    @property
    def ticket(self) -> dict[str, Any]:
        return self._agent.get(self.path).json()

    @property
    def clock(self) -> dict[str, Any]:
        return self.ticket["clock"]
