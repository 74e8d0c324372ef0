"""Licences and letters that strangers hand in: looked at without trust before they are kept.

What a file is, its content says. A paper is kept as it came, because it is evidence; so whatever is no plain PDF, PNG
or JPEG with something on it is refused, with the reason.
"""

import hashlib
import io
import logging
import re
import warnings
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PIL import Image
from pypdf import PasswordType, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from trivium.core.errors import Invalid
from trivium.core.i18n import gettext_noop as _

MOST_PAGES = 60
MOST_MEGAPIXELS = 80
LEAST_PIXELS = 200
ONE_COLOUR = 12  # how far two points of a picture of nothing may differ, of 255
_TREES = ("/JavaScript", "/EmbeddedFiles")
_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition", "/RichMediaExecute"}
)
_CARRIERS = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})
_NOTHING_SEEN = ("/Link", "/Popup")
_TEXT_OR_LINE = frozenset({b"Tj", b"TJ", b"'", b'"', b"f", b"F", b"f*", b"S", b"s", b"B", b"b", b"B*", b"b*", b"sh"})
_PICTURES = frozenset({b"Do", b"BI"})
MOST_OBJECTS = 200_000
MOST_NESTED = 8
_OTHERS = (b"<script", b"<svg", b"<html", b"<!doctype", b"<?php")
logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is odd about a stranger's file is told to the stranger


class EmptyPaper(Invalid):
    code = "paper.empty"
    message = _("This file is empty (0 bytes), or none was chosen. Choose the scanned paper.")


class PaperTooLarge(Invalid):
    code = "paper.too_large"
    message = _("This file is larger than %(limit)s MB. Scan it at a lower resolution, or save it smaller.")


class NotAPaper(Invalid):
    code = "paper.not_a_paper"
    message = _("This is no PDF, PNG or JPEG, whatever its name says. Scan or photograph the paper.")


class BrokenPaper(Invalid):
    code = "paper.broken"
    message = _("This file cannot be read to its end. Save or scan it anew.")


class LockedPaper(Invalid):
    code = "paper.locked"
    message = _("This PDF is protected by a password, so nobody here could read it. Save it without one.")


class BlankPaper(Invalid):
    code = "paper.blank"
    message = _("Nothing can be seen on this paper: it is of one colour. Scan or photograph it again.")


class TooManyPages(Invalid):
    code = "paper.too_many_pages"
    message = _("This PDF has %(pages)s pages; at most %(limit)s are taken. Hand in the pages that matter.")


class PaperUnreadable(Invalid):
    code = "paper.too_small"
    message = _("This picture has %(width)s × %(height)s pixels; nobody can read a licence on it. Take a larger one.")


class PaperTooManyPixels(Invalid):
    code = "paper.too_many_pixels"
    message = _("This picture has %(width)s × %(height)s pixels; at most %(limit)s million are read. Save it smaller.")


class MoreThanAPaper(Invalid):
    """It runs something when it is opened, carries other files, or is another kind of file as well."""

    code = "paper.more_than_a_paper"
    message = _("This file holds more than pages: a program, another file or a form that acts. Print it to a new PDF.")


@dataclass(frozen=True, slots=True)
class PaperRead:
    """What a file turned out to be."""

    media: str
    pages: int
    size: int
    sha256: str


def gather(chunks: Iterable[bytes], *, megabytes: int, field: str) -> bytes:
    """What comes of a file, up to the limit.

    Refuses: PaperTooLarge, EmptyPaper.
    """
    found = bytearray()
    for chunk in chunks:
        found += chunk
        if len(found) > megabytes * 1_000_000:
            raise PaperTooLarge(limit=megabytes, field=field)
    if not found:
        raise EmptyPaper(field=field)
    return bytes(found)


def read_paper(content: bytes, *, field: str) -> PaperRead:
    """What a handed-in file is, by its content alone.

    Refuses: EmptyPaper, NotAPaper, BrokenPaper, LockedPaper, BlankPaper, TooManyPages, PaperUnreadable,
    PaperTooManyPixels, MoreThanAPaper.
    """
    if not content:
        raise EmptyPaper(field=field)
    if content.startswith(b"%PDF-"):
        media, pages = "pdf", _read_pdf(content, field)
    else:
        media, pages = _read_picture(content, field), 1
    return PaperRead(media, pages, len(content), hashlib.sha256(content).hexdigest())


def _read_pdf(content: bytes, field: str) -> int:
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise MoreThanAPaper(field=field)
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise LockedPaper(field=field)
        pages = len(reader.pages)
        if pages > MOST_PAGES:
            raise TooManyPages(pages=pages, limit=MOST_PAGES, field=field)
        acts = _acts(reader)
        shows = not acts and any(_shows_something(page) for page in reader.pages)
    except Invalid:
        raise
    except (PyPdfError, OSError, ValueError, TypeError, KeyError, LookupError, ArithmeticError, AttributeError,
            RecursionError, NotImplementedError, AssertionError) as error:  # fmt: skip
        raise BrokenPaper(field=field) from error
    if pages == 0:
        raise BrokenPaper(field=field)
    if acts:
        raise MoreThanAPaper(field=field)
    if not shows:
        raise BlankPaper(field=field)
    return pages


