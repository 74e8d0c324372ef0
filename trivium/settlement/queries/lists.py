"""Statements and payouts as lists show them."""

from typing import Any

from django.db.models import Count, Q

from trivium.core.actor import Actor
from trivium.core.lists import Found, Wanted, cut
from trivium.settlement.models import Payout, Statement, StatementConfirmation
from trivium.settlement.queries.books import payout_rows, statement_rows

COUNTED = 99


def statements_waiting(actor: Actor) -> int:
    """How many statements wait for this side's confirmation, counted up to 99. One statement."""
    side = "operator" if actor.is_system or actor.is_role("operator") else "party"
    said = StatementConfirmation.objects.filter(side__in=[side, "deadline"]).values("statement_id")
    return int(Statement.objects.visible_to(actor).exclude(pk__in=said)[:COUNTED].count())


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
    return Found(payout_rows(page), count, is_more)
