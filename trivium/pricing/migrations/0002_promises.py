"""What is signed stays as it was signed."""

from django.db import migrations

from trivium.core.migrations_sql import append_only


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_initial")]

    operations = [
        append_only("pricing_contractversion"),
        append_only("pricing_contractsignature"),
    ]
