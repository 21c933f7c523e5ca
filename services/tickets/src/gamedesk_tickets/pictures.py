"""Pictures that agents send: checked by what they are, not by what they are called, and written anew.

What is written anew carries nothing but the picture: no place and camera (EXIF), no bytes behind its end.
"""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import structlog
from gamedesk_chassis.errors import DomainError, RuleViolation, Unavailable
from PIL import Image, ImageOps

log = structlog.get_logger(__name__)

MAX_PIXELS = 24_000_000  # of all frames together; a long screenshot of a phone has 20 million
MAX_WEBP_PIXELS = 12_000_000  # its codec takes 25 bytes a pixel
MAX_BYTES = 12 * 1024 * 1024  # written anew it may be larger than it was sent
THUMBNAIL_SIDE = 320
THUMBNAIL_TYPE = "image/webp"
_FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
_MEDIA_TYPES = {**_FORMATS, "MPO": "image/jpeg"}  # a JPEG of some cameras, with further pictures behind the first

_MAX_FRAMES = 200
_WAIT_SECONDS = 5
# One picture takes up to 350 MB while it is worked on: a process works on one at a time.
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
    title = "Other pictures are being worked on; try again in a moment"


@dataclass(frozen=True)
class Picture:
    """A picture written anew, and its thumbnail (WebP, at most 320 pixels a side)."""

    content: bytes
    media_type: str
    width: int
    height: int
    thumbnail: bytes


def prepared(raw: bytes, declared_type: str) -> Picture:
    """The picture in `raw`. Raises PictureUnreadable, PictureTooLarge, PictureOfAnotherType, PicturesBusy.

    Of an animated GIF all frames are kept, of other animated pictures the first.
    """
    with _one_at_a_time():
        try:
            return _prepared(raw, declared_type)
        except DomainError:
            raise
        except Image.DecompressionBombError:
            raise _too_many_pixels(MAX_PIXELS) from None
        except Exception as error:  # whatever Pillow stumbles over in a damaged file is the file's fault
            log.info("picture_unreadable", error=type(error).__name__)
            raise PictureUnreadable() from None


def _prepared(raw: bytes, declared_type: str) -> Picture:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's own limit is higher than ours
        image = Image.open(io.BytesIO(raw), formats=list(_FORMATS))  # reads the head: no pixel is unpacked yet
    with image:
        media_type = _MEDIA_TYPES[image.format or ""]
        if media_type != declared_type:
            raise PictureOfAnotherType(f"Send it as {media_type}.", pointer="/header/Content-Type")
        limit = MAX_WEBP_PIXELS if media_type == "image/webp" else MAX_PIXELS
        if image.width * image.height > limit:
            raise _too_many_pixels(limit)
        if image.format == "GIF" and getattr(image, "is_animated", False):
            content, still = _animation(image)
        else:
            ImageOps.exif_transpose(image, in_place=True)  # as it was taken, since the note of that goes
            still = _plain(image)
            content = _still(still, media_type)
    if len(content) > MAX_BYTES:
        raise PictureTooLarge(f"It may have {MAX_BYTES // 1024 // 1024} MiB.")
    width, height = still.size
    still.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), reducing_gap=2.0)
    return Picture(content, media_type, width, height, _still(still, THUMBNAIL_TYPE))


def _too_many_pixels(limit: int) -> PictureTooLarge:
    return PictureTooLarge(f"It may have {limit // 1_000_000} million pixels, all frames together.")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not _turn.acquire(timeout=_WAIT_SECONDS):
        raise PicturesBusy()
    try:
        yield
    finally:
        _turn.release()


def _plain(image: Image.Image) -> Image.Image:
    """Without colour table, profile and notes: what is written is what `info` holds, and the pixels."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    plain = image if image.mode == mode else image.convert(mode)
    plain.load()
    plain.info = {}
    return plain


def _still(image: Image.Image, media_type: str) -> bytes:
    options: dict[str, dict[str, Any]] = {
        "image/png": {"format": "PNG"},
        "image/jpeg": {"format": "JPEG", "quality": 90},
        "image/webp": {"format": "WEBP", "quality": 90, "method": 2},
        "image/gif": {"format": "GIF"},
    }
    buffer = io.BytesIO()
    image.save(buffer, **options[media_type])
    return buffer.getvalue()


def _animation(image: Image.Image) -> tuple[bytes, Image.Image]:
    """All frames written anew, and the first; counted as they come, for each may be larger than the one before."""
    frames: list[Image.Image] = []
    durations: list[int] = []
    pixels = 0
    with suppress(EOFError):
        while True:
            image.seek(len(frames))
            pixels += image.width * image.height
            if pixels > MAX_PIXELS or len(frames) == _MAX_FRAMES:
                raise _too_many_pixels(MAX_PIXELS)
            durations.append(min(int(image.info.get("duration", 100)), 60_000))
            frames.append(_plain(image.copy()))
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0)
    return buffer.getvalue(), frames[0]
