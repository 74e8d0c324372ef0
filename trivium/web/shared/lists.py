"""One mechanism for every list: filters in the address, sorting, paging with counts, columns as the person likes them,
and the same rows as a file. A portal says which columns a list has and where its rows come from."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext

from trivium.catalog.queries import Face
from trivium.core.lists import COUNTED, Found, Wanted
from trivium.parties import queries as parties
from trivium.parties.queries import View
from trivium.web.shared import export, saved
from trivium.web.shared.acting import Shown
from trivium.web.shared.forms import Field, Form, Second
from trivium.web.shared.look import preferences

ROWS = 25
SIZES = (25, 50, 100)
EXPORTED = 10_000

Kind = Literal[
    "text", "number", "money", "price", "percent", "quantity", "when", "ago", "due", "day", "chips", "tags", "do"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of a list. `value` is what a file gets, minor units with their currency included."""

    value: Any = None
    url: str = ""
    note: str = ""
    currency: str = ""
    chips: Sequence[tuple[str, str]] = ()
    forms: Sequence[Form] = ()
    is_low: bool = False
    face: Face | None = None

    @property
    def is_blank(self) -> bool:
        """Whether nothing but a dash stands there, which a phone leaves out."""
        return self.value in (None, "") and not (self.note or self.chips or self.forms or self.face)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its words, how its cells look, and the key the list can be sorted by, if any."""

    key: str
    words: str
    cell: Callable[[Any], Cell]
    kind: Kind = "text"
    sort: str = ""
    is_kept: bool = False
    is_shown: bool = True

    @property
    def is_figure(self) -> bool:
        """Whether it holds figures, which stand to the right."""
        return self.kind in ("money", "price", "percent", "quantity")


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice that narrows a list; it stands in the address under its name."""

    name: str
    words: str
    choices: Sequence[tuple[str, str]]
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a filter as a link; `count` is what it would leave, where that is known."""

    words: str
    url: str
    is_chosen: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Empty:
    """What will stand in a list that is empty, and the first step to it."""

    words: str
    help: str
    url: str = ""
    button: str = ""


@dataclass(frozen=True, slots=True)
class Bulk:
    """One act on many rows at once: each row its own act. `item` names a row for it; "" is a row it is not for.

    `second` is another act on the same rows, with its own button.
    """

    url: str
    button: str
    item: Callable[[Any], str]
    fields: tuple[Field, ...] = ()
    help: str = ""
    second: Second | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: what it is called, where its rows come from, and what a reader can do with it."""

    name: str
    title: str
    columns: Sequence[Column]
    fetch: Callable[[Wanted], Found]
    empty: Empty
    filters: Sequence[Filter] = ()
    search: str = ""
    sort: str = ""
    help: str = ""
    icon: str = "list"
    context: Mapping[str, Any] = field(default_factory=dict)
    bulk: Bulk | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """How a list is asked for: by the address, and by what the person has set for it."""

    chosen: Mapping[str, str]
    text: str
    sort: str
    page: int
    size: int
    columns: Sequence[Column]
    views: Sequence[View]
    view: View | None

    def query(self, listing: Listing) -> dict[str, str]:
        """What of it stands in the address."""
        asked = {**self.chosen, "q": self.text if listing.search else "", "view": self.view.ref if self.view else "",
                 "sort": self.sort if self.sort != listing.sort else ""}  # fmt: skip
        return {name: value for name, value in asked.items() if value}

    def wanted(self, *, is_file: bool) -> Wanted:
        """Which rows that means."""
        place, size = (0, EXPORTED) if is_file else ((self.page - 1) * self.size, self.size)
        return Wanted(self.chosen, self.text, self.sort.lstrip("-"), self.sort.startswith("-"), place, size)


def read(request: HttpRequest, listing: Listing) -> Asked:
    """How this list is asked for; what nobody can ask for is left out."""
    given = {f.name: request.GET.get(f.name, "") for f in listing.filters}
    known = {f.name: {code for code, _ in f.choices} for f in listing.filters}
    sort = request.GET.get("sort", "")
    own = preferences(request)
    views = parties.views_in(own, listing.name)
    view = next((each for each in views if each.ref == request.GET.get("view")), None)
    kept = own.get(f"list/{listing.name}", {})
    size = kept.get("rows")
    return Asked(
        chosen={name: value for name, value in given.items() if value in known[name]},
        text=request.GET.get("q", "").replace("\x00", "").strip()[:100],
        sort=sort if sort.lstrip("-") in {c.sort for c in listing.columns if c.sort} else listing.sort,
        page=_page_number(request.GET.get("page", "")),
        size=size if size in SIZES else ROWS,
        columns=_columns(listing, view.columns if view else kept.get("columns")),
        views=views,
        view=view,
    )


def show_list(request: HttpRequest, listing: Listing, template: str = "shared/list.html") -> Shown | HttpResponse:
    """The list as it is asked for: a page, or with `format` a file of the same rows and columns."""
    asked = read(request, listing)
    is_file = request.GET.get("format") in export.FORMATS
    found = listing.fetch(asked.wanted(is_file=is_file))
    if is_file:
        shown = [column for column in asked.columns if column.kind != "do"]
        return export.file_of(request.GET["format"], listing.name, shown, found.rows)
    return Shown(template, {**listing.context, "list": _view(request, listing, found, asked)})


