"""What is written down of every change of a category."""

from django.db import migrations

from trivium.core.migrations_sql import keep_history


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_scopes"), ("core", "0005_answers_encrypted")]

    operations = [
        keep_history(
            "catalog_category",
            kind="category",
            fields=["code", "name", "parent_id", "path"],
            refs={"parent_id": "catalog_category"},
            from_the_start=True,
        ),
    ]
