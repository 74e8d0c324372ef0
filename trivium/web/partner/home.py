"""The partner's home."""

from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.lists import Wanted
from trivium.ordering import queries as ordering
from trivium.ordering.queries import WaitingRow, Work
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.earnings import earned
from trivium.web.shared.forms import Form
from trivium.web.shared.home import Task, home_page, order_tasks, statement_tasks
from trivium.web.shared.workspace import WorkspaceRequest

LOOKED_AT = 100


@page
def home(request: WorkspaceRequest) -> Shown:
    """What waits, what was earned, the news."""
    actor = request.actor
    works = ordering.worklist(actor) if actor.may("order.confirm_margin") else []
    rows = {row.supplier_order_ref: row for row in ordering.waiting_list(actor, Wanted(limit=LOOKED_AT)).rows}
    tasks = [
        _with_margin(task, rows.get(work.supplier_order_ref))
        for task, work in zip(order_tasks(actor, works, _form_of), works, strict=True)
    ]
    return home_page(request, [*tasks, *statement_tasks(actor)], earned(actor), all_work=reverse("partner:work"))


def _with_margin(task: Task, row: WaitingRow | None) -> Task:
    """With whose goods they are, and what is earned by them: that is what is confirmed."""
    if row is None:
        return task
    return replace(task, other=f"{task.other} · {row.supplier}", amount=row.figure, currency=row.currency)


def _form_of(work: Work) -> Form | None:
    url = reverse("partner:confirm_margin", args=[work.supplier_order_ref])
    return Form(f"confirm-{work.supplier_order_ref}", url, gettext("Confirm margin"), is_inline=True)
