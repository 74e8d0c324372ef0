"""A budget's new period begins with its amount when somebody first needs it; no job does it at midnight."""

import datetime as dt

from trivium.core.time import business_day
from trivium.ledger import commands as ledger
from trivium.ledger.rules import move
from trivium.ordering import queries
from trivium.parties.queries import BudgetRow


def open_budget_period(buyer_ref: str, budget: BudgetRow, currency: str, at: dt.datetime) -> str:
    """Put what a budget begins with into the period of a moment, unless that is done; returns the steps its accounts
    are called by. The budget's row is held, so its amount is the one in force.
    """
    period = budget.period(business_day(at))
    path = queries.budget_path(budget.code, period)
    if period and budget.amount and budget.currency == currency:
        left = queries.budget_account(buyer_ref, path)
        ledger.post(
            key=f"budget-period:{left}:{currency}",
            subject=buyer_ref,
            purpose="budget",
            postings=[move(f"buyer/{buyer_ref}/budget_granted/{path}", left, budget.amount, currency)],
            at=at,
            actor_ref="system:budget period",
        )
    return path
