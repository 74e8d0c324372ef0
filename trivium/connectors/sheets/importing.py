"""Take over a supplier's sheet: each row says how a sku shall stand, and is done whole or kept aside with its reason.

Read again, the same sheet changes nothing. Each row is a transaction together with how far the sheet is, so that a
kill at any moment neither leaves a row half done nor sets a count a second time.
"""

import csv
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TextIO

from django.db import transaction
from django.utils.translation import gettext, override

from trivium.catalog import queries as catalog
from trivium.connectors.sheets.reader import Sheet, SheetRow, open_sheet
from trivium.connectors.sheets.taking import Taker
from trivium.core.acts import act
from trivium.core.errors import Refusal
from trivium.integration.queries import standing
from trivium.integration.rules import Piece, Progress

BATCH = 50

Keep = Callable[[Progress], None]


class SheetImporter:
    """Reads a supplier's range and brings it up to date."""

    def check(self, path: Path) -> int | None:
        """How many rows a sheet has.

        Refuses: NotASheet, MissingColumns.
        """
        return sum(1 for _row in open_sheet(path).rows())

    def work(self, piece: Piece, keep: Keep, *, seconds: float) -> bool:
        """Take over the sheet from where the piece stands, for about so long; whether it is all done."""
        until = time.monotonic() + seconds
        sheet = open_sheet(piece.path)
        piece.quarantine.touch()
        with override(piece.language), piece.quarantine.open("r+", encoding="utf-8", newline="") as file:
            book = _Book(piece, sheet, file, keep)
            for batch in _batches(sheet, piece.done.rows):
                _take_batch(piece, batch, book)
                if time.monotonic() > until:
                    return book.done.rows >= sum(1 for _row in sheet.rows())
        return True


def _batches(sheet: Sheet, done: int) -> Iterator[list[SheetRow]]:
    rows = (row for row in sheet.rows() if row.number > done)
    while batch := list(islice(rows, BATCH)):
        yield batch


class _Book:
    """Writes down what is done: rows kept aside into their file, then the progress that says how long the file is."""

    def __init__(self, piece: Piece, sheet: Sheet, file: TextIO, keep: Keep) -> None:
        self.done, self._file, self._keep = piece.done, file, keep
        self._rows = csv.writer(file)
        file.truncate(piece.done.kept_bytes)
        file.seek(piece.done.kept_bytes)
        if not piece.done.kept_bytes:
            self._rows.writerow(("row", "reason", *sheet.heading))

    def taken(self, *, was_so: bool) -> None:
        """One more row stands as the sheet says, and may have stood so before."""
        done = self.done
        self.done = replace(
            done, rows=done.rows + 1, traded_lines=done.traded_lines + 1, known_lines=done.known_lines + was_so
        )
        if not was_so:
            self._keep(self.done)

    def kept(self, row: SheetRow, reason: str, words: str) -> None:
        """One more row was kept aside."""
        self._rows.writerow((row.number, words, *row.values))
        self._file.flush()
        done = self.done
        reasons = {**done.reasons, reason: done.reasons.get(reason, 0) + 1}
        self.done = replace(
            done, rows=done.rows + 1, kept_lines=done.kept_lines + 1, kept_bytes=self._file.tell(), reasons=reasons
        )

    def keep(self) -> None:
        """Say how far it is."""
        self._keep(self.done)


def _take_batch(piece: Piece, batch: Sequence[SheetRow], book: _Book) -> None:
    """Rows one after the other, each seen against how things stood before the batch."""
    codes = [row.cells.get("code", "") for row in batch] + [row.cells.get("variant_of", "") for row in batch]
    known = catalog.entries_by_code(piece.supplier.organization_id or 0, [code for code in codes if code])
    own = [known[row.cells["code"]].sku_ref for row in batch if row.cells.get("code") in known]
    stands = standing(piece.supplier, own)
    taker = Taker(piece.releaser, piece.supplier, known, stands)
    seen: set[str] = set()
    for row in batch:
        code, before = row.cells.get("code", ""), book.done
        if not row.is_whole or not code:
            book.kept(row, "malformed", gettext("The code is missing, or the row is longer than the heading."))
        elif code in seen:
            book.kept(row, "twice", gettext("This code stands on a row before it."))
        else:
            seen.add(code)
            try:
                with transaction.atomic():  # a row that is refused is undone alone
                    _take_row(taker, row, book)
            except Refusal as refusal:
                book.done = before
                book.kept(row, "not_taken", gettext(refusal.message) % refusal.params)
    book.keep()


@act
def _take_row(taker: Taker, row: SheetRow, book: _Book) -> None:
    """One row, all of it or nothing, with how far the sheet then is."""
    book.taken(was_so=not taker.take(row.cells))


