"""Receivers that stood in clear are encrypted, and the database refuses new ones in clear."""

import json
from typing import Any

from django.db import migrations, models, transaction

from trivium.core import sql, vault

BATCH = 1000
PLACE = "ordering_order.receiver"
PARTS = ["name", "phone", "street", "postcode"]
IN_CLEAR = """
SELECT id, ship_to->>'name', ship_to->>'phone', ship_to->>'street', ship_to->>'postcode' FROM ordering_order
WHERE id > %(last)s AND ship_to ?| %(parts)s::text[] ORDER BY id LIMIT %(batch)s FOR UPDATE
"""
ENCRYPT = """
UPDATE ordering_order o SET receiver = v.receiver, ship_to = o.ship_to - %(parts)s::text[]
FROM unnest(%(keys)s::bigint[], %(receivers)s::bytea[]) AS v (id, receiver) WHERE o.id = v.id
"""


def receiver(values: tuple[str | None, ...]) -> bytes:
    """The parts that tell of a person, encrypted; nothing, where they were forgotten already."""
    if values[0] == "#":
        return b""
    parts = {name: value or "" for name, value in zip(PARTS, values, strict=True)}
    return vault.encrypt(json.dumps(parts, ensure_ascii=False).encode(), PLACE)


def encrypt(apps: Any, schema_editor: Any) -> None:
    """Batch by batch, each a transaction: what was cut off is simply run again."""
    last = 0
    while True:
        with transaction.atomic():
            rows = sql.rows(IN_CLEAR, {"last": last, "parts": PARTS, "batch": BATCH})
            if not rows:
                return
            receivers = [receiver(tuple(values)) for _key, *values in rows]
            sql.execute(ENCRYPT, {"keys": [row[0] for row in rows], "receivers": receivers, "parts": PARTS})
        last = rows[-1][0]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ordering", "0007_receiver")]

    operations = [
        migrations.RunPython(encrypt, migrations.RunPython.noop),
        migrations.AddConstraint(
            "order",
            models.CheckConstraint(
                condition=models.Q(("ship_to__has_any_keys", ["name", "phone", "street", "postcode"]), _negated=True),
                name="ordering_receiver_not_in_clear",
            ),
        ),
    ]
