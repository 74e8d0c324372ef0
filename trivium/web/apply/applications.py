"""Where applying begins: what one can apply for, and what one has applied for already."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.i18n import gettext_noop as _
from trivium.parties import commands
from trivium.parties import queries as parties
from trivium.parties.rules import APPLIED_FOR, OPEN
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.workspace import WorkspaceRequest, at_work, workspaces_of

WHAT = {
    "supplier": _("You sell your own goods to companies, confirm their orders and ship them."),
    "partner": _("You bring buyers, show them a range of goods, and earn a share of their orders."),
    "buyer": _("You order for your company, at your own prices, with your own approvals."),
}
NEEDS = {
    "supplier": _("Business licence, bank account, the kinds of goods, certificates where the goods need them."),
    "partner": _("Business licence, bank account, your territory, and the volume you expect."),
    "buyer": _("Business licence, and who we can call."),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A role one can apply for: what it means, what is needed, and the button."""

    role: str
    what: str
    needs: str
    form: Form


@page
def applications(request: WorkspaceRequest) -> Shown:
    """One's own applications, and the roles one can apply for."""
    actor = request.actor
    rows = parties.own_applications(actor)
    working = at_work(request)
    own = _company_offers(request, actor) if working and actor.may("application.file") else []
    new = [_offer(role, for_company=False) for role in APPLIED_FOR]
    context = {
        "rows": [(row, reverse("apply:application", args=[row.ref])) for row in rows],
        "company": working and parties.get_organization(actor, actor.organization_ref).name,
        "own_offers": own,
        "new_offers": new,
        "is_new": working is None,
        "has_open": any(row.status in OPEN for row in rows),
    }
    return Shown("apply/applications.html", context)


def _company_offers(request: WorkspaceRequest, actor: Actor) -> list[Offer]:
    """The roles the company one works for does not have yet, as far as one can see."""
    there = {each.role for each in workspaces_of(request) if each.organization_ref == actor.organization_ref}
    return [_offer(role, for_company=True) for role in APPLIED_FOR if role not in there]


def _offer(role: str, *, for_company: bool) -> Offer:
    said = gettext("Apply as %(role)s") % {"role": words.word("role", role)}
    fields = (Field("role", kind="hidden", value=role),
              Field("for_company", kind="hidden", value="1" if for_company else ""))  # fmt: skip
    key = f"start-{role}{'-here' if for_company else ''}"
    return Offer(role, gettext(WHAT[role]), gettext(NEEDS[role]), Form(key, reverse("apply:start"), said, fields))


@act
def start(request: WorkspaceRequest) -> str:
    """Begin an application, or go on with the one that is open."""
    values = request.POST
    ref = commands.start_application(
        request.actor, values.get("role", ""), for_company=bool(values.get("for_company"))
    )
    return reverse("apply:application", args=[ref])
