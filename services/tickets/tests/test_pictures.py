"""What becomes of a picture that an agent sends: checked by its content, written anew, without what it carried."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zlib
from contextlib import suppress
from typing import Any

import pytest
from gamedesk_tickets import picture_codec
from gamedesk_tickets.picture_codec import Refused, written_anew
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
    assert written_anew(picture("PNG", mode=mode), "image/png").width == 400


def test_a_print_jpeg_becomes_one_for_screens() -> None:
    assert opened(written_anew(picture("JPEG", mode="CMYK"), "image/jpeg").content).mode == "RGB"


def test_a_photo_with_further_pictures_behind_it_is_the_first_of_them() -> None:
    sent = picture("MPO", save_all=True, append_images=[Image.new("RGB", (10, 10))])

    assert opened(written_anew(sent, "image/jpeg").content).size == (400, 200)


def test_where_it_was_taken_does_not_come_along() -> None:
    exif = Image.Exif()
    exif[0x010E] = "13912345678"  # description
    exif[0x0112] = 6  # taken upright, with the camera turned
    exif.get_ifd(0x8825)[1] = "N"  # position
    sent = picture("JPEG", exif=exif.tobytes(), comment=b"13912345678") + b"<script>behind the end</script>"

    result = written_anew(sent, "image/jpeg")

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

    kept = opened(written_anew(sent, "image/png").content)

    assert {"Author", "icc_profile"} & kept.info.keys() == set()


@pytest.mark.parametrize(("format", "media_type"), TYPES.items())
@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", b"PK\x03\x04 a zip", b"%PDF-1.7 a document"])
def test_a_picture_that_is_something_else_as_well_is_only_a_picture_afterwards(
    format: str, media_type: str, tail: bytes
) -> None:
    written = written_anew(picture(format) + tail, media_type)
    assert tail not in written.content + written.thumbnail


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


def refusal(raw: bytes, declared_type: str) -> str:
    with pytest.raises(Refused) as refused:
        written_anew(raw, declared_type)
    return refused.value.reason


@pytest.mark.parametrize("size", [(16_384, 1), (1, 16_384), (70_000, 10)])
def test_a_picture_with_a_side_that_viewers_do_not_take_is_refused(size: tuple[int, int]) -> None:
    assert refusal(empty_png(*size), "image/png") == "too_large"


def test_a_picture_may_have_a_side_as_long_as_viewers_take() -> None:
    made = written_anew(picture(size=(16_383, 3)), "image/png")

    assert (made.width, made.height, opened(made.thumbnail).size) == (16_383, 3, (320, 1))


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
    result = written_anew(animation(3, (40, 30)), "image/gif")

    kept: Any = opened(result.content)
    assert (kept.n_frames, kept.info["duration"], result.width, result.height) == (3, 70, 40, 30)
    assert opened(result.thumbnail).size == (40, 30)


def test_an_animation_of_too_many_pixels_or_frames_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_codec, "MAX_PIXELS", 5_000)
    assert refusal(animation(6, (40, 30)), "image/gif") == "too_large"
    monkeypatch.setattr(picture_codec, "_MAX_FRAMES", 2)
    assert refusal(animation(3, (4, 3)), "image/gif") == "too_large"


def test_what_gets_too_large_by_being_written_anew_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_codec, "MAX_BYTES", 100)
    assert refusal(picture(), "image/png") == "too_large"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_pictures_are_refused_or_read_but_raise_nothing_else(data: st.DataObject) -> None:
    format = data.draw(st.sampled_from(list(TYPES)))
    raw = bytearray(picture(format, (40, 30)))
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Refused):
        written_anew(bytes(raw), TYPES[format])


# In a process of its own


def progressive_jpeg(side: int, scans: int) -> bytes:
    """A grey picture whose every block is gone through once for each of `scans`, a few bytes each."""
    table = struct.pack(">HBB", 67, 0, 1) + b"\1" * 63
    size = struct.pack(">HBHHBBBB", 11, 8, side, side, 1, 1, 0x11, 0)
    codes_of_dc = struct.pack(">HB16sB", 20, 0x00, bytes([1, *[0] * 15]), 0)
    codes_of_ac = struct.pack(">HB16s2s", 21, 0x10, bytes([1, 1, *[0] * 14]), b"\xe0\0")  # 0xE0: so many empty blocks
    blocks = ((side + 7) // 8) ** 2
    bits = "".join("0" + format(min(blocks - at, 32_767) - 16_384 & 0x3FFF, "014b") for at in range(0, blocks, 32_767))
    bits += "1" * (-len(bits) % 8)
    empty = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    head = b"\xff\xd8\xff\xdb" + table + b"\xff\xc2" + size + b"\xff\xc4" + codes_of_dc + b"\xff\xc4" + codes_of_ac
    first = b"\xff\xda" + struct.pack(">HBBBBBB", 8, 1, 1, 0, 0, 0, 0) + bytes((blocks + 7) // 8)
    further = b"\xff\xda" + struct.pack(">HBBBBBB", 8, 1, 1, 0, 1, 63, 0) + empty
    return head + first + further * scans + b"\xff\xd9"


def test_a_small_file_of_many_scans_does_not_get_minutes_of_work__R9() -> None:
    usual, most, many = (progressive_jpeg(4_800, scans) for scans in (9, 99, 20_000))
    assert len(many) < 1_000_000

    assert written_anew(usual, "image/jpeg").width == written_anew(most, "image/jpeg").width == 4_800
    with pytest.raises(PictureTooLarge):
        prepared(many, "image/jpeg")
    assert refusal(many[:-2], "image/jpeg") == "too_large"


def test_what_stands_behind_or_inside_a_jpeg_is_no_scan_of_it() -> None:
    shot = picture("JPEG", comment=b"\xff\xda" * 200)

    assert written_anew(shot + b"\xff\xda" * 200, "image/jpeg").width == 400


def test_a_picture_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds, whatever it is that takes so long."""
    code = "from gamedesk_tickets import picture_codec as c; c.CPU_SECONDS = 1; c.written_anew = work; c.main()"
    command = [sys.executable, "-c", f"work = lambda *_: any(iter(int, 1)); {code}", "image/png"]
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda _, **options: run(command, **options))

    with pytest.raises(PictureTooLarge):
        prepared(picture(), "image/png")


def test_a_picture_that_takes_too_much_memory_is_refused() -> None:
    """The limit holds: a child that may take less than the picture needs refuses it."""
    code = "from gamedesk_tickets import picture_codec as c; c.MEMORY = 100 * 1024**2; c.main()"
    command = [sys.executable, "-c", code, "image/png"]

    done = subprocess.run(command, input=picture(size=(6_000, 4_000)), capture_output=True, check=True)

    assert json.loads(done.stdout)["refused"] == "too_large"


def test_the_process_for_a_picture_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    run = subprocess.run

    def spied(*arguments: Any, **options: Any) -> Any:
        given.update(options)
        return run(*arguments, **options)

    monkeypatch.setattr(subprocess, "run", spied)
    prepared(picture(), "image/png")

    assert given["env"] == {}


def test_a_codec_that_crashes_takes_nothing_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    crash = [sys.executable, "-c", "import os; os.kill(os.getpid(), 11)"]
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda _, **options: run(crash, **options))

    with pytest.raises(PictureUnreadable):
        prepared(picture(), "image/png")
