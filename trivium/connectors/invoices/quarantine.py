"""Lines that could not be traded: kept in a file with row and reason, and counted."""

import csv
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self

from trivium.connectors.invoices.reader import COLUMNS
from trivium.connectors.invoices.sorting import Kept, Reason

HEADING = ("row", "reason", "also", "detail", *COLUMNS)


def row_of(kept: Kept) -> tuple[object, ...]:
    """A line as its file has it: row, reason, the other reasons, words, and the row as it was."""
    reason, *others = kept.reasons
    return kept.row.number, reason, " ".join(others), kept.detail, *kept.row.values


class Quarantine:
    """A CSV of the lines that were not traded. It appears under its name when the run has come to its end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: Counter[Reason] = Counter()
        self.amounts: Counter[Reason] = Counter()

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._part = self.path.with_name(f"{self.path.name}.part")
        self._file = self._part.open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file)
        self._rows.writerow(HEADING)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        if kind is None:
            self._part.replace(self.path)
        else:
            self._part.unlink(missing_ok=True)

    def keep(self, kept: Kept) -> None:
        """Write a line down and count it under its first reason."""
        reason = kept.reasons[0]
        self.lines[reason] += 1
        self.amounts[reason] += kept.amount
        self._rows.writerow(row_of(kept))
