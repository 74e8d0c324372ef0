"""What waits for a buyer, or for the operator, is found without looking through everything that is over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ordering", "0004_seen_price")]

    operations = [
        migrations.AddIndex(
            "supplierorder", models.Index(fields=["buyer", "status", "-id"], name="ordering_parts_of_buyer")
        ),
        migrations.AddIndex("supplierorder", models.Index(fields=["status", "-id"], name="ordering_parts_by_status")),
    ]
