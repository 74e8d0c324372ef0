"""The acts of integration: ask for an import, release or decline it, and work it off."""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

from django.conf import settings
from django.db import IntegrityError

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Denied, NotFound, Refusal, clean_text
from trivium.core.events import OPERATOR, publish
from trivium.core.ids import new_ref
from trivium.core.time import now
from trivium.integration import queries
from trivium.integration.errors import AlreadyRunning, EmptyFile, FileTooLarge, NoContract, StillRunning
from trivium.integration.events import ImportAdvanced, ImportAsked, ImportEnded
from trivium.integration.models import ImportJob
from trivium.integration.rules import Kind, Piece, Progress, Status, importer
from trivium.parties import queries as people
from trivium.parties.rules import Role
from trivium.pricing import queries as prices

SYSTEM = Actor.system("import")


class StillWorkedOn(Exception):
    """A worker that seemed dead is at it; the queue tries again later."""


@act
def ask_import(
    actor: Actor, chunks: Iterable[bytes], *, file_name: str, supplier_ref: str | None = None,
    kind: Kind = Kind.INVOICES, language: str = "en",
) -> str:  # fmt: skip
    """Hand in a supplier's file; returns the import's reference. Invoices are traded once the operator releases them;
    a sheet of its own goods is taken over at once, on the word of whoever hands it in.

    A supplier hands in its own. The operator names whose they are. What the file is, its content says, not its name.
    Refuses: Denied("import.ask"), NotFound (supplier), FileTooLarge, EmptyFile, NotInvoices or NotASheet,
    MissingColumns, StillRunning.
    """
    actor.require("import.ask")
    supplier, asked_by = _supplier(actor, supplier_ref), actor.user_id
    if asked_by is None:
        raise Denied(permission="import.ask")
    ref = new_ref("imp")
    folder = queries.folder(ref)
    folder.mkdir(parents=True)
    try:
        size = _store(chunks, ref)
        rows = importer(kind).check(folder / "file")
        job = ImportJob.objects.create(
            ref=ref,
            kind=kind,
            language=language[:12],
            supplier_id=supplier.id,
            asked_by_id=asked_by,
            file_name=clean_text(file_name[-120:], limit=120, field="file"),
            file_bytes=size,
            total_rows=rows,
            asked_at=now(),
        )
        audience = (supplier.ref,) if kind == Kind.GOODS else (supplier.ref, OPERATOR)
        publish(ImportAsked(subject=job.ref, audience=audience), actor=actor, at=job.asked_at)
        if kind == Kind.GOODS:
            job.move("release")
            _start(actor, job, supplier.ref, StillRunning(field="file"))
    except BaseException:
        shutil.rmtree(folder)
        raise
    return ref


def _start(actor: Actor, job: ImportJob, supplier_ref: str, otherwise: Refusal) -> None:
    job.released_by_id, job.released_at, job.ended_at, job.fault = actor.user_id, now(), None, ""
    try:
        job.save(update_fields=["status", "released_by", "released_at", "ended_at", "fault"])
    except IntegrityError as error:
        raise otherwise from error
    _next_piece(actor, job, supplier_ref)


def _supplier(actor: Actor, ref: str | None) -> people.Party:
    if actor.is_role(Role.SUPPLIER):
        if ref not in (None, "", actor.organization_ref):
            raise NotFound(what="organization", ref=ref, field="supplier_ref")
        return people.get_organization(actor, actor.organization_ref)
    found = people.get_organization(actor, ref or "")
    if not queries.is_supplier(found.id):
        raise NotFound(what="organization", ref=ref, field="supplier_ref")
    return found


def _store(chunks: Iterable[bytes], ref: str) -> int:
    """Write down what comes, up to the limit; returns its length."""
    limit, size = settings.TRIVIUM["IMPORT_MEGABYTES"], 0
    with (queries.folder(ref) / "file").open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > limit * 1_000_000:
                raise FileTooLarge(limit=limit, field="file")
            file.write(chunk)
    if not size:
        raise EmptyFile(field="file")
    return size


@act
def release_import(actor: Actor, ref: str) -> None:
    """Let an import run, or run on after it failed. The operator thereby says that these invoices were paid: buyers'
    orders are placed, confirmed and booked as paid on its word.

    Refuses: Denied("import.release"), NotFound, WrongState, NoContract, AlreadyRunning.
    """
    actor.require("import.release")
    job = _locked(actor, ref)
    job.move("release")
    supplier = people.names_of([job.supplier_id])[job.supplier_id]
    working = people.acting_for(SYSTEM, supplier, Role.SUPPLIER)
    contracts = prices.share_contracts(working, party_ref=supplier.ref, limit=200)
    if job.kind == Kind.INVOICES and not any(version.is_complete for version in contracts):
        raise NoContract()
    _start(actor, job, supplier.ref, AlreadyRunning())


