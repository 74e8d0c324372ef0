"""What is written down of every change of suppliers' holidays."""

from django.db import migrations

from trivium.core.migrations_sql import keep_history


class Migration(migrations.Migration):
    dependencies = [("inventory", "0003_holidays"), ("core", "0005_answers_encrypted")]

    operations = [
        keep_history(
            "inventory_holiday",
            kind="holiday",
            fields=["begins", "ends", "words", "removed_at"],
            about=[("ref", ""), ("organization_id", "parties_organization")],
            from_the_start=True,
        ),
    ]
