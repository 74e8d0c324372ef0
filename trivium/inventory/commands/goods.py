"""What suppliers do with their goods: open locations, receive, count, move, write off."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from trivium.catalog import commands as catalog
from trivium.catalog import queries as skus
from trivium.catalog.rules import check_set
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import clean_text
from trivium.core.events import publish
from trivium.core.i18n import gettext_noop
from trivium.core.ids import new_ref
from trivium.core.time import now
from trivium.inventory import queries
from trivium.inventory.commands.moves import carry, ensure_levels
from trivium.inventory.errors import BelowReserved, SameLocation, Short
from trivium.inventory.events import BackorderSet, LocationOpened, StockCounted, StockMoved, StockReceived
from trivium.inventory.models import Location
from trivium.inventory.queries import Place
from trivium.inventory.rules import (
    KEY_LIMIT,
    NAME_LIMIT,
    SET_LIMIT,
    WORLD,
    Item,
    Kind,
    clean_items,
    clean_priority,
)

FIRST_LOCATION = gettext_noop("Main warehouse")


@act
def open_location(actor: Actor, *, name: str, priority: int = 0, supplier_ref: str | None = None) -> str:
    """Let a supplier keep goods at one more place. Stock is taken from lower priorities first. Returns its reference.

    Refuses: Denied("stock.edit"), NotFound (supplier), Empty, TooLong, BadPriority.
    """
    actor.require("stock.edit")
    return _open(actor, catalog.supplier_of(actor, supplier_ref), name, priority, now()).ref


def _ensure_world(supplier: skus.Supplier) -> None:
    """The supplier's world locations; whoever makes them first lets the others wait until it is done."""
    world = [Location(organization_id=supplier.id, kind=kind, name=kind, priority=0) for kind in WORLD]
    Location.objects.bulk_create(world, ignore_conflicts=True)


def _open(actor: Actor, supplier: skus.Supplier, name: str, priority: int, at: dt.datetime) -> Place:
    _ensure_world(supplier)
    location = Location.objects.create(
        organization_id=supplier.id,
        kind=Kind.WAREHOUSE,
        name=clean_text(name, limit=NAME_LIMIT, field="name"),
        priority=clean_priority(priority),
    )
    publish(LocationOpened(subject=location.ref, audience=(supplier.ref,)), actor=actor, at=at)
    return Place(location.pk, location.ref, supplier.id, supplier.ref)


def _place(actor: Actor, location_ref: str | None, supplier_ref: str | None, at: dt.datetime) -> Place:
    """The named location, or the supplier's first one, opened if it has none."""
    if location_ref:
        return queries.get_place(actor, location_ref)
    supplier = catalog.supplier_of(actor, supplier_ref)
    place = queries.first_place(supplier)
    if place is None:
        _ensure_world(supplier)
        place = queries.first_place(supplier) or _open(actor, supplier, FIRST_LOCATION, 0, at)
    return place


@act
def receive(
    actor: Actor,
    items: Sequence[Item],
    *,
    key: str,
    location_ref: str | None = None,
    supplier_ref: str | None = None,
) -> bool:
    """Take in goods at a location, by default the supplier's first. A constant number of statements for any number.

    `key` names the delivery: with one used before nothing changes and the answer is False.
    Refuses: Denied("stock.edit"), NotFound (sku, location, supplier), BadQuantity, NamedTwice, NothingMoved, TooMany.
    """
    actor.require("stock.edit")
    at = now()
    items = _checked(items)
    place = _place(actor, location_ref, supplier_ref, at)
    ids, read = _read(actor, items, place)
    world = queries.world_of(place.supplier_id)
    moves = [(ids[ref], world[Kind.SUPPLIER], place.id, quantity, place.ref) for ref, quantity in read]
    if not carry(moves, at=at, key=_key("receive", place, key), actor_ref=actor.ref):
        return False
    event = StockReceived(subject=place.ref, audience=(place.supplier_ref,), sku_count=len(moves))
    publish(event, actor=actor, at=at)
    return True


def _checked(items: Sequence[Item]) -> Sequence[Item]:
    check_set(len(items), limit=SET_LIMIT)
    return items


