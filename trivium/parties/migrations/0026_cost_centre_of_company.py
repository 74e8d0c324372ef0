"""A key of two columns can point to a company's cost centre: what is booked on it belongs to the same company."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0025_agree_first")]

    operations = [
        migrations.AddConstraint(
            "costcentre",
            models.UniqueConstraint(fields=["organization", "id"], name="parties_cost_centre_of_company"),
        ),
    ]
