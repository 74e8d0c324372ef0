"""A company's own budgets: what its people may still order against a code."""

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import clean_text
from trivium.core.ids import new_ref
from trivium.core.money import check_limit
from trivium.core.time import now
from trivium.ledger import commands as ledger
from trivium.ledger import queries as balances
from trivium.ledger.rules import move
from trivium.parties import queries as parties
from trivium.parties.rules import check_currency


def budget_accounts(buyer_ref: str, code: str) -> tuple[str, str, str]:
    """The accounts of a budget: where it comes from, what is left of it, what was spent of it."""
    base = f"buyer/{buyer_ref}"
    return f"{base}/budget_granted/{code}", f"{base}/budget/{code}", f"{base}/budget_spent/{code}"


@act
def set_budget(actor: Actor, buyer_ref: str, code: str, amount: int, currency: str) -> None:
    """Set what is left of a budget (minor units). What orders hold of it stays held.

    Refuses: Denied("budget.set"), NotFound, BadAmount, BadCurrency, Overdrawn (less than what open orders hold).
    """
    actor.require("budget.set")
    check_limit(amount, check_currency(currency), field="amount")
    buyer = parties.get_organization(actor, buyer_ref)
    granted, left, _spent = budget_accounts(buyer.ref, clean_text(code, limit=40, field="code").replace("/", "-"))
    # Whoever sets the same budget at the same moment waits, so that the last one's figure stands.
    sql.rows("SELECT pg_advisory_xact_lock(hashtext(%s::text))", [left])
    change = amount - balances.balance(left, currency)
    posting = move(granted, left, change, currency)
    if posting:
        ledger.post(
            key=f"budget:{new_ref('bdg')}",
            subject=buyer.ref,
            purpose="budget",
            postings=[posting],
            at=now(),
            actor_ref=actor.ref,
        )