def _next_piece(actor: Actor, job: ImportJob, supplier_ref: str) -> None:
    job.piece += 1
    job.save(update_fields=["piece"])
    event = ImportAdvanced(subject=job.ref, audience=(supplier_ref,), piece=job.piece)
    publish(event, actor=actor, at=now())


@act
def decline_import(actor: Actor, ref: str) -> None:
    """Do not run an import.

    Refuses: Denied("import.release"), NotFound, WrongState.
    """
    actor.require("import.release")
    _end(actor, _locked(actor, ref), "decline")


def _locked(actor: Actor, ref: str) -> ImportJob:
    found = list(ImportJob.objects.visible_to(actor).filter(ref=ref).locked())
    if not found:
        raise NotFound(what="import", ref=ref)
    job: ImportJob = found[0]
    return job


def _end(actor: Actor, job: ImportJob, step: str, fault: str = "") -> None:
    job.move(step)
    job.ended_at, job.fault = now(), fault[:300]
    job.save(update_fields=["status", "ended_at", "fault"])
    supplier = people.names_of([job.supplier_id])[job.supplier_id]
    event = ImportEnded(subject=job.ref, audience=(supplier.ref,), status=job.status)
    publish(event, actor=actor, at=job.ended_at)


# -- the work --------------------------------------------------------------------------------------------------------


def work_piece(ref: str, piece: int, *, seconds: float) -> None:
    """Work on an import for about so long, then queue its next piece or end it. No transaction of its own: what is
    traded is committed order by order, and how far it is after each day of the file.

    A piece that was done already is left alone. What the house
    refuses as a whole (say, the operator's person is gone) ends the import as failed, with the words.
    """
    with _alone(ref) as is_alone:
        job = ImportJob.objects.filter(ref=ref, piece=piece, status=Status.RUNNING).first()
        if not is_alone:
            raise StillWorkedOn(ref)
        if job is None:
            return
        try:
            is_over = importer(job.kind).work(_piece(job), _keeper(job), seconds=seconds)
        except Refusal as refusal:
            _fail(ref, str(refusal))
        else:
            _go_on_or_finish(ref, piece, is_over=is_over)


@contextmanager
def _alone(ref: str) -> Iterator[bool]:
    lock = "hashtextextended('import ' || %s::text, 0)"
    is_alone = sql.rows(f"SELECT pg_try_advisory_lock({lock})", [ref])[0][0]
    try:
        yield is_alone
    finally:
        if is_alone:
            sql.rows(f"SELECT pg_advisory_unlock({lock})", [ref])


def _piece(job: ImportJob) -> Piece:
    operator, owner = people.operator(), people.names_of([job.supplier_id])[job.supplier_id]
    releaser = people.actor_of(job.released_by_id or 0, operator.ref if operator else "", Role.OPERATOR)
    if releaser is None and job.kind == Kind.GOODS:
        releaser = people.actor_of(job.released_by_id or 0, owner.ref, Role.SUPPLIER)
    if releaser is None:
        raise NotFound(what="person", ref=job.ref)
    supplier = people.acting_for(SYSTEM, owner, Role.SUPPLIER)
    folder = queries.folder(job.ref)
    done = Progress(**{name: getattr(job, name) for name in _PROGRESS})
    return Piece(job.ref, folder / "file", folder / "quarantine.csv", supplier, releaser, done, job.language)


_PROGRESS = tuple(Progress.__dataclass_fields__)


def _keeper(job: ImportJob) -> Callable[[Progress], None]:
    """Whoever is told what is safely done, and writes it down with the time it took."""
    last = time.monotonic()

    def keep(done: Progress) -> None:
        nonlocal last
        spent, last = time.monotonic() - last, time.monotonic()
        _keep(job.pk, done, int(spent * 1000))

    return keep


@act
def _keep(job_id: int, done: Progress, milliseconds: int) -> None:
    (job,) = ImportJob.objects.filter(pk=job_id).locked()
    for name, value in asdict(done).items():
        setattr(job, name, value)
    job.worked_ms += milliseconds
    job.save(update_fields=[*_PROGRESS, "worked_ms"])


@act
def _fail(ref: str, fault: str) -> None:
    _end(SYSTEM, _locked(SYSTEM, ref), "fail", fault)


@act
def _go_on_or_finish(ref: str, piece: int, *, is_over: bool) -> None:
    job = _locked(SYSTEM, ref)
    if job.status != Status.RUNNING or job.piece != piece:
        return
    if not is_over:
        _next_piece(SYSTEM, job, people.names_of([job.supplier_id])[job.supplier_id].ref)
        return
    if job.total_rows is None:
        job.total_rows = job.rows
        job.save(update_fields=["total_rows"])
    _end(SYSTEM, job, "finish")
