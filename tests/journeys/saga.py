"""One order of two suppliers, and everything that can happen to it: the graph of its reachable states.

States are abstract: what the parties can tell apart, without amounts, references or times; the two parts are alike, so
which of them is which does not count. Each state is reached by the real commands inside savepoints. Breadth first, so
that a state is known by its shortest story; a layer is reached by walking the tree of stories found so far.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random

from django.db import connection, transaction

from tests.journeys.gateway import NAME, FakeGateway
from tests.journeys.market import Company, Market
from tests.journeys.watch import Watch
from trivium.core import sql
from trivium.core.errors import Refusal
from trivium.core.jobs import drain
from trivium.core.time import SettableClock, business_day
from trivium.fulfilment import commands as fulfilment
from trivium.ordering import commands as ordering
from trivium.ordering.jobs import sweep_deadlines
from trivium.ordering.rules import SupplyAnswer
from trivium.parties import commands as parties
from trivium.pricing import commands as pricing
from trivium.settlement import commands as settlement

CNY = "CNY"
State = tuple[object, ...]
Event = Callable[[], object]

# What the parties can tell apart, as a function that the server plans once: of the order, and of its parts one by one.
_STATE = """
CREATE OR REPLACE FUNCTION kept.saga(wanted bigint) RETURNS TABLE (its json, parts json) LANGUAGE plpgsql AS $$
BEGIN RETURN QUERY
SELECT json_build_array(
           o.payment_method, o.approval, o.decided_at IS NOT NULL, o.pay_by IS NOT NULL, o.closed_at IS NOT NULL,
           ARRAY(SELECT p.status || (p.surplus > 0) FROM settlement_payment p WHERE p.order_id = o.id ORDER BY 1),
           ARRAY(SELECT u.status FROM pricing_couponuse u WHERE u.subject = o.ref),
           ARRAY(SELECT h.status FROM ledger_hold h WHERE h.subject IN (o.ref, o.ref || ':budget') ORDER BY 1)),
       (SELECT json_agg(x.said ORDER BY x.id) FROM (
            SELECT p.id, json_build_array(
                p.status, p.submitted_at IS NOT NULL, p.supply_confirmed_at IS NOT NULL,
                p.margin_confirmed_at IS NOT NULL, p.objected_at IS NOT NULL, p.confirm_by IS NOT NULL,
                bool_or(l.shortfall > 0), p.shipped_at IS NOT NULL, bool_and(l.signed = l.shipped), p.holds > 0,
                EXISTS (SELECT FROM settlement_release r WHERE r.supplier_order_id = p.id)) AS said
            FROM ordering_supplierorder p JOIN ordering_orderline l ON l.supplier_order_id = p.id
            WHERE p.order_id = o.id GROUP BY p.id) AS x)
FROM ordering_order o WHERE o.id = wanted;
END $$
"""
_HELD = """
SELECT 'stock ' || subject FROM inventory_reservation WHERE status = 'held'
UNION ALL SELECT 'balance ' || subject FROM ledger_hold WHERE status = 'held'
UNION ALL SELECT 'coupon ' || subject FROM pricing_couponuse WHERE status = 'held'
UNION ALL SELECT 'escrow ' || account FROM ledger_balance WHERE account LIKE 'escrow/%%' AND amount <> 0
UNION ALL SELECT 'open ' || ref FROM ordering_order WHERE closed_at IS NULL
"""
_NEXT_DEADLINE = """
SELECT min(at) FROM (
    SELECT approve_by AS at FROM ordering_order WHERE approval = 'waiting' AND closed_at IS NULL
    UNION ALL SELECT pay_by FROM ordering_order
    UNION ALL SELECT confirm_by FROM ordering_supplierorder WHERE status = 'submitted'
    UNION ALL SELECT completes_at FROM ordering_supplierorder WHERE status = 'signed' AND holds = 0) AS due
