"""An order is booked on a cost centre of its buyer, and keeps the code it had then."""

import django.db.models.deletion
from django.db import migrations, models

_OWN = """
ALTER TABLE ordering_order ADD CONSTRAINT ordering_order_cost_centre_own
FOREIGN KEY (buyer_id, cost_centre_id) REFERENCES parties_costcentre (organization_id, id);
"""


class Migration(migrations.Migration):
    dependencies = [("ordering", "0008_receivers_encrypted"), ("parties", "0026_cost_centre_of_company")]

    operations = [
        migrations.AddField(
            "order",
            "cost_centre",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.costcentre",
            ),
        ),
        migrations.AddField(
            "order", "cost_centre_code", models.CharField(blank=True, db_default="", default="", max_length=20)
        ),
        migrations.AddConstraint(
            "order",
            models.CheckConstraint(
                condition=models.Q(cost_centre=None, cost_centre_code="")
                | models.Q(cost_centre__isnull=False) & ~models.Q(cost_centre_code=""),
                name="ordering_cost_centre_has_code",
            ),
        ),
        migrations.RunSQL(_OWN, "ALTER TABLE ordering_order DROP CONSTRAINT ordering_order_cost_centre_own;"),
    ]