def _read(
    actor: Actor, items: Sequence[Item], place: Place, *, zero: bool = False
) -> tuple[dict[str, int], list[tuple[str, Decimal]]]:
    """Keys of the skus, which must be the location's owner's, and the quantities."""
    read = clean_items(items, zero=zero)
    return skus.own_skus(actor, [ref for ref, _quantity in read], supplier_id=place.supplier_id), read


def _key(verb: str, place: Place, key: str) -> str:
    """Keys are the supplier's own: another's same key is another key."""
    return f"{verb}:{place.supplier_id}:{clean_text(key, limit=KEY_LIMIT - 30, field='key')}"


_COUNT = """
WITH counted AS (
    SELECT sku_id, quantity, place FROM unnest(%(skus)s::bigint[], %(quantities)s::numeric[]) WITH ORDINALITY
         AS c (sku_id, quantity, place)
), level AS MATERIALIZED (
    SELECT id, sku_id, on_hand, reserved, backorder FROM inventory_stocklevel
    WHERE location_id = %(location)s::bigint AND sku_id = ANY (%(skus)s::bigint[])
    ORDER BY id
    FOR NO KEY UPDATE
), found AS (
    SELECT l.id, l.sku_id, c.quantity, l.reserved, l.backorder, c.place, c.quantity - l.on_hand AS more
    FROM level l JOIN counted c USING (sku_id)
    WHERE c.quantity <> l.on_hand
), below AS (
    SELECT k.ref, k.code, f.reserved, f.quantity
    FROM found f JOIN catalog_sku k ON k.id = f.sku_id
    WHERE f.quantity < f.reserved AND NOT f.backorder
), changed AS (
    UPDATE inventory_stocklevel s SET on_hand = f.quantity, reserved = f.reserved, backorder = f.backorder
    FROM found f WHERE s.id = f.id AND NOT EXISTS (SELECT FROM below)
), written AS (
    INSERT INTO inventory_movement (key, sku_id, source_id, destination_id, quantity, subject, at, actor)
    SELECT %(key)s::text || '/' || place, sku_id,
           CASE WHEN more > 0 THEN %(correction)s::bigint ELSE %(location)s::bigint END,
           CASE WHEN more > 0 THEN %(location)s::bigint ELSE %(correction)s::bigint END,
           abs(more), %(subject)s::text, %(at)s::timestamptz, %(actor)s::text
    FROM found WHERE NOT EXISTS (SELECT FROM below) ORDER BY place
)
SELECT ref, code, reserved, quantity, 0 FROM below
UNION ALL SELECT NULL, '', 0, 0, count(*) FROM found
"""


@act
def count_stock(
    actor: Actor, items: Sequence[Item], *, location_ref: str | None = None, supplier_ref: str | None = None
) -> int:
    """Set what is on hand to what was counted, each difference being a movement. Returns how many differed.

    Counting the same twice changes nothing. A constant number of statements for any number of skus.
    Refuses: Denied("stock.edit"), NotFound (sku, location, supplier), BadQuantity, NamedTwice, NothingMoved, TooMany,
    BelowReserved (naming every sku of which orders hold more than was counted).
    """
    actor.require("stock.edit")
    at = now()
    items = _checked(items)
    place = _place(actor, location_ref, supplier_ref, at)
    ids, read = _read(actor, items, place, zero=True)
    sku_ids = [ids[ref] for ref, _quantity in read]
    ensure_levels([(sku_id, place.id) for sku_id in sku_ids])
    *below, (_none, _code, _held, _left, differing) = sql.rows(_COUNT, {
        "skus": sku_ids,
        "quantities": [quantity for _ref, quantity in read],
        "location": place.id,
        "correction": queries.world_of(place.supplier_id)[Kind.CORRECTION],
        "key": new_ref("count"),
        "subject": place.ref,
        "at": at,
        "actor": actor.ref,
    })  # fmt: skip
    if below:
        raise BelowReserved([Short(*row[:4]) for row in below])
    publish(
        StockCounted(
            subject=place.ref, audience=(place.supplier_ref,), sku_count=len(read), difference_count=differing
        ),
        actor=actor, at=at,
    )  # fmt: skip
    return int(differing)