"""


@dataclass
class Node:
    """A state with the shortest story that leads to it."""

    state: State
    depth: int
    parent: "Node | None" = None
    events: dict[str, State] = field(default_factory=dict)
    children: list[tuple[str, "Node"]] = field(default_factory=list)


class Saga:
    """The order's parties, the order, and its events by name."""

    def __init__(self, clock: SettableClock, gateway: FakeGateway) -> None:
        self.clock, self.gateway = clock, gateway
        self.market = market = Market()
        self.boss = market.operator.actor
        self.suppliers = [market.supplier("Lvyuan", freight=800), market.supplier("Hengtai", freight=800)]
        self.partner = market.partner("Nanfang")
        self.careful = self._buyer("Jingu", 1)
        self.quick = self._buyer("Haiwen", None)
        self.skus = [market.sku(s, s.ref, [(1, "100.00")], stock=20) for s in self.suppliers]
        pricing.create_coupon(self.boss, code="TEN", percent="10", per_buyer=9, uses=99)

    def _buyer(self, name: str, threshold: int | None) -> Company:
        buyer = self.market.buyer(name, self.partner)
        settlement.set_credit_limit(self.boss, buyer.ref, 100_000_00, CNY)
        settlement.set_budget(self.boss, buyer.ref, "main", 100_000_00, CNY)
        if threshold is not None:
            parties.set_approval_rule(buyer.actor, organization_ref=buyer.ref, threshold=threshold, currency=CNY)
        return buyer

    def place(self, payment_method: str, *, asks_approval: bool) -> None:
        """The order all stories begin with."""
        sql.execute(_STATE.replace("%", "%%"))
        self.buyer = self.careful if asks_approval else self.quick
        self.method = payment_method
        placed = self.market.order(
            self.buyer, [(sku, 4) for sku in self.skus], payment_method=payment_method,
            coupon_codes=["TEN"], budget_code="main",
        )  # fmt: skip
        self.order_ref, self.parts = placed.ref, placed.supplier_order_refs
        self.order_id = sql.rows("SELECT id FROM ordering_order WHERE ref = %s", [placed.ref])[0][0]
        drain()

    def state(self) -> State:
        """What the parties can tell apart now."""
        order, parts = sql.rows("SELECT * FROM kept.saga(%s)", [self.order_id])[0]
        return (*(tuple(c) if isinstance(c, list) else c for c in order), *sorted(tuple(part) for part in parts))

    def events(self) -> Iterator[tuple[str, Event]]:
        """Every event that might happen, whether or not it can now; of parts that are alike, to the first."""
        _order, (first, second) = sql.rows("SELECT * FROM kept.saga(%s)", [self.order_id])[0]
        alike = first == second
        for number, (ref, supplier) in enumerate(zip(self.parts, self.suppliers, strict=True)):
            if alike and number:
                break  # whatever happens to the second leads where it leads with the first
            yield from self._events_of_part(f"{number + 1}", ref, supplier)
        yield "approve", lambda: self._decide(True)
        yield "decline", lambda: self._decide(False)
        yield "cancel", lambda: ordering.cancel_order(self.buyer.actor, self.order_ref, reason="no need")
        yield "deadline", self._pass_next_deadline
        if self.method == "prepaid":
            yield "pay", self._pay
            yield "payment fails", self._fail
            yield "late payment", self._late
        elif self.method == "bank_transfer":
            yield "transfer", self._transfer

    def _events_of_part(self, n: str, ref: str, supplier: Company) -> Iterator[tuple[str, Event]]:
        today = business_day(self.clock.at)
        who, partner = supplier.actor, self.partner.actor
        yield f"supply {n}", lambda: ordering.confirm_supply(who, ref, ship_date=today)
        yield f"supply some {n}", lambda: self._supply_some(ref, supplier, today)
        yield f"reject {n}", lambda: ordering.reject_supply(who, ref, reason="none left")
        yield f"margin {n}", lambda: ordering.confirm_margin(partner, ref)
        yield f"object {n}", lambda: ordering.object_to_margin(partner, ref, reason="too little")
        yield f"overrule {n}", lambda: ordering.overrule_objection(self.boss, ref)
        yield f"uphold {n}", lambda: ordering.uphold_objection(self.boss, ref)
        yield f"cancel {n}", lambda: ordering.cancel_supplier_order(who, ref, reason="no need")
        yield f"ship {n}", lambda: fulfilment.dispatch(who, ref, carrier="SF Express")
        yield f"sign {n}", lambda: self._sign(ref)

    def _supply_some(self, ref: str, supplier: Company, today: dt.date) -> None:
        found = sql.rows(
            "SELECT l.ref, l.quantity FROM ordering_orderline l JOIN ordering_supplierorder p"
            " ON p.id = l.supplier_order_id WHERE p.ref = %s",
            [ref],
        )
        answers = [SupplyAnswer(line, quantity / 2) for line, quantity in found]
        ordering.confirm_supply(supplier.actor, ref, ship_date=today, answers=answers)

    def _sign(self, ref: str) -> None:
        for (shipment,) in sql.rows(
            "SELECT s.ref FROM fulfilment_shipment s JOIN ordering_supplierorder p ON p.id = s.supplier_order_id"
            " WHERE p.ref = %s AND s.signed_at IS NULL",
            [ref],
        ):
            fulfilment.confirm_delivery(self.buyer.actor, shipment)

    def _decide(self, yes: bool) -> None:
        for (ref,) in sql.rows(
            "SELECT ref FROM parties_approval WHERE subject = %s AND status = 'waiting'", [self.order_ref]
        ):
            parties.decide(self.buyer.colleague, ref, yes=yes)

    def _pay(self) -> None:
        self.gateway.succeeds = True
        settlement.start_payment(self.buyer.actor, self.order_ref, gateway=NAME)

    def _fail(self) -> None:
        self.gateway.succeeds = False
        settlement.start_payment(self.buyer.actor, self.order_ref, gateway=NAME)

    def _late(self) -> None:
        for (ref,) in sql.rows("SELECT ref FROM settlement_payment WHERE status = 'failed' ORDER BY id LIMIT 1"):
            settlement.record_payment(self.gateway.later(ref), gateway=NAME)

    def _transfer(self) -> None:
        ((due,),) = sql.rows(
            "SELECT coalesce(sum(due), 0)::bigint FROM ordering_supplierorder"
            " WHERE order_id = %s AND status = 'confirmed'",
            [self.order_id],
        )
        number = sql.rows("SELECT count(*) FROM settlement_payment")[0][0]
        settlement.record_bank_transfer(self.boss, self.order_ref, amount=due, reference=f"BOC-{number}")

    def _pass_next_deadline(self) -> None:
        ((at,),) = sql.rows(_NEXT_DEADLINE)
        if at is not None:
            self.clock.at = max(at, self.clock.at)
            sweep_deadlines()

    def let_time_pass(self) -> None:
        """Every deadline there is passes, and those that follow from it, until there is none."""
        self.clock.move(days=60)
        while sweep_deadlines() + drain():
            self.clock.move(days=60)

    def come_to_an_end(self) -> bool:
        """What waits for people when time has passed is only what is released: sent if it had begun to leave, else
        cancelled. Whether there was anything."""
        did = False
        for ref, supplier in zip(self.parts, self.suppliers, strict=True):
            ((status, is_shipped),) = sql.rows(
                "SELECT status, shipped_at IS NOT NULL FROM ordering_supplierorder WHERE ref = %s", [ref]
            )
            if status != "released":
                continue
            did = True
            if is_shipped:
                self._sign(ref)
            else:
                ordering.cancel_supplier_order(supplier.actor, ref, reason="never sent")
        return did


