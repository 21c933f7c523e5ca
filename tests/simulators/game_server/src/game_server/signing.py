"""Standard Webhooks: the headers that prove who sent a body (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable


def signed_headers(webhook_id: str, timestamp: int, body: bytes, keys: Iterable[bytes]) -> dict[str, str]:
    """The three headers; one signature per key, so that the receiver may change keys without a gap.

    `timestamp` is in Unix seconds; `keys` are the bytes behind `whsec_`.
    """
    content = f"{webhook_id}.{timestamp}.".encode() + body
    signatures = (hmac.digest(key, content, hashlib.sha256) for key in keys)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(one).decode()}" for one in signatures),
    }
