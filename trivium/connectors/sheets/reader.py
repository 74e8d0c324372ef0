"""Read a CSV sheet as spreadsheet programs write it: UTF-8 or GB 18030, with commas, semicolons or tabs between."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from trivium.integration.errors import MissingColumns, NotASheet
from trivium.integration.rules import HEADINGS, key_of

ENCODINGS = ("utf-8-sig", "gb18030")
LONGEST_FIELD = 100_000
NEEDED = ("code",)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of data, counted from 1: its cells by column, trimmed; and as it stands. `is_whole`: not too wide."""

    number: int
    cells: Mapping[str, str]
    values: tuple[str, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet and how to read it."""

    path: Path
    encoding: str
    separator: str
    heading: tuple[str, ...]

    def rows(self) -> Iterator[SheetRow]:
        """The rows in their order; empty ones are left out and not counted.

        Refuses: NotASheet.
        """
        keys, number = [key_of(name) for name in self.heading], 0
        for fields in _lines(self.path, self.encoding, self.separator, skip=1):
            if any(field.strip() for field in fields):
                number += 1
                cells = {key: field.strip() for key, field in zip(keys, fields, strict=False) if key}
                yield SheetRow(number, cells, tuple(fields), len(fields) <= len(self.heading))


def open_sheet(path: Path) -> Sheet:
    """A sheet, by its first line.

    Refuses: NotASheet, MissingColumns.
    """
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(LONGEST_FIELD)
    separator = max(",;\t", key=first.count)
    heading = tuple(next(_lines(path, encoding, separator), ()))
    known = [key_of(name) for name in heading]
    missing = [key for key in NEEDED if key not in known]
    if missing or len([key for key in known if key]) != len({key for key in known if key}):
        needed = ", ".join(f"{key} ({names[1]})" for key, names in HEADINGS.items())
        raise MissingColumns(missing=", ".join(missing) or "—", needed=needed, field="file")
    return Sheet(path, encoding, separator, heading)


def _encoding(path: Path) -> str:
    """The first encoding in which the whole file can be read."""
    for encoding in ENCODINGS:
        try:
            with path.open(encoding=encoding, newline="") as file:
                while piece := file.read(65_536):
                    if "\x00" in piece:
                        raise NotASheet(field="file")
        except UnicodeDecodeError:
            continue
        return encoding
    raise NotASheet(field="file")


def _lines(path: Path, encoding: str, separator: str, *, skip: int = 0) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_FIELD)
    with path.open(encoding=encoding, newline="") as file:
        try:
            for number, fields in enumerate(csv.reader(file, delimiter=separator)):
                if number >= skip:
                    yield fields
        except csv.Error as error:
            raise NotASheet(field="file") from error
