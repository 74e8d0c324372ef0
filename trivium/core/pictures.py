"""Pictures that strangers hand in: looked at without trust, and written anew, so that nothing of the file is kept.

What a file is, its content says. What comes out is WebP in the sizes asked for, turned upright, in sRGB, on white,
without the camera's notes; it is named by its own content, so that a browser may keep it for good.
"""

import hashlib
import io
import struct
import warnings
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps

from trivium.core.errors import Invalid
from trivium.core.i18n import gettext_noop as _

FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY = 82
NAME_LENGTH = 40
WHITE = (255, 255, 255)

# What another kind of file begins with, or a page that a browser would run, and no picture holds.
_OTHERS = (b"<script", b"<svg", b"<html", b"<!doctype", b"<?php", b"%pdf-", b"rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
# All that Pillow raises for a file that is not what it begins like.
_BROKEN = (OSError, ValueError, SyntaxError, ArithmeticError, LookupError, TypeError, AttributeError, EOFError,
           struct.error, Image.DecompressionBombError, Image.DecompressionBombWarning)  # fmt: skip


class EmptyPicture(Invalid):
    code = "picture.empty"
    message = _("This file is empty, or none was chosen. Choose a picture.")


class PictureTooLarge(Invalid):
    code = "picture.too_large"
    message = _("This picture is larger than %(limit)s MB. Save it smaller or with stronger compression.")


class NotAPicture(Invalid):
    code = "picture.not_a_picture"
    message = _("This is no JPEG, PNG or WebP picture, whatever its name says. Save it as one of them.")


class BrokenPicture(Invalid):
    """It begins like a picture and cannot be read to its end."""

    code = "picture.broken"
    message = _("This picture cannot be read to its end. Open it in a picture program and save it anew.")


class MoreThanAPicture(Invalid):
    """A picture that is a document, an archive or a page as well."""

    code = "picture.more_than_a_picture"
    message = _("This file holds something else besides a picture. Open it in a picture program and save it anew.")


class TooManyPixels(Invalid):
    code = "picture.too_many_pixels"
    message = _("This picture has %(width)s × %(height)s pixels; at most %(limit)s million are read. Save it smaller.")


class TooFewPixels(Invalid):
    code = "picture.too_few_pixels"
    message = _("This picture has %(width)s × %(height)s pixels; it needs at least %(limit)s each way to be seen well.")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture written anew: its name, its largest size in pixels, and the WebP of each size asked for."""

    name: str
    width: int
    height: int
    files: Mapping[int, bytes]


def gather(chunks: Iterable[bytes], *, megabytes: int, field: str) -> bytes:
    """What comes of a file, up to the limit.

    Refuses: PictureTooLarge, EmptyPicture.
    """
    found = bytearray()
    for chunk in chunks:
        found += chunk
        if len(found) > megabytes * 1_000_000:
            raise PictureTooLarge(limit=megabytes, field=field)
    if not found:
        raise EmptyPicture(field=field)
    return bytes(found)


def read_picture(content: bytes, *, sizes: Sequence[int], megapixels: int, least: int, field: str) -> Picture:
    """A picture that was handed in, written anew with its longer side at most each of `sizes`.

    Its size is read from its head before anything is unpacked.
    Refuses: NotAPicture, MoreThanAPicture, TooManyPixels, TooFewPixels, BrokenPicture.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            found = Image.open(io.BytesIO(content), formats=FORMATS)
        except _BROKEN as error:
            raise NotAPicture(field=field) from error
        width, height = found.size
        if width * height > megapixels * 1_000_000:
            raise TooManyPixels(width=width, height=height, limit=megapixels, field=field)
        if min(width, height) < least:
            raise TooFewPixels(width=width, height=height, limit=least, field=field)
        if _is_more(content):
            raise MoreThanAPicture(field=field)
        try:
            found.draft("RGB", (2 * max(sizes), 2 * max(sizes)))
            found.load()
            plain = _plain(ImageOps.exif_transpose(found))
        except _BROKEN as error:
            raise BrokenPicture(field=field) from error
    largest = plain.copy()
    largest.thumbnail((max(sizes), max(sizes)), Image.Resampling.LANCZOS)
    files = {size: _webp(largest, size) for size in sizes}
    name = hashlib.sha256(files[max(sizes)]).hexdigest()[:NAME_LENGTH]
    return Picture(name, largest.width, largest.height, files)


def _is_more(content: bytes) -> bool:
    """Whether it is read as something else too: as an archive from its end, as a page or a document from anywhere."""
    lowered = content.lower()
    return zipfile.is_zipfile(io.BytesIO(content)) or any(other in lowered for other in _OTHERS)


def _plain(picture: Image.Image) -> Image.Image:
    """The colours as every screen shows them, on white, and nothing else."""
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "RGBA"):
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            picture = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB")) or picture
        except (ImageCms.PyCMSError, OSError):  # colours a little off are better than no picture
            pass
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        white = Image.new("RGBA", picture.size, (*WHITE, 255))
        picture = Image.alpha_composite(white, picture.convert("RGBA"))
    bare = Image.new("RGB", picture.size, WHITE)
    bare.paste(picture.convert("RGB"))
    return bare


def _webp(picture: Image.Image, size: int) -> bytes:
    smaller = picture.copy()
    smaller.thumbnail((size, size), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    smaller.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()
