"""Papers of admitted companies: a renewed or further one is handed in, and the operator looks at it.

Until it is approved, the paper it shall replace stays in force. Whoever renews names the paper they saw in force: if
that has been replaced meanwhile, or a renewal of it waits, nothing is overwritten.
"""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings

from trivium.core import papers, private_files
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound, WrongState, clean_text
from trivium.core.events import OPERATOR, publish
from trivium.core.papers import PaperRead
from trivium.core.time import business_day, now
from trivium.parties.commands.companies import lock_own_company
from trivium.parties.commands.papers import check_kind, plain_file_name
from trivium.parties.errors import (
    BadPaperKind,
    OwnPaper,
    PaperMoved,
    PaperOver,
    RenewalWaits,
    SamePaper,
    TooManyOwnPapers,
)
from trivium.parties.events import PaperDecided, PaperExpiring, PaperHandedIn, PaperLapsed
from trivium.parties.models import Membership, Organization, Paper
from trivium.parties.rules import LAPSED, MOST_OWN_PAPERS, PaperStatus, Role, warning_due

WORDS = 500
_LIVING = (PaperStatus.FILED, PaperStatus.IN_FORCE)


def hand_in_paper(
    actor: Actor,
    *,
    kind: str,
    file: Iterable[bytes],
    file_name: str = "",
    number: str = "",
    expires_on: dt.date | None = None,
    replaces: str = "",
    note: str = "",
) -> str:
    """Hand in a paper of the own company: the renewed one of a paper in force, or a further one; returns its reference.

    What the file is, its content says; it is judged before anything is locked, and kept encrypted.
    Refuses: Denied("party.edit"), BadPaperKind, PaperOver, NotFound (what it replaces), PaperMoved, RenewalWaits,
    SamePaper, TooManyOwnPapers, TooLong, BadText, and what `core.papers` refuses.
    """
    actor.require("party.edit")
    check_kind(kind)
    content = papers.gather(file, megabytes=settings.TRIVIUM["PAPER_MEGABYTES"], field="file")
    read = papers.read_paper(content, field="file")
    row = Paper(
        kind=kind, number=clean_text(number, limit=60, field="paper_number", required=False), expires_on=expires_on,
        note=clean_text(note, limit=WORDS, field="note", required=False), file=private_files.keep(content),
        file_name=plain_file_name(file_name), media=read.media, size=read.size, pages=read.pages, sha256=read.sha256,
    )  # fmt: skip
    return _hand_in(actor, row, read, replaces)


@act
def _hand_in(actor: Actor, row: Paper, read: PaperRead, replaces: str) -> str:
    company = lock_own_company(actor, "party.edit")
    at = now()
    _check_day(row, business_day(at))
    own = Paper.objects.filter(organization=company)
    if own.filter(status__in=_LIVING, sha256=read.sha256).exists():
        raise SamePaper(field="file")
    if own.filter(status__in=_LIVING).count() >= MOST_OWN_PAPERS:
        raise TooManyOwnPapers(most=MOST_OWN_PAPERS, field="file")
    row.replaces = _to_replace(company, replaces, row.kind) if replaces else None
    row.organization, row.filed_by_id, row.filed_at = company, actor.user_id, at
    row.save(force_insert=True)
    event = PaperHandedIn(
        subject=row.ref, audience=(company.ref, OPERATOR), organization_ref=company.ref, kind=row.kind
    )
    publish(event, actor=actor, at=at)
    return str(row.ref)


def _to_replace(company: Organization, ref: str, kind: str) -> Paper:
    old: Paper | None = Paper.objects.filter(organization=company, ref=ref).first()
    if old is None:
        raise NotFound(what="paper", ref=ref, field="replaces")
    if old.kind != kind:
        raise BadPaperKind(value=kind[:20], field="kind")
    if old.status != PaperStatus.IN_FORCE:
        raise PaperMoved(field="replaces")
    if Paper.objects.filter(replaces=old, status=PaperStatus.FILED).exists():
        raise RenewalWaits(field="replaces")
    return old


def _check_day(row: Paper, today: dt.date) -> None:
    if row.expires_on is not None and row.expires_on < today:
        raise PaperOver(day=row.expires_on.isoformat(), field="expires_on")


@act
def withdraw_paper(actor: Actor, ref: str) -> None:
    """Take back a paper of the own company that nobody has decided on.

    Refuses: Denied("party.edit"), NotFound, WrongState.
    """
    company = lock_own_company(actor, "party.edit")
    row = _locked(company, ref, "withdraw")
    _close(row, PaperStatus.WITHDRAWN, actor, now(), "")


