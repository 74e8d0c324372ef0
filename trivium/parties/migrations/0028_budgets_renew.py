"""A budget that renews begins each month, quarter or year with its amount."""

from django.db import migrations, models

import trivium.core.fields


class Migration(migrations.Migration):
    dependencies = [("parties", "0027_deputies")]

    operations = [
        migrations.AddField("budget", "renews", models.CharField(db_default="once", default="once", max_length=10)),
        migrations.AddField("budget", "amount", trivium.core.fields.AmountField(db_default=0, default=0)),
        migrations.AddField(
            "budget", "currency", trivium.core.fields.CurrencyField(blank=True, db_default="", default="")
        ),
        migrations.AddConstraint(
            "budget",
            models.CheckConstraint(
                condition=models.Q(renews="once", amount=0, currency="")
                | models.Q(renews__in=["month", "quarter", "year"], amount__gte=0) & ~models.Q(currency=""),
                name="parties_budget_renews_with_amount",
            ),
        ),
    ]
