"""A company's rules about its own orders: from which amount, in what, on which budget whose word is asked."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext

from trivium.catalog import queries as catalog
from trivium.core.actor import Actor
from trivium.core.fields import translate
from trivium.core.lists import Found, Wanted, among
from trivium.core.money import to_text
from trivium.parties import commands, queries
from trivium.parties.commands import NewOrderRule
from trivium.parties.queries import OrderRuleRow
from trivium.parties.rules import DECIDING, IfNobody
from trivium.web.shared import forms, words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Listing, show_list
from trivium.web.shared.people import tabs
from trivium.web.shared.workspace import WorkspaceRequest

STEPS = 3


def _arranger(request: WorkspaceRequest) -> Actor:
    if not request.actor.may("approval.arrange"):
        raise Http404
    return request.actor


@page
def rules(request: WorkspaceRequest) -> Shown | HttpResponse:
    """The rules, in the order their approvers are asked."""
    actor = _arranger(request)
    rows, goods = queries.order_rules(actor), _categories()

    def fetch(wanted: Wanted) -> Found:
        return among(rows, wanted, {"threshold": lambda row: row.threshold}, lambda row: row.name)

    empty = Empty(gettext("No rule yet: orders go out without approval."),
                  gettext("Add one above; a person’s own spending limit asks for approval too."))  # fmt: skip
    context = {"tabs": tabs(actor, "rules"), "acts": [_form(actor, None), _plain_form(actor, rows)]}
    return show_list(request, Listing("order-rules", gettext("Order approval"), _columns(dict(goods)), fetch, empty,
                                      (), gettext("Rule name"), icon="check", context=context))  # fmt: skip


def _columns(goods: dict[str, str]) -> list[Column]:
    def name(row: OrderRuleRow) -> Cell:
        if not row.name:
            return Cell(gettext("Amount for every order"))
        return Cell(row.name, url=reverse("buyer:rule", args=[row.ref]))

    def about(row: OrderRuleRow) -> Cell:
        narrowed = [goods.get(row.scope, row.scope).lstrip("– "), row.budget_code, row.cost_centre, row.department]
        return Cell(" · ".join(filter(None, narrowed)) or gettext("Every order"))

    return [
        Column("name", gettext("Rule"), name, is_kept=True),
        Column("threshold", gettext("From an amount of"), lambda row: Cell(row.threshold, currency=row.currency),
               "money", "threshold"),
        Column("about", gettext("For"), about),
        Column("who", gettext("Who decides"), lambda row: Cell(_who(row))),
        Column("nobody", gettext("If nobody can"), lambda row: Cell(words.word("if_nobody", row.if_nobody))),
    ]  # fmt: skip


def _who(row: OrderRuleRow) -> str:
    if not row.approvers:
        return ngettext("%(count)s approver", "%(count)s approvers", row.needed) % {"count": row.needed}
    return " → ".join(f"{name} ({deputy})" if deputy else name for _ref, name, _dep, deputy in row.approvers)


@page
def rule(request: WorkspaceRequest, ref: str) -> Shown:
    """One rule."""
    actor = _arranger(request)
    row = next((each for each in queries.order_rules(actor) if each.ref == ref and each.name), None)
    if row is None:
        raise Http404
    end, said = reverse("buyer:end_rule", args=[ref]), gettext("End this rule")
    note = gettext("What waits because of it goes on waiting.")
    return Shown("buyer/rule.html", {"row": row, "forms": [_form(actor, row),
                 Form("end-rule", end, said, tone="danger", summary=said, note=note)]})  # fmt: skip


def _categories() -> Sequence[tuple[str, str]]:
    language = get_language() or "en"
    return [(row.path, "– " * row.path.count("/") + translate(row.name, language)) for row in catalog.categories()]


def _form(actor: Actor, row: OrderRuleRow | None) -> Form:
    currency = queries.get_organization(actor, actor.organization_ref).currency
    none = ("", gettext("any"))
    centres = [(each.ref, f"{each.code} {each.name}") for each in queries.cost_centres(actor)]
    departments = [(each.ref, each.indented) for each in queries.departments(actor)]
    people = [(each.ref, each.name) for each in queries.members_by_ref(actor) if each.job in DECIDING]
    nobody = [(way.value, words.word("if_nobody", way)) for way in IfNobody]
    asked = list(row.approvers) if row else []
    fields = [
        Field("name", gettext("Rule name"), value=row.name if row else "", limit=60,
              help=gettext("Approvers see it beside the order.")),
        Field("threshold", gettext("From an amount of"), "number", to_text(row.threshold, currency) if row else "0",
              suffix=currency, is_narrow=True,
              help=gettext("The amount from which it asks: of the order, or of the category in it.")),
        Field("scope", gettext("Category"), "select", row.scope if row else "", choices=[none, *_categories()],
              required=False, is_narrow=True, help=gettext("Only goods of this category count.")),
        Field("budget_code", gettext("Budget"), value=row.budget_code if row else "", limit=40, required=False,
              is_narrow=True, help=gettext("Only orders on this budget.")),
        Field("cost_centre_ref", gettext("Cost centre"), "select", row.cost_centre_ref if row else "",
              choices=[none, *centres], required=False, is_narrow=True,
              help=gettext("Only orders booked on this cost centre.")),
        Field("department_ref", gettext("Department"), "select", row.department_ref if row else "",
              choices=[none, *departments], required=False, is_narrow=True,
              help=gettext("Only orders of people of this department and those below it.")),
        Field("needed", gettext("How many decide"), "number", str(row.needed) if row else "1", is_narrow=True,
              help=gettext("If nobody is named below: this many of those who decide.")),
        Field("position", gettext("Place"), "number", str(row.position) if row else "0", is_narrow=True,
              is_seldom=True, required=False, help=gettext("Rules of a lower place ask first.")),
    ]  # fmt: skip
    for n in range(STEPS):
        mine = asked[n] if n < len(asked) else ("", "", "", "")
        said = {"number": n + 1}
        fields += [
            Field(f"approvers.{n}.person_ref", gettext("Approver %(number)s") % said, "select", mine[0],
                  choices=[("", gettext("nobody")), *people], required=False, is_narrow=True,
                  help=gettext("Asked after the one before has said yes.")),
            Field(f"approvers.{n}.deputy_ref", gettext("Deputy %(number)s") % said, "select", mine[2],
                  choices=[("", gettext("nobody")), *people], required=False, is_narrow=True,
                  help=gettext("May decide instead of them.")),
        ]  # fmt: skip
    fields.append(
        Field("if_nobody", gettext("If nobody can"), "select", row.if_nobody if row else IfNobody.REFUSE,
              choices=nobody, is_narrow=True,
              help=gettext("What happens when nobody but the person who orders could decide."))
    )  # fmt: skip
    if row:
        return Form("rule", reverse("buyer:change_rule", args=[row.ref]), gettext("Change rule"), tuple(fields))
    told = gettext("Add a rule")
    return Form("add-rule", reverse("buyer:add_rule"), told, tuple(fields), summary=told)


def _plain_form(actor: Actor, rows: Sequence[OrderRuleRow]) -> Form:
    company = queries.get_organization(actor, actor.organization_ref)
    row = next((each for each in rows if not each.name and each.currency == company.currency), None)
    fields = (
        Field("threshold", gettext("From an amount of"), "number",
              to_text(row.threshold, company.currency) if row else "", suffix=company.currency,
              is_narrow=True, help=gettext("Every order from this total on asks.")),
        Field("needed", gettext("How many decide"), "number", str(row.needed) if row else "1", is_narrow=True,
              help=gettext("This many of those who decide, in any order.")),
    )  # fmt: skip
    told = gettext("Set the amount for every order")
    return Form("plain-rule", reverse("buyer:set_plain_rule"), told, fields, summary=told)


@act
def add_rule(request: WorkspaceRequest) -> str:
    """Set a rule."""
    commands.keep_order_rule(request.actor, _written(request))
    return reverse("buyer:rules")


@act
def change_rule(request: WorkspaceRequest, ref: str) -> None:
    """Set a rule anew."""
    commands.keep_order_rule(request.actor, _written(request), ref)


def _written(request: WorkspaceRequest) -> NewOrderRule:
    values = request.POST
    company = queries.get_organization(request.actor, request.actor.organization_ref)
    pairs = [(values.get(f"approvers.{n}.person_ref", ""), values.get(f"approvers.{n}.deputy_ref", ""))
             for n in range(STEPS)]  # fmt: skip
    return NewOrderRule(
        name=values.get("name", ""),
        threshold=forms.amount(values, "threshold", company.currency, empty=0),
        scope=forms.choice(values, "scope", ["", *(path for path, _said in _categories())]),
        budget_code=values.get("budget_code", "").replace("/", "-"),
        cost_centre_ref=values.get("cost_centre_ref", ""),
        department_ref=values.get("department_ref", ""),
        approvers=tuple(pair for pair in pairs if any(pair)),
        needed=_whole(values.get("needed", "")),
        if_nobody=values.get("if_nobody", ""),
        position=_whole(values.get("position", "") or "0"),
    )


def _whole(text: str) -> int:
    number = forms.plain_number(text)
    return int(number) if number.isascii() and number.isdigit() and len(number) < 6 else -1


@act
def end_rule(request: WorkspaceRequest, ref: str) -> str:
    """Let a rule ask for nothing any more."""
    commands.end_order_rule(request.actor, ref)
    return reverse("buyer:rules")


@act
def set_plain_rule(request: WorkspaceRequest) -> None:
    """From which total every order asks."""
    actor, values = request.actor, request.POST
    company = queries.get_organization(actor, actor.organization_ref)
    commands.set_approval_rule(
        actor,
        organization_ref=company.ref,
        threshold=forms.amount(values, "threshold", company.currency),
        currency=company.currency,
        needed=_whole(values.get("needed", "")),
    )
