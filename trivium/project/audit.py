"""`trivium audit`: every promise of the trade (domain.md section 5), checked on a live database.

Each context has its own checks in its queries; here they are only walked, and what they find is told. All of them see
one moment, so that whatever goes on meanwhile is no fault; nothing is locked, and memory is bounded, since findings
are read through cursors and only the first are kept.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from trivium.core import faults as ground
from trivium.core import sql
from trivium.core.faults import Check, Fault
from trivium.fulfilment import queries as fulfilment
from trivium.integration import queries as integration
from trivium.inventory import queries as inventory
from trivium.ledger import queries as ledger
from trivium.ordering import queries as ordering
from trivium.parties import queries as parties
from trivium.pricing import queries as pricing
from trivium.service import queries as service
from trivium.settlement import queries as settlement

CLEAN, FOUND = 0, 1
PRINTED = 200

CONTEXTS: dict[str, tuple[Check, ...]] = {
    "core": ground.CHECKS,
    "ledger": ledger.CHECKS,
    "parties": parties.CHECKS,
    "pricing": pricing.CHECKS,
    "inventory": inventory.CHECKS,
    "ordering": ordering.CHECKS,
    "fulfilment": fulfilment.CHECKS,
    "service": service.CHECKS,
    "settlement": settlement.CHECKS,
    "integration": integration.CHECKS,
}

PROMISES = {
    1: "entries, balances and statements",
    2: "escrows, lines and totals",
    3: "stock and holds",
    4: "states and their causes",
    5: "what is append-only",
    6: "what may be repeated",
    8: "what was committed is carried out",
}

NOT_CHECKED = (
    "Not yet: 5, seals. No row is sealed so far; that append-only tables refuse changes is checked.",
    "Proved by tests, not here: 6, that a repeated request changes nothing (the keys it needs are checked); "
    "7, nobody reads or writes what is not theirs; 8, a process killed at any moment loses nothing.",
)


def checks() -> dict[str, Check]:
    """Every check by its name, "context.check", in the order of the steps, from the ground up."""
    return {f"{context}.{check.__name__}": check for context, its in CONTEXTS.items() for check in its}


def faults() -> Iterator[Fault]:
    """Everything that every check finds now; for tests, and for whoever wants no table."""
    for check in checks().values():
        yield from check()


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read as of one moment, and plan each cursor for being read to its end. A caller's transaction stays its own."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        sql.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        sql.execute("SET LOCAL cursor_tuple_fraction = 1")
        sql.execute("SET LOCAL jit = off")
        sql.execute("SET LOCAL statement_timeout = 0")
        yield


def run(console: Console) -> int:
    """Check everything, show the progress and what was found, and say it in one sentence; 0 if the books are clean."""
    if not _is_of_this_version():
        console.print("This database is of another version than the program: run trivium migrate first.")
        return FOUND
    began = time.monotonic()
    table, count, known = _table(), Counter[int](), checks()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with _one_moment(), Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=len(known))
        for name, check in known.items():
            progress.update(task, description=name)
            for fault in check():
                count[fault.promise] += 1
                if count.total() <= PRINTED:
                    table.add_row(str(fault.promise), escape(fault.subject), escape(fault.text))
            progress.advance(task)
    if count:
        console.print(table)
    if count.total() > PRINTED:
        console.print(f"… and {count.total() - PRINTED} more.")
    for words in NOT_CHECKED:
        console.print(words, style="dim")
    console.print(_sentence(count, len(known), time.monotonic() - began))
    return FOUND if count else CLEAN


def _is_of_this_version() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _table() -> Table:
    table = Table(title="What breaks a promise", title_justify="left")
    table.add_column("Promise", justify="right")
    table.add_column("Row", overflow="fold")
    table.add_column("What is wrong", overflow="fold")
    return table


def _sentence(count: Counter[int], known: int, seconds: float) -> str:
    ran = f"{known} checks in {seconds:.1f} seconds"
    if not count:
        return f"The books are clean: {ran} found nothing."
    parts = ", ".join(f"{count[number]} of promise {number} ({PROMISES[number]})" for number in sorted(count))
    return f"The books are not clean: {ran} found {count.total()} faults, {parts}."
