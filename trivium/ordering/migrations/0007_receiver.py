"""Who takes the goods of an order, by which phone and at which door: a column of its own, encrypted."""

from django.db import migrations

import trivium.core.fields


class Migration(migrations.Migration):
    dependencies = [("ordering", "0006_orders_to_pay")]

    operations = [
        migrations.AddField(
            "order", "receiver", trivium.core.fields.EncryptedTextField(db_default=b"")
        ),
    ]
