"""Approvals inside a company: whom an order asks, in which order, and who may decide; and a buyer's trading terms."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trivium.parties.rules.roles import Job


class ApprovalStatus(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class IfNobody(StrEnum):
    """What happens to an order that asks for an approval nobody but the asker could give."""

    WAIT = "wait"
    REFUSE = "refuse"
    PASS = "pass"


DECIDING = frozenset({Job.ADMIN, Job.APPROVER, Job.FINANCE})
"""The jobs that decide on approvals."""


@dataclass(frozen=True, slots=True)
class TradingTerms:
    """Under which terms a buyer trades now: who its partner is, in which currency and at which level.

    `approval_over` is the order total in minor units from which its own company asks for `approvals_needed`
    approvals; None asks for none. `asks_more` says that it has other rules of approval, or limits of persons.
    `unsigned` is the reference of an agreement that has to be signed before it can order; `has_cost_centres`: its
    orders can be booked on cost centres.
    """

    buyer_id: int
    buyer_ref: str
    buyer_level: str
    partner_id: int
    partner_ref: str
    partner_confirms_by_rule: bool
    partner_is_house: bool
    currency: str
    country: str
    region: str
    approval_over: int | None
    approvals_needed: int
    may_order: bool
    asks_more: bool = False
    unsigned: str = ""
    has_cost_centres: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One word that is asked for: of an approver, or in their stead of the deputy; of anybody who decides if None."""

    approver_id: int | None = None
    deputy_id: int | None = None


@dataclass(frozen=True, slots=True)
class OrderRule:
    """When an order asks for approvals: an amount from `threshold` on (minor units), in the whole order or in a
    category; of orders on one budget, of one cost centre, of a department or one below it, if it names one. `asked` in
    order; without, `needed` of anybody.
    """

    name: str
    threshold: int
    scope: str = ""
    budget_code: str = ""
    cost_centre_id: int | None = None
    department_id: int | None = None
    needed: int = 1
    if_nobody: str = IfNobody.WAIT
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What rules look at: the total and its parts by category path (minor units), the order's budget and cost centre,
    the departments whose rules hold, and the limits of the person who places it: of an order, and of a month in which
    they have ordered `month_so_far` already.
    """

    total: int
    by_scope: tuple[tuple[str, int], ...] = ()
    budget_code: str = ""
    cost_centre_id: int | None = None
    limit: int | None = None
    monthly_limit: int | None = None
    month_so_far: int = 0
    department_ids: frozenset[int] = frozenset()

    @property
    def over(self) -> tuple[str, ...]:
        """Which of the person's own limits the order is above."""
        month = self.month_so_far + self.total
        above = {
            OVER_LIMIT: self.limit is not None and self.total > self.limit,
            OVER_MONTH: self.monthly_limit is not None and month > self.monthly_limit,
        }
        return tuple(name for name, is_over in above.items() if is_over)


@dataclass(frozen=True, slots=True)
class OrderingPlace:
    """From where in its company somebody orders: their own limits (minor units), and their department with those
    above it."""

    limit: int | None = None
    monthly_limit: int | None = None
    department_ids: frozenset[int] = frozenset()


NO_PLACE = OrderingPlace()


@dataclass(frozen=True, slots=True)
class Route:
    """Whose words an order needs, one after the other, by which rules, and what if nobody can give them."""

    asked: tuple[Asked, ...]
    rules: tuple[str, ...]
    if_nobody: str

    @property
    def has_order(self) -> bool:
        """Whether somebody is named: then it goes one after the other."""
        return any(each.approver_id for each in self.asked)


NO_ROUTE = Route((), (), IfNobody.WAIT)
OVER_LIMIT = "limit"
"""The name of what asks when an order is above the limit of the person who places it."""
OVER_MONTH = "month"
"""The name of what asks when with this order a person's month comes to more than they may order alone."""


