"""Asking a process over HTTP whether it is ready."""

from __future__ import annotations

import http.client

from gamedesk_local.system import LOOPBACK

TIMEOUT = 2.0


def is_ready(port: int) -> bool:
    """Whether `GET /health/ready` on this loopback port answers 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
