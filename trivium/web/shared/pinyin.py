"""Chinese names by the first letters of their syllables: "nbcg" finds 宁波晨光灯具."""

from collections.abc import Iterable
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

LONGEST = 12


def is_initials(text: str) -> bool:
    """Whether a text can be meant as initials."""
    return text.isascii() and text.isalpha() and 2 <= len(text) <= LONGEST


@lru_cache(maxsize=20_000)
def initials(name: str) -> str:
    """The initials of a name; letters and figures stay as they are, everything else falls away."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors=_plain)).lower()


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def fitting(text: str, names: Iterable[str]) -> list[str]:
    """The names whose initials contain a text; those that begin with it first."""
    wanted = text.lower()
    found = [(not initials(name).startswith(wanted), name) for name in names if wanted in initials(name)]
    return [name for _later, name in sorted(found)]
