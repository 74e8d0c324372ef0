"""Reads of inventory: what is left, where it is, who holds it, and whether the books agree."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from trivium.catalog.queries import Supplier, own_skus
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.faults import Check, Fault, all_of, faults_in, missing_triggers
from trivium.core.history import changes_of
from trivium.core.time import business_day, day_starts
from trivium.inventory.models import Holiday, Location, Reservation
from trivium.inventory.rules import Kind, past_holidays
from trivium.parties import queries as parties
from trivium.parties.queries import History

PAGE_LIMIT = 200

# What is left of sku `s`, as a lateral join for a list's own statement: `stock.available`, `stock.backorder`.
STOCK = """
LEFT JOIN LATERAL (
    SELECT sum(greatest(x.on_hand - x.reserved, 0)) AS available, bool_or(x.backorder) AS backorder
    FROM inventory_stocklevel x WHERE x.sku_id = s.id
) stock ON true
"""
# The holidays of sku `s`'s supplier that are not over on `today`, for a list's own statement: `closed.days`.
HOLIDAYS = """
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(h.begins, h.ends, h.words) ORDER BY h.begins)::text AS days
    FROM inventory_holiday h
    WHERE h.organization_id = s.supplier_id AND h.removed_at IS NULL AND h.ends >= %(today)s::date
) closed ON true
"""
# For a list's own condition: what is left of sku `s` covers fewer than five of its smallest orders, or some is left.
_LEFT = """coalesce((SELECT sum(greatest(x.on_hand - x.reserved, 0)) FROM inventory_stocklevel x
                   WHERE x.sku_id = s.id), 0)"""
LOW_STOCK = f"{_LEFT} < 5 * s.moq"
IN_STOCK = f"{_LEFT} > 0"
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


# -- when suppliers work ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """Days on which a supplier does not work, the first and the last included."""

    id: int
    ref: str
    supplier_name: str
    begins: dt.date
    ends: dt.date
    words: Mapping[str, str]
    set_at: dt.datetime
    removed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Closed:
    """A supplier that does not work today: the day it works again, and what it tells buyers."""

    works_again: dt.date
    words: Mapping[str, str]


_HOLIDAY = ("id", "ref", "organization__name", "begins", "ends", "words", "set_at", "removed_at")


def holidays_of(actor: Actor, *, before_id: int | None = None, limit: int = 200) -> list[HolidayRow]:
    """The holidays this workspace may see, last set first, those taken back included. One statement."""
    found = Holiday.objects.visible_to(actor).order_by("-id")
    found = found.filter(pk__lt=before_id) if before_id is not None else found
    return [HolidayRow(*row) for row in found.values_list(*_HOLIDAY)[:limit]]


def supply_history(actor: Actor, ref: str, *, before_id: int | None = None, limit: int = 50) -> History:
    """What was changed about a holiday or a warehouse, or about all of a supplier's, for itself and the operator.

    Newest first; `names` has the warehouses'.
    Refuses: NotFound.
    """
    own = actor.is_system or actor.is_role("operator") or actor.organization_ref == ref
    model = Location if ref.startswith("loc_") else Holiday
    if not (own if ref.startswith("org_") else model.objects.visible_to(actor).filter(ref=ref).exists()):
        raise NotFound(what="holiday", ref=ref)
    changes = changes_of([ref], kinds=["holiday", "location"], before_id=before_id, limit=limit)
    found = parties.told(actor, changes)
    refs = {each.subject for each in changes if each.kind == "location"}
    names = dict(Location.objects.filter(ref__in=refs).values_list("ref", "name")) if refs else {}
    return replace(found, names={**found.names, **names})


def work_deadlines(supplier_ids: Sequence[int], at: dt.datetime, due: dt.datetime) -> dict[int, dt.datetime]:
    """Until when each supplier has to answer what would be due then: its holidays do not count. One statement."""
    statement = """SELECT organization_id, begins, ends FROM inventory_holiday
                   WHERE organization_id = ANY(%s::bigint[]) AND removed_at IS NULL AND ends >= %s ORDER BY begins"""
    found: dict[int, list[tuple[dt.datetime, dt.datetime]]] = {key: [] for key in supplier_ids}
    for key, begins, ends in sql.rows(statement, [list(found), business_day(at)]):
        found[key].append((day_starts(begins), day_starts(ends + dt.timedelta(days=1))))
    return {key: past_holidays(at, due, closed) for key, closed in found.items()}


def closed_now(days: str | None, today: dt.date) -> Closed | None:
    """Whether a supplier with these holidays (`HOLIDAYS`) works today; holidays end to end are one."""
    found: Closed | None = None
    for begins, ends, words in json.loads(days) if days else ():
        if dt.date.fromisoformat(begins) <= (found.works_again if found else today):
            found = Closed(dt.date.fromisoformat(ends) + dt.timedelta(days=1), found.words if found else words)
    return found


# -- what must hold (domain.md section 5), for `trivium audit` --------------------------------------------


def levels_are_sums() -> Iterator[Fault]:
    """On hand is what movements brought and took, never below 0; reserved is what is held, never above on hand."""
    return faults_in(
        3,
        """
        WITH moved AS (
            SELECT sku_id, location_id, sum(quantity) AS quantity
            FROM (SELECT sku_id, destination_id AS location_id, quantity FROM inventory_movement
                  UNION ALL SELECT sku_id, source_id, -quantity FROM inventory_movement) AS side
            GROUP BY sku_id, location_id
        ), held AS (
            SELECT stock_id, sum(quantity) AS quantity FROM inventory_reservation
            WHERE status = 'held' GROUP BY stock_id
        ), level AS (
            SELECT s.id, s.sku_id, s.location_id, s.on_hand, s.reserved, s.backorder,
                   coalesce(m.quantity, 0) AS moved, coalesce(h.quantity, 0) AS held
            FROM inventory_stocklevel s
            LEFT JOIN moved m USING (sku_id, location_id)
            LEFT JOIN held h ON h.stock_id = s.id
        )
        SELECT 'stock of ' || coalesce(k.ref, l.sku_id::text) || ' at ' || coalesce(p.ref, l.location_id::text),
               concat_ws('; ',
                   CASE WHEN l.on_hand <> l.moved
                        THEN 'has ' || trim_scale(l.on_hand) || ' on hand, its movements come to '
                             || trim_scale(l.moved) END,
                   CASE WHEN l.reserved <> l.held
                        THEN 'has ' || trim_scale(l.reserved) || ' reserved, its holds come to '
                             || trim_scale(l.held) END,
                   CASE WHEN l.on_hand < 0 THEN 'is below 0' END,
                   CASE WHEN l.reserved > l.on_hand AND NOT l.backorder
                        THEN 'has promised ' || trim_scale(l.reserved) || ' of ' || trim_scale(l.on_hand) END)
        FROM level l LEFT JOIN catalog_sku k ON k.id = l.sku_id LEFT JOIN inventory_location p ON p.id = l.location_id
        WHERE l.on_hand <> l.moved OR l.reserved <> l.held OR l.on_hand < 0
           OR (l.reserved > l.on_hand AND NOT l.backorder)
        ORDER BY l.id
        """,
    )


def movements_are_sound() -> Iterator[Fault]:
    """Every movement carries something somewhere, and every warehouse it touches keeps a level of the sku."""
    return faults_in(
        3,
        """
        SELECT 'movement ' || m.key,
               CASE WHEN m.quantity <= 0 OR m.source_id = m.destination_id THEN 'carries nothing anywhere'
                    ELSE 'touches a warehouse that keeps no level of its sku' END
        FROM inventory_movement m
        WHERE m.quantity <= 0 OR m.source_id = m.destination_id OR EXISTS (
            SELECT FROM inventory_location l
            WHERE l.id IN (m.source_id, m.destination_id) AND l.kind = 'warehouse' AND NOT EXISTS (
                SELECT FROM inventory_stocklevel s WHERE s.sku_id = m.sku_id AND s.location_id = l.id))
        ORDER BY m.id
        """,
    )


def holds_resolve_once() -> Iterator[Fault]:
    """Every hold is of something that is kept, and is either held or was resolved at a moment."""
    return faults_in(
        3,
        """
        SELECT 'reservation ' || r.id || ' for ' || r.subject,
               CASE WHEN s.id IS NULL THEN 'is of stock that is not kept'
                    WHEN r.quantity <= 0 THEN 'holds ' || trim_scale(r.quantity)
                    ELSE 'is ' || r.status || coalesce(' since ' || r.resolved_at, ', nobody knows since when') END
        FROM inventory_reservation r LEFT JOIN inventory_stocklevel s ON s.id = r.stock_id
        WHERE s.id IS NULL OR r.quantity <= 0 OR r.status NOT IN ('held', 'captured', 'released')
           OR (r.status = 'held') <> (r.resolved_at IS NULL)
        ORDER BY r.id
        """,
    )


def resolved_holds_are_guarded() -> Iterator[Fault]:
    """The trigger that lets no resolved hold change is there."""
    return missing_triggers(5, {"inventory_reservation_resolved_stays": "inventory_reservation"})


CHECKS: tuple[Check, ...] = (
    levels_are_sums,
    movements_are_sound,
    holds_resolve_once,
    resolved_holds_are_guarded,
)


def faults() -> Iterator[Fault]:
    """Every stock level, movement and hold that breaks a promise."""
    return all_of(CHECKS)
