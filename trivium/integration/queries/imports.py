"""Reads of integration."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.faults import Check, Fault, all_of, faults_in
from trivium.core.lists import Found, Wanted, cut
from trivium.integration.models import ImportJob


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An import as its company and the operator read it."""

    id: int
    ref: str
    kind: str
    supplier_ref: str
    supplier_name: str
    status: str
    file_name: str
    file_bytes: int
    total_rows: int | None
    rows: int
    amount: int
    traded_lines: int
    traded_amount: int
    known_lines: int
    orders: int
    kept_lines: int
    kept_amount: int
    kept_bytes: int
    reasons: Mapping[str, int]
    worked_ms: int
    fault: str
    asked_by: str
    asked_at: dt.datetime
    released_at: dt.datetime | None
    ended_at: dt.datetime | None

    @property
    def percent(self) -> int | None:
        """How much of the file is done, where it says how long it is."""
        return None if not self.total_rows else self.rows * 100 // self.total_rows

    @property
    def lines_a_second(self) -> int:
        """How fast it goes, over all the time it was worked on."""
        return self.rows * 1000 // self.worked_ms if self.worked_ms else 0


_COLUMNS = (
    "id", "ref", "kind", "supplier__ref", "supplier__name", "status", "file_name", "file_bytes", "total_rows", "rows",
    "amount", "traded_lines", "traded_amount", "known_lines", "orders", "kept_lines", "kept_amount", "kept_bytes",
    "reasons", "worked_ms", "fault", "asked_by__name", "asked_at", "released_at", "ended_at",
)  # fmt: skip
_SORTS = {"asked": "asked_at", "status": "status", "rows": "rows", "supplier": "supplier__name"}


def imports(actor: Actor, *, before_id: int | None = None, limit: int = 50) -> list[ImportRow]:
    """The imports this workspace may see, newest first. One statement.

    Refuses: Denied("import.ask").
    """
    actor.require("import.ask")
    found = ImportJob.objects.visible_to(actor).order_by("-id")
    found = found.filter(pk__lt=before_id) if before_id is not None else found
    return [ImportRow(*row) for row in found.values_list(*_COLUMNS)[:limit]]


def import_list(actor: Actor, wanted: Wanted) -> Found:
    """The imports this workspace may see, as a list. Filters: status, kind. Two statements.

    Refuses: Denied("import.ask").
    """
    actor.require("import.ask")
    found = ImportJob.objects.visible_to(actor)
    if status := wanted.filters.get("status"):
        found = found.filter(status=status)
    if kind := wanted.filters.get("kind"):
        found = found.filter(kind=kind)
    rows, count, is_more = cut(found, wanted, _SORTS)
    return Found([ImportRow(*row) for row in rows.values_list(*_COLUMNS)], count, is_more)


def get_import(actor: Actor, ref: str) -> ImportRow:
    """An import this workspace may see. One statement.

    Refuses: Denied("import.ask"), NotFound.
    """
    actor.require("import.ask")
    row = ImportJob.objects.visible_to(actor).filter(ref=ref).values_list(*_COLUMNS).first()
    if row is None:
        raise NotFound(what="import", ref=ref)
    return ImportRow(*row)


def is_supplier(organization_id: int) -> bool:
    """Whether a company was admitted as a supplier."""
    role = "SELECT EXISTS (SELECT FROM parties_organizationrole WHERE organization_id = %s AND role = 'supplier')"
    return bool(sql.rows(role, [organization_id])[0][0])


def folder(ref: str) -> Path:
    """Where an import's files lie: what was handed in, and what could not be traded."""
    return Path(settings.MEDIA_ROOT) / "imports" / ref


def quarantine(actor: Actor, ref: str) -> Iterator[bytes]:
    """The lines that could not be traded so far, as CSV with row and reason, in pieces.

    Refuses: Denied("import.ask"), NotFound (import, or no such line yet).
    """
    found, path = get_import(actor, ref), folder(ref) / "quarantine.csv"
    if not found.kept_bytes or not path.exists():
        raise NotFound(what="file", ref=ref)
    return _pieces(path, found.kept_bytes)


def _pieces(path: Path, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        while length > 0 and (some := file.read(min(length, 65_536))):
            length -= len(some)
            yield some


# -- for the audit: promise 6 ----------------------------------------------------------------------------------------


def imports_lose_no_line() -> Iterator[Fault]:
    """Of every import, rows and amounts read = traded + kept, by reasons too; one that is done has read them all."""
    return faults_in(
        6,
        """
        SELECT 'import ' || i.ref, 'has read ' || i.rows || ' rows, traded ' || i.traded_lines || ' and kept '
               || i.kept_lines || ' (' || coalesce(k.lines, 0) || ' by reason) of ' || coalesce(i.total_rows, i.rows)
        FROM integration_importjob i
        LEFT JOIN LATERAL (SELECT sum(value::bigint) AS lines FROM jsonb_each_text(i.reasons)) AS k ON true
        WHERE i.rows <> i.traded_lines + i.kept_lines OR i.amount <> i.traded_amount + i.kept_amount
           OR coalesce(k.lines, 0) <> i.kept_lines OR i.known_lines > i.traded_lines
           OR (i.status = 'done' AND i.rows <> coalesce(i.total_rows, i.rows))
        ORDER BY i.id
        """,
    )


def running_imports_go_on() -> Iterator[Fault]:
    """Every running import was released by the operator, and its next piece is queued or being worked on."""
    return faults_in(
        8,
        """
        SELECT 'import ' || i.ref, 'is running, but nobody works on its piece ' || i.piece
        FROM integration_importjob i
        WHERE i.status = 'running' AND NOT EXISTS (
            SELECT FROM procrastinate_jobs j
            WHERE j.lock = 'integration:' || i.ref AND j.status IN ('todo', 'doing'))
        ORDER BY i.id
        """,
    )


CHECKS: tuple[Check, ...] = (imports_lose_no_line, running_imports_go_on)


def faults() -> Iterator[Fault]:
    """Every import that breaks a promise."""
    return all_of(CHECKS)
