"""One application: written in sections and kept at any time; handed in; then followed until it is decided."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.vault import last_four
from trivium.parties import commands
from trivium.parties import queries as parties
from trivium.parties.queries import ApplicationView
from trivium.web.apply.asked import LISTS, sections_of, written
from trivium.web.shared import forms
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.applications import checks_of, file_answer, papers_shown, said_of, steps_shown
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.orders import number
from trivium.web.shared.workspace import WorkspaceRequest


@page
def application(request: WorkspaceRequest, ref: str) -> Shown:
    """The form while it can be written in; what was said and what has happened afterwards."""
    view = parties.get_application(request.actor, ref)
    if view.is_reviewer and not view.is_own:
        raise Http404  # whoever only reviews it does so at the operator's pages
    context = {
        "view": view,
        "steps": steps_shown(view),
        "papers": papers_shown(view.papers, "apply:paper"),
        "withdraw": _withdraw_form(view),
        "question": next((step for step in reversed(view.steps) if step.act == "ask"), None),
    }
    if not view.may_edit:
        account = last_four(view.facts.bank_account) if view.facts.bank_account else ""
        said = said_of(view.facts, view.row.role, bank_account=account)
        return Shown("apply/status.html", {**context, "said": said, "decision": _decision(view)})
    checks = checks_of(view.outcomes)
    ticked = {name: request.POST.getlist(name) for name in LISTS} if request.method == "POST" else None
    context |= {
        "sections": sections_of(view, ticked),
        "save": reverse("apply:save", args=[ref]),
        "send": reverse("apply:send", args=[ref]),
        "add": reverse("apply:add_paper", args=[ref]),
        "version": request.POST.get("version") or view.version,
        "checks": checks,
        "left": sum(len(check.findings) for check in checks),
    }
    return Shown("apply/draft.html", context)


def _decision(view: ApplicationView) -> str:
    """The words of the decision, if there is one."""
    return next((step.words for step in reversed(view.steps) if step.act in ("approve", "reject")), "")


def _withdraw_form(view: ApplicationView) -> Form | None:
    if not view.may_withdraw:
        return None
    said = gettext("Withdraw the application")
    fields = (Field("words", gettext("Why"), "textarea", required=False, limit=500,
                    help=gettext("Kept with the application; it helps if you apply again.")),)  # fmt: skip
    note = gettext("It ends here and stays readable. You can begin another one.")
    url = reverse("apply:withdraw", args=[view.row.ref])
    return Form("withdraw", url, said, fields, tone="danger", summary=said, note=note)


def _facts(request: WorkspaceRequest, ref: str) -> tuple[int, dict[str, Any]]:
    """What stands in the form: the version it was made from, and the facts."""
    view = parties.get_application(request.actor, ref)
    if not view.may_edit:
        return view.version, {}
    values: Mapping[str, Any] = request.POST
    lists = {name: request.POST.getlist(name) for name in LISTS}
    return number(values.get("version")) or 0, written(view.row.role, view.facts, values, lists)


@act
def save(request: WorkspaceRequest, ref: str) -> str:
    """Keep what has been written so far; a paper may be taken off with it."""
    version, facts = _facts(request, ref)
    commands.save_application(request.actor, ref, version=version, facts=facts)
    if gone := request.POST.get("remove", ""):
        commands.remove_paper(request.actor, gone)
    return f"{reverse('apply:application', args=[ref])}{'#papers' if gone else ''}"


@act
def send(request: WorkspaceRequest, ref: str) -> str:
    """Keep it and hand it in; what was asked is answered with it."""
    version, facts = _facts(request, ref)
    words = request.POST.get("words", "")
    commands.submit_application(request.actor, ref, version=version, facts=facts, words=words)
    return reverse("apply:application", args=[ref])


@act
def add_paper(request: WorkspaceRequest, ref: str) -> str:
    """Keep what has been written, and put a paper to it."""
    version, facts = _facts(request, ref)
    values = request.POST
    ends = forms.date(values, "expires_on") if values.get("expires_on", "").strip() else None
    commands.save_application(request.actor, ref, version=version, facts=facts)
    handed = request.FILES.get("file")
    commands.add_paper(
        request.actor, ref, kind=values.get("kind", ""), file=handed.chunks() if handed else (),
        file_name=(handed.name if handed else None) or "", number=values.get("paper_number", ""), expires_on=ends,
    )  # fmt: skip
    return f"{reverse('apply:application', args=[ref])}#papers"


@page
def paper(request: WorkspaceRequest, ref: str) -> HttpResponse:
    """A paper's file."""
    return file_answer(request.actor, ref)


@act
def withdraw(request: WorkspaceRequest, ref: str) -> str:
    """Take the application back."""
    commands.withdraw_application(request.actor, ref, words=request.POST.get("words", ""))
    return reverse("apply:application", args=[ref])


