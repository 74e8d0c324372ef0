"""The supplier's home."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.core.actor import Actor
from trivium.core.lists import Wanted
from trivium.core.time import business_day, now
from trivium.ordering import queries as ordering
from trivium.ordering.queries import Work
from trivium.shelf import queries as shelf
from trivium.web.shared.acting import Shown, page
from trivium.web.shared.earnings import earned
from trivium.web.shared.filters import qty, word
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.home import Trouble, home_page, order_tasks, statement_tasks
from trivium.web.shared.workspace import WorkspaceRequest

USUAL_DAYS = 2


@page
def home(request: WorkspaceRequest) -> Shown:
    """What waits, what was earned, the news."""
    actor = request.actor
    tasks = [*order_tasks(actor, ordering.worklist(actor), _form_of), *statement_tasks(actor)]
    return home_page(request, tasks, earned(actor), _low(actor), reverse("supplier:work"))


def _low(actor: Actor) -> list[Trouble]:
    """Goods on sale of which too little is left."""
    wanted = Wanted({"state": "low"}, sort="newest", descending=True, limit=3)
    found = shelf.offer_list(actor, wanted, language=get_language() or "en")
    troubles = [
        Trouble(offer.name, reverse("supplier:product", args=[offer.product_ref]),
                gettext("%(left)s %(unit)s left") % {"left": qty(offer.available), "unit": word(offer.unit, "unit")},
                "box")
        for offer in found.rows
    ]  # fmt: skip
    if found.count > len(troubles):
        more = gettext("%(count)s goods run low") % {"count": found.count}
        troubles.append(Trouble(more, f"{reverse('supplier:products')}?state=low", "", "box"))
    return troubles


def _form_of(work: Work) -> Form | None:
    if work.act != "confirm_supply":
        return None
    url = reverse("supplier:confirm", args=[work.supplier_order_ref])
    fields = (ship_date_field(),)
    return Form(f"confirm-{work.supplier_order_ref}", url, gettext("Confirm in full"), fields, is_inline=True)


def ship_date_field() -> Field:
    """When the goods will leave: the day after tomorrow unless something else is written."""
    usual = business_day(now() + dt.timedelta(days=USUAL_DAYS))
    return Field("ship_date", gettext("Ship date"), "date", usual.isoformat(), is_narrow=True,
                 help=gettext("The day the goods leave you; the buyer is told it."))
