"""Anybody does anything, in any order, with jobs run late and messages twice: every promise holds after every step.

HYPOTHESIS_SEED repeats a run; MACHINE_STEPS says how many steps, MACHINE_SHARE which of several parallel runs this is,
MACHINE_SHRINK=1 looks for the shortest story of a failure.
"""

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.journeys.bazaar import CNY, Bazaar
from tests.journeys.books import audit_faults, misplaced_money
from tests.journeys.gateway import NAME
from tests.journeys.ground import Ground, months_ahead, sweep_the_floor
from tests.journeys.machine_goods import DICE, START, Dice, Goods, Row, some_are
from tests.journeys.watch import Watch
from trivium.core import jobs, sql
from trivium.core.ids import new_ref
from trivium.core.jobs import drain
from trivium.core.time import SettableClock, use_clock
from trivium.ledger.queries import balance
from trivium.ordering import commands as ordering
from trivium.ordering.jobs import sweep_deadlines
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.settlement import commands as settlement
from trivium.settlement import jobs as settlement_jobs
from trivium.settlement import queries as accounts
from trivium.settlement.rules import Charge

STEPS = int(os.environ.get("MACHINE_STEPS", "1500"))
SHARE = int(os.environ.get("MACHINE_SHARE", "0"))
SHRINK = bool(os.environ.get("MACHINE_SHRINK"))  # takes minutes; the story of a failure is printed anyway
STEPS_EACH = 80


