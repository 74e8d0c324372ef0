"""Statements and payouts as lists show them."""

from typing import Any

from django.db.models import Count, Q

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.lists import Found, Wanted, cut
from trivium.settlement.models import Payout, Statement, StatementConfirmation
from trivium.settlement.queries.books import payout_rows, statement_rows

_WAITING = """
SELECT count(*) FROM (
    SELECT FROM settlement_statement s
    WHERE s.id = ANY (%(mine)s::bigint[]) AND NOT EXISTS (
        SELECT FROM settlement_statementconfirmation c WHERE c.statement_id = s.id
        AND c.side IN (%(side)s::text, 'deadline'))
) AS waiting
"""
LOOKED_AT = 99


def statements_waiting(actor: Actor) -> int:
    """How many of the newest statements wait for this side's confirmation. Two statements."""
    mine = Statement.objects.visible_to(actor).order_by("-id").values_list("id", flat=True)[:LOOKED_AT]
    side = "operator" if actor.is_system or actor.is_role("operator") else "party"
    return int(sql.rows(_WAITING, {"mine": list(mine), "side": side})[0][0])


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