@dataclass
class Graph:
    """What an enumeration found."""

    nodes: dict[State, Node] = field(default_factory=dict)
    transitions: int = 0
    tried: int = 0
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def closed(self) -> int:
        """How many states are ends."""
        return sum(1 for node in self.nodes.values() if node.state[4])


def enumerate_states(saga: Saga, watch: Watch, depth: int, *, widest: int, dice: Random) -> Graph:
    """All states reachable from the order as it is now, by at most so many events, and what is wrong with any.

    Where a layer has more than `widest` states, as many of them drawn by the dice are followed.
    """
    graph = Graph()
    began = time.monotonic()
    root = Node(saga.state(), 0)
    graph.nodes[root.state] = root
    _check(saga, watch, graph, root, [])
    for layer in range(depth):
        found = [node for node in graph.nodes.values() if node.depth == layer]
        chosen = found if len(found) <= widest else dice.sample(found, widest)
        _walk(saga, watch, graph, root, _ways_to(chosen), layer, [])
    graph.seconds = time.monotonic() - began
    return graph


def _ways_to(nodes: list[Node]) -> set[int]:
    """The nodes and all that lie on the way to them."""
    ways: set[int] = set()
    for node in nodes:
        step: Node | None = node
        while step is not None and id(step) not in ways:
            ways.add(id(step))
            step = step.parent
    return ways


