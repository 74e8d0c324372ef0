"""A company's budgets: for whom they are, and when."""

import datetime as dt
from dataclasses import dataclass

from trivium.core import sql
from trivium.parties.errors import BudgetNotNow, BudgetOfOthers
from trivium.parties.rules import budget_period


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A budget: who may order on it ("" for everybody), and from which day to which; `is_own` says that the reader is
    of its department. One that renews begins each period with `amount` (minor units of `currency`)."""

    ref: str
    code: str
    cost_centre_ref: str
    cost_centre: str
    department_ref: str
    department: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    renews: str
    amount: int
    currency: str
    is_own: bool

    def period(self, day: dt.date) -> str:
        """The period a day lies in; "" where it does not renew."""
        return budget_period(self.renews, day)

    def is_open(self, day: dt.date) -> bool:
        """Whether one may order on it on a day."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)

    def is_for(self, cost_centre_ref: str) -> bool:
        """Whether the reader may book an order of a cost centre ("": of none) on it."""
        return self.is_own and self.cost_centre_ref in ("", cost_centre_ref)


_BUDGETS = """
WITH RECURSIVE place AS (
    SELECT m.department_id FROM parties_membership m
    WHERE m.organization_id = %(buyer)s AND m.user_id = %(person)s AND m.role = 'buyer' AND m.ends_at IS NULL
), up AS (
    SELECT d.id, d.parent_id FROM parties_department d JOIN place ON d.id = place.department_id
    UNION SELECT d.id, d.parent_id FROM parties_department d JOIN up ON d.id = up.parent_id
)
SELECT b.ref, b.code, coalesce(c.ref, ''), coalesce(c.code || ' ' || c.name, ''), coalesce(d.ref, ''),
       coalesce(d.name, ''), b.starts_on, b.ends_on, b.renews, b.amount, b.currency,
       b.department_id IS NULL OR b.department_id IN (SELECT id FROM up)
FROM parties_budget b LEFT JOIN parties_costcentre c ON c.id = b.cost_centre_id
LEFT JOIN parties_department d ON d.id = b.department_id
WHERE b.organization_id = %(buyer)s AND %(code)s::text IN ('', b.code) ORDER BY b.code
"""


def budget_rows(buyer_id: int, person_id: int | None, code: str = "", *, held: bool = False) -> list[BudgetRow]:
    """The budgets of a company, or one of them, as one of its people sees them; `held`: as they stay until this
    transaction ends. One statement.
    """
    whose = {"buyer": buyer_id, "person": person_id or 0, "code": code}
    return [BudgetRow(*row) for row in sql.rows(_BUDGETS + (" FOR SHARE OF b" if held else ""), whose)]


def check_budget(
    buyer_id: int, person_id: int | None, code: str, cost_centre_ref: str, day: dt.date
) -> BudgetRow | None:
    """The budget an order of a cost centre is booked on, if the person may do so on a day; it stays as it is until the
    transaction ends. None without a budget, or where there is none of this code. One statement, none without a budget.

    Refuses: BudgetNotNow, BudgetOfOthers.
    """
    for row in budget_rows(buyer_id, person_id, code, held=True) if code else ():
        if not row.is_open(day):
            raise BudgetNotNow(code=code, field="budget_code")
        if not row.is_for(cost_centre_ref):
            raise BudgetOfOthers(code=code, field="budget_code", permission="budget.set")
        return row
    return None
