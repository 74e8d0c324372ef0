"""A buyer's people and their rules, for tests of approvals."""

from trivium.core.actor import Actor
from trivium.core.time import now
from trivium.parties import commands, queries
from trivium.parties.commands import NewOrderRule
from trivium.parties.models import Approval
from trivium.parties.tests.factories import make_actor, make_buyer, make_organization


class Office:
    """A buyer with a boss, two approvers and somebody who orders."""

    def __init__(self) -> None:
        self.company = make_buyer("Yuelai", make_organization("Lianca", "partner"))
        self.boss = make_actor(self.company, "buyer")
        self.li, self.wang = (make_actor(self.company, "buyer", "approver") for _ in range(2))
        self.chen = make_actor(self.company, "buyer", "requester")

    def rule(self, *approvers: tuple[Actor, Actor | None], **values: object) -> str:
        pairs = tuple((who.user_ref, deputy.user_ref if deputy else "") for who, deputy in approvers)
        given_: dict = {"name": "Large", "threshold": 1000, "approvers": pairs, **values}
        return commands.keep_order_rule(self.boss, NewOrderRule(**given_))

    def ask(
        self, total: int = 1000, who: Actor | None = None, subject: str = "ord_1", cost_centre: str = ""
    ) -> Approval | None:
        asker = who or self.chen
        terms = queries.trading_terms(self.company.pk, now())
        place = queries.ordering_place(terms, asker.user_id)
        booked = queries.booked_on(terms, asker.user_id, cost_centre)
        found = queries.order_route(terms, place, total=total, by_scope={}, budget_code="",
                                    cost_centre_id=booked.id if booked else None)  # fmt: skip
        if not commands.check_route(found, self.company.pk, asker.user_id):
            return None
        return commands.ask_approval(asker, subject=subject, act="order.place", organization_id=self.company.pk,
                                     needed=len(found.asked), route=found)  # fmt: skip


def turns(office: Office) -> list[str]:
    """Whose turn it is, by name in the office."""
    people = ("boss", "li", "wang", "chen")
    return [name for name in people if queries.votes_waiting(getattr(office, name))]
