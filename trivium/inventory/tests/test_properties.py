"""Any sequence of acts keeps the books: conservation, no overdraft, each hold resolved once.

A small model in plain Python says what must happen; the database must say the same after every act.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.proving import examples
from trivium.catalog.tests.factories import make_skus, make_supplier, sku_id
from trivium.core.actor import Actor
from trivium.core.time import now
from trivium.inventory import commands, queries
from trivium.inventory.errors import AlreadyHeld, BelowReserved, NotHeld, NotOnHand, OutOfStock
from trivium.inventory.models import Movement, Reservation
from trivium.inventory.rules import Item, Returned, Take, Want

pytestmark = pytest.mark.django_db

SKUS, PLACES = range(3), range(2)
quantities = st.integers(1, 12_000).map(lambda n: Decimal(n) / 1000)
sku = st.sampled_from(SKUS)
place = st.sampled_from(PLACES)
subject = st.sampled_from([f"oln_{i}" for i in range(5)])
acts = st.one_of(
    st.tuples(st.just("receive"), sku, place, quantities),
    st.tuples(st.just("count"), sku, place, st.one_of(quantities, st.just(Decimal(0)))),
    st.tuples(st.just("scrap"), sku, place, quantities),
    st.tuples(st.just("move"), sku, place, quantities),
    st.tuples(st.just("reserve"), st.lists(st.tuples(sku, quantities, subject), min_size=1, max_size=4)),
    st.tuples(st.just("release"), subject, st.one_of(st.none(), quantities)),
    st.tuples(st.just("capture"), subject, quantities),
    st.tuples(st.just("back"), sku, quantities),
    st.tuples(st.just("backorder"), sku, place, st.booleans()),
)


@dataclass
class Book:
    """What must be true: levels by (sku, place), and holds as (subject, sku, place) in the order they were taken."""

    on_hand: dict[tuple[int, int], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    backorder: set[tuple[int, int]] = field(default_factory=set)
    holds: dict[tuple[str, int, int], Decimal] = field(default_factory=dict)
    known: set[tuple[int, int]] = field(default_factory=set)

    def reserved(self, level: tuple[int, int]) -> Decimal:
        return sum((q for (_s, sku, place), q in self.holds.items() if (sku, place) == level), Decimal(0))

    def take(self, wants: list[tuple[int, Decimal, str]]) -> type[Exception] | None:
        """Take wishes one after the other, from place 0 first; all or none."""
        if not self._fits(wants):
            return OutOfStock
        taken: dict[tuple[str, int, int], Decimal] = defaultdict(Decimal)
        for sku, quantity, name in wants:
            left = quantity
            for place in PLACES:
                level = (sku, place)
                gone = sum((q for (_s, k, p), q in taken.items() if (k, p) == level), Decimal(0))
                part = min(left, max(Decimal(0), self.on_hand[level] - self.reserved(level) - gone))
                if part > 0:
                    taken[name, sku, place] += part
                    left -= part
            if left:
                first = min(p for p in PLACES if (sku, p) in self.backorder)
                taken[name, sku, first] += left
        if taken.keys() & self.holds.keys():
            return AlreadyHeld
        self.holds |= taken
        return None

    def _fits(self, wants: list[tuple[int, Decimal, str]]) -> bool:
        for sku in SKUS:
            asked = sum((q for k, q, _s in wants if k == sku), Decimal(0))
            free = sum(
                (max(Decimal(0), self.on_hand[sku, p] - self.reserved((sku, p))) for p in PLACES), Decimal(0)
            )
            if asked > free and not any((sku, p) in self.backorder for p in PLACES):
                return False
        return True

    def held(self, name: str) -> Decimal:
        return sum((q for (s, _k, _p), q in self.holds.items() if s == name), Decimal(0))


class Market:
    """A supplier with three skus at two places, its model, and the real thing beside it."""

    def __init__(self, supplier: Actor, refs: list[str], places: list[str]) -> None:
        self.supplier, self.refs, self.places = supplier, refs, places
        self.ids = [sku_id(ref) for ref in refs]
        self.place_ids = [queries.get_place(supplier, place).id for place in places]
        self.book = Book()
        self.keys = count(1)

    def run(self, act: tuple[object, ...]) -> None:
        name, *arguments = act
        expected = getattr(self, f"expect_{name}")(*arguments)
        outcome: type[Exception] | None = None
        try:
            with transaction.atomic():
                getattr(self, f"do_{name}")(*arguments)
        except (AlreadyHeld, BelowReserved, NotHeld, NotOnHand, OutOfStock) as refusal:
            outcome = type(refusal)
        assert outcome is expected, (act, outcome, expected)

    def key(self) -> str:
        return f"k{next(self.keys)}"

    def expect_receive(self, sku: int, place: int, quantity: Decimal) -> None:
        self.book.on_hand[sku, place] += quantity
        self.book.known.add((sku, place))

    def do_receive(self, sku: int, place: int, quantity: Decimal) -> None:
        item = Item(self.refs[sku], quantity)
        commands.receive(self.supplier, [item], location_ref=self.places[place], key=self.key())

    def _lower(self, level: tuple[int, int], rest: Decimal) -> type[Exception] | None:
        floor = Decimal(0) if level in self.book.backorder else self.book.reserved(level)
        if rest < floor:
            return BelowReserved
        self.book.known.add(level)
        self.book.on_hand[level] = rest
        return None

    def expect_count(self, sku: int, place: int, quantity: Decimal) -> type[Exception] | None:
        if quantity == self.book.on_hand[sku, place]:
            self.book.known.add((sku, place))
            return None
        return self._lower((sku, place), quantity)

    def do_count(self, sku: int, place: int, quantity: Decimal) -> None:
        commands.count_stock(self.supplier, [Item(self.refs[sku], quantity)], location_ref=self.places[place])

    def expect_scrap(self, sku: int, place: int, quantity: Decimal) -> type[Exception] | None:
        return self._lower((sku, place), self.book.on_hand[sku, place] - quantity)

    def do_scrap(self, sku: int, place: int, quantity: Decimal) -> None:
        item = Item(self.refs[sku], quantity)
        commands.write_off(self.supplier, [item], location_ref=self.places[place], key=self.key())

    def expect_move(self, sku: int, place: int, quantity: Decimal) -> type[Exception] | None:
        refusal = self.expect_scrap(sku, place, quantity)
        if refusal is None:
            self.expect_receive(sku, 1 - place, quantity)
        return refusal

    def do_move(self, sku: int, place: int, quantity: Decimal) -> None:
        source, destination = self.places[place], self.places[1 - place]
        item = Item(self.refs[sku], quantity)
        commands.move_stock(
            self.supplier, [item], source_ref=source, destination_ref=destination, key=self.key()
        )

    def expect_reserve(self, wants: list[tuple[int, Decimal, str]]) -> type[Exception] | None:
        return self.book.take(wants)

    def do_reserve(self, wants: list[tuple[int, Decimal, str]]) -> None:
        commands.reserve([Want(self.ids[sku], quantity, name) for sku, quantity, name in wants], at=now())

    def expect_release(self, name: str, quantity: Decimal | None) -> type[Exception] | None:
        if quantity is not None and quantity > self.book.held(name):
            return NotHeld
        self._resolve(name, self.book.held(name) if quantity is None else quantity, backwards=True)
        return None

    def _resolve(
        self, name: str, quantity: Decimal, *, backwards: bool
    ) -> list[tuple[tuple[int, int], Decimal]]:
        """Take from the holds of a subject in the order they were written, or the other way round."""
        keys = [key for key in self.order(name)]
        parts = []
        for key in reversed(keys) if backwards else keys:
            part = min(quantity, self.book.holds[key])
            if part:
                parts.append((key[1:], part))
                quantity -= part
                self.book.holds[key] -= part
                if not self.book.holds[key]:
                    del self.book.holds[key]
        return parts

    def order(self, name: str) -> list[tuple[str, int, int]]:
        rows = Reservation.objects.filter(subject=name, status="held").order_by("id")
        found = rows.values_list("stock__sku_id", "stock__location_id")
        return [(name, self.ids.index(sku), self.place_ids.index(place)) for sku, place in found]

    def do_release(self, name: str, quantity: Decimal | None) -> None:
        commands.release([name], quantities=None if quantity is None else {name: quantity}, at=now())

    def expect_capture(self, name: str, quantity: Decimal) -> type[Exception] | None:
        if quantity > self.book.held(name):
            return NotHeld
        before = dict(self.book.holds)
        parts = self._resolve(name, quantity, backwards=False)
        if any(part > self.book.on_hand[level] for level, part in parts):
            self.book.holds = before
            return NotOnHand
        for level, part in parts:
            self.book.on_hand[level] -= part
        return None

    def do_capture(self, name: str, quantity: Decimal) -> None:
        commands.capture([Take(name, quantity)], at=now(), key=self.key(), actor_ref="tests")

    def expect_back(self, sku: int, quantity: Decimal) -> None:
        self.book.on_hand[sku, min(p for p in PLACES if (sku, p) in self.book.known)] += quantity

    def do_back(self, sku: int, quantity: Decimal) -> None:
        commands.take_back(
            [Returned(self.ids[sku], quantity, "oln_0")], at=now(), key=self.key(), actor_ref="tests"
        )

    def expect_backorder(self, sku: int, place: int, allowed: bool) -> type[Exception] | None:
        level = (sku, place)
        if not allowed and self.book.reserved(level) > self.book.on_hand[level]:
            return BelowReserved
        self.book.known.add(level)
        (self.book.backorder.add if allowed else self.book.backorder.discard)(level)
        return None

    def do_backorder(self, sku: int, place: int, allowed: bool) -> None:
        commands.set_backorder(
            self.supplier, [self.refs[sku]], is_allowed=allowed, location_ref=self.places[place]
        )

    def check(self) -> None:
        """The database agrees with the model, and with itself."""
        assert list(queries.levels_are_sums()) == []
        rows = {(r.sku_ref, r.location_ref): (r.on_hand, r.reserved) for r in queries.stock_of(self.supplier)}
        for (sku, place), quantity in self.book.on_hand.items():
            found = rows.get((self.refs[sku], self.places[place]), (Decimal(0), Decimal(0)))
            assert found == (quantity, self.book.reserved((sku, place)))
        held = Reservation.objects.filter(status="held").values_list(
            "subject", "stock__sku_id", "stock__location_id", "quantity"
        )
        assert {(s, self.ids.index(k), self.place_ids.index(p)): q for s, k, p, q in held} == self.book.holds


@pytest.fixture
def supplier() -> Actor:
    return make_supplier()


def new_market(supplier: Actor) -> Market:
    refs = make_skus(supplier, len(SKUS))
    places = [commands.open_location(supplier, name=f"Place {p}", priority=p) for p in PLACES]
    market = Market(supplier, refs, places)
    for sku in SKUS:
        market.run(("receive", sku, 0, Decimal(10)))
    return market


# Each is a market of its own, looked at after every act: a tenth of a second. The machine trades in stock as well.
@settings(
    max_examples=examples(0.5), suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(sequence=st.lists(acts, min_size=1, max_size=14))
def test_any_sequence_of_acts_keeps_the_books(supplier: Actor, sequence: list[tuple[object, ...]]) -> None:
    with transaction.atomic():
        market = new_market(supplier)
        for act in sequence:
            market.run(act)
            market.check()
        assert list(queries.faults()) == []
        _world_balances()
        transaction.set_rollback(True)


_WORLD = """
SELECT coalesce(sum(on_hand), 0) - (
    SELECT coalesce(sum(CASE d.kind WHEN 'warehouse' THEN m.quantity ELSE 0 END
                        - CASE s.kind WHEN 'warehouse' THEN m.quantity ELSE 0 END), 0)
    FROM inventory_movement m
    JOIN inventory_location s ON s.id = m.source_id
    JOIN inventory_location d ON d.id = m.destination_id)
FROM inventory_stocklevel
"""


def _world_balances() -> None:
    """Over all locations, the world's included, what left somewhere arrived somewhere."""
    with connection.cursor() as cursor:
        cursor.execute(_WORLD)
        assert cursor.fetchone() == (0,)
    assert not Movement.objects.filter(quantity__lte=0).exists()
