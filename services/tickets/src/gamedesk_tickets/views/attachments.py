"""Pictures of tickets."""

from __future__ import annotations

from typing import Any

from gamedesk_tickets.model.attachments import Attachment


def attachment_view(attachment: Attachment) -> dict[str, Any]:
    return {
        "attachment_id": attachment.attachment_id,
        "ticket_id": attachment.ticket_id,
        "purpose": attachment.purpose,
        "name": attachment.name,
        "media_type": attachment.media_type,
        "bytes": attachment.bytes,
        "width": attachment.width,
        "height": attachment.height,
        "uploaded_by": attachment.uploaded_by,
        "uploaded_at": attachment.uploaded_at,
    }
