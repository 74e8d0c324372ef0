"""Every half month the operator states what the parties earned, and pays it out; buyers on account settle up."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from random import Random

from demo.ground import CNY, Ground
from trivium.core import jobs
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.settlement import commands as settlement
from trivium.settlement import queries as books

EVERY_DAYS = (76, 61, 46, 31, 16, 2)  # before the end
NEWEST = EVERY_DAYS[-1]
SETTLES = 0.8
BATCH = 500
DAY = dt.timedelta(days=1)
Act = Callable[[], None]


class Accounts:
    """The operator's finance people at work."""

    def __init__(self, ground: Ground, random: Random, at_work: Callable[[dt.datetime], dt.datetime]) -> None:
        self._ground, self._random, self._at_work = ground, random, at_work
        self._receipts = 0

    def agenda(self, end: dt.datetime) -> Iterator[tuple[dt.datetime, Act]]:
        """When what is done. Of the newest statements some stay open, and some payouts."""
        for days in EVERY_DAYS:
            stated = self._at_work(end - days * DAY)
            newest = days == NEWEST
            yield stated, partial(self._issue, stated)
            yield self._at_work(stated + DAY), self._half_confirm if newest else self._confirm_all
            yield self._at_work(stated + 1.3 * DAY), self._half_approve if newest else self._approve_all
            yield self._at_work(stated + 3 * DAY), self._collect

    def close_overdue(self, at: dt.datetime) -> None:
        """What nobody objected to counts as confirmed."""
        for ref in books.overdue_statements(at, BATCH):
            settlement.close_overdue(ref)

    def _issue(self, until: dt.datetime) -> None:
        settlement.issue_statements(self._ground.operator.boss, until=until)

    def _confirm_all(self) -> None:
        self._confirm(by_party=1.0, by_operator=1.0)

    def _half_confirm(self) -> None:
        """Of those the party has confirmed, the operator has confirmed half; the visitors' own wait for them."""
        self._confirm(by_party=0.6, by_operator=0.5)

    def _confirm(self, *, by_party: float, by_operator: float) -> None:
        ground = self._ground
        visitors = {ground.suppliers[ground.plan.main_supplier].ref, ground.partners[ground.plan.main_partner].ref}
        for company in (*ground.suppliers, *ground.partners):
            for statement in books.statements_of(company.boss, limit=1):
                if statement["status"] != "issued" or (by_party < 1 and company.ref in visitors):
                    continue
                if self._random.random() < by_party:
                    settlement.confirm_statement(company.boss, statement["ref"])
                    if self._random.random() < by_operator:
                        settlement.confirm_statement(ground.operator.boss, statement["ref"])
        jobs.drain()

    def _approve_all(self) -> None:
        self._approve(second=True)

    def _half_approve(self) -> None:
        self._approve(second=False)

    def _approve(self, *, second: bool) -> None:
        """Two people of the operator approve each payout; of the newest only one has."""
        operator = self._ground.operator
        for person in (operator.colleague, operator.boss) if second else (operator.colleague,):
            for waiting in people.approvals_waiting(person, limit=BATCH):
                if not waiting["voted"]:
                    parties.decide(person, str(waiting["ref"]), yes=True)
        jobs.drain()

    def _collect(self) -> None:
        """Most buyers on account pay what they owe."""
        boss = self._ground.operator.boss
        for row in books.open_accounts(boss):
            if self._random.random() < SETTLES:
                self._receipts += 1
                settlement.settle_account(
                    boss, row["buyer_ref"], amount=row["amount"], currency=CNY, reference=f"R-{self._receipts:05d}"
                )
