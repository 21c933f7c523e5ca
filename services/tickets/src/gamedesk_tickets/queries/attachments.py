"""Pictures of tickets, without their bytes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from gamedesk_tickets.errors import AttachmentNotFound
from gamedesk_tickets.model.attachments import Attachment
from gamedesk_tickets.repository import attachments


def get_attachment(tx: Connection, attachment_id: UUID) -> Attachment:
    """Raises AttachmentNotFound for a removed one too."""
    attachment = attachments.get(tx, attachment_id)
    if attachment is None or attachment.removed_at is not None:
        raise AttachmentNotFound()
    return attachment
