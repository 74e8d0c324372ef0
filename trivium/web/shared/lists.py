"""One mechanism for every list: filters in the address, sorting, paging with counts, columns as the person likes them,
and the same rows as a file. A portal says which columns a list has and where its rows come from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext

from trivium.core.lists import COUNTED, Found, Wanted
from trivium.web.shared import export
from trivium.web.shared.acting import Shown
from trivium.web.shared.forms import Form

ROWS = 25
EXPORTED = 10_000
COLUMNS = "columns"

Kind = Literal["text", "number", "money", "price", "quantity", "when", "ago", "due", "day", "chips", "tags", "do"]


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
        return self.kind in ("money", "price", "quantity")


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


def show_list(request: HttpRequest, listing: Listing, template: str = "shared/list.html") -> Shown | HttpResponse:
    """The list as it is asked for: a page, or with `format` a file of the same rows and columns."""
    chosen = {f.name: request.GET.get(f.name, "") for f in listing.filters}
    chosen = {f.name: chosen[f.name] for f in listing.filters if chosen[f.name] in {code for code, _ in f.choices}}
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    sort = request.GET.get("sort", "")
    sort = sort if sort.lstrip("-") in {c.sort for c in listing.columns if c.sort} else listing.sort
    columns = _columns(request, listing)
    page = _page_number(request.GET.get("page", ""))
    asked = {**chosen, "q": text if listing.search else "", "sort": sort if sort != listing.sort else ""}
    asked = {name: value for name, value in asked.items() if value}
    is_file = request.GET.get("format") in export.FORMATS
    wanted = Wanted(chosen, text, sort.lstrip("-"), sort.startswith("-"), 0 if is_file else (page - 1) * ROWS,
                    EXPORTED if is_file else ROWS)  # fmt: skip
    found = listing.fetch(wanted)
    if is_file:
        shown = [column for column in columns if column.kind != "do"]
        return export.file_of(request.GET["format"], listing.name, shown, found.rows)
    return Shown(template, {**listing.context, "list": _view(listing, columns, found, asked, chosen, text, sort, page)})


def _page_number(text: str) -> int:
    return max(1, min(int(text), 100_000)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _columns(request: HttpRequest, listing: Listing) -> list[Column]:
    kept = request.session.get(COLUMNS, {}).get(listing.name)
    if kept is None:
        return [column for column in listing.columns if column.is_shown]
    return [column for column in listing.columns if column.is_kept or column.key in kept]


def _view(
    listing: Listing, columns: Sequence[Column], found: Found, asked: Mapping[str, str], chosen: Mapping[str, str],
    text: str, sort: str, page: int,
) -> dict[str, Any]:  # fmt: skip
    """All that the list's template draws, with every link ready."""

    def link(**changes: str) -> str:
        return "?" + urlencode({name: value for name, value in {**asked, **changes}.items() if value})

    first, last = (page - 1) * ROWS + 1, (page - 1) * ROWS + len(found.rows)
    names = {c.key for c in columns}
    return {
        "name": listing.name,
        "title": listing.title,
        "help": listing.help,
        "icon": listing.icon,
        "search": listing.search,
        "text": text,
        "asked": [(name, value) for name, value in asked.items() if name != "q"],
        "query": link(),
        "heads": [_head(column, sort, link) for column in columns],
        "rows": [[(column, column.cell(row)) for column in columns] for row in found.rows],
        "tabs": _choices(listing.filters[0], chosen, link) if listing.filters else [],
        "tabs_words": listing.filters[0].words if listing.filters else "",
        "filters": [(f.words, _choices(f, chosen, link)[1:]) for f in listing.filters[1:]],
        "facets": [(f.name, f.words, _choices(f, chosen, link)) for f in listing.filters],
        "sorts": [(c.words, link(sort=c.sort), sort.lstrip("-") == c.sort) for c in listing.columns if c.sort],
        "items": found.rows,
        "active": _active(listing, chosen, text, link),
        "all_columns": [(c.key, c.words, c.key in names) for c in listing.columns if not c.is_kept and c.kind != "do"],
        "first": first,
        "last": last,
        "count": found.count,
        "is_more": found.is_more,
        "counted": COUNTED,
        "before": link(page=str(page - 1)) if page > 1 else "",
        "after": link(page=str(page + 1)) if last < found.count or (found.is_more and len(found.rows) == ROWS) else "",
        "files": [(name, link(format=name)) for name in export.FORMATS],
        "empty": listing.empty if not (chosen or text or page > 1) else None,
    }


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


def choose_columns(request: HttpRequest) -> HttpResponse:
    """Remember which columns a person wants to see in a list."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    kept = dict(request.session.get(COLUMNS, {}))
    name = request.POST.get("list", "")[:40]
    if "all" in request.POST:
        kept.pop(name, None)
    else:
        kept[name] = [key[:40] for key in request.POST.getlist("column")[:40]]
    request.session[COLUMNS] = kept
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, None) else "web:root")
