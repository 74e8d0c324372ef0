"""A company's budgets, with what is left of them, what waiting orders hold, and what was spent."""

from dataclasses import dataclass

from trivium.core.actor import Actor
from trivium.ledger import queries as ledger
from trivium.parties import queries as parties
from trivium.parties.queries import BudgetRow


@dataclass(frozen=True, slots=True)
class BudgetMoney:
    """One budget in one currency; amounts are minor units. `terms` is None where nobody has said for whom it is."""

    code: str
    currency: str
    left: int
    held: int
    spent: int
    terms: BudgetRow | None


def budgets_of(actor: Actor, buyer_ref: str) -> list[BudgetMoney]:
    """The budgets of a company in its currency, by code: all for who keeps them and for the operator, those they can
    order on for its others. Four statements.

    Refuses: NotFound.
    """
    company = parties.get_organization(actor, buyer_ref)
    base, unit = f"buyer/{company.ref}", company.currency
    terms = {row.code: row for row in parties.budget_rows(company.id, actor.user_id)}
    money = ledger.balances_below(f"{base}/budget/", unit)
    codes = sorted(terms.keys() | {path.removeprefix(f"{base}/budget/") for path in money})
    if not (actor.may("budget.set") or actor.is_role("operator")):
        codes = [code for code in codes if code not in terms or terms[code].is_own]
    spent = ledger.balances([f"{base}/budget_spent/{code}" for code in codes], unit) if codes else {}
    return [
        BudgetMoney(code, unit, *money.get(f"{base}/budget/{code}", (0, 0)), spent[f"{base}/budget_spent/{code}"],
                    terms.get(code))
        for code in codes
    ]  # fmt: skip
