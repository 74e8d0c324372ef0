"""The orders a buyer has to pay, each once, without looking through those that are paid."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ordering", "0005_open_parts")]

    operations = [
        migrations.AddIndex(
            "supplierorder", models.Index(fields=["buyer", "status", "order"], name="ordering_orders_to_pay")
        ),
    ]
