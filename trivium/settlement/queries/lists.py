"""Statements and payouts as lists show them."""

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.settlement.models import Statement

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
