"""Applications to be reviewed: which wait, what screening found, and the decision."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.vault import last_four
from trivium.parties import commands
from trivium.parties import queries as parties
from trivium.parties.queries import ApplicationRow, ApplicationView
from trivium.parties.rules import APPLICATION, APPLIED_FOR, INDUSTRIES, ApplicationStatus
from trivium.pricing import commands as pricing
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.applications import checks_of, file_answer, papers_shown, said_of, steps_shown
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.regions import region_name
from trivium.web.shared.workspace import WorkspaceRequest

SHOWN = tuple(status for status in ApplicationStatus if status != ApplicationStatus.DRAFT)
PARTNERS_OFFERED = 200


def only_reviewers(actor: Actor) -> None:
    """For everybody else there is no such page."""
    if not actor.may("application.review"):
        raise Http404


@page
def applications(request: WorkspaceRequest) -> Shown | HttpResponse:
    """All applications that were handed in, newest first."""
    only_reviewers(request.actor)
    listing = Listing(
        "applications",
        gettext("Applications"),
        _columns(),
        lambda wanted: parties.application_list(request.actor, wanted),
        Empty(gettext("Nobody has applied yet."),
              gettext("Whoever signs up can apply as supplier, partner or buyer; it is screened and waits here.")),
        (Filter("status", gettext("State"), [(each, words.word("status", each)) for each in SHOWN]),
         Filter("role", gettext("Role"), [(each, words.word("role", each)) for each in APPLIED_FOR]),
         Filter("industry", words.word("fact", "industry"),
                [(each, words.word("industry", each)) for each in INDUSTRIES])),
        gettext("Company or number"),
        icon="users",
        context={"ways": [(gettext("Screening rules"), reverse("operator:screening")),
                          (gettext("Blocklist"), reverse("operator:blocklist"))]},
    )  # fmt: skip
    return show_list(request, listing)


def _columns() -> list[Column]:
    def name(row: ApplicationRow) -> Cell:
        url = reverse("operator:application", args=[row.ref])
        return Cell(row.legal_name or row.name, url=url, note=row.number)

    return [
        Column("name", gettext("Company"), name, sort="name", is_kept=True),
        Column("role", gettext("Role"), lambda row: Cell(chips=[(row.role, words.word("role", row.role))]), "tags",
               sort="role"),
        Column("status", gettext("State"), lambda row: Cell(chips=[(row.status, "")]), "chips", sort="status"),
        Column("region", words.word("fact", "region"), lambda row: Cell(region_name(row.country, row.region))),
        Column("industry", words.word("fact", "industry"),
               lambda row: Cell(words.word("industry", row.industry) if row.industry else "")),
        Column("size", words.word("fact", "size"),
               lambda row: Cell(words.word("size", row.size) if row.size else ""), is_shown=False),
        Column("by", gettext("Applicant"), lambda row: Cell(row.applicant), is_shown=False),
        Column("submitted", gettext("Handed in"), lambda row: Cell(row.submitted_at), "ago", sort="submitted"),
    ]  # fmt: skip


@page
def application(request: WorkspaceRequest, ref: str) -> Shown:
    """One application: what was said, what every rule found, the papers, and the decision."""
    actor = request.actor
    only_reviewers(actor)
    view = parties.get_application(actor, ref)
    account = last_four(view.facts.bank_account) if view.facts.bank_account else ""
    past = parties.screenings_of(actor, ref)
    context = {
        "view": view,
        "said": said_of(view.facts, view.row.role, bank_account=account),
        "papers": papers_shown(view.papers, "operator:paper"),
        "checks": checks_of(view.outcomes),
        "steps": steps_shown(view),
        "past": [(words.word("application_step", each.act), each.at, checks_of(each.outcomes)) for each in past[1:]],
        "forms": _forms(actor, view),
    }
    return Shown("operator/application.html", context)


def _forms(actor: Actor, view: ApplicationView) -> list[Form]:
    if not view.may_decide:
        return []
    found = []
    if APPLICATION.allows(view.row.status, "approve"):
        found += [_approve_form(actor, view), _words_form(view, "ask", gettext("Ask the applicant"),
                  gettext("What is missing or unclear; they can change the application and answer."), "quiet")]
    reject = gettext("They read it as you write it; they may apply anew.")
    return [*found, _words_form(view, "reject", gettext("Reject"), reject, "danger")]


def _approve_form(actor: Actor, view: ApplicationView) -> Form:
    fields: tuple[Field, ...] = (_words_field(gettext("Why it is admitted; the applicant reads it.")),)
    if view.row.role == "buyer":
        rows = [row for row in parties.organizations(actor, role="partner", limit=PARTNERS_OFFERED)]
        house = next((row.ref for row in rows if row.is_house), "")
        fields += (Field("partner_ref", gettext("Channel partner"), "select", house,
                         choices=[(row.ref, row.name) for row in rows], help=gettext("Whose buyer it will be.")),)
    if view.row.role != "buyer" and actor.may("contract.propose"):
        fields += _contract_fields(view.row.role)
    note = {
        "supplier": gettext("It gets a workspace at once, and sells when its share contract is signed."),
        "partner": gettext("It gets a workspace at once, and buyers when its share contract is signed by both."),
        "buyer": gettext("It can order at once."),
    }[view.row.role]
    said = gettext("Approve")
    return Form("approve", reverse("operator:approve_application", args=[view.row.ref]), said, fields, summary=said,
                note=note)


def _contract_fields(role: str) -> tuple[Field, ...]:
    """The simplest share contract; others are proposed on their own page."""
    later = gettext("Left empty, the share contract is proposed later on its own page.")
    if role == "supplier":
        return (
            Field("fee_percent", gettext("Platform fee"), "number", "", later, required=False, suffix="%",
                  is_narrow=True),
            Field("share_percent", gettext("Channel share"), "number", "", required=False, suffix="%", is_narrow=True,
                  help=gettext("Of each line, for whoever brings the buyer.")),
        )  # fmt: skip
    modes = [(mode, words.word("mode", mode)) for mode in ("commission", "service_fee")]
    return (
        Field("mode", gettext("Earns by"), "select", modes[0][0], choices=modes, is_narrow=True,
              help=gettext("Markup and clauses by category are proposed on the contract’s own page.")),
        Field("percent", gettext("Percent"), "number", "", later, required=False, suffix="%", is_narrow=True),
    )  # fmt: skip


def _terms(values: Mapping[str, str]) -> dict[str, Any] | None:
    """The share contract that is proposed with the approval; None for none."""
    fee, percent = (forms.plain_number(values.get(name, "")) for name in ("fee_percent", "percent"))
    if fee:
        share = forms.plain_number(values.get("share_percent", "")) or "0"
        return {"fee_percent": fee, "share_percent": share}
    if not percent:
        return None
    return {"mode": values.get("mode", ""), "clauses": [{"bands": [{"from": 0, "percent": percent}]}]}


def _words_form(view: ApplicationView, act_name: str, said: str, help_text: str, tone: Any) -> Form:
    url = reverse(f"operator:{act_name}_application", args=[view.row.ref])
    return Form(act_name, url, said, (_words_field(help_text),), tone=tone, summary=said)


def _words_field(help_text: str) -> Field:
    return Field("words", gettext("Reason"), "textarea", "", help_text, limit=2000)


@act
def approve(request: WorkspaceRequest, ref: str) -> str | None:
    """Admit the company, with the share contract it is to sign if one is given; that page comes next."""
    values = request.POST
    if terms := _terms(values):
        _company, contract = pricing.approve_with_contract(
            request.actor, ref, words=values.get("words", ""), terms=terms
        )
        return reverse("operator:contract", args=[contract])
    commands.approve_application(
        request.actor, ref, words=values.get("words", ""), partner_ref=values.get("partner_ref", "")
    )
    return None


@act
def ask(request: WorkspaceRequest, ref: str) -> None:
    """Ask the applicant."""
    commands.ask_applicant(request.actor, ref, words=request.POST.get("words", ""))


@act
def reject(request: WorkspaceRequest, ref: str) -> None:
    """Say no."""
    commands.reject_application(request.actor, ref, words=request.POST.get("words", ""))


@page
def paper(request: WorkspaceRequest, ref: str) -> HttpResponse:
    """A paper's file."""
    return file_answer(request.actor, ref)
