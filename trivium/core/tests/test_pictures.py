"""Pictures from strangers: what is one is written anew, what is not is refused before it is unpacked."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from trivium.core.pictures import (
    BrokenPicture,
    EmptyPicture,
    MoreThanAPicture,
    NotAPicture,
    PictureTooLarge,
    TooFewPixels,
    TooManyPixels,
    gather,
    read_picture,
)

LIMITS = {"sizes": (160, 480), "megapixels": 4, "least": 100, "field": "pictures"}


def made(kind: str = "PNG", size: tuple[int, int] = (600, 400), mode: str = "RGB", **more) -> bytes:
    out = io.BytesIO()
    picture = Image.new(mode, size, (200, 30, 40, 0) if mode == "RGBA" else (200, 30, 40))
    picture.putpixel((0, 0), (0, 0, 250, 255) if mode == "RGBA" else (0, 0, 250))
    picture.save(out, kind, **more)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_says(width: int, height: int) -> bytes:
    """A few bytes that would unpack to so many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_written_anew_in_every_size(kind):
    found = read_picture(made(kind), **LIMITS)
    assert (found.width, found.height) == (480, 320) and len(found.name) == 40
    for size, content in found.files.items():
        with Image.open(io.BytesIO(content)) as again:
            assert again.format == "WEBP" and max(again.size) == size and again.mode == "RGB"


def test_the_same_picture_has_the_same_name_and_another_has_not():
    assert read_picture(made(), **LIMITS).name == read_picture(made(), **LIMITS).name
    assert read_picture(made(size=(600, 401)), **LIMITS).name != read_picture(made(), **LIMITS).name


def test_a_small_picture_is_not_blown_up():
    found = read_picture(made(size=(200, 120)), **LIMITS)
    assert (found.width, found.height) == (200, 120)


def test_the_cameras_notes_are_gone_and_it_stands_upright():
    notes = Image.Exif()
    notes[0x0112], notes[0x010F] = 6, "Where It Was Taken"
    content = made("JPEG", exif=notes)
    assert b"Where It Was Taken" in content
    found = read_picture(content, **LIMITS)
    assert found.width < found.height
    for file in found.files.values():
        assert b"Where It Was Taken" not in file
        with Image.open(io.BytesIO(file)) as again:
            assert not again.getexif() and set(again.info) <= {"loop", "background", "timestamp", "duration"}


def test_what_is_transparent_becomes_white():
    found = read_picture(made("PNG", mode="RGBA"), **LIMITS)
    with Image.open(io.BytesIO(found.files[480])) as again:
        assert all(value > 250 for value in again.getpixel((200, 200)))


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03" + b"\x00" * 500,
        b"\x7fELF" + b"\x00" * 500,
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"GIF89a" + b"\x00" * 200,
        b"%PDF-1.7 hello",
        b"just words",
        b"\xff\xd8\xff",
    ],
)
def test_what_is_no_picture_is_refused_whatever_it_is_called(content):
    with pytest.raises(NotAPicture) as refused:
        read_picture(content, **LIMITS)
    assert refused.value.field == "pictures"


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("run.txt", "something else")
    return out.getvalue()


@pytest.mark.parametrize(
    "more", [archive(), b"<html><body>", b"<SCRIPT>alert(1)</SCRIPT>", b"<?php echo 1;", b"%PDF-1.7", b"<svg onload=x>"]
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_is_something_else_too_is_refused(kind, more):
    with pytest.raises(MoreThanAPicture):
        read_picture(made(kind) + more, **LIMITS)


@pytest.mark.parametrize("size", [(3000, 2000), (60_000, 60_000), (2_000_000_000, 2)])
def test_a_bomb_is_refused_by_what_its_head_says(size):
    with pytest.raises((TooManyPixels, NotAPicture)):
        read_picture(png_that_says(*size), **LIMITS)


def test_too_small_a_picture_is_refused():
    with pytest.raises(TooFewPixels):
        read_picture(made(size=(600, 99)), **LIMITS)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_picture_is_refused(kind):
    content = made(kind, size=(900, 900))
    with pytest.raises((BrokenPicture, NotAPicture)):
        read_picture(content[: len(content) // 2], **LIMITS)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_no_damage_breaks_anything_but_the_picture(kind):
    content = bytearray(made(kind, size=(150, 130)))
    outcomes = set()
    for place in range(0, len(content), max(1, len(content) // 150)):
        for value in (0x00, 0xFF, content[place] ^ 0x55):
            damaged = bytes(content[:place]) + bytes([value]) + bytes(content[place + 1 :])
            try:
                read_picture(damaged, **LIMITS)
                outcomes.add("read")
            except (NotAPicture, BrokenPicture, TooManyPixels, TooFewPixels):
                outcomes.add("refused")
    assert outcomes == {"read", "refused"}


def test_a_file_is_gathered_up_to_its_limit():
    assert gather([b"ab", b"c"], megabytes=1, field="pictures") == b"abc"
    with pytest.raises(EmptyPicture):
        gather([], megabytes=1, field="pictures")
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield b"\x00" * 100_000

    with pytest.raises(PictureTooLarge):
        gather(endless(), megabytes=1, field="pictures")
    assert len(taken) == 11
