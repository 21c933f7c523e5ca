"""What becomes of a picture that an agent sends: checked by its content, written anew, without what it carried."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress
from typing import Any

import pytest
from gamedesk_tickets import pictures
from gamedesk_tickets.pictures import PictureOfAnotherType, PictureTooLarge, PictureUnreadable, prepared
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}


def picture(format: str = "PNG", size: tuple[int, int] = (400, 200), mode: str = "RGB", **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, 0).save(buffer, format, **options)
    return buffer.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def empty_png(width: int, height: int) -> bytes:
    """A PNG of so many pixels, whose data are a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(("format", "media_type"), TYPES.items())
def test_a_picture_keeps_type_and_size_and_gets_a_thumbnail__R9(format: str, media_type: str) -> None:
    result = prepared(picture(format), media_type)

    assert (result.media_type, result.width, result.height) == (media_type, 400, 200)
    assert (opened(result.content).format, opened(result.content).size) == (format, (400, 200))
    assert (opened(result.thumbnail).format, opened(result.thumbnail).size) == ("WEBP", (320, 160))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_pixel_is_taken(mode: str) -> None:
    assert prepared(picture("PNG", mode=mode), "image/png").width == 400


def test_a_print_jpeg_becomes_one_for_screens() -> None:
    assert opened(prepared(picture("JPEG", mode="CMYK"), "image/jpeg").content).mode == "RGB"


def test_a_photo_with_further_pictures_behind_it_is_the_first_of_them() -> None:
    sent = picture("MPO", save_all=True, append_images=[Image.new("RGB", (10, 10))])

    assert opened(prepared(sent, "image/jpeg").content).size == (400, 200)


def test_where_it_was_taken_does_not_come_along() -> None:
    exif = Image.Exif()
    exif[0x010E] = "13912345678"  # description
    exif[0x0112] = 6  # taken upright, with the camera turned
    exif.get_ifd(0x8825)[1] = "N"  # position
    sent = picture("JPEG", exif=exif.tobytes(), comment=b"13912345678") + b"<script>behind the end</script>"

    result = prepared(sent, "image/jpeg")

    kept = opened(result.content)
    assert not kept.getexif()
    assert b"13912345678" not in result.content
    assert b"script" not in result.content
    assert kept.size == (200, 400), "turned as it was taken"


def test_texts_and_profiles_in_a_png_do_not_come_along() -> None:
    from PIL.PngImagePlugin import PngInfo

    note = PngInfo()
    note.add_text("Author", "13912345678", zip=False)
    sent = picture("PNG", pnginfo=note, icc_profile=b"p" * 200)
    assert b"13912345678" in sent

    kept = opened(prepared(sent, "image/png").content)

    assert {"Author", "icc_profile"} & kept.info.keys() == set()


@pytest.mark.parametrize("declared", ["image/jpeg", "image/webp", "image/gif"])
def test_a_picture_of_another_type_than_it_says_is_refused(declared: str) -> None:
    with pytest.raises(PictureOfAnotherType):
        prepared(picture("PNG"), declared)


@pytest.mark.parametrize("format", ["BMP", "TIFF", "ICO", "PPM", "PDF"])
def test_other_formats_are_refused(format: str) -> None:
    with pytest.raises(PictureUnreadable):
        prepared(picture(format), "image/png")


@pytest.mark.parametrize("raw", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n", picture()[:-30], picture()[:60]])
def test_what_is_no_whole_picture_is_refused(raw: bytes) -> None:
    with pytest.raises(PictureUnreadable):
        prepared(raw, "image/png")


@pytest.mark.parametrize("size", [(24_001, 1_000), (65_000, 65_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises(PictureTooLarge):
        prepared(empty_png(*size), "image/png")


def animation(frames: int, size: tuple[int, int]) -> bytes:
    pages = [Image.new("L", size, 20 * i) for i in range(frames)]
    buffer = io.BytesIO()
    pages[0].save(buffer, "GIF", save_all=True, append_images=pages[1:], duration=70)
    return buffer.getvalue()


def test_a_small_animation_goes_on_moving() -> None:
    result = prepared(animation(3, (40, 30)), "image/gif")

    kept: Any = opened(result.content)
    assert (kept.n_frames, kept.info["duration"], result.width, result.height) == (3, 70, 40, 30)
    assert opened(result.thumbnail).size == (40, 30)


def test_an_animation_of_too_many_pixels_or_frames_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PIXELS", 5_000)
    with pytest.raises(PictureTooLarge):
        prepared(animation(6, (40, 30)), "image/gif")
    monkeypatch.setattr(pictures, "_MAX_FRAMES", 2)
    with pytest.raises(PictureTooLarge):
        prepared(animation(3, (4, 3)), "image/gif")


def test_what_gets_too_large_by_being_written_anew_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_BYTES", 100)
    with pytest.raises(PictureTooLarge):
        prepared(picture(), "image/png")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_pictures_are_refused_or_read_but_raise_nothing_else(data: st.DataObject) -> None:
    format = data.draw(st.sampled_from(list(TYPES)))
    raw = bytearray(picture(format, (40, 30)))
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with suppress(PictureUnreadable, PictureTooLarge, PictureOfAnotherType):
        prepared(bytes(raw), TYPES[format])
