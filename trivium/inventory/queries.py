"""Reads of inventory: what is left, where it is, who holds it, and whether the books agree."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from trivium.catalog.queries import Supplier, own_skus
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.faults import Check, Fault, all_of, faults_in, missing_triggers
from trivium.inventory.models import Location, Reservation
from trivium.inventory.rules import Kind

PAGE_LIMIT = 200

# What is left of sku `s`, as a lateral join for a list's own statement: `stock.available`, `stock.backorder`.
STOCK = """
LEFT JOIN LATERAL (
    SELECT sum(greatest(x.on_hand - x.reserved, 0)) AS available, bool_or(x.backorder) AS backorder
    FROM inventory_stocklevel x WHERE x.sku_id = s.id
) stock ON true
"""
_AVAILABLE = """
SELECT sku_id, sum(greatest(on_hand - reserved, 0)), bool_or(backorder)
FROM inventory_stocklevel WHERE sku_id = ANY (%s::bigint[]) GROUP BY sku_id
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A warehouse and whose it is."""

    id: int
    ref: str
    supplier_id: int
    supplier_ref: str


@dataclass(frozen=True, slots=True)
class LocationRow:
    """A warehouse as its supplier sees it."""

    ref: str
    name: str
    priority: int


@dataclass(frozen=True, slots=True)
class StockRow:
    """What is at a location of a sku. `id` is the page's cursor."""

    id: int
    sku_ref: str
    code: str
    location_ref: str
    location_name: str
    on_hand: Decimal
    reserved: Decimal
    backorder: bool


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One movement of a sku; locations by name, world locations by kind."""

    id: int
    at: dt.datetime
    source: str
    destination: str
    quantity: Decimal
    subject: str


@dataclass(frozen=True, slots=True)
class Hold:
    """What a subject holds, held or was given, of a sku at a location."""

    subject: str
    sku_id: int
    location_id: int
    quantity: Decimal
    status: str
    at: dt.datetime
    resolved_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class BrokenLevel:
    """A stock level that does not agree with its movements, or with what is held."""

    stock_id: int
    sku_ref: str
    location_ref: str
    on_hand: Decimal
    moved: Decimal
    reserved: Decimal
    held: Decimal


def available(sku_ids: Sequence[int]) -> dict[int, Decimal]:
    """How much is left of each sku over all locations; 0 where none was ever kept. One statement."""
    found = {row[0]: row[1] for row in sql.rows(_AVAILABLE, [list(sku_ids)])}
    return {sku_id: found.get(sku_id, Decimal(0)) for sku_id in sku_ids}


def on_backorder(sku_ids: Sequence[int]) -> set[int]:
    """Which of these skus may be sold beyond what is on hand. One statement."""
    return {row[0] for row in sql.rows(_AVAILABLE, [list(sku_ids)]) if row[2]}


_PLACE_COLUMNS = ("id", "ref", "organization_id", "organization__ref")


def get_place(actor: Actor, ref: str, *, supplier_id: int | None = None) -> Place:
    """A warehouse this workspace may use.

    Refuses: NotFound, if it is not there, not its own, or not `supplier_id`'s.
    """
    found = Location.objects.visible_to(actor).filter(ref=ref, kind=Kind.WAREHOUSE)
    if supplier_id is not None:
        found = found.filter(organization_id=supplier_id)
    row = found.values_list(*_PLACE_COLUMNS).first()
    if row is None:
        raise NotFound(what="location", ref=ref, field="location_ref")
    return Place(*row)


def first_place(supplier: Supplier) -> Place | None:
    """The warehouse a supplier's stock is taken from first."""
    found = Location.objects.filter(organization_id=supplier.id, kind=Kind.WAREHOUSE)
    row = found.order_by("priority", "id").values_list(*_PLACE_COLUMNS).first()
    return Place(*row) if row else None


def world_of(supplier_id: int) -> dict[str, int]:
    """Keys of a supplier's world locations, by kind."""
    found = Location.objects.filter(organization_id=supplier_id).exclude(kind=Kind.WAREHOUSE)
    return dict(found.values_list("kind", "id"))


def locations_of(actor: Actor, *, supplier_ref: str | None = None) -> list[LocationRow]:
    """The warehouses this workspace may see, in the order stock is taken from them."""
    found = Location.objects.visible_to(actor).filter(kind=Kind.WAREHOUSE)
    if supplier_ref:
        found = found.filter(organization__ref=supplier_ref)
    rows = found.order_by("organization_id", "priority", "id").values_list("ref", "name", "priority")
    return [LocationRow(*row) for row in rows]


_STOCK = """
SELECT s.id, k.ref, k.code, l.ref, l.name, s.on_hand, s.reserved, s.backorder
FROM inventory_stocklevel s
JOIN catalog_sku k ON k.id = s.sku_id
JOIN inventory_location l ON l.id = s.location_id
WHERE s.id > %(after)s {mine} {these}
ORDER BY s.id LIMIT %(limit)s
"""


