"""The clients of the load: what they write into their ledger, whatever answers they get."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.faults.harness.agent import Agent, GameBackend
from tests.faults.harness.ledger import Ledger, Write
from tests.faults.harness.wire import Answer, NoAnswer, Wire

Said = Answer | NoAnswer


class Script(Wire):
    """Gives these answers, one after the other; `sent` has what was asked."""

    def __init__(self, said: Sequence[Said]) -> None:
        self._said = list(said)
        self.sent: list[dict[str, Any]] = []

    async def send(self, method: str, path: str, **request: Any) -> Answer:
        self.sent.append({"method": method, "path": path, **request})
        said = self._said.pop(0)
        if isinstance(said, NoAnswer):
            raise said
        return said


def answer(status: int, slug: str = "", **content: Any) -> Answer:
    problem = {"type": f"urn:gamedesk:problem:{slug}"} if slug else {}
    return Answer(status, {"retry-after": "0"}, {**problem, **content})


MADE = answer(201, ticket_id="t1")
REFUSED = answer(422, "rule-violation")
NOTHING = NoAnswer("ReadTimeout")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.jsonl") as ledger:
        yield ledger


def after(ledger: Ledger, said: Sequence[Said], *, later: Sequence[Said] = (), final: bool = False) -> Write:
    """What the ledger has of a write that met these answers, and `later` those, when it was repeated."""
    wire = Script([*said, *later])
    agent = Agent(wire, ledger, "KF003", "", "agent")

    async def work() -> None:
        await agent.write("create_ticket", "POST", "/tickets", {"detail": "M"}, key="M")
        if later:
            await agent.settle_left_over(tries=len(later), final=final)

    asyncio.run(work())
    assert {sent["headers"]["Idempotency-Key"] for sent in wire.sent if sent["path"] == "/tickets"} == {"M"}
    [write] = ledger.writes()
    return write


def test_what_was_acknowledged_is_ok_under_the_id_that_was_told(ledger: Ledger) -> None:
    write = after(ledger, [MADE])
    assert (write.outcome, write.told, write.was_unknown) == ("ok", "t1", False)


def test_what_was_refused_at_once_has_failed(ledger: Ledger) -> None:
    assert after(ledger, [REFUSED]).outcome == "fail"


def test_no_answer_is_repeated_with_the_same_key(ledger: Ledger) -> None:
    write = after(ledger, [NOTHING, answer(503, "unavailable"), MADE])
    assert (write.outcome, write.was_unknown) == ("ok", True)


NOT_DONE, UNKNOWN = (answer(503, "unavailable", outcome=said) for said in ("not-done", "unknown"))


@pytest.mark.parametrize(
    ("said", "outcome", "was_unknown"),
    [
        ([NOT_DONE, NOT_DONE, NOT_DONE], "fail", False),
        ([NOT_DONE, MADE], "ok", False),
        ([NOT_DONE, REFUSED], "fail", False),
        ([UNKNOWN, NOT_DONE, NOT_DONE], "unknown", True),
        ([NOT_DONE, UNKNOWN, NOT_DONE], "unknown", True),
        ([NOT_DONE, NOT_DONE, UNKNOWN], "unknown", True),
    ],
)
def test_trouble_that_says_that_nothing_was_done_is_believed(
    ledger: Ledger, said: list[Said], outcome: str, was_unknown: bool
) -> None:
    write = after(ledger, said)
    assert (write.outcome, write.was_unknown) == (outcome, was_unknown)


def test_what_never_got_an_answer_is_unknown_until_it_is_repeated(ledger: Ledger) -> None:
    assert after(ledger, [NOTHING] * 3).outcome == "unknown"


@pytest.mark.parametrize(
    ("said", "again"),
    [
        (MADE, ((201, "t1"),)),
        (answer(201, ticket_id="t2"), ((201, "t2"),)),
        (answer(201, ticket_id="t2", redirected_from="t1"), ((201, "t1"),)),
        (REFUSED, ((422, "rule-violation"),)),
        (NOTHING, ()),
        (answer(503, "unavailable"), ()),
    ],
)
def test_what_was_acknowledged_may_be_sent_again_and_its_answer_is_kept(
    said: Said, again: tuple[tuple[int, str]], ledger: Ledger
) -> None:
    wire = Script([MADE, said])
    agent = Agent(wire, ledger, "KF003", "", "agent")

    async def work() -> None:
        await agent.write("create_ticket", "POST", "/tickets", {"detail": "M"}, key="M")
        await agent.repeat(agent.acknowledged[0])

    asyncio.run(work())
    assert wire.sent[0] == wire.sent[1]
    [write] = ledger.writes()
    assert (write.outcome, write.told, write.again) == ("ok", "t1", again)


def test_what_has_a_version_instead_of_a_key_is_not_sent_again(ledger: Ledger) -> None:
    agent = Agent(Script([answer(200, version=2)]), ledger, "KF003", "", "agent")
    asyncio.run(agent.write("edit_ticket", "PATCH", "/tickets/t1", {"title": "M"}, key="M", version=1))
    assert not agent.acknowledged


def test_a_refusal_after_no_answer_is_not_certain_before_all_is_healed(ledger: Ledger) -> None:
    assert after(ledger, [NOTHING, REFUSED]).outcome == "unknown"


def test_a_refusal_after_all_is_healed_is_certain(ledger: Ledger) -> None:
    write = after(ledger, [NOTHING, REFUSED], later=[REFUSED], final=True)
    assert (write.outcome, write.was_unknown) == ("fail", True)


@pytest.mark.parametrize("slug", ["request-in-flight", "reference-not-yet-known"])
def test_a_conflict_that_passes_is_no_refusal(slug: str, ledger: Ledger) -> None:
    assert after(ledger, [answer(409, slug), MADE]).outcome == "ok"


def test_a_session_that_ended_is_opened_again(ledger: Ledger) -> None:
    assert after(ledger, [answer(401, "session-ended"), answer(201), MADE]).outcome == "ok"


def test_an_error_without_a_problem_document_is_no_refusal(ledger: Ledger) -> None:
    assert after(ledger, [answer(404), MADE]).outcome == "ok"


@pytest.mark.parametrize(("title", "outcome"), [("M", "ok"), ("another's", "unknown")])
def test_a_newer_version_that_is_ours_is_the_effect_of_an_attempt_without_an_answer(
    title: str, outcome: str, ledger: Ledger
) -> None:
    agent = Agent(
        Script([NOTHING, answer(412, "stale-version", current={"title": title})]), ledger, "KF003", "", "agent"
    )
    now = asyncio.run(agent.write("edit_ticket", "PATCH", "/tickets/t1", {"title": "M"}, key="M", version=1))
    assert ledger.writes()[0].outcome == outcome
    assert now == ({"title": "M"} if outcome == "ok" else None), "he works on with what there is now"


def test_a_push_is_signed_anew_each_time_and_has_the_same_body(ledger: Ledger) -> None:
    wire = Script([NOTHING, answer(200)])
    asyncio.run(
        GameBackend(wire, ledger, "xiyou", [b"key"]).write(
            "push_prices", "POST", "/price-pushes/xiyou", {"event_id": "p1"}, key="p1"
        )
    )
    assert {sent["headers"]["webhook-id"] for sent in wire.sent} == {"p1"}
    assert len({sent["body"] for sent in wire.sent}) == 1
    assert ledger.writes()[0].outcome == "ok"
