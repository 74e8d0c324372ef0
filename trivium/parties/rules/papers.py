"""Papers of admitted companies: when one is told of before it lapses, and what needs which. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trivium.parties.rules.screening import ScreenRule

WARNED_DAYS = (60, 30, 7)
"""How many days before its last day a company is told of a paper."""
LAPSED = 0
"""The step after the last one: the paper is in force no more."""
MOST_OWN_PAPERS = 100


@dataclass(frozen=True, slots=True)
class Need:
    """A kind of paper that listing goods needs. `scope` is what it is needed for; "" for all goods."""

    kind: str
    scope: str


def warning_due(expires_on: dt.date, on: dt.date, warned: int | None) -> int | None:
    """Which step is to be told today: 60, 30, 7, or 0 once it has lapsed; None if that was told already.

    Steps that were missed, because no sweep ran, are told as the nearest one.
    """
    left = (expires_on - on).days
    reached = LAPSED if left < 0 else min((days for days in WARNED_DAYS if left <= days), default=None)
    return reached if reached is not None and (warned is None or reached < warned) else None


def needed_papers(rules: Iterable[ScreenRule], role: str, scopes: Sequence[str]) -> list[Need]:
    """What the screening rules in force want of a company of this role that lists goods in these scopes.

    A scope is a path, "food/snacks": what is needed for "food" is needed for all beneath it.
    """
    on: Mapping[str, Mapping[str, Any]] = {rule.code: rule.settings for rule in rules if rule.is_on}
    found = [Need(kind, "") for kind in on.get("completeness", {}).get(f"papers_{role}", ())]
    for kind, tops in on.get("certificates", {}).get("categories", {}).items():
        found += [Need(kind, scope) for scope in scopes if _is_within(scope, tops)]
    return found


def _is_within(scope: str, tops: Sequence[str]) -> bool:
    return any(scope == top or scope.startswith(f"{top}/") for top in tops)


def is_lapsed(days: Iterable[dt.date | None], on: dt.date) -> bool:
    """Whether none of the papers of a kind, by their last days, is in force on a day."""
    return all(day is not None and day < on for day in days)
