"""A company's own budgets: what its people may still order against a code."""

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Empty
from trivium.core.ids import new_ref
from trivium.core.money import check_limit
from trivium.core.time import now
from trivium.ledger import commands as ledger
from trivium.ledger import queries as balances
from trivium.ledger.errors import Overdrawn
from trivium.ledger.rules import move
from trivium.ordering import commands as ordering
from trivium.parties import commands as arranging
from trivium.parties import queries as parties
from trivium.parties.commands import BudgetTerms
from trivium.parties.rules import Renewal, check_currency
from trivium.settlement.errors import BudgetHeld


def budget_accounts(buyer_ref: str, path: str) -> tuple[str, str, str]:
    """The accounts of a budget or a period of it: where it comes from, what is left of it, what was spent of it."""
    base = f"buyer/{buyer_ref}"
    return f"{base}/budget_granted/{path}", f"{base}/budget/{path}", f"{base}/budget_spent/{path}"


@act
def set_budget(actor: Actor, buyer_ref: str, code: str, amount: int, currency: str) -> None:
    """Set what is left of a budget (minor units), or of one that renews, what there is for this period in all. What
    orders hold of it stays held.

    Refuses: Denied("budget.set"), NotFound, BadAmount, BadCurrency, TooManyInside, BudgetHeld (less than what waiting
    orders hold, or with what was spent, in this period).
    """
    actor.require("budget.set")
    check_limit(amount, check_currency(currency), field="amount")
    buyer = parties.get_organization(actor, buyer_ref)
    code = arranging.clean_budget_code(code)
    # Whoever sets the same budget at the same moment waits here, so that the last one's figure stands.
    arranging.found_budget(actor, buyer.ref, code)
    (budget,) = parties.budget_rows(buyer.id, None, code, held=True)
    at = now()
    granted, left, _spent = budget_accounts(buyer.ref, ordering.open_budget_period(buyer.ref, budget, currency, at))
    renews = budget.renews != Renewal.ONCE
    change = amount + balances.balance(granted, currency) if renews else amount - balances.balance(left, currency)
    posting = move(granted, left, change, currency)
    if not posting:
        return
    try:
        ledger.post(
            key=f"budget:{new_ref('bdg')}",
            subject=buyer.ref,
            purpose="budget",
            postings=[posting],
            at=at,
            actor_ref=actor.ref,
        )
    except Overdrawn as refused:
        raise BudgetHeld(code=code, field="amount") from refused


@act
def keep_budget(
    actor: Actor, buyer_ref: str, code: str, terms: BudgetTerms, *, amount: int | None, currency: str
) -> None:
    """Set for whom a budget is, when, and what is left of it (minor units), or where it renews what each period begins
    with. None leaves what is left as it is by now; one that renews needs its amount.

    Refuses: what `set_budget` does, NotFound (cost centre, department), BudgetTooShort, BadRenewal, Empty.
    """
    actor.require("budget.set")
    if amount is None and terms.renews != Renewal.ONCE:
        raise Empty(field="amount")
    check_limit(amount or 0, check_currency(currency), field="amount")
    code = arranging.clean_budget_code(code)
    arranging.arrange_budget(actor, buyer_ref, code, terms, amount=amount or 0, currency=currency)
    if amount is not None:
        set_budget(actor, buyer_ref, code, amount, currency)
