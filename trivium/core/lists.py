"""What a list is asked for, and what was found: the same words for every list of every context."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of a list: filters, text, order and place. An unknown sort is the list's own order."""

    filters: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    sort: str = ""
    descending: bool = False
    offset: int = 0
    limit: int = 25


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of one page, and how many there are in all; with `is_more`, at least so many."""

    rows: Sequence[Any]
    count: int
    is_more: bool = False


def like(text: str) -> str:
    """A pattern that finds a text anywhere, its own wildcards taken as letters."""
    plain = text.strip()[:100].replace("\x00", "")
    return "%" + plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def counted(count: int) -> tuple[int, bool]:
    """A count that was cut off at one more than is counted: how many, and whether there are more."""
    return min(count, COUNTED), count > COUNTED


def among(
    rows: Sequence[Any],
    wanted: Wanted,
    sorts: Mapping[str, Callable[[Any], Any]] | None = None,
    text: Callable[[Any], str] = str,
) -> Found:
    """One page of rows that are few and all at hand: by text, in the order asked for, else as they come."""
    found = [row for row in rows if wanted.text.casefold() in text(row).casefold()] if wanted.text else list(rows)
    if sort := (sorts or {}).get(wanted.sort):
        found.sort(key=sort, reverse=wanted.descending)
    count, is_more = counted(len(found))
    return Found(found[wanted.offset : wanted.offset + wanted.limit], count, is_more)


def cut(rows: Any, wanted: Wanted, sorts: Mapping[str, str], *, otherwise: str = "-id") -> tuple[Any, int, bool]:
    """One page of a QuerySet in the order asked for, with its count up to `COUNTED`. One statement besides the page's.

    `sorts` names the columns by which may be sorted; ties are broken by key, so that no row is shown on two pages.
    """
    count, is_more = counted(rows.order_by()[: COUNTED + 1].count())
    column = sorts.get(wanted.sort)
    sign = "-" if wanted.descending else ""
    ordered = rows.order_by(f"{sign}{column}", f"{sign}id") if column else rows.order_by(otherwise)
    return ordered[wanted.offset : wanted.offset + wanted.limit], count, is_more
