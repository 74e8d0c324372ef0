"""A list as a file: the rows and columns that are shown, as CSV or as a spreadsheet.

What begins like a formula is written as the text it is: a company called "=1+1" must not be calculated by the program
that opens the file.
"""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext

from trivium.core.money import to_text
from trivium.core.time import now
from trivium.web.shared import words
from trivium.web.shared.filters import local

FORMATS = ("csv", "xlsx")
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def file_of(kind: str, name: str, columns: Sequence[Any], rows: Sequence[Any]) -> HttpResponse:
    """The file to download."""
    heads, table = _table(columns, rows)
    body = _csv(heads, table) if kind == "csv" else _xlsx(heads, table)
    response = HttpResponse(body, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}-{local(now()):%Y%m%d-%H%M}.{kind}"'
    return response


def _table(columns: Sequence[Any], rows: Sequence[Any]) -> tuple[list[str], list[list[Any]]]:
    """Heads and values; after the first column of money stands its currency."""
    money = next((c.key for c in columns if c.kind in ("money", "price")), None)
    heads, table = [], []
    for column in columns:
        heads.append(column.words)
        if column.key == money:
            heads.append(gettext("Currency"))
    for row in rows:
        values: list[Any] = []
        for column in columns:
            cell = column.cell(row)
            values.append(_value(column.kind, cell))
            if column.key == money:
                values.append(cell.currency)
        table.append(values)
    return heads, table


def _value(kind: str, cell: Any) -> Any:
    if kind in ("chips", "tags"):
        return ", ".join(" ".join(part for part in (words.word("status", code), note) if part)
                         for code, note in cell.chips)  # fmt: skip
    if cell.value is None:
        return ""
    if kind == "money":
        return Decimal(to_text(cell.value, cell.currency))
    if isinstance(cell.value, dt.datetime):
        return local(cell.value).replace(tzinfo=None)
    if isinstance(cell.value, Decimal | int | dt.date):
        return cell.value
    return f"{cell.value} {cell.note}".strip() if cell.note else str(cell.value)


def _csv(heads: Sequence[str], table: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    for row in table:
        writer.writerow([_written(value) for value in row])
    return out.getvalue().encode("utf-8-sig")  # the mark tells spreadsheets that it is not their old code page


def _written(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return f"'{value}"
    return value


def _xlsx(heads: Sequence[str], table: Sequence[Sequence[Any]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "remove_timezone": True})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True, "bottom": 1})
    when = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for x, head in enumerate(heads):
        sheet.write_string(0, x, head, bold)
    for y, row in enumerate(table, 1):
        for x, value in enumerate(row):
            if isinstance(value, dt.datetime):
                sheet.write_datetime(y, x, value, when)
            elif isinstance(value, dt.date):
                sheet.write_datetime(y, x, value, day)
            elif isinstance(value, Decimal | int):
                sheet.write_number(y, x, value)
            else:
                sheet.write_string(y, x, str(value))
    sheet.freeze_panes(1, 0)
    sheet.autofit()
    book.close()
    return out.getvalue()