def stock_of(
    actor: Actor, *, sku_refs: Sequence[str] | None = None, after_id: int = 0, limit: int = 100
) -> list[StockRow]:
    """A page of stock levels: a supplier's own, the operator's all. One statement.

    Refuses: Denied("stock.view").
    """
    actor.require("stock.view")
    sees_all = actor.is_system or actor.is_role("operator")
    statement = _STOCK.format(
        mine="" if sees_all else "AND k.supplier_id = %(own)s",
        these="" if sku_refs is None else "AND k.ref = ANY (%(refs)s::text[])",
    )
    found = sql.rows(statement, {
        "after": after_id,
        "own": actor.organization_id,
        "refs": list(sku_refs or ()),
        "limit": max(1, min(limit, PAGE_LIMIT)),
    })  # fmt: skip
    return [StockRow(*row) for row in found]


_MOVEMENTS = """
SELECT m.id, m.at, CASE s.kind WHEN 'warehouse' THEN s.name ELSE s.kind END,
       CASE d.kind WHEN 'warehouse' THEN d.name ELSE d.kind END, m.quantity, m.subject
FROM inventory_movement m
JOIN inventory_location s ON s.id = m.source_id
JOIN inventory_location d ON d.id = m.destination_id
WHERE m.sku_id = %s AND m.id > %s
ORDER BY m.id LIMIT %s
"""


def movements_of(actor: Actor, sku_ref: str, *, after_id: int = 0, limit: int = 100) -> list[MovementRow]:
    """A page of a sku's movements, oldest first. Two statements.

    Refuses: Denied("stock.view"), NotFound.
    """
    actor.require("stock.view")
    sku_id = own_skus(actor, [sku_ref])[sku_ref]
    return [
        MovementRow(*row) for row in sql.rows(_MOVEMENTS, [sku_id, after_id, max(1, min(limit, PAGE_LIMIT))])
    ]


def holds_of(subjects: Sequence[str]) -> list[Hold]:
    """What these subjects hold and held, in the order it was written. One statement."""
    rows = Reservation.objects.filter(subject__in=list(subjects)).order_by("id").values_list(
        "subject", "stock__sku_id", "stock__location_id", "quantity", "status", "at", "resolved_at"
    )  # fmt: skip
    return [Hold(*row) for row in rows]


def held(subjects: Sequence[str]) -> dict[str, Decimal]:
    """How much each subject holds now; those that hold nothing are missing. One statement."""
    statement = (
        "SELECT subject, sum(quantity) FROM inventory_reservation "
        "WHERE subject = ANY (%s::text[]) AND status = 'held' GROUP BY subject"
    )
    return dict(sql.rows(statement, [list(subjects)]))


_BROKEN = """
WITH level AS (
    SELECT id, sku_id, location_id, on_hand, reserved, backorder FROM inventory_stocklevel
    WHERE id > %(after)s::bigint ORDER BY id LIMIT %(limit)s::int
), counted AS (
    SELECT l.*,
           coalesce((SELECT sum(CASE WHEN m.destination_id = l.location_id THEN m.quantity ELSE -m.quantity END)
                     FROM inventory_movement m
                     WHERE m.sku_id = l.sku_id AND l.location_id IN (m.source_id, m.destination_id)), 0) AS moved,
           coalesce((SELECT sum(r.quantity) FROM inventory_reservation r
                     WHERE r.stock_id = l.id AND r.status = 'held'), 0) AS held
    FROM level l
)
SELECT c.id, k.ref, p.ref, c.on_hand, c.moved, c.reserved, c.held,
       c.on_hand <> c.moved OR c.reserved <> c.held OR c.on_hand < 0 OR (c.reserved > c.on_hand AND NOT c.backorder)
FROM counted c JOIN catalog_sku k ON k.id = c.sku_id JOIN inventory_location p ON p.id = c.location_id
ORDER BY c.id
"""


def broken_levels(*, at_once: int = 500) -> Iterator[BrokenLevel]:
    """Every stock level that breaks a promise: on hand = sum of movements ≥ 0, reserved = sum of holds ≤ on hand.

    Reads a bounded number of levels at a time; a level is seen as of one moment.
    """
    after = 0
    while True:
        found = sql.rows(_BROKEN, {"after": after, "limit": at_once})
        if not found:
            return
        yield from (BrokenLevel(*row[:7]) for row in found if row[7])
        after = found[-1][0]


_ORPHANS = """
SELECT m.id, m.key FROM inventory_movement m
JOIN inventory_location s ON s.id = m.source_id
JOIN inventory_location d ON d.id = m.destination_id
WHERE m.id > %(after)s::bigint AND (
    (s.kind = 'warehouse' AND NOT EXISTS (
        SELECT FROM inventory_stocklevel x WHERE x.sku_id = m.sku_id AND x.location_id = m.source_id))
    OR (d.kind = 'warehouse' AND NOT EXISTS (
        SELECT FROM inventory_stocklevel x WHERE x.sku_id = m.sku_id AND x.location_id = m.destination_id)))
ORDER BY m.id LIMIT %(limit)s::int
"""


