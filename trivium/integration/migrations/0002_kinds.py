"""Imports of two kinds, each kind of a supplier's one at a time; and in which language a person reads why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integration", "0001_initial")]

    operations = [
        migrations.AddField(
            "importjob", "kind", models.CharField(db_default="invoices", default="invoices", max_length=10)
        ),
        migrations.AddField("importjob", "language", models.CharField(db_default="en", default="en", max_length=12)),
        migrations.RemoveConstraint("importjob", "integration_one_import_at_a_time"),
        migrations.AddConstraint(
            "importjob",
            models.UniqueConstraint(
                condition=models.Q(("status", "running")), fields=("supplier", "kind"),
                name="integration_one_import_of_a_kind",
            ),
        ),
    ]
