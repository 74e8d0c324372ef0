"""A company's budgets: what is left, held and spent, for whom they are and when."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.lists import Found, Wanted, among
from trivium.core.money import to_text
from trivium.core.time import business_day, now
from trivium.parties import queries as parties
from trivium.parties.commands import BudgetTerms
from trivium.parties.rules import Renewal
from trivium.settlement import commands, queries
from trivium.settlement.queries import BudgetMoney
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.filters import day
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Listing, show_list
from trivium.web.shared.people import tabs
from trivium.web.shared.workspace import WorkspaceRequest


def _keeper(request: WorkspaceRequest) -> Actor:
    if not request.actor.may("budget.set"):
        raise Http404
    return request.actor


@page
def budgets(request: WorkspaceRequest) -> Shown | HttpResponse:
    """What is left of every budget."""
    actor = _keeper(request)
    rows = queries.budgets_of(actor, actor.organization_ref)

    def fetch(wanted: Wanted) -> Found:
        sorts = {"left": lambda row: row.left, "spent": lambda row: row.spent}
        return among(rows, wanted, sorts, lambda row: f"{row.code} {_whose(row)}")

    def code(row: BudgetMoney) -> Cell:
        return Cell(row.code, url=reverse("buyer:budget", args=[row.terms.ref]), note=_when(row))

    def renews(row: BudgetMoney) -> Cell:
        return Cell(words.word("renewal", row.terms.renews), note=row.period)

    def amount(of: str) -> Column:
        said = {"left": gettext("Still left"), "held": gettext("Held by orders"), "spent": gettext("Spent")}
        return Column(of, said[of], lambda row: Cell(getattr(row, of), currency=row.currency), "money",
                      of if of != "held" else "")  # fmt: skip

    columns = [
        Column("code", gettext("Budget"), code, is_kept=True),
        Column("whose", gettext("For"), lambda row: Cell(_whose(row))),
        Column("renews", gettext("Renewal"), renews),
        amount("left"),
        amount("held"),
        amount("spent"),
    ]
    empty = Empty(gettext("No budget yet."), gettext("Add one above; whoever orders can then book on it."))
    listing = Listing("budgets", gettext("Budgets"), columns, fetch, empty, (), gettext("Code"), icon="wallet",
                      context={"tabs": tabs(actor, "budgets"), "acts": [_form(actor, None)]})  # fmt: skip
    return show_list(request, listing)


def _whose(row: BudgetMoney) -> str:
    found = " · ".join(filter(None, [row.terms.department, row.terms.cost_centre]))
    return found or gettext("everybody")


def _when(row: BudgetMoney) -> str:
    """From when to when it is open, and whether it is not today."""
    terms = row.terms
    if not (terms.starts_on or terms.ends_on):
        return ""
    said = f"{day(terms.starts_on) if terms.starts_on else '…'} – {day(terms.ends_on) if terms.ends_on else '…'}"
    return said if terms.is_open(business_day(now())) else gettext("%(period)s, not open today") % {"period": said}


@page
def budget(request: WorkspaceRequest, ref: str) -> Shown:
    """One budget, with its past periods."""
    actor = _keeper(request)
    row = next((each for each in queries.budgets_of(actor, actor.organization_ref) if each.terms.ref == ref), None)
    if row is None:
        raise Http404
    return Shown("buyer/budget.html", {"row": row, "whose": _whose(row), "forms": [_form(actor, row)]})


def _form(actor: Actor, row: BudgetMoney | None) -> Form:
    currency = parties.get_organization(actor, actor.organization_ref).currency
    terms, everybody = row.terms if row else None, ("", gettext("everybody"))
    departments = [(each.ref, each.indented) for each in parties.departments(actor)]
    centres = [(each.ref, f"{each.code} {each.name}") for each in parties.cost_centres(actor)]
    starts, ends = (terms.starts_on, terms.ends_on) if terms else (None, None)
    renews = terms.renews if terms else Renewal.ONCE
    amount = 0 if row is None else row.left + row.held if renews == Renewal.ONCE else row.terms.amount
    fields = (
        Field("code", kind="hidden", value=row.code) if row else
        Field("code", gettext("Code"), limit=40, is_narrow=True,
              help=gettext("As in your books, such as IT or IT-2026-Q4.")),
        Field("seen", kind="hidden", value=to_text(amount, currency) if row and renews == Renewal.ONCE else ""),
        Field("amount", gettext("Amount"), "number", to_text(amount, currency) if row else "", suffix=currency,
              is_narrow=True, help=gettext("Once: what may be spent from now on, with what waiting orders hold of it. "
                                           "Otherwise: what each period begins with.")),
        Field("renews", gettext("Renewal"), "select", renews, is_narrow=True,
              choices=[(each.value, words.word("renewal", each)) for each in Renewal],
              help=gettext("A new calendar period begins with the whole amount; what was left does not come along.")),
        Field("department_ref", gettext("Department"), "select", terms.department_ref if terms else "",
              choices=[everybody, *departments], required=False, is_narrow=True,
              help=gettext("Only its people, and those of departments below it, order on this budget.")),
        Field("cost_centre_ref", gettext("Cost centre"), "select", terms.cost_centre_ref if terms else "",
              choices=[everybody, *centres], required=False, is_narrow=True,
              help=gettext("Only orders booked on this cost centre can use this budget.")),
        Field("starts_on", gettext("From"), "date", str(starts or ""), required=False, is_narrow=True,
              help=gettext("The first day one can order on it; empty is at once.")),
        Field("ends_on", gettext("Until"), "date", str(ends or ""), required=False, is_narrow=True,
              help=gettext("The last day one can order on it; empty is without end.")),
    )  # fmt: skip
    said = gettext("Change budget") if row else gettext("Add a budget")
    return Form("budget" if row else "add-budget", reverse("buyer:keep_budget"), said, fields,
                summary="" if row else said)  # fmt: skip


@act
def keep_budget(request: WorkspaceRequest) -> str:
    """Set what is left of a budget, for whom it is and when. An amount left as it was shown changes nothing that orders
    have spent since.
    """
    actor, values = request.actor, request.POST
    currency = parties.get_organization(actor, actor.organization_ref).currency
    starts, ends = (forms.date(values, name) if values.get(name, "").strip() else None
                    for name in ("starts_on", "ends_on"))  # fmt: skip
    whose = (values.get("cost_centre_ref", ""), values.get("department_ref", ""))
    terms = BudgetTerms(*whose, starts, ends, values.get("renews", ""))
    is_as_shown = values.get("seen") and values.get("amount") == values["seen"] and terms.renews == Renewal.ONCE
    amount = None if is_as_shown else forms.amount(values, "amount", currency)
    commands.keep_budget(actor, actor.organization_ref, values.get("code", ""), terms, amount=amount, currency=currency)
    return reverse("buyer:budgets")
