"""When what is left of a budget starts anew."""

import datetime as dt
from enum import StrEnum


class Renewal(StrEnum):
    """How often a budget begins with its amount again; what was left before does not come along."""

    ONCE = "once"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


def budget_period(renews: str, day: dt.date) -> str:
    """The period of a budget a day lies in: "2026-03", "2026-Q1" or "2026"; "" of one that does not renew."""
    return {
        Renewal.MONTH: f"{day:%Y-%m}",
        Renewal.QUARTER: f"{day.year}-Q{(day.month + 2) // 3}",
        Renewal.YEAR: f"{day.year}",
    }.get(Renewal(renews), "")