def movements_without_level(*, after_id: int = 0, limit: int = 500) -> list[tuple[int, str]]:
    """Movements into or out of a warehouse that has no stock level for the sku: (id, key)."""
    return [(row[0], row[1]) for row in sql.rows(_ORPHANS, {"after": after_id, "limit": limit})]


_HELD_SUBJECTS = """
SELECT id, subject, quantity FROM inventory_reservation
WHERE status = 'held' AND id > %(after)s::bigint ORDER BY id LIMIT %(limit)s::int
"""


def held_subjects(*, after_id: int = 0, limit: int = 1000) -> list[tuple[int, str, Decimal]]:
    """A page of all holds, (id, subject, quantity): for whoever checks that each still waits for something."""
    return [(row[0], row[1], row[2]) for row in sql.rows(_HELD_SUBJECTS, {"after": after_id, "limit": limit})]


# -- for the audit: promise 3 ----------------------------------------------------------------------------------------

_LEVEL = """
SELECT 'stock of ' || COALESCE(k.ref, '?') || ' at ' || COALESCE(p.ref, '?'), {text}
FROM inventory_stocklevel s
LEFT JOIN catalog_sku k ON k.id = s.sku_id LEFT JOIN inventory_location p ON p.id = s.location_id
"""
_MOVED = """
WITH moved AS (
    SELECT sku_id, location_id, sum(quantity) AS quantity FROM (
        SELECT sku_id, source_id AS location_id, -quantity AS quantity FROM inventory_movement
        UNION ALL SELECT sku_id, destination_id, quantity FROM inventory_movement) AS side
    GROUP BY sku_id, location_id
)
"""


def on_hand_is_what_moved() -> Iterator[Fault]:
    """What is on hand is the sum of movements, and never below nothing."""
    level = _LEVEL.format(text="'is ' || trim_scale(s.on_hand) || ', movements come to '"
                          " || trim_scale(COALESCE(m.quantity, 0))")  # fmt: skip
    return faults_in(
        3,
        f"{_MOVED}{level} LEFT JOIN moved m USING (sku_id, location_id)"
        " WHERE s.on_hand <> COALESCE(m.quantity, 0) OR s.on_hand < 0 ORDER BY s.id",
    )


def reserved_is_what_is_held() -> Iterator[Fault]:
    """What is reserved is the sum of open reservations."""
    level = _LEVEL.format(text="'has ' || trim_scale(s.reserved) || ' reserved, reservations hold '"
                          " || trim_scale(COALESCE(h.quantity, 0))")  # fmt: skip
    return faults_in(
        3,
        f"{level} LEFT JOIN (SELECT stock_id, sum(quantity) AS quantity FROM inventory_reservation"
        " WHERE status = 'held' GROUP BY stock_id) AS h ON h.stock_id = s.id"
        " WHERE s.reserved <> COALESCE(h.quantity, 0) OR s.reserved < 0 ORDER BY s.id",
    )


def nothing_is_oversold() -> Iterator[Fault]:
    """Nothing beyond what is on hand is reserved, unless the supplier allows backorders."""
    level = _LEVEL.format(text="'has ' || trim_scale(s.reserved) || ' reserved of ' || trim_scale(s.on_hand)")
    return faults_in(3, f"{level} WHERE s.reserved > s.on_hand AND NOT s.backorder ORDER BY s.id")


def movements_have_levels() -> Iterator[Fault]:
    """Every movement carries a positive quantity, and a warehouse it goes through has a stock level."""
    statement = _ORPHANS.replace("LIMIT %(limit)s::int", "").replace(
        "m.id, m.key", "'movement ' || m.id, m.key"
    )
    for subject, key in sql.stream(statement, {"after": 0}):
        yield Fault(3, subject, f"({key}) goes through a warehouse that has no stock level for its sku")
    yield from faults_in(
        3,
        "SELECT 'movement ' || id, 'carries ' || quantity FROM inventory_movement WHERE quantity <= 0 ORDER BY id",
    )


def reservations_end_once() -> Iterator[Fault]:
    """Every reservation is of stock there is, of a positive quantity, and either open or ended at some time."""
    yield from faults_in(
        3,
        """
        SELECT 'reservation ' || r.id, 'for ' || r.subject || ' is ' || r.status || CASE
                   WHEN s.id IS NULL THEN ' of stock that is not there' WHEN r.quantity <= 0 THEN ' of nothing'
                   WHEN r.resolved_at IS NULL THEN ' since no time' ELSE ', but has ended' END
        FROM inventory_reservation r LEFT JOIN inventory_stocklevel s ON s.id = r.stock_id
        WHERE s.id IS NULL OR r.quantity <= 0 OR (r.status = 'held') <> (r.resolved_at IS NULL) ORDER BY r.id
        """,
    )
    yield from missing_triggers(3, {"inventory_reservation_resolved_stays": "inventory_reservation"})


CHECKS: tuple[Check, ...] = (
    on_hand_is_what_moved,
    reserved_is_what_is_held,
    nothing_is_oversold,
    movements_have_levels,
    reservations_end_once,
)


def faults() -> Iterator[Fault]:
    """Every stock level, movement and reservation that breaks a promise."""
    return all_of(CHECKS)
