"""What anybody does with orders and goods: the first half of the machine's rules."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.journeys.bazaar import Bazaar
from tests.journeys.gateway import NAME, FakeGateway, install
from tests.journeys.ground import Ground
from tests.journeys.market import ADDRESS
from tests.journeys.watch import Seen, Watch
from trivium.core.actor import Actor
from trivium.core.errors import Refusal
from trivium.core.ids import new_ref
from trivium.core.time import SettableClock, business_day
from trivium.fulfilment import commands as fulfilment
from trivium.fulfilment.rules import CarrierEvent
from trivium.ordering import commands as ordering
from trivium.ordering.rules import SupplyAnswer, Wish
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.settlement import commands as settlement
from trivium.settlement.rules import RefundItem

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)

Row = dict[str, Any]
DICE = st.integers(0, 2**40)


class Dice:
    """Choices that all follow from one number, so that a story is repeated by its numbers."""

    def __init__(self, given: int) -> None:
        self._dice = Random(given)

    def below(self, most: int) -> int:
        """A number from 0, below `most`."""
        return self._dice.randrange(most)

    def of(self, choices: Any) -> Any:
        """One of some choices."""
        return self._dice.choice(list(choices))


def some_are(*statuses: str) -> Callable[[Any], bool]:
    """Whether a supplier order is in one of these states: a rule that would mostly find nothing is not drawn."""
    return lambda trade: any(part["status"] in statuses for part in trade.seen.parts)


class Goods(RuleBasedStateMachine):
    """The commands of the order flow, called by whoever may call them and sometimes by others."""

    bazaar: ClassVar[Bazaar]
    ground: ClassVar[Ground]
    watch: ClassVar[Watch]
    clock: ClassVar[SettableClock]
    done: ClassVar[Counter[str]] = Counter()
    refused: ClassVar[Counter[str]] = Counter()

    @initialize(first=DICE, second=DICE, third=DICE)
    def open_the_market(self, first: int, second: int, third: int) -> None:
        self.ground.restore()
        self.clock.at = START
        self.gateway: FakeGateway = install()
        self.seen: Seen = self.watch.look()
        self.told: list[str] = []
        self.was_refused = False
        for given in (first, second, third):
            self.place(given)
            self.every_promise_holds()
        for turn in range(Dice(third).of([0, 0, 10, 20, 30])):  # some stories begin in the middle
            self.advance(first + turn)
            self.every_promise_holds()

    # -- how a step is made ------------------------------------------------------------------------------------------

    def attempt(self, name: str, command: Callable[[], Any]) -> Any:
        """Carry out one command; a refusal is fine, and then nothing may have changed."""
        self.clock.move(seconds=1)
        try:
            result = command()
        except Refusal as refusal:
            self.was_refused = True
            self.refused[f"{name}: {refusal.code}"] += 1
            self.told.append(f"{name}: refused {refusal.code}")
            return None
        self.done[name] += 1
        self.told.append(f"{name}: done")
        return result

    @invariant()
    def every_promise_holds(self) -> None:
        before, self.seen = self.seen, self.watch.look()
        self.done["steps"] += 1
        assert not self.seen.faults, self._story(self.seen.faults)
        if self.was_refused:
            self.was_refused = False
            assert self.seen.print == before.print, self._story(["a refusal changed something"])

    def _story(self, faults: list[str]) -> str:
        return "\n".join([*faults, "", *self.told[-25:]])

    def part(self, dice: Dice, *statuses: str) -> Row | None:
        """A supplier order, mostly in one of these states."""
        parts = self.seen.parts
        fitting = [p for p in parts if p["status"] in statuses]
        choices = fitting if fitting and dice.below(12) else parts
        return dice.of(choices) if choices else None

    def actor(self, key: int) -> Actor:
        return self.bazaar.actor(key)

    # -- the buyer ---------------------------------------------------------------------------------------------------

    @rule(given=DICE)
    def place(self, given: int) -> None:
        dice = Dice(given)
        buyer = dice.of(self.bazaar.buyers)
        skus = sorted({dice.below(6) for _ in range(1 + dice.below(3))})
        wishes = []
        for sku in skus:
            quantity = Decimal((1, 2, 3, 4, 10, 12, 7)[dice.below(7)])
            wishes.append(Wish(self.bazaar.skus[sku], quantity + (Decimal("0.5") if sku == 3 else 0)))
        coupon = dice.of(["", "", "", "", "", "TEN", "OPS", "SUP", "FREE"])
        self.attempt(
            "place",
            lambda: ordering.place_order(
                buyer.actor, wishes, ship_to=ADDRESS, delivery_method="standard",
                payment_method=("prepaid", "bank_transfer", "on_account")[dice.below(3)],
                coupon_codes=[coupon] if coupon else [], budget_code="main" if dice.below(3) == 0 else "",
                accepts_substitutes=bool(dice.below(2)), expected_total=1 if dice.below(20) == 0 else None,
            ),
        )  # fmt: skip

    @precondition(some_are("confirmed"))
    @rule(given=DICE)
    def start_payment(self, given: int) -> None:
        dice = Dice(given)
        part = self.part(dice, "confirmed")
        if part:
            self.gateway.succeeds = dice.below(4) > 0
            buyer = self.actor(part["buyer_id"])
            self.attempt("start payment", lambda: settlement.start_payment(buyer, part["order_ref"], gateway=NAME))

    @precondition(some_are("submitted", "confirmed", "released"))
    @rule(given=DICE)
    def cancel(self, given: int) -> None:
        dice = Dice(given)
        part = self.part(dice, "submitted", "confirmed", "released")
        if part and dice.below(3) == 0:
            who = dice.of(["buyer", "operator", "supplier", "partner"])
            actor = self.bazaar.operator.actor if who == "operator" else self.actor(part[f"{who}_id"])
            if dice.below(2):
                self.attempt("cancel order", lambda: ordering.cancel_order(actor, part["order_ref"], reason="no need"))
            else:
                self.attempt(
                    "cancel part", lambda: ordering.cancel_supplier_order(actor, part["ref"], reason="no need")
                )

    @precondition(lambda self: any(part["unsigned"] for part in self.seen.parts))
    @rule(given=DICE)
    def sign(self, given: int) -> None:
        dice = Dice(given)
        waiting = [(p, ref) for p in self.seen.parts for ref in p["unsigned"]]
        if waiting:
            part, ref = dice.of(waiting)
            who = self.actor(part["buyer_id"]) if dice.below(5) else self.bazaar.operator.actor
            self.attempt("sign", lambda: fulfilment.confirm_delivery(who, ref))

    @rule(given=DICE)
    def decide(self, given: int) -> None:
        """A company's own approval, or a payout's."""
        dice = Dice(given)
        company = dice.of([self.bazaar.buyers[1], self.bazaar.buyers[3], self.bazaar.operator, self.bazaar.operator])
        waiting = people.approvals_waiting(company.actor)
        if waiting:
            approval = dice.of(waiting)
            person = dice.of([company.actor, company.colleague, *self.voters.get(company.ref, [])])
            yes = dice.below(6) > 0
            act = f"decide {approval['act']}"
            self.attempt(act, lambda: parties.decide(person, str(approval["ref"]), yes=yes))

    voters: ClassVar[dict[str, list[Actor]]] = {}

    # -- supplier and partner ----------------------------------------------------------------------------------------

    @precondition(some_are("submitted", "confirmed", "released", "signed"))
    @rule(given=DICE)
    def advance(self, given: int) -> None:
        """Whoever's turn it is does the natural thing, so that stories come to their ends."""
        dice = Dice(given)
        part = self.part(dice, "submitted", "confirmed", "released", "signed")
        if part:
            self._next_act(part, dice)

    @precondition(some_are("submitted", "confirmed", "released", "signed"))
    @rule(given=DICE)
    def advance_more(self, given: int) -> None:
        self.advance(given)

    @precondition(some_are("submitted", "confirmed", "released", "signed"))
    @rule(given=DICE)
    def advance_most(self, given: int) -> None:
        self.advance(given)

    def _next_act(self, part: Row, dice: Dice) -> None:
        ref, supplier = part["ref"], self.actor(part["supplier_id"])
        boss = self.bazaar.operator.actor
        if not part["is_submitted"]:
            self._approve(part, dice)
        elif part["status"] == "submitted" and not part["has_supply"]:
            self.attempt("confirm supply", lambda: ordering.confirm_supply(supplier, ref, ship_date=self._today()))
        elif part["status"] == "submitted":
            partner = self.actor(part["partner_id"])
            self.attempt("confirm margin", lambda: ordering.confirm_margin(partner, ref))
        elif part["status"] == "confirmed" and part["payment_method"] == "prepaid" and part["due"]:
            self.gateway.succeeds = True
            buyer = self.actor(part["buyer_id"])
            self.attempt("start payment", lambda: settlement.start_payment(buyer, part["order_ref"], gateway=NAME))
        elif part["status"] == "confirmed" and part["payment_method"] == "bank_transfer" and part["due"] is not None:
            due = sum(p["due"] or 0 for p in self._siblings(part) if p["status"] == "confirmed")
            self._transfer(part, due)
        elif part["status"] == "released" and any(line["to_ship"] for line in part["lines"]):
            self.attempt("dispatch", lambda: fulfilment.dispatch(supplier, ref, carrier="SF Express"))
        elif part["unsigned"]:
            self.attempt("sign", lambda: fulfilment.confirm_delivery(boss, part["unsigned"][0]))
        elif part["status"] == "signed":
            self._pass_time(8 * 24)
        else:
            self._work()

    def _approve(self, part: Row, dice: Dice) -> None:
        buyer = self.bazaar.company(part["buyer_id"])
        waiting = people.approvals_waiting(buyer.colleague)
        if waiting:
            ref, person = str(waiting[0]["ref"]), dice.of([buyer.colleague, *self.voters.get(buyer.ref, [])])
            self.attempt("approve", lambda: parties.decide(person, ref, yes=True))

    def _siblings(self, part: Row) -> list[Row]:
        return [p for p in self.seen.parts if p["order_ref"] == part["order_ref"]]

    def _today(self) -> dt.date:
        return business_day(self.clock.at)

    @precondition(some_are("submitted"))
    @rule(given=DICE)
    def answer(self, given: int) -> None:
        """A supplier confirms a part, offers a substitute, or rejects."""
        dice = Dice(given)
        part = self.part(dice, "submitted")
        if part is None:
            return
        supplier = self.actor(part["supplier_id"] if dice.below(10) else self.bazaar.suppliers[0].id)
        if dice.below(5) == 0:
            self.attempt("reject", lambda: ordering.reject_supply(supplier, part["ref"], reason="none left"))
            return
        answers = []
        for line in part["lines"]:
            quantity = Decimal(str(line["quantity"]))
            said = (quantity, quantity, quantity - 1, quantity // 2, Decimal(0), quantity + 1)[dice.below(6)]
            own = self._other_sku(part)
            stands_in = own if dice.below(4) == 0 else ""
            answers.append(SupplyAnswer(line["ref"], max(said, Decimal(0)), stands_in))
        self.attempt(
            "confirm in part",
            lambda: ordering.confirm_supply(supplier, part["ref"], ship_date=self._today(), answers=answers),
        )

    def _other_sku(self, part: Row) -> str:
        position = [s.id for s in self.bazaar.suppliers].index(part["supplier_id"])
        return self.bazaar.skus[2 * position + 1]

    @precondition(some_are("submitted"))
    @rule(given=DICE)
    def margin(self, given: int) -> None:
        dice = Dice(given)
        part = self.part(dice, "submitted")
        if part is None:
            return
        ref, boss = part["ref"], self.bazaar.operator.actor
        partner = self.actor(part["partner_id"] if dice.below(10) else self.bazaar.partners[0].id)
        if part["is_objected"]:
            judge = dice.of([ordering.overrule_objection, ordering.uphold_objection])
            self.attempt(judge.__name__, lambda: judge(boss, ref))
        elif dice.below(3):
            self.attempt("confirm margin", lambda: ordering.confirm_margin(partner, ref))
        else:
            self.attempt("object", lambda: ordering.object_to_margin(partner, ref, reason="too little"))

    @precondition(some_are("released"))
    @rule(given=DICE)
    def ship(self, given: int) -> None:
        dice = Dice(given)
        part = self.part(dice, "released")
        if part is None:
            return
        line = dice.of(part["lines"])
        left = Decimal(str(line["to_ship"]))
        quantity = (left, left // 2, Decimal(1), left + 1)[dice.below(4)]
        numbers = [new_ref("sf")] if dice.below(2) else []
        supplier = self.actor(part["supplier_id"])
        shipment = self.attempt(
            "dispatch a part",
            lambda: fulfilment.dispatch(
                supplier, part["ref"], carrier="SF Express", items=[(line["ref"], quantity)], tracking_numbers=numbers
            ),
        )
        if shipment and numbers:
            said = [CarrierEvent(numbers[0], "1", "picked_up", self.clock.at)] * 2
            assert fulfilment.record_tracking(supplier, shipment.ref, said) == 1
            assert fulfilment.record_tracking(supplier, shipment.ref, said) == 0

    @precondition(some_are("released", "signed", "completed"))
    @rule(given=DICE)
    def refund(self, given: int) -> None:
        dice = Dice(given)
        part = self.part(dice, "released", "signed", "completed")
        if part is None:
            return
        items = [self._back(line, dice) for line in part["lines"] if dice.below(3)]
        freight = (0, 0, 1, part["freight"])[dice.below(4)]
        who = self.bazaar.operator.actor if dice.below(2) else self.actor(part["supplier_id"])
        name = "refund after" if part["status"] == "completed" else "refund before"
        self.attempt(
            name,
            lambda: settlement.refund(
                who, part["ref"], items, freight=freight, reason="as agreed", restock=dice.below(2) > 0
            ),
        )

    @precondition(some_are("released", "signed", "completed"))
    @rule(given=DICE)
    def refund_again(self, given: int) -> None:
        self.refund(given)

    def _back(self, line: Row, dice: Dice) -> RefundItem:
        kind = dice.below(5)
        if kind == 0:
            return RefundItem(line["ref"], amount=(1, line["paid"] // 3, line["paid"])[dice.below(3)])
        unshipped = kind == 1
        left = Decimal(str(line["to_ship"] if unshipped else line["out"]))
        all_but_one = max(left - 1, Decimal(0))
        quantity = dice.of([Decimal(1), left, left // 2, all_but_one, all_but_one, left + 1])
        by_choice = dice.below(2) > 0
        return RefundItem(line["ref"], quantity=quantity, unshipped=unshipped, by_choice=by_choice)

    @rule(given=DICE)
    def restock(self, given: int) -> None:
        dice = Dice(given)
        if dice.below(3) == 0:
            self.attempt("restock", lambda: self.bazaar.restock(dice.below(6), 5, new_ref("rcv")))

    # -- the operator, the bank, the gateway -------------------------------------------------------------------------

    @precondition(some_are("signed", "released"))
    @rule(given=DICE)
    def hold(self, given: int) -> None:
        dice = Dice(given)
        part = self.part(dice, "signed", "released")
        if part and part["holds"]:
            self.attempt("lift", lambda: ordering.lift_hold(self.bazaar.operator.actor, part["ref"]))
        elif part and dice.below(3) == 0:
            self.attempt("hold", lambda: ordering.hold_completion(self.bazaar.operator.actor, part["ref"]))
