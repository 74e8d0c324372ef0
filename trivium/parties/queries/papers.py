"""Licences and certificates: which there are, and the file itself for those who may open it."""

import datetime as dt
from dataclasses import dataclass

from trivium.core import private_files
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.parties.models import Paper


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper without its content."""

    ref: str
    kind: str
    number: str
    expires_on: dt.date | None
    status: str
    file_name: str
    media: str
    size: int
    pages: int
    filed_at: dt.datetime
    reason: str


_COLUMNS = ("ref", "kind", "number", "expires_on", "status", "file_name", "media", "size", "pages", "filed_at",
            "reason")  # fmt: skip
MEDIA = {"pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A paper's file: what a browser is told it is, what to call it, and its bytes."""

    media_type: str
    name: str
    content: bytes


def papers_of_application(application_id: int) -> list[PaperRow]:
    """The papers of an application whose reader was checked already, oldest first. One statement."""
    rows = Paper.objects.filter(application_id=application_id).order_by("id").values_list(*_COLUMNS)
    return [PaperRow(*row) for row in rows]


def papers_of(actor: Actor, organization_ref: str) -> list[PaperRow]:
    """The papers of a company, newest first. One statement; nothing for those who may not see them."""
    rows = Paper.objects.visible_to(actor).filter(organization__ref=organization_ref).order_by("-id")
    return [PaperRow(*row) for row in rows.values_list(*_COLUMNS)[:100]]


def paper_file(actor: Actor, ref: str) -> PaperFile:
    """A paper's file, for those who may open it.

    Refuses: NotFound.
    """
    found = Paper.objects.visible_to(actor).filter(ref=ref).first()
    if found is None:
        raise NotFound(what="paper", ref=ref)
    ending = "jpg" if found.media == "jpeg" else found.media
    name = f"{found.kind}-{found.ref[-6:]}.{ending}"
    return PaperFile(MEDIA[found.media], name, private_files.read(found.file))
