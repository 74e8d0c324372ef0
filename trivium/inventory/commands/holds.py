"""Holding stock for orders, giving it back, shipping it, taking it back. docs/algorithms/reservation.md.

Rows are locked in one order everywhere: reservations by id, then stock levels by id. `reserve` only inserts
reservations, so it waits for stock levels alone.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import IntegrityError

from trivium.core import sql
from trivium.core.acts import act
from trivium.inventory.commands.moves import carry
from trivium.inventory.errors import AlreadyHeld, AlreadyMoved, NotHeld, NotOnHand, OutOfStock, Short
from trivium.inventory.rules import Kind, Returned, Share, Take, Want

# One statement locks, checks and takes. `stock` locks in id order and, under READ COMMITTED, yields the newest
# version of each row it had to wait for. The UPDATE finds the version of its older snapshot first, and checks the
# constraints on it before it follows the row to the newest: so every column that a constraint names is written from
# the locked values, never from `s`. `reach` and `want` lay the stock and the wishes of a sku end to end, and
# where two pieces overlap, that much is taken. A level that may be sold on backorder continues without end behind
# all real stock. Nothing is written while anything is short.
_RESERVE = """
WITH want AS (
    SELECT sku_id, quantity, subject, place, sum(quantity) OVER (PARTITION BY sku_id ORDER BY place) AS upto
    FROM unnest(%(skus)s::bigint[], %(quantities)s::numeric[], %(subjects)s::text[]) WITH ORDINALITY
         AS w (sku_id, quantity, subject, place)
), stock AS MATERIALIZED (
    SELECT s.id, s.sku_id, s.location_id, l.priority, s.backorder, s.on_hand, s.reserved,
           greatest(s.on_hand - s.reserved, 0) AS free
    FROM inventory_stocklevel s JOIN inventory_location l ON l.id = s.location_id
    WHERE s.sku_id = ANY (%(skus)s::bigint[])
    ORDER BY s.id
    FOR NO KEY UPDATE OF s
), reach AS (
    SELECT id, sku_id, location_id, room, turn, priority,
           sum(room) OVER (PARTITION BY sku_id ORDER BY turn, priority, id) AS upto
    FROM (
        SELECT id, sku_id, location_id, priority, 0 AS turn, free AS room FROM stock WHERE free > 0
        UNION ALL
        (SELECT DISTINCT ON (sku_id) id, sku_id, location_id, priority, 1, 1e15 FROM stock WHERE backorder
         ORDER BY sku_id, priority, id)
    ) AS room
), short AS (
    SELECT w.sku_id, w.asked, coalesce(r.available, 0) AS available
    FROM (SELECT sku_id, max(upto) AS asked FROM want GROUP BY sku_id) AS w
    LEFT JOIN (SELECT sku_id, max(upto) AS available FROM reach GROUP BY sku_id) AS r USING (sku_id)
    WHERE w.asked > coalesce(r.available, 0)
), take AS (
    SELECT w.subject, r.id AS stock_id, w.sku_id, r.location_id, min(w.place) AS place, min(r.upto) AS turn,
           sum(least(w.upto, r.upto) - greatest(w.upto - w.quantity, r.upto - r.room)) AS quantity
    FROM want w JOIN reach r ON r.sku_id = w.sku_id AND w.upto - w.quantity < r.upto AND r.upto - r.room < w.upto
    WHERE NOT EXISTS (SELECT FROM short)
    GROUP BY w.subject, r.id, w.sku_id, r.location_id
), taken AS (
    UPDATE inventory_stocklevel s
    SET reserved = k.reserved + t.quantity, on_hand = k.on_hand, backorder = k.backorder
    FROM (SELECT stock_id, sum(quantity) AS quantity FROM take GROUP BY stock_id) AS t
    JOIN stock k ON k.id = t.stock_id
    WHERE s.id = t.stock_id
), held AS (
    INSERT INTO inventory_reservation (stock_id, subject, quantity, status, at)
    SELECT stock_id, subject, quantity, 'held', %(at)s::timestamptz FROM take ORDER BY place, turn
)
SELECT true, subject, sku_id, location_id, quantity, 0 FROM take
UNION ALL SELECT false, '', sku_id, 0, asked, available FROM short
"""


@act
def lock_stock(sku_ids: Sequence[int]) -> None:
    """Lock the stock of skus in the order everybody does: before an act gives back some of it and then takes other."""
    statement = "SELECT id FROM inventory_stocklevel WHERE sku_id = ANY (%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"
    sql.execute(statement, [list(sku_ids)])


@act
def reserve(wants: Sequence[Want], *, at: dt.datetime) -> list[Share]:
    """Hold stock for order lines: all of it, or none. One statement for any number of lines, skus and locations.

    Takes from a sku's locations by (priority, id); beyond what is on hand only where a level allows backorder.
    A hold has no end of its own: whoever waits for it releases or captures it.
    Refuses: OutOfStock, naming every short sku with what is available; AlreadyHeld, when a subject holds
    some of it at the same location already.
    Source: docs/algorithms/reservation.md.
    """
    if not wants:
        return []
    params = {
        "skus": [want.sku_id for want in wants],
        "quantities": [Decimal(want.quantity) for want in wants],
        "subjects": [want.subject for want in wants],
        "at": at,
    }
    try:
        found = sql.rows(_RESERVE, params)
    except IntegrityError as error:
        raise _unless_known(error, "inventory_held_once", AlreadyHeld()) from error
    if not found[0][0]:
        raise OutOfStock(_named({row[2]: (row[4], row[5]) for row in found}))
    return [Share(*row[1:5]) for row in found]


def _unless_known(error: IntegrityError, constraint: str, refusal: Exception) -> Exception:
    return refusal if constraint in str(error) else error


_NAMES = "SELECT id, ref, code FROM catalog_sku WHERE id = ANY (%s::bigint[]) ORDER BY id"


def _named(short: Mapping[int, tuple[Decimal, Decimal]]) -> list[Short]:
    """What is short, with the names people know it by."""
    names = {sku_id: (ref, code) for sku_id, ref, code in sql.rows(_NAMES, [list(short)])}
    found = []
    for sku_id, (asked, available) in sorted(short.items()):
        ref, code = names.get(sku_id, (str(sku_id), ""))
        found.append(Short(ref, code, asked, available))
    return found


# `held` locks the reservations and yields their newest version, leaving out those resolved meanwhile. Parts are given
# back from the last location first, and taken from the first.
_PARTS = """
WITH want AS (
    SELECT subject, quantity FROM unnest(%(subjects)s::text[], %(quantities)s::numeric[]) AS w (subject, quantity)
), held AS MATERIALIZED (
    SELECT id, stock_id, subject, quantity, at FROM inventory_reservation
    WHERE subject = ANY (%(subjects)s::text[]) AND status = 'held'
    ORDER BY id
    FOR UPDATE
), short AS (
    SELECT w.subject, w.quantity, coalesce(sum(h.quantity), 0) AS held
    FROM want w LEFT JOIN held h USING (subject)
    WHERE w.quantity IS NOT NULL {unless}
    GROUP BY w.subject, w.quantity HAVING w.quantity > coalesce(sum(h.quantity), 0)
), line AS (
    SELECT h.*, w.quantity AS asked, sum(h.quantity) OVER (PARTITION BY h.subject ORDER BY h.id {order}) AS upto
    FROM held h JOIN want w USING (subject)
), part AS (
    SELECT id, stock_id, subject, quantity, at, least(quantity, coalesce(asked, upto) - upto + quantity) AS portion
    FROM line
    WHERE coalesce(asked, upto) > upto - quantity AND NOT EXISTS (SELECT FROM short) {unless}
), level AS MATERIALIZED (
    SELECT id, sku_id, location_id, on_hand, reserved, backorder FROM inventory_stocklevel
    WHERE id IN (SELECT stock_id FROM part)
    ORDER BY id
    FOR NO KEY UPDATE
), change AS (
    SELECT l.id, l.sku_id, sum(p.portion) AS quantity, l.on_hand, l.reserved, l.backorder
    FROM part p JOIN level l ON l.id = p.stock_id
    GROUP BY l.id, l.sku_id, l.on_hand, l.reserved, l.backorder
)"""
_RESOLVE = """, whole AS (
    UPDATE inventory_reservation r SET status = '{status}', resolved_at = %(at)s::timestamptz
    FROM part p WHERE r.id = p.id AND p.portion = p.quantity {gate}
), lowered AS (
    UPDATE inventory_reservation r SET quantity = p.quantity - p.portion
    FROM part p WHERE r.id = p.id AND p.portion < p.quantity {gate}
), split AS (
    INSERT INTO inventory_reservation (stock_id, subject, quantity, status, at, resolved_at)
    SELECT p.stock_id, p.subject, p.portion, '{status}', p.at, %(at)s::timestamptz
    FROM part p WHERE p.portion < p.quantity {gate}
)"""
_RELEASE = (
    _PARTS.format(order="DESC", unless="")
    + """, freed AS (
    UPDATE inventory_stocklevel s
    SET reserved = c.reserved - c.quantity, on_hand = c.on_hand, backorder = c.backorder
    FROM change c WHERE s.id = c.id
)"""
    + _RESOLVE.format(status="released", gate="")
    + """
