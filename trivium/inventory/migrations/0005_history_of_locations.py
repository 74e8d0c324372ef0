"""What is written down of every change of a warehouse; the world's locations are the same for everybody."""

from django.db import migrations

from trivium.core.migrations_sql import keep_history


class Migration(migrations.Migration):
    dependencies = [("inventory", "0004_history"), ("core", "0005_answers_encrypted")]

    operations = [
        keep_history(
            "inventory_location",
            kind="location",
            fields=["name", "priority"],
            about=[("ref", ""), ("organization_id", "parties_organization")],
            from_the_start=True,
            only="NEW.kind = 'warehouse'",
        ),
    ]