def _acts(reader: PdfReader) -> bool:
    """Whether it does something, when it is opened or later, or carries files: wherever in it that stands."""
    root = _plain(reader.trailer.get("/Root")) or {}
    opening = _plain(root.get("/OpenAction"))
    if isinstance(opening, DictionaryObject) and opening.get("/S") not in (None, "/GoTo"):
        return True
    names = _plain(root.get("/Names"))
    carried = isinstance(names, DictionaryObject) and any(name in names for name in _TREES)
    return carried or "/AA" in root or _has_more_than_pages(root)


def _has_more_than_pages(root: Any) -> bool:
    """Whether anything reached from the root acts or carries a file; one too tangled to look through counts as such."""
    seen: set[int] = set()
    todo: list[Any] = [root]
    for _each in range(MOST_OBJECTS):
        if not todo:
            return False
        one = todo.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in seen:
                continue
            seen.add(one.idnum)
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            if _is_more(one):
                return True
            todo.extend(one.values())
        elif isinstance(one, ArrayObject):
            todo.extend(one)
    return True


def _is_more(one: DictionaryObject) -> bool:
    if _plain(one.get("/S")) in _ACTIONS or _plain(one.get("/Subtype")) in _CARRIERS:
        return True
    if _plain(one.get("/Type")) == "/EmbeddedFile" or "/XFA" in one:
        return True
    if "/EF" in one and ("/F" in one or "/UF" in one):
        return True
    triggers = _plain(one.get("/AA"))
    return isinstance(triggers, DictionaryObject) and any(
        isinstance(action := _plain(each), DictionaryObject) and "/S" in action for each in triggers.values()
    )


def _plain(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _shows_something(page: Any) -> bool:
    """Whether a page has a text, a line, a filled-in note, or a picture of more than one colour."""
    notes = (_plain(each) for each in _plain(page.get("/Annots")) or ())
    if any(isinstance(note, DictionaryObject) and note.get("/Subtype") not in _NOTHING_SEEN for note in notes):
        return True
    contents = page.get_contents()
    return contents is not None and _draws(contents.get_data(), page, _plain(page.get("/Resources")), 0)


def _draws(data: bytes, page: Any, resources: Any, depth: int) -> bool:
    marks = set(re.split(rb"[\s\]\[()<>/]+", data))
    if marks & _TEXT_OR_LINE:
        return True
    if not marks & _PICTURES or depth > MOST_NESTED:
        return False
    if b"BI" in marks:
        return any(_is_seen(each.image) for each in page.images if each.name.startswith("~"))
    drawn = _plain((resources or {}).get("/XObject")) or {}
    return any(_is_drawn(name, _plain(each), page, depth) for name, each in drawn.items() if name[1:].encode() in marks)


def _is_drawn(name: str, one: Any, page: Any, depth: int) -> bool:
    if one.get("/Subtype") == "/Form":
        return _draws(one.get_data(), page, _plain(one.get("/Resources")), depth + 1)
    width, height = int(_plain(one.get("/Width", 0))), int(_plain(one.get("/Height", 0)))
    if width * height > MOST_MEGAPIXELS * 1_000_000:
        return True  # too large to look at; what it is, whoever reads it sees
    try:
        return _is_seen(one.decode_as_image())
    except Exception:  # noqa: BLE001 - a way of packing that is not known here: whoever reads it sees what it is
        return True


def _is_seen(found: Any) -> bool:
    """Whether a picture is of more than one colour."""
    if found is None:
        return True
    see_through = "A" in found.mode or "transparency" in found.info
    ranges: list[Any] = [band.getextrema() for band in found.convert("RGBA" if see_through else "RGB").split()]
    return any(high - low > ONE_COLOUR for low, high in ranges)


def _read_picture(content: bytes, field: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # its size is looked at here
        return _look_at(content, field)


def _look_at(content: bytes, field: str) -> str:
    try:
        found = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
    except Image.DecompressionBombError as error:
        raise PaperTooManyPixels(width="…", height="…", limit=MOST_MEGAPIXELS, field=field) from error
    except Exception as error:  # noqa: BLE001 - Pillow raises whatever a hostile file makes it stumble over
        raise NotAPaper(field=field) from error
    width, height = found.size
    if width * height > MOST_MEGAPIXELS * 1_000_000:
        raise PaperTooManyPixels(width=width, height=height, limit=MOST_MEGAPIXELS, field=field)
    if min(width, height) < LEAST_PIXELS:
        raise PaperUnreadable(width=width, height=height, field=field)
    lowered = content.lower()
    if zipfile.is_zipfile(io.BytesIO(content)) or any(other in lowered for other in (*_OTHERS, b"%pdf-")):
        raise MoreThanAPaper(field=field)
    media = (found.format or "").lower()
    try:
        found.draft("L", (2000, 2000))
        found.load()
        seen = _is_seen(found)
    except Exception as error:  # noqa: BLE001
        raise BrokenPaper(field=field) from error
    if not seen:
        raise BlankPaper(field=field)
    return media
