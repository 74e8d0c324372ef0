"""What waits on supplier orders, as a list: for many at once, where a home shows only the first."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.lists import Found, Wanted
from trivium.ordering import queries as ordering
from trivium.web.shared import words
from trivium.web.shared.lists import Bulk, Cell, Column, Empty, Filter, Listing

FIGURE = {"supplier": "supplier_net", "partner": "commission"}


def work_listing(actor: Actor, bulk: Bulk | None) -> Listing:
    """The worklist of a supplier or partner, with the act that can be done on many rows, if the reader may."""

    def fetch(wanted: Wanted) -> Found:
        return ordering.waiting_list(actor, wanted)

    acts = [(act, words.word("task", act)) for act in ordering.waiting_acts(actor)]
    return Listing(
        "work",
        gettext("What waits for you"),
        _columns(actor.role),
        fetch,
        Empty(gettext("Nothing waits for you."),
              gettext("Orders stand here from the moment they ask something of you.")),
        (Filter("act", gettext("Act"), acts),) if len(acts) > 1 else (),
        gettext("Number or company"),
        "due",
        icon="check",
        bulk=bulk,
    )  # fmt: skip


def _columns(role: str) -> list[Column]:
    def order(row: Any) -> Cell:
        return Cell(row.order_number, url=reverse(f"{role}:order", args=[row.order_ref]))

    found = [
        Column("order", gettext("Order"), order, "number", "order", is_kept=True),
        Column("act", gettext("Act"), lambda row: Cell(words.word("task", row.act)), is_kept=True),
        Column("buyer", gettext("Buyer"), lambda row: Cell(row.buyer), sort="buyer"),
        Column("supplier", gettext("Supplier"), lambda row: Cell(row.supplier), sort="supplier",
               is_shown=role != "supplier"),
        Column("due", gettext("Due"), lambda row: Cell(row.due_at), "due", "due"),
        Column("lines", gettext("Lines"), lambda row: Cell(row.lines), "quantity"),
        Column("figure", words.word("figure", FIGURE[role]), lambda row: Cell(row.figure, currency=row.currency),
               "money"),
    ]  # fmt: skip
    return [column for column in found if role != "supplier" or column.key != "supplier"]


def names_of_parts(actor: Actor, refs: Any) -> dict[str, tuple[str, str]]:
    """What supplier orders are called, and where they are seen."""
    found = ordering.orders_of_parts(actor, list(refs))
    return {ref: (its["number"], reverse(f"{actor.role}:order", args=[its["ref"]])) for ref, its in found.items()}
