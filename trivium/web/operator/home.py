"""The operator's home."""

from collections.abc import Sequence
from dataclasses import replace

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
from trivium.web.shared.home import Figure, Task, home_page, order_tasks, statement_tasks
from trivium.web.shared.statements import decide_forms
from trivium.web.shared.workspace import WorkspaceRequest


@page
def home(request: WorkspaceRequest) -> Shown:
    """Objections, transfers, statements and payouts that wait; what the platform earned; the news."""
    actor = request.actor
    works = _transfers_whole(ordering.worklist(actor))
    tasks = [*order_tasks(actor, works, _form_of), *statement_tasks(actor), *_payout_tasks(actor)]
    return home_page(request, tasks, _figures(actor))


def _transfers_whole(works: Sequence[Work]) -> list[Work]:
    """An order is paid by one transfer, however many suppliers it has."""
    found: dict[tuple[str, str], Work] = {}
    for work in works:
        key = (work.act, work.order_ref if work.act == "record_transfer" else work.supplier_order_ref)
        first = found.get(key)
        found[key] = replace(work, amount=(first.amount or 0) + (work.amount or 0)) if first else work
    return list(found.values())


def _form_of(work: Work) -> Form | None:
    return None


def _payout_tasks(actor: Actor) -> list[Task]:
    waiting = {str(each["subject"]): decide_forms(actor, each) for each in parties.approvals_waiting(actor)}
    if not any(waiting.values()):
        return []
    return [
        Task("approve_payout", "", reverse("operator:payouts"), row["party"]["name"], None, row["amount"],
             row["currency"], waiting[row["ref"]][0])
        for row in settlement.payouts_of(actor, limit=50)
        if waiting.get(row["ref"])
    ]  # fmt: skip


def _figures(actor: Actor) -> list[Figure]:
    currency = parties.get_organization(actor, actor.organization_ref).currency
    found = ledger.balances(["operator/fees", "operator/promotions"], currency)
    owed = sum(row["amount"] for row in settlement.open_accounts(actor) if row["currency"] == currency)
    spent = found["operator/promotions"]
    return [
        Figure(gettext("Platform fees"), found["operator/fees"], currency, gettext("Earned on completed orders.")),
        Figure(gettext("Spent on promotions"), spent, currency, gettext("Paid for completed orders.")),
        Figure(gettext("Owed on account"), owed, currency, gettext("By all buyers, not yet paid.")),
    ]