def applies(rule: OrderRule, facts: OrderFacts) -> bool:
    """Whether a rule asks for approvals of an order."""
    if rule.budget_code and rule.budget_code != facts.budget_code:
        return False
    if rule.cost_centre_id and rule.cost_centre_id != facts.cost_centre_id:
        return False
    if rule.department_id and rule.department_id not in facts.department_ids:
        return False
    if not rule.scope:
        return facts.total >= rule.threshold
    its = [amount for path, amount in facts.by_scope if path == rule.scope or path.startswith(f"{rule.scope}/")]
    return bool(its) and sum(its) >= rule.threshold


def route(rules: Sequence[OrderRule], facts: OrderFacts) -> Route:
    """Whom an order asks: those its rules name, each once, in the order of the rules; then as many others as the rule
    that wants most of them. Above one of a person's own limits at least one word is asked for.
    """
    asking = [rule for rule in rules if applies(rule, facts)]
    over = facts.over
    named: dict[int, Asked] = {}
    for rule in asking:
        for each in rule.asked:
            if each.approver_id is not None:
                named.setdefault(each.approver_id, each)
    others = max((rule.needed for rule in asking if not rule.asked), default=0)
    if over and not named and not others:
        others = 1
    ways = [IfNobody(rule.if_nobody) for rule in asking] + ([IfNobody.REFUSE] if over and not asking else [])
    strictest = next((way for way in (IfNobody.REFUSE, IfNobody.WAIT, IfNobody.PASS) if way in ways), IfNobody.WAIT)
    names = [rule.name for rule in asking] + list(over)
    return Route((*named.values(), *[Asked()] * others), tuple(names), strictest)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody at work in the company, with their job, and whom they have named to decide in their stead today."""

    user_id: int
    job: str
    deputy_id: int | None = None


def deciders(asked: Asked, people: Sequence[Member], asker_id: int | None) -> frozenset[int]:
    """Who may give a word that is asked for; never the asker.

    Whoever is named, their deputy by the rule, and whom they have named themselves for today; if none of them is there
    any more or may decide, the administrators; if there is no other administrator, anybody who decides. So a missing
    approver holds up nobody. Who asks has not chosen who decides: their own deputy does not count then.
    """
    able = [each for each in people if each.job in DECIDING and each.user_id != asker_id]
    everybody = frozenset(each.user_id for each in able)
    if asked.approver_id is None:
        return everybody
    today = {each.deputy_id for each in able if each.user_id == asked.approver_id}
    named = everybody & {asked.approver_id, asked.deputy_id, *today}
    return named or frozenset(each.user_id for each in able if each.job == Job.ADMIN) or everybody


def can_be_given(found: Route, people: Sequence[Member], asker_id: int | None) -> bool:
    """Whether the company has, beside the asker, people enough for what an order asks."""
    others = sum(each.approver_id is None for each in found.asked)
    able = deciders(Asked(), people, asker_id)
    return len(able) >= max(others, 1)


def falls_away(asked: Asked, people: Sequence[Member], asker_id: int | None, said_yes: Collection[int]) -> bool:
    """Whether a step needs no word any more: all who could give it have given theirs on an earlier step."""
    able = deciders(asked, people, asker_id)
    return bool(able) and able <= frozenset(said_yes)


def needed_without(needed: int, said: Collection[int], able: Collection[int]) -> int:
    """How many words of anybody an approval needs now that somebody who could have given one is gone: one less, if
    the others could not give so many. It never comes down to none; who has `said` yes has had their say.
    """
    left = len(said) + len(frozenset(able) - frozenset(said))
    return left if 0 < left == needed - 1 else needed


def verdict(needed: int, votes: list[bool]) -> ApprovalStatus:
    """How an approval stands: one no declines it, `needed` yeses approve it."""
    if not all(votes):
        return ApprovalStatus.DECLINED
    return ApprovalStatus.APPROVED if len(votes) >= needed else ApprovalStatus.WAITING
