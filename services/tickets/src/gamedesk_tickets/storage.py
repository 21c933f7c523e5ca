"""Where pictures are kept: a folder, or a bucket of an S3-compatible server. Outside of the database, on purpose.

A picture is two objects, named after the attachment's id: itself, and its thumbnail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal, TypeVar
from urllib.parse import unquote, urlsplit
from uuid import UUID

import obstore
import structlog
from gamedesk_chassis.errors import Unavailable
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, S3Store

from gamedesk_tickets.settings import Settings

if TYPE_CHECKING:  # a type for checkers only; the package has no such name when it runs
    from obstore.store import S3Config

log = structlog.get_logger(__name__)

Part = Literal["picture", "thumbnail"]
PARTS: tuple[Part, ...] = ("picture", "thumbnail")

_CALL_TIME = timedelta(seconds=4)
_RETRY_TIME = timedelta(seconds=5)  # below the time that a request may take
_LIST_CHUNK = 500
R = TypeVar("R")


class StorageUnavailable(Unavailable):
    title = "The store of pictures does not answer; try again in a moment"


class Storage:
    """Puts, gets, deletes and lists pictures. Raises StorageUnavailable when the store does not answer."""

    def __init__(self, settings: Settings) -> None:
        self._store = _store(settings)

    def put(self, attachment_id: UUID, part: Part, content: bytes) -> None:
        _asked("put", lambda: obstore.put(self._store, _path(attachment_id, part), content))

    def get(self, attachment_id: UUID, part: Part) -> bytes | None:
        """None if there is no such object."""
        with suppress(FileNotFoundError):
            return _asked("get", lambda: obstore.get(self._store, _path(attachment_id, part)).bytes().to_bytes())
        return None

    def delete(self, attachment_id: UUID) -> None:
        """Delete both objects; what is not there is no fault."""
        for part in PARTS:
            with suppress(FileNotFoundError):
                _asked("delete", lambda part=part: obstore.delete(self._store, _path(attachment_id, part)))

    def older_than(self, moment: datetime) -> Iterator[set[UUID]]:
        """The ids of all pictures stored before `moment`, a few hundred objects at a time."""
        chunks = iter(obstore.list(self._store, chunk_size=_LIST_CHUNK))
        while (chunk := _asked("list", lambda: next(chunks, None))) is not None:
            old = (PurePosixPath(found["path"]).stem for found in chunk if found["last_modified"] < moment)
            yield {UUID(name) for name in old if _is_id(name)}


def _path(attachment_id: UUID, part: Part) -> str:
    """In 256 folders by the random end of the id, so that none grows without bound."""
    return f"{attachment_id.hex[-2:]}/{attachment_id}.{part}"


def _is_id(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False


def _asked(what: str, call: Callable[[], R]) -> R:
    try:
        return call()
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:  # its text may hold the store's address
        log.warning("storage_failed", operation=what, error=type(error).__name__)
        raise StorageUnavailable() from None


def _store(settings: Settings) -> ObjectStore:
    url = urlsplit(settings.attachments_url)
    if url.scheme == "memory":
        return MemoryStore()
    if url.scheme == "file":
        return LocalStore(Path(unquote(url.path)), mkdir=True)
    return S3Store(
        url.netloc,
        prefix=url.path.strip("/") or None,
        config=_s3_config(settings),
        client_options={
            "allow_http": (settings.attachments_endpoint or "").startswith("http://"),
            "connect_timeout": _CALL_TIME,
            "timeout": _CALL_TIME,
        },
        retry_config={"max_retries": 2, "retry_timeout": _RETRY_TIME},
    )


def _s3_config(settings: Settings) -> S3Config:
    """Left out is what nobody set: then it comes from where the server runs."""
    config: S3Config = {"region": settings.attachments_region}
    if settings.attachments_endpoint:
        config |= {"endpoint": settings.attachments_endpoint, "virtual_hosted_style_request": False}
    if settings.attachments_access_key:
        config["access_key_id"] = settings.attachments_access_key.get_secret_value()
    if settings.attachments_secret_key:
        config["secret_access_key"] = settings.attachments_secret_key.get_secret_value()
    return config
