"""The partner's home."""

from django.urls import reverse
from django.utils.translation import gettext

from trivium.ordering.queries import Work
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.earnings import earned
from trivium.web.shared.forms import Form
from trivium.web.shared.home import home_page, order_tasks, statement_tasks
from trivium.web.shared.workspace import WorkspaceRequest


@page
def home(request: WorkspaceRequest) -> Shown:
    """What waits, what was earned, the news."""
    actor = request.actor
    return home_page(actor, [*order_tasks(actor, _form_of), *statement_tasks(actor)], earned(actor))


def _form_of(work: Work) -> Form | None:
    url = reverse("partner:confirm_margin", args=[work.supplier_order_ref])
    return Form(f"confirm-{work.supplier_order_ref}", url, gettext("Confirm margin"), is_inline=True)
