"""Many rows in one statement: a table of values that the database unfolds from arrays.

new = values_of(things, ["thing_id", "colour"], rows)
tx.execute(update(things).where(things.c.thing_id == new.c.thing_id).values(colour=new.c.colour))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, TableValuedAlias, cast, column, func
from sqlalchemy.dialects.postgresql import ARRAY


def values_of(table: Table, names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> TableValuedAlias:
    """`rows` as a relation with the columns `names`, which have the types that they have in `table`.

    Array columns cannot take part: PostgreSQL unfolds them.
    """
    types = [table.c[name].type for name in names]
    arrays = [cast([row[name] for row in rows], ARRAY(kind)) for name, kind in zip(names, types, strict=True)]
    columns = [column(name, kind) for name, kind in zip(names, types, strict=True)]
    return func.unnest(*arrays).table_valued(*columns).render_derived(name="new_values")
