"""Licences and certificates: handing them in, and taking back what is not handed in yet."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings

from trivium.core import papers, private_files
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound, WrongState, clean_text
from trivium.core.papers import PaperRead
from trivium.core.time import now
from trivium.parties import queries
from trivium.parties.commands.applications import lock_own
from trivium.parties.errors import BadPaperKind, SamePaper, TooManyPapers
from trivium.parties.models import Application, Paper
from trivium.parties.rules import EDITABLE, MOST_PAPERS, PaperKind, PaperStatus

NAME = 120


def add_paper(
    actor: Actor,
    application_ref: str,
    *,
    kind: str,
    file: Iterable[bytes],
    file_name: str = "",
    number: str = "",
    expires_on: dt.date | None = None,
) -> str:
    """Put a paper to an application that can be written in; returns its reference.

    What the file is, its content says; it is judged before anything is locked, and kept encrypted.
    Refuses: NotFound, WrongState, BadPaperKind, TooManyPapers, SamePaper, and what `core.papers` refuses.
    """
    check_kind(kind)
    queries.get_application(actor, application_ref)
    content = papers.gather(file, megabytes=settings.TRIVIUM["PAPER_MEGABYTES"], field="file")
    read = papers.read_paper(content, field="file")
    kept = private_files.keep(content)
    return _add(actor, application_ref, kind, kept, read, plain_file_name(file_name), number, expires_on)


@act
def _add(
    actor: Actor, application_ref: str, kind: str, kept: str, read: PaperRead, file_name: str, number: str,
    expires_on: dt.date | None,
) -> str:  # fmt: skip
    application = _writable(actor, application_ref)
    there = application.papers.filter(status=PaperStatus.FILED)
    if there.filter(sha256=read.sha256).exists():
        raise SamePaper(field="file")
    if there.count() >= MOST_PAPERS:
        raise TooManyPapers(most=MOST_PAPERS, field="file")
    at = now()
    made = Paper.objects.create(
        application=application, kind=kind, number=clean_text(number, limit=60, field="paper_number", required=False),
        expires_on=expires_on, file=kept, file_name=file_name, media=read.media,
        size=read.size, pages=read.pages, sha256=read.sha256, filed_by_id=actor.user_id, filed_at=at,
    )  # fmt: skip
    _touch(application, at)
    return str(made.ref)


@act
def remove_paper(actor: Actor, paper_ref: str) -> None:
    """Take a paper off an application that can be written in.

    Refuses: NotFound, WrongState.
    """
    found = Paper.objects.visible_to(actor).filter(ref=paper_ref, status=PaperStatus.FILED, application__isnull=False)
    application_ref = found.values_list("application__ref", flat=True).first()
    if application_ref is None:
        raise NotFound(what="paper", ref=paper_ref)
    application = _writable(actor, application_ref)
    application.papers.filter(ref=paper_ref).delete()
    _touch(application, now())


def _writable(actor: Actor, ref: str) -> Application:
    application = lock_own(actor, ref)
    if application.status not in EDITABLE:
        raise WrongState(state=application.status, act="save")
    return application


def _touch(application: Application, at: dt.datetime) -> None:
    Application.objects.filter(pk=application.pk).update(changed_at=at)


def check_kind(kind: str) -> str:
    """A known kind of paper.

    Refuses: BadPaperKind.
    """
    if kind not in set(PaperKind):
        raise BadPaperKind(value=kind[:20], field="kind")
    return kind


def plain_file_name(name: str) -> str:
    """What a file was called where it came from, without its path and without what no text holds."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in bare if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF)[-NAME:] or "-"
