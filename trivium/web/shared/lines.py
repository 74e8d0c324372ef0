"""Forms that ask something of each line of a supplier order, and how they are read."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from trivium.core.errors import Refusal
from trivium.ordering import queries as ordering
from trivium.settlement import commands as settlement
from trivium.settlement.rules import RefundItem
from trivium.web.shared import forms
from trivium.web.shared.acting import act
from trivium.web.shared.filters import qty, word, words_in
from trivium.web.shared.forms import Field, Form, Row, written
from trivium.web.shared.workspace import WorkspaceRequest

Facts = Mapping[str, Any]


def reason_field(help_text: str = "") -> Field:
    """Why: words that stay with the order."""
    help_text = help_text or gettext("Stays with the order; everybody concerned can read it.")
    return Field("reason", gettext("Reason"), "textarea", limit=500, help=help_text)


def line_rows(lines: Sequence[Facts], *fields: Any) -> tuple[Row, ...]:
    """A row for each line, with its reference hidden in it; `fields` make theirs from (name, line)."""
    rows = []
    for i, line in enumerate(lines):
        hidden = Field(f"lines.{i}.line_ref", kind="hidden", value=line["ref"])
        own = tuple(make(f"lines.{i}", line) for make in fields)
        rows.append(Row(words_in(line["name"]), line["code"], (hidden, *own)))
    return tuple(rows)


def quantity_field(name: str, line: Facts, key: str, help_text: str) -> Field:
    """How much of a line, as much as there is unless something else is written."""
    unit = word(line["unit"], "unit")
    note = gettext("of %(quantity)s") % {"quantity": qty(line[key])}
    return Field(f"{name}.quantity", gettext("Quantity"), "number", value=written(line[key]), suffix=f"{note} {unit}",
                 is_narrow=True, help=help_text)  # fmt: skip


def at_row(refusal: Refusal, rows: Sequence[int]) -> Refusal:
    """A refusal of the n-th line that was sent, at the row of the form it came from."""
    first, _, rest = (refusal.field or "").partition(".")
    position, _, name = rest.partition(".")
    if first == "lines" and position.isdigit() and int(position) < len(rows):
        refusal.field = f"lines.{rows[int(position)]}.{name}"
    return refusal


# -- refunds, which supplier and operator grant alike ----------------------------------------------------------------


def refund_form(role: str, part: Facts, currency: str) -> Form:
    """Give goods or money back."""
    rows = line_rows(
        part["lines"],
        lambda name, line: Field(f"{name}.quantity", gettext("Came back"), "number", required=False, is_narrow=True,
                                 help=gettext("Goods that are with the supplier again."),
                                 suffix=word(line["unit"], "unit")),
        lambda name, line: Field(f"{name}.unshipped", gettext("Will not be sent"), "number", required=False,
                                 is_narrow=True, help=gettext("Goods that never left, and will not."),
                                 suffix=word(line["unit"], "unit")),
        lambda name, line: Field(f"{name}.amount", gettext("Money only"), "number", required=False, is_narrow=True,
                                 suffix=currency, help=gettext("A price cut without goods coming back.")),
    )  # fmt: skip
    fields = (
        Field("freight", gettext("Freight back"), "number", required=False, is_narrow=True, suffix=currency,
              help=gettext("Only where the supplier or carrier was at fault.")),
        Field("restock", gettext("Goods that came back go on the shelf again"), "checkbox", "1", required=False,
              help=gettext("Untick it for goods that cannot be sold any more.")),
        Field("by_choice", gettext("Nothing was wrong with the goods: the buyer chose to return them"), "checkbox",
              required=False,
              help=gettext("A discount whose threshold the kept goods no longer reach is then deducted.")),
        reason_field(),
    )
    url = reverse(f"{role}:refund", args=[part["ref"]])
    note = gettext("For each line: how much came back, how much will never be sent, or an amount without goods.")
    return Form(f"refund-{part['ref']}", url, gettext("Refund"), fields, rows, "quiet", gettext("Refund"), note)


@act
def refund(request: WorkspaceRequest, ref: str) -> None:
    """Give goods or money of a supplier order back to its buyer."""
    values = request.POST
    currency = ordering.get_part(request.actor, ref).currency
    items, rows = [], []
    for i in forms.numbered(values, "line_ref"):
        for name in ("quantity", "unshipped", "amount"):
            if forms.plain_number(values.get(f"lines.{i}.{name}", "")):
                items.append(_item(values, i, name, currency))
                rows.append((i, name))
    freight = forms.amount(values, "freight", currency, empty=0)
    try:
        settlement.refund(
            request.actor,
            ref,
            items,
            freight=freight,
            reason=values.get("reason", ""),
            restock=bool(values.get("restock")),
        )
    except Refusal as refusal:
        first, _, rest = (refusal.field or "").partition(".")
        position = rest.partition(".")[0]
        if first == "lines" and position.isdigit():
            refusal.field = "lines.{}.{}".format(*rows[int(position)])
        raise


def _item(values: Mapping[str, str], i: int, name: str, currency: str) -> RefundItem:
    line_ref = values[f"lines.{i}.line_ref"]
    by_choice = bool(values.get("by_choice")) and name == "quantity"
    if name == "amount":
        return RefundItem(line_ref, amount=forms.amount(values, f"lines.{i}.amount", currency))
    quantity = forms.quantity(values, f"lines.{i}.{name}")
    return RefundItem(line_ref, quantity=quantity, unshipped=name == "unshipped", by_choice=by_choice)
