"""An order on a budget that renews counts in the period it was placed in, whenever it is paid or given back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ordering", "0009_cost_centre")]

    operations = [
        migrations.AddField(
            "order", "budget_period", models.CharField(blank=True, db_default="", default="", max_length=10)
        ),
        migrations.AddConstraint(
            "order",
            models.CheckConstraint(
                condition=models.Q(budget_period="") | ~models.Q(budget_code=""), name="ordering_period_of_a_budget"
            ),
        ),
    ]
