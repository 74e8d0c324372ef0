"""The papers under “Our company”: handed in, renewed, taken back; and the operator's list of what waits and lapses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from trivium.core.actor import Actor
from trivium.parties import commands, queries
from trivium.parties.queries import CompanyPaper
from trivium.parties.rules import WARNED_DAYS, PaperKind, PaperStatus
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.applications import file_answer, largest_paper
from trivium.web.shared.filters import day
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest

DECIDED_SHOWN = 10


@dataclass(frozen=True, slots=True)
class PaperCard:
    """A paper as it stands under “Our company”: its words, the way to its file, and what can be done with it."""

    row: CompanyPaper
    words: str
    url: str
    until: str
    tone: str
    note: str
    forms: Sequence[Form] = ()


def papers_context(actor: Actor) -> dict[str, Any]:
    """What “Our company” shows of the papers, for those who look after them."""
    if not actor.may("party.edit"):
        return {"keeps_papers": False}
    rows = queries.own_papers(actor)
    renewed = {row.replaces_ref for row in rows if row.status == PaperStatus.FILED}
    waiting = [row for row in rows if row.status == PaperStatus.FILED]
    in_force = [row for row in rows if row.status == PaperStatus.IN_FORCE]
    over = [row for row in rows if row.status not in (PaperStatus.FILED, PaperStatus.IN_FORCE)]
    return {
        "keeps_papers": True,
        "papers_waiting": [_card(actor, row, (_withdraw_form(actor.role, row),)) for row in waiting],
        "papers_in_force": [
            _card(actor, row, () if row.ref in renewed else (_form(actor.role, row),)) for row in in_force
        ],
        "papers_over": [_card(actor, row) for row in over[:DECIDED_SHOWN]],
        "hand_in_paper": _form(actor.role, None),
    }


def _card(actor: Actor, row: CompanyPaper, its: Sequence[Form] = ()) -> PaperCard:
    url = reverse(f"{actor.role}:company_paper", args=[row.ref])
    note = " · ".join(filter(None, (row.number, row.note)))
    return PaperCard(row, words.word("paper", row.kind), url, _until(row), _tone(row), note, its)


def _until(row: CompanyPaper) -> str:
    if row.expires_on is None:
        return gettext("no end")
    text = gettext("until %(day)s") % {"day": day(row.expires_on)}
    if row.status != PaperStatus.IN_FORCE or row.days_left is None or row.days_left > max(WARNED_DAYS):
        return text
    if row.days_left < 0:
        return gettext("expired on %(day)s") % {"day": day(row.expires_on)}
    left = ngettext("%(count)s day left", "%(count)s days left", row.days_left) % {"count": row.days_left}
    return f"{text} · {left}"


def _tone(row: CompanyPaper) -> str:
    """How urgent it is: the tone of its mark; "" for none."""
    if row.status != PaperStatus.IN_FORCE or row.days_left is None or row.days_left > max(WARNED_DAYS):
        return ""
    return "stop" if row.days_left < 0 else "wait"


def _form(role: str, row: CompanyPaper | None) -> Form:
    """The form that renews a paper, or hands in a further one."""
    limit = gettext("PDF, PNG or JPEG, at most %(limit)s MB, without a password.") % {"limit": largest_paper()}
    kinds = [(kind, words.word("paper", kind)) for kind in PaperKind]
    kind = (
        Field("kind", gettext("Kind of paper"), "select", PaperKind.QUALITY_CERTIFICATE, choices=kinds,
              help=gettext("A paper that is there already is renewed at its own place above."))
        if row is None else Field("kind", kind="hidden", value=row.kind)
    )  # fmt: skip
    asked = (
        kind,
        Field("replaces", kind="hidden", value=row.ref if row else ""),
        Field("paper_number", gettext("Number on it"), limit=60, required=False, value=row.number if row else "",
              help=gettext("As printed; leave it empty if there is none.")),
        Field("expires_on", gettext("Expires on"), "date", required=False, is_narrow=True,
              help=gettext("The last day it is in force; empty for one without end.")),
        Field("file", gettext("File"), "file", help=limit, data=(("accept", "application/pdf,image/png,image/jpeg"),)),
        Field("note", gettext("Note"), limit=500, required=False,
              help=gettext("What is different on it; the operator reads it.")),
    )  # fmt: skip
    url = reverse(f"{role}:hand_in_paper")
    said = gettext("Renew or change it") if row else gettext("Hand in a further paper")
    note = gettext("The operator looks at it first. Until then what stands now stays in force.")
    return Form(f"renew-{row.ref}" if row else "hand-in-paper", url, gettext("Hand in"), asked, summary=said, note=note)


def _withdraw_form(role: str, row: CompanyPaper) -> Form:
    url = reverse(f"{role}:take_back_paper", args=[row.ref])
    return Form(f"take-back-{row.ref}", url, gettext("Take back"), tone="quiet", is_inline=True)


@act
def hand_in_paper(request: WorkspaceRequest) -> str:
    """Hand in a paper of the own company."""
    values, handed = request.POST, request.FILES.get("file")
    ends = forms.date(values, "expires_on") if values.get("expires_on", "").strip() else None
    commands.hand_in_paper(
        request.actor, kind=values.get("kind", ""), file=handed.chunks() if handed else (),
        file_name=(handed.name if handed else None) or "", number=values.get("paper_number", ""), expires_on=ends,
        replaces=values.get("replaces", ""), note=values.get("note", ""),
    )  # fmt: skip
    return f"{reverse(f'{request.actor.role}:our_company')}#papers"


@act
def take_back_paper(request: WorkspaceRequest, ref: str) -> str:
    """Take back a paper nobody has decided on."""
    commands.withdraw_paper(request.actor, ref)
    return f"{reverse(f'{request.actor.role}:our_company')}#papers"


@page
def company_paper(request: WorkspaceRequest, ref: str) -> HttpResponse:
    """A paper's file."""
    return file_answer(request.actor, ref)


