"""Read a wholesaler's invoice lines from Parquet or CSV, a bounded number at a time, each with its row number."""

import csv
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
BATCH = 8192
LONGEST_FIELD = 100_000


class BadFile(Exception):
    """The file is not invoices as we know them; the text says why."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stands in the file, every value as text, columns in the order of COLUMNS.

    `number` counts the rows of data from 1; a CSV's heading is not counted. `fault` says what is wrong with the row
    itself: it has too few or too many fields.
    """

    number: int
    values: tuple[str, ...]
    fault: str = ""


def read_rows(path: Path, limit: int | None = None) -> Iterator[RawRow]:
    """The rows of a file in its order, at most `limit`. Never more than a batch of them is in memory.

    Refuses: BadFile (no such columns, not Parquet, not CSV).
    """
    rows = _parquet_rows(path) if _is_parquet(path) else _csv_rows(path)
    return islice(rows, limit)


def count_rows(path: Path) -> int | None:
    """How many rows a file says it has; None where only reading it would tell."""
    if not _is_parquet(path):
        return None
    with _open_parquet(path) as file:
        return int(file.metadata.num_rows)


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _parquet_rows(path: Path) -> Iterator[RawRow]:
    with _open_parquet(path) as file:
        _check_columns(file.schema_arrow.names)
        number = 0
        for batch in file.iter_batches(batch_size=BATCH, columns=list(COLUMNS)):
            columns = [[_text(value) for value in batch.column(name).to_pylist()] for name in COLUMNS]
            for values in zip(*columns, strict=True):
                number += 1
                yield RawRow(number, values)


@contextmanager
def _open_parquet(path: Path) -> "Iterator[ParquetFile]":
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            yield file
    except pyarrow.ArrowException as error:
        raise BadFile(f"{path.name} cannot be read as Parquet: {error}") from error


def _text(value: object) -> str:
    """A value as CSV would have it; a float by its shortest decimal form, a whole one without its “.0”."""
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return str(value)


def _csv_rows(path: Path) -> Iterator[RawRow]:
    csv.field_size_limit(LONGEST_FIELD)
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        try:
            lines = csv.reader(file)
            heading = [name.strip() for name in next(lines, [])]
            _check_columns(heading)
            places = [heading.index(name) for name in COLUMNS]
            number = 0
            for fields in lines:
                if fields:
                    number += 1
                    yield _csv_row(number, fields, places, len(heading))
        except csv.Error as error:
            raise BadFile(f"{path.name} cannot be read as CSV: {error}") from error


def _csv_row(number: int, fields: list[str], places: list[int], width: int) -> RawRow:
    fields = [_as_western(field) for field in fields]
    if len(fields) == width:
        return RawRow(number, tuple(fields[place] for place in places))
    padded = fields + [""] * (width - len(fields))
    return RawRow(number, tuple(padded[place] for place in places), f"{len(fields)} fields instead of {width}")


def _as_western(field: str) -> str:
    """A field that is not UTF-8 is read as Windows-1252, in which such files are usually written."""
    if field.isascii() or not any(0xDC80 <= ord(character) <= 0xDCFF for character in field):
        return field
    return field.encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def _check_columns(found: list[str]) -> None:
    missing = [name for name in COLUMNS if name not in found]
    if missing:
        raise LacksColumns(missing)


class LacksColumns(BadFile):
    """The file can be read, but is about something else."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        super().__init__(f"The file lacks the columns {', '.join(missing)}. It needs {', '.join(COLUMNS)}.")
