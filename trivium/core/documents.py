"""Documents on paper: a Typst template and plain data become a PDF. Which documents there are, the portals say.

What people wrote reaches a template as strings and never as markup. The compiler reads below the folder of templates
alone, and nothing of ours names a package, so it asks no network. A PDF is PDF/A-2a, which is tagged, can be searched,
and may hold no box where a letter should be: the compiler refuses to write one, and names the letters no font here has.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from trivium.core.actor import Actor
from trivium.core.errors import NotFound, Refusal
from trivium.core.i18n import gettext_noop as _

MEDIA_TYPE = "application/pdf"
STANDARD: Literal["a-2a"] = "a-2a"
LOST = "〓"  # what printers have always set where the letter is lacking
LOST_WITHOUT_CJK = "?"
_ROUNDS = 8
_UNDRAWN = re.compile(r'the text `"(.*?)"` could not be displayed with font')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)", re.DOTALL)
_NOT_TEXT = {"Cc", "Cs", "Co", "Cn"}  # what no printer sets: controls, halves, private and unassigned ones
_CJK = re.compile(
    "[\u2e80-\u2fdf\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
_ENDLESS = re.compile(r"[^\s\u2e80-\U0003ffff]{25,}")  # no line would hold it, and nothing in it lets a line break
_BREAK = "\u200b"
_FANCY = re.compile("[^\u0000-\u024f\u200b\u2013-\u201d\u2212\u3000-\u3013\u4e00-\u9fa5\uff01-\uff5e]")


class NoFont(Refusal):
    code = "document.no_font"
    kind = "unavailable"
    message = _(
        "This site has no font with Chinese characters, so it cannot draw this document. "
        "Its operator has to install one (on Debian: fonts-noto-cjk)."
    )


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was drawn: the name of its file, and the PDF."""

    name: str
    body: bytes


Composer = Callable[[Actor, str], Document]
_composers: dict[str, Composer] = {}


def register_composer(kind: str, composer: Composer) -> None:
    """Make known who composes a kind of document; the portals do this when the program starts."""
    _composers[kind] = composer


def compose(kind: str, actor: Actor, ref: str) -> Document:
    """A document about what a reference names, as this reader may see it, in the language that is spoken now.

    Refuses: NotFound, NoFont, and what the queries refuse that are asked.
    """
    if kind not in _composers:
        raise NotFound(what="document", ref=ref)
    return _composers[kind](actor, ref)


def draw(template: Path, data: Mapping[str, Any]) -> bytes:
    """A PDF of a template with data: texts, numbers, lists and mappings. The template finds it under "data".

    Letters no font here has are drawn as 〓; `data["lost"]`, a sentence that says so, is drawn only then.
    Refuses: NoFont, for Chinese words on a machine without such a font.
    """
    text = json.dumps({**data, "lost": ""}, ensure_ascii=False)
    if not has_cjk() and _CJK.search(text):
        raise NoFont()
    whole = prepared(data)
    lost: set[str] = set()
    for _round in range(_ROUNDS):
        shown = _without(whole, lost) | ({} if lost else {"lost": ""})
        try:
            return bytes(compiled(template, shown))
        except typst.TypstError as error:
            if not (missing := set(_undrawn(error.diagnostic))):
                raise
            lost |= missing
    return bytes(compiled(template, _each_text(whole, _plainest)))


def prepared(data: Mapping[str, Any]) -> dict[str, Any]:
    """Data whose texts hold nothing no printer sets, and can break over lines wherever they have to."""
    return dict(_each_text(dict(data), _printable))


def compiled(template: Path, data: Mapping[str, Any], *, form: Literal["pdf", "png"] = "pdf") -> Any:
    """What the compiler makes of a template: a PDF, or with `form` "png" its pages as pictures.

    Raises: typst.TypstError, naming every letter no font here has.
    """
    compiler = typst.Compiler(
        str(template), root=str(template.parent), font_paths=_fonts(),
        package_path=_NOWHERE, package_cache_path=_NOWHERE,
    )  # fmt: skip
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    return compiler.compile(format=form, sys_inputs=inputs, pdf_standards=[STANDARD] if form == "pdf" else [])


_NOWHERE = str(Path(__file__).parent / "no_packages")


@cache
def _fonts() -> typst.Fonts:
    """The fonts of this machine and those the compiler brings; looked for once in a process."""
    return typst.Fonts()


@cache
def has_cjk() -> bool:
    """Whether this machine has a font with Chinese characters."""
    return any("CJK" in family or "Source Han" in family for family in _fonts().families())


def mark() -> str:
    """What stands where a letter is lacking."""
    return LOST if has_cjk() else LOST_WITHOUT_CJK


def _undrawn(diagnostic: str) -> list[str]:
    """The letters, or groups of them, that the compiler could not draw."""
    found = _UNDRAWN.findall(diagnostic)
    return [_ESCAPED.sub(lambda m: chr(int(m[1], 16)) if m[1] else m[2], each) for each in found]


def _each_text(data: Any, change: Callable[[str], str]) -> Any:
    if isinstance(data, str):
        return change(data)
    if isinstance(data, dict):
        return {key: _each_text(value, change) for key, value in data.items()}
    return [_each_text(each, change) for each in data] if isinstance(data, list | tuple) else data


def _printable(text: str) -> str:
    """A text whose controls are spaces, whose letters are letters, and whose lines can break somewhere."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(_letter(c) for c in text.replace("\r\n", "\n"))
    return _ENDLESS.sub(lambda found: _BREAK.join(found[0][at : at + 8] for at in range(0, len(found[0]), 8)), text)


def _letter(c: str) -> str:
    kind = unicodedata.category(c)
    return c if c == "\n" or kind not in _NOT_TEXT else " " if kind == "Cc" else mark()


def _without(data: Any, lost: set[str]) -> Any:
    """The data with a mark for every letter that cannot be drawn."""
    if not lost:
        return data
    pattern = re.compile("|".join(re.escape(each) for each in sorted(lost, key=len, reverse=True)))
    return _each_text(data, lambda text: pattern.sub(mark(), text))


def _plainest(text: str) -> str:
    """A text of which only Latin letters and Chinese characters in common use are left."""
    return _FANCY.sub(lambda found: mark(), text)