# -- the operator's side -----------------------------------------------------------------------------------------------


@page
def company_papers(request: WorkspaceRequest) -> Shown | HttpResponse:
    """The papers of all companies: what waits, what lapses soon, what has lapsed."""
    states = [("waiting", gettext("Waits for review")), ("expiring", gettext("Expires within 60 days")),
              ("lapsed", gettext("Expired")), *((each, words.word("paper_status", each)) for each in PaperStatus
                                                if each != PaperStatus.FILED)]  # fmt: skip
    kinds = [(kind, words.word("paper", kind)) for kind in PaperKind]
    teaches = gettext("Licences and certificates come with applications, and are renewed by the companies.")
    empty = Empty(gettext("No paper here."), teaches)
    help_text = gettext("An expired paper that goods need stops new listings; what is on sale stays on sale.")
    listing = Listing("company_papers", gettext("Papers"), _columns(),
                      lambda wanted: queries.paper_list(request.actor, wanted), empty,
                      (Filter("state", gettext("State"), states), Filter("kind", gettext("Kind of paper"), kinds)),
                      gettext("Company"), icon="paper", help=help_text)  # fmt: skip
    return show_list(request, listing)


def _columns() -> list[Column]:
    def paper(row: CompanyPaper) -> Cell:
        note = " · ".join(filter(None, (row.number, row.note)))
        return Cell(words.word("paper", row.kind), url=reverse("operator:paper", args=[row.ref]), note=note)

    def company(row: CompanyPaper) -> Cell:
        return Cell(row.organization_name, url=reverse("operator:company", args=[row.organization_ref]))

    def state(row: CompanyPaper) -> Cell:
        return Cell(words.word("paper_status", row.status), note=row.reason)

    return [
        Column("company", gettext("Company"), company, is_kept=True, sort="company"),
        Column("paper", gettext("Paper"), paper, is_kept=True),
        Column("expires", gettext("In force"), lambda row: Cell(_until(row)), sort="expires"),
        Column("filed", gettext("Handed in"), lambda row: Cell(row.filed_at, note=row.filed_by), "ago", sort="filed"),
        Column("state", gettext("State"), state),
        Column("do", "", lambda row: Cell(forms=_decide_forms(row)), "do", is_kept=True),
    ]


def _decide_forms(row: CompanyPaper) -> tuple[Form, ...]:
    if not row.may_decide:
        return ()
    why = Field("words", gettext("Reason"), limit=500, help=gettext("The company reads it."))
    return (
        Form(f"approve-{row.ref}", reverse("operator:approve_paper", args=[row.ref]), gettext("Approve"),
             is_inline=True),
        Form(f"decline-{row.ref}", reverse("operator:decline_paper", args=[row.ref]), gettext("Decline"), (why,),
             tone="danger", summary=gettext("Decline")),
    )  # fmt: skip


@act
def approve_paper(request: WorkspaceRequest, ref: str) -> None:
    """Put a paper in force."""
    commands.approve_paper(request.actor, ref)


@act
def decline_paper(request: WorkspaceRequest, ref: str) -> None:
    """Refuse a paper, with the reason."""
    commands.decline_paper(request.actor, ref, words=request.POST.get("words", ""))
