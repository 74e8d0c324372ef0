"""What carriers said stays said."""

from django.db import migrations

from trivium.core.migrations_sql import append_only


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0001_initial")]

    operations = [
        append_only("fulfilment_trackingevent"),
    ]
