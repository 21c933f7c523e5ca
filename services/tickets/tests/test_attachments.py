"""Pictures of tickets through the API (R9)."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from gamedesk_chassis.database import Database
from gamedesk_chassis.ids import new_id
from gamedesk_testing.api_client import ApiClient
from gamedesk_tickets import picture_codec, picture_jobs, pictures, storage
from gamedesk_tickets.settings import Settings
from gamedesk_tickets.storage import Storage
from PIL import Image
from sqlalchemy import text

from .conftest import NewTicket, Timeline

AsAgent = Callable[[str], ApiClient]

ROW = """
INSERT INTO attachments (attachment_id, ticket_id, purpose, name, media_type, bytes, width, height, uploaded_by,
                         uploaded_at)
VALUES (:id, :ticket, 'reply', '', 'image/png', 1, 1, 1, 'KF003', now())
"""


def png(size: tuple[int, int] = (640, 480)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "red").save(buffer, "PNG")
    return buffer.getvalue()


def send(
    client: ApiClient, ticket: dict[str, Any], content: bytes | None = None, *, key: str | None = None, **options: Any
) -> httpx.Response:
    headers = {"Content-Type": options.pop("media_type", "image/png"), "Idempotency-Key": key or uuid4().hex}
    return client.request(
        "POST",
        f"/tickets/{ticket['ticket_id']}/attachments",
        content=png() if content is None else content,
        headers=headers,
        params={"purpose": "problem", **options},
    )


def added(client: ApiClient, ticket: dict[str, Any], **options: Any) -> dict[str, Any]:
    response = send(client, ticket, **options)
    assert response.status_code == 201, response.text
    return response.json()


def put_orphan(settings: Settings) -> UUID:
    """A picture in the store that no ticket has."""
    store, orphan = Storage(settings), new_id()
    store.put(orphan, "picture", b"x")
    store.put(orphan, "thumbnail", b"x")
    return orphan


def path_of(attachment: dict[str, Any]) -> str:
    return f"/attachments/{attachment['attachment_id']}"


def test_a_picture_belongs_to_its_ticket_and_its_timeline__R9(
    agent: ApiClient, new_ticket: NewTicket, timeline: Timeline
) -> None:
    ticket = new_ticket()

    attachment = added(agent, ticket, name="充值截图.png")

    assert (attachment["ticket_id"], attachment["purpose"]) == (ticket["ticket_id"], "problem")
    assert (attachment["name"], attachment["media_type"]) == ("充值截图.png", "image/png")
    assert (attachment["width"], attachment["height"], attachment["uploaded_by"]) == (640, 480, "KF003")
    changed = agent.get(f"/tickets/{ticket['ticket_id']}").json()
    assert changed["attachments"] == [attachment]
    entry = timeline(ticket)[-1]
    assert (entry["kind"], entry["agent_id"]) == ("attachment", "KF003")
    assert entry["changes"] == [{"field": "attachment", "before": None, "after": attachment["attachment_id"]}]


def test_adding_a_picture_costs_nobody_a_conflict__R13(agent: ApiClient, new_ticket: NewTicket) -> None:
    ticket = new_ticket()
    added(agent, ticket)

    response = agent.patch(f"/tickets/{ticket['ticket_id']}", {"title": "到账"}, version=ticket["version"])

    assert response.status_code == 200
    assert response.json()["revision"] == ticket["revision"] + 2


def test_picture_and_thumbnail_are_given_as_pictures_and_nothing_else__R9(
    agent: ApiClient, as_agent: AsAgent, new_ticket: NewTicket
) -> None:
    attachment = added(agent, new_ticket(), name='a";<b>截图.png')

    whole = as_agent("KF004").get(path_of(attachment))
    small = agent.get(f"{path_of(attachment)}/thumbnail")

    assert (whole.status_code, whole.headers["content-type"]) == (200, "image/png")
    assert (small.status_code, small.headers["content-type"]) == (200, "image/webp")
    assert len(whole.content) == attachment["bytes"]
    assert Image.open(io.BytesIO(whole.content)).size == (640, 480)
    assert Image.open(io.BytesIO(small.content)).size == (320, 240)
    for response in (whole, small):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert response.headers["cache-control"].startswith("private")
        assert response.headers["content-disposition"].isascii()
        assert '"' not in response.headers["content-disposition"]


def test_a_picture_that_the_browser_has_is_not_sent_again(agent: ApiClient, new_ticket: NewTicket) -> None:
    path = path_of(added(agent, new_ticket()))
    tag = agent.get(path).headers["etag"]

    again = agent.request("GET", path, headers={"If-None-Match": tag})
    other = agent.request("GET", f"{path}/thumbnail", headers={"If-None-Match": tag})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert other.status_code == 200


def test_nobody_sees_a_picture_without_signing_in(
    agent: ApiClient, anonymous: ApiClient, new_ticket: NewTicket
) -> None:
    path = path_of(added(agent, new_ticket()))

    assert anonymous.get(path).status_code == 401
    assert anonymous.get(f"{path}/thumbnail").status_code == 401


def test_a_picture_without_a_name_gets_one(agent: ApiClient, new_ticket: NewTicket) -> None:
    assert added(agent, new_ticket())["name"] == "picture.png"


@pytest.mark.parametrize(
    ("options", "status", "slug"),
    [
        ({"media_type": "image/jpeg"}, 422, "picture-of-another-type"),
        ({"media_type": "image/svg+xml"}, 415, "unsupported-media-type"),
        ({"media_type": "application/json"}, 415, "unsupported-media-type"),
        ({"media_type": "multipart/form-data; boundary=x"}, 415, "unsupported-media-type"),
        ({"media_type": "image/png, text/html"}, 415, "unsupported-media-type"),
        ({"content": b"<svg/>"}, 422, "picture-unreadable"),
        ({"content": png()[:-40]}, 422, "picture-unreadable"),
        ({"content": png() + b"x" * 10 * 1024 * 1024}, 413, "body-too-large"),
        ({"content": b""}, 400, None),
        ({"purpose": "other"}, 400, "validation"),
        ({"name": "../a.png"}, 400, "validation"),
        ({"name": "a\nb.png"}, 400, "validation"),
        ({"name": "a" * 121}, 400, "validation"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_what_is_no_picture_is_refused_with_its_reason__R9(
    agent: ApiClient,
    new_ticket: NewTicket,
    kept_pictures: Callable[[], set[UUID]],
    options: dict[str, Any],
    status: int,
    slug: str | None,
) -> None:
    response = send(agent, new_ticket(), **options)

    assert response.status_code == status, response.text
    assert slug is None or response.json()["type"] == f"urn:gamedesk:problem:{slug}"
    assert kept_pictures() == set()


@pytest.mark.parametrize("size", [(picture_codec.MAX_PIXELS // 16_000 + 1, 16_000), (70_000, 10)])
def test_too_many_pixels_are_refused_and_too_long_sides(
    agent: ApiClient, new_ticket: NewTicket, size: tuple[int, int]
) -> None:
    assert send(agent, new_ticket(), png(size)).json()["type"] == "urn:gamedesk:problem:picture-too-large"


def test_an_unknown_ticket_takes_no_picture(
    agent: ApiClient, unknown_id: str, kept_pictures: Callable[[], set[UUID]]
) -> None:
    assert send(agent, {"ticket_id": unknown_id}).status_code == 404
    assert kept_pictures() == set()


def test_the_same_key_adds_one_picture(
    agent: ApiClient, new_ticket: NewTicket, kept_pictures: Callable[[], set[UUID]]
) -> None:
    ticket = new_ticket()

    first, again = (added(agent, ticket, key="key-12345678") for _ in range(2))
    other = send(agent, ticket, png((10, 10)), key="key-12345678")
    renamed = send(agent, ticket, key="key-12345678", name="b.png")

    assert first == again
    assert {other.json()["type"], renamed.json()["type"]} == {"urn:gamedesk:problem:idempotency-key-reused"}
    assert len(agent.get(f"/tickets/{ticket['ticket_id']}").json()["attachments"]) == len(kept_pictures()) == 1
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: send(agent, ticket, key="another-key"), range(3)))
    assert len(kept_pictures()) == 2, "those that were late leave nothing in the store"


def test_a_request_that_is_worked_on_already_leaves_no_bytes(
    agent: ApiClient, new_ticket: NewTicket, database: Database, kept_pictures: Callable[[], set[UUID]]
) -> None:
    ticket = new_ticket()
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
    with database.begin() as first:
        first.execute(lock, {"key": "KF003\nadd_attachment\nkey-12345678"})
        response = send(agent, ticket, key="key-12345678")

    assert response.json()["type"] == "urn:gamedesk:problem:request-in-flight"
    assert kept_pictures() == set()


def test_a_ticket_has_at_most_fifty_pictures_however_many_are_sent_at_once(
    agent: ApiClient, new_ticket: NewTicket, database: Database, kept_pictures: Callable[[], set[UUID]]
) -> None:
    ticket = new_ticket()
    with database.begin() as tx:
        for _ in range(48):
            tx.execute(text(ROW), {"id": new_id(), "ticket": ticket["ticket_id"]})

    with ThreadPoolExecutor(4) as pool:
        answers = [r.status_code for r in pool.map(lambda _: send(agent, ticket), range(6))]

    assert sorted(answers) == [201, 201, 422, 422, 422, 422]
    assert len(agent.get(f"/tickets/{ticket['ticket_id']}").json()["attachments"]) == 50
    assert len(kept_pictures()) == 2


def test_a_removed_picture_leaves_its_line_and_loses_its_bytes__R9(
    agent: ApiClient,
    new_ticket: NewTicket,
    timeline: Timeline,
    database: Database,
    settings: Settings,
    kept_pictures: Callable[[], set[UUID]],
) -> None:
    ticket = new_ticket()
    attachment = added(agent, ticket, name="13912345678.png")
    kept = added(agent, ticket)

    assert agent.request("DELETE", path_of(attachment)).status_code == 204
    assert agent.request("DELETE", path_of(attachment)).status_code == 404
    assert [agent.get(path_of(attachment) + part).status_code for part in ("", "/thumbnail")] == [404, 404]
    assert len(kept_pictures()) == 2

    picture_jobs.delete_removed(database, Storage(settings))

    assert kept_pictures() == {UUID(kept["attachment_id"])}
    assert agent.get(f"/tickets/{ticket['ticket_id']}").json()["attachments"] == [kept]
    assert timeline(ticket)[-1]["changes"] == [
        {"field": "attachment", "before": attachment["attachment_id"], "after": None}
    ]
    with database.begin() as tx:
        row = tx.execute(text("SELECT name, removed_by FROM attachments WHERE removed_at IS NOT NULL")).one()
        assert tuple(row) == ("", "KF003")
        assert tx.execute(text("SELECT count(*) FROM attachment_removals")).scalar_one() == 0


def test_a_picture_is_removed_by_whoever_added_it_or_by_a_lead(
    agent: ApiClient, as_agent: AsAgent, new_ticket: NewTicket
) -> None:
    ticket = new_ticket()
    one, other = added(agent, ticket), added(agent, ticket)

    assert as_agent("KF004").request("DELETE", path_of(one)).status_code == 403
    assert as_agent("KF002").request("DELETE", path_of(one)).status_code == 204
    assert as_agent("KF001").request("DELETE", path_of(other)).status_code == 204


def test_a_store_that_is_down_takes_nothing_and_says_so(
    agent: ApiClient, new_ticket: NewTicket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any) -> None:
        raise storage.StorageUnavailable()

    ticket = new_ticket()
    monkeypatch.setattr(Storage, "put", down)

    response = send(agent, ticket)

    assert (response.status_code, response.headers["retry-after"]) == (503, "2")
    assert agent.get(f"/tickets/{ticket['ticket_id']}").json()["attachments"] == []


def test_one_picture_at_a_time_is_worked_on(
    agent: ApiClient, new_ticket: NewTicket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_WAIT_SECONDS", 0.01)
    ticket, busy = new_ticket(), threading.Lock()
    monkeypatch.setattr(pictures, "_turn", busy)

    with busy:
        assert send(agent, ticket).status_code == 503
    assert send(agent, ticket).status_code == 201
