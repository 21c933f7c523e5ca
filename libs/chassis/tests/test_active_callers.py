"""Who calls: the lower of what his token and what the service's own knowledge grant him."""

from __future__ import annotations

import pytest
from gamedesk_chassis.active_callers import ActiveCallers, Standing
from gamedesk_chassis.auth import Principal
from gamedesk_chassis.database import Database
from gamedesk_chassis.errors import NotAuthenticated


def narrowed(database: Database, token: tuple[str, str], known: Standing | None) -> tuple[str, str | None]:
    caller = ActiveCallers(database, lambda _tx, _id: known)(Principal("KF001", *token))
    return caller.role, caller.team


@pytest.mark.parametrize(
    ("in_token", "known", "counts"),
    [("admin", "agent", "agent"), ("agent", "admin", "agent"), ("lead", "admin", "lead"), ("admin", "admin", "admin")],
)
def test_the_lower_role_counts(database: Database, in_token: str, known: str, counts: str) -> None:
    assert narrowed(database, (in_token, "A"), Standing(True, known, "A")) == (counts, "A")


def test_a_team_counts_only_where_both_agree(database: Database) -> None:
    assert narrowed(database, ("lead", "A"), Standing(True, "lead", "B")) == ("lead", None)


def test_an_unknown_caller_is_whom_his_token_names(database: Database) -> None:
    assert narrowed(database, ("lead", "A"), None) == ("lead", "A")


def test_a_deactivated_caller_is_turned_away(database: Database) -> None:
    with pytest.raises(NotAuthenticated):
        narrowed(database, ("lead", "A"), Standing(False, "lead", "A"))


def test_a_change_is_noticed_after_a_while_and_not_asked_for_each_time(database: Database) -> None:
    asked: list[str] = []

    def lookup(_tx: object, caller_id: str) -> Standing:
        asked.append(caller_id)
        return Standing(True, "admin" if len(asked) == 1 else "agent", "A")

    caller = Principal("KF001", "admin", "A")
    cached, uncached = ActiveCallers(database, lookup), ActiveCallers(database, lookup, seconds=-1)

    assert [cached(caller).role, cached(caller).role, len(asked)] == ["admin", "admin", 1]
    assert uncached(caller).role == "agent"
