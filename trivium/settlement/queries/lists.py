"""Statements, payouts and refunds as lists show them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from trivium.core.actor import Actor
from trivium.core.ids import business_number, number_of
from trivium.core.lists import Found, Wanted, cut
from trivium.core.waiting import Waiting
from trivium.ordering import queries as orders
from trivium.settlement.models import Payout, Refund, Statement, StatementConfirmation
from trivium.settlement.queries.books import payout_rows, statement_rows


def _waiting_statements(actor: Actor) -> list[Any]:
    side = "operator" if actor.is_role("operator") else "party"
    said = StatementConfirmation.objects.filter(side__in=[side, "deadline"]).values("statement_id")
    return [Statement.objects.visible_to(actor).exclude(pk__in=said)]


STATEMENTS_WAITING = Waiting(_waiting_statements)
"""The statements that wait for this side's confirmation."""


def statement_numbers(actor: Actor, refs: Sequence[str]) -> dict[str, str]:
    """The numbers of visible statements by reference, in one statement."""
    return dict(Statement.objects.visible_to(actor).filter(ref__in=list(refs)).values_list("ref", "number"))


def payout_numbers(actor: Actor, refs: Sequence[str]) -> dict[str, str]:
    """The numbers of the statements that visible payouts pay, by the payout's reference, in one statement."""
    return dict(Payout.objects.visible_to(actor).filter(ref__in=list(refs)).values_list("ref", "statement__number"))


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund as a list shows it. `amount` is the buyer's money; None for whom it is not to be seen."""

    ref: str
    order_ref: str
    order_number: str
    buyer: str
    supplier: str
    kind: str
    amount: int | None
    currency: str
    reason: str
    after_completion: bool
    at: dt.datetime


_REFUND = (
    "ref", "supplier_order__order__ref", "supplier_order__order_id", "supplier_order__buyer__name",
    "supplier_order__supplier__name", "kind", "amount", "currency", "reason", "after_completion", "at",
)  # fmt: skip
_REFUND_SORTS = {"at": "at", "buyer": "supplier_order__buyer__name", "supplier": "supplier_order__supplier__name"}


def refund_list(actor: Actor, wanted: Wanted) -> Found:
    """Refunds of orders this workspace may see. Filter: kind. Two statements.

    Text is looked for in order numbers, reasons and the names of buyer and supplier.
    """
    found = Refund.objects.filter(supplier_order_id__in=orders.visible_parts(actor))
    if wanted.filters.get("kind"):
        found = found.filter(kind=wanted.filters["kind"])
    if text := wanted.text:
        named = Q(supplier_order__buyer__name__icontains=text) | Q(supplier_order__supplier__name__icontains=text)
        found = found.filter(named | Q(reason__icontains=text) | Q(supplier_order__order_id=number_of(text, "O")))
    hidden = actor.is_role("supplier")
    page, count, is_more = cut(found, wanted, _REFUND_SORTS if hidden else {**_REFUND_SORTS, "amount": "amount"})
    return Found([_refund_row(row, hidden) for row in page.values_list(*_REFUND)], count, is_more)


def _refund_row(row: Sequence[Any], hidden: bool) -> RefundRow:
    ref, order_ref, order_id, buyer, supplier, kind, amount, *rest = row
    number, shown = business_number("O", order_id), None if hidden else amount
    return RefundRow(ref, order_ref, number, buyer, supplier, kind, shown, *rest)


_SORTS = {"issued": "issued_at", "total": "total", "party": "party__name", "period": "period_end"}
_PAYOUT_SORTS = {"proposed": "proposed_at", "amount": "amount", "party": "party__name", "sent": "sent_at"}


def statement_list(actor: Actor, wanted: Wanted) -> Found:
    """Statements this workspace may see. Filter: status (issued, closed). Text: the number or the party's name."""
    found = Statement.objects.visible_to(actor)
    status = wanted.filters.get("status")
    if status in ("issued", "closed"):
        found = found.filter(pk__in=_closed()) if status == "closed" else found.exclude(pk__in=_closed())
    if wanted.text:
        found = found.filter(number__icontains=wanted.text) | found.filter(party__name__icontains=wanted.text)
    page, count, is_more = cut(found, wanted, _SORTS)
    return Found(statement_rows(list(page)), count, is_more)


def _closed() -> Any:
    """Keys of statements that both sides, or the deadline, have confirmed."""
    votes = StatementConfirmation.objects.values("statement_id").annotate(
        sides=Count("id"), late=Count("id", filter=Q(side="deadline"))
    )
    return votes.filter(Q(sides__gte=2) | Q(late__gte=1)).values("statement_id")


def payout_list(actor: Actor, wanted: Wanted) -> Found:
    """Payouts this workspace may see. Filter: status (proposed, sent, declined). Text: the party's name."""
    found = Payout.objects.visible_to(actor)
    if wanted.filters.get("status") in ("proposed", "sent", "declined"):
        found = found.filter(status=wanted.filters["status"])
    if wanted.text:
        found = found.filter(party__name__icontains=wanted.text)
    page, count, is_more = cut(found, wanted, _PAYOUT_SORTS)
    return Found(payout_rows(actor, page), count, is_more)
