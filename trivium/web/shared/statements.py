"""Statements and payouts, for those who get them and for the operator."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.i18n import gettext_noop as _
from trivium.ordering import queries as ordering
from trivium.parties import queries as parties
from trivium.parties.rules import OVER_LIMIT, OVER_MONTH
from trivium.settlement import commands, queries
from trivium.web.shared import words
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.export import FORMATS, file_of
from trivium.web.shared.filters import period
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.lists import Cell, Column, Empty, Filter, Listing, show_list
from trivium.web.shared.workspace import WorkspaceRequest


@page
def statements(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Statements, newest first."""
    actor = request.actor
    is_operator = actor.role == "operator"
    help_text = (
        gettext("Issue them above: each party with completed orders gets one.")
        if is_operator
        else gettext("The operator states each month what your completed orders earned; both sides confirm it.")
    )
    listing = Listing(
        "statements",
        gettext("Statements"),
        _statement_columns(actor.role),
        lambda wanted: queries.statement_list(actor, wanted),
        Empty(gettext("No statements yet."), help_text),
        (Filter("status", gettext("State"), [(s, words.word("status", s)) for s in ("issued", "closed")]),),
        gettext("Number or company"),
        icon="doc",
        context={"acts": _issue_forms(actor)},
    )
    return show_list(request, listing)


def _statement_columns(role: str) -> list[Column]:
    def party(row: Any) -> Cell:
        return Cell(row["party"]["name"], note=words.word("role", row["role"]))

    def days(row: Any) -> Cell:
        return Cell(period(row["period_start"], row["period_end"]))

    found = [
        Column("number", gettext("Number"),
               lambda row: Cell(row["number"], url=reverse(f"{role}:statement", args=[row["ref"]])), "number",
               is_kept=True),
        Column("party", gettext("Party"), party, sort="party"),
        Column("period", gettext("Period"), days, sort="period"),
        Column("state", gettext("State"), lambda row: Cell(chips=[(row["status"], "")]), "chips", is_kept=True),
        Column("confirm_by", gettext("Confirm by"), lambda row: Cell(row["confirm_by"]), "due"),
        Column("issued", gettext("Issued"), lambda row: Cell(row["issued_at"]), "when", "issued", is_shown=False),
        Column("total", gettext("Total"), lambda row: Cell(row["total"], currency=row["currency"]), "money", "total"),
    ]  # fmt: skip
    return found if role == "operator" else [column for column in found if column.key != "party"]


def _issue_forms(actor: Actor) -> tuple[Form, ...]:
    if actor.role != "operator":
        return ()
    fields = (
        Field("until", gettext("Everything before this day"), "date", is_narrow=True,
              help=gettext("Movements on this day and later wait for the next statement.")),
    )  # fmt: skip
    return (Form("issue", reverse("operator:issue_statements"), gettext("Issue statements"), fields, is_inline=True),)


@page
def statement(request: WorkspaceRequest, ref: str) -> Shown | HttpResponse:
    """A statement with every movement it states; with ?format=csv or xlsx, those as a file that sums to its total."""
    actor = request.actor
    found = queries.get_statement(actor, ref)
    found["lines"] = _with_orders(actor, found["lines"])
    if (kind := request.GET.get("format")) in FORMATS:
        return file_of(kind, found["number"], _movement_columns(found["currency"]), _movements(found))
    side = "operator" if actor.role == "operator" else "party"
    confirmed = {each["side"] for each in found["confirmations"]}
    form = None
    if found["status"] == "issued" and side not in confirmed and actor.may("statement.confirm"):
        url = reverse(f"{actor.role}:confirm_statement", args=[found["ref"]])
        form = Form("confirm-statement", url, gettext("Confirm statement"))
    elif found["payout"] and found["payout"]["status"] == "declined" and actor.may("payout.propose"):
        url = reverse("operator:propose_payout", args=[found["ref"]])
        form = Form("propose-payout", url, gettext("Propose the payout again"),
                    note=gettext("That is your word for it: when one other person approves it, it is sent."),
                    )  # fmt: skip
    return Shown("shared/statement.html", {"statement": found, "form": form})


def _movements(found: dict[str, Any]) -> list[dict[str, Any]]:
    """What a statement sums up: what it carries over, if anything, and every movement."""
    carried = {"at": None, "order": None, "said": gettext("Carried over"), "amount": found["opening"]}
    moved = [{**line, "said": words.word("purpose", line["purpose"])} for line in found["lines"]]
    return [carried, *moved] if found["opening"] else moved


