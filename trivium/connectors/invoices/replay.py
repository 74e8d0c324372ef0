"""`trivium replay`: trade a wholesaler's real invoices through the same commands the portals use."""

import datetime as dt
import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from trivium.connectors.invoices.batches import days
from trivium.connectors.invoices.market import Market
from trivium.connectors.invoices.quarantine import Quarantine
from trivium.connectors.invoices.reader import BadFile, count_rows, read_rows
from trivium.connectors.invoices.sorting import CURRENCY, MEANING, Kept, Line, judge
from trivium.connectors.invoices.trading import Desk, Traded
from trivium.core import sql
from trivium.core.money import to_text
from trivium.core.time import SettableClock, use_clock

FINE, FAILED, USAGE = 0, 1, 2


@dataclass(slots=True)
class Read:
    """What came out of the file. Amounts in minor units."""

    lines: int = 0
    amount: int = 0


def run(path: Path, limit: int | None, console: Console, *, company: str = "") -> int:
    """Replay a file of invoices; returns 0, 1 if lines or sums do not match, 2 if it is not such a file.

    The company whose invoices these are is called like the file, unless it is named. A second run of the same file
    adds only what the books lack, and takes up orders an earlier run left unfinished.
    """
    try:
        with _alone() as is_alone, _few_collections():
            if is_alone:
                return _replay(path, limit, console, company.strip() or path.stem)
    except BadFile as error:
        console.print(str(error), style="red", markup=False)
        return USAGE
    console.print("Another replay is running on this database. Wait until it has ended.", style="red")
    return FAILED


def _replay(path: Path, limit: int | None, console: Console, company: str) -> int:
    begun = time.monotonic()
    read, desk, market = Read(), None, None
    with Quarantine(_quarantine_path(path)) as quarantine, _progress(console) as progress:
        bar = progress.add_task("Replaying", total=_total(path, limit))
        for day in days(_tradable(path, limit, read, quarantine, progress, bar)):
            if desk is None:
                clock = SettableClock(day[0].at - dt.timedelta(days=1))
                with use_clock(clock):
                    market = Market(company)
                    desk = Desk(market, clock)
            with use_clock(clock):
                desk.work(day)
            _keep_refused(desk.traded, quarantine)
        progress.update(bar, description="Completing", completed=read.lines)
        if desk is not None:
            with use_clock(clock):
                desk.finish()
    traded = desk.traded if desk else Traded()
    is_whole = matches(read, traded, quarantine.lines.total(), quarantine.amounts.total())
    _report(console, read, traded, quarantine, market, time.monotonic() - begun, is_whole)
    return FINE if is_whole else FAILED


@contextmanager
def _alone() -> Iterator[bool]:
    """See that no other replay runs here, and let this connection's commits not wait for the disk.

    What a crash takes back, the next run does again; nothing half-done can come of it, for transactions still appear
    whole or not at all, in their order.
    """
    lock = "hashtext('trivium replay')"
    is_alone = sql.rows(f"SELECT pg_try_advisory_lock({lock})")[0][0]
    try:
        if is_alone:
            sql.execute("SET synchronous_commit = off")
        yield is_alone
    finally:
        if is_alone:
            sql.execute("RESET synchronous_commit")
            sql.rows(f"SELECT pg_advisory_unlock({lock})")


@contextmanager
def _few_collections() -> Iterator[None]:
    """Look for cyclic garbage seldom: orders make next to none, and looking costs a fifth of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _tradable(
    path: Path, limit: int | None, read: Read, quarantine: Quarantine, progress: Progress, bar: TaskID
) -> Iterator[Line]:
    """The lines that can be traded; the others go to quarantine as they come."""
    for row in read_rows(path, limit):
        found = judge(row)
        read.lines += 1
        read.amount += found.amount
        if row.number % 250 == 0:
            progress.update(bar, completed=row.number)
        if isinstance(found, Kept):
            quarantine.keep(found)
        else:
            yield found


def _keep_refused(traded: Traded, quarantine: Quarantine) -> None:
    for kept in traded.refused:
        quarantine.keep(kept)
    traded.refused.clear()


def _quarantine_path(path: Path) -> Path:
    return Path(settings.DATA_DIR) / "replay" / f"{path.stem}.quarantine.csv"


def _total(path: Path, limit: int | None) -> int | None:
    rows = count_rows(path)
    return limit if rows is None else min(rows, limit or rows)


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True)


def matches(read: Read, traded: Traded, kept_lines: int, kept_amount: int) -> bool:
    """Whether lines and sums in = traded (now and before) + quarantined."""
    lines = traded.lines + traded.known_lines + kept_lines
    amount = traded.amount + traded.known_amount + kept_amount
    return (lines, amount) == (read.lines, read.amount)


def _report(
    console: Console,
    read: Read,
    traded: Traded,
    quarantine: Quarantine,
    market: Market | None,
    seconds: float,
    is_whole: bool,
) -> None:
    table = Table("reason", "lines", CURRENCY, "meaning", title="In quarantine")
    for reason, lines in quarantine.lines.most_common():
        table.add_row(reason, f"{lines:,}", _money(quarantine.amounts[reason]), MEANING[reason])
    if quarantine.lines:
        console.print(table)
    sums = Table("", "lines", CURRENCY, "orders", title="Sums")
    sums.add_row("in the file", f"{read.lines:,}", _money(read.amount), "")
    sums.add_row("traded now", f"{traded.lines:,}", _money(traded.amount), f"{traded.orders:,}")
    sums.add_row("traded before", f"{traded.known_lines:,}", _money(traded.known_amount), f"{traded.known_orders:,}")
    sums.add_row("in quarantine", f"{quarantine.lines.total():,}", _money(quarantine.amounts.total()), "")
    console.print(sums)
    if market is not None:
        made = market.made
        console.print(
            f"Created {made.buyers:,} buyers and {made.products:,} products; {made.deliveries:,} deliveries received, "
            f"{made.price_changes:,} price changes; {traded.completed:,} orders completed, "
            f"{traded.statements:,} statements confirmed by both sides."
        )
    console.print(f"Quarantine: {quarantine.path}", soft_wrap=True, markup=False, highlight=False)
    if not is_whole:
        console.print("Lines or sums do not match: something was lost or doubled.", style="red")
    before = f" ({traded.known_lines:,} of them before)" if traded.known_lines else ""
    console.print(
        f"{read.lines:,} lines in, {traded.lines + traded.known_lines:,} traded{before}, "
        f"{quarantine.lines.total():,} quarantined, {seconds:.1f} seconds.",
        highlight=False,
        soft_wrap=True,
    )


def _money(minor: int) -> str:
    sign, text = ("-", to_text(-minor, CURRENCY)) if minor < 0 else ("", to_text(minor, CURRENCY))
    whole, point, rest = text.partition(".")
    return f"{sign}{int(whole):,}{point}{rest}"
