"""“Our company”: what a company says of itself, what it changes at once, and what waits for the operator."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.lists import Found, Wanted, among
from trivium.parties import commands, queries
from trivium.parties.queries import ChangeRow, ContactRow, Particulars
from trivium.parties.rules import INDUSTRIES, ChangeKind, ChangeStatus, Size
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.applications import checks_of
from trivium.web.shared.company_papers import papers_context
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.regions import region_choices, region_name
from trivium.web.shared.workspace import WorkspaceRequest

MOST = 500


@page
def our_company(request: WorkspaceRequest) -> Shown:
    """The own company as it stands, and the forms to change it for those who may."""
    actor = request.actor
    own = queries.particulars(actor)
    asked = [row for row in queries.changes_asked(actor, limit=MOST) if row.organization_ref == own.ref]
    may = actor.may("party.edit")
    waiting = [row for row in asked if row.status == ChangeStatus.WAITING]
    context = {
        "own": own,
        "region": region_name(own.country, own.region),
        "industry": words.word("industry", own.industry) if own.industry else "",
        "size": words.word("size", own.size) if own.size else "",
        "contacts": [(row, _contact_forms(actor.role, own, row) if may else ()) for row in own.contacts],
        "waiting": [(row, _lines(row), _withdraw_form(actor.role, row) if may else None) for row in waiting],
        "decided": [(row, _lines(row)) for row in asked if row.status != ChangeStatus.WAITING][:5],
        "forms": _forms(actor.role, own, {row.kind for row in waiting}) if may else (),
        "add_contact": _contact_form(actor.role, own, None) if may else None,
        **papers_context(actor),
        "history": reverse(f"{actor.role}:history", args=[own.ref]),
    }
    return Shown("shared/our_company.html", context)


def _lines(row: ChangeRow) -> list[tuple[str, str, str]]:
    """Each field of a request: what it is called, what is in force, what is wanted."""
    return [(words.word("field", name), row.was.get(name) or "–", value or "–") for name, value in row.wanted.items()]


def _seen(own: Particulars) -> Field:
    return Field("seen", kind="hidden", value=str(own.version))


def _forms(role: str, own: Particulars, waiting: set[str]) -> list[Form]:
    said = gettext("Change name, address, region, industry or size")
    fields = (
        _seen(own),
        Field("name", gettext("Short name"), value=own.name, limit=120, autocomplete="organization",
              help=gettext("The short name everybody reads on orders and lists.")),
        Field("address", gettext("Address"), "textarea", own.address, required=False, limit=300,
              help=gettext("Where papers and visitors go; goods go where an order says.")),
        _region_field(own),
        Field("industry", gettext("Industry"), "select", own.industry, required=False,
              choices=[("", "–"), *((each, words.word("industry", each)) for each in INDUSTRIES)],
              help=gettext("The section of GB/T 4754 in which the company is registered.")),
        Field("size", gettext("Size"), "select", own.size, required=False, is_narrow=True,
              choices=[("", "–"), *((each, words.word("size", each)) for each in Size)],
              help=gettext("By the standard for small and medium enterprises.")),
    )  # fmt: skip
    note = gettext("In force at once.")
    url = reverse(f"{role}:change_particulars")
    found = [Form("particulars", url, gettext("Save"), fields, summary=said, note=note)]
    asks = ((ChangeKind.LEGAL_NAME, _name_form), (ChangeKind.NUMBER, _number_form), (ChangeKind.BANK, _bank_form))
    return [*found, *(make(role, own) for kind, make in asks if kind not in waiting)]


def _region_field(own: Particulars) -> Field:
    choices = region_choices(own.country, own.region)
    help_text = gettext("Where it is registered.")
    return Field("region", gettext("Region"), "select" if choices else "text", own.region, required=False,
                 choices=choices, limit=20, help=help_text)  # fmt: skip


def _reason() -> Field:
    return Field("reason", gettext("Reason"), limit=500,
                 help=gettext("What has happened, and which paper shows it; the operator reads it."))  # fmt: skip


def _asking(role: str, kind: ChangeKind, own: Particulars, said: str, *fields: Field) -> Form:
    note = gettext("The operator looks at it first. Until then what stands now stays in force.")
    asked = (_seen(own), Field("kind", kind="hidden", value=kind), *fields, _reason())
    url = reverse(f"{role}:ask_change")
    return Form(f"ask-{kind}", url, gettext("Ask for it"), asked, summary=said, note=note)


def _name_form(role: str, own: Particulars) -> Form:
    field = Field("legal_name", gettext("Legal name"), value=own.legal_name, limit=200,
                  help=gettext("As it stands on the licence; contracts and papers carry it."))  # fmt: skip
    return _asking(role, ChangeKind.LEGAL_NAME, own, gettext("Ask for another legal name"), field)


def _number_form(role: str, own: Particulars) -> Form:
    help_text = gettext("The unified social credit code on the licence; elsewhere the VAT or business number.")
    field = Field("number", gettext("Company number"), value=own.number, limit=40, help=help_text)
    return _asking(role, ChangeKind.NUMBER, own, gettext("Ask for another company number"), field)


def _bank_form(role: str, own: Particulars) -> Form:
    fields = (
        Field("holder", gettext("Account holder"), value=own.holder or own.legal_name, limit=200,
              help=gettext("As the bank writes it; normally the legal name.")),
        Field("bank", gettext("Bank"), value=own.bank, required=False, limit=120,
              help=gettext("Bank and branch.")),
        Field("account", gettext("Account number"), limit=40, autocomplete="off",
              help=gettext("Stored encrypted; pages show its last four digits.")),
    )  # fmt: skip
    return _asking(role, ChangeKind.BANK, own, gettext("Ask for another bank account"), *fields)


def _contact_form(role: str, own: Particulars, row: ContactRow | None) -> Form:
    fields = (
        _seen(own),
        Field("name", gettext("Full name"), value=row.name if row else "", limit=120, autocomplete="off",
              help=gettext("Whom to ask for.")),
        Field("position", gettext("Task"), value=row.position if row else "", required=False, limit=60,
              help=gettext("What to call them for, such as finance or after-sales.")),
        Field("phone", gettext("Phone"), value=row.phone if row else "", required=False, limit=40, autocomplete="off",
              help=gettext("Outside China with + and the country’s code. Stored encrypted.")),
        Field("email", gettext("Mail address"), "email", row.email if row else "", required=False, limit=254,
              help=gettext("Where letters reach them.")),
    )  # fmt: skip
    if row is None:
        said = gettext("Add a contact")
        return Form("add-contact", reverse(f"{role}:add_contact"), gettext("Add"), fields, summary=said)
    url = reverse(f"{role}:change_contact", args=[row.ref])
    return Form(f"contact-{row.ref}", url, gettext("Save"), fields, summary=gettext("Change"))


def _contact_forms(role: str, own: Particulars, row: ContactRow) -> tuple[Form, ...]:
    remove = Form(f"remove-{row.ref}", reverse(f"{role}:remove_contact", args=[row.ref]), gettext("Remove"),
                  (_seen(own),), tone="quiet", is_inline=True)  # fmt: skip
    return _contact_form(role, own, row), remove


def _withdraw_form(role: str, row: ChangeRow) -> Form:
    url = reverse(f"{role}:withdraw_change", args=[row.ref])
    return Form(f"withdraw-{row.ref}", url, gettext("Take back"), tone="quiet", is_inline=True)


def _version(request: WorkspaceRequest) -> int:
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


@act
def change_particulars(request: WorkspaceRequest) -> None:
    """Change what a company says of itself, at once."""
    names = ("name", "address", "region", "industry", "size")
    given = {name: request.POST.get(name, "") for name in names if name in request.POST}
    commands.change_particulars(request.actor, seen=_version(request), **given)


def _contact_values(request: WorkspaceRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in ("name", "phone", "email", "position")}


@act
def add_contact(request: WorkspaceRequest) -> None:
    """Add somebody who can be called."""
    commands.add_contact(request.actor, **_contact_values(request))


@act
def change_contact(request: WorkspaceRequest, ref: str) -> None:
    """Change a contact."""
    commands.change_contact(request.actor, ref, seen=_version(request), **_contact_values(request))


@act
def remove_contact(request: WorkspaceRequest, ref: str) -> None:
    """Remove a contact."""
    commands.remove_contact(request.actor, ref, seen=_version(request))


@act
def ask_change(request: WorkspaceRequest) -> None:
    """Ask for a change that the operator looks at first."""
    names = ("legal_name", "number", "holder", "bank", "account")
    wanted = {name: request.POST[name] for name in names if name in request.POST}
    reason = request.POST.get("reason", "")
    kind = request.POST.get("kind", "")
    commands.ask_change(request.actor, kind, seen=_version(request), reason=reason, **wanted)


@act
def withdraw_change(request: WorkspaceRequest, ref: str) -> None:
    """Take a request back."""
    commands.withdraw_change(request.actor, ref)


# -- the operator's side -----------------------------------------------------------------------------------------------


@page
def changes(request: WorkspaceRequest) -> Shown | HttpResponse:
    """The changes companies have asked for."""
    rows = queries.changes_asked(request.actor, limit=MOST)
    states = [(each, words.word("change_status", each)) for each in ChangeStatus]

    def fetch(wanted: Wanted) -> Found:
        state = wanted.filters.get("state")
        its = [row for row in rows if state in (None, row.status)]
        return among(its, wanted, text=lambda row: row.organization_name)

    empty = Empty(gettext("No company has asked for a change."),
                  gettext("Another legal name, company number or bank account waits here for your word."))  # fmt: skip
    help_text = gettext("What others rely on when they pay or sign. Compare it with the papers.")
    listing = Listing("changes", gettext("Company changes"), _change_columns(), fetch, empty,
                      (Filter("state", gettext("State"), states),), gettext("Company"), icon="pen",
                      help=help_text)  # fmt: skip
    return show_list(request, listing)


def _change_columns() -> list[Column]:
    def wanted(row: ChangeRow) -> Cell:
        said = gettext("%(name)s: %(was)s → %(wanted)s")
        lines = [said % {"name": name, "was": was, "wanted": value} for name, was, value in _lines(row)]
        return Cell(gettext("; ").join(lines), note=row.reason)

    def company(row: ChangeRow) -> Cell:
        return Cell(row.organization_name, url=reverse("operator:company", args=[row.organization_ref]))

    return [
        Column("company", gettext("Company"), company, is_kept=True),
        Column("kind", gettext("What"), lambda row: Cell(words.word("change", row.kind))),
        Column("wanted", gettext("Change"), wanted, is_kept=True),
        Column("screening", gettext("Screening"), _screened, is_kept=True),
        Column("asked", gettext("Asked"), lambda row: Cell(row.asked_at), "ago"),
        Column("by", gettext("By"), lambda row: Cell(row.asked_by)),
        Column("state", gettext("State"), lambda row: Cell(words.word("change_status", row.status), note=row.answer)),
        Column("do", "", lambda row: Cell(forms=_decide_forms(row)), "do", is_kept=True),
    ]


def _screened(row: ChangeRow) -> Cell:
    """What the rules found, with how strictly and in which version; the rules that are met beneath."""
    unmet: list[str] = []
    met: list[str] = []
    said = gettext("%(rule)s (version %(version)s)")
    then = gettext("%(found)s (rule “%(rule)s”, version %(version)s: %(then)s)")
    for check in checks_of(row.outcomes):
        its = {"rule": check.words, "version": check.version, "found": " ".join(check.findings),
               "then": words.word("strength", check.strength)}  # fmt: skip
        (met if check.is_met else unmet).append((said if check.is_met else then) % its)
    if not row.outcomes:
        return Cell(gettext("Asked before changes were screened; it is when you approve it."))
    fine = gettext("Met: %(rules)s") % {"rules": gettext("; ").join(met)} if met else ""
    return Cell(gettext("; ").join(unmet) or gettext("Nothing found."), note=fine)


def _decide_forms(row: ChangeRow) -> tuple[Form, ...]:
    if row.status != ChangeStatus.WAITING:
        return ()
    why = Field("answer", gettext("Reason"), limit=500, is_narrow=True, help=gettext("The company reads it."))
    return (
        Form(f"approve-{row.ref}", reverse("operator:approve_change", args=[row.ref]), gettext("Approve"),
             is_inline=True),
        Form(f"decline-{row.ref}", reverse("operator:decline_change", args=[row.ref]), gettext("Decline"), (why,),
             tone="danger", summary=gettext("Decline")),
    )  # fmt: skip


@act
def approve_change(request: WorkspaceRequest, ref: str) -> None:
    """Put a change in force."""
    commands.approve_change(request.actor, ref)


@act
def decline_change(request: WorkspaceRequest, ref: str) -> None:
    """Leave things as they are."""
    commands.decline_change(request.actor, ref, answer=request.POST.get("answer", ""))