def _movement_columns(currency: str) -> list[Column]:
    return [
        Column("when", gettext("When"), lambda row: Cell(row["at"]), "when"),
        Column("order", gettext("Order"), lambda row: Cell(row["order"]["number"] if row["order"] else ""), "number"),
        Column("what", gettext("What"), lambda row: Cell(row["said"])),
        Column("amount", gettext("Amount"), lambda row: Cell(row["amount"], currency=currency), "money"),
    ]


def _with_orders(actor: Actor, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each movement with the order it comes from."""
    places = ordering.orders_of_parts(actor, [each["subject"] for each in lines])
    return [{**each, "order": places.get(each["subject"])} for each in lines]


@act
def confirm_statement(request: WorkspaceRequest, ref: str) -> None:
    """Confirm a statement for one's side."""
    commands.confirm_statement(request.actor, ref)


@page
def payouts(request: WorkspaceRequest) -> Shown | HttpResponse:
    """Payouts, newest first; the operator's people approve them here."""
    actor = request.actor
    is_operator = actor.role == "operator"
    note = gettext("A payout is sent on the word of two people; one decline keeps the money payable. Whoever proposes "
                   "it again has given one of the two words.")  # fmt: skip
    listing = Listing(
        "payouts",
        gettext("Payouts"),
        _payout_columns(actor),
        lambda wanted: queries.payout_list(actor, wanted),
        Empty(gettext("No payouts yet."),
              gettext("When both sides have confirmed a statement, its payout stands here.")),
        (Filter("status", gettext("State"), [(s, words.word("status", s)) for s in ("proposed", "sent", "declined")]),),
        gettext("Company") if is_operator else "",
        help=note if is_operator else "",
        icon="wallet",
    )  # fmt: skip
    return show_list(request, listing)


def _payout_columns(actor: Actor) -> list[Column]:
    is_operator = actor.role == "operator"
    waiting = {str(each["subject"]): each for each in parties.approvals_waiting(actor)} if is_operator else {}

    def forms(row: Any) -> Cell:
        words = decide_forms(actor, waiting[row["ref"]]) if row["ref"] in waiting else ()
        return Cell(forms=words[1:] if row["account_moved"] else words)  # to decline is all that is left

    def statement(row: Any) -> Cell:
        its = row["statement"]
        return Cell(its["number"], url=reverse(f"{actor.role}:statement", args=[its["ref"]]))

    def states(row: Any) -> list[tuple[str, str]]:
        return [(row["status"], ""), *([("account_moved", "")] if row["account_moved"] else [])]

    found = [
        Column("party", gettext("Party"), lambda row: Cell(row["party"]["name"], note=words.word("role", row["role"])),
               sort="party", is_kept=True),
        Column("statement", gettext("Statement"), statement, "number"),
        Column("account", gettext("Bank account"), lambda row: Cell(row["account"], note=row["account_holder"])),
        Column("proposed", gettext("Proposed"), lambda row: Cell(row["proposed_at"]), "when", "proposed"),
        Column("sent", gettext("Sent on"), lambda row: Cell(row["sent_at"]), "when", "sent", is_shown=not is_operator),
        Column("state", gettext("State"), lambda row: Cell(chips=states(row)), "chips", is_kept=True),
        Column("amount", gettext("Amount"), lambda row: Cell(row["amount"], currency=row["currency"]), "money",
               "amount"),
        Column("do", "", forms, "do", is_kept=True),
    ]  # fmt: skip
    return found if is_operator else [column for column in found if column.key not in ("party", "do")]


_OWN = {OVER_LIMIT: _("own limit of an order"), OVER_MONTH: _("own limit of a month")}


def rules_in_words(names: Sequence[str]) -> str:
    """The rules that ask for an approval, by their names; the limits of a person in words."""
    return gettext(", ").join(gettext(_OWN[each]) if each in _OWN else each for each in names)


def decide_forms(actor: Actor, approval: dict[str, object]) -> tuple[Form, ...]:
    """The two words one can give on an approval."""
    if not actor.may("approval.decide") or not approval["is_turn"]:
        return ()
    ref = str(approval["ref"])
    url = reverse(f"{actor.role}:decide", args=[ref])
    yes, no = (Field("yes", kind="hidden", value="1"),), (Field("yes", kind="hidden", value="0"),)
    why = rules_in_words(str(approval["why"]).split(", "))
    note = gettext("Asked by: %(rules)s") % {"rules": why} if why else ""
    return (
        Form(f"approve-{ref}", url, gettext("Approve"), yes, is_inline=True, note=note),
        Form(f"decline-{ref}", url, gettext("Decline"), no, tone="quiet", is_inline=True),
    )
