"""A company's budgets, with what is left of them, what waiting orders hold, and what was spent."""

from dataclasses import dataclass

from trivium.core.actor import Actor
from trivium.core.time import business_day, now
from trivium.ledger import queries as ledger
from trivium.parties import queries as parties
from trivium.parties.queries import BudgetRow


@dataclass(frozen=True, slots=True)
class PeriodMoney:
    """A period of a budget, "" where it does not renew; amounts are minor units."""

    period: str
    left: int
    held: int
    spent: int


@dataclass(frozen=True, slots=True)
class BudgetMoney:
    """One budget in one currency as it is now, in the period that is now if it renews; amounts are minor units. `past`
    are the other periods it has been used in, the latest first.
    """

    code: str
    currency: str
    period: str
    left: int
    held: int
    spent: int
    terms: BudgetRow
    past: tuple[PeriodMoney, ...]


def budgets_of(actor: Actor, buyer_ref: str) -> list[BudgetMoney]:
    """The budgets of a company in its currency, by code: all for who keeps them and for the operator, those they can
    order on for its others. Four statements.

    Refuses: NotFound.
    """
    company = parties.get_organization(actor, buyer_ref)
    base, unit, today = f"buyer/{company.ref}", company.currency, business_day(now())
    sees_all = actor.may("budget.set") or actor.is_role("operator")
    rows = [row for row in parties.budget_rows(company.id, actor.user_id) if sees_all or row.is_own]
    accounts = ledger.balances_below(f"{base}/budget/", unit)
    money = {path.removeprefix(f"{base}/budget/"): its for path, its in accounts.items()}
    spent = ledger.balances([f"{base}/budget_spent/{path}" for path in money], unit) if money else {}
    found = []
    for row in rows:
        its = {
            period: PeriodMoney(period, *money[path], spent[f"{base}/budget_spent/{path}"])
            for path in money
            for code, _slash, period in [path.partition("/")]
            if code == row.code
        }
        begins = row.amount if row.currency == unit else 0
        current = its.pop(row.period(today), PeriodMoney(row.period(today), begins, 0, 0))
        past = sorted(its.values(), key=lambda each: each.period, reverse=True)
        found.append(
            BudgetMoney(row.code, unit, current.period, current.left, current.held, current.spent, row, tuple(past))
        )
    return found
