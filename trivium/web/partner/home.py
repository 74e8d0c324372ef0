"""The partner's home."""

from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.ordering import queries as ordering
from trivium.ordering.queries import Work
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.earnings import earned
from trivium.web.shared.forms import Form
from trivium.web.shared.home import home_page, order_tasks, statement_tasks
from trivium.web.shared.workspace import WorkspaceRequest

LOOKED_AT = 100


@page
def home(request: WorkspaceRequest) -> Shown:
    """What waits, what was earned, the news."""
    actor = request.actor
    suppliers = _suppliers(actor)
    may = actor.may("order.confirm_margin")
    works = ordering.worklist(actor) if may else []
    tasks = [
        replace(task, other=f"{task.other} · {suppliers[work.supplier_order_ref]}")
        if work.supplier_order_ref in suppliers
        else task
        for task, work in zip(order_tasks(actor, works, _form_of), works, strict=True)
    ]
    return home_page(request, [*tasks, *statement_tasks(actor)], earned(actor), all_work=reverse("partner:work"))


def _suppliers(actor: Actor) -> dict[str, str]:
    """Whose goods the waiting supplier orders are."""
    waiting = ordering.orders_of(actor, limit=LOOKED_AT, status="submitted")
    return {part["ref"]: part["supplier"]["name"] for order in waiting for part in order["supplier_orders"]}


def _form_of(work: Work) -> Form | None:
    url = reverse("partner:confirm_margin", args=[work.supplier_order_ref])
    return Form(f"confirm-{work.supplier_order_ref}", url, gettext("Confirm margin"), is_inline=True)
