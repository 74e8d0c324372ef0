"""An import from the portal: the same lines, lots and orders as a replay, traded today and in pieces.

A replay follows the file's clock over an empty market. An import comes into a market at work, so it is entered on the
day it is done: each order is placed, confirmed, paid, shipped and signed for at once, in one transaction, and completes
when its return window is over, like any other. Its buyers, their prices and their delivery are set apart by a level and
a region nobody else has; its goods are received as they are sold. So nobody's prices or stock change by an import.
"""

import csv
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TextIO

from trivium.connectors.invoices.batches import Invoice, days
from trivium.connectors.invoices.market import Goods, Made, Market, sets
from trivium.connectors.invoices.quarantine import HEADING, row_of
from trivium.connectors.invoices.reader import BadFile, LacksColumns, count_rows, read_rows
from trivium.connectors.invoices.sorting import Kept, Line, judge
from trivium.connectors.invoices.trading import CARRIER, Desk, Plan
from trivium.core.acts import act
from trivium.core.time import SettableClock, now
from trivium.fulfilment import commands as fulfilment
from trivium.integration.errors import MissingColumns, NotInvoices
from trivium.integration.rules import Piece, Progress
from trivium.inventory import commands as inventory
from trivium.inventory.rules import Item
from trivium.parties import queries as people

MOST_LINES = 500  # of a day at once: how much is done again after a kill


class ImportMarket(Market):
    """A supplier of the platform, its operator, and buyers that only stand for the names in its file."""

    level = "import"
    region = "IMPORT"
    delivery = "import"

    def __init__(self, piece: Piece) -> None:
        house = people.house_partner()
        if house is None:
            raise LookupError("there is no house partner")
        self.key = f"invoices:{piece.supplier.organization_ref}"
        self.house, self.operator, self.supplier = house, piece.releaser, piece.supplier
        self.made = Made()
        self.delivery_key = ""
        self._find_ground()

    def receive(self, sold: Counter[str], skus: dict[str, Goods]) -> None:
        """Take in just what these invoices sell, once: begun anew after a kill, it is the same delivery."""
        for number, some in enumerate(sets([Item(skus[code].ref, pieces) for code, pieces in sold.items()])):
            inventory.receive(self.supplier, some, key=f"{self.delivery_key}:{number}")


class _Today(SettableClock):
    """Stands where a replay's clock stands, and cannot be set."""

    def __init__(self) -> None:
        pass

    @property
    def at(self) -> datetime:
        return now()

    @at.setter
    def at(self, moment: datetime) -> None:
        pass


class Till(Desk):
    """Where invoices are entered today, each as an order that is over at once."""

    def __init__(self, market: ImportMarket, ref: str) -> None:
        super().__init__(market, _Today())
        self._ground, self._ref = market, ref

    def enter(self, invoices: Sequence[Invoice]) -> None:
        """Trade invoices that stand together in the file."""
        first = min(line.row.number for invoice in invoices for line in invoice.lines)
        self._ground.delivery_key = f"{self._ref}:{first}"
        self.work(invoices)

    def remember(self, invoices: Sequence[Invoice]) -> None:
        """Invoices of an earlier piece: what they sold counts when one of them goes on."""
        for invoice in invoices:
            self._memory.before(invoice)

    def _go_to(self, at: datetime) -> None:
        """There is no way to go."""

    @act
    def _sell(self, plan: Plan, skus: dict[str, Goods]) -> None:
        """Sold, shipped and signed for in one transaction, or not sold."""
        part_ref = self._buy(plan, skus)
        sent = fulfilment.dispatch(self._market.supplier, part_ref, carrier=CARRIER)
        fulfilment.confirm_delivery(plan.buyer, sent.ref)


