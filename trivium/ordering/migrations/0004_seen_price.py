"""A line of a cart remembers what a unit cost when it was put in, so that the cart can say when that has changed."""

from django.db import migrations

import trivium.core.fields


class Migration(migrations.Migration):
    dependencies = [("ordering", "0003_objected_by")]

    operations = [
        migrations.AddField(
            "cartline", "seen_price",
            trivium.core.fields.UnitPriceField(decimal_places=6, max_digits=18, null=True),
        ),
        migrations.AddField(
            "cartline", "seen_currency",
            trivium.core.fields.CurrencyField(blank=True, db_default="", default="", max_length=3),
        ),
    ]
