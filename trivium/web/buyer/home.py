"""The buyer's home."""

from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.ledger import queries as ledger
from trivium.ordering import queries as ordering
from trivium.ordering.queries import Work
from trivium.parties import queries as parties
from trivium.settlement import queries as settlement
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.forms import Form
from trivium.web.shared.home import Figure, Task, home_page, order_tasks
from trivium.web.shared.statements import decide_forms
from trivium.web.shared.workspace import WorkspaceRequest

LOOKED_AT = 100


@page
def home(request: WorkspaceRequest) -> Shown:
    """Approvals, payments and goods that wait; what is owed; the news."""
    actor = request.actor
    tasks = [*_approvals(actor), *_to_pay_and_sign(actor)]
    return home_page(request, tasks, _figures(actor))


def _approvals(actor: Actor) -> list[Task]:
    """Orders of colleagues that wait for this person's word."""
    turns = [each for each in parties.approvals_waiting(actor) if each["is_turn"]][:LOOKED_AT]
    waiting = {str(each["subject"]): (str(each["asked_by"]), decide_forms(actor, each)) for each in turns}
    rows = ordering.orders_of(actor, limit=LOOKED_AT, refs=list(waiting)) if waiting else []
    return [
        Task("approve", row["number"], reverse("buyer:order", args=[row["ref"]]),
             " · ".join(filter(None, [waiting[row["ref"]][0], row["po_number"]])), row["approve_by"], row["total"],
             row["currency"], waiting[row["ref"]][1][0])
        for row in reversed(rows)
        if row["approval"] == "waiting"
    ]  # fmt: skip


def _to_pay_and_sign(actor: Actor) -> list[Task]:
    """An order is paid once, however many suppliers it has; what is on account is not asked for here."""
    methods = {
        row["ref"]: row["payment_method"] for row in ordering.orders_of(actor, limit=LOOKED_AT, status="confirmed")
    }
    amounts: dict[str, int] = {}
    works = ordering.worklist(actor)
    for work in works:
        if work.act == "pay":
            amounts[work.order_ref] = amounts.get(work.order_ref, 0) + (work.amount or 0)
    seen: set[str] = set()
    tasks = []
    for task, work in zip(order_tasks(actor, works, _no_form), works, strict=True):
        if work.act == "pay" and (methods.get(work.order_ref) == "on_account" or work.order_ref in seen):
            continue
        amount = amounts[work.order_ref] if work.act == "pay" else None
        form = None
        if work.act == "pay":
            seen.add(work.order_ref)
            if methods.get(work.order_ref) == "prepaid":
                form = pay_form(work.order_ref)
        tasks.append(
            Task(task.act, task.name, task.url, task.other if work.act == "sign" else "", task.due_at, amount,
                 task.currency, form, late_after=task.late_after)
        )  # fmt: skip
    return tasks


def _no_form(work: Work) -> None:
    return None


def pay_form(order_ref: str) -> Form:
    """Pay what is due for an order, online."""
    return Form(f"pay-{order_ref}", reverse("buyer:pay", args=[order_ref]), gettext("Pay"), is_inline=True)


def _figures(actor: Actor) -> list[Figure]:
    currency = parties.get_organization(actor, actor.organization_ref).currency
    account = f"buyer/{actor.organization_ref}/receivable"
    owed = sum(row["amount"] for row in settlement.open_accounts(actor) if row["currency"] == currency)
    left = ledger.available(account, currency)
    figures = [Figure(gettext("Owed on account"), owed, currency, gettext("For released orders, not yet paid."))]
    if left:
        figures.append(Figure(gettext("Credit left"), left, currency, gettext("What can still be ordered on account.")))
    return figures
