"""Somebody's data are where they belong and nowhere else, and nowhere at all once he is forgotten.

One story through the real product; then every place that the product writes to is searched for every value.
`test_search.py` shows that the search finds what is there, and so does the event planted here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import nats
import psycopg
import pytest

from tests.conftest import Site
from tests.desk import Desk, Person, new_phone
from tests.e2e.shop import open_shop
from tests.security import search
from tests.security.search import Hit, Needles
from tests.security.story import Story, ok

pytestmark = pytest.mark.product

# No value belongs in what carries a fact, counts a request or keeps a failure, whoever owns the database.
PLUMBING = ("outbox", "inbox", "dead_letter", "idempotency_keys", "relay_mark", "sign_in_counts", "refresh_tokens")
NOT_OURS = ("simulator.log", "simulator.log.1")  # the games' side


def everywhere(site: Site, story: Story) -> Iterator[tuple[str, bytes]]:
    """Every place that the product writes to."""
    product = site.product
    state, layout = product.state, product.layout
    yield from search.files("log", state.logs, but_for=NOT_OURS)
    yield from search.files("run", state.run)
    yield from search.files("attachment", state.attachments)
    yield from search.files("nats", state.data / "nats")
    yield from search.messages(layout.nats.url("admin", state.secret("nats-admin")))
    for database in search.DATABASES:
        with layout.postgres.connect(database) as connection:
            yield from search.rows(connection, database)
    webs = {process.name: layout.url(process.name) for process in layout.programs() if process.name != "simulator"}
    yield from search.metrics(webs)
    yield from search.answers(story.answers)


def strays(hits: list[Hit], story: Story) -> list[str]:
    """Finds where they do not belong."""
    return [
        str(hit)
        for hit in hits
        if not hit.place.startswith(story.canaries.home[hit.what] or ("nowhere",))
        or hit.place.rpartition(".")[2] in PLUMBING
    ]


def test_contacts_and_texts_stay_where_they_belong_and_go_with_whom_they_are_about(
    site: Site, desk: Desk, hire: Callable[..., Person]
) -> None:
    if site.product is None:
        pytest.skip("a product that was started elsewhere keeps its files to itself")
    story = Story(site, open_shop(desk, hire), hire())

    story.tell()

    places = list(everywhere(site, story))
    kinds = {place.partition(":")[0] for place, _ in places}
    assert kinds == {"log", "run", "attachment", "nats", "stream", "table", "metrics", "answer"}
    assert b'relation "player_phones" does not exist' in dict(places)["log:postgres.log"], "it tells of what it refused"
    hits = Needles(story.canaries.values).anywhere(places)
    assert not strays(hits, story), "found where it does not belong"
    kept = {what for what, home in story.canaries.home.items() if home}
    assert kept - {hit.what for hit in hits} <= {"the name of a picture"}, "the story did not bring it there"

    lead = story.shop.lead
    imported = lead.get("/players", q=story.canaries.values["his phone in xlsx"]).json()["items"]
    gone = [story.player["player_id"], *(player["player_id"] for player in imported)]
    for player_id in gone:
        ok(lead.post(f"/players/{player_id}/erasure", {"reason": "本人要求"}))
    about_them = Needles(story.canaries.of_the_erased())

    def nothing_is_left() -> bool:
        left = about_them.anywhere(everywhere(site, story))
        assert not left, "\n".join(map(str, left))
        return True

    desk.eventually(nothing_is_left, within=120, every=0.5)  # each look takes its time


def test_what_is_planted_is_found_where_it_was_planted_and_is_not_told_on(
    site: Site, desk: Desk, hire: Callable[..., Person]
) -> None:
    """An event as none of ours is, with a phone in it, becomes a dead letter: kept as it came, but told by nobody.
    A statement that fails, with another in its text, is in PostgreSQL's log: there, and found there."""
    if site.product is None:
        pytest.skip("a product that was started elsewhere keeps its files to itself")
    phone, in_a_statement = new_phone(), new_phone()
    with site.product.layout.postgres.connect() as connection, pytest.raises(psycopg.errors.DivisionByZero):
        connection.execute(f"SELECT 1/0 -- {in_a_statement}".encode())
    url = site.product.layout.nats.url("admin", site.product.state.secret("nats-admin"))
    event = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "players",
        "type": "players.player.updated.v1",
        "subject": str(uuid4()),
        "time": "2026-01-01T00:00:00Z",
        "datacontenttype": "application/json",
        "aggregateversion": 1,
        "data": {"player_id": phone, "phone": phone},
    }
    sequence = asyncio.run(publish(url, event))
    story = Story(site, open_shop(desk, hire), hire())
    try:
        for database in ("tickets", "sales"):
            desk.eventually(lambda database=database: letters(site, database, event["id"]), within=30)
        places = list(everywhere(site, story))
        assert {hit.place for hit in Needles({"x": in_a_statement}).anywhere(places)} == {"log:postgres.log"}
        hits = Needles({"planted": phone}).anywhere(places)
        found = {hit.place for hit in hits if not hit.place.startswith("nats:")}
        assert found == {"stream:PLAYERS", "table:tickets.dead_letter", "table:sales.dead_letter"}
        assert {hit.place.partition(":")[0] for hit in hits} == {"stream", "table", "nats"}, "in the store's files, too"
        for database in ("tickets", "sales"):
            assert phone not in str(letters(site, database, event["id"])), "nor in why it failed"
    finally:
        asyncio.run(take_back(url, sequence))
        for database in ("tickets", "sales"):
            with site.product.layout.postgres.connect(database) as connection:
                connection.execute("DELETE FROM dead_letter WHERE event_id = %s", [event["id"]])


async def publish(url: str, event: dict[str, Any]) -> int:
    client = await nats.connect(url)
    receipt = await client.jetstream().publish(event["type"], json.dumps(event).encode())
    await client.close()
    return receipt.seq


async def take_back(url: str, sequence: int) -> None:
    client = await nats.connect(url)
    await client.jetstream().delete_msg("PLAYERS", sequence)
    await client.close()


def letters(site: Site, database: str, event_id: str) -> list[Any]:
    with site.product.layout.postgres.connect(database) as connection:
        query = "SELECT consumer, subject, error FROM dead_letter WHERE event_id = %s"
        return connection.execute(query, [event_id]).fetchall()


def test_who_looked_at_contacts_is_recorded_with_when_whom_and_why__masking(
    desk: Desk, hire: Callable[..., Person]
) -> None:
    owner, stranger, lead = hire(), hire(), hire("lead")
    phone = new_phone()
    player = owner.create_player(phone, wechat_id=f"wx_{phone}")
    path = f"/players/{player['player_id']}"
    for look in (
        lambda: stranger.get(path).json(),
        lambda: stranger.get("/search", q=phone).json(),
        lambda: lead.get("/players", q=phone).json(),
        lambda: stranger.get(f"/home{path}").json(),
    ):
        assert phone not in str(look()), "whoever does not own him sees his contacts masked"
    export = stranger.get("/exports/players", owner=owner.agent_id)
    assert not list(Needles({"phone": phone, "wechat": f"wx_{phone}"}).hits("export", export.content))
    assert lead.get(f"{path}/reveals").json()["items"] == []

    assert phone in str(ok(stranger.post(f"{path}/reveal", {"reason": "回电"})).json())

    (look,) = lead.get(f"{path}/reveals").json()["items"]
    assert (look["agent_id"], look["reason"]) == (stranger.agent_id, "回电")
    assert look["revealed_at"].endswith("Z")
    assert stranger.get(f"{path}/reveals").status_code == 403
