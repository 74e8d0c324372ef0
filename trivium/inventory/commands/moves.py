"""The one way goods go from a location to another: levels locked, checked and changed, movements written."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import IntegrityError

from trivium.core import sql
from trivium.inventory.errors import AlreadyMoved, BelowReserved, Short

Move = tuple[int, int, int, Decimal, str]  # sku, source, destination, quantity, subject

_LEVELS = """
INSERT INTO inventory_stocklevel (sku_id, location_id, on_hand, reserved, backorder)
SELECT DISTINCT m.sku_id, m.location_id, 0, 0, false
FROM unnest(%s::bigint[], %s::bigint[]) AS m (sku_id, location_id)
JOIN inventory_location l ON l.id = m.location_id AND l.kind = 'warehouse'
ORDER BY m.sku_id, m.location_id
ON CONFLICT (sku_id, location_id) DO NOTHING
"""
# Constraint columns are written from the locked values: see the note on `_RESERVE`.
_CARRY = """
WITH move AS (
    SELECT * FROM unnest(%(skus)s::bigint[], %(sources)s::bigint[], %(destinations)s::bigint[],
                         %(quantities)s::numeric[], %(subjects)s::text[]) WITH ORDINALITY
                  AS m (sku_id, source_id, destination_id, quantity, subject, place)
    WHERE NOT EXISTS (SELECT FROM inventory_movement WHERE key = %(key)s::text || '/1')
), delta AS (
    SELECT sku_id, location_id, sum(quantity) AS quantity
    FROM (SELECT sku_id, source_id AS location_id, -quantity AS quantity FROM move
          UNION ALL SELECT sku_id, destination_id, quantity FROM move) AS side
    GROUP BY sku_id, location_id
), level AS MATERIALIZED (
    SELECT id, sku_id, location_id, on_hand, reserved, backorder FROM inventory_stocklevel
    WHERE (sku_id, location_id) IN (SELECT sku_id, location_id FROM delta)
    ORDER BY id
    FOR NO KEY UPDATE
), below AS (
    SELECT k.ref, k.code, l.reserved, l.on_hand + d.quantity AS rest
    FROM level l JOIN delta d USING (sku_id, location_id) JOIN catalog_sku k ON k.id = l.sku_id
    WHERE d.quantity < 0 AND l.on_hand + d.quantity < CASE WHEN l.backorder THEN 0 ELSE l.reserved END
), changed AS (
    UPDATE inventory_stocklevel s
    SET on_hand = l.on_hand + d.quantity, reserved = l.reserved, backorder = l.backorder
    FROM level l JOIN delta d USING (sku_id, location_id)
    WHERE s.id = l.id AND NOT EXISTS (SELECT FROM below)
), written AS (
    INSERT INTO inventory_movement (key, sku_id, source_id, destination_id, quantity, subject, at, actor)
    SELECT %(key)s::text || '/' || place, sku_id, source_id, destination_id, quantity, subject, %(at)s::timestamptz,
           %(actor)s::text
    FROM move WHERE NOT EXISTS (SELECT FROM below) ORDER BY place
)
SELECT ref, code, reserved, rest, 0 FROM below
UNION ALL SELECT NULL, '', 0, 0, count(*) FROM move
"""


def ensure_levels(pairs: Sequence[tuple[int, int]]) -> None:
    """Make sure that (sku, warehouse) pairs have a stock level to be locked and counted."""
    sql.execute(_LEVELS, sql.columns(pairs, 2))


def carry(moves: Sequence[Move], *, at: dt.datetime, key: str, actor_ref: str) -> bool:
    """Carry goods; two statements for any number. False, and nothing changes, when the key was used before.

    Refuses: BelowReserved, naming every sku of which less would be left than orders hold; AlreadyMoved.
    """
    ensure_levels(
        [(sku, place) for sku, source, destination, *_rest in moves for place in (source, destination)]
    )
    skus, sources, destinations, quantities, subjects = sql.columns(moves, 5)
    params = {
        "skus": skus, "sources": sources, "destinations": destinations, "quantities": quantities,
        "subjects": subjects, "key": key, "at": at, "actor": actor_ref,
    }  # fmt: skip
    try:
        *below, (_none, _code, _held, _left, count) = sql.rows(_CARRY, params)
    except IntegrityError as error:
        if "inventory_movement_key" in str(error):
            raise AlreadyMoved() from error
        raise
    if below:
        raise BelowReserved([Short(*row[:4]) for row in below])
    return bool(count)
