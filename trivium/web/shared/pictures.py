"""Pictures of goods: what a supplier has uploaded, or else a drawn pack; the same on every page."""

from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from trivium.catalog import queries as catalog
from trivium.catalog.queries import Face, PictureRow
from trivium.catalog.rules import PICTURE_SIZES
from trivium.core.errors import NotFound
from trivium.web.shared.drawing import Drawing, draw

# Where the glyph and the size stand on each pack: the glyph's middle and width, the size's middle, how wide it may be.
_LABELS = {
    "bottle": (60, 69, 20, 60, 89, 33), "jug": (58, 71, 23, 58, 91, 40), "pump": (59, 72, 22, 59, 92, 33),
    "can": (61, 57, 22, 60, 89, 37), "tin": (60, 64, 22, 60, 86, 36), "jar": (58, 70, 20, 58, 90, 44),
    "brick": (53.5, 69, 20, 53.5, 88, 26), "box": (56, 71, 25, 56, 93, 44), "bag": (60, 58, 27, 60, 93, 46),
    "sack": (59.5, 63, 27, 59.5, 87, 44), "cup": (58, 75, 19, 60, 104, 27), "tub": (58, 73, 19, 58, 92, 32),
    "tube": (59.5, 49, 19, 59, 69, 25), "roll": (58, 79, 21, 58, 102, 40), "pack": (58, 69, 25, 58, 92, 46),
    "tray": (60, 62, 25, 60, 81, 30), "crate": (60, 77, 21, 60, 97, 40), "carton": (54, 73, 22, 54, 93, 44),
}  # fmt: skip
KNOWN = frozenset(str(size) for size in PICTURE_SIZES)
ON_COLOUR = frozenset({"can", "bag", "roll"})  # whose size stands on the goods' colour, beside the label
LARGEST = 10.5
LINE, CARD, PAGE = "line", "card", "page"
EAGER = 4  # so many cards stand above the fold; the pictures of the others come when they are scrolled to


def picture(face: Face | None, *, kind: str, place: int = 0, words: str = "") -> SafeString:
    """How goods look, as it stands in a page: "line", "card" or "page".

    `words` say what is seen where nothing beside the picture does. A photo brings its own width and height, so that
    nothing jumps when it comes.
    """
    if face is None:
        return SafeString("")
    if face.picture is not None:
        photo = _photo(face.picture, kind, place, words)
        return format_html('<span class="picture of-{} photo">{}</span>', kind, photo)
    return _pack(draw(face.names, face.category, face.unit, get_language() or "en"), kind, words)


@lru_cache(maxsize=4096)
def _pack(found: Drawing, kind: str, words: str) -> SafeString:
    count = format_html('<span class="times">{}</span>', found.count) if found.count and kind != LINE else ""
    return format_html('<span class="picture of-{} hue-{} cap-{}">{}{}</span>', kind, found.hue, found.cap,
                       drawn(found, words, is_small=kind == LINE), count)  # fmt: skip


def photo_link(row: PictureRow, words: str) -> SafeString:
    """A small picture that leads to the large one."""
    return format_html('<a class="picture of-line photo" href="{}">{}</a>', picture_url(row.name, PICTURE_SIZES[-1]),
                       _photo(row, LINE, 0, words))  # fmt: skip


def _photo(row: PictureRow, kind: str, place: int, words: str) -> SafeString:
    small, middle, large = (picture_url(row.name, size) for size in PICTURE_SIZES)
    sizes = {LINE: "48px", CARD: "(max-width: 48rem) 45vw, 240px"}.get(kind, "(max-width: 64rem) 92vw, 320px")
    when = SafeString(' loading="lazy" decoding="async"') if kind == LINE or place > EAGER else ""
    return format_html(
        '<img src="{}" srcset="{} {}w, {} {}w, {} {}w" sizes="{}" width="{}" height="{}" alt="{}"{}>',
        middle, *_at(row, small, 0), *_at(row, middle, 1), *_at(row, large, 2), sizes, row.width, row.height, words,
        when,
    )  # fmt: skip


def _at(row: PictureRow, url: str, place: int) -> tuple[str, int]:
    """A file with its width: the longer side is at most its size, and at most the picture's."""
    scale = min(1.0, PICTURE_SIZES[place] / max(row.width, row.height))
    return url, max(1, round(row.width * scale))


def picture_url(name: str, size: int) -> str:
    """Where a picture's file is."""
    return reverse("web:picture", args=[f"{name}-{size}"])


def drawn(drawing: Drawing, words: str = "", *, is_small: bool = False) -> SafeString:
    """A drawn pack as it stands in a page. A small one has no size written on it: nobody could read it."""
    sprite = static("vendor/goods.svg")
    x, y, width, text_x, text_y, room = _LABELS[drawing.shape]
    said = format_html('role="img" aria-label="{}"', words) if words else SafeString('aria-hidden="true"')
    size = ""
    if drawing.size and not is_small:
        where = SafeString(' class="on"') if drawing.shape in ON_COLOUR else ""
        height = round(min(LARGEST, room / _width(drawing.size)), 1)
        at = (where, text_x, text_y, height, drawing.size)
        size = format_html('<text{} x="{}" y="{}" font-size="{}">{}</text>', *at)
    return format_html(
        '<svg class="drawn" viewBox="12 6 96 107" {}><use href="{}#{}" width="120" height="120"/>'
        '<use href="{}#g-{}" x="{}" y="{}" width="{}" height="{}"/>{}</svg>',
        said, sprite, drawing.shape, sprite, drawing.glyph, x - width / 2, y - width / 2, width, width, size,
    )  # fmt: skip


def _width(text: str) -> float:
    """How wide a text is, in widths of its height."""
    return sum(0.3 if character == " " else 1.0 if ord(character) > 0x2E80 else 0.63 for character in text)


def picture_file(request: HttpRequest, ref: str) -> HttpResponse:
    """A picture's file: its name and size. The name is made of its content, so whoever has it may keep it for good."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    name, _dash, size = ref.partition("-")
    try:
        content = catalog.picture_file(name, int(size) if size in KNOWN else 0)
    except NotFound as refusal:
        raise Http404 from refusal
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff",
               "Content-Security-Policy": "default-src 'none'; sandbox"}  # fmt: skip
    return HttpResponse(content, content_type="image/webp", headers=headers)
