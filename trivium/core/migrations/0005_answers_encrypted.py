"""Answers kept for retried requests are encrypted: a phone or an account may stand in them."""

from typing import Any

from django.db import migrations, transaction

import trivium.core.fields
from trivium.core import sql, vault

BATCH = 1000
PLACE = "core_idempotencyrecord.body"
IN_CLEAR = """
SELECT id, body FROM core_idempotencyrecord
WHERE id > %(last)s AND body <> '' AND substring(body FROM 1 FOR 1) NOT IN ('\\x01'::bytea, '\\x02'::bytea)
ORDER BY id LIMIT %(batch)s FOR UPDATE
"""
ENCRYPT = """
UPDATE core_idempotencyrecord r SET body = v.body FROM unnest(%s::bigint[], %s::bytea[]) AS v (id, body)
WHERE r.id = v.id
"""


def encrypt(apps: Any, schema_editor: Any) -> None:
    """Batch by batch, each a transaction: what was cut off is simply run again."""
    last = 0
    while True:
        with transaction.atomic():
            rows = sql.rows(IN_CLEAR, {"last": last, "batch": BATCH})
            if not rows:
                return
            bodies = [vault.encrypt(bytes(body), PLACE) for _key, body in rows]
            sql.execute(ENCRYPT, [[key for key, _body in rows], bodies])
        last = rows[-1][0]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0004_cache")]

    operations = [
        migrations.RunPython(encrypt, migrations.RunPython.noop),
        migrations.AlterField("idempotencyrecord", "body", trivium.core.fields.EncryptedTextField()),
    ]
