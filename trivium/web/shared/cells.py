"""What most lists are made of, drawn without a template: a list of 25 rows has 150 places, and a template its price.

What needs forms, tags or pictures is drawn by ui/cell.html.
"""

from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString, mark_safe

from trivium.web.shared.filters import ago, chip, day, due, money, qty, unit_price, when

if TYPE_CHECKING:
    from trivium.web.shared.lists import Cell, Column


def safe(value: Any) -> str:
    """A value as HTML: what is HTML already stays. Django's own is slower, for it takes promises as well."""
    return value if isinstance(value, SafeString) else SafeString(escape(str(value)))


def drawn(cells: "Sequence[tuple[Column, Cell]]") -> SafeString:
    """The places of one row; nothing if one of them is not drawn here."""
    if not all(column.kind in _DRAW and cell.face is None for column, cell in cells):
        return SafeString()
    return mark_safe("".join([_place(column, cell) for column, cell in cells]))  # noqa: S308 - escaped piece by piece


def body(rows: Sequence[SafeString]) -> SafeString:
    """The rows of a table; nothing if one of them is not drawn here."""
    return SafeString("".join([f"<tr>{row}</tr>" for row in rows]) if all(rows) else "")


def _place(column: "Column", cell: "Cell") -> str:
    figure = ' class="figure"' if column.is_figure else ""
    shown = safe(_DRAW[column.kind](cell))
    return f'<td data-label="{safe(column.words)}"{figure}>{shown}</td>'


def _plain(cell: "Cell", kind: str = "") -> SafeString:
    shown = safe(cell.value if cell.value or cell.url else "–")
    link = f'<a href="{safe(cell.url)}">{shown}</a>' if cell.url else shown
    note = f"<small>{safe(cell.note)}</small>" if cell.note else ""
    return SafeString(f"<span{kind}>{link}{note}</span>")


def _quantity(cell: "Cell") -> SafeString:
    if cell.value is None:
        return SafeString("–")
    note = f" {safe(cell.note)}" if cell.note else ""
    low = ' class="low"' if cell.is_low else ""
    return SafeString(f"<span{low}>{qty(cell.value)}{note}</span>")


def _chips(cell: "Cell") -> SafeString:
    notes = [(chip(code), f" {safe(note)}" if note else "") for code, note in cell.chips]
    return SafeString(f'<span class="stack">{"".join([f"<span>{its}{note}</span>" for its, note in notes])}</span>')


_DRAW: "dict[str, Callable[[Cell], str]]" = {
    "text": _plain,
    "number": lambda cell: _plain(cell, ' class="number"'),
    "money": lambda cell: money(cell.value, cell.currency),
    "price": lambda cell: unit_price(cell.value, cell.currency),
    "quantity": _quantity,
    "when": lambda cell: when(cell.value),
    "ago": lambda cell: ago(cell.value),
    "due": lambda cell: due(cell.value) if cell.value else "–",
    "day": lambda cell: SafeString(f'<span class="number">{day(cell.value)}</span>'),
    "chips": _chips,
}
