"""Statements and payouts, for those who get them and for the operator."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.ordering import queries as ordering
from trivium.parties import queries as parties
from trivium.settlement import commands, queries
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.orders import ROWS, number
from trivium.web.shared.workspace import WorkspaceRequest


@page
def statements(request: WorkspaceRequest) -> Shown:
    """Statements, newest first."""
    before = number(request.GET.get("before"))
    rows = queries.statements_of(request.actor, before_id=before, limit=ROWS + 1)
    older = rows[ROWS - 1]["id"] if len(rows) > ROWS else None
    return Shown("shared/statements.html", {"statements": rows[:ROWS], "older": older, **_issue_form(request.actor)})


def _issue_form(actor: Actor) -> dict[str, Any]:
    if actor.role != "operator":
        return {}
    fields = (Field("until", gettext("Everything before this day"), "date", is_narrow=True),)
    form = Form("issue", reverse("operator:issue_statements"), gettext("Issue statements"), fields, is_inline=True)
    return {"issue": form}


@page
def statement(request: WorkspaceRequest, ref: str) -> Shown:
    """A statement with every movement it states."""
    actor = request.actor
    found = queries.get_statement(actor, ref)
    found["lines"] = _with_orders(actor, found["lines"])
    side = "operator" if actor.role == "operator" else "party"
    confirmed = {each["side"] for each in found["confirmations"]}
    form = None
    if found["status"] == "issued" and side not in confirmed and actor.may("statement.confirm"):
        url = reverse(f"{actor.role}:confirm_statement", args=[found["ref"]])
        form = Form("confirm-statement", url, gettext("Confirm statement"))
    return Shown("shared/statement.html", {"statement": found, "form": form})


def _with_orders(actor: Actor, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each movement with the order it comes from."""
    places = ordering.orders_of_parts(actor, [each["subject"] for each in lines])
    return [{**each, "order": places.get(each["subject"])} for each in lines]


@act
def confirm_statement(request: WorkspaceRequest, ref: str) -> None:
    """Confirm a statement for one's side."""
    commands.confirm_statement(request.actor, ref)


@page
def payouts(request: WorkspaceRequest) -> Shown:
    """Payouts, newest first; the operator's people approve them here."""
    actor = request.actor
    before = number(request.GET.get("before"))
    rows = queries.payouts_of(actor, before_id=before, limit=ROWS + 1)
    older = rows[ROWS - 1]["id"] if len(rows) > ROWS else None
    waiting = {str(each["subject"]): each for each in parties.approvals_waiting(actor)}
    for row in rows:
        approval = waiting.get(row["ref"])
        row["forms"] = decide_forms(actor, approval) if approval else ()
    return Shown("shared/payouts.html", {"payouts": rows[:ROWS], "older": older})


def decide_forms(actor: Actor, approval: dict[str, object]) -> tuple[Form, ...]:
    """The two words one can give on an approval."""
    if not actor.may("approval.decide") or approval["mine"] or approval["voted"]:
        return ()
    ref = str(approval["ref"])
    url = reverse(f"{actor.role}:decide", args=[ref])
    yes, no = (Field("yes", kind="hidden", value="1"),), (Field("yes", kind="hidden", value="0"),)
    return (
        Form(f"approve-{ref}", url, gettext("Approve"), yes, is_inline=True),
        Form(f"decline-{ref}", url, gettext("Decline"), no, tone="quiet", is_inline=True),
    )
