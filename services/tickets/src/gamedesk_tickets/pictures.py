"""Pictures that agents send: checked by what they are, not by what they are called, and written anew.

What is written anew carries nothing but the picture: no place and camera (EXIF), no bytes behind its end. It is done in
a process of its own (`picture_codec`), which may take seconds and no more, and knows none of this one's secrets.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from gamedesk_chassis.errors import RuleViolation, Unavailable

from gamedesk_tickets.picture_codec import THUMBNAIL_TYPE, Picture

__all__ = ["THUMBNAIL_TYPE", "Picture", "prepared"]

log = structlog.get_logger(__name__)

_WAIT_SECONDS = 5
_RUN_SECONDS = 15  # by the clock on the wall; of the processor's it has fewer (`picture_codec.CPU_SECONDS`)
# One picture takes up to 350 MB, and gets up to 480, while it is worked on: a process has one at a time worked on.
_turn = threading.Lock()


class PictureUnreadable(RuleViolation):
    slug = "picture-unreadable"
    title = "This is no whole PNG, JPEG, WebP or GIF picture"


class PictureTooLarge(RuleViolation):
    slug = "picture-too-large"
    title = "This picture is too large"


class PictureOfAnotherType(RuleViolation):
    slug = "picture-of-another-type"
    title = "The picture is not of the type that Content-Type names"


class PicturesBusy(Unavailable):
    title = "Another picture is being worked on; try again in a moment"


def prepared(raw: bytes, declared_type: str) -> Picture:
    """The picture in `raw`. Raises PictureUnreadable, PictureTooLarge, PictureOfAnotherType, PicturesBusy."""
    with _one_at_a_time():
        output = _run(raw, declared_type)
    head, _, rest = output.partition(b"\n")
    told = json.loads(head)
    match told.get("refused"):
        case "too_large":
            raise PictureTooLarge(told["detail"])
        case "of_another_type":
            raise PictureOfAnotherType(told["detail"], pointer="/header/Content-Type")
        case "unreadable":
            raise PictureUnreadable()
    length = told["bytes"]
    return Picture(rest[:length], told["media_type"], told["width"], told["height"], rest[length:])


def _run(raw: bytes, declared_type: str) -> bytes:
    command = [sys.executable, "-I", "-m", "gamedesk_tickets.picture_codec", declared_type]
    try:
        done = subprocess.run(command, input=raw, capture_output=True, env={}, timeout=_RUN_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        log.warning("picture_timed_out")
        raise PicturesBusy() from None
    if done.returncode == 0:
        return done.stdout
    log.warning("picture_codec_died", returncode=done.returncode)
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise PictureTooLarge("It takes too long to unpack, or too much memory: save it anew and send that.")
    raise PictureUnreadable()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not _turn.acquire(timeout=_WAIT_SECONDS):
        raise PicturesBusy()
    try:
        yield
    finally:
        _turn.release()
