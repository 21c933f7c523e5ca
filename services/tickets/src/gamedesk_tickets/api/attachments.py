"""Pictures of tickets (R9)."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote
from uuid import UUID

import flask
from gamedesk_chassis.auth import current_principal
from gamedesk_chassis.errors import Conflict, NotFound, RuleViolation
from gamedesk_chassis.idempotency import Outcome
from gamedesk_chassis.ids import new_id
from gamedesk_chassis.web import Answer, answer, create_once, first_outcome, raw_answer

from gamedesk_tickets import pictures
from gamedesk_tickets.api.resources import resources
from gamedesk_tickets.commands import attachments as commands
from gamedesk_tickets.errors import AttachmentNotFound
from gamedesk_tickets.model.attachments import Attachment, NewAttachment, Purpose
from gamedesk_tickets.queries import attachments as queries
from gamedesk_tickets.storage import Part, StorageUnavailable
from gamedesk_tickets.tables import idempotency_keys
from gamedesk_tickets.views.attachments import attachment_view


def add_attachment(ticket_id: str, purpose: Purpose, body: bytes, name: str | None = None) -> Answer:
    database = resources().database
    first = first_outcome(database, idempotency_keys, body)
    outcome = first or _added(UUID(ticket_id), purpose, body, name)
    attachment = database.read(queries.get_attachment, UUID(outcome.resource_id))
    return answer(attachment_view(attachment), outcome.status)


def _added(ticket_id: UUID, purpose: Purpose, body: bytes, name: str | None) -> Outcome:
    r = resources()
    r.database.transact(commands.require_room, ticket_id)
    new = _stored(purpose, body, name)
    try:
        outcome = create_once(
            r.database, idempotency_keys, body, lambda tx, caller: commands.add_attachment(tx, caller, ticket_id, new)
        )
    except (RuleViolation, NotFound, Conflict):  # refused: there is no row. After any other failure nobody knows
        _take_back(new.attachment_id)
        raise
    if outcome.resource_id != str(new.attachment_id):  # the same request was quicker
        _take_back(new.attachment_id)
    return outcome


def _take_back(attachment_id: UUID) -> None:
    with suppress(StorageUnavailable):  # then it is swept up later
        resources().storage.delete(attachment_id)


def _stored(purpose: Purpose, body: bytes, name: str | None) -> NewAttachment:
    """First the picture, then the row: a row never lacks its picture; a picture without a row is swept up later."""
    picture = pictures.prepared(body, flask.request.mimetype)
    attachment_id, storage = new_id(), resources().storage
    storage.put(attachment_id, "picture", picture.content)
    storage.put(attachment_id, "thumbnail", picture.thumbnail)
    return NewAttachment(
        attachment_id=attachment_id,
        purpose=purpose,
        name=name or f"picture.{picture.media_type.removeprefix('image/')}",
        media_type=picture.media_type,
        bytes=len(picture.content),
        width=picture.width,
        height=picture.height,
    )


def get_attachment(attachment_id: str) -> Answer:
    return _picture(UUID(attachment_id), "picture")


def get_attachment_thumbnail(attachment_id: str) -> Answer:
    return _picture(UUID(attachment_id), "thumbnail")


def remove_attachment(attachment_id: str) -> Answer:
    resources().database.transact(commands.remove_attachment, current_principal(), UUID(attachment_id))
    return answer(None, 204)


def _picture(attachment_id: UUID, part: Part) -> Answer:
    attachment = resources().database.read(queries.get_attachment, attachment_id)
    media_type = attachment.media_type if part == "picture" else pictures.THUMBNAIL_TYPE
    headers = _headers(attachment, part)
    if flask.request.headers.get("If-None-Match") == headers["ETag"]:
        return None, 304, {"Content-Type": media_type, **headers}
    content = resources().storage.get(attachment_id, part)
    if content is None:  # removed this moment, or a restored database is ahead of the store
        raise AttachmentNotFound()
    return raw_answer(content, media_type, headers)


def _headers(attachment: Attachment, part: Part) -> dict[str, str]:
    """Never more than a picture to a browser, whatever its bytes are; nobody but this caller may keep it."""
    return {
        "ETag": f'"{attachment.attachment_id}-{part}"',
        "Cache-Control": "private, max-age=300",
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(attachment.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