@act
def move_stock(
    actor: Actor, items: Sequence[Item], *, source_ref: str, destination_ref: str, key: str
) -> bool:
    """Carry goods from one location of a supplier to another of its own. False when the key was used before.

    Refuses: Denied("stock.edit"), NotFound, SameLocation, BelowReserved, BadQuantity, NamedTwice, NothingMoved,
    TooMany.
    """
    actor.require("stock.edit")
    items = _checked(items)
    source = queries.get_place(actor, source_ref)
    destination = queries.get_place(actor, destination_ref, supplier_id=source.supplier_id)
    if source.id == destination.id:
        raise SameLocation(field="destination_ref")
    return _carry_out(actor, items, source, destination.id, destination.ref, _key("move", source, key))


@act
def write_off(actor: Actor, items: Sequence[Item], *, location_ref: str, key: str) -> bool:
    """Take spoilt or lost goods off the books. False when the key was used before.

    Refuses: Denied("stock.edit"), NotFound, BelowReserved, BadQuantity, NamedTwice, NothingMoved, TooMany.
    """
    actor.require("stock.edit")
    items = _checked(items)
    source = queries.get_place(actor, location_ref)
    scrap = queries.world_of(source.supplier_id)[Kind.SCRAP]
    return _carry_out(actor, items, source, scrap, Kind.SCRAP, _key("scrap", source, key))


def _carry_out(
    actor: Actor, items: Sequence[Item], source: Place, destination_id: int, destination_ref: str, key: str
) -> bool:
    at = now()
    ids, read = _read(actor, items, source)
    moves = [(ids[ref], source.id, destination_id, quantity, source.ref) for ref, quantity in read]
    if not carry(moves, at=at, key=key, actor_ref=actor.ref):
        return False
    event = StockMoved(
        subject=source.ref,
        audience=(source.supplier_ref,),
        sku_count=len(moves),
        destination_ref=destination_ref,
    )
    publish(event, actor=actor, at=at)
    return True


_BACKORDER = """
WITH level AS MATERIALIZED (
    SELECT id, sku_id, on_hand, reserved FROM inventory_stocklevel
    WHERE location_id = %(location)s::bigint AND sku_id = ANY (%(skus)s::bigint[])
    ORDER BY id
    FOR NO KEY UPDATE
), owed AS (
    SELECT k.ref, k.code, l.reserved, l.on_hand FROM level l JOIN catalog_sku k ON k.id = l.sku_id
    WHERE l.reserved > l.on_hand AND NOT %(allowed)s::boolean
), changed AS (
    UPDATE inventory_stocklevel s
    SET backorder = %(allowed)s::boolean, on_hand = l.on_hand, reserved = l.reserved FROM level l
    WHERE s.id = l.id AND NOT EXISTS (SELECT FROM owed)
)
SELECT ref, code, reserved, on_hand FROM owed
"""


@act
def set_backorder(
    actor: Actor,
    sku_refs: Sequence[str],
    *,
    is_allowed: bool,
    location_ref: str | None = None,
    supplier_ref: str | None = None,
) -> None:
    """Let skus be sold beyond what is on hand at a location, or no longer.

    Refuses: Denied("stock.edit"), NotFound, TooMany, BelowReserved (more is promised than is there already).
    """
    actor.require("stock.edit")
    check_set(len(sku_refs), limit=SET_LIMIT)
    at = now()
    place = _place(actor, location_ref, supplier_ref, at)
    ids = list(skus.own_skus(actor, sku_refs, supplier_id=place.supplier_id).values())
    ensure_levels([(sku_id, place.id) for sku_id in ids])
    owed = sql.rows(_BACKORDER, {"location": place.id, "skus": ids, "allowed": is_allowed})
    if owed:
        raise BelowReserved([Short(*row) for row in owed], field="is_allowed")
    event = BackorderSet(
        subject=place.ref, audience=(place.supplier_ref,), sku_count=len(ids), is_allowed=is_allowed
    )
    publish(event, actor=actor, at=at)
