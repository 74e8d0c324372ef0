"""Whose word an order of this cart would need, and what is left of the person's month."""

from dataclasses import dataclass

from trivium.core.actor import Actor
from trivium.core.time import now
from trivium.ordering import queries as orders
from trivium.parties import queries as parties
from trivium.parties.queries import Booked, MemberRow
from trivium.parties.rules import Asked, IfNobody, Member, can_be_given
from trivium.web.buyer.pricing import Priced
from trivium.web.shared.statements import rules_in_words


@dataclass(frozen=True, slots=True)
class Asks:
    """What the checkout says of approvals; amounts are minor units, `limit` None where the month has none.

    `words` are the people whose word is asked for, one after the other; `others` counts words of anybody who decides.
    `is_stuck` where nobody could give one at present.
    """

    why: str
    words: tuple[str, ...]
    others: int
    limit: int | None
    ordered: int
    is_stuck: bool

    @property
    def left(self) -> int:
        """What may still be ordered this month without an approval."""
        return max(0, (self.limit or 0) - self.ordered)


def asked_of(actor: Actor, priced: Priced, budget_code: str, booked: Booked | None) -> Asks | None:
    """Whose word the cart would need as it is priced now; None where it has no price, or nothing asks."""
    if priced.quote is None:
        return None
    lines = [line for group in priced.groups for line in group.lines]
    goods = [(line.sku.category_path, line.quoted.split.paid) for line in lines if line.quoted]
    total, code = priced.quote.total, budget_code.strip().replace("/", "-")
    centre = booked.id if booked else None
    asking = orders.asking_of(
        actor, priced.terms, goods, total=total, budget_code=code, cost_centre_id=centre, at=now()
    )
    asked, limit = asking.route.asked, asking.place.monthly_limit
    if not asked and limit is None:
        return None
    people = {row.user_id: row for row in parties.members_by_ref(actor)} if asked else {}
    named = tuple(_named(each, people) for each in asked if each.approver_id)
    others = sum(each.approver_id is None for each in asked)
    members = [Member(row.user_id, row.job, row.deputy_id) for row in people.values()]
    is_stuck = bool(asked) and not can_be_given(asking.route, members, actor.user_id)
    if is_stuck and asking.route.if_nobody == IfNobody.PASS:
        named, others, is_stuck = (), 0, False
    why = rules_in_words(list(filter(None, asking.route.rules)))
    return Asks(why, named, others, limit, asking.month_so_far, is_stuck)


def _named(asked: Asked, people: dict[int, MemberRow]) -> str:
    """An approver with their deputies; one who is gone has no name here, and the administrators decide."""
    approver = people.get(asked.approver_id or 0)
    instead = dict.fromkeys([asked.deputy_id, approver.deputy_id if approver else None])
    deputies = ", ".join(people[each].name for each in instead if each in people)
    if approver is None:
        return deputies
    return f"{approver.name} ({deputies})" if deputies else approver.name