SELECT true, p.subject, l.sku_id, l.location_id, p.portion, 0 FROM part p JOIN level l ON l.id = p.stock_id
UNION ALL SELECT false, subject, 0, 0, quantity, held FROM short
"""
)


@act
def release(
    subjects: Sequence[str], *, quantities: Mapping[str, Decimal] | None = None, at: dt.datetime
) -> list[Share]:
    """Give back what is held for subjects, or `quantities[subject]` of it. One statement for any number.

    Without a quantity the whole hold is given back, and a subject that holds nothing is passed over: releasing twice
    changes nothing. A part is given back from the last location first. Returns what was given back.
    Refuses: NotHeld, when a named quantity is more than is held; then nothing changes.
    """
    if not subjects:
        return []
    asked = quantities or {}
    once = list(dict.fromkeys(subjects))
    found = sql.rows(
        _RELEASE,
        {"subjects": once, "quantities": [Decimal(asked[s]) if s in asked else None for s in once], "at": at},
    )
    _refuse_unheld(found)
    return [Share(*row[1:5]) for row in found]


def _refuse_unheld(found: Sequence[sql.Row]) -> None:
    for fits, subject, _sku, _location, quantity, held in found:
        if fits is False:
            raise NotHeld(field="quantity", subject=subject, asked=quantity, held=held)


_UNLESS_DONE = "AND NOT EXISTS (SELECT FROM inventory_movement WHERE key = %(key)s::text || '/1')"
_ALL_THERE = "AND NOT EXISTS (SELECT FROM lacking)"
_CAPTURE = (
    _PARTS.format(order="ASC", unless=_UNLESS_DONE)
    + """, lacking AS (
    SELECT sku_id, quantity, on_hand FROM change WHERE quantity > on_hand
), gone AS (
    UPDATE inventory_stocklevel s
    SET reserved = c.reserved - c.quantity, on_hand = c.on_hand - c.quantity, backorder = c.backorder
    FROM change c WHERE s.id = c.id AND NOT EXISTS (SELECT FROM lacking)
)"""
    + _RESOLVE.format(status="captured", gate=_ALL_THERE)
    + """, moved AS (
    INSERT INTO inventory_movement (key, sku_id, source_id, destination_id, quantity, subject, at, actor)
    SELECT %(key)s::text || '/' || row_number() OVER (ORDER BY p.id), l.sku_id, l.location_id, customer.id, p.portion,
           p.subject, %(at)s::timestamptz, %(actor)s::text
    FROM part p
    JOIN level l ON l.id = p.stock_id
    JOIN inventory_location place ON place.id = l.location_id
    JOIN inventory_location customer
         ON customer.organization_id = place.organization_id AND customer.kind = 'customer'
    WHERE NOT EXISTS (SELECT FROM lacking)
)
SELECT true, p.subject, l.sku_id, l.location_id, p.portion, 0 FROM part p JOIN level l ON l.id = p.stock_id
UNION ALL SELECT false, subject, 0, 0, quantity, held FROM short
UNION ALL SELECT NULL, '', sku_id, 0, quantity, on_hand FROM lacking
"""
)


@act
def capture(takes: Sequence[Take], *, at: dt.datetime, key: str, actor_ref: str) -> list[Share]:
    """Ship what is held: it leaves the locations for the customer. One statement for any number of lines.

    A part may be shipped; the rest stays held. Each subject is named once. Returns what left which location (a line
    may leave several); with a `key` used before nothing changes and nothing is returned.
    Refuses: NotHeld (more than is held), NotOnHand (sold on backorder and not yet received), AlreadyMoved (the same
    key is being used this moment).
    """
    if not takes:
        return []
    params = {
        "subjects": [take.subject for take in takes],
        "quantities": [Decimal(take.quantity) for take in takes],
        "at": at,
        "key": key,
        "actor": actor_ref,
    }
    try:
        found = sql.rows(_CAPTURE, params)
    except IntegrityError as error:
        raise _unless_known(error, "inventory_movement_key", AlreadyMoved()) from error
    _refuse_unheld(found)
    lacking = {row[2]: (row[4], row[5]) for row in found if row[0] is None}
    if lacking:
        raise NotOnHand(_named(lacking))
    return [Share(*row[1:5]) for row in found]


_HOMES = """
SELECT DISTINCT ON (s.sku_id) s.sku_id, s.location_id, customer.id
FROM inventory_stocklevel s
JOIN inventory_location place ON place.id = s.location_id
JOIN inventory_location customer ON customer.organization_id = place.organization_id AND customer.kind = %s
WHERE s.sku_id = ANY (%s::bigint[])
ORDER BY s.sku_id, place.priority, s.id
"""


@act
def take_back(returns: Sequence[Returned], *, at: dt.datetime, key: str, actor_ref: str) -> bool:
    """Put goods that came back from customers on hand again, at the sku's first location. Three statements.

    Whether they may come back, and how many, is the order's to say. Returns False, and changes nothing, when the
    `key` was used before.
    """
    if not returns:
        return False
    homes = {row[0]: row[1:] for row in sql.rows(_HOMES, [str(Kind.CUSTOMER), [r.sku_id for r in returns]])}
    moves = [
        (r.sku_id, homes[r.sku_id][1], homes[r.sku_id][0], Decimal(r.quantity), r.subject) for r in returns
    ]
    return carry(moves, at=at, key=key, actor_ref=actor_ref)
