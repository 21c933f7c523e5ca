"""Writes a picture anew. Runs in a process of its own (`python -m gamedesk_tickets.picture_codec <media type>`), with
little time and memory: a small file can ask its codec for minutes of work, and a broken one for more than that.

The picture comes on stdin. What goes to stdout is a line of JSON, {media_type, width, height, bytes}, the picture and
its thumbnail; or {refused, detail} alone.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from PIL import (  # each makes its format known; looking for one would load all that there are
    GifImagePlugin,  # noqa: F401
    Image,
    ImageOps,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

CPU_SECONDS = 8  # the largest pictures take one to four; the gateway waits for ten
MEMORY = 480 * 1024**2  # of addresses; the largest take 350 MB, and the container has 640 for all
MAX_PIXELS = 24_000_000  # of all frames together; a long screenshot of a phone has 20 million
MAX_WEBP_PIXELS = 12_000_000  # its codec takes 25 bytes a pixel
MAX_SIDE = 16_383  # the most that every format and viewer takes
MAX_BYTES = 12 * 1024 * 1024  # written anew it may be larger than it was sent
THUMBNAIL_SIDE = 320
THUMBNAIL_TYPE = "image/webp"
_FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
_MEDIA_TYPES = {**_FORMATS, "MPO": "image/jpeg"}  # a JPEG of some cameras, with further pictures behind the first

_MAX_FRAMES = 200
_MAX_SCANS = 100  # of a JPEG; each goes through all its blocks, and usual ones have ten

Reason = Literal["unreadable", "too_large", "of_another_type"]


class Refused(Exception):
    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(detail)
        self.reason: Reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Picture:
    """A picture written anew, and its thumbnail (WebP, at most 320 pixels a side)."""

    content: bytes
    media_type: str
    width: int
    height: int
    thumbnail: bytes


def written_anew(raw: bytes, declared_type: str) -> Picture:
    """The picture in `raw`. Raises Refused.

    Of an animated GIF all frames are kept, of other animated pictures the first.
    """
    try:
        return _written_anew(raw, declared_type)
    except Refused:
        raise
    except Image.DecompressionBombError:
        raise _too_many_pixels(MAX_PIXELS) from None
    except MemoryError:
        raise _too_much_memory() from None
    except Exception:  # whatever Pillow stumbles over in a damaged file is the file's fault
        raise Refused("unreadable") from None


def _written_anew(raw: bytes, declared_type: str) -> Picture:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's own limit is higher than ours
        image = Image.open(io.BytesIO(raw), formats=list(_FORMATS))  # reads the head: no pixel is unpacked yet
    with image:
        media_type = _MEDIA_TYPES[image.format or ""]
        if media_type != declared_type:
            raise Refused("of_another_type", f"Send it as {media_type}.")
        _check_size(image.size, MAX_WEBP_PIXELS if media_type == "image/webp" else MAX_PIXELS)
        if image.format == "GIF" and getattr(image, "is_animated", False):
            content, still = _animation(image)
        else:
            if media_type == "image/jpeg" and _scans(raw) > _MAX_SCANS:
                raise Refused("too_large", "It takes too long to unpack: save it anew and send that.")
            ImageOps.exif_transpose(image, in_place=True)  # as it was taken, since the note of that goes
            still = _plain(image)
            content = _still(still, media_type)
    if len(content) > MAX_BYTES:
        raise Refused("too_large", f"It may have {MAX_BYTES // 1024 // 1024} MiB.")
    width, height = still.size
    still.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), reducing_gap=2.0)
    return Picture(content, media_type, width, height, _still(still, THUMBNAIL_TYPE))


def _check_size(size: tuple[int, int], most_pixels: int) -> None:
    if size[0] * size[1] > most_pixels:
        raise _too_many_pixels(most_pixels)
    if max(size) > MAX_SIDE:
        raise Refused("too_large", f"A side may have {MAX_SIDE} pixels.")


def _too_many_pixels(limit: int) -> Refused:
    return Refused("too_large", f"It may have {limit // 1_000_000} million pixels, all frames together.")


def _too_much_memory() -> Refused:
    return Refused("too_large", "It takes too much memory: make it smaller.")


def _scans(raw: bytes) -> int:
    """How many scans a JPEG has, by its markers; what follows its end does not count."""
    scans, at = 0, 2
    while (at := raw.find(b"\xff", at)) >= 0:
        marker = raw[at + 1 : at + 2]
        if marker in (b"", b"\xd9"):  # the end
            break
        if marker[0] in (0x00, 0x01, 0xFF) or 0xD0 <= marker[0] <= 0xD8:  # no segment: a byte of data, a restart
            at += 1
            continue
        scans += marker == b"\xda"
        at += 2 + int.from_bytes(raw[at + 2 : at + 4])
    return scans


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
    try:
        image.save(buffer, **options[media_type])
    except (OSError, ValueError):  # it has been read whole: nothing else stops its writing
        raise _too_much_memory() from None
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
            _check_size(image.size, MAX_PIXELS)
            if pixels > MAX_PIXELS or len(frames) == _MAX_FRAMES:
                raise _too_many_pixels(MAX_PIXELS)
            durations.append(min(int(image.info.get("duration", 100)), 60_000))
            frames.append(_plain(image.copy()))
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0)
    return buffer.getvalue(), frames[0]


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # it would hold the picture
    try:
        picture = written_anew(sys.stdin.buffer.read(), sys.argv[1])
    except Refused as refused:
        sys.stdout.write(json.dumps({"refused": refused.reason, "detail": refused.detail}))
        return
    size = {"media_type": picture.media_type, "width": picture.width, "height": picture.height}
    head = json.dumps({**size, "bytes": len(picture.content)}).encode() + b"\n"
    sys.stdout.buffer.writelines([head, picture.content, picture.thumbnail])


if __name__ == "__main__":
    main()
