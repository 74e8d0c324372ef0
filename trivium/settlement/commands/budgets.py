"""A company's own budgets: what its people may still order against a code."""

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.ids import new_ref
from trivium.core.money import check_limit
from trivium.core.time import now
from trivium.ledger import commands as ledger
from trivium.ledger import queries as balances
from trivium.ledger.errors import Overdrawn
from trivium.ledger.rules import move
from trivium.parties import commands as arranging
from trivium.parties import queries as parties
from trivium.parties.commands import BudgetTerms
from trivium.parties.rules import check_currency
from trivium.settlement.errors import BudgetHeld


def budget_accounts(buyer_ref: str, code: str) -> tuple[str, str, str]:
    """The accounts of a budget: where it comes from, what is left of it, what was spent of it."""
    base = f"buyer/{buyer_ref}"
    return f"{base}/budget_granted/{code}", f"{base}/budget/{code}", f"{base}/budget_spent/{code}"


@act
def set_budget(actor: Actor, buyer_ref: str, code: str, amount: int, currency: str) -> None:
    """Set what is left of a budget (minor units). What orders hold of it stays held.

    Refuses: Denied("budget.set"), NotFound, BadAmount, BadCurrency, BudgetHeld (less than what waiting orders hold).
    """
    actor.require("budget.set")
    check_limit(amount, check_currency(currency), field="amount")
    buyer = parties.get_organization(actor, buyer_ref)
    code = arranging.clean_budget_code(code)
    granted, left, _spent = budget_accounts(buyer.ref, code)
    # Whoever sets the same budget at the same moment waits, so that the last one's figure stands.
    sql.rows("SELECT pg_advisory_xact_lock(hashtext(%s::text))", [left])
    change = amount - balances.balance(left, currency)
    posting = move(granted, left, change, currency)
    if not posting:
        return
    try:
        ledger.post(
            key=f"budget:{new_ref('bdg')}",
            subject=buyer.ref,
            purpose="budget",
            postings=[posting],
            at=now(),
            actor_ref=actor.ref,
        )
    except Overdrawn as refused:
        raise BudgetHeld(code=code, field="amount") from refused


@act
def keep_budget(
    actor: Actor, buyer_ref: str, code: str, terms: BudgetTerms, *, amount: int | None, currency: str
) -> None:
    """Set for whom a budget is, when, and what is left of it (minor units); None leaves that as it is by now.

    The company is locked before the balance, down the steps.
    Refuses: what `set_budget` does, NotFound (cost centre, department), BudgetTooShort, TooManyInside.
    """
    arranging.arrange_budget(actor, buyer_ref, arranging.clean_budget_code(code), terms)
    if amount is not None:
        set_budget(actor, buyer_ref, code, amount, currency)