class _Feed:
    """The lines of a file that can be traded; what cannot waits here until all rows before it are done."""

    def __init__(self, path: Path, done: int) -> None:
        self._path, self._done = path, done
        self._amounts: deque[tuple[int, int]] = deque()
        self._kept: deque[Kept] = deque()
        self._handed = self._read = 0

    def lines(self) -> Iterator[Line]:
        for row in read_rows(self._path):
            found, self._read = judge(row), row.number
            if row.number > self._done:
                self._amounts.append((row.number, found.amount))
                if isinstance(found, Kept):
                    self._kept.append(found)
            if isinstance(found, Line):
                self._handed = row.number
                yield found
        self._handed = self._read + 1

    @property
    def through(self) -> int:
        """Up to which row everything has been handed out in whole groups: the line handed out last begins the next."""
        return self._handed - 1

    def take(self) -> tuple[int, list[Kept]]:
        """The amounts and the kept lines of the rows that are through."""
        amount = 0
        while self._amounts and self._amounts[0][0] <= self.through:
            amount += self._amounts.popleft()[1]
        kept = []
        while self._kept and self._kept[0].row.number <= self.through:
            kept.append(self._kept.popleft())
        return amount, kept


class _Book:
    """Writes down what is done: kept lines into their file, then the progress that says how long the file is."""

    def __init__(self, piece: Piece, file: TextIO, keep: Callable[[Progress], None]) -> None:
        self.done, self._file, self._keep = piece.done, file, keep
        self._rows = csv.writer(file)
        file.truncate(piece.done.kept_bytes)
        file.seek(piece.done.kept_bytes)
        if not piece.done.kept_bytes:
            self._rows.writerow(HEADING)

    def write(self, feed: _Feed, till: Till) -> None:
        """Everything up to where the feed is through is traded or kept: keep it so."""
        amount, kept = feed.take()
        traded, done = till.traded, self.done
        kept = sorted([*kept, *traded.refused], key=lambda each: each.row.number)
        reasons = Counter(done.reasons)
        for each in kept:
            self._rows.writerow(row_of(each))
            reasons[each.reasons[0]] += 1
        self._file.flush()
        self.done = replace(
            done,
            rows=feed.through,
            amount=done.amount + amount,
            traded_lines=done.traded_lines + traded.lines + traded.known_lines,
            traded_amount=done.traded_amount + traded.amount + traded.known_amount,
            known_lines=done.known_lines + traded.known_lines,
            orders=done.orders + traded.orders,
            kept_lines=done.kept_lines + len(kept),
            kept_amount=done.kept_amount + sum(each.amount for each in kept),
            kept_bytes=self._file.tell(),
            reasons=dict(reasons),
        )
        till.traded = type(traded)()
        self._keep(self.done)


class InvoiceImporter:
    """Reads a wholesaler's invoices and trades them for the supplier whose they are."""

    def check(self, path: Path) -> int | None:
        """How many rows a file has, if it says so.

        Refuses: NotInvoices, MissingColumns.
        """
        try:
            for _row in read_rows(path, 1):
                break
            return count_rows(path)
        except LacksColumns as error:
            needed = ", ".join(HEADING[4:])
            raise MissingColumns(missing=", ".join(error.missing), needed=needed, field="file") from error
        except BadFile as error:
            raise NotInvoices(field="file") from error

    def work(self, piece: Piece, keep: Callable[[Progress], None], *, seconds: float) -> bool:
        """Trade the file from where the piece stands, for about so long; whether it is all done.

        What was traded after the last keeping is found in the books and not traded again.
        """
        until = time.monotonic() + seconds
        till = Till(ImportMarket(piece), piece.ref)
        feed = _Feed(piece.path, piece.done.rows)
        piece.quarantine.touch()
        with piece.quarantine.open("r+", encoding="utf-8", newline="") as file:
            book = _Book(piece, file, keep)
            for group in days(feed.lines(), most_lines=MOST_LINES):
                if feed.through <= piece.done.rows:
                    till.remember(group)
                    continue
                till.enter(group)
                book.write(feed, till)
                if time.monotonic() > until:
                    return False
            book.write(feed, till)
        return True
