"""Chinese names by their pinyin, whole or in part, or by the first letters of their syllables.

"chenguang" and "nbcg" both find 宁波晨光灯具.
"""

from collections.abc import Iterable
from functools import lru_cache

LONGEST = 40


def is_spelled(text: str) -> bool:
    """Whether a text can be meant as pinyin or as initials."""
    return text.isascii() and text.isalpha() and 2 <= len(text) <= LONGEST


@lru_cache(maxsize=20_000)
def spellings(name: str) -> tuple[str, str]:
    """The initials of a name and its whole pinyin; letters and figures stay as they are, everything else falls away."""
    from pypinyin import Style, lazy_pinyin  # 40 MB of words, for the processes in which somebody spells

    return (
        "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors=_plain)).lower(),
        "".join(lazy_pinyin(name, errors=_plain)).lower(),
    )


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def fitting(text: str, names: Iterable[str]) -> list[str]:
    """The names in whose initials or pinyin a text stands; those that begin with it first."""
    wanted = text.lower()
    found = [(name, each) for name in names for each in spellings(name) if wanted in each]
    begins = {name for name, each in found if each.startswith(wanted)}
    return sorted(dict(found), key=lambda name: (name not in begins, name))
