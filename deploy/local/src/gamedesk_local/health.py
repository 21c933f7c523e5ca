"""Asking a process over HTTP whether it is ready."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping

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


def failing(port: int) -> Mapping[str, str]:
    """Check → reason, of a process on this loopback port that says it is not ready; empty if it is, or is silent."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/health/ready")
        answer = json.loads(connection.getresponse().read())
        return answer.get("failing", {}) if isinstance(answer, dict) else {}
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        connection.close()