@act
def approve_paper(actor: Actor, ref: str, *, words: str = "") -> None:
    """Put a paper in force that a company has handed in; what it replaces is in force no more.

    Refuses: Denied("change.review"), NotFound, OwnPaper, WrongState, PaperOver, PaperMoved, TooLong, BadText.
    """
    row, company = _to_decide(actor, ref, "approve")
    said = clean_text(words, limit=WORDS, field="words", required=False)
    at = now()
    _check_day(row, business_day(at))
    if row.replaces_id is not None:
        gone = Paper.objects.filter(pk=row.replaces_id, status=PaperStatus.IN_FORCE)
        if not gone.update(status=PaperStatus.REPLACED):
            raise PaperMoved()
    _close(row, PaperStatus.IN_FORCE, actor, at, said)
    _tell(actor, company, row, at)


@act
def decline_paper(actor: Actor, ref: str, *, words: str) -> None:
    """Refuse a paper that a company has handed in, with the reason; what is in force stays so.

    Refuses: Denied("change.review"), NotFound, OwnPaper, WrongState, Empty, TooLong, BadText.
    """
    row, company = _to_decide(actor, ref, "decline")
    said = clean_text(words, limit=WORDS, field="words")
    at = now()
    _close(row, PaperStatus.DECLINED, actor, at, said)
    _tell(actor, company, row, at)


def _locked(company: Organization, ref: str, doing: str) -> Paper:
    found = list(Paper.objects.filter(organization=company, application=None, ref=ref).locked())
    if not found:
        raise NotFound(what="paper", ref=ref)
    row: Paper = found[0]
    if row.status != PaperStatus.FILED:
        raise WrongState(state=row.status, act=doing)
    return row


def _to_decide(actor: Actor, ref: str, doing: str) -> tuple[Paper, Organization]:
    """A paper to decide on and its company, both locked, the company first as in every other act on it."""
    actor.require("change.review")
    ids = Paper.objects.filter(ref=ref, application=None).values_list("organization_id", flat=True)
    companies = list(Organization.objects.filter(pk__in=list(ids)).locked())
    if not companies:
        raise NotFound(what="paper", ref=ref)
    row = _locked(companies[0], ref, doing)
    if row.filed_by_id is not None and row.filed_by_id == actor.user_id:
        raise OwnPaper(permission="change.review")
    works_there = Membership.objects.filter(user_id=actor.user_id or 0, organization=companies[0], ends_at=None)
    if works_there.exclude(role=Role.OPERATOR).exists():
        raise OwnPaper(permission="change.review")
    return row, companies[0]


def _close(row: Paper, status: PaperStatus, actor: Actor, at: dt.datetime, words: str) -> None:
    row.status, row.decided_by_id, row.decided_at, row.reason = status, actor.user_id, at, words
    row.save(update_fields=["status", "decided_by", "decided_at", "reason"])


def _tell(actor: Actor, company: Organization, row: Paper, at: dt.datetime) -> None:
    event = PaperDecided(
        subject=row.ref, audience=(company.ref,), organization_ref=company.ref, kind=row.kind,
        approved=row.status == PaperStatus.IN_FORCE,
    )  # fmt: skip
    publish(event, actor=actor, at=at)


@act
def warn_of_paper(paper_id: int) -> None:
    """Tell a company and the operator that a paper will lapse, or has; each step once.

    Called by the nightly sweep for what `queries.papers_to_warn_of` finds; it looks again under the lock.
    """
    system = Actor.system("papers")
    rows = list(Paper.objects.filter(pk=paper_id, status=PaperStatus.IN_FORCE, expires_on__isnull=False).locked())
    if not rows:
        return
    row, at = rows[0], now()
    step = warning_due(row.expires_on, business_day(at), row.warned_days)
    if step is None:
        return
    row.warned_days = step
    row.save(update_fields=["warned_days"])
    company = Organization.objects.get(pk=row.organization_id)
    audience = (company.ref, OPERATOR)
    if step == LAPSED:
        publish(
            PaperLapsed(subject=row.ref, audience=audience, organization_ref=company.ref, kind=row.kind),
            actor=system, at=at,
        )  # fmt: skip
    else:
        publish(
            PaperExpiring(
                subject=row.ref, audience=audience, organization_ref=company.ref, kind=row.kind, days=step
            ),
            actor=system, at=at,
        )  # fmt: skip