def _page_number(text: str) -> int:
    return max(1, min(int(text), 100_000)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _columns(listing: Listing, kept: Sequence[str] | None) -> list[Column]:
    if kept is None:
        return [column for column in listing.columns if column.is_shown]
    return [column for column in listing.columns if column.is_kept or column.key in kept]


def _view(request: HttpRequest, listing: Listing, found: Found, now: Asked) -> dict[str, Any]:
    """All that the list's template draws, with every link ready."""
    asked, columns, page, chosen = now.query(listing), now.columns, now.page, now.chosen

    def link(**changes: str) -> str:
        return "?" + "&".join(_pair(name, value) for name, value in {**asked, **changes}.items() if value)

    ticked, facets = request.POST.getlist("item"), [_choices(each, chosen, link) for each in listing.filters]
    rows: Any = SimpleLazyObject(lambda: [_row(listing, columns, row, ticked) for row in found.rows])
    first, last = (page - 1) * now.size + 1, (page - 1) * now.size + len(found.rows)
    names, is_full = {c.key for c in columns}, len(found.rows) == now.size
    return {
        "name": listing.name,
        "title": listing.title,
        "help": listing.help,
        "icon": listing.icon,
        "search": listing.search,
        "text": now.text,
        "asked": [(name, value) for name, value in asked.items() if name != "q"],
        "query": link(),
        "heads": SimpleLazyObject(lambda: [_head(column, now.sort, link) for column in columns]),
        "rows": rows,
        "tabs": facets[0] if facets else [],
        "tabs_words": listing.filters[0].words if listing.filters else "",
        "filters": [(f.words, its[1:]) for f, its in zip(listing.filters[1:], facets[1:], strict=True)],
        "facets": [(f.name, f.words, its) for f, its in zip(listing.filters, facets, strict=True)],
        "sorts": [(c.words, link(sort=c.sort), now.sort.lstrip("-") == c.sort) for c in listing.columns if c.sort],
        "items": found.rows,
        "lead": next((column.key for column in columns if column.is_kept), ""),
        "active": _active(listing, chosen, now.text, link),
        "all_columns": [(c.key, c.words, c.key in names) for c in listing.columns if not c.is_kept and c.kind != "do"],
        "first": first,
        "last": last,
        "count": found.count,
        "is_more": found.is_more,
        "counted": COUNTED,
        "before": link(page=str(page - 1)) if page > 1 else "",
        "after": link(page=str(page + 1)) if last < found.count or (found.is_more and is_full) else "",
        "files": [(name, link(format=name)) for name in export.FORMATS],
        "empty": listing.empty if not (chosen or now.text or page > 1) else None,
        "sizes": [(size, size == now.size) for size in SIZES],
        "views": [(view, f"?{view.query}&view={view.ref}", view == now.view) for view in now.views],
        "view": now.view,
        "is_view_gone": bool(request.GET.get("view")) and now.view is None,
        "view_forms": SimpleLazyObject(
            lambda: saved.forms_of(request, listing.name, asked, [column.key for column in columns], now.view)
        ),
        "bulk": _bulk_form(listing.bulk) if listing.bulk and any(map(listing.bulk.item, found.rows)) else None,
    }


@lru_cache(maxsize=4096)
def _pair(name: str, value: str) -> str:
    """One name with its value as an address has it: a page of links asks for the same ones again and again."""
    return urlencode({name: value})


def _row(listing: Listing, columns: Sequence[Column], row: Any, ticked: Collection[str]) -> dict[str, Any]:
    cells = [(column, column.cell(row)) for column in columns]
    item = listing.bulk.item(row) if listing.bulk else ""
    return {"item": item, "name": cells[0][1].value, "cells": cells, "is_ticked": item in ticked}


def _bulk_form(bulk: Bulk) -> Form:
    return Form("bulk", bulk.url, bulk.button, bulk.fields, note=bulk.help, is_inline=True, second=bulk.second)


def _head(column: Column, sort: str, link: Callable[..., str]) -> dict[str, Any]:
    is_sorted = bool(column.sort) and sort.lstrip("-") == column.sort
    down = sort.startswith("-")
    # The first click sorts figures and times from the top, words from A; the next one turns it round.
    first = f"-{column.sort}" if column.is_figure or column.kind in ("when", "day", "ago") else column.sort
    other = (column.sort if down else f"-{column.sort}") if is_sorted else first
    return {
        "column": column,
        "url": link(sort=other) if column.sort else "",
        "sorted": ("descending" if down else "ascending") if is_sorted else "",
    }


def _choices(each: Filter, chosen: Mapping[str, str], link: Callable[..., str]) -> list[Choice]:
    """Every choice of a filter, with all of them first."""
    now = chosen.get(each.name, "")
    found = [Choice(gettext("All"), link(**{each.name: ""}), not now)]
    return found + [
        Choice(words, link(**{each.name: code}), code == now, each.counts.get(code)) for code, words in each.choices
    ]


def _active(
    listing: Listing, chosen: Mapping[str, str], text: str, link: Callable[..., str]
) -> list[tuple[str, str, str]]:
    """(what, value, the address without it) of everything that narrows the list now."""
    found = []
    for each in listing.filters:
        if each.name in chosen:
            words = next(words for code, words in each.choices if code == chosen[each.name])
            found.append((each.words, words, link(**{each.name: ""})))
    if text and listing.search:
        found.append((gettext("Search"), text, link(q="")))
    return found