class Trade(Goods):
    """The whole machine: orders and goods, and what anybody does with money and time."""

    @precondition(some_are("confirmed"))
    @rule(given=DICE)
    def transfer(self, given: int) -> None:
        dice = Dice(given)
        part = self.part(dice, "confirmed")
        if part:
            due = sum(p["due"] or 0 for p in self._siblings(part) if p["status"] == "confirmed")
            self._transfer(part, due if dice.below(3) else due + 1)

    def _transfer(self, part: Row, amount: int) -> None:
        boss = self.bazaar.operator.actor
        self.attempt(
            "transfer",
            lambda: settlement.record_bank_transfer(boss, part["order_ref"], amount=amount, reference=new_ref("boc")),
        )

    @precondition(lambda self: any(part["payment_method"] == "prepaid" and part["due"] for part in self.seen.parts))
    @rule(given=DICE)
    def hear_from_gateway(self, given: int) -> None:
        """A message comes twice, late, before its answer, with another amount, or a failure turns into a success."""
        dice = Dice(given)
        paid = [p for part in self.seen.parts for p in self._payments(part)]
        if not paid:
            return
        payment = dice.of(paid)
        amount = int(payment["amount"])
        known = self.gateway.charges.get(payment["ref"])
        if known is None:
            known = self.gateway.charge(payment["ref"], amount, CNY)
        kind = dice.below(5)
        if kind == 4 and payment["status"] == "received":
            known = self.gateway.once_more(payment["ref"])
        elif kind == 0:
            known = self.gateway.later(payment["ref"])
        elif kind == 1:
            known = Charge(known.gateway_ref, known.payment_ref, False, amount, CNY)
        elif kind == 2 and payment["status"] != "received":
            known = self.gateway.otherwise(payment["ref"], max(1, amount + dice.of([-1, 1, 700])))
        self.attempt("message", lambda: settlement.record_payment(known, gateway=NAME))

    def _payments(self, part: Row) -> list[dict[str, Any]]:
        if part["payment_method"] != "prepaid":
            return []
        return [p for p in accounts.payments_of(self.bazaar.operator.actor, part["order_ref"])]

    @precondition(lambda self: any(part["payment_method"] == "prepaid" and part["due"] for part in self.seen.parts))
    @rule(given=DICE)
    def gateway_pays_out(self, given: int) -> None:
        dice = Dice(given)
        held = -balance(f"psp/{NAME}", CNY)
        amount = (held, held // 2, held + 1)[dice.below(3)]
        fee = dice.of([0, 1, amount // 150])
        self.attempt(
            "gateway pays out",
            lambda: settlement.record_gateway_payout(
                self.bazaar.operator.actor, NAME, amount=amount - fee, fee=fee, currency=CNY, reference=new_ref("boc")
            ),
        )

    @precondition(some_are("cancelled"))
    @rule(given=DICE)
    def transfer_too_late(self, given: int) -> None:
        """Money for what was cancelled meanwhile, and the operator sending such money back."""
        dice = Dice(given)
        boss = self.bazaar.operator.actor
        waiting = accounts.transfers_to_return(boss)
        part = self.part(dice, "cancelled")
        if waiting and dice.below(2):
            ref = str(dice.of(waiting)["ref"])
            self.attempt(
                "send transfer back", lambda: settlement.return_transfer(boss, ref, reference=new_ref("boc"))
            )
        elif part:
            self.attempt(
                "late transfer",
                lambda: settlement.record_bank_transfer(
                    boss, part["order_ref"], amount=1 + given % 9000, reference=new_ref("boc"), to_send_back=True
                ),
            )

    @precondition(lambda self: any(part["payment_method"] == "on_account" and part["due"] for part in self.seen.parts))
    @rule(given=DICE)
    def settle_account(self, given: int) -> None:
        dice = Dice(given)
        buyer = dice.of(self.bazaar.buyers)
        owed = -balance(f"buyer/{buyer.ref}/receivable", CNY)
        amount = (owed, owed // 2, 1, owed + 1)[dice.below(4)]
        self.attempt(
            "settle account",
            lambda: settlement.settle_account(
                self.bazaar.operator.actor, buyer.ref, amount=amount, currency=CNY, reference=new_ref("boc")
            ),
        )

    @precondition(some_are("completed"))
    @rule(given=DICE)
    def state(self, given: int) -> None:
        boss = self.bazaar.operator.actor
        self.attempt("issue statements", lambda: settlement.issue_statements(boss, until=self.clock.at))

    @precondition(some_are("completed"))
    @rule(given=DICE)
    def check_statement(self, given: int) -> None:
        dice = Dice(given)
        boss = self.bazaar.operator
        issued = [s for s in accounts.statements_of(boss.actor) if s["status"] == "issued"]
        if not issued:
            return
        statement = dice.of(issued)
        companies = {c.ref: c for c in (*self.bazaar.suppliers, *self.bazaar.partners)}
        side = dice.of([companies[statement["party"]["ref"]], boss])
        person = dice.of([side.actor, side.colleague])
        self.attempt("confirm statement", lambda: settlement.confirm_statement(person, statement["ref"]))

    @precondition(lambda self: any(part["is_paid_out"] for part in self.seen.parts))
    @rule(given=DICE)
    def advance_books(self, given: int) -> None:
        """The books go on as they should: stated, confirmed by both sides, approved by two people, paid."""
        dice = Dice(given)
        boss = self.bazaar.operator
        waiting = people.approvals_waiting(boss.actor)
        issued = [s for s in accounts.statements_of(boss.actor) if s["status"] == "issued"]
        declined = [p for p in accounts.payouts_of(boss.actor) if p["status"] == "declined"]
        if waiting:
            ref, person = str(waiting[0]["ref"]), dice.of([boss.actor, boss.colleague])
            self.attempt("decide payout.send", lambda: parties.decide(person, ref, yes=dice.below(9) > 0))
        elif declined and dice.below(2):
            statement = self._statement_of(dice.of(declined)["ref"])
            self.attempt("propose payout", lambda: settlement.propose_payout(boss.colleague, statement))
        elif issued:
            statement = dice.of(issued)
            companies = {c.ref: c for c in (*self.bazaar.suppliers, *self.bazaar.partners)}
            done = {confirmation["side"] for confirmation in statement["confirmations"]}
            side = boss if "party" in done else companies[statement["party"]["ref"]]
            self.attempt("confirm statement", lambda: settlement.confirm_statement(side.actor, str(statement["ref"])))
        else:
            self.state(given)

    def _statement_of(self, payout: str) -> str:
        found = sql.rows(
            "SELECT s.ref FROM settlement_statement s JOIN settlement_payout y ON y.statement_id = s.id"
            " WHERE y.ref = %s",
            [payout],
        )
        return str(found[0][0])

    @precondition(lambda self: any(part["is_paid_out"] for part in self.seen.parts))
    @rule(given=DICE)
    def advance_books_more(self, given: int) -> None:
        self.advance_books(given)

    # -- time and workers --------------------------------------------------------------------------------------------

    @rule(given=DICE)
    def time_passes(self, given: int) -> None:
        self._pass_time((1, 6, 25, 49, 100, 200)[Dice(given).below(6)])

    def _pass_time(self, hours: int) -> None:
        self.clock.move(hours=hours)
        self.done["deadlines"] += sweep_deadlines()
        self.done["overdue statements"] += settlement_jobs.close_overdue()
        self.told.append(f"{hours} hours pass")

    @rule()
    def work(self) -> None:
        self._work()

    @rule(some=st.integers(1, 3))
    def work_a_little(self, some: int) -> None:
        self._work(some)

    def _work(self, some: int | None = None) -> None:
        self.done["jobs"] += drain(some)
        self.told.append(f"jobs run: {some or 'all'}")

    @rule(given=DICE)
    def run_a_job_again(self, given: int) -> None:
        """Reactions look again: run once more when nothing waits, they change nothing."""
        dice = Dice(given)
        part = self.part(dice)
        if part is None or dice.below(4):
            return
        drain()
        before = self.watch.look().print
        ordering.refresh_order(part["order_ref"])
        settlement.fund_decided(part["order_ref"])
        settlement.refund_cancelled(part["ref"])
        settlement.release_escrow(part["ref"])
        assert self.watch.look().print == before, self._story(["a job run again changed something"])

    # -- the end -----------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        if not hasattr(self, "seen"):
            return
        drain()
        self.seen = self.watch.look()
        assert not self.seen.faults, self._story(self.seen.faults)
        for part in self.seen.parts:
            self.done[f"ended {part['status']}"] += 1
        misplaced = misplaced_money()
        assert not misplaced, self._story(misplaced)
        found = audit_faults()
        assert not found, self._story(found)
        self.done["discounts lost"] += int(sql.rows("SELECT count(*) FROM settlement_refundloss")[0][0])
        for payout in accounts.payouts_of(self.bazaar.operator.actor):
            self.done[f"payout {payout['status']}"] += 1


@pytest.fixture
def trade(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Trade]]:
    sweep_the_floor()
    monkeypatch.setattr(jobs, "retry_stalled", lambda: 0)  # nobody is killed here, and it is looked for at each drain
    clock = SettableClock(START)
    with use_clock(clock):
        Trade.bazaar = Bazaar()
        for buyer in (Trade.bazaar.buyers[1], Trade.bazaar.buyers[3]):
            third = Trade.bazaar.market.person(buyer.ref, "buyer", "approver")
            Trade.voters[buyer.ref] = [third]
        drain()
        months_ahead()
        Trade.clock, Trade.ground, Trade.watch = clock, Ground(), Watch()
        try:
            yield Trade
        finally:
            Trade.ground.drop()


def test_anybody_does_anything(
    trade: type[Trade], request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    first = int(request.config.getoption("hypothesis_seed")) + 1_000_000 * SHARE
    limits = settings(
        stateful_step_count=STEPS_EACH,
        deadline=None,
        database=None,
        phases=[Phase.generate, *([Phase.shrink] if SHRINK else [])],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    began, rounds = time.monotonic(), 0
    while (left := STEPS - trade.done["steps"]) > 0:
        stories = min(left // STEPS_EACH + 1, 100)
        run_state_machine_as_test(seed(first + rounds)(trade), settings=settings(limits, max_examples=stories))
        rounds += 1
    seconds, steps = time.monotonic() - began, trade.done["steps"]
    seeds = f"seed {first}" if rounds == 1 else f"seeds {first} to {first + rounds - 1}"
    record_property(
        "proof",
        f"machine, {seeds}: {steps} steps in {seconds:.0f} s ({steps / seconds:.0f}/s), every promise after each;"
        f" acts {dict(sorted(trade.done.items()))}; refused {dict(trade.refused.most_common(12))}",
    )