def _walk(
    saga: Saga, watch: Watch, graph: Graph, node: Node, ways: set[int], layer: int, story: list[str]
) -> None:
    if node.depth == layer:
        _expand(saga, watch, graph, node, story)
        return
    with _undoing(saga) as place:
        for name, child in node.children:
            if id(child) in ways:
                _happen(saga, dict(saga.events())[name])
                assert saga.state() == child.state, f"{[*story, name]} led elsewhere the second time"
                _walk(saga, watch, graph, child, ways, layer, [*story, name])
                place.undo()


def _expand(saga: Saga, watch: Watch, graph: Graph, node: Node, story: list[str]) -> None:
    with _undoing(saga) as place:
        for name, event in list(saga.events()):
            graph.tried += 1
            _try(saga, watch, graph, node, name, event, story)
            place.undo()
    if not node.events and not node.state[4]:
        graph.faults.append(f"no way on: {story} {node.state}")


def _try(
    saga: Saga, watch: Watch, graph: Graph, node: Node, name: str, event: Event, story: list[str]
) -> None:
    try:
        _happen(saga, event)
    except Refusal:
        return
    state = saga.state()
    if state == node.state:
        return
    graph.transitions += 1
    node.events[name] = state
    if state not in graph.nodes:
        child = Node(state, node.depth + 1, node)
        graph.nodes[state] = child
        node.children.append((name, child))
        _check(saga, watch, graph, child, [*story, name])


def _happen(saga: Saga, event: Event) -> None:
    saga.clock.move(minutes=1)
    event()
    drain()


def _check(saga: Saga, watch: Watch, graph: Graph, node: Node, story: list[str]) -> None:
    """Every promise holds here; and when time has passed until nothing more happens, and people have done what waits
    for them, nothing is held."""
    graph.faults += [f"{story}: {fault}" for fault in watch.look().faults]
    if node.state[4]:
        graph.faults += [f"{story}: closed, but {row[0]}" for row in sql.rows(_HELD)]
        return
    with _undoing(saga):
        saga.let_time_pass()
        did = "time passes"
        if saga.come_to_an_end():
            did = "brought to an end"
            saga.let_time_pass()
        graph.faults += [f"{story}, {did}: {row[0]}" for row in sql.rows(_HELD)]
        graph.faults += [f"{story}, {did}: {fault}" for fault in watch.look().faults]


class _undoing:
    """A savepoint to come back to, the clock and the gateway with it: by `undo`, and at the end.

    One for all that is tried from a place: Django's own would be set, undone and released for each.
    """

    def __init__(self, saga: Saga) -> None:
        self.saga, self.at = saga, saga.clock.at
        self.charges, self.refunds = dict(saga.gateway.charges), dict(saga.gateway.refunds)
        self.hooks = len(connection.run_on_commit)
        self.name = f"saga_{next(_numbers)}"

    def __enter__(self) -> "_undoing":
        sql.execute(f"SAVEPOINT {self.name}")
        return self

    def undo(self) -> None:
        """Everything is as it was when this was set."""
        transaction.set_rollback(False)  # an act that refused has asked for one, and gets it
        sql.execute(f"ROLLBACK TO SAVEPOINT {self.name}")
        del connection.run_on_commit[self.hooks :]
        self.saga.clock.at = self.at
        self.saga.gateway.charges, self.saga.gateway.refunds = dict(self.charges), dict(self.refunds)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if error is None:
            self.undo()
            sql.execute(f"RELEASE SAVEPOINT {self.name}")
        return False


_numbers = count()
