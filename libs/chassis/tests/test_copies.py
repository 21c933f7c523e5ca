from __future__ import annotations

from gamedesk_chassis.copies import upsert_if_newer
from gamedesk_chassis.database import Database
from sqlalchemy import Table, select


def test_only_a_newer_version_is_applied__I5(database: Database, things: Table) -> None:
    with database.begin() as tx:

        def put(version: int, colour: str, *, allow_equal: bool = False) -> bool:
            values = {"colour": colour}
            return upsert_if_newer(tx, things, {"thing_id": "a"}, values, version, allow_equal=allow_equal)

        assert put(2, "red")
        assert not put(1, "blue")
        assert not put(1, "blue", allow_equal=True)
        assert not put(2, "blue")
        assert put(2, "green", allow_equal=True)
        assert put(5, "black")
        assert tuple(tx.execute(select(things)).one()) == ("a", "black", 5)
